"""Every file operation fails, at every place, in every way; then the next run. And kills under load, and a small disk."""
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid

from faults import ALL_SERIES, KINDS, READING, REPEATED, Inside, Outside, Series, Small
from harness import LONG, case, check, children, equal, main
from receiver import Authority, Receiver

LIBRARY = sys.argv.pop(2)
os.umask(0o077)  # so that what is public must be given its mode by a call of its own, which can fail too
SEED = 20261126

# As small as they may be: most of a run is then what it does with files.
POLICY = {
    "format": "airlock-policy/1", "name": "small", "version": "1", "otherwise": "withhold",
    "tiers": {"sealing": {"disposition": "seal", "profiles": ["all"], "may": ["seal", "withhold"]},
              "sending": {"disposition": "send", "profiles": ["all"], "may": ["send", "redact", "seal"]}},
    "rules": [{"id": "unusable-licence-seals", "at_least": "seal", "when": {"licence": [
        "expired", "not_yet_valid", "clock_rollback", "wrong_site", "wrong_product", "superseded"]}},
        {"id": "unreadable-licence-withholds", "at_least": "withhold", "when": {"licence": ["invalid", "revoked"]}}],
    "profiles": {"all": {"undeclared": "refuse", "redactions": []}}, "claims": []}
DICTIONARY = {
    "format": "airlock-dictionary/1", "name": "small", "product": "posthog", "roles": {"event": "/event"}, "events": ["small"],
    "fields": [{"path": "/event", "type": "enum", "values": ["small"], "class": "usage", "purpose": "routing", "about": "event"},
               {"path": "/n", "type": "count", "class": "usage", "purpose": "billing", "about": "number"}]}


def report_text(n):
    return json.dumps({"event": "small", "n": n})


class Scenario:
    """A site at rest, a command on it, and what must be true after the command and after the next one."""

    name = ""
    arguments = ()
    allowed = (0, 7, 8)  # with a fault; without one the first of them
    reports = 1

    def __init__(self, w):
        self.w = w
        self.saved = w.path / "saved"
        w.new_vendor(w.file("policy.json", json.dumps(POLICY)), w.file("dictionary.json", json.dumps(DICTIONARY)))
        self.report = w.file("report.json", report_text(1))
        self.prepare()
        shutil.copytree(w.site_path, self.saved, symlinks=True)
        self.at_first = self.state()

    def prepare(self):
        self.w.site(tier="sealing", entitlements=())

    def close(self):
        pass

    figures = ()

    def limit(self, tier):
        """From here on the figure is kept that the licence limits; there is one of another disclosure."""
        self.w.airlock("licence", "install", self.w.new_licence(tier, extra=["--limit", "n=5", "--unknown"]))
        (self.w.site_path / "held/usage.json").write_text(json.dumps({"format": "airlock-usage/1", "disclosures": [
            {"disclosure_id": str(uuid.uuid4()), "figures": {"/n": 7}}]}))
        self.figures = []

    def usage(self, place):
        shown = self.w.airlock("licence", "usage", "--json").json["limits"][0]["value"]
        check(shown in (1, None), f"{place}: usage shows {shown}")
        self.figures.append(shown)

    def check_figures(self):
        """Most faults hit something else."""
        check(self.figures == () or self.figures.count(1) > len(self.figures) / 2, f"figures: {self.figures}")

    def restore(self):
        shutil.rmtree(self.w.site_path)
        shutil.copytree(self.saved, self.w.site_path, symlinks=True)

    @property
    def command(self):
        return [self.w.program("airlock"), "--site", str(self.w.site_path), *[str(a) for a in self.arguments]]

    def state(self):
        """All that a program could find."""
        site = self.w.site_path
        return [(str(p.relative_to(site)), p.lstat().st_mode, p.read_bytes() if p.is_file() else b"") for p in sorted(site.rglob("*"))]

    # What is in the ledger, without a program of ours.

    def query(self, sql):
        with sqlite3.connect(f"file:{self.w.site_path}/ledger.db?mode=ro", uri=True) as database:
            return database.execute(sql).fetchall()

    def of_kind(self, kind):
        return self.query(f"SELECT count(*) FROM entries WHERE kind = '{kind}'")[0][0]

    def kinds(self):
        return [k for k, in self.query("SELECT kind FROM entries WHERE report_id IS NOT NULL AND report_id <> '' ORDER BY seq")]

    def sound(self, place):
        """What holds at any time, whatever failed; the caller has run `ledger verify`."""
        left = self.query("SELECT originals.sha256, count(*) FROM outbox JOIN originals USING (report_id) "
                          "WHERE stage IN ('sealed', 'released', 'queued', 'attempted', 'failed', 'sent') GROUP BY 1")
        check(all(count == 1 for _, count in left), f"{place}: a report leaves twice: {self.kinds()}")
        twice = self.query("SELECT disclosure_id, kind FROM entries WHERE kind IN ('released', 'sent', 'abandoned') "
                           "GROUP BY 1, 2 HAVING count(*) > 1")
        equal(twice, [], f"{place}: entries that are there twice")

    def at_rest(self, place):
        """What holds once a run was not disturbed."""
        self.sound(place)
        equal(self.w.hidden(), [], f"{place}: hidden files")
        names = sorted(f for f, in self.query("SELECT file FROM outbox WHERE stage = 'released'"))
        equal([p.name for p in self.w.outbox()], names, f"{place}: bundles")
        for bundle in self.w.outbox():
            check(bundle.with_suffix(".txt").exists(), f"{place}: no instructions beside {bundle.name}")

    # For each scenario.

    def after(self, code, place):
        """Directly after a run with a fault that ended with `code`."""
        recorded = self.of_kind("produced") + self.of_kind("repeated") > 0
        check(recorded or code == 8, f"{place}: exit {code}, but the report is not in the ledger")

    def finish(self, place):
        """The next run, undisturbed."""
        result = self.w.process(self.report, code=0)
        check(result["outcome"] in ("sealed", "repeated"), f"{place}: then {result['outcome']}")
        equal(len(self.w.outbox()), 1, f"{place}: bundles")


