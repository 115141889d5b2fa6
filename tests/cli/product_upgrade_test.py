"""A product is upgraded: what leaves and what is held at a refusing and at a dropping site while the kit is old, what the
vendor sees, and what the kit for the new version needs, with and without a standing consent."""
import json

from drift_test import POLICY, UPGRADE, crm, dictionary, drift, intake, process, rows, site_of

CONSENT = ["--also-new", "class=usage", "type=count"]
TOKENS = {"path": "/ai/tokens", "type": "count", "class": "usage", "purpose": "billing"}
OWNER = {"path": "/owner_email", "type": "email", "class": "person"}


def kit(w, name, *more):
    """A newer kit with this dictionary of the samples, and with more declarations."""
    document = json.loads(dictionary(w, name).read_text())
    document["fields"] += more
    text = w.file(f"kit-{len(list(w.path.iterdir()))}.json", json.dumps(document))
    return w.new_kit(w.path / "policy.json", text)


def authorise(w, site, *words):
    return w.airlock("authorise", "--reason", "the board, 2026-12-01", "--yes", *words, site=site).text


def waiting(w, site):
    return len(w.airlock("status", "--json", site=site).json["waiting"])


def left(w, site):
    """The newest report that left, as the vendor opens it."""
    newest = max((site / "outbox").glob("*.p7m"), key=lambda path: path.stat().st_mtime_ns)
    return w.vendor("open", newest).json


def test_an_upgrade_from_the_first_report_to_the_kit_for_it(w):
    """v1 under d1, v2 under d1, drift, the kit with d2, authorise, and all that was held leaves."""
    crm(w)
    whole, part = site_of(w, "whole", "whole"), site_of(w, "part", "part")
    for site in (whole, part):
        assert process(w, site, UPGRADE / "v1.json")["outcome"] == "sealed"
    # The product is upgraded first: one site holds what it does not know, the other one drops and counts it.
    held = process(w, whole, UPGRADE / "v2.json", code=4)
    assert (held["outcome"], held["reason"]) == ("held", "dictionary"), held
    process(w, part, UPGRADE / "v2.json")
    report = left(w, part)
    assert set(report) == {"kind", "from", "to", "version", "seats"}, "without the unknown and the ill-typed members"
    process(w, whole, w.file("v1b.json", (UPGRADE / "v1.json").read_text().replace("120", "121")))
    for site in (whole, part):
        intake(w, site)
    found = drift(w)
    assert (found["whole"]["held"], found["whole"]["drift"]) == (1, [])
    assert rows(found["part"]) == {("undeclared", "/", 2, "5.0.0-rc.1"), ("ill_typed", "/storage_gb", 1, "5.0.0-rc.1"),
                                   ("ill_typed", "/backend", 1, "5.0.0-rc.1")}
    # The kit for it: what it would loosen is shown before it is installed and after, at each site by its own tier.
    newer = kit(w, "d2")
    for site, owner_leaves in ((whole, True), (part, False)):
        text = w.airlock("kit", "verify", newer, site=site).text
        assert "reports of event `weekly usage` will be held once it is installed, until `airlock authorise" in text, text
        assert "  what may stand for the value of `/storage_gb`: type `count` becomes `number`\n" in text, text
        assert "  what may stand for the value of `/backend`: one enum value more: `cockroach`\n" in text, text
        assert ("the value of `/owner_email`: not declared becomes keep" in text) == owner_leaves, text
        assert "  class=usage type=count: `/ai/tokens`\nbut more than that is looser" in text, text
        installed = w.airlock("kit", "install", newer, "--json", site=site).json
        reasons = {each["reason"] for each in installed["held"][0]["looser"]}
        assert {"type `count` becomes `number`", "one enum value more: `cockroach`"} <= reasons, reasons
        assert installed["consents"] == [{"also_new": "class=usage type=count", "paths": ["/ai/tokens"]}], "not owner_email"
        assert installed["by_consent"] == []
    again = w.airlock("process", "--held", "--json", site=whole, code=4).json
    assert again, "still held, now by the ceiling"
    for site in (whole, part):
        said = authorise(w, site)
        assert "`/storage_gb`" in said, said
    w.airlock("process", "--held", site=whole)
    assert waiting(w, whole) == 0
    assert left(w, whole) == json.loads((UPGRADE / "v2.json").read_text()), "byte for byte"
    process(w, part, w.file("v3.json", (UPGRADE / "v2.json").read_text().replace("121", "122")))
    report = left(w, part)
    assert (report["storage_gb"], report["backend"], report["ai"]["tokens"]) == (55.4, "cockroach", 123456)
    assert "owner_email" not in report and "admin" not in report and "gpt" not in json.dumps(report), report
    intake(w, part)
    assert {row["version"] for row in drift(w)["part"]["drift"] if row["newest_dictionary"]} == set(), "d2 knows all of it"
    for site in (whole, part):
        w.airlock("ledger", "verify", site=site)


