"""Compares the program with the second implementation (reference.py): the decision exhaustively for the shipped policy,
and decision and redaction on generated policies, dictionaries and reports.

    compare_test.py BATCH [SEED]        AIRLOCK_TEST_LONG=1: 100 000 generated triples

What differs is written to tests/reference/cases/ as a file; the files there are compared first, every time.
"""
import itertools
import json
import os
import pathlib
import random
import subprocess
import sys

import reference
from reference import Num, Refused

TOP = pathlib.Path(__file__).resolve().parents[2]
CASES = pathlib.Path(__file__).resolve().parent / "cases"
STATES = ["missing", "invalid", "revoked", "superseded", "wrong_product", "wrong_site", "clock_rollback", "not_yet_valid",
          "expired", "grace", "valid"]
CLASSES = ["usage", "version", "deployment", "time", "licence", "identifier", "person", "location", "content", "transport"]
VALUES = {
    "count": [Num(n) for n in ("0", "1", "4", "5", "9", "10", "15", "95", "12345", "9223372036854775807")],
    "integer": [Num(n) for n in ("-0", "-1", "-15", "-149", "7", "150", "-9223372036854775808")],
    "number": [Num(n) for n in ("0.0", "53.80496", "-0.0012345", "1.5e3", "9.99e20", "1.25E-9", "99.5", "-1e308")],
    "boolean": [True, False],
    "text": ["gold", "Ünï \" code", "a/b", "2", "*", "a__b"],
    "uuid": ["0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"],
    "version": ["1.35.0", "v1.22.7-gke.300", "7", "v2"],
    "time": ["2022-05-02T01:00:00+02:00", "2026-11-26T12:30:00Z", "2026-11-01T00:00:00.5Z", "2026-11-30t23:59:59-08:00"],
    "url": ["https://ph.leeds.example.co.uk:8443/x?y=1", "http://example.com", "http://10.0.0.1/", "HTTP://WWW.Example.com"],
    "hostname": ["db.leeds.example.co.uk", "localhost", "example.com", "a.b.internal", "bank.github.io", "co.uk"],
    "ip": ["165.22.112.27", "2001:db8:aaaa:bbbb::1", "::ffff:165.22.112.27", "2002:a516:701b::1", "10.0.0.0", "::1"],
    "email": ["jo@example.com"],
    "enum": ["one", "two"],
    "empty": ["", [], {"members": []}],
}
TYPES = list(VALUES)
ODD = [None, {"members": [("x", Num("1"))]}, [Num("1")], "odd", Num("1e400"), Num("-5"), True, "", []]


