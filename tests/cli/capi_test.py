"""libairlock as an application uses it: the C ABI from C, C++ and Python beside the command, with equal results."""
import datetime
import itertools
import json
import pathlib
import re
import shutil
import subprocess
import sys

from harness import LONG, TOP, case, check, equal, main

LIB = TOP / "lib" / "capi"
EXAMPLES = TOP / "docs" / "examples"
NAME_ALIKE = "0e7d3a11-2b65-4f0e-8c51-0d2b7e4f9a01"


def library(w):
    return w.programs.parent / "lib" / "capi"


def sanitised(w):
    """What a C program needs to load a library that was built with sanitizers."""
    linked = subprocess.run(["ldd", library(w) / "libairlock.so.0"], capture_output=True, check=True).stdout.decode()
    return ["-fsanitize=address,undefined"] if "libasan" in linked else []


def preload(w):
    """The environment in which Python can load it."""
    if not sanitised(w):
        return {}
    runtime = subprocess.run(["cc", "-print-file-name=libasan.so"], capture_output=True, check=True).stdout.decode()
    return {"LD_PRELOAD": runtime.strip()}


def compiled(w, source, *extra, lib=None, out=None, sanitise=None):
    lib = lib or library(w)
    out = out or w.path / pathlib.Path(source).stem
    compiler = ["c++", "-std=c++17"] if str(source).endswith(".cpp") else ["cc", "-std=c11"]
    w.run(*compiler, "-Wall", "-Wextra", "-Werror", "-pedantic", "-g", *(sanitised(w) if sanitise is None else sanitise),
          "-I", LIB, source, "-o", out, "-L", lib, "-lairlock", f"-Wl,-rpath,{lib}", *extra)
    return out


def leaks(w):
    """The sanitizer's search for what was not freed."""
    return {"ASAN_OPTIONS": "detect_leaks=1"} if sanitised(w) else {}


def at(days, now=None):
    time = (now or datetime.datetime.now(datetime.timezone.utc)) + datetime.timedelta(days=days)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


class Signer:
    """Signs licences with the vendor's own key and stock openssl, so that every member can be chosen."""

    def __init__(self, w):
        self.w = w
        self.count = 0

    def licence(self, **members):
        self.count += 1
        document = {"format": "airlock-licence/1", "serial": f"LIC-{self.count}", "sequence": 5, "licensee": "Example Bank",
                    "product": "posthog", "tier": "enterprise", "entitlements": ["air_gap"], "limits": {"events": 7},
                    "sites": "any", "issued": at(0), "not_before": at(-900), "not_after": at(400.5), "grace_days": 20}
        document.update(members)
        content = self.w.file("content.json", json.dumps(document))
        out = self.w.path / f"made-{self.count}.p7s"
        self.w.run("openssl", "cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-cades", "-md", "sha256", "-in", content,
                   "-signer", self.w.home / "licence-signing.crt", "-inkey", self.w.home / "licence-signing.key",
                   "-outform", "PEM", "-out", out)
        return out


def broken(w, file):
    """The same with one bit of its signature changed: it parses, and does not verify."""
    import base64
    lines = file.read_text().split("\n")
    der = bytearray(base64.b64decode("".join(lines[1:-2])))
    der[-1] ^= 1
    text = base64.b64encode(der).decode()
    body = "\n".join(text[i:i + 64] for i in range(0, len(text), 64))
    return w.file("broken.p7s", f"{lines[0]}\n{body}\n{lines[-2]}\n")


def comparable(verdict, licence="licence"):
    """What all ways of asking tell, in one form."""
    inner = verdict.get(licence) if licence else verdict
    # What cannot be judged is an error of the command, without a state.
    out = {"state": verdict.get("state", "unjudged"), "exit": verdict["exit"], "warning_days": verdict.get("warning_days") or 0}
    if inner and "tier" in inner:
        out.update({k: inner[k] for k in ("serial", "sequence", "tier", "product", "entitlements", "limits")})
        out["days_left"] = verdict["days_left"]
    return out


def from_python(verdict):
    return comparable({**verdict, "state": verdict["state_name"], "exit": verdict["exit_code"]} if verdict["has_licence"] else
                      {"state": verdict["state_name"], "exit": verdict["exit_code"], "warning_days": verdict["warning_days"]},
                      licence=None)


