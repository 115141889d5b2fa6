"""The JSON Schemas accept and refuse what the program's own parsers do. Judged by Debian's python3-jsonschema."""
import copy
import json
import subprocess

from harness import DICTIONARY, LONG, POLICY, TOP, case, check, equal, main

SCHEMAS = TOP / "policy" / "schema"
CASES = TOP / "policy" / "cases"
# Debian's package belongs to Debian's interpreter, which need not be the one that runs this test.
JUDGE = """
import json, sys
import jsonschema
schema, documents = json.load(open(sys.argv[1])), json.load(sys.stdin)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
json.dump([validator.is_valid(d) for d in documents], sys.stdout)
"""


def judged(schema, documents):
    ran = subprocess.run(["/usr/bin/python3", "-c", JUDGE, SCHEMAS / f"{schema}.json"], input=json.dumps(documents),
                         capture_output=True, text=True)
    check(ran.returncode == 0, ran.stderr)
    return json.loads(ran.stdout)


def mutations(document, only=lambda path: True):
    """Each member left out, each value of another kind, each object with a member more; each with its place."""
    def walk(value, path):
        if isinstance(value, dict):
            yield path, "more", None
            for key, inner in value.items():
                yield path + [key], "without", None
                yield from walk(inner, path + [key])
        elif isinstance(value, list):
            for i, inner in enumerate(value[:2]):
                yield from walk(inner, path + [i])
        others = [o for o in (None, 7, "§", [], {}, True, -1) if type(o) is not type(value)]
        # One wrong kind each in turn; all of them take minutes.
        for other in others if LONG else [others[len("/".join(map(str, path))) % len(others)]]:
            yield path, "becomes", other

    for path, what, other in walk(document, []):
        if not path or not only(path):
            continue
        changed = copy.deepcopy(document)
        at = changed
        for step in path[:-1]:
            at = at[step]
        if what == "without":
            del at[path[-1]]
        elif what == "becomes":
            at[path[-1]] = copy.deepcopy(other)
        else:
            at[path[-1]]["unheard_of"] = 1
        yield f"{'/'.join(map(str, path))} {what} {other!r}", changed


def compare(w, schema, document, parse, semantic=(), only=lambda path: True):
    """`semantic`: what only the parser can know, since one part of the document refers to another."""
    named = list(mutations(document, only))
    verdicts = judged(schema, [document] + [d for _, d in named])
    check(verdicts[0], f"the schema of {schema} refuses the shipped document")
    accepted = 0
    for (name, changed), by_schema in zip(named, verdicts[1:]):
        code, err = parse(w.file("document.json", json.dumps(changed)))
        if code != 0 and any(s in err for s in semantic):
            continue
        accepted += code == 0
        equal(code == 0, by_schema, f"{schema}: {name}: {err.strip()}")
    print(f"counted: {len(named)} changed files of {schema}, of which {accepted} stay sound")


@case("policies: schema and parser accept and refuse the same files")
def _(w):
    policy = json.loads(POLICY.read_text())
    policy["profiles"]["more"] = {"undeclared": "drop", "redactions": [
        {"path": "/properties/teams/*/ff_count", "do": "suppress_below", "k": 5},
        {"path": "/properties/table_sizes", "do": "round", "significant": 2},
        {"path": "/properties/teams/*", "of": "key", "do": "drop"}, {"path": "/properties/helm/hostname", "do": "host_to_domain"}]}

    def parse(path):
        ran = w.airlock("policy", "show", path, "--dictionary", DICTIONARY, code=None)
        return ran.code, ran.err
    compare(w, "policy", policy, parse, semantic=(
        "is not a profile of this policy", "is not a tier of this policy", "is not in the tier's `may`", "and no profile that it extends",
        "but no profile named here redacts"))


@case("dictionaries: schema and parser accept and refuse the same files")
def _(w):
    dictionary = json.loads(DICTIONARY.read_text())
    # Some of each kind; the shipped one has many alike.
    keep = {"/event", "/timestamp", "/properties/period/start_inclusive", "/properties/period/end_inclusive", "/properties/site_url",
            "/properties/plugins_installed/*", "/properties/teams/*", "/properties/teams/*/events_count_total",
            "/properties/instance_usage_summary/events_count_total"}
    dictionary["fields"] = [f for f in dictionary["fields"] if f["path"] in keep]

    def parse(path):
        ran = w.airlock("dictionary", "show", path, code=None)
        return ran.code, ran.err
    compare(w, "dictionary", dictionary, parse, semantic=(
        "is not declared", "must be the values of", "other paths lead on", "no other path leads on", "needs a path that ends",
        "must be declared as", "has no `type`, and", "has the step", "is not an object with declared members", "stands beside"))


@case("cases: schema and parser accept and refuse the same files")
def _(w):
    one = {"format": "airlock-policy-case/1", "name": "x", "about": "y",
           "facts": {"tier": "scale", "licence": "valid", "entitlements": ["air_gap"], "event": "instance status report",
                     "floors": [{"source": "airlock.json", "at_least": "seal"}], "redact_also": [{"class": "person", "do": "drop"}]},
           "expect": {"disposition": "withhold", "by_exception": True, "rules": ["x"], "profiles": ["strict"], "undeclared": "drop",
                      "treatments": [{"path": "/id", "of": "key", "treatment": "drop"}]}}

    def parse(path):
        ran = w.airlock("policy", "test", path, "--policy", POLICY, "--dictionary", DICTIONARY, code=None)
        return 0 if ran.code == 1 else ran.code, ran.err  # that it does not hold is another question
    compare(w, "case", one, parse)
    check(all(judged("case", [json.loads(p.read_text()) for p in sorted(CASES.glob("*.json"))])), "the shipped cases")


main()
