"""Hand-over, intake, receipts: from the outbox to the vendor and back, and every way to cheat on it."""
import base64
import hashlib
import json
import shutil

from carried import bundle_of, content_of, entries, receipt, sign_as_vendor, site_with, waiting
from harness import LONG
import receiver as r


def test_a_whole_round_of_reports_gap_receipt_and_proof_of_growth(w):
    """A whole round: three reports, two handed over, the gap is named, the receipt names the two, the next bundle proves growth."""
    site_with(w, 3)
    medium = w.path / "medium"
    medium.mkdir()
    handed = w.airlock("outbox", "hand-over", 1, 3, "--to", medium, "--note", "courier 4711", "--json").json["handed_over"]
    assert [h["number"] for h in handed] == [1, 3], "reports that were handed over"
    copies = sorted(p.name for p in medium.iterdir())
    assert len(copies) == 4, "two bundles with their instructions, nothing else"
    for number in (1, 3):
        assert (medium / bundle_of(w, number).name).read_bytes() == bundle_of(w, number).read_bytes(), "copy"
    listed = w.airlock("outbox", "list", "--json").json["outbox"]
    assert [(i["number"], i["handed_over"], i["note"]) for i in listed] \
        == [(1, 1, "courier 4711"), (2, 0, None), (3, 1, "courier 4711")], "outbox"
    assert w.airlock("status", "--json").json["bundles"] == {"waiting": 1, "handed_over": 2}

    taken = w.vendor("intake", medium, "--json").json
    assert [(i["disclosure"], i["outcome"], i["checkpoint"]) for i in taken["items"]] \
        == [(1, "new", "first"), (3, "new", "first")]
    gaps = w.vendor("gaps", "--site", w.site_id, "--json", code=7).json["sites"][0]
    assert (gaps["missing"], gaps["received"], gaps["last_disclosure"]) == ([{"first": 2, "last": 2}], 2, 3), "gaps"

    file, issued = receipt(w)
    assert (issued["sequence"], issued["items"], issued["missing"]) == (1, 2, [{"first": 2, "last": 2}])
    signed = content_of(w, file)
    assert [i["id"] for i in signed["items"]] == [h["id"] for h in handed], "items that stock openssl reads in the receipt"
    assert signed["checkpoint"].startswith(f"airlock/{w.site_id}\n"), signed["checkpoint"]

    done = w.airlock("receipt", "import", file, "--json").json
    assert (done["acknowledged"], done["freed"], done["missing"]) == (2, [], [{"first": 2, "last": 2}])
    assert [b.name for b in waiting(w)] == [bundle_of(w, 2).name], "bundles that wait in the outbox"
    assert len(list((w.site_path / "outbox").iterdir())) == 6, "all bundles and their instructions are kept"
    assert w.kinds(1)[-2:] == ["handed_over", "acknowledged"]
    before = w.ledger_ok()
    again = w.airlock("receipt", "import", file, "--json").json
    assert (again["repeated"], again["acknowledged"], again["freed"]) == (True, 0, []), "a second import"
    assert w.ledger_ok() == before, "a second import changed the ledger"

    w.process(w.report_of("1.4.0"))
    bundle = bundle_of(w, 4)
    w.airlock("bundle", "verify", bundle)
    folder = w.open_with_openssl(bundle)
    consistency = (folder / "consistency.txt").read_text()
    assert consistency.endswith(signed["checkpoint"]), consistency
    taken = w.vendor("intake", bundle, bundle_of(w, 2), "--json").json
    assert [(i["disclosure"], i["outcome"], i["checkpoint"]) for i in taken["items"]] \
        == [(2, "new", "older"), (4, "new", "proven")]
    assert w.vendor("gaps", "--json").json["sites"][0]["missing"] == []
    assert [i["outcome"] for i in w.vendor("intake", bundle, medium, "--json").json["items"]] == ["known"] * 3, "the second time"
    file, issued = receipt(w, "second.p7s")
    assert (issued["sequence"], issued["items"]) == (2, 4), "the second receipt names all"
    assert issued["checkpoint"] == (folder / "checkpoint.txt").read_text(), "its checkpoint is that of the newest bundle"
    assert w.airlock("receipt", "import", file, "--json").json["acknowledged"] == 2
    assert waiting(w) == []
    assert w.airlock("status", "--json").json["receipt"]["sequence"] == 2
    w.ledger_ok()


