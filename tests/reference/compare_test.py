"""Compares the program with the second implementation (reference.py): the decision exhaustively for the shipped policy,
and decision and redaction on generated policies, dictionaries and reports.

What differs is written to tests/reference/cases/ as a file; the files there are compared every time.
"""
import itertools
import json
import pathlib

import pytest
import reference
from comparison import difference, expected
from generate import STATES, Generator
from harness import DICTIONARY, LONG, POLICY, REPORT, TOP

CASES = pathlib.Path(__file__).resolve().parent / "cases"
SEED = 20261126


@pytest.mark.parametrize("profile, tier", [("as-published", "standard"), ("no-person", "scale"), ("baseline", "enterprise"),
                                           ("strict", "enterprise-air-gapped")])
def test_the_published_report_under_each_shipped_profile_is_the_file_that_a_person_has_read(batch, accept, profile, tier):
    answer = batch.ask({"policy": POLICY.read_text(), "dictionary": DICTIONARY.read_text(), "report": REPORT.read_text(),
                        "facts": {"tier": tier, "licence": "valid", "event": "instance status report"}})
    path = TOP / "tests/kit/golden" / f"{profile}.json"
    assert answer["profiles"] == [profile]
    accept(path, answer["output"])
    assert path.read_text() == answer["output"], f"{path.name} is another; --accept writes it, to be read in review"


def test_what_once_differed_is_equal(batch):
    for path in sorted(CASES.glob("*.json")):
        assert not difference(json.loads(path.read_text()), batch), path.name


def test_the_shipped_policy_decides_alike_on_every_combination(batch):
    shipped, compared = json.loads(POLICY.read_text()), 0
    question = {"policy": POLICY.read_text(), "dictionary": DICTIONARY.read_text(), "report": '{"event":"x"}'}
    events = ["instance status report", "user instance status report"]
    for tier, state, entitled, floor, event in itertools.product(
            [*shipped["tiers"], "platinum", None], STATES, [[], ["air_gap"]], [None, *reference.ORDER], events):
        if not LONG and event == events[1] and floor:
            continue  # no rule of the shipped policy names an event
        facts = {"licence": state, "event": event}
        facts.update({"tier": tier} if tier else {}, **({"entitlements": entitled} if entitled else {}))
        if floor:
            facts["floors"] = [{"source": "airlock.json", "at_least": floor}]
        found = batch.ask({**question, "facts": facts})
        wanted = reference.decide(shipped, facts)
        assert {member: found[member] for member in wanted} == wanted, facts
        compared += 1
    print(f"counted: {compared} combinations of the shipped policy")


@pytest.mark.takes(12)
def test_generated_policies_dictionaries_and_reports_are_decided_and_redacted_alike(batch):
    wanted = 100_000 if LONG else 1_500
    generator, compared, refused, changed, reports_refused = Generator(SEED), 0, 0, 0, 0
    while compared < wanted:
        question = generator.triple()
        result = difference(question, batch)
        if isinstance(result, str):
            refused += 1
            continue
        compared += 1
        answer = expected(question)
        reports_refused += "refused" in answer
        changed += answer.get("output", question["report"]) != question["report"]
        if result:
            CASES.mkdir(exist_ok=True)
            kept = CASES / f"seed-{SEED}-{compared}.json"
            kept.write_text(json.dumps(question, indent=1, ensure_ascii=False) + "\n")
            pytest.fail(f"triple {compared}, kept in {kept}: {json.dumps(result)}")
    print(f"counted: {compared} triples equal, of which {changed} redacted and {reports_refused} refused; "
          f"{refused} more had an unsound policy")
    assert changed >= compared // 4 and reports_refused >= compared // 50, "the generated triples exercise too little"
