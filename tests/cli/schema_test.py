"""The JSON Schemas accept and refuse what the program's own parsers do. Judged by Debian's python3-jsonschema."""
import copy
import json
import subprocess

import pytest
from harness import DICTIONARY, LONG, POLICY, TOP

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
    assert ran.returncode == 0, ran.stderr
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


def compare(w, schema, document, parse, semantic=(), only=lambda path: True, most=None):
    """`semantic`: what only the parser can know, since one part of the document refers to another. `most`: where judging one
    takes long, about so many of them, spread evenly."""
    named = list(mutations(document, only))
    if most and not LONG:
        named = named[::-(-len(named) // most)]
    verdicts = judged(schema, [document] + [d for _, d in named])
    assert verdicts[0], f"the schema of {schema} refuses the shipped document"
    accepted = 0
    for (name, changed), by_schema in zip(named, verdicts[1:]):
        code, err = parse(w.file("document.json", json.dumps(changed)))
        if code != 0 and any(s in err for s in semantic):
            continue
        accepted += code == 0
        assert (code == 0) == by_schema, f"{schema}: {name}: {err.strip()}"
    print(f"counted: {len(named)} changed files of {schema}, of which {accepted} stay sound")


def first_file(archive):
    """The content of an archive's first file."""
    return archive[512:512 + int(archive[124:135], 8)]


def with_first_file(archive, content):
    """The archive with another content of its first file."""
    def padded(size):
        return (size + 511) // 512 * 512
    header = bytearray(archive[:512])
    header[124:135] = b"%011o" % len(content)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + content.ljust(padded(len(content)), b"\0") + archive[512 + padded(len(first_file(archive))):]


def test_policies_schema_and_parser_accept_and_refuse_the_same_files(w):
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
        "but no profile named here redacts"), most=110)


def test_dictionaries_schema_and_parser_accept_and_refuse_the_same_files(w):
    dictionary = json.loads(DICTIONARY.read_text())
    # Some of each kind; the shipped one has many alike.
    keep = {"/event", "/timestamp", "/properties/period/start_inclusive", "/properties/period/end_inclusive", "/properties/site_url",
            "/properties/plugins_installed/*", "/properties/teams/*", "/properties/teams/*/events_count_total",
            "/properties/instance_usage_summary/events_count_total"}
    dictionary["fields"] = [f for f in dictionary["fields"] if f["path"] in keep]

    dictionary["fields"].append({"path": "/metrics/*", "type": "count", "class": "usage",
                                 "key": {"pattern": "stats.ds.{plugin}.count", "plugin": {"type": "text", "class": "content"}}})

    def parse(path):
        ran = w.airlock("dictionary", "show", path, code=None)
        return ran.code, ran.err
    compare(w, "dictionary", dictionary, parse, semantic=(
        "is not declared", "must be the values of", "other declared paths go on", "no other declared path goes on", "needs a path that ends",
        "must have the type", "has no `type`, and", "has the step", "is not an object with declared members", "is beside"))


def test_cases_schema_and_parser_accept_and_refuse_the_same_files(w):
    one = {"format": "airlock-policy-case/1", "name": "x", "about": "y",
           "facts": {"tier": "scale", "licence": "valid", "entitlements": ["air_gap"], "event": "instance status report",
                     "floors": [{"source": "airlock.json", "at_least": "seal"}], "redact_also": [{"class": "person", "do": "drop"}]},
           "expect": {"disposition": "withhold", "by_exception": True, "rules": ["x"], "profiles": ["strict"], "undeclared": "drop",
                      "treatments": [{"path": "/id", "of": "key", "treatment": "drop"}]}}

    def parse(path):
        ran = w.airlock("policy", "test", path, "--policy", POLICY, "--dictionary", DICTIONARY, code=None)
        return 0 if ran.code == 1 else ran.code, ran.err  # that it does not hold is another question
    compare(w, "case", one, parse)
    assert all(judged("case", [json.loads(p.read_text()) for p in sorted(CASES.glob("*.json"))])), "the shipped cases"

def test_receipts_schema_and_parser_accept_and_refuse_the_same_documents(w):
    w.site()
    w.process()
    w.vendor("intake", w.outbox()[0])
    made = w.path / "made.p7s"
    w.vendor("receipt", "--site", w.site_id, "--out", made)
    one = w.run("openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-in", made, "-CAfile", w.root, "-no-CApath",
                "-no-CAstore").json
    one["missing"] = [{"first": 2, "last": 2}, {"first": 4, "last": 9}]
    signed = w.path / "receipt.p7s"
    number = 0

    def parse(path):
        nonlocal number
        number += 1
        document = path.read_bytes()
        # A receipt that is accepted is recorded, so the next one needs a higher sequence.
        if f'"sequence": {one["sequence"]},'.encode() in document:
            document = document.replace(f'"sequence": {one["sequence"]},'.encode(), f'"sequence": {number},'.encode())
        w.run("openssl", "cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-cades", "-md", "sha256", "-in",
              w.file("content.json", document), "-signer", w.home / "receipt-signing.crt", "-inkey", w.home / "receipt-signing.key",
              "-outform", "PEM", "-out", signed)
        ran = w.airlock("receipt", "import", signed, code=None)
        return ran.code, ran.err
    assert parse(w.file("document.json", json.dumps(one)))[0] == 0, "the receipt itself"
    compare(w, "receipt", one, parse, semantic=("must begin after the range before it, and not end before it begins", "was imported", "is older than"))


