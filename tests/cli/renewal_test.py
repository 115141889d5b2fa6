"""A licence renewed early: when the next one takes over, who is told, and how it is taken back."""
import collections
import concurrent.futures
import datetime
import json
import shutil
import subprocess
import sys
import threading
import time

import pytest
from harness import LONG, wait_for
from libairlock import PYTHON, preload
from renewing import day, serial, tree

YEAR = ["--not-before", "2020-01-01"]


def at(w, offset, *arguments, code=0, **options):
    """A command of airlock under another clock."""
    return w.run("faketime", "-f", offset, w.program("airlock"), "--site", w.site_path, *arguments, code=code, **options)


def public(w):
    return json.loads((w.site_path / "public/site.json").read_text())


def verdicts(w, offset="+0d"):
    """What the public part and the site itself say, which must be the same: state, serial, and the serial that follows."""
    out = []
    for words in (["licence", "verify"], ["licence", "show"], ["status"]):
        found = at(w, offset, *words, "--json", code=None).json
        verdict = found.get("licence", found) if words[0] == "status" else found
        follows = verdict["next"] and verdict["next"].get("takes_over") and verdict["next"]["licence"]["serial"]
        out.append((verdict["state"], verdict["licence"]["serial"] if "licence" in verdict else None, follows or None))
    assert len(set(out)) == 1, f"{words} differ: {out}"
    return out[0]


def renewed(w, end=40, **options):
    """A site whose licence ends in `end` days, and the next one, installed today, which begins then. Returns their serials."""
    w.new_vendor()
    w.new_site()
    first = w.new_licence("enterprise-air-gapped", ["air_gap"], not_after=day(end), extra=YEAR)
    w.airlock("licence", "install", first)
    second = w.new_licence(options.get("tier", "enterprise-air-gapped"), options.get("entitlements", ["air_gap"]),
                           extra=["--not-before", day(end)])
    w.installed = w.airlock("licence", "install", second, "--json").json
    w.first, w.second = first, second
    return serial(w, first), serial(w, second)


def test_early_renewal_keeps_the_present_licence_until_the_next_begins(w):
    """Early renewal: the present licence stays in force until the next one begins, and every verdict says what follows."""
    first, second = renewed(w)
    assert (w.installed["state"], w.installed["licence"]["serial"], w.installed["exit"]) == ("valid", first, 0)
    assert (w.installed["installed"]["serial"], w.installed["installed"]["waits"]) == (second, True)
    assert verdicts(w) == ("valid", first, second)
    words = w.airlock("licence", "verify")
    assert f"next: {second} for tier enterprise-air-gapped takes over at {day(40)}T00:00:00Z" in words.text, words
    for command in (["licence", "show"], ["status"]):
        assert second in w.airlock(*command).text, command
    assert f"next: " in w.airlock("doctor").text, "doctor says what follows"
    assert public(w)["licence_sequence"] == 1, "the sequence rises only when it begins"
    assert w.process()["licence_state"] == "valid"
    # Near its end nobody is told to renew what has been renewed.
    near = at(w, "+35d", "licence", "verify", "--json").json
    assert (near["state"], near["warning_days"], near["hint"]) == ("valid", None, None)

    # It takes over for every reader, without a write.
    before = tree(w.site_path)
    assert verdicts(w, "+41d") == ("valid", second, None)
    for path, content in tree(w.site_path).items():
        assert content == before[path], f"{path} was changed by a reader"
    assert verdicts(w) == ("valid", first, second)

    # A command that writes moves it, keeps the one before, and from then on only the new one counts.
    changed = w.report_of("1.36.0")
    sealed = at(w, "+41d", "process", changed, "--json").json
    assert (sealed["outcome"], sealed["licence_state"]) == ("sealed", "valid")
    assert not (w.site_path / "public/licence.next.p7s").exists(), "the next licence has its place"
    assert (w.site_path / "public/licence.p7s").read_bytes() == w.second.read_bytes()
    kept = list((w.site_path / "history").glob(f"licence-{first}-*.p7s"))
    assert [p.read_bytes() for p in kept] == [w.first.read_bytes()]
    assert (w.site_path / "history").stat().st_mode & 0o777 == 0o700
    assert public(w)["licence_sequence"] == 2
    assert verdicts(w, "+41d") == ("valid", second, None)
    at(w, "+41d", "ledger", "verify")
    refused = at(w, "+41d", "licence", "install", w.first, code=6)
    assert "superseded" in refused.err, refused.err


