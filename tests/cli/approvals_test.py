"""Two people: what would leave waits until officers have signed exactly these bytes (docs/formats/approval.md)."""
import json
import os
import shutil
import sqlite3

import pytest
from crash_test import bundles_by_content, kill_everywhere
from harness import LONG, REPORT
from irreversible_test import asked
from keys_test import MODULE, PIN, airlock, environment, token
from machine_test import on_machine
from officers import Officer, awaiting, drop, dropped, statement, take_in
from people import People


def refusal(w, code=None):
    """What the one dropped file was refused for; the ledger says the same, and the file is gone."""
    said = w.airlock("process", "--held", "--json", code=code)
    found = said.json["approvals"]
    assert [each["outcome"] for each in found] == ["refused"], said
    assert "was refused: " + found[0]["message"] in said.err, said
    assert dropped(w) == [], "files that stayed"
    with sqlite3.connect(w.site_path / "ledger.db") as ledger:
        rows = ledger.execute("SELECT body FROM entries WHERE kind = 'drop_refused' ORDER BY seq").fetchall()
    body = json.loads(rows[-1][0])
    assert body["reason"] == found[0]["reason"] and "MII" not in rows[-1][0], body
    assert body["by"]["uid"] == os.getuid(), body
    assert w.outbox() == [], "bundles"
    return found[0]["reason"]


def test_a_report_waits_until_an_officer_has_signed_its_bytes_and_then_leaves_with_her_approval(w):
    number = awaiting(w, {"count": 1})
    alice = Officer(w, "alice").joins()
    held = w.airlock("preview", number, code=4)
    assert "it may not leave yet: approvals are missing: 1 of any kind; nobody has signed yet" in held.err, held
    signed = alice.approve(number, "--json").json
    said = alice.approve(number)
    assert "your certificate is part of your signature, and leaves in the bundle" in said.text, said
    assert len(dropped(w)) == 2 and oct(os.stat(signed["file"]).st_mode & 0o777) == "0o644", dropped(w)
    out = take_in(w, code=0)
    assert sorted((each["outcome"], each["reason"]) for each in out["approvals"]) == [("approved", None), ("refused", "twice")], out
    assert [each["outcome"] for each in out["reports"]] == ["sealed"], out
    assert w.kinds(number) == ["produced", "held", "approved", "drop_refused", "decided", "sealed", "released"], w.kinds(number)
    assert dropped(w) == [] and w.hidden() == [], dropped(w)
    w.airlock("bundle", "verify", w.outbox()[0])
    opened = w.vendor("open", w.outbox()[0], "--json").json
    assert [f["name"] for f in opened["manifest"]["files"]][-2:] == ["approvals.p7s", "HOW-TO-VERIFY.txt"], opened
    assert opened["manifest"]["format"] == "airlock-bundle/3", opened["manifest"]["format"]
    assert opened["manifest"]["files"][0]["sha256"] == signed["payload_sha256"], "the bytes that she signed"
    w.vendor("intake", w.outbox()[0])
    w.ledger_ok()


def test_stock_tools_verify_the_approvals_in_a_bundle(w):
    number = awaiting(w, {"kind": "security", "count": 1}, {"kind": "content", "count": 1})
    alice, bert = Officer(w, "alice", "rsa").joins("security"), Officer(w, "bert", "p384").joins("content")
    alice.approve(number)
    out = take_in(w, code=4)
    assert "approvals are missing: 1 of kind `content`; signed by `CN=alice`" in out["reports"][0]["message"], out
    bert.approve(number)
    take_in(w, code=0)
    with pytest.raises(AssertionError, match="approval.1.p7s does not approve this report"):
        w.open_with_openssl(w.outbox()[0], w.path / "opened")  # without the officers' certificates
    script = (w.path / "opened" / "HOW-TO-VERIFY.txt").read_text().split("\n6. ")[1].split("\n", 1)[1]
    officers = w.path / "opened" / "officers.crt"
    officers.write_bytes(alice.certificate.read_bytes() + bert.certificate.read_bytes())
    assert w.run("bash", "-ec", script, cwd=officers.parent).text.count("approves this report") == 2
    assert w.run("sh", "-ec", script, cwd=officers.parent).text.count("approves this report") == 2
    report = officers.with_name("report.json")
    report.write_bytes(report.read_bytes() + b" ")
    assert "approval.1.p7s does not approve" in w.run("sh", "-ec", script, cwd=officers.parent, code=1).text
    report.write_bytes(report.read_bytes()[:-1])
    officers.write_bytes(alice.certificate.read_bytes() + Officer(w, "mallory").certificate.read_bytes())
    assert "approval.2.p7s does not approve" in w.run("sh", "-ec", script, cwd=officers.parent, code=1).text


