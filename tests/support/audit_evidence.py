#!/usr/bin/env python3
"""Verifies evidence without Airlock: Python's standard library, the `openssl` command, and the pages on the formats.

    audit_evidence.py EVIDENCE EXPORTER.crt

Raises `Fault` with the first thing that does not verify. It is written from docs/formats/evidence.md, docs/formats/ledger.md
and the RFCs, and shares nothing with the code under test. Exporters sign with a key on P-256.
"""
import base64
import hashlib
import io
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile


class Fault(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Fault(what)


def openssl(*arguments, stdin=None):
    done = subprocess.run(["openssl", *map(str, arguments)], input=stdin, capture_output=True, check=False)
    return done.returncode == 0, done.stdout


# The signed object (RFC 5652 5) to the byte: openssl reads some of it leniently.

def element(data, at, tag):
    """The content of a definite element of DER, and where it ends."""
    need(data[at:at + 1] == bytes([tag]), f"signed object: byte {at}")
    size, at = data[at + 1], at + 2
    if size > 127:
        count = size & 127
        need(0 < count < 5 and data[at] != 0, f"signed object: a length at byte {at}")
        size, at = int.from_bytes(data[at:at + count], "big"), at + count
        need(size > 127 and size >= 256 ** (count - 1), "signed object: a length is too long")
    need(at + size <= len(data), "signed object: it ends early")
    return data[at:at + size], at + size


def issuer_and_serial(certificate):
    body, _ = element(certificate, 0, 0x30)
    tbs, _ = element(body, 0, 0x30)
    _, at = element(tbs, 0, 0xA0)
    _, end = element(tbs, at, 0x02)
    serial, at = tbs[at:end], end
    _, at = element(tbs, at, 0x30)
    _, end = element(tbs, at, 0x30)
    return tbs[at:end] + serial


# The digest of a signed object, and the signature of this script's exporters: ECDSA with SHA-256.
SIGNED_BY = {bytes.fromhex("300b0609608648016503040201"): bytes.fromhex("06082a8648ce3d040302"),
             bytes.fromhex("300d06096086480165030402010500"): bytes.fromhex("06082a8648ce3d040302")}


def read_signed(data, certificate):
    """The content of the streamed SignedData, whose other parts must be exactly what they can be; the DER of its signed
    attributes (RFC 5652 5.4), and the signature over them."""
    head = bytes.fromhex("3080 06092a864886f70d010702 a080 3080 020101")
    need(data.startswith(head), "signed object: its beginning")
    digests, at = element(data, len(head), 0x31)
    inner = bytes.fromhex("3080 06092a864886f70d010701 a080 2480")
    need(data.startswith(inner, at), "signed object: its content's type")
    at += len(inner)
    pieces = []
    while data[at] == 0x04:
        piece, at = element(data, at, 0x04)
        pieces.append(piece)
    need(data[at:at + 6] == bytes(6), "signed object: the end of its content")
    certificates, at = element(data, at + 6, 0xA0)
    need(certificates == certificate, "signed object: its certificates")
    signers, at = element(data, at, 0x31)
    need(data[at:] == bytes(6), "signed object: what follows its end")
    info, end = element(signers, 0, 0x30)
    need(end == len(signers), "signed object: its signers")
    need(info[:3] == b"\x02\x01\x01", "signed object: the signer's version")
    who, at = element(info, 3, 0x30)
    need(who == issuer_and_serial(certificate), "signed object: the signer's name")
    _, end = element(info, at, 0x30)
    need(info[at:end] == digests and digests in SIGNED_BY, "signed object: its digest algorithm")
    at = end
    _, end = element(info, at, 0xA0)
    attributes = b"\x31" + info[at + 1:end]
    algorithm, end = element(info, end, 0x30)
    need(algorithm == SIGNED_BY[digests], "signed object: its signature algorithm")  # openssl goes by the key alone
    signature, end = element(info, end, 0x04)
    need(end == len(info), "signed object: the signer's end")
    return b"".join(pieces), attributes, signature


def verified_content(data, exporter):
    pem = pathlib.Path(exporter).read_text()
    certificate = base64.b64decode("".join(pem.split("-----")[2].split()))
    content, attributes, signature = read_signed(data, certificate)
    with tempfile.TemporaryDirectory() as name:  # openssl's cms would write the attributes anew, and verify that
        folder = pathlib.Path(name)
        (folder / "key").write_bytes(openssl("x509", "-in", exporter, "-noout", "-pubkey")[1])
        (folder / "attributes").write_bytes(attributes)
        (folder / "signature").write_bytes(signature)
        ok, _ = openssl("dgst", "-sha256", "-verify", folder / "key", "-signature", folder / "signature", folder / "attributes")
    need(ok, "the signature over the signed attributes")
    ok, out = openssl("cms", "-verify", "-binary", "-inform", "DER", "-CAfile", exporter, "-no-CApath", "-no-CAstore",
                      "-partial_chain", "-purpose", "any", stdin=data)
    need(ok and out == content, "the exporter's signature")
    return content


# The ledger (RFC 9162 2.1, C2SP notes).

def sha256(data):
    return hashlib.sha256(data).digest()


def node(left, right):
    return sha256(b"\x01" + left + right)


def inclusion_root(leaf, index, size, proof):
    """RFC 9162 2.1.3.2."""
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        need(sn != 0, "a proof is too long")
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            r = node(r, p)
        fn >>= 1
        sn >>= 1
    need(sn == 0, "a proof is too short")
    return r


def check_consistency(first, size, first_root, root, proof):
    """RFC 9162 2.1.4.2."""
    need(0 < first < size and proof, "a proof of consistency")
    path = ([first_root] if first & (first - 1) == 0 else []) + proof
    fn, sn = first - 1, size - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    fr = sr = path[0]
    for c in path[1:]:
        need(sn != 0, "a proof of consistency is too long")
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            sr = node(sr, c)
        fn >>= 1
        sn >>= 1
    need((sn, fr, sr) == (0, first_root, root), "a proof of consistency")


def hashes(lines):
    return [base64.b64decode(line, validate=True) for line in lines]


class Ledger:
    """The keys of a ledger, and how its checkpoints are verified with them."""

    def __init__(self, evidence, files, folder):
        self.origin = "airlock/" + evidence["site_id"]
        self.keys = {}
        for key in evidence["ledger_keys"]:
            name, key_id, encoded = key["key"].split("+", 2)
            raw = base64.b64decode(encoded)
            need(name == self.origin and raw[:1] == b"\x01" and len(raw) == 33, "a key of the ledger")
            need(sha256(name.encode() + b"\n" + raw)[:4].hex() == key_id, "the id of a key of the ledger")
            pem = files[f"keys/ledger-{key['from_size']}.pem"]
            der = base64.b64decode("".join(pem.decode().split("-----")[2].split()))
            need(der == bytes.fromhex("302a300506032b6570032100") + raw[1:], "the file of a key of the ledger")
            path = folder / f"ledger-{key['from_size']}.der"
            path.write_bytes(der)
            self.keys[key["from_size"]] = (path, bytes.fromhex(key_id))
        self.folder, self.known = folder, {}

    def head(self, note):
        """The size and root of a checkpoint that verifies."""
        if note in self.known:
            return self.known[note]
        origin, size, root, empty, signature = note.decode().split("\n", 4)
        need(origin == self.origin and empty == "" and size == str(int(size)), "the text of a checkpoint")
        need(re.fullmatch("— " + re.escape(origin) + " [A-Za-z0-9+/=]+\n", signature), "the signature line of a checkpoint")
        raw = base64.b64decode(signature.split(" ")[2])
        path, key_id = self.keys[max(from_size for from_size in self.keys if from_size <= int(size))]
        need(raw[:4] == key_id, "the key of a checkpoint")
        text = self.folder / "text"
        text.write_bytes(note[:note.index(b"\n\n") + 1])
        (self.folder / "signature").write_bytes(raw[4:])
        ok, _ = openssl("pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", path, "-rawin", "-in", text, "-sigfile",
                        self.folder / "signature")
        need(ok, "the signature of a checkpoint")
        self.known[note] = (int(size), base64.b64decode(root, validate=True))
        return self.known[note]


def check_ledger(evidence, files, ledger):
    notes = {int(name[12:-4]): files[name] for name in files if re.fullmatch(r"checkpoints/[0-9]+\.txt", name)}
    before = None
    for size, note in sorted(notes.items()):
        need(ledger.head(note)[0] == size, "the name of a checkpoint")
        if before:
            head, earlier = files[f"checkpoints/{size}.consistency.txt"].split(b"\n\n", 1)
            lines = head.decode().split("\n")
            need(lines[0] == "airlock-consistency/1" and earlier == notes[before], "a proof between checkpoints")
            check_consistency(before, size, ledger.head(earlier)[1], ledger.head(note)[1], hashes(lines[1:]))
        before = size
    newest = notes[before]
    need((before, ledger.head(newest)[1].hex()) == (evidence["tree"]["size"], evidence["tree"]["root"]), "the newest checkpoint")
    entries = {}
    for name in (name for name in files if name.startswith("entries/")):
        body = json.loads(files[name])
        seq = body["seq"]
        need(name == f"entries/{seq}.json", f"the name of {name}")
        head, note = files[f"proofs/{seq}.txt"].split(b"\n\n", 1)
        lines = head.decode().split("\n")
        need(lines[:2] == ["c2sp.org/tlog-proof@v1", f"index {seq}"] and note == newest, f"the proof of {name}")
        root = inclusion_root(sha256(b"\x00" + files[name]), seq, before, hashes(lines[2:]))
        need(root == ledger.head(newest)[1], f"{name} is not in the ledger")
        entries[seq] = body
    first, last = evidence["entries"]["first"], evidence["entries"]["last"]
    need(all(seq in entries for seq in range(first, last + 1)), "an entry of the range is missing")
    return entries, set(notes.values())


def check_disclosures(evidence, files, entries, ledger, notes, folder):
    site = folder / "site.pem"
    site.write_bytes(b"".join(files[name] for name in sorted(files) if name.startswith("keys/site-")))
    made = {(body["kind"], body["disclosure_id"]): body for body in entries.values() if body["kind"] in ("sealed", "queued")}
    recorded = {(body["number"], body["disclosure"]["number"]): body for body in entries.values() if "disclosure" in body}
    count = 0
    for place in sorted({name.rsplit("/", 1)[0] + "/" for name in files if name.startswith("reports/")}):
        number, disclosure = map(int, place.split("/")[1].split("-"))
        entry = recorded[number, disclosure]
        if place + "signed.der" in files:
            ok, content = openssl("cms", "-verify", "-binary", "-inform", "DER", "-CAfile", site, "-no-CApath", "-no-CAstore",
                                  "-partial_chain", "-no_check_time", stdin=files[place + "signed.der"])
            need(ok, f"{place}: the site's signature")
            sealed = made["sealed", entry["disclosure"]["id"]]
            need(hashlib.sha256(content).hexdigest() == sealed["content_sha256"], f"{place}: the content")
            need(sealed["checkpoint"].encode() in notes, f"{place}: its checkpoint")
            with tarfile.open(fileobj=io.BytesIO(content)) as tar:
                for member in tar:
                    inside = tar.extractfile(member).read()
                    shared = {"policy.json": "policies", "dictionary.json": "dictionaries"}.get(member.name)
                    name = f"{shared}/{hashlib.sha256(inside).hexdigest()}.json" if shared else place + member.name
                    need(files[name] == inside, f"{name} is not what the site signed")
            manifest = json.loads(files[place + "manifest.json"])
            need((manifest["bundle_id"], manifest["site_id"]) == (entry["disclosure"]["id"], evidence["site_id"]), f"{place}: its id")
            need(files[place + "entry.json"] == files[f"entries/{entry['seq']}.json"], f"{place}: its entry")
        elif place + "report.json" in files:
            queued = made["queued", entry["disclosure"]["id"]]
            need(hashlib.sha256(files[place + "report.json"]).hexdigest() == queued["content_sha256"], f"{place}: the payload")
        count += 1
    return count


def check_documents(files, folder):
    roots = folder / "vendor.pem"
    roots.write_bytes(b"".join(files[name] for name in sorted(files) if name.startswith("keys/vendor-")))
    for name in files:
        if name.startswith(("licences/", "kits/", "receipts/")):
            ok, _ = openssl("cms", "-verify", "-binary", "-inform", "PEM", "-CAfile", roots, "-no-CApath", "-no-CAstore",
                            "-no_check_time", stdin=files[name])
            need(ok, f"{name}: the vendor's signature")
        if name.startswith(("policies/", "dictionaries/", "ceilings/")):
            need(name.split("/")[1] == hashlib.sha256(files[name]).hexdigest() + ".json", f"the name of {name}")


def audit(data, exporter):
    """Verifies the bytes of a file of evidence; returns its files by name, its entries, and the number of disclosures."""
    content = verified_content(data, exporter)
    files = {}
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        for member in tar:
            need(member.isreg() and member.name not in files, f"{member.name} in the archive")
            files[member.name] = tar.extractfile(member).read()
    evidence = json.loads(files["evidence.json"])
    need(evidence["format"] == "airlock-evidence/1", "the format")
    need([file["name"] for file in evidence["files"]] + ["evidence.json"] == list(files), "the list of files")
    for file in evidence["files"]:
        found = files[file["name"]]
        need((file["size"], file["sha256"]) == (len(found), hashlib.sha256(found).hexdigest()), file["name"])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        ledger = Ledger(evidence, files, folder)
        entries, notes = check_ledger(evidence, files, ledger)
        disclosures = check_disclosures(evidence, files, entries, ledger, notes, folder)
        check_documents(files, folder)
    return files, entries, disclosures


def main():
    files, entries, disclosures = audit(pathlib.Path(sys.argv[1]).read_bytes(), sys.argv[2])
    print(f"verified: {len(files)} files, {len(entries)} entries, {disclosures} disclosures")


if __name__ == "__main__":
    main()
