"""Hand-over, intake, receipts: from the outbox to the vendor and back, and every way to cheat on it."""
import base64
import hashlib
import json
import os
import re
import shutil

import receiver as r
from harness import LONG, case, check, equal, main


def different_report(w, number):
    return w.report(lambda d: d["properties"].update({"posthog_version": f"1.{number}.0"}))


def site_with(w, reports):
    """A sealing site that has disclosed this many reports."""
    w.site()
    for number in range(1, reports + 1):
        equal(w.process(different_report(w, number))["outcome"], "sealed")


def bundle_of(w, number):
    found = [b for b in w.outbox() if re.match(rf".*-{number}-[0-9a-f-]{{36}}\.p7m$", b.name)]
    equal(len(found), 1, f"bundles of report {number}")
    return found[0]


def waiting(w):
    """Bundles that no receipt has named."""
    return [w.site_path / "outbox" / i["file"] for i in w.airlock("outbox", "list", "--json").json["outbox"]]


def receipt(w, name="receipt.p7s", site_id=None):
    out = w.path / name
    issued = w.vendor("receipt", "--site", site_id or w.site_id, "--out", out, "--json").json
    return out, issued


def entries(w, kind):
    text = w.airlock("ledger", "export", "--format", "json").json
    return [e for e in text["entries"] if e["kind"] == kind]


def sign_as_vendor(w, document, name, key="receipt-signing"):
    """A receipt with any content, signed by a key of the vendor's home with stock openssl."""
    content = w.file(name + ".json", document if isinstance(document, (str, bytes)) else json.dumps(document))
    out = w.path / name
    w.run("openssl", "cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-cades", "-md", "sha256", "-in", content, "-signer",
          w.home / f"{key}.crt", "-inkey", w.home / f"{key}.key", "-outform", "PEM", "-out", out)
    return out


def content_of(w, file):
    return w.run("openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-in", file, "-CAfile", w.root, "-no-CApath",
                 "-no-CAstore").json