def test_of_each_kind_the_largest_count_of_site_machine_and_kit_is_asked_for(w):
    w.new_vendor()
    approvals = w.file("approvals.json", json.dumps([{"kind": "security", "count": 2}]))
    kit = w.path / "kit-2.p7s"
    w.vendor("kit", "build", "--policy", REPORT.parents[2] / "policy/posthog-default.json", "--dictionary",
             REPORT.parents[2] / "policy/dictionary/posthog-status-report.json", "--approvals", approvals, "--out", kit)
    w.new_site(kit=kit)
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    w.configure(approvals=[{"kind": "security", "count": 1}, {"count": 2}])
    machine = {"approvals": [{"count": 3, "by_operator": False}]}
    asked = on_machine(w, machine, "status", "--json").json["approvals"]["asked"]
    assert asked == [{"kind": "security", "count": 2, "by_operator": False}, {"count": 3, "by_operator": False}], asked
    text = on_machine(w, machine, "status").text
    assert "3 officers, 2 of them of kind `security`, none of them the operator; no officer's certificate is there" in text, text
    assert "approvals   2 officers of kind `security`" in w.airlock("kit", "show").text
    doctor = on_machine(w, machine, "doctor", code=1).text
    assert "the officers in `" in doctor and "2 of kind `security` and 1 of any kind" in doctor, doctor
    for name, kind in (("alice", "security"), ("bert", "security"), ("carla", None)):
        Officer(w, name).joins(kind)
    assert "fail" not in [f["health"] for f in on_machine(w, machine, "doctor", "--json", code=None).json["findings"]
                          if f["subject"] == "approvals"]
    w.file("site/trust/officers/broken.crt", "no certificate")
    assert "broken.crt" in w.airlock("doctor", code=1).text


def test_one_key_counts_once_and_for_the_kind_where_it_helps(w):
    number = awaiting(w, {"kind": "a", "count": 1}, {"kind": "b", "count": 1})
    both, one = Officer(w, "both").joins("a").joins("b"), Officer(w, "one").joins("a")
    both.approve(number)
    out = take_in(w, code=4)
    assert "approvals are missing: 1 of kind" in out["reports"][0]["message"], out
    one.approve(number)
    assert take_in(w, code=0)["reports"][0]["outcome"] == "sealed"


