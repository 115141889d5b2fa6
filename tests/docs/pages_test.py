"""Holds pages and stories to what the programs print, and to what is there."""
import re

import pytest
from harness import LONG, TOP
from pages import BLOCK, run, written

PAGES = [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]
STORIES = sorted((TOP / "tests/stories").glob("*.md"))
SHOWING = [page for page in PAGES + STORIES if BLOCK.search(page.read_text())]


def name(page):
    return str(page.relative_to(TOP))


@pytest.mark.parametrize("page", SHOWING, ids=name)
def test_a_page_shows_what_the_programs_print(programs, accept, page):
    text = page.read_text()
    blocks = run(text, programs)
    accept(page, written(text, blocks))
    check_as_shown(blocks)
    print(f"counted: {sum(map(len, blocks))} commands of {name(page)}")


# Programs that another user runs do not get the clock.
@pytest.mark.skipif(not LONG, reason="runs each page again: long run only")
@pytest.mark.parametrize("ahead", [1, 400])
@pytest.mark.parametrize("page", [page for page in SHOWING if "--reset-env" not in page.read_text()], ids=name)
def test_a_page_holds_on_another_day(programs, page, ahead):
    check_as_shown(run(page.read_text(), programs, ahead))


def check_as_shown(blocks):
    wrong = [step for block in blocks for step in block if not step.is_as_shown()]
    assert not wrong, "\n" + "\n".join(map(str, wrong))


SHOWN = re.compile(r"\]\((\.\./examples/[^)]+)\):\n\n```\w+\n(.*?)^```$", re.M | re.S)


@pytest.mark.parametrize("page", [page for page in PAGES if SHOWN.search(page.read_text())], ids=name)
def test_a_program_on_a_page_is_the_example_that_the_tests_run(page):
    """tests/cli/examples_test.py runs them. A block stands directly below the link to its file."""
    text = page.read_text()
    shown = SHOWN.findall(text)
    assert [target for target, program in shown if (page.parent / target).read_text() != program] == []
    in_a_language = len(re.findall(r"^```(?:c|cpp|python|ini)$", text, re.M))
    assert in_a_language == sum(target.endswith((".c", ".cpp", ".py", ".conf")) for target, _ in shown), "a block that is no example"


@pytest.mark.parametrize("page", [*PAGES, TOP / "CHANGELOG.md"], ids=name)
def test_a_page_points_only_at_what_is_there(page):
    """Each link to a file leads somewhere, and each test or page that is named in code type is there."""
    prose = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)
    missing = [target for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", prose) if not (page.parent / target).exists()]
    named = re.findall(r"`((?:tests|docs|tools|policy|lib)/[A-Za-z0-9_./*-]+)`", prose)
    missing += [path for path in named if not list(TOP.glob(path.rstrip("/")))]
    assert missing == []
