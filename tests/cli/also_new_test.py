"""A standing consent to what later kits declare: recorded, carried out for new paths alone, shown, and taken back."""
import json
import shutil

from harness import DICTIONARY, case, check, equal, main

CONSENT = ["--also-new", "class=usage", "type=count,boolean"]
NEW = "/properties/instance_usage_summary/new_count"


def declare(path, cls="usage", types=("count",)):
    def change(document):
        document["fields"].append({"path": path, "class": cls, "type": list(types), "purpose": "billing"})
    return change


def kit_with(w, dictionary=lambda document: None):
    """A newer kit, its dictionary changed."""
    document = json.loads(DICTIONARY.read_bytes())
    dictionary(document)
    return w.new_kit(dictionary=w.file(f"dictionary-{len(list(w.path.iterdir()))}.json", json.dumps(document)))


def held(w, n, *words):
    """A new report is held by the ceiling, for the reason that has these words."""
    result = w.process(with_new(w, n), code=4)
    equal((result["outcome"], result["reason"]), ("held", "ceiling"), "outcome")
    for word in words:
        check(word in result["message"], f"{word!r} is not in: {result['message']}")


def with_new(w, n, value=7, name="new_count"):
    return w.report(lambda d: d["properties"].update({"posthog_version": f"1.36.{n}"}) or
                    d["properties"]["instance_usage_summary"].update({name: value}))


def entries(w, kind):
    rows = w.run("sqlite3", w.site_path / "ledger.db",
                 f"SELECT body FROM entries WHERE kind = '{kind}' ORDER BY seq").text.splitlines()
    return [json.loads(row) for row in rows]


def consent(w, *words):
    return w.airlock("authorise", "--reason", "the board, 2026-11-20", "--yes", *(words or CONSENT))


def install(w, kit):
    return w.airlock("kit", "install", kit, "--json").json["by_consent"]


@case("without a consent a new value is held; with one it leaves, and entry, command and status say so")
def _(w):
    w.site(tier="enterprise-air-gapped")
    w.airlock("kit", "install", kit_with(w, dictionary=declare(NEW)))
    held(w, 1, "new_count")
    w.airlock("authorise", "--reason", "seen", "--yes")
    said = consent(w).text
    check("class usage, of type count, boolean" in said and "so far: none" in said, said)
    other = "/properties/instance_usage_summary/other_count"
    text = w.airlock("kit", "install", kit_with(w, dictionary=lambda d: (declare(NEW)(d), declare(other)(d)))).text
    check(f"\n  {other}\n" in text and NEW not in text, text)
    equal(w.process(with_new(w, 2, name="other_count"))["outcome"], "sealed")
    authorised = entries(w, "authorised")[-1]
    equal(authorised["also_new"], [{"class": "usage", "types": ["count", "boolean"]}])
    equal(entries(w, "kit")[-1]["by_consent"], {"entry": authorised["seq"], "paths": [other]})
    equal(w.airlock("status", "--json").json["also_new"], authorised["also_new"])
    check("class usage, of type count, boolean" in w.airlock("status").text, "status")
    w.ledger_ok()


@case("a consent covers neither another class or type, nor a path that any earlier kit declared, nor one above or below it")
def _(w):
    w.site(tier="enterprise-air-gapped")
    w.airlock("kit", "install", kit_with(w, dictionary=declare(NEW, cls="content")))
    w.airlock("kit", "install", kit_with(w))  # it declares the path no longer
    consent(w)
    for n, change in enumerate([declare(NEW), declare(NEW + "/below"),
                                declare("/properties/instance_usage_summary/a", cls="version", types=("version",)),
                                declare("/properties/instance_usage_summary/b", types=("text",)),
                                declare("/properties/instance_usage_summary/many/*")]):
        equal(install(w, kit_with(w, dictionary=change)), [])
        check("by_consent" not in entries(w, "kit")[-1], "entry")
        held(w, n)


@case("a kit that is looser in anything else besides is held whole, until a person has seen it")
def _(w):
    w.site(tier="enterprise-air-gapped")
    consent(w)

    def both(document):
        declare(NEW)(document)
        for field in document["fields"]:
            if field.get("class") == "location":
                field["class"] = "usage"
                return
        raise AssertionError("nothing of class location")
    equal(install(w, kit_with(w, dictionary=both)), [])
    held(w, 1)


@case("taken back, and kept by everything else that is authorised: each way it is as the newest entry says")
def _(w):
    w.site(tier="enterprise-air-gapped")
    equal(consent(w, *CONSENT, "--json").json["also_new"], [{"class": "usage", "types": ["count", "boolean"]}])
    check("there is nothing to authorise" in consent(w).text, "twice the same")
    w.airlock("kit", "install", kit_with(w, dictionary=declare("/properties/instance_usage_summary/c", cls="version", types=("version",))))
    shown = w.airlock("authorise", "--reason", "seen", "--yes", "--json").json
    equal((shown["authorised"], len(shown["also_new"])), (True, 1), "the consent goes on")
    equal(len(w.airlock("status", "--json").json["also_new"]), 1)
    text = consent(w, "--also-new", "none").text
    check("from now on" in text or "none" in text, text)
    equal(w.airlock("status", "--json").json["also_new"], [])
    equal(install(w, kit_with(w, dictionary=lambda d: (declare("/properties/instance_usage_summary/c", cls="version", types=("version",))(d),
                                                       declare(NEW)(d)))), [])
    held(w, 1, "new_count")


@case("`ledger adopt` takes a consent back; where some of the past is lost nobody can give one any more")
def _(w):
    w.site(tier="enterprise-air-gapped")
    kept = w.path / "kept"
    shutil.copytree(w.site_path, kept)
    consent(w)
    w.airlock("ledger", "adopt", "--yes", "--reason", "moved")
    equal(w.airlock("status", "--json").json["also_new"], [])
    newer = kit_with(w, dictionary=declare(NEW))
    equal(install(w, newer), [])
    consent(w)  # nothing was lost
    shutil.copy(kept / "ledger.db", w.site_path / "ledger.db")
    w.airlock("ledger", "adopt", "--yes", "--reason", "restored")
    w.airlock("kit", "install", newer)
    err = w.airlock("authorise", "--reason", "x", "--yes", *CONSENT, code=4).err
    check("nobody can say which values are new" in err, err)


@case("what is no consent is refused with 2, and nothing is recorded")
def _(w):
    w.site(tier="enterprise-air-gapped")
    for words in (["class=usage"], ["class=person", "type=count"], ["class=usage", "type=word"], ["usage", "count"]):
        err = consent_refused(w, words)
        check("--also-new" in err and "hint:" in err, err)
    equal(w.airlock("authorise", "--reason", "x", "--yes", "--clock", *CONSENT, code=2).code, 2)
    equal(entries(w, "authorised"), [])


def consent_refused(w, words):
    return w.airlock("authorise", "--reason", "x", "--yes", "--also-new", *words, code=2).err


main()
