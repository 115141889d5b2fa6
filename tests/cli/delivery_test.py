"""Sending, against receivers on loopback: what arrives, what is recorded, and what happens when it does not arrive."""
import base64
import json
import os
import re
import ssl
import subprocess

import receiver as r
from harness import LONG, REPORT, case, check, equal, main, wait_for
from receiver import Authority, Receiver


def sending_site(w, tier="standard", destinations=None, **members):
    """A site that may send; `destinations` are those of its `airlock.json`."""
    w.site(tier=tier, entitlements=())
    configure(w, destinations or [], **members)
    return w


def configure(w, destinations, authorise=True, **members):
    path = w.site_path / "airlock.json"
    document = json.loads(path.read_text())
    document["delivery"] = {"destinations": destinations}
    document.update(members)
    path.write_text(json.dumps(document))
    if authorise and destinations:
        w.airlock("authorise", "--reason", "the vendor's contract", "--yes", code=0)


def https_json(url, authority, **members):
    return {"type": "https-json", "url": url, "ca_file": str(authority.crt), "timeout_seconds": 2, **members}


def send(w, *arguments, code=0, **options):
    return w.run(w.program("airlock-send"), "--site", w.site_path, "--json", *arguments, code=code, **options).json


def queue(w, report=None, *arguments):
    return w.process(report, "--no-deliver", *arguments, code=7)


def newest(w, kind):
    entries = [e for n in range(1, 100) for e in entries_of(w, n)]
    return [e for e in entries if e["kind"] == kind][-1]


def entries_of(w, number):
    ran = w.airlock("ledger", "show", number, "--json", code=None)
    return ran.json["entries"] if ran.code == 0 else []


def version(n):
    return lambda d: d["properties"].update({"posthog_version": f"1.{n}.0"})


@case("what the receiver gets is byte for byte what preview prints, for send and for redact, with a statement that openssl verifies")
def _(w):
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        for tier in ("standard", "scale"):
            site = w.path / f"site-{tier}"
            w.site_path = site
            sending_site(w, tier, [https_json(server.url(), authority)])
            preview = w.airlock("preview", REPORT).out
            queued = queue(w)
            equal(queued["outcome"], "queued", "outcome")
            waiting = list((site / "outbox").glob("*.json"))
            equal([p.read_bytes() for p in waiting], [preview], "payload in the outbox")
            equal(send(w)["sent"], 1, "sent")
            request = server.posts[-1]
            equal(request.body, preview, "body")
            if tier == "standard":
                equal(request.body, REPORT.read_bytes(), "an unredacted body")
            statement = base64.b64decode(request.headers["airlock-statement"])
            said = json.loads(statement)
            equal(said["id"], request.headers["idempotency-key"], "id and key")
            equal((said["disclosure"], said["number"], said["previous"], said["size"]), (1, 1, None, len(preview)), "statement")
            w.file("statement", statement)
            w.file("signature", base64.b64decode(request.headers["airlock-signature"]))
            w.file("body", request.body)
            w.shell("openssl cms -verify -binary -inform DER -in signature -content statement -out /dev/null "
                    f"-CAfile {site}/keys/site.crt -no-CApath -no-CAstore -purpose any; test \"$(sha256sum < body | cut -c1-64)\" = {said['sha256']}")
            equal(w.kinds(1), ["produced", "queued", "attempted", "sent"], "entries")
            equal(list((site / "outbox").iterdir()), [], "outbox")
            w.ledger_ok()
            equal(w.process(code=0)["outcome"], "repeated", "the same bytes again")
    print("counted: 2 tiers sent")


@case("the statement names the disclosure before it, and the numbers under which nothing comes")
def _(w):
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        for n in range(3):
            queue(w, w.report(version(n)))
        equal(send(w)["sent"], 3, "sent")
        said = [json.loads(base64.b64decode(p.headers["airlock-statement"])) for p in server.posts]
        equal([s["disclosure"] for s in said], [1, 2, 3], "order")
        equal([s["previous"] and s["previous"]["id"] for s in said], [None, said[0]["id"], said[1]["id"]], "previous")
        equal(said[1]["previous"]["content_sha256"], said[0]["sha256"], "digest of the one before")


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


