"""What an auditor can check without Airlock."""
import base64
import hashlib
import json
import subprocess

from harness import REPORT, case, check, equal, main


def inclusion_root(leaf, index, size, proof):
    """RFC 9162 2.1.3.2, written from the text."""
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        check(sn != 0, "the proof is too long")
        if fn & 1 or fn == sn:
            r = hashlib.sha256(b"\x01" + p + r).digest()
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            r = hashlib.sha256(b"\x01" + r + p).digest()
        fn >>= 1
        sn >>= 1
    check(sn == 0, "the proof is too short")
    return r


def tree_root(leaves):
    """RFC 6962 2.1, by recursion."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + tree_root(leaves[:k]) + tree_root(leaves[k:])).digest()


@case("the bundle opens and verifies by the commands of its own HOW-TO-VERIFY")
def _(w):
    w.site()
    w.process(None, "--note", "change 4711")
    bundle = w.outbox()[0]
    folder = w.open_with_openssl(bundle)
    equal((folder / "HOW-TO-VERIFY.txt").read_bytes(), bundle.with_suffix(".txt").read_bytes())
    equal(sorted(p.name for p in folder.iterdir() if p.suffix in (".json", ".txt") and p.name != bundle.with_suffix(".txt").name),
          sorted(["manifest.json", "report.json", "entry.json", "checkpoint.txt", "proof.txt", "consistency.txt",
                  "policy.json", "dictionary.json", "HOW-TO-VERIFY.txt"]))
    equal((folder / "consistency.txt").read_bytes(), b"")


@case("an auditor at the site opens the bundle with its archive key, as the instructions say, and status prints what to compare")
def _(w):
    w.site()
    w.process()
    bundle = w.outbox()[0]
    text = bundle.with_suffix(".txt").read_text()
    check("keys/archive.crt and keys/archive.key" in text, text)
    folder = w.open_with_openssl(bundle, recipient=w.site_path / "keys" / "archive")
    equal((folder / "report.json").read_bytes(), w.airlock("preview", REPORT).out)
    shown = w.run("openssl", "x509", "-in", w.site_path / "keys/site.crt", "-noout", "-fingerprint", "-sha256").text
    digest = shown.strip().split("=")[1].replace(":", "").lower()
    equal(w.airlock("status", "--json").json["certificate_sha256"], digest)
    check(digest in text and f"SHA-256 {digest}" in w.airlock("status").text, "the fingerprint")


@case("the archive holds exactly the nine files in their order, as plain ustar")
def _(w):
    w.site()
    w.process()
    folder = w.open_with_openssl(w.outbox()[0])
    listing = w.run("tar", "-tvf", "content.tar", cwd=folder).text.splitlines()
    equal([l.split()[-1] for l in listing],
          ["manifest.json", "report.json", "entry.json", "checkpoint.txt", "proof.txt", "consistency.txt", "policy.json",
           "dictionary.json", "HOW-TO-VERIFY.txt"])
    check(all(l.startswith("-rw-r--r-- ") for l in listing), "regular files only")
    equal((folder / "content.tar").read_bytes()[257:263], b"ustar\0")


@case("every digest and size of the manifest holds, and the decision's digests are of the enclosed documents")
def _(w):
    w.site()
    w.process()
    folder = w.open_with_openssl(w.outbox()[0])
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for record in manifest["files"]:
        content = (folder / record["name"]).read_bytes()
        equal(len(content), record["size"], record["name"])
        equal(hashlib.sha256(content).hexdigest(), record["sha256"], record["name"])
    for document in ("policy", "dictionary"):
        equal(manifest["decision"][document]["sha256"],
              hashlib.sha256((folder / f"{document}.json").read_bytes()).hexdigest(), document)
    entry = json.loads((folder / "entry.json").read_bytes())
    equal(entry["payload"]["sha256"], hashlib.sha256((folder / "report.json").read_bytes()).hexdigest())
    equal(entry["disclosure"]["id"], manifest["bundle_id"])


@case("the proof leads from entry.json to the checkpoint's root, by another implementation of RFC 9162")
def _(w):
    w.site()
    w.process()
    for n in range(2, 6):
        w.process(w.report(lambda d: d["properties"].update({"posthog_version": f"1.35.{n}"})))
    for bundle in w.outbox():
        folder = w.open_with_openssl(bundle)
        checkpoint = (folder / "checkpoint.txt").read_text().splitlines()
        lines = (folder / "proof.txt").read_text().splitlines()
        equal(lines[0], "c2sp.org/tlog-proof@v1")
        index = int(lines[1].split()[1])
        end = lines.index("")
        proof = [base64.b64decode(l) for l in lines[2:end]]
        equal("\n".join(lines[end + 1:]) + "\n", (folder / "checkpoint.txt").read_text())
        leaf = hashlib.sha256(b"\x00" + (folder / "entry.json").read_bytes()).digest()
        root = inclusion_root(leaf, index, int(checkpoint[1]), proof)
        equal(base64.b64encode(root).decode(), checkpoint[2])
        equal(checkpoint[0], "airlock/" + w.site_id)


@case("sqlite3 reads the ledger: the checkpoint's root is that of the entries' bodies")
def _(w):
    w.site()
    w.process()
    w.process()
    rows = w.run("sqlite3", "-readonly", "-json", w.site_path / "ledger.db",
                 "SELECT seq, body, time, kind, report_id, hex(leaf) AS leaf FROM entries ORDER BY seq").json
    for row in rows:
        body = json.loads(row["body"])
        equal(body["format"], "airlock-entry/2")
        equal((body["seq"], body["time"], body["kind"]), (row["seq"], row["time"], row["kind"]))
        equal(body.get("report_id"), row["report_id"])
        equal(len(body["nonce"]), 32)
        equal(hashlib.sha256(b"\x00" + row["body"].encode()).hexdigest().upper(), row["leaf"])
    root = tree_root([r["body"].encode() for r in rows])
    equal(root.hex(), w.ledger_ok()["ledger_root"])
    equal(w.run("sqlite3", "-readonly", w.site_path / "ledger.db", "PRAGMA integrity_check").text, "ok\n")
    checkpoints = w.run("sqlite3", "-readonly", "-json", w.site_path / "ledger.db", "SELECT size, note FROM checkpoints").json
    for checkpoint in checkpoints:
        lines = checkpoint["note"].splitlines()
        equal(int(lines[1]), checkpoint["size"])
        equal(base64.b64encode(tree_root([r["body"].encode() for r in rows[:checkpoint["size"]]])).decode(), lines[2])


@case("no value of a report is in any entry of the ledger")
def _(w):
    w.site()
    w.process()
    w.process(w.report(lambda d: d.update({"event": "nobody@example.com"})), code=4)
    w.process(w.report(lambda d: d["properties"].update({"secret_token_xyz": "hunter2-hunter2"})), code=(0, 4))
    text = w.run("sqlite3", "-readonly", w.site_path / "ledger.db", "SELECT body FROM entries").text
    for value in ("playground", "165.22", "London", "SL1", "BGQQ", "VY1tss", "Hubspot", "autocapture", "nobody@", "hunter2",
                  "secret_token_xyz", "52113", "1627639"):
        check(value not in text, f"{value} is in the ledger")


@case("gpgsm, another implementation, verifies the site's signature")
def _(w):
    w.site()
    w.process()
    folder = w.open_with_openssl(w.outbox()[0])
    home = folder / "gnupg"
    home.mkdir(mode=0o700)
    fingerprint = w.run("openssl", "x509", "-in", "site.crt", "-noout", "-fingerprint", "-sha1", cwd=folder).text
    (home / "trustlist.txt").write_text(fingerprint.strip().split("=")[1] + " S relax\n")
    environment = {"GNUPGHOME": str(home)}
    w.run("gpgsm", "--batch", "--import", "site.crt", cwd=folder, env=environment)
    ran = w.run("gpgsm", "--batch", "--disable-crl-checks", "--verify", "signed.der", cwd=folder, env=environment)
    check("Good signature" in ran.err, str(ran))
    changed = bytearray((folder / "signed.der").read_bytes())
    changed[len(changed) // 2] ^= 1
    (folder / "signed.der").write_bytes(changed)
    process = subprocess.run(["gpgsm", "--batch", "--disable-crl-checks", "--verify", "signed.der"], cwd=folder,
                             env={"GNUPGHOME": str(home), "PATH": "/usr/bin:/bin"}, capture_output=True, check=False)
    check(b"Good signature" not in process.stderr, "gpgsm took a changed signature")


@case("licence, kit and site request verify with stock openssl")
def _(w):
    w.site()
    for file, ca in (("public/licence.p7s", w.root), ("public/kit.p7s", w.root), ("site-request.p7s", w.site_path / "keys/site.crt")):
        ran = w.run("openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-in", w.site_path / file, "-CAfile", ca,
                    "-no-CApath", "-no-CAstore")
        check("successful" in ran.err, str(ran))
    licence = w.run("openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-in", w.site_path / "public/licence.p7s",
                    "-CAfile", w.root, "-no-CApath", "-no-CAstore").json
    equal(licence["format"], "airlock-licence/1")
    equal(licence["sites"][0]["id"], w.site_id)
    spki = w.shell("openssl x509 -in site/keys/site.crt -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum").text
    equal(licence["sites"][0]["key_sha256"], spki.split()[0])


main()