def test_every_wrong_approval_is_refused_said_and_recorded(w):
    number = awaiting(w, {"count": 2})
    alice, mallory = Officer(w, "alice").joins(), Officer(w, "mallory")
    past = Officer(w, "past", clock=("faketime", "2020-01-01 00:00:00"), days=30).joins()
    sound = statement(w, number)
    other = "0" * 64
    cases = {
        "unknown_officer": lambda: mallory.drop(sound),
        "expired": lambda: past.drop(sound),
        "bytes": lambda: alice.drop({**sound, "payload_sha256": other}),
        "decision": lambda: alice.drop({**sound, "decision_sha256": other}),
        "note": lambda: alice.drop({**sound, "note": "another"}),
        "site": lambda: alice.drop({**sound, "site_id": "5b0c0000-0000-4000-8000-000000000000"}),
        "not_waiting": lambda: alice.drop({**sound, "number": 7}),
        "format": lambda: alice.drop({**sound, "format": "airlock-receipt/1"}),
        "damaged": lambda: drop(w, b"-----BEGIN CMS-----\nAAAA\n-----END CMS-----\n"),
        "signature": lambda: drop(w, with_another_byte(alice.sign(sound))),
    }
    for reason, make in cases.items():
        make()
        assert refusal(w) == reason
    alice.drop({**sound, "policy_sha256": other})
    assert refusal(w) == "decision"
    alice.drop({**sound, "more": 1})
    assert refusal(w) == "damaged"
    drop(w, b"x" * (1 << 21))
    assert refusal(w) == "damaged"
    two = w.file("two", "").with_name("two")
    two.write_bytes(alice.sign(sound) * 2)
    drop(w, two.read_bytes())
    assert refusal(w) == "damaged"
    alice.drop(sound)
    assert [each["outcome"] for each in take_in(w)["approvals"]] == ["approved"]
    alice.drop(sound)
    assert refusal(w) == "twice"
    assert "signed by `CN=alice`" in w.airlock("preview", number, code=4).err
    alice.leaves()
    said = w.airlock("preview", number, code=4).err
    assert "the approval of `CN=alice` does not count: the certificate of `CN=alice` is not in" in said, said
    w.ledger_ok()


def with_another_byte(pem):
    """A signed object whose statement was changed: the length stays, and the base64 too."""
    import base64
    lines = pem.decode().split("\n")
    der = base64.b64decode("".join(lines[1:-2]))
    changed = der.replace(b'"number":1', b'"number":2')
    assert changed != der
    text = base64.b64encode(changed).decode()
    return "\n".join([lines[0], *[text[i:i + 64] for i in range(0, len(text), 64)], lines[-2], ""]).encode()


def test_officers_who_only_read_the_site_approve_and_the_owner_may_not_do_it_for_them(w):
    people = People(w).site()
    officers = {name: Officer(w, name) for name in ("backup", "list", "proxy")}  # each under the login of who holds the key
    for name, officer in officers.items():
        People.own(officer.key, name)
        people.readable(officer.certificate)
        shutil.copy(officer.certificate, people.site_path / "trust" / "officers")
    configuration = people.site_path / "airlock.json"
    configuration.write_text(json.dumps({**json.loads(configuration.read_text()), "approvals": [{"count": 2, "by_operator": False}]}))
    people.owner("process", people.report(), code=4)

    def approve(run, name, code=0):
        officer = officers[name]
        return run("approve", "1", "--key", officer.key, "--certificate", officer.certificate, "--yes", code=code)
    approve(people.owner, "proxy")
    before = people.owner("ledger", "list", "--json").text
    approve(people.officer, "backup")
    assert people.owner("ledger", "list", "--json").text == before, "an officer changes nothing but what she drops"
    with pytest.raises(AssertionError, match="ermission denied"):
        people.run_as("backup", "ls", people.site_path / "approvals", groups=("users",))
    approve(people.stranger, "list", code=(1, 3, 4, 8))
    out = people.owner("process", "--held", "--json", code=4).json
    assert sorted((each["outcome"], each["reason"]) for each in out["approvals"]) == [("approved", None), ("refused", "operator")], out
    approve(people.second_officer, "list")
    assert people.owner("process", "--held", "--json").json["reports"][0]["outcome"] == "sealed"
    entries = people.officer("ledger", "show", "1", "--json").json["entries"]
    assert [e["by"]["login"] for e in entries if e["kind"] == "approved"] == ["backup", "list"], entries
    assert "officers" not in people.officer("bundle", "verify", next((people.site_path / "outbox").glob("*.p7m"))).err


