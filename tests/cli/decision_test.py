"""Every tier of the shipped policy, floors, licence states and the ceiling: what becomes of a report and with which code."""
import json

from harness import REPORT, case, check, equal, main

PAST = ["--not-before", "2020-01-01", "--grace-days", "0"]


def configure(w, **members):
    path = w.site_path / "airlock.json"
    configuration = json.loads(path.read_text())
    configuration.update(members)
    path.write_text(json.dumps(configuration))


def variant(w, n):
    return w.report(lambda d: d["properties"].update({"posthog_version": f"1.35.{n}"}))


@case("each tier: send and redact are held at the ceiling with 4, seal seals, withhold withholds with 0, unknown is held with 4")
def _(w):
    w.new_vendor()
    w.new_site()
    expected = {
        "unlicensed": ("held", "send", 4), "standard": ("held", "send", 4), "scale": ("held", "redact", 4),
        "enterprise": ("held", "redact", 4), "enterprise-air-gapped": ("sealed", "seal", 0),
        "enterprise-no-ping": ("withheld", "withhold", 0), "no-such-tier": ("held", "withhold", 4)}
    for n, (tier, (outcome, disposition, code)) in enumerate(expected.items()):
        w.airlock("licence", "install", w.new_licence(tier, extra=["--unknown"]))
        result = w.process(variant(w, n), code=code)
        equal((result["outcome"], result["disposition"]), (outcome, disposition), tier)
        if tier == "no-such-tier":
            equal(result["reason"], "tier")
        elif outcome == "held":
            equal(result["reason"], "ceiling")
            check("airlock authorise" in result["hint"], result["hint"])
        if outcome == "held":
            check((w.site_path / "held" / result["report_id"]).exists(), "a held report is kept")
        preview = w.airlock("preview", variant(w, n), code=code)
        # What only a person's word keeps back can be looked at.
        equal(len(preview.out) > 0, disposition != "withhold", f"preview of {tier}")
    w.ledger_ok()


@case("the air_gap entitlement seals in strict wherever the tier grants sealing, and holds with 4 where it does not")
def _(w):
    w.new_vendor()
    w.new_site()
    for n, (tier, outcome, code) in enumerate((("enterprise", "sealed", 0), ("standard", "held", 4), ("scale", "held", 4),
                                               ("enterprise-no-ping", "withheld", 0))):
        w.airlock("licence", "install", w.new_licence(tier, ["air_gap"]))
        result = w.process(variant(w, n), code=code)
        equal(result["outcome"], outcome, tier)
        if outcome == "sealed":
            equal(result["profiles"], ["baseline", "strict"])


@case("a floor of seal turns redact into seal where granted; a floor of withhold withholds with 0; floors never loosen")
def _(w):
    w.site(tier="enterprise", entitlements=[])
    configure(w, floor="seal")
    result = w.process(variant(w, 1))
    equal((result["outcome"], result["profiles"]), ("sealed", ["baseline"]))
    configure(w, floor="withhold")
    equal(w.process(variant(w, 2))["outcome"], "withheld")
    configure(w, floor="send")
    equal(w.process(variant(w, 3), code=4)["outcome"], "held")
    kinds = w.run("sqlite3", w.site_path / "ledger.db", "SELECT count(*) FROM entries WHERE kind = 'configured'").text
    equal(kinds.strip(), "3", "each configuration is recorded")