@case("a receiver that repeats the report leaves none of it in ledger, status, or outbox list")
def _(w):
    authority = Authority(w)
    secret = "4711.4711.4711"
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        report = w.report(lambda d: d["properties"].update({"posthog_version": secret}))
        queue(w, report)
        for step, word in ((echoing, "answers 422: refused"), (redirecting, "answers 307: redirect"), (babbling, "malformed_answer")):
            server.script.append(step)
            send(w, "--now", code=7)
            equal(entries_of(w, 1)[-1]["error"], word, step.__name__)
            told = (w.airlock("ledger", "export", "--format", "json").text + w.airlock("outbox", "list", "--json").text +
                    w.airlock("status", "--json").text + w.airlock("outbox", "list").text)
            for said in (secret, "ecret-4711", "SECRET-4711", "elsewhere"):
                check(said not in told, f"{step.__name__}: {said} is recorded")


@case("whatever a receiver does: recorded with its reason, kept, sent later under the same key, and only once more")
def _(w):
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        for number, (step, words, delivered, final) in enumerate(FAILURES, 1):
            name = getattr(step, "__name__", step)
            server.script.append(step)
            preview_of = w.report(version(number))
            queue(w, preview_of)
            before = len(server.posts)
            outcome = send(w, "--now", code=7)
            *_, entry, last = entries_of(w, number)
            if final:
                equal(last["kind"], "held", f"{name}: what is given up waits for a person")
            else:
                entry = last
            equal(entry["kind"], "send_failed", f"{name}: entry")
            body = entry if "error" in entry else json.loads(entry["body"])
            equal(body["error"], words, name)
            equal(body["delivered"], delivered, f"{name}: delivered")
            equal(body.get("final", False), final, f"{name}: given up")
            equal(outcome["failed" if final else "waiting"], 1, f"{name}: kept")
            equal(len(list((w.site_path / "outbox").glob("*.json"))), 1, f"{name}: payload kept")
            equal(len(server.posts), before + 1, f"{name}: requests")
            if isinstance(step, tuple) and "Retry-After" in step[1]:
                equal(outcome["next_try"], body["next_try"], f"{name}: next try")
                hours = w.run("date", "-d", body["next_try"], "+%s").text, w.run("date", "-d", body["time"], "+%s").text
                check(int(hours[0]) - int(hours[1]) >= 7199, f"{name}: Retry-After is not kept")
            equal(send(w, code=7)["reports"], [], f"{name}: before its time")
            equal(send(w, "--now")["sent"], 1, f"{name}: sent at last")
            keys = [p.headers["idempotency-key"] for p in server.posts[before:]]
            equal(len(set(keys)), 1, f"{name}: keys")
            equal(server.posts[-1].body, preview_of.read_bytes(), f"{name}: body")
        keys = [p.headers["idempotency-key"] for p in server.posts]
        equal(len(keys), 2 * len(FAILURES), "requests in all")
        equal(len(set(keys)), len(FAILURES), "different keys")
        w.ledger_ok()
    print(f"counted: {len(FAILURES)} ways to misbehave")


@case("on hold nothing that is queued is sent, however the sender is started; after `release` it is, once, under its own key")
def _(w):
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        queued = [queue(w, w.report(version(n))) for n in (1, 2)]
        w.airlock("hold", "--reason", "incident 12")
        for _ in range(2):
            ran = w.run(w.program("airlock-send"), "--site", w.site_path, "--once", code=None)
            check(ran.code in (4, 7) and "incident 12" in ran.text + ran.err, ran)
        held = w.process(w.report(version(3)), code=4)
        equal((held["outcome"], held["reason"]), ("held", "hold"))
        equal(server.posts, [], "posts while on hold")
        for result in queued:
            equal(w.kinds(result["number"]), ["produced", "queued"], "nothing was begun")
        waiting = w.airlock("outbox", "list", "--json").json
        equal([p["stage"] for p in waiting["outbox"]], ["queued", "queued"], "what waits")
        w.ledger_ok()
        w.airlock("release", "--reason", "incident closed")
        send(w, "--once")
        equal(len(server.posts), 2)
        equal(w.kinds(queued[0]["number"]), ["produced", "queued", "attempted", "sent"])
        w.airlock("process", "--held", "--no-deliver", code=7)
        send(w, "--once")
        equal(len({q.headers["idempotency-key"] for q in server.posts}), 3)
        w.ledger_ok()


