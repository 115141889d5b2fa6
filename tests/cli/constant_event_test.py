"""A product whose reports name no event and are about one moment, all the way: checked, processed, sealed, opened."""
import json

DICTIONARY = {
    "format": "airlock-dictionary/2", "name": "ping", "product": "crm",
    "roles": {"event": {"always": "service ping"}, "at": "/recorded_at", "every": "P7D", "version": "/version"},
    "fields": [
        {"path": "/recorded_at", "type": "time", "class": "time"},
        {"path": "/version", "type": "version", "class": "version"},
        {"path": "/users", "type": "count", "class": "usage", "purpose": "billing", "required": True},
        {"path": "/admin", "type": "email", "class": "person", "nullable": True}]}
POLICY = {
    "format": "airlock-policy/1", "name": "ping", "version": "1", "otherwise": "withhold",
    "tiers": {"open": {"disposition": "seal", "profiles": ["whole"], "may": ["seal", "withhold"]},
              "closed": {"disposition": "seal", "profiles": ["less"], "may": ["seal", "withhold"]}},
    "rules": [{"id": "pings-are-sealed", "when": {"event": ["service ping"]}, "at_least": "seal"}],
    "profiles": {"whole": {"undeclared": "refuse", "redactions": []},
                 "less": {"undeclared": "drop", "redactions": [{"class": "person", "do": "drop"},
                                                               {"class": "time", "do": "truncate_time", "to": "month"}]}},
    "claims": [{"id": "no-person", "for": {"tier": ["closed"]}, "class": "person", "never_leaves": True},
               {"id": "never-sent", "for": {"event": ["service ping"]}, "never": ["send"]}]}
REPORT = '{"recorded_at":"2026-11-27T23:30:00-02:00", "version":"17.6.1","users":812,\n "admin":"ada@example.com"}\n'


def vendor(w):
    policy = w.file("policy.json", json.dumps(POLICY))
    dictionary = w.file("dictionary.json", json.dumps(DICTIONARY))
    w.new_vendor(policy, dictionary, product="crm")
    return policy, dictionary


def opened(w):
    bundle = w.outbox()[-1]
    into = w.path / f"into-{bundle.name}"
    w.vendor("open", bundle, "--extract", into)
    return bundle.name, (into / "report.json").read_text(), json.loads((into / "manifest.json").read_text())


def test_a_report_without_an_event_leaves_whole(w):
    vendor(w)
    w.site(tier="open", entitlements=())
    done = w.process(w.file("ping.json", REPORT))
    assert (done["outcome"], done["event"]) == ("sealed", "service ping")
    name, report, manifest = opened(w)
    assert name.startswith("2026-11-28-") and report == REPORT
    assert (manifest["event"], manifest["period"]) == ("service ping", {"start": "2026-11-28", "end": "2026-11-28"})
    w.ledger_ok()
    assert "every 7 days" in w.airlock("status").text
    assert "service ping" in w.airlock("ledger", "list").text


def test_the_moment_is_recorded_as_the_decision_treats_it(w):
    vendor(w)
    w.site(tier="closed", entitlements=())
    w.process(w.file("ping.json", REPORT), code=0)
    name, report, manifest = opened(w)
    assert name.startswith("2026-11-01-"), name
    assert json.loads(report) == {"recorded_at": "2026-11-01T00:00:00Z", "version": "17.6.1", "users": 812}
    assert manifest["period"] == {"start": "2026-11-01", "end": "2026-11-01"}


def test_a_report_that_is_no_object_is_held_back_and_one_without_the_billed_figure_too(w):
    vendor(w)
    w.site(tier="open", entitlements=())
    assert "is not a JSON object" in w.airlock("process", w.file("list.json", "[]"), code=3).err
    ran = w.airlock("process", w.file("less.json", REPORT.replace('"users":812,', "")), code=4)
    assert "`/users` is required" in ran.err, ran.err
    assert w.outbox() == []


def test_the_policy_is_proved_and_tested_for_the_constant_event(w):
    policy, dictionary = vendor(w)
    chosen = ["--policy", policy, "--dictionary", dictionary]
    assert w.airlock("policy", "check", policy, "--dictionary", dictionary, "--json").json["combinations"] > 0
    case = {"format": "airlock-policy-case/1", "name": "closed", "facts": {"tier": "closed", "licence": "valid", "event": "service ping"},
            "expect": {"disposition": "seal", "rules": ["pings-are-sealed"], "treatments": [{"path": "/admin", "treatment": "drop"}]}}
    w.airlock("policy", "test", w.file("case.json", json.dumps(case)), *chosen)
    case["facts"]["event"] = "another"
    ran = w.airlock("policy", "test", w.file("case.json", json.dumps(case)), *chosen, code=1)
    assert "`another` is not an event of the dictionary" in ran.text + ran.err
    unknown = w.file("unknown.json", json.dumps(POLICY).replace('"service ping"', '"another"'))
    assert "another" in w.airlock("policy", "check", unknown, "--dictionary", dictionary, code=3).err
    wrong = w.file("wrong.json", json.dumps(POLICY).replace('"class": "person", "never_leaves"', '"class": "time", "never_leaves"'))
    claim = w.airlock("policy", "check", wrong, "--dictionary", dictionary, "--json", code=4).json["claims"][0]
    w.airlock("policy", "test", w.file("counter.json", json.dumps(claim["counter_example"])), "--policy", wrong, "--dictionary", dictionary)
    assert w.airlock("dictionary", "check", w.file("ping.json", REPORT), "--dictionary", dictionary, "--json").json["misfits"] == []