def ask_everybody(w, driver, rows, trust=None):
    """Each row (name, licence file or None, site folder, product, site id, key, sequence, kit) judged in every way: a list of
    dictionaries from the way to the verdict. The folders have the row's licence in public/."""
    nothing = w.path / "no-such-file"
    trust = trust or w.root
    work = []
    for _, licence, site, product, site_id, key, sequence, kit in rows:
        file = licence or nothing
        work += [("site", site), ("files", file, trust, product, site_id or "-"),
                 ("bytes", file, trust, product, site_id or "-", key or "-", sequence or "-", kit or "-")]
    lines = "".join("\t".join(str(f) for f in line) + "\n" for line in work).encode()
    ran = w.run(driver, stdin=lines, env=leaks(w))
    from_c = [json.loads(line) for line in ran.text.splitlines()][4:]
    equal(len(from_c), len(work), "verdicts from C")

    script = w.file("ask.py", f"""
import json, os, sys
sys.path.insert(0, {str(EXAMPLES)!r})
from verify import Airlock
airlock = Airlock({str(library(w) / "libairlock.so.0")!r})

def content(name):
    return open(name, "rb").read() if os.path.isfile(name) else None

for line in sys.stdin:
    field = [None if f == "-" else f for f in line.rstrip("\\n").split("\\t")]
    if field[0] == "site":
        print(json.dumps(airlock.verify_site(field[1])))
    elif field[0] == "files":
        print(json.dumps(airlock.verify_files(*field[1:])))
    else:
        print(json.dumps(airlock.verify_bytes(content(field[1]), content(field[2]), *field[3:6], int(field[6] or 0),
                                              content(field[7] or ""))))
""")
    ran = w.run(sys.executable, script, stdin=lines, env=preload(w))
    python = iter([from_python(json.loads(line)) for line in ran.text.splitlines()])

    out = []
    for i, (name, licence, site, product, site_id, *_) in enumerate(rows):
        answers = {f"C ABI, {way}": comparable(from_c[3 * i + j], licence=None) for j, way in
                   enumerate(("site", "files", "bytes"))}
        answers.update({f"Python, {way}": next(python) for way in ("site", "files", "bytes")})
        arguments = ["--site-id", site_id] if site_id else []
        ran = w.run(w.program("airlock"), "licence", "verify", "--json", "--licence", licence or nothing, "--trust", trust,
                    "--product", product, *arguments, code=None)
        answers["command, files"] = comparable(ran.json)
        equal(ran.json["exit"], ran.code, name)
        ran = w.airlock("licence", "verify", "--json", site=site, code=None)
        answers["command, site"] = comparable(ran.json)
        equal(ran.json["exit"], ran.code, name)
        out.append(answers)
    return out


def public_copy(w, name, licence):
    """The public part of the site, and nothing else, with another licence."""
    folder = w.path / name
    shutil.copytree(w.site_path / "public", folder / "public")
    (folder / "public/licence.p7s").unlink(missing_ok=True)
    if licence:
        shutil.copy(licence, folder / "public/licence.p7s")
    return folder


@case("every state, alone and with every state behind it, is the same by command, C and Python, from site, files and bytes")
def _(w):
    w.new_vendor()
    w.new_site()
    signer = Signer(w)
    driver = compiled(w, TOP / "tests/capi/verdicts.c")
    public = json.loads((w.site_path / "public/site.json").read_text())
    own = [{"id": w.site_id, "key_sha256": public["key_sha256"]}]
    terms = {"not_yet_valid": {"not_before": at(200)}, "expired": {"not_after": at(-100.5)},
             "grace": {"not_after": at(-2.5)}, "valid": {}}
    rows, expected = [], []

    def add(state, licence):
        name = f"row-{len(rows)}"
        rows.append((name, licence, public_copy(w, name, licence), "posthog", w.site_id, public["key_sha256"], None, None))
        expected.append(state)

    # A defect is judged before all that stand behind it, so the first one of each combination is the verdict.
    for product, site, clock, term in itertools.product((False, True), (False, True), (False, True), terms):
        members = dict(terms[term])
        members["product"] = "other" if product else "posthog"
        members["sites"] = [{"id": NAME_ALIKE, "key_sha256": "0" * 64}] if site else own
        if clock:
            members["issued"] = at(2)
        made = signer.licence(**members)
        add("wrong_product" if product else "wrong_site" if site else "clock_rollback" if clock else term, made)
        if term == "expired" and product == site == clock:
            add("invalid", broken(w, made))
    for left, warned in ((30.5, 30), (15.5, 15), (14.5, 15), (7.5, 7), (1.5, 1), (0.5, 1), (31.5, 0)):
        add("valid", signer.licence(not_after=at(left)))
    add("missing", None)
    add("invalid", w.file("garbage.p7s", b"\x00garbage"))

    answers = ask_everybody(w, driver, rows)
    seen = {}
    for row, state, verdicts in zip(rows, expected, answers):
        first = verdicts["command, site"]
        equal(first["state"], state, f"{row[0]}: {row[1]}")
        for way, verdict in verdicts.items():
            equal(verdict, first, f"{row[0]} ({state}) by {way}")
        seen[state] = seen.get(state, 0) + 1
    equal(sorted(seen), sorted(["missing", "invalid", "wrong_product", "wrong_site", "clock_rollback", *terms]), "states seen")
    warned = [a["C ABI, site"]["warning_days"] for a, s in zip(answers, expected) if s == "valid"]
    equal(sorted(warned), sorted([30, 15, 15, 7, 1, 1, 0, 0]), "warnings")
    print(f"counted: {len(rows)} licences, each judged in 8 ways: {seen}")


