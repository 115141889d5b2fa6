"""What people reported in public of comparable products, each as the case that it was (tests/kit/field)."""
import json
import shutil

from harness import TOP, case, check, equal, main

FIELD = TOP / "tests" / "kit" / "field"


def inputs(name):
    return FIELD / name / "report.json"


def authorised(w, tier):
    w.site(tier=tier, entitlements=["air_gap"] if tier == "enterprise-air-gapped" else [])
    w.airlock("authorise", "--reason", "the contract", "--yes")


def copied(result):
    return {r["path"] for r in result["redactions"] if r["action"] == "copied"}


@case("strict-small-integer: a small whole number is no copy of another one")
def _(w):
    w.site()
    equal(w.process(inputs("strict-small-integer"))["outcome"], "sealed")


@case("new-field-repeats-plugin-list, new-field-repeats-primary-lib: the new field is dropped and told, the rest leaves")
def _(w):
    authorised(w, "scale")
    for name in ("new-field-repeats-plugin-list", "new-field-repeats-primary-lib"):
        done = w.process(inputs(name), "--no-deliver", code=7)
        misfit, = done["misfits"]
        equal((misfit["what"], misfit["action"], misfit["count"]), ("undeclared", "drop", 1), name)
        place = misfit["places"][0]["place"]
        equal(copied(done), set(), name)
        explained = w.airlock("explain", inputs(name)).text
        check(f"{place} is dropped: the dictionary does not declare it" in explained, explained)
        left = json.loads(w.airlock("preview", inputs(name)).out)["properties"]
        check(place.rsplit("/", 1)[1] not in left and len(left) > 5, left)


@case("site-url-without-scheme: the report leaves, and the misfit is named")
def _(w):
    authorised(w, "scale")
    done = w.process(inputs("site-url-without-scheme"), "--no-deliver", code=7)
    equal([(m["path"], m["what"]) for m in done["misfits"]], [("/properties/site_url", "ill_typed")])
    told = w.airlock("process", inputs("site-url-without-scheme"), "--again", "--no-deliver", code=7)
    check("/properties/site_url is dropped: this string is no url or enum" in told.text, told.text)
    check("airlock dictionary check" in told.err, told.err)


@case("first-name-is-the-product: the copy goes too and is told; the report leaves every week")
def _(w):
    authorised(w, "scale")
    for n, week in enumerate(("1.0.0", "1.0.1")):
        report = json.loads(inputs("first-name-is-the-product").read_text())
        report["properties"]["posthog_version"] = week
        done = w.process(w.file(f"{n}.json", json.dumps(report)), "--no-deliver", code=7)
        check(copied(done), "nothing went as a copy")
    warned = w.airlock("status").err
    check("was taken out as a copy of another value more than once" in warned and "redact_also" in warned, warned)
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    equal(w.process(inputs("first-name-is-the-product"))["outcome"], "sealed")


@case("minus-one-is-silent: explain and process both say that it is dropped, and why")
def _(w):
    w.site()
    sentence = "/properties/instance_usage_summary/events_count_total is dropped: -1 is no count"
    for ran in (w.airlock("explain", inputs("minus-one-is-silent")), w.airlock("process", inputs("minus-one-is-silent"))):
        check(sentence in ran.text, ran.text)
    check("stays as it is" not in next(l for l in w.airlock("explain", inputs("minus-one-is-silent")).text.splitlines()
                                       if "/instance_usage_summary/events_count_total" in l), "it does not stay")


@case("explain --values shows each datum of the report with its value and what it becomes")
def _(w):
    w.site()
    report = w.report(lambda d: d["properties"].update({"odd": "x"}))
    text = w.airlock("explain", report, "--values").text
    check("      /properties/site_url: `" in text and "becomes `identifier-" in text, text)
    data = w.airlock("explain", report, "--values", "--json").json["data"]
    places = [p["place"] for fate in data for p in fate["places"]]
    equal(len(places), sum(fate["count"] for fate in data))
    few = w.airlock("explain", report, "--json").json["data"]
    check(all(len(fate["places"]) <= 3 and "value" not in fate["places"][0] for fate in few), "alike ones are folded")
    check(len(w.airlock("explain", report).text.splitlines()) < 200, "folded for people too")


