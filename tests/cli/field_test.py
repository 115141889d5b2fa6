"""What people reported in public of comparable products, each as the case that it was (tests/kit/field)."""
import json
import shutil

from harness import TOP
from renewing import day

FIELD = TOP / "tests" / "kit" / "field"


def inputs(name):
    return FIELD / name / "report.json"


def authorised(w, tier):
    w.site(tier=tier, entitlements=["air_gap"] if tier == "enterprise-air-gapped" else [])
    w.airlock("authorise", "--reason", "the contract", "--yes")


def copied(result):
    return {r["path"] for r in result["redactions"] if r["action"] == "copied"}


def test_strict_small_integer_a_small_whole_number_is_no_copy_of_another_one(w):
    w.site()
    assert w.process(inputs("strict-small-integer"))["outcome"] == "sealed"


def test_a_new_field_that_repeats_another_is_dropped_and_told(w):
    """New-field-repeats-plugin-list, new-field-repeats-primary-lib: the new field is dropped and told, the rest leaves."""
    authorised(w, "scale")
    for name in ("new-field-repeats-plugin-list", "new-field-repeats-primary-lib"):
        done = w.process(inputs(name), "--no-deliver", code=7)
        misfit, = done["misfits"]
        assert (misfit["what"], misfit["action"], misfit["count"]) == ("undeclared", "drop", 1), name
        place = misfit["places"][0]["place"]
        assert copied(done) == set(), name
        explained = w.airlock("explain", inputs(name)).text
        assert f"{place} is dropped: the dictionary does not declare it" in explained, explained
        left = json.loads(w.airlock("preview", inputs(name)).out)["properties"]
        assert place.rsplit("/", 1)[1] not in left and len(left) > 5, left


def test_site_url_without_scheme_leaves_and_the_misfit_is_named(w):
    """Site-url-without-scheme: the report leaves, and the misfit is named."""
    authorised(w, "scale")
    done = w.process(inputs("site-url-without-scheme"), "--no-deliver", code=7)
    assert [(m["path"], m["what"]) for m in done["misfits"]] == [("/properties/site_url", "ill_typed")]
    told = w.airlock("process", inputs("site-url-without-scheme"), "--again", "--no-deliver", code=7)
    assert "/properties/site_url is dropped: this string is not of type url or enum" in told.text, told.text
    assert "airlock dictionary check" in told.err, told.err


def test_first_name_is_the_product_and_the_report_leaves_every_week(w):
    """First-name-is-the-product: the copy goes too and is told; the report leaves every week."""
    authorised(w, "scale")
    for n, week in enumerate(("1.0.0", "1.0.1")):
        report = json.loads(inputs("first-name-is-the-product").read_text())
        report["properties"]["posthog_version"] = week
        done = w.process(w.file(f"{n}.json", json.dumps(report)), "--no-deliver", code=7)
        assert copied(done), "nothing went as a copy"
    warned = w.airlock("status").err
    assert "was taken out as a copy of another value more than once" in warned and "redact_also" in warned, warned
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    assert w.process(inputs("first-name-is-the-product"))["outcome"] == "sealed"


def test_minus_one_is_silent_in_explain_and_process_alike(w):
    """Minus-one-is-silent: explain and process both say that it is dropped, and why."""
    w.site()
    sentence = "/properties/instance_usage_summary/events_count_total is dropped: -1 is not of type count"
    for ran in (w.airlock("explain", inputs("minus-one-is-silent")), w.airlock("process", inputs("minus-one-is-silent"))):
        assert sentence in ran.text, ran.text
    assert ("stays as it is" not in next(l for l in w.airlock("explain", inputs("minus-one-is-silent")).text.splitlines()
                                         if "/instance_usage_summary/events_count_total" in l)), "it does not stay"


def test_explain_values_shows_each_datum_and_what_it_becomes(w):
    """Explain --values shows each datum of the report with its value and what it becomes."""
    w.site()
    report = w.report(lambda d: d["properties"].update({"odd": "x"}))
    text = w.airlock("explain", report, "--values").text
    assert "      /properties/site_url: `" in text and "becomes `identifier-" in text, text
    data = w.airlock("explain", report, "--values", "--json").json["data"]
    places = [p["place"] for fate in data for p in fate["places"]]
    assert len(places) == sum(fate["count"] for fate in data)
    few = w.airlock("explain", report, "--json").json["data"]
    assert all(len(fate["places"]) <= 3 and "value" not in fate["places"][0] for fate in few), "alike ones are folded"
    assert len(w.airlock("explain", report).text.splitlines()) < 200, "folded for people too"


