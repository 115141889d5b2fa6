"""How many instructions four small jobs execute is what it was, within a tenth, up or down (docs/decisions/0019-instruction-counts.md).

`tests/bench/instructions.json` has the counts. The command that records them again is in the message of a failure.
"""
import collections
import fcntl
import json
import pathlib
import platform
import re

import posthog_reports
import pytest
from harness import REPORT, TOP

RECORD = TOP / "tests/bench/instructions.json"
COMMAND = "pytest --programs=build/release/tools --helpers=build/test --accept tests/cli/instructions_test.py"
TOLERANCE = 0.1
ROUGH_TOLERANCE = 0.5
# Callgrind cannot write its counts from the sandbox, which with these calls denied and `best-effort` is not there.
SANDBOX = "seccomp,prctl,landlock_create_ruleset"


def is_as_shipped(programs):
    """Whether a build is the one that the counts are of: tools/dev/test makes it."""
    path = programs.parent / "meson-info/intro-buildoptions.json"
    options = {option["name"]: option["value"] for option in json.loads(path.read_text())} if path.exists() else {}
    return (options.get("buildtype"), options.get("unity"), options.get("b_sanitize")) == ("release", "on", "none")


def own_and_all(path, program):
    """The instructions of the program's own code, and those of libraries too, of one process as callgrind writes them."""
    counted, position = collections.Counter(), ""
    lines = iter(path.read_text().splitlines())
    for line in lines:
        if line.startswith("ob="):
            position = line[3:]
        elif line.startswith("calls="):
            next(lines)  # what the called function took, which is counted there
        elif found := re.match(r"\d+ (\d+)$", line):
            counted[position] += int(found[1])
    assert counted[program] > 0, f"{path} has no instruction of {program}, but of {sorted(counted)}"
    return counted[program], counted.total()


def count(w, program, *arguments):
    """Runs a job under callgrind, with every process that it forks."""
    out = w.path / "counts"
    out.mkdir()
    w.run(w.helper("tests/support/deny"), "EINVAL", SANDBOX, "valgrind", "--quiet", "--tool=callgrind", "--compress-strings=no",
          "--compress-pos=no", f"--callgrind-out-file={out}/%p", w.program(program), *arguments, timeout=600)
    processes = [own_and_all(path, str(pathlib.Path(w.program(program)).resolve())) for path in out.iterdir()]
    return {"own": sum(own for own, _ in processes), "all": sum(every for _, every in processes)}


def has_avx2():
    return "avx2" in pathlib.Path("/proc/cpuinfo").read_text().split()


def toolchain():
    """What the counts depend on: the kind of machine, and the distribution that has the compiler and the libraries."""
    system = platform.freedesktop_os_release()
    return f"{platform.machine()}, {system['ID']} {system.get('VERSION_ID', 'unstable')}"


def limits(job):
    """The recorded counts of a job, and how far one may be from them. Another distribution's counts hold only roughly."""
    recorded = json.loads(RECORD.read_text())
    if counts := recorded.get(toolchain(), {}).get(job):
        return counts, TOLERANCE
    other = [counts[job] for name, counts in sorted(recorded.items()) if name.startswith(platform.machine() + ",") and job in counts]
    assert other, f"nothing is recorded for {platform.machine()}; this records it: {COMMAND}"
    print(f"counted: nothing is recorded for {toolchain()}, so {job} may differ by half from another distribution; to record it: {COMMAND}")
    return other[-1], ROUGH_TOLERANCE


def record(job, found):
    with RECORD.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # other jobs are recorded at the same time
        recorded = json.load(file)
        recorded.setdefault(toolchain(), {})[job] = found
        file.seek(0)
        file.truncate()
        file.write(json.dumps(recorded, indent=1, sort_keys=True) + "\n")


def process(w):
    w.site().configure(sandbox="best-effort")
    return count(w, "airlock", "--site", w.site_path, "process", REPORT)


def preview(w):
    w.site().configure(sandbox="best-effort")
    report = w.report(lambda published: posthog_reports.generate(published, teams=300))
    return count(w, "airlock", "--site", w.site_path, "preview", report)


def licence_verify(w):
    w.new_vendor()
    licence = w.new_licence("standard", any_site=True)
    return count(w, "airlock", "licence", "verify", "--licence", licence, "--trust", w.root, "--product", "posthog")


def intake(w):
    w.site().process()
    return count(w, "airlock-vendor", "--home", w.home, "intake", w.outbox()[0])


@pytest.mark.takes(8)
@pytest.mark.parametrize("job", [process, preview, licence_verify, intake], ids=lambda job: job.__name__)
def test_a_job_executes_as_many_instructions_as_are_recorded(w, request, job):
    if not is_as_shipped(w.programs):
        pytest.skip("counts are of the programs as they are shipped")
    found = job(w)
    print(f"counted: {job.__name__} executes {found['own']:,} instructions of its own, {found['all']:,} with libraries")
    if request.config.getoption("accept"):
        record(job.__name__, found)
        pytest.skip("recorded and not compared")
    recorded, tolerance = limits(job.__name__)
    for what in ("own", "all") if has_avx2() else ("own",):
        ratio = found[what] / recorded[what]
        assert abs(ratio - 1) <= tolerance, f"{ratio:.2f} times the recorded instructions ({what}); if that is meant: {COMMAND}"