def test_a_next_licence_that_would_not_be_valid_never_takes_over(w):
    """A next licence that would not be valid or in grace never takes over, and doctor and status say so."""
    first, second = renewed(w)
    w.vendor("licence", "revoke", second, "--reason", "issued twice")
    w.airlock("kit", "install", w.new_kit())
    assert verdicts(w) == ("valid", first, None)
    assert verdicts(w, "+41d")[:2] == ("grace", first)
    for command in (["licence", "verify"], ["status"], ["doctor"]):
        ran = w.airlock(*command)
        assert "does not take over" in ran.text + ran.err and second in ran.text + ran.err, ran
    at(w, "+41d", "process", w.report())
    assert (w.site_path / "public/licence.next.p7s").exists(), "it stays where it is"
    # One of another site, or none at all, put there by hand.
    for content in (w.new_licence("standard", site_id=None, any_site=True).read_bytes()[:-200], b"", bytes(100_000)):
        (w.site_path / "public/licence.next.p7s").write_bytes(content)
        assert verdicts(w, "+41d") == ("grace", first, None)
    (w.site_path / "public/licence.next.p7s").unlink()
    (w.site_path / "public/licence.next.p7s").mkdir()
    assert verdicts(w, "+41d") == ("grace", first, None)


def test_of_two_licences_that_wait_the_higher_sequence_stays(w):
    """Of two licences that wait the one with the higher sequence stays; one that begins now lets a higher one wait on."""
    w.new_vendor()
    w.new_site()
    future = ["--not-before", day(40)]
    first, low, now, high, newest = (w.new_licence("enterprise-air-gapped", ["air_gap"], extra=extra)
                                     for extra in (YEAR, future, YEAR, future, YEAR))
    serials = [serial(w, each) for each in (first, low, now, high, newest)]
    w.airlock("licence", "install", first)
    w.airlock("licence", "install", low)
    w.airlock("licence", "install", high)
    assert verdicts(w) == ("valid", serials[0], serials[3])
    assert len(list((w.site_path / "history").glob(f"licence-{serials[1]}-*"))) == 1, "history has the replaced licence once"
    refused = w.airlock("licence", "install", low, code=6)
    assert serials[3] in refused.err and "already waiting" in refused.err, refused.err
    w.airlock("licence", "install", now)
    assert verdicts(w) == ("valid", serials[2], serials[3])
    w.airlock("licence", "install", high)  # again
    assert verdicts(w) == ("valid", serials[2], serials[3])
    w.airlock("licence", "install", newest)
    assert verdicts(w) == ("valid", serials[4], None)
    assert not (w.site_path / "public/licence.next.p7s").exists(), "the older licence still waits"
    assert len(list((w.site_path / "history").glob("licence-*"))) == 4
    # Where none is in force, one that begins later is put into its place as ever.
    shutil.rmtree(w.site_path)
    w.new_site()
    later = w.new_licence("enterprise-air-gapped", ["air_gap"], extra=future)
    assert w.airlock("licence", "install", later, "--json").json["state"] == "not_yet_valid"
    assert verdicts(w)[0] == "not_yet_valid"
    w.ledger_ok()


