"""Sending when something fails: receivers that misbehave, payloads that are lost, processes that are killed."""
import json
import pathlib
import re
import subprocess

import pytest
from harness import LONG, wait_for
import receiver as r
from receiver import Authority, Receiver
from sending import configure, entries_of, https_json, queue, send, sending_site

FAILURES = [
    # what the receiver does, what is recorded, whether it may have arrived, whether it is given up
    (500, "answers 500: server_error", "unknown", False),
    (503, "answers 503: busy", "unknown", False),
    (404, "answers 404: refused", "no", False),
    (413, "answers 413: too_large", "no", True),
    ((429, {"Retry-After": "7200"}), "answers 429: busy", "no", False),
    ((302, {"Location": "https://elsewhere.example/"}), "answers 302: redirect", "no", False),
    ((307, {"Location": "/v2"}), "answers 307: redirect", "no", False),
    (r.reset, "connection_lost", "unknown", False),
    (r.stall, "timeout", "unknown", False),
    (r.drip, "timeout", "unknown", False),
    (r.endless_body, "answer_too_large", "unknown", False),
    (r.endless_head, "answer_too_large", "unknown", False),
    (r.hang_up_after_200, "connection_lost", "unknown", False),
    (r.not_http, "malformed_answer", "unknown", False),
]


