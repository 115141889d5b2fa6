"""What an earlier release made goes on working: a vendor's home, two sites, bundles, a queued and a held report, in
`tests/kit/released/house-0.1.tar.gz`. `bank` seals: reports 1 and 2 acknowledged, 3 refused, 4 in the outbox, and in the inbox one that
a killed process had claimed. `company` sends: report 1 held, 2 queued."""
import json
import subprocess
import tarfile

from harness import REPORT, TOP

HOUSE = TOP / "tests" / "kit" / "released" / "house-0.1.tar.gz"
OLD_CLAIM = ".5b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e"


def house(w, site):
    with tarfile.open(HOUSE) as archive:
        archive.extractall(w.path)
    w.site_path = w.path / site
    w.site_id = json.loads((w.site_path / "airlock.json").read_text())["site_id"]
    return w


def changed_report(w, count):
    def change(report):
        report["properties"]["instance_usage_summary"]["events_count_total"] = count

    return w.report(change)


def test_a_released_site_verifies_and_is_found_well(w):
    """A released site verifies, shows its licence and its ledger, and is found well."""
    house(w, "bank")
    assert w.ledger_ok()["entries"] == 24, "entries"
    assert w.airlock("licence", "verify", "--json").json["state"] == "valid", "state"
    assert len(w.airlock("ledger", "list", "--json").json["reports"]) == 4, "reports"
    assert "enterprise-air-gapped" in w.airlock("status").text, "status does not name the tier"


def test_a_released_site_seals_and_the_released_home_takes_the_bundles_in(w):
    """A released site seals another report, and the vendor's released home takes in the old bundle and the new one."""
    house(w, "bank")
    assert w.process(changed_report(w, 1800001))["outcome"] == "sealed", "outcome"
    w.ledger_ok()
    bundles = w.outbox()
    assert len(bundles) == 2, "bundles"
    for bundle in bundles:
        w.airlock("bundle", "verify", bundle)
        w.vendor("open", bundle)
    w.vendor("intake", *bundles)
    w.vendor("gaps")
    w.vendor("receipt", "--site", w.site_id, "--out", w.path / "receipt-2.p7s")
    w.airlock("receipt", "import", w.path / "receipt-2.p7s")
    assert w.airlock("outbox", "list", "--json").json["outbox"] == [], "bundles that wait"
    w.ledger_ok()


def test_bundles_on_a_released_stick_are_opened_by_the_vendor_of_today(w):
    house(w, "bank")
    sticks = sorted((w.path / "stick").glob("*.p7m"))
    assert len(sticks) == 2, "bundles"
    for bundle in sticks:
        assert json.loads(w.vendor("open", bundle).out)["event"] == "user instance status report", "event"


def test_a_report_claimed_by_a_released_process_is_recorded_once(w):
    """A report that a released process had claimed in the inbox and not finished is recorded once."""
    house(w, "bank")
    assert (w.site_path / "inbox" / OLD_CLAIM).exists(), "no old claim in the kit"
    w.airlock("process", "--inbox")
    assert [p.name for p in (w.site_path / "inbox").rglob("*") if p.is_file()] == [], "left in the inbox"
    assert len(w.airlock("ledger", "list", "--json").json["reports"]) == 5, "reports"
    assert len(w.outbox()) == 2, "bundles"
    w.airlock("process", "--inbox")
    assert len(w.airlock("ledger", "list", "--json").json["reports"]) == 5, "reports after a second run"
    w.ledger_ok()


def test_a_repeat_of_a_report_that_a_released_site_disclosed_is_known_as_one(w):
    house(w, "bank")
    assert w.process(REPORT)["outcome"] == "repeated", "outcome"


def test_a_hold_and_a_ceiling_of_a_released_site_stay_in_force(w):
    """A hold and an authorised ceiling of a released site stay in force."""
    house(w, "company")
    held = w.process(changed_report(w, 1800002), "--no-deliver", code=7)
    assert held["outcome"] == "queued", "outcome"
    w.airlock("hold", "--reason", "audit")
    assert w.process(changed_report(w, 1800003), code=4)["outcome"] == "held", "outcome"
    w.airlock("release", "--reason", "done")
    w.ledger_ok()


def test_what_waited_at_a_released_site_is_listed_and_decided_on_again(w):
    """What waited at a released site is still listed, and what was held is decided on again."""
    house(w, "company")
    waiting = w.airlock("outbox", "list", "--json").json
    assert "9980c556" in json.dumps(waiting), f"the queued payload is not listed: {waiting}"
    w.airlock("process", "--held", "--no-deliver", code=7)
    assert [e["kind"] for e in w.airlock("ledger", "show", 1, "--json").json["entries"]][-1] == "queued", "newest of report 1"
    w.ledger_ok()


def test_a_ledger_of_todays_release_that_was_changed_is_found_out(w):
    house(w, "bank")
    database = ["sqlite3", w.site_path / "ledger.db"]
    triggers = subprocess.run([*database, "SELECT name FROM sqlite_master WHERE type = 'trigger'"],
                              capture_output=True, check=True, text=True).stdout.split()
    drops = "".join(f"DROP TRIGGER {name};" for name in triggers)
    subprocess.run([*database, drops + "UPDATE entries SET body = replace(body, 'air-gapped', 'no-ping')"], check=True)
    w.airlock("hold", "--reason", "looks odd", code=5)
    w.airlock("process", changed_report(w, 1800004), code=8)
