"""The commands on policies and dictionaries: proofs, holes, cases, differences, proposals, pseudonyms."""
import base64
import hashlib
import hmac
import json
import re
import resource

from harness import DICTIONARY, POLICY, REPORT, TOP

HOLES = TOP / "tests" / "kit" / "holes"
WITH = ["--dictionary", DICTIONARY]


def policy(w, change, name="policy.json"):
    document = json.loads(POLICY.read_text())
    change(document)
    return w.file(name, json.dumps(document))


def dictionary(w, change, name="dictionary.json"):
    document = json.loads(DICTIONARY.read_text())
    change({f["path"]: f for f in document["fields"]}, document)
    return w.file(name, json.dumps(document))


def test_each_claim_of_the_shipped_policy_is_proved_over_every_combination(w):
    """Each claim of the shipped policy is proved over every combination, in under a second."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    result = w.airlock("policy", "check", POLICY, *WITH, "--json").json
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 1, "it took more than a second"
    assert [c["id"] for c in result["claims"] if c["proved"]] == ["air-gapped-never-sends", "no-person-data-leaves"]
    # 6 tiers, an unknown one and none; 11 states; with and without air_gap; 5 floors; own redactions or none; 2 events.
    assert result["combinations"] == (6 + 2) * 11 * 2 * 5 * 2 * 2
    assert result["sound"] and all(c["combinations"] > 1000 for c in result["claims"]), result
    kinds = sorted(f["kind"] for f in result["findings"])
    assert kinds == ["fallback_to_drop", "rule_without_effect"], "notes of policy check"
    text = w.airlock("policy", "check", POLICY, *WITH).text
    assert "evaluated 3520 combinations" in text and "proved  no-person-data-leaves" in text, text


def test_each_of_twelve_policies_with_a_subtle_hole_has_its_hole_printed(w):
    """Each of twelve policies with one subtle hole has its hole printed, and a counter-example is a case that holds."""
    index = json.loads((HOLES / "index.json").read_text())
    assert len(index) == 12
    for hole in index:
        path = HOLES / hole["policy"]
        ran = w.airlock("policy", "check", path, *WITH, "--json", code=3 if "refused" in hole else 4)
        if "refused" in hole:
            assert hole["refused"] in ran.err and all(t in ran.err for t in hole["text"]), ran.err
            continue
        if "finding" in hole:
            texts = [f["text"] for f in ran.json["findings"] if f["kind"] == hole["finding"]]
            assert any(all(t in text for t in hole["text"]) for text in texts), (hole, texts)
            continue
        failing = {c["id"]: c for c in ran.json["claims"] if not c["proved"]}
        assert hole["claim"] in failing, (hole, list(failing))
        claim = failing[hole["claim"]]
        assert all(t in claim["why"] for t in hole["text"]), (hole, claim["why"])
        example = w.file("case.json", json.dumps(claim["counter_example"]))
        w.airlock("policy", "test", example, "--policy", path, *WITH)
        # What the shipped policy does is another thing.
        w.airlock("policy", "test", example, "--policy", POLICY, *WITH, code=1)
        assert claim["why"] in w.airlock("policy", "check", path, *WITH, code=4).text, "the hole is printed"


def test_the_pages_promise_fails_on_what_is_sent_as_published(w):
    """The page's promise fails on what is sent as published, with the smallest counter-example."""
    result = w.airlock("policy", "check", TOP / "policy/examples/page-promise.json", *WITH, "--json", code=4).json
    claim, = [c for c in result["claims"] if not c["proved"]]
    assert claim["id"] == "no-identifiable-information-leaves"
    facts = claim["counter_example"]["facts"]
    assert facts == {"tier": "standard", "licence": "valid", "event": "instance status report"}
    assert "`/distinct_id` leaves: its treatment is `keep`" in claim["why"], claim["why"]


