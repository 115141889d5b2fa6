"""Whom a sending site talks to: TLS, pins, client certificates, proxies, and nginx as others run it."""
import base64
import json
import os
import ssl
import subprocess

import pytest
from harness import wait_for
import receiver as r
from receiver import Authority, Receiver
from sending import configure, entries_of, https_json, queue, send, sending_site


def old_tls(pem):
    server = Receiver(pem)
    server.context.minimum_version = ssl.TLSVersion.TLSv1
    server.context.maximum_version = ssl.TLSVersion.TLSv1_1
    server.context.set_ciphers("ALL:@SECLEVEL=0")
    return server


def test_a_proxy_that_speaks_tls_is_held_to_the_same_authority(w):
    """Through a proxy that speaks TLS itself, and is held to the same authority; from another authority nothing passes."""
    authority, other = Authority(w), Authority(w, "other")
    with Receiver(authority.issue("server")) as server:
        sending_site(w, destinations=[https_json("https://localhost:1/", authority)])
        queue(w)
        for pem, code in ((other.issue("proxy"), 7), (authority.issue("proxy"), 0)):
            with r.TlsProxy(pem) as proxy:
                configure(w, [https_json(server.url(), authority, proxy=f"https://localhost:{proxy.port}")])
                outcome = send(w, "--now", code=code)
                assert (outcome["sent"], proxy.tunnels) == ((0, []) if code else (1, [f"localhost:{server.port}"])), str(outcome)
        assert len(server.posts) == 1
        w.ledger_ok()


def test_whoever_cannot_prove_to_be_the_receiver_gets_nothing(w):
    """Whoever cannot prove to be the receiver gets nothing: wrong authority, expired, wrong host, old TLS, wrong pin."""
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
            assert w.run(w.program("airlock-send"), "--site", w.site_path, "--check", "--json", code=7).json["destinations"][0]["sound"] \
                == False, name
            outcome = send(w, "--now", code=7)
            assert words in outcome["reports"][0]["message"], f"{name}: {outcome['reports'][0]['message']}"
            assert server.requests == [], f"{name}: requests"
            assert json.loads(json.dumps(entries_of(w, 1)[-1]))["kind"] == "send_failed", name
    with Receiver(sound) as server:
        configure(w, [https_json(server.url(), authority, pins=["sha256//" + pin])])
        assert w.run(w.program("airlock-send"), "--site", w.site_path, "--check", "--json").json["destinations"][0]["sound"] \
            == True, "check"
        assert server.posts == [], "requests that `--check` made"
        assert send(w, "--now")["sent"] == 1, "with the right pin"


def test_nothing_in_the_environment_has_an_effect(w):
    """Nothing in the environment has an effect: OpenSSL's configuration, key logs, proxies, stores."""
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
        assert send(w, env=environment)["sent"] == 1, "sent"
        assert "authorization" not in server.posts[0].headers, "a password of .netrc was sent"
        assert not (w.path / "keys.log").exists(), "session keys were written"
        configure(w, [https_json(evil.url(), authority)])
        queue(w, w.report_of("1.1.0"))
        send(w, code=7, env=environment)
        assert evil.requests == [], "requests to a server that only the environment trusts"
        # Only where the configuration asks for it does a proxy of the environment count.
        configure(w, [https_json(server.url(), authority, proxy="environment")])
        outcome = send(w, "--now", code=7, env=environment)
        assert "127.0.0.1 port 9" in outcome["reports"][0]["message"], outcome
        assert send(w, "--now", env={**environment, "no_proxy": "localhost"})["sent"] == 1, "with NO_PROXY"


