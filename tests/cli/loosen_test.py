"""Every way to loosen: whatever was deleted, replaced, edited or installed, nothing more leaves until a person authorises."""
import json
import os
import pty
import shutil
import subprocess

from harness import DICTIONARY, POLICY, REPORT, TOP, case, check, equal, main, terminals

DESTINATION = {"destinations": [{"type": "https-json", "url": "https://reports.vendor.example/v1"}]}


def configure(w, site=None, **members):
    path = (site or w.site_path) / "airlock.json"
    configuration = json.loads(path.read_text())
    for member, value in members.items():
        if value is None:
            configuration.pop(member, None)
        else:
            configuration[member] = value
    path.write_text(json.dumps(configuration))


def variant(w, n):
    return w.report(lambda d: d["properties"].update({"posthog_version": f"1.35.{n}"}))


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


def left(w):
    """All that waits for hand-off or sending."""
    return sorted(p.name for p in (w.site_path / "outbox").iterdir())


def held(w, n, *words):
    """A new report is held by the ceiling, for the reason that has these words, and nothing leaves."""
    before = left(w)
    result = w.process(variant(w, n), code=4)
    equal((result["outcome"], result["reason"]), ("held", "ceiling"), "outcome")
    for word in words:
        check(word in result["message"], f"{word!r} is not in: {result['message']}")
    check("airlock authorise" in result["hint"], result["hint"])
    equal(left(w), before, "the outbox")
    return result


def authorise(w, *words):
    text = w.airlock("authorise", "--reason", "the contract allows it", "--yes").text
    for word in words:
        check(word in text, f"{word!r} is not in:\n{text}")


@case("a new site seals by itself; what it would send is held until `authorise`, then queued by `process --held`")
def _(w):
    w.site(tier="standard", entitlements=[])
    configure(w, delivery=DESTINATION)
    held(w, 1, "the disposition: `seal` -> `send`")
    w.airlock("authorise", "--reason", "no terminal", code=4)
    w.airlock("authorise", "--yes", code=2)
    for poor in ("", "two\nlines", "x" * 1025):
        check("printable text of at most 1024 bytes" in w.airlock("authorise", "--reason", poor, "--yes", code=2).err, poor[:9])
    equal(w.airlock("process", "--held", code=4).code, 4)
    shown = w.airlock("authorise", "--reason", "contract 4711", "--yes", "--json").json
    equal(shown["authorised"], True)
    equal({e["event"]: (e["before"], e["after"]) for e in shown["events"]}["instance status report"], ("seal", "send"))
    done = w.airlock("process", "--held", "--json", code=(0, 7)).json
    equal([r["outcome"] for r in done["reports"]], ["queued"])
    equal(w.process(variant(w, 2), code=(0, 7))["outcome"], "queued")
    entry = json.loads(w.run("sqlite3", w.site_path / "ledger.db", "SELECT body FROM entries WHERE kind = 'authorised'").text)
    equal(entry["reason"], "contract 4711")
    equal(w.airlock("authorise", "--reason", "again", "--yes", "--json").json["authorised"], False)
    w.ledger_ok()


@case("the licence deleted: held with 4; put back: as before, without a person")
def _(w):
    w.site(tier="enterprise-air-gapped")
    licence = w.site_path / "public/licence.p7s"
    kept = licence.read_bytes()
    licence.unlink()
    result = w.process(variant(w, 1), code=4)
    equal((result["outcome"], result["licence_state"]), ("held", "missing"))
    equal(left(w), [])
    licence.write_bytes(kept)
    equal(w.process(variant(w, 2))["outcome"], "sealed")


@case("the licence replaced by one of a looser tier, by command or by hand: held; the stricter one put back: sealed")
def _(w):
    w.site(tier="enterprise-air-gapped")
    first = (w.site_path / "public/licence.p7s").read_bytes()
    w.airlock("licence", "install", w.new_licence("standard"))
    held(w, 1, "`seal` -> `send`", "the value of")
    (w.site_path / "public/licence.p7s").write_bytes(w.new_licence("enterprise").read_bytes())
    held(w, 2, "`seal` -> `redact`")
    (w.site_path / "public/licence.p7s").write_bytes(first)
    equal(w.process(variant(w, 3))["outcome"], "sealed")
    w.ledger_ok()


@case("a stricter licence lowers the ceiling, recorded: the looser one again is held")
def _(w):
    w.site(tier="standard", entitlements=[])
    configure(w, delivery=DESTINATION)
    authorise(w, "`seal` -> `send`", "destinations")
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    equal(w.process(variant(w, 1))["outcome"], "sealed")
    status = w.airlock("status", "--json").json
    equal(status["ceiling"], "seal")
    w.airlock("licence", "install", w.new_licence("standard"))
    held(w, 2, "`seal` -> `send`")
    equal(w.airlock("status", "--json").json["events"][0]["held_by_ceiling"], True)