def test_what_never_matters_is_noted_and_does_not_fail_the_check(w):
    """What never matters, is never used or says nothing is noted, and does not fail the check."""
    def change(p):
        p["rules"].append({"id": "idle", "when": {"tier": ["enterprise-no-ping"]}, "at_least": "seal"})
        p["rules"].append({"id": "scale-seals", "when": {"tier": ["scale"]}, "at_least": "withhold"})
        p["profiles"]["lonely"] = {"undeclared": "drop"}
        p["claims"] = []
    notes = {f["kind"]: f["text"] for f in w.airlock("policy", "check", policy(w, change), *WITH, "--json").json["findings"]}
    assert "`idle`" in notes["rule_without_effect"], notes
    assert "`lonely`" in notes["unused_profile"], notes
    assert "`scale`" in notes["overruled_tier"], notes


def test_the_shipped_cases_hold_and_cover_every_rule_and_redaction(w):
    """The shipped cases hold and cover every rule and every redaction; a case that does not hold exits 1."""
    arguments = ["--policy", POLICY, *WITH]
    ran = w.airlock("policy", "test", TOP / "policy/cases", *arguments)
    assert "covered: 3 of 3 rules, 10 of 10 redactions" in ran.text and re.search(r"^\d+ passed, 0 failed$", ran.text, re.M), \
        ran.text
    one = json.loads((TOP / "policy/cases/an-unknown-tier-withholds.json").read_text())
    one["expect"] = {"disposition": "seal", "treatments": [{"path": "/distinct_id", "treatment": "keep"},
                                                           {"path": "/nowhere", "treatment": "keep"}]}
    result = w.airlock("policy", "test", w.file("case.json", json.dumps(one)), *arguments, "--json", code=1).json
    assert (result["passed"], result["failed"]) == (0, 1)
    assert result["cases"][0]["differences"] \
        == ["disposition: expected `seal`, found `withhold`", "`/distinct_id`: expected `keep`, found `pseudonymise`",
         "`/nowhere` is not declared by the dictionary"]
    assert len(result["coverage"]["untested_rules"]) == 3
    for change, place in ((lambda d: d.update(more=1), "/more"), (lambda d: d["facts"].update(licence="ok"), "/facts/licence"),
                          (lambda d: d["facts"].update(tiers="x"), "/facts/tiers"), (lambda d: d.update(expect={}), "/expect"),
                          (lambda d: d["expect"].update(treatments=[{"path": "/id"}]), "/expect/treatments/0/treatment")):
        broken = json.loads(json.dumps(one))
        change(broken)
        ran = w.airlock("policy", "test", w.file("case.json", json.dumps(broken)), *arguments, code=3)
        assert place in ran.err, ran.err


def test_a_difference_is_told_in_sentences_and_anything_looser_exits_4(w):
    """A difference is told in sentences, and anything looser exits 4, also by reclassifying a field."""
    same = w.airlock("policy", "diff", POLICY, POLICY, *WITH).text
    assert "0 of 3520 combinations change; nothing gets looser" in same, same

    def tighten(p):
        p["tiers"]["scale"]["disposition"] = "withhold"
        p["tiers"]["scale"]["may"] = ["withhold"]
    new = policy(w, tighten)
    text = w.airlock("policy", "diff", POLICY, new, *WITH).text
    assert "tier `scale`: `redact` becomes `withhold`, stricter" in text and "nothing gets looser" in text, text
    result = w.airlock("policy", "diff", new, POLICY, *WITH, "--json", code=4).json
    assert result["looser"] and all(d["tier"] == "scale" and d["direction"] == "looser" for d in result["dispositions"]), result

    def reclassify(fields, _):
        fields["/properties/users_who_logged_in/*/email"]["class"] = "usage"
    moved = dictionary(w, reclassify)
    ran = w.airlock("policy", "diff", POLICY, POLICY, "--dictionary", moved, "--old-dictionary", DICTIONARY, code=4)
    assert "`/properties/users_who_logged_in/*/email`, class `usage`: `drop` becomes `keep`, looser" in ran.text, ran.text

    def undeclared(p):
        p["profiles"]["as-published"] = {"undeclared": "drop"}
        p["claims"] = []
    ran = w.airlock("policy", "diff", POLICY, policy(w, undeclared), *WITH, code=4)
    assert "an undeclared or ill-typed value: `refuse` becomes `drop`, looser" in ran.text, ran.text