class Sealing(Scenario):
    name = "process on a sealing site"

    def prepare(self):
        super().prepare()
        self.limit("sealing")
        self.arguments = ["process", self.report]

    def finish(self, place):
        super().finish(place)
        self.usage(place)


class Holding(Scenario):
    name = "process on a holding site"
    allowed = (4, 8)

    def prepare(self):
        self.w.new_site(kit=None)
        self.arguments = ["process", self.report]
        self.recorded = False

    def restore(self):
        super().restore()
        self.recorded = False

    def after(self, code, place):
        super().after(code, place)
        self.recorded = self.recorded or code == 4

    def finish(self, place):
        if self.recorded:
            self.w.airlock("process", "--held", code=4)
        else:
            equal(self.w.process(self.report, code=4)["outcome"], "held", place)
        held = sorted(p.name for p in (self.w.site_path / "held").iterdir())
        rows = self.w.airlock("ledger", "list", "--json").json["reports"]
        equal(held, sorted(r["report_id"] for r in rows if r["latest"] == "held"), f"{place}: held files")
        check(held, f"{place}: nothing is held")
        for name in held:
            equal((self.w.site_path / "held" / name).read_text(), self.report.read_text(), f"{place}: what is held")


class Held(Scenario):
    name = "process --held"
    arguments = ["process", "--held"]

    def prepare(self):
        self.w.new_site(kit=None)
        self.w.process(self.report, code=4)
        self.w.airlock("kit", "install", self.w.kit)
        self.w.airlock("licence", "install", self.w.new_licence("sealing"))

    def finish(self, place):
        self.w.airlock("process", "--held")
        equal(len(self.w.outbox()), 1, f"{place}: bundles")
        equal(list((self.w.site_path / "held").iterdir()), [], f"{place}: held files")
        equal(self.of_kind("produced"), 1, f"{place}: reports")


