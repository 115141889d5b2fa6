"""`airlock-vendor drift`: what reports have that no dictionary knows and what they lack, from the bundles that arrived."""
import json
import sqlite3

from harness import TOP

UPGRADE = TOP / "tests/kit/products/upgrade"
POLICY = {
    "format": "airlock-policy/1", "name": "crm", "version": "1", "otherwise": "withhold", "rules": [], "claims": [],
    "tiers": {"whole": {"disposition": "seal", "profiles": ["all"], "may": ["seal"]},
              "part": {"disposition": "seal", "profiles": ["no-person"], "may": ["seal"]}},
    "profiles": {"all": {"undeclared": "refuse", "redactions": []},
                 "no-person": {"undeclared": "drop", "redactions": [{"class": "person", "do": "drop"},
                                                                    {"class": "content", "do": "drop"}]}}}


def dictionary(w, name, change=lambda fields: None, **roles):
    """A dictionary of the samples, as a file; its reports say the version of the product."""
    document = json.loads((UPGRADE / f"{name}.json").read_text())
    document["format"] = "airlock-dictionary/2"
    document["roles"].update({"version": "/version", **roles})
    change({field["path"]: field for field in document["fields"]})
    return w.file(f"{name}-{len(list(w.path.iterdir()))}.json", json.dumps(document))


def crm(w, change=lambda fields: None):
    """A vendor of the samples' product with a first kit."""
    policy = w.file("policy.json", json.dumps(POLICY))
    w.new_vendor(policy, dictionary(w, "d1", change), product="crm")
    return policy


def site_of(w, tier, name):
    """A site of this tier: its folder."""
    path = w.path / name
    w.new_site(path=path, name=name)
    w.airlock("licence", "install", w.new_licence(tier), site=path)
    return path


def process(w, site, report, code=0):
    return w.airlock("process", report, "--json", site=site, code=code).json


def intake(w, site):
    w.vendor("intake", site / "outbox")


def drift(w, *arguments, code=4):
    """By name of the site: what drifts there."""
    document = w.vendor("drift", "--json", *arguments, code=code).json
    return {site["name"]: site for site in document["sites"]}


def rows(site):
    return {(row["what"], row["path"], row["count"], row["version"]) for row in site["drift"]}


def test_undeclared_and_ill_typed_values_are_told_by_place_count_and_version(w):
    """Undeclared and ill-typed values are told by declared place, count and version, and never by their names."""
    crm(w)
    part = site_of(w, "part", "part")
    process(w, part, UPGRADE / "v1.json")
    intake(w, part)
    assert rows(drift(w, code=0)["part"]) == set()
    assert "no report that was taken in drifts" in w.vendor("drift").text, "nothing drifts"
    process(w, part, UPGRADE / "v2.json")
    intake(w, part)
    found = drift(w)["part"]
    assert rows(found) == {("undeclared", "/", 2, "5.0.0-rc.1"), ("ill_typed", "/storage_gb", 1, "5.0.0-rc.1"),
                           ("ill_typed", "/backend", 1, "5.0.0-rc.1")}, found
    assert (found["reports"], found["held"], found["unknown"]) == (2, 0, 0)
    assert all(row["newest_dictionary"] for row in found["drift"])
    ran = w.vendor("drift", code=4)
    assert "5.0.0-rc.1  newest      undeclared" in ran.text and "`airlock dictionary check REPORT`" in ran.err, str(ran)
    for name in ("owner_email", "bankhus", "tokens", "models"):
        assert name not in ran.text + ran.err + json.dumps(found), name
    assert rows(drift(w, "--since", "2099-01-01", code=0)["part"]) == set()
    assert "is not a date" in w.vendor("drift", "--since", "yesterday", code=2).err
    w.vendor("kit", "build", "--policy", w.path / "policy.json", "--dictionary", dictionary(w, "d2"), "--out", w.path / "d2.p7s")
    assert not any(row["newest_dictionary"] for row in drift(w)["part"]["drift"])
    w.vendor("site", "retire", "part", "--reason", "gone")
    assert drift(w, code=0) == {}


def test_what_the_newest_dictionary_requires_and_did_not_arrive_is_missing(w):
    """A figure that the newest dictionary requires, and that a site with an older kit drops or lacks, is told as missing."""
    policy = crm(w)
    part = site_of(w, "part", "part")

    def require(fields):
        for path in ("/seats", "/storage_gb", "/ai/tokens"):
            fields[path].update(required=True, nullable=path == "/seats")
    w.vendor("kit", "build", "--policy", policy, "--dictionary", dictionary(w, "d2", require), "--out", w.path / "d2.p7s")
    process(w, part, UPGRADE / "v2.json")
    intake(w, part)
    missing = {row for row in rows(drift(w)["part"]) if row[0] == "missing"}
    assert missing == {("missing", "/storage_gb", 1, "5.0.0-rc.1"), ("missing", "/ai/tokens", 1, "5.0.0-rc.1")}, missing
    assert "required, missing" in w.vendor("drift", code=4).text


def test_where_reports_are_held_the_next_bundle_says_how_many(w):
    """A refusing site holds such reports: the next bundle says how many, and nothing else of them."""
    crm(w)
    whole = site_of(w, "whole", "whole")
    process(w, whole, UPGRADE / "v2.json", code=4)
    process(w, whole, UPGRADE / "v1.json")
    intake(w, whole)
    found = drift(w)["whole"]
    assert (found["held"], found["drift"], found["reports"]) == (1, [], 1), found
    assert "site whole (" in w.vendor("drift", code=4).text or "reports held between them: 1" in w.vendor("drift", code=4).text


def test_a_report_without_a_version_and_a_bundle_of_an_earlier_release_are_told_as_unknown(w):
    """Without a role the version is unknown; a bundle that an earlier release took in says nothing until it comes again."""
    policy = w.file("policy.json", json.dumps(POLICY))
    w.new_vendor(policy, UPGRADE / "d1.json", product="crm")
    part = site_of(w, "part", "part")
    process(w, part, UPGRADE / "v2.json")
    intake(w, part)
    assert {row["version"] for row in drift(w)["part"]["drift"]} == {None}
    assert "  unknown  newest" in w.vendor("drift", code=4).text
    with sqlite3.connect(w.home / "register.db") as register:
        register.execute("DELETE FROM report_facts")
        register.execute("DELETE FROM misfits")
    assert drift(w, code=0)["part"]["unknown"] == 1
    assert "takes them in again" in w.vendor("drift").text
    intake(w, part)
    assert len(drift(w)["part"]["drift"]) == 3