@case("a whole round: three reports, two handed over, the gap is named, the receipt names the two, the next bundle proves growth")
def _(w):
    site_with(w, 3)
    medium = w.path / "medium"
    medium.mkdir()
    handed = w.airlock("outbox", "hand-over", 1, 3, "--to", medium, "--note", "courier 4711", "--json").json["handed_over"]
    equal([h["number"] for h in handed], [1, 3], "reports that were handed over")
    copies = sorted(p.name for p in medium.iterdir())
    equal(len(copies), 4, "two bundles with their instructions, nothing else")
    for number in (1, 3):
        equal((medium / bundle_of(w, number).name).read_bytes(), bundle_of(w, number).read_bytes(), "copy")
    listed = w.airlock("outbox", "list", "--json").json["outbox"]
    equal([(i["number"], i["handed_over"], i["note"]) for i in listed],
          [(1, 1, "courier 4711"), (2, 0, None), (3, 1, "courier 4711")], "outbox")
    equal(w.airlock("status", "--json").json["bundles"], {"waiting": 1, "handed_over": 2})

    taken = w.vendor("intake", medium, "--json").json
    equal([(i["disclosure"], i["outcome"], i["checkpoint"]) for i in taken["items"]], [(1, "new", "first"), (3, "new", "first")])
    gaps = w.vendor("gaps", "--site", w.site_id, "--json", code=7).json["sites"][0]
    equal((gaps["missing"], gaps["received"], gaps["last_disclosure"]), ([{"first": 2, "last": 2}], 2, 3), "gaps")

    file, issued = receipt(w)
    equal((issued["sequence"], issued["items"], issued["missing"]), (1, 2, [{"first": 2, "last": 2}]))
    signed = content_of(w, file)
    equal([i["id"] for i in signed["items"]], [h["id"] for h in handed], "what stock openssl reads in the receipt")
    check(signed["checkpoint"].startswith(f"airlock/{w.site_id}\n"), signed["checkpoint"])

    done = w.airlock("receipt", "import", file, "--json").json
    equal((done["acknowledged"], done["freed"], done["missing"]), (2, [], [{"first": 2, "last": 2}]))
    equal([b.name for b in waiting(w)], [bundle_of(w, 2).name], "what waits in the outbox")
    equal(len(list((w.site_path / "outbox").iterdir())), 6, "all bundles and their instructions are kept")
    equal(w.kinds(1)[-2:], ["handed_over", "acknowledged"])
    before = w.ledger_ok()
    again = w.airlock("receipt", "import", file, "--json").json
    equal((again["repeated"], again["acknowledged"], again["freed"]), (True, 0, []), "a second import")
    equal(w.ledger_ok(), before, "which changes nothing")

    w.process(different_report(w, 4))
    bundle = bundle_of(w, 4)
    w.airlock("bundle", "verify", bundle)
    folder = w.open_with_openssl(bundle)
    consistency = (folder / "consistency.txt").read_text()
    check(consistency.endswith(signed["checkpoint"]), consistency)
    taken = w.vendor("intake", bundle, bundle_of(w, 2), "--json").json
    equal([(i["disclosure"], i["outcome"], i["checkpoint"]) for i in taken["items"]], [(2, "new", "older"), (4, "new", "proven")])
    equal(w.vendor("gaps", "--json").json["sites"][0]["missing"], [])
    equal([i["outcome"] for i in w.vendor("intake", bundle, medium, "--json").json["items"]], ["known"] * 3, "the second time")
    file, issued = receipt(w, "second.p7s")
    equal((issued["sequence"], issued["items"]), (2, 4), "the second receipt names all")
    check(issued["checkpoint"] == (folder / "checkpoint.txt").read_text(), "its checkpoint is that of the newest bundle")
    equal(w.airlock("receipt", "import", file, "--json").json["acknowledged"], 2)
    equal(waiting(w), [])
    equal(w.airlock("status", "--json").json["receipt"]["sequence"], 2)
    w.ledger_ok()


@case("the instructions of a bundle with consistency.txt come to their end with stock tools, and notice a changed proof")
def _(w):
    site_with(w, 1)
    for number in range(2, 9 if LONG else 5):
        w.vendor("intake", w.site_path / "outbox")
        w.airlock("receipt", "import", receipt(w, f"receipt-{number}.p7s")[0])
        w.process(different_report(w, number))
        bundle = bundle_of(w, number)
        folder = w.open_with_openssl(bundle)
        text = bundle.with_suffix(".txt").read_text()
        script = text.split("RFC 9162 2.1.4.2).")[1]
        grew = "the ledger grew from the last receipt"
        check(grew in w.shell(script, cwd=folder).text, f"report {number}")
        lines = (folder / "consistency.txt").read_text().split("\n")
        changed = base64.b64decode(lines[1])
        lines[1] = base64.b64encode(bytes([changed[0] ^ 1]) + changed[1:]).decode()
        (folder / "consistency.txt").write_text("\n".join(lines))
        check(grew not in w.shell(script, cwd=folder, code=(0, 1)).text, f"a changed proof of report {number}")


