"""Reports that are an array of objects, or an object on each line: Kibana's and Mattermost's, all the way."""
import json

import pytest
from harness import TOP

PRODUCTS = TOP / "tests" / "kit" / "products"
IDENTIFIERS = {"cluster_name", "cluster_uuid", "uid", "issued_to", "userId", "messageId"}
WORDS = {bool: "boolean", int: "integer", float: "number", str: "text"}
SAMPLES = ("array", "lines")


def objects(document):
    """The objects of a sample. Kibana's is of one cluster, so there is a second one; Mattermost's licence text is cut."""
    if document == "array":
        one, = json.loads((PRODUCTS / "kibana.json").read_text())
        return [one, {**one, "cluster_name": "bankhus-test", "timestamp": "2026-10-31T03:00:00.000Z"}]
    lines = [json.loads(line) for line in (PRODUCTS / "mattermost.ndjson").read_text().splitlines()]

    def cut(value):
        if isinstance(value, dict):
            return {k: cut(v) for k, v in value.items()}
        return [cut(v) for v in value] if isinstance(value, list) else value[:900] if isinstance(value, str) else value
    return [cut(line) for line in lines]


def written(document, some):
    if document == "array":
        return json.dumps(some, indent=1, ensure_ascii=False) + "\n"
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in some)


def declarations(some):
    """Every scalar of the objects, at its own path."""
    types, nullable = {}, set()

    def look(value, path):
        if isinstance(value, (dict, list)):
            if not value:
                types.setdefault(path, set()).add("empty")
            for key, inner in value.items() if isinstance(value, dict) else (("*", v) for v in value):
                step = key if isinstance(value, list) else key.replace("~", "~0").replace("/", "~1").replace("*", "~2")
                look(inner, f"{path}/{step}")
        elif value is None:
            nullable.add(path)
        else:
            types.setdefault(path, set()).add("empty" if value == "" else WORDS[type(value)])

    for one in some:
        look(one, "")
    fields = []
    for path in sorted(types.keys() | nullable):
        name = path.rsplit("/", 1)[1]
        if path in ("/timestamp", "/originalTimestamp"):
            fields.append({"path": path, "type": "time", "class": "time"})
            continue
        kinds = types.get(path, {"text"})
        kinds -= {"integer"} if "number" in kinds else set()
        cls = "identifier" if name in IDENTIFIERS else "content" if "text" in kinds else "usage"
        fields.append({"path": path, "type": sorted(kinds), "class": cls, **({"nullable": True} if path in nullable else {})})
    return fields


def dictionary(document, **more):
    at = "/timestamp" if document == "array" else "/originalTimestamp"
    return {"format": "airlock-dictionary/2", "name": document, "product": "crm", "document": document,
            "roles": {"event": {"always": "telemetry"}, "at": at}, "fields": declarations(objects(document)), **more}


POLICY = {
    "format": "airlock-policy/1", "name": "documents", "version": "1", "otherwise": "withhold",
    "tiers": {tier: {"disposition": "seal", "profiles": [tier], "may": ["seal", "withhold"]} for tier in ("whole", "less", "names")},
    "profiles": {"whole": {"undeclared": "refuse", "redactions": []},
                 "less": {"undeclared": "drop", "redactions": [{"class": "identifier", "do": "drop"}, {"class": "content", "do": "drop"}]},
                 "names": {"undeclared": "drop", "redactions": [{"class": "identifier", "do": "drop"}]}},
    "rules": [], "claims": [{"id": "none", "for": {"tier": ["less"]}, "class": "identifier", "never_leaves": True}]}


def setting(w, document, tier, **more):
    w.new_vendor(w.file("policy.json", json.dumps(POLICY)), w.file("dictionary.json", json.dumps(dictionary(document, **more))), product="crm")
    w.site(tier=tier, entitlements=())


def opened(w):
    folder = w.path / f"opened-{len(w.outbox())}"
    w.vendor("open", w.outbox()[-1], "--extract", folder)
    return (folder / "report.json").read_bytes(), json.loads((folder / "manifest.json").read_text())


def by_jq(w, document, report):
    """The objects as jq reads them; of lines each line by itself."""
    path = w.file("left.json", report)
    if document == "array":
        return json.loads(w.run("jq", "-c", ".", path).out)
    return [json.loads(w.run("jq", "-c", ".", stdin=line).out) for line in report.splitlines()]


@pytest.mark.takes(3)
@pytest.mark.parametrize("document", SAMPLES)
def test_a_report_of_many_objects_leaves_byte_for_byte(w, document):
    setting(w, document, "whole")
    report = w.file("report", written(document, objects(document)))
    assert w.process(report)["outcome"] == "sealed"
    left, manifest = opened(w)
    assert left == report.read_bytes() and manifest["event"] == "telemetry"
    days = {"array": ("2026-10-31", "2026-11-27"), "lines": ("2026-11-27", "2026-11-27")}[document]
    assert manifest["period"] == {"start": days[0], "end": days[1]} and w.outbox()[-1].name.startswith(days[1])
    w.vendor("intake", w.outbox()[-1])
    assert w.airlock("dictionary", "check", report, "--json").json["misfits"] == []
    w.airlock("explain", report)
    w.airlock("review", report, "--html", w.path / "page.html")
    w.ledger_ok()
    if document == "lines":
        for other in (report.read_bytes().replace(b"\n", b"\r\n"), report.read_bytes().rstrip(b"\n"), b"\n \n" + report.read_bytes()):
            assert w.airlock("preview", w.file("other", other)).out == other


