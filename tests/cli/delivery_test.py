"""Sending, against receivers on loopback: what arrives, what is recorded, and what happens when it does not arrive."""
import base64
import json
import os
import re
import subprocess

import pytest
from harness import LONG, REPORT, wait_for
from receiver import Authority, Receiver
from sending import configure, entries_of, https_json, queue, send, sending_site


def newest(w, kind):
    entries = [e for n in range(1, 100) for e in entries_of(w, n)]
    return [e for e in entries if e["kind"] == kind][-1]


def test_what_the_receiver_gets_is_byte_for_byte_what_preview_prints(w):
    """What the receiver gets is byte for byte what preview prints, for send and for redact, with a statement that openssl
    verifies."""
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        for tier in ("standard", "scale"):
            site = w.path / f"site-{tier}"
            w.site_path = site
            sending_site(w, tier, [https_json(server.url(), authority)])
            preview = w.airlock("preview", REPORT).out
            queued = queue(w)
            assert queued["outcome"] == "queued", "outcome"
            waiting = list((site / "outbox").glob("*.json"))
            assert [p.read_bytes() for p in waiting] == [preview], "payload in the outbox"
            assert send(w)["sent"] == 1, "sent"
            request = server.posts[-1]
            assert request.body == preview, "body"
            if tier == "standard":
                assert request.body == REPORT.read_bytes(), "an unredacted body"
            statement = base64.b64decode(request.headers["airlock-statement"])
            said = json.loads(statement)
            assert said["id"] == request.headers["idempotency-key"], "id and key"
            assert (said["disclosure"], said["number"], said["previous"], said["size"]) == (1, 1, None, len(preview)), "statement"
            w.file("statement", statement)
            w.file("signature", base64.b64decode(request.headers["airlock-signature"]))
            w.file("body", request.body)
            w.shell("openssl cms -verify -binary -inform DER -in signature -content statement -out /dev/null "
                    f"-CAfile {site}/keys/site.crt -no-CApath -no-CAstore -purpose any; test \"$(sha256sum < body | cut -c1-64)\" = {said['sha256']}")
            assert w.kinds(1) == ["produced", "queued", "attempted", "sent"], "entries"
            sent, = (site / "outbox").iterdir()
            assert (sent.name, sent.read_bytes(), sent.stat().st_mode & 0o777) == (said["id"] + ".json", preview, 0o600), "outbox"
            assert (w.airlock("outbox", "list", "--json").json["outbox"], send(w)["reports"]) == ([], []), "it does not wait"
            w.ledger_ok()
            assert w.process(code=0)["outcome"] == "repeated", "the same bytes again"
    print("counted: 2 tiers sent")


def test_the_statement_names_the_disclosure_before_it(w):
    """The statement names the disclosure before it, and the numbers under which nothing comes."""
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        for n in range(3):
            queue(w, w.report_of(f"1.{n}.0"))
        assert send(w)["sent"] == 3, "sent"
        said = [json.loads(base64.b64decode(p.headers["airlock-statement"])) for p in server.posts]
        assert [s["disclosure"] for s in said] == [1, 2, 3], "order"
        assert [s["previous"] and s["previous"]["id"] for s in said] == [None, said[0]["id"], said[1]["id"]], "previous"
        assert said[1]["previous"]["content_sha256"] == said[0]["sha256"], "digest of the one before"


def test_on_hold_nothing_that_is_queued_is_sent(w):
    """On hold nothing that is queued is sent, however the sender is started; after `release` it is, once, under its own key."""
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        queued = [queue(w, w.report_of(f"1.{n}.0")) for n in (1, 2)]
        w.airlock("hold", "--reason", "incident 12")
        for _ in range(2):
            ran = w.run(w.program("airlock-send"), "--site", w.site_path, "--once", code=None)
            assert ran.code in (4, 7) and "incident 12" in ran.text + ran.err, ran
        held = w.process(w.report_of("1.3.0"), code=4)
        assert (held["outcome"], held["reason"]) == ("held", "hold")
        assert server.posts == [], "posts while on hold"
        for result in queued:
            assert w.kinds(result["number"]) == ["produced", "queued"], "nothing was begun"
        waiting = w.airlock("outbox", "list", "--json").json
        assert [p["stage"] for p in waiting["outbox"]] == ["queued", "queued"], "disclosures that wait"
        w.ledger_ok()
        w.airlock("release", "--reason", "incident closed")
        send(w, "--once")
        assert len(server.posts) == 2
        assert w.kinds(queued[0]["number"]) == ["produced", "queued", "attempted", "sent"]
        w.airlock("process", "--held", "--no-deliver", code=7)
        send(w, "--once")
        assert len({q.headers["idempotency-key"] for q in server.posts}) == 3
        w.ledger_ok()


