"""docs/reference/json.md says what `--json` prints: every member that a command prints is there with its type, and every member
that is there is printed, or needs a state that the page names and this test lists."""
import fnmatch
import json
import re

from harness import POLICY, REPORT, TOP
from output_test import arguments, setting

PAGE = TOP / "docs" / "reference" / "json.md"
EVERY = "Of every command"
# These print a document with a format of its own.
OWN_FORMAT = {"airlock policy show", "airlock dictionary show", "airlock ledger export"}
# Commands that this test does not run: they need a token, another root, a second ledger, a receiver. Their own tests do.
NOT_RUN = {"airlock key use", "airlock key protect", "airlock-vendor key use", "airlock-vendor key protect",
           "airlock-vendor root successor", "airlock-vendor root promote", "airlock-vendor certificate revoke",
           "airlock-vendor site readmit", "airlock-vendor site close-fork"}
# Members that need a state which this test does not make, by command; the page begins what it says of each with `only`.
RARE = {
    "airlock process": ["repeats", "misfits[].*"],
    "airlock preview": ["repeats", "misfits[].*"],
    "airlock explain": ["repeats", "copies[].*", "treatments[].part"],
    "airlock process --held": ["failed[].*", "approvals[]"],
    "airlock process --inbox": ["left[].*", "approvals[]"],
    "airlock status": ["machine.*", "redact_also[]", "words.*", "hold.*", "approvals.asked[].*", "copied[].*", "also_new[].*", "receipt.*",
                       "events[].ceiling.destinations[]", "events[].looser[].*", "waiting[].*"],
    "airlock authorise": ["events[].*", "kit*", "also_new*", "clock*"],
    "airlock approve": ["number", "payload_sha256", "decision_sha256"],
    "airlock licence *": ["next.*", "installed.unknown[]"],
    "airlock licence usage": ["limits[].*"],
    "airlock kit *": ["approvals[]", "idle_redactions[]", "by_consent[]", "held[].*", "consents[].*"],
    "airlock*": ["approvals[].*", "warnings[]", "missing[].*"],
    "airlock outbox list": ["outbox[].attempts", "outbox[].last_attempt", "outbox[].last_error", "outbox[].next_try",
                            "outbox[].maybe_delivered", "acknowledged[]"],
    "airlock receipt import": ["freed[]"],
    "airlock policy test": ["cases[].differences[]", "coverage.untested_rules[]", "coverage.untested_redactions[]"],
    "airlock policy diff": ["treatments[].*", "dispositions[].*", "sentences[]", "terms[].*", "consents[].*"],
    "airlock-vendor site *": ["missing[]", "explained[]", "forks[]", "closed_forks[]", "readmissions[]", "retired.*", "retirements[].*",
                              "sites[].missing[].*"],
    "airlock-vendor intake": ["items[].error", "passed_over[].*", "items[].checkpoint"],
    "airlock-vendor drift": ["sites[].drift[].*"],
    "airlock-vendor gaps": ["sites[].missing[].*", "sites[].explained[].*", "sites[].forks[].*", "sites[].closed_forks[].*",
                            "sites[].readmissions[].*", "sites[].retired.*"],
    "airlock-send": ["reports[].*"],
    "airlock-send --check": ["destinations[].*"],
}
KINDS = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", type(None): "null"}


def page():
    """By command: path of a member to its types and its meaning."""
    out = {}
    for section in re.split(r"^##+ ", PAGE.read_text(), flags=re.M)[1:]:
        title, body = section.split("\n", 1)
        rows = {path: (set(types.split(" or ")), meaning)
                for path, types, meaning in re.findall(r"^\| `([^`]+)` \| ([a-z ]+) \| (.+) \|$", body, re.M)}
        for command in [EVERY] if title == EVERY else re.findall(r"`([^`]+)`", title):
            out.setdefault(command, {}).update(rows)
    return out


def members(value, path=""):
    """Path and type of each member of a document."""
    if path:
        yield path, KINDS[type(value)]
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from members(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner, path + "[]")