class Inbox(Scenario):
    name = "process --inbox"
    arguments = ["process", "--inbox"]

    def prepare(self):
        super().prepare()
        self.ids = []
        # Claimed, as by a run that was cut short: what was just dropped must settle first, and tests would wait.
        for n in range(2):
            self.ids.append(str(uuid.uuid4()))
            (self.w.site_path / "claimed" / self.ids[-1]).write_text(report_text(n))

    def after(self, code, place):
        waiting = {p.name for p in (self.w.site_path / "claimed").iterdir()}
        recorded = {r for r, in self.query("SELECT report_id FROM entries WHERE kind IN ('released', 'repeated', 'sealed')")}
        equal(waiting | recorded, set(self.ids), f"{place}: claimed or recorded")

    def finish(self, place):
        self.w.airlock("process", "--inbox")
        equal(list((self.w.site_path / "claimed").iterdir()), [], f"{place}: what was claimed")
        for kind in ("produced", "released"):
            found = sorted(r for r, in self.query(f"SELECT report_id FROM entries WHERE kind = '{kind}'"))
            equal(found, sorted(self.ids), f"{place}: {kind}")


class Sending(Scenario):
    name = "process on a sending site"

    def prepare(self):
        authority = Authority(self.w)
        self.server = Receiver(authority.issue("server"))
        self.w.site(tier="sending", entitlements=())
        self.limit("sending")
        configuration = self.w.site_path / "airlock.json"
        document = json.loads(configuration.read_text())
        document["delivery"] = {"destinations": [{"type": "https-json", "url": self.server.url(), "ca_file": str(authority.crt),
                                                  "timeout_seconds": 20}]}
        configuration.write_text(json.dumps(document))
        self.w.airlock("authorise", "--reason", "the vendor's contract", "--yes")
        self.arguments = ["process", self.report]
        # `process` starts the sender that lies beside it.
        self.installed = self.w.path / "installed"
        self.installed.mkdir()
        for program in ("airlock", "airlock-send"):
            shutil.copy(self.w.program(program), self.installed)

    @property
    def command(self):
        return [str(self.installed / "airlock"), "--site", str(self.w.site_path), *[str(a) for a in self.arguments]]

    def close(self):
        self.server.close()

    def restore(self):
        super().restore()
        self.server.requests.clear()

    def finish(self, place):
        result = self.w.process(self.report, code=(0, 7))
        check(result["outcome"] in ("sent", "queued", "repeated"), f"{place}: then {result['outcome']}")
        self.w.run(self.w.program("airlock-send"), "--site", self.w.site_path, "--now")
        keys = {p.headers["idempotency-key"] for p in self.server.posts}
        equal(len(keys), 1, f"{place}: keys that the receiver got")
        equal({p.body for p in self.server.posts}, {self.report.read_bytes()}, f"{place}: bodies")
        equal(self.of_kind("sent"), 1, f"{place}: entries `sent`")
        self.usage(place)
        equal(list((self.w.site_path / "outbox").iterdir()), [], f"{place}: outbox")


class KitInstall(Scenario):
    name = "kit install"
    allowed = (0, 8)

    def prepare(self):
        super().prepare()
        self.arguments = ["kit", "install", self.w.new_kit(self.w.path / "policy.json", self.w.path / "dictionary.json")]

    def after(self, code, place):
        """The old kit or the new one, or nothing leaves until it is installed again."""

    def finish(self, place):
        before = self.w.process(self.report, code=(0, 4))
        check(before["outcome"] in ("sealed", "held"), f"{place}: then {before['outcome']}")
        self.w.airlock(*self.arguments)
        equal(self.of_kind("kit"), 2, f"{place}: kits recorded")
        if before["outcome"] == "held":
            self.w.airlock("process", "--held")
        equal(len(self.w.outbox()), 1, f"{place}: bundles")


class Authorise(Scenario):
    name = "authorise"
    allowed = (0, 8)
    arguments = ["authorise", "--reason", "the vendor's contract", "--yes"]
    recorded = 1

    def prepare(self):
        self.w.site(tier="sealing", entitlements=())
        self.w.airlock("licence", "install", self.w.new_licence("sending"))

    def after(self, code, place):
        check(code == 8 or self.of_kind("authorised") == self.recorded, f"{place}: exit {code}, and not recorded")

    def finish(self, place):
        self.w.airlock(*self.arguments)
        equal(self.of_kind("authorised"), self.recorded, f"{place}: authorised")
        equal(self.w.process(self.report, "--no-deliver", code=7)["outcome"], "queued", f"{place}: then")


