"""`dictionary draft`: from samples to a dictionary that declares them, without a site."""
import json

from harness import TOP

PRODUCTS = TOP / "tests/kit/products"


def test_a_draft_declares_its_samples_whole(w):
    for samples in (["posthog.json"], ["gitlab.json"], ["grafana.json", "grafana-new-data-source.json"], ["vault.json"],
                    ["kibana.json"], ["mattermost.ndjson"]):
        into = w.path / f"{samples[0]}.dictionary"
        made = w.airlock("dictionary", "draft", *(PRODUCTS / name for name in samples), "--product", "example", "--into", into)
        assert not made.out and "next: " in made.err, made.err
        w.airlock("dictionary", "check", into)
        for name in samples:
            assert "everything in the report is declared" in w.airlock("dictionary", "check", PRODUCTS / name, "--dictionary", into).text


def test_without_a_file_the_draft_is_printed(w):
    sample = w.file("report.json", '{"event": "usage", "seats": 3, "first_name": "Ada"}')
    made = w.airlock("dictionary", "draft", sample, "--product", "example")
    fields = {field["path"]: field for field in json.loads(made.out)["fields"]}
    assert fields["/first_name"] == {"path": "/first_name", "type": "text", "class": "person"}
    assert fields["/event"]["values"] == ["usage"] and "Ada" not in made.text
    assert "`/event`: its values stand in the dictionary" in made.err.replace("\n", " "), made.err


def test_a_report_of_many_objects_has_one_event(w):
    for name, at in (("kibana.json", "/timestamp"), ("mattermost.ndjson", "/originalTimestamp")):
        for given, event in (([], "example report"), (["--event", "weekly"], "weekly")):
            document = json.loads(w.airlock("dictionary", "draft", PRODUCTS / name, "--product", "example", *given).out)
            assert document["roles"]["event"] == {"always": event} and "events" not in document
            assert document["roles"]["at"] == at


def test_a_file_that_exists_is_not_written_over(w):
    sample = w.file("report.json", '{"seats": 3}')
    into = w.file("mine.json", "mine")
    w.airlock("dictionary", "draft", sample, "--product", "example", "--into", into, code=4)
    assert into.read_text() == "mine"


def test_a_draft_from_a_schema_takes_over_its_descriptions(w):
    schema = w.file("schema.json", json.dumps({"properties": {"seats": {"type": "integer", "minimum": 0, "description": "seats in use"}}}))
    made = w.airlock("dictionary", "draft", "--schema", schema, "--product", "example", "--event", "weekly")
    document = json.loads(made.out)
    assert document["fields"] == [{"path": "/seats", "type": "count", "class": "usage", "about": "seats in use"}]
    assert document["roles"] == {"event": {"always": "weekly"}}


def test_what_is_no_sample_is_refused_with_its_name(w):
    for content, message in ((" ", "is empty"), ("7", "is neither a JSON object nor a list of objects"), ('{"a": ', "byte "),
                             ("[1, 2]", "is a list, but not of objects only"), ("{}", "no member to declare")):
        ran = w.airlock("dictionary", "draft", w.file("odd.json", content), "--product", "example", code=3)
        assert message in ran.err.replace("\n", " "), ran.err
    sample = w.file("report.json", '{"seats": 3}')
    assert "no such file" in w.airlock("dictionary", "draft", w.path / "none", "--product", "example", code=3).err.lower()
    assert "neither a sample nor a `--schema`" in w.airlock("dictionary", "draft", "--product", "example", code=2).err
    w.airlock("dictionary", "draft", sample, "--product", "No Name", code=2)
    w.airlock("dictionary", "draft", sample, code=2)


def test_pasted_proposals_are_not_proposed_again(w):
    dictionary = w.file("d.json", json.dumps({
        "format": "airlock-dictionary/1", "name": "d", "product": "example", "roles": {"event": {"always": "usage"}},
        "fields": [{"path": "/seats", "type": "count", "class": "usage", "purpose": "billing", "about": "seats"}]}))
    report = w.file("report.json", json.dumps({"seats": 2.5, "users": [{"first_name": "Ada", "id": 3}], "empty": {}}))
    found = json.loads(w.airlock("dictionary", "check", report, "--dictionary", dictionary, "--json", code=4).out)
    proposals = [misfit["proposal"] for misfit in found["misfits"]]
    assert {"path": "/seats", "type": "number", "class": "usage", "purpose": "billing", "about": "seats"} in proposals
    assert {"path": "/users/*/first_name", "type": "text", "class": "person"} in proposals
    document = json.loads(dictionary.read_text())
    document["fields"] = proposals
    dictionary.write_text(json.dumps(document))
    w.airlock("dictionary", "check", report, "--dictionary", dictionary)
