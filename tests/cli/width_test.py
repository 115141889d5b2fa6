"""Lines for people fit the width of the terminal; pipes and files get what they always got."""
import itertools
import os
import re
import subprocess
import unicodedata

import pytest
from harness import REPORT
from help_test import COMMANDS
from terminal_test import screen, set_width

WIDTHS = (40, 80, 200)


def columns(text):
    return sum(0 if unicodedata.category(c) in ("Mn", "Me") else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def shown_at(w, width, *command, code=0):
    return screen(w, *command, code=code, columns=width).decode()


def check_fits(shown, width, exact):
    """No line is wider but one that has a single word, and the words are those of the unbroken text."""
    for line in shown.split("\n"):
        assert columns(line) <= width or len(line.split()) == 1, f"{columns(line)} columns in {width}: {line!r}\n{shown}"
    assert shown.split() == exact.split(), f"other words:\n{shown}\n{exact}"


def test_sentences_and_rows_fit_the_terminal_and_keep_their_words(w):
    """Sentences and rows fit a terminal of 40, 80 and 200 columns, keep their words, and are unbroken where nobody knows the width."""
    w.site(tier="enterprise-air-gapped", entitlements=["air_gap"])
    w.process()
    airlock = (w.program("airlock"), "--site", w.site_path)
    broken = 0
    for command, code in ((("licence", "show"), 0), (("kit", "show"), 0), (("bundle", "show", w.outbox()[0]), 0), (("explain", REPORT), 0),
                          (("status",), 0), (("ledger", "show", "1"), 0), (("preview",), 2), (("policy", "show"), 0),
                          (("ledger", "list"), 0), (("dictionary", "show"), 0), (("policy", "check"), 0),
                          (("licence", "verify", "--licence", w.path / "none"), 2), (("ledger", "prove", "99"), 2)):
        unknown = shown_at(w, 0, *airlock, *command, code=code)
        for width in WIDTHS:
            shown = shown_at(w, width, *airlock, *command, code=code)
            check_fits(shown, width, unknown)
            broken += shown != unknown
    assert broken > 10, "hardly a line was broken"


def test_a_value_goes_on_below_itself_and_a_sentence_further_in(w):
    w.site()
    airlock = (w.program("airlock"), "--site", w.site_path)
    rows = shown_at(w, 60, *airlock, "licence", "show").split("\n")
    term = next(i for i, row in enumerate(rows) if row.startswith("  term  "))
    assert re.match(" {16}[^ ]", rows[term + 1]) and rows[term].index("20") == 16, rows
    sentence = shown_at(w, 40, *airlock, "preview", "there/is/none", code=3).split("\n")
    assert sentence[0].startswith("airlock: error:") and len(sentence) > 2, sentence
    assert all(line.startswith(("airlock: ", "  ")) or not line for line in sentence), sentence


def test_commands_in_backticks_paths_and_digests_stay_whole(w):
    w.site()
    airlock = (w.program("airlock"), "--site", w.site_path)
    for width in (40, 60):
        shown = shown_at(w, width, *airlock, "preview", code=2)
        assert "`airlock preview --help`" in shown, shown
    assert re.search(r"^root\n  [0-9a-f]{64}$", shown_at(w, 66, *airlock, "ledger", "verify"), re.M)


def test_each_stream_has_its_own_width(w):
    """A terminal for errors does not break what goes into a pipe, and the other way round."""
    w.site()
    command = [w.program("airlock"), "--site", str(w.site_path), "licence", "verify", "--licence", "x" * 30 + " " + "y" * 30]
    exact = w.run(*command, code=2)
    master, slave = os.openpty()
    set_width(slave, 50)
    ran = subprocess.run([*command, "--no-colour"], stdout=subprocess.PIPE, stderr=slave, check=False)
    os.close(slave)
    shown = os.read(master, 65536).decode().replace("\r\n", "\n")
    os.close(master)
    assert ran.stdout == exact.out
    assert shown.count("\n") > exact.err.count("\n") and shown.split() == exact.err.split(), shown


def test_wide_and_combining_characters_are_counted_as_they_are_shown(w):
    w.site(tier="enterprise-air-gapped", entitlements=["air_gap"])
    note = " ".join(["東京の銀行", "e\u0301te\u0301", "Größe", "naïve", "銀行"] * 5)
    made = w.process(REPORT, "--note", note)
    command = (w.program("airlock"), "bundle", "show", made["bundle"], "--site", w.site_path)
    for width in (41, 53, 80):
        check_fits(shown_at(w, width, *command), width, shown_at(w, 0, *command))


@pytest.mark.parametrize("program", COMMANDS)
def test_help_fits_the_terminal_but_for_examples(w, program):
    for command, width in itertools.product(([], *COMMANDS[program][::6]), (50, 80)):
        exact = w.run(w.program(program), *command, "--help").text
        shown = shown_at(w, width, w.program(program), *command, "--help")
        assert shown.split() == exact.split()
        rest = re.sub(r"^Examples:\n(.+\n)*", "", shown, flags=re.M)
        for line in rest.split("\n"):
            assert columns(line) <= width or len(line.split()) == 1, line
        if examples := re.search(r"^Examples:\n(.+\n)*", exact, re.M):
            assert examples[0] in shown, "examples can be copied"


def test_documents_and_exact_bytes_are_never_broken(w):
    w.site()
    w.process()
    airlock = (w.program("airlock"), "--site", w.site_path)
    for command in (("ledger", "list", "--csv"), ("ledger", "export", "--format", "csv"), ("explain", REPORT, "--json")):
        assert shown_at(w, 40, *airlock, *command) == shown_at(w, 0, *airlock, *command), command


def test_tables_align_in_a_pipe_too_and_lose_nothing(w):
    """The columns of lists begin below each other, whatever is in them, at a terminal and in a pipe."""
    w.site()
    long = "Bank 東京 with a rather long name " * 4
    for tier, licensee in (("scale", "B"), ("enterprise-air-gapped", long.strip())):
        w.vendor("licence", "issue", "--tier", tier, "--licensee", licensee, "--any-site", "--not-after", "2099-01-01", "--out",
                 w.path / f"{tier}.p7s", "--unknown")
    rows = w.vendor("licence", "list").text.splitlines()
    assert len({columns(row[:row.index(" to 2099")]) for row in rows}) == 1, rows
    ends = {columns(row[:row.rindex("  ")]) for row in rows if row.endswith("any site")}
    assert len(ends) <= 2 and long.strip() in "\n".join(rows), rows
    command = (w.program("airlock-vendor"), "--home", w.home, "licence", "list")
    check_fits(shown_at(w, 50, *command), 50, "\n".join(rows))