class AuthoriseKit(Authorise):
    name = "authorise of an older kit"

    def prepare(self):
        self.w.site(tier="sealing", entitlements=())
        newer = self.w.new_kit(self.w.path / "policy.json", self.w.path / "dictionary.json")
        self.w.airlock("kit", "install", newer)
        self.w.airlock("kit", "install", self.w.kit, code=4)

    def finish(self, place):
        self.w.airlock(*self.arguments)
        equal(self.of_kind("authorised"), self.recorded, f"{place}: authorised")
        equal(self.w.process(self.report, code=0)["outcome"], "sealed", f"{place}: then")
        equal(self.w.airlock("status", "--json").json["kit"]["number"], 1, f"{place}: kit")


class HandOver(Scenario):
    name = "outbox hand-over"

    def prepare(self):
        super().prepare()
        self.w.process(self.report)
        self.medium = self.w.path / "medium"
        self.medium.mkdir()
        self.arguments = ["outbox", "hand-over", "--to", self.medium]

    def restore(self):
        super().restore()
        for path in self.medium.iterdir():
            path.unlink()

    def state(self):
        return super().state() + sorted(str(p) for p in self.medium.iterdir())

    def after(self, code, place):
        check(code == 8 or self.of_kind("handed_over") > 0, f"{place}: exit {code}, and not recorded")
        for path in self.medium.glob("[!.]*"):
            check(self.of_kind("handed_over") > 0, f"{place}: {path.name} is on the medium, and not recorded")

    def finish(self, place):
        self.w.airlock(*self.arguments)
        expected = sorted((p.name, p.read_bytes()) for p in (self.w.site_path / "outbox").iterdir())
        equal(sorted((p.name, p.read_bytes()) for p in self.medium.iterdir()), expected, f"{place}: medium")
        equal(len(expected), 2, f"{place}: outbox")


# A further command that changes files or the ledger gets a class above and a place here.
SCENARIOS = [Sealing, Sending, Holding, Held, Inbox, KitInstall, Authorise, AuthoriseKit, HandOver]


def judge(scenario, ran, place):
    """After one run with a fault. Says whether anything has changed: where not, verifying and going on have been seen to work."""
    changed = scenario.state() != scenario.at_first
    if changed:
        scenario.w.ledger_ok()
        scenario.sound(place)
    scenario.after(ran.code, place)
    return changed


def judge_rest(scenario, places):
    """After the next run, which nothing disturbs."""
    place = "; ".join(places)
    scenario.finish(place)
    scenario.w.ledger_ok()
    scenario.at_rest(place)


def with_place(place, step):
    """An error that names the fault: a failing case can then be tried on its own."""
    try:
        return step()
    except AssertionError as error:
        raise type(error)(f"{place}: {error}") from None


def every_fault(scenario, inside):
    """The 1st, 2nd, … nth operation, until none is hit; each on the site as it was."""
    faults = 0
    scenario.restore()
    judge_rest(scenario, ["undisturbed"])
    for series in ALL_SERIES + REPEATED:
        step = 5 if series.kinds == READING else 1  # reading the same page fails in the same way
        nth = 1
        while True:
            place = f"{scenario.name}: {series}: {nth}"
            scenario.restore()
            ran, hit = with_place(place, lambda: inside.run(series, nth, *scenario.command, code=scenario.allowed))
            if hit == 0:
                break
            faults += 1
            if with_place(place, lambda: judge(scenario, ran, place)):
                with_place(place, lambda: judge_rest(scenario, [place]))
            nth += step
    return faults


