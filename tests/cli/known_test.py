"""What was once known stays known: kits and revocation lists that are taken away, and other customers' licences."""
import json
import os
import shutil
import subprocess

import pytest
from harness import LONG


def states(w, code):
    """The state by `licence verify`, `status` and `doctor`, which must agree."""
    verdict = w.airlock("licence", "verify", "--json", code=code).json["state"]
    assert w.airlock("status", "--json").json["licence"]["state"] == verdict, "status and licence verify"
    doctor = w.airlock("doctor", "--json", code=None)
    assert "but for this site it is" not in doctor.text, str(doctor)
    return verdict


def public(w):
    return json.loads((w.site_path / "public/site.json").read_text())


def revoked_site(w):
    """A site whose licence the newest kit revokes, and the kit before it."""
    w.site()
    licence = w.site_path / "public/licence.p7s"
    serial = w.airlock("licence", "verify", "--json").json["licence"]["serial"]
    old = (w.site_path / "public/kit.p7s").read_bytes()
    w.vendor("licence", "revoke", serial)
    new = w.new_kit()
    w.airlock("kit", "install", new)
    assert states(w, 6) == "revoked"
    return licence, old, new.read_bytes()


def test_a_kit_that_is_removed_or_older_makes_the_licence_invalid_to_everybody(w):
    """A kit that is removed, older, a folder or a FIFO makes the licence invalid to everybody; a newer one that verifies is fine."""
    _, old, new = revoked_site(w)
    kit = w.site_path / "public/kit.p7s"
    assert public(w)["format"] == "airlock-public/2"
    assert public(w)["kit"]["number"] == 2

    def attack(what, code, make):
        kit.unlink()
        make()
        assert states(w, code) == "invalid", what
        assert "nobody can say" in w.airlock("licence", "verify", code=code).err, what
        if kit.is_dir():
            kit.rmdir()
        elif kit.is_fifo() or kit.is_symlink() or kit.exists():
            kit.unlink()
        kit.write_bytes(new)
        assert states(w, 6) == "revoked", what

    attack("removed", 5, lambda: None)
    attack("older", 5, lambda: kit.write_bytes(old))
    attack("folder", 3, kit.mkdir)
    attack("FIFO", 3, lambda: os.mkfifo(kit))
    home, w.home = w.home, w.path / "other"
    shutil.copytree(home, w.home)
    again = w.new_kit().read_bytes()  # it revokes the licence too
    w.home = home
    kit.write_bytes(again)
    assert states(w, 6) == "revoked", "a newer kit that verifies is fine"
    kit.write_bytes(new)
    kit.unlink()
    assert w.process(code=4)["licence_state"] == "invalid"
    assert w.outbox() == []
    w.airlock("kit", "install", w.file("again.p7s", new))
    assert states(w, 6) == "revoked"
    w.ledger_ok()


def test_a_site_of_the_release_before_remembers_the_kit_from_its_next_command_on(w):
    _, old, _ = revoked_site(w)
    now = public(w)
    former = {k: v for k, v in now.items() if k not in ("kit", "licence_sequences", "revocation_lists")}
    (w.site_path / "public/site.json").write_text(json.dumps({**former, "format": "airlock-public/1"}))
    assert states(w, 6) == "revoked"
    w.process(code=4)
    assert public(w)["kit"] == now["kit"]


def test_another_customers_licence_in_public_supersedes_none_of_this_sites(w):
    """Another customer's licence for any site, put into public for one run, supersedes none of this site's."""
    w.site()
    licence = w.site_path / "public/licence.p7s"
    own = licence.read_bytes()
    foreign = w.path / "foreign.p7s"
    w.vendor("licence", "issue", "--tier", "standard", "--licensee", "Another Customer", "--any-site", "--not-after",
             "2099-01-01", "--out", foreign)
    shutil.copy(foreign, licence)
    w.process(code=None)
    licence.write_bytes(own)
    assert states(w, 0) == "valid"
    w.process(w.report_of("1.36.0"), code=None)
    assert states(w, 0) == "valid"
    assert len(public(w)["licence_sequences"]) == 2
    w.ledger_ok()


def test_a_backup_older_than_the_known_kit_is_invalid_until_it_is_authorised(w):
    """A backup older than the kit that is known is invalid until a person authorises it, or the newer kit is installed."""
    w.site()
    backup = w.path / "backup"
    shutil.copytree(w.site_path, backup)
    newer = w.new_kit()
    w.airlock("kit", "install", newer)
    kept = w.path / "kept.json"
    shutil.copy(w.site_path / "public/site.json", kept)
    for mend in (lambda: w.airlock("authorise", "--reason", "the backup of yesterday", "--yes"),
                 lambda: w.airlock("kit", "install", newer)):
        shutil.rmtree(w.site_path)
        shutil.copytree(backup, w.site_path)
        shutil.copy(kept, w.site_path / "public/site.json")
        assert states(w, 5) == "invalid"
        old = w.file("old.p7s", (w.site_path / "public/kit.p7s").read_bytes())
        w.airlock("kit", "install", old, code=4)
        assert states(w, 5) == "invalid"
        mend()
        assert states(w, 0) == "valid"
        assert not (w.site_path / "kit-proposed.p7s").exists(), "nothing waits any more"
    w.ledger_ok()


@pytest.mark.takes(3)
def test_kit_install_killed_at_each_rename_is_finished_by_the_next_command(w):
    """`kit install` killed at each rename and sync: the next command finishes it, and revoked is never valid again."""
    w.site()
    serial = w.airlock("licence", "verify", "--json").json["licence"]["serial"]
    w.vendor("licence", "revoke", serial)
    new = w.new_kit()
    fresh = w.path / "fresh"
    shutil.copytree(w.site_path, fresh)
    killed = 0
    for call in ("rename,renameat,renameat2", "fsync,fdatasync"):
        for nth in range(1, 60, 1 if LONG else 3):
            shutil.rmtree(w.site_path)
            shutil.copytree(fresh, w.site_path)
            ran = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", f"-einject={call}:signal=KILL:when={nth}",
                                  w.program("airlock"), "--site", w.site_path, "kit", "install", new], capture_output=True)
            if ran.returncode == 0:
                break
            killed += 1
            before = w.airlock("licence", "verify", "--json", code=None).json["state"]
            assert before in ("valid", "revoked"), f"{call} {nth}: {before}"
            w.process(code=None)
            after = w.airlock("licence", "verify", "--json", code=None).json["state"]
            named = public(w)["kit"]["number"]
            assert after == ("revoked" if named == 2 else "valid"), f"{call} {nth}"
            assert before != "revoked" or after == "revoked", f"{call} {nth}: {before}, then {after}"
            assert w.airlock("status", "--json").json["licence"]["state"] == after, f"{call} {nth}"
            w.airlock("kit", "install", new)
            assert states(w, 6) == "revoked"
    assert killed > 3, f"{killed} kills"
    print(f"counted: {killed} kills of kit install" + ("" if LONG else " (AIRLOCK_TEST_LONG=1: at each)"))
