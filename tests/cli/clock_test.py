"""The clock guard and the limits' usage: what a site knows about itself."""
import datetime
import json
import pathlib
import re
import shutil
import time

from harness import DICTIONARY, POLICY, REPORT

YEAR = ["--not-before", "2020-01-01"]


def at(w, offset, *arguments, code=0, site=None):
    """A command of airlock under another clock."""
    return w.run("faketime", "-f", offset, w.program("airlock"), "--site", site or w.site_path, *arguments, code=code)


def state(w, code, site=None):
    ran = w.airlock("licence", "verify", "--json", code=code, site=site)
    # The site's own view and that of other users are the same.
    assert w.airlock("status", "--json", site=site).json["licence"]["state"] == ran.json["state"], "status and the public part"
    return ran.json["state"]


def public(w):
    return json.loads((w.site_path / "public/site.json").read_text())


def kit_of(w, offset):
    """A kit that the vendor issued under another clock."""
    out = w.path / f"kit-{time.monotonic_ns()}.p7s"
    w.run("faketime", "-f", offset, w.program("airlock-vendor"), "--home", w.home, "kit", "build", "--policy", POLICY,
          "--dictionary", DICTIONARY, "--out", out)
    return out


def setting(w):
    w.new_vendor()
    w.new_site()
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"], extra=YEAR))


def test_another_clock_is_set_although_a_killed_process_left_its_names(w):
    """The tests' other clock is set even where faketime finds the names it wants taken by a process that was killed."""
    newest = int(w.run("sh", "-c", "echo $$").text)
    left = []
    try:
        for pid in range(newest, newest + 60):
            try:
                (pathlib.Path("/dev/shm") / f"sem.faketime_sem_{pid}").open("x").close()
                left.append(pathlib.Path("/dev/shm") / f"sem.faketime_sem_{pid}")
            except FileExistsError:
                pass
        assert w.run("faketime", "2001-01-01 12:00:00", "date", "+%Y").text == "2001\n"
    finally:
        for name in left:
            name.unlink(missing_ok=True)


def test_entries_of_a_clock_that_was_ahead_are_disowned_by_authorise_clock(w):
    """A clock that was ahead: its entries are disowned by authorise --clock, recorded, and nothing else changes."""
    setting(w)
    w.airlock("authorise", "--clock", "--reason", "nothing to do", "--yes")
    before = w.ledger_ok()["entries"]
    at(w, "+40d", "process", w.report())
    assert state(w, 6) == "clock_rollback"
    hint = w.airlock("licence", "verify", code=6).err
    assert "hint: set this machine's clock; if it is right, `airlock authorise --clock`" in hint, hint
    ahead = public(w)["newest_time"]
    assert (w.site_path / "public/site.json").stat().st_mode & 0o777 == 0o644
    w.airlock("authorise", "--clock", "--reason", "battery", code=4)  # nobody at a terminal, and no --yes
    assert state(w, 6) == "clock_rollback"
    done = w.airlock("authorise", "--clock", "--reason", "the clock was 40 days ahead", "--yes", "--json").json
    assert done["authorised"] == True
    assert state(w, 0) == "valid"
    assert public(w)["newest_time"] < ahead, "the public part follows"
    assert w.ledger_ok()["entries"] > before, "it is recorded"
    entries = w.run("sqlite3", "-readonly", w.site_path / "ledger.db",
                    "SELECT json_extract(body, '$.reason') FROM entries WHERE json_extract(body, '$.clock') IS NOT NULL").text
    assert entries == "the clock was 40 days ahead\n"
    # The ceiling is where it was: what was sealed before is sealed still, and a clock set back later is noticed again.
    changed = w.report_of("1.36.0")
    assert w.process(changed)["outcome"] == "sealed"
    ran = at(w, "-30d", "licence", "verify", "--json", code=6)
    assert ran.json["state"] == "clock_rollback"


