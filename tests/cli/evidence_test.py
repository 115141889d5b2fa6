"""`evidence export` and `evidence verify`: what is in evidence, who can verify it, and what is found."""
import datetime
import hashlib
import io
import json
import os
import random
import re
import tarfile

import audit_evidence
import html_pages
import posthog_reports
import pytest
from crash_test import calls_of
from evidencing import changed_bytes, export, new_exporter, verify
from faults import Small
from harness import LONG, REPORT
from people import People

DAYS = ["--from", "2020-01-01", "--to", "2099-12-31"]


def history(w):
    """A site with a past: bundles, a repeat, a held report, a newer kit, and a receipt for one bundle."""
    w.site()
    w.process(None, "--note", "change 4711")
    w.process()
    first = w.outbox()[0]
    w.vendor("intake", first)
    w.vendor("receipt", "--site", w.site_id, "--out", w.path / "receipt.p7s")
    w.airlock("receipt", "import", w.path / "receipt.p7s")
    w.airlock("kit", "install", w.new_kit())
    w.process(w.report_of("1.40.0"))
    w.process(w.report_of("1.41.0"), "--expect", "0" * 64, code=4)
    w.airlock("hold", "--reason", "incident 12")
    w.airlock("release", "--reason", "incident 12 is over")
    new_exporter(w)
    return w


def unpacked(w, path, name="unpacked", steps=4):
    """Evidence unpacked as its HOW-TO says, with stock tools; the fourth step is its script."""
    folder = w.path / name
    folder.mkdir()
    w.shell(f"cp {path} {w.path / 'officer.crt'} {folder}; cd {folder}; mv officer.crt exporter.crt")
    text = (path.parent / (path.name + ".txt")).read_text()
    commands = re.findall(r"^(?:openssl cms|mkdir|tar|sh) .*$", text, re.M)
    assert len(commands) == 4, text
    ran = w.shell("\n".join(commands[:steps]), cwd=folder)
    return folder / "evidence", ran


def test_evidence_is_verified_by_airlock_by_its_how_to_and_by_a_script_of_another_hand(w):
    history(w)
    path, done = export(w, *DAYS)
    assert path.stat().st_mode & 0o777 == 0o600 and done["missing"] == [], done
    assert "certificate that signed it" in w.airlock("evidence", "verify", path, "--json").json["compare"][0]["what"]
    said = verify(w, path).text
    assert f"{done['entries']} entries: in the tree of {done['ledger_size']}" in said, said
    assert "2 disclosures: as the ledger recorded them" in said and "1 receipts" in said, said
    folder, ran = unpacked(w, path)
    assert "everything verifies" in ran.text and "disclosures: 2, as the ledger recorded them" in ran.text, ran.text
    files, entries, disclosures = audit_evidence.audit(path.read_bytes(), w.path / "officer.crt")
    assert len(entries) == done["entries"] and disclosures == 2
    assert (folder / "HOW-TO-VERIFY.txt").read_bytes() == (w.path / "evidence.p7s.txt").read_bytes()
    assert json.loads(files["reports/1-1/manifest.json"])["note"] == "change 4711"
    assert files["reports/1-1/report.json"] == w.airlock("bundle", "open", w.outbox()[0]).out
    kinds = {json.loads(body)["kind"] for name, body in files.items() if name.startswith("entries/")}
    assert {"produced", "sealed", "released", "kit", "licence", "hold", "release", "held", "repeated", "acknowledged"} <= kinds, kinds
    pages = ["reports/1-1/review.html", "reports/3-2/review.html"]
    for page in ("summary.html", *pages):
        (folder / page).chmod(0o600)
    summary = html_pages.read(folder / "summary.html", beside=pages).text
    for words in ("everything that the entries name was still at the site", "user instance status report", "a person stopped all disclosures",
                  "kit 2 is in force"):
        assert words in summary, f"summary.html lacks {words}"
    assert "may be shared with whoever may have the bundle" in html_pages.read(folder / pages[0]).text
    assert files["reports.csv"] == w.airlock("ledger", "list", "--csv").out
    assert files["entries.csv"].startswith(b"seq,time,kind,") and files["entries.csv"].count(b"\r\n") == len(entries) + 1
    assert len([name for name in files if name.startswith("kits/")]) == 2, "the kit in force and the one before it"
    newest = w.airlock("ledger", "export", "--format", "json").json["entries"][-1]
    assert (newest["kind"], newest["content_sha256"]) == ("exported", done["content_sha256"]), newest
    assert newest["seq"] == done["recorded"] and newest["originals"] is False
    w.ledger_ok()