@case("a receiver that stops reading is left after its time")
def _(w):
    authority = Authority(w)
    with Receiver(authority.issue("server"), [r.stall_reading], window=8192) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        big = w.report(lambda d: d["properties"].update({"plugins_installed": {f"plugin {'x' * 990} {i}": 1 for i in range(2500)}}))
        check(big.stat().st_size > 2000000, "the report is too small for the test")
        queue(w, big)
        outcome = send(w, code=7)
        check("the receiver took less than 4096 bytes in 2 s" in outcome["reports"][0]["message"], outcome)
        equal(send(w, "--now")["sent"], 1, "sent")
        equal(server.bodies(), [big.read_bytes()], "body")


def old_tls(pem):
    server = Receiver(pem)
    server.context.minimum_version = ssl.TLSVersion.TLSv1
    server.context.maximum_version = ssl.TLSVersion.TLSv1_1
    server.context.set_ciphers("ALL:@SECLEVEL=0")
    return server


@case("two senders at once: every report arrives once, under one key, and is recorded once")
def _(w):
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        for n in range(3):
            queue(w, w.report(version(n)))
        senders = [subprocess.Popen([w.program("airlock-send"), "--site", str(w.site_path), "--once", "--quiet"]) for _ in range(3)]
        equal([s.wait(60) for s in senders], [0, 0, 0], "exit codes")
        equal((len(server.posts), len({p.headers["idempotency-key"] for p in server.posts})), (3, 3), "posts and keys")
        equal([w.kinds(n) for n in (1, 2, 3)], [["produced", "queued", "attempted", "sent"]] * 3)
        w.ledger_ok()


@case("a report older than max_age_hours is given up and kept, told by outbox list, and sent after all by flush")
def _(w):
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority, max_age_hours=1)])
        queue(w)
        later = w.run("faketime", "-f", "+61m", w.program("airlock-send"), "--site", w.site_path, "--json", code=None).json
        equal(later["failed"], 1, f"given up: {later}")
        check("older than 1 hours" in later["reports"][0]["message"], later)
        equal(server.posts, [], "posts")
        entry, held = entries_of(w, 1)[-2:]
        equal((entry["kind"], entry["final"]), ("send_failed", True))
        equal((held["kind"], held["reason"]), ("held", "send_failed"), "its bytes wait for a person")
        equal(w.airlock("outbox", "list", "--json").json["outbox"][0]["stage"], "failed")
        equal(send(w, "--now")["sent"], 1, "sent after all")
        w.ledger_ok()


@case("through a proxy that speaks TLS itself, and is held to the same authority; from another authority nothing passes")
def _(w):
    authority, other = Authority(w), Authority(w, "other")
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json("https://localhost:1/", authority)])
        queue(w)
        for pem, code in ((other.issue("proxy"), 7), (authority.issue("proxy"), 0)):
            with r.TlsProxy(pem) as proxy:
                configure(w, [https_json(server.url(), authority, proxy=f"https://localhost:{proxy.port}")])
                outcome = send(w, "--now", code=code)
                equal((outcome["sent"], proxy.tunnels), (0, []) if code else (1, [f"localhost:{server.port}"]), str(outcome))
        equal(len(server.posts), 1)
        w.ledger_ok()


@case("whoever cannot prove to be the receiver gets nothing: wrong authority, expired, wrong host, old TLS, wrong pin")
def _(w):
    authority, other = Authority(w), Authority(w, "other")
    sound = authority.issue("server")
    pin = w.shell(f"openssl x509 -in {authority.folder}/server.crt -noout -pubkey | openssl pkey -pubin -outform DER | "
                  "openssl dgst -sha256 -binary | base64").text.strip()
    cases = {
        "another authority": (Receiver(other.issue("server")), {}, "unable to get local issuer certificate"),
        "expired": (Receiver(authority.issue("old", days=-1)), {}, "certificate has expired"),
        "another host": (Receiver(authority.issue("else", names="DNS:elsewhere.example")), {}, "no alternative certificate subject name matches"),
        "TLS before 1.2": (old_tls(sound), {}, "protocol version"),
        "another key than the pin": (Receiver(sound), {"pins": ["sha256//" + base64.b64encode(b"x" * 32).decode()]}, "public key does not match"),
    }
    sending_site(w, destinations=[https_json("https://localhost:1/", authority)])
    queue(w)
    for name, (server, members, words) in cases.items():
        with server:
            configure(w, [https_json(server.url(), authority, **members)])
            equal(w.run(w.program("airlock-send"), "--site", w.site_path, "--check", "--json", code=7).json["destinations"][0]["sound"], False, name)
            outcome = send(w, "--now", code=7)
            check(words in outcome["reports"][0]["message"], f"{name}: {outcome['reports'][0]['message']}")
            equal(server.requests, [], f"{name}: requests")
            equal(json.loads(json.dumps(entries_of(w, 1)[-1]))["kind"], "send_failed", name)
    with Receiver(sound) as server:
        configure(w, [https_json(server.url(), authority, pins=["sha256//" + pin])])
        equal(w.run(w.program("airlock-send"), "--site", w.site_path, "--check", "--json").json["destinations"][0]["sound"], True, "check")
        equal(server.posts, [], "what --check posts")
        equal(send(w, "--now")["sent"], 1, "with the right pin")