@pytest.mark.parametrize("document", SAMPLES)
def test_what_is_redacted_is_still_a_report_of_many_objects(w, document):
    setting(w, document, "less")
    some = objects(document)
    some.insert(1, 7)
    some[0]["odd"] = {"x": 1}
    w.process(w.file("report", written(document, some)), code=0)
    left, manifest = opened(w)
    found = by_jq(w, document, left)
    assert len(found) == len(some) - 1, "the element that is no object is gone"
    assert [name for name in ("bankhus-prod", "9i4q8yh2yykyt6np32e7u0dbd1", '"odd"') if name in left.decode()] == []
    counts = {(r["path"], r["what"]): r["count"] for r in manifest["redactions"]}
    assert counts[("/", "undeclared")] == 2, counts
    with_times = "timestamp" if document == "array" else "originalTimestamp"
    assert all(with_times in one for one in found)


def test_a_value_that_goes_from_one_object_is_looked_for_in_the_others(w):
    setting(w, "array", "names")
    some = objects("array")
    some[1]["version"] = "8.16.1 of bankhus-prod"
    done = w.process(w.file("report", written("array", some)), code=0)
    assert [(r["path"], r["count"]) for r in done["redactions"] if r["action"] == "copied"] == [("/version", 1)]
    first, second = json.loads(opened(w)[0])
    assert first["version"] == "8.16.1" and "version" not in second


@pytest.mark.parametrize("document", SAMPLES)
def test_what_does_not_fit_holds_the_report_until_the_next_kit(w, document):
    setting(w, document, "whole")
    some = objects(document)
    some[1]["new"] = 7
    held = w.file("report", written(document, some))
    ran = w.airlock("process", held, code=4)
    assert "/1/new stops the report: the dictionary does not declare it" in ran.text + ran.err, f"{ran}"
    assert w.outbox() == []
    newer = dictionary(document)
    newer["fields"].append({"path": "/new", "type": "count", "class": "usage"})
    w.airlock("kit", "install", w.new_kit(w.path / "policy.json", w.file("newer.json", json.dumps(newer))))
    w.airlock("authorise", "--reason", "a figure", "--yes")
    w.airlock("process", "--held")
    assert opened(w)[0] == held.read_bytes()


def test_a_report_of_another_form_is_refused_with_its_place(w):
    setting(w, "lines", "whole")
    good = written("lines", objects("lines"))
    for text, why in ((good.replace("\n", " ", 1), "expected a line end"), (good + "{\"event\":\n7}\n", "in `/8/event`"),
                      ("\n", "no line with a JSON object")):
        assert why in w.airlock("process", w.file("report", text), code=3).err
    assert "[\"a\"]" not in w.airlock("process", w.file("report", good + "[\"a\"]\n"), code=4).err


def test_required_figures_are_required_in_each_object(w):
    fields = declarations(objects("array"))
    for field in fields:
        if field["path"] == "/cluster_stats/indices/count":
            field["required"] = True
    setting(w, "array", "whole", fields=fields)
    some = json.loads(json.dumps(objects("array")))
    del some[1]["cluster_stats"]["indices"]["count"]
    assert "`/cluster_stats/indices/count` is required" in w.airlock("process", w.file("report", written("array", some)), code=4).err
    assert "is required" in w.airlock("process", w.file("empty", "[]"), code=4).err


def test_lines_are_kept_where_there_is_no_kit_yet(w):
    w.new_vendor(w.file("policy.json", json.dumps(POLICY)), w.file("dictionary.json", json.dumps(dictionary("lines"))), product="crm")
    w.new_site(kit=False)
    report = w.file("report", written("lines", objects("lines")))
    assert w.process(report, code=4)["reason"] == "no_kit"
    w.airlock("kit", "install", w.kit)
    w.airlock("licence", "install", w.new_licence("whole"))
    w.airlock("process", "--held")
    assert opened(w)[0] == report.read_bytes()
    w.airlock("process", w.file("bad", "{}\n{"), code=3)


def test_posthog_takes_only_reports_that_are_one_object(w):
    setting(w, "array", "whole")
    delivery = w.file("delivery.json", json.dumps({"destinations": [
        {"type": "posthog-batch", "url": "https://ph.example/batch/", "api_key_file": "trust/delivery/key"}]}))
    ran = w.vendor("kit", "build", "--policy", w.path / "policy.json", "--dictionary", w.path / "dictionary.json", "--delivery", delivery,
                   "--out", w.path / "kit.p7s", code=3)
    assert "`posthog-batch` sends a report that is one JSON object" in ran.err, ran.err


def test_the_schema_knows_documents_as_the_parser_does(w):
    from schema_test import judged
    whole = dictionary("array")
    for change, accepted in (({}, True), ({"document": "object"}, True), ({"document": "lines"}, True), ({"document": "line"}, False),
                             ({"roles": {"event": "/version"}, "events": ["a"]}, False), ({"events": ["telemetry"]}, True)):
        changed = {**whole, **change}
        assert w.airlock("dictionary", "show", w.file("d.json", json.dumps(changed)), code=None).code == (0 if accepted else 3), change
        assert judged("dictionary", [changed]) == [accepted], change
