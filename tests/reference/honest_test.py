"""Reports of ordinary instances under each disclosing tier of the shipped policy: none is stopped, nothing goes as a copy
but where two values were made alike on purpose, and what `explain` tells of each datum is what leaves."""
import json

import posthog_reports
import pytest
from comparison import told_wrongly
from harness import DICTIONARY, LONG, POLICY, REPORT

TIERS = {"unlicensed": [], "standard": [], "scale": [], "enterprise": [], "enterprise-air-gapped": ["air_gap"]}
PUBLISHED = json.loads(REPORT.read_text())
# Where a first name is also the product's: what may go as its copy.
NAMED_LIKE_IT = {"/properties/helm/release_name", "/properties/helm/hostname", "/properties/site_url",
                 "/properties/deployment", "/properties/plugins_installed/*", "/properties/plugins_enabled/*"}


def excused(copy, options):
    """Whether the generator made these two values alike."""
    path, source, _ = copy
    if path == "/distinct_id":
        return bool(options.get("users"))
    if options.get("worse") and path == "/properties/deployment" and source.startswith(("/properties/helm", "/properties/site_url")):
        return True
    return bool(options.get("users")) and path in NAMED_LIKE_IT and source.endswith("/first_name")


@pytest.mark.takes(10)
def test_ordinary_reports_leave_under_each_disclosing_tier(batch):
    wanted = 5_000 if LONG else 40
    asked = copies = changed = 0
    for seed in range(wanted):
        options = posthog_reports.kind(seed)
        report = json.dumps(posthog_reports.generate(PUBLISHED, seed=seed, **options), ensure_ascii=False,
                            separators=(",", ":"))
        for tier, entitled in TIERS.items():
            facts = {"tier": tier, "licence": "valid", "event": "instance status report"}
            facts.update({"entitlements": entitled} if entitled else {})
            question = {"policy": POLICY.read_text(), "dictionary": DICTIONARY.read_text(), "facts": facts, "report": report}
            answer = batch.ask({**question, "scan": True, "data": True})
            place = f"seed {seed}, {options}, tier {tier}"
            asked += 1
            if options.get("worse") and tier in ("unlicensed", "standard"):
                # What the dictionary does not declare holds a report that would leave as it is.
                assert answer.get("refused") == "report", f"{place}: a report with undeclared members was let through"
                continue
            assert "refused" not in answer, f"{place}: stopped: {answer['message']}"
            assert [c for c in answer["copies"] if not excused(c, options)] == [], f"{place}: copies"
            assert not told_wrongly(question, answer), place
            copies += len(answer["copies"])
            changed += answer["output"] != report
    print(f"counted: {asked} decisions on {wanted} reports, {changed} redacted, {copies} kinds of copies, all on purpose")
    assert changed and copies, "the generated reports exercise too little"
