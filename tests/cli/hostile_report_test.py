"""Reports that are not what they must be: the documented exit code, an entry, and nothing left."""
import json
import re
import resource

from harness import REPORT, case, check, equal, main

RAW = REPORT.read_bytes()


def refused(w, content, code, reason, number):
    result = w.process(w.file("hostile.json", content), code=code)
    equal((result["outcome"], result["reason"], result["exit"]), ("refused", reason, code))
    equal(result["number"], number)
    check(result["message"], "a message says why")
    equal(w.kinds(number), ["produced", "refused"])
    equal(w.outbox(), [])
    return result


@case("malformed reports are refused with 3, recorded, and nothing leaves")
def _(w):
    w.site()
    hostile = [b"", b" ", b"{", RAW.rstrip()[:-1], RAW[: len(RAW) // 2], b"not json", b'{"event": "x" "y": 1}', RAW.rstrip() + b"}",
               b"\xef\xbb\xbf" + RAW, RAW.replace(b'"London"', b'"Lon\xffdon"', 1),
               RAW.replace(b'"London"', b'"Lon\\ud800don"', 1), RAW.replace(b'"London"', b'"Lon\x00don"', 1), RAW + b"\x00",
               RAW.replace(b'"event":', b'"event": "instance status report", "event":', 1),
               RAW.replace(b'"London"', b'"\\ufdd0"', 1), b"[" * 100_000, b'{"a":' * 100_000, b"null", b"[]", b'"x"', b"1",
               RAW.replace(b"52113", b"052113", 1), RAW.replace(b"52113", b"+52113", 1), RAW.replace(b"52113", b"NaN", 1)]
    for number, content in enumerate(hostile, 1):
        refused(w, content, 3, "malformed", number)
    told = w.run("sqlite3", w.site_path / "ledger.db", "SELECT body ->> 'message' FROM entries WHERE kind = 'refused'").text
    for line in told.splitlines():
        check(re.fullmatch(r"(byte \d+|the report): malformed, or beyond a limit", line), f"no byte of a report is recorded: {line}")
    w.ledger_ok()


@case("keys that are equal once decoded are duplicates")
def _(w):
    w.site()
    refused(w, RAW.replace(b'"realm":', b'"r\\u0065alm": "demo", "realm":', 1), 3, "malformed", 1)


@case("a report of exactly the limit is read, one byte more is refused, recorded and kept")
def _(w):
    w.site()
    limit = 20_000
    configuration = json.loads((w.site_path / "airlock.json").read_text())
    configuration["limits"] = {"report_bytes": limit}
    (w.site_path / "airlock.json").write_text(json.dumps(configuration))
    equal(w.process(w.file("r.json", RAW + b" " * (limit - len(RAW))))["outcome"], "sealed")
    result = w.process(w.file("r.json", RAW + b" " * (limit - len(RAW) + 1)), code=3)
    equal((result["outcome"], result["reason"]), ("refused", "limit"))
    entries = w.airlock("ledger", "show", 2, "--json").json["entries"]
    check("complete" not in entries[0]["original"], "the commitment covers all of it")
    kept, = (w.site_path / "held").iterdir()
    equal(kept.stat().st_size, limit + 1)
    w.ledger_ok()


@case("an endless input is read as far as it could be kept, and is not recorded: whoever has it keeps it")
def _(w):
    w.site()
    configuration = json.loads((w.site_path / "airlock.json").read_text())
    configuration["limits"] = {"report_bytes": 100_000}
    (w.site_path / "airlock.json").write_text(json.dumps(configuration))
    ran = w.airlock("process", "/dev/zero", code=8)
    check("all that may be kept of what is no report" in ran.err and "keep it" in ran.err, ran.err)
    equal(w.ledger_ok()["reports"], 0)


@case("two million keys in one object are refused, in bounded memory")
def _(w):
    w.site()
    keys = b",".join(b'"k%d":1' % i for i in range(2_000_000))
    content = RAW.replace(b'"realm":', b'"x": {' + keys + b'}, "realm":', 1)
    result = w.process(w.file("many.json", content), code=3)
    equal((result["outcome"], result["reason"]), ("refused", "malformed"))
    check("1000000 members" in result["message"], result["message"])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    # A set of a million fingerprints, also under the address sanitizer; the keys alone would be more as strings.
    check(peak < 600, f"a process took {peak} MiB")
    print(f"counted: {peak} MiB at most for 2 000 000 keys")


@case("under `refuse` anything undeclared or ill-typed is held with 4 before anything could leave")
def _(w):
    w.site(tier="standard", entitlements=[])
    changes = {
        "undeclared": lambda d: d["properties"].update({"brand_new": 1}),
        "undeclared container": lambda d: d["properties"].update({"brand_new": {"a": [1]}}),
        "negative": lambda d: d["properties"]["instance_usage_summary"].update({"persons_count_total": -1}),
        "text": lambda d: d["properties"]["instance_usage_summary"].update({"persons_count_total": "many"}),
        "e-mail": lambda d: d["properties"]["instance_usage_summary"].update({"persons_count_total": "a@example.com"}),
        "null": lambda d: d["properties"]["instance_usage_summary"].update({"persons_count_total": None}),
        "fraction": lambda d: d["properties"]["instance_usage_summary"].update({"persons_count_total": 1.5}),
        "container": lambda d: d["properties"]["instance_usage_summary"].update({"persons_count_total": [1]}),
        "scalar": lambda d: d["properties"].update({"teams": 3}),
    }
    for number, (name, change) in enumerate(changes.items(), 1):
        result = w.process(w.report(change), code=4)
        equal((result["outcome"], result["reason"]), ("held", "dictionary"), name)
        for secret in ("brand_new", "a@example.com", "many"):
            check(secret not in result["message"], f"the message tells a value or key: {result['message']}")
        equal(w.kinds(number), ["produced", "held"])
    huge = RAW.replace(b"52113", b"1e400", 1)
    equal(w.process(w.file("huge.json", huge), code=4)["reason"], "dictionary")


@case("under `drop` what is undeclared or ill-typed is gone and counted")
def _(w):
    w.site()
    changes = [
        ("undeclared", "/properties", lambda d: d["properties"].update({"brand_new": "hunter2hunter2"})),
        ("undeclared", "/properties", lambda d: d["properties"].update({"brand_new": {"hunter2hunter2": [1, {"a": 2}]}})),
        ("ill_typed", "/properties/instance_usage_summary/persons_count_total",
         lambda d: d["properties"]["instance_usage_summary"].update({"persons_count_total": -1})),
        ("ill_typed", "/properties/instance_usage_summary/persons_count_total",
         lambda d: d["properties"]["instance_usage_summary"].update({"persons_count_total": "hunter2hunter2@example.com"})),
        ("ill_typed", "/properties/instance_usage_summary/persons_count_total",
         lambda d: d["properties"]["instance_usage_summary"].update({"persons_count_total": None})),
    ]
    for what, path, change in changes:
        result = w.process(w.report(change))
        equal(result["outcome"], "sealed")
        counted = [c for c in result["redactions"] if c["what"] == what and c["path"] == path and c["action"] == "drop"]
        check(counted and counted[0]["count"] >= 1, f"{what} at {path} is not counted: {result['redactions']}")
        text = w.vendor("open", result["bundle"]).text
        for gone in ("brand_new", "hunter2", "persons_count_total\": -1"):
            check(gone not in text, f"{gone} left")
    huge = w.process(w.file("huge.json", RAW.replace(b'"persons_count_total": 52113', b'"persons_count_total": 1e400', 1)))
    check("1e400" not in w.vendor("open", huge["bundle"]).text, "1e400 left")


@case("an unknown or missing event is held with 4, and its name is not told")
def _(w):
    w.site()
    for number, change in enumerate((lambda d: d.update({"event": "secret event"}), lambda d: d.pop("event") and None,
                                     lambda d: d.update({"event": 7}), lambda d: d.update({"event": None})), 1):
        def changed(document, change=change):
            change(document)
            return document
        result = w.process(w.report(changed), code=4)
        equal((result["outcome"], result["reason"]), ("held", "dictionary"))
        check("secret event" not in result["message"], result["message"])
        equal(w.kinds(number), ["produced", "held"])


@case("a report that is not there, a directory, or not readable is not recorded: 8")
def _(w):
    w.site()
    before = w.ledger_ok()["entries"]
    w.airlock("process", w.path / "none", code=8)
    w.airlock("process", w.path, code=8)
    equal(w.ledger_ok()["entries"], before)
    w.airlock("process", code=2)
    w.airlock("process", REPORT, REPORT, code=2)


@case("one changed byte anywhere in a report never crashes, and what leaves is what preview shows")
def _(w):
    w.site()
    step = 211
    for at in range(0, len(RAW), step):
        changed = bytearray(RAW)
        changed[at] ^= 1 << (at % 7)
        file = w.file("changed.json", bytes(changed))
        ran = w.airlock("preview", file, code=(0, 3, 4))
        equal(ran.code == 0, len(ran.out) > 0, "preview prints exactly where something would leave")
    print(f"counted: {len(range(0, len(RAW), step))} changed bytes of a report")


main()
