"""New keys for a site: recorded, finished after a crash, and what the former ones made still opens and verifies."""
import shutil

import pytest
from harness import LONG


def fingerprint(w, *arguments, **options):
    return w.airlock("key", "rotate", *arguments, "--yes", "--json", **options).json["fingerprint"]


def test_every_key_is_rotated_and_old_and_new_bundles_open(w):
    """Every key is rotated, one after another: old bundles open and verify at both ends, and new ones too."""
    w.site()
    w.process(w.report_of("1.36.1"))
    first = (w.site_path / "site-request.p7s").read_bytes()
    fingerprints = []
    for number, key in enumerate(("archive", "ledger", "site", "ledger", "site", "pseudonym"), 2):
        before = {p.name: p.read_bytes() for p in (w.site_path / "keys").iterdir() if p.is_file()}
        fingerprints.append(fingerprint(w, key))
        after = {p.name: p.read_bytes() for p in (w.site_path / "keys").iterdir() if p.is_file()}
        changed = {name for name in after if before[name] != after[name]}
        beside = {"site": "site.crt", "archive": "archive.crt", "ledger": "ledger.pub"}.get(key)
        assert changed == {key + ".key", beside} - {None}
        assert list((w.site_path / "keys").glob("next-*")) == []
        w.ledger_ok()
        state = w.airlock("licence", "verify", "--json", code=(0, 6)).json["state"]
        assert state == ("wrong_site" if number >= 4 else "valid")
    assert fingerprints[5] == None
    result = w.process(w.report_of("1.36.2"))
    assert (result["outcome"], result["licence_state"]) == ("sealed", "wrong_site")
    # The vendor takes the newest request because the keys that it knows have signed for it; the first one is old.
    ran = w.vendor("site", "add", w.site_path / "site-request.p7s", "--fingerprint", fingerprints[4], "--json").json
    assert (ran["new"], ran["fingerprint"]) == (True, fingerprints[4])
    w.vendor("site", "add", w.file("first.p7s", first), code=4)
    for bundle in w.outbox():
        w.vendor("open", bundle)
        w.airlock("bundle", "verify", bundle)
    assert len(w.outbox()) == 2
    # The renewed licence is for the new key.
    serial = w.vendor("licence", "list", "--json").json["licences"][0]["serial"]
    w.vendor("licence", "renew", serial, "--not-after", "2099-01-01", "--out", w.path / "renewed.p7s")
    w.airlock("licence", "install", w.path / "renewed.p7s")
    assert w.process(w.report_of("1.36.3"))["licence_state"] == "valid"
    assert w.airlock("licence", "verify", "--json").json["state"] == "valid"
    kinds = w.run("sqlite3", w.site_path / "ledger.db", "SELECT count(*) FROM entries WHERE kind = 'key_rotated'").text
    assert kinds.strip() == "6"
    for path in (w.site_path / "keys").rglob("*.key"):
        assert oct(path.stat().st_mode & 0o777) == "0o600", str(path)
    former = {p.name.split("-")[0] + p.suffix for p in (w.site_path / "keys/former").iterdir()}
    assert former == {"archive.key", "archive.crt", "ledger.txt", "site.crt", "site.p7s", "pseudonym.key"}


def test_a_checkpoint_by_a_former_key_counts_for_the_trees_of_its_time(w):
    """A checkpoint by a former key counts for the trees of its time and for no later one."""
    w.site()
    w.process(w.report_of("1.36.1"))
    old = w.file("old.key", (w.site_path / "keys/ledger.key").read_bytes())
    old.chmod(0o600)
    fingerprint(w, "ledger")
    w.ledger_ok()
    w.process(w.report_of("1.36.2"))
    w.ledger_ok()
    # Somebody with the former key goes on signing.
    shutil.copy(old, w.site_path / "keys/ledger.key")
    w.process(w.report_of("1.36.3"))
    ran = w.airlock("ledger", "verify", code=5)
    assert "a key that was not in force" in ran.err, ran.err


