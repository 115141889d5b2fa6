"""What an opened bundle tells, and what nobody can get out of it."""
import hashlib
import itertools
import json
import re

import pytest
from harness import REPORT

pytestmark = pytest.mark.hostile
PUBLISHED = json.loads(REPORT.read_bytes())
PROPERTIES = PUBLISHED["properties"]

TAKEN_OUT = [PROPERTIES["$ip"], "London", "Europe", "Europe/London", "GB", "United Kingdom", "England", "ENG", "SL1",
             "51.5368", "-0.6718", "playground.posthog.net", "https://playground.posthog.net",
             PROPERTIES["license_keys"][0], PUBLISHED["distinct_id"], PUBLISHED["id"],
             *PROPERTIES["plugins_installed"], *PROPERTIES["plugins_enabled"], *PROPERTIES["$plugins_succeeded"],
             *PROPERTIES["$plugins_deferred"], *PROPERTIES["teams"]["2"]["events_count_by_name"]]

EVENT_WORDS = ["$pageview", "$autocapture", "$identify", "$exception", "Lead", "$pageleave", "signup", "login", "purchase",
               "user signed up", "Order Completed", "trial started", "$feature_flag_called", "page", "click"]


def tokens(text):
    """Whole tokens: JSON strings decoded, and runs between white space and punctuation of JSON."""
    found = set()
    for raw in re.findall(r'"(?:[^"\\\x00-\x1f]|\\[^\x00-\x1f])*"', text):
        try:
            found.add(json.loads(raw))
        except ValueError:  # between two quotes of a text that is no JSON
            pass
    found.update(re.split(r'[\s,\[\]{}":]+', text))
    return found


def opened(w):
    w.site()
    result = w.process(None, "--note", "weekly")
    folder = w.open_with_openssl(w.outbox()[0])
    files = {n: (folder / n).read_text() for n in
             ("manifest.json", "report.json", "entry.json", "checkpoint.txt", "proof.txt", "consistency.txt",
              "HOW-TO-VERIFY.txt")}
    files["file name"] = w.outbox()[0].name
    return result, files


def test_nothing_that_was_taken_out_is_in_the_opened_bundle(w):
    """None of what was taken out is in the opened bundle, and the published totals are."""
    _, files = opened(w)
    for name, text in files.items():
        have = tokens(text)
        for value in TAKEN_OUT:
            assert value not in have, f"{value!r} is in {name}"
        for value in TAKEN_OUT:
            if len(value) >= 8:
                assert value.lower() not in text.lower(), f"{value!r} is somewhere in {name}"
    report = json.loads(files["report.json"])
    assert report["properties"]["instance_usage_summary"] == PROPERTIES["instance_usage_summary"]
    assert report["properties"]["table_sizes"] == PROPERTIES["table_sizes"]
    totals = sorted(t["events_count_total"] for t in report["properties"]["teams"].values())
    assert totals == [0, 10839, 1616800]
    assert report["properties"]["posthog_version"] == "1.35.0"
    assert not any("__" in key for key in report["properties"]), "twins are gone"


def test_what_stays_is_the_reports_own_bytes(w):
    """What stays is the report's own bytes: each kept line of the published report stands there unchanged and in order."""
    _, files = opened(w)
    original = iter(REPORT.read_text().splitlines())
    changed = [l for l in files["report.json"].splitlines()
               if not re.search(r'identifier-|licence-|T00:00:00Z"', l) and l.rstrip(",") not in ("]", "}", "")]
    for line in changed:
        assert any(line.rstrip(",") == o.rstrip(",") for o in original), f"not in the original, or not in its order: {line}"


