"""What cannot be written to standard output is exit 1, in every command of every program: to a full disk, to a pipe that
nobody reads, to a descriptor that was closed. And what no permission allows is exit 1 as well."""
import json
import os
import pathlib
import shutil
import subprocess
import time

import pytest
from evidencing import export, new_exporter
from harness import LONG, POLICY, DICTIONARY, REPORT, TOP
from help_test import COMMANDS

UNDATED = ["--not-after", "2099-01-01"]


def arguments(w, n):
    """For each command a command line that is done and prints something; `n` makes names and texts that are new."""
    fresh = w.report_of(f"1.30.{n}")
    new = w.path / f"new-{n}"
    policy = ["--policy", POLICY, "--dictionary", DICTIONARY]
    changed = w.other_policy
    year = time.strftime("%Y", time.gmtime())
    waiting = w.process(w.report_of(f"1.31.{n}"), "--expect", "0" * 64, code=4)
    site = {
        "init": ["--site", new, "init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint()],
        "process": ["process", fresh], "preview": ["preview", fresh], "explain": ["explain", fresh],
        "review": ["review", fresh, "--html", f"{new}.html"],
        "discard": ["discard", waiting["number"], "--reason", f"test data {n}"], "status": ["status"], "doctor": ["doctor"],
        "authorise": ["authorise", "--reason", f"again {n}", "--yes"],
        "approve": ["approve", "--words", w.words, "--key", w.path / "officer.key", "--certificate", w.path / "officer.crt", "--yes"],
        "hold": ["hold", "--reason", f"incident {n}"], "release": ["release"],
        "licence verify": ["licence", "verify"], "licence show": ["licence", "show"],
        "licence install": ["licence", "install", w.licence], "licence usage": ["licence", "usage"],
        "kit verify": ["kit", "verify", w.kit], "kit show": ["kit", "show"], "kit install": ["kit", "install", w.kit],
        "bundle show": ["bundle", "show", w.bundle], "bundle verify": ["bundle", "verify", w.bundle],
        "bundle open": ["bundle", "open", w.bundle],
        "evidence export": ["evidence", "export", "--reports", "1", "--out", f"{new}.evidence", "--key", w.path / "officer.key",
                            "--certificate", w.path / "officer.crt"],
        "evidence verify": ["evidence", "verify", w.evidence, "--exporter", w.path / "officer.crt"],
        "ledger list": ["ledger", "list"], "ledger show": ["ledger", "show", "1"], "ledger verify": ["ledger", "verify"],
        "ledger prove": ["ledger", "prove", "1"], "ledger checkpoint": ["ledger", "checkpoint"],
        "ledger export": ["ledger", "export", "--format", "csv"], "ledger backup": ["ledger", "backup", f"{new}.db"],
        "ledger adopt": ["ledger", "adopt", "--reason", f"ticket {n}", "--yes"],
        "policy check": ["policy", "check"], "policy show": ["policy", "show"],
        "policy test": ["policy", "test", TOP / "policy" / "cases", *policy],
        "policy diff": ["policy", "diff", POLICY, changed, "--dictionary", DICTIONARY],
        "dictionary check": ["dictionary", "check", REPORT],
        "dictionary draft": ["dictionary", "draft", REPORT, "--product", "posthog"], "dictionary show": ["dictionary", "show"],
        "pseudonym lookup": ["pseudonym", "lookup", "somebody"],
        "outbox list": ["outbox", "list"], "outbox flush": ["outbox", "flush"],
        "outbox hand-over": ["outbox", "hand-over", "--to", w.medium],
        "receipt import": ["receipt", "import", w.receipt],
        "key rotate": ["key", "rotate", "ledger"], "key destroy": ["key", "destroy", "pseudonym", "--yes"],
    }
    vendor = {
        "init": ["--home", f"{new}.home", "init", "--name", "Example", "--product", "posthog"],
        "kit build": ["kit", "build", *policy, "--out", f"{new}.kit"],
        "licence issue": ["licence", "issue", "--tier", "scale", "--licensee", "Bank", "--any-site", *UNDATED, "--out", f"{new}.p7s"],
        "licence renew": ["licence", "renew", f"LIC-{year}-000001", *UNDATED, "--out", f"{new}.renewed"],
        "licence revoke": ["licence", "revoke", f"LIC-{year}-000002", "--reason", f"ended {n}"], "licence list": ["licence", "list"],
        "certificate renew": ["certificate", "renew", "licence"],
        "site add": ["site", "add", w.request, "--fingerprint", w.fingerprint],
        "open": ["open", w.bundle], "intake": ["intake", w.bundle], "gaps": ["gaps"], "drift": ["drift"],
        "receipt": ["receipt", "--site", w.site_id, "--out", f"{new}.receipt"],
        "site list": ["site", "list"], "site show": ["site", "show", w.site_id],
        "site retire": ["site", "retire", w.other_id, "--reason", f"closed {n}"],
    }
    return {"airlock": site, "airlock-vendor": vendor}


# Those that need a token, another root, or a ledger that was put back: their output is printed by the same functions.
LEFT_OUT = {"airlock": {"key use", "key protect"},
            "airlock-vendor": {"certificate revoke", "root successor", "root promote", "key use", "key protect", "site readmit",
                               "site close-fork"}}


def setting(w):
    w.site()
    w.process()
    w.bundle = shutil.copy(w.outbox()[0], w.path)
    w.licence = w.new_licence("enterprise-air-gapped", ["air_gap"])
    w.vendor("intake", w.bundle)
    w.receipt = w.path / "receipt.p7s"
    w.vendor("receipt", "--site", w.site_id, "--out", w.receipt)
    new_exporter(w)
    w.evidence, _ = export(w, "--reports", "1")
    w.words = w.file("words-of-an-officer.txt", "Zanzibarium\n")
    shutil.copy(w.path / "officer.crt", w.site_path / "trust" / "officers")
    w.medium = w.path / "medium"
    w.medium.mkdir()
    other = w.path / "other"
    made = w.airlock("init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint(), "--json", site=other).json
    w.fingerprint, w.other_id = made["fingerprint"], made["site_id"]
    w.request = other / "site-request.p7s"
    document = json.loads(POLICY.read_text())
    document["version"] = "2099.1"
    w.other_policy = w.file("other.json", json.dumps(document))


def into(w, program, given, how, as_json):
    """Exit code and standard error of a program whose standard output goes nowhere."""
    where = ["--site", w.site_path] if program == "airlock" else ["--home", w.home] if program == "airlock-vendor" else []
    if "--home" in given or "--site" in given[:1]:
        where = []
    words = [str(x) for x in [w.program(program), *where, *given, *(["--json"] if as_json else [])]]
    if how == "closed":
        words = ["sh", "-c", 'exec "$@" >&-', "sh", *words]
    unread, unheard = os.pipe()
    os.close(unread)
    with open("/dev/full", "wb") as full:
        stdout = {"full": full, "unread": unheard, "closed": subprocess.DEVNULL}[how]
        ran = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, check=False, timeout=120, cwd=w.path)
    os.close(unheard)
    return ran.returncode, ran.stderr.decode()


@pytest.mark.takes(4)
def test_output_that_fails_is_exit_1_in_every_command(w):
    """Output to a full disk, to a pipe that nobody reads, or to nothing is exit 1 in every command, with and without --json."""
    setting(w)
    for program, commands in arguments(w, 0).items():  # which has a report held
        assert {" ".join(c) for c in COMMANDS[program]} - LEFT_OUT[program] == set(commands), \
            f"commands of {program} in this table"
    n = 0
    for how in ("full", "closed", "unread"):
        for as_json in (False, True) if LONG or how == "full" else (False,):
            n += 1
            for program, commands in arguments(w, n).items():
                for name, given in commands.items():
                    code, err = into(w, program, given, how, as_json)
                    what = f"{program} {name}, {how}{', --json' if as_json else ''}"
                    assert code == 1, f"{what}: {err}"
                    assert err.count("standard output could not be written") == 1, f"{what}: {err}"
    w.ledger_ok()
    reports = w.airlock("ledger", "list", "--json").json["reports"]
    assert len(reports) == 2 + 2 * n, "reports recorded by runs whose output was lost"


def test_help_versions_usage_errors_and_the_sender_exit_1_unheard(w):
    """Help, versions, usage errors and the sender: exit 1 where nobody hears of it, and another code stays."""
    w.site()
    for program in ("airlock", "airlock-vendor", "airlock-send"):
        for given in (["--help"], ["--version"]):
            for how in ("full", "closed", "unread"):
                code, err = into(w, program, given, how, False)
                assert code == 1, f"{program} {given} {how}: {err}"
    for given in (["--site", str(w.site_path), "--once"], ["--site", str(w.site_path), "--check"]):
        assert into(w, "airlock-send", given, "full", False)[0] == 1, str(given)
    assert into(w, "airlock", ["statsu"], "full", True)[0] == 2, "a usage error"
    assert into(w, "airlock", ["process", str(w.path / "none.json")], "full", True)[0] == 8, "not recorded"
    assert into(w, "airlock", ["status", "--quiet"], "full", False)[0] == 0, "nothing was to be written"


def test_nothing_opened_takes_the_place_of_a_closed_standard_descriptor(w):
    """Nothing that is opened takes the place of a standard descriptor that was closed."""
    w.site()
    before = w.airlock("ledger", "verify", "--json").json["entries"]
    ran = subprocess.run(["sh", "-c", f"'{w.program('airlock')}' --site '{w.site_path}' process '{REPORT}' <&- >&- 2>&-"], check=False)
    assert ran.returncode == 1, "exit code"
    assert w.airlock("ledger", "verify", "--json").json["entries"] > before, "not recorded"
    ran = subprocess.run(["sh", "-c", f"'{w.program('airlock')}' --site '{w.site_path}' process - <&-"], capture_output=True, check=False)
    assert ran.returncode == 8, f"a standard input that was closed is no empty report: {ran.stderr}"


def as_nobody(w, program, *given, code):
    copy = w.path / "bin" / program  # the build may be below a folder that others may not enter
    copy.parent.mkdir(exist_ok=True)
    copy.parent.chmod(0o755)
    if not copy.exists():
        copy.write_bytes(pathlib.Path(w.program(program)).read_bytes())
        copy.chmod(0o755)
    return w.run("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", copy, *given, code=code)


def test_permission_denied_is_exit_1_with_advice(w):
    """Permission denied is exit 1 with advice in every command that opens a file, and 8 only where process did not record."""
    w.site()
    w.path.chmod(0o755)
    w.process()
    mine = w.file("mine", REPORT.read_bytes())
    mine.chmod(0o600)
    folder = w.path / "closed"
    folder.mkdir(mode=0o700)
    here = ["--site", w.site_path]
    own = w.path / "own"
    policy = ["--policy", POLICY, "--dictionary", DICTIONARY]
    for given in (["status"], ["explain", mine], ["preview", mine], ["hold", "--reason", "x"], ["release"],
                  ["authorise", "--reason", "x", "--yes"], ["licence", "install", mine], ["licence", "usage"], ["kit", "verify", mine],
                  ["kit", "show"], ["kit", "install", mine], ["bundle", "show", mine], ["bundle", "verify", mine],
                  ["ledger", "list"], ["ledger", "show", "1"], ["ledger", "verify"], ["ledger", "prove", "1"], ["ledger", "checkpoint"],
                  ["ledger", "export", "--format", "csv"], ["ledger", "backup", w.path / "b.db"], ["policy", "show"],
                  ["policy", "show", mine, "--dictionary", mine], ["policy", "test", mine, "--policy", mine, "--dictionary", mine],
                  ["dictionary", "check", mine, "--dictionary", DICTIONARY], ["dictionary", "show"], ["pseudonym", "lookup", "x"],
                  ["outbox", "list"], ["outbox", "hand-over", "--to", w.path], ["receipt", "import", mine], ["key", "rotate", "ledger"],
                  ["licence", "verify", "--licence", mine, "--trust", w.root, "--product", "posthog"]):
        ran = as_nobody(w, "airlock", *here, *given, code=1)
        assert "ermission denied" in ran.err and "hint: " in ran.err, f"{given}: {ran.err}"
    ran = as_nobody(w, "airlock", "--site", folder / "new", "init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint(),
                    code=1)
    assert "permission denied" in ran.err and "hint: " in ran.err, ran.err
    for given in (["process", mine], ["process", "--inbox"], ["process", "--held"]):
        ran = as_nobody(w, "airlock", *here, *given, code=8)
        assert "ermission denied" in ran.err and "hint: " in ran.err, ran.err
    for given in (["kit", "build", *policy, "--out", own], ["licence", "list"], ["open", mine], ["intake", mine], ["gaps"],
                  ["site", "add", mine], ["receipt", "--site", w.site_id, "--out", own]):
        ran = as_nobody(w, "airlock-vendor", "--home", w.home, *given, code=1)
        assert "ermission denied" in ran.err and "hint: " in ran.err, f"{given}: {ran.err}"
    ran = as_nobody(w, "airlock-send", *here, "--once", code=1)
    assert "ermission denied" in ran.err and "hint: " in ran.err, ran.err
