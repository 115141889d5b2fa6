"""Whatever stops a report keeps its bytes, until it can leave or a person lets go of it (promise 2)."""
import json
import subprocess

import pytest
from harness import DICTIONARY, POLICY, REPORT, TOP
from keeping import held_files, install, new_event

FIELD = TOP / "tests" / "kit" / "field"


# Each reason: what the site is like, the report, and what lets it leave then. All of them end at the vendor's.

def without_kit(w):
    w.new_vendor().new_site(kit=False)
    return lambda: (w.airlock("kit", "install", w.kit), install(w, "enterprise-air-gapped", ["air_gap"]))


def without_licence(w):
    w.new_vendor().new_site()
    return lambda: install(w, "enterprise-air-gapped", ["air_gap"])


def broken_licence(w):
    w.site()
    path = w.site_path / "public" / "licence.p7s"
    sound = path.read_text()
    path.write_text(sound.replace("A", "B", 40))
    return lambda: path.write_text(sound)


def unknown_tier(w):
    w.site()
    policy = json.loads(POLICY.read_text())
    policy["tiers"]["renamed"] = policy["tiers"].pop("enterprise-air-gapped")
    policy["claims"] = []
    w.airlock("kit", "install", w.new_kit(policy=w.file("renamed.json", json.dumps(policy))))
    return lambda: (w.airlock("kit", "install", w.new_kit()))


def above_ceiling(w):
    w.site(tier="standard", entitlements=[])
    return lambda: install(w, "enterprise-air-gapped", ["air_gap"])


def on_hold(w):
    w.site()
    w.airlock("hold", "--reason", "incident 12")
    return lambda: w.airlock("release", "--reason", "closed")


def redact_also_that_selects_nothing(w):
    w.site()
    w.configure(redact_also=[{"path": "/properties/no_such_field", "do": "drop"}])
    return lambda: w.configure(redact_also=[])


def nothing_yet(w):
    w.site()
    return lambda: None


def unknown_event(w):
    w.site()
    dictionary = json.loads(DICTIONARY.read_text())
    dictionary["events"].append("quarterly status report")
    next(f for f in dictionary["fields"] if f["path"] == "/event")["values"] = dictionary["events"]
    return lambda: (w.airlock("kit", "install", w.new_kit(dictionary=w.file("d.json", json.dumps(dictionary)))),
                    w.airlock("authorise", "--reason", "the vendor asks for it", "--yes"))


def undeclared(w):
    policy = json.loads(POLICY.read_text())
    policy["tiers"]["enterprise-air-gapped"]["profiles"] = ["as-published"]
    policy["rules"], policy["claims"] = policy["rules"][:2], []
    w.new_vendor(policy=w.file("policy.json", json.dumps(policy)))
    w.site(entitlements=[])

    def newer_kit():
        newer = FIELD / "new-fields-after-upgrade" / "dictionary-of-the-next-kit.json"
        w.airlock("kit", "install", w.new_kit(policy=w.path / "policy.json", dictionary=newer))
        w.airlock("authorise", "--reason", "the new fields are figures", "--yes")

    return newer_kit


def too_large(w):
    w.site()
    w.configure(limits={"report_bytes": 2048})
    return lambda: w.configure(limits={})


def published(w):
    return w.report_of("1.99.0")


def with_new_members(_):
    return FIELD / "new-fields-after-upgrade" / "report.json"


REASONS = {
    "no_kit": (without_kit, published, 4, "held"),
    "licence: none": (without_licence, published, 4, "held"),
    "licence: one that cannot be read": (broken_licence, published, 4, "held"),
    "tier: one that the kit does not know": (unknown_tier, published, 4, "held"),
    "ceiling": (above_ceiling, published, 4, "held"),
    "hold": (on_hold, published, 4, "held"),
    "configuration": (redact_also_that_selects_nothing, published, 4, "held"),
    "dictionary: an unknown event": (unknown_event, new_event, 4, "held"),
    "dictionary: undeclared members": (undeclared, with_new_members, 4, "held"),
    "limit": (too_large, published, 3, "refused"),
}


