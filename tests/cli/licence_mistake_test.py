"""A licence mistyped, forgotten, or spoilt on its way, and trust files that are not quite as usual."""
import json
import pathlib
import shutil
import time

from harness import TOP
from renewing import serial, tree

FIELD = TOP / "tests" / "kit" / "field"


def test_a_file_that_mail_and_editors_have_been_at_is_accepted(w):
    """A file that mail, editors and sticks have been at is accepted, and what is installed is written canonically."""
    w.new_vendor()
    folder = FIELD / "licence-through-the-post"
    for file in sorted(folder.glob("*.p7s")):
        ran = w.run("faketime", "2026-11-29 12:00:00", w.program("airlock"), "licence", "verify", "--licence", file, "--trust",
                    folder / "vendor-root.crt", "--product", "posthog", "--json")
        assert ran.json["state"] == "valid", file.name
    w.new_site(kit=False)
    good = w.new_licence("enterprise-air-gapped", ["air_gap"]).read_text()
    kit = w.kit.read_text()

    def mangled(text, name):
        return w.file(name, "\ufeffDear Ms Example,\r\n\r\n" + text.replace("\n", "  \r\n") + "\r\n--\r\nVendor\r\n")

    w.airlock("kit", "install", mangled(kit, "kit.txt"))
    w.airlock("licence", "install", mangled(good, "licence.txt"))
    assert (w.site_path / "public/kit.p7s").read_text() == kit
    assert (w.site_path / "public/licence.p7s").read_text() == good
    # Roots and requests go the same way.
    other = w.path / "another"
    w.airlock("init", "--vendor-root", mangled(w.root.read_text(), "root.txt"), "--vendor-root-sha256", w.root_fingerprint(),
              site=other)
    assert (other / "public/vendor-root.crt").read_text() == w.root.read_text()
    w.vendor("site", "add", mangled((other / "site-request.p7s").read_text(), "request.txt"))
    twice = w.airlock("licence", "install", w.file("twice.p7s", good + good), code=3)
    assert "twice.p7s`: is not PEM: has a second `-----BEGIN CMS-----`" in twice.err, twice.err


def test_licence_verify_file_judges_a_file_as_the_site_would(w):
    """At a site `licence verify FILE` judges a file as the site would; every message names the file it means, and the cause."""
    w.site()
    renewal = w.new_licence("enterprise-air-gapped", ["air_gap"], extra=["--not-before", "2098-01-01"])
    before = tree(w.site_path)
    ran = w.airlock("licence", "verify", renewal, "--json", code=6)
    assert (ran.json["state"], ran.json["licence"]["serial"]) == ("not_yet_valid", serial(w, renewal))
    assert str(renewal) in ran.json["reason"], ran.json["reason"]
    assert w.airlock("licence", "verify", w.new_licence("standard", any_site=True), "--json").json["state"] == "valid"
    assert {k: v for k, v in tree(w.site_path).items()} == before, "nothing is written"
    for words in (["licence", "verify", "typo.p7s"],
                  ["licence", "verify", "--licence", "typo.p7s", "--trust", w.root, "--product", "posthog"]):
        ran = w.airlock(*words, code=6)
        assert "`typo.p7s`: no such file" in ran.err and "install it" not in ran.err, ran.err
    ran = w.airlock("licence", "verify", "--licence", renewal, "--trust", "typo.crt", "--product", "posthog", code=3)
    assert "`typo.crt`" in ran.err and "no such file" in ran.err, ran.err
    ran = w.airlock("licence", "install", "typo.p7s", code=3)
    assert "`typo.p7s`" in ran.err and "no such file" in ran.err, ran.err
    folder = w.path / "a-folder"
    folder.mkdir()
    ran = w.airlock("licence", "verify", folder, code=3)
    assert "a-folder`: is a directory, not a file" in ran.err, ran.err
    ran = w.airlock("licence", "verify", renewal, "--trust", w.root, code=2)
    assert "hint:" in ran.err, ran.err
    # What lies at the site's own place is named as well.
    (w.site_path / "public/licence.p7s").unlink()
    (w.site_path / "public/licence.p7s").symlink_to(w.path / "gone")
    ran = w.airlock("licence", "verify", code=3)
    assert "public/licence.p7s`" in ran.err and "no such file" in ran.err, ran.err


def test_an_authority_with_generalized_time_before_2050_knows_receivers(w):
    """An authority whose validity is GeneralizedTime before 2050 knows receivers, and doctor does not fail for it."""
    w.site()
    shutil.copy(FIELD / "certum-trusted-network-ca-2.pem", w.site_path / "trust/delivery/x.crt")
    w.configure(delivery={"destinations": [{"type": "https-json", "url": "https://reports.vendor.example/v1"}]})
    ran = w.airlock("doctor")
    assert "trust/delivery`, until 2046-10-06" in ran.text or "2046-10-06" in ran.text, ran


