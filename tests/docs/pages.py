#!/usr/bin/env python3
"""Holds the documentation to what the programs do.

    pages.py PROGRAMS [--write] [PAGE...]     runs the `console` blocks of pages and compares; --write takes what came out
    pages.py --links                          checks what pages point at: links, and the tests that they name

A page's blocks run in one shell, in order, as a reader types them from the first line on, in a folder of their own that holds
`status_report.json`, `posthog-default.json` and `dictionary.json`. Whatever else a page needs it makes in sight of the reader.

    ```console
    $ airlock licence verify \\
        --json
    output, standard output and standard error
    [exit 6]
    ```

A line `…` stands for any lines, `…` in a line for anything. Ids, digests, times and what else differs from run to run may
be any of their kind. An exit code other than 0 is told in the last line.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
SKIPPED = 77  # what meson calls a test that was skipped

# What differs from run to run, the longest forms first.
VARYING = [
    (r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", "UUID"),
    (r"\b(?:[0-9a-f]{4} ){15}[0-9a-f]{4}\b", "FINGERPRINT"),
    (r"\b(?:[0-9A-F]{2}:){31}[0-9A-F]{2}\b", "FINGERPRINT"),
    (r"\b[0-9a-f]{64}\b", "SHA256"),
    (r"\b[0-9a-f]{32}\b", "NONCE"),
    (r"\b(identifier|licence|person|content|location|time|version|deployment|transport|usage)-[a-z2-7]{26}\b", r"\1-PSEUDONYM"),
    (r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}T(?!00:00:00Z)[0-9:]{8}Z", "TIME"),
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


def steps_of(block):
    steps = []
    for line in block.splitlines():
        if line.startswith("$ "):
            steps.append(Step(line[2:]))
        elif not steps:
            raise ValueError(f"a console block begins with output: {line!r}")
        elif not steps[-1].output and steps[-1].command[-1].endswith("\\"):
            steps[-1].command.append(line)
        else:
            steps[-1].output.append(line)
    return steps


def environment(folder, programs):
    sanitizer = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
    path = ":".join(str(p) for p in sorted(programs.iterdir()) if p.is_dir())
    return {"ASAN_OPTIONS": sanitizer, "UBSAN_OPTIONS": "halt_on_error=1", "PATH": path + ":" + os.environ["PATH"],
            "HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC", "NO_COLOR": "1"}


def run(page, text, programs):
    """Runs all blocks of a page and fills in what came out."""
    blocks = [steps_of(m[1]) for m in BLOCK.finditer(text)]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="airlock-docs."))
    folder.chmod(0o755)  # other users come through, as they do to a site in its usual place
    outputs = pathlib.Path(tempfile.mkdtemp(prefix="airlock-docs-outputs."))
    try:
        shutil.copy(TOP / "tests/kit/status_report.json", folder)
        shutil.copy(TOP / "policy/posthog-default.json", folder)
        shutil.copy(TOP / "policy/dictionary/posthog-status-report.json", folder / "dictionary.json")
        script = []
        steps = [step for block in blocks for step in block]
        for number, step in enumerate(steps):
            command = "\n".join(step.command)
            script.append(f"{{ {command}\n}} >{outputs}/{number} 2>&1 </dev/null; echo $? >{outputs}/{number}.code")
        done = subprocess.run(["bash", "-c", "\n".join(script)], cwd=folder, env=environment(folder, programs), timeout=300,
                              capture_output=True, check=False)
        for number, step in enumerate(steps):
            if not (outputs / f"{number}.code").exists():
                raise ValueError(f"the page's shell ended early: {done.stderr.decode()}")
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
            same = fits(normal("\n".join(step.output)), normal("\n".join(step.found)))
            lines += ["$ " + step.command[0], *step.command[1:], *(step.output if same else step.found)]
        return "```console\n" + "\n".join(lines) + "\n```"

    return BLOCK.sub(block, text)


def check_pages(programs, pages, write):
    passed = failed = skipped = commands = 0
    for page in pages:
        text = page.read_text()
        if not BLOCK.search(text):
            continue
        name = page.relative_to(TOP)
        try:
            blocks = run(page, text, programs)
        except (ValueError, KeyError, subprocess.TimeoutExpired) as error:
            print(f"FAIL  {name}: {error}")
            failed += 1
            continue
        wrong = [step for block in blocks for step in block
                 if not fits(normal("\n".join(step.output)), normal("\n".join(step.found)))]
        commands += sum(len(block) for block in blocks)
        if wrong and write:
            page.write_text(written(text, blocks))
            print(f"SKIP  {name}: {len(wrong)} outputs written")
            skipped += 1
        elif wrong:
            failed += 1
            print(f"FAIL  {name}")
            for step in wrong:
                print("  $ " + "\n  ".join(step.command))
                print("  the page shows:\n    " + "\n    ".join(step.output))
                print("  what came out:\n    " + "\n    ".join(step.found))
        else:
            passed += 1
            print(f"ok    {name}")
    print(f"counted: {commands} commands of pages")
    return passed, failed, skipped


def check_links(pages):
    """Each link to a file leads somewhere, and each test or page that is named in code type is there."""
    failed = passed = 0
    for page in pages:
        text = page.read_text()
        prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
        missing = [target for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", prose)
                   if not (page.parent / target).exists()]
        named = re.findall(r"`((?:tests|docs|tools|policy|lib)/[A-Za-z0-9_./*-]+)`", prose)
        missing += [name for name in named if not list(TOP.glob(name.rstrip("/")))]
        for target in missing:
            print(f"FAIL  {page.relative_to(TOP)} points at {target}, which is not there")
        failed += len(missing)
        passed += not missing
    return passed, failed, 0


def main():
    pages = [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]
    arguments = sys.argv[1:]
    if arguments == ["--links"]:
        passed, failed, skipped = check_links([*pages, TOP / "CHANGELOG.md"])
    else:
        write = "--write" in arguments
        programs, *chosen = [a for a in arguments if a != "--write"]
        if chosen:
            pages = [pathlib.Path(name).resolve() for name in chosen]
        passed, failed, skipped = check_pages(pathlib.Path(programs).resolve(), pages, write)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed + skipped else SKIPPED if skipped else 0)


if __name__ == "__main__":
    main()