def test_new_fields_after_upgrade_are_held_until_the_next_kit(w):
    """New-fields-after-upgrade: held, the new members are named, and the next kit lets it leave."""
    w.site(tier="standard", entitlements=[])
    w.airlock("authorise", "--reason", "the contract", "--yes")
    shutil.copy(inputs("new-fields-after-upgrade"), w.site_path / "inbox" / "week.json")
    done, = w.airlock("process", "--inbox", "--no-deliver", "--json", code=4).json["reports"]
    assert (done["outcome"], done["reason"]) == ("held", "dictionary")
    names = {p["place"] for m in done["misfits"] for p in m["places"]}
    newer = FIELD / "new-fields-after-upgrade" / "dictionary-of-the-next-kit.json"
    old, new = (json.loads(p.read_text()) for p in (TOP / "policy/dictionary/posthog-status-report.json", newer))
    added = {f["path"] for f in new["fields"]} - {f["path"] for f in old["fields"]}
    assert names and names <= added, (names, added)
    w.airlock("kit", "install", w.new_kit(dictionary=newer))
    w.airlock("authorise", "--reason", "figures only", "--yes")
    left, = w.airlock("process", "--held", "--no-deliver", "--json", code=7).json["reports"]
    assert left["outcome"] == "queued"


def test_lone_surrogate_is_refused_with_the_member_and_the_remedy(w):
    """Lone-surrogate: exit 3, the bytes are kept, and the message says which member and what to do."""
    w.site()
    ran = w.airlock("process", inputs("lone-surrogate"), code=3)
    assert "after `/properties/teams/2/events_count_by_name/$identify`: an unpaired surrogate" in ran.err, ran.err
    assert "hint: fix the program that makes the report" in ran.err, ran.err
    kept, = (w.site_path / "held").iterdir()
    assert kept.read_bytes() == inputs("lone-surrogate").read_bytes()


def test_a_mistyped_tier_holds_reports_until_the_licence_is_mended(w):
    """Mistyped tier: refused at issue, warned of at install; reports are held, and the mended licence needs no authorise."""
    w.site()
    ran = w.vendor("licence", "issue", "--tier", "enterprise-airgaped", "--licensee", "x", "--any-site", "--not-after",
                   "2099-01-01", "--out", w.path / "typo.p7s", code=None)
    assert ran.code != 0 and "enterprise-air-gapped" in ran.err and not (w.path / "typo.p7s").exists(), ran.err
    typo = w.new_licence("enterprise-airgaped", ["air_gap"], extra=["--unknown"])
    installed = w.airlock("licence", "install", typo)
    assert "enterprise-airgaped" in installed.err, installed.err
    assert w.process(code=4)["outcome"] == "held"
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    done, = w.airlock("process", "--held", "--json").json["reports"]
    assert done["outcome"] == "sealed"


def test_early_renewal_the_old_licence_stays_in_force_until_the_new_one_begins(w):
    w.new_vendor().new_site()
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"], not_after=day(40)))
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"], not_after="2098-01-10",
                                                  extra=["--not-before", day(40)]))
    assert w.airlock("licence", "show", "--json").json["state"] == "valid"
    assert w.process()["outcome"] == "sealed"


def test_three_weeks_of_refusals_counted_shown_overdue_warned_of(w):
    w.site(tier="standard", entitlements=[])
    w.airlock("authorise", "--reason", "the contract", "--yes")
    for days in (7, 14, 21):
        report = json.loads(inputs("new-fields-after-upgrade").read_text())
        report["properties"]["posthog_version"] = f"1.{days}.0"
        (w.site_path / "inbox" / f"{days}.json").write_text(json.dumps(report))
        w.run("faketime", "-f", f"+{days}d", w.program("airlock"), "--site", w.site_path, "process", "--inbox", code=4)
    later = ["faketime", "-f", "+22d", w.program("airlock"), "--site", w.site_path]
    status = w.run(*later, "status", "--json").json
    assert (status["held"], status["schedule"]["overdue"]) == (3, True)
    assert [g["reason"] for g in status["waiting"]] == ["dictionary"]
    assert "3 reports are held" in w.run(*later, "status").text, "status"
    assert "3 held since" in w.run(*later, "doctor", code=None).text, "doctor"


