"""The Python module `airlock` by itself: every member, arguments that cannot be, threads, what it frees, a library that is
missing or old. capi_test.py compares its verdicts with the command's in every state."""
import json
import shutil
import sys

import pytest
from harness import LONG
from libairlock import EXAMPLES, PYTHON, library, with_module

pytestmark = pytest.mark.hostile


def python(w, script, code=0, **environment):
    return w.run(sys.executable, "-W", "error", w.file("script.py", script), code=code, env={**with_module(w), **environment})


def test_every_member_is_what_the_command_prints(w):
    w.site()
    told = w.airlock("licence", "verify", "--json").json
    ran = python(w, f"""
import airlock, dataclasses, json
verdict = airlock.verify_site({str(w.site_path)!r})
time = lambda t: t.strftime("%Y-%m-%dT%H:%M:%SZ")
print(json.dumps({{**dataclasses.asdict(verdict), "state": verdict.state.value, "not_before": time(verdict.not_before),
                  "not_after": time(verdict.not_after)}}))
assert verdict.entitled("air_gap") and not verdict.entitled("no-such")
assert hash(verdict) == hash(airlock.verify_site({str(w.site_path)!r}))
try:
    verdict.tier = "standard"
except dataclasses.FrozenInstanceError:
    print(airlock.version())
""")
    first, version = ran.text.splitlines()
    verdict, licence = json.loads(first), told["licence"]
    for name in ("serial", "sequence", "licensee", "product", "tier", "entitlements", "limits", "not_before", "not_after",
                 "grace_days"):
        assert verdict[name] == licence[name], name
    assert (verdict["state"], verdict["exit_code"], verdict["days_left"], verdict["warning_days"], verdict["usable"]) == \
        (told["state"], told["exit"], told["days_left"], told["warning_days"], True)
    assert verdict["reason"] == told["reason"] and verdict["hint"] == (told["hint"] or "")
    assert f"airlock {version}\n" == w.run(w.program("airlock"), "--version").text


def test_bytes_are_judged_against_all_that_can_be_set(w):
    w.new_vendor()
    licence = w.new_licence("standard", any_site=True)
    ran = python(w, f"""
import airlock, datetime
licence, trust, kit = (open(name, "rb").read() for name in ({str(licence)!r}, {str(w.root)!r}, {str(w.kit)!r}))

def ask(**setting):
    return airlock.verify_bytes(licence, trust=trust, **setting)

day = lambda text: datetime.datetime.fromisoformat(text + "T00:00:00+02:00")
first = ask(product="posthog", kit=kit)
print(first.state.value, ask().state.value, ask(product="other").state.value, ask(now=day("2199-01-01")).state.value,
      ask(newest_time=day("2199-01-01")).state.value, ask(newest_sequence=2**63 - 1).state.value,
      ask(memory=first.memory).state.value, ask(product="posthog", memory=first.memory, kit=kit).state.value,
      ask(memory="no memory").state.value, airlock.verify_bytes(None, trust=trust).state.value,
      airlock.verify_bytes(b"", trust=trust).state.value)
""")
    assert ran.text.split() == ["valid", "valid", "wrong_product", "expired", "clock_rollback", "superseded", "invalid", "valid",
                                "unjudged", "missing", "invalid"]


