"""The ledger as a file that lasts: backups, restores, readers that keep nobody out, disks that will not do."""
import hashlib
import os
import shutil
import sqlite3
import subprocess
import threading

import pytest
from harness import LONG, REPORT


def grow(w, reports):
    """Appends withheld reports to the site's ledger."""
    last = len(w.airlock("ledger", "list", "--json").json["reports"])
    w.run(w.helper("tests/bench/bench_ledger"), "--grow", w.site_path / "ledger.db", last, reports)


def counted(text):
    print(f"counted: {text}", flush=True)


@pytest.mark.takes(4)
def test_a_backup_while_others_write_is_whole_verified_and_private(w):
    """A backup while others write: whole, verified, private, and never over a file."""
    w.site()
    w.process()
    grow(w, 1000)
    target = w.path / "backup.db"
    writer = subprocess.Popen([w.program("airlock"), "--site", w.site_path, "process", str(REPORT), "--again"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    made = w.airlock("ledger", "backup", target, "--json").json
    assert writer.wait() == 0, "the writer beside it"
    assert made["bytes"] == target.stat().st_size
    assert made["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert target.stat().st_mode & 0o777 == 0o600, "permissions"
    assert made["ledger_size"] > 2000, made
    assert w.shell(f"sqlite3 {target} 'PRAGMA integrity_check' 'SELECT count(*) FROM entries'").text.split() \
        == ["ok", str(made["ledger_size"])]
    before = target.read_bytes()
    ran = w.airlock("ledger", "backup", target, code=4)
    assert "exists already" in ran.err, ran.err
    assert target.read_bytes() == before, "the file that was there"
    w.airlock("ledger", "backup", w.path / "none" / "backup.db", code=3)
    assert [p.name for p in w.path.iterdir() if p.name.startswith(".")] == []


def test_a_backup_to_a_full_disk_exit_8_nothing_left_there_the_site_goes_on(w):
    w.site()
    w.process()
    small = w.path / "small"
    small.mkdir()
    w.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small)
    try:
        ran = w.airlock("ledger", "backup", small / "ledger.db", code=8)
        assert str(small) in ran.err and "room" in ran.err, ran.err
        assert list(small.iterdir()) == []
    finally:
        w.run("umount", "-l", small)
    w.process(REPORT, "--again")
    w.ledger_ok()


def test_a_restored_backup_is_refused_until_a_person_says_why(w):
    """Restored from a backup: refused until a person says why; then it goes on, and says so for ever."""
    w.site()
    w.process()
    backup = w.path / "ledger.db"
    w.airlock("ledger", "backup", backup)
    w.process(REPORT, "--again")
    shutil.copy(backup, w.site_path / "ledger.db")
    ran = w.airlock("process", REPORT, "--again", code=8)
    assert "rolled back" in ran.err and "ledger adopt" in ran.err, ran.err
    w.airlock("ledger", "verify", code=5)
    w.airlock("ledger", "backup", w.path / "again.db", code=5)
    adopted = w.airlock("ledger", "adopt", "--yes", "--reason", "disk lost, last backup restored", "--json").json
    assert adopted["unknown_bundles"] == 1
    w.ledger_ok()
    w.process(REPORT, "--again")
    w.ledger_ok()


def test_moved_to_another_machine_copied_verified_recorded_and_it_goes_on(w):
    w.site()
    w.process()
    moved = w.path / "elsewhere"
    w.run("cp", "-a", w.site_path, moved)
    w.airlock("ledger", "verify", site=moved)
    w.airlock("ledger", "adopt", "--yes", "--reason", "moved from host a to host b", site=moved)
    assert w.process(REPORT, "--again", site=moved)["outcome"] == "sealed"
    w.airlock("ledger", "verify", site=moved)


@pytest.mark.takes(4)
def test_no_reading_keeps_writers_out_for_longer_than_a_page_takes(w):
    """No reading keeps writers out for longer than a page takes, however long the ledger is."""
    w.site()
    w.process()
    reports = 40000 if LONG else 1400
    grow(w, reports)
    size = (w.site_path / "ledger.db").stat().st_size
    assert size > 1536 * 1024, f"the ledger has only {size} bytes"
    pages = size // 4096
    worst = {}
    commands = [("ledger", "list"), ("ledger", "verify"), ("ledger", "export", "--format", "csv"), ("status",),
                ("ledger", "prove", "1"), ("ledger", "backup", w.path / "copy.db"), ("outbox", "list")]
    for command in commands:
        trace = w.path / "trace"
        ran = w.run("strace", "-f", "-qq", "-y", "-e", "trace=fcntl,pread64", "-o", trace, w.program("airlock"), "--site",
                    w.site_path, *command)
        locked = most = transactions = 0
        within = False
        for line in trace.read_text(errors="replace").splitlines():
            if "/ledger.db>" not in line:
                continue
            if "F_RDLCK" in line and "l_start=1073741826" in line:
                within, locked, transactions = True, 0, transactions + 1
            elif "F_UNLCK" in line and "l_start=1073741824, l_len=1}" not in line:
                within = False
            elif "pread64" in line and within:
                locked += 1
                most = max(most, locked)
        assert transactions > 0, f"{command}: no reading was seen:\n{ran}"
        assert most <= 400, f"{command}: {most} pages of {pages} read in one transaction"
        worst[" ".join(str(c) for c in command[:2])] = most
    counted(f"at most {max(worst.values())} pages of {pages} read in one transaction, by `{max(worst, key=worst.get)}`")


def test_a_reader_that_holds_the_ledger_delays_a_commit_or_ends_it(w):
    """A reader that holds the ledger for a while delays a commit; one that does not let go: exit 8, nothing recorded."""
    w.site()
    before = w.ledger_ok()["entries"]

    reader = sqlite3.connect(w.site_path / "ledger.db", isolation_level=None, check_same_thread=False)

    def hold():
        """Another program's reading transaction, left open."""
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entries").fetchall()

    hold()
    ran = w.airlock("process", REPORT, code=8)
    assert "in use by another process" in ran.err and "run" in ran.err, ran.err
    reader.execute("COMMIT")
    assert w.ledger_ok()["entries"] == before
    assert w.outbox() == []
    hold()
    timer = threading.Timer(1.5, lambda: reader.execute("COMMIT"))
    timer.start()
    assert w.process()["outcome"] == "sealed"
    timer.join()
    assert len(w.outbox()) == 1
    w.ledger_ok()


def test_a_site_on_a_network_file_system_is_refused_with_the_reason(w):
    """A site on a network file system is refused with the reason, when it is made and when it is used."""
    def as_if_on(magic, *arguments, site=None):
        """Runs `airlock` with an answer of statfs(2) that the kernel gives on such a file system."""
        little = magic.to_bytes(8, "little").hex()
        return w.run("strace", "-f", "-qq", "-o", os.devnull, "-e", f"inject=statfs:poke_exit=@arg2={little}",
                     w.program("airlock"), "--site", site or w.site_path, *arguments, code=None)

    w.site()
    entries = w.ledger_ok()["entries"]
    for magic, name in ((0x6969, "NFS"), (0xFF534D42, "SMB"), (0xFE534D42, "SMB"), (0x00C36400, "Ceph")):
        ran = as_if_on(magic, "process", REPORT)
        assert ran.code == 8, str(ran)
        assert f"network file system ({name})" in ran.err and "use a local file system" in ran.err, ran.err
    assert w.ledger_ok()["entries"] == entries
    other = w.path / "other"
    ran = as_if_on(0x6969, "init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint(), site=other)
    assert ran.code == 4, str(ran)
    assert "NFS" in ran.err, ran.err
    assert not (other / "airlock.json").exists(), "a site was made"
    assert as_if_on(0xEF53, "process", REPORT).code == 0, "on ext4"


def test_on_a_read_only_file_system_what_only_reads_goes_on(w):
    """A read-only file system: exit 8 with the reason; what only reads goes on."""
    w.site()
    w.process()
    w.run("mount", "--bind", w.site_path, w.site_path)
    try:
        w.run("mount", "-o", "remount,ro,bind", w.site_path)
        ran = w.airlock("process", REPORT, code=8)
        assert "read-only file system" in ran.err and "make the file system writable" in ran.err, ran.err
        for command in (("status",), ("ledger", "verify"), ("ledger", "list"), ("ledger", "prove", "1"),
                        ("ledger", "backup", w.path / "copy.db")):
            w.airlock(*command)
        w.airlock("ledger", "adopt", "--yes", "--reason", "x", code=8)
    finally:
        w.run("umount", "-l", w.site_path)
    w.ledger_ok()