@case("what cannot be judged is unjudged in every way, with the exit code that the command has, and never usable")
def _(w):
    w.new_vendor()
    w.new_site()
    driver = compiled(w, TOP / "tests/capi/verdicts.c")
    licence = w.new_licence("standard", any_site=True)
    key = json.loads((w.site_path / "public/site.json").read_text())["key_sha256"]
    damaged = public_copy(w, "damaged", licence)
    (damaged / "public/site.json").write_text("{}")
    (w.path / "folder").mkdir()
    for name, site, trust in (("no site", w.path / "none", w.path / "none.crt"),
                              ("site.json", damaged, w.file("garbage.crt", b"\x00garbage")),
                              ("folders", w.path / "folder", w.path / "folder")):
        row = (name, licence, site, "posthog", w.site_id, key, None, None)
        answers = ask_everybody(w, driver, [row], trust)[0]
        for way, verdict in answers.items():
            equal(verdict["state"], "unjudged", f"{name} by {way}")
            check(verdict["exit"] != 0, f"{name} by {way}")
            if not way.endswith("bytes"):
                equal(verdict, answers["command, " + way.split(", ")[1]], f"{name} by {way}")
    # The setting itself, which only some ways have.
    row = ("site id", licence, public_copy(w, "sound", licence), "posthog", "no-uuid", key, None, None)
    answers = ask_everybody(w, driver, [row])[0]
    for way in ("command, files", "C ABI, files", "Python, files", "C ABI, bytes", "Python, bytes"):
        equal((answers[way]["state"], answers[way]["exit"]), ("unjudged", 2), f"no UUID by {way}")


@case("revoked and superseded come before all that a licence is judged by, where kit and sequence are known")
def _(w):
    w.new_vendor()
    w.new_site()
    signer = Signer(w)
    driver = compiled(w, TOP / "tests/capi/verdicts.c")
    key = json.loads((w.site_path / "public/site.json").read_text())["key_sha256"]
    gone = w.new_licence("enterprise", any_site=True)
    serial = w.airlock("licence", "verify", "--json", "--licence", gone, "--trust", w.root, "--product", "posthog").json[
        "licence"]["serial"]
    w.vendor("licence", "revoke", serial)
    kit = w.new_kit()
    rows, expected = [], []
    for revoked, superseded, defect in itertools.product((True, False), (True, False), ("", "product", "site", "term", "clock")):
        members = {"product": {"product": "other"}, "site": {"sites": [{"id": NAME_ALIKE, "key_sha256": "0" * 64}]},
                   "term": {"not_after": at(-100.5)}, "clock": {"issued": at(2)}}.get(defect, {})
        made = signer.licence(serial=serial if revoked else f"OK-{len(rows)}", sequence=5, **members)
        name = f"row-{len(rows)}"
        folder = public_copy(w, name, made)
        shutil.copy(kit, folder / "public/kit.p7s")
        if superseded:
            site = json.loads((folder / "public/site.json").read_text())
            (folder / "public/site.json").write_text(json.dumps({**site, "licence_sequence": 6}))
        rows.append((name, made, folder, "posthog", w.site_id, key, 6 if superseded else None, kit))
        expected.append("revoked" if revoked else "superseded" if superseded else
                        {"product": "wrong_product", "site": "wrong_site", "term": "expired", "clock": "clock_rollback",
                         "": "valid"}[defect])
    for row, state, answers in zip(rows, expected, ask_everybody(w, driver, rows)):
        for way in ("command, site", "C ABI, site", "C ABI, bytes", "Python, site", "Python, bytes"):
            equal(answers[way], answers["command, site"], f"{row[0]} by {way}")
        equal(answers["command, site"]["state"], state, row[0])
    print(f"counted: {len(rows)} licences, each judged in 5 ways")


@case("a time before 1970 or after 9999 counts as these, whatever is asked")
def _(w):
    w.new_vendor()
    licence = w.new_licence("standard", any_site=True)
    driver = compiled(w, TOP / "tests/capi/verdicts.c")
    lines = "".join(f"bytes\t{licence}\t{w.root}\tposthog\t-\t-\t-\t-\t{now}\n"
                    for now in (-2**63, -1, 0, 253402300799, 253402300800, 2**63 - 1))
    verdicts = [json.loads(l) for l in w.run(driver, stdin=lines.encode(), env=leaks(w)).text.splitlines()[4:]]
    equal([v["state"] for v in verdicts], ["clock_rollback"] * 3 + ["expired"] * 3)
    equal(len({v["days_left"] for v in verdicts[:3]}), 1)
    equal(len({v["days_left"] for v in verdicts[3:]}), 1)


