"""A site's list of words that never leave: what it takes out, what it holds, who is told of what."""
import base64
import json
import sqlite3

import pytest
from harness import DICTIONARY, POLICY
from sending import configure, sending_site

WORDS = "# projects and customers\nFalken\nNATO\nBlue Whale\nlaunch*\n"
SECRET = ("falken", "nato", "blue whale", "launch")
EVERYWHERE = {"/properties/deployment": 1, "/properties/helm/release_name": 1, "/properties/helm/cloud": 1,
              "/properties/plugins_installed/*": 1}


def listed(w, text=WORDS):
    return w.file("site/words.txt", text)


def with_words(report):
    """The published report with words in a value, in base64, in a phrase, in a key, and with another ending."""
    properties = report["properties"]
    properties["deployment"] = "for NATO-2"
    properties["plugins_installed"]["Falken_tool"] = 4
    properties["helm"] = {"release_name": base64.b64encode(b"at Falken!").decode(), "cloud": "launchpad", "ingress_type": "bluewhale"}


def copied(result):
    return {r["path"]: r["count"] for r in result["redactions"] if r["action"] == "copied"}


def configured(w):
    """The bodies of the `configured` entries."""
    with sqlite3.connect(f"file:{w.site_path}/ledger.db?mode=ro", uri=True) as ledger:
        return [json.loads(body) for body, in ledger.execute("SELECT body FROM entries WHERE kind = 'configured' ORDER BY seq")]


def says_no_word(text):
    text = text if isinstance(text, str) else text.decode("utf-8", "replace")
    return not any(word in text.lower() for word in SECRET)


def test_words_go_with_their_members_and_nobody_outside_can_tell_them_from_copies(w):
    w.site(tier="scale", entitlements=())
    w.airlock("authorise", "--reason", "the contract", "--yes")
    report = w.report(with_words)
    listed(w)
    done = w.airlock("process", report, "--no-deliver", "--json", code=7)
    assert copied(done.json) == EVERYWHERE, done
    left = w.airlock("preview", report)
    assert says_no_word(left.out) and json.loads(left.text)["properties"]["helm"] == {"ingress_type": "bluewhale"}
    told = w.airlock("process", report, "--dry-run").text
    assert "/properties/deployment: 1 with a word of words.txt" in told and says_no_word(told.replace("launched", "")), told
    w.ledger_ok()


def test_a_bundle_has_counts_by_path_and_neither_words_nor_their_number(w):
    w.site()
    listed(w)
    done = w.process(w.report(lambda d: d["properties"].update(site_url="https://falken.example", helm={"cloud": "nato"})))
    assert done["outcome"] == "sealed"
    opened = w.open_with_openssl(w.outbox()[0])
    for path in opened.rglob("*"):
        if path.is_file() and path.suffix not in (".p7m", ".der"):
            assert says_no_word(path.read_bytes()) and b"words.txt" not in path.read_bytes(), path
    entry = json.loads(next(opened.rglob("entry.json")).read_text())
    assert "words" not in json.dumps(entry)
    assert says_no_word((w.site_path / "ledger.db").read_bytes())
    newest = configured(w)[-1]
    assert newest["words"]["count"] == 4 and len(newest["words"]["list"]) == 64
    assert w.ledger_ok()


def test_the_ledger_records_a_list_once_until_it_changes(w):
    w.site()
    assert w.process()["outcome"] == "sealed" and "words" not in configured(w)[-1]
    listed(w)
    for version in ("1.1.1", "1.1.2"):
        w.process(w.report_of(version))
    before = configured(w)
    assert [entry.get("words", {}).get("count") for entry in before][-2:] == [None, 4]
    listed(w, WORDS + "# a comment changes nothing\n")
    w.process(w.report_of("1.1.3"))
    assert configured(w) == before
    listed(w, WORDS + "one more\n")
    w.process(w.report_of("1.1.4"))
    assert configured(w)[-1]["words"]["count"] == 5


