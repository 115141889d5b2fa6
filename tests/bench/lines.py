"""The lines of the table in docs/performance.md: what is measured, beside what, and what it may cost."""
import json
import shutil
import sqlite3
import statistics
import subprocess

from harness import REPORT, TOP
from measuring import Goal, Row, growth, rows

LINES = {}


def line(measure):
    """Makes a function a line that can be asked for by its name. It gets the bench and yields rows, and lines of text."""
    LINES[measure.__name__] = measure
    return measure


def counted(number):
    return f"{number:,}".replace(",", " ")


def throughput(size, runs):
    return f"{size / 1e6 / statistics.median(run['cpu'] for run in runs):.3g}"


def script_folder(w):
    """What seal.sh works with: keys of the kind that a site has, and an outbox."""
    folder = w.path / "script"
    (folder / "outbox").mkdir(parents=True)
    w.shell("openssl rand -hex 32 > pseudonym.key", cwd=folder)
    for name in ("site", "recipient"):
        w.shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 "
                f"-keyout {name}.key -subj /CN={name} -out {name}.crt", cwd=folder)
    return folder


@line
def seal(bench):
    """`airlock process` on a site that seals, beside the shell script that one would write instead."""
    w = bench.workspace().site()
    w.configure(limits={"report_bytes": 192 << 20})
    folder = script_folder(w)
    sizes, runs = [], []
    for teams, rounds, goals in (
            (12, 30, dict(cpu=Goal(1 / 6, 1 / 10), wall=Goal(1 / 3, 1 / 6), kib=None)),
            (700, 10, dict(cpu=None, wall=None, kib=None)),
            (45_000, 3, dict(cpu=Goal(1 / 12, 1 / 30), wall=None, kib=Goal(1 / 40, 1 / 80)))):
        if bench.quick and teams == 45_000:
            teams, goals = 5_000, dict.fromkeys(goals)
        report = bench.report(teams)
        sizes.append(report.stat().st_size)
        ours, peer = bench.run.alternately(
            bench.rounds(rounds),
            lambda: bench.run(w.program("airlock"), "--site", w.site_path, "process", report, "--again", "--quiet"),
            lambda: bench.run(TOP / "tests/bench/seal.sh", report, folder))
        yield from rows("seal", f"process, {counted(teams)} teams, {counted(sizes[-1] // 1000)} kB", ours, peer, **goals)
        runs.append((ours, peer))
        yield (f"process, {counted(teams)} teams: {throughput(sizes[-1], ours)} MB a second of CPU, "
               f"and the script {throughput(sizes[-1], peer)}")
        for bundle in [*(folder / "outbox").iterdir(), *w.outbox()]:
            bundle.unlink()
    yield from growth("process and the script", sizes, zip(*runs))


@line
def intake(bench):
    """`airlock-vendor intake` of a bundle, beside its decryption and signatures alone."""
    w = bench.workspace().site()
    fleets = (1, 40, 200, 2_000 if bench.quick else 10_000)
    homes = {}
    for sites in fleets:
        homes[sites] = w.path / f"home-{sites}"
        shutil.copytree(w.home, homes[sites])
        subprocess.run([bench.helper("bench_fleet"), homes[sites] / "register.db", str(sites - 1)], check=True)
    rounds = bench.rounds(20)
    for _ in range(rounds + 1):
        w.airlock("process", REPORT, "--again")
    bundles = sorted(w.outbox(), key=lambda bundle: int(bundle.name.split("-")[3]))
    left = {work: list(bundles) for work in (*fleets, "peer")}

    def take_in(sites):
        return bench.run(w.program("airlock-vendor"), "--home", homes[sites], "intake", left[sites].pop(0), "--quiet")

    def open_one(bundle):
        return bench.run(bench.helper("bench_opening"), bundle, w.home / "recipient.crt", w.home / "recipient.key",
                         w.site_path / "keys/site.crt")

    def take_in_all():
        home = w.path / "home"
        shutil.copytree(w.home, home)
        try:
            return bench.run(w.program("airlock-vendor"), "--home", home, "intake", *bundles, "--quiet")
        finally:
            shutil.rmtree(home)

    def open_all():
        runs = [open_one(bundle) for bundle in bundles]
        return {quantity: sum(run[quantity] for run in runs) for quantity in runs[0]}

    *ours, peer = bench.run.alternately(rounds, *(lambda sites=sites: take_in(sites) for sites in fleets),
                                         lambda: open_one(left["peer"].pop(0)))
    for sites, runs in zip(fleets, ours):
        yield from rows("intake", f"intake, {counted(sites)} registered", runs, peer, cpu=Goal(2, 1.3))
    yield from rows("intake", f"intake, {counted(fleets[-1])} registered, beside 1", ours[-1], ours[0], cpu=Goal(1.25, 1.1))
    at_once = bench.run.alternately(bench.rounds(5), take_in_all, open_all)
    yield from rows("intake", f"intake of {len(bundles)} bundles at once", *at_once, cpu=None, wall=None)
    yield from growth("intake", fleets, [ours])


