"""The commands on policies and dictionaries: proofs, holes, cases, differences, proposals, pseudonyms."""
import base64
import hashlib
import hmac
import json
import re
import resource

from harness import DICTIONARY, POLICY, REPORT, TOP, case, check, equal, main

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


@case("each claim of the shipped policy is proved over every combination, in under a second")
def _(w):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    result = w.airlock("policy", "check", POLICY, *WITH, "--json").json
    check(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 1, "it took more than a second")
    equal([c["id"] for c in result["claims"] if c["proved"]], ["air-gapped-never-sends", "no-person-data-leaves"])
    # 6 tiers, an unknown one and none; 11 states; with and without air_gap; 5 floors; own redactions or none; 2 events.
    equal(result["combinations"], (6 + 2) * 11 * 2 * 5 * 2 * 2)
    check(result["sound"] and all(c["combinations"] > 1000 for c in result["claims"]), result)
    kinds = sorted(f["kind"] for f in result["findings"])
    equal(kinds, ["fallback_to_drop", "rule_without_effect"], "what is noted")
    text = w.airlock("policy", "check", POLICY, *WITH).text
    check("evaluated 3520 combinations" in text and "proved  no-person-data-leaves" in text, text)


@case("each of twelve policies with one subtle hole has its hole printed, and a counter-example is a case that holds")
def _(w):
    index = json.loads((HOLES / "index.json").read_text())
    equal(len(index), 12)
    for hole in index:
        path = HOLES / hole["policy"]
        ran = w.airlock("policy", "check", path, *WITH, "--json", code=3 if "refused" in hole else 4)
        if "refused" in hole:
            check(hole["refused"] in ran.err and all(t in ran.err for t in hole["text"]), ran.err)
            continue
        if "finding" in hole:
            texts = [f["text"] for f in ran.json["findings"] if f["kind"] == hole["finding"]]
            check(any(all(t in text for t in hole["text"]) for text in texts), (hole, texts))
            continue
        failing = {c["id"]: c for c in ran.json["claims"] if not c["proved"]}
        check(hole["claim"] in failing, (hole, list(failing)))
        claim = failing[hole["claim"]]
        check(all(t in claim["why"] for t in hole["text"]), (hole, claim["why"]))
        example = w.file("case.json", json.dumps(claim["counter_example"]))
        w.airlock("policy", "test", example, "--policy", path, *WITH)
        # What the shipped policy does is another thing.
        w.airlock("policy", "test", example, "--policy", POLICY, *WITH, code=1)
        check(claim["why"] in w.airlock("policy", "check", path, *WITH, code=4).text, "the hole is printed")


@case("the page's promise fails on what is sent as published, with the smallest counter-example")
def _(w):
    result = w.airlock("policy", "check", TOP / "policy/examples/page-promise.json", *WITH, "--json", code=4).json
    claim, = [c for c in result["claims"] if not c["proved"]]
    equal(claim["id"], "no-identifiable-information-leaves")
    facts = claim["counter_example"]["facts"]
    equal(facts, {"tier": "standard", "licence": "valid", "event": "instance status report"})
    check("`/distinct_id` leaves: its treatment is `keep`" in claim["why"], claim["why"])


@case("what never matters, is never used or says nothing is noted, and does not fail the check")
def _(w):
    def change(p):
        p["rules"].append({"id": "idle", "when": {"tier": ["enterprise-no-ping"]}, "at_least": "seal"})
        p["rules"].append({"id": "scale-seals", "when": {"tier": ["scale"]}, "at_least": "withhold"})
        p["profiles"]["lonely"] = {"undeclared": "drop"}
        p["claims"] = []
    notes = {f["kind"]: f["text"] for f in w.airlock("policy", "check", policy(w, change), *WITH, "--json").json["findings"]}
    check("`idle`" in notes["rule_without_effect"], notes)
    check("`lonely`" in notes["unused_profile"], notes)
    check("`scale`" in notes["overruled_tier"], notes)


