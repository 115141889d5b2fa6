#!/usr/bin/env python3
"""Holds every source file to .clang-format, as clang-format 14 reads it.

    format.py [--write]      --write formats the files instead

Another version breaks some lines elsewhere. So it may find a few places, and it writes nothing.
"""
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
VERSION = "14"
OTHER_VERSION_FINDS = 4  # places in a thousand lines


def main():
    files = [path for folder in ("lib", "tools", "tests") for path in sorted((TOP / folder).rglob("*"))
             if path.suffix in (".cpp", ".hpp", ".c", ".h")]
    version = re.search(r"version (\d+)", subprocess.run(["clang-format", "--version"], capture_output=True, text=True, check=True).stdout)[1]
    is_ours = version == VERSION
    if "--write" in sys.argv and not is_ours:
        print(f"clang-format {version} would format otherwise; install clang-format-{VERSION}")
        return 1
    how = ["-i"] if "--write" in sys.argv else ["--dry-run", "-Werror"] if is_ours else ["--dry-run"]
    done = subprocess.run(["clang-format", *how, *files], capture_output=True, text=True, check=False)
    good = done.returncode == 0
    if is_ours:
        print(done.stderr[-4000:], end="")
    else:
        places, lines = done.stderr.count("[-Wclang-format-violations]"), sum(path.read_bytes().count(b"\n") for path in files)
        good = good and places * 1000 <= lines * OTHER_VERSION_FINDS
        print(f"clang-format {version} finds {places} places in {lines} lines, of {OTHER_VERSION_FINDS} in a thousand that it may; {VERSION} decides")
    print(f"checked {len(files)} files")
    if not good:
        print("python3 tests/structure/format.py --write formats them")
    print("1 passed, 0 failed" if good else "0 passed, 1 failed")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
