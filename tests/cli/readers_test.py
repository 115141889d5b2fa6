"""The readers of a site: officers of another user, who look and change nothing."""
import json
import sqlite3
import stat

import html_pages
import pytest

from people import READERS, People


@pytest.fixture
def people(w):
    return People(w).site()


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


# What members of the readers' group may not do, and the beginning of the sentence that says so.
CHANGES = [("hold", "--reason", "x"), ("release", "--reason", "x"), ("discard", "1", "--reason", "x"), ("kit", "install", "KIT"),
           ("licence", "install", "LICENCE"), ("outbox", "hand-over", "--to", "STICK"), ("key", "rotate", "archive"),
           ("ledger", "adopt", "--reason", "x", "--yes"), ("receipt", "import", "KIT")]


def test_an_officer_looks_at_everything_and_changes_nothing(people, w):
    people.owner("hold", "--reason", "the officer reads first")
    people.owner("process", people.report(), code=4)
    before = {p: p.read_bytes() for p in people.site_path.rglob("*") if p.is_file()}

    would_leave = people.officer("preview", "1", code=4)
    assert "it may not leave yet" in would_leave.err
    assert json.loads(would_leave.out)["properties"]["teams"]
    assert "class person" in people.officer("explain", "1", code=4).text
    desk = people.desk()
    assert "but not until a person allows it" in people.officer("review", "1", "--html", desk / "waiting.html", code=4).text
    assert (desk / "waiting.html").owner() == "backup" and html_pages.read(desk / "waiting.html").by_id("missing")
    assert people.officer("status", "--json").json["site_id"] == w.site_id
    assert people.officer("ledger", "list").text.count("held") == 1
    people.officer("ledger", "show", "1")
    people.officer("ledger", "verify")
    people.officer("ledger", "checkpoint")
    people.officer("ledger", "prove", "1")
    people.officer("ledger", "export", "--format", "csv")
    people.officer("kit", "show")
    people.officer("licence", "show")
    people.officer("policy", "show")
    people.officer("outbox", "list")
    people.officer("pseudonym", "lookup", "nobody-has-this-name")
    doctor = people.officer("doctor")
    assert "only the owner of the site can" in doctor.text and "0 failed" in doctor.text

    kit, licence = w.path / "kit-for-all.p7s", people.readable(w.new_licence("enterprise-air-gapped", ["air_gap"]))
    stick = w.path / "stick"
    stick.mkdir()
    stick.chmod(0o777)
    for change in CHANGES:
        words = [{"KIT": kit, "LICENCE": licence, "STICK": stick}.get(word, word) for word in change]
        refused = people.officer(*words, code=4)
        assert "only `proxy` may change this site" in refused.err, refused
    for change in (("process", people.report()), ("process", "--held"), ("process", "--inbox")):
        assert "only `proxy` may change this site" in people.officer(*change, code=8).err
    after = {p: p.read_bytes() for p in people.site_path.rglob("*") if p.is_file()}
    assert before == after and not list(stick.iterdir())


def test_an_officer_opens_what_was_sealed(people):
    people.owner("process", people.report())
    bundle = next((people.site_path / "outbox").glob("*.p7m"))
    assert people.officer("bundle", "verify", bundle).text.startswith("verified")
    assert json.loads(people.officer("bundle", "open", bundle).out)["event"] == "user instance status report"
    people.officer("bundle", "show", bundle)
    desk = people.desk()
    assert "bytes left, sealed in this bundle" in people.officer("review", bundle, "--html", desk / "left.html").text
    assert html_pages.read(desk / "left.html").by_id("verdict")
    people.stranger("bundle", "show", bundle, code=1)


def test_readers_read_no_key_that_signs(people):
    keys = people.site_path / "keys"
    for name, permissions in {"site.key": 0o600, "ledger.key": 0o600, "archive.key": 0o640, "pseudonym.key": 0o640}.items():
        assert mode(keys / name) == permissions, name
        people.run_as("backup", "cat", keys / name, groups=(READERS,), code=1 if permissions == 0o600 else 0)
        people.run_as("nobody", "cat", keys / name, code=1)
    assert mode(people.site_path / "inbox") == 0o1730 and (people.site_path / "inbox").group() != READERS
    assert mode(people.site_path / "approvals") == 0o3730 and (people.site_path / "approvals").group() == READERS


@pytest.mark.parametrize("key", ["site", "ledger", "archive", "pseudonym"])
def test_a_new_key_is_shared_as_the_former_one_was(people, key):
    people.owner("process", people.report())
    bundle = next((people.site_path / "outbox").glob("*.p7m"))
    people.owner("key", "rotate", key, *(["--yes"] if key == "site" else []))
    people.officer("ledger", "verify")
    people.officer("bundle", "verify", bundle)
    people.officer("preview", people.report())
    # A licence that names the former site key has to be renewed, which fails there.
    assert "readers: members of `users` read the site" in people.owner("doctor", code=1 if key == "site" else 0).text
    for path in (people.site_path / "keys").rglob("*.key"):
        signs = path.name.startswith(("site", "ledger"))
        assert mode(path) == (0o600 if signs else 0o640), path


