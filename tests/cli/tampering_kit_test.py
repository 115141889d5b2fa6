"""The tampering kit: a ledger is attacked with plain `sqlite3` and file tools, and Airlock names what was done.

Each attack is a sentence with what it does. Those of `FOUND` must end in exit 5 of `ledger verify`, with a message that has
the given words. Those of `HIDDEN` are what nobody at the site can find; docs/threat-model.md lists them and says who would,
and here the checkpoint that was kept elsewhere does.
"""
import hashlib
import shutil
import sqlite3

import pytest
from harness import TOP

pytestmark = pytest.mark.hostile
PRODUCED = "(SELECT min(seq) FROM entries WHERE kind = 'produced')"


class Ledger:
    """The database of a site, opened as an attacker would: anything goes, and the guards are put back afterwards."""

    def __init__(self, path):
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.create_function("leaf", 1, lambda body: hashlib.sha256(b"\0" + body.encode()).digest())
        self.guards = dict(self.db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"))

    def run(self, *statements):
        for name in self.guards:
            self.db.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            self.db.execute(statement)
        for sql in self.guards.values():
            self.db.execute(sql)
        self.db.close()

    def rebuild_tree(self):
        """Leaves and nodes that fit the bodies as they now stand: what a patient attacker does."""
        for name in self.guards:
            self.db.execute(f"DROP TRIGGER {name}")
        self.db.execute("UPDATE entries SET leaf = leaf(body)")
        self.db.execute("DELETE FROM nodes")
        level, hashes = 0, [row[0] for row in self.db.execute("SELECT leaf FROM entries ORDER BY seq")]
        while len(hashes) > 1:
            level += 1
            hashes = [hashlib.sha256(b"\1" + hashes[i] + hashes[i + 1]).digest() for i in range(0, len(hashes) - 1, 2)]
            self.db.executemany("INSERT INTO nodes VALUES (?, ?, ?)", [(level, i, h) for i, h in enumerate(hashes)])
        for sql in self.guards.values():
            self.db.execute(sql)
        self.db.close()


def sql(*statements):
    return lambda w: Ledger(w.site_path / "ledger.db").run(*statements)


def rehashed(*statements):
    def attack(w):
        Ledger(w.site_path / "ledger.db").run(*statements)
        Ledger(w.site_path / "ledger.db").rebuild_tree()
    return attack


def cut(count):
    """The newest `count` entries away, with all that depends on them."""
    def attack(w):
        db = sqlite3.connect(w.site_path / "ledger.db")
        size = db.execute("SELECT count(*) FROM entries").fetchone()[0] - count
        db.close()
        Ledger(w.site_path / "ledger.db").run(
            f"DELETE FROM entries WHERE seq >= {size}", f"DELETE FROM checkpoints WHERE size > {size}",
            f"DELETE FROM originals WHERE seq >= {size}", f"DELETE FROM outbox WHERE recorded >= {size}")
        Ledger(w.site_path / "ledger.db").rebuild_tree()
    return attack


def old_copy(*names):
    """Puts back what the site had before its last report."""
    def attack(w):
        for name in names:
            target = w.site_path / name
            if target.is_dir():
                shutil.rmtree(target)
                shutil.copytree(w.path / "old" / name, target)
            else:
                shutil.copy2(w.path / "old" / name, target)
    return attack


def from_other(*names):
    def attack(w):
        for name in names:
            shutil.copy2(w.path / "other" / name, w.site_path / name)
    return attack


def file_bytes(path, change):
    def attack(w):
        found = sorted(w.site_path.glob(path))
        assert found, f"nothing is named {path}"
        found[0].write_bytes(change(found[0].read_bytes()))
    return attack


def remove(path):
    return lambda w: sorted(w.site_path.glob(path))[0].unlink()


def forged_anchor(w):
    """An anchor of the right form and with the right words, signed by nobody."""
    text = (w.site_path / "ledger.anchor").read_text()
    lines = text.splitlines()
    lines[1] = "1"
    (w.site_path / "ledger.anchor").write_text("\n".join(lines) + "\n")


FOUND = {
    "edit a body": (sql(f"UPDATE entries SET body = replace(body, '\"number\":1', '\"number\":7') WHERE seq = {PRODUCED}"),
                    "leaf is not the hash"),
    "edit a body by one blank": (sql(f"UPDATE entries SET body = body || ' ' WHERE seq = {PRODUCED}"), "leaf is not the hash"),
    "edit a body and hash its leaf again": (
        sql(f"UPDATE entries SET body = replace(body, 'withheld', 'WITHHELD') WHERE kind = 'withheld'",
            f"UPDATE entries SET body = replace(body, '\"size\":', '\"size\": ') WHERE seq = {PRODUCED}",
            "UPDATE entries SET leaf = leaf(body)"), "another tree"),
    "edit a body and build the whole tree again": (
        rehashed(f"UPDATE entries SET body = replace(body, '\"size\":', '\"size\": ') WHERE seq = {PRODUCED}"),
        "another tree"),
    "REPLACE INTO over an entry": (
        sql(f"REPLACE INTO entries SELECT seq, replace(body, '\"size\":', '\"size\": '), leaf, time, kind, report_id, number, "
            f"disclosure_id FROM entries WHERE seq = {PRODUCED}"), "leaf is not the hash"),
    "change a column beside the body": (sql(f"UPDATE entries SET time = '2001-01-01T00:00:00Z' WHERE seq = {PRODUCED}"),
                                        "column differs"),
    "change a report's number": (sql(f"UPDATE entries SET number = 99 WHERE seq = {PRODUCED}"), "column differs"),
    "make a leaf zero": (sql(f"UPDATE entries SET leaf = zeroblob(32) WHERE seq = {PRODUCED}"), "leaf is not the hash"),
    "swap two entries": (
        sql("UPDATE entries SET seq = -1 WHERE seq = 1", "UPDATE entries SET seq = 1 WHERE seq = 2",
            "UPDATE entries SET seq = 2 WHERE seq = -1"), "must be 1"),
    "delete the newest entry": (sql("DELETE FROM entries WHERE seq = (SELECT max(seq) FROM entries)"), ""),
    "delete the newest entry and mend the rest": (cut(1), "rolled back or cut short"),
    "delete the newest five entries and mend the rest": (cut(5), "rolled back or cut short"),
    "delete from the middle": (sql("DELETE FROM entries WHERE seq = 3"), "is missing"),
    "delete from the middle and close the gap": (
        rehashed("DELETE FROM entries WHERE seq = 3", "UPDATE entries SET seq = seq - 1 WHERE seq > 3"), "seq"),
    "insert an entry at the end": (
        sql("INSERT INTO entries SELECT max(seq) + 1, body, leaf, time, kind, report_id, NULL, disclosure_id FROM entries"),
        ""),
    "insert an entry in the middle": (
        sql("UPDATE entries SET seq = seq + 1000 WHERE seq > 2", "UPDATE entries SET seq = seq - 999 WHERE seq > 1000",
            "INSERT INTO entries SELECT 3, body, leaf, time, kind, report_id, NULL, disclosure_id FROM entries WHERE seq = 2"),
        "seq"),
    "drop a trigger": (lambda w: w.run("sqlite3", w.site_path / "ledger.db", "DROP TRIGGER entries_no_update"), "schema"),
    "add a trigger": (lambda w: w.run("sqlite3", w.site_path / "ledger.db",
                                      "CREATE TRIGGER mine AFTER INSERT ON entries BEGIN SELECT 1; END"), "schema"),
    "add a table": (lambda w: w.run("sqlite3", w.site_path / "ledger.db", "CREATE TABLE mine (x)"), "schema"),
    "drop an index": (lambda w: w.run("sqlite3", w.site_path / "ledger.db", "DROP INDEX entries_kind"), "schema"),
    "another application_id": (lambda w: w.run("sqlite3", w.site_path / "ledger.db", "PRAGMA application_id = 1"),
                               "not a ledger"),
    "put back an old copy of the database": (old_copy("ledger.db"), "rolled back"),
    "put back old copies of database and anchor": (old_copy("ledger.db", "ledger.anchor"), "does not know this bundle"),
    "the database of another site": (from_other("ledger.db"), ""),
    "the database and the anchor of another site": (from_other("ledger.db", "ledger.anchor"), ""),
    "forge the anchor": (forged_anchor, "anchor"),
    "remove the anchor": (remove("ledger.anchor"), "is missing"),
    "forge a kept checkpoint": (sql("UPDATE checkpoints SET note = replace(note, substr(note, 60, 4), 'AAAA')"), "checkpoint"),
    "a checkpoint of a size that is not there": (sql("UPDATE checkpoints SET size = size + 1000"), "checkpoint"),
    "an outbox row goes back a stage": (sql("UPDATE outbox SET stage = 'sealed'"), "outbox does not say"),
    "an outbox row names another file": (sql("UPDATE outbox SET file = 'other.p7m'"), "outbox does not say"),
    "an outbox row is deleted": (sql("DELETE FROM outbox"), "not in the outbox"),
    "an outbox row more": (
        sql("CREATE TEMP TABLE more AS SELECT * FROM outbox LIMIT 1",
            "UPDATE more SET disclosure = 100, disclosure_id = 'ffffffff-0000-4000-8000-000000000000'",
            "INSERT INTO outbox SELECT * FROM more"), "outbox"),
    "a tree node changed": (sql("UPDATE nodes SET hash = zeroblob(32) WHERE level = 1 AND idx = 0"), "differs from the tree"),
    "a tree node more": (sql("INSERT INTO nodes VALUES (40, 0, zeroblob(32))"), "tree nodes that belong to no entry"),
    "the ceiling raised by a forged entry": (
        sql("INSERT INTO entries SELECT max(seq) + 1, '{\"format\":\"airlock-entry/1\",\"nonce\":\"00000000000000000000000000000000\","
            "\"seq\":' || (max(seq) + 1) || ',\"time\":\"2026-11-02T00:00:00Z\",\"kind\":\"authorised\"}', zeroblob(32), "
            "'2026-11-02T00:00:00Z', 'authorised', NULL, NULL, NULL FROM entries"), "leaf is not the hash"),
    "an original is removed": (sql("DELETE FROM originals"), "original"),
    "a byte of a bundle": (file_bytes("outbox/*.p7m", lambda b: b[:-9] + bytes([b[-9] ^ 1]) + b[-8:]), "differs from the file"),
    "a bundle of the attacker": (lambda w: (w.site_path / "outbox" / "2026-01-01-9-ffffffff-0000-4000-8000-000000000000.p7m")
                                 .write_bytes(b"mine"), "does not know this bundle"),
    "a byte of a held report": (file_bytes("held/*", lambda b: b + b" "), "as the product handed it in"),
    "a held report is removed": (remove("held/*"), "is missing"),
    "pages of the database overwritten": (file_bytes("ledger.db", lambda b: b[:8192] + bytes(4096) + b[12288:]), ""),
    "the end of the database cut off": (file_bytes("ledger.db", lambda b: b[:-4096]), ""),
}

HIDDEN = {
    "database, anchor and outbox put back together": old_copy("ledger.db", "ledger.anchor", "outbox", "held"),
}


def test_every_attack_of_the_kit_is_found_and_named(w):
    """Every attack of the kit is found and named, or listed in the threat model and found by a checkpoint kept elsewhere."""
    w.site()
    w.process(w.report_of("1.34.0"))
    w.run("cp", "-a", w.site_path, w.path / "old")
    w.process()
    w.process(w.report_of("1.35.0"), "--expect", "0" * 64, code=4)
    w.airlock("ledger", "list")
    kept = w.file("kept.txt", w.airlock("ledger", "checkpoint").out)
    key = w.file("vkey", w.airlock("ledger", "checkpoint", "--json").json["ledger_key"] + "\n")
    site, w.site_path = w.site_path, w.path / "other"
    w.new_site()
    w.site_path = site
    w.run("cp", "-a", w.site_path, w.path / "sound")
    def restore():
        shutil.rmtree(w.site_path)
        w.run("cp", "-a", w.path / "sound", w.site_path)

    found, missed = 0, []
    for name, (attack, words) in FOUND.items():
        restore()
        attack(w)
        ran = w.airlock("ledger", "verify", code=None)
        if ran.code == 5 and words in ran.err:
            found += 1
        else:
            missed.append(f"{name}: exit 5 with {words!r} expected\n{ran}")
    for name, attack in HIDDEN.items():
        restore()
        attack(w)
        w.airlock("ledger", "verify", code=0)
        w.airlock("ledger", "verify", "--from-checkpoint", kept, "--public-key", key, code=5)
        assert name in (TOP / "docs/threat-model.md").read_text(), f"the threat model does not list: {name}"
    restore()
    w.airlock("ledger", "verify", "--from-checkpoint", kept, "--public-key", key)
    assert not missed, "\n".join(missed)
    assert found >= 25, f"only {found} attacks"
    print(f"counted: {found} attacks found, {len(HIDDEN)} found only by a checkpoint kept elsewhere")


def test_a_ledger_that_was_rolled_back_is_refused_until_it_is_adopted(w):
    """A ledger that was rolled back is refused by every command that changes it; adopt records it and goes on."""
    w.site()
    w.process()
    w.run("cp", "-a", w.site_path, w.path / "old")
    w.process(w.report_of("1.34.0"))
    shutil.copy2(w.path / "old/ledger.db", w.site_path / "ledger.db")
    before = (w.site_path / "ledger.db").read_bytes()
    other = w.report_of("1.35.0")
    for arguments, code in ((["process", other], 8), (["kit", "install", w.kit], 5), (["ledger", "verify"], 5),
                            (["ledger", "checkpoint"], 5), (["ledger", "prove", "1"], 5)):
        ran = w.airlock(*arguments, code=code)
        assert "ledger adopt" in ran.err, f"the way out: {ran}"
    assert (w.site_path / "ledger.db").read_bytes() == before, "the ledger"
    w.airlock("ledger", "list")
    w.airlock("ledger", "adopt", code=2)
    w.airlock("ledger", "adopt", "--yes", "--reason", "", code=2)
    adopted = w.airlock("ledger", "adopt", "--yes", "--reason", "disk lost, backup restored", "--json").json
    assert "rolled back" in adopted["found"], adopted
    assert adopted["unknown_bundles"] == 1
    w.ledger_ok()
    assert w.process(other)["outcome"] == "sealed"
    w.ledger_ok()
    bodies = [e for e in w.airlock("ledger", "export", "--format", "json").json["entries"] if e["kind"] == "adopted"]
    assert [b["reason"] for b in bodies] == ["disk lost, backup restored"]
    assert bodies[0]["anchor"].startswith("airlock/"), "the anchor that was there is kept"


def test_adopting_puts_the_ceiling_back_at_seal(w):
    """Adopting puts the ceiling back at seal: what was authorised to be sent is held again."""
    w.site(tier="standard", entitlements=())
    w.airlock("authorise", "--reason", "sending was agreed", "--yes")
    assert w.process(None, "--no-deliver", code=7)["outcome"] == "queued"
    w.airlock("ledger", "adopt", "--yes", "--reason", "moved to another machine")
    w.airlock("ledger", "verify")
    other = w.report_of("1.35.0")
    assert "ceiling" in w.airlock("process", other, "--no-deliver", code=4).err, "held by the ceiling"


def test_a_ledger_that_is_damaged_in_itself_cannot_be_adopted(w):
    w.site()
    w.process()
    sql(f"UPDATE entries SET body = body || ' ' WHERE seq = {PRODUCED}")(w)
    w.airlock("ledger", "adopt", "--yes", "--reason", "it will do", code=5)