@case("nothing in the environment has an effect: OpenSSL's configuration, key logs, proxies, stores")
def _(w):
    authority, other = Authority(w), Authority(w, "other")
    conf = w.file("openssl.cnf", "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n"
                                 "MinProtocol = TLSv1.3\nMaxProtocol = TLSv1.3\nCipherString = NULL\n")
    environment = {"OPENSSL_CONF": str(conf), "OPENSSL_MODULES": str(w.path), "OPENSSL_ENGINES": str(w.path),
                   "SSLKEYLOGFILE": str(w.path / "keys.log"), "ALL_PROXY": "http://127.0.0.1:9",
                   "HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9",
                   "CURL_CA_BUNDLE": str(other.crt), "SSL_CERT_FILE": str(other.crt), "SSL_CERT_DIR": str(other.folder),
                   "CURL_SSL_BACKEND": "none", "HOME": str(w.path)}
    w.file(".netrc", "machine localhost login a password b\n")
    w.file(".curlrc", "insecure\nproxy = http://127.0.0.1:9\n")
    with Receiver(authority.issue("server"), tls=ssl.TLSVersion.TLSv1_2) as server, Receiver(other.issue("server")) as evil:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        queue(w)
        equal(send(w, env=environment)["sent"], 1, "sent")
        check("authorization" not in server.posts[0].headers, "a password of .netrc was sent")
        check(not (w.path / "keys.log").exists(), "session keys were written")
        configure(w, [https_json(evil.url(), authority)])
        queue(w, w.report(version(1)))
        send(w, code=7, env=environment)
        equal(evil.requests, [], "requests to a server that only the environment trusts")
        # Only where the configuration asks for it does a proxy of the environment count.
        configure(w, [https_json(server.url(), authority, proxy="environment")])
        outcome = send(w, "--now", code=7, env=environment)
        check("127.0.0.1 port 9" in outcome["reports"][0]["message"], outcome)
        equal(send(w, "--now", env={**environment, "no_proxy": "localhost"})["sent"], 1, "with NO_PROXY")


@case("a client certificate, IPv6, and several destinations in their order")
def _(w):
    authority, clients = Authority(w), Authority(w, "clients")
    clients.issue("site")
    client = {"client_certificate": str(clients.folder / "site.crt"), "client_key": str(clients.folder / "site.key")}
    with Receiver(authority.issue("server"), client_ca=clients.crt, address="::1") as server, \
            Receiver(authority.issue("second"), [500]) as second:
        sending_site(w, destinations=[https_json(server.url("[::1]"), authority)])
        queue(w)
        send(w, code=7)
        equal(server.requests, [], "requests without a certificate")
        configure(w, [https_json(server.url("[::1]"), authority, **client)])
        equal(send(w, "--now")["sent"], 1, "sent")
        configure(w, [https_json("https://localhost:1/", authority), https_json(second.url(), authority),
                      https_json(server.url("[::1]"), authority, **client)])
        queue(w, w.report(version(1)))
        equal(send(w, "--now")["sent"], 1, "sent to the third")
        equal([len(second.posts), len(server.posts)], [1, 2], "requests")
        equal(second.posts[0].headers["idempotency-key"], server.posts[1].headers["idempotency-key"], "key")
        equal(w.kinds(2), ["produced", "queued", "attempted", "send_failed", "attempted", "send_failed", "attempted", "sent"], "entries")
        os.chmod(clients.folder / "site.key", 0o644)
        queue(w, w.report(version(2)))
        configure(w, [https_json(server.url("[::1]"), authority, **client)])
        check("site.key" in send(w, "--now", code=7)["reports"][0]["message"], "a key that others can read")


