"""A ledger that a receipt contradicts: refused until a person adopts it, and readmitted by the vendor on proof."""
import shutil

from carried import bundle_of, content_of, entries, receipt, sign_as_vendor, site_with, waiting
from harness import LONG
import receiver as r


def test_a_ledger_behind_a_receipt_is_refused_until_a_person_adopts_it(w):
    """A ledger that was rolled back behind a receipt, or forked from it, is refused until a person adopts it."""
    site_with(w, 1)
    shutil.copytree(w.site_path, w.path / "backup")
    w.process(w.report_of("1.2.0"))
    shutil.copy(bundle_of(w, 2), w.path / "lost.p7m")
    w.vendor("intake", w.site_path / "outbox")
    file, _ = receipt(w)
    shutil.rmtree(w.site_path)
    shutil.copytree(w.path / "backup", w.site_path)

    ran = w.airlock("receipt", "import", file, code=5)
    assert "it was rolled back or cut short" in ran.err and "airlock ledger adopt --reason" in ran.err, ran.err
    assert entries(w, "acknowledged") == []
    # A fork: the same numbers, other content. The vendor notices it as well.
    w.process(w.report_of("1.3.0"))
    ran = w.airlock("receipt", "import", file, code=5)
    assert "it was rebuilt" in ran.err, ran.err
    assert len(w.outbox()) == 2
    forked = bundle_of(w, 2)
    ran = w.vendor("intake", forked, "--json", code=5)
    assert ran.json["items"][0]["outcome"] == "fork"
    assert "is in the register already, with other content" in ran.err, ran.err
    gaps = w.vendor("gaps", "--site", w.site_id, "--json", code=5).json["sites"][0]
    assert [f["disclosure"] for f in gaps["forks"]] == [2]
    w.vendor("intake", forked, code=5)
    assert len(w.vendor("gaps", "--json", code=5).json["sites"][0]["forks"]) == 1, "noted once"

    w.airlock("ledger", "adopt", "--yes", "--reason", "the disk was lost, the backup of yesterday restored")
    done = w.airlock("receipt", "import", file, "--json").json
    assert (done["acknowledged"], done["unknown"]) == (1, 1), "disclosures acknowledged and unknown"
    assert [b.name for b in waiting(w)] == [forked.name], "only what arrived waits no longer"
    w.process(w.report_of("1.4.0"))
    w.airlock("bundle", "verify", bundle_of(w, 3))
    w.ledger_ok()

    # The vendor takes note of it, and the site's numbers count again.
    proof = proof_of_adoption(w)
    done = w.vendor("site", "readmit", proof, "--reason", "ticket 4711", "--json").json
    assert (done["new"], done["kept"], done["former"], done["forks"]) == (True, 1, 1, 1), "the readmission"
    assert done["site_reason"] == "the disk was lost, the backup of yesterday restored"
    assert [i["outcome"] for i in w.vendor("intake", w.site_path / "outbox", "--json").json["items"]] == ["known", "new", "new"]
    assert w.vendor("intake", w.path / "lost.p7m", "--json").json["items"][0]["outcome"] == "former", "a bundle of the lost past"
    site = w.vendor("gaps", "--json").json["sites"][0]
    assert (site["received"], site["missing"], site["forks"]) == (3, [], []), "gaps"
    assert [(r["reason"], r["former"]) for r in site["readmissions"]] == [("ticket 4711", 1)]
    file, issued = receipt(w, "after.p7s")
    assert issued["items"] == 3
    done = w.airlock("receipt", "import", file, "--json").json
    assert (done["acknowledged"], done["unknown"]) == (2, 0), "the receipt after that"
    assert waiting(w) == []
    w.process(w.report_of("1.5.0"))
    taken = w.vendor("intake", bundle_of(w, 4), "--json").json
    assert taken["items"][0]["checkpoint"] == "proven", "growth is proven again"
    assert not w.vendor("site", "readmit", proof, "--reason", "again", "--json").json["new"], "the second time"
    assert len(w.vendor("gaps", "--json").json["sites"][0]["readmissions"]) == 1
    w.ledger_ok()


def proof_of_adoption(w, name="for-the-vendor"):
    """What the site's operator sends to the vendor: the newest entry `adopted`, proven."""
    w.airlock("ledger", "prove", "--entry", entries(w, "adopted")[-1]["seq"], "--extract", w.path / name)
    return w.path / name


def test_only_a_proven_entry_adopted_readmits_a_site(w):
    """Only a proven entry `adopted` of a registered site readmits it, and what is refused changes nothing."""
    site_with(w, 2)
    w.vendor("intake", w.site_path / "outbox")
    w.airlock("ledger", "adopt", "--yes", "--reason", "a test")
    proof = proof_of_adoption(w)

    def refused(code, words, folder=proof):
        ran = w.vendor("site", "readmit", folder, "--reason", "a test", code=code)
        assert words in ran.err, f"{words!r} in {ran.err}"

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
    assert w.vendor("gaps", "--json").json["sites"][0]["readmissions"] == []
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
    assert w.vendor("site", "readmit", newer, "--reason", "b", "--json").json["new"], "the readmission under the new key"
    assert not w.vendor("site", "readmit", older, "--reason", "c", "--json").json["new"], "the older adoption was readmitted again"
    assert len(w.vendor("gaps", "--json").json["sites"][0]["readmissions"]) == 2


def test_an_adopted_ledger_with_other_content_under_an_id_is_refused(w):
    """An adopted ledger with other content under an item's id is still refused."""
    site_with(w, 2)
    w.vendor("intake", w.site_path / "outbox")
    file, _ = receipt(w)
    document = content_of(w, file)
    document["items"][1]["content_sha256"] = "1" * 64
    w.airlock("ledger", "adopt", "--yes", "--reason", "a test")
    w.airlock("receipt", "import", sign_as_vendor(w, document, "forged.p7s"), code=5)
    assert len(w.outbox()) == 2
