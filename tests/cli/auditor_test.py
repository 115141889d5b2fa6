"""What an auditor can check without Airlock."""
import base64
import hashlib
import json
import subprocess

from harness import REPORT


def inclusion_root(leaf, index, size, proof):
    """RFC 9162 2.1.3.2, written from the text."""
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        assert sn != 0, "the proof is too long"
        if fn & 1 or fn == sn:
            r = hashlib.sha256(b"\x01" + p + r).digest()
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            r = hashlib.sha256(b"\x01" + r + p).digest()
        fn >>= 1
        sn >>= 1
    assert sn == 0, "the proof is too short"
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


def test_the_bundle_opens_by_the_commands_of_its_own_how_to_verify(w):
    """The bundle opens and verifies by the commands of its own HOW-TO-VERIFY."""
    w.site()
    w.process(None, "--note", "change 4711")
    bundle = w.outbox()[0]
    folder = w.open_with_openssl(bundle)
    assert (folder / "HOW-TO-VERIFY.txt").read_bytes() == bundle.with_suffix(".txt").read_bytes()
    assert sorted(p.name for p in folder.iterdir() if p.suffix in (".json", ".txt") and p.name != bundle.with_suffix(".txt").name) \
        == sorted(["manifest.json", "report.json", "entry.json", "checkpoint.txt", "proof.txt", "consistency.txt",
                "policy.json", "dictionary.json", "HOW-TO-VERIFY.txt"])
    assert (folder / "consistency.txt").read_bytes() == b""


def test_an_auditor_opens_the_bundle_with_the_sites_archive_key(w):
    """An auditor at the site opens the bundle with its archive key, as the instructions say, and status prints what to compare."""
    w.site()
    w.process()
    bundle = w.outbox()[0]
    text = bundle.with_suffix(".txt").read_text()
    assert "keys/archive.crt and keys/archive.key" in text, text
    folder = w.open_with_openssl(bundle, recipient=w.site_path / "keys" / "archive")
    assert (folder / "report.json").read_bytes() == w.airlock("preview", REPORT).out
    shown = w.run("openssl", "x509", "-in", w.site_path / "keys/site.crt", "-noout", "-fingerprint", "-sha256").text
    digest = shown.strip().split("=")[1].replace(":", "").lower()
    assert w.airlock("status", "--json").json["certificate_sha256"] == digest
    assert digest in text and f"SHA-256 {digest}" in w.airlock("status").text, "the fingerprint"


def test_the_archive_holds_exactly_nine_files_as_plain_ustar(w):
    """The archive holds exactly the nine files in their order, as plain ustar."""
    w.site()
    w.process()
    folder = w.open_with_openssl(w.outbox()[0])
    listing = w.run("tar", "-tvf", "content.tar", cwd=folder).text.splitlines()
    assert [l.split()[-1] for l in listing] \
        == ["manifest.json", "report.json", "entry.json", "checkpoint.txt", "proof.txt", "consistency.txt", "policy.json",
         "dictionary.json", "HOW-TO-VERIFY.txt"]
    assert all(l.startswith("-rw-r--r-- ") for l in listing), "regular files only"
    assert (folder / "content.tar").read_bytes()[257:263] == b"ustar\0"


def test_every_digest_and_size_of_the_manifest_holds(w):
    """Every digest and size of the manifest holds, and the decision's digests are of the enclosed documents."""
    w.site()
    w.process()
    folder = w.open_with_openssl(w.outbox()[0])
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for record in manifest["files"]:
        content = (folder / record["name"]).read_bytes()
        assert len(content) == record["size"], record["name"]
        assert hashlib.sha256(content).hexdigest() == record["sha256"], record["name"]
    for document in ("policy", "dictionary"):
        assert manifest["decision"][document]["sha256"] == hashlib.sha256((folder / f"{document}.json").read_bytes()).hexdigest(), \
            document
    entry = json.loads((folder / "entry.json").read_bytes())
    assert entry["payload"]["sha256"] == hashlib.sha256((folder / "report.json").read_bytes()).hexdigest()
    assert entry["disclosure"]["id"] == manifest["bundle_id"]


