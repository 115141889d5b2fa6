"""`policy/starter.json`: a policy that goes by class alone, so that it fits every dictionary."""
import json

from harness import DICTIONARY, TOP

STARTER = TOP / "policy" / "starter.json"
SMALL = {"format": "airlock-dictionary/1", "name": "tiny", "product": "tiny", "roles": {"event": "/event"}, "events": ["ping"],
         "fields": [{"path": "/event", "type": "enum", "values": ["ping"], "class": "usage"},
                    {"path": "/users", "type": "count", "class": "usage"}]}


def test_every_claim_of_the_starter_policy_holds_with_any_dictionary(w):
    small = w.file("small.json", json.dumps(SMALL))
    for dictionary in (small, DICTIONARY):
        ran = w.airlock("policy", "check", STARTER, "--dictionary", dictionary, "--json")
        assert ran.json["sound"] and len(ran.json["claims"]) == 5 and all(c["proved"] for c in ran.json["claims"])


def test_the_starter_policy_names_no_path_and_no_event(w):
    text = STARTER.read_text()
    assert '"path"' not in text and '"event"' not in text
    shipped = json.loads((TOP / "policy" / "posthog-default.json").read_text())
    assert json.loads(text)["tiers"] == shipped["tiers"], "a vendor who begins with one may go on with the other"