def test_two_senders_at_once_send_every_report_once(w):
    """Two senders at once: every report arrives once, under one key, and is recorded once."""
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        for n in range(3):
            queue(w, w.report_of(f"1.{n}.0"))
        senders = [subprocess.Popen([w.program("airlock-send"), "--site", str(w.site_path), "--once", "--quiet"]) for _ in range(3)]
        assert [s.wait(60) for s in senders] == [0, 0, 0], "exit codes"
        assert (len(server.posts), len({p.headers["idempotency-key"] for p in server.posts})) == (3, 3), "posts and keys"
        assert [w.kinds(n) for n in (1, 2, 3)] == [["produced", "queued", "attempted", "sent"]] * 3
        w.ledger_ok()


def test_posthog_batch_sends_the_previews_unchanged_slices(w):
    """posthog-batch: event, distinct_id, properties and timestamp are the preview's unchanged slices; too large is refused with
    the reason."""
    authority = Authority(w)
    w.file("api.key", "phc_example\n")
    os.chmod(w.path / "api.key", 0o600)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[{"type": "posthog-batch", "url": server.url(path="/batch/"), "ca_file": str(authority.crt),
                                       "timeout_seconds": 5, "api_key_file": str(w.path / "api.key")}])
        preview = w.airlock("preview", REPORT).text
        queue(w)
        assert send(w)["sent"] == 1, "sent"
        body = server.posts[0].body.decode()
        document, original = json.loads(body), json.loads(preview)
        assert document["api_key"] == "phc_example", "api_key"
        event, = document["batch"]
        assert sorted(event) == ["distinct_id", "event", "properties", "timestamp", "uuid"], "members"
        assert event["uuid"] == server.posts[0].headers["idempotency-key"], "uuid"
        for member in ("event", "distinct_id", "timestamp", "properties"):
            assert event[member] == original[member], member
            slice_of = lambda text: raw_member(text, member)
            assert f'"{member}":' + slice_of(preview) + "," in body, f"{member} is not the unchanged slice"
        if not LONG:  # the limit itself is in the unit tests
            return
        big = w.report(lambda d: d["properties"].update({"plugins_installed": {f"plugin {'x' * 900} {i}": 1 for i in range(25000)}}))
        assert big.stat().st_size > 20 * 1024 * 1024, "the report is too small for the test"
        queue(w, big)
        outcome = send(w, code=7)
        assert outcome["failed"] == 1, "given up"
        assert "larger than PostHog accepts" in outcome["reports"][0]["message"], outcome
        assert len(server.posts) == 1, "requests"


def raw_member(text, member):
    """The exact text of a member of the outermost object."""
    decoder = json.JSONDecoder()
    at = text.index("{") + 1
    while True:
        at = re.compile(r"[\s,]*").match(text, at).end()
        key, at = decoder.raw_decode(text, at)
        at = re.compile(r"\s*:\s*").match(text, at).end()
        _, end = decoder.raw_decode(text, at)
        if key == member:
            return text[at:end]
        at = end