def test_the_proof_leads_to_the_checkpoint_by_another_implementation(w):
    """The proof leads from entry.json to the checkpoint's root, by another implementation of RFC 9162."""
    w.site()
    w.process()
    for n in range(2, 6):
        w.process(w.report_of(f"1.35.{n}"))
    for bundle in w.outbox():
        folder = w.open_with_openssl(bundle)
        checkpoint = (folder / "checkpoint.txt").read_text().splitlines()
        lines = (folder / "proof.txt").read_text().splitlines()
        assert lines[0] == "c2sp.org/tlog-proof@v1"
        index = int(lines[1].split()[1])
        end = lines.index("")
        proof = [base64.b64decode(l) for l in lines[2:end]]
        assert "\n".join(lines[end + 1:]) + "\n" == (folder / "checkpoint.txt").read_text()
        leaf = hashlib.sha256(b"\x00" + (folder / "entry.json").read_bytes()).digest()
        root = inclusion_root(leaf, index, int(checkpoint[1]), proof)
        assert base64.b64encode(root).decode() == checkpoint[2]
        assert checkpoint[0] == "airlock/" + w.site_id


def test_the_checkpoints_root_is_that_of_the_bodies_sqlite3_reads(w):
    """sqlite3 reads the ledger: the checkpoint's root is that of the entries' bodies."""
    w.site()
    w.process()
    w.process()
    rows = w.run("sqlite3", "-readonly", "-json", w.site_path / "ledger.db",
                 "SELECT seq, body, time, kind, report_id, hex(leaf) AS leaf FROM entries ORDER BY seq").json
    for row in rows:
        body = json.loads(row["body"])
        assert body["format"] == "airlock-entry/2"
        assert (body["seq"], body["time"], body["kind"]) == (row["seq"], row["time"], row["kind"])
        assert body.get("report_id") == row["report_id"]
        assert len(body["nonce"]) == 32
        assert hashlib.sha256(b"\x00" + row["body"].encode()).hexdigest().upper() == row["leaf"]
    root = tree_root([r["body"].encode() for r in rows])
    assert root.hex() == w.ledger_ok()["ledger_root"]
    assert w.run("sqlite3", "-readonly", w.site_path / "ledger.db", "PRAGMA integrity_check").text == "ok\n"
    checkpoints = w.run("sqlite3", "-readonly", "-json", w.site_path / "ledger.db", "SELECT size, note FROM checkpoints").json
    for checkpoint in checkpoints:
        lines = checkpoint["note"].splitlines()
        assert int(lines[1]) == checkpoint["size"]
        assert base64.b64encode(tree_root([r["body"].encode() for r in rows[:checkpoint["size"]]])).decode() == lines[2]


def test_no_value_of_a_report_is_in_any_entry_of_the_ledger(w):
    w.site()
    w.process()
    w.process(w.report(lambda d: d.update({"event": "nobody@example.com"})), code=4)
    w.process(w.report(lambda d: d["properties"].update({"secret_token_xyz": "hunter2-hunter2"})), code=(0, 4))
    text = w.run("sqlite3", "-readonly", w.site_path / "ledger.db", "SELECT body FROM entries").text
    for value in ("playground", "165.22", "London", "SL1", "BGQQ", "VY1tss", "Hubspot", "autocapture", "nobody@", "hunter2",
                  "secret_token_xyz", "52113", "1627639"):
        assert value not in text, f"{value} is in the ledger"


def test_gpgsm_another_implementation_verifies_the_sites_signature(w):
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
    assert "Good signature" in ran.err, str(ran)
    changed = bytearray((folder / "signed.der").read_bytes())
    changed[len(changed) // 2] ^= 1
    (folder / "signed.der").write_bytes(changed)
    process = subprocess.run(["gpgsm", "--batch", "--disable-crl-checks", "--verify", "signed.der"], cwd=folder,
                             env={"GNUPGHOME": str(home), "PATH": "/usr/bin:/bin"}, capture_output=True, check=False)
    assert b"Good signature" not in process.stderr, "gpgsm took a changed signature"


def test_licence_kit_and_site_request_verify_with_stock_openssl(w):
    w.site()
    for file, ca in (("public/licence.p7s", w.root), ("public/kit.p7s", w.root), ("site-request.p7s", w.site_path / "keys/site.crt")):
        ran = w.run("openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-in", w.site_path / file, "-CAfile", ca,
                    "-no-CApath", "-no-CAstore")
        assert "successful" in ran.err, str(ran)
    licence = w.run("openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-in", w.site_path / "public/licence.p7s",
                    "-CAfile", w.root, "-no-CApath", "-no-CAstore").json
    assert licence["format"] == "airlock-licence/1"
    assert licence["sites"][0]["id"] == w.site_id
    spki = w.shell("openssl x509 -in site/keys/site.crt -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum").text
    assert licence["sites"][0]["key_sha256"] == spki.split()[0]