def test_the_instructions_of_a_bundle_with_consistency_txt_come_to_their_end(w):
    """The instructions of a bundle with consistency.txt come to their end with stock tools, and notice a changed proof."""
    site_with(w, 1)
    for number in range(2, 9 if LONG else 5):
        w.vendor("intake", w.site_path / "outbox")
        w.airlock("receipt", "import", receipt(w, f"receipt-{number}.p7s")[0])
        w.process(w.report_of(f"1.{number}.0"))
        bundle = bundle_of(w, number)
        folder = w.open_with_openssl(bundle)
        text = bundle.with_suffix(".txt").read_text()
        script = text.split("RFC 9162 2.1.4.2).")[1]
        grew = "the ledger grew from the last receipt"
        assert grew in w.shell(script, cwd=folder).text, f"report {number}"
        lines = (folder / "consistency.txt").read_text().split("\n")
        changed = base64.b64decode(lines[1])
        lines[1] = base64.b64encode(bytes([changed[0] ^ 1]) + changed[1:]).decode()
        (folder / "consistency.txt").write_text("\n".join(lines))
        assert grew not in w.shell(script, cwd=folder, code=(0, 1)).text, f"a changed proof of report {number}"


def test_a_receipt_with_any_sampled_byte_changed_is_refused(w):
    """A receipt with any sampled byte changed is refused, and nothing is freed."""
    site_with(w, 1)
    w.vendor("intake", w.outbox()[0])
    file, _ = receipt(w)
    good = file.read_bytes()
    for at in range(0, len(good), 1 if LONG else len(good) // 25):
        changed = bytearray(good)
        changed[at] ^= 1
        ran = w.airlock("receipt", "import", w.file("changed.p7s", bytes(changed)), code=(3, 5))
        assert "changed.p7s" in ran.err, ran.err
    for size in (0, 10, len(good) // 2, len(good) - 2):
        w.airlock("receipt", "import", w.file("cut.p7s", good[:size]), code=3)
    w.airlock("receipt", "import", w.file("long.p7s", good + b"\n" * 1024 * 1024), code=3)
    w.airlock("receipt", "import", w.path / "none", code=3)
    assert len(w.outbox()) == 1
    assert entries(w, "acknowledged") == []


def test_a_receipt_that_is_for_another_or_older_is_refused(w):
    """A receipt for another site, of another role, for another key, older, or a second one of its sequence is refused."""
    site_with(w, 1)
    w.vendor("intake", w.outbox()[0])
    first, _ = receipt(w, "first.p7s")
    second, _ = receipt(w, "second.p7s")
    document = content_of(w, second)

    def refused(change, code, words, key="receipt-signing"):
        changed = json.loads(json.dumps(document))
        changed = change(changed) or changed
        ran = w.airlock("receipt", "import", sign_as_vendor(w, changed, "forged.p7s", key), code=code)
        assert words in ran.err, f"{words!r} in {ran.err}"
        assert len(w.outbox()) == 1, "bundles that are left"

    other = "11111111-1111-4111-8111-111111111111"
    refused(lambda d: d.update(site_id=other), 5, f"is for site {other}")
    refused(lambda d: d.update(site_key_sha256="0" * 64), 5, "a site key that this site never had")
    refused(lambda d: None, 5, "is not for the role `receipt`", key="kit-signing")
    refused(lambda d: d["items"][0].update(content_sha256="0" * 64), 5, f"item {document['items'][0]['id']}")
    refused(lambda d: d["items"].append({"id": other, "content_sha256": "0" * 64}), 5, f"item {other}")
    refused(lambda d: d.update(surprise=1), 3, "`/surprise`: is not a known member")
    refused(lambda d: d["items"].append(d["items"][0]), 3, "is in the receipt twice")
    refused(lambda d: d.update(sequence=0), 3, "`/sequence`")
    refused(lambda d: d.update(format="airlock-licence/1"), 3, "`/format`")
    refused(lambda d: d.update(checkpoint=d["checkpoint"].replace("\n", "\n1", 1)), 5, "checkpoint")
    refused(lambda d: d.update(issued="2020-01-01T00:00:00Z"), 5, "when its signer's certificate was not valid")
    w.airlock("receipt", "import", second)
    assert waiting(w) == []
    assert "is older than receipt 2" in w.airlock("receipt", "import", first, code=4).err, "an older receipt was imported"
    changed = dict(document, missing=[{"first": 1, "last": 1}])
    ran = w.airlock("receipt", "import", sign_as_vendor(w, changed, "twice.p7s"), code=5)
    assert "another receipt with sequence 2" in ran.err, ran.err
    # A real receipt for another site of the same vendor.
    mine, w.site_path, my_id = w.site_path, w.path / "other", w.site_id
    w.new_site()
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    w.process(w.report_of("1.9.0"))
    w.vendor("intake", w.outbox()[0])
    theirs, _ = receipt(w, "theirs.p7s")
    w.site_path = mine
    assert "is for site" in w.airlock("receipt", "import", theirs, code=5).err, "the reason"
    assert my_id != w.site_id, "two sites"


def test_a_receipt_whose_signer_was_revoked_is_refused(w):
    """A receipt whose signer was revoked is refused once the kit says so; a renewed signer is believed."""
    site_with(w, 1)
    w.vendor("intake", w.outbox()[0])
    file, _ = receipt(w)
    w.vendor("certificate", "renew", "receipt")
    w.vendor("certificate", "revoke", w.home / "receipt-signing.1.crt")
    w.airlock("kit", "install", w.new_kit())
    assert "which the vendor has revoked" in w.airlock("receipt", "import", file, code=5).err, "the reason"
    assert len(w.outbox()) == 1
    w.airlock("receipt", "import", receipt(w, "second.p7s")[0])
    assert waiting(w) == []


def test_an_import_killed_anywhere_has_recorded_all_or_nothing(w):
    """An import that is killed anywhere has recorded all or nothing, and the bundles stay."""
    site_with(w, 3)
    w.vendor("intake", bundle_of(w, 1), bundle_of(w, 2))
    file, _ = receipt(w)
    shutil.copytree(w.site_path, w.path / "saved")
    kept = bundle_of(w, 3).name
    killed = after = 0
    for call, places in (("unlink", range(1, 10)), ("fsync,fdatasync", range(1, 16, 1 if LONG else 3)),
                         ("pwrite64", range(1, 30, 1 if LONG else 11))):
        for when in places:
            shutil.rmtree(w.site_path)
            shutil.copytree(w.path / "saved", w.site_path)
            ran = w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                        f"inject={call}:signal=KILL:when={when}", w.program("airlock"), "--site", w.site_path, "receipt",
                        "import", file, code=(0, -9, 137))
            if ran.code == 0:
                break
            killed += 1
            recorded = len(entries(w, "acknowledged"))
            assert recorded in (0, 3), f"{call} {when}: {recorded} entries: all or none"
            if recorded == 0:
                w.airlock("receipt", "import", file)
            else:
                after += 1
                w.airlock("process", w.report_of("1.1.0"))  # a repeat
            assert [b.name for b in waiting(w)] == [kept], f"{call} {when}: what waits"
            assert len(list((w.site_path / "outbox").iterdir())) == 6, f"{call} {when}: files"
            w.ledger_ok()
    assert killed > 4, f"{killed} killed, {after} of them after the record"
    print(f"counted: receipt import killed {killed} times, {after} of them after its record")


def sent_line(request, **members):
    """What a receiver notes of a request, as docs/formats/register.md says."""
    return {"format": "airlock-sent/1", "type": "https-json", "statement": request.headers["airlock-statement"],
            "signature": request.headers["airlock-signature"], "body_sha256": hashlib.sha256(request.body).hexdigest(),
            "received": "2026-11-02T08:00:07Z", **members}


def sending(w, destinations):
    w.configure(delivery={"destinations": destinations})
    w.airlock("authorise", "--reason", "a test", "--yes")


def test_what_was_sent_is_taken_in_by_its_signed_statement(w):
    """What was sent is taken in by its signed statement, and a receipt ends the wait of a payload whose answer was lost."""
    authority = r.Authority(w)
    with r.Receiver(authority.issue("server"), script=[200, r.hang_up_after_200]) as server:
        w.site(tier="standard", entitlements=())
        sending(w, [{"type": "https-json", "url": server.url(), "ca_file": str(authority.crt), "timeout_seconds": 2}])
        for number in (1, 2, 3):
            w.process(w.report_of(f"1.{number}.0"), "--no-deliver", code=7)
        send = [w.program("airlock-send"), "--site", w.site_path, "--json", "--once"]
        w.run(*send, code=7)
        first, second = server.posts[0], server.posts[1]
        waiting = [i["maybe_delivered"] for i in w.airlock("outbox", "list", "--json").json["outbox"]]
        assert waiting and waiting[0], f"bundles that wait: {waiting}"

        def note(*lines):
            return w.file("received.jsonl", "".join(l if isinstance(l, str) else json.dumps(l) + "\n" for l in lines))

        bad = bytearray(base64.b64decode(second.headers["airlock-statement"]))
        bad[bad.index(b'"disclosure":2') + 13] = ord("9")
        ran = w.vendor("intake", "--sent", note(sent_line(first, body_sha256="0" * 64), sent_line(second, more=1), "{\n",
                                                sent_line(second, statement=base64.b64encode(bad).decode()),
                                                sent_line(second, signature=sent_line(first)["signature"])), "--json", code=5)
        assert [i["outcome"] for i in ran.json["items"]] == ["refused"] * 5
        assert w.vendor("gaps", "--json").json["sites"][0]["received"] == 0
        taken = w.vendor("intake", "--sent", note(sent_line(first), "\n", sent_line(second), sent_line(first)), "--json").json
        assert [(i["disclosure"], i["kind"], i["outcome"]) for i in taken["items"]] \
            == [(1, "sent", "new"), (1, "sent", "known"), (2, "sent", "new")]
        file, issued = receipt(w)
        assert (issued["items"], issued["checkpoint"]) == (2, None)
        done = w.airlock("receipt", "import", file, "--json").json
        assert done["acknowledged"] == 2
        assert w.kinds(2)[-2:] == ["sent", "acknowledged"], "the payload that waited"
        assert [i["number"] for i in w.airlock("outbox", "list", "--json").json["outbox"]] == [3]
        assert done["freed"] == [json.loads(base64.b64decode(second.headers["airlock-statement"]))["id"] + ".json"]
        assert len(list((w.site_path / "outbox").iterdir())) == 3, "payloads in the outbox, of which one waits"
        w.ledger_ok()
        w.run(*send, "--now")
        assert len(server.posts) == 3, "nothing was sent twice"
        assert w.airlock("outbox", "list", "--json").json["outbox"] == []


def test_a_register_of_the_first_version_is_brought_to_the_newest(w):
    """A register of the first version is brought to the newest, with all that is in it."""
    site_with(w, 1)
    w.run("sqlite3", w.home / "register.db", "DROP TABLE disclosures; DROP TABLE voids; DROP TABLE checkpoints; DROP TABLE forks; "
          "DROP TABLE receipts; " + "".join(f"DROP TABLE {t}; " for t in ("readmissions", "former_disclosures", "former_voids",
          "former_checkpoints", "former_forks", "retirements", "fork_closures", "closed_forks", "report_facts", "misfits"))
          + "DROP INDEX former_keys_site; PRAGMA user_version = 1")
    w.vendor("intake", w.outbox()[0])
    assert w.vendor("gaps", "--json").json["sites"][0]["received"] == 1
    assert w.run("sqlite3", w.home / "register.db", "PRAGMA user_version").text.strip() == "6"
    w.run("sqlite3", w.home / "register.db", "DROP TABLE voids")
    w.vendor("gaps", code=5)


def test_after_keys_were_rotated_former_receipts_and_proofs_still_hold(w):
    """After the site's keys were rotated, receipts for the former ones and proofs from former checkpoints still hold."""
    site_with(w, 1)
    w.vendor("intake", w.outbox()[0])
    first, _ = receipt(w, "first.p7s")
    w.airlock("key", "rotate", "site", "--yes")
    w.airlock("receipt", "import", first)
    w.airlock("key", "rotate", "ledger")
    w.vendor("site", "add", w.site_path / "site-request.p7s")
    w.process(w.report_of("1.2.0"))
    w.airlock("bundle", "verify", bundle_of(w, 2))
    taken = w.vendor("intake", bundle_of(w, 2), "--json").json["items"][0]
    assert (taken["outcome"], taken["checkpoint"]) == ("new", "proven")
    w.airlock("receipt", "import", receipt(w, "second.p7s")[0])
    assert waiting(w) == []
