"""New keys for a site: recorded, finished after a crash, and what the former ones made still opens and verifies."""
import json
import shutil

from harness import LONG, case, check, equal, main


def another(w, version):
    return w.report(lambda d: d["properties"].update({"posthog_version": version}))


def fingerprint(w, *arguments, **options):
    return w.airlock("key", "rotate", *arguments, "--yes", "--json", **options).json["fingerprint"]


@case("every key is rotated, one after another: old bundles open and verify at both ends, and new ones too")
def _(w):
    w.site()
    w.process(another(w, "1.36.1"))
    first = (w.site_path / "site-request.p7s").read_bytes()
    fingerprints = []
    for number, key in enumerate(("archive", "ledger", "site", "ledger", "site", "pseudonym"), 2):
        before = {p.name: p.read_bytes() for p in (w.site_path / "keys").iterdir() if p.is_file()}
        fingerprints.append(fingerprint(w, key))
        after = {p.name: p.read_bytes() for p in (w.site_path / "keys").iterdir() if p.is_file()}
        changed = {name for name in after if before[name] != after[name]}
        equal(changed, {"site": {"site.key", "site.crt"}, "archive": {"archive.key", "archive.crt"}}.get(key, {key + ".key"}))
        equal(list((w.site_path / "keys").glob("next-*")), [])
        w.ledger_ok()
        state = w.airlock("licence", "verify", "--json", code=(0, 6)).json["state"]
        equal(state, "wrong_site" if number >= 4 else "valid")
    equal(fingerprints[5], None)
    result = w.process(another(w, "1.36.2"))
    equal((result["outcome"], result["licence_state"]), ("sealed", "wrong_site"))
    # The vendor takes the newest request because the keys that it knows have signed for it; the first one is old.
    ran = w.vendor("site", "add", w.site_path / "site-request.p7s", "--fingerprint", fingerprints[4], "--json").json
    equal((ran["new"], ran["fingerprint"]), (True, fingerprints[4]))
    w.vendor("site", "add", w.file("first.p7s", first), code=4)
    for bundle in w.outbox():
        w.vendor("open", bundle)
        w.airlock("bundle", "verify", bundle)
    equal(len(w.outbox()), 2)
    # The renewed licence is for the new key.
    serial = w.vendor("licence", "list", "--json").json["licences"][0]["serial"]
    w.vendor("licence", "renew", serial, "--not-after", "2099-01-01", "--out", w.path / "renewed.p7s")
    w.airlock("licence", "install", w.path / "renewed.p7s")
    equal(w.process(another(w, "1.36.3"))["licence_state"], "valid")
    equal(w.airlock("licence", "verify", "--json").json["state"], "valid")
    kinds = w.run("sqlite3", w.site_path / "ledger.db", "SELECT count(*) FROM entries WHERE kind = 'key_rotated'").text
    equal(kinds.strip(), "6")
    for path in (w.site_path / "keys").rglob("*.key"):
        equal(oct(path.stat().st_mode & 0o777), "0o600", str(path))
    former = {p.name.split("-")[0] + p.suffix for p in (w.site_path / "keys/former").iterdir()}
    equal(former, {"archive.key", "archive.crt", "ledger.txt", "site.crt", "site.p7s", "pseudonym.key"})


@case("a checkpoint by a former key counts for the trees of its time and for no later one")
def _(w):
    w.site()
    w.process(another(w, "1.36.1"))
    old = w.file("old.key", (w.site_path / "keys/ledger.key").read_bytes())
    old.chmod(0o600)
    fingerprint(w, "ledger")
    w.ledger_ok()
    w.process(another(w, "1.36.2"))
    w.ledger_ok()
    # Somebody with the former key goes on signing.
    shutil.copy(old, w.site_path / "keys/ledger.key")
    w.process(another(w, "1.36.3"))
    ran = w.airlock("ledger", "verify", code=5)
    check("a key that was not in force" in ran.err, ran.err)


@case("a request that the registered key has not signed for is refused by the vendor")
def _(w):
    w.site()
    w.new_site(path=w.path / "other", kit=w.kit)
    site_id = w.run("cat", w.site_path / "public/site.json").json["site_id"]
    # A site with the same id and keys of its own.
    forged = w.path / "forged"
    w.airlock("init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint(), "--site-id", site_id, site=forged)
    ran = w.vendor("site", "add", forged / "site-request.p7s", code=4)
    check("the site's registered key has not signed for it" in ran.err, ran.err)
    w.airlock("key", "rotate", "site", "--yes", site=forged)
    w.vendor("site", "add", forged / "site-request.p7s", code=4)


@case("destroyed pseudonym keys are gone, and so are the former ones")
def _(w):
    w.site(tier="enterprise", entitlements=())
    keys = w.site_path / "keys"
    fingerprint(w, "pseudonym")
    secrets = [(keys / "pseudonym.key").read_bytes()] + [p.read_bytes() for p in (keys / "former").glob("pseudonym-*.key")]
    equal(len(secrets), 2)
    w.airlock("key", "destroy", "ledger", "--yes", code=2)
    w.airlock("key", "destroy", "pseudonym", code=2)
    equal(len(list((keys / "former").glob("pseudonym-*.key"))), 1)
    known = w.airlock("pseudonym", "lookup", "x@example.com", "--json").json["pseudonyms"]
    equal({p["by_key"] for p in known}, {"in force", "former"})
    w.airlock("key", "destroy", "pseudonym", "--yes")
    after = w.airlock("pseudonym", "lookup", "x@example.com", "--json").json["pseudonyms"]
    check(after and not {p["pseudonym"] for p in known} & {p["pseudonym"] for p in after}, "a pseudonym can still be computed")
    kinds = w.run("sqlite3", w.site_path / "ledger.db", "SELECT kind FROM entries WHERE kind LIKE 'key_%' ORDER BY seq").text.split()
    equal(kinds, ["key_rotated", "key_destroyed"], "what is recorded")
    left = [p.read_bytes() for p in w.site_path.rglob("*") if p.is_file()]
    check(all(secret.strip() not in content for secret in secrets for content in left), "a key is still there")
    w.airlock("key", "rotate", "nothing", code=2)
    w.ledger_ok()


@case("killed at any change of the disk, a rotation is done or undone by the next command")
def _(w):
    w.site()
    w.process(another(w, "1.36.1"))
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
            changed = another(w, f"1.36.{tried}9")
            equal(w.process(changed)["outcome"], "sealed", f"{key} at {at}")
            w.ledger_ok()
            equal(list((w.site_path / "keys").glob("next-*")), [])
            for bundle in w.outbox():
                w.airlock("bundle", "verify", bundle)
            w.site_path = base
    check(tried > 10, f"only {tried} crashes")
    print(f"counted: {tried} crashes of a rotation, at every {step}th change of the disk")


main()
