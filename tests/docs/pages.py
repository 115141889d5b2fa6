"""Runs the `console` blocks of a page and compares what came out with what the page shows.

A page's blocks run in one shell, in order, as a reader types them from the first line on, in a folder of their own that holds
`status_report.json`, `posthog-default.json`, `dictionary.json`, `starter.json` and `samples`. Whatever else a page needs it makes in
sight of the reader.

    ```console
    $ airlock licence verify \\
        --json
    output, standard output and standard error
    [exit 6]
    ```

A line `…` stands for any lines, `…` in a line for anything. Ids, digests, times and what else differs from run to run may
be any of their kind; a licence's number that a reader types has the year in which the page runs. An exit code other than 0 is
told in the last line.
"""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

from harness import DICTIONARY, POLICY, REPORT, TOP

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)

# What differs from run to run, the longest forms first.
VARYING = [
    (r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", "UUID"),
    (r"\b(?:[0-9a-f]{4} ){15}[0-9a-f]{4}\b", "FINGERPRINT"),
    (r"\b(?:[0-9A-F]{2}:){31}[0-9A-F]{2}\b", "FINGERPRINT"),
    (r"\b[0-9a-f]{64}\b", "SHA256"),
    (r"\b[0-9a-f]{32}\b", "NONCE"),
    (r"\b(identifier|licence|person|content|location|time|version|deployment|transport|usage)-[a-z2-7]{26}\b", r"\1-PSEUDONYM"),
    (r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}T(?!00:00:00Z)[0-9:]{8}Z", "TIME"),
    (r"\b(since|by|until) 20[0-9]{2}-[0-9]{2}-[0-9]{2}\b", r"\1 DATE"),
    (r"\bLIC-20[0-9]{2}-", "LIC-YEAR-"),
    (r"\b[0-9]+ days?\b", "N days"),
    (r"[A-Za-z0-9+/]{43}=", "BASE64"),
    (r"-?[0-9]+ ms\b", "N ms"),
]


def normal(text):
    for pattern, kind in VARYING:
        text = re.sub(pattern, kind, text)
    return [line.rstrip() for line in text.rstrip("\n").split("\n")]


def line_fits(pattern, line):
    if "…" not in pattern:
        return pattern == line
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("…")), line) is not None


def fits(expected, found):
    """Whether lines are what a page shows, where a line `…` stands for any number of lines."""
    if not expected:
        return not found
    if expected[0] == "…":
        return any(fits(expected[1:], found[at:]) for at in range(len(found) + 1))
    return bool(found) and line_fits(expected[0], found[0]) and fits(expected[1:], found[1:])


class Step:
    """A command of a page and the output that stands below it."""

    def __init__(self, command):
        self.command = [command]
        self.output = []
        self.found = None

    def is_as_shown(self):
        return fits(normal("\n".join(self.output)), normal("\n".join(self.found)))

    def __str__(self):
        return "\n".join(["  $ " + "\n  ".join(self.command), "  the page shows:", *(f"    {line}" for line in self.output),
                          "  what came out:", *(f"    {line}" for line in self.found)])


def steps_of(block):
    steps = []
    for line in block.splitlines():
        if line.startswith("$ "):
            steps.append(Step(line[2:]))
        elif not steps:
            raise AssertionError(f"a console block begins with output: {line!r}")
        elif not steps[-1].output and steps[-1].command[-1].endswith("\\"):
            steps[-1].command.append(line)
        else:
            steps[-1].output.append(line)
    return steps


def environment(folder, programs):
    path = ":".join(str(p) for p in sorted(programs.iterdir()) if p.is_dir())
    return {"ASAN_OPTIONS": os.environ["ASAN_OPTIONS"], "UBSAN_OPTIONS": "halt_on_error=1", "PATH": path + ":" + os.environ["PATH"],
            "HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC", "NO_COLOR": "1"}


def run(text, programs, ahead=0):
    """Runs all blocks of a page and fills in what came out; with a clock that is some days ahead, if that is asked for."""
    clock = ["faketime", "-f", f"+{ahead}d"] if ahead else []
    year = time.strftime("%Y", time.gmtime(time.time() + ahead * 86400))
    blocks = [steps_of(m[1]) for m in BLOCK.finditer(text)]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="airlock-docs."))
    folder.chmod(0o755)  # other users come through, as they do to a site in its usual place
    outputs = pathlib.Path(tempfile.mkdtemp(prefix="airlock-docs-outputs."))
    try:
        shutil.copy(REPORT, folder)
        shutil.copy(POLICY, folder)
        shutil.copy(DICTIONARY, folder / "dictionary.json")
        shutil.copy(POLICY.parent / "starter.json", folder)
        shutil.copytree(TOP / "docs/examples/crm", folder / "samples")
        script = []
        steps = [step for block in blocks for step in block]
        for number, step in enumerate(steps):
            command = re.sub(r"\bLIC-20[0-9]{2}-", f"LIC-{year}-", "\n".join(step.command))
            script.append(f"{{ {command}\n}} >{outputs}/{number} 2>&1 </dev/null; echo $? >{outputs}/{number}.code")
        done = subprocess.run([*clock, "bash", "-c", "\n".join(script)], cwd=folder, env=environment(folder, programs), timeout=300,
                              capture_output=True, check=False)
        for number, step in enumerate(steps):
            assert (outputs / f"{number}.code").exists(), f"the page's shell ended early: {done.stderr.decode()}"
            found = (outputs / str(number)).read_text()
            code = (outputs / f"{number}.code").read_text().strip()
            step.found = found.rstrip("\n").split("\n") if found.strip("\n") else []
            if code != "0":
                step.found.append(f"[exit {code}]")
        return blocks
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(outputs, ignore_errors=True)


def written(text, blocks):
    """The page with what came out, where that is not what it shows."""
    left = iter(blocks)

    def block(match):
        lines = []
        for step in next(left):
            lines += ["$ " + step.command[0], *step.command[1:], *(step.output if step.is_as_shown() else step.found)]
        return "```console\n" + "\n".join(lines) + "\n```"

    return BLOCK.sub(block, text)