def test_licence_usage_on_a_sending_site_tells_what_was_sent_last(w):
    """Licence usage on a sending site tells what was sent last: not what waits, nor what was withdrawn."""
    authority = Authority(w)
    total = "instance_usage_summary.events_count_total"

    def told():
        ran = w.airlock("licence", "usage", "--json").json
        return ran["disclosure"], ran["limits"][0]["value"]

    def report(n):
        return w.report(lambda d: d["properties"]["instance_usage_summary"].update({"events_count_total": n}))

    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        w.airlock("licence", "install", w.new_licence("standard", extra=["--limit", f"{total}=20"]))
        queue(w, report(11))
        assert told() == (None, None), "while it waits"
        assert send(w)["sent"] == 1, "sent"
        assert told() == (1, 11), "after it was sent"
        queue(w, report(12))
        queue(w, report(13))
        assert told() == (1, 11), "while others wait"
        assert send(w)["sent"] == 2, "sent"
        assert told() == (3, 13), "after all were sent"
        queue(w, report(14))
        configure(w, [https_json(server.url(), authority)], authorise=False, floor="withhold")
        assert send(w, code=4)["withdrawn"] == 1, "withdrawn"
        assert told() == (3, 13), "after one was withdrawn"
        w.process(report(15))
        assert told() == (3, 13), "after the next run"


def test_a_payload_that_was_sent_stays_for_bundle_days_and_never_waits(w):
    """A payload that was sent stays for `bundle_days`, is checked against the ledger, and then ends as recorded."""
    authority = Authority(w)
    total = "instance_usage_summary.events_count_total"
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        w.airlock("licence", "install", w.new_licence("standard", extra=["--limit", f"{total}=20"]))
        queue(w)
        assert send(w)["sent"] == 1
        sent, = (w.site_path / "outbox").iterdir()
        status = w.airlock("status", "--json").json
        assert (status["queue"], status["bundles"]["waiting"], status["held"]) == ({"waiting": 0, "failed": 0}, 0, 0), "status"
        assert not [f for f in w.airlock("doctor", "--json", code=None).json["findings"] if sent.name in str(f)], "doctor"
        sound = sent.read_bytes()
        sent.write_bytes(sound + b" ")
        assert "differs from what was sent" in w.airlock("licence", "usage", "--json").json["problem"]
        assert "differs from the file that was sent as disclosure 1" in w.airlock("ledger", "verify", code=5).err
        sent.write_bytes(sound)
        configure(w, [https_json(server.url(), authority)], authorise=False, floor="withhold",
                  retention={"bundle_days": 20, "payload_days": 30})
        later = [w.program("airlock"), "--site", w.site_path, "process"]
        w.run("faketime", "-f", "+19d", *later, w.report_of("1.1.0"))
        assert sent.exists(), "before its time"
        w.run("faketime", "-f", "+21d", *later, w.report_of("1.2.0"))
        assert not sent.exists(), "after its time"
        expired = [e for e in w.airlock("ledger", "export", "--format", "json").json["entries"] if e["kind"] == "expired"]
        assert [(e["what"], e["after_days"]) for e in expired] == [("sent payload", 20)]
        assert "was removed when its retention time was over" in w.airlock("licence", "usage", "--json").json["problem"]
        w.ledger_ok()