def test_a_takeover_by_a_wrong_clock_is_taken_back(w):
    """A takeover that a wrong clock made is taken back by authorise --clock, and comes again when it is time."""
    first, second = renewed(w)
    w.process()
    changed = w.report_of("1.36.0")
    at(w, "+60d", "process", changed)
    assert public(w)["licence_sequence"] == 2
    ran = w.airlock("licence", "verify", "--json", code=6).json
    assert ran["state"] == "clock_rollback"
    done = w.airlock("authorise", "--clock", "--reason", "the clock was ahead", "--yes")
    assert f"`{first}` would be in force again" in done.text and f"`{second}`" in done.text, done
    assert verdicts(w) == ("valid", first, second)
    assert public(w)["licence_sequence"] == 1
    assert (w.site_path / "public/licence.p7s").read_bytes() == w.first.read_bytes()
    again = w.report_of("1.36.1")
    assert w.process(again)["outcome"] == "sealed"
    w.ledger_ok()
    assert verdicts(w, "+41d") == ("valid", second, None)
    last = w.report_of("1.36.2")
    assert at(w, "+41d", "process", last, "--json").json["outcome"] == "sealed"
    assert verdicts(w, "+41d") == ("valid", second, None)
    at(w, "+41d", "ledger", "verify")


def test_a_take_back_that_was_cut_short_is_finished_by_the_next_command(w):
    """A take-back that was cut short before it moved the files is finished by the next command that writes."""
    first, second = renewed(w)
    at(w, "+60d", "process", w.report())
    taken = {name: (w.site_path / "public" / name).read_bytes() for name in ("licence.p7s", "site.json")}
    w.airlock("authorise", "--clock", "--reason", "the clock was ahead", "--yes")
    # As if the ledger had been written and nothing after it.
    (w.site_path / "public/licence.next.p7s").unlink()
    for name, content in taken.items():
        (w.site_path / "public" / name).write_bytes(content)
    changed = w.report_of("1.36.0")
    w.process(changed)
    assert (w.site_path / "public/licence.p7s").read_bytes() == w.first.read_bytes()
    assert (w.site_path / "public/licence.next.p7s").read_bytes() == w.second.read_bytes()
    assert w.airlock("status", "--json").json["licence"]["licence"]["serial"] == first
    w.ledger_ok()


def test_a_takeover_to_a_tier_that_discloses_more_is_held(w):
    """A takeover to a tier that discloses more is held until a person authorises it, to a stricter one lowers the ceiling."""
    renewed(w, tier="standard", entitlements=[])
    w.process()
    held = at(w, "+41d", "process", w.report_of("1.36.0"), "--json", code=4)
    assert held.json["outcome"] == "held"
    assert "ceiling" in held.err, held.err
    at(w, "+41d", "ledger", "verify")


def test_the_verdict_stays_the_same_however_slowly_a_kit_or_licence_is_put_in_place(w):
    """While a kit or a licence is put in place, and the machine is slow, `status` and `preview` say what holds before and after."""
    first, second = renewed(w)
    slowly = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=rename,fsync", "-e", "inject=rename,fsync:delay_exit=100000"]
    looks = 0

    def watched(*command, clock="+0d", allowed):
        nonlocal looks
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            slow = pool.submit(w.run, *slowly, "faketime", "-f", clock, w.program("airlock"), "--site", w.site_path, *command)
            while not slow.done():
                seen = at(w, clock, "status", "--json").json["licence"]
                assert (seen["state"], seen.get("licence", {}).get("serial")) in allowed, str(seen)
                previewed = at(w, clock, "preview", w.report(), code=None)
                assert previewed.code in (0, 4) and previewed.out, str(previewed)
                at(w, clock, "kit", "show")
                at(w, clock, "licence", "show")
                looks += 1
            slow.result()

    watched("kit", "install", w.new_kit(), allowed=[("valid", first)])
    watched("kit", "install", w.new_kit(), clock="+50d", allowed=[("valid", second)])  # the next licence moves to its place
    third = w.new_licence("enterprise-air-gapped", ["air_gap"], extra=YEAR)
    watched("licence", "install", third, clock="+50d", allowed=[("valid", second), ("valid", serial(w, third))])
    assert looks > 12, f"{looks} looks"