class Seen:
    """What commands have printed, compared with the page."""

    def __init__(self):
        self.page = page()
        self.faults = []
        self.printed = {command: set() for command in self.page}

    def add(self, command, document):
        rows = {**self.page[EVERY], **self.page.get(command, {})}
        documents = [path for path, (types, _) in rows.items() if "document" in types]
        for path, kind in members(document):
            if any(path.startswith((f"{each}.", f"{each}[")) for each in documents):
                continue
            # Where an element has members, the page has these.
            types = {"object"} if path.endswith("[]") and any(each.startswith(path + ".") for each in rows) else \
                rows.get(path, (set(), ""))[0]
            self.printed.setdefault(command, set()).add(path)
            if not (kind in types or (kind == "object" and "document" in types)):
                self.faults.append(f"{command}: `{path}` is {kind}, the page says {' or '.join(sorted(types)) or 'nothing'}")

    def run(self, w, command, *given, code=0):
        program = command.split()[0]
        where = {"airlock": ["--site", w.site_path], "airlock-vendor": ["--home", w.home], "airlock-send": ["--site", w.site_path]}[program]
        own = "--home" in given or "--site" in given[:1]
        self.add(command, w.run(w.program(program), *([] if own else where), *given, "--json", code=code).json)

    def unseen(self):
        for command, rows in self.page.items():
            if command in NOT_RUN:
                continue
            rare = [pattern for commands, patterns in RARE.items() if fnmatch.fnmatchcase(command, commands) for pattern in patterns]
            for path, (_, meaning) in rows.items():
                is_rare = any(fnmatch.fnmatchcase(path, pattern.replace("[]", "[[][]]")) for pattern in rare)
                printed = path in (set().union(*self.printed.values()) if command == EVERY else self.printed[command])
                if not printed and not is_rare:
                    yield f"{command}: `{path}` was not printed"
                if not printed and not re.match(r"(only|null, unless)\b", meaning):
                    yield f"{command}: `{path}` needs a state that the page does not name"


def test_the_page_describes_each_member_that_is_printed_and_no_other(w):
    seen = Seen()
    setting(w)
    for program, commands in arguments(w, 1).items():
        for command, given in commands.items():
            if f"{program} {command}" not in OWN_FORMAT:
                seen.run(w, f"{program} {command}", *given)
    odd = w.report(lambda d: d["properties"].update({"new": 1}))
    broken = w.file("broken.json", "{")
    policy = json.loads(POLICY.read_text())
    policy["claims"][0]["never"] = ["seal"]
    broken_claim = w.file("claim.json", json.dumps(policy))
    seen.run(w, "airlock process", "process", odd)
    seen.run(w, "airlock process", "process", broken, code=3)
    seen.run(w, "airlock process --held", "process", "--held", "--again", "1", code=2)
    seen.run(w, "airlock explain", "explain", odd, "--values")
    seen.run(w, "airlock preview", "preview", broken, code=3)
    w.airlock("hold", "--reason", "incident")
    seen.run(w, "airlock process", "process", REPORT, "--again", code=4)
    seen.run(w, "airlock status", "status")
    w.airlock("release")
    seen.run(w, "airlock process --held", "process", "--held", code=3)
    (w.site_path / "inbox" / "dropped.json").write_bytes(w.report_of("1.99.0").read_bytes())
    seen.run(w, "airlock process --inbox", "process", "--inbox")
    seen.run(w, "airlock ledger show", "ledger", "show", "1", "--reveal")
    seen.run(w, "airlock policy check", "policy", "check", broken_claim, code=4)
    seen.run(w, "airlock policy show --html", "policy", "show", "--html", w.path / "policy.html")
    seen.run(w, "airlock dictionary check", "dictionary", "check", odd, code=4)
    seen.run(w, "airlock dictionary check", "dictionary", "check", TOP / "policy" / "dictionary" / "posthog-status-report.json")
    unclear = w.file("unclear.json", json.dumps({"a": 1, "b": {"c": 1}, "kinds": ["x"]}))
    seen.run(w, "airlock dictionary draft", "dictionary", "draft", unclear, w.file("other.json", '{"b": [1]}'), "--product", "p")
    seen.run(w, "airlock dictionary draft", "dictionary", "draft", unclear, "--product", "p", "--into", w.path / "drafted.json")
    seen.run(w, "airlock-send", "--once")
    seen.run(w, "airlock-send --check", "--check")
    faults = sorted(set(seen.faults)) + list(seen.unseen())
    assert not faults, "\n".join(faults)


def test_no_command_is_missing_from_the_page():
    from help_test import COMMANDS
    known = {f"{program} {' '.join(command)}" for program, commands in COMMANDS.items() for command in commands}
    assert known - OWN_FORMAT <= set(page()), "a command that the page lacks"