def texts_of(value):
    """Every key and every text of a document."""
    if isinstance(value, dict):
        return {text for key, inner in value.items() for text in {key} | texts_of(inner)}
    if isinstance(value, list):
        return {text for inner in value for text in texts_of(inner)}
    return {value} if isinstance(value, str) else set()


def dropped_values(files):
    """Texts of the published report that neither the disclosed bytes nor any declaration has."""
    known = b"".join(files[name] for name in files if name.endswith("report.json") or name.startswith(("policies/", "dictionaries/")))
    return {text.encode() for text in texts_of(json.loads(REPORT.read_bytes())) if len(text) > 5 and text.encode() not in known}


def test_no_value_that_did_not_leave_is_in_evidence_unless_somebody_asks_for_originals(w):
    history(w)
    for options, name, expected in (((), "left out", False), (("--originals",), "included", True)):
        path, done = export(w, *DAYS, *options, out=f"{name.replace(' ', '-')}.p7s")
        files, _, _ = audit_evidence.audit(path.read_bytes(), w.path / "officer.crt")
        assert done["originals"] is expected
        text = b"\0".join(files.values())
        signed = [w.run("openssl", "cms", "-verify", "-noverify", "-binary", "-inform", "DER", stdin=files[f]).out
                  for f in files if f.endswith("signed.der")]
        dropped = dropped_values(files)
        assert {b"playground.posthog.net", b"165.22.112.27", b"London"} <= dropped and len(dropped) > 20, dropped
        for value in dropped:
            assert (value in text) is expected, f"originals {name}: {value}"
            assert not any(value in content for content in signed), value
        salts = w.run("sqlite3", "-readonly", w.site_path / "ledger.db", "SELECT hex(salt), hex(sha256) FROM originals").text.split()
        for row in salts:
            salt, digest = (bytes.fromhex(cell) for cell in row.split("|"))
            for secret in (salt, digest):
                assert expected or secret not in text and secret.hex().encode() not in text, "a salt or a plain digest"
        said = verify(w, path).text
        assert ("THEY DID NOT LEAVE THE SITE" in said) is expected, said
        assert ("THIS FILE CONTAINS REPORTS THAT DID NOT LEAVE" in (w.path / f"{path.name}.txt").read_text()) is expected
    assert files["originals/4.report"] == (w.path / "report-2.json").read_bytes()


def test_a_range_of_reports_has_their_entries_and_no_disclosure_of_others(w):
    history(w)
    path, _ = export(w, "--reports", "3")
    files, entries, disclosures = audit_evidence.audit(path.read_bytes(), w.path / "officer.crt")
    assert disclosures == 1 and "reports/3-2/report.json" in files
    kit = max(seq for seq, body in entries.items() if body["kind"] == "kit")
    assert json.loads(files["evidence.json"])["entries"]["first"] > kit, "the kit that the decision was read from is before the range"
    assert b"4711" not in b"".join(files.values()), "the note of another report"
    verify(w, path)
    for arguments in (["--reports", "9"], ["--reports", "3-2"], ["--reports", "x"], ["--from", "2020-01-01"], [],
                      ["--from", "2020-01-01", "--to", "2020-01-02"], ["--from", "2020-02-30", "--to", "2021-01-01"]):
        export(w, *arguments, out="none.p7s", code=2)
        assert not (w.path / "none.p7s").exists(), arguments


