"""Types that other products' reports need: what leaves whole, what is cut, what a claim says of an opaque value."""
import json

from harness import TOP

VAULT = json.loads((TOP / "tests/kit/products/vault.json").read_text())["snapshot_records"][0]
FIELDS = [
    {"path": "/id", "type": "id", "class": "identifier"},
    {"path": "/data", "type": "opaque", "class": "licence"},
    {"path": "/since", "type": "date", "class": "time"},
    {"path": "/created", "type": "epoch", "class": "time"},
    {"path": "/seen", "type": "epoch_ms", "class": "time"},
    {"path": "/uptime", "type": "duration", "class": "deployment"},
    {"path": "/locale", "type": "locale", "class": "location"},
    {"path": "/nic", "type": "mac", "class": "identifier"},
    {"path": "/database", "type": "version", "class": "version"},
    {"path": "/users", "type": ["count", "boolean", "enum"], "values": ["unlimited"], "class": "usage", "sentinels": [-1]}]
REPORT = {"id": VAULT["id"], "data": VAULT["data"], "since": "2026-11-26", "created": 1764126245, "seen": 1764126245123,
          "uptime": "168h0m0s", "locale": "en_US.UTF-8", "nic": "02:42:ac:11:00:02", "database": "12.17 (Debian 12.17-1)", "users": 1234}


def dictionary(w, **holds):
    fields = [{**f, **holds} if f["path"] == "/data" else f for f in FIELDS]
    return w.file("dictionary.json", json.dumps({"format": "airlock-dictionary/2", "name": "d", "product": "p",
                                                 "roles": {"event": {"always": "ping"}}, "fields": fields}))


def policy(w, redactions=(), claims=()):
    return w.file("policy.json", json.dumps({
        "format": "airlock-policy/1", "name": "p", "version": "1", "otherwise": "withhold", "rules": [],
        "tiers": {"t": {"disposition": "seal", "profiles": ["only"], "may": ["seal"]}},
        "profiles": {"only": {"undeclared": "refuse", "redactions": list(redactions)}},
        "claims": [{"id": f"no-{cls}", "for": {"tier": ["t"]}, "class": cls, "never_leaves": True} for cls in claims]}))


def left(w, redactions, report):
    w.new_vendor(policy(w, redactions), dictionary(w), product="p")
    w.site(tier="t", entitlements=())
    return w.airlock("preview", w.file("report.json", json.dumps(report, indent=1)))


def test_a_report_with_an_opaque_member_of_4_kb_leaves_byte_for_byte(w):
    assert len(REPORT["data"]) > 4000
    ran = left(w, [], REPORT)
    whole = (w.path / "report.json").read_bytes()
    assert ran.out == whole
    assert w.process("report.json")["outcome"] == "sealed"
    bundle, = w.outbox()
    assert (w.open_with_openssl(bundle) / "report.json").read_bytes() == whole


def test_a_redaction_that_cannot_be_applied_to_an_opaque_member_drops_it(w):
    without = {k: v for k, v in REPORT.items() if k != "data"}
    assert json.loads(left(w, [{"class": "licence", "do": "pseudonymise"}], REPORT).out) == without


def test_times_of_every_type_are_cut(w):
    cut = json.loads(left(w, [{"class": "time", "do": "truncate_time", "to": "month"}], REPORT).out)
    assert cut == {**REPORT, "since": "2026-11-01", "created": 1761955200, "seen": 1761955200000}


def test_figures_are_rounded_and_a_sentinel_a_boolean_or_an_enum_is_not(w):
    redactions = [{"class": "usage", "type": ["count"], "do": "round", "to": 100}]
    assert json.loads(left(w, redactions, REPORT).out) == {**REPORT, "users": 1200}
    for users in (-1, True, "unlimited"):
        report = w.file("report.json", json.dumps({**REPORT, "users": users}))
        assert w.airlock("preview", report).out == report.read_bytes()
    explained = {(t["path"], t["of"]): t["treatment"] for t in w.airlock("explain", report, "--json").json["treatments"]}
    assert explained["/users", "value"] == "keep; type count: round to multiples of 100"
    shown = w.airlock("policy", "show").text
    assert "class `usage` of type `count`: round to multiples of 100" in shown, shown