@case("the shipped cases hold and cover every rule and every redaction; a case that does not hold exits 1")
def _(w):
    arguments = ["--policy", POLICY, *WITH]
    ran = w.airlock("policy", "test", TOP / "policy/cases", *arguments)
    check("covered: 3 of 3 rules, 10 of 10 redactions" in ran.text and re.search(r"^\d+ passed, 0 failed$", ran.text, re.M), ran.text)
    one = json.loads((TOP / "policy/cases/an-unknown-tier-withholds.json").read_text())
    one["expect"] = {"disposition": "seal", "treatments": [{"path": "/distinct_id", "treatment": "keep"},
                                                           {"path": "/nowhere", "treatment": "keep"}]}
    result = w.airlock("policy", "test", w.file("case.json", json.dumps(one)), *arguments, "--json", code=1).json
    equal((result["passed"], result["failed"]), (0, 1))
    equal(result["cases"][0]["differences"],
          ["disposition: expected `seal`, found `withhold`", "`/distinct_id`: expected `keep`, found `pseudonymise`",
           "`/nowhere` is not declared by the dictionary"])
    equal(len(result["coverage"]["untested_rules"]), 3)
    for change, place in ((lambda d: d.update(more=1), "/more"), (lambda d: d["facts"].update(licence="ok"), "/facts/licence"),
                          (lambda d: d["facts"].update(tiers="x"), "/facts/tiers"), (lambda d: d.update(expect={}), "/expect"),
                          (lambda d: d["expect"].update(treatments=[{"path": "/id"}]), "/expect/treatments/0/treatment")):
        broken = json.loads(json.dumps(one))
        change(broken)
        ran = w.airlock("policy", "test", w.file("case.json", json.dumps(broken)), *arguments, code=3)
        check(place in ran.err, ran.err)


@case("a difference is told in sentences, and anything looser exits 4, also by reclassifying a field")
def _(w):
    same = w.airlock("policy", "diff", POLICY, POLICY, *WITH).text
    check("0 of 3520 combinations change; nothing gets looser" in same, same)

    def tighten(p):
        p["tiers"]["scale"]["disposition"] = "withhold"
        p["tiers"]["scale"]["may"] = ["withhold"]
    new = policy(w, tighten)
    text = w.airlock("policy", "diff", POLICY, new, *WITH).text
    check("tier `scale`: `redact` becomes `withhold`, stricter" in text and "nothing gets looser" in text, text)
    result = w.airlock("policy", "diff", new, POLICY, *WITH, "--json", code=4).json
    check(result["looser"] and all(d["tier"] == "scale" and d["direction"] == "looser" for d in result["dispositions"]), result)

    def reclassify(fields, _):
        fields["/properties/users_who_logged_in/*/email"]["class"] = "usage"
    moved = dictionary(w, reclassify)
    ran = w.airlock("policy", "diff", POLICY, POLICY, "--dictionary", moved, "--old-dictionary", DICTIONARY, code=4)
    check("`/properties/users_who_logged_in/*/email`, class `usage`: `drop` becomes `keep`, looser" in ran.text, ran.text)

    def undeclared(p):
        p["profiles"]["as-published"] = {"undeclared": "drop"}
        p["claims"] = []
    ran = w.airlock("policy", "diff", POLICY, policy(w, undeclared), *WITH, code=4)
    check("what is undeclared or ill-typed: `refuse` becomes `drop`, looser" in ran.text, ran.text)


@case("without files the commands take what the site's kit has, and say what to name where there is no site")
def _(w):
    w.site()
    equal(w.airlock("policy", "check", "--json").json["combinations"], 3520)
    check("rule `air-gap-entitlement-seals`" in w.airlock("policy", "show").text, "shown")
    equal(w.airlock("policy", "show", "--json").json, json.loads(POLICY.read_text()))
    equal(len(w.airlock("dictionary", "show", "--json").json["fields"]), len(json.loads(DICTIONARY.read_text())["fields"]))
    check("class `person`" in w.airlock("dictionary", "show").text, "by class")
    ran = w.airlock("policy", "check", POLICY, site=w.path / "no-site", code=3)
    check("--dictionary FILE" in ran.err, ran.err)


