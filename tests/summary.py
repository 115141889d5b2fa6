#!/usr/bin/env python3
"""Adds up what the unit tests and the end-to-end tests counted, says how long they took, and ends with `N passed, N failed`.

    summary.py MESON-LOG JUNIT-XML STATUS SECONDS     either log may be missing, where names chose other tests

One case counts one. A program that ended badly, or counted nothing, is one failure more: a test that does not run cannot pass.
"""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree

# What doctest says; all else that meson runs says `N passed, N failed` or is one case itself.
COUNTS = [
    re.compile(r"^(?:\[doctest\] )?test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed", re.M),
    re.compile(r"^(\d+) passed, (\d+) failed$", re.M),
]
HEAVY = re.compile(r"^counted: .*$", re.M)


def unit_tests(log):
    """How many passed and failed of what meson ran, and the lines that say how much was tried."""
    passed = failed = 0
    heavy = []
    for line in log.read_text(encoding="utf-8").splitlines():
        test = json.loads(line)
        out = re.sub(r"\x1b\[[0-9;]*m", "", test.get("stdout", ""))
        found = [m for pattern in COUNTS for m in pattern.findall(out)]
        good, bad = sum(int(p) for p, _ in found), sum(int(f) for _, f in found)
        heavy += HEAVY.findall(out)
        if test["result"] not in ("OK", "EXPECTEDFAIL") and bad == 0:
            bad = 1
        if good + bad == 0:
            bad = 1
            print(f"{test['name']}: counted nothing, which is a failure")
        if bad:
            print(f"==== {test['name']}: {test['result']}")
            print(out[-6000:])
            print(test.get("stderr", "")[-3000:])
        passed += good
        failed += bad
    return passed, failed, heavy


def end_to_end_tests(log):
    """The same of pytest, which has printed what failed."""
    suite = xml.etree.ElementTree.parse(log).getroot().find("testsuite")
    failed = int(suite.get("failures")) + int(suite.get("errors"))
    heavy = [line for out in suite.iter("system-out") for line in HEAVY.findall(out.text or "")]
    return int(suite.get("tests")) - failed - int(suite.get("skipped")), failed, heavy


def main():
    unit_log, end_to_end_log, status, seconds = *map(pathlib.Path, sys.argv[1:3]), int(sys.argv[3]), sys.argv[4]
    counts = [read(log) for read, log in ((unit_tests, unit_log), (end_to_end_tests, end_to_end_log)) if log.exists()]
    passed, failed = sum(p for p, _, _ in counts), sum(f for _, f, _ in counts)
    for _, _, heavy in counts:
        print("\n".join(heavy))
    if status != 0 and failed == 0:
        failed = 1
    print(f"tests: done in {seconds} s")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