@case("posthog-batch: event, distinct_id, properties and timestamp are the preview's unchanged slices; too large is refused with the reason")
def _(w):
    authority = Authority(w)
    w.file("api.key", "phc_example\n")
    os.chmod(w.path / "api.key", 0o600)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[{"type": "posthog-batch", "url": server.url(path="/batch/"), "ca_file": str(authority.crt),
                                       "timeout_seconds": 5, "api_key_file": str(w.path / "api.key")}])
        preview = w.airlock("preview", REPORT).text
        queue(w)
        equal(send(w)["sent"], 1, "sent")
        body = server.posts[0].body.decode()
        document, original = json.loads(body), json.loads(preview)
        equal(document["api_key"], "phc_example", "api_key")
        event, = document["batch"]
        equal(sorted(event), ["distinct_id", "event", "properties", "timestamp", "uuid"], "members")
        equal(event["uuid"], server.posts[0].headers["idempotency-key"], "uuid")
        for member in ("event", "distinct_id", "timestamp", "properties"):
            equal(event[member], original[member], member)
            slice_of = lambda text: raw_member(text, member)
            check(f'"{member}":' + slice_of(preview) + "," in body, f"{member} is not the unchanged slice")
        if not LONG:  # the limit itself is in the unit tests
            return
        big = w.report(lambda d: d["properties"].update({"plugins_installed": {f"plugin {'x' * 900} {i}": 1 for i in range(25000)}}))
        check(big.stat().st_size > 20 * 1024 * 1024, "the report is too small for the test")
        queue(w, big)
        outcome = send(w, code=7)
        equal(outcome["failed"], 1, "given up")
        check("larger than PostHog takes" in outcome["reports"][0]["message"], outcome)
        equal(len(server.posts), 1, "requests")


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


@case("licence usage on a sending site tells what was sent last: not what waits, nor what was withdrawn, which is forgotten")
def _(w):
    authority = Authority(w)
    total = "instance_usage_summary.events_count_total"

    def told():
        ran = w.airlock("licence", "usage", "--json").json
        return ran["disclosure"], ran["limits"][0]["value"]

    def report(n):
        return w.report(lambda d: d["properties"]["instance_usage_summary"].update({"events_count_total": n}))

    def kept():
        path = w.site_path / "held/usage.json"
        return [list(d["figures"].values()) for d in json.loads(path.read_text())["disclosures"]] if path.exists() else []

    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        w.airlock("licence", "install", w.new_licence("standard", extra=["--limit", f"{total}=20"]))
        queue(w, report(11))
        equal((told(), kept()), ((None, None), [[11]]), "while it waits")
        equal(send(w)["sent"], 1, "sent")
        equal((told(), kept()), ((1, 11), [[11]]), "after it was sent")
        queue(w, report(12))
        queue(w, report(13))
        equal((told(), kept()), ((1, 11), [[11], [12], [13]]), "while others wait")
        equal(send(w)["sent"], 2, "sent")
        equal(told(), (3, 13), "after all were sent")
        queue(w, report(14))
        equal(kept(), [[13], [14]], "kept")
        configure(w, [https_json(server.url(), authority)], authorise=False, floor="withhold")
        equal(send(w, code=4)["withdrawn"], 1, "withdrawn")
        equal(told(), (3, 13), "after one was withdrawn")
        w.process(report(15))
        equal((told(), kept()), ((3, 13), [[13]]), "after the next run")