def test_a_request_that_the_registered_key_has_not_signed_for_is_refused(w):
    """A request that the registered key has not signed for is refused by the vendor."""
    w.site()
    w.new_site(path=w.path / "other", kit=w.kit)
    site_id = w.run("cat", w.site_path / "public/site.json").json["site_id"]
    # A site with the same id and keys of its own.
    forged = w.path / "forged"
    w.airlock("init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint(), "--site-id", site_id, site=forged)
    ran = w.vendor("site", "add", forged / "site-request.p7s", code=4)
    assert "the registered key did not sign this request" in ran.err, ran.err
    w.airlock("key", "rotate", "site", "--yes", site=forged)
    w.vendor("site", "add", forged / "site-request.p7s", code=4)


def test_destroyed_pseudonym_keys_are_gone_and_so_are_the_former_ones(w):
    w.site(tier="enterprise", entitlements=())
    keys = w.site_path / "keys"
    fingerprint(w, "pseudonym")
    secrets = [(keys / "pseudonym.key").read_bytes()] + [p.read_bytes() for p in (keys / "former").glob("pseudonym-*.key")]
    assert len(secrets) == 2
    w.airlock("key", "destroy", "ledger", "--yes", code=2)
    w.airlock("key", "destroy", "pseudonym", code=2)
    assert len(list((keys / "former").glob("pseudonym-*.key"))) == 1
    known = w.airlock("pseudonym", "lookup", "x@example.com", "--json").json["pseudonyms"]
    assert {p["by_key"] for p in known} == {"in force", "former"}
    w.airlock("key", "destroy", "pseudonym", "--yes")
    after = w.airlock("pseudonym", "lookup", "x@example.com", "--json").json["pseudonyms"]
    assert after and not {p["pseudonym"] for p in known} & {p["pseudonym"] for p in after}, "a pseudonym can still be computed"
    kinds = w.run("sqlite3", w.site_path / "ledger.db", "SELECT kind FROM entries WHERE kind LIKE 'key_%' ORDER BY seq").text.split()
    assert kinds == ["key_rotated", "key_destroyed"], "kinds of entries"
    left = [p.read_bytes() for p in w.site_path.rglob("*") if p.is_file()]
    assert all(secret.strip() not in content for secret in secrets for content in left), "a key is still there"
    w.airlock("key", "rotate", "nothing", code=2)
    w.ledger_ok()


@pytest.mark.takes(5)
def test_a_rotation_killed_anywhere_is_done_or_undone_by_the_next_command(w):
    """Killed at any change of the disk, a rotation is done or undone by the next command."""
    w.site()
    w.process(w.report_of("1.36.1"))
    base = w.site_path
    calls = "rename,renameat,renameat2,unlink,unlinkat,link,linkat,mkdir,fsync,fdatasync,pwrite64"
    tried = 0
    step = 2 if LONG else 6
    for key in ("archive", "ledger", "site", "pseudonym"):
        at = 0
        while True:
            at += step
            shutil.rmtree(w.path / "copy", ignore_errors=True)
            shutil.copytree(base, w.path / "copy", copy_function=shutil.copy2)
            ran = w.run("strace", "-f", "-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={calls}:signal=KILL:when={at}",
                        w.program("airlock"), "--site", w.path / "copy", "key", "rotate", key, "--yes", code=(0, -9, 137))
            if ran.code == 0:
                break
            tried += 1
            w.site_path = w.path / "copy"
            changed = w.report_of(f"1.36.{tried}9")
            assert w.process(changed)["outcome"] == "sealed", f"{key} at {at}"
            w.ledger_ok()
            assert list((w.site_path / "keys").glob("next-*")) == []
            for bundle in w.outbox():
                w.airlock("bundle", "verify", bundle)
            w.site_path = base
    assert tried > 10, f"only {tried} crashes"
    print(f"counted: {tried} crashes of a rotation, at every {step}th change of the disk")