@case("what a dictionary does not declare is listed with declarations that can be pasted")
def _(w):
    equal(w.airlock("dictionary", "check", REPORT, *WITH, "--json").json["misfits"], [])

    def change(d):
        p = d["properties"]
        p["plan"] = "gold"
        p["newest"] = {"at": "2026-11-01T00:00:00Z", "by": ["a@example.com", "b@example.com"], "hosts": {"1": 5, "2": 7}}
        p["helm"]["release_revision"] = "seven"
        p["teams"]["2"]["brand_new_count"] = 3
        p["teams__2__brand_new_count"] = 3
    ran = w.airlock("dictionary", "check", w.report(change), *WITH, "--json", code=4)
    found = {(m["kind"], m["path"]): m["proposal"] for m in ran.json["misfits"]}
    equal(found[("undeclared", "/properties/plan")], {"path": "/properties/plan", "type": "text", "class": "content", "purpose": "none"})
    equal(found[("undeclared", "/properties/newest/at")]["type"], "time")
    equal(found[("undeclared", "/properties/newest/by/*")]["class"], "person")
    equal(found[("undeclared", "/properties/newest/hosts/*")]["key"], {"type": "text", "class": "identifier"})
    equal(found[("ill_typed", "/properties/helm/release_revision")]["type"], ["count", "text"])
    equal(found[("undeclared", "/properties/teams/*/brand_new_count")]["type"], "count")
    equal(found[("stray_twin", "/properties/teams__2__brand_new_count")], None)

    def declare(fields, document):
        for proposal in found.values():
            if proposal is None:
                continue
            fields[proposal["path"]].update(proposal) if proposal["path"] in fields else document["fields"].append(proposal)
    equal(w.airlock("dictionary", "check", w.report(change), "--dictionary", dictionary(w, declare), "--json").json["misfits"], [])
    check("is sound" in w.airlock("dictionary", "check", DICTIONARY).text, "a dictionary")
    broken = dictionary(w, lambda fields, _: fields["/id"].update(type="uid"), "broken.json")
    check("/fields/0/type" in w.airlock("dictionary", "check", broken, code=3).err, "a broken one")


@case("a pseudonym that is looked up is the one in the bundle, and the HMAC that the format says")
def _(w):
    w.site(tier="enterprise", entitlements=["air_gap"])
    bundled = json.loads(w.vendor("open", w.process()["bundle"]).out)
    host = json.loads(REPORT.read_text())["distinct_id"]
    found = w.airlock("pseudonym", "lookup", host, "--path", "/distinct_id", "--json").json["pseudonyms"]
    equal([p["pseudonym"] for p in found], [bundled["distinct_id"]])
    key = bytes.fromhex((w.site_path / "keys/pseudonym.key").read_text().strip()) if len((w.site_path / "keys/pseudonym.key").read_bytes()) > 32 \
        else (w.site_path / "keys/pseudonym.key").read_bytes()
    text = b"".join(len(p).to_bytes(8, "big") + p for p in (b"identifier", b"/distinct_id", host.encode()))
    expected = "identifier-" + base64.b32encode(hmac.new(key, text, hashlib.sha256).digest()[:16]).decode().lower().rstrip("=")
    equal(found[0]["pseudonym"], expected)
    check("/properties/teams/* (the key)" in w.airlock("pseudonym", "lookup", "2").text, "keys too")
    # What left before a rotation is still found, beside what will leave from now on.
    w.airlock("key", "rotate", "pseudonym")
    both = w.airlock("pseudonym", "lookup", host, "--path", "/distinct_id", "--json").json["pseudonyms"]
    equal([p["by_key"] for p in both], ["in force", "former"])
    equal(both[1]["pseudonym"], bundled["distinct_id"])
    check(both[0]["pseudonym"] != both[1]["pseudonym"], "the keys differ")
    w.airlock("pseudonym", "lookup", "x", "--path", "/nowhere", code=2)


main()
