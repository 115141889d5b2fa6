"""Every file operation fails, at every place, in every way; then the next run."""
import random

import pytest
from faults import ALL_SERIES, KINDS, READING, REPEATED, Inside, Outside, Series, judge, judge_rest, with_place
from harness import LONG
from scenarios import SCENARIOS, Sealing

SEED = 20261126
pytestmark = pytest.mark.usefixtures("strict_umask")
LIBRARY = "tests/faults/libfail_nth.so"

ORDINARY = {"Sealing": 60, "Sending": 30, "Holding": 35, "Held": 30, "Inbox": 40, "KitInstall": 25, "Authorise": 20,
            "AuthoriseKit": 15, "HandOver": 20}
# Each kind at least once. What reads a report may change no modes; what installs makes files that are public.
EACH_ONCE = {"Sealing": [k for k in KINDS if k != "mode"], "KitInstall": ["mode"]}


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
        assert hit == 1, f"{place}: {nth} was not reached"
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


@pytest.mark.takes(10)
@pytest.mark.parametrize("scenario_class", SCENARIOS, ids=lambda each: each.name)
def test_whatever_file_operation_fails_the_ledger_holds_and_the_next_run_finishes(w, scenario_class):
    scenario = scenario_class(w)
    inside = Inside(w, w.helper(LIBRARY))
    try:
        wanted = ORDINARY[scenario_class.__name__]
        faults = every_fault(scenario, inside) if LONG else some_faults(scenario, inside, wanted)
    finally:
        scenario.close()
    assert faults >= wanted * 0.9, f"only {faults} faults were hit"
    never = [kind for kind in EACH_ONCE.get(scenario_class.__name__, ()) if inside.hits[kind] == 0]
    assert never == [], "kinds of operations that never failed"
    print(f"counted: {faults} faults in {scenario.name}")


def test_each_kind_of_file_operation_is_among_those_that_fail():
    assert {kind for kinds in EACH_ONCE.values() for kind in kinds} == set(KINDS)


@pytest.mark.parametrize("scenario_class", SCENARIOS, ids=lambda each: each.name)
def test_any_system_call_fails_or_is_killed_from_outside(w, scenario_class):
    scenario = scenario_class(w)
    strace = Outside(w)
    chance = random.Random(SEED)
    try:
        scenario.restore()
        places = strace.places(*scenario.command, code=scenario.allowed[0])
        calls = sorted({call for call, _ in places})
        assert len(calls) > 9, f"strace saw only {calls}"
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
    assert hit >= len(injections) * 0.7, f"only {hit} of {len(injections)} were injected"
    print(f"counted: {hit} injections by strace in {scenario.name}: {by_what}")


# What a COMMIT that fails leaves, by its number, after the run's own attempt to clean up: kinds of entries, exit code.
HAS_HAPPENED = {1: (["produced", "abandoned"], 8), 2: (["produced", "sealed", "released"], 8), 3: (["produced", "sealed", "released"], 7)}
# A journal that is still full only the next run can play back: the worker may not remove it.
HAS_NOT = {1: ([], 8), 2: (["produced"], 8), 3: (["produced", "sealed"], 7)}


@pytest.mark.takes(3)
def test_a_commit_that_reports_an_error_has_happened_or_not_and_the_ledger_knows(w):
    """A COMMIT that reports an error and has happened, and one that has not: the ledger knows, and the next run finishes."""
    scenario = Sealing(w)
    inside = Inside(w, w.helper(LIBRARY))
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
                    assert (scenario.kinds(), ran.code) == expected[nth], place
                with_place(place, lambda: judge_rest(scenario, [place]))
            assert nth - 1 == len(expected), f"{place}: commits"
    print(f"counted: {faults} commits that failed")


def test_a_bundle_that_cannot_be_put_into_the_outbox_is_unfinished_and_the_next_run_puts_it_there(w):
    scenario = Sealing(w)
    inside = Inside(w, w.helper(LIBRARY))
    outbox = w.site_path / "outbox"
    scenario.restore()
    before = sorted(p.name for p in outbox.iterdir())
    ran, hit = inside.run(Series(("link",), "EIO", "from then on"), 1, *scenario.command, "--json", code=7)
    assert hit > 0, "no link failed"
    assert (ran.json["outcome"], ran.json["exit"], ran.json["error"]["code"]) == ("unfinished", 7, "later")
    assert ran.json["message"].startswith("the bundle is sealed and recorded, but could not be put into the outbox: ")
    assert ran.json["hint"].endswith("the next run finishes it")
    assert scenario.kinds() == ["produced", "sealed"]
    assert sorted(p.name for p in outbox.iterdir() if not p.name.startswith(".")) == before, "nothing is visible yet"
    assert w.process(scenario.report)["outcome"] == "repeated"
    assert scenario.kinds() == ["produced", "sealed", "released", "produced", "repeated"]
    scenario.close()