@case("a licence that only expires moves nothing: renewed, the site sends again without a person")
def _(w):
    w.new_vendor()
    w.new_site()
    configure(w, delivery=DESTINATION)
    w.airlock("licence", "install", w.new_licence("enterprise"))
    authorise(w, "`seal` -> `redact`")
    licence = w.site_path / "public/licence.p7s"
    past = ["--not-before", "2020-01-01", "--grace-days", "0"]
    licence.write_bytes(w.new_licence("enterprise", not_after="2021-01-01", extra=past).read_bytes())
    result = w.process(variant(w, 1))
    equal((result["licence_state"], result["outcome"]), ("expired", "sealed"))
    w.airlock("licence", "install", w.new_licence("enterprise"))
    equal(w.process(variant(w, 2), code=(0, 7))["outcome"], "queued")


@case("the site directory made anew may send nothing, whatever the old one was allowed")
def _(w):
    w.site(tier="standard", entitlements=[])
    configure(w, delivery=DESTINATION)
    authorise(w)
    shutil.rmtree(w.site_path)
    w.new_site()
    configure(w, delivery=DESTINATION)
    w.airlock("licence", "install", w.new_licence("standard"))
    held(w, 1, "`seal` -> `send`")


@case("the destination edited, and one added, in airlock.json: held; put back: queued")
def _(w):
    w.site(tier="standard", entitlements=[])
    configure(w, delivery=DESTINATION)
    authorise(w)
    equal(w.process(variant(w, 1), code=(0, 7))["outcome"], "queued")
    moved = {"destinations": [dict(DESTINATION["destinations"][0], url="https://elsewhere.example/v1")]}
    configure(w, delivery=moved)
    held(w, 2, "destinations", "https://reports.vendor.example/v1", "https://elsewhere.example/v1")
    for member, value in (("ca_file", "trust/delivery/other.crt"), ("proxy", "http://127.0.0.1:3128"),
                          ("pins", ["sha256//" + "A" * 43 + "="])):
        configure(w, delivery={"destinations": [dict(DESTINATION["destinations"][0], **{member: value})]})
        ran = w.airlock("process", variant(w, 9), "--dry-run", code=4)
        check("destinations" in ran.err, f"{member}: {ran}")
    configure(w, delivery={"destinations": DESTINATION["destinations"] + moved["destinations"]})
    held(w, 3, "https://elsewhere.example/v1")
    configure(w, delivery=DESTINATION)
    equal(w.process(variant(w, 4), code=(0, 7))["outcome"], "queued")


@case("a kit that adds a recipient, or moves the destination, on a sealing site too: held until `authorise`")
def _(w):
    w.site()
    equal(w.process(variant(w, 1))["outcome"], "sealed")
    home = w.home
    w.airlock("kit", "install", kit_with(w, delivery=DESTINATION))
    held(w, 2, "destinations: none -> `https-json https://reports.vendor.example/v1`")
    authorise(w, "https://reports.vendor.example/v1")
    equal(w.airlock("process", "--held", "--json").json["reports"][0]["outcome"], "sealed")
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
    equal(w.process(variant(w, 4))["outcome"], "sealed")
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


@case("a kit that empties a profile, reclassifies a field, declares one more or lets text into a count: held until `authorise`")
def _(w):
    w.site()
    person = next(f["path"] for f in json.loads(DICTIONARY.read_bytes())["fields"]
                  if f.get("class") == "person" and "type" in f)
    changes = (({"policy": empty_strict}, ["-> pseudonymise"]), ({"dictionary": person_is_usage}, [person, "-> keep"]),
               ({"dictionary": one_more}, ["/properties/brand_new", "-> keep"]), ({"dictionary": retyped}, ["`count`, `text`"]))
    for n, (parts, words) in enumerate(changes):
        # From what is shipped, each time: a stricter kit lowers the ceiling by itself.
        w.airlock("kit", "install", kit_with(w))
        w.airlock("kit", "install", kit_with(w, **parts))
        result = w.process(variant(w, n), code=4)
        equal((result["outcome"], result["reason"]), ("held", "ceiling"), str(parts))
        shown = json.dumps(w.airlock("status", "--json").json["events"][0]["looser"], ensure_ascii=False)
        for word in words:
            check(word.replace("-> ", "") in shown, f"{word} is not in {shown}")
        equal(left(w), [])
    authorise(w, "what may stand for")
    done = w.airlock("process", "--held", "--json").json["reports"]
    equal({r["outcome"] for r in done}, {"sealed"})
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