@case("replayed licences: of another site, of a name-alike with another key, for any site")
def _(w):
    w.new_vendor()
    w.new_site()
    ours = w.site_id
    key = json.loads((w.site_path / "public/site.json").read_text())["key_sha256"]
    here = w.new_licence("enterprise")
    # Another site, and one that somebody made with our identifier and a key of their own.
    w.new_site(path=w.path / "other")
    there = w.new_licence("enterprise", site_id=w.site_id)
    w.airlock("init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint(), "--site-id", ours, "--kit", w.kit,
              site=w.path / "alike")
    alike_key = json.loads((w.path / "alike/public/site.json").read_text())["key_sha256"]
    anywhere = w.new_licence("standard", any_site=True)
    driver = compiled(w, TOP / "tests/capi/verdicts.c")
    rows = [("own", here, public_copy(w, "a", here), "posthog", ours, key, None, None),
            ("of another site", there, public_copy(w, "b", there), "posthog", ours, key, None, None),
            ("for any site", anywhere, public_copy(w, "c", anywhere), "posthog", ours, key, None, None)]
    for (name, *_), state, answers in zip(rows, ("valid", "wrong_site", "valid"), ask_everybody(w, driver, rows)):
        for way, verdict in answers.items():
            equal(verdict["state"], state, f"{name} by {way}")
    # An older, looser licence, put back over the newer one.
    newer = w.new_licence("enterprise-air-gapped", ["air_gap"], site_id=ours)
    w.airlock("licence", "install", here)
    w.airlock("licence", "install", newer)
    equal(w.airlock("licence", "verify", "--json").json["licence"]["tier"], "enterprise-air-gapped")
    w.airlock("licence", "install", here, code=6)
    older = [("older", here, public_copy(w, "d", here), "posthog", ours, key, 9, None)]
    answers = ask_everybody(w, driver, older)[0]
    for way in ("command, site", "C ABI, site", "C ABI, bytes", "Python, site", "Python, bytes"):
        equal(answers[way]["state"], "superseded", f"an older one by {way}")
    # The identifier is ours, the key is not: told wherever the key is known.
    shutil.copy(here, w.path / "alike/public/licence.p7s")
    alike = [("of a name-alike", here, w.path / "alike", "posthog", ours, alike_key, None, None)]
    answers = ask_everybody(w, driver, alike)[0]
    for way in ("command, site", "C ABI, site", "C ABI, bytes", "Python, site", "Python, bytes"):
        equal(answers[way]["state"], "wrong_site", f"a name-alike by {way}")
    w.airlock("licence", "install", here, site=w.path / "alike", code=6)


@case("a looser licence for any site, put over a stricter one of this site, is valid, and the ceiling holds every report")
def _(w):
    w.site()
    key = json.loads((w.site_path / "public/site.json").read_text())["key_sha256"]
    looser = w.new_licence("standard", any_site=True)
    driver = compiled(w, TOP / "tests/capi/verdicts.c")
    row = ("looser", looser, public_copy(w, "a", looser), "posthog", w.site_id, key, None, None)
    for way, verdict in ask_everybody(w, driver, [row])[0].items():
        equal((verdict["state"], verdict["tier"]), ("valid", "standard"), way)
    # Put into the folder by hand, and installed by the command.
    for put in (lambda: shutil.copy(looser, w.site_path / "public/licence.p7s"),
                lambda: w.airlock("licence", "install", looser)):
        put()
        equal(w.airlock("licence", "verify", "--json").json["licence"]["tier"], "standard")
        ran = w.process(w.report(), code=4)
        equal((ran["outcome"], ran["reason"], ran["bundle"]), ("held", "ceiling", None))
    equal(list((w.site_path / "outbox").iterdir()), [], "what left")
    equal(w.airlock("status", "--json").json["disclosures"], 0)
    w.ledger_ok()


@case("a report handed over through the library has the result that the command has: sealed, refused, held, waiting to be "
      "sent, malformed, no site")