@case("an expired licence seals where the tier grants it, else holds with 4; an invalid or missing one holds with 4")
def _(w):
    w.new_vendor()
    w.new_site()
    licence = w.site_path / "public/licence.p7s"
    (w.site_path / "public").chmod(0o755)
    for n, (tier, outcome, code) in enumerate((("enterprise", "sealed", 0), ("enterprise-air-gapped", "sealed", 0),
                                               ("standard", "held", 4), ("enterprise-no-ping", "withheld", 0))):
        licence.write_bytes(w.new_licence(tier, not_after="2021-01-01", extra=PAST).read_bytes())
        result = w.process(variant(w, n), code=code)
        equal((result["outcome"], result["licence_state"]), (outcome, "expired"), tier)
    licence.write_bytes(b"garbage")
    result = w.process(variant(w, 10), code=4)
    equal((result["outcome"], result["licence_state"], result["tier"]), ("held", "invalid", None))
    licence.unlink()
    result = w.process(variant(w, 11), code=4)
    equal((result["outcome"], result["licence_state"], result["tier"]), ("held", "missing", None))


@case("`licence: none` counts for a site that never had one, and no longer once the ledger has seen one")
def _(w):
    w.new_vendor()
    w.new_site()
    equal(w.process(variant(w, 1), code=4)["outcome"], "held")
    configure(w, licence="none")
    result = w.process(variant(w, 2), code=4)
    equal((result["outcome"], result["tier"], result["disposition"]), ("held", "unlicensed", "send"))
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped"))
    equal(w.process(variant(w, 3))["outcome"], "sealed")
    (w.site_path / "public/licence.p7s").unlink()
    equal(w.process(variant(w, 4), code=4)["outcome"], "held")


@case("the licence of another site, with another key, seals at most")
def _(w):
    w.site(tier="enterprise")
    other = w.path / "other"
    w.new_site(path=other)
    foreign = w.new_licence("standard")
    (w.site_path / "public/licence.p7s").write_bytes(foreign.read_bytes())
    result = w.process(code=4)
    equal((result["licence_state"], result["outcome"]), ("wrong_site", "held"))


@case("redact_also takes out more, and can loosen nothing")
def _(w):
    w.site()
    plain = json.loads(w.airlock("preview", REPORT).out)
    check("posthog_version" in plain["properties"], "kept without it")
    configure(w, redact_also=[{"class": "version", "do": "drop"}, {"path": "/distinct_id", "do": "drop"}])
    result = w.process()
    report = json.loads(w.vendor("open", result["bundle"]).out)
    for gone in ("posthog_version", "clickhouse_version"):
        check(gone not in report["properties"], f"{gone} left")
    check("distinct_id" not in report, "distinct_id left")
    configure(w, redact_also=[{"path": "/no/such/path", "do": "drop"}])
    held = w.process(variant(w, 5), code=4)
    equal((held["outcome"], held["reason"]), ("held", "configuration"))
    check("/redact_also/0" in held["message"], held["message"])


@case("a configuration with a mistake stops everything, naming file and member, and nothing is recorded")
def _(w):
    w.site()
    entries = w.ledger_ok()["entries"]
    sound = (w.site_path / "airlock.json").read_text()
    for members, path in (({"flor": "seal"}, "/flor"), ({"floor": "none"}, "/floor"), ({"archive": "no"}, "/archive"),
                          ({"redact_also": [{"class": "person", "do": "blur"}]}, "/redact_also/0"),
                          ({"limits": {"report_bytes": 10**12}}, "/limits/report_bytes"),
                          ({"delivery": {"destinations": [{"type": "https-json", "url": "http://x"}]}}, "/url")):
        (w.site_path / "airlock.json").write_text(sound)
        configure(w, **members)
        ran = w.airlock("process", REPORT, code=8)
        check("airlock.json" in ran.err and path in ran.err, ran.err)
        w.airlock("status", code=3)
    (w.site_path / "airlock.json").write_text("{")
    w.airlock("process", REPORT, code=8)
    (w.site_path / "airlock.json").write_text(sound)
    equal(w.ledger_ok()["entries"], entries)


@case("with `archive: false` the vendor still opens the bundle and the site does not")
def _(w):
    w.site()
    configure(w, archive=False)
    result = w.process()
    w.vendor("open", result["bundle"])
    check("not sealed for" in w.airlock("bundle", "open", result["bundle"], code=4).err, "the reason")


main()