@case("a kit for which the leak scan would look for less is held until `authorise`, and the copied e-mail address stays")
def _(w):
    w.site()
    for report in (with_copies, of_team, of_twin):
        done = w.process(report(w, 0))
        gone = {"path": "/properties/deployment", "what": "copied", "action": "copied", "count": 1}
        check(gone in done["redactions"], f"{report.__name__}: the copy goes under the kit before")
        check(EMAIL.encode() not in w.vendor("open", done["bundle"]).out, report.__name__)
    before = left(w)
    for n, (change, report, words) in enumerate(ATTACKS, 1):
        name = change.__name__
        w.airlock("kit", "install", kit_with(w, dictionary=change))
        result = w.process(report(w, n), code=4)
        equal((result["outcome"], result["reason"], left(w)), ("held", "ceiling", before), name)
        shown = w.airlock("status", "--json").json["events"][0]["looser"]
        texts = [f"{d['what']}: {d['from']} -> {d['to']}" for d in shown]
        check(any(words in text for text in texts), f"{name}: {words!r} is not in {texts}")
    authorise(w, ATTACKS[-1][2])
    done = w.airlock("process", "--held", "--json", code=(0, 4)).json["reports"]
    check("sealed" in {r["outcome"] for r in done}, done)
    w.ledger_ok()


@case("a kit that only tightens needs no `authorise`")
def _(w):
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
    equal(result["outcome"], "sealed", result)
    equal(w.airlock("authorise", "--reason", "nothing", "--yes", "--json").json["authorised"], False)
    w.airlock("kit", "install", kit_with(w))
    held(w, 1, "the value of `/properties/deployment`: drop -> keep")


@case("a licence whose tier the kit does not know moves no ceiling: the kit that knows it seals by itself, and so it stays")
def _(w):
    w.new_vendor()
    w.new_site(kit=False)
    w.airlock("kit", "install", kit_with(w, policy=lambda p: (p["tiers"].pop("enterprise-air-gapped"),
                                                              p.update(claims=[p["claims"][0]]))))
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    equal(w.process(variant(w, 1), code=4)["outcome"], "held")
    w.airlock("kit", "install", kit_with(w))
    equal(w.process(variant(w, 2))["outcome"], "sealed")
    w.airlock("licence", "install", w.new_licence("unheard-of", extra=["--unknown"]))
    equal(w.process(variant(w, 3), code=4)["outcome"], "held")
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    equal(w.process(variant(w, 4))["outcome"], "sealed", "the ceiling is where it was")


def released(w):
    """A vendor and a site that the release before classes made: kit number 1, a licence, one report that was sealed."""
    w.run("tar", "-xzf", TOP / "tests/kit/released/site-1.tar.gz", "-C", w.path)
    w.site_id = json.loads((w.site_path / "airlock.json").read_text())["site_id"]


@case("a site of the release before classes goes on sealing: its ceiling takes them from the kit in force, and holds after that")
def _(w):
    released(w)
    w.ledger_ok()
    before = left(w)
    equal(w.process(variant(w, 11))["outcome"], "sealed")
    configured = json.loads(w.run("sqlite3", w.site_path / "ledger.db",
                                  "SELECT body FROM entries WHERE kind = 'configured' ORDER BY seq DESC LIMIT 1").text)
    check("configuration_sha256" in configured, "the completed ceiling is recorded")
    equal(len(left(w)), len(before) + 2)
    for change in (to_content, undeclare):
        w.airlock("kit", "install", kit_with(w, dictionary=change))
        result = w.process(with_copies(w, len(change.__name__)), code=4)
        equal((result["outcome"], result["reason"]), ("held", "ceiling"), change.__name__)
    w.ledger_ok()


@case("the kit of a ceiling without classes is gone: everything is held until `authorise`, which then records classes")
def _(w):
    released(w)
    (w.site_path / "public/kit.p7s").unlink()
    w.airlock("kit", "install", kit_with(w))
    held(w, 11, "classes of values and keys: not recorded, by an older release -> known")
    authorise(w, "classes of values and keys")
    equal([r["outcome"] for r in w.airlock("process", "--held", "--json").json["reports"]], ["sealed"])
    w.airlock("kit", "install", kit_with(w, dictionary=to_content))
    held(w, 12, f"the class of `{USER}`: `person` -> `content`")
    w.ledger_ok()


@case("redact_also taken away again is held, adding to it is not")
def _(w):
    w.new_vendor()
    w.new_site()
    configure(w, redact_also=[{"class": "version", "do": "drop"}])
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    equal(w.process(variant(w, 1))["outcome"], "sealed")
    configure(w, redact_also=[{"class": "version", "do": "drop"}, {"class": "deployment", "do": "drop"}])
    equal(w.process(variant(w, 2))["outcome"], "sealed")
    configure(w, redact_also=None)
    held(w, 3, "the value of `/properties/posthog_version`: drop -> keep")


