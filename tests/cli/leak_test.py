"""The last look: copies of what was taken out go too, honest reports leave, and what cannot go is held."""
import base64
import json
import random

from harness import TOP

PERSON = {"id": 17, "distinct_id": "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789", "first_name": "Marisol",
          "email": "marisol@bank.example"}


def authorised(w, tier):
    """A site whose ceiling is no obstacle."""
    w.site(tier=tier, entitlements=["air_gap"] if tier == "enterprise-air-gapped" else [])
    w.airlock("authorise", "--reason", "the contract", "--yes")


def preview(w, change, code=0):
    return w.airlock("preview", w.report(change), code=code)


def copied(result):
    return {r["path"]: r["count"] for r in result["redactions"] if r["action"] == "copied"}


def small_integer(report):
    properties = report["properties"]
    properties["plugins_installed"] = {"GeoIP": 3, "Avo": 2}
    properties["teams"]["2"]["duplicate_distinct_ids"]["new_total_extra_distinct_id_rows"] = 3


def new_plugin_list(report):
    report["properties"]["plugins_active_names"] = list(report["properties"]["plugins_installed"])


def new_primary_lib(report):
    report["properties"]["primary_lib"] = next(iter(report["properties"]["teams"]["2"]["events_count_by_lib"]))


def product_as_first_name(report):
    report["properties"]["users_who_logged_in"] = [{**PERSON, "first_name": "PostHog"}]


def url_without_scheme(report):
    report["properties"]["site_url"] = "playground.posthog.net"


def test_honest_reports_whose_values_are_alike_by_coincidence_leave(w):
    """Honest reports whose values are alike by coincidence leave, which today's scan refused."""
    authorised(w, "scale")
    changes = (small_integer, new_plugin_list, new_primary_lib, product_as_first_name, url_without_scheme)
    for change in changes:
        assert json.loads(preview(w, change).text)["event"] == "user instance status report", change.__name__
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    for change in changes:
        assert json.loads(preview(w, change).text)["event"] == "user instance status report", change.__name__


def test_a_copy_goes_with_its_member_and_is_counted_by_its_own_path(w):
    """A copy goes with its member, is counted by its own path, and only people at the site are told of what it is one."""
    authorised(w, "scale")

    def change(report):
        report["properties"]["users_who_logged_in"] = [PERSON]
        report["properties"]["deployment"] = "set up by marisol@bank.example"
        report["properties"]["plugins_installed"]["tool of Marisol"] = 4
        report["properties"]["helm"]["release_name"] = base64.b64encode(b"-marisol@bank.example-").decode()

    report = w.report(change)
    done = w.airlock("process", report, "--no-deliver", "--json", code=7)
    wanted = {"/properties/deployment": 1, "/properties/plugins_installed/*": 1, "/properties/helm/release_name": 1}
    assert copied(done.json) == wanted
    told = w.airlock("process", report, "--dry-run").text
    assert "copied from" not in json.dumps(done.json), "no count names the source"
    assert "/properties/deployment: 1 copied from /properties/users_who_logged_in/*/email" in told, told
    explained = w.airlock("explain", report).text
    assert "/properties/plugins_installed/*: 1 copied from /properties/users_who_logged_in/*/first_name" in explained, explained
    left = json.loads(w.airlock("preview", report).text)
    for secret in ("arisol", "bWFyaXNvb"):
        assert secret not in json.dumps(left), secret
    assert "deployment" not in left["properties"] and left["properties"]["plugins_installed"], "only the copies went"
    entries = w.airlock("ledger", "show", done.json["number"], "--json").json["entries"]
    for entry in entries:
        entry.get("decision", {}).pop("terms", None)  # the terms name every declared path, whatever the report holds
    assert "users_who_logged_in" not in json.dumps(entries), "no entry names the source"


def test_status_counts_copies_and_warns_once_a_member_goes_again(w):
    """Status counts what went as a copy, and warns once the same member goes a second time."""
    authorised(w, "scale")
    assert w.airlock("status", "--json").json["copied"] == []
    for n in (1, 2):
        def change(report):
            report["properties"]["users_who_logged_in"] = [PERSON]
            report["properties"]["posthog_version"] = f"1.35.{n}"
            report["properties"]["plugins_installed"]["tool of Marisol"] = 4
            if n == 2:
                report["properties"]["helm"] = {"release_name": "marisol@bank.example"}
        w.airlock("process", w.report(change), "--no-deliver", code=7)
        status = w.airlock("status")
        row, = (c for c in w.airlock("status", "--json").json["copied"] if c["path"].endswith("/plugins_installed/*"))
        assert (row["members"], row["disclosures"]) == (n, n)
        assert f"{row['path']}: {n} taken out as copies, of {n} of the newest 52 disclosures" in status.text, status.text
        assert ("warning: `/properties/plugins_installed/*` was taken out" in status.err) == (n == 2), status.err
    assert "release_name" not in status.err, status.err