def test_arguments_that_cannot_be_are_refused_before_the_library_sees_them(w):
    ran = python(w, """
import airlock, datetime, decimal
class NoOffset(datetime.tzinfo):
    utcoffset = lambda self, time: None
def bytes_with(**setting):
    return lambda: airlock.verify_bytes(b"", **{"trust": b"", **setting})

for name, call in {
    "path": lambda: airlock.verify_site(7), "no path": lambda: airlock.verify_site(None),
    "NUL": lambda: airlock.verify_site("a\\0b"), "product": lambda: airlock.verify_files("a", "b", None),
    "NUL in a product": bytes_with(product="posthog\\0"), "text for bytes": lambda: airlock.verify_bytes("x", trust=b""),
    "trust": bytes_with(trust="x"), "no trust": bytes_with(trust=None), "kit": bytes_with(kit=bytearray()),
    "id": bytes_with(site_id=b"x"), "sequence": bytes_with(newest_sequence=2**64 + 1),
    "negative": bytes_with(newest_sequence=-1), "zone": bytes_with(now=datetime.datetime(2026, 1, 1)),
    "seconds": bytes_with(now=0), "report": lambda: airlock.process_bytes("a", "{}"),
    "surrogate": bytes_with(product="\\udcff"), "fraction": bytes_with(newest_sequence=1.5),
    "whole as a fraction": bytes_with(newest_sequence=1.0), "no number": bytes_with(newest_sequence=float("nan")),
    "decimal": bytes_with(newest_sequence=decimal.Decimal(1)),
    "text for a number": bytes_with(newest_sequence="1"), "date": bytes_with(newest_time=datetime.date(2026, 1, 1)),
    "zone without offset": bytes_with(now=datetime.datetime(2026, 1, 1, tzinfo=NoOffset())),
    "view": lambda: airlock.verify_bytes(memoryview(b""), trust=b""), "number of bytes": bytes_with(trust=7),
    "key": bytes_with(key_sha256=b"0" * 64), "memory": bytes_with(memory={}), "product for bytes": bytes_with(product=b"posthog"),
    "path of files": lambda: airlock.verify_files(7, "b", "c"), "trust of files": lambda: airlock.verify_files("a", 7, "c"),
    "id of files": lambda: airlock.verify_files("a", "b", "c", 7), "program": lambda: airlock.process("a", "b", 7),
    "site of a report": lambda: airlock.process(None, "b"), "file of a report": lambda: airlock.process("a", None),
    "site of bytes": lambda: airlock.process_bytes(7, b""), "no report": lambda: airlock.process_bytes("a", None)}.items():
    try:
        print(name, call())
    except Exception as error:
        print(name, type(error).__name__)
""")
    assert [line.rsplit(" ", 1)[1] for line in ran.text.splitlines()] == [
        "TypeError", "TypeError", "ValueError", "TypeError", "ValueError", "TypeError", "TypeError", "TypeError", "TypeError",
        "TypeError", "ValueError", "ValueError", "ValueError", "TypeError", "TypeError", "UnicodeEncodeError",
        # A sequence is an int; a time has a zone that says how far it is from UTC.
        *["TypeError"] * 6, "ValueError", *["TypeError"] * 13], ran.text


def test_every_handle_is_freed_once_and_null_reads_as_no_memory(w):
    """Also where reading the verdict fails half way, and in threads; the module's functions are the C ABI's own."""
    w.new_vendor()
    licence = w.new_licence("standard", any_site=True)
    ran = python(w, f"""
import airlock, collections, concurrent.futures, threading
real, lock, made, freed = airlock._lib, threading.Lock(), collections.Counter(), collections.Counter()

class Counting:
    null, broken = False, None

    def __getattr__(self, name):
        function, word = getattr(real, name), name.split("_")[1]
        kind = {{"verify": "verdict", "process": "outcome"}}.get(word, word)
        makes = name.endswith("_new") or kind != word
        def call(*arguments):
            if name == self.broken:
                raise KeyboardInterrupt
            with lock:
                made[kind] += makes
                freed[kind] += name.endswith("_free")
            result = function(*arguments)
            if not (makes and self.null):
                return result
            getattr(real, f"airlock_{{kind}}_free")(result)
        return call

library = airlock._lib = Counting()
licence, trust = (open(name, "rb").read() for name in ({str(licence)!r}, {str(w.root)!r}))

def all_of_them(_=None):
    return [airlock.verify_bytes(licence, trust=trust, product="posthog"), airlock.verify_site("/nowhere"),
            airlock.verify_files({str(licence)!r}, {str(w.root)!r}, "posthog"),
            airlock.process_bytes("/nowhere", b"", "/no-such-program")]

with concurrent.futures.ThreadPoolExecutor(16) as pool:
    results = list(pool.map(all_of_them, range(200)))
assert all(each == results[0] for each in results), "verdicts of threads differ"
print([getattr(r, "state", r) for r in results[0]][:3])
library.broken = "airlock_verdict_tier"
for call in (lambda: all_of_them(), lambda: airlock.verify_files({str(licence)!r}, {str(w.root)!r}, "posthog")):
    try:
        call()
    except KeyboardInterrupt:
        print("interrupted")
library.broken, library.null = None, True
for each in all_of_them():
    print(each.exit_code, getattr(each, "usable", getattr(each, "recorded", None)), getattr(each, "reason", None) or each.message)
assert made == freed, (made, freed)
print(sum(made.values()) > 1000)
""")
    nothing = "the licence could not be judged: no memory is left"
    assert ran.text.splitlines() == [
        "[<State.VALID: 'valid'>, <State.UNJUDGED: 'unjudged'>, <State.VALID: 'valid'>]", "interrupted", "interrupted",
        *[f"1 False {nothing}"] * 3,
        "8 False the report was not recorded: no memory is left", "True"], ran.text


