"""Lists of words that officers sign: taken in like approvals, each beside the others, and none of them in the ledger."""
import json
import sqlite3
import time

from crash_test import kill_everywhere
from harness import LONG
from officers import Officer, drop, dropped, take_in


def signs(officer, *words, code=0, **options):
    """The officer signs a list of hers and drops it, in another second than her former one."""
    time.sleep(1)
    path = officer.w.file(f"{officer.name}.txt", "# hers\n" + "".join(word + "\n" for word in words))
    return officer.w.airlock("approve", "--words", path, "--key", officer.key, "--certificate", officer.certificate, "--yes",
                             "--json", code=code, **options)


def statement(w, *words, **changes):
    out = {"format": "airlock-words/1", "site_id": w.site_id, "time": "2026-11-30T12:00:00Z", "words": list(words)}
    return {**out, **changes}


def listed(w):
    path = w.site_path / "words.txt"
    lines = path.read_text().splitlines() if path.exists() else []
    return sorted(line for line in lines if line and not line.startswith("#"))


def outcome(w):
    """What became of the one dropped file."""
    found = take_in(w)["approvals"]
    assert len(found) == 1 and dropped(w) == [], found
    return found[0]["reason"] or found[0]["outcome"], found[0]["message"]


def taken_in(w):
    with sqlite3.connect(w.site_path / "ledger.db") as ledger:
        bodies = [json.loads(body) for body, in ledger.execute("SELECT body FROM entries WHERE kind = 'configured' ORDER BY seq")]
    return [(body["taken_in"], body["words"]) for body in bodies if "taken_in" in body]


def test_an_officers_list_is_taken_in_and_her_newer_one_replaces_it(w):
    w.site()
    w.file("site/words.txt", "# by hand\nheron")
    alice, bert = Officer(w, "alice").joins(), Officer(w, "bert").joins("security")
    signed = signs(alice, "Falken", "NATO*").json
    assert signed["words"] == 2 and "alken" not in json.dumps(signed), signed
    signs(bert, "Blue Whale")
    assert len(dropped(w)) == 2
    found = take_in(w, code=0)["approvals"]
    assert [each["outcome"] for each in found] == ["approved"] * 2, found
    assert listed(w) == ["Blue Whale", "Falken", "NATO*", "heron"]
    assert w.airlock("status", "--json").json["words"] == {"count": 4, "officers": 2}
    assert "4, in words.txt, with the lists of 2 officers" in w.airlock("status").text
    entries = taken_in(w)
    assert sorted(taken["officer"] for taken, _ in entries) == ["CN=alice", "CN=bert"], entries
    assert sorted(taken["words"] for taken, _ in entries) == [1, 2] and entries[-1][1]["count"] == 4, entries
    assert entries[0][0]["by"]["uid"] == 0 and entries[0][0]["signed"].endswith("Z"), entries
    w.process()
    assert w.process(w.report(lambda d: d["properties"].update(site_url="https://falken.example")))["outcome"] == "sealed"
    # Her newer list replaces hers and nobody else's. One word fewer is looser.
    signs(alice, "NATO*", "more")
    reason, message = outcome(w)
    assert reason == "approved" and "1 word that the site had before no longer on any list" in message, message
    assert listed(w) == ["Blue Whale", "NATO*", "heron", "more"]
    held = w.process(w.report_of("1.36.0"), code=4)
    assert held["reason"] == "ceiling" and "1 of them no longer on the list" in held["message"], held
    w.airlock("authorise", "--reason", "the project is public", "--yes")
    w.airlock("process", "--held")
    # A list outlives her certificate.
    alice.leaves()
    assert w.process(w.report_of("1.36.1"))["outcome"] == "sealed" and "more" in listed(w)
    for path in (w.site_path / "ledger.db", *w.outbox()):
        assert not any(word in path.read_bytes().lower() for word in (b"falken", b"blue whale", b"nato", b"heron")), path
    w.ledger_ok()


def test_what_is_no_officers_list_for_this_site_is_refused_and_recorded(w):
    w.site()
    alice, stranger = Officer(w, "alice").joins(), Officer(w, "stranger")
    for drops, reason in [
            (stranger.sign(statement(w, "falken")), "unknown_officer"),
            (alice.sign(statement(w, "falken", site_id="5b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e")), "site"),
            (alice.sign(statement(w, "falken", time="2099-01-01T00:00:00Z")), "time"),
            (alice.sign(statement(w, "x")), "damaged"),
            (alice.sign(statement(w, "# falken")), "damaged"),
            (alice.sign(statement(w, "falken", extra=1)), "damaged")]:
        drop(w, drops)
        found, message = outcome(w)
        assert found == reason and "falken" not in message, message
    assert listed(w) == [] and taken_in(w) == []
    assert "not among the certificates" in signs(stranger, "falken", code=4).err
    assert "line 3: the word has fewer than 2 characters" in signs(alice, "falken", "x", code=3).err
    assert dropped(w) == []
    w.ledger_ok()


def test_an_older_list_and_the_same_one_again_are_refused(w):
    w.site()
    alice = Officer(w, "alice").joins()
    older = alice.sign(statement(w, "falken", time="2026-11-01T00:00:00Z"))
    newer = alice.sign(statement(w, "nato", time="2026-11-02T00:00:00Z"))
    for content, reason in [(newer, "approved"), (newer, "older"), (older, "older")]:
        drop(w, content)
        assert outcome(w)[0] == reason
        assert listed(w) == ["nato"]
    # Also where somebody took her list out of the file: the ledger knows.
    (w.site_path / "words.txt").write_text("")
    drop(w, older)
    assert outcome(w)[0] == "older" and listed(w) == []


def test_a_list_waits_while_the_file_is_damaged(w):
    w.site()
    alice = Officer(w, "alice").joins()
    signs(alice, "falken")
    take_in(w)
    whole = (w.site_path / "words.txt").read_text()
    (w.site_path / "words.txt").write_text(whole.split("# airlock: end")[0])
    signs(alice, "falken", "nato")
    left = take_in(w)["approvals"]
    assert [each["outcome"] for each in left] == ["left"] and "line 1: the list of an officer has no end" in left[0]["message"], left
    (w.site_path / "words.txt").write_text(whole)
    assert outcome(w)[0] == "approved" and listed(w) == ["falken", "nato"]


def test_taking_in_a_list_killed_anywhere_ends_with_the_list_in_force_and_recorded(w):
    w.site()
    alice = Officer(w, "alice").joins()
    w.process()
    signs(alice, "falken")

    def after(place):
        take_in(w)
        assert listed(w) == ["falken"] and dropped(w) == [], place
        assert len(taken_in(w)) == 1, f"{place}: {taken_in(w)}"
        assert list((w.site_path / "claimed").iterdir()) == [] and w.hidden() == [], place
        w.ledger_ok()

    killed = kill_everywhere(w, ["process", "--held"], after, 1 if LONG else 250)
    assert killed > 3, f"only {killed} runs were killed"