def test_an_approval_ends_with_what_it_was_for(w):
    """When bytes or decision change, what was signed counts no more, and that is said; fewer approvals need a person."""
    number = awaiting(w, {"count": 2})
    alice = Officer(w, "alice").joins()
    alice.approve(number)
    take_in(w, code=4)
    w.configure(redact_also=[{"path": "/properties/posthog_version", "do": "drop"}])
    out = take_in(w, code=4)
    assert "the approval of `CN=alice` does not count: it is for other bytes" in out["reports"][0]["message"], out
    alice.approve(number)  # again, for the new bytes
    assert [each["outcome"] for each in take_in(w, code=4)["approvals"]] == ["approved"]
    # To ask for fewer than once were asked for is looser than the ceiling.
    w.configure(approvals=[{"count": 1}])
    out = take_in(w, code=4)
    assert out["reports"][0]["reason"] == "ceiling", out
    assert "approvals that are asked for: 2 officers -> 1 officer" in out["reports"][0]["message"], out
    w.airlock("authorise", "--reason", "one is enough", "--yes")
    assert take_in(w, code=0)["reports"][0]["outcome"] == "sealed"


def test_who_may_not_approve_is_told_before_she_signs(w):
    number = awaiting(w, {"count": 1})
    alice, mallory = Officer(w, "alice").joins(), Officer(w, "mallory")
    past = Officer(w, "past", clock=("faketime", "2020-01-01 00:00:00"), days=30).joins()
    assert "is not among the certificates in" in mallory.approve(number, code=4).err
    assert "is valid from 2020-01-01" in past.approve(number, code=4).err
    assert "there is no report 7" in alice.approve(7, code=2).err
    ran = w.airlock("approve", number, "--key", mallory.key, "--certificate", alice.certificate, "--yes", code=5)
    assert "is not the private key" in ran.err or "not" in ran.err, ran
    ran = w.airlock("approve", number, "--key", "pkcs11:token=x;object=y", "--certificate", alice.certificate, "--yes", code=2)
    assert "--module" in ran.err, ran
    command = ("approve", number, "--key", alice.key, "--certificate", alice.certificate)
    code, err = asked(w, b"no\n", *command)  # a terminal asks; elsewhere the command is her word
    assert code == 4 and "you sign as `CN=alice`" in err and "nothing was done" in err, err
    approvals = w.site_path / "approvals"
    assert list(approvals.glob("*.p7s")) == []
    assert "you sign as `CN=alice`" in w.airlock(*command).text
    assert len(list(approvals.glob("*.p7s"))) == 1
    w.configure(approvals=None)
    assert "nobody asks for approvals" in alice.approve(number, code=4).err


def test_an_officers_key_may_be_under_a_passphrase_or_in_a_token(w):
    number = awaiting(w, {"count": 2})
    alice, bert = Officer(w, "alice").joins(), Officer(w, "bert").joins()
    token(w, "officers")
    w.run("softhsm2-util", "--import", bert.key, "--token", "officers", "--label", "bert", "--id", "0b", "--pin", PIN, env=environment(w))
    under = w.path / "under.key"
    w.run("openssl", "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-in", alice.key, "-out", under, "-passout", f"pass:{PIN}")
    under.chmod(0o600)
    uri = ["--key", "pkcs11:token=officers;object=bert;type=private", "--module", MODULE, "--certificate", bert.certificate, "--yes"]
    ran = airlock(w, "approve", number, "--key", under, "--certificate", alice.certificate, "--yes", secret="wrong-pin", code=4)
    assert "the passphrase is wrong" in ran.err and dropped(w) == [], ran
    airlock(w, "approve", number, "--key", under, "--certificate", alice.certificate, "--yes")
    airlock(w, "approve", number, *uri)
    ran = airlock(w, "approve", number, *uri[:-2], alice.certificate, "--yes", code=5)
    assert "is not the key of the certificate" in ran.err, ran
    out = take_in(w, code=0)
    assert [each["outcome"] for each in out["approvals"]] == ["approved", "approved"], out


