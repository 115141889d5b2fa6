"""What a vendor takes back or hands over: revoked and superseded licences, revoked signers, successor roots, stale kits."""
import json
import shutil



def state(w, code, **options):
    """The verdict that any user gets, and the one that the site itself acts on."""
    verdict = w.airlock("licence", "verify", "--json", code=code, **options).json
    status = w.airlock("status", "--json").json["licence"]
    assert status["state"] == verdict["state"], "status and licence verify"
    return verdict["state"]


def serial(w, file):
    text = w.run("openssl", "cms", "-verify", "-noverify", "-binary", "-inform", "PEM", "-in", file).out
    return json.loads(text)["serial"]


def test_a_revoked_licence_is_revoked_from_the_next_kit_on(w):
    """A licence that the vendor revoked is revoked from the next kit on, and nothing leaves."""
    w.site()
    licence = w.site_path / "public/licence.p7s"
    number = serial(w, licence)
    w.vendor("licence", "revoke", "LIC-0", code=2)
    assert w.vendor("licence", "revoke", number, "--reason", "ended", "--json").json["new"] == True
    assert w.vendor("licence", "revoke", number, "--json").json["new"] == False
    assert state(w, 0) == "valid"
    w.airlock("kit", "install", w.new_kit())
    assert state(w, 6) == "revoked"
    assert w.process(code=4)["licence_state"] == "revoked"
    assert w.outbox() == []
    ran = w.airlock("licence", "install", licence, code=6)
    assert "was revoked by the vendor" in ran.err, ran.err
    w.vendor("licence", "renew", number, "--not-after", "2099-01-01", "--out", w.path / "renewed", code=4)
    listed = w.vendor("licence", "list", "--json").json["licences"]
    assert [(l["serial"], l["revoked"]) for l in listed] == [(number, True)]
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    assert state(w, 0) == "valid"
    w.ledger_ok()


def test_an_older_licence_that_comes_back_is_superseded(w):
    """An older licence that comes back is superseded, also where somebody copies it into place; other sites' do not count."""
    w.site()
    licence = w.site_path / "public/licence.p7s"
    old = w.file("old.p7s", licence.read_bytes())
    out = w.path / "renewed.p7s"
    renewed = w.vendor("licence", "renew", serial(w, licence), "--not-after", "2098-01-01", "--out", out, "--json").json
    assert renewed["licence"]["tier"] == "enterprise-air-gapped"
    assert renewed["licence"]["not_after"] == "2098-01-01T00:00:00Z"
    assert renewed["licence"]["sequence"] == 2
    w.airlock("licence", "install", out)
    ran = w.airlock("licence", "install", old, code=6)
    assert "superseded" in ran.err and "sequence 2 has been seen" in ran.err, ran.err
    shutil.copy(old, licence)
    assert w.airlock("status", "--json").json["licence"]["state"] == "superseded"
    assert w.process()["licence_state"] == "superseded"
    shutil.copy(out, licence)
    # A newer one of another site lies there for a while.
    first = w.site_id
    w.new_site(path=w.path / "other")
    foreign = w.new_licence("standard")
    w.site_id = first
    shutil.copy(foreign, licence)
    changed = w.report_of("1.36.0")
    assert w.process(changed, code=4)["licence_state"] == "wrong_site"
    public = w.site_path / "public/site.json"
    assert json.loads(public.read_text())["licence_sequence"] == 2, "the sequence in public/site.json"
    shutil.copy(out, licence)
    public.unlink()  # made again from the ledger, which remembers the other site's
    w.process(w.report_of("1.37.0"))
    assert json.loads(public.read_text())["licence_sequence"] == 2, "public/site.json was not written again"
    assert w.airlock("licence", "verify", "--json").json["state"] == "valid"
    assert w.airlock("status", "--json").json["licence"]["state"] == "valid"
    w.ledger_ok()


def test_what_a_revoked_signer_signed_is_revoked_and_its_kits_refused(w):
    """A signer's certificate is renewed and revoked: what it signed is revoked, its kits are refused, also without the list."""
    w.site()
    licence = w.site_path / "public/licence.p7s"
    w.vendor("certificate", "revoke", w.home / "licence-signing.crt", code=4)
    w.vendor("certificate", "renew", "licence")
    assert state(w, 0) == "valid"
    w.vendor("certificate", "revoke", w.home / "licence-signing.1.crt")
    revoking = w.new_kit()
    w.airlock("kit", "install", revoking)
    assert state(w, 6) == "revoked"
    fresh = w.new_licence("enterprise-air-gapped", ["air_gap"])
    w.airlock("licence", "install", fresh)
    assert state(w, 0) == "valid"
    # openssl finds the same with the list that the kit carries.
    w.shell(f"cat {w.root} {w.home}/crl.pem > all.pem")
    verify = ["openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-CAfile", "all.pem", "-no-CApath", "-no-CAstore",
              "-crl_check", "-out", "/dev/null", "-in"]
    w.run(*verify, fresh)
    old = w.file("old.p7s", w.run("cat", w.kit).out)
    assert "revoked" not in w.run(*verify, old, code=0).err, "the kit's signer is not revoked yet"

    # Whoever has the former kit signer's key makes kits without the list, and with an older one.
    thief = w.path / "thief"
    shutil.copytree(w.home, thief)
    w.vendor("certificate", "renew", "kit")
    w.vendor("certificate", "revoke", w.home / "kit-signing.1.crt")
    home = w.home
    w.home = thief
    with_older = w.new_kit()
    (thief / "crl.pem").unlink()
    without = w.new_kit()
    w.home = home
    latest = w.new_kit()
    latest = w.new_kit()
    latest = w.new_kit()
    w.airlock("kit", "install", latest)
    for stolen in (with_older, without):
        ran = w.airlock("kit", "install", stolen, code=(4, 5))
        assert "revoked" in ran.err or "older" in ran.err, ran.err
        ran = w.airlock("kit", "verify", stolen, code=5)
        assert "which the vendor has revoked" in ran.err, ran.err
    assert w.process()["outcome"] == "sealed"
    w.ledger_ok()


