"""Upgrade and downgrade of a site (docs/guides/install.md). What today's program does with a ledger of a newer format is what an older program does
after a downgrade."""
import hashlib
import shutil
import tarfile

from harness import TOP


def content(folder):
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith(".lock")}


def test_the_owners_first_command_upgrades_the_ledger_and_nothing_else(w):
    """The first command of the owner upgrades an old ledger, `status` too, and changes nothing else."""
    with tarfile.open(TOP / "tests/kit/released/site-1.tar.gz") as archive:
        archive.extractall(w.path)
    w.site_path = next(path.parent for path in w.path.rglob("airlock.json"))
    ledger = w.site_path / "ledger.db"
    version = lambda: w.run("sqlite3", "-readonly", ledger, "PRAGMA user_version").text.strip()
    assert version() == "1"
    before = content(w.site_path)
    w.airlock("status")
    assert version() == "2"
    w.ledger_ok()
    after = content(w.site_path)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed == {"ledger.db"}, changed
    w.airlock("hold", "--reason", "after the upgrade")
    w.ledger_ok()


def test_an_older_program_leaves_a_newer_ledger_alone_and_the_backup_goes_on(w):
    """An older program refuses a newer ledger, names both versions and changes nothing; the backup of before the upgrade goes on."""
    w.site()
    w.process()
    backup = w.path / "backup"
    shutil.copytree(w.site_path, backup)
    w.run("sqlite3", w.site_path / "ledger.db", "PRAGMA user_version = 3")  # as a newer release does, once it writes
    before = content(w.site_path)
    for command, code in (("status",), None), (("ledger", "verify"), None), (("process", w.report_of("1.2.3")), 8), (("hold", "--reason", "x"), None):
        ran = w.airlock(*command, code=code)
        assert ran.code != 0, ran
        assert "has version 3 of its format, but this Airlock knows 2 at most" in ran.err and "upgrade Airlock" in ran.err, ran
        assert content(w.site_path) == before, f"{command} changed something"
    shutil.rmtree(w.site_path)
    shutil.copytree(backup, w.site_path)
    w.ledger_ok()
    assert w.process(w.report_of("1.2.3"))["outcome"] == "sealed"