def test_the_vendors_time_cannot_be_disowned(w):
    """The vendor's time cannot be disowned; a dead battery heals by itself; a restored backup knows what it knew."""
    setting(w)
    # 1970: nothing is usable, reports are sealed all the same, and the early entries harm nothing afterwards.
    ran = w.run("faketime", "2001-01-01 00:00:00", w.program("airlock"), "--site", w.site_path, "process", w.report(), "--json")
    assert (ran.json["licence_state"], ran.json["outcome"]) == ("clock_rollback", "sealed")
    assert state(w, 0) == "valid"
    w.ledger_ok()
    shutil.copytree(w.site_path, w.path / "backup")
    changed = w.report_of("1.36.0")
    at(w, "+3d", "process", changed)
    assert state(w, 6) == "clock_rollback"
    assert state(w, 0, site=w.path / "backup") == "valid"
    numbers = [w.airlock("status", "--json", site=s).json["disclosures"] for s in (w.site_path, w.path / "backup")]
    assert numbers == [2, 1], "disclosures, as the vendor would see them repeat"

    at(w, "+50d", "kit", "install", kit_of(w, "+50d"))
    assert state(w, 6) == "clock_rollback"
    ran = w.airlock("authorise", "--clock", "--reason", "try", "--yes")
    assert "warning: the kit in force was issued at" in ran.err and "ask the vendor for another kit" in ran.err, str(ran)
    assert state(w, 6) == "clock_rollback"
    before = w.ledger_ok()["entries"]
    ran = w.airlock("authorise", "--clock", "--reason", "again", "--yes", code=4)
    assert "error: the kit in force was issued at" in ran.err and "and the clock says" in ran.err, str(ran)
    assert w.ledger_ok()["entries"] == before, "entries: what is refused is not recorded"
    w.airlock("kit", "install", w.new_kit())  # the remedy that was named
    assert state(w, 0) == "valid"
    w.airlock("authorise", "--clock", "--reason", "again", "--yes")


def test_a_licence_or_public_part_that_is_ahead_is_named_by_authorise_clock(w):
    """A licence whose time is ahead, and a public part that alone is, are named by authorise --clock with what to do."""
    setting(w)
    licence = w.path / "future.p7s"
    w.run("faketime", "-f", "+50d", w.program("airlock-vendor"), "--home", w.home, "licence", "issue", "--tier",
          "enterprise-air-gapped", "--licensee", "Example Bank plc", "--site", w.site_id, *YEAR, "--not-after", "2099-01-01",
          "--out", licence)
    ran = w.airlock("licence", "install", licence, code=6)
    assert "but it was issued at" in ran.err and "ask the vendor for another licence" in ran.err, str(ran)
    at(w, "+50d", "licence", "install", licence)
    w.airlock("authorise", "--clock", "--reason", "try", "--yes")
    ran = w.airlock("authorise", "--clock", "--reason", "again", "--yes", code=4)
    assert "error: the licence was issued at" in ran.err and "ask the vendor for another licence" in ran.err, str(ran)
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"], extra=YEAR))
    assert state(w, 0) == "valid"

    path = w.site_path / "public/site.json"
    path.write_text(json.dumps({**public(w), "newest_time": "2090-01-01T00:00:00Z"}))
    assert w.airlock("licence", "verify", "--json", code=6).json["state"] == "clock_rollback"
    ran = w.airlock("authorise", "--clock", "--reason", "again", "--yes", code=4)
    assert "public/site.json` has a time that the ledger does not have: 2090-01-01T00:00:00Z" in ran.err, str(ran)
    w.process()
    assert state(w, 0) == "valid"


