"""What was once known stays known: kits and revocation lists that are taken away, and other customers' licences."""
import json
import os
import shutil
import subprocess

from harness import LONG, case, check, equal, main


def states(w, code):
    """The state by `licence verify`, `status` and `doctor`, which must agree."""
    verdict = w.airlock("licence", "verify", "--json", code=code).json["state"]
    equal(w.airlock("status", "--json").json["licence"]["state"], verdict, "status and licence verify")
    doctor = w.airlock("doctor", "--json", code=None)
    check("and this site finds it" not in doctor.text, str(doctor))
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
    equal(states(w, 6), "revoked")
    return licence, old, new.read_bytes()


@case("a kit that is removed, older, a folder or a FIFO makes the licence invalid to everybody; a newer one that verifies is fine")
def _(w):
    _, old, new = revoked_site(w)
    kit = w.site_path / "public/kit.p7s"
    equal(public(w)["format"], "airlock-public/2")
    equal(public(w)["kit"]["number"], 2)

    def attack(what, code, make):
        kit.unlink()
        make()
        equal(states(w, code), "invalid", what)
        check("nobody can say" in w.airlock("licence", "verify", code=code).err, what)
        if kit.is_dir():
            kit.rmdir()
        elif kit.is_fifo() or kit.is_symlink() or kit.exists():
            kit.unlink()
        kit.write_bytes(new)
        equal(states(w, 6), "revoked", what)

    attack("removed", 5, lambda: None)
    attack("older", 5, lambda: kit.write_bytes(old))
    attack("folder", 3, kit.mkdir)
    attack("FIFO", 3, lambda: os.mkfifo(kit))
    home, w.home = w.home, w.path / "other"
    shutil.copytree(home, w.home)
    again = w.new_kit().read_bytes()  # it revokes the licence too
    w.home = home
    kit.write_bytes(again)
    equal(states(w, 6), "revoked", "a newer kit that verifies is fine")
    kit.write_bytes(new)
    kit.unlink()
    equal(w.process(code=4)["licence_state"], "invalid")
    equal(w.outbox(), [])
    w.airlock("kit", "install", w.file("again.p7s", new))
    equal(states(w, 6), "revoked")
    w.ledger_ok()


@case("a site of the release before remembers the kit from its next command on")
def _(w):
    _, old, _ = revoked_site(w)
    now = public(w)
    former = {k: v for k, v in now.items() if k not in ("kit", "licence_sequences", "revocation_lists")}
    (w.site_path / "public/site.json").write_text(json.dumps({**former, "format": "airlock-public/1"}))
    equal(states(w, 6), "revoked")
    w.process(code=4)
    equal(public(w)["kit"], now["kit"])


@case("another customer's licence for any site, put into public for one run, supersedes none of this site's")
def _(w):
    w.site()
    licence = w.site_path / "public/licence.p7s"
    own = licence.read_bytes()
    foreign = w.path / "foreign.p7s"
    w.vendor("licence", "issue", "--tier", "standard", "--licensee", "Another Customer", "--any-site", "--not-after",
             "2099-01-01", "--out", foreign)
    shutil.copy(foreign, licence)
    w.process(code=None)
    licence.write_bytes(own)
    equal(states(w, 0), "valid")
    w.process(w.report(lambda d: d["properties"].update({"posthog_version": "1.36.0"})), code=None)
    equal(states(w, 0), "valid")
    equal(len(public(w)["licence_sequences"]), 2)
    w.ledger_ok()


@case("a backup older than the kit that is known is invalid until a person authorises it, or the newer kit is installed")
def _(w):
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
        equal(states(w, 5), "invalid")
        old = w.file("old.p7s", (w.site_path / "public/kit.p7s").read_bytes())
        w.airlock("kit", "install", old, code=4)
        equal(states(w, 5), "invalid")
        mend()
        equal(states(w, 0), "valid")
        check(not (w.site_path / "kit-proposed.p7s").exists(), "nothing waits any more")
    w.ledger_ok()


@case("`kit install` killed at each rename and sync: the next command finishes it, and revoked is never valid again")
def _(w):
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
            check(before in ("valid", "revoked"), f"{call} {nth}: {before}")
            w.process(code=None)
            after = w.airlock("licence", "verify", "--json", code=None).json["state"]
            named = public(w)["kit"]["number"]
            equal(after, "revoked" if named == 2 else "valid", f"{call} {nth}")
            check(before != "revoked" or after == "revoked", f"{call} {nth}: {before}, then {after}")
            equal(w.airlock("status", "--json").json["licence"]["state"], after, f"{call} {nth}")
            w.airlock("kit", "install", new)
            equal(states(w, 6), "revoked")
    check(killed > 3, f"{killed} kills")
    print(f"counted: {killed} kills of kit install" + ("" if LONG else " (AIRLOCK_TEST_LONG=1: at each)"))


main()
