#!/usr/bin/env python3
"""Runs clang-tidy with the top level's .clang-tidy over lib/ and tools/, each module as one file.

    tidy.py [MODULE...]      such as lib/core tools/airlock; all without one
"""
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]


def modules():
    folders = {path.parent for top in ("lib", "tools") for path in (TOP / top).rglob("*.cpp")}
    return sorted(str(folder.relative_to(TOP)) for folder in folders)


def findings(module):
    c_names = ["--checks=-readability-identifier-naming"] if module == "lib/capi" else []  # the C ABI has C's names
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as unit:
        for source in sorted((TOP / module).glob("*.cpp")):
            unit.write(f'#include "{source}"\n')
        unit.flush()
        ran = subprocess.run(["clang-tidy", "--quiet", f"--config-file={TOP / '.clang-tidy'}", *c_names, unit.name, "--", "-std=c++20", "-w",
                              f"-I{TOP / 'lib'}", f"-I{TOP / 'tools/console'}", f"-I{TOP / module}", "-D_FILE_OFFSET_BITS=64",
                              '-DAIRLOCK_VERSION="0"', '-DAIRLOCK_PROGRAM="/"'], capture_output=True, text=True, check=False)
    found = re.findall(r"^.*\b(?:error|warning): .*$", ran.stdout + ran.stderr, re.M)
    return found or ([ran.stderr.strip() or f"exit {ran.returncode}"] if ran.returncode != 0 else [])


def main():
    passed = failed = 0
    for module in sys.argv[1:] or modules():
        found = sorted(set(findings(module)))
        for line in found:
            print(f"{module}: {line}")
        passed, failed = passed + (not found), failed + bool(found)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


main()