def dump(value):
    """Compact JSON; objects as lists of pairs, numbers as they are written."""
    if isinstance(value, Num):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(k, ensure_ascii=False) + ":" + dump(v) for k, v in value["members"]) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dump, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def load(text):
    return json.loads(text, object_pairs_hook=lambda pairs: {"members": pairs}, parse_int=Num, parse_float=Num)


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def some(self, items, most=3, least=0):
        items = sorted(items)
        return self.random.sample(items, min(len(items), self.random.randint(least, most)))

    def shape(self, types):
        chosen = self.some(types, 2, 1)
        out = {"type": chosen if len(chosen) > 1 or self.random.random() < .2 else chosen[0]}
        if "enum" in chosen:
            out["values"] = ["one", "two"]
        return out

    def dictionary(self):
        key_types = ["text", "version", "ip", "time", "hostname", "uuid", "empty", "email"]
        fields = [{"path": "/event", "type": "enum", "values": ["weekly", "daily"], "class": "usage"}]

        def leaf(path, key=False):
            field = {"path": path, **self.shape(TYPES), "class": self.random.choice(CLASSES)}
            if key:
                field["key"] = {**self.shape(key_types), "class": self.random.choice(CLASSES)}
                if "values" in field["key"]:
                    del field["key"]["values"]
            fields.append(field)

        for name in self.some(["a", "b", "a__b", "x~1y", "s~2r", "teams"], 4, 1):
            leaf("/p/" + name)
        if self.random.random() < .6:
            leaf("/p/map/*", key=True)
            if self.random.random() < .4:
                leaf("/p/map/known")
        if self.random.random() < .5:
            leaf("/p/list/*")
        if self.random.random() < .5:
            fields.append({"path": "/p/deep/*", "key": {**self.shape(key_types), "class": self.random.choice(CLASSES)}})
            leaf("/p/deep/*/size")
            if self.random.random() < .5:
                leaf("/p/deep/*/names/*", key=True)
        if self.random.random() < .4:
            leaf("/p/rows/*/name")
        for field in fields:
            if field["path"] == "/event" or not reference.types_of(field):
                continue
            if self.random.random() < .15:
                field["nullable"] = True
            if self.random.random() < .15 and reference.first_fit(field, Num("-5")) is None:
                field["sentinels"] = [-5]
        out = {"format": "airlock-dictionary/2", "name": "d", "product": "p", "roles": {"event": "/event"},
               "events": ["weekly", "daily"], "fields": fields}
        if self.random.random() < .2:
            out["sentinels"] = [-5, -7]
        if self.random.random() < .7:
            out["twins"] = {"under": "/p", "separator": "__"}
        return out

    def action(self):
        r = self.random
        return r.choice([
            {"do": "drop"}, {"do": "mask"}, {"do": "pseudonymise"}, {"do": "pseudonymise"}, {"do": "host_to_domain"},
            {"do": "suppress_below", "k": r.choice([1, 5, 10, 100])}, {"do": "round", "to": r.choice([2, 3, 10, 15, 30, 100])},
            {"do": "round", "significant": r.choice([1, 2, 3])}, {"do": "truncate_ip", "v4": r.choice([8, 24, 32]), "v6": r.choice([0, 48, 128])},
            {"do": "truncate_time", "to": r.choice(["day", "week", "month"])}, {"do": "truncate_version", "to": r.choice(["major", "minor"])}])

    def fitting(self, field):
        """An action that fits one of the field's types, partial ones rather than others."""
        types = set(reference.types_of(field))
        for _ in range(20):
            action = self.action()
            if action["do"] not in reference.STRENGTH and reference.action_fits(action, {"type": sorted(types)}):
                return action
        return self.action()

    def redactions(self, dictionary):
        """Some at random, and some that fit and meet on one field, so that joins and partial ones are not rare."""
        out = [self.redaction(dictionary) for _ in range(self.random.randint(0, 2))]
        fields = [f for f in dictionary["fields"] if reference.types_of(f) and f["path"] != "/event"]
        for _ in range(self.random.randint(0, 2) if fields else 0):
            field = self.random.choice(fields)
            for _ in range(self.random.randint(1, 3)):
                by_class = {"class": field["class"]} if self.random.random() < .3 else {"path": field["path"]}
                out.append({**by_class, **self.fitting(field)})
        return out

    def redaction(self, dictionary):
        if self.random.random() < .6:
            return {"class": self.random.choice(CLASSES), **self.action()}
        field = self.random.choice(dictionary["fields"])
        parts = field["path"].split("/")[1:]
        cut = parts[:self.random.randint(1, len(parts))]
        cut = ["*" if self.random.random() < .15 else p for p in cut]
        if self.random.random() < .15:
            cut[self.random.randrange(len(cut))] = "**"
        out = {"path": "/" + "/".join(cut), **self.action()}
        if self.random.random() < .3:
            out["of"] = "key"
        return out

    def policy(self, dictionary):
        r = self.random
        profiles = {}
        for name in ("p1", "p2", "p3")[:r.randint(1, 3)]:
            profiles[name] = {"redactions": self.redactions(dictionary)}
            if len(profiles) > 1 and r.random() < .4:
                profiles[name]["extends"] = "p1"
            if "extends" not in profiles[name] or r.random() < .3:
                profiles[name]["undeclared"] = r.choice(["drop", "drop", "drop", "refuse"])
        tiers = {}
        for name in ("gold", "silver", "unlicensed"):
            disposition = r.choice(["send", "seal", "seal", "withhold"])
            tiers[name] = {"disposition": disposition, "may": sorted({disposition, *self.some(reference.ORDER, 3)})}
            if used := self.some(profiles, 2):
                tiers[name]["profiles"] = used
        rules = []
        for i in range(r.randint(0, 3)):
            when = {}
            for member, values in (("tier", list(tiers)), ("licence", STATES), ("entitlement", ["e1", "e2"]), ("event", ["weekly", "daily"]),
                                   ("kit", ["current", "stale"])):
                if r.random() < .4:
                    when[member] = self.some(values, 3, 1)
            rule = {"id": f"r{i}", "when": when or {"tier": ["gold"]}}
            rule["at_least"] = r.choice(["send", "seal", "withhold"])
            if used := self.some(profiles, 2):
                rule["profiles"] = used
            rules.append(rule)
        return {"format": "airlock-policy/1", "name": "p", "version": "1", "tiers": tiers,
                "otherwise": r.choice(["seal", "withhold"]), "rules": rules, "profiles": profiles, "claims": []}

    def facts(self):
        r = self.random
        out = {"licence": r.choice(["valid"] * 10 + STATES), "event": r.choice(["weekly", "daily"])}
        if r.random() < .95:
            out["tier"] = r.choice(["gold", "silver", "unlicensed", "tin"])
        if entitlements := self.some(["e1", "e2", "e3"], 2):
            out["entitlements"] = entitlements
        if r.random() < .3:
            out["kit"] = r.choice(["current", "stale"])
        if r.random() < .3:
            out["floors"] = [{"source": "airlock.json", "at_least": r.choice(reference.ORDER)}]
        return out

    def of_shape(self, shape):
        if self.random.random() < .03:
            return self.random.choice(ODD)
        if shape.get("nullable") and self.random.random() < .3:
            return None
        if shape.get("sentinels") and self.random.random() < .3:
            return Num("-5")
        kind = self.random.choice(reference.types_of(shape))
        return self.random.choice(shape.get("values", VALUES[kind]) if kind == "enum" else VALUES[kind])

    def key(self, shape):
        if self.random.random() < .05:
            return self.random.choice(["odd key", "165.22.112.99", "*", ""])
        return self.random.choice(VALUES[self.random.choice(reference.types_of(shape))]) or ""

    def report(self, dictionary):
        def put(members, at, field, decoded):
            step = decoded[at]
            is_key = at + 1 == len(decoded) and "key" in field
            star = "/".join(field["path"].split("/")[:at + 2])
            declared = next((f for f in dictionary["fields"] if f["path"] == star), {})
            names = [step] if step is not None else (
                [k for k in (self.key(declared["key"]) for _ in range(2)) if isinstance(k, str)] if "key" in declared else [None])
            for name in names:
                if at + 1 == len(decoded):
                    if reference.types_of(field):
                        members.append((name, self.of_shape(field)))
                    continue
                inner = next((v for k, v in members if k == name and isinstance(v, dict)), None)
                if inner is None:
                    inner = {"members": []}
                    members.append((name, inner))
                put(inner["members"], at + 1, field, decoded)

        root = []
        for field in dictionary["fields"]:
            if field["path"] == "/event" or self.random.random() < .8:
                put(root, 0, field, reference.steps(field["path"]))

        def tidy(value):
            """Members called None are elements; of equal keys the first stays."""
            if not isinstance(value, dict):
                return value
            if value["members"] and all(k is None for k, _ in value["members"]):
                return [tidy(v) for _, v in value["members"]]
            seen = {}
            for k, v in value["members"]:
                if k is not None:
                    seen.setdefault(k, tidy(v))
            return {"members": list(seen.items())}

        out = tidy({"members": root})
        inner = next((v for k, v in out["members"] if k == "p" and isinstance(v, dict)), None)
        if inner is not None and self.random.random() < .5:
            name = self.random.choice(["a__b", "map__x", "list__0", "deep__x__size", "rows__0__name", "deep", "map__known", "zz", "a__b__c"])
            if name not in dict(inner["members"]):
                inner["members"].append((name, self.of_shape({"type": TYPES})))
        if self.random.random() < .1:
            out["members"].append(("extra", self.random.choice(ODD)))
        return out

    def triple(self):
        dictionary = self.dictionary()
        out = {"dictionary": json.dumps(dictionary, ensure_ascii=False),
               "policy": json.dumps(self.policy(dictionary), ensure_ascii=False), "facts": self.facts()}
        if self.random.random() < .15:
            out["facts"]["redact_also"] = [self.redaction(dictionary)]
        out["report"] = dump(self.report(dictionary))
        return out