def test_a_client_certificate_ipv6_and_several_destinations_in_order(w):
    """A client certificate, IPv6, and several destinations in their order."""
    authority, clients = Authority(w), Authority(w, "clients")
    clients.issue("site")
    client = {"client_certificate": str(clients.folder / "site.crt"), "client_key": str(clients.folder / "site.key")}
    with Receiver(authority.issue("server"), client_ca=clients.crt, address="::1") as server, \
            Receiver(authority.issue("second"), [500]) as second:
        sending_site(w, destinations=[https_json(server.url("[::1]"), authority)])
        queue(w)
        send(w, code=7)
        assert server.requests == [], "requests without a certificate"
        configure(w, [https_json(server.url("[::1]"), authority, **client)])
        assert send(w, "--now")["sent"] == 1, "sent"
        configure(w, [https_json("https://localhost:1/", authority), https_json(second.url(), authority),
                      https_json(server.url("[::1]"), authority, **client)])
        queue(w, w.report_of("1.1.0"))
        assert send(w, "--now")["sent"] == 1, "sent to the third"
        assert [len(second.posts), len(server.posts)] == [1, 2], "requests"
        assert second.posts[0].headers["idempotency-key"] == server.posts[1].headers["idempotency-key"], "key"
        assert w.kinds(2) == ["produced", "queued", "attempted", "send_failed", "attempted", "send_failed", "attempted", "sent"], \
            "entries"
        os.chmod(clients.folder / "site.key", 0o644)
        queue(w, w.report_of("1.2.0"))
        configure(w, [https_json(server.url("[::1]"), authority, **client)])
        assert "site.key" in send(w, "--now", code=7)["reports"][0]["message"], "a key that others can read"


class Daemon:
    """A server of others, in the foreground, ended with the case."""

    def __init__(self, w, *command, port=None):
        self.log = w.path / f"{os.path.basename(command[0])}.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([str(c) for c in command], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        wait_for(lambda: answers(port) or self.process.poll() is not None, f"{command[0]} on port {port}")
        assert self.process.poll() is None, f"{command[0]} ended: {self.log.read_text()}"

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


@pytest.mark.takes(3)
def test_nginx_behind_a_proxy_and_kill_9_of_each(w):
    """nginx with client certificates takes what a proxy with a password, and one without, lets through; kill -9 of each."""
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
                report = w.report_of(f"1.{n}.0")
                preview = w.airlock("preview", report).out
                queue(w, report)
                assert send(w, "--now")["sent"] == 1, way
                assert received[-1][1] == preview, f"{way}: body"
            for n, (credentials, words) in enumerate(((None, "the proxy answers 407"), (wrong, "it wants a user and password, or does not accept these")), 10):
                extra = {"proxy_credentials_file": str(credentials)} if credentials else {}
                configure(w, [https_json(url, authority, **client, proxy=f"http://127.0.0.1:{guarded}", **extra)])
                queue(w, w.report_of(f"1.{n}.0"))
                outcome = send(w, "--now", code=7)
                assert words in outcome["reports"][0]["message"], outcome
                assert entries_of(w, 4)[-1]["delivered"] == "no", "delivered"
                assert "s3cret" not in json.dumps(outcome) and "wrong" not in json.dumps(outcome), "a password is told"
            configure(w, [https_json(url, authority)])
            outcome = send(w, "--now", code=7)
            assert "answers 400" in outcome["reports"][0]["message"], f"without a client certificate: {outcome}"
            web.kill()
            configure(w, [https_json(url, authority, **client)])
            outcome = send(w, "--now", code=7)
            assert "onnect" in outcome["reports"][0]["message"], f"without a server: {outcome}"
        with nginx(w, authority, clients, port, upstream=backend, body_most="1k"):
            outcome = send(w, "--now", code=7)
            assert "it accepts only smaller reports" in outcome["reports"][0]["message"], f"over the receiver's limit: {outcome}"
            assert outcome["failed"] == 2, "given up"
        proxy.kill()
        with nginx(w, authority, clients, port, upstream=backend):
            configure(w, [https_json(url, authority, **client, proxy=f"http://127.0.0.1:{plain}")])
            send(w, "--now", code=7)
            configure(w, [https_json(url, authority, **client)])
            assert send(w, "--now")["sent"] == 2, "sent at last"
    server.shutdown()
    assert len({key for key, _ in received}) == len(received), "a report was received twice"
    assert len(received) == 5, "reports received"
    w.ledger_ok()
