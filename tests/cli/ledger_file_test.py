"""The ledger as a file that lasts: backups, restores, readers that keep nobody out, disks that will not do."""
import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import threading

from harness import LONG, REPORT, case, check, equal, main


def grow(w, reports):
    """Appends withheld reports to the site's ledger."""
    last = len(w.airlock("ledger", "list", "--json").json["reports"])
    w.run(w.programs.parent / "tests" / "bench" / "bench_ledger", "--grow", w.site_path / "ledger.db", last, reports)


def counted(text):
    print(f"counted: {text}", flush=True)


@case("a backup while others write: whole, verified, private, and never over a file")
def _(w):
    w.site()
    w.process()
    grow(w, 1000)
    target = w.path / "backup.db"
    writer = subprocess.Popen([w.program("airlock"), "--site", w.site_path, "process", str(REPORT), "--again"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    made = w.airlock("ledger", "backup", target, "--json").json
    equal(writer.wait(), 0, "the writer beside it")
    equal(made["bytes"], target.stat().st_size)
    equal(made["sha256"], hashlib.sha256(target.read_bytes()).hexdigest())
    equal(target.stat().st_mode & 0o777, 0o600, "permissions")
    check(made["ledger_size"] > 2000, made)
    equal(w.shell(f"sqlite3 {target} 'PRAGMA integrity_check' 'SELECT count(*) FROM entries'").text.split(),
          ["ok", str(made["ledger_size"])])
    before = target.read_bytes()
    ran = w.airlock("ledger", "backup", target, code=4)
    check("exists already" in ran.err, ran.err)
    equal(target.read_bytes(), before, "the file that was there")
    w.airlock("ledger", "backup", w.path / "none" / "backup.db", code=3)
    equal([p.name for p in w.path.iterdir() if p.name.startswith(".")], [])


@case("a backup to a full disk: exit 8, nothing left there, the site goes on")
def _(w):
    w.site()
    w.process()
    small = w.path / "small"
    small.mkdir()
    w.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small)
    try:
        ran = w.airlock("ledger", "backup", small / "ledger.db", code=8)
        check(str(small) in ran.err and "room" in ran.err, ran.err)
        equal(list(small.iterdir()), [])
    finally:
        w.run("umount", "-l", small)
    w.process(REPORT, "--again")
    w.ledger_ok()


@case("restored from a backup: refused until a person says why; then it goes on, and says so for ever")
def _(w):
    w.site()
    w.process()
    backup = w.path / "ledger.db"
    w.airlock("ledger", "backup", backup)
    w.process(REPORT, "--again")
    shutil.copy(backup, w.site_path / "ledger.db")
    ran = w.airlock("process", REPORT, "--again", code=8)
    check("rolled back" in ran.err and "ledger adopt" in ran.err, ran.err)
    w.airlock("ledger", "verify", code=5)
    w.airlock("ledger", "backup", w.path / "again.db", code=5)
    adopted = w.airlock("ledger", "adopt", "--yes", "--reason", "disk lost, last backup restored", "--json").json
    equal(adopted["unknown_bundles"], 1)
    w.ledger_ok()
    w.process(REPORT, "--again")
    w.ledger_ok()


@case("moved to another machine: copied, verified, recorded, and it goes on")
def _(w):
    w.site()
    w.process()
    moved = w.path / "elsewhere"
    w.run("cp", "-a", w.site_path, moved)
    w.airlock("ledger", "verify", site=moved)
    w.airlock("ledger", "adopt", "--yes", "--reason", "moved from host a to host b", site=moved)
    equal(w.process(REPORT, "--again", site=moved)["outcome"], "sealed")
    w.airlock("ledger", "verify", site=moved)


@case("no reading keeps writers out for longer than a page takes, however long the ledger is")
def _(w):
    w.site()
    w.process()
    reports = 40000 if LONG else 1400
    grow(w, reports)
    size = (w.site_path / "ledger.db").stat().st_size
    check(size > 1536 * 1024, f"the ledger has only {size} bytes")
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
        check(transactions > 0, f"{command}: no reading was seen:\n{ran}")
        check(most <= 400, f"{command}: {most} pages of {pages} read in one transaction")
        worst[" ".join(str(c) for c in command[:2])] = most
    counted(f"at most {max(worst.values())} pages of {pages} read in one transaction, by `{max(worst, key=worst.get)}`")


@case("a reader that holds the ledger for a while delays a commit; one that does not let go: exit 8, nothing recorded")
def _(w):
    w.site()
    before = w.ledger_ok()["entries"]

    reader = sqlite3.connect(w.site_path / "ledger.db", isolation_level=None, check_same_thread=False)

    def hold():
        """Another program's reading transaction, left open."""
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entries").fetchall()

    hold()
    ran = w.airlock("process", REPORT, code=8)
    check("in use by another process" in ran.err and "run" in ran.err, ran.err)
    reader.execute("COMMIT")
    equal(w.ledger_ok()["entries"], before)
    equal(w.outbox(), [])
    hold()
    timer = threading.Timer(1.5, lambda: reader.execute("COMMIT"))
    timer.start()
    equal(w.process()["outcome"], "sealed")
    timer.join()
    equal(len(w.outbox()), 1)
    w.ledger_ok()


@case("a site on a network file system is refused with the reason, when it is made and when it is used")
def _(w):
    def as_if_on(magic, *arguments, site=None):
        """Runs `airlock` with an answer of statfs(2) that the kernel gives on such a file system."""
        little = magic.to_bytes(8, "little").hex()
        return w.run("strace", "-f", "-qq", "-o", os.devnull, "-e", f"inject=statfs:poke_exit=@arg2={little}",
                     w.program("airlock"), "--site", site or w.site_path, *arguments, code=None)

    w.site()
    entries = w.ledger_ok()["entries"]
    for magic, name in ((0x6969, "NFS"), (0xFF534D42, "SMB"), (0xFE534D42, "SMB"), (0x00C36400, "Ceph")):
        ran = as_if_on(magic, "process", REPORT)
        equal(ran.code, 8, str(ran))
        check(f"network file system ({name})" in ran.err and "use a local file system" in ran.err, ran.err)
    equal(w.ledger_ok()["entries"], entries)
    other = w.path / "other"
    ran = as_if_on(0x6969, "init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint(), site=other)
    equal(ran.code, 4, str(ran))
    check("NFS" in ran.err, ran.err)
    check(not (other / "airlock.json").exists(), "a site was made")
    equal(as_if_on(0xEF53, "process", REPORT).code, 0, "on ext4")


@case("a read-only file system: exit 8 with the reason; what only reads goes on")
def _(w):
    w.site()
    w.process()
    w.run("mount", "--bind", w.site_path, w.site_path)
    try:
        w.run("mount", "-o", "remount,ro,bind", w.site_path)
        ran = w.airlock("process", REPORT, code=8)
        check("read-only file system" in ran.err and "make the file system writable" in ran.err, ran.err)
        for command in (("status",), ("ledger", "verify"), ("ledger", "list"), ("ledger", "prove", "1"),
                        ("ledger", "backup", w.path / "copy.db")):
            w.airlock(*command)
        w.airlock("ledger", "adopt", "--yes", "--reason", "x", code=8)
    finally:
        w.run("umount", "-l", w.site_path)
    w.ledger_ok()


main()