def _(w):
    w.site()
    twin = shutil.copytree(w.site_path, w.path / "twin")
    python = [sys.executable, EXAMPLES / "verify.py", "--library", library(w) / "libairlock.so.0", "--program",
              w.program("airlock")]
    changing = ("report_id", "bundle", "bundle_sha256", "ledger_root")

    def both(report, code, outcome=None):
        by_command = w.airlock("process", report, "--json", code=code)
        ran = w.run(*python, twin, "--report", report, code=code, env=preload(w))
        if outcome:
            equal(ran.json["outcome"], outcome)
        if by_command.text:
            first, second = by_command.json, ran.json
            for name in changing:
                first.pop(name, None), second.pop(name, None)
            equal(second, first, "the document")
        return ran

    both(w.report(), 0, "sealed")
    check(list((w.path / "twin/outbox").glob("*.p7m")), "there is a bundle")
    both(w.report(), 0, "repeated")
    both(w.file("broken.json", b'{"a": '), 3, "refused")
    both(w.file("-dash.json", w.report().read_bytes()), 0, "repeated")
    both(w.report(lambda d: d.update(event="another event")), 4, "held")
    looser = w.new_licence("standard", any_site=True)
    for site in (w.site_path, twin):
        w.airlock("licence", "install", looser, site=site)
    both(w.report(lambda d: d["properties"].update({"posthog_version": "1.36.0"})), 4, "held")
    both(w.path / "no-such-report", 8)
    w.airlock("ledger", "verify", site=w.path / "twin")
    ran = w.run(*python, w.path / "none", "--report", w.report(), code=8, env=preload(w))
    check("is not a site directory" in ran.text, ran.text)
    for program in (w.path / "no-program", w.path):
        ran = w.run(*python[:-1], program, w.path / "twin", "--report", w.report(), code=8, env=preload(w))
        check("cannot be started" in ran.text, ran.text)
    # What ends with no code of the contract was not recorded.
    for body in ("kill -9 $$", "exit 77", "echo '{\"exit\": 0}'; exit 9"):
        odd = w.file("odd", f"#!/bin/sh\n{body}\n")
        odd.chmod(0o755)
        w.run(*python[:-1], odd, w.path / "twin", "--report", w.report(), code=8, env=preload(w))
    # Where nobody listens a report that is to be sent waits: 7, and it is recorded.
    w.site_path = w.path / "sending"
    w.site(tier="standard", entitlements=())
    path = w.site_path / "airlock.json"
    nobody = {"type": "https-json", "url": "https://127.0.0.1:1/", "ca_file": str(w.root), "timeout_seconds": 2}
    path.write_text(json.dumps({**json.loads(path.read_text()), "delivery": {"destinations": [nobody]}}))
    w.airlock("authorise", "--reason", "the vendor's contract", "--yes")
    twin = shutil.copytree(w.site_path, w.path / "sending-twin")
    both(w.report(), 7, "queued")
    w.airlock("ledger", "verify", site=twin)


@case("the child gets the report's bytes, no shell, and none of the host's files; a host that reaps children loses nothing")
def _(w):
    source = w.file("host.c", r"""
#include <airlock.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv) {
  (void)argc;
  open("/dev/null", O_RDONLY); /* inherited by a careless child */
  signal(SIGPIPE, SIG_IGN);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  airlock_outcome *first = airlock_process_bytes(argv[1], "a site; exit 7", "report \0 bytes", 14);
  printf("%d %s", airlock_outcome_exit_code(first), airlock_outcome_json(first));
  printf("%s|%s\n", airlock_outcome_text(first, "stdin"), airlock_outcome_text(first, "exit"));
  airlock_outcome_free(first);
  signal(SIGCHLD, SIG_IGN); /* the exit status is lost to everybody */
  airlock_outcome *second = airlock_process(argv[1], "x", "-odd");
  printf("%d %s", airlock_outcome_exit_code(second), airlock_outcome_json(second));
  airlock_outcome_free(second);
  return 0;
}
""")
    program = compiled(w, source, "-D_GNU_SOURCE")
    fake = w.file("fake.py", f"""#!{sys.executable}
import json, os, sys
fds = sorted(int(f) for f in os.listdir("/proc/self/fd"))
status = dict(l.split(":\\t") for l in open("/proc/self/status").read().splitlines() if ":\\t" in l)
print(json.dumps({{"arguments": sys.argv[1:], "stdin": sys.stdin.buffer.read().hex(), "fds": len(fds) - 1,
                  "blocked": int(status["SigBlk"], 16), "exit": 4}}))
sys.exit(4)
""")
    fake.chmod(0o755)
    ran = w.run(program, fake, env=leaks(w))
    lines = ran.text.splitlines()
    code, document = lines[0].split(" ", 1)
    equal(code, "4")
    document = json.loads(document)
    equal(document["arguments"], ["--json", "--site", "a site; exit 7", "process", "-"])
    equal(bytes.fromhex(document["stdin"]), b"report \0 bytes")
    equal(document["fds"], 3, "descriptors of the child")
    equal(document["blocked"], 0, "blocked signals")
    equal(lines[1], document["stdin"] + "|")
    code, document = lines[2].split(" ", 1)
    equal(code, "4", "the exit code, read from the document")
    equal(json.loads(document)["arguments"], ["--json", "--site", "x", "process", "./-odd"])