def test_guessing_at_every_digest_and_pseudonym_learns_nothing(w):
    """Guessing at every digest and pseudonym of the bundle, with every last octet, event word and key, learns nothing."""
    _, files = opened(w)
    text = "\n".join(files.values())
    digests = set(re.findall(r"\b[0-9a-f]{64}\b", text))
    pseudonyms = set(re.findall(r"\b[a-z]+-([a-z2-7]{26})\b", text))
    assert len(digests) >= 10 and len(pseudonyms) >= 5, "there is something to guess at"
    prefix = PROPERTIES["$ip"].rsplit(".", 1)[0]
    guesses = [f"{prefix}.{octet}" for octet in range(256)]
    guesses += EVENT_WORDS + list(PROPERTIES["teams"]["2"]["events_count_by_name"])
    guesses += ["BG" + "Q" * n + "q" * m for n in range(20, 32) for m in range(8)] + PROPERTIES["license_keys"]
    guesses += [PUBLISHED["distinct_id"], PROPERTIES["site_url"], PROPERTIES["helm"]["hostname"]]
    raw = REPORT.read_bytes()
    base32 = "abcdefghijklmnopqrstuvwxyz234567"

    def to_base32(digest):
        bits = int.from_bytes(digest[:16], "big") << 2
        return "".join(base32[bits >> (125 - 5 * i) & 31] for i in range(26))

    tried = 0
    for guess in guesses:
        forms = {guess.encode(), json.dumps(guess).encode(), guess.encode() + b"\n"}
        # The whole report with the guess in the place of the true value: what a digest of the original would give away.
        for true in (PROPERTIES["$ip"], "$autocapture", PROPERTIES["license_keys"][0]):
            forms.add(raw.replace(true.encode(), guess.encode()))
        for form in forms:
            for algorithm in ("sha256", "sha512", "sha1", "md5"):
                digest = hashlib.new(algorithm, form).digest()
                tried += 1
                assert digest[:32].hex() not in digests, f"a digest gives away {guess!r}"
                assert to_base32(digest.ljust(16)) not in pseudonyms, f"a pseudonym gives away {guess!r}"
        for cls, path in itertools.product(("identifier", "licence", "content"),
                                           ("/properties/$ip", "/properties/license_keys/*", "/distinct_id")):
            keyless = b"".join(len(p).to_bytes(8, "big") + p for p in (cls.encode(), path.encode(), guess.encode()))
            tried += 1
            assert to_base32(hashlib.sha256(keyless).digest()) not in pseudonyms, f"a pseudonym without key: {guess!r}"
    # That the method would notice: the digests of what the bundle does hold are found by it.
    assert hashlib.sha256(files["report.json"].encode()).hexdigest() in digests, "the method is blind"
    print(f"counted: {tried} guesses at {len(digests)} digests and {len(pseudonyms)} pseudonyms")


def test_two_sites_give_one_value_two_pseudonyms_and_one_site_one(w):
    """Two sites give one value two pseudonyms, and one site gives it one."""
    w.site()
    first = json.loads(w.airlock("preview", REPORT).out)
    second = json.loads(w.airlock("preview", REPORT).out)
    assert first == second
    other = w.path / "other"
    w.new_site(path=other)
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]), site=other)
    elsewhere = json.loads(w.airlock("preview", REPORT, site=other).out)
    assert first["distinct_id"] != elsewhere["distinct_id"], "a pseudonym is the same at two sites"
    assert first["properties"]["instance_usage_summary"] == elsewhere["properties"]["instance_usage_summary"]


def test_awkward_names_of_events_and_plugins_neither_leave_nor_are_refused(w):
    """Events and plugins with awkward names neither leave nor make the scan refuse."""
    w.site()
    names = ["timestamp", "teams", "helm", "posthog", "1.35.0", "a__b", "2", "period", "usage", "seal", "instance status report"]

    def change(document):
        for team in document["properties"]["teams"].values():
            team["events_count_by_name"] = {name: 1 for name in names}
        document["properties"]["plugins_installed"] = {name: 1 for name in names}
        document["properties"]["$plugins_succeeded"] = names
        for name in names:
            document["properties"][f"plugins_installed__{name}"] = 1
            document["properties"][f"teams__2__events_count_by_name__{name}"] = 1

    result = w.process(w.report(change))
    assert result["outcome"] == "sealed"
    report = json.loads(w.vendor("open", result["bundle"]).out)
    assert report["properties"]["plugins_installed"] == {}
    assert report["properties"]["$plugins_succeeded"] == []
    for team in report["properties"]["teams"].values():
        assert team["events_count_by_name"] == {}


def test_users_names_and_e_mails_which_the_product_may_send_do_not_leave(w):
    w.site()
    users = [{"id": 17, "distinct_id": "abcdefghijklmnop", "first_name": "Marguerite", "email": "marguerite@example.com"}]
    result = w.process(w.report(lambda d: d["properties"].update({"users_who_logged_in": users})))
    text = w.vendor("open", result["bundle"]).text
    for value in ("Marguerite", "marguerite", "example.com", "abcdefghijklmnop"):
        assert value not in text, f"{value} left"
    person = [c for c in result["redactions"] if "/users_who_logged_in/" in c["path"]]
    assert person and all(c["action"] == "drop" for c in person), f"counted as dropped: {person}"