def test_encrypted_evidence_is_opened_by_its_recipients_and_who_exported_is_judged_by_a_certificate(w):
    """Only recipients open it. Whoever exported is judged by the certificate that the auditor has, and must have a valid one."""
    history(w)
    auditor = new_exporter(w, "auditor", "-addext keyUsage=digitalSignature,keyAgreement")
    other = new_exporter(w, "other")
    path, _ = export(w, *DAYS, "--recipient", f"{auditor}.crt", out="evidence.p7m")
    assert "opened with the given key" in verify(w, path, arguments=["--key", f"{auditor}.key", "--certificate", f"{auditor}.crt"]).text
    assert "`--key` and `--certificate`" in verify(w, path, code=3).err
    verify(w, path, code=4, arguments=["--key", f"{other}.key", "--certificate", f"{other}.crt"])
    w.run("openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", path, "-recip", f"{auditor}.crt", "-inkey",
          f"{auditor}.key", "-out", w.path / "signed")
    audit_evidence.audit((w.path / "signed").read_bytes(), w.path / "officer.crt")
    assert "openssl cms -decrypt" in (w.path / "evidence.p7m.txt").read_text()
    path, _ = export(w, *DAYS)
    assert "is not registered" in verify(w, path, exporter=other, code=5).err
    assert "exists already" in w.airlock("evidence", "export", *DAYS, "--out", path, "--key", w.path / "officer.key", "--certificate",
                                w.path / "officer.crt", code=4).err
    w.airlock("evidence", "export", *DAYS, "--out", w.path / "none.p7s", "--key", w.path / "other.key", "--certificate",
              w.path / "officer.crt", code=5)
    ahead = (datetime.datetime.now() + datetime.timedelta(days=60)).strftime("%Y-%m-%d %H:%M:%S")
    refused = w.run("faketime", ahead, w.program("airlock"), "--site", w.site_path, "evidence", "export", *DAYS, "--out",
                    w.path / "none.p7s", "--key", w.path / "officer.key", "--certificate", w.path / "officer.crt", code=4)
    assert "export with a certificate that is valid now" in refused.err, refused
    assert not (w.path / "none.p7s").exists() and not (w.path / "none.p7s.txt").exists()


def year(w, weeks):
    """A site that sealed a report each week."""
    w.site()
    for week in range(weeks):
        (w.site_path / "inbox" / f"{week:02}.json").write_bytes(json.dumps(
            posthog_reports.generate(json.loads(REPORT.read_bytes()), seed=week, small=True, users=2)).encode())
    w.airlock("process", "--inbox", "--quiet")
    assert len(w.outbox()) == weeks
    new_exporter(w)


@pytest.mark.takes(6)
def test_a_years_evidence_is_verified_and_each_changed_byte_is_found(w):
    """A year's evidence verifies by `evidence verify` and by a script without Airlock code; both find each changed byte.
    The ordinary run takes five weeks."""
    weeks, samples = (52, 300) if LONG else (5, 6)
    year(w, weeks)
    path, done = export(w, "--reports", f"1-{weeks}")
    verify(w, path)
    data = path.read_bytes()
    _, entries, disclosures = audit_evidence.audit(data, w.path / "officer.crt")
    assert disclosures == weeks and len(entries) == done["entries"]
    changed = w.path / "changed.p7s"
    for place, bytes_ in changed_bytes(data, samples):
        changed.write_bytes(bytes_)
        ran = verify(w, changed, code=(3, 5))
        assert ran.err.startswith("airlock: error: `"), f"byte {place}: {ran}"
        with pytest.raises((audit_evidence.Fault, IndexError)):
            audit_evidence.audit(bytes_, w.path / "officer.crt")
    print(f"counted: {samples} changed bytes of {len(data)} found, each twice, in the evidence of {weeks} weeks")