@case("the examples run as they stand: C, C++, Python, shell, with an installed library and pkg-config")
def _(w):
    w.site(tier="enterprise-air-gapped", entitlements=["air_gap"])
    anywhere = w.new_licence("standard", any_site=True)
    build = w.programs.parent
    stage = w.path / "stage"
    w.run("meson", "install", "-C", build, "--no-rebuild", "--tags", "devel,libairlock", "--destdir", stage,
          "--quiet")
    pc = next(stage.rglob("airlock.pc"))
    lib = pc.parent.parent
    equal(sorted(p.name for p in lib.glob("libairlock*")), ["libairlock.so", "libairlock.so.0", "libairlock.so.0.1.0"])
    flags = w.run("pkg-config", "--define-variable=prefix=" + str(stage / "usr/local"), "--cflags", "--libs", "airlock",
                  env={"PKG_CONFIG_PATH": str(pc.parent)}).text.split()
    env = {"LD_LIBRARY_PATH": str(lib), **leaks(w)}
    w.run("cc", *sanitised(w), EXAMPLES / "verify.c", *flags, "-o", "verify-c")
    ran = w.run(w.path / "verify-c", w.site_path, env=env)
    check("state valid\n" in ran.text and "tier enterprise-air-gapped\n" in ran.text and "air gap yes\n" in ran.text, str(ran))
    w.run(w.path / "verify-c", w.path / "none", code=3, env=env)
    w.run("c++", "-std=c++17", *sanitised(w), EXAMPLES / "verify.cpp", *flags, "-o", "verify-cpp")
    ran = w.run(w.path / "verify-cpp", anywhere, w.root, "posthog", env=env)
    check("state valid\ntier standard\n" in ran.text, str(ran))
    w.run(w.path / "verify-cpp", anywhere, w.root, "other", code=6, env=env)
    # What the interpreter itself never frees is not ours.
    ran = w.run(sys.executable, EXAMPLES / "verify.py", w.site_path,
                env={**env, **preload(w), "ASAN_OPTIONS": "detect_leaks=0"})
    equal(ran.json["tier"], "enterprise-air-gapped")
    airlock = pathlib.Path(w.program("airlock")).parent
    import os
    ran = w.run("sh", EXAMPLES / "verify.sh", w.site_path, env={"PATH": f"{airlock}:{os.environ['PATH']}"})
    check(ran.text.startswith("tier enterprise-air-gapped, "), str(ran))
    w.run("sh", EXAMPLES / "verify.sh", w.path / "none", code=3, env={"PATH": f"{airlock}:{os.environ['PATH']}"})


@case("another user verifies by public/ alone; the library opens nothing else, no socket, and starts nothing")
def _(w):
    w.site()
    w.path.chmod(0o755)
    for folder in ("keys", "trust", "held", "outbox"):
        (w.site_path / folder).chmod(0)
    (w.site_path / "airlock.json").chmod(0)
    (w.site_path / "ledger.db").chmod(0)
    shutil.copy(library(w) / "libairlock.so.0", w.path)
    program = compiled(w, EXAMPLES / "verify.c", f"-Wl,-rpath,{w.path}")
    for file in (program, w.path / "libairlock.so.0"):
        file.chmod(0o755)
    # Without the sanitizer's own threads and files a trace shows what the library does.
    ran = w.run("strace", "-f", "-e", "trace=openat,open,socket,execve,clone,clone3,fork,vfork,write", "-o", w.path / "trace",
                "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", program, w.site_path)
    check("state valid\n" in ran.text, str(ran))
    trace = (w.path / "trace").read_text()
    opened = set(re.findall(r'open(?:at)?\([^"]*"(' + re.escape(str(w.site_path)) + r'[^"]*)"', trace))
    equal({p.removeprefix(str(w.site_path) + "/") for p in opened} - {"public/kit.p7s"},
          {"public/site.json", "public/vendor-root.crt", "public/licence.p7s"}, "files read")
    after = trace[trace.rindex("execve("):]
    for call in ("socket(", "fork("):
        check(call not in after, f"{call} in the trace")
    if not sanitised(w):
        check("clone" not in after, "no thread and no process is made")
        equal(len(re.findall(r"write\((\d+)", after)), 1, "writes, all of them the example's own")


@case("the host's OpenSSL keeps its configuration, and the library's verdict does not depend on it")
def _(w):
    w.site()
    trap = w.file("openssl.cnf", "openssl_conf = start\n[start]\nalg_section = algorithms\n[algorithms]\n"
                                 "default_properties = fips=yes\n")
    script = w.file("host.py", f"""
import sys
sys.path.insert(0, {str(EXAMPLES)!r})
from verify import Airlock
print(Airlock({str(library(w) / "libairlock.so.0")!r}).verify_site({str(w.site_path)!r})["state_name"])
import ssl
try:
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    print("usable")
except ssl.SSLError:
    print("no algorithm")
""")
    # With properties that nothing has, TLS finds no algorithm: the host's configuration was read, after the verdict.
    ran = w.run(sys.executable, script, env={"OPENSSL_CONF": str(trap), **preload(w)})
    equal(ran.text.split("\n")[:2], ["valid", "no algorithm"])
    ran = w.run(sys.executable, script, env=preload(w))
    equal(ran.text.split("\n")[:2], ["valid", "usable"])


