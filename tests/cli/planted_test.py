"""Files planted where SQLite looks for its own: a journal that names a file to delete, journals and databases that are no
files, a write-ahead log."""
import os
import shutil
import socket
import subprocess
import sys

import pytest
from harness import REPORT

pytestmark = pytest.mark.hostile
# Ends in the middle of a transaction that SQLite had to write into the file, as by a power cut.
CRASH = """
import os, signal, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA cache_size = 1")
db.execute("BEGIN IMMEDIATE")
db.execute("CREATE TABLE half_done (n INTEGER PRIMARY KEY, word TEXT)")
db.execute("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 900) "
           "INSERT INTO half_done SELECT i, 'word ' || i FROM c")
os.kill(os.getpid(), signal.SIGKILL)
"""
MAGIC = bytes.fromhex("d9d505f920a163d7")


def crash(database):
    """Leaves a journal that the next one to open the database has to play back."""
    subprocess.run([sys.executable, "-c", CRASH, str(database)], check=False)
    journal = database.with_name(database.name + "-journal")
    assert journal.read_bytes().startswith(MAGIC), "no hot journal"
    return journal


def name_super_journal(journal, target):
    """As SQLite ends the journal of one of several databases (pager.c, `writeSuperJournal`)."""
    name = os.fsencode(target)
    with journal.open("ab") as out:
        out.write((1).to_bytes(4, "big") + name + len(name).to_bytes(4, "big") +
                  (sum(name) & 0xFFFFFFFF).to_bytes(4, "big") + MAGIC)


def a_socket(path):
    # The name of a socket is short; the folder's is not.
    folder = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(f"/proc/self/fd/{folder}/{path.name}")
    os.close(folder)


NO_FILES = {
    "a FIFO": os.mkfifo,
    "a folder": os.mkdir,
    "a symbolic link": lambda path: os.symlink("keys/site.key", path),
    "a socket": a_socket,
    "a device": lambda path: os.mknod(path, 0o600 | 0o020000, os.makedev(1, 3)),
}
COMMANDS = {("status",): 5, ("preview", REPORT): 5, ("explain", REPORT): 5, ("ledger", "verify"): 5, ("ledger", "list"): 5,
            ("hold", "--reason", "looks odd"): 5, ("process", REPORT): 8, ("process", "--inbox"): 8}


def remove(path):
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink()


def test_a_journal_that_names_a_super_journal_deletes_nothing(w):
    """A journal that names a super-journal: exit 5, and neither a key nor a file outside is deleted."""
    w.site()
    w.process()
    outside = w.file("outside.txt", "of somebody else")
    key = w.site_path / "keys" / "site.key"
    secret = key.read_bytes()
    whole = w.path / "whole"
    shutil.copytree(w.site_path, whole)
    for target in (key, outside):
        journal = crash(w.site_path / "ledger.db")
        name_super_journal(journal, target)
        planted = journal.read_bytes()
        for command, code in COMMANDS.items():
            ran = w.airlock(*command, code=code)
            assert "ledger.db-journal" in ran.err and target.name in ran.err and "evidence" in ran.err, ran
            assert key.read_bytes() == secret and outside.read_text() == "of somebody else", f"{command} deleted a file"
            assert journal.read_bytes() == planted, "the journal"
        # As the message says: put away. What was half done is found.
        journal.rename(w.path / "evidence")
        w.airlock("ledger", "verify", code=(0, 5))  # whether SQLite had begun to write the file itself
        for name in ("ledger.db", "ledger.db-journal"):
            shutil.copy2(whole / name, w.site_path / name)
        w.ledger_ok()


def test_a_vendors_register_with_such_a_journal_deletes_nothing(w):
    """A vendor's register with such a journal: exit 5, and nothing is deleted."""
    w.site()
    w.process()
    bundle = w.outbox()[0]
    key = w.home / "recipient.key"
    secret = key.read_bytes()
    journal = crash(w.home / "register.db")
    name_super_journal(journal, key)
    for command in (("gaps",), ("intake", bundle), ("licence", "list")):
        ran = w.vendor(*command, code=5)
        assert "register.db-journal" in ran.err, ran
        assert key.read_bytes() == secret, f"the key after {command}"


