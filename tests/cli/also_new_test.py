"""A standing consent to what later kits declare: recorded, carried out for new paths alone, shown, and taken back."""
import json
import shutil

from harness import DICTIONARY

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
    assert (result["outcome"], result["reason"]) == ("held", "ceiling"), "outcome"
    for word in words:
        assert word in result["message"], f"{word!r} is not in: {result['message']}"


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


def test_a_new_value_is_held_without_a_consent_and_leaves_with_one(w):
    """Without a consent a new value is held; with one it leaves, and entry, command and status say so."""
    w.site(tier="enterprise-air-gapped")
    w.airlock("kit", "install", kit_with(w, dictionary=declare(NEW)))
    held(w, 1, "new_count")
    w.airlock("authorise", "--reason", "seen", "--yes")
    said = consent(w).text
    assert "class usage, of type count, boolean" in said and "so far: none" in said, said
    other = "/properties/instance_usage_summary/other_count"
    text = w.airlock("kit", "install", kit_with(w, dictionary=lambda d: (declare(NEW)(d), declare(other)(d)))).text
    assert f"\n  {other}\n" in text and NEW not in text, text
    assert w.process(with_new(w, 2, name="other_count"))["outcome"] == "sealed"
    authorised = entries(w, "authorised")[-1]
    assert authorised["also_new"] == [{"class": "usage", "types": ["count", "boolean"]}]
    assert entries(w, "kit")[-1]["by_consent"] == {"entry": authorised["seq"], "paths": [other]}
    assert w.airlock("status", "--json").json["also_new"] == authorised["also_new"]
    assert "class usage, of type count, boolean" in w.airlock("status").text, "status"
    w.ledger_ok()


def test_a_consent_covers_one_class_and_type_and_only_new_paths(w):
    """A consent covers neither another class or type, nor a path that any earlier kit declared, nor one above or below it."""
    w.site(tier="enterprise-air-gapped")
    w.airlock("kit", "install", kit_with(w, dictionary=declare(NEW, cls="content")))
    w.airlock("kit", "install", kit_with(w))  # it declares the path no longer
    consent(w)
    for n, change in enumerate([declare(NEW), declare(NEW + "/below"),
                                declare("/properties/instance_usage_summary/a", cls="version", types=("version",)),
                                declare("/properties/instance_usage_summary/b", types=("text",)),
                                declare("/properties/instance_usage_summary/many/*")]):
        assert install(w, kit_with(w, dictionary=change)) == []
        assert "by_consent" not in entries(w, "kit")[-1], "entry"
        held(w, n)


def test_a_kit_that_is_looser_in_anything_else_is_held_whole(w):
    """A kit that is looser in anything else besides is held whole, until a person has seen it."""
    w.site(tier="enterprise-air-gapped")
    consent(w)

    def both(document):
        declare(NEW)(document)
        for field in document["fields"]:
            if field.get("class") == "location":
                field["class"] = "usage"
                return
        raise AssertionError("nothing of class location")
    assert install(w, kit_with(w, dictionary=both)) == []
    held(w, 1)


def test_a_consent_is_taken_back_or_kept_as_the_newest_entry_says(w):
    """Taken back, and kept by everything else that is authorised: each way it is as the newest entry says."""
    w.site(tier="enterprise-air-gapped")
    assert consent(w, *CONSENT, "--json").json["also_new"] == [{"class": "usage", "types": ["count", "boolean"]}]
    assert "there is nothing to authorise" in consent(w).text, "twice the same"
    w.airlock("kit", "install", kit_with(w, dictionary=declare("/properties/instance_usage_summary/c", cls="version", types=("version",))))
    shown = w.airlock("authorise", "--reason", "seen", "--yes", "--json").json
    assert (shown["authorised"], len(shown["also_new"])) == (True, 1), "the consent goes on"
    assert len(w.airlock("status", "--json").json["also_new"]) == 1
    text = consent(w, "--also-new", "none").text
    assert "from now on" in text or "none" in text, text
    assert w.airlock("status", "--json").json["also_new"] == []
    assert install(w, kit_with(w, dictionary=lambda d: (declare("/properties/instance_usage_summary/c", cls="version", types=("version",))(d),
                                                        declare(NEW)(d)))) \
        == []
    held(w, 1, "new_count")


def test_ledger_adopt_takes_a_consent_back(w):
    """`ledger adopt` takes a consent back; where some of the past is lost nobody can give one any more."""
    w.site(tier="enterprise-air-gapped")
    kept = w.path / "kept"
    shutil.copytree(w.site_path, kept)
    consent(w)
    w.airlock("ledger", "adopt", "--yes", "--reason", "moved")
    assert w.airlock("status", "--json").json["also_new"] == []
    newer = kit_with(w, dictionary=declare(NEW))
    assert install(w, newer) == []
    consent(w)  # nothing was lost
    shutil.copy(kept / "ledger.db", w.site_path / "ledger.db")
    w.airlock("ledger", "adopt", "--yes", "--reason", "restored")
    w.airlock("kit", "install", newer)
    err = w.airlock("authorise", "--reason", "x", "--yes", *CONSENT, code=4).err
    assert "nobody can say which values are new" in err, err


def test_what_is_no_consent_is_refused_with_2_and_nothing_is_recorded(w):
    w.site(tier="enterprise-air-gapped")
    for words in (["class=usage"], ["class=person", "type=count"], ["class=usage", "type=word"], ["usage", "count"]):
        err = consent_refused(w, words)
        assert "--also-new" in err and "hint:" in err, err
    assert w.airlock("authorise", "--reason", "x", "--yes", "--clock", *CONSENT, code=2).code == 2
    assert entries(w, "authorised") == []


def consent_refused(w, words):
    return w.airlock("authorise", "--reason", "x", "--yes", "--also-new", *words, code=2).err
