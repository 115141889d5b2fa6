"""`airlock review`: the page is what `preview` and `explain` say, asks nobody for anything, and cannot be told otherwise."""
import hashlib
import json
import re

import html_pages
import posthog_reports
import pytest
from harness import DICTIONARY, LONG, POLICY, REPORT

PROFILES = [("as-published", "standard"), ("no-person", "scale"), ("baseline", "enterprise"), ("strict", "enterprise-air-gapped")]


def review(w, report, *arguments, code=0, name="page.html", **options):
    """The page, and what the command printed about it."""
    path = w.path / name
    path.unlink(missing_ok=True)
    told = w.airlock("review", report, "--html", path, "--json", *arguments, code=code, **options).json
    assert told["bytes"] == path.stat().st_size
    assert told["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert told["exit"] == (code if isinstance(code, int) else told["exit"])
    page = html_pages.read(path)
    assert page.by_id("verdict") == told["verdict"].replace("`", "")
    return page, told


def squeezed(text):
    return re.sub(r"\s+", " ", text)


def visible(text):
    """As a page shows a text of the report."""
    shown = text.encode()[:240].decode(errors="ignore")
    return "".join(f"\\u{ord(c):04x}" if c in "\n\t\x1b\0\u202e\u2066\u200b\u00a0" else c for c in shown)


def check_counts(page, explained):
    """The overview counts what `explain` counts."""
    counted = {}
    for fate in explained["data"]:
        counted[fate["class"]] = counted.get(fate["class"], 0) + fate["count"]
    rows = {row[0].removeprefix("class "): row[1:] for row in page.rows if len(row) == 8 and row[0] != "Class"}
    for cls, count in counted.items():
        shown = sum(int(cell.replace(" ", "").replace("–", "0")) for cell in rows[cls or "without a class"])
        assert shown == count, cls


def check_verdict(page, told, payload, explained):
    """The sentence at the top: the number of bytes, and that nothing of a class leaves where nothing of it stays."""
    verdict = told["verdict"]
    assert verdict.startswith(f"{len(payload):,}".replace(",", " ") + " bytes would leave"), verdict
    gone = ("drop", "copied", "suppress_below")
    staying = {fate["class"] for fate in explained["data"] if fate["action"] not in gone}
    clean = [cls for cls in ("person", "location", "identifier") if cls not in staying]
    if clean and not any(fate["what"] == "twin" and fate["action"] == "keep" for fate in explained["data"]):
        assert "nothing of class " + re.sub(", (?=[^,]*$)", " or ", ", ".join(clean)) + " is among them" in verdict
    else:
        assert "nothing of class" not in verdict
    for cls in {"person", "location", "identifier"} & staying:
        assert f"of class {cls}: " in verdict


@pytest.mark.takes(4)
@pytest.mark.parametrize("profile, tier", PROFILES)
def test_the_page_says_what_preview_and_explain_say(w, profile, tier):
    w.site(tier=tier, entitlements=())
    for report in [REPORT, w.file("generated.json", json.dumps(posthog_reports.generate(json.loads(REPORT.read_text()), seed=3, users=4)))]:
        payload = w.airlock("preview", report, code=(0, 4))
        explained = w.airlock("explain", report, "--values", "--json", code=payload.code).json
        page, told = review(w, report, code=payload.code)
        assert told["outcome"] == explained["outcome"] and profile in page.text
        assert hashlib.sha256(payload.out).hexdigest() == told["payload_sha256"]
        assert told["payload_sha256"] in page.text and explained["original_sha256"] in page.text
        check_verdict(page, told, payload.out, explained)
        check_counts(page, explained)
        text = squeezed(page.text)
        for sentence in explained["because"]:
            assert sentence.replace("`", "") in text.replace("`", "")
        for treatment in explained["treatments"]:
            assert treatment["path"] in page.text
            assert treatment["about"] in page.text
        for fate in explained["data"]:
            for place in fate["places"][:50]:
                assert place["place"] in page.text
                assert visible(place["value"]) in page.text, place
                assert visible(place.get("becomes", "")) in page.text, place
        if payload.code == 4:
            assert "not until a person allows it" in told["verdict"]
            assert "airlock authorise --reason TEXT" in page.by_id("missing") or "airlock authorise" in text


@pytest.mark.parametrize("profile, tier", PROFILES)
def test_a_shareable_page_has_only_what_leaves(w, profile, tier):
    w.site(tier=tier, entitlements=())
    report = w.file("r.json", json.dumps(posthog_reports.generate(json.loads(REPORT.read_text()), seed=5, users=4, teams=12, long_ids=True)))
    payload = w.airlock("preview", report, code=(0, 4))
    explained = w.airlock("explain", report, "--values", "--json", code=payload.code).json
    page, told = review(w, report, "--shareable", code=payload.code)
    assert told["shareable"] and "It may be shared" in page.by_id("sensitivity")
    assert explained["original_sha256"] not in page.source or profile == "as-published"
    left = json.dumps(json.loads(payload.out), ensure_ascii=False)
    text = page.text
    searched = 0
    for fate in explained["data"]:
        for place in fate["places"]:
            for value in (place["value"], place["place"].rsplit("/", 1)[-1]):
                # What is short or only digits may stand anywhere by chance.
                if len(value) < 6 or value.isdigit() or value in left or value in fate["path"]:
                    continue
                searched += 1
                assert value not in text, place
    assert searched > 20 or profile == "as-published"
    for treatment in explained["redactions"]:
        assert treatment["path"] in text


HOSTILE = ['</script><script>alert("x")</script>', '"><img src=http://evil.example/x onerror=alert(1)>', "a\u202egnp.exe",
           "zero\u200bwidth\u2066", "line\nbreak\ttab\x1b[31m", "e" + "\u0301" * 40, "w" * 65536, "]]>--><!--", "'; drop", "&lt;b&gt;",
           "\u05d0\u05d1\u05d2 123 \u05d3", "{{x}}${y}", "`code` ``"]


def hostile_report(w):
    def change(document):
        properties = document["properties"]
        properties["deployment"] = HOSTILE[0]
        properties["plugins_installed"] = {word[:1000]: 1 for word in HOSTILE}
        properties["$plugins_succeeded"] = HOSTILE
        properties.update({word[:900]: word for word in HOSTILE})
    return w.report(change)


@pytest.mark.hostile
@pytest.mark.parametrize("tier", ["standard", "enterprise-air-gapped"])
def test_hostile_text_is_inert_and_visible(w, tier):
    w.site(tier=tier, entitlements=())
    page, _ = review(w, hostile_report(w), code=0 if tier != "standard" else 4)
    assert not {"img", "b"} & {name for name, _ in page.elements}
    assert "evil.example" in page.text, "it is shown"
    assert "\\u202egnp.exe" in page.text and "\\u200bwidth" in page.text and "\\u000abreak\\u0009tab\\u001b[31m" in page.text
    assert re.search("w{200}", page.text) and not re.search("w{300}", page.text), "a long word is shortened"
    assert "65 536 bytes in all" in page.text
    if tier == "standard":
        return
    shared, _ = review(w, hostile_report(w), "--shareable")
    assert "evil.example" not in shared.source


def test_what_is_held_withheld_or_refused_has_a_page_too(w):
    w.site(tier="standard", entitlements=())
    held, told = review(w, w.report(lambda d: d["properties"].update({"new_field": "Leeds office"})), code=4)
    assert told["outcome"] == "held" and told["verdict"].startswith("Nothing would leave: the report would be held, because ")
    assert "/properties/new_field" in held.text and "the dictionary does not declare it" in held.text
    shared, told = review(w, w.report(lambda d: d["properties"].update({"new_field": "Leeds office"})), "--shareable", code=4)
    assert "Leeds office" not in shared.source and "new_field" not in shared.source
    refused, told = review(w, w.file("broken.json", REPORT.read_bytes()[:-9]), code=3)
    assert told["outcome"] == "refused" and re.search(r"byte \d+", refused.by_id("verdict"))
    assert told["error"]["code"] == "bad_input"
    w.airlock("licence", "install", w.new_licence("enterprise-no-ping", ["withhold"]))
    withheld, told = review(w, REPORT)
    assert told["outcome"] == "withheld" and "as was chosen" in withheld.by_id("verdict")


def test_a_report_that_waits_is_reviewed_by_its_number(w):
    w.site()
    w.airlock("hold", "--reason", "incident 12")
    w.process(code=4)
    page, told = review(w, "1", code=4)
    assert "not until a person allows it" in told["verdict"] and "number 1, which waits" in page.text
    assert "airlock release" in squeezed(page.text) and "incident 12" in page.text
    assert "incident 12" not in review(w, "1", "--shareable", code=4)[0].text
    assert review(w, "-", code=4, stdin=REPORT.read_bytes())[1]["payload_sha256"] == told["payload_sha256"]


@pytest.mark.takes(3)
def test_the_page_of_a_bundle_shows_what_left(w):
    w.site()
    w.configure(redact_also=[{"class": "version", "do": "truncate_version", "to": "major"}])
    for week in range(3):
        w.process(w.report(lambda d: d["properties"]["instance_usage_summary"].update(events_count_total=1000 * (week + 1))))
    bundle = w.outbox()[-1]
    payload = w.airlock("bundle", "open", bundle).out
    page, told = review(w, bundle)
    assert told["payload_sha256"] == hashlib.sha256(payload).hexdigest() and told["payload_sha256"] in page.text
    assert told["verdict"].startswith(f"{len(payload):,}".replace(",", " ") + " bytes left, sealed in this bundle; ")
    manifest = w.airlock("bundle", "show", bundle, "--json").json["manifest"]
    for count in manifest["redactions"]:
        assert count["path"] in page.text
    assert manifest["bundle_id"] in page.text and "verified: " in page.text
    assert "1 000" in page.text and "3 000" in page.text, "the figures of the last reports"
    shared, _ = review(w, bundle, "--shareable")
    assert "It may be shared" in shared.by_id("sensitivity")
    assert "Figures that the last reports" not in shared.text
    for text in (page.text, shared.text):
        assert "London" not in text and "events_count_total" in text
    altered = w.file("altered.p7m", bundle.read_bytes()[:-20] + b"x" * 20)
    w.airlock("review", altered, "--html", w.path / "none.html", code=(3, 5))
    assert not (w.path / "none.html").exists()


def test_a_page_is_written_whole_or_not_at_all(w):
    w.site()
    page = w.path / "page.html"
    page.write_text("mine")
    ran = w.airlock("review", REPORT, "--html", page, code=4)
    assert "exists already" in ran.err and page.read_text() == "mine"
    w.airlock("review", REPORT, "--html", w.path / "no" / "page.html", code=3)
    w.airlock("review", REPORT, code=2)
    w.airlock("review", w.path / "no.json", "--html", w.path / "new.html", code=3)
    w.airlock("review", "7", "--html", w.path / "new.html", code=2)
    assert not (w.path / "new.html").exists()
    small = w.path / "small"
    small.mkdir()
    w.run("mount", "-t", "tmpfs", "-o", "size=40k", "tmpfs", small)
    try:
        ran = w.airlock("review", REPORT, "--html", small / "page.html", code=8)
        assert "free some space" in ran.err and list(small.iterdir()) == []
        w.run("mount", "-o", "remount,size=1m", small)
        w.airlock("review", REPORT, "--html", small / "page.html")
        assert [p.name for p in small.iterdir()] == ["page.html"]
    finally:
        w.run("umount", "-l", small)


@pytest.mark.takes(5)
def test_a_report_of_many_teams_has_a_small_page(w):
    """60 000 teams in the long run; as many kinds of rows with fewer."""
    w.site()
    w.configure(limits={"report_bytes": 192 << 20})
    document = posthog_reports.generate(json.loads(REPORT.read_text()), teams=60_000 if LONG else 3_000, events=1, users=40)
    properties = document["properties"]
    document["properties"] = {name: value for name, value in properties.items() if "__" not in name}
    page, told = review(w, w.file("many.json", json.dumps(document)), timeout=300)
    teams = len(properties["teams"])
    assert f"{teams:,}".replace(",", " ") + " alike, the first 50 listed" in page.text
    assert told["bytes"] < 1_000_000


def test_the_page_of_a_policy_has_its_tiers_rules_and_proofs(w):
    page_file = w.path / "policy.html"
    told = w.airlock("policy", "show", POLICY, "--dictionary", DICTIONARY, "--html", page_file, "--json").json
    assert told["sha256"] == hashlib.sha256(page_file.read_bytes()).hexdigest() and told["sound"]
    page = html_pages.read(page_file)
    head, decision, *rows = [row for row in page.rows if len(row) == 9]
    policy = json.loads(POLICY.read_text())
    for tier, column in zip(head[1:], range(1, 9)):
        expected = policy["tiers"][tier]["disposition"] if tier in policy["tiers"] else policy["otherwise"]
        assert decision[column] == expected, tier
        if expected == "withhold":
            assert {row[column] for row in rows} == {"nothing leaves"}
    by_class = {row[0].removeprefix("class "): dict(zip(head[1:], row[1:])) for row in rows}
    assert {cls: by_class[cls]["enterprise-air-gapped"] for cls in ("usage", "person", "location", "identifier", "content", "time")} \
        == {"usage": "all kept", "person": "all dropped", "location": "all dropped", "identifier": "all pseudonymised",
            "content": "all dropped", "time": "3 rounded or truncated, 1 dropped"}
    text = squeezed(page.text)
    for line in w.airlock("policy", "show", POLICY, "--dictionary", DICTIONARY).text.splitlines():
        assert squeezed(line.replace("`", "")).strip() in text
    for claim in w.airlock("policy", "check", POLICY, "--dictionary", DICTIONARY, "--json").json["claims"]:
        assert [claim["id"], claim["statement"].replace("`", ""), f"= proved in {claim['combinations']:,} combinations".replace(",", " ")] \
            in page.rows
    assert hashlib.sha256(POLICY.read_bytes()).hexdigest() in text
    policy["claims"].append({"id": "never-seals", "for": {"tier": ["enterprise"]}, "never": ["seal"]})
    broken = w.airlock("policy", "show", w.file("p.json", json.dumps(policy)), "--dictionary", DICTIONARY, "--html", w.path / "b.html", "--json").json
    assert not broken["sound"]
    assert "! does not hold" in html_pages.read(w.path / "b.html").text
    w.airlock("policy", "show", POLICY, "--dictionary", DICTIONARY, "--html", page_file, code=4)


def test_a_word_of_the_list_is_named_for_people_at_the_site_only(w):
    w.site(tier="standard", entitlements=())
    words = w.site_path / "words.txt"
    words.write_text("Falken\n")
    words.chmod(0o600)
    report = w.report(lambda d: d["properties"].update(deployment="set up for Project Falken"))
    page, _ = review(w, report, code=(0, 4))
    assert "/properties/deployment: 1 with a word of words.txt: Falken" in squeezed(page.text)
    assert "dropped as a copy" in page.text
    shared, _ = review(w, report, "--shareable", code=(0, 4))
    assert "alken" not in shared.source and "words.txt" not in shared.source