def test_an_auditors_copy_with_such_a_journal_is_refused(w):
    """An auditor's copy with such a journal: `ledger verify` refuses, and `immutable=1` reads without playing it back."""
    w.site()
    w.process()
    copy = w.path / "copy"
    shutil.copytree(w.site_path, copy)
    victim = w.file("victim.txt", "of the auditor")
    name_super_journal(crash(copy / "ledger.db"), victim)
    before = (copy / "ledger.db").read_bytes()
    w.airlock("ledger", "verify", site=copy, code=5)
    w.shell("sqlite3 'file:ledger.db?immutable=1' 'SELECT count(*) FROM entries'", cwd=copy)
    assert victim.read_text() == "of the auditor"
    assert (copy / "ledger.db").read_bytes() == before, "the copy"
    # What the page warns of: sqlite3 without it deletes the file.
    w.shell("sqlite3 ledger.db 'SELECT count(*) FROM entries'", cwd=copy)
    assert not victim.exists(), "sqlite3 has become careful: the page may say so"


def test_a_change_that_was_cut_short_is_rolled_back_by_whoever_comes_next(w):
    w.site()
    w.process()
    before = w.airlock("ledger", "verify", "--json").json["ledger_size"]
    for command in (("status",), ("preview", REPORT), ("ledger", "verify")):
        journal = crash(w.site_path / "ledger.db")
        w.airlock(*command)
        assert not journal.exists() or journal.stat().st_size == 0, f"the journal after {command}"
        assert w.airlock("ledger", "verify", "--json").json["ledger_size"] == before
    crash(w.site_path / "ledger.db")
    w.process(REPORT, "--again")
    w.ledger_ok()
    crash(w.home / "register.db")
    w.vendor("intake", w.outbox()[0])


def test_a_journal_or_ledger_that_is_no_regular_file_ends_every_command(w):
    """A journal or a ledger that is no regular file: every command ends at once and says so."""
    w.site()
    w.process()
    secret = (w.site_path / "keys" / "site.key").read_bytes()
    ledger = w.site_path / "ledger.db"
    for planted in (w.site_path / "ledger.db-journal", ledger):
        kept = w.path / "kept"
        planted.rename(kept)
        for what, make in NO_FILES.items():
            make(planted)
            commands = COMMANDS if what == "a FIFO" else {("status",): 5, ("process", REPORT): 8}
            for command, code in commands.items():
                ran = w.airlock(*command, code=code, timeout=20)
                assert planted.name in ran.err and what in ran.err, ran
            remove(planted)
        kept.rename(planted)
    assert (w.site_path / "keys" / "site.key").read_bytes() == secret
    register = w.home / "register.db-journal"
    for what, make in NO_FILES.items():
        make(register)
        ran = w.vendor("gaps", code=5, timeout=20)
        assert "register.db-journal" in ran.err and what in ran.err, ran
        remove(register)
    w.ledger_ok()


def test_a_write_ahead_log_beside_the_ledger_is_neither_read_nor_removed(w):
    w.site()
    w.process()
    log = w.site_path / "ledger.db-wal"
    log.write_bytes(b"planted")
    for command, code in {("status",): 5, ("ledger", "verify"): 5, ("process", REPORT): 8}.items():
        ran = w.airlock(*command, code=code)
        assert "ledger.db-wal" in ran.err, ran
    assert log.read_bytes() == b"planted"
    log.unlink()
    w.shell("sqlite3 ledger.db 'PRAGMA journal_mode = WAL'", cwd=w.site_path)
    ran = w.airlock("status", code=5)
    assert "WAL mode" in ran.err and "journal_mode = DELETE" in ran.err, ran
    w.shell("sqlite3 ledger.db 'PRAGMA journal_mode = DELETE'", cwd=w.site_path)
    w.process(REPORT, "--again")
    w.ledger_ok()