def serial_of(w, file):
    text = w.run("openssl", "cms", "-verify", "-noverify", "-binary", "-inform", "PEM", "-in", file).out
    return json.loads(text)["serial"]


def with_licence_for_any_site(w):
    w.new_vendor()
    w.new_site()
    licence = w.new_licence("standard", any_site=True)
    w.airlock("licence", "install", licence)
    return licence


@case("64 threads verify at once, and every verdict is right")
def _(w):
    anywhere = with_licence_for_any_site(w)
    rounds = 20 if LONG else 2
    program = compiled(w, TOP / "tests/capi/threads.c", "-pthread")
    ran = w.run(program, w.site_path, anywhere, w.root, "posthog", rounds, "valid", env=leaks(w), timeout=600)
    equal(ran.text, f"{64 * 3 * rounds} verdicts, 0 wrong\n")
    w.run(program, w.site_path, anywhere, w.root, "posthog", 1, "expired", code=1)
    print(f"counted: {64 * 3 * rounds} verdicts in 64 threads; " +
          ("under the thread sanitizer and valgrind below" if LONG else
           "not under the thread sanitizer and valgrind (AIRLOCK_TEST_LONG=1 runs both)"))


@case("a child that was forked while other threads verified verifies too")
def _(w):
    if sanitised(w):  # whichever thread is in that allocator while another forks leaves the child a lock that nobody opens
        print("counted: 0 children: the sanitizer's allocator survives no fork; the library as it is shipped does, beside this")
        return
    with_licence_for_any_site(w)
    children = 1000 if LONG else 30
    program = compiled(w, TOP / "tests/capi/forks.c", "-pthread")
    ran = w.run(program, w.site_path, children, "valid", timeout=1200)
    equal(ran.text, f"{children} children, 0 wrong\n")
    print(f"counted: {children} children forked while four threads verified")


@case("a process ends in peace while other threads verify")
def _(w):
    with_licence_for_any_site(w)
    ends = 100 if LONG else 15
    program = compiled(w, TOP / "tests/capi/ends.c", "-pthread")
    for i in range(ends):
        w.run(program, w.site_path, 3000 + 997 * i, env=leaks(w))
    print(f"counted: {ends} processes that ended while four threads verified")


@case("what an application was told it may keep: an older kit, no kit, an older licence are noticed from one verdict to the next")
def _(w):
    w.new_vendor()
    w.new_site()
    w.airlock("licence", "install", w.new_licence("standard"))
    program = compiled(w, TOP / "tests/capi/memory_of_kits.c")
    w.vendor("licence", "revoke", serial_of(w, w.site_path / "public/licence.p7s"))
    newer = w.new_kit()
    ran = w.run(program, w.site_path / "public/licence.p7s", w.root, "posthog", w.site_id, w.kit, newer)
    equal(ran.text.split(), ["valid", "revoked", "invalid", "invalid", "revoked"],
          "old kit, new kit, old kit again, none, new kit again")


def other_build(w, *options):
    """libairlock, built once more with other options."""
    build = w.path / "build"
    w.run("meson", "setup", build, TOP, "-Dtests=false", *options, timeout=600)
    w.run("ninja", "-C", build, "lib/capi/libairlock.so.0.1.0", timeout=3600)
    return build / "lib" / "capi"


if LONG:
    @case("under the thread sanitizer 64 threads show no race")
    def _(w):
        anywhere = with_licence_for_any_site(w)
        lib = other_build(w, "-Dbuildtype=debugoptimized", "-Db_sanitize=thread", "-Db_lundef=false")
        program = compiled(w, TOP / "tests/capi/threads.c", "-pthread", lib=lib, sanitise=["-fsanitize=thread"])
        ran = w.run(program, w.site_path, anywhere, w.root, "posthog", 5, "valid", env={"TSAN_OPTIONS": "exitcode=66"},
                    timeout=3600)
        check("ThreadSanitizer" not in ran.err, str(ran))
        print("counted: 960 verdicts in 64 threads under the thread sanitizer")

    @case("under valgrind nothing is lost or misused")
    def _(w):
        anywhere = with_licence_for_any_site(w)
        lib = other_build(w, "-Dbuildtype=debugoptimized")
        driver = compiled(w, TOP / "tests/capi/verdicts.c", lib=lib, sanitise=[])
        lines = f"site\t{w.site_path}\nfiles\t{anywhere}\t{w.root}\tposthog\t-\n" \
                f"bytes\t{anywhere}\t{w.root}\tposthog\t-\t-\t-\t{w.kit}\n" \
                f"files\t{w.kit}\t{w.root}\tposthog\t-\nsite\t/nowhere\n"
        ran = w.run("valgrind", "--quiet", "--leak-check=full", "--show-leak-kinds=definite,indirect,possible",
                    "--errors-for-leak-kinds=definite,indirect,possible", "--error-exitcode=77", driver,
                    stdin=lines.encode(), timeout=3600)
        equal(ran.err, "", "what valgrind says")
        equal([json.loads(l)["state"] for l in ran.text.splitlines()][4:],
              ["valid", "valid", "valid", "invalid", "unjudged"])
        print("counted: 9 verdicts under valgrind")
        memory = compiled(w, TOP / "tests/capi/memory.c", "-ldl", lib=lib, sanitise=[])

        def without_memory(what, site, usable):
            for start in ("cold", "warm"):
                ran = subprocess.run([memory, site, start], capture_output=True, check=True)  # what ends it says so on stderr
                counts = ran.stdout.decode().strip()
                check((" 0 usable," in counts) != usable, counts)
                print(f"counted: allocations of the check of a licence that is {what}, {start}: {counts}")

        without_memory("valid", w.site_path, True)
        other = w.path / "other"
        shutil.copytree(w.site_path, other)
        broken(w, w.site_path / "public/licence.p7s").rename(other / "public/licence.p7s")
        without_memory("not signed so", other, False)
        w.vendor("licence", "revoke", json.loads(ran.text.splitlines()[4])["serial"])
        w.airlock("kit", "install", w.new_kit())
        without_memory("revoked", w.site_path, False)