def test_a_kit_issued_ahead_of_the_clock_is_refused_before_anything_is_written(w):
    """A kit issued ahead of the clock is refused before anything is written; two hours are let pass, as by the clock guard."""
    setting(w)
    before = w.ledger_ok()["entries"]

    def refused():
        ran = w.airlock("kit", "install", kit_of(w, "+50d"), code=4)
        assert "the kit was issued at " in ran.err and ", and this machine's clock says " in ran.err, str(ran)
        assert "hint: set this machine's clock; if it is right, ask the vendor" in ran.err, str(ran)
        assert (w.ledger_ok()["entries"], state(w, 0)) == (before, "valid"), "entries and state"

    refused()
    ran = w.airlock("init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint(), "--kit", kit_of(w, "+3h"),
                    site=w.path / "early", code=4)
    assert "the kit was issued at" in ran.err and not (w.path / "early").exists(), str(ran)
    w.airlock("kit", "install", kit_of(w, "+110m"))
    before += 1
    w.run("sqlite3", w.home / "register.db", "INSERT INTO kits VALUES (4999, '2026-01-01T00:00:00Z', '')")
    refused()  # also a kit that a person could otherwise authorise, and it is not put aside
    assert w.airlock("authorise", "--reason", "nothing was put aside", "--yes", "--json").json["authorised"] == False
    # Put aside under a clock that was as far ahead: the file is named, and without it everything else can be authorised.
    aside = w.site_path / "kit-proposed.p7s"
    w.run("faketime", "-f", "+50d", w.program("airlock"), "--site", w.site_path, "kit", "install", kit_of(w, "+50d"), code=4)
    w.airlock("authorise", "--clock", "--reason", "the clock was ahead", "--yes", code=(0, 4))
    assert aside.exists(), "a kit that waits for a person"
    ran = w.airlock("authorise", "--reason", "the contract", "--yes", code=4)
    assert f"`{aside}`: the kit was issued at" in ran.err and "remove this file" in ran.err, ran.err
    aside.unlink()
    assert w.airlock("authorise", "--reason", "nothing is put aside", "--yes", "--json").json["authorised"] == False


def test_status_warns_when_30_15_7_and_1_days_are_left_and_in_grace(w):
    """Status warns when 30, 15, 7 and 1 days of the licence are left, in text, on standard error and as JSON, and in grace."""
    w.new_vendor()
    w.new_site()
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=31.5)
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"], not_after=f"{end:%Y-%m-%dT%H:%M:%SZ}",
                                                  extra=[*YEAR, "--grace-days", "5"]))
    for left, warned in ((31, None), (30, 30), (16, 30), (15, 15), (8, 15), (7, 7), (2, 7), (1, 1), (0, 1)):
        offset = f"+{31 - left}d"
        verdict = at(w, offset, "status", "--json").json["licence"]
        assert (verdict["days_left"], verdict["warning_days"]) == (left, warned), "days left, and days of the warning"
        days = f"valid, {left} day{'' if left == 1 else 's'} left"
        for command in (["status"], ["licence", "verify"], ["licence", "show"]):
            ran = at(w, offset, *command)
            assert f"{days}: ends soon\n" in ran.text if warned else f"{days}\n" in ran.text, str(ran)
            told = re.fullmatch("airlock: warning: .* is valid until .*\nairlock: hint: ask the vendor to renew it\n", ran.err)
            assert told if warned else ran.err == "", str(ran)
    assert at(w, "+30d", "--quiet", "status").err == ""
    grace = at(w, "+33d", "status")
    assert "grace, 3 days left" in grace.text and "warning: " in grace.err and "days of grace" in grace.err, str(grace)


def test_public_site_json_is_made_again_and_says_what_the_ledger_says(w):
    """Public/site.json is made again where it is gone, and says what the ledger says."""
    setting(w)
    w.process()
    path = w.site_path / "public/site.json"
    good = json.loads(path.read_text())
    assert good["licence_sequence"] == 1
    for damage in (path.unlink, lambda: path.write_text("{}")):
        damage()
        w.airlock("licence", "verify", code=3)
        w.process(w.report_of(f"1.{path.exists():d}.0"))
        again = json.loads(path.read_text())
        assert {k: again[k] for k in again if k != "newest_time"} == {k: good[k] for k in good if k != "newest_time"}
        w.airlock("licence", "verify")


