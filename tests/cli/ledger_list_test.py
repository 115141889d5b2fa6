"""`ledger list` and `ledger show` for people and for spreadsheets."""
import csv
import io
import re

from harness import REPORT

HEADER = ["number", "date", "event", "period", "outcome", "reason", "who"]


def several(w):
    """A site with a bundle, a repeat, a held report and a discarded one."""
    w.site()
    w.process(None, "--note", "change 4711")
    w.process()
    w.process(w.report_of("1.40.0"), "--expect", "0" * 64, code=4)
    w.process(w.report_of("1.41.0"), "--expect", "0" * 64, code=4)
    w.airlock("discard", 4, "--reason", "=test data, \"old\"")


def test_the_list_has_a_header_and_says_of_each_report_what_and_why(w):
    several(w)
    lines = w.airlock("ledger", "list").text.splitlines()
    assert lines[0].split() == HEADER
    rows = [re.split(" {2,}", line) for line in lines[1:]]
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]
    assert rows[0][2:] == ["user instance status report", "2022-04-25 to 2022-05-01", "sealed"], rows[0]
    assert rows[1][4:] == ["repeated", "same bytes as report 1"], rows[1]
    assert rows[2][4:] == ["held", "expect"], rows[2]
    assert rows[3][4:6] == ["discarded", "=test data, \"old\""], rows[3]
    starts = [line.index(row[4]) for line, row in zip(lines[1:], rows)]
    assert set(starts) == {lines[0].index("outcome")}, "the columns are aligned"
    assert all(line == line.rstrip() for line in lines)
    assert w.airlock("ledger", "list", "--latest", "held").text.splitlines()[1][:1] == "3"
    assert w.airlock("ledger", "list", "--to", "2001-01-01").text == "no report yet\n"


def test_the_list_as_csv_is_read_by_another_reader_and_runs_no_formula(w):
    several(w)
    out = w.airlock("ledger", "list", "--csv").out.decode()
    assert out.count("\r\n") == out.count("\n") == 5, "RFC 4180 ends rows in CRLF"
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert list(rows[0]) == ["number", "date", "event", "period_start", "period_end", "outcome", "reason", "who", "report_id"]
    assert (rows[0]["period_start"], rows[0]["period_end"], rows[0]["outcome"]) == ("2022-04-25", "2022-05-01", "sealed")
    assert rows[3]["reason"] == "'=test data, \"old\"", "a formula is text"
    for cell in (cell for row in rows for cell in row.values()):
        assert not re.match("[=+@\t-]", cell), f"a spreadsheet runs {cell!r}"
    assert w.airlock("ledger", "list", "--csv", "--to", "2001-01-01").out.count(b"\n") == 1, "a header, also without reports"
    w.airlock("ledger", "list", "--csv", "--json", code=2)


def test_the_list_as_json_only_grew(w):
    several(w)
    rows = w.airlock("ledger", "list", "--json").json["reports"]
    assert {"number", "report_id", "produced", "latest", "latest_seq"} <= set(rows[0]), "what it had before"
    assert rows[0]["latest"] == "released" and rows[0]["event"] == "user instance status report"
    assert rows[0]["period"] == {"start": "2022-04-25", "end": "2022-05-01"}
    assert [row["reason"] for row in rows] == [None, "same bytes as report 1", "expect", "=test data, \"old\""]


def test_a_report_is_shown_as_a_time_line_and_as_json_with_its_entries(w):
    several(w)
    w.airlock("outbox", "hand-over", "--to", w.path, "--note", "courier 12")
    lines = w.airlock("ledger", "show", 1).text.splitlines()
    entries = w.airlock("ledger", "show", 1, "--json").json["entries"]
    assert lines[0].startswith("report 1, ") and len(lines) == 1 + len(entries), lines
    assert [line.split("  ", 1)[0] for line in lines[1:]] == [entry["time"] for entry in entries]
    text = "\n".join(lines)
    for words in ("came in as report 1: event `user instance status report`, 2022-04-25 to 2022-05-01, licence valid",
                  "the decision is `seal`: note: change 4711", f"sealed into `{w.outbox()[0].name}`, ",
                  "the bundle is in the outbox"):
        assert words in text, text
    assert re.search(rf"handed over: `{w.outbox()[0].name}`, by [^:]+: note: courier 12$", text), text
    assert w.airlock("ledger", "list", "--json").json["reports"][0]["who"], "who handed it over"
    assert "a person discarded the report" in w.airlock("ledger", "show", 4).text
    revealed = w.airlock("ledger", "show", 1, "--reveal").text
    assert f"size    {REPORT.stat().st_size}" in revealed and "the commitment is the SHA-256" in revealed, revealed