@case("the library shows the functions of its header and no other symbol, and links nothing that it does not need")
def _(w):
    lib = library(w) / "libairlock.so.0"
    header = set(re.findall(r"\b(airlock_\w+)\(", re.sub(r"/\*.*?\*/", "", (LIB / "airlock.h").read_text(), flags=re.S)))
    shown = {line.split()[-1].split("@")[0] for line in
             w.run("nm", "-D", "--defined-only", "--with-symbol-versions", lib).text.splitlines() if " A " not in line}
    if not sanitised(w):
        equal(shown, header, "symbols")
    else:
        equal({s for s in shown if s.startswith("airlock")}, header, "symbols")
    check("SONAME" in w.run("readelf", "-d", lib).text and "[libairlock.so.0]" in w.run("readelf", "-d", lib).text, "soname")
    for name in ("libcurl", "libsqlite3", "libseccomp"):
        check(name not in w.run("ldd", lib).text, f"{name} is linked")


@case("no code that decides about reports is in the library, so none of it gets into an application's process")
def _(w):
    symbols = w.run("nm", "--demangle", "--defined-only", library(w) / "libairlock.so.0").text
    modules = set(re.findall(r"\bairlock::([a-z_]+)::", symbols))
    for module in ("core", "crypto", "licence", "published"):
        check(module in modules, f"{module} is not found, so nothing can be said of the others: {modules}")
    equal(modules - {"capi", "core", "crypto", "envelope", "licence", "published", "sys"}, set(), "other modules")


def header_library(w, name, change=lambda text: text):
    """The header as a library of C that does nothing: its debug information is the ABI that the header promises, without
    a trace of the implementation. The compiler holds the real library to the header, the case above its symbols."""
    header = w.file(f"{name}/airlock.h", change((LIB / "airlock.h").read_text()))
    text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
    functions = re.findall(r"AIRLOCK_API\s+([^;{}#]+\))\s*;", text)
    source = w.file(f"{name}/airlock.c", '#include "airlock.h"\n' + "".join(f"{f} {{ __builtin_trap(); }}\n" for f in functions))
    out = w.path / name / "libairlock.so.0"
    w.run("cc", "-std=c11", "-g", "-O0", "-w", "-shared", "-fPIC", "-I", header.parent, source, "-Wl,-soname,libairlock.so.0",
          f"-Wl,--version-script={LIB / 'airlock.map'}", "-o", out)
    dump = w.path / name / "libairlock.abi"
    w.run("abidw", "--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--no-elf-needed", "--out-file", dump, out)
    return dump


@case("the ABI is the one that is kept: functions may be added, none may change or go")
def _(w):
    kept = TOP / "tests/kit/libairlock.abi"
    made = header_library(w, "now")
    ran = w.run("abidiff", "--no-added-syms", kept, made, code=(0, 1, 4, 8, 12))
    check(ran.code == 0, f"the ABI is another; if it only grew, keep the new one ({made}):\n{ran}")
    # The comparison can fail.
    for name, old, new in (("gone", "airlock_verdict_usable(", "airlock_verdict_usible("),
                           ("wider", "airlock_verdict_entitlement(const airlock_verdict *verdict, size_t index)",
                            "airlock_verdict_entitlement(const airlock_verdict *verdict, char index)"),
                           ("renumbered", "AIRLOCK_VALID = 11", "AIRLOCK_VALID = 12")):
        changed = header_library(w, name, lambda text: text.replace(old, new))
        check(w.run("abidiff", "--no-added-syms", kept, changed, code=(0, 4, 8, 12)).code != 0, f"{name}: is not found")


main()
