"""A member that is sometimes a scalar and sometimes an object or an array, under each kind of profile."""
import json

FIELDS = [
    {"path": "/licence", "type": "text", "class": "licence", "nullable": True},
    {"path": "/licence/key", "type": "text", "class": "licence"},
    {"path": "/licence/seats", "type": "count", "class": "usage"},
    {"path": "/tags", "type": ["empty", "text"], "class": "content"},
    {"path": "/tags/*", "type": "text", "class": "content"}]
DICTIONARY = {"format": "airlock-dictionary/2", "name": "mixed", "product": "crm", "roles": {"event": {"always": "ping"}}, "fields": FIELDS}
POLICY = {
    "format": "airlock-policy/1", "name": "mixed", "version": "1", "otherwise": "withhold",
    "tiers": {tier: {"disposition": "seal", "profiles": [tier], "may": ["seal", "withhold"]} for tier in ("whole", "path", "class", "tidy")},
    "profiles": {"whole": {"undeclared": "refuse", "redactions": []},
                 "path": {"undeclared": "refuse", "redactions": [{"path": "/licence", "do": "drop"}]},
                 "class": {"undeclared": "refuse", "redactions": [{"class": "content", "do": "mask"}]},
                 "tidy": {"undeclared": "drop", "redactions": []}},
    "rules": [], "claims": []}
REPORTS = [{"licence": None, "tags": []}, {"licence": "none", "tags": ""}, {"licence": {}, "tags": "a"},
           {"licence": {"key": "K-1234", "seats": 5}, "tags": ["a", "b"]}, {}]


def setting(w, tier):
    w.new_vendor(w.file("policy.json", json.dumps(POLICY)), w.file("dictionary.json", json.dumps(DICTIONARY)), product="crm")
    w.site(tier=tier, entitlements=())


def preview(w, report):
    return json.loads(w.airlock("preview", w.file("report.json", json.dumps(report))).out)


def test_both_forms_leave_whole(w):
    setting(w, "whole")
    for report in REPORTS:
        path = w.file("report.json", json.dumps(report, indent=1))
        assert w.airlock("preview", path).out == path.read_bytes()
        assert w.process(path)["outcome"] == "sealed"
        assert w.airlock("dictionary", "check", path, "--json").json["misfits"] == []


def test_a_redaction_by_path_takes_the_scalar_or_all_that_is_in_the_object(w):
    setting(w, "path")
    assert [preview(w, r).get("licence", "gone") for r in REPORTS] == ["gone", "gone", {}, {}, "gone"]


def test_a_redaction_by_class_takes_values_wherever_they_are(w):
    setting(w, "class")
    assert [preview(w, r).get("tags", "gone") for r in REPORTS] == [[], "[masked]", "[masked]", ["[masked]", "[masked]"], "gone"]


def test_what_fits_neither_form_holds_the_report_or_goes(w):
    setting(w, "whole")
    for report, why in (({"licence": 7}, "/licence stops the report: 7 is not of type text"),
                        ({"licence": {"owner": "x"}}, "/licence/owner stops the report: the dictionary does not declare it"),
                        ({"tags": [["a"]]}, "/tags/0 stops the report: an array is not of type text")):
        ran = w.airlock("process", w.file("report.json", json.dumps(report)), code=4)
        assert why in ran.text + ran.err, f"{ran}"
    w.airlock("licence", "install", w.new_licence("tidy"))
    assert preview(w, {"licence": {"owner": "x", "seats": 5}, "tags": [["a"], "b"]}) == {"licence": {"seats": 5}, "tags": ["b"]}