@case("a receipt with any sampled byte changed is refused, and nothing is freed")
def _(w):
    site_with(w, 1)
    w.vendor("intake", w.outbox()[0])
    file, _ = receipt(w)
    good = file.read_bytes()
    for at in range(0, len(good), 1 if LONG else len(good) // 25):
        changed = bytearray(good)
        changed[at] ^= 1
        ran = w.airlock("receipt", "import", w.file("changed.p7s", bytes(changed)), code=(3, 5))
        check("changed.p7s" in ran.err, ran.err)
    for size in (0, 10, len(good) // 2, len(good) - 2):
        w.airlock("receipt", "import", w.file("cut.p7s", good[:size]), code=3)
    w.airlock("receipt", "import", w.file("long.p7s", good + b"\n" * 1024 * 1024), code=3)
    w.airlock("receipt", "import", w.path / "none", code=3)
    equal(len(w.outbox()), 1)
    equal(entries(w, "acknowledged"), [])


@case("a receipt for another site, of another role, for another key, older, or a second one of its sequence is refused")
def _(w):
    site_with(w, 1)
    w.vendor("intake", w.outbox()[0])
    first, _ = receipt(w, "first.p7s")
    second, _ = receipt(w, "second.p7s")
    document = content_of(w, second)

    def refused(change, code, words, key="receipt-signing"):
        changed = json.loads(json.dumps(document))
        changed = change(changed) or changed
        ran = w.airlock("receipt", "import", sign_as_vendor(w, changed, "forged.p7s", key), code=code)
        check(words in ran.err, f"{words!r} in {ran.err}")
        equal(len(w.outbox()), 1, "bundles that are left")

    other = "11111111-1111-4111-8111-111111111111"
    refused(lambda d: d.update(site_id=other), 5, f"is for site {other}")
    refused(lambda d: d.update(site_key_sha256="0" * 64), 5, "is for another key")
    refused(lambda d: None, 5, "is not for the role `receipt`", key="kit-signing")
    refused(lambda d: d["items"][0].update(content_sha256="0" * 64), 5, f"item {document['items'][0]['id']}")
    refused(lambda d: d["items"].append({"id": other, "content_sha256": "0" * 64}), 5, f"item {other}")
    refused(lambda d: d.update(surprise=1), 3, "`/surprise`: is not a known member")
    refused(lambda d: d["items"].append(d["items"][0]), 3, "stands there twice")
    refused(lambda d: d.update(sequence=0), 3, "`/sequence`")
    refused(lambda d: d.update(format="airlock-licence/1"), 3, "`/format`")
    refused(lambda d: d.update(checkpoint=d["checkpoint"].replace("\n", "\n1", 1)), 5, "checkpoint")
    refused(lambda d: d.update(issued="2020-01-01T00:00:00Z"), 5, "when its signer's certificate was not valid")
    w.airlock("receipt", "import", second)
    equal(waiting(w), [])
    check("is older than receipt 2" in w.airlock("receipt", "import", first, code=4).err, "an older one")
    changed = dict(document, missing=[{"first": 1, "last": 1}])
    ran = w.airlock("receipt", "import", sign_as_vendor(w, changed, "twice.p7s"), code=5)
    check("another receipt with sequence 2" in ran.err, ran.err)
    # A real receipt for another site of the same vendor.
    mine, w.site_path, my_id = w.site_path, w.path / "other", w.site_id
    w.new_site()
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    w.process(different_report(w, 9))
    w.vendor("intake", w.outbox()[0])
    theirs, _ = receipt(w, "theirs.p7s")
    w.site_path = mine
    check("is for site" in w.airlock("receipt", "import", theirs, code=5).err, "the reason")
    check(my_id != w.site_id, "two sites")


@case("a receipt whose signer was revoked is refused once the kit says so; a renewed signer is believed")
def _(w):
    site_with(w, 1)
    w.vendor("intake", w.outbox()[0])
    file, _ = receipt(w)
    w.vendor("certificate", "renew", "receipt")
    w.vendor("certificate", "revoke", w.home / "receipt-signing.1.crt")
    w.airlock("kit", "install", w.new_kit())
    check("which the vendor has revoked" in w.airlock("receipt", "import", file, code=5).err, "the reason")
    equal(len(w.outbox()), 1)
    w.airlock("receipt", "import", receipt(w, "second.p7s")[0])
    equal(waiting(w), [])


@case("a ledger that was rolled back behind a receipt, or forked from it, is refused until a person adopts it")
def _(w):
    site_with(w, 1)
    shutil.copytree(w.site_path, w.path / "backup")
    w.process(different_report(w, 2))
    shutil.copy(bundle_of(w, 2), w.path / "lost.p7m")
    w.vendor("intake", w.site_path / "outbox")
    file, _ = receipt(w)
    shutil.rmtree(w.site_path)
    shutil.copytree(w.path / "backup", w.site_path)

    ran = w.airlock("receipt", "import", file, code=5)
    check("it was rolled back or cut short" in ran.err and "airlock ledger adopt --reason" in ran.err, ran.err)
    equal(entries(w, "acknowledged"), [])
    # A fork: the same numbers, other content. The vendor notices it as well.
    w.process(different_report(w, 3))
    ran = w.airlock("receipt", "import", file, code=5)
    check("it was rebuilt" in ran.err, ran.err)
    equal(len(w.outbox()), 2)
    forked = bundle_of(w, 2)
    ran = w.vendor("intake", forked, "--json", code=5)
    equal(ran.json["items"][0]["outcome"], "fork")
    check("is here already, with other content" in ran.err, ran.err)
    gaps = w.vendor("gaps", "--site", w.site_id, "--json", code=5).json["sites"][0]
    equal([f["disclosure"] for f in gaps["forks"]], [2])
    w.vendor("intake", forked, code=5)
    equal(len(w.vendor("gaps", "--json", code=5).json["sites"][0]["forks"]), 1, "noted once")

    w.airlock("ledger", "adopt", "--yes", "--reason", "the disk was lost, the backup of yesterday restored")
    done = w.airlock("receipt", "import", file, "--json").json
    equal((done["acknowledged"], done["unknown"]), (1, 1), "what the adopted ledger knows of it")
    equal([b.name for b in waiting(w)], [forked.name], "only what arrived waits no longer")
    w.process(different_report(w, 4))
    w.airlock("bundle", "verify", bundle_of(w, 3))
    w.ledger_ok()

    # The vendor takes note of it, and the site's numbers count again.
    proof = proof_of_adoption(w)
    done = w.vendor("site", "readmit", proof, "--reason", "ticket 4711", "--json").json
    equal((done["new"], done["kept"], done["former"], done["forks"]), (True, 1, 1, 1), "what was readmitted")
    equal(done["site_reason"], "the disk was lost, the backup of yesterday restored")
    equal([i["outcome"] for i in w.vendor("intake", w.site_path / "outbox", "--json").json["items"]], ["known", "new", "new"])
    equal(w.vendor("intake", w.path / "lost.p7m", "--json").json["items"][0]["outcome"], "former", "a bundle of the lost past")
    site = w.vendor("gaps", "--json").json["sites"][0]
    equal((site["received"], site["missing"], site["forks"]), (3, [], []), "gaps")
    equal([(r["reason"], r["former"]) for r in site["readmissions"]], [("ticket 4711", 1)])
    file, issued = receipt(w, "after.p7s")
    equal(issued["items"], 3)
    done = w.airlock("receipt", "import", file, "--json").json
    equal((done["acknowledged"], done["unknown"]), (2, 0), "the receipt after that")
    equal(waiting(w), [])
    w.process(different_report(w, 5))
    taken = w.vendor("intake", bundle_of(w, 4), "--json").json
    equal(taken["items"][0]["checkpoint"], "proven", "growth is proven again")
    check(not w.vendor("site", "readmit", proof, "--reason", "again", "--json").json["new"], "the second time")
    equal(len(w.vendor("gaps", "--json").json["sites"][0]["readmissions"]), 1)
    w.ledger_ok()


def proof_of_adoption(w, name="for-the-vendor"):
    """What the site's operator sends to the vendor: the newest entry `adopted`, proven."""
    w.airlock("ledger", "prove", "--entry", entries(w, "adopted")[-1]["seq"], "--extract", w.path / name)
    return w.path / name


@case("only a proven entry `adopted` of a registered site readmits it, and what is refused changes nothing")
def _(w):
    site_with(w, 2)
    w.vendor("intake", w.site_path / "outbox")
    w.airlock("ledger", "adopt", "--yes", "--reason", "a test")
    proof = proof_of_adoption(w)

    def refused(code, words, folder=proof):
        ran = w.vendor("site", "readmit", folder, "--reason", "a test", code=code)
        check(words in ran.err, f"{words!r} in {ran.err}")

    w.airlock("ledger", "prove", 1, "--extract", w.path / "report")
    refused(3, "not `adopted`", w.path / "report")
    refused(3, "entry.json", w.path / "none")
    for file in ("entry.json", "proof.txt"):
        good = (proof / file).read_bytes()
        for at in range(0, len(good), 1 if LONG else len(good) // 12):
            (proof / file).write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:])
            w.vendor("site", "readmit", proof, "--reason", "a test", code=(3, 5))
        for size in (0, len(good) // 2, len(good) - 1):
            (proof / file).write_bytes(good[:size])
            w.vendor("site", "readmit", proof, "--reason", "a test", code=(3, 5))
        (proof / file).write_bytes(good)
    equal(w.vendor("gaps", "--json").json["sites"][0]["readmissions"], [])
    w.vendor("site", "readmit", proof, code=2)
    w.vendor("site", "readmit", proof, "--reason", "", code=2)
    # A site of another vendor, with the same product and name.
    home, w.home = w.home, w.path / "other-home"
    w.vendor("init", "--name", "Example Vendor", "--product", "posthog")
    refused(5, "is not of the ledger of a registered site")
    w.home = home
    w.vendor("site", "readmit", proof, "--reason", "a test")
    # The ledger's key may be another one since.
    w.airlock("key", "rotate", "ledger")
    w.vendor("site", "add", w.site_path / "site-request.p7s")
    w.airlock("ledger", "adopt", "--yes", "--reason", "a second time")
    older, newer = proof, proof_of_adoption(w, "newer")
    check(w.vendor("site", "readmit", newer, "--reason", "b", "--json").json["new"], "under the new key")
    check(not w.vendor("site", "readmit", older, "--reason", "c", "--json").json["new"], "the older one was there")
    equal(len(w.vendor("gaps", "--json").json["sites"][0]["readmissions"]), 2)


@case("an adopted ledger with other content under an item's id is still refused")
def _(w):
    site_with(w, 2)
    w.vendor("intake", w.site_path / "outbox")
    file, _ = receipt(w)
    document = content_of(w, file)
    document["items"][1]["content_sha256"] = "1" * 64
    w.airlock("ledger", "adopt", "--yes", "--reason", "a test")
    w.airlock("receipt", "import", sign_as_vendor(w, document, "forged.p7s"), code=5)
    equal(len(w.outbox()), 2)


@case("an import that is killed anywhere has recorded all or nothing, and the bundles stay")
def _(w):
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
            check(recorded in (0, 3), f"{call} {when}: {recorded} entries: all or none")
            if recorded == 0:
                w.airlock("receipt", "import", file)
            else:
                after += 1
                w.airlock("process", different_report(w, 1))  # a repeat
            equal([b.name for b in waiting(w)], [kept], f"{call} {when}: what waits")
            equal(len(list((w.site_path / "outbox").iterdir())), 6, f"{call} {when}: files")
            w.ledger_ok()
    check(killed > 4, f"{killed} killed, {after} of them after the record")
    print(f"counted: receipt import killed {killed} times, {after} of them after its record")


def sent_line(request, **members):
    """What a receiver notes of a request, as docs/formats/register.md says."""
    return {"format": "airlock-sent/1", "type": "https-json", "statement": request.headers["airlock-statement"],
            "signature": request.headers["airlock-signature"], "body_sha256": hashlib.sha256(request.body).hexdigest(),
            "received": "2026-11-02T08:00:07Z", **members}


def sending(w, destinations):
    path = w.site_path / "airlock.json"
    document = json.loads(path.read_text())
    document["delivery"] = {"destinations": destinations}
    path.write_text(json.dumps(document))
    w.airlock("authorise", "--reason", "a test", "--yes")


@case("what was sent is taken in by its signed statement, and a receipt ends the wait of a payload whose answer was lost")
def _(w):
    authority = r.Authority(w)
    with r.Receiver(authority.issue("server"), script=[200, r.hang_up_after_200]) as server:
        w.site(tier="standard", entitlements=())
        sending(w, [{"type": "https-json", "url": server.url(), "ca_file": str(authority.crt), "timeout_seconds": 2}])
        for number in (1, 2, 3):
            w.process(different_report(w, number), "--no-deliver", code=7)
        send = [w.program("airlock-send"), "--site", w.site_path, "--json", "--once"]
        w.run(*send, code=7)
        first, second = server.posts[0], server.posts[1]
        waiting = [i["maybe_delivered"] for i in w.airlock("outbox", "list", "--json").json["outbox"]]
        check(waiting and waiting[0], f"what waits: {waiting}")

        def note(*lines):
            return w.file("received.jsonl", "".join(l if isinstance(l, str) else json.dumps(l) + "\n" for l in lines))

        bad = bytearray(base64.b64decode(second.headers["airlock-statement"]))
        bad[bad.index(b'"disclosure":2') + 13] = ord("9")
        ran = w.vendor("intake", "--sent", note(sent_line(first, body_sha256="0" * 64), sent_line(second, more=1), "{\n",
                                                sent_line(second, statement=base64.b64encode(bad).decode()),
                                                sent_line(second, signature=sent_line(first)["signature"])), "--json", code=5)
        equal([i["outcome"] for i in ran.json["items"]], ["refused"] * 5)
        equal(w.vendor("gaps", "--json").json["sites"][0]["received"], 0)
        taken = w.vendor("intake", "--sent", note(sent_line(first), "\n", sent_line(second), sent_line(first)), "--json").json
        equal([(i["disclosure"], i["kind"], i["outcome"]) for i in taken["items"]],
              [(1, "sent", "new"), (1, "sent", "known"), (2, "sent", "new")])
        file, issued = receipt(w)
        equal((issued["items"], issued["checkpoint"]), (2, None))
        done = w.airlock("receipt", "import", file, "--json").json
        equal(done["acknowledged"], 2)
        equal(w.kinds(2)[-2:], ["sent", "acknowledged"], "the payload that waited")
        equal([i["number"] for i in w.airlock("outbox", "list", "--json").json["outbox"]], [3])
        equal(len(list((w.site_path / "outbox").iterdir())), 1, "payloads in the outbox")
        w.ledger_ok()
        w.run(*send, "--now")
        equal(len(server.posts), 3, "nothing was sent twice")
        equal(w.airlock("outbox", "list", "--json").json["outbox"], [])


@case("a register of the first version is brought to the newest, with all that is in it")
def _(w):
    site_with(w, 1)
    w.run("sqlite3", w.home / "register.db", "DROP TABLE disclosures; DROP TABLE voids; DROP TABLE checkpoints; DROP TABLE forks; "
          "DROP TABLE receipts; " + "".join(f"DROP TABLE {t}; " for t in ("readmissions", "former_disclosures", "former_voids",
          "former_checkpoints", "former_forks", "retirements", "fork_closures", "closed_forks")) + "PRAGMA user_version = 1")
    w.vendor("intake", w.outbox()[0])
    equal(w.vendor("gaps", "--json").json["sites"][0]["received"], 1)
    equal(w.run("sqlite3", w.home / "register.db", "PRAGMA user_version").text.strip(), "4")
    w.run("sqlite3", w.home / "register.db", "DROP TABLE voids")
    w.vendor("gaps", code=5)


@case("after the site's keys were rotated, receipts for the former ones and proofs from former checkpoints still hold")
def _(w):
    site_with(w, 1)
    w.vendor("intake", w.outbox()[0])
    first, _ = receipt(w, "first.p7s")
    w.airlock("key", "rotate", "site", "--yes")
    w.airlock("receipt", "import", first)
    w.airlock("key", "rotate", "ledger")
    w.vendor("site", "add", w.site_path / "site-request.p7s")
    w.process(different_report(w, 2))
    w.airlock("bundle", "verify", bundle_of(w, 2))
    taken = w.vendor("intake", bundle_of(w, 2), "--json").json["items"][0]
    equal((taken["outcome"], taken["checkpoint"]), ("new", "proven"))
    w.airlock("receipt", "import", receipt(w, "second.p7s")[0])
    equal(waiting(w), [])


@case("hand-over refuses on hold, inside the site, where another file has the name, for no bundle, and without a medium")
def _(w):
    site_with(w, 1)
    medium = w.path / "medium"
    medium.mkdir()

    def refused(code, words, *arguments, to=medium):
        before = sorted(p.name for p in medium.iterdir())
        ran = w.airlock("outbox", "hand-over", *arguments, "--to", to, code=code)
        check(words in ran.err, f"{words!r} in {ran.err}")
        equal(sorted(p.name for p in medium.iterdir()), before, "what is on the medium")
        equal(entries(w, "handed_over"), [], "what was recorded")

    w.airlock("hold", "--reason", "an audit")
    refused(4, "on hold")
    w.airlock("release")
    refused(4, "is inside the site directory", to=w.site_path / "held")
    (w.path / "link").symlink_to(w.site_path)
    refused(4, "is inside the site directory", to=w.path / "link" / "outbox")
    refused(3, "is not a directory", to=w.path / "none")
    refused(2, "report 7 has no bundle", 7)
    refused(2, "the note must be printable", "--note", "two\nlines")
    refused(2, "the note must be printable", "--note", "x" * 1025)
    taken = w.file(f"medium/{w.outbox()[0].name}", "something else")
    refused(4, "another file has this name")
    taken.unlink()
    # Planted by whoever else writes to the medium. A link would be taken for the copy, and nothing would be there.
    bundle = w.outbox()[0]
    for name in (bundle.name, bundle.with_suffix(".txt").name):
        (medium / name).symlink_to(bundle.with_name(name))
        refused(4, "is a symbolic link")
        (medium / name).unlink()
        os.mkfifo(medium / name)
        refused(4, "is not a regular file")
        (medium / name).unlink()
        for plant in (lambda path: path.mkdir(), lambda path: path.symlink_to(w.file("victim", "kept")), os.mkfifo):
            plant(medium / f".{name}.tmp")
            refused(4, "has the name that the copy has until it is complete")
            w.run("rm", "-rf", medium / f".{name}.tmp")
    equal((w.path / "victim").read_text(), "kept")
    good = bundle.read_bytes()
    bundle.write_bytes(good + b"x")
    refused(5, "is not the file that was sealed")
    bundle.write_bytes(good)
    w.airlock("outbox", "hand-over", "--to", medium)
    again = w.airlock("outbox", "hand-over", "--to", medium, "--json").json["handed_over"]
    equal([h["outcome"] for h in again], ["was_there"], "the same medium again")
    equal(len(entries(w, "handed_over")), 1, "recorded once")
    other = w.path / "other"
    other.mkdir()
    w.airlock("outbox", "hand-over", "--to", other)
    equal(len(entries(w, "handed_over")), 2, "another medium is another hand-over")


@case("a medium that is full, broken or lying: nothing is recorded and nothing is visible")
def _(w):
    site_with(w, 1)
    medium = w.path / "medium"
    medium.mkdir()
    for inject, code in (("write:error=ENOSPC", 8), ("fsync:error=EIO", 8)):
        call = inject.split(":")[0]
        # Only calls on files of the medium.
        ran = w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={inject}:when=1", "-P",
                    medium / f".{w.outbox()[0].name}.tmp", w.program("airlock"), "--site", w.site_path, "outbox", "hand-over", "--to",
                    medium, code=code)
        check("nothing was recorded" in ran.err and "another medium" in ran.err, ran.err)
        equal(list(medium.iterdir()), [], "what is left on the medium")
        equal(entries(w, "handed_over"), [])
    ran = w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=renameat2,rename", "-e", "inject=renameat2,rename:error=EIO",
                "-P", medium / f".{w.outbox()[0].name}.tmp", w.program("airlock"), "--site", w.site_path, "outbox", "hand-over", "--to",
                medium, code=7)
    check("run the same command again" in ran.err, ran.err)
    w.airlock("outbox", "hand-over", "--to", medium)
    equal(sorted(p.name for p in medium.iterdir()), sorted(p.name for p in (w.site_path / "outbox").iterdir()))
    # A file system that cannot rename without replacing, and one that knows no permissions.
    for call, error in (("renameat2", "EINVAL"), ("fchmod", "EPERM")):
        other = w.path / call
        other.mkdir()
        path = other / f".{w.outbox()[0].name}.tmp"
        w.run("strace", "-f", "-qq", "-o", "/dev/null", "-P", path, "-e", f"trace={call}", "-e", f"inject={call}:error={error}",
              w.program("airlock"), "--site", w.site_path, "outbox", "hand-over", "--to", other)
        equal(len(list(other.iterdir())), 2, f"copies where {call} gives {error}")