def test_a_difference_compares_types_and_values_as_the_ceiling_does(w):
    """Types, `enum` values and new data are told as the ceiling compares them, with the consents that would cover them."""
    upgrade = TOP / "tests/kit/products/upgrade"
    old = w.file("small.json", json.dumps({
        "format": "airlock-policy/1", "name": "crm", "version": "1", "otherwise": "withhold", "claims": [], "rules": [],
        "tiers": {"cloud": {"disposition": "send", "profiles": ["whole"], "may": ["send"]},
                  "bank": {"disposition": "redact", "profiles": ["part"], "may": ["redact"]}},
        "profiles": {"whole": {"undeclared": "refuse", "redactions": []},
                     "part": {"undeclared": "drop", "redactions": [{"class": "person", "do": "drop"},
                                                                   {"class": "content", "do": "drop"}]}}}))

    def diff(before, after, code=4):
        return w.airlock("policy", "diff", old, old, "--old-dictionary", upgrade / before, "--dictionary", upgrade / after,
                         "--json", code=code).json
    first = diff("d1.json", "d1b.json")
    assert {(t["path"], t["reason"], t["direction"]) for t in first["terms"]} \
        == {("/storage_gb", "type `count` becomes `number`", "looser"),
            ("/backend", "one enum value more: `cockroach`", "looser")}, first["terms"]
    assert first["looser"] and first["consents"] == [] and first["consents_suffice"] is False
    assert "`/backend`, class `deployment`: one enum value more: `cockroach`, looser, for tier `bank`, tier `cloud`" in first["sentences"]
    second = diff("d1b.json", "d2.json")
    assert second["consents"] == [{"also_new": "class=usage type=count", "paths": ["/ai/tokens"]}], "never owner_email"
    assert second["consents_suffice"] is False
    assert "the value of `/owner_email`: not declared becomes drop, class `person`, stricter, for tier `bank`" in second["sentences"]
    tokens = json.loads((upgrade / "d1b.json").read_text())
    tokens["fields"].append({"path": "/ai/tokens", "type": "count", "class": "usage", "purpose": "billing"})
    third = diff("d1b.json", w.file("tokens.json", json.dumps(tokens)))
    assert third["looser"] and third["consents_suffice"] is True, third
    back = diff("d1b.json", "d1.json")
    assert ("/backend", "one enum value fewer: `cockroach`", "stricter") in {(t["path"], t["reason"], t["direction"]) for t in back["terms"]}
    tokens["events"].append("monthly usage")
    tokens["fields"][0]["values"].append("monthly usage")
    text = w.airlock("policy", "diff", old, old, "--old-dictionary", upgrade / "d1b.json", "--dictionary",
                     w.file("event.json", json.dumps(tokens)), code=4).text
    assert "the event `monthly usage`: not declared becomes declared, looser\n" in text, text
    assert "  class=usage type=count: `/ai/tokens`\nbut more than that is looser" in text, text


def test_without_files_the_commands_take_what_the_sites_kit_has(w):
    """Without files the commands take what the site's kit has, and say what to name where there is no site."""
    w.site()
    assert w.airlock("policy", "check", "--json").json["combinations"] == 3520
    assert "rule `air-gap-entitlement-seals`" in w.airlock("policy", "show").text, "shown"
    assert w.airlock("policy", "show", "--json").json == json.loads(POLICY.read_text())
    assert len(w.airlock("dictionary", "show", "--json").json["fields"]) == len(json.loads(DICTIONARY.read_text())["fields"])
    assert "class `person`" in w.airlock("dictionary", "show").text, "by class"
    ran = w.airlock("policy", "check", POLICY, site=w.path / "no-site", code=3)
    assert "--dictionary FILE" in ran.err, ran.err


