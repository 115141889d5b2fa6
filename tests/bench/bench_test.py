"""What tools/dev/bench compares is comparable, and what misses its reach is found."""
import json
import re

import posthog_reports
import pytest
from bench import table
from harness import TOP
from lines import script_folder
from measuring import Goal, Row, growth


def compact(value):
    """A report with every pseudonym as `…`, and without what is empty."""
    if isinstance(value, dict):
        value = [(re.sub(r"^identifier-[a-z0-9]+$", "…", key), compact(below)) for key, below in value.items()]
        return sorted(((key, below) for key, below in value if below not in ([], {})), key=json.dumps)
    if isinstance(value, list):
        return [below for below in map(compact, value) if below not in ([], {})]
    return "…" if isinstance(value, str) and re.match(r"(identifier|licence)-[a-z0-9]+$", value) else value


def test_the_script_leaves_and_seals_what_the_profile_strict_leaves(w):
    w.site()
    folder = script_folder(w)
    report = w.report(lambda published: posthog_reports.generate(published, teams=3, users=2))
    w.run(TOP / "tests/bench/seal.sh", report, folder)
    [bundle] = (folder / "outbox").iterdir()
    left = w.shell(f"""cd {folder}
        openssl cms -decrypt -binary -inform DER -in {bundle} -inkey recipient.key -recip recipient.crt |
          openssl cms -verify -binary -inform DER -CAfile site.crt -purpose any""").json
    assert compact(left) == compact(w.airlock("preview", report).json)
    assert sorted(path.name for path in folder.iterdir()) == sorted([
        "ledger.db", "outbox", "pseudonym.key", "recipient.crt", "recipient.key", "site.crt", "site.key"]), "what the script leaves"


def test_a_row_says_how_far_it_came():
    row = Row("seal", "process", "cpu", [0.010, 0.012, 0.020], [0.100, 0.100, 0.100], Goal(1 / 6, 1 / 10))
    assert row.found == pytest.approx(0.12)
    assert row.cells() == ["process: CPU", "12 ms (11–16)", "100 ms (100–100)", "1/8.33", "1/6, 1/10", "reach"]
    assert Goal(1 / 6, 1 / 10).judge(0.1) == "aim" and Goal(1 / 6, 1 / 10).judge(0.17) == "missed"
    assert Row("status", "status", "cpu", [0.030], goal=Goal(25, 12)).cells()[-2:] == ["25, 12 ms", "missed"]
    assert table([row]).splitlines()[2].startswith("| process: CPU | 12 ms (11–16) |")


def test_growth_is_the_exponent_of_the_size():
    runs = [[{"cpu": size, "kib": 8}] for size in (1, 10, 100)]
    assert list(growth("x", (1, 10, 100), [runs])) == ["x: CPU grows with size^1.00", "x: memory grows with size^0.00"]
