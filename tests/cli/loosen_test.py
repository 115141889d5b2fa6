"""Every way to loosen: whatever was deleted, replaced, edited or installed, nothing more leaves until a person authorises."""
import json
import os
import pty
import shutil
import subprocess

from loosening import DESTINATION, authorise, held, left


def test_a_new_site_seals_by_itself_and_sends_only_once_authorised(w):
    """A new site seals by itself; what it would send is held until `authorise`, then queued by `process --held`."""
    w.site(tier="standard", entitlements=[])
    w.configure(delivery=DESTINATION)
    held(w, 1, "the disposition: `seal` -> `send`")
    w.airlock("authorise", "--reason", "no terminal", code=4)
    w.airlock("authorise", "--yes", code=2)
    for poor in ("", "two\nlines", "x" * 1025):
        assert "printable text of at most 1024 bytes" in w.airlock("authorise", "--reason", poor, "--yes", code=2).err, poor[:9]
    assert w.airlock("process", "--held", code=4).code == 4
    shown = w.airlock("authorise", "--reason", "contract 4711", "--yes", "--json").json
    assert shown["authorised"] == True
    assert {e["event"]: (e["before"], e["after"]) for e in shown["events"]}["instance status report"] == ("seal", "send")
    done = w.airlock("process", "--held", "--json", code=(0, 7)).json
    assert [r["outcome"] for r in done["reports"]] == ["queued"]
    assert w.process(w.report_of("1.35.2"), code=(0, 7))["outcome"] == "queued"
    entry = json.loads(w.run("sqlite3", w.site_path / "ledger.db", "SELECT body FROM entries WHERE kind = 'authorised'").text)
    assert entry["reason"] == "contract 4711"
    assert w.airlock("authorise", "--reason", "again", "--yes", "--json").json["authorised"] == False
    w.ledger_ok()


def test_a_licence_deleted_holds_and_put_back_needs_no_person(w):
    """The licence deleted: held with 4; put back: as before, without a person."""
    w.site(tier="enterprise-air-gapped")
    licence = w.site_path / "public/licence.p7s"
    kept = licence.read_bytes()
    licence.unlink()
    result = w.process(w.report_of("1.35.1"), code=4)
    assert (result["outcome"], result["licence_state"]) == ("held", "missing")
    assert left(w) == []
    licence.write_bytes(kept)
    assert w.process(w.report_of("1.35.2"))["outcome"] == "sealed"


def test_a_licence_of_a_looser_tier_is_held_and_the_stricter_one_seals(w):
    """The licence replaced by one of a looser tier, by command or by hand: held; the stricter one put back: sealed."""
    w.site(tier="enterprise-air-gapped")
    first = (w.site_path / "public/licence.p7s").read_bytes()
    w.airlock("licence", "install", w.new_licence("standard"))
    held(w, 1, "`seal` -> `send`", "the value of")
    (w.site_path / "public/licence.p7s").write_bytes(w.new_licence("enterprise").read_bytes())
    held(w, 2, "`seal` -> `redact`")
    (w.site_path / "public/licence.p7s").write_bytes(first)
    assert w.process(w.report_of("1.35.3"))["outcome"] == "sealed"
    w.ledger_ok()


def test_a_stricter_licence_lowers_the_ceiling(w):
    """A stricter licence lowers the ceiling, recorded: the looser one again is held."""
    w.site(tier="standard", entitlements=[])
    w.configure(delivery=DESTINATION)
    authorise(w, "`seal` -> `send`", "destinations")
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    assert w.process(w.report_of("1.35.1"))["outcome"] == "sealed"
    status = w.airlock("status", "--json").json
    assert status["ceiling"] == "seal"
    w.airlock("licence", "install", w.new_licence("standard"))
    held(w, 2, "`seal` -> `send`")
    assert w.airlock("status", "--json").json["events"][0]["held_by_ceiling"] == True


def test_a_licence_that_only_expires_moves_nothing(w):
    """A licence that only expires moves nothing: renewed, the site sends again without a person."""
    w.new_vendor()
    w.new_site()
    w.configure(delivery=DESTINATION)
    w.airlock("licence", "install", w.new_licence("enterprise"))
    authorise(w, "`seal` -> `redact`")
    licence = w.site_path / "public/licence.p7s"
    past = ["--not-before", "2020-01-01", "--grace-days", "0"]
    licence.write_bytes(w.new_licence("enterprise", not_after="2021-01-01", extra=past).read_bytes())
    result = w.process(w.report_of("1.35.1"))
    assert (result["licence_state"], result["outcome"]) == ("expired", "sealed")
    w.airlock("licence", "install", w.new_licence("enterprise"))
    assert w.process(w.report_of("1.35.2"), code=(0, 7))["outcome"] == "queued"


def test_a_site_made_anew_may_send_nothing(w):
    """The site directory made anew may send nothing, whatever the old one was allowed."""
    w.site(tier="standard", entitlements=[])
    w.configure(delivery=DESTINATION)
    authorise(w)
    shutil.rmtree(w.site_path)
    w.new_site()
    w.configure(delivery=DESTINATION)
    w.airlock("licence", "install", w.new_licence("standard"))
    held(w, 1, "`seal` -> `send`")