def echoing(receiver, connection):
    """Says the report again: as the reason, in header lines and as the answer's body."""
    body = receiver.requests[-1].body
    line = body.replace(b"\r", b" ").replace(b"\n", b" ")[:2000]
    connection.sendall(b"HTTP/1.1 422 " + line[:200] + b"\r\nLocation: https://" + line[:300] + b"\r\nX-Echo: " + line +
                       b"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)


def redirecting(receiver, connection):
    connection.sendall(b"HTTP/1.1 307 Secret-4711\r\nLocation: https://secret-4711.example/\r\nContent-Length: 0\r\n\r\n")


def babbling(receiver, connection):
    connection.sendall(b"SECRET-4711 is what you sent me\r\n\r\n")


def test_a_receiver_that_repeats_the_report_leaves_none_of_it_anywhere(w):
    """A receiver that repeats the report leaves none of it in ledger, status, or outbox list."""
    authority = Authority(w)
    secret = "4711.4711.4711"
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        report = w.report_of(secret)
        queue(w, report)
        for step, word in ((echoing, "answers 422: refused"), (redirecting, "answers 307: redirect"), (babbling, "malformed_answer")):
            server.script.append(step)
            send(w, "--now", code=7)
            assert entries_of(w, 1)[-1]["error"] == word, step.__name__
            told = (w.airlock("ledger", "export", "--format", "json").text + w.airlock("outbox", "list", "--json").text +
                    w.airlock("status", "--json").text + w.airlock("outbox", "list").text)
            for said in (secret, "ecret-4711", "SECRET-4711", "elsewhere"):
                assert said not in told, f"{step.__name__}: {said} is recorded"


@pytest.mark.takes(5)
def test_whatever_a_receiver_does_a_report_is_kept_and_sent_once_more(w):
    """Whatever a receiver does: recorded with its reason, kept, sent later under the same key, and only once more."""
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        for number, (step, words, delivered, final) in enumerate(FAILURES, 1):
            name = getattr(step, "__name__", step)
            server.script.append(step)
            preview_of = w.report_of(f"1.{number}.0")
            queue(w, preview_of)
            before = len(server.posts)
            outcome = send(w, "--now", code=7)
            *_, entry, last = entries_of(w, number)
            if final:
                assert last["kind"] == "held", f"{name}: what is given up waits for a person"
            else:
                entry = last
            assert entry["kind"] == "send_failed", f"{name}: entry"
            body = entry if "error" in entry else json.loads(entry["body"])
            assert body["error"] == words, name
            assert body["delivered"] == delivered, f"{name}: delivered"
            assert body.get("final", False) == final, f"{name}: given up"
            assert outcome["failed" if final else "waiting"] == 1, f"{name}: kept"
            assert len(list((w.site_path / "outbox").glob("*.json"))) == number, f"{name}: payload kept, beside those that were sent"
            assert len(server.posts) == before + 1, f"{name}: requests"
            if isinstance(step, tuple) and "Retry-After" in step[1]:
                assert outcome["next_try"] == body["next_try"], f"{name}: next try"
                hours = w.run("date", "-d", body["next_try"], "+%s").text, w.run("date", "-d", body["time"], "+%s").text
                assert int(hours[0]) - int(hours[1]) >= 7199, f"{name}: Retry-After is not kept"
            assert send(w, code=7)["reports"] == [], f"{name}: before its time"
            assert send(w, "--now")["sent"] == 1, f"{name}: sent at last"
            keys = [p.headers["idempotency-key"] for p in server.posts[before:]]
            assert len(set(keys)) == 1, f"{name}: keys"
            assert server.posts[-1].body == preview_of.read_bytes(), f"{name}: body"
        keys = [p.headers["idempotency-key"] for p in server.posts]
        assert len(keys) == 2 * len(FAILURES), "requests in all"
        assert len(set(keys)) == len(FAILURES), "different keys"
        w.ledger_ok()
    print(f"counted: {len(FAILURES)} ways to misbehave")


def test_a_receiver_that_stops_reading_is_left_after_its_time(w):
    authority = Authority(w)
    with Receiver(authority.issue("server"), [r.stall_reading], window=8192) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        big = w.report(lambda d: d["properties"].update({"plugins_installed": {f"plugin {'x' * 990} {i}": 1 for i in range(5000)}}))
        # The kernel takes up to this much for a socket, and libcurl 8 hands it that much at once.
        taken = int(pathlib.Path("/proc/sys/net/ipv4/tcp_wmem").read_text().split()[2])
        assert big.stat().st_size > taken + 500000, "the report is too small for the test"
        queue(w, big)
        outcome = send(w, code=7)
        assert "the receiver took less than 4096 bytes in 2 s" in outcome["reports"][0]["message"], outcome
        assert send(w, "--now")["sent"] == 1, "sent"
        assert server.bodies() == [big.read_bytes()], "body"


def test_a_report_older_than_max_age_hours_is_given_up_and_kept(w):
    """A report older than max_age_hours is given up and kept, told by outbox list, and sent after all by flush."""
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority, max_age_hours=1)])
        queue(w)
        later = w.run("faketime", "-f", "+61m", w.program("airlock-send"), "--site", w.site_path, "--json", code=None).json
        assert later["failed"] == 1, f"given up: {later}"
        assert "older than 1 hours" in later["reports"][0]["message"], later
        assert server.posts == [], "posts"
        entry, held = entries_of(w, 1)[-2:]
        assert (entry["kind"], entry["final"]) == ("send_failed", True)
        assert (held["kind"], held["reason"]) == ("held", "send_failed"), "its bytes wait for a person"
        assert w.airlock("outbox", "list", "--json").json["outbox"][0]["stage"] == "failed"
        assert send(w, "--now")["sent"] == 1, "sent after all"
        w.ledger_ok()


def test_a_payload_that_was_altered_or_lost_is_never_sent(w):
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        queue(w)
        payload, = (w.site_path / "outbox").glob("*.json")
        payload.write_bytes(payload.read_bytes().replace(b"London", b"Londom"))
        w.airlock("ledger", "verify", code=5)
        assert send(w, code=5)["payload_lost"] == 1, "lost"
        queue(w, w.report_of("1.1.0"))
        next((w.site_path / "outbox").glob("*.json")).unlink()
        for p in (w.site_path / "outbox").glob("*.json"):
            p.unlink()
        assert send(w, code=5)["payload_lost"] == 1, "lost"
        assert server.accepted == 0, "connections"