@line
def ledger(bench):
    """Append and verify, beside bare SQLite and bare SELECT with SHA-256; in one process, which alternates."""
    w = bench.workspace()
    for entries in (10_000, 100_000) if bench.quick else (10_000, 100_000, 300_000):
        subprocess.run([bench.helper("bench_ledger"), "--measure", str(entries), w.path / "measured.json"], check=True)
        measured = json.loads((w.path / "measured.json").read_text())
        for what, goal in (("append", Goal(15, 6)), ("verify", Goal(8, 3))):
            yield Row("ledger", f"{what}, {counted(entries)} entries", "each", measured[what]["ours"], measured[what]["peer"], goal)


@line
def licence(bench):
    """`airlock licence verify`, beside `openssl cms -verify` of the same file. Airlock judges the licence too."""
    w = bench.workspace().new_vendor()
    file = w.new_licence("standard", any_site=True)
    verdict = [w.program("airlock"), "licence", "verify", "--licence", file, "--trust", w.root, "--product", "posthog", "--quiet"]
    peer = ["openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-in", file, "-CAfile", w.root, "-no-CApath", "-no-CAstore",
            "-purpose", "any"]
    yield from rows("licence", "licence verify", *bench.run.alternately(
        bench.rounds(100), lambda: bench.run(*verdict), lambda: bench.run(*peer)), cpu=Goal(1, 2 / 3))


@line
def status(bench):
    """`airlock status` on a long ledger, beside the same on a short one."""
    w = bench.workspace().site()
    w.airlock("process", REPORT)
    short = w.path / "short"
    shutil.copytree(w.site_path, short, symlinks=True)
    sizes, runs = (1_000, 30_000) if bench.quick else (1_000, 30_000, 1_000_000), []
    for entries in sizes:
        with sqlite3.connect(w.site_path / "ledger.db") as database:
            there, last = database.execute("SELECT count(*), count(DISTINCT nullif(report_id, '')) FROM entries").fetchone()
        subprocess.run([bench.helper("bench_ledger"), "--grow", w.site_path / "ledger.db", str(last), str((entries - there) // 2)],
                       check=True)
        w.airlock("process", REPORT, "--again")  # signs for what was appended, which nothing else does
        ours, peer = bench.run.alternately(
            bench.rounds(30), lambda: bench.run(w.program("airlock"), "--site", w.site_path, "status", "--quiet"),
            lambda: bench.run(w.program("airlock"), "--site", short, "status", "--quiet"))
        yield from rows("status", f"status, {counted(entries)} entries", ours, None, cpu=Goal(25, 12))
        yield from rows("status", f"status, {counted(entries)} entries, beside 4", ours, peer, cpu=None)
        runs.append(ours)
    yield from growth("status", sizes, [runs])


@line
def held(bench):
    """`airlock process --held` where reports are held and nothing changed, beside `status`."""
    sizes, runs = (10, 100) if bench.quick else (10, 30, 100), []
    w = bench.workspace().site(tier="standard", entitlements=())
    number = 0
    for reports in sizes:
        for number in range(number + 1, reports + 1):
            w.airlock("process", w.report_of(f"1.{number}.0"), code=4)
        ours, peer = bench.run.alternately(
            bench.rounds(20),
            lambda: bench.run(w.program("airlock"), "--site", w.site_path, "process", "--held", "--quiet", codes=(0, 4)),
            lambda: bench.run(w.program("airlock"), "--site", w.site_path, "status", "--quiet"))
        yield from rows("held", f"process --held, {reports} held, beside status", ours, peer, cpu=Goal(2, 2))
        runs.append((ours, peer))
    yield from growth("process --held and status", sizes, zip(*runs))


def in_process(name, program, *arguments):
    """A program that measures within one process, and knows itself what that may take."""
    def measure(bench):
        done = subprocess.run([bench.helper(program), *arguments], capture_output=True, text=True, check=False)
        print(done.stdout)
        if done.returncode:
            bench.missed.append(name)
        yield f"{name}: {'missed' if done.returncode else 'within its mark'}"
    LINES[name] = measure


in_process("verdict", "bench_licence", TOP / "policy")
in_process("readers", "bench_readers")
in_process("leak-scan", "bench_leak_scan")