DESTINATIONS = [
    {"type": "https-json", "url": "https://reports.vendor.example/v1", "ca_file": "trust/delivery/ca.crt",
     "client_certificate": "trust/delivery/c.crt", "client_key": "trust/delivery/c.key", "timeout_seconds": 30,
     "pins": ["sha256//" + "A" * 43 + "="]},
    {"type": "posthog-batch", "url": "https://reports.vendor.example:8443", "api_key_file": "trust/delivery/key",
     "proxy": "http://proxy.example:3128", "proxy_credentials_file": "trust/delivery/proxy", "max_age_hours": 24}]


def test_configurations_schema_and_parser_accept_and_refuse_the_same_files(w):
    w.site()
    path = w.site_path / "airlock.json"
    document = {**json.loads(path.read_text()), "floor": "seal", "redact_also": [{"class": "person", "do": "drop"}],
                "approvals": [{"kind": "security", "count": 1, "by_operator": False}], "archive": True,
                "licence": "none", "sandbox": "required", "limits": {"report_bytes": 67108864},
                "retention": {"payload_days": 800, "bundle_days": 800, "held_days": 90},
                "monitoring": {"syslog": False, "events_file": str(w.path / "events"), "status_file": str(w.path / "status")}, "delivery": {"destinations": DESTINATIONS}}

    def parse(mutated):
        path.write_bytes(mutated.read_bytes())
        ran = w.airlock("status", code=None)
        return 3 if ran.code == 3 and f"`{path}`: " in ran.err else 0, ran.err
    compare(w, "configuration", document, parse, most=40)


def test_kits_schema_and_parser_accept_and_refuse_the_same_files(w):
    w.site()
    verified = w.path / "kit.tar"
    w.run("openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-in", w.kit, "-CAfile", w.root, "-out", verified)
    archive = verified.read_bytes()
    document = {**json.loads(first_file(archive)), "format": "airlock-kit/2", "approvals": [{"kind": "security", "count": 1}],
                "revoked_licences": ["LIC-2026-000001"], "delivery": {"destinations": DESTINATIONS}}

    def parse(mutated):
        w.file("changed.tar", with_first_file(archive, mutated.read_bytes()))
        signed = w.path / "changed.p7s"
        w.run("openssl", "cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-cades", "-md", "sha256", "-in", w.path / "changed.tar",
              "-signer", w.home / "kit-signing.crt", "-inkey", w.home / "kit-signing.key", "-outform", "PEM", "-out", signed)
        ran = w.airlock("kit", "verify", signed, code=None)
        return 3 if ran.code == 3 and "`kit.json`: " in ran.err else 0, ran.err
    compare(w, "kit", document, parse, semantic=("must be later than `issued`",), most=30)


@pytest.mark.takes(3)
def test_manifests_schema_and_parser_accept_and_refuse_the_same_files(w):
    w.site()
    w.process()
    w.process(None, "--again", "--note", "x")
    folder = w.open_with_openssl(w.outbox()[-1])
    archive = (folder / "content.tar").read_bytes()
    document = json.loads(first_file(archive))
    document["since_last"]["reports"] = [{"number": 2, "kind": "refused", "period": {"start": "2022-04-25"}}]
    document["since_last"]["disclosures"] = [{"disclosure": 1, "kind": "abandoned"}]
    document["previous"] = {"id": document["bundle_id"], "content_sha256": "a" * 64}

    def parse(mutated):
        (folder / "changed.tar").write_bytes(with_first_file(archive, mutated.read_bytes()))
        w.shell(f"openssl cms -sign -binary -nodetach -nosmimecap -cades -md sha256 -in changed.tar -signer site.crt "
                f"-inkey {w.site_path / 'keys/site.key'} -outform DER -out changed.der && "
                "openssl cms -encrypt -binary -aes-256-gcm -in changed.der -outform DER -out changed.p7m -recip recipient.crt "
                "-keyopt ecdh_kdf_md:sha256", cwd=folder)
        ran = w.vendor("open", folder / "changed.p7m", code=None)
        return 3 if ran.code == 3 and "`manifest.json`: " in ran.err else 0, ran.err
    compare(w, "manifest", document, parse, most=40)
