"""What watchers are told, and what ends by itself: lines for a SIEM, the status file, retention."""
import json
import os
import subprocess
import time

from harness import REPORT
from renewing import day


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def at(w, day, *arguments, code=0):
    """Runs `airlock` on another day."""
    return w.run("faketime", f"{day} 12:00:00", w.program("airlock"), "--site", w.site_path, *arguments, code=code,
                 env={"TZ": "UTC"})


def test_each_entry_is_one_json_line_in_order_without_values(w):
    """Each entry is one JSON line in the file, in order, without values, also what was recorded before anybody watched."""
    w.site()
    w.process()
    events = w.path / "events.jsonl"
    w.configure(monitoring={"events_file": str(events)})
    w.airlock("hold", "--reason", "Jane Doe asked for it")
    w.process(w.file("broken.json", "{"), code=3)
    w.airlock("release")
    lines = lines_of(events)
    entries = w.airlock("ledger", "export", "--format", "json").json["entries"]
    assert [l["seq"] for l in lines] == list(range(len(entries)))
    assert [(l["kind"], l["time"], l.get("report_id")) for l in lines] \
        == [(e["kind"], e["time"], e.get("report_id")) for e in entries]
    assert {l["site_id"] for l in lines} == {w.site_id}
    refused = [l for l in lines if l["kind"] == "refused"]
    assert len(refused) == 1 and refused[0]["reason"], refused
    text = events.read_text()
    for value in ("Jane", "Example", "posthog", "1.35"):
        assert value not in text, f"`{value}` in {text}"
    leaves = w.shell(f"sqlite3 {w.site_path / 'ledger.db'} 'SELECT lower(hex(leaf)) FROM entries ORDER BY seq'").text.split()
    assert [l["leaf"] for l in lines] == leaves
    assert events.stat().st_mode & 0o777 == 0o640


def test_a_line_that_was_cut_short_is_ended_and_told_again(w):
    """A line that was cut short is ended, and told again; a file that cannot be written costs no report."""
    w.site()
    events = w.path / "events.jsonl"
    w.configure(monitoring={"events_file": str(events)})
    w.process()
    whole = len(lines_of(events))
    with open(events, "ab") as out:
        out.write(b'{"event":"airlock-en')
    (w.site_path / "watchers" / "told.json").unlink()
    w.process(REPORT, "--again")
    texts = events.read_text().splitlines()
    assert texts[whole] == '{"event":"airlock-en'
    assert [json.loads(t)["seq"] for t in texts[whole + 1:]] == list(range(w.ledger_ok()["entries"]))
    w.configure(monitoring={"events_file": "/proc/none/events.jsonl"})
    ran = w.airlock("process", REPORT, "--again", "--json")
    assert ran.json["outcome"] == "sealed"
    assert "the site's watcher was not told" in ran.err, ran.err
    w.configure(monitoring={"events_file": str(events)})
    w.airlock("status")
    assert lines_of_tail(events, 1)[0]["seq"] == w.ledger_ok()["entries"] - 1
    w.configure(monitoring={"events_file": "relative.jsonl"})
    ran = w.airlock("status", code=3)
    assert "/monitoring/events_file" in ran.err and "absolute" in ran.err, ran.err


def test_what_watchers_are_told_goes_into_no_link_and_no_file_of_another_name(w):
    """What watchers are told goes into no link and no file with another name, which whoever shares the folder could have made."""
    w.site()
    victim = w.file("victim", "kept\n")
    events, status = w.path / "events.jsonl", w.path / "status.json"
    for plant in (lambda path: path.symlink_to(victim), lambda path: path.symlink_to("/no/such/file"), os.mkfifo,
                  lambda path: os.link(victim, path), lambda path: path.mkdir()):
        plant(events)
        w.configure(monitoring={"events_file": str(events)})
        ran = w.airlock("process", REPORT, "--again")
        assert "the site's watcher was not told" in ran.err and "events.jsonl" in ran.err, ran.err
        w.run("rm", "-rf", events)
    status.symlink_to(victim)
    w.configure(monitoring={"events_file": str(events), "status_file": str(status)})
    ran = w.airlock("status")
    assert "status.json" in ran.err and "is a symbolic link" in ran.err, ran.err
    assert status.is_symlink(), "the link was replaced"
    assert victim.read_text() == "kept\n"
    assert [l["seq"] for l in lines_of(events)] == list(range(w.ledger_ok()["entries"]))