class Batch:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def expected(question):
    policy, dictionary = json.loads(question["policy"]), json.loads(question["dictionary"])
    facts = question["facts"]
    out = reference.decide(policy, facts)
    plan = reference.Plan(policy, dictionary, out, facts.get("redact_also", []))
    try:
        out["output"] = dump(reference.redact(dictionary, plan, load(question["report"])))
    except Refused:
        out["refused"] = "report"
    return out


GONE = ("drop", "suppress_below", "copied", "refuse")


def as_explained(report, data):
    """The report as it leaves if each datum ends as `data` says. Raises KeyError for a value of which nothing is said."""
    ends = {}
    for place, what, action, becomes in data:
        ends.setdefault(place, {})["key" if what == "key" else "value"] = (action, becomes)
    unused = set(ends)

    def step(key):
        return "/" + key.replace("~", "~0").replace("/", "~1")

    def walk(value, place):
        end = ends.get(place, {})
        unused.discard(place)
        for action, _ in end.values():
            if action in GONE:
                return None
        if isinstance(value, dict):
            members = []
            for key, below in value["members"]:
                at = place + step(key)
                left = walk(below, at)
                if left is None:
                    continue
                action, becomes = ends.get(at, {}).get("key", ("keep", ""))
                members.append((key if action == "keep" else becomes, left[0]))
            return [{"members": members}]
        if isinstance(value, list):
            return [[left[0] for left in (walk(below, f"{place}/{i}") for i, below in enumerate(value)) if left]]
        action, becomes = end["value"]
        if action == "keep":
            return [value]
        return [Num(becomes) if isinstance(value, Num) and action not in ("mask", "pseudonymise") else becomes]

    left = walk(report, "")
    if unused:
        raise KeyError(f"told of, and not there: {sorted(unused)[:3]}")
    return left[0]


