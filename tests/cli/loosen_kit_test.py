"""Kits that would let more out than before: held until a person has seen the difference."""
import json
import shutil

from harness import DICTIONARY, POLICY, TOP
from loosening import DESTINATION, authorise, held, left


def edited(w, path, change):
    document = json.loads(path.read_bytes())
    change(document)
    return w.file(f"edited-{len(list(w.path.iterdir()))}.json", json.dumps(document))


def kit_with(w, policy=None, dictionary=None, delivery=None):
    """A newer kit, its parts changed."""
    out = w.path / f"changed-{len(list(w.path.iterdir()))}.p7s"
    more = ["--delivery", w.file("delivery.json", json.dumps(delivery))] if delivery else []
    w.vendor("kit", "build", "--policy", edited(w, POLICY, policy) if policy else POLICY, "--dictionary",
             edited(w, DICTIONARY, dictionary) if dictionary else DICTIONARY, *more, "--out", out)
    return out


def test_a_kit_that_adds_a_recipient_or_moves_the_destination_is_held(w):
    """A kit that adds a recipient, or moves the destination, on a sealing site too: held until `authorise`."""
    w.site()
    assert w.process(w.report_of("1.35.1"))["outcome"] == "sealed"
    home = w.home
    w.airlock("kit", "install", kit_with(w, delivery=DESTINATION))
    held(w, 2, "destinations: none -> `https-json https://reports.vendor.example/v1`")
    authorise(w, "https://reports.vendor.example/v1")
    assert w.airlock("process", "--held", "--json").json["reports"][0]["outcome"] == "sealed"
    # The same vendor with another recipient's key.
    other = w.path / "other-vendor"
    w.home = other
    w.vendor("init", "--name", "Other", "--product", "posthog")
    recipients = {n: (home / n).read_bytes() for n in ("recipient.crt", "recipient.key")}
    for name in recipients:
        shutil.copy(other / name, home / name)
    w.home = home
    w.airlock("kit", "install", kit_with(w, delivery=DESTINATION))
    held(w, 3, "recipients")
    authorise(w, "recipients")
    assert w.process(w.report_of("1.35.4"))["outcome"] == "sealed"
    w.ledger_ok()


def empty_strict(policy):
    policy["profiles"]["strict"]["redactions"] = []


def person_is_usage(dictionary):
    field = next(f for f in dictionary["fields"] if f.get("class") == "person" and "type" in f)
    field["class"] = "usage"


def one_more(dictionary):
    dictionary["fields"].append({"path": "/properties/brand_new", "type": "text", "class": "usage", "purpose": "support",
                                 "about": "new"})


def retyped(dictionary):
    field = next(f for f in dictionary["fields"] if f.get("type") == "count" and f.get("class") == "usage" and
                 "sum_of" not in f and "delta_of" not in f)
    field["type"] = ["count", "text"]


def test_a_kit_that_lets_more_out_is_held_until_authorise(w):
    """A kit that empties a profile, reclassifies a field, declares one more or lets text into a count: held until `authorise`."""
    w.site()
    person = next(f["path"] for f in json.loads(DICTIONARY.read_bytes())["fields"]
                  if f.get("class") == "person" and "type" in f)
    changes = (({"policy": empty_strict}, ["-> pseudonymise"]), ({"dictionary": person_is_usage}, [person, "-> keep"]),
               ({"dictionary": one_more}, ["/properties/brand_new", "-> keep"]), ({"dictionary": retyped}, ["`count`, `text`"]))
    for n, (parts, words) in enumerate(changes):
        # From what is shipped, each time: a stricter kit lowers the ceiling by itself.
        w.airlock("kit", "install", kit_with(w))
        w.airlock("kit", "install", kit_with(w, **parts))
        result = w.process(w.report_of(f"1.35.{n}"), code=4)
        assert (result["outcome"], result["reason"]) == ("held", "ceiling"), str(parts)
        shown = json.dumps(w.airlock("status", "--json").json["events"][0]["looser"], ensure_ascii=False)
        for word in words:
            assert word.replace("-> ", "") in shown, f"{word} is not in {shown}"
        assert left(w) == []
    authorise(w, "what may stand for")
    done = w.airlock("process", "--held", "--json").json["reports"]
    assert {r["outcome"] for r in done} == {"sealed"}
    w.ledger_ok()


EMAIL = "jane.roe@bank.example"
USER = "/properties/users_who_logged_in/*/email"
TEAM = "/properties/teams/*"


def with_copies(w, n):
    """An e-mail address that the shipped kit drops: of a user, as a team's name and in a twin; and a copy of each elsewhere."""
    def change(d):
        p = d["properties"]
        p["posthog_version"] = f"1.36.{n}"
        p["users_who_logged_in"] = [{"id": 1, "distinct_id": "u", "first_name": "Jane", "email": EMAIL}]
        p["deployment"] = f"installed by {EMAIL}"
    return w.report(change)


