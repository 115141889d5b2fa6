#!/usr/bin/env python3
"""Measures each line of docs/performance.md beside its peer in the same run, and ends with 3 where one misses its reach.

`tools/dev/bench` builds what this runs. Memory is that of the largest process of a run at its peak: `ru_maxrss`, which Linux
counts exactly, also for runs of a few milliseconds. CPU is that of all processes of a run.
"""
import argparse
import json
import pathlib
import platform
import re
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(TOP / "tests/cli"), str(TOP / "tests/support")]

import harness  # noqa: E402
import posthog_reports  # noqa: E402
from lines import LINES  # noqa: E402
from measuring import Row, Runner  # noqa: E402

PAGE = TOP / "docs/performance.md"
MEASURED = re.compile(r"(<!-- tools/dev/bench --page writes from here -->\n).*(<!-- to here -->)", re.S)
MISSED = 3  # the exit code where a line misses its reach
HEAD = ["", "ours", "peer", "ours / peer", "reach, aim", ""]


class Bench:
    """What the lines share: built programs, folders, how thorough to be, and what missed its reach."""

    def __init__(self, build, quick):
        self.build, self.quick = build, quick
        self.run = Runner(self.helper("measured"))
        self.workspaces = []
        self.missed = []

    def helper(self, name):
        return self.build / "tests/bench" / name

    def rounds(self, number):
        return max(3, number // 5) if self.quick else number

    def workspace(self):
        self.workspaces.append(harness.Workspace(self.build / "tools", self.build))
        return self.workspaces[-1]

    def report(self, teams):
        path = pathlib.Path(tempfile.gettempdir()) / f"report-{teams}.json"
        if not path.exists():  # a process of its own makes it: this one stays small
            with path.open("wb") as file:
                subprocess.run([sys.executable, posthog_reports.__file__, harness.REPORT, "--teams", str(teams)], stdout=file,
                                       check=True)
        return path

    def close(self):
        for workspace in self.workspaces:
            workspace.close()
        harness.forget_settings()


def table(rows):
    """Markdown, with columns of one width, so that it can be read as it is."""
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells)]
    lines = ["| " + " | ".join(text.ljust(width) for text, width in zip(row, widths)) + " |" for row in cells]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def machine():
    names = re.findall(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    return f"{len(names)} × {names[0] if names else platform.machine()}, Linux {platform.release()}"


def write_page(found, said):
    measured = f"Measured on {time.strftime('%Y-%m-%d')}, {machine()}."
    text = "\n".join(["", table(found), "", *(f"- {line}" for line in said), "", measured, "", ""])
    PAGE.write_text(MEASURED.sub(lambda marks: marks[1] + text + marks[2], PAGE.read_text()))


def main():
    parser = argparse.ArgumentParser(prog="tools/dev/bench",
                                     description="Builds, measures, and ends with 3 where a line misses its reach.")
    parser.add_argument("lines", nargs="*", metavar="LINE", help=f"all where none is named: {', '.join(LINES)}")
    parser.add_argument("--quick", action="store_true", help="few rounds, small sizes")
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path, help="write every number that was measured")
    parser.add_argument("--page", action="store_true", help=f"write the table into {PAGE.relative_to(TOP)}")
    parser.add_argument("--build", metavar="FOLDER", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    asked.build = asked.build.resolve()
    unknown = [name for name in asked.lines if name not in LINES]
    if unknown:
        parser.error(f"no line is named {unknown[0]}; there are {', '.join(LINES)}")
    if asked.page and (asked.lines or asked.quick):
        parser.error("--page needs all lines at full length")
    found, said = [], []
    # On the disk of the repository, not in memory: syncing is part of what is measured.
    with tempfile.TemporaryDirectory(prefix="scratch.", dir=asked.build) as scratch:
        tempfile.tempdir = scratch
        bench = Bench(asked.build, asked.quick)
        for name in asked.lines or LINES:
            print(f"{name} …", file=sys.stderr, flush=True)
            for result in LINES[name](bench):
                is_row = isinstance(result, Row)
                (found if is_row else said).append(result)
                print("  " + ("  ".join(filter(None, result.cells())) if is_row else result), file=sys.stderr, flush=True)
        bench.close()
    print(f"{machine()}\nMedians, and between which values half of the rounds were.\n\n{table(found)}\n", *said, sep="\n")
    missed = bench.missed + [f"{row.line} ({row.what}: {row.quantity})" for row in found if row.verdict == "missed"]
    if asked.json:
        document = {"machine": machine(), "rows": [row.as_json() for row in found], "said": said, "missed": missed}
        asked.json.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    if asked.page:
        write_page(found, said)
    print("\nmissed: " + "; ".join(missed) if missed else "\nevery line is within its reach")
    return MISSED if missed else 0


if __name__ == "__main__":
    sys.exit(main())