def stopped(w, reason, outcome, exit_code, report, *arguments):
    """Processes a report that must be stopped, and returns its number."""
    done = w.process(report, *arguments, code=exit_code)
    assert (done["outcome"], done["reason"]) == (outcome, reason.split(":")[0]), reason
    assert done["hint"], f"{reason}: nothing says what to do"
    kept, = held_files(w)
    assert kept.read_bytes() == report.read_bytes(), f"{reason}: what is kept"
    assert kept.stat().st_mode & 0o777 == 0o600, "mode"
    status = w.airlock("status", "--json").json
    assert (status["held"], status["refused"]) == ((1, 0) if outcome == "held" else (0, 1)), reason
    waiting, = status["waiting"]
    assert (waiting["reason"], waiting["numbers"]) == (reason.split(":")[0], [done["number"]]), reason
    text = w.airlock("status").text
    assert f"1 report is {outcome}" in text and waiting["message"][:40] in text, text
    assert f"{outcome} since" in w.airlock("doctor", code=None).text, "doctor is silent"
    assert w.airlock("explain", done["number"], code=exit_code).code == exit_code
    before = w.airlock("ledger", "show", done["number"], "--json").json["entries"]
    assert w.airlock("process", "--held", code=None).code == exit_code, f"{reason}: nothing has changed"
    assert w.airlock("ledger", "show", done["number"], "--json").json["entries"] == before, f"{reason}: entries"
    again = w.airlock("process", "--held", "--json").json
    assert (again["reports"], again["waiting"]) == ([], 1), f"{reason}: it was looked at, and nothing has changed"
    w.ledger_ok()
    return done["number"]


@pytest.mark.parametrize("why", REASONS)
def test_what_stops_a_report_keeps_it_and_it_leaves_once_that_is_mended(w, why):
    arrange, make, exit_code, outcome = REASONS[why]
    mend = arrange(w)
    report = make(w)
    number = stopped(w, why, outcome, exit_code, report)
    mend()
    done, = w.airlock("process", "--held", "--json").json["reports"]
    assert (done["number"], done["outcome"]) == (number, "sealed"), why
    assert held_files(w) == [], "it left"
    bundle, = w.outbox()
    w.vendor("open", bundle, "--extract", w.path / "opened")
    opened = json.loads((w.path / "opened" / "report.json").read_text())
    assert opened["event"] == json.loads(report.read_bytes())["event"]
    proven = w.airlock("ledger", "prove", number, "--json").json
    assert (proven["kind"], proven["entry"]) == ("decided", (w.path / "opened" / "entry.json").read_text()), \
        "the entry that disclosed is what is proven"
    w.ledger_ok()


def test_a_malformed_report_is_kept_until_a_person_lets_go_of_it(w):
    """Malformed: kept until a person lets go of it, with the reason; the terminal names the member, the ledger does not."""
    w.site()
    report = FIELD / "lone-surrogate" / "report.json"
    number = stopped(w, "malformed", "refused", 3, report)
    told = w.airlock("preview", number, code=3)
    assert "after `/properties/teams/2/events_count_by_name/$identify`: an unpaired surrogate" in told.err, told.err
    entries = w.airlock("ledger", "show", number).text
    assert "identify" not in entries and "surrogate" not in entries, entries
    w.airlock("discard", number, code=2)
    w.airlock("discard", number, "--reason", "the next one is sound")
    assert held_files(w) == []
    assert w.kinds(number)[-1] == "discarded"
    w.airlock("discard", number, "--reason", "twice", code=2)
    assert w.airlock("status", "--json").json["waiting"] == []
    w.ledger_ok()


def test_a_leak_in_the_note_is_held_and_another_note_lets_it_leave(w):
    """A leak in the note: held with its note, and another note lets it leave."""
    w.site()
    report = w.report(lambda d: d["properties"]["users_who_logged_in"].append(
        {"id": 7, "distinct_id": "x" * 30, "first_name": "Marisol", "email": "marisol@bank.example"}))
    done = w.process(report, "--note", "for marisol@bank.example", code=4)
    assert (done["outcome"], done["reason"]) == ("held", "leak")
    held, = w.airlock("process", "--held", done["number"], "--json", code=4).json["reports"]
    assert held["reason"] == "leak", "it has kept its note"
    left, = w.airlock("process", "--held", done["number"], "--note", "for the auditors", "--json").json["reports"]
    assert left["outcome"] == "sealed"
    assert held_files(w) == []