@case("on hold nothing leaves, and `release` lets it go; both are recorded with their reasons")
def _(w):
    w.site()
    equal(w.airlock("hold", "--reason", "incident 12", "--json").json["changed"], True)
    equal(w.airlock("hold", "--json").json["changed"], False)
    result = w.process(variant(w, 1), code=4)
    equal((result["outcome"], result["reason"]), ("held", "hold"))
    check("incident 12" in result["message"], result["message"])
    check("may not leave yet" in w.airlock("preview", variant(w, 2), code=4).err, "preview says that it may not leave")
    equal(w.airlock("status", "--json").json["hold"]["reason"], "incident 12")
    equal(left(w), [])
    w.airlock("process", "--held", code=4)
    w.airlock("release", "--reason", "incident closed")
    equal([r["outcome"] for r in w.airlock("process", "--held", "--json").json["reports"]], ["sealed"])
    kinds = w.run("sqlite3", w.site_path / "ledger.db", "SELECT kind FROM entries WHERE kind IN ('hold', 'release')").text
    equal(kinds.split(), ["hold", "release"])
    w.ledger_ok()


@case("a bundle that a crash left without its name gets none while disclosures are on hold, and gets it after `release`")
def _(w):
    w.site()
    w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=link,linkat", "-e", "inject=link,linkat:signal=KILL:when=1",
          w.program("airlock"), "--site", w.site_path, "process", variant(w, 1), code=(-9, 137, 8))
    check(w.hidden(), "the crash left the hidden bundle")
    w.airlock("hold")
    equal(w.process(variant(w, 2), code=4)["reason"], "hold")
    equal((w.outbox(), len(w.hidden())), ([], 2), "visible and hidden")
    w.ledger_ok()
    w.airlock("release")
    equal([r["outcome"] for r in w.airlock("process", "--held", "--json").json["reports"]], ["sealed"])
    equal((len(w.outbox()), w.hidden()), (2, []), "visible and hidden")
    w.ledger_ok()


@case("a kit with a lower number, or one more than 1 000 above, needs `authorise`; installing the kit in force takes it back")
def _(w):
    w.site()
    first, second = w.kit, w.new_kit()
    w.airlock("kit", "install", second)
    ran = w.airlock("kit", "install", first, code=4)
    check("is older than number 2" in ran.err and "airlock authorise" in ran.err, ran.err)
    equal(w.airlock("kit", "show", "--json").json["number"], 2)
    equal(w.process(variant(w, 1))["outcome"], "sealed", "the kit in force still counts")
    w.airlock("kit", "install", second)
    equal(w.airlock("authorise", "--reason", "none", "--yes", "--json").json["authorised"], False)
    w.airlock("kit", "install", first, code=4)
    shown = w.airlock("authorise", "--reason", "kit 2 is broken", "--yes", "--json").json
    equal((shown["kit"], shown["kit_before"], shown["events"]), (1, 2, []))
    equal(w.airlock("kit", "show", "--json").json["number"], 1)
    w.airlock("kit", "install", first)
    equal(w.process(variant(w, 2))["outcome"], "sealed")
    w.run("sqlite3", w.home / "register.db", "INSERT INTO kits VALUES (4999, '2026-01-01T00:00:00Z', '')")
    far = w.new_kit()
    ran = w.airlock("kit", "install", far, code=4)
    check("more than 1000 above" in ran.err, ran.err)
    w.airlock("authorise", "--reason", "the vendor says so", "--yes")
    check(w.airlock("kit", "show", "--json").json["number"] >= 5000, "in force")
    equal(w.process(variant(w, 3))["outcome"], "sealed")
    check(not (w.site_path / "kit-proposed.p7s").exists(), "nothing waits any more")
    w.ledger_ok()


@case("at a terminal `authorise` shows old against new and asks; anything but yes allows nothing")
def _(w):
    w.site(tier="standard", entitlements=[])
    for answer, code in ((b"no\n", 4), (b"yes\n", 0)):
        with terminals(w):
            leader, follower = pty.openpty()
            os.write(leader, answer)
            ran = subprocess.run([w.program("airlock"), "--site", str(w.site_path), "authorise", "--reason", "asked"],
                                 stdin=follower, capture_output=True, timeout=60, check=False)
            os.close(leader)
            os.close(follower)
        equal(ran.returncode, code, ran.stderr.decode())
        check("`seal` -> `send`" in ran.stderr.decode(), ran.stderr.decode())


main()