def test_with_a_standing_consent_the_new_count_leaves_and_no_more(w):
    """A consent lets the new count in by itself; a kit with anything else looser waits, and an owner's address never counts."""
    crm(w)
    whole, part = site_of(w, "whole", "whole"), site_of(w, "part", "part")
    for site in (whole, part):
        authorise(w, site, *CONSENT)
        process(w, site, UPGRADE / "v1.json")
    wide = kit(w, "d1b", TOKENS)
    for site in (whole, part):
        text = w.airlock("kit", "install", wide, site=site).text
        assert "reports of event `weekly usage` are held until `airlock authorise" in text, text
        assert "class=usage type=count: `/ai/tokens`\nbut more" in text, text
    first = kit(w, "d1b")  # the next one, without the count
    for site in (whole, part):
        w.airlock("kit", "install", first, site=site)
        authorise(w, site)
    # `/ai/tokens` was declared by an earlier kit, so it is not new any more: a person has to see it.
    assert w.airlock("kit", "install", kit(w, "d1b", TOKENS), "--json", site=part).json["by_consent"] == []
    authorise(w, part)
    seats = {"path": "/crm/seats_idle", "type": "count", "class": "usage"}
    newest = kit(w, "d1b", TOKENS, seats, OWNER)
    installed = w.airlock("kit", "install", newest, "--json", site=whole).json
    assert installed["by_consent"] == [] and installed["held"], "the owner's address would leave where all does"
    assert w.airlock("kit", "install", newest, "--json", site=part).json["by_consent"] == ["/crm/seats_idle"]


def test_a_consent_alone_is_enough_where_only_new_counts_come(w):
    """d1 with the new count and the dropped address: at a dropping site the consent covers all of it."""
    crm(w)
    whole, part = site_of(w, "whole", "whole"), site_of(w, "part", "part")
    for site in (whole, part):
        authorise(w, site, *CONSENT)
    newest = kit(w, "d1", TOKENS, OWNER)
    text = w.airlock("kit", "verify", newest, site=part).text
    assert "consented to them:\n  /ai/tokens\nnothing in it is looser than this site's ceiling" in text, text
    assert w.airlock("kit", "install", newest, "--json", site=part).json["by_consent"] == ["/ai/tokens"]
    process(w, part, UPGRADE / "v2.json")
    report = left(w, part)
    assert report["ai"] == {"tokens": 123456} and "owner_email" not in report, report
    installed = w.airlock("kit", "install", newest, "--json", site=whole).json
    assert installed["by_consent"] == [] and installed["held"][0]["event"] == "weekly usage", installed
    assert any(each["what"] == "the value of `/owner_email`" for each in installed["held"][0]["looser"])


def test_a_consent_never_covers_a_persons_number_that_moved(w):
    """A person's number at a new path, below or above its old one, under its own name elsewhere, or as a key, is held."""
    def phone(path, cls="usage", **more):
        return {"path": path, "type": "integer", "class": cls, **more}
    crm(w)
    part = site_of(w, "part", "part")
    w.airlock("kit", "install", kit(w, "d1", phone("/who/phone", "person")), site=part)
    authorise(w, part, "--also-new", "class=usage", "type=integer")
    old = phone("/who/phone", "person")
    for fields in ([phone("/who/phone")],                         # reclassified where it is
                   [old, phone("/contact/phone")],                # moved under its own name
                   [phone("/contact/number")],                    # moved, and no longer declared where it was
                   [phone("/who")], [phone("/who/phone/number")],  # above and below
                   [old, phone("/numbers/*", key={"type": "text", "class": "usage"})]):  # as members of an object, or its keys
        installed = w.airlock("kit", "install", kit(w, "d1", *fields), "--json", site=part).json
        assert installed["by_consent"] == [] and installed["held"], fields
    other = w.airlock("kit", "install", kit(w, "d1", old, phone("/teams/size")), "--json", site=part).json
    assert (other["by_consent"], other["held"]) == (["/teams/size"], []), other


def test_a_required_figure_that_is_missing_holds_the_report_under_every_profile(w):
    """Missing, ill-typed, null or a sentinel: held with the path, where undeclared values are dropped and where they are refused."""
    policy = w.file("policy.json", json.dumps(POLICY))
    document = json.loads((UPGRADE / "d1.json").read_text())
    document["format"] = "airlock-dictionary/2"
    for field in document["fields"]:
        if field["path"] == "/seats":
            field.update(required=True, nullable=True, sentinels=[-1])
    w.new_vendor(policy, w.file("d.json", json.dumps(document)), product="crm")
    report = json.loads((UPGRADE / "v1.json").read_text())
    for tier in ("whole", "part"):
        site = site_of(w, tier, tier)
        for value in (None, -1, "120", 120.5, ...):
            changed = {**report, "seats": value}
            if value is ...:
                del changed["seats"]
            held = process(w, site, w.file("changed.json", json.dumps(changed)), code=4)
            assert held["outcome"] == "held" and "`/seats`" in held["message"], (tier, value, held)
        assert process(w, site, UPGRADE / "v1.json")["outcome"] == "sealed"