def told_wrongly(question, answer):
    """What `explain` says of the data and what leaves are one; nothing where they are."""
    try:
        told = dump(as_explained(load(question["report"]), answer["data"]))
    except KeyError as missing:
        return f"not told of: {missing}"
    return None if told == answer["output"] else f"told {told}\n     left {answer['output']}"


def difference(question, batch):
    """Nothing, `refused` (the documents are not sound, which is for other tests), or what differs."""
    found = batch.ask({**question, "data": True})
    told = told_wrongly(question, found) if "output" in found else None
    if told:
        return {"told": told}
    found.pop("data", None)
    if found.get("refused") in ("policy", "dictionary", "plan"):
        return found["refused"]
    if found.get("refused") == "facts":
        return found
    found.pop("message", None)
    wanted = expected(question)
    return None if found == wanted else {"found": found, "expected": wanted}


def golden(batch):
    """The published report under each shipped profile, as files that a person reads in review. Returns how many differ."""
    failed = 0
    for profile, tier in {"as-published": "standard", "no-person": "scale", "baseline": "enterprise", "strict": "enterprise-air-gapped"}.items():
        answer = batch.ask({"policy": (TOP / "policy/posthog-default.json").read_text(),
                            "dictionary": (TOP / "policy/dictionary/posthog-status-report.json").read_text(),
                            "facts": {"tier": tier, "licence": "valid", "event": "instance status report"},
                            "report": (TOP / "tests/kit/status_report.json").read_text()})
        path = TOP / "tests/kit/golden" / f"{profile}.json"
        if os.environ.get("AIRLOCK_TEST_ACCEPT") == "1":
            path.parent.mkdir(exist_ok=True)
            path.write_text(answer["output"])
            print(f"skipped: {path.name} was written and not compared")
        elif answer["profiles"] != [profile] or not path.exists() or path.read_text() != answer["output"]:
            failed += 1
            print(f"FAIL {path.name} is another; AIRLOCK_TEST_ACCEPT=1 writes it, to be read in review")
    return failed


def main():
    batch = Batch(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261126
    failed = golden(batch)
    compared = 0
    for path in sorted(CASES.glob("*.json")):
        question = json.loads(path.read_text())
        compared += 1
        if result := difference(question, batch):
            failed += 1
            print(f"FAIL {path.name}: {result}")
    if compared:
        print(f"counted: {compared} triples that once differed")

    text = (TOP / "policy/posthog-default.json").read_text()
    shipped, exhaustive = json.loads(text), 0
    dictionary = (TOP / "policy/dictionary/posthog-status-report.json").read_text()
    events = ["instance status report", "user instance status report"]
    for tier, state, entitled, floor, event in itertools.product(
            [*shipped["tiers"], "platinum", None], STATES, [[], ["air_gap"]], [None, *reference.ORDER], events):
        if os.environ.get("AIRLOCK_TEST_LONG") != "1" and event == events[1] and floor:
            continue  # no rule of the shipped policy names an event
        facts = {"licence": state, "event": event}
        facts.update({"tier": tier} if tier else {}, **({"entitlements": entitled} if entitled else {}))
        if floor:
            facts["floors"] = [{"source": "airlock.json", "at_least": floor}]
        found = batch.ask({"policy": text, "dictionary": dictionary, "facts": facts, "report": '{"event":"x"}'})
        wanted = reference.decide(shipped, facts)
        exhaustive += 1
        if any(found[k] != wanted[k] for k in wanted):
            failed += 1
            print(f"FAIL shipped policy on {facts}: found {found}, expected {wanted}")
    print(f"counted: {exhaustive} combinations of the shipped policy")

    wanted_count = 100_000 if os.environ.get("AIRLOCK_TEST_LONG") == "1" else 1_500
    generator, refused, changed, reports_refused = Generator(seed), 0, 0, 0
    while compared < wanted_count and failed < 10:
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
            failed += 1
            print(f"FAIL triple {compared}: {json.dumps(result)}\n     {json.dumps(question)}")
            try:
                CASES.mkdir(exist_ok=True)
                (CASES / f"seed-{seed}-{compared}.json").write_text(json.dumps(question, indent=1, ensure_ascii=False) + "\n")
            except OSError:
                pass
    print(f"counted: {compared} triples equal or not, of which {changed} redacted and {reports_refused} refused; "
          f"{refused} more had an unsound policy")
    # A comparison in which nothing happens would prove nothing.
    if changed < compared // 4 or reports_refused < compared // 50:
        failed += 1
        print("FAIL the generated triples exercise too little")
    print(f"{compared + exhaustive - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
