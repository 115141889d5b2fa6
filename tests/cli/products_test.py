"""From samples of a product that Airlock has never seen to bundles that the vendor opens: draft, marks settled, kit, site.

`answers.json` has what a person says of each product's marks: for a path (or a path and ` key`) the members that change. A mark
without an answer was right as it was.
"""
import json
import pathlib

import pytest

from harness import TOP

PRODUCTS = TOP / "tests/kit/products"
ANSWERS = json.loads((PRODUCTS / "answers.json").read_text())
SAMPLES = {
    "posthog": ["posthog.json"],
    "gitlab": ["gitlab.json"],
    "vault": ["vault.json"],
    "grafana": ["grafana.json", "grafana-new-data-source.json"],
    "homeassistant": ["homeassistant.json"],
    "kibana": ["kibana.json"],
    "mattermost": ["mattermost.ndjson"],
}
POLICY = {
    "format": "airlock-policy/1", "name": "whole-or-redacted", "version": "1",
    "tiers": {"whole": {"disposition": "seal", "profiles": ["as-made"], "may": ["seal"]},
              "redacted": {"disposition": "seal", "profiles": ["no-person"], "may": ["seal"]}},
    "otherwise": "withhold", "rules": [],
    "profiles": {"as-made": {"undeclared": "refuse", "redactions": []},
                 "no-person": {"undeclared": "drop", "redactions": [
                     {"class": "person", "do": "drop"}, {"class": "location", "do": "drop"},
                     {"class": "identifier", "do": "pseudonymise"}, {"class": "licence", "do": "pseudonymise"},
                     {"class": "content", "do": "pseudonymise"}, {"class": "time", "do": "truncate_time", "to": "day"}]}},
    "claims": [{"id": "no-person-data-leaves", "for": {"tier": ["redacted"]}, "class": "person", "never_leaves": True}],
}


def settle(dictionary, answers):
    """Answers each mark. Returns how many declarations a person touched, and how many of those changed."""
    touched = changed = 0
    left = dict(answers)
    for field in dictionary["fields"]:
        key_parts = [part for part in field.get("key", {}).values() if isinstance(part, dict)]  # of a key pattern
        marked = any("review" in part for part in (field, field.get("key", {}), *key_parts))
        for part in key_parts:
            part.pop("review", None)
        name = field["path"]
        for where, part in ((name, field), (name + " key", field.get("key"))):
            answer = left.pop(where, None)
            if part is None:
                assert answer is None, where
                continue
            part.pop("review", None)
            if isinstance(answer, dict):
                part.update(answer)
                changed += 1
                marked = True
        touched += marked
    assert not left, f"answers to no declaration: {sorted(left)}"
    return touched, changed


@pytest.fixture(name="drafted")
def drafted_kit(w, request):
    """A vendor whose kit has the drafted dictionary of a product, its marks settled."""
    product = request.param
    samples = [PRODUCTS / name for name in SAMPLES[product]]
    path = w.path / f"{product}.json"
    w.run(w.program("airlock"), "dictionary", "draft", *samples, "--product", product, "--event", "usage report", "--into", path)
    policy = w.file("policy.json", json.dumps(POLICY))
    dictionary = json.loads(path.read_text())
    w.vendor("init", "--name", "Example Vendor", "--product", product)
    marks = path.read_text().count('"review"')
    if marks:
        ran = w.vendor("kit", "build", "--policy", policy, "--dictionary", path, "--out", w.path / "marked.p7s", code=3)
        assert "review" in ran.err and not (w.path / "marked.p7s").exists(), ran.err
    touched, changed = settle(dictionary, ANSWERS.get(product, {}))
    path.write_text(json.dumps(dictionary))
    w.run(w.program("airlock"), "policy", "check", policy, "--dictionary", path)
    w.kit = w.new_kit(policy, path)
    told = (f"counted: {product}: {len(dictionary['fields'])} declarations drafted, {touched} of them looked at for a mark, "
            f"{changed} changed")
    return samples, dictionary, told


@pytest.mark.parametrize("drafted", SAMPLES, indirect=True)
def test_samples_become_a_kit_whose_claims_hold(w, drafted):
    """Whole reports leave byte for byte; what a redacting tier discloses has nothing of class person."""
    samples, dictionary, told = drafted
    print(told)
    persons = [value for sample in samples for value in person_values(sample, dictionary)]
    for tier in ("whole", "redacted"):
        w.site_path = w.path / f"site-{tier}"
        w.new_site()
        w.airlock("licence", "install", w.new_licence(tier))
        for sample in samples:
            before = set(w.outbox())
            done = w.process(sample)
            assert done["outcome"] == "sealed", done
            bundle, = set(w.outbox()) - before
            left = (w.open_with_openssl(bundle) / "report.json").read_bytes()
            if tier == "whole":
                assert left == sample.read_bytes(), "byte for byte"
            else:
                assert not [v for v in persons if v.encode() in left]
                for line in left.splitlines() if sample.suffix == ".ndjson" else [left]:
                    json.loads(line)


def person_values(sample, dictionary):
    """The texts of a sample that stand at a path of class person."""
    paths = [f["path"].split("/")[1:] for f in dictionary["fields"] if f.get("class") == "person"]
    text = pathlib.Path(sample).read_text()
    kind = dictionary.get("document", "object")
    documents = [json.loads(line) for line in text.splitlines()] if kind == "lines" else json.loads(text)
    found = []

    def walk(value, steps):
        if not steps:
            if isinstance(value, str) and len(value) >= 4:
                found.append(value)
        elif isinstance(value, dict):
            for key, inner in value.items():
                if steps[0] in ("*", key):
                    walk(inner, steps[1:])
        elif isinstance(value, list) and steps[0] == "*":
            for inner in value:
                walk(inner, steps[1:])

    for document in documents if kind in ("lines", "array") else [documents]:
        for steps in paths:
            walk(document, steps)
    return found