@case("a real medium with too little room for the second bundle, and one that is read-only, get nothing; with room, all")
def _(w):
    site_with(w, 2)
    small = w.path / "small"
    small.mkdir()
    w.run("mount", "-t", "tmpfs", "-o", "size=80k", "tmpfs", small)
    try:
        ran = w.airlock("outbox", "hand-over", "--to", small, code=8)
        check("nothing was recorded, and nothing is on the medium; free some space" in ran.err, ran.err)
        equal(list(small.iterdir()), [], "what is left on it")
        w.run("mount", "-o", "remount,ro", small)
        w.airlock("outbox", "hand-over", "--to", small, code=8)
        equal(entries(w, "handed_over"), [])
        w.run("mount", "-o", "remount,rw,size=1m", small)
        w.airlock("outbox", "hand-over", "--to", small)
        equal(len(list(small.iterdir())), 4)
    finally:
        w.run("umount", "-l", small)


@case("hand-over killed anywhere: no copy is visible that is not recorded, and the next run completes it")
def _(w):
    site_with(w, 2)
    shutil.copytree(w.site_path, w.path / "saved")
    medium = w.path / "medium"
    killed = 0
    for call, places in (("renameat2,rename", range(1, 6)), ("fsync,fdatasync", range(1, 30, 1 if LONG else 4)),
                         ("write,pwrite64", range(1, 40, 1 if LONG else 13))):
        for when in places:
            shutil.rmtree(w.site_path)
            shutil.copytree(w.path / "saved", w.site_path)
            shutil.rmtree(medium, ignore_errors=True)
            medium.mkdir()
            ran = w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                        f"inject={call}:signal=KILL:when={when}", w.program("airlock"), "--site", w.site_path, "outbox",
                        "hand-over", "--to", medium, code=(0, -9, 137))
            if ran.code == 0:
                break
            killed += 1
            visible = [p for p in medium.glob("[!.]*")]
            check(not visible or len(entries(w, "handed_over")) == 2, f"{call} {when}: visible but not recorded")
            w.airlock("outbox", "hand-over", "--to", medium)
            equal(sorted(p.name for p in medium.iterdir()), sorted(p.name for p in (w.site_path / "outbox").iterdir()),
                  f"{call} {when}: what is on the medium after the next run")
            w.ledger_ok()
    check(killed > 5, f"only {killed} runs were killed")
    print(f"counted: hand-over killed {killed} times")


main()
