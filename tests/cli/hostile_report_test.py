"""Reports that are not what they must be: the documented exit code, an entry, and nothing left."""
import re
import resource

import pytest
from harness import REPORT

pytestmark = pytest.mark.hostile
RAW = REPORT.read_bytes()


def refused(w, content, code, reason, number):
    result = w.process(w.file("hostile.json", content), code=code)
    assert (result["outcome"], result["reason"], result["exit"]) == ("refused", reason, code)
    assert result["number"] == number
    assert result["message"], "a message says why"
    assert w.kinds(number) == ["produced", "refused"]
    assert w.outbox() == []
    return result


def test_malformed_reports_are_refused_with_3_recorded_and_nothing_leaves(w):
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
        assert re.fullmatch(r"(byte \d+|the report): malformed, or beyond a limit", line), \
            f"no byte of a report is recorded: {line}"
    w.ledger_ok()


def test_keys_that_are_equal_once_decoded_are_duplicates(w):
    w.site()
    refused(w, RAW.replace(b'"realm":', b'"r\\u0065alm": "demo", "realm":', 1), 3, "malformed", 1)


def test_a_report_of_exactly_the_limit_is_read_and_one_byte_more_is_refused(w):
    """A report of exactly the limit is read, one byte more is refused, recorded and kept."""
    w.site()
    limit = 20_000
    w.configure(limits={"report_bytes": limit})
    assert w.process(w.file("r.json", RAW + b" " * (limit - len(RAW))))["outcome"] == "sealed"
    result = w.process(w.file("r.json", RAW + b" " * (limit - len(RAW) + 1)), code=3)
    assert (result["outcome"], result["reason"]) == ("refused", "limit")
    entries = w.airlock("ledger", "show", 2, "--json").json["entries"]
    assert "complete" not in entries[0]["original"], "the commitment covers all of it"
    kept, = (w.site_path / "held").iterdir()
    assert kept.stat().st_size == limit + 1
    w.ledger_ok()


def test_an_endless_input_is_read_as_far_as_it_could_be_kept(w):
    """An endless input is read as far as it could be kept, and is not recorded: whoever has it keeps it."""
    w.site()
    w.configure(limits={"report_bytes": 100_000})
    ran = w.airlock("process", "/dev/zero", code=8)
    assert "the maximum that is kept of refused input" in ran.err and "keep it" in ran.err, ran.err
    assert w.ledger_ok()["reports"] == 0


@pytest.mark.takes(5)
def test_two_million_keys_in_one_object_are_refused_in_bounded_memory(w):
    w.site()
    keys = b",".join(b'"k%d":1' % i for i in range(2_000_000))
    content = RAW.replace(b'"realm":', b'"x": {' + keys + b'}, "realm":', 1)
    result = w.process(w.file("many.json", content), code=3)
    assert (result["outcome"], result["reason"]) == ("refused", "malformed")
    assert "1000000 members" in result["message"], result["message"]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    # A set of a million fingerprints, also under the address sanitizer; the keys alone would be more as strings.
    assert peak < 600, f"a process took {peak} MiB"
    print(f"counted: {peak} MiB at most for 2 000 000 keys")


def test_under_refuse_anything_undeclared_or_ill_typed_is_held(w):
    """Under `refuse` anything undeclared or ill-typed is held with 4 before anything could leave."""
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
        assert (result["outcome"], result["reason"]) == ("held", "dictionary"), name
        for secret in ("brand_new", "a@example.com", "many"):
            assert secret not in result["message"], f"the message tells a value or key: {result['message']}"
        assert w.kinds(number) == ["produced", "held"]
    huge = RAW.replace(b"52113", b"1e400", 1)
    assert w.process(w.file("huge.json", huge), code=4)["reason"] == "dictionary"


def test_under_drop_what_is_undeclared_or_ill_typed_is_gone_and_counted(w):
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
        assert result["outcome"] == "sealed"
        counted = [c for c in result["redactions"] if c["what"] == what and c["path"] == path and c["action"] == "drop"]
        assert counted and counted[0]["count"] >= 1, f"{what} at {path} is not counted: {result['redactions']}"
        text = w.vendor("open", result["bundle"]).text
        for gone in ("brand_new", "hunter2", "persons_count_total\": -1"):
            assert gone not in text, f"{gone} left"
    huge = w.process(w.file("huge.json", RAW.replace(b'"persons_count_total": 52113', b'"persons_count_total": 1e400', 1)))
    assert "1e400" not in w.vendor("open", huge["bundle"]).text, "1e400 left"


def test_an_unknown_or_missing_event_is_held_with_4_and_its_name_is_not_told(w):
    w.site()
    for number, change in enumerate((lambda d: d.update({"event": "secret event"}), lambda d: d.pop("event") and None,
                                     lambda d: d.update({"event": 7}), lambda d: d.update({"event": None})), 1):
        def changed(document, change=change):
            change(document)
            return document
        result = w.process(w.report(changed), code=4)
        assert (result["outcome"], result["reason"]) == ("held", "dictionary")
        assert "secret event" not in result["message"], result["message"]
        assert w.kinds(number) == ["produced", "held"]


def test_a_report_that_cannot_be_read_is_not_recorded(w):
    """A report that is not there, a directory, or not readable is not recorded: 8."""
    w.site()
    before = w.ledger_ok()["entries"]
    w.airlock("process", w.path / "none", code=8)
    w.airlock("process", w.path, code=8)
    assert w.ledger_ok()["entries"] == before
    w.airlock("process", code=2)
    w.airlock("process", REPORT, REPORT, code=2)


def test_one_changed_byte_never_crashes_and_what_leaves_is_what_preview_shows(w):
    """One changed byte anywhere in a report never crashes, and what leaves is what preview shows."""
    w.site()
    step = 211
    for at in range(0, len(RAW), step):
        changed = bytearray(RAW)
        changed[at] ^= 1 << (at % 7)
        file = w.file("changed.json", bytes(changed))
        ran = w.airlock("preview", file, code=(0, 3, 4))
        assert (ran.code == 0) == (len(ran.out) > 0), "preview prints exactly where something would leave"
    print(f"counted: {len(range(0, len(RAW), step))} changed bytes of a report")