def test_a_destination_edited_or_added_is_held_until_put_back(w):
    """The destination edited, and one added, in airlock.json: held; put back: queued."""
    w.site(tier="standard", entitlements=[])
    w.configure(delivery=DESTINATION)
    authorise(w)
    assert w.process(w.report_of("1.35.1"), code=(0, 7))["outcome"] == "queued"
    moved = {"destinations": [dict(DESTINATION["destinations"][0], url="https://elsewhere.example/v1")]}
    w.configure(delivery=moved)
    held(w, 2, "destinations", "https://reports.vendor.example/v1", "https://elsewhere.example/v1")
    for member, value in (("ca_file", "trust/delivery/other.crt"), ("proxy", "http://127.0.0.1:3128"),
                          ("pins", ["sha256//" + "A" * 43 + "="])):
        w.configure(delivery={"destinations": [dict(DESTINATION["destinations"][0], **{member: value})]})
        ran = w.airlock("process", w.report_of("1.35.9"), "--dry-run", code=4)
        assert "destinations" in ran.err, f"{member}: {ran}"
    w.configure(delivery={"destinations": DESTINATION["destinations"] + moved["destinations"]})
    held(w, 3, "https://elsewhere.example/v1")
    w.configure(delivery=DESTINATION)
    assert w.process(w.report_of("1.35.4"), code=(0, 7))["outcome"] == "queued"


def test_redact_also_taken_away_again_is_held_adding_to_it_is_not(w):
    w.new_vendor()
    w.new_site()
    w.configure(redact_also=[{"class": "version", "do": "drop"}])
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    assert w.process(w.report_of("1.35.1"))["outcome"] == "sealed"
    w.configure(redact_also=[{"class": "version", "do": "drop"}, {"class": "deployment", "do": "drop"}])
    assert w.process(w.report_of("1.35.2"))["outcome"] == "sealed"
    w.configure(redact_also=None)
    held(w, 3, "the value of `/properties/posthog_version`: drop -> keep")


def test_on_hold_nothing_leaves_and_release_lets_it_go(w):
    """On hold nothing leaves, and `release` lets it go; both are recorded with their reasons."""
    w.site()
    assert w.airlock("hold", "--reason", "incident 12", "--json").json["changed"] == True
    assert w.airlock("hold", "--json").json["changed"] == False
    result = w.process(w.report_of("1.35.1"), code=4)
    assert (result["outcome"], result["reason"]) == ("held", "hold")
    assert "incident 12" in result["message"], result["message"]
    assert "may not leave yet" in w.airlock("preview", w.report_of("1.35.2"), code=4).err, "preview says that it may not leave"
    assert w.airlock("status", "--json").json["hold"]["reason"] == "incident 12"
    assert left(w) == []
    w.airlock("process", "--held", code=4)
    w.airlock("release", "--reason", "incident closed")
    assert [r["outcome"] for r in w.airlock("process", "--held", "--json").json["reports"]] == ["sealed"]
    kinds = w.run("sqlite3", w.site_path / "ledger.db", "SELECT kind FROM entries WHERE kind IN ('hold', 'release')").text
    assert kinds.split() == ["hold", "release"]
    w.ledger_ok()


def test_a_bundle_without_its_name_gets_none_while_on_hold(w):
    """A bundle that a crash left without its name gets none while disclosures are on hold, and gets it after `release`."""
    w.site()
    w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=link,linkat", "-e", "inject=link,linkat:signal=KILL:when=1",
          w.program("airlock"), "--site", w.site_path, "process", w.report_of("1.35.1"), code=(-9, 137, 8))
    assert w.hidden(), "the crash left the hidden bundle"
    w.airlock("hold")
    assert w.process(w.report_of("1.35.2"), code=4)["reason"] == "hold"
    assert (w.outbox(), len(w.hidden())) == ([], 2), "visible and hidden"
    w.ledger_ok()
    w.airlock("release")
    assert [r["outcome"] for r in w.airlock("process", "--held", "--json").json["reports"]] == ["sealed"]
    assert (len(w.outbox()), w.hidden()) == (2, []), "visible and hidden"
    w.ledger_ok()


def test_at_a_terminal_authorise_shows_old_against_new_and_asks(w):
    """At a terminal `authorise` shows old against new and asks; anything but yes allows nothing."""
    w.site(tier="standard", entitlements=[])
    for answer, code in ((b"no\n", 4), (b"yes\n", 0)):
        leader, follower = pty.openpty()
        os.write(leader, answer)
        ran = subprocess.run([w.program("airlock"), "--site", str(w.site_path), "authorise", "--reason", "asked"],
                             stdin=follower, capture_output=True, timeout=60, check=False)
        os.close(leader)
        os.close(follower)
        assert ran.returncode == code, ran.stderr.decode()
        assert "`seal` -> `send`" in ran.stderr.decode(), ran.stderr.decode()