def some_faults(scenario, inside, wanted):
    """Faults spread evenly over all operations of all series, a few on one another before each undisturbed run."""
    chance = random.Random(SEED)
    scenario.restore()
    counts = inside.count(*scenario.command, code=scenario.allowed[0])
    all_series = ALL_SERIES + 2 * REPEATED
    places = []
    for series in all_series:
        size = sum(counts[k] for k in series.kinds)
        number = 1 + 2 * wanted // len(all_series)  # not all are reached: a run on what a failure left is another
        places += [(series, 1 + (size * i + chance.randrange(size)) // number) for i in range(number)]
    chance.shuffle(places)
    faults, before = 0, []
    judge_rest(scenario, ["undisturbed"])
    for kind in EACH_ONCE.get(scenario.__class__.__name__, ()):
        scenario.restore()
        place, nth = f"{scenario.name}: {kind}, EIO once", 1 + chance.randrange(counts[kind])
        ran, hit = inside.run(Series((kind,), "EIO", "once"), nth, *scenario.command, code=scenario.allowed)
        check(hit == 1, f"{place}: {nth} was not reached")
        faults += 1
        if judge(scenario, ran, place):
            judge_rest(scenario, [place])
    scenario.restore()
    for series, nth in places:
        if faults >= wanted:
            break
        place = f"{scenario.name}: {series}: {nth}"
        before.append(place)
        ran, hit = with_place("; ".join(before), lambda: inside.run(series, nth, *scenario.command, code=scenario.allowed))
        faults += hit if series in REPEATED else hit > 0  # what fails from then on is one fault
        if not with_place("; ".join(before), lambda: judge(scenario, ran, place)):
            before = []
        elif len(before) == 3 or ran.code != 8:
            judge_rest(scenario, before)
            before = []
            scenario.restore()
    return faults


ORDINARY = {"Sealing": 60, "Sending": 30, "Holding": 35, "Held": 30, "Inbox": 40, "KitInstall": 25, "Authorise": 20,
            "AuthoriseKit": 15, "HandOver": 20}


# Each kind at least once. What reads a report may change no modes; what installs makes files that are public.
EACH_ONCE = {"Sealing": [k for k in KINDS if k != "mode"], "KitInstall": ["mode"]}

hits_of_all = dict.fromkeys(KINDS, 0)


def sweep(scenario_class):
    @case(f"{scenario_class.name}: whatever file operation fails, the ledger holds and the next run finishes")
    def _(w):
        scenario = scenario_class(w)
        inside = Inside(w, LIBRARY)
        try:
            wanted = ORDINARY[scenario_class.__name__]
            faults = every_fault(scenario, inside) if LONG else some_faults(scenario, inside, wanted)
            scenario.check_figures()
        finally:
            scenario.close()
        check(faults >= wanted * 0.9, f"only {faults} faults were hit")
        for kind, count in inside.hits.items():
            hits_of_all[kind] += count
        print(f"counted: {faults} faults in {scenario.name}")


def outside(scenario_class):
    @case(f"{scenario_class.name}: the same from outside, any system call failing or killed")
    def _(w):
        scenario = scenario_class(w)
        strace = Outside(w)
        chance = random.Random(SEED)
        try:
            scenario.restore()
            places = strace.places(*scenario.command, code=scenario.allowed[0])
            calls = sorted({call for call, _ in places})
            check(len(calls) > 9, f"strace saw only {calls}")
            of_call = {call: [p for p in places if p[0] == call] for call in calls}
            injections = [(chance.choice(of_call[call]), what) for call in calls for what in ("EIO", "ENOSPC", "KILL")
                          for _ in range(5 if LONG else 1)]
            chance.shuffle(injections)
            injections = injections[:None if LONG else 4]
            hit, by_what = 0, {"EIO": 0, "ENOSPC": 0, "KILL": 0}
            for place, what in injections:
                name = f"{scenario.name}: {place[0]} {place[1]} {what}"
                scenario.restore()
                allowed = scenario.allowed + ((-9, 137) if what == "KILL" else ())
                ran, injected = with_place(name, lambda: strace.run(place, what, *scenario.command, code=allowed))
                hit += injected
                by_what[what] += injected
                with_place(name, lambda: judge(scenario, ran, name) if ran.code >= 0 and ran.code != 137 else w.ledger_ok())
                with_place(name, lambda: judge_rest(scenario, [name]))
        finally:
            scenario.close()
        check(hit >= len(injections) * 0.7, f"only {hit} of {len(injections)} were injected")
        print(f"counted: {hit} injections by strace in {scenario.name}: {by_what}")


for each in SCENARIOS:
    sweep(each)


@case("whatever file operation fails: every kind of operation was among those that failed")
def _(_):
    never = [k for k, count in hits_of_all.items() if count == 0]
    equal(never, [], "kinds that never failed")
    print(f"counted: file operations that failed, by kind: {hits_of_all}")


for each in SCENARIOS:
    outside(each)


# What a COMMIT that fails leaves, by its number, after the run's own attempt to clean up: kinds of entries, exit code.
HAS_HAPPENED = {1: (["produced", "abandoned"], 8), 2: (["produced", "sealed", "released"], 8), 3: (["produced", "sealed", "released"], 7)}
# A journal that is still full only the next run can play back: the worker may not remove it.
HAS_NOT = {1: ([], 8), 2: (["produced"], 8), 3: (["produced", "sealed"], 7)}


@case("a COMMIT that reports an error and has happened, and one that has not: the ledger knows, and the next run finishes")
def _(w):
    scenario = Sealing(w)
    inside = Inside(w, LIBRARY)
    faults = 0
    for kinds, expected in ((("commit sync",), HAS_HAPPENED), (("commit truncate",), HAS_NOT)):
        for mode in ("once", "from then on"):
            for nth in range(1, 10):
                place = f"{kinds[0]} {nth} {mode}"
                scenario.restore()
                ran, hit = inside.run(Series(kinds, "EIO", mode), nth, *scenario.command, code=(0, 7, 8))
                if hit == 0:
                    break
                faults += 1
                with_place(place, lambda: judge(scenario, ran, place))
                if mode == "once":
                    equal((scenario.kinds(), ran.code), expected[nth], place)
                with_place(place, lambda: judge_rest(scenario, [place]))
            equal(nth - 1, len(expected), f"{place}: commits")
    print(f"counted: {faults} commits that failed")


class Slot:
    """One of the processes that work at once: hands in a report until somebody lets it finish."""

    def __init__(self, scenario, chance, by_inbox):
        self.scenario, self.chance, self.by_inbox = scenario, chance, by_inbox
        self.process = self.report = None

    def hand_in(self, number):
        self.report = self.scenario.w.file(f"report-{number}.json", report_text(number))
        if self.by_inbox:  # claimed, so that no run waits until it has settled
            os.rename(self.report, self.scenario.w.site_path / "claimed" / str(uuid.uuid4()))

    def start(self, span):
        what = ["--inbox"] if self.by_inbox else [str(self.report)]
        command = [self.scenario.w.program("airlock"), "--site", str(self.scenario.w.site_path), "process", *what]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.span = span
        self.end = time.monotonic() + self.chance.uniform(0, span)
        self.waits_for_the_middle = self.chance.random() < 0.5
        if self.waits_for_the_middle:
            self.end += 4 * span

    def is_due(self):
        """Its time has come; or, for half of them, it is at work on a bundle, which is hidden then."""
        now = time.monotonic()
        if self.waits_for_the_middle and self.is_in_the_middle():
            self.waits_for_the_middle = False
            self.end = now + self.chance.uniform(0, self.span / 6)
        return now > self.end

    def worker(self):
        """The process that reads the report; nothing before it is there and after it has ended."""
        found = children(self.process.pid)
        return int(found[0]) if found else None

    def is_in_the_middle(self):
        worker = self.worker()
        try:
            folder = f"/proc/{worker}/fd"
            return any("/outbox/." in os.readlink(f"{folder}/{fd}") for fd in os.listdir(folder)) if worker else False
        except OSError:  # it has ended meanwhile
            return False

    def kill(self):
        """The supervisor or its worker, whichever chance names; whether one was still there."""
        pid = self.chance.random() < 0.5 and self.worker() or self.process.pid
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        error = self.process.communicate(timeout=120)[1].decode()
        check("AddressSanitizer" not in error, error)
        return self.process.returncode == -signal.SIGKILL or "ended by signal 9" in error

    def ended(self):
        """Whether the report is recorded; nothing while the process works."""
        if self.process.poll() is None:
            return None
        error = self.process.communicate()[1].decode()
        check(self.process.returncode in (0, 7, 8), f"exit {self.process.returncode}: {error}")
        return self.process.returncode != 8


@case("killed at random moments under load from four processes: nothing lost, nothing twice, a valid tree")
def _(w):
    scenario = Sealing(w)
    chance = random.Random(SEED)
    wanted, kills, handed_in = 1000 if LONG else 50, 0, 0
    begun = time.monotonic()
    w.airlock("process", w.file("report-0.json", report_text(0)))
    span = 3 * (time.monotonic() - begun)  # four at once on few processors
    slots = [Slot(scenario, chance, n == 3) for n in range(4)]
    while kills < wanted:
        for slot in slots:
            if slot.process is None:
                if slot.report is None:
                    handed_in += 1
                    slot.hand_in(handed_in)
                slot.start(span)
            recorded = slot.ended()
            if recorded is not None:
                slot.process = None
                slot.report = None if recorded else slot.report
            elif slot.is_due():
                killed = slot.kill()
                slot.process = None
                kills += killed
                if killed and kills % 50 == 0:
                    w.ledger_ok()
        time.sleep(0.001)
    for slot in slots:
        if slot.process:
            slot.process.communicate(timeout=120)
        if not slot.by_inbox and slot.report:
            w.airlock("process", slot.report)
    w.airlock("process", "--inbox")
    w.ledger_ok()
    scenario.at_rest("after the kills")
    equal(list((w.site_path / "claimed").iterdir()), [], "what was claimed")
    left = scenario.query("SELECT originals.sha256 FROM outbox JOIN originals USING (report_id) WHERE stage = 'released'")
    expected = {hashlib.sha256(report_text(n).encode()).digest() for n in range(handed_in + 1)}
    equal(sorted(d for d, in left), sorted(expected), "reports that left")
    cut_short = scenario.query("SELECT count(*) FROM entries WHERE kind = 'abandoned' OR body LIKE '%\"recovered\":true%'")[0][0]
    check(cut_short > 0, "no kill came in the middle")
    print(f"counted: {kills} kills under load, {handed_in} reports, {cut_short} cut short and finished or begun again")


@case("a site on a disk of 1 MiB: it fills up, exit 8, nothing is lost; with space again the work is finished")
def _(w):
    w.new_vendor(w.file("policy.json", json.dumps(POLICY)), w.file("dictionary.json", json.dumps(DICTIONARY)))
    with Small(w, "1m") as disk:
        w.site(tier="sealing", entitlements=())
        scenario = Sealing.__new__(Sealing)
        scenario.w = w
        sealed = 0
        while True:
            ran = w.airlock("process", w.file(f"report-{sealed}.json", report_text(sealed)), code=(0, 8))
            w.ledger_ok()
            scenario.sound(f"report {sealed}")
            if ran.code == 8:
                break
            sealed += 1
            check(sealed < 1000, "the disk never fills up")
        check(sealed > 0, "not one report fits")
        check("free some space" in ran.err or "make room" in ran.err, ran.err)
        # Nothing of the one that was refused, and what was claimed stays there.
        claimed = w.site_path / "claimed" / str(uuid.uuid4())
        claimed.write_text(report_text(sealed + 1))
        for leave in (0, 8192, 65536, 262144):
            disk.fill(leave)
            w.airlock("process", w.path / f"report-{sealed}.json", code=8)
            w.airlock("process", "--inbox", code=8)
            check(claimed.exists(), "the report that was claimed")
            disk.free()
            w.ledger_ok()
        equal(w.hidden(), [], "hidden files on a full disk")
        equal(len(w.outbox()), sealed, "bundles")
        equal(scenario.of_kind("produced"), sealed, "reports")
        w.run("mount", "-o", "remount,size=4m", w.site_path)
        equal(w.process(w.path / f"report-{sealed}.json")["outcome"], "sealed", "with space again")
        w.airlock("process", "--inbox")
        check(not claimed.exists(), "what was claimed")
        w.ledger_ok()
        scenario.at_rest("with space again")
        equal(len(w.outbox()), sealed + 2, "bundles")
        print(f"counted: {sealed} reports until 1 MiB was full")


main()