def test_the_site_itself_redacts_by_class_and_type(w):
    left(w, [], REPORT)
    w.configure(redact_also=[{"class": "usage", "type": "count", "do": "drop"}])
    report = w.file("report.json", json.dumps(REPORT))
    assert "users" not in json.loads(w.airlock("preview", report).out)
    w.file("report.json", json.dumps({**REPORT, "users": -1}))
    assert json.loads(w.airlock("preview", report).out)["users"] == -1
    own, = w.airlock("status", "--json").json["redact_also"]
    assert (own["class"], own["type"]) == ("usage", ["count"])


def test_a_claim_fails_while_an_opaque_value_is_kept_that_may_hold_the_class(w):
    def check(claim, redactions=(), **holds):
        arguments = ["policy", "check", policy(w, redactions, [claim]), "--dictionary", dictionary(w, **holds), "--json"]
        found, = w.airlock(*arguments, code=None).json["claims"]
        return found["proved"] or found["why"]

    assert "`/data` leaves whole: it is `opaque` and may hold something of class `person`" in check("person")
    assert check("person", holds=["usage"]) is True
    assert "of class `person`" in check("person", holds=["usage", "person"])
    assert check("person", [{"path": "/data", "do": "drop"}]) is True
    assert check("person", [{"class": "licence", "do": "pseudonymise"}]) is True
    assert "its treatment is `keep`" in check("licence", holds=["usage"])
    # A claim is about what a type lets leave, too.
    by_type = [{"path": "/data", "do": "drop"}, {"class": "usage", "type": ["count", "enum"], "do": "drop"}]
    assert "`/users` leaves: its treatment is `keep; type count: drop; type enum: drop`" in check("usage", by_type)


def test_holds_is_refused_where_it_says_nothing(w):
    for holds, why in ((["figures"], "`figures` is not a class"), ([], "is an empty list"), (["person", "person"], "")):
        ran = w.airlock("dictionary", "check", dictionary(w, holds=holds), code=3)
        assert "`/fields/1/holds`" in ran.err and why in ran.err, ran.err
    for change in ({"holds": ["person"]}, {"key": {"type": "opaque", "class": "person"}, "path": "/x/*"}):
        fields = [*FIELDS, {"path": "/x", "type": "text", "class": "usage", **change}]
        document = {**json.loads(dictionary(w).read_text()), "fields": fields}
        assert "`opaque`" in w.airlock("dictionary", "check", w.file("d.json", json.dumps(document)), code=3).err


def test_more_that_an_opaque_value_may_hold_is_looser(w):
    w.new_vendor(policy(w), dictionary(w, holds=["usage"]), product="p")
    w.site(tier="t", entitlements=())
    w.airlock("kit", "install", w.new_kit(policy(w), dictionary(w, holds=["usage", "person"])))
    done = w.process(w.file("report.json", json.dumps(REPORT)), code=4)
    assert done["reason"] == "ceiling" and "holds person" in done["message"], done
    w.airlock("authorise", "--reason", "the vendor signs it", "--yes")
    w.airlock("kit", "install", w.new_kit(policy(w), dictionary(w, holds=["person"])))
    assert w.process("report.json")["outcome"] == "sealed", "less is stricter"
    refused = w.airlock("authorise", "--reason", "x", "--yes", "--also-new", "class=usage", "type=opaque", code=2)
    assert "may hold anything" in refused.err
    w.airlock("authorise", "--reason", "dates come", "--yes", "--also-new", "class=usage", "type=date,epoch")


def test_a_type_that_is_treated_less_is_looser(w):
    strict = [{"class": "usage", "type": ["count", "enum"], "do": "drop"}]
    w.new_vendor(policy(w, strict), dictionary(w), product="p")
    w.site(tier="t", entitlements=())
    loose = w.file("loose.json", policy(w, [{"class": "usage", "type": "count", "do": "drop"}]).read_text())
    told = w.airlock("policy", "diff", policy(w, strict), loose, "--dictionary", dictionary(w), code=4).text
    assert "type enum: drop" in told, told
    w.airlock("kit", "install", w.new_kit(loose, dictionary(w)))
    done = w.process(w.file("report.json", json.dumps(REPORT)), code=4)
    assert done["reason"] == "ceiling" and "`/users`" in done["message"], done
    w.airlock("authorise", "--reason", "names of editions may leave", "--yes")
    left_over, = w.airlock("process", "--held", "--json").json["reports"]
    assert left_over["outcome"] == "sealed"
    assert w.ledger_ok()