def test_a_payload_that_the_disk_fails_to_read_waits_for_the_next_round(w):
    """A payload that the disk fails to read now is not lost: it waits, and the next round sends it."""
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        queue(w)
        payload, = (w.site_path / "outbox").glob("*.json")
        for call, error in (("openat", "EIO"), ("openat", "EACCES"), ("read,pread64", "EIO"), ("newfstatat", "EIO")):
            ran = w.run("strace", "-f", "-q", "-o", w.path / "trace", "-P", payload, "-e", f"trace={call}", "-e",
                        f"inject={call}:error={error}", w.program("airlock-send"), "--site", w.site_path, "--now",
                        env={"ASAN_OPTIONS": "detect_leaks=0"}, code=(1, 8))
            assert payload.name in ran.err, ran.err
            assert "INJECTED" in (w.path / "trace").read_text(), f"{call}: nothing failed"
            assert w.kinds(1) == ["produced", "queued"], f"{call} {error}"
        assert send(w)["sent"] == 1, "sent"
        assert len(server.posts) == 1, "posts"


KILL_CALLS = "fdatasync,unlink,sendto,write,connect" + (",openat,pwrite64,fsync,read,recvfrom" if LONG else "")


@pytest.mark.takes(4)
def test_a_sender_killed_at_each_step_sends_in_the_end(w):
    """kill -9 of the sender at each step: it is sent in the end, under one key, and the ledger says so."""
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        queue(w)
        w.run("cp", "-a", w.site_path, w.path / "saved")

        def restore():
            w.run("rm", "-rf", w.site_path)
            w.run("cp", "-a", w.path / "saved", w.site_path)

        command = [w.program("airlock-send"), "--site", w.site_path]
        trace = w.path / "trace"
        w.run("strace", "-f", "-e", f"trace={KILL_CALLS}", "-o", trace, *command)
        counts = {}
        for line in trace.read_text().splitlines():
            found = re.match(r"\d+ +(\w+)\(", line)
            if found:
                counts[found[1]] = counts.get(found[1], 0) + 1
        killed = 0
        arrived = unknown = 0
        for call, most in sorted(counts.items()):
            # Reading and opening is done dozens of times before anything happens.
            step = 1 if LONG else max(1, most // 4)
            for when in range(most, 0, -step):
                restore()
                server.requests.clear()
                ran = w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                            f"inject={call}:signal=KILL:when={when}", *command, code=(-9, 137, 0, 7))
                killed += ran.code in (-9, 137)
                first = len(server.posts)
                arrived += first
                kinds = w.kinds(1)
                assert first == 0 or "attempted" in kinds, f"{call} {when}: sent before it was recorded: {kinds}"
                again = send(w, "--now", code=(0,))
                kinds = w.kinds(1)
                assert kinds[-1] == "sent", f"{call} {when}: {again}"
                assert kinds.count("sent") == 1, f"{call} {when}"
                assert len({p.headers["idempotency-key"] for p in server.posts}) == 1, f"{call} {when}: keys"
                assert len(server.posts) in (1, 2), f"{call} {when}: {len(server.posts)} requests"
                assert [p.suffix for p in (w.site_path / "outbox").iterdir()] == [".json"], f"{call} {when}: outbox"
                w.ledger_ok()
        assert killed > 10, f"only {killed} runs were killed"
        assert arrived > 0, "no run was killed after the receiver had it"
    print(f"counted: sender killed {killed} times, {arrived} times after the report had arrived")


@pytest.mark.takes(3)
def test_a_server_killed_in_the_middle_gets_the_report_under_the_same_key(w):
    """A server that is killed in the middle: the report waits, and the next server gets it under the same key."""
    authority = Authority(w)
    pem = authority.issue("server")
    for step in (r.stall_reading, r.stall, r.hang_up_after_200):
        w.site_path = w.path / f"site-{step.__name__}"
        with Receiver(pem, [step]) as server:
            sending_site(w, destinations=[https_json(server.url(), authority, timeout_seconds=20)])
            queue(w)
            sender = subprocess.Popen([w.program("airlock-send"), "--site", str(w.site_path)], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
            wait_for(lambda: server.accepted > 0 and "attempted" in w.kinds(1), "the attempt")
        assert sender.wait(60) == 7, f"{step.__name__}: exit"
        with Receiver(pem) as server:
            configure(w, [https_json(server.url(), authority)])
            assert send(w, "--now")["sent"] == 1, step.__name__
        w.ledger_ok()