@case("new-fields-after-upgrade: held, the new members are named, and the next kit lets it leave")
def _(w):
    w.site(tier="standard", entitlements=[])
    w.airlock("authorise", "--reason", "the contract", "--yes")
    shutil.copy(inputs("new-fields-after-upgrade"), w.site_path / "inbox" / "week.json")
    done, = w.airlock("process", "--inbox", "--no-deliver", "--json", code=4).json["reports"]
    equal((done["outcome"], done["reason"]), ("held", "dictionary"))
    names = {p["place"] for m in done["misfits"] for p in m["places"]}
    newer = FIELD / "new-fields-after-upgrade" / "dictionary-of-the-next-kit.json"
    old, new = (json.loads(p.read_text()) for p in (TOP / "policy/dictionary/posthog-status-report.json", newer))
    added = {f["path"] for f in new["fields"]} - {f["path"] for f in old["fields"]}
    check(names and names <= added, (names, added))
    w.airlock("kit", "install", w.new_kit(dictionary=newer))
    w.airlock("authorise", "--reason", "figures only", "--yes")
    left, = w.airlock("process", "--held", "--no-deliver", "--json", code=7).json["reports"]
    equal(left["outcome"], "queued")


@case("lone-surrogate: exit 3, the bytes are kept, and the message says which member and what to do")
def _(w):
    w.site()
    ran = w.airlock("process", inputs("lone-surrogate"), code=3)
    check("after `/properties/teams/2/events_count_by_name/$identify`: an unpaired surrogate" in ran.err, ran.err)
    check("hint: mend what makes the report" in ran.err, ran.err)
    kept, = (w.site_path / "held").iterdir()
    equal(kept.read_bytes(), inputs("lone-surrogate").read_bytes())


@case("mistyped tier: refused at issue, warned of at install; reports are held, and the mended licence needs no authorise")
def _(w):
    w.site()
    ran = w.vendor("licence", "issue", "--tier", "enterprise-airgaped", "--licensee", "x", "--any-site", "--not-after",
                   "2099-01-01", "--out", w.path / "typo.p7s", code=None)
    check(ran.code != 0 and "enterprise-air-gapped" in ran.err and not (w.path / "typo.p7s").exists(), ran.err)
    typo = w.new_licence("enterprise-airgaped", ["air_gap"], extra=["--unknown"])
    installed = w.airlock("licence", "install", typo)
    check("enterprise-airgaped" in installed.err, installed.err)
    equal(w.process(code=4)["outcome"], "held")
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    done, = w.airlock("process", "--held", "--json").json["reports"]
    equal(done["outcome"], "sealed")


@case("early renewal: the old licence stays in force until the new one begins")
def _(w):
    w.new_vendor().new_site()
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"], not_after="2027-01-10"))
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"], not_after="2098-01-10",
                                                  extra=["--not-before", "2027-01-10"]))
    equal(w.airlock("licence", "show", "--json").json["state"], "valid")
    equal(w.process()["outcome"], "sealed")


@case("three weeks of refusals: counted, shown, overdue, warned of")
def _(w):
    w.site(tier="standard", entitlements=[])
    w.airlock("authorise", "--reason", "the contract", "--yes")
    for day in (7, 14, 21):
        report = json.loads(inputs("new-fields-after-upgrade").read_text())
        report["properties"]["posthog_version"] = f"1.{day}.0"
        (w.site_path / "inbox" / f"{day}.json").write_text(json.dumps(report))
        w.run("faketime", "-f", f"+{day}d", w.program("airlock"), "--site", w.site_path, "process", "--inbox", code=4)
    later = ["faketime", "-f", "+22d", w.program("airlock"), "--site", w.site_path]
    status = w.run(*later, "status", "--json").json
    equal((status["held"], status["schedule"]["overdue"]), (3, True))
    equal([g["reason"] for g in status["waiting"]], ["dictionary"])
    check("3 reports are held" in w.run(*later, "status").text, "status")
    check("3 held since" in w.run(*later, "doctor", code=None).text, "doctor")