def test_only_a_chosen_withhold_keeps_nothing_whatever_the_report(w):
    """Only a chosen withhold keeps nothing, whatever the report: by tier, by floor, by a rule."""
    w.site(tier="enterprise-no-ping", entitlements=["withhold"])
    broken = w.file("broken.json", b'{"event": ')
    for report in (REPORT, broken):
        done = w.process(report)
        assert (done["outcome"], done["exit"]) == ("withheld", 0)
    install(w, "enterprise-air-gapped", ["air_gap"])
    w.configure(floor="withhold")
    done = w.process(broken)
    assert (done["outcome"], held_files(w)) == ("withheld", [])
    assert w.airlock("status", "--json").json["waiting"] == []
    w.ledger_ok()


def test_a_floor_of_withhold_lets_go_of_a_report_only_when_it_is_looked_at(w):
    """A floor of `withhold` lets go of nothing that waits until it is looked at, and then says so."""
    w.site()
    w.airlock("hold", "--reason", "x")
    number = w.process(code=4)["number"]
    w.configure(floor="withhold")
    done, = w.airlock("process", "--held", "--json").json["reports"]
    assert (done["outcome"], w.kinds(number)[-1], held_files(w)) == ("withheld", "withheld", [])


def test_preview_prints_what_would_leave_and_says_that_it_may_not(w):
    """You can look before you allow: preview prints what would leave, says first that it may not, and exits with 4."""
    w.site()
    free = w.airlock("preview", REPORT)
    w.airlock("hold", "--reason", "the officer looks first")
    held = w.airlock("preview", REPORT, code=4)
    assert held.out == free.out, "the held report's preview differs"
    first = held.err.splitlines()[0]
    assert first.startswith("airlock: error: it may not leave yet: disclosures are on hold"), held.err
    number = w.process(code=4)["number"]
    assert w.airlock("preview", number, code=4).out == free.out, "the preview by number differs"
    assert w.airlock("preview", number, "--json", code=4).json["payload_sha256"] \
        == subprocess.run(["sha256sum"], input=free.out, capture_output=True, check=True).stdout.decode().split()[0]
    w.airlock("release")
    done, = w.airlock("process", "--held", "--json").json["reports"]
    assert done["payload_sha256"] == w.airlock("preview", REPORT, "--json").json["payload_sha256"]
    # Where anything else stops it there is nothing to see.
    stopped_by_dictionary = w.airlock("preview", new_event(w), code=4)
    assert stopped_by_dictionary.out == b""


def test_kit_licence_authorisation_and_release_say_how_many_reports_wait(w):
    w.new_vendor().new_site()
    w.process(code=4)
    says = "1 report waits: `airlock process --held` decides again"
    assert says in w.airlock("kit", "install", w.new_kit()).text, "kit install"
    assert says in w.airlock("licence", "install", w.new_licence("standard")).text, "licence install"
    assert says in w.airlock("authorise", "--reason", "the contract", "--yes").text, "authorise"
    w.airlock("hold")
    assert says in w.airlock("release").text, "release"


def test_commands_take_the_number_of_a_report_that_waits_and_no_other(w):
    """`process`, `preview`, `explain` and `dictionary check` take the number of a report that waits, and no other."""
    w.site()
    w.airlock("hold", "--reason", "x")
    report = w.report(lambda d: d["properties"].update({"new_figure": 3}))
    number = w.process(report, code=4)["number"]
    assert "new_figure" in w.airlock("dictionary", "check", number, code=4).text, "dictionary check"
    assert "/properties/new_figure is dropped" in w.airlock("explain", number, code=4).text, "explain"
    for command in (["preview", "9"], ["explain", "9"], ["process", "9"], ["dictionary", "check", "9"]):
        assert "there is no report 9" in w.airlock(*command, code=2).err, command
    w.airlock("release")
    assert w.process(number)["reports"][0]["outcome"] == "sealed"
    assert "does not wait: it is released" in w.airlock("preview", number, code=2).err, "preview of what left"
