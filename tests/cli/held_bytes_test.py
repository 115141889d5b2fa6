"""The bytes of held reports: their shares, their end, and what other processes, crashes and alterations do to them."""
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest
from harness import LONG, REPORT, worker_of
from keeping import held_files, install, new_event


def sending_site(w):
    """A site that may send, to a receiver that is not there."""
    w.site(tier="enterprise", entitlements=[])
    url = {"type": "https-json", "url": "https://reports.vendor.example/v1"}
    w.configure(delivery={"destinations": [url]})
    w.airlock("authorise", "--reason", "the contract", "--yes")


def lose_payload(w):
    """Alters the payload that waits to be sent, and lets the sender find it."""
    payload, = (p for p in (w.site_path / "outbox").iterdir() if not p.name.startswith("."))
    payload.write_bytes(b"other bytes")
    w.run(w.program("airlock-send"), "--site", w.site_path, "--once", code=None)


def test_the_bytes_of_a_queued_report_stay_until_it_has_been_sent(w):
    """The bytes of a report that was queued stay until it has been sent; what will not be sent is held again."""
    sending_site(w)
    queued = w.process(w.report_of("2.0.0"), "--no-deliver", code=7)
    assert len(held_files(w)) == 1
    assert w.airlock("status", "--json").json["waiting"] == [], "it does not count as held"
    w.airlock("discard", queued["number"], "--reason", "x", code=2)

    lose_payload(w)
    assert w.kinds(queued["number"])[-2:] == ["payload_lost", "held"]
    again, = w.airlock("process", "--held", "--no-deliver", "--json", code=7).json["reports"]
    assert (again["number"], again["outcome"]) == (queued["number"], "queued")

    install(w, "enterprise-air-gapped", ["air_gap"])
    w.run(w.program("airlock-send"), "--site", w.site_path, "--once", code=None)
    assert w.kinds(queued["number"])[-2:] == ["withdrawn", "held"]
    sealed, = w.airlock("process", "--held", "--json").json["reports"]
    assert (sealed["number"], sealed["outcome"], held_files(w)) == (queued["number"], "sealed", [])
    w.ledger_ok()


