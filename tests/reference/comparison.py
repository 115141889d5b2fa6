"""One question put to the program and to the second implementation, and what differs."""
import json
import subprocess

import reference
from reference import Refused
from shapes import Num


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


def dump_report(document, report):
    """A report as its dictionary wants it: the lines of one that has lines end with LF."""
    return "\n".join(map(dump, report)) + "\n" if document == "lines" else dump(report)


def load_report(document, text):
    return [load(line) for line in text.split("\n") if line] if document == "lines" else load(text)


def document_of(question):
    return json.loads(question["dictionary"]).get("document", "object")


class Batch:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.communicate()


def expected(question):
    policy, dictionary = json.loads(question["policy"]), json.loads(question["dictionary"])
    facts = question["facts"]
    out = reference.decide(policy, facts)
    plan = reference.Plan(policy, dictionary, out, facts.get("redact_also", []))
    try:
        document = dictionary.get("document", "object")
        out["output"] = dump_report(document, reference.redact(dictionary, plan, load_report(document, question["report"])))
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
        document = document_of(question)
        told = dump_report(document, as_explained(load_report(document, question["report"]), answer["data"]))
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
