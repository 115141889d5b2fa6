"""Reports of ordinary instances under each disclosing tier of the shipped policy: none is stopped, nothing goes as a copy
but where two values were made alike on purpose, and what `explain` tells of each datum is what leaves.

    honest_test.py BATCH        AIRLOCK_TEST_LONG=1: 5 000 reports
"""
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import posthog_reports
from compare_test import TOP, Batch, dump, load, told_wrongly

TIERS = {"unlicensed": [], "standard": [], "scale": [], "enterprise": [], "enterprise-air-gapped": ["air_gap"]}
PUBLISHED = json.loads((TOP / "tests/kit/status_report.json").read_text())
# Where a first name is also the product's: what may go as its copy.
NAMED_LIKE_IT = {"/properties/helm/release_name", "/properties/helm/hostname", "/properties/site_url",
                 "/properties/deployment", "/properties/plugins_installed/*", "/properties/plugins_enabled/*"}


def kinds(seed):
    """Each seed is one report of each kind in turn."""
    teams = 1 + seed % 40
    return [dict(small=True, teams=teams), dict(small=True, teams=teams, users=1 + seed % 6),
            dict(small=True, teams=teams, users=1 + seed % 6, long_ids=True), dict(teams=teams, worse=True, users=seed % 4)][seed % 4]


def excused(copy, options):
    """Whether the generator made these two values alike."""
    path, source, _ = copy
    if path == "/distinct_id":
        return bool(options.get("users"))
    if options.get("worse") and path == "/properties/deployment" and source.startswith(("/properties/helm", "/properties/site_url")):
        return True
    return bool(options.get("users")) and path in NAMED_LIKE_IT and source.endswith("/first_name")


def main():
    batch = Batch(sys.argv[1])
    policy = (TOP / "policy/posthog-default.json").read_text()
    dictionary = (TOP / "policy/dictionary/posthog-status-report.json").read_text()
    wanted = 5_000 if os.environ.get("AIRLOCK_TEST_LONG") == "1" else 40
    failed = asked = copies = changed = 0
    for seed in range(wanted):
        options = kinds(seed)
        report = json.dumps(posthog_reports.generate(PUBLISHED, seed=seed, **options), ensure_ascii=False,
                            separators=(",", ":"))
        for tier, entitled in TIERS.items():
            facts = {"tier": tier, "licence": "valid", "event": "instance status report"}
            facts.update({"entitlements": entitled} if entitled else {})
            question = {"policy": policy, "dictionary": dictionary, "facts": facts, "report": report}
            answer = batch.ask({**question, "scan": True, "data": True})
            if options.get("worse") and tier in ("unlicensed", "standard"):
                # What the dictionary does not declare holds a report that would leave as it is.
                ok, why = answer.get("refused") == "report", "a report with undeclared members was let through"
            elif "refused" in answer:
                ok, why = False, f"stopped: {answer['message']}"
            else:
                strange = [c for c in answer["copies"] if not excused(c, options)]
                copies += len(answer["copies"])
                changed += answer["output"] != report
                told = told_wrongly(question, answer)
                ok, why = not strange and not told, f"copies {strange}" if strange else told
            asked += 1
            if not ok:
                failed += 1
                print(f"FAIL seed {seed}, {options}, tier {tier}: {why}")
                if failed == 10:
                    break
        if failed == 10:
            break
    print(f"counted: {asked} decisions on {wanted} reports, {changed} redacted, {copies} kinds of copies, all on purpose")
    if not changed or not copies:
        failed += 1
        print("FAIL the generated reports exercise too little")
    print(f"{asked - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