class Altered:
    """Evidence that its exporter altered before signing, with digests that fit: only the ledger can tell."""

    def __init__(self, w, path):
        self.w = w
        self.tar = w.run("openssl", "cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", path).out
        with tarfile.open(fileobj=io.BytesIO(self.tar)) as tar:
            self.files = {member.name: (member.offset, member.offset_data, member.size) for member in tar}
        self.listed = json.loads(self.content("evidence.json"))

    def content(self, name):
        _, begin, size = self.files[name]
        return self.tar[begin:begin + size]

    def signed(self, name, change):
        """The file `name` with another content, or without it where `change` returns nothing; signed by the officer."""
        listed = json.loads(json.dumps(self.listed))
        content = change(bytearray(self.content(name)))
        tar = b""
        for each, (offset, begin, size) in self.files.items():
            if each == "evidence.json" or each == name and content is None:
                continue
            bytes_ = bytes(content) if each == name else self.tar[begin:begin + size]
            assert len(bytes_) == size, "a change keeps the size"
            tar += self.tar[offset:begin] + bytes_ + bytes(-size % 512)
        if content is None:
            listed["files"] = [file for file in listed["files"] if file["name"] != name]
        else:
            file, = (file for file in listed["files"] if file["name"] == name)
            file["sha256"] = hashlib.sha256(content).hexdigest()
        text = json.dumps(listed, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        offset, begin, _ = self.files["evidence.json"]
        header = bytearray(self.tar[offset:begin])
        header[124:136] = b"%011o " % len(text)
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
        tar += bytes(header) + text + bytes(-len(text) % 512) + bytes(1024)
        (self.w.path / "altered.tar").write_bytes(tar)
        self.w.run("faketime", "-f", self.listed["created"].replace("T", " ").replace("Z", ""), "openssl", "cms", "-sign", "-binary",
                   "-nodetach", "-nosmimecap", "-cades", "-md", "sha256", "-in", self.w.path / "altered.tar", "-signer",
                   self.w.path / "officer.crt", "-inkey", self.w.path / "officer.key", "-outform", "DER", "-out",
                   self.w.path / "altered.p7s", env={"TZ": "UTC"})
        return self.w.path / "altered.p7s"


def flipped(content):
    content[-3] ^= 1
    return content


def test_a_reader_of_the_site_exports_and_only_the_owner_records_it(w):
    people = People(w).site()
    people.owner("process", people.report())
    officer, folder = new_exporter(w), w.path / "desk"
    folder.mkdir()
    people.readable(officer.with_suffix(".crt"))
    for path in (folder, officer.with_suffix(".key")):
        people.own(path, "backup")
    signed = ["--key", officer.with_suffix(".key"), "--certificate", officer.with_suffix(".crt")]
    said = people.officer("evidence", "export", *DAYS, "--out", folder / "evidence.p7s", *signed).text
    assert "no: only the site's owner can write the ledger" in said, said
    _, _, disclosures = audit_evidence.audit((folder / "evidence.p7s").read_bytes(), officer.with_suffix(".crt"))
    assert disclosures == 1
    kinds = [entry["kind"] for entry in people.owner("ledger", "export", "--format", "json").json["entries"]]
    assert "exported" not in kinds
    people.stranger("evidence", "export", *DAYS, "--out", "/var/tmp/none.p7s", *signed, code=(1, 4))


def test_an_exporter_cannot_change_what_the_ledger_says(w):
    """What the exporter altered before signing is found: an entry, a report, a proof, a document, an entry left out."""
    history(w)
    path, _ = export(w, *DAYS)
    altered = Altered(w, path)
    verify(w, altered.signed("summary.html" if "summary.html" in altered.files else "reports.csv", flipped))
    kit = next(name for name in altered.files if name.startswith("kits/"))
    policy = next(name for name in altered.files if name.startswith("policies/"))
    changes = [("entries/5.json", flipped), ("entries/5.json", lambda _: None), ("proofs/5.txt", lambda _: None),
               ("reports/1-1/report.json", flipped), ("reports/1-1/entry.json", flipped), ("reports/1-1/signed.der", flipped),
               (kit, flipped), (policy, flipped), ("keys/ledger-0.pem", flipped),
               ("proofs/5.txt", lambda text: text.replace(b"index 5", b"index 6"))]
    for name, change in changes:
        ran = verify(w, altered.signed(name, change), code=5)
        assert name in ran.err or name.split("/")[-2] in ran.err, f"{name}: {ran}"
    folder, _ = unpacked(w, path, steps=3)
    listed = (folder / "evidence.json").read_bytes()
    # The script reads the entries first, so the ordinary run changes the first of them only.
    for name, said in [("entries/0.json", "is not in the ledger"), ("reports/1-1/report.json", "is not what the site signed")][:2 if LONG else 1]:
        file = folder / name
        before = file.read_bytes()
        file.write_bytes(flipped(bytearray(before)))
        digests = [hashlib.sha256(content).hexdigest().encode() for content in (before, file.read_bytes())]
        (folder / "evidence.json").write_bytes(listed.replace(*digests))
        ran = w.run("sh", folder / "verify.sh", code=1)
        assert f"FAILED: {name}: {said}" in ran.err, ran
        file.write_bytes(before)


def test_a_full_disk_leaves_no_evidence_and_what_the_site_lost_is_listed_or_stops_it(w):
    """A full disk: exit 8, no file, nothing recorded. What the site no longer has is listed as missing; an altered bundle: exit 5."""
    history(w)
    entries = w.ledger_ok()["entries"]
    medium = w.path / "medium"
    with Small(w, "256k", folder=medium):
        ran = w.airlock("evidence", "export", *DAYS, "--out", medium / "evidence.p7s", "--key", w.path / "officer.key", "--certificate",
                        w.path / "officer.crt", code=8)
        assert "space" in ran.err, ran.err
        assert os.listdir(medium) == []
    assert w.ledger_ok()["entries"] == entries
    first, second = w.outbox()
    first.unlink()
    for file in (w.site_path / "history").glob("kit-*"):
        file.unlink()
    path, done = export(w, *DAYS)
    missing = {part["what"] for part in done["missing"]}
    assert missing == {"the disclosed bytes of disclosure 1 of report 1", "kit 1"}, missing
    assert "missing: kit 1: neither public/ nor history/ has it" in verify(w, path).text
    files, _, _ = audit_evidence.audit(path.read_bytes(), w.path / "officer.crt")
    assert {part["what"] for part in json.loads(files["evidence.json"])["missing"]} == missing
    second.write_bytes(flipped(bytearray(second.read_bytes())))
    export(w, *DAYS, out="again.p7s", code=5)
    assert list(w.path.glob("*again*")) == [], "no file, and no half of one"


@pytest.mark.takes(5)
def test_export_killed_anywhere_leaves_no_half_file(w):
    history(w)
    new = w.path / "out"
    arguments = ["evidence", "export", *DAYS, "--out", new / "evidence.p7s", "--key", w.path / "officer.key", "--certificate",
                 w.path / "officer.crt"]
    new.mkdir()
    counts = calls_of(w, *arguments)
    w.run("rm", "-rf", new)
    killed = 0
    rng = random.Random(5)
    for call, most in sorted(counts.items()):
        times = range(1, most + 1) if LONG else [rng.randrange(most) + 1]
        for when in times:
            new.mkdir(exist_ok=True)
            ran = w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={when}",
                        w.program("airlock"), "--site", w.site_path, *arguments, code=(-9, 137, 0))
            killed += ran.code != 0
            if (new / "evidence.p7s").exists():
                verify(w, new / "evidence.p7s")
                (new / "evidence.p7s").unlink()
            export(w, *DAYS, out="out/evidence.p7s")
            assert sorted(os.listdir(new)) == ["evidence.p7s", "evidence.p7s.txt"], f"{call} {when}: what is left"
            w.run("rm", "-rf", new)
    w.ledger_ok()
    assert killed >= 8, f"only {killed} runs were killed"
    print(f"counted: export killed {killed} times")