def of_team(w, n):
    def change(d):
        d["properties"].update({"posthog_version": f"1.37.{n}", "deployment": f"installed by {EMAIL}",
                                "users_who_logged_in": [], "teams": {EMAIL: {"ff_count": 1}}})
    return w.report(change)


def of_twin(w, n):
    def change(d):
        d["properties"].update({"posthog_version": f"1.38.{n}", "deployment": f"installed by {EMAIL}",
                                "users_who_logged_in": [], "users_who_logged_in__0__email": EMAIL})
    return w.report(change)


def field(dictionary, path):
    return next(f for f in dictionary["fields"] if f["path"] == path)


def to_content(d):
    field(d, USER)["class"] = "content"


def to_enum(d):
    field(d, USER).update({"type": "enum", "values": [EMAIL]})


def undeclare(d):
    d["fields"].remove(field(d, USER))


def shadow(d):
    d["fields"].append({"path": f"/properties/teams/{EMAIL}/ff_count", "type": "count", "class": "person",
                        "purpose": "none", "about": "one team"})


def key_to_content(d):
    field(d, TEAM)["key"]["class"] = "content"


def without_twins(d):
    del d["twins"]


def other_twins(d):
    d["twins"]["separator"] = "--"


# What the kit changes, the report whose copy the kit before stopped, and words of the message.
ATTACKS = ((to_content, with_copies, f"the class of `{USER}`: `person` -> `content`"),
           (to_enum, with_copies, f"what of the value of `{USER}` is looked for elsewhere: `email` -> not `enum {EMAIL}`"),
           (undeclare, with_copies, f"the value of `{USER}`: drop, class `person` -> not declared"),
           (shadow, of_team, f"the member `/properties/teams/{EMAIL}`: one of `{TEAM}` -> declared by its name"),
           (key_to_content, of_team, f"the class of the key of `{TEAM}`: `identifier` -> `content`"),
           (without_twins, of_twin, "which names are twins: those with `__` in `/properties` -> none"),
           (other_twins, of_twin, "-> those with `--` in `/properties`"))


def test_a_kit_for_which_the_leak_scan_looks_for_less_is_held(w):
    """A kit for which the leak scan would look for less is held until `authorise`, and the copied e-mail address stays."""
    w.site()
    for report in (with_copies, of_team, of_twin):
        done = w.process(report(w, 0))
        gone = {"path": "/properties/deployment", "what": "copied", "action": "copied", "count": 1}
        assert gone in done["redactions"], f"{report.__name__}: the copy goes under the kit before"
        assert EMAIL.encode() not in w.vendor("open", done["bundle"]).out, report.__name__
    before = left(w)
    for n, (change, report, words) in enumerate(ATTACKS, 1):
        name = change.__name__
        w.airlock("kit", "install", kit_with(w, dictionary=change))
        result = w.process(report(w, n), code=4)
        assert (result["outcome"], result["reason"], left(w)) == ("held", "ceiling", before), name
        shown = w.airlock("status", "--json").json["events"][0]["looser"]
        texts = [f"{d['what']}: {d['from']} -> {d['to']}" for d in shown]
        assert any(words in text for text in texts), f"{name}: {words!r} is not in {texts}"
    authorise(w, ATTACKS[-1][2])
    done = w.airlock("process", "--held", "--json", code=(0, 4)).json["reports"]
    assert "sealed" in {r["outcome"] for r in done}, done
    w.ledger_ok()


def test_a_kit_that_only_tightens_needs_no_authorise(w):
    def tighten(d):
        field(d, "/properties/deployment")["class"] = "content"  # kept -> dropped
        field(d, USER)["class"] = "location"                     # of the same rank
        field(d, "/properties/realm")["values"].pop()
        d["fields"].remove(field(d, "/properties/instance_usage_summary/ff_count"))
        d["fields"].append({"path": "/properties/owner", "type": "text", "class": "person", "purpose": "none", "about": "new"})

    def tighten_policy(p):
        p["profiles"]["strict"]["redactions"].append({"class": "deployment", "do": "drop"})

    w.site()
    w.airlock("kit", "install", kit_with(w, dictionary=tighten, policy=tighten_policy))
    result = w.process(w.report(lambda d: d["properties"].update({"realm": "hosted-clickhouse"})))
    assert result["outcome"] == "sealed", result
    assert w.airlock("authorise", "--reason", "nothing", "--yes", "--json").json["authorised"] == False
    w.airlock("kit", "install", kit_with(w))
    held(w, 1, "the value of `/properties/deployment`: drop -> keep")