def test_to_let_copies_go_where_they_were_held_is_looser(w):
    """To let copies go where the policy held the report is looser: held by the ceiling until somebody authorises."""
    policy = json.loads((TOP / "policy" / "posthog-default.json").read_text())
    loose = w.file("loose.json", json.dumps(policy))
    policy["format"] = "airlock-policy/2"
    for profile in policy["profiles"].values():
        profile["copies"] = "hold"
    strict = w.file("strict.json", json.dumps(policy))
    w.new_vendor(policy=strict)
    w.site()
    assert w.process(w.report_of("1.36.0"))["outcome"] == "sealed"
    w.airlock("kit", "install", w.new_kit(policy=loose))
    held = w.process(w.report_of("1.36.1"), code=4)
    assert (held["outcome"], held["reason"]) == ("held", "ceiling")
    assert "a report with a copy of a value that is taken out: held -> " in held["message"], held["message"]
    w.airlock("authorise", "--reason", "seen", "--yes")
    w.airlock("kit", "install", w.new_kit(policy=strict))
    assert w.process(w.report_of("1.36.2"))["outcome"] == "sealed"
    w.ledger_ok()


def test_where_a_profile_holds_copies_the_report_is_held_with_both_ways_out(w):
    """Where a profile holds copies nothing goes: the report is held with its bytes, and the hint names both ways out."""
    text = (TOP / "policy" / "posthog-default.json").read_text()
    text = text.replace("airlock-policy/1", "airlock-policy/2").replace('"undeclared": "drop", "redactions"',
                                                                         '"undeclared": "drop", "copies": "hold", "redactions"')
    w.new_vendor(policy=w.file("policy.json", text))
    w.site()

    def change(report):
        report["properties"]["users_who_logged_in"] = [PERSON]
        report["properties"]["deployment"] = "set up by marisol@bank.example"

    held = w.process(w.report(change), code=4)
    assert (held["outcome"], held["reason"]) == ("held", "leak")
    assert "marisol" not in json.dumps(held), "no value is told"
    for part in ("`/properties/deployment`", "`redact_also`", "`enum`"):
        assert part in held["message"] + held["hint"], held["hint"]
    assert len([f for f in (w.site_path / "held").iterdir() if f.is_file()]) == 1, "its bytes are kept"
    assert w.outbox() == []


def test_copies_needs_the_newer_format_of_a_policy_which_says_so(w):
    text = (TOP / "policy" / "posthog-default.json").read_text()
    old = text.replace('"undeclared": "drop", "redactions"', '"undeclared": "drop", "copies": "hold", "redactions"')
    dictionary = TOP / "policy" / "dictionary" / "posthog-status-report.json"
    refused = w.run(w.program("airlock"), "policy", "check", w.file("p.json", old), "--dictionary", dictionary, code=3)
    assert "`/profiles/no-person/copies`: needs the format `airlock-policy/2`" in refused.err, refused.err
    new = old.replace("airlock-policy/1", "airlock-policy/2")
    w.run(w.program("airlock"), "policy", "check", w.file("p.json", new), "--dictionary", dictionary)


def ordinary(seed):
    """The published report with the small figures of an ordinary company, where values meet by coincidence."""
    pick = random.Random(seed)
    plugins = ["GeoIP", "Avo", "Hubspot", "Salesforce", "Sentry", "THE CRASH", "onEvent", "job"]

    def change(report):
        properties = report["properties"]
        for name in [n for n in properties if n.startswith(("teams__", "plugins_"))]:
            del properties[name]
        for name in ("plugins_installed", "plugins_enabled"):
            properties[name] = {p: pick.randrange(1, 5) for p in pick.sample(plugins, 5)}
        for team in properties["teams"].values():
            team["events_count_by_name"] = {n: pick.randrange(400) for n in pick.sample(["$pageview", "Lead", "2", "web", "Avo"], 4)}
            team["events_count_by_lib"] = {"web": pick.randrange(400), "posthog-python": 3}
            for name in team["duplicate_distinct_ids"]:
                team["duplicate_distinct_ids"][name] = pick.choice([0, 1, 1, 2, 3, 5])
        properties["users_who_logged_in"] = [
            {**PERSON, "id": i, "first_name": pick.choice(["Austin", "Mei", "Docker", "Posthog"])} for i in range(1, 4)]
    return change


def test_of_12_ordinary_reports_none_is_stopped_under_the_strictest_tier(w):
    """Of 12 ordinary reports with small figures none is stopped under the strictest tier."""
    w.site()
    for seed in range(12):
        preview(w, ordinary(seed))