@case("gitlab-like: proposals can be pasted as they are, a long number is an id, `null` and -1 can be declared")
def _(w):
    folder = FIELD / "gitlab-like"
    report = folder / "gitlab.json"
    found = w.airlock("dictionary", "check", report, "--dictionary", folder / "gitlab-dict0.json", "--json", code=4).json
    proposals = {m["path"]: m["proposal"] for m in found["misfits"]}
    equal(proposals["/database/pg_system_id"]["class"], "identifier")
    equal(proposals["/database/flavor"]["nullable"], True)
    equal(proposals["/counts/boards"]["sentinels"], [-1])
    dictionary = json.loads((folder / "gitlab-dict0.json").read_text())
    dictionary["format"] = "airlock-dictionary/2"
    dictionary["fields"] += [p for p in proposals.values() if p]
    pasted = w.file("pasted.json", json.dumps(dictionary))
    w.airlock("dictionary", "check", pasted)
    left = w.airlock("dictionary", "check", report, "--dictionary", pasted, "--json", code=4).json["misfits"]
    equal([m["path"] for m in left], ["/usage_activity_by_stage/manage/users_created/"], "an empty key is declared by a `*` only")

    nullable = json.loads((folder / "gitlab-dict2.json").read_text())
    again = w.airlock("dictionary", "check", report, "--dictionary", folder / "gitlab-dict2.json", "--json", code=4).json
    nullable["format"] = "airlock-dictionary/2"
    nullable["fields"] += [m["proposal"] for m in again["misfits"] if m["proposal"]]
    kit = w.file("gitlab.json", json.dumps(nullable))
    w.new_vendor(policy=folder / "gl-policy.json", dictionary=kit, product="gitlab").new_site()
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    equal(w.process(folder / "gitlab-next.json")["outcome"], "sealed", "-1 is no copy of -1")


@case("a sentinel and a null are never rounded or suppressed, and a required field that has no value holds the report")
def _(w):
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
    equal(rounded, {"billed": 100, "a": -1, "b": None})
    for billed in ({}, {"billed": -1}, {"billed": None}, {"billed": "many"}):
        ran = left({"event": "e", **billed}, code=4)
        check("`/billed` is required" in ran.err and ran.out == b"", ran.err)
    old = {**dictionary, "format": "airlock-dictionary/1"}
    check("need `airlock-dictionary/2`" in w.airlock("dictionary", "check", w.file("old.json", json.dumps(old)), code=3).err,
          "an older release would not understand it")
    for fault, why in (({"sentinels": [3]}, "is a value that the field's types allow"), ({"sentinels": [1.5]}, "whole numbers"),
                       ({"sentinels": list(range(-9, 0))}, "8"), ({"path": "/c/*", "required": True}, "without `*`")):
        fields = [*dictionary["fields"], {"path": "/c", "type": "count", "class": "usage", **fault}]
        ran = w.airlock("dictionary", "check", w.file("f.json", json.dumps({**dictionary, "fields": fields})), code=3)
        check(why in ran.err, ran.err)


@case("more sentinels than before are looser: held until authorised")
def _(w):
    dictionary = json.loads((TOP / "policy/dictionary/posthog-status-report.json").read_text())
    w.site()
    dictionary["format"] = "airlock-dictionary/2"
    dictionary["sentinels"] = [-1]
    w.airlock("kit", "install", w.new_kit(dictionary=w.file("d.json", json.dumps(dictionary))))
    done = w.process(inputs("minus-one-is-silent"), code=4)
    equal((done["reason"], done["misfits"]), ("ceiling", []))
    check("sentinel -1" in done["message"], done["message"])
    w.airlock("authorise", "--reason", "-1 is no figure", "--yes")
    left, = w.airlock("process", "--held", "--json").json["reports"]
    equal(left["outcome"], "sealed")


if __name__ == "__main__":
    main()