def test_an_approval_that_ends_takes_back_what_waits_to_be_sent(w):
    """What waits to be sent goes by the officers of now: without her certificate it is withdrawn and held again."""
    w.site(tier="standard", entitlements=[])
    w.configure(delivery={"destinations": [{"type": "https-json", "url": "https://reports.vendor.example/v1"}]}, approvals=[{"count": 1}])
    w.airlock("authorise", "--reason", "it may be sent", "--yes")
    number = w.process(None, "--no-deliver", code=4)["number"]
    alice = Officer(w, "alice").joins()
    assert "  sent to https://reports.vendor.example/v1\n" in alice.approve(number).text
    out = take_in(w, "--no-deliver", code=7)
    assert out["reports"][0]["outcome"] == "queued", out
    alice.leaves()
    w.run(w.program("airlock-send"), "--site", w.site_path, "--once", code=(0, 4, 7))
    assert w.kinds(number)[-2:] == ["withdrawn", "held"], w.kinds(number)
    alice.joins()
    assert take_in(w, "--no-deliver", code=7)["reports"][0]["outcome"] == "queued", "her approval counts again"
    w.configure(delivery={"destinations": [{"type": "https-json", "url": "https://elsewhere.example/v1"}]})
    w.airlock("authorise", "--reason", "another receiver", "--yes")
    w.run(w.program("airlock-send"), "--site", w.site_path, "--once", code=(0, 4, 7))
    assert w.kinds(number)[-2:] == ["withdrawn", "held"], "she approved another destination"
    w.ledger_ok()


def test_what_is_no_file_stays_and_what_is_not_complete_waits(w):
    number = awaiting(w, {"count": 1})
    alice = Officer(w, "alice").joins()
    sound = alice.sign(statement(w, number))
    drop(w, sound, "sound")
    folder = w.site_path / "approvals"
    os.mkfifo(folder / "fifo")
    (folder / "link").symlink_to(folder / "sound")
    (folder / "folder").mkdir()
    (folder / ".unfinished").write_bytes(sound)
    (folder / "half").write_bytes(sound[:200])
    out = take_in(w, code=0)
    assert sorted(each["outcome"] for each in out["approvals"]) == ["approved", "left", "left", "left", "left"], out
    assert dropped(w) == [".unfinished", "fifo", "folder", "half", "link"], dropped(w)


def test_the_inbox_takes_approvals_in_and_seals(w):
    number = awaiting(w, {"count": 1})
    Officer(w, "alice").joins().approve(number)
    out = w.airlock("process", "--inbox", "--json").json
    assert [each["outcome"] for each in out["approvals"]] == ["approved"], out
    assert [each["outcome"] for each in out["reports"]] == ["sealed"], out
    # The same bytes once more are a repeat, and nobody has to sign again.
    assert w.process()["outcome"] == "repeated"


@pytest.mark.takes(6)
def test_taking_approvals_in_killed_anywhere(w):
    """Killed anywhere while approvals are taken in: no approval is lost, none counts twice, the report leaves once."""
    number = awaiting(w, {"count": 2})
    alice, bert, mallory = Officer(w, "alice").joins(), Officer(w, "bert").joins(), Officer(w, "mallory")
    sound = statement(w, number)
    for officer in (alice, bert, mallory):
        officer.drop(sound, officer.name)

    def after(place):
        w.airlock("process", "--held")
        assert dropped(w) == [], f"{place}: dropped files"
        kinds = w.kinds(number)
        assert (kinds.count("approved"), kinds.count("drop_refused")) == (2, 1), f"{place}: {kinds}"
        assert len(bundles_by_content(w)) == 1 and len(w.outbox()) == 1, f"{place}: bundles"
        assert list((w.site_path / "claimed").iterdir()) == [], f"{place}: claimed files"
        assert w.hidden() == [], f"{place}: hidden files"
        w.ledger_ok()

    killed = kill_everywhere(w, ["process", "--held"], after, 1 if LONG else 250)
    assert killed > 5, f"only {killed} runs were killed"
    print(f"counted: taking in killed {killed} times")