def test_a_queued_report_is_withdrawn_by_a_floor_or_an_air_gapped_licence(w):
    """A queued report and then a floor, or an air-gapped licence: nothing is sent, it is withdrawn."""
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        for name, change in (("floor", lambda: configure(w, [https_json(server.url(), authority)], authorise=False, floor="seal")),
                             ("licence", lambda: w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"])))):
            w.site_path = w.path / f"site-{name}"
            sending_site(w, destinations=[https_json(server.url(), authority)])
            queue(w)
            change()
            outcome = send(w, code=4)
            assert (outcome["withdrawn"], outcome["sent"]) == (1, 0), name
            assert w.kinds(1) == ["produced", "queued", "withdrawn", "held"], f"{name}: entries"
            assert list((w.site_path / "outbox").iterdir()) == [], f"{name}: outbox"
            assert send(w)["reports"] == [], f"{name}: afterwards"
            w.ledger_ok()
        assert server.accepted == 0, "connections"


@pytest.mark.takes(4)
def test_many_queued_reports_drain_in_order_with_bounded_memory(w):
    """Many queued reports drain with bounded memory and descriptors, in order, each once."""
    many = 10000 if LONG else 20
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        document = json.loads(REPORT.read_bytes())
        for n in range(many):
            document["properties"]["posthog_version"] = f"1.{n}.0"
            w.file(w.site_path / "inbox" / f"{n:06}.json", json.dumps(document))
        w.airlock("process", "--inbox", "--no-deliver", code=7, timeout=7200)
        peak = w.run("sh", "-c", "ulimit -n 40; exec \"$@\"", "sh", "/usr/bin/env", "python3", "-c",
                     "import resource,subprocess,sys;"
                     "code=subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL).returncode;"
                     "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss);sys.exit(code)",
                     w.program("airlock-send"), "--site", w.site_path, timeout=7200).text
        assert len(server.posts) == many, "requests"
        assert len({p.headers["idempotency-key"] for p in server.posts}) == many, "keys"
        numbers = [json.loads(base64.b64decode(p.headers["airlock-statement"]))["disclosure"] for p in server.posts]
        assert numbers == list(range(1, many + 1)), "order"
        assert server.accepted <= 3, f"{server.accepted} connections"
        w.ledger_ok()
    sanitized = "asan" in w.program("airlock-send") or os.environ.get("UBSAN_OPTIONS")
    assert sanitized or int(peak) < 100000, f"{peak} KiB"
    print(f"counted: {many} reports sent over {server.accepted} connections, peak memory {int(peak) // 1024} MiB")


def test_outbox_list_tells_what_waits_and_flush_tries_everything(w):
    """outbox list tells age, attempts, the last error and the next try; flush tries everything; status counts."""
    authority = Authority(w)
    programs = w.path / "installed"
    programs.mkdir()
    for name in ("airlock", "airlock-send"):
        os.link(w.program(name), programs / name) if same_disk(w, programs) else w.run("cp", w.program(name), programs / name)
    airlock = [programs / "airlock", "--site", w.site_path]
    with Receiver(authority.issue("server"), [503, 413]) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        assert w.airlock("outbox", "list", "--json").json["outbox"] == [], "at first"
        queue(w)
        item, = w.airlock("outbox", "list", "--json").json["outbox"]
        assert (item["stage"], item["attempts"], item["last_error"], item["next_try"], item["maybe_delivered"]) \
            == ("queued", 0, None, None, False), "before an attempt"
        send(w, code=7)
        item, = w.airlock("outbox", "list", "--json").json["outbox"]
        assert (item["stage"], item["attempts"], item["maybe_delivered"]) == ("queued", 1, True), "the disclosure after one attempt"
        assert "answers 503" in item["last_error"] and item["next_try"] > item["last_attempt"], item
        assert "waits to be sent" in w.airlock("outbox", "list").text, "for people"
        assert w.run(*airlock, "outbox", "flush", "--json", code=7).json["failed"] == 1, "given up"
        assert w.airlock("outbox", "list", "--json").json["outbox"][0]["stage"] == "failed", "stage"
        assert w.airlock("status", "--json").json["queue"]["failed"] == 1, "status"
        assert w.run(*airlock, "outbox", "flush", "--json", code=0).json == {"waiting": 0, "failed": 0, "exit": 0}, "flush"
        assert w.airlock("outbox", "list", "--json").json["outbox"] == [], "at last"
        assert len({p.headers["idempotency-key"] for p in server.posts}) == 1, "keys"
        # With airlock-send beside it, process sends by itself.
        result = w.run(*airlock, "process", w.report_of("1.5.0"), "--json").json
        assert (result["outcome"], result["exit"]) == ("sent", 0), "process"


def same_disk(w, folder):
    return os.stat(w.program("airlock")).st_dev == os.stat(folder).st_dev


@pytest.mark.takes(3)
def test_watch_sends_what_comes_and_ends_at_sigterm(w):
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        sender = subprocess.Popen([w.program("airlock-send"), "--site", str(w.site_path), "--watch"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        queue(w)
        wait_for(lambda: len(server.posts) == 1, "the first report")
        queue(w, w.report_of("1.1.0"))
        wait_for(lambda: len(server.posts) == 2, "the second report")
        sender.terminate()
        assert sender.wait(60) == 0, "exit"
        assert w.kinds(2)[-1] == "sent", "recorded"