def lines_of_tail(path, count):
    return [json.loads(line) for line in path.read_text().splitlines()[-count:]]


def test_killed_between_line_and_note_a_line_comes_twice_at_most(w):
    """Killed between the line and the note of it, a line comes twice at most and none is missing."""
    w.site()
    events = w.path / "events.jsonl"
    w.configure(monitoring={"events_file": str(events)})
    for nth in range(1, 6):
        w.run("strace", "-f", "-qq", "-o", os.devnull, "-e", f"inject=rename:signal=KILL:when={nth}", w.program("airlock"),
              "--site", w.site_path, "process", REPORT, "--again", code=(0, -9, 8, 137))
        w.airlock("status")
    seen = [l["seq"] for l in lines_of(events)]
    assert sorted(set(seen)) == list(range(w.ledger_ok()["entries"]))
    assert max(seen.count(seq) for seq in seen) <= 2, f"a line came too often: {seen}"


def test_six_processes_at_once_each_line_once(w):
    w.site()
    events = w.path / "events.jsonl"
    w.configure(monitoring={"events_file": str(events)})
    running = [subprocess.Popen([w.program("airlock"), "--site", w.site_path, "process", REPORT, "--again"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(6)]
    for process in running:
        assert process.wait() == 0
    assert [l["seq"] for l in lines_of(events)] == list(range(w.ledger_ok()["entries"]))


def test_the_lines_reach_a_real_syslog_daemon(w):
    """The lines reach a real syslog daemon; without one that is said and nothing else happens."""
    w.site()
    w.configure(monitoring={"syslog": True})
    assert not os.path.exists("/dev/log"), "a log daemon runs on this machine already"
    ran = w.airlock("process", REPORT)
    assert "/dev/log" in ran.err and "no log daemon" in ran.err, ran.err
    messages = w.path / "messages"
    settings = w.file("rsyslog.conf", 'module(load="imuxsock" SysSock.RateLimit.Interval="0")\n'
                      '$MaxMessageSize 16k\n'
                      f'template(name="plain" type="string" string="%syslogfacility-text%.%syslogpriority-text% %programname% %msg%\\n")\n'
                      f'action(type="omfile" file="{messages}" template="plain")\n')
    daemon = subprocess.Popen(["rsyslogd", "-n", "-f", settings, "-i", w.path / "rsyslog.pid"])
    try:
        for _ in range(100):
            if os.path.exists("/dev/log"):
                break
            time.sleep(0.1)
        w.airlock("process", REPORT, "--again")
        entries = w.ledger_ok()["entries"]
        for _ in range(100):
            if messages.exists() and len([l for l in messages.read_text().splitlines() if "airlock-entry/1" in l]) >= entries:
                break
            time.sleep(0.1)
        got = [l for l in messages.read_text().splitlines() if "airlock-entry/1" in l]
        assert all(l.startswith("daemon.info airlock ") for l in got), got[:2]
        assert [json.loads(l[l.index("{"):])["seq"] for l in got] == list(range(entries))
    finally:
        daemon.terminate()
        daemon.wait()
        if os.path.exists("/dev/log"):
            os.unlink("/dev/log")


def test_the_status_file_is_what_status_json_says_and_whole_at_every_moment(w):
    """The status file is what `status --json` says, whole at every moment, and readable to a monitor."""
    w.site()
    status = w.path / "status.json"
    w.configure(monitoring={"status_file": str(status)})
    w.process()
    told = json.loads(status.read_text())
    asked = w.airlock("status", "--json").json
    for document in (told, asked):
        document["clock"].pop("now")
        document["last_disclosure"].pop("age_seconds")
    assert told == asked
    assert status.stat().st_mode & 0o777 == 0o644
    assert told["last_disclosure"]["disclosure"] == 1
    assert told["licence"]["days_left"] > 1000, told["licence"]
    assert told["clock"]["went_back"] == False
    assert told["queue"] == {"waiting": 0, "failed": 0}
    assert w.shell(f"jq -r .licence.state {status}").text.strip() == "valid"


def test_held_reports_and_bundles_end_after_their_time(w):
    """Held reports and bundles end after their time: recorded, then removed; entries stay."""
    w.new_vendor()
    w.new_site(kit=None)
    w.process(code=4)
    w.configure(retention={"held_days": 90, "payload_days": 100})
    assert len(list((w.site_path / "held").iterdir())) == 1
    # A clock that leaps ends nothing; the site then lives on, a month at a time.
    at(w, day(95), "process", "--held", code=4)
    assert len(list((w.site_path / "held").iterdir())) == 1, "after a leap of the clock"
    for offset in (30, 60, 89):
        at(w, day(offset), "hold", "--reason", "still there", code=None)
        at(w, day(offset), "release", code=None)
        at(w, day(offset), "process", "--held", code=None)
    assert len(list((w.site_path / "held").iterdir())) == 1, "before its time"
    at(w, day(91), "process", "--held", code=None)
    assert list((w.site_path / "held").iterdir()) == [], "after its time"
    assert w.kinds(1)[-1] == "expired"
    w.ledger_ok()


def test_a_bundle_in_the_outbox_for_its_time_is_removed_once(w):
    """A bundle that has been in the outbox for its time is removed with its text, once, also after a crash."""
    w.site()
    w.process()
    w.configure(retention={"payload_days": 20})
    bundle = w.outbox()[0]

    at(w, day(19), "process", REPORT)
    assert len(w.outbox()) == 1
    for file in (bundle.with_suffix(".txt"), bundle):
        ran = w.run("strace", "-f", "-qq", "-o", os.devnull, "-P", file, "-e", "inject=unlink:signal=KILL", "faketime",
                    f"{day(21)} 12:00:00", w.program("airlock"), "--site", w.site_path, "process", REPORT,
                    code=(0, 8, -9, 137))
        assert ran.code != 0 and bundle.exists(), str(ran)
    at(w, day(21), "process", REPORT)
    assert w.outbox() == []
    assert not bundle.with_suffix(".txt").exists(), "its text"
    assert w.kinds(1).count("expired") == 1
    w.ledger_ok()


def test_a_bundle_named_by_a_receipt_stays_for_bundle_days_after_it(w):
    """A bundle that a receipt has named stays for `bundle_days` after it, apart from those that wait, and then ends as recorded."""
    w.site()
    w.process()
    w.process(w.report_of("1.36.1"))
    first = min(w.outbox(), key=lambda p: p.name.split("-")[3])
    w.vendor("intake", first)
    receipt = w.path / "receipt.p7s"
    w.vendor("receipt", "--site", w.site_id, "--out", receipt)
    done = w.airlock("receipt", "import", receipt, "--json").json
    assert (done["acknowledged"], done["freed"], done["bundle_days"]) == (1, [], 800)
    assert len(w.outbox()) == 2, "both stay"
    listed = w.airlock("outbox", "list", "--json").json
    assert ([i["number"] for i in listed["outbox"]], [(i["number"], i["acknowledged_by"]) for i in listed["acknowledged"]]) \
        == ([2], [(1, 1)])
    assert "acknowledged by receipt 1" in w.airlock("outbox", "list").text, "the list"
    status = w.airlock("status", "--json").json
    assert (status["bundles"], status["bundles_acknowledged"], status["retention"]["bundle_days"]) \
        == ({"waiting": 1, "handed_over": 0}, 1, 800)
    assert "acknowledged bundles that are still kept: 1" in w.airlock("status").text, "status"
    w.airlock("bundle", "verify", first)
    medium = w.path / "medium"
    medium.mkdir()
    assert [h["number"] for h in w.airlock("outbox", "hand-over", "--to", medium, "--json").json["handed_over"]] == [2]
    w.configure(retention={"bundle_days": 30})
    at(w, day(29), "process", REPORT)
    assert len(w.outbox()) == 2
    ran = w.run("strace", "-f", "-qq", "-o", os.devnull, "-P", first, "-e", "inject=unlink:signal=KILL", "faketime",
                f"{day(31)} 12:00:00", w.program("airlock"), "--site", w.site_path, "process", REPORT, code=(0, 8, -9, 137))
    assert ran.code != 0 and first.exists(), str(ran)
    at(w, day(31), "process", REPORT)
    assert len(w.outbox()) == 1, "bundles in the outbox without a receipt"
    assert not first.exists() and not first.with_suffix(".txt").exists(), "bundle and text"
    expired = [e for e in w.airlock("ledger", "export", "--format", "json").json["entries"] if e["kind"] == "expired"]
    assert [(e["what"], e["after_days"]) for e in expired] == [("acknowledged bundle", 30)]
    w.ledger_ok()