def test_trust_files_as_symbolic_links_are_read_alike(w):
    """Licence, kit, root and keys as symbolic links, as mounted secrets are: verify, doctor and process agree."""
    w.site()
    secrets = w.path / "secrets" / "..2026"
    secrets.mkdir(parents=True)
    (w.path / "secrets" / "..data").symlink_to("..2026")
    names = ["public/licence.p7s", "public/kit.p7s", "public/vendor-root.crt", "keys/site.key", "keys/ledger.key",
             "keys/archive.crt", "keys/pseudonym.key", "airlock.json"]
    names += [f"trust/vendor/{p.name}" for p in (w.site_path / "trust/vendor").iterdir()]
    for name in names:
        path = w.site_path / name
        secret = name.replace("/", "-")
        path.rename(secrets / secret)
        path.symlink_to(pathlib.Path("..", *[".."] * name.count("/"), "secrets", "..data", secret))
        assert path.exists(), f"{path} leads somewhere"
    w.path.chmod(0o755)
    assert w.airlock("licence", "verify", "--json").json["state"] == "valid"
    doctor = w.airlock("doctor")
    assert w.process()["outcome"] == "sealed", f"doctor was content:\n{doctor}"
    w.ledger_ok()
    # A link to a folder opens no more than a file would.
    (w.site_path / "public/licence.p7s").unlink()
    (w.site_path / "public/licence.p7s").symlink_to(w.path)
    assert w.airlock("licence", "verify", "--json", code=3).json["state"] == "invalid"
    changed = w.report_of("1.36.0")
    assert w.process(changed, code=4)["licence_state"] == "invalid"


def test_an_unknown_tier_entitlement_or_limit_is_refused_at_issue(w):
    """A tier, an entitlement or a limit that no kit of the vendor knows is refused at issue, with the nearest name."""
    def issue(*arguments, code=2, home=None):
        out = w.path / f"licence-{time.monotonic_ns()}.p7s"
        command = ["licence", "issue", "--licensee", "Example Bank plc", "--any-site", "--not-after", "2099-01-01", *arguments]
        ran = w.vendor(*command, "--out", out, code=code)
        assert out.exists() == (code == 0), f"the licence file exists only after success:\n{ran}"
        return ran

    w.new_vendor()
    for arguments, name, nearest in (
            (["--tier", "enterprise-airgaped"], "enterprise-airgaped", "enterprise-air-gapped"),
            (["--tier", "standard", "--entitlement", "airgap"], "airgap", "air_gap"),
            (["--tier", "standard", "--limit", "events_count_totl=5"], "events_count_totl", "events_count_total")):
        ran = issue(*arguments)
        assert f"`{name}`" in ran.err and f"`{nearest}`" in ran.err and "--unknown" in ran.err, ran.err
        issue(*arguments, "--unknown", code=0)
    issue("--tier", "enterprise-no-ping", "--entitlement", "withhold", code=0)  # what a tier grants needs no rule
    issue("--tier", "Enterprise", code=3)  # what no licence may say
    # A renewal is a licence too; what an older kit of the home knew is known still.
    serials = [one["serial"] for one in w.vendor("licence", "list", "--json").json["licences"]]
    renew = ["licence", "renew", serials[0], "--not-after", "2100-01-01"]
    refused = w.vendor(*renew, "--out", w.path / "renewed.p7s", code=2)
    assert "`enterprise-air-gapped`" in refused.err, refused.err
    w.vendor(*renew, "--unknown", "--out", w.path / "renewed.p7s")
    policy = json.loads((TOP / "policy" / "posthog-default.json").read_text())
    policy["format"] = "airlock-policy/2"
    policy["tiers"]["house"] = policy["tiers"].pop("scale")
    policy["claims"] = policy["rules"] = []
    del policy["claims"], policy["rules"]
    policy["entitlements"] = ["beta"]
    w.new_kit(policy=w.file("policy.json", json.dumps(policy)))
    for tier in ("scale", "house"):
        issue("--tier", tier, code=0)
    issue("--tier", "standard", "--entitlement", "beta", "--entitlement", "air_gap", code=0)
    # A home that never built a kit checks nothing.
    w.home = w.path / "empty"
    w.vendor("init", "--name", "New Vendor", "--product", "posthog")
    issue("--tier", "anything", "--entitlement", "whatever", "--limit", "something=1", code=0)


def test_a_mistyped_tier_is_warned_of_and_mended_without_authorise(w):
    """A mistyped tier is warned of, holds reports, and the mended licence works without authorise."""
    w.site(tier="standard", entitlements=[])
    w.airlock("authorise", "--reason", "the contract", "--yes")
    ceiling = w.airlock("status", "--json").json["events"][0]["ceiling"]
    mistyped = w.new_licence("standrad", extra=["--unknown", "--limit", "no_such=1", "--entitlement", "airgap"])
    installed = w.airlock("licence", "install", mistyped)
    for words in ("tier `standrad`", "`standard`", "limit `no_such`", "entitlement `airgap`", "`air_gap`"):
        assert words in installed.err, f"{words}\n{installed}"
    doctor = w.airlock("doctor")
    assert "tier `standrad`" in doctor.text and "`standard`" in doctor.text, doctor
    w.airlock("process", w.report(), "--no-deliver", code=4)
    mended = w.airlock("licence", "install", w.new_licence("standard"))
    assert "warning" not in mended.err, mended.err
    assert w.airlock("status", "--json").json["events"][0]["ceiling"] == ceiling
    next_report = w.report_of("1.36.0")
    assert w.process(next_report, "--no-deliver", code=7)["outcome"] == "queued", "nobody has to authorise it again"
    w.ledger_ok()


def test_a_forgotten_licence_is_told_by_status_and_doctor(w):
    """A licence that was forgotten: status and doctor say what is missing and what to do."""
    w.new_vendor()
    w.new_site()
    status = w.airlock("status")
    assert "there is no licence" in status.text, status
    assert "`airlock licence install FILE`" in status.text + status.err, status
    doctor = w.airlock("doctor", code=None)
    assert "`airlock licence install FILE`" in doctor.text, doctor
    held = w.airlock("process", w.report(), code=4)
    assert "licence" in held.err, held.err
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    next_report = w.report_of("1.36.0")
    assert w.process(next_report)["outcome"] == "sealed", "nobody has to authorise it"