def test_readers_are_named_and_taken_away_in_the_configuration(w):
    people = People(w).site(readers=None)
    people.officer("status", code=1)
    path = people.site_path / "airlock.json"

    def configure(readers):
        changed = json.loads(path.read_text())
        changed.pop("readers", None)
        path.write_text(json.dumps({**changed, **({"readers": readers} if readers else {})}))

    configure(READERS)
    assert "have no access yet" in people.owner("doctor").text
    people.officer("status", code=1)
    people.owner("process", people.report())
    people.officer("status")
    people.officer("bundle", "verify", next((people.site_path / "outbox").glob("*.p7m")))
    configure(None)
    assert "a group can still read the site" in people.owner("doctor", code=1).text
    people.owner("process", "--held")
    people.officer("status", code=1)
    for kept in people.site_path.rglob("*"):
        if kept.is_file() and kept.parent.name != "public" and kept.suffix not in (".crt", ".pub", ".p7s"):
            assert mode(kept) & 0o077 == 0, kept
    people.owner("doctor")


def test_a_group_that_does_not_exist_makes_no_site_and_keeps_no_report_out(w):
    people = People(w)
    root = people.vendor()
    refused = people.owner("init", "--vendor-root", root, "--vendor-root-sha256", w.root_fingerprint(), "--readers",
                           "no-such-group", code=3)
    assert "the system knows no group `no-such-group`" in refused.err and not people.site_path.exists()
    people.owner("init", "--vendor-root", root, "--vendor-root-sha256", w.root_fingerprint(), "--readers", "no such group", code=2)
    people.site()
    people.w.run("sed", "-i", f's/"{READERS}"/"no-such-group"/', people.site_path / "airlock.json")
    assert "the system knows no group" in people.owner("doctor", code=1).text
    people.owner("process", people.report())


def test_who_is_in_no_group_reads_only_what_is_public(people):
    for command in (("status",), ("ledger", "list"), ("preview", people.report()), ("explain", people.report())):
        assert "permission denied" in people.stranger(*command, code=1).err
    people.stranger("licence", "verify")


def test_a_shared_key_of_another_group_is_refused(people):
    key = people.site_path / "keys" / "archive.key"
    people.owner("process", people.report())
    bundle = next((people.site_path / "outbox").glob("*.p7m"))
    people.w.run("chgrp", "audio", key)
    refused = people.owner("bundle", "open", bundle, code=4)
    assert "users other than its owner can read or change it" in refused.err


def test_a_journal_that_waits_for_its_owner_is_exit_8(people):
    """A commit that was cut short has to be undone before anybody can read, and only the owner may."""
    people.owner("process", people.report())
    ledger = people.site_path / "ledger.db"
    kept, journal = people.w.path / "kept", people.site_path / "ledger.db-journal"
    # A transaction that stops after it wrote pages and before it was committed.
    script = f"""
import os, sqlite3
db = sqlite3.connect("{ledger}", isolation_level=None)
db.execute("PRAGMA cache_size = 1"); db.execute("PRAGMA journal_mode = TRUNCATE")
db.execute("CREATE TEMP TABLE t(x)"); db.execute("BEGIN IMMEDIATE")
db.execute("CREATE TABLE filler(x)")
db.executemany("INSERT INTO filler VALUES (randomblob(3000))", [()] * 200)
os.kill(os.getpid(), 9)
"""
    people.run_as("proxy", "/usr/bin/python3", "-c", script, groups=(READERS,), code=-9)
    assert journal.stat().st_size > 0
    for command in (("status",), ("ledger", "list"), ("preview", people.report())):
        told = people.officer(*command, code=8)
        assert "`proxy`" in told.err and "cut short" in told.err, told
    people.owner("status")
    people.officer("status")
    people.officer("ledger", "verify")
    assert not kept.exists()


def by(people, kind):
    database = sqlite3.connect(f"file:{people.site_path / 'ledger.db'}?mode=ro&immutable=1", uri=True)
    return [json.loads(body).get("by") for (body,) in database.execute("SELECT body FROM entries WHERE kind = ? ORDER BY seq", (kind,))]


def test_the_ledger_says_who_gave_an_order(people, w):
    people.owner("hold", "--reason", "x")
    proxy = {"uid": 13, "login": "proxy"}
    people.run_as("proxy", people.program, "--site", people.site_path, "release", "--reason", "y", groups=(READERS,),
                  env={"SUDO_UID": "34", "SUDO_USER": "somebody-else"})
    people.owner("key", "rotate", "pseudonym")
    people.owner("process", people.report())
    stick = w.path / "stick"
    stick.mkdir()
    people.own(stick, "proxy")
    people.owner("outbox", "hand-over", "--to", stick)
    assert by(people, "hold") == [proxy] and by(people, "key_rotated") == [proxy] and by(people, "handed_over") == [proxy]
    assert by(people, "release") == [{**proxy, "sudo": "backup"}]
    entry = json.loads(people.officer("bundle", "show", next(stick.glob("*.p7m")), "--json").out)
    assert "proxy" not in json.dumps(entry)
