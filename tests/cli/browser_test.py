"""Airlock's pages in a real Chromium without a window, in the long run: nothing is asked for, nothing complains, the search box
finds, paper takes everything, and axe finds nothing serious. Screenshots and PDFs stay in build/browser/pages; with
--accept the first screenshot becomes the picture in docs/guides/review.md."""
import json
import re
import shutil
import subprocess

import html_pages
import posthog_reports
import pytest
from harness import DICTIONARY, LONG, POLICY, REPORT, TOP
from review_test import PROFILES, hostile_report

pytestmark = [pytest.mark.skipif(not LONG, reason="runs with --long"), pytest.mark.takes(60)]
BROWSER = TOP / "build" / "browser"
KEPT = BROWSER / "pages"
A4 = (595, 842)


def browse(page, name, query):
    """What the browser saw of a page, after everything has been checked that holds for every page."""
    KEPT.mkdir(parents=True, exist_ok=True)
    parsed = html_pages.read(page)
    driver = [TOP / "tests/browser/browse.mjs", BROWSER / "node_modules", page, KEPT / name, query]
    ran = subprocess.run(["node", *map(str, driver)], capture_output=True, text=True, timeout=600, check=False)
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    assert seen["messages"] == [] and seen["requests"] == []
    for scheme in ("light", "dark"):
        assert seen["axe"][scheme]["rules"] > 20, "axe looked"
        assert [v for v in seen["axe"][scheme]["violations"] if v["impact"] in ("serious", "critical")] == [], scheme
    assert seen["keyboard"] == {"first": "Skip to the content", "then": "#content"}
    assert seen["width"] == 0, "no scrolling sideways"
    assert seen["without_scripts"]["text"] > 500 and not seen["without_scripts"]["box"]
    assert "Failed to fetch" in seen["asked"] and seen["ran"] is False
    assert all("Content Security Policy" in refusal for refusal in seen["refusals"]) and seen["refusals"]
    assert seen["milliseconds"] < 10_000
    check_paper(KEPT / f"{name}.pdf", parsed)
    print(f"counted: {name}: {seen['milliseconds']} ms to open, {len(pages_of(KEPT / f'{name}.pdf'))} pages of paper; see {KEPT}")
    return seen


def pages_of(pdf):
    """For each page of a PDF its width and height, and the boxes of its words."""
    text = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    number = r'="([-\d.]+)"'
    found = []
    for page in re.findall(r"<page .*?</page>", text, re.S):
        size = re.match(rf"<page width{number} height{number}", page).groups()
        boxes = re.findall(rf"<word xMin{number} yMin{number} xMax{number} yMax{number}>", page)
        found.append((tuple(map(float, size)), [tuple(map(float, box)) for box in boxes]))
    return found


def check_paper(pdf, parsed):
    """A4, no empty page, no word over an edge, and all that is in the tables."""
    pages = pages_of(pdf)
    for size, boxes in pages:
        assert (round(size[0]), round(size[1])) == A4
        assert boxes, "an empty page"
        assert min(b[0] for b in boxes) > 20 and max(b[2] for b in boxes) < A4[0] - 20, "cut off at a side"
        assert min(b[1] for b in boxes) > 20 and max(b[3] for b in boxes) < A4[1] - 20, "cut off above or below"
    printed = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    printed = re.sub(r"\s+", "", printed)
    cells = {re.sub(r"\s+", "", cell) for row in parsed.rows for cell in row
             if cell.isascii() and len(cell) < 60 and " alike" not in cell}  # those hold tables of their own
    missing = [cell for cell in cells if cell not in printed]
    assert missing == [], f"{len(missing)} of {len(cells)} cells are not on paper"


def page_of(w, report, *arguments, code=(0, 4), timeout=300):
    path = w.path / "page.html"
    w.airlock("review", report, "--html", path, *arguments, code=code, timeout=timeout)
    return path


@pytest.mark.parametrize("profile, tier", PROFILES)
def test_the_published_report(w, request, profile, tier):
    w.site(tier=tier, entitlements=())
    seen = browse(page_of(w, REPORT), profile, "chart_version support")
    assert len(seen["search"]["after"]) == 1 and "18.2.3" in seen["search"]["after"][0]
    assert seen["search"]["said"].startswith("1 of ")
    assert seen["search"]["before"] == seen["search"]["again"] > 80
    if profile == "strict" and request.config.getoption("accept"):
        shutil.copy(KEPT / "strict-light.png", TOP / "docs/guides/review.png")


def test_a_hostile_report(w):
    w.site(tier="standard", entitlements=())
    report = hostile_report(w)
    browse(page_of(w, report), "hostile-held", "evil.example")
    w.airlock("licence", "install", w.new_licence("enterprise", []))
    seen = browse(page_of(w, report), "hostile", "evil.example")
    assert any("onerror=alert(1)" in row for row in seen["search"]["after"]), "found, and nothing but text"


def test_a_report_of_60_000_teams(w):
    w.site()
    w.configure(limits={"report_bytes": 192 << 20})
    document = posthog_reports.generate(json.loads(REPORT.read_text()), teams=60_000, events=1, users=40, long_ids=True)
    document["properties"] = {name: value for name, value in document["properties"].items() if "__" not in name}
    page = page_of(w, w.file("many.json", json.dumps(document)))
    seen = browse(page, "60-000-teams", "dashboards_shared_count")
    assert len(seen["search"]["after"]) == 1 and "60 000 alike" in seen["search"]["after"][0]


def test_the_page_of_a_policy(w):
    path = w.path / "policy.html"
    w.airlock("policy", "show", POLICY, "--dictionary", DICTIONARY, "--html", path)
    browse(path, "policy", "")


def test_a_bundle_and_what_may_be_shared(w):
    w.site()
    for week in range(3):
        w.process(w.report(lambda d: d["properties"]["instance_usage_summary"].update(events_count_total=1000 * (week + 1))))
    browse(page_of(w, w.outbox()[-1]), "bundle", "chart_version")
    (w.path / "page.html").unlink()
    browse(page_of(w, REPORT, "--shareable"), "shareable", "chart_version")