def test_the_number_of_a_revocation_list_never_falls(w):
    """The number of a revocation list never falls, and no kit leaves it out, whoever signed it."""
    w.site()
    w.vendor("certificate", "renew", "receipt")
    w.vendor("certificate", "revoke", w.home / "receipt-signing.1.crt")
    first = (w.home / "crl.pem").read_bytes()
    w.vendor("certificate", "renew", "receipt")
    w.vendor("certificate", "revoke", w.home / "receipt-signing.2.crt")
    second = (w.home / "crl.pem").read_bytes()
    w.airlock("kit", "install", w.new_kit())
    (w.home / "crl.pem").write_bytes(first)
    ran = w.airlock("kit", "install", w.new_kit(), code=4)
    assert "has number 1, but another with number 2 is in force" in ran.err, ran.err
    (w.home / "crl.pem").unlink()
    ran = w.airlock("kit", "install", w.new_kit(), code=4)
    assert "lacks the revocation list" in ran.err, ran.err
    (w.home / "crl.pem").write_bytes(second)
    w.airlock("kit", "install", w.new_kit())
    entry = json.loads(w.run("sqlite3", w.site_path / "ledger.db",
                             "SELECT body FROM entries WHERE kind = 'kit' ORDER BY seq DESC LIMIT 1").text)
    assert entry["revocation_lists"][0]["number"] == 2
    w.ledger_ok()


def test_a_successor_root_comes_with_a_kit(w):
    """A successor root comes with a kit; then both roots are believed, and what only the next one has signed as well."""
    w.site()
    old_licence = w.site_path / "public/licence.p7s"
    w.vendor("root", "promote", code=4)
    w.vendor("root", "successor")
    w.vendor("root", "successor", code=4)
    handing_over = w.new_kit()
    w.vendor("root", "promote")
    late_kit = w.new_kit()
    late_licence = w.new_licence("enterprise-air-gapped", ["air_gap"])
    w.airlock("kit", "install", late_kit, code=5)
    w.airlock("licence", "install", late_licence, code=5)
    w.airlock("kit", "install", handing_over)
    w.airlock("kit", "install", handing_over)
    assert state(w, 0) == "valid"
    w.airlock("kit", "install", late_kit)
    assert state(w, 0) == "valid"
    w.airlock("licence", "install", late_licence)
    assert state(w, 0) == "valid"
    assert w.process(code=4)["reason"] == "ceiling"  # the vendor's new recipient is another one
    w.airlock("authorise", "--reason", "the vendor's new keys", "--yes")
    assert [r["outcome"] for r in w.airlock("process", "--held", "--json").json["reports"]] == ["sealed"]
    # openssl agrees, with each root alone.
    for root, file, code in (("vendor-root.crt", late_licence, 0), ("vendor-root.1.crt", late_licence, 4),
                             ("vendor-root.1.crt", handing_over, 0), ("vendor-root.crt", handing_over, 4)):
        w.run("openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-in", file, "-CAfile", w.home / root, "-no-CApath",
              "-no-CAstore", "-out", "/dev/null", code=code)
    w.vendor("open", w.outbox()[0])
    # A new site starts with the new root.
    w.new_site(path=w.path / "new-site", kit=late_kit)
    assert old_licence.exists(), "the old licence was replaced by the new one"
    w.ledger_ok()


def test_a_bundle_for_a_renewed_recipient_opens_with_the_former_key(w):
    """A bundle for a recipient whose certificate was renewed since opens with the former key."""
    w.site()
    w.process()
    w.vendor("certificate", "renew", "recipient")
    assert json.loads(w.vendor("open", w.outbox()[0]).out)["event"] == "user instance status report"
    w.airlock("kit", "install", w.new_kit())
    w.airlock("authorise", "--reason", "the vendor's new key", "--yes")
    changed = w.report_of("1.36.0")
    w.process(changed)
    assert len(w.outbox()) == 2
    for bundle in w.outbox():
        w.vendor("open", bundle)