def test_a_list_in_force_makes_send_redact_and_twins_go(w):
    sending_site(w, tier="standard")
    configure(w, [{"type": "https-json", "url": "https://127.0.0.1:9"}])

    def change(report):
        report["properties"]["teams__2__events_count_total"] = 17

    assert w.process(w.report(change), "--no-deliver", code=7)["disposition"] == "send"
    listed(w)
    report = w.report(change)
    done = w.process(report, "--no-deliver", "--again", code=7)
    assert done["disposition"] == "redact", done
    left = w.airlock("preview", report).json
    assert "teams__2__events_count_total" not in left["properties"] and "events_count_total" in left["properties"]["teams"]["2"]


def test_a_payload_that_waits_is_withdrawn_when_a_word_is_added(w):
    sending_site(w, tier="scale")
    configure(w, [{"type": "https-json", "url": "https://127.0.0.1:9"}])
    number = w.process(w.report(with_words), "--no-deliver", code=7)["number"]
    listed(w)
    ran = w.run(w.program("airlock-send"), "--site", w.site_path, "--json", code=None)
    assert "withdrawn" in w.kinds(number), ran
    assert copied(w.airlock("process", "--held", "--no-deliver", "--json", code=7).json["reports"][0]) == EVERYWHERE


@pytest.mark.parametrize("where", ["note", "required", "held"])
def test_where_a_word_cannot_go_the_report_is_held(w, where):
    if where == "held":
        text = POLICY.read_text().replace("airlock-policy/1", "airlock-policy/2").replace(
            '"undeclared": "drop", "redactions"', '"undeclared": "drop", "copies": "hold", "redactions"')
        w.new_vendor(policy=w.file("policy.json", text))
    if where == "required":
        document = json.loads(DICTIONARY.read_text())
        document["format"] = "airlock-dictionary/2"
        for field in document["fields"]:
            if field["path"] == "/properties/deployment":
                field["required"] = True
        w.new_vendor(dictionary=w.file("dictionary.json", json.dumps(document)))
    w.site(tier="scale", entitlements=())
    w.airlock("authorise", "--reason", "the contract", "--yes")
    listed(w)
    note = ["--note", "about nato again"] if where == "note" else []
    report = w.report(with_words) if where != "note" else w.report()
    held = w.airlock("process", report, "--no-deliver", *note, "--json", code=4)
    assert (held.json["outcome"], held.json["reason"]) == ("held", "leak"), held
    named = "the note" if where == "note" else "`/properties/"
    assert "leak scan: " + named in held.json["message"] and "has a word of `words.txt`" in held.json["message"], held
    shown = w.airlock("status").text + w.airlock("ledger", "show", 1, "--json").text.replace("about nato again", "")
    assert says_no_word(held.json["message"] + held.json["hint"]) and says_no_word(shown)
    # Without the list it leaves, but a shorter list is looser than what was in force, so a person must allow it.
    (w.site_path / "words.txt").unlink()
    assert w.airlock("process", "--held", "--no-deliver", "--json", code=4).json["reports"][0]["reason"] == "ceiling"
    w.airlock("authorise", "--reason", "the list was a mistake", "--yes")
    w.airlock("process", "--held", "--no-deliver", code=7)


def test_fewer_words_are_held_until_a_person_authorises(w):
    w.site()
    listed(w)
    w.process()
    listed(w, WORDS.replace("NATO\n", ""))
    held = w.process(w.report_of("1.36.0"), code=4)
    assert (held["outcome"], held["reason"]) == ("held", "ceiling")
    assert "the words that never leave: 4 words -> 1 of them no longer on the list" in held["message"], held["message"]
    listed(w, WORDS + "more\n")
    assert w.airlock("process", "--held", "--json").json["reports"][0]["outcome"] == "sealed"
    listed(w, "more\n")
    shown = w.airlock("authorise", "--reason", "the project is public", "--yes")
    assert "5 words -> 4 of them no longer on the list" in shown.text + shown.err and says_no_word(shown.text + shown.err)
    assert w.process(w.report_of("1.36.1"))["outcome"] == "sealed"
    w.ledger_ok()