@case("a queued report and then a floor, or an air-gapped licence: nothing is sent, it is withdrawn")
def _(w):
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        for name, change in (("floor", lambda: configure(w, [https_json(server.url(), authority)], authorise=False, floor="seal")),
                             ("licence", lambda: w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"])))):
            w.site_path = w.path / f"site-{name}"
            sending_site(w, destinations=[https_json(server.url(), authority)])
            queue(w)
            change()
            outcome = send(w, code=4)
            equal((outcome["withdrawn"], outcome["sent"]), (1, 0), name)
            equal(w.kinds(1), ["produced", "queued", "withdrawn", "held"], f"{name}: entries")
            equal(list((w.site_path / "outbox").iterdir()), [], f"{name}: outbox")
            equal(send(w)["reports"], [], f"{name}: afterwards")
            w.ledger_ok()
        equal(server.accepted, 0, "connections")


@case("a payload that was altered or lost is never sent")
def _(w):
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        queue(w)
        payload, = (w.site_path / "outbox").glob("*.json")
        payload.write_bytes(payload.read_bytes().replace(b"London", b"Londom"))
        w.airlock("ledger", "verify", code=5)
        equal(send(w, code=5)["payload_lost"], 1, "lost")
        queue(w, w.report(version(1)))
        next((w.site_path / "outbox").glob("*.json")).unlink()
        for p in (w.site_path / "outbox").glob("*.json"):
            p.unlink()
        equal(send(w, code=5)["payload_lost"], 1, "lost")
        equal(server.accepted, 0, "connections")


@case("a payload that the disk fails to read now is not lost: it waits, and the next round sends it")
def _(w):
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        queue(w)
        payload, = (w.site_path / "outbox").glob("*.json")
        for call, error in (("openat", "EIO"), ("openat", "EACCES"), ("read,pread64", "EIO"), ("newfstatat", "EIO")):
            ran = w.run("strace", "-f", "-q", "-o", w.path / "trace", "-P", payload, "-e", f"trace={call}", "-e",
                        f"inject={call}:error={error}", w.program("airlock-send"), "--site", w.site_path, "--now",
                        env={"ASAN_OPTIONS": "detect_leaks=0"}, code=(1, 8))
            check(payload.name in ran.err, ran.err)
            check("INJECTED" in (w.path / "trace").read_text(), f"{call}: nothing failed")
            equal(w.kinds(1), ["produced", "queued"], f"{call} {error}")
        equal(send(w)["sent"], 1, "sent")
        equal(len(server.posts), 1, "posts")


KILL_CALLS = "fdatasync,unlink,sendto,write,connect" + (",openat,pwrite64,fsync,read,recvfrom" if LONG else "")


@case("kill -9 of the sender at each step: it is sent in the end, under one key, and the ledger says so")
def _(w):
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
                check(first == 0 or "attempted" in kinds, f"{call} {when}: sent before it was recorded: {kinds}")
                again = send(w, "--now", code=(0,))
                kinds = w.kinds(1)
                equal(kinds[-1], "sent", f"{call} {when}: {again}")
                equal(kinds.count("sent"), 1, f"{call} {when}")
                equal(len({p.headers["idempotency-key"] for p in server.posts}), 1, f"{call} {when}: keys")
                check(len(server.posts) in (1, 2), f"{call} {when}: {len(server.posts)} requests")
                equal(list((w.site_path / "outbox").iterdir()), [], f"{call} {when}: outbox")
                w.ledger_ok()
        check(killed > 10, f"only {killed} runs were killed")
        check(arrived > 0, "no run was killed after the receiver had it")
    print(f"counted: sender killed {killed} times, {arrived} times after the report had arrived")


@case("a server that is killed in the middle: the report waits, and the next server gets it under the same key")
def _(w):
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
        equal(sender.wait(60), 7, f"{step.__name__}: exit")
        with Receiver(pem) as server:
            configure(w, [https_json(server.url(), authority)])
            equal(send(w, "--now")["sent"], 1, step.__name__)
        w.ledger_ok()


@case("many queued reports drain with bounded memory and descriptors, in order, each once")
def _(w):
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
        equal(len(server.posts), many, "requests")
        equal(len({p.headers["idempotency-key"] for p in server.posts}), many, "keys")
        numbers = [json.loads(base64.b64decode(p.headers["airlock-statement"]))["disclosure"] for p in server.posts]
        equal(numbers, list(range(1, many + 1)), "order")
        check(server.accepted <= 3, f"{server.accepted} connections")
        w.ledger_ok()
    sanitized = "asan" in w.program("airlock-send") or os.environ.get("UBSAN_OPTIONS")
    check(sanitized or int(peak) < 100000, f"{peak} KiB")
    print(f"counted: {many} reports sent over {server.accepted} connections, peak memory {int(peak) // 1024} MiB")


class Daemon:
    """A server of others, in the foreground, ended with the case."""

    def __init__(self, w, *command, port=None):
        self.log = w.path / f"{os.path.basename(command[0])}.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([str(c) for c in command], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        wait_for(lambda: answers(port) or self.process.poll() is not None, f"{command[0]} on port {port}")
        check(self.process.poll() is None, f"{command[0]} ended: {self.log.read_text()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        self.process.kill()
        self.process.wait()


def answers(port):
    import socket
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def free_port():
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def nginx(w, authority, clients, port, body_most="64m", upstream=None):
    (w.path / "nginx").mkdir(exist_ok=True)
    (w.path / "nginx" / "bodies").mkdir(exist_ok=True)
    action = f"proxy_pass http://127.0.0.1:{upstream};" if upstream else 'return 200 "taken";'
    conf = w.file("nginx/nginx.conf", f"""
        daemon off; master_process off; pid {w.path}/nginx/pid; error_log {w.path}/nginx/error.log; user root;
        events {{ worker_connections 64; }}
        http {{
          access_log {w.path}/nginx/access.log; client_body_temp_path {w.path}/nginx/bodies; proxy_temp_path {w.path}/nginx/p;
          fastcgi_temp_path {w.path}/nginx/f; uwsgi_temp_path {w.path}/nginx/u; scgi_temp_path {w.path}/nginx/s;
          client_max_body_size {body_most}; client_body_in_file_only on;
          server {{
            listen 127.0.0.1:{port} ssl; server_name localhost;
            ssl_certificate {authority.folder}/server.crt; ssl_certificate_key {authority.folder}/server.key;
            ssl_client_certificate {clients.crt}; ssl_verify_client on;
            location /v1 {{ {action} }}
          }}
        }}""")
    return Daemon(w, "/usr/sbin/nginx", "-c", conf, "-p", w.path / "nginx", port=port)


@case("nginx with client certificates takes what a proxy with a password, and one without, lets through; kill -9 of each")
def _(w):
    authority, clients = Authority(w), Authority(w, "clients")
    authority.issue("server")
    clients.issue("site")
    port, backend = free_port(), free_port()
    plain, guarded = free_port(), free_port()
    password = w.file("proxy.password", "alice:s3cret\n")
    wrong = w.file("proxy.wrong", "alice:wrong\n")
    os.chmod(password, 0o600)
    os.chmod(wrong, 0o600)
    common = f"Listen 127.0.0.1\nTimeout 20\nMaxClients 10\nAllow 127.0.0.1\nConnectPort {port}\n"
    open_conf = w.file("open.conf", f"Port {plain}\n" + common)
    auth_conf = w.file("auth.conf", f"Port {guarded}\n" + common + "BasicAuth alice s3cret\n")
    client = {"client_certificate": str(clients.folder / "site.crt"), "client_key": str(clients.folder / "site.key")}
    url = f"https://localhost:{port}/v1"
    received = []

    import http.server
    import threading

    class Backend(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            received.append((self.headers["Idempotency-Key"], self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", backend), Backend)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sending_site(w, "scale", [https_json(url, authority, **client)])
    ways = {"directly": {}, "through a proxy": {"proxy": f"http://127.0.0.1:{plain}"},
            "through a proxy with a password": {"proxy": f"http://127.0.0.1:{guarded}", "proxy_credentials_file": str(password)}}
    with Daemon(w, "/usr/bin/tinyproxy", "-d", "-c", open_conf, port=plain) as proxy, \
            Daemon(w, "/usr/bin/tinyproxy", "-d", "-c", auth_conf, port=guarded):
        with nginx(w, authority, clients, port, upstream=backend) as web:
            for n, (way, members) in enumerate(ways.items()):
                configure(w, [https_json(url, authority, **client, **members)])
                report = w.report(version(n))
                preview = w.airlock("preview", report).out
                queue(w, report)
                equal(send(w, "--now")["sent"], 1, way)
                equal(received[-1][1], preview, f"{way}: body")
            for n, (credentials, words) in enumerate(((None, "the proxy answers 407"), (wrong, "it wants a user and a password, or others than these")), 10):
                extra = {"proxy_credentials_file": str(credentials)} if credentials else {}
                configure(w, [https_json(url, authority, **client, proxy=f"http://127.0.0.1:{guarded}", **extra)])
                queue(w, w.report(version(n)))
                outcome = send(w, "--now", code=7)
                check(words in outcome["reports"][0]["message"], outcome)
                equal(entries_of(w, 4)[-1]["delivered"], "no", "delivered")
                check("s3cret" not in json.dumps(outcome) and "wrong" not in json.dumps(outcome), "a password is told")
            configure(w, [https_json(url, authority)])
            outcome = send(w, "--now", code=7)
            check("answers 400" in outcome["reports"][0]["message"], f"without a client certificate: {outcome}")
            web.kill()
            configure(w, [https_json(url, authority, **client)])
            outcome = send(w, "--now", code=7)
            check("onnect" in outcome["reports"][0]["message"], f"without a server: {outcome}")
        with nginx(w, authority, clients, port, upstream=backend, body_most="1k"):
            outcome = send(w, "--now", code=7)
            check("larger than it takes" in outcome["reports"][0]["message"], f"over the receiver's limit: {outcome}")
            equal(outcome["failed"], 2, "given up")
        proxy.kill()
        with nginx(w, authority, clients, port, upstream=backend):
            configure(w, [https_json(url, authority, **client, proxy=f"http://127.0.0.1:{plain}")])
            send(w, "--now", code=7)
            configure(w, [https_json(url, authority, **client)])
            equal(send(w, "--now")["sent"], 2, "sent at last")
    server.shutdown()
    equal(len({key for key, _ in received}), len(received), "each once")
    equal(len(received), 5, "in all")
    w.ledger_ok()


@case("outbox list tells age, attempts, the last error and the next try; flush tries everything; status counts")
def _(w):
    authority = Authority(w)
    programs = w.path / "installed"
    programs.mkdir()
    for name in ("airlock", "airlock-send"):
        os.link(w.program(name), programs / name) if same_disk(w, programs) else w.run("cp", w.program(name), programs / name)
    airlock = [programs / "airlock", "--site", w.site_path]
    with Receiver(authority.issue("server"), [503, 413]) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        equal(w.airlock("outbox", "list", "--json").json["outbox"], [], "at first")
        queue(w)
        item, = w.airlock("outbox", "list", "--json").json["outbox"]
        equal((item["stage"], item["attempts"], item["last_error"], item["next_try"], item["maybe_delivered"]),
              ("queued", 0, None, None, False), "before an attempt")
        send(w, code=7)
        item, = w.airlock("outbox", "list", "--json").json["outbox"]
        equal((item["stage"], item["attempts"], item["maybe_delivered"]), ("queued", 1, True), "after an attempt")
        check("answers 503" in item["last_error"] and item["next_try"] > item["last_attempt"], item)
        check("waits to be sent" in w.airlock("outbox", "list").text, "for people")
        equal(w.run(*airlock, "outbox", "flush", "--json", code=7).json["failed"], 1, "given up")
        equal(w.airlock("outbox", "list", "--json").json["outbox"][0]["stage"], "failed", "stage")
        equal(w.airlock("status", "--json").json["queue"]["failed"], 1, "status")
        equal(w.run(*airlock, "outbox", "flush", "--json", code=0).json, {"waiting": 0, "failed": 0, "exit": 0}, "flush")
        equal(w.airlock("outbox", "list", "--json").json["outbox"], [], "at last")
        equal(len({p.headers["idempotency-key"] for p in server.posts}), 1, "keys")
        # With airlock-send beside it, process sends by itself.
        result = w.run(*airlock, "process", w.report(version(5)), "--json").json
        equal((result["outcome"], result["exit"]), ("sent", 0), "process")


def same_disk(w, folder):
    return os.stat(w.program("airlock")).st_dev == os.stat(folder).st_dev


@case("--watch sends what comes, and ends at SIGTERM")
def _(w):
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json(server.url(), authority)])
        sender = subprocess.Popen([w.program("airlock-send"), "--site", str(w.site_path), "--watch"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        queue(w)
        wait_for(lambda: len(server.posts) == 1, "the first report")
        queue(w, w.report(version(1)))
        wait_for(lambda: len(server.posts) == 2, "the second report")
        sender.terminate()
        equal(sender.wait(60), 0, "exit")
        equal(w.kinds(2)[-1], "sent", "recorded")


main()