def test_what_another_process_holds_is_looked_at_the_next_time(w):
    """What another process holds while `--held` looks at the others is looked at the next time."""
    sending_site(w)
    waits = w.file("new-event.json", new_event(w).read_bytes() + b" " * (48 << 20))  # so that to read it takes a while
    w.process(waits, code=4)
    kept, = held_files(w)
    queued = w.process(w.report_of("2.0.0"), "--no-deliver", code=7)["number"]

    looking = subprocess.Popen([w.program("airlock"), "--site", w.site_path, "process", "--held", "--no-deliver"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    worker = worker_of(looking, lambda pid: kept in (fd.resolve() for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir()),
                       "a reader of the report that waits")
    os.kill(worker, signal.SIGSTOP)
    lose_payload(w)
    os.kill(worker, signal.SIGCONT)
    assert looking.wait(timeout=120) == 4
    assert w.kinds(queued)[-2:] == ["payload_lost", "held"]

    again = w.airlock("process", "--held", "--no-deliver", "--json", code=(4, 7)).json["reports"]
    assert [(r["number"], r["outcome"]) for r in again if r["number"] == queued] == [(queued, "queued")]
    w.ledger_ok()


def test_a_bundle_altered_before_its_release_is_sealed_anew(w):
    """A bundle that was altered before it could be released: the report is held, and is sealed anew."""
    w.site()
    number = w.process()["number"]
    assert w.kinds(number)[-1] == "released"
    # Nobody can alter a file between two steps of one process; what a crash left is sealed and hidden.
    w.airlock("hold", "--reason", "x")
    held = w.process(w.report_of("3.0.0"), code=4)["number"]
    kept, = held_files(w)
    kept.write_bytes(kept.read_bytes().replace(b"3.0.0", b"3.0.1"))
    w.airlock("release")
    ran = w.airlock("process", "--held", "--json", code=5).json
    assert ran["reports"] == []
    assert "is not report 2 as the product handed it in" in ran["failed"][0]["message"], ran
    assert len(w.outbox()) == 1, "bytes that nobody handed in do not leave"
    w.airlock("preview", held, code=5)
    w.airlock("ledger", "verify", code=5)


@pytest.mark.takes(3)
def test_junk_fills_its_own_share_only_and_the_same_bytes_are_kept_once(w):
    """Junk fills its own share only, and the same bytes are kept once: honest reports get through."""
    w.site()
    w.configure(limits={"held_bytes": 1024 * 1024})  # an eighth for what is no report: 32 blocks
    w.airlock("hold", "--reason", "x")
    junk = w.file("junk.json", b"{" + b"a" * 65_000)
    times = 40 if LONG else 8
    for _ in range(times):
        assert w.process(junk, code=3)["outcome"] == "refused"
    assert len(held_files(w)) == times
    assert len({p.stat().st_ino for p in held_files(w)}) == 1, "the same bytes are kept once"
    codes = [w.process(w.file(f"junk-{i}.json", b"{" + f"{i:02}".encode() * 7000), code=(3, 8))["exit"] for i in range(6)]
    assert 3 in codes and codes[-1] == 8 and sorted(codes) == codes, codes
    full = w.airlock("process", w.file("more.json", b"{ more"), code=8)
    assert "no room to keep the report" in full.err and "airlock discard N" in full.err, full.err
    assert w.process(w.report_of("4.0.0"), code=4)["outcome"] == "held"

    inbox = w.site_path / "inbox"
    (inbox / "a-junk.json").write_bytes(b"{ yet more")
    shutil.copy(REPORT, inbox / "b-honest.json")
    (inbox / "c-junk.json").write_bytes(b"{ and more")
    ran = w.airlock("process", "--inbox", "--json", code=8).json
    assert [r["outcome"] for r in ran["reports"]] == ["held"], "the honest one"
    assert len(ran["left"]) == 2, "reports left in the inbox for lack of room"
    w.airlock("release")
    honest = w.airlock("process", "--held", "--json", code=3).json["reports"]
    assert sorted(r["outcome"] for r in honest if r["outcome"] != "refused") == ["sealed", "sealed"]

    refused = w.airlock("status", "--json").json["waiting"][0]
    w.airlock("discard", *refused["numbers"], "--reason", "junk")
    assert w.process(junk, code=3)["outcome"] == "refused", "there is room again"
    w.ledger_ok()


def test_held_reports_fill_their_share_and_what_is_no_report_has_its_own(w):
    """Reports that are held fill their share, and what is no report still has its own."""
    w.site()
    w.configure(limits={"held_bytes": 1024 * 1024})
    w.airlock("hold", "--reason", "x")
    large = w.report(lambda d: d["properties"].update({"filler": "x" * 60_000}))
    big = [w.file(f"big-{i}.json", large.read_bytes().replace(b"xx", f"{i:02}".encode())) for i in range(20)]
    codes = [w.process(report, code=(4, 8))["exit"] for report in big]
    assert 4 in codes and codes[-1] == 8, codes
    assert w.process(w.file("junk.json", b"{"), code=3)["outcome"] == "refused"
    assert w.airlock("process", big[0], code=4).code == 4, "bytes that are kept already need no room"


def test_an_inbox_file_over_the_limit_is_kept_by_renaming(w):
    """An inbox file over the limit is kept by renaming; one from a pipe as far as there is room."""
    w.site()
    w.configure(limits={"report_bytes": 20_000, "held_bytes": 1024 * 1024})
    inbox = w.site_path / "inbox"
    large = b'{"event": "' + b"x" * 50_000 + b'"}'
    (inbox / "large.json").write_bytes(large)
    inode = (inbox / "large.json").stat().st_ino
    shutil.copy(REPORT, inbox / "zz-honest.json")
    ran = w.airlock("process", "--inbox", "--json", code=3).json
    assert [r["outcome"] for r in ran["reports"]] == ["refused", "sealed"]
    kept, = held_files(w)
    assert (kept.stat().st_ino, kept.read_bytes() == large) == (inode, True)
    assert list((w.site_path / "claimed").iterdir()) == []
    number = ran["reports"][0]["number"]
    w.airlock("preview", number, code=3)
    w.ledger_ok()

    assert w.airlock("process", "-", stdin=b"[" + b"1," * 30_000, code=3).code == 3
    assert len(held_files(w)) == 2
    too_much = w.airlock("process", "-", stdin=b"[" + b"1," * 300_000, code=8)
    assert "keep it" in too_much.err, too_much.err
    (inbox / "huge.json").write_bytes(b"x" * 200_000)
    left, = w.airlock("process", "--inbox", "--json", code=8).json["left"]
    assert "no room to keep the report" in left["message"], left
    # More room, a higher limit: what was refused is looked at again, and is judged by all its bytes.
    w.configure(limits={})
    again = w.airlock("process", "--held", "--json", code=(3, 4)).json["reports"]
    assert {r["reason"] for r in again} == {"malformed", "dictionary"}
    w.ledger_ok()


def test_people_are_warned_before_the_bytes_of_a_report_expire(w):
    """People are warned before the bytes of a report expire, and that they did is recorded."""
    w.site()
    w.airlock("hold", "--reason", "x")
    number = w.process(code=4)["number"]

    def after(days, *arguments, code=0):
        return w.run("faketime", "-f", f"+{days}d", w.program("airlock"), "--site", w.site_path, *arguments, code=code)

    assert "removed after 90 days" not in after(70, "status").err, "the warning came too early"
    assert "removed after 90 days" in after(80, "status").err, "nobody warns"
    assert "the oldest is removed on" in after(80, "doctor", code=None).text, "doctor does not warn"
    for days in (30, 60, 89):  # a clock that leaps ends nothing
        after(days, "hold", "--reason", "still there", code=None)
        after(days, "release")
        after(days, "hold", "--reason", "again")
    after(91, "process", "--held")
    assert (w.kinds(number)[-1], held_files(w)) == ("expired", [])


def test_three_weeks_of_refusals_are_overdue_since_the_last_disclosure(w):
    """Three weeks of refusals: overdue counts from the last disclosure, and status says why."""
    w.site()
    w.process()
    w.airlock("hold", "--reason", "x")
    for day in (7, 14, 21):
        w.run("faketime", "-f", f"+{day}d", w.program("airlock"), "--site", w.site_path, "process",
              w.report_of(f"5.{day}.0"), code=4)
    status = w.run("faketime", "-f", "+22d", w.program("airlock"), "--site", w.site_path, "status", "--json").json
    assert (status["schedule"]["overdue"], status["waiting"][0]["count"]) == (True, 3)


def test_killed_while_it_keeps_a_report_the_next_run_has_it(w):
    """Killed while it keeps a report: the next run has it, or the caller got no exit code."""
    w.site()
    w.airlock("hold", "--reason", "x")
    report = w.report_of("6.0.0")
    start = time.monotonic()
    w.process(w.report_of("6.0.1"), code=4)
    whole = time.monotonic() - start
    w.airlock("discard", "1", "--reason", "only to take the time")
    parts = 20 if LONG else 8
    for part in range(parts):
        process = subprocess.Popen([w.program("airlock"), "--site", w.site_path, "process", report], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=whole * (part + 1) / parts)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    w.airlock("process", "--held", code=(0, 4))
    rows = w.airlock("ledger", "list", "--json").json["reports"]
    waiting = w.airlock("status", "--json").json["held"]
    assert len(held_files(w)) == waiting
    assert sum(r["latest"] == "held" for r in rows) == waiting
    assert all(p.read_bytes() == report.read_bytes() for p in held_files(w)), "half a report"
    w.ledger_ok()
