"""Compares the program with the second implementation (reference.py): the decision exhaustively for the shipped policy,
and decision and redaction on generated policies, dictionaries and reports.

What differs is written to tests/reference/cases/ as a file; the files there are compared every time.
"""
import base64
import itertools
import json
import pathlib
import random

import pytest
import reference
from comparison import difference, dump, expected, load
from generate import STATES, Generator
from harness import DICTIONARY, LONG, POLICY, REPORT, TOP
from listed import WithoutWords

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


WORDS = ["Falken", "NATO", "Blue Whale", "launch*", "F35", "C++", "Rio 4*", "1616", "161616", "Wolfeschlegelstein", "Zürich",
         "ab", "10.0.0.1", "Unit 12*", "beta"]


class Planter:
    """Texts that have a word of the list, in some form, or something much like one."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def text(self):
        word = self.random.choice(WORDS).rstrip("*")
        word = self.random.choice([word, word.upper(), word.lower(), word[:-1], word + "s", word + "7", "x" + word, "1" + word])
        text = self.random.choice(["", "on ", "a_", "(", "x"]) + word + self.random.choice(["", " now", "_b", "-2", "."])
        for _ in range(self.random.choice([0, 0, 0, 1, 1, 2, 3, 4])):
            text = self.random.choice([self.percent, self.escapes, self.base64, self.hex])(text)
        return text[:1000] or "x"

    def percent(self, text):
        return "".join(f"%{b:02x}" if self.random.random() < .3 or b > 126 else chr(b) for b in text.encode())

    def escapes(self, text):
        return "".join(f"\\u{ord(c):04X}" if self.random.random() < .3 else c for c in text)

    def base64(self, text):
        out = self.random.choice([base64.b64encode, base64.urlsafe_b64encode])(text.encode()).decode()
        return self.random.choice(["", "x", "to: "]) + self.random.choice([out, out.rstrip("=")])

    def hex(self, text):
        return self.random.choice(["", "0", "id="]) + text.encode().hex()


@pytest.mark.takes(6)
def test_words_of_a_list_are_found_where_the_second_implementation_finds_them(batch):
    dictionary, planter, gone = json.loads(DICTIONARY.read_text()), Planter(SEED), 0
    facts = {"tier": "standard", "licence": "valid", "event": "instance status report"}
    wanted = 20_000 if LONG else 250
    for number in range(wanted):
        some = planter.random.sample(WORDS, planter.random.randint(1, 12))
        report = json.loads(REPORT.read_text())
        properties = report["properties"]
        properties["deployment"] = planter.text()
        properties["helm"] = {"release_name": planter.text(), "cloud": planter.text(), "operation": "install"}
        properties["plugins_installed"] = {planter.text(): 1, planter.text(): 2}
        properties["posthog_version"] = planter.random.choice(["1.35.0-beta", "1.1616", "2.161616.0", "1.0.0"])
        properties["site_url"] = "https://" + planter.random.choice(["nato.example", "falkens.example", "ab.example/NATO"])
        properties["teams__2__events_count_total"] = 17
        report = json.dumps(report, ensure_ascii=False, separators=(",", ":"))
        found = batch.ask({"policy": POLICY.read_text(), "dictionary": DICTIONARY.read_text(), "facts": facts, "report": report,
                           "scan": True, "words": "\n".join(some)})
        plan = reference.Plan(json.loads(POLICY.read_text()), dictionary, {"profiles": ["as-published"]}, [])
        plan.redacts = True
        second = WithoutWords(dictionary, plan, some)
        assert found.get("disposition") == "redact" and "refused" not in found, found
        assert found["output"] == dump(second.value("", load(report))), f"{some} in {report}"
        gone += second.gone
    print(f"counted: {wanted} reports with words, {gone} members gone")
    assert gone > wanted // 2, "the generated reports exercise too little"