LIMITS = ["--limit", "events_count_new_in_period=1000000000", "--limit", "instance_usage_summary.events_count_total=1",
          "--limit", "no_such_field=5", "--unknown"]


def usage(w):
    ran = w.airlock("licence", "usage", "--json").json
    return {**ran, "limits": {l["limit"]: l for l in ran["limits"]}}


def totals(n):
    """A report with another total."""
    return lambda d: d["properties"]["instance_usage_summary"].update({"events_count_total": n})


def test_usage_shows_the_limits_beside_the_last_disclosed_report(w):
    """Usage: the limits beside the last disclosed report, with bars; over the limit is told and nothing is refused."""
    w.new_vendor()
    w.new_site()
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"], extra=[*YEAR, *LIMITS]))
    empty = usage(w)
    assert (empty["disclosure"], empty["problem"]) == (None, "no report has been disclosed yet")
    assert all("no " in l["problem"] for l in empty["limits"].values()), str(empty)
    assert "at most 1; no report has been disclosed yet" in w.airlock("licence", "usage").text, "for people"
    w.process()
    told = usage(w)["limits"]
    report = json.loads(w.report().read_text())["properties"]["instance_usage_summary"]
    assert told["events_count_new_in_period"]["value"] == report["events_count_new_in_period"]
    assert told["instance_usage_summary.events_count_total"]["value"] == report["events_count_total"]
    assert told["instance_usage_summary.events_count_total"]["over"] == True
    assert told["no_such_field"]["value"] == None
    assert "names no declared field" in told["no_such_field"]["problem"], str(told)
    text = w.airlock("licence", "usage").text
    assert "[####################]" in text and ", over the limit" in text and "[--------------------]" in text, text
    assert "figures of report 1, disclosure 1 at " in text, text
    # No figure is kept beside the ledger, and what earlier versions kept there goes.
    assert list((w.site_path / "held").iterdir()) == []
    kept = w.file(w.site_path / "held/usage.json", '{"format": "airlock-usage/1", "disclosures": []}')
    w.process(w.report(totals(12)))
    assert not kept.exists(), "figures of an earlier version"
    # A former archive key opens what was sealed for it.
    w.airlock("key", "rotate", "archive")
    assert usage(w)["limits"]["instance_usage_summary.events_count_total"]["value"] == 12, "after a change of the archive key"
    w.ledger_ok()


def test_usage_says_why_the_last_disclosed_report_cannot_be_read(w):
    """Usage says why the last disclosed report cannot be read and what to do, and still ends with 0."""
    w.new_vendor()
    w.new_site()
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"], extra=[*YEAR, *LIMITS]))

    def unreadable(why, what_to_do):
        told = usage(w)
        assert why in told["problem"] and what_to_do in told["problem"], f"{why}: {told['problem']}"
        assert told["limits"]["events_count_new_in_period"]["value"] is None, why
        assert why in w.airlock("licence", "usage").text, why

    w.process()
    bundle, = w.outbox()
    sound = bundle.read_bytes()
    bundle.write_bytes(sound[:-9] + b"!" + sound[-8:])
    unreadable(f"`{bundle}`: ", "")
    bundle.unlink()
    unreadable(f"`outbox/{bundle.name}` is no longer there", "put it back")
    bundle.write_bytes(sound)
    assert usage(w)["problem"] is None, "it was put back"
    w.configure(archive=False)
    w.process(w.report(totals(11)))
    unreadable("was not sealed for an archive key of this site", "`archive` in airlock.json")
    w.configure(archive=True, retention={"payload_days": 20})
    w.process(w.report(totals(12)))
    assert usage(w)["problem"] is None, "with the archive key again"
    w.configure(floor="withhold")
    at(w, "+21d", "process", w.report(totals(13)))
    assert w.outbox() == []
    unreadable("was removed when its retention time was over", "the next report")