def test_signing_certificates_that_expired_after_signing_do_no_harm(w):
    """Signing certificates that expired after signing do no harm; the licence and the kit stay what they were."""
    w.new_vendor()
    w.new_site()
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    ran = w.run("faketime", "-f", "+2500d", w.program("airlock"), "--site", w.site_path, "licence", "verify", "--json")
    assert ran.json["state"] == "valid"
    ran = w.run("faketime", "-f", "+2500d", w.program("airlock"), "--site", w.site_path, "status", "--json")
    assert (ran.json["licence"]["state"], ran.json["kit"]["stale"]) == ("valid", True)


def test_a_kit_in_public_that_cannot_be_believed_makes_the_licence_invalid(w):
    """A kit that lies in public and cannot be believed makes the licence invalid to everybody who asks."""
    w.site()
    kit = w.site_path / "public/kit.p7s"
    good = kit.read_bytes()
    kit.write_bytes(good[:-200])
    verdict = w.airlock("licence", "verify", "--json", code=3).json
    assert verdict["state"] == "invalid"
    assert "nobody can say whether the licence was revoked" in verdict["reason"], verdict["reason"]
    kit.write_bytes(good)
    assert state(w, 0) == "valid"


def test_a_revocation_outlives_the_kit_that_brought_it(w):
    """A revocation outlives the kit that brought it: without that kit, or with another in its place, no licence is believed."""
    w.site()
    public = w.site_path / "public"
    kit = public / "kit.p7s"
    before = w.file("before.p7s", kit.read_bytes())
    licence = public / "licence.p7s"
    w.vendor("licence", "revoke", serial(w, licence))
    w.airlock("kit", "install", w.new_kit())
    newest = kit.read_bytes()
    assert state(w, 6) == "revoked"
    known = json.loads((public / "site.json").read_text())
    assert known["format"] == "airlock-public/2"

    def unknown(code, how):
        assert state(w, code) == "invalid", how
        ran = w.airlock("licence", "verify", code=code)
        assert "nobody can say whether the licence was revoked" in ran.text + ran.err, f"{how}: {ran}"
        assert (w.process(w.report_of("1.40." + str(len(how))), code=4)[
              "outcome"] in ("withheld", "held")) == True, how

    kit.unlink()
    unknown(5, "no kit")
    shutil.copy(before, kit)
    unknown(5, "the kit before")
    foreign = w.path / "other-vendor"
    home, w.home = w.home, foreign
    w.vendor("init", "--name", "Other Vendor", "--product", "posthog")
    shutil.copy(w.new_kit(), kit)
    w.home = home
    assert w.airlock("licence", "verify", "--json", code=(3, 5)).json["state"] == "invalid", "another vendor's kit"
    kit.unlink()
    kit.mkdir()
    assert w.airlock("licence", "verify", "--json", code=(3, 5)).json["state"] == "invalid", "a folder"
    kit.rmdir()
    kit.write_bytes(newest)
    assert state(w, 6) == "revoked"
    assert w.outbox() == []
    w.ledger_ok()


def test_a_kits_number_names_one_content_for_ever(w):
    """A kit's number names one content for ever: another kit of the same number makes the licence invalid."""
    w.site()
    twin = w.path / "twin"
    shutil.copytree(w.home, twin)
    first = w.new_kit()
    home, w.home = w.home, twin
    w.vendor("licence", "revoke", serial(w, w.site_path / "public/licence.p7s"))  # two kits of one second may be equal else
    second = w.new_kit()
    w.home = home
    w.airlock("kit", "install", first)
    shutil.copy(second, w.site_path / "public/kit.p7s")
    assert state(w, 5) == "invalid"
    w.airlock("kit", "install", first)
    assert state(w, 0) == "valid"


def test_an_application_believes_a_newer_kit_and_the_site_catches_up(w):
    """An application that finds a newer kit than is known believes it, and the site's next command catches up."""
    w.site()
    newer = w.new_kit()
    shutil.copy(newer, w.site_path / "public/kit.p7s")
    assert w.airlock("licence", "verify", "--json").json["state"] == "valid"
    w.airlock("kit", "install", newer)
    assert state(w, 0) == "valid"


def test_another_customers_licence_for_any_site_says_nothing_of_this_sites(w):
    """Another customer's licence for any site says nothing of this site's own licence, whatever its sequence."""
    w.site()
    licence = w.site_path / "public/licence.p7s"
    own = licence.read_bytes()
    for number in range(3):
        out = w.path / f"foreign-{number}.p7s"
        w.vendor("licence", "issue", "--tier", "enterprise-air-gapped", "--licensee", "Somebody Else", "--any-site", "--not-after",
                 "2099-01-01", "--out", out)
    shutil.copy(out, licence)
    assert w.airlock("licence", "verify", "--json").json["state"] == "valid", "a licence for any site"
    w.process(code=(0, 4))
    licence.write_bytes(own)
    assert state(w, 0) == "valid", "the site's own licence again"
    public = w.site_path / "public/site.json"
    public.unlink()
    w.airlock("process", "--held", code=(0, 4))
    w.process(w.report_of("1.36.1"))
    assert state(w, 0) == "valid", "after public/site.json was written again"
    w.ledger_ok()
