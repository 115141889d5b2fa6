"""The manual pages say what `--help` says, and the two programs that show manual pages find no fault with them."""
import re
import subprocess

import pytest
from harness import TOP
from help_test import COMMANDS

PROGRAMS = {**COMMANDS, "airlock-send": []}


def options_of_help(text):
    return set(re.findall(r"^  (?:-h,)?(--[a-z0-9-]+)", text, re.M))


def exits_of_help(text):
    return re.findall(r"^  (\d)  \S", text.split("Exit codes:")[1], re.M) if "Exit codes:" in text else []


def section(page, heading):
    """The lines of one section, as a person reads them: without fonts, and with the characters that roff escapes."""
    found = re.search(rf"^\.SH {heading}\n(.*?)(?=^\.SH |\Z)", page, re.M | re.S)
    return re.sub(r"\\f[BIR]", "", found[1]).replace("\\-", "-").replace("\\(ga", "`") if found else ""


def terms(text):
    return re.findall(r"^\.TP\n(.+)$", text, re.M)


def every_command():
    """Each program, each group and each command, by its words."""
    for program, commands in PROGRAMS.items():
        groups = {tuple(command[:1]) for command in commands if len(command) > 1}
        for command in [(), *sorted(groups), *map(tuple, commands)]:
            yield program, command


@pytest.fixture
def pages(programs):
    return programs / "manual"


def test_each_command_has_a_page_and_each_page_a_command(pages):
    names = {"-".join((program, *command)) + ".1" for program, command in every_command()}
    assert names == {path.name for path in pages.glob("*.1")}
    assert (pages / "airlock.json.5").exists() and (pages / "airlock-formats.7").exists()


def test_a_page_has_the_options_examples_and_exit_codes_of_the_help_and_no_others(w, pages):
    for program, command in every_command():
        text = w.run(w.program(program), *command, "--help").text
        page = (pages / ("-".join((program, *command)) + ".1")).read_text()
        options = {name for term in terms(section(page, "OPTIONS")) for name in re.findall(r"--[a-z0-9-]+", term)}
        assert options == options_of_help(text), (program, command)
        assert terms(section(page, "EXIT STATUS")) == exits_of_help(text), (program, command)
        for name in re.findall(r"^  ([a-z-]+)  ", text.partition("Subcommands:")[2], re.M):
            assert " ".join([*command, name]) in terms(section(page, "COMMANDS")), (program, command, name)
        assert "license" not in page.replace("licensee", "")
        # Compared without blanks, and without what is no ASCII.
        shown = section(page, "EXAMPLES").replace("\\(aq", "'").replace("\\(ti", "~").replace("\\(dq", '"')
        for line in text.partition("Examples:\n")[2].partition("\n\nExit codes:")[0].splitlines():
            assert re.sub(r"[^!-~]|\\", "", line) in re.sub(r"\\\[u\w+\]|\\\(rs|\\&|[^!-~]", "", shown), (program, command, line)


def test_the_page_of_a_command_has_every_section(pages):
    for program, commands in PROGRAMS.items():
        for command in commands:
            page = (pages / ("-".join([program, *command]) + ".1")).read_text()
            headings = re.findall(r"^\.SH (.*)$", page, re.M)
            assert headings == ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "EXIT STATUS", "FILES", "ENVIRONMENT",
                                "SEE ALSO"], (program, command)


def test_each_page_names_a_document_to_read_on(pages):
    """Where the documentation is installed. An empty text would be as wrong as a missing file."""
    for path in pages.glob("*.1"):
        named = re.findall(r"/usr/share/doc/airlock/([a-z/-]+\.md)", section(path.read_text(), "SEE ALSO"))
        assert len(named) == 1 and (TOP / "docs" / named[0]).stat().st_size > 0, path.name
        assert not re.search(r"^\.PP\n(\.|$)", path.read_text(), re.M), path.name


def test_every_member_of_the_configuration_is_in_its_page(pages):
    page = (pages / "airlock.json.5").read_text()
    rows = re.findall(r"^\| `([a-z_.]+)` \|", (TOP / "docs/formats/site.md").read_text().split("## airlock.json")[1].split("\n## ")[0], re.M)
    assert len(rows) > 10
    for name in rows:
        assert f"\\fB{name}\\fR" in page, name


def test_groff_and_mandoc_find_no_fault(pages):
    """Apart from the date, which pages do not have: it would differ from build to build."""
    every = sorted(map(str, pages.glob("*.[157]")))
    lint = subprocess.run(["mandoc", "-Tlint", *every], capture_output=True, text=True, check=False).stdout
    assert [line for line in lint.splitlines() if "missing date" not in line] == []
    groff = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", *every], capture_output=True, text=True, check=False)
    assert (groff.returncode, groff.stdout, groff.stderr) == (0, "", "")


def test_man_finds_each_page_by_its_name(pages, tmp_path):
    """`man -w airlock licence verify` and `man -w airlock-licence-verify` find the page where it is installed."""
    for path in pages.glob("*.[157]"):
        folder = tmp_path / f"man{path.suffix[1:]}"
        folder.mkdir(exist_ok=True)
        (folder / path.name).write_bytes(path.read_bytes())
    for words in ("airlock", "airlock-process", "airlock-licence-verify", "airlock-vendor-licence-issue", "airlock-send", "airlock.json",
                  "airlock-formats"):
        ran = subprocess.run(["man", "-M", str(tmp_path), "-w", words], capture_output=True, text=True, check=False)
        assert ran.stdout.startswith(f"{tmp_path}/man") and f"/{words}." in ran.stdout, ran


def test_building_the_pages_again_gives_equal_bytes(w, programs, pages, tmp_path):
    names = sorted(path.name for path in pages.glob("airlock-vendor*.1"))
    subprocess.run(["/usr/bin/python3", TOP / "tools/manual/manual.py", "pages", TOP / "docs", tmp_path, w.program("airlock-vendor"), *names],
                   check=True, env={"PATH": "/usr/bin", "LC_ALL": "C"})
    for name in names:
        assert (tmp_path / name).read_bytes() == (pages / name).read_bytes(), name