def test_what_a_dictionary_does_not_declare_is_listed_to_be_pasted(w):
    """What a dictionary does not declare is listed with declarations that can be pasted."""
    assert w.airlock("dictionary", "check", REPORT, *WITH, "--json").json["misfits"] == []

    def change(d):
        p = d["properties"]
        p["plan"] = "gold"
        p["newest"] = {"at": "2026-11-01T00:00:00Z", "by": ["a@example.com", "b@example.com"], "hosts": {"1": 5, "2": 7}}
        p["helm"]["release_revision"] = "seven"
        p["teams"]["2"]["brand_new_count"] = 3
        p["teams__2__brand_new_count"] = 3
    ran = w.airlock("dictionary", "check", w.report(change), *WITH, "--json", code=4)
    found = {(m["kind"], m["path"]): m["proposal"] for m in ran.json["misfits"]}
    assert found[("undeclared", "/properties/plan")] \
        == {"path": "/properties/plan", "type": "text", "class": "content", "review": "its name does not say what it holds"}
    assert found[("undeclared", "/properties/newest/at")]["type"] == "time"
    assert found[("undeclared", "/properties/newest/by/*")]["class"] == "person"
    assert found[("undeclared", "/properties/newest/hosts/*")]["key"] == {"type": "text", "class": "identifier"}
    assert found[("ill_typed", "/properties/helm/release_revision")]["type"] == ["count", "text"]
    assert found[("undeclared", "/properties/teams/*/brand_new_count")]["type"] == "count"
    assert found[("stray_twin", "/properties/teams__2__brand_new_count")] == None

    def declare(fields, document):
        for proposal in found.values():
            if proposal is None:
                continue
            fields[proposal["path"]].update(proposal) if proposal["path"] in fields else document["fields"].append(proposal)
    assert w.airlock("dictionary", "check", w.report(change), "--dictionary", dictionary(w, declare), "--json").json["misfits"] \
        == []
    assert "is sound" in w.airlock("dictionary", "check", DICTIONARY).text, "a dictionary"
    broken = dictionary(w, lambda fields, _: fields["/id"].update(type="uid"), "broken.json")
    assert "/fields/0/type" in w.airlock("dictionary", "check", broken, code=3).err, "a malformed dictionary"


def test_a_pseudonym_that_is_looked_up_is_the_one_in_the_bundle(w):
    """A pseudonym that is looked up is the one in the bundle, and the HMAC that the format says."""
    w.site(tier="enterprise", entitlements=["air_gap"])
    bundled = json.loads(w.vendor("open", w.process()["bundle"]).out)
    host = json.loads(REPORT.read_text())["distinct_id"]
    found = w.airlock("pseudonym", "lookup", host, "--path", "/distinct_id", "--json").json["pseudonyms"]
    assert [p["pseudonym"] for p in found] == [bundled["distinct_id"]]
    key = bytes.fromhex((w.site_path / "keys/pseudonym.key").read_text().strip()) if len((w.site_path / "keys/pseudonym.key").read_bytes()) > 32 \
        else (w.site_path / "keys/pseudonym.key").read_bytes()
    text = b"".join(len(p).to_bytes(8, "big") + p for p in (b"identifier", b"/distinct_id", host.encode()))
    expected = "identifier-" + base64.b32encode(hmac.new(key, text, hashlib.sha256).digest()[:16]).decode().lower().rstrip("=")
    assert found[0]["pseudonym"] == expected
    assert "/properties/teams/* (the key)" in w.airlock("pseudonym", "lookup", "2").text, "keys too"
    # What left before a rotation is still found, beside what will leave from now on.
    w.airlock("key", "rotate", "pseudonym")
    both = w.airlock("pseudonym", "lookup", host, "--path", "/distinct_id", "--json").json["pseudonyms"]
    assert [p["by_key"] for p in both] == ["in force", "former"]
    assert both[1]["pseudonym"] == bundled["distinct_id"]
    assert both[0]["pseudonym"] != both[1]["pseudonym"], "the keys differ"
    w.airlock("pseudonym", "lookup", "x", "--path", "/nowhere", code=2)
