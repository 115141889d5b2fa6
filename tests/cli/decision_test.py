"""Every tier of the shipped policy, floors, licence states and the ceiling: what becomes of a report and with which code."""
import json

from harness import REPORT

PAST = ["--not-before", "2020-01-01", "--grace-days", "0"]


def test_each_tier_ends_as_the_policy_says(w):
    """Each tier: send and redact are held at the ceiling with 4, seal seals, withhold withholds with 0, unknown is held with 4."""
    w.new_vendor()
    w.new_site()
    expected = {
        "unlicensed": ("held", "send", 4), "standard": ("held", "send", 4), "scale": ("held", "redact", 4),
        "enterprise": ("held", "redact", 4), "enterprise-air-gapped": ("sealed", "seal", 0),
        "enterprise-no-ping": ("withheld", "withhold", 0), "no-such-tier": ("held", "withhold", 4)}
    for n, (tier, (outcome, disposition, code)) in enumerate(expected.items()):
        w.airlock("licence", "install", w.new_licence(tier, extra=["--unknown"]))
        result = w.process(w.report_of(f"1.35.{n}"), code=code)
        assert (result["outcome"], result["disposition"]) == (outcome, disposition), tier
        if tier == "no-such-tier":
            assert result["reason"] == "tier"
        elif outcome == "held":
            assert result["reason"] == "ceiling"
            assert "airlock authorise" in result["hint"], result["hint"]
        if outcome == "held":
            assert (w.site_path / "held" / result["report_id"]).exists(), "a held report is kept"
        preview = w.airlock("preview", w.report_of(f"1.35.{n}"), code=code)
        # What only a person's word keeps back can be looked at.
        assert (len(preview.out) > 0) == (disposition != "withhold"), f"preview of {tier}"
    w.ledger_ok()


def test_the_air_gap_entitlement_seals_in_strict_wherever_sealing_is_granted(w):
    """The air_gap entitlement seals in strict wherever the tier grants sealing, and holds with 4 where it does not."""
    w.new_vendor()
    w.new_site()
    for n, (tier, outcome, code) in enumerate((("enterprise", "sealed", 0), ("standard", "held", 4), ("scale", "held", 4),
                                               ("enterprise-no-ping", "withheld", 0))):
        w.airlock("licence", "install", w.new_licence(tier, ["air_gap"]))
        result = w.process(w.report_of(f"1.35.{n}"), code=code)
        assert result["outcome"] == outcome, tier
        if outcome == "sealed":
            assert result["profiles"] == ["baseline", "strict"]


def test_floors_tighten_and_never_loosen(w):
    """A floor of seal turns redact into seal where granted; a floor of withhold withholds with 0; floors never loosen."""
    w.site(tier="enterprise", entitlements=[])
    w.configure(floor="seal")
    result = w.process(w.report_of("1.35.1"))
    assert (result["outcome"], result["profiles"]) == ("sealed", ["baseline"])
    w.configure(floor="withhold")
    assert w.process(w.report_of("1.35.2"))["outcome"] == "withheld"
    w.configure(floor="send")
    assert w.process(w.report_of("1.35.3"), code=4)["outcome"] == "held"
    kinds = w.run("sqlite3", w.site_path / "ledger.db", "SELECT count(*) FROM entries WHERE kind = 'configured'").text
    assert kinds.strip() == "3", "each configuration is recorded"


def test_an_expired_licence_seals_or_holds_and_an_invalid_one_holds(w):
    """An expired licence seals where the tier grants it, else holds with 4; an invalid or missing one holds with 4."""
    w.new_vendor()
    w.new_site()
    licence = w.site_path / "public/licence.p7s"
    (w.site_path / "public").chmod(0o755)
    for n, (tier, outcome, code) in enumerate((("enterprise", "sealed", 0), ("enterprise-air-gapped", "sealed", 0),
                                               ("standard", "held", 4), ("enterprise-no-ping", "withheld", 0))):
        licence.write_bytes(w.new_licence(tier, not_after="2021-01-01", extra=PAST).read_bytes())
        result = w.process(w.report_of(f"1.35.{n}"), code=code)
        assert (result["outcome"], result["licence_state"]) == (outcome, "expired"), tier
    licence.write_bytes(b"garbage")
    result = w.process(w.report_of("1.35.10"), code=4)
    assert (result["outcome"], result["licence_state"], result["tier"]) == ("held", "invalid", None)
    licence.unlink()
    result = w.process(w.report_of("1.35.11"), code=4)
    assert (result["outcome"], result["licence_state"], result["tier"]) == ("held", "missing", None)