def test_a_licence_whose_tier_the_kit_does_not_know_moves_no_ceiling(w):
    """A licence whose tier the kit does not know moves no ceiling: the kit that knows it seals by itself, and so it stays."""
    w.new_vendor()
    w.new_site(kit=False)
    w.airlock("kit", "install", kit_with(w, policy=lambda p: (p["tiers"].pop("enterprise-air-gapped"),
                                                              p.update(claims=[p["claims"][0]]))))
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    assert w.process(w.report_of("1.35.1"), code=4)["outcome"] == "held"
    w.airlock("kit", "install", kit_with(w))
    assert w.process(w.report_of("1.35.2"))["outcome"] == "sealed"
    w.airlock("licence", "install", w.new_licence("unheard-of", extra=["--unknown"]))
    assert w.process(w.report_of("1.35.3"), code=4)["outcome"] == "held"
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    assert w.process(w.report_of("1.35.4"))["outcome"] == "sealed", "the ceiling is where it was"


def released(w):
    """A vendor and a site that the release before classes made: kit number 1, a licence, one report that was sealed."""
    w.run("tar", "-xzf", TOP / "tests/kit/released/site-1.tar.gz", "-C", w.path)
    w.site_id = json.loads((w.site_path / "airlock.json").read_text())["site_id"]


def test_a_site_of_the_release_before_classes_goes_on_sealing(w):
    """A site of the release before classes goes on sealing: its ceiling takes them from the kit in force, and holds after that."""
    released(w)
    w.ledger_ok()
    before = left(w)
    assert w.process(w.report_of("1.35.11"))["outcome"] == "sealed"
    configured = json.loads(w.run("sqlite3", w.site_path / "ledger.db",
                                  "SELECT body FROM entries WHERE kind = 'configured' ORDER BY seq DESC LIMIT 1").text)
    assert "configuration_sha256" in configured, "the completed ceiling is recorded"
    assert len(left(w)) == len(before) + 2
    for change in (to_content, undeclare):
        w.airlock("kit", "install", kit_with(w, dictionary=change))
        result = w.process(with_copies(w, len(change.__name__)), code=4)
        assert (result["outcome"], result["reason"]) == ("held", "ceiling"), change.__name__
    w.ledger_ok()


def test_without_the_kit_of_a_ceiling_without_classes_everything_is_held(w):
    """The kit of a ceiling without classes is gone: everything is held until `authorise`, which then records classes."""
    released(w)
    (w.site_path / "public/kit.p7s").unlink()
    w.airlock("kit", "install", kit_with(w))
    held(w, 11, "classes of values and keys: not recorded, by an older release -> known")
    authorise(w, "classes of values and keys")
    assert [r["outcome"] for r in w.airlock("process", "--held", "--json").json["reports"]] == ["sealed"]
    w.airlock("kit", "install", kit_with(w, dictionary=to_content))
    held(w, 12, f"the class of `{USER}`: `person` -> `content`")
    w.ledger_ok()


def test_a_kit_of_a_lower_or_far_higher_number_needs_authorise(w):
    """A kit with a lower number, or one more than 1 000 above, needs `authorise`; installing the kit in force takes it back."""
    w.site()
    first, second = w.kit, w.new_kit()
    w.airlock("kit", "install", second)
    ran = w.airlock("kit", "install", first, code=4)
    assert "is older than number 2" in ran.err and "airlock authorise" in ran.err, ran.err
    assert w.airlock("kit", "show", "--json").json["number"] == 2
    assert w.process(w.report_of("1.35.1"))["outcome"] == "sealed", "the kit in force still counts"
    w.airlock("kit", "install", second)
    assert w.airlock("authorise", "--reason", "none", "--yes", "--json").json["authorised"] == False
    w.airlock("kit", "install", first, code=4)
    shown = w.airlock("authorise", "--reason", "kit 2 is broken", "--yes", "--json").json
    assert (shown["kit"], shown["kit_before"], shown["events"]) == (1, 2, [])
    assert w.airlock("kit", "show", "--json").json["number"] == 1
    w.airlock("kit", "install", first)
    assert w.process(w.report_of("1.35.2"))["outcome"] == "sealed"
    w.run("sqlite3", w.home / "register.db", "INSERT INTO kits VALUES (4999, '2026-01-01T00:00:00Z', '')")
    far = w.new_kit()
    ran = w.airlock("kit", "install", far, code=4)
    assert "more than 1000 above" in ran.err, ran.err
    w.airlock("authorise", "--reason", "the vendor says so", "--yes")
    assert w.airlock("kit", "show", "--json").json["number"] >= 5000, "in force"
    assert w.process(w.report_of("1.35.3"))["outcome"] == "sealed"
    assert not (w.site_path / "kit-proposed.p7s").exists(), "nothing waits any more"
    w.ledger_ok()
