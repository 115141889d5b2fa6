"""The largest dictionaries: proofs in seconds, and a whole run from kit to intake at the limit of declarations."""
import json
import random
import time

import pytest
from harness import LONG, TOP

STARTER = TOP / "policy" / "starter.json"
VALUES = {"count": 5, "version": "1.2.3", "time": "2026-01-01T00:00:00Z"}
TYPE_OF = {"version": "version", "time": "time", "usage": "count"}
CLASSES = ["version", "deployment", "time", "licence", "identifier", "person", "location", "content", "transport"] + ["usage"] * 15


def generated(declarations):
    """A dictionary of that many declarations, and a report with a value for each."""
    pick = random.Random(1)
    fields = [{"path": "/event", "type": "enum", "values": ["weekly"], "class": "usage"}]
    team, areas = {}, {}
    fields.append({"path": "/teams/*", "key": {"type": "text", "class": "identifier"}})
    for number in range(declarations - 2):
        cls = pick.choice(CLASSES)
        kind = TYPE_OF.get(cls, "text")
        value = VALUES.get(kind, f"text number {number}")
        name = f"figure_{number}"
        if number % 3:
            area = f"area_{number % 40}"
            path = f"/{area}/{name}"
            areas.setdefault(area, {})[name] = value
        else:
            path = f"/teams/*/{name}"
            team[name] = value
        fields.append({"path": path, "type": kind, "class": cls, "about": f"figure {number} of a generated dictionary"})
    dictionary = {"format": "airlock-dictionary/1", "name": "big", "product": "big", "roles": {"event": "/event"}, "events": ["weekly"],
                  "fields": fields}
    return dictionary, {"event": "weekly", "teams": {"one": team}, **areas}


def test_a_policy_is_proved_over_4000_declarations_in_seconds(w):
    dictionary, _ = generated(4000)
    file = w.file("dictionary.json", json.dumps(dictionary))
    began = time.monotonic()
    ran = w.airlock("policy", "check", STARTER, "--dictionary", file, "--json")
    assert time.monotonic() - began < 30, "a generous bound: it takes a fraction of a second"
    assert ran.json["sound"] and ran.json["fields"] == 4000, "3 999 values, and the keys of the teams"


@pytest.mark.skipif(not LONG, reason="--long")
def test_the_largest_dictionary_goes_from_kit_to_intake(w):
    dictionary, report = generated(16_384)
    file = w.file("dictionary.json", json.dumps(dictionary))
    w.new_vendor(STARTER, file, "big")
    w.new_site()
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped"))
    done = w.process(w.file("report.json", json.dumps(report)))
    assert done["outcome"] == "sealed" and sum(r["count"] for r in done["redactions"]) > 4000
    assert w.vendor("intake", w.site_path / "outbox", "--json").json["new"] == 1
    w.ledger_ok()
    dictionary["fields"].append({"path": "/one_more", "type": "count", "class": "usage"})
    file = w.file("larger.json", json.dumps(dictionary))
    assert "`/fields`: has more than 16384 elements" in w.airlock("dictionary", "check", file, code=3).err
