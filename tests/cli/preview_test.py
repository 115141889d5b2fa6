"""What `airlock preview` and `explain` print of many reports is what they have always printed, whatever was made faster.

`tests/kit/golden/previews/PROFILE.sha256` has two digests of each group of reports: over exit codes and previews in turn, and
over what `explain --json` says of every fourth report.
"""
import hashlib
import itertools
import json

import posthog_reports
import pytest
from harness import LONG, REPORT, TOP

GROUP = 40
GENERATED = 1000
PUBLISHED = json.loads(REPORT.read_text())
# How a product may write its JSON: the scanner must read each, and what is left is copied as it was written.
WRITTEN = [dict(ensure_ascii=False, separators=(",", ":")), dict(ensure_ascii=True), dict(ensure_ascii=False, indent=1)]


def written(seed, **options):
    return json.dumps(posthog_reports.generate(PUBLISHED, seed=seed, **options), **WRITTEN[seed % 3]).encode()


def groups():
    """Name and reports of each group; the ordinary run stops after the first three."""
    found = sorted((TOP / "tests/kit/field").glob("*/report.json"))
    yield "published and found", (path.read_bytes() for path in [REPORT, *found])
    yield "700 teams", [written(1, teams=700, users=40)]
    for first in range(0, GENERATED, GROUP):
        seeds = range(first, first + GROUP)
        yield f"seeds {first} to {seeds[-1]}", (written(seed, **posthog_reports.kind(seed)) for seed in seeds)
    yield "45 000 teams", [written(1, teams=45_000, users=40, long_ids=True)]


def asked(w, command, report, *arguments):
    ran = w.airlock(command, "-", *arguments, stdin=report, code=(0, 3, 4), timeout=600)
    return ran.out, b"%d %d\n" % (ran.code, len(ran.out))


def digests(w, reports):
    previews, explained = hashlib.sha256(), hashlib.sha256()
    for number, report in enumerate(reports):
        out, head = asked(w, "preview", report)
        previews.update(head + out)
        if number % 4 == 0:
            said = json.loads(asked(w, "explain", report, "--json")[0])
            del said["ledger_root"]  # of this site's own ledger
            explained.update(json.dumps(said).encode())
    return previews.hexdigest(), explained.hexdigest()


@pytest.mark.takes(5)
@pytest.mark.parametrize("profile, tier", [("as-published", "standard"), ("no-person", "scale"), ("baseline", "enterprise"),
                                           ("strict", "enterprise-air-gapped")])
def test_previews_of_many_reports_are_the_recorded_bytes(w, accept, profile, tier):
    golden = TOP / "tests/kit/golden/previews" / f"{profile}.sha256"
    w.site(tier=tier, entitlements=())
    w.configure(limits={"report_bytes": 192 << 20})
    (w.site_path / "keys" / "pseudonym.key").write_text((b"p" * 32).hex() + "\n")
    if profile != "strict":
        w.airlock("authorise", "--reason", "what leaves is compared", "--yes")
    assert w.airlock("preview", REPORT).out == (golden.parents[1] / f"{profile}.json").read_bytes(), "the published report"
    lines = []
    for name, reports in itertools.islice(groups(), None if LONG else 3):
        previews, explained = digests(w, reports)
        lines += [f"{previews}  {name}\n", f"{explained}  {name}, explained\n"]
    if LONG:
        accept(golden, "".join(lines))
    recorded = golden.read_text().splitlines(keepends=True)
    assert lines == recorded[:None if LONG else len(lines)], "--long --accept writes the digests of a build that is right"
