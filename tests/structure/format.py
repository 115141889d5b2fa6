#!/usr/bin/env python3
"""Holds every source file to .clang-format.

    format.py [--write]      --write formats the files instead
"""
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]


def main():
    files = [path for folder in ("lib", "tools", "tests") for path in sorted((TOP / folder).rglob("*"))
             if path.suffix in (".cpp", ".hpp", ".c", ".h")]
    how = ["-i"] if "--write" in sys.argv else ["--dry-run", "-Werror"]
    done = subprocess.run(["clang-format", *how, *files], capture_output=True, text=True, check=False)
    print(done.stderr[-4000:], end="")
    print(f"checked {len(files)} files")
    if done.returncode != 0:
        print("python3 tests/structure/format.py --write formats them")
    print("1 passed, 0 failed" if done.returncode == 0 else "0 passed, 1 failed")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
