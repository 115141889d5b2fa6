#!/usr/bin/env python3
"""Adds up what the test programs counted, says how long they took, and ends with the line `N passed, N failed`.

A program that ended badly, or counted nothing, is one failure more: a test that does not run cannot pass.
"""
import json
import re
import sys

COUNTS = [
    re.compile(r"^(?:\[doctest\] )?test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed", re.M),
    re.compile(r"^(\d+) passed, (\d+) failed$", re.M),
]
HEAVY = re.compile(r"^counted: .*$", re.M)


def main():
    log, status, seconds = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    passed = failed = 0
    heavy = []
    with open(log, encoding="utf-8") as lines:
        for line in lines:
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
    for line in heavy:
        print(line)
    if status != 0 and failed == 0:
        failed = 1
    print(f"tests: done in {seconds} s")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