def test_gitlab_like_proposals_can_be_pasted_as_they_are(w):
    """Gitlab-like: proposals can be pasted as they are, a long number is an id, `null` and -1 can be declared."""
    folder = FIELD / "gitlab-like"
    report = folder / "gitlab.json"
    found = w.airlock("dictionary", "check", report, "--dictionary", folder / "gitlab-dict0.json", "--json", code=4).json
    proposals = {m["path"]: m["proposal"] for m in found["misfits"]}
    assert proposals["/database/pg_system_id"]["class"] == "identifier"
    assert proposals["/database/flavor"]["nullable"] == True
    assert proposals["/counts/boards"]["sentinels"] == [-1]
    dictionary = json.loads((folder / "gitlab-dict0.json").read_text())
    dictionary["format"] = "airlock-dictionary/2"
    dictionary["fields"] += [p for p in proposals.values() if p]
    pasted = w.file("pasted.json", json.dumps(dictionary))
    w.airlock("dictionary", "check", pasted)
    assert w.airlock("dictionary", "check", report, "--dictionary", pasted, "--json").json["misfits"] == []
    assert "/usage_activity_by_stage/manage/users_created/*" in proposals, "an empty key is declared by a `*`"

    nullable = json.loads((folder / "gitlab-dict2.json").read_text())
    again = w.airlock("dictionary", "check", report, "--dictionary", folder / "gitlab-dict2.json", "--json", code=4).json
    nullable["format"] = "airlock-dictionary/2"
    for proposal in (m["proposal"] for m in again["misfits"] if m["proposal"]):
        proposal.pop("review", None)
        proposal.get("key", {}).pop("review", None)
        nullable["fields"].append(proposal)
    kit = w.file("gitlab.json", json.dumps(nullable))
    w.new_vendor(policy=folder / "gl-policy.json", dictionary=kit, product="gitlab").new_site()
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    assert w.process(folder / "gitlab-next.json")["outcome"] == "sealed", "-1 is no copy of -1"


def test_a_sentinel_and_a_null_are_never_rounded_or_suppressed(w):
    """A sentinel and a null are never rounded or suppressed, and a required field that has no value holds the report."""
    dictionary = {
        "format": "airlock-dictionary/2", "name": "d", "product": "posthog", "roles": {"event": "/event"}, "events": ["e"],
        "sentinels": [-1],
        "fields": [{"path": "/event", "type": "enum", "values": ["e"], "class": "usage"},
                   {"path": "/billed", "type": "count", "class": "usage", "required": True},
                   {"path": "/a", "type": "count", "class": "usage"},
                   {"path": "/b", "type": "count", "class": "usage", "nullable": True}]}
    policy = {"format": "airlock-policy/1", "name": "p", "version": "1", "otherwise": "withhold", "rules": [], "claims": [],
              "tiers": {"t": {"disposition": "seal", "profiles": ["round"], "may": ["seal"]}},
              "profiles": {"round": {"undeclared": "drop", "redactions": [{"class": "usage", "do": "round", "to": 100}]}}}
    w.new_vendor(policy=w.file("p.json", json.dumps(policy)), dictionary=w.file("d.json", json.dumps(dictionary))).new_site()
    w.airlock("licence", "install", w.new_licence("t"))

    def left(report, code=0):
        return w.airlock("preview", w.file("r.json", json.dumps(report)), code=code)

    rounded = json.loads(left({"event": "e", "billed": 149, "a": -1, "b": None}).out)
    assert rounded == {"billed": 100, "a": -1, "b": None}
    for billed in ({}, {"billed": -1}, {"billed": None}, {"billed": "many"}):
        ran = left({"event": "e", **billed}, code=4)
        assert "`/billed` is required" in ran.err and ran.out == b"", ran.err
    w.airlock("dictionary", "check", w.file("old.json", json.dumps({**dictionary, "format": "airlock-dictionary/1"})))
    for fault, why in (({"sentinels": [3]}, "is a value that the field's types allow"), ({"sentinels": [1.5]}, "whole numbers"),
                       ({"sentinels": list(range(-9, 0))}, "8"), ({"path": "/c/*", "required": True}, "without `*`")):
        fields = [*dictionary["fields"], {"path": "/c", "type": "count", "class": "usage", **fault}]
        ran = w.airlock("dictionary", "check", w.file("f.json", json.dumps({**dictionary, "fields": fields})), code=3)
        assert why in ran.err, ran.err


def test_more_sentinels_than_before_are_looser_held_until_authorised(w):
    dictionary = json.loads((TOP / "policy/dictionary/posthog-status-report.json").read_text())
    w.site()
    dictionary["format"] = "airlock-dictionary/2"
    dictionary["sentinels"] = [-1]
    w.airlock("kit", "install", w.new_kit(dictionary=w.file("d.json", json.dumps(dictionary))))
    done = w.process(inputs("minus-one-is-silent"), code=4)
    assert (done["reason"], done["misfits"]) == ("ceiling", [])
    assert "sentinel -1" in done["message"], done["message"]
    w.airlock("authorise", "--reason", "-1 is no figure", "--yes")
    left, = w.airlock("process", "--held", "--json").json["reports"]
    assert left["outcome"] == "sealed"
