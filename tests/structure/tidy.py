#!/usr/bin/env python3
"""Runs clang-tidy with the top level's .clang-tidy over lib/ and tools/, each module as one file. Prints each module and its time.

    tidy.py [MODULE...]      such as lib/core tools/airlock; all without one
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
OTHER_BUILD = "without_engine.cpp"  # stands in for two other sources, whose names it defines


def modules():
    folders = {path.parent for top in ("lib", "tools") for path in (TOP / top).rglob("*.cpp")}
    return sorted(str(folder.relative_to(TOP)) for folder in folders)


def sources(module):
    return [source for source in sorted((TOP / module).glob("*.cpp")) if source.name != OTHER_BUILD]


def findings(module):
    c_names = ["--checks=-readability-identifier-naming"] if module == "lib/capi" else []  # the C ABI has C's names
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as unit:
        for source in sources(module):
            unit.write(f'#include "{source}"\n')
        unit.flush()
        ran = subprocess.run(["clang-tidy", "--quiet", f"--config-file={TOP / '.clang-tidy'}", *c_names, unit.name, "--", "-std=c++20", "-w",
                              f"-I{TOP / 'lib'}", f"-I{TOP / 'tools/console'}", f"-I{TOP / module}", "-D_FILE_OFFSET_BITS=64",
                              '-DAIRLOCK_VERSION="0"', '-DAIRLOCK_PROGRAM="/"'], capture_output=True, text=True, check=False)
    found = re.findall(r"^.*\b(?:error|warning): .*$", ran.stdout + ran.stderr, re.M)
    return found or ([ran.stderr.strip() or f"exit {ran.returncode}"] if ran.returncode != 0 else [])


def main():
    files = passed = failed = 0
    for module in sys.argv[1:] or modules():
        start = time.monotonic()
        found = sorted(set(findings(module)))
        for line in found:
            print(f"{module}: {line}")
        files += len(sources(module))
        print(f"{module}: {len(sources(module))} sources, {len(found)} findings, {time.monotonic() - start:.0f} s", flush=True)
        passed, failed = passed + (not found), failed + bool(found)
    print(f"clang-tidy: {files} sources")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


main()