def test_usage_tells_the_figures_of_the_last_disclosure_and_never_of_another(w):
    """Usage tells the figures of the last disclosure, and never of another: its bundle freed, no archive, a report withheld."""
    w.new_vendor()
    w.new_site()
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"], extra=[*YEAR, *LIMITS]))
    total = "instance_usage_summary.events_count_total"
    for n in (1, 2):
        w.process(w.report(totals(10 + n)))
        assert (usage(w)["disclosure"], usage(w)["limits"][total]["value"]) == (n, 10 + n)
    first, second = w.outbox()
    second.rename(w.path / "handed-over.p7m")
    assert (usage(w)["disclosure"], usage(w)["limits"][total]["value"]) == (2, None), "an older bundle is still there"
    second.write_bytes((w.path / "handed-over.p7m").read_bytes())
    w.vendor("intake", first, second)
    receipt = w.path / "receipt.p7s"
    w.vendor("receipt", "--site", w.site_id, "--out", receipt)
    w.airlock("receipt", "import", receipt)
    assert (usage(w)["disclosure"], usage(w)["limits"][total]["value"]) == (2, 12), "after the receipt"
    # What is not disclosed is not told: held, and withheld.
    w.airlock("hold")
    w.process(w.report(totals(13)), code=4)
    assert (usage(w)["disclosure"], usage(w)["limits"][total]["value"]) == (2, 12), "a held report"
    w.airlock("release")
    w.configure(floor="withhold")
    w.process(w.report(totals(14)))
    assert usage(w)["limits"][total]["value"] == 12, "a withheld report"
    # What another licence limits is looked up in the same report.
    more = [*YEAR, *LIMITS, "--limit", "persons_count_total=7"]
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"], extra=more))
    later = usage(w)["limits"]["persons_count_total"]
    assert later["value"] == json.loads(w.report().read_text())["properties"]["instance_usage_summary"]["persons_count_total"], str(later)
    # Without a kit the limits are shown all the same.
    (w.site_path / "public/kit.p7s").unlink()
    bare = w.airlock("licence", "usage", "--json").json["limits"]
    assert len(bare) == 4 and all("kit.p7s`: is missing" in l["problem"] for l in bare), str(bare)


def test_a_stale_kit_stays_in_force_and_tightens_where_a_policy_says_so(w):
    """A stale kit stays in force and is shown; a policy that says so tightens then, and the ceiling stays where it was."""
    policy = json.loads(POLICY.read_bytes())
    policy["rules"].append({"id": "stale-kit-withholds", "when": {"kit": ["stale"]}, "at_least": "withhold"})
    w.new_vendor(policy=w.file("policy.json", json.dumps(policy)))
    w.site()
    assert w.process()["outcome"] == "sealed"
    due = w.airlock("kit", "show", "--json").json["next_update"]
    later = f"{int(due[:4]) + 1}{due[4:10]} 12:00:00"
    later_on = ["faketime", later, w.program("airlock"), "--site", w.site_path]
    status = w.run(*later_on, "status", "--json").json
    assert status["kit"]["stale"] == True
    ran = w.run(*later_on, "process", REPORT, "--again", "--json", code=4)
    assert (ran.json["outcome"], ran.json["rules"][-1]) == ("held", "stale-kit-withholds")
    assert "under a stale kit" in w.run(*later_on, "explain", REPORT, code=None).text, "explain"
    assert "ask the vendor for a new kit" in str(w.run(*later_on, "doctor", code=None)), "doctor"
    w.run("faketime", later, w.program("airlock-vendor"), "--home", w.home, "kit", "build", "--policy",
          w.path / "policy.json", "--dictionary", DICTIONARY, "--out", w.path / "fresh.p7s")
    w.run(*later_on, "kit", "install", w.path / "fresh.p7s")
    assert w.run(*later_on, "process", REPORT, "--again", "--json").json["outcome"] == "sealed"