def test_a_lost_key_or_list_is_no_way_around_the_ceiling(w):
    w.site()
    listed(w)
    w.process()
    assert oct((w.site_path / "keys/words.key").stat().st_mode & 0o777) == "0o600"
    (w.site_path / "keys/words.key").unlink()
    assert w.process(w.report_of("1.36.0"), code=4)["reason"] == "ceiling"
    w.airlock("authorise", "--reason", "the key was lost", "--yes")
    assert w.airlock("process", "--held", "--json").json["reports"][0]["outcome"] == "sealed"
    listed(w, "# nothing\n")
    assert w.process(w.report_of("1.36.1"), code=4)["reason"] == "ceiling"


BAD_LISTS = [
    (b"good\n\xff\xfebad\n", "line 2: the word is not UTF-8"),
    (b"good\n\nbad\x07bell\n", "line 3: the word has a character that a reader would not see"),
    (b"right\xe2\x80\xaeleft\n", "line 1: the word has a character that a reader would not see"),
    (b"a*b\n", "line 1: the word has a `*` that is not at its end"),
    (b"x\n", "line 1: the word has fewer than 2 characters"),
    (b"y" * 300, "line 1: the word is longer than 200 bytes"),
    (b"".join(b"word%d\n" % i for i in range(10_001)), "line 10001: the list has more than 10000 words"),
    (b"#" * (2 * 1024 * 1024 + 1), "is larger than 2097152 bytes"),
    (None, "is a directory, not a file"),
]


@pytest.mark.hostile
def test_a_list_that_cannot_be_used_holds_every_report_and_says_where(w):
    w.site()
    listed(w)
    assert w.process()["outcome"] == "sealed"
    path = w.site_path / "words.txt"
    for number, (content, line) in enumerate(BAD_LISTS):
        if content is None:
            path.unlink()
            path.mkdir()
        else:
            listed(w, content)
        held = w.process(w.report_of(f"1.36.{number}"), code=4)
        assert (held["outcome"], held["reason"]) == ("held", "configuration"), held
        assert "words.txt`: " + line in held["message"] and held["hint"], held["message"]
    status = w.airlock("status")
    assert line in status.err, status
    assert line in w.airlock("status", "--json").json["words"]["problem"]
    doctor = w.airlock("doctor", code=1)
    assert line in doctor.text + doctor.err, doctor
    refused = w.airlock("authorise", "--reason", "never mind", "--yes", code=4)
    assert line in refused.err, refused
    assert w.airlock("preview", w.report(), code=4).text == ""
    path.rmdir()
    listed(w)
    outcomes = [report["outcome"] for report in w.airlock("process", "--held", "--json").json["reports"]]
    assert outcomes == ["sealed"] * len(BAD_LISTS)


def test_explain_says_where_a_word_is_and_with_values_which(w):
    w.site(tier="scale", entitlements=())
    w.airlock("authorise", "--reason", "the contract", "--yes")
    listed(w)
    report = w.report(with_words)
    plain = w.airlock("explain", report)
    assert "/properties/plugins_installed/*: 1 with a word of words.txt" in plain.text, plain.text
    assert says_no_word(plain.text), plain.text
    assert says_no_word(json.dumps([c for c in w.airlock("explain", report, "--json").json["copies"]]))
    shown = w.airlock("explain", report, "--values")
    assert "/properties/deployment: 1 with a word of words.txt: `NATO`" in shown.text, shown.text
    copies = {c["path"]: c for c in w.airlock("explain", report, "--values", "--json").json["copies"]}
    assert copies["/properties/helm/release_name"] == {"path": "/properties/helm/release_name", "source": "words.txt",
                                                      "count": 1, "words": ["Falken"]}


def test_status_says_how_many_words_are_in_force(w):
    w.site()
    assert "words" not in w.airlock("status").text
    assert w.airlock("status", "--json").json["words"] is None
    listed(w)
    status = w.airlock("status")
    assert "words that never leave: 4" in status.text and says_no_word(status.text), status.text
    assert w.airlock("status", "--json").json["words"] == {"count": 4, "officers": 0}
    assert "words.txt" in w.airlock("doctor", code=None).text