def test_licence_none_counts_until_the_ledger_has_seen_a_licence(w):
    """`licence: none` counts for a site that never had one, and no longer once the ledger has seen one."""
    w.new_vendor()
    w.new_site()
    assert w.process(w.report_of("1.35.1"), code=4)["outcome"] == "held"
    w.configure(licence="none")
    result = w.process(w.report_of("1.35.2"), code=4)
    assert (result["outcome"], result["tier"], result["disposition"]) == ("held", "unlicensed", "send")
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped"))
    assert w.process(w.report_of("1.35.3"))["outcome"] == "sealed"
    (w.site_path / "public/licence.p7s").unlink()
    assert w.process(w.report_of("1.35.4"), code=4)["outcome"] == "held"


def test_the_licence_of_another_site_with_another_key_seals_at_most(w):
    w.site(tier="enterprise")
    other = w.path / "other"
    w.new_site(path=other)
    foreign = w.new_licence("standard")
    (w.site_path / "public/licence.p7s").write_bytes(foreign.read_bytes())
    result = w.process(code=4)
    assert (result["licence_state"], result["outcome"]) == ("wrong_site", "held")


def test_redact_also_takes_out_more_and_can_loosen_nothing(w):
    w.site()
    plain = json.loads(w.airlock("preview", REPORT).out)
    assert "posthog_version" in plain["properties"], "kept without it"
    w.configure(redact_also=[{"class": "version", "do": "drop"}, {"path": "/distinct_id", "do": "drop"}])
    result = w.process()
    report = json.loads(w.vendor("open", result["bundle"]).out)
    for gone in ("posthog_version", "clickhouse_version"):
        assert gone not in report["properties"], f"{gone} left"
    assert "distinct_id" not in report, "distinct_id left"
    w.configure(redact_also=[{"path": "/no/such/path", "do": "drop"}])
    held = w.process(w.report_of("1.35.5"), code=4)
    assert (held["outcome"], held["reason"]) == ("held", "configuration")
    assert "/redact_also/0" in held["message"], held["message"]


def test_a_configuration_with_a_mistake_stops_everything(w):
    """A configuration with a mistake stops everything, naming file and member, and nothing is recorded."""
    w.site()
    entries = w.ledger_ok()["entries"]
    sound = (w.site_path / "airlock.json").read_text()
    for members, path in (({"flor": "seal"}, "/flor"), ({"floor": "none"}, "/floor"), ({"archive": "no"}, "/archive"),
                          ({"redact_also": [{"class": "person", "do": "blur"}]}, "/redact_also/0"),
                          ({"limits": {"report_bytes": 10**12}}, "/limits/report_bytes"),
                          ({"delivery": {"destinations": [{"type": "https-json", "url": "http://x"}]}}, "/url")):
        (w.site_path / "airlock.json").write_text(sound)
        w.configure(**members)
        ran = w.airlock("process", REPORT, code=8)
        assert "airlock.json" in ran.err and path in ran.err, ran.err
        w.airlock("status", code=3)
    (w.site_path / "airlock.json").write_text("{")
    w.airlock("process", REPORT, code=8)
    (w.site_path / "airlock.json").write_text(sound)
    assert w.ledger_ok()["entries"] == entries


def test_without_an_archive_the_vendor_still_opens_the_bundle(w):
    """With `archive: false` the vendor still opens the bundle and the site does not."""
    w.site()
    w.configure(archive=False)
    result = w.process()
    w.vendor("open", result["bundle"])
    assert "not sealed for" in w.airlock("bundle", "open", result["bundle"], code=4).err, "the reason"