def test_a_missing_library_and_an_old_one_say_what_to_install(w):
    empty = w.path / "empty"
    empty.mkdir()
    ran = w.run(sys.executable, "-c", "import airlock", code=1, env=with_module(w, LD_LIBRARY_PATH=str(empty)))
    assert "ImportError: the library libairlock.so.0 cannot be loaded" in ran.err and "install the package libairlock0" in ran.err
    w.run("cc", "-shared", "-o", empty / "libairlock.so.0", "-Wl,-soname,libairlock.so.0",
          w.file("old.c", "const char *airlock_version(void) { return \"0.0.1\"; }\n"))
    ran = w.run(sys.executable, "-c", "import airlock", code=1, env=with_module(w, LD_LIBRARY_PATH=str(empty)))
    assert "has no function airlock_verify_site, so it is older than this module: install libairlock0" in ran.err, ran.err


def test_the_module_declares_functions_of_the_library_only(w):
    """Each name that ctypes is told is in the header, so a misspelt one is noticed before somebody calls it."""
    declared = python(w, "import airlock._library as l; print(*('airlock_' + name for name in l._FUNCTIONS))").text.split()
    shown = w.run("nm", "-D", "--defined-only", library(w) / "libairlock.so.0").text
    shown = {line.split()[-1].split("@")[0] for line in shown.splitlines()}
    assert set(declared) <= shown
    # What Python has in its own way.
    assert {s for s in shown if s.startswith("airlock_")} - set(declared) == {
        "airlock_verdict_state", "airlock_verdict_entitled", "airlock_outcome_text"}


@pytest.mark.skipif(not LONG or not shutil.which("mypy"), reason="runs with --long, which installs mypy")
def test_mypy_accepts_the_module_and_notices_what_callers_do_wrong(w):
    cache = ["--cache-dir", w.path / "cache"]
    w.run("mypy", "--strict", "--python-version", "3.9", *cache, "airlock", cwd=PYTHON)
    w.run("mypy", "--strict", *cache, "airlock", cwd=PYTHON)
    for example in sorted(EXAMPLES.glob("*.py")):
        w.run("mypy", "--strict", *cache, example, env={"MYPYPATH": str(PYTHON)})
    caller = w.file("caller.py", "import airlock\nlicence = airlock.verify_site('x')\ndays: int = licence.days_left\n"
                    "licence.tier = ''\nairlock.verify_files('a', 'b')\n")
    ran = w.run("mypy", "--strict", *cache, caller, code=1, env={"MYPYPATH": str(PYTHON)})
    for line, what in ((3, "Incompatible types"), (4, "read-only"), (5, "Missing positional argument")):
        assert f"caller.py:{line}: error: {what}" in ran.text or f'caller.py:{line}: error: Property "tier"' in ran.text, ran.text