@pytest.mark.takes(4)
def test_libairlock_in_a_loop_never_gives_a_worse_verdict(w):
    """libairlock in a loop, as another user, during kit installs and a takeover: never a worse verdict than before or after."""
    installs = 1000 if LONG else 20
    w.new_vendor()
    w.new_site()
    w.path.chmod(0o755)
    first = w.new_licence("enterprise-air-gapped", ["air_gap"], extra=YEAR)
    w.airlock("licence", "install", first)
    library = w.file("libairlock.so.0", (w.programs.parent / "lib" / "capi" / "libairlock.so.0").resolve().read_bytes())
    library.chmod(0o755)
    shutil.copytree(PYTHON / "airlock", w.path / "airlock")
    stop = w.path / "stop"
    w.file("loop.py", f"""
import airlock, os, time
count, last = 0, None
while True:
    started = time.time()
    verdict = airlock.verify_site({str(w.site_path)!r})
    found = (verdict.state.value, verdict.serial)
    count += 1
    if found != last:
        print("saw", started, time.time(), *found, verdict.reason.replace(" ", "_"), flush=True)
        last = found
    if os.path.exists({str(stop)!r}):
        break
print("count", count)
""").chmod(0o644)
    environment = {"PYTHONPATH": str(w.path), "PYTHONDONTWRITEBYTECODE": "1", "LD_LIBRARY_PATH": str(w.path), **preload(w)}
    other = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    answers = [w.path / f"answers-{n}" for n in range(2)]
    loops = [subprocess.Popen([*other, sys.executable, w.path / "loop.py"], stdout=answer.open("wb"), stderr=subprocess.PIPE,
                              env={"PATH": "/usr/bin:/bin", **environment}) for answer in answers]
    # The site's own view beside it, which reads the ledger.
    own_states = collections.Counter()

    def look():
        while not stop.exists():
            verdict = w.airlock("status", "--json").json["licence"]
            own_states[verdict["state"], verdict["licence"]["serial"]] += 1

    own = threading.Thread(target=look)
    own.start()
    try:
        # However slow the machine is, the takeover comes when everybody looks.
        wait_for(lambda: all(answer.stat().st_size for answer in answers), "the first verdicts")
        begins = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=4 + installs * 0.3)
        begins = begins.replace(microsecond=0)
        second = w.new_licence("enterprise-air-gapped", ["air_gap"],
                               extra=["--not-before", begins.strftime("%Y-%m-%dT%H:%M:%SZ")])
        w.airlock("licence", "install", second)
        for _ in range(installs):
            w.airlock("kit", "install", w.new_kit())
        while datetime.datetime.now(datetime.timezone.utc) < begins + datetime.timedelta(seconds=1):
            time.sleep(0.1)
        w.airlock("kit", "install", w.new_kit())  # moves what took over
        assert not (w.site_path / "public/licence.next.p7s").exists(), "the next licence has its place"
        time.sleep(0.3)
    finally:
        stop.touch()
        errors = [loop.communicate(timeout=60)[1] for loop in loops]
        own.join()
    serials = [serial(w, first), serial(w, second)]
    verdicts_seen = 0
    for answer, err in zip(answers, errors):
        out = answer.read_text()
        lines = [line.split() for line in out.splitlines()]
        assert lines and lines[-1][0] == "count", f"the loop ended: {err.decode()}"
        verdicts_seen += int(lines[-1][1])
        seen = [(line[3], line[4]) for line in lines[:-1]]
        assert seen == [("valid", serials[0]), ("valid", serials[1])], f"verdicts of another user\n{out}"
        took_over = float(lines[1][2])
        assert took_over >= begins.timestamp(), "not before it began"
    assert set(own_states) == {("valid", serials[0]), ("valid", serials[1])}, "verdicts of the site itself"
    print(f"counted: {verdicts_seen} verdicts during {installs + 1} installs of a kit and one takeover")
