"""Keys under a passphrase and in a PKCS #11 token (SoftHSM2): they sign through a helper that gets digests and no report."""
import base64
import os
import pty
import re
import select
import shutil
import time

import pytest
from harness import REPORT
from receiver import Authority, Receiver

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "493817"
WORD = "correct horse battery staple"


def environment(w):
    return {"SOFTHSM2_CONF": str(w.path / "softhsm2.conf")}


def token(w, label, kind="EC:prime256v1", name="signing", ident="0a"):
    """A token with one key, and the key's URI."""
    if not (w.path / "softhsm2.conf").exists():
        (w.path / "tokens").mkdir()
        w.file("softhsm2.conf", f"directories.tokendir = {w.path}/tokens\nobjectstore.backend = file\n")
        w.file("pin", PIN + "\n")
        w.file("wrong-pin", "000000\n")
    env = environment(w)
    w.run("softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "12345678", "--pin", PIN, env=env)
    add_key(w, label, kind, name, ident)
    return f"pkcs11:token={label};object={name};type=private"


def add_key(w, label, kind, name, ident):
    w.run("pkcs11-tool", "--module", MODULE, "--token-label", label, "--login", "--pin", PIN, "--keypairgen", "--key-type",
          kind, "--id", ident, "--label", name, env=environment(w))


def by_fd(w, program, *arguments, secret, code=0, prefix=(), env=None):
    """Runs a program with the secret, a file, on descriptor 3."""
    arguments = list(arguments) + ["--passphrase-fd", "3"]
    return w.run("bash", "-c", 'exec 3< "$0"; exec "$@"', secret, *prefix, w.program(program), *arguments, code=code,
                 env={**(environment(w) if (w.path / "softhsm2.conf").exists() else {}), **(env or {})})


def airlock(w, *arguments, secret="pin", **options):
    return by_fd(w, "airlock", "--site", w.site_path, *arguments, secret=w.path / secret, **options)


def vendor(w, *arguments, secret="pin", **options):
    return by_fd(w, "airlock-vendor", "--home", w.home, *arguments, secret=w.path / secret, **options)


def entries(w):
    return w.run("sqlite3", w.site_path / "ledger.db", "SELECT count(*) FROM entries").text.strip()


def use_token(w, uri):
    """Puts the token's key in force; the vendor learns it and renews the licence."""
    airlock(w, "key", "use", "site", "--uri", uri, "--module", MODULE)
    w.vendor("site", "add", w.site_path / "site-request.p7s")
    serial = w.vendor("licence", "list", "--json").json["licences"][0]["serial"]
    w.vendor("licence", "renew", serial, "--not-after", "2099-01-01", "--out", w.path / f"renewed-{time.monotonic_ns()}.p7s")
    w.airlock("licence", "install", sorted(w.path.glob("renewed-*.p7s"))[-1])


@pytest.mark.parametrize("kind", ["EC:prime256v1", "EC:secp384r1", "rsa:3072"])
def test_a_site_key_in_a_token_seals(w, kind):
    """A site key in a token seals; vendor, site and stock openssl accept the bundle."""
    w.site()
    use_token(w, token(w, "site", kind))
    assert (w.site_path / "keys/site.key").read_text().count("PRIVATE") == 0
    result = airlock(w, "process", REPORT, "--json").json
    assert (result["outcome"], result["licence_state"]) == ("sealed", "valid")
    [bundle] = w.outbox()
    w.vendor("open", bundle)
    w.airlock("bundle", "verify", bundle)
    if not kind.startswith("rsa"):
        w.open_with_openssl(bundle)
    inner = w.path / "inner.p7"
    w.run("openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", bundle, "-recip", w.home / "recipient.crt",
          "-inkey", w.home / "recipient.key", "-out", inner)
    w.run("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", inner, "-CAfile", w.site_path / "keys/site.crt",
          "-partial_chain", "-cades", "-purpose", "any", "-out", w.path / "content.tar")
    w.ledger_ok()
    # What needs no signature needs no PIN, and says where the key is.
    found = [f for f in w.airlock("doctor", "--json").json["findings"] if "signs bundles" in f["what"]]
    assert "kept in a token `pkcs11:token=site" in found[0]["what"], found
    assert "not tested" in found[0]["what"], found
    tried = airlock(w, "doctor", "--json").json["findings"]
    assert not any("not tested" in f["what"] or f["health"] == "fail" for f in tried), tried


def test_a_token_that_fails_records_nothing_and_loses_nothing(w):
    """A wrong PIN, a token that is gone, no PIN, a key that is not the certificate's: not recorded, nothing lost, no crash."""
    w.site()
    uri = token(w, "site")
    use_token(w, uri)
    before = entries(w)

    def fails(why, secret="pin", code=8):
        ran = airlock(w, "process", REPORT, secret=secret, code=code)
        assert why in ran.err, ran
        assert (entries(w), w.outbox()) == (before, [])

    fails("the token does not offer the key", secret="wrong-pin")
    ran = w.run("setsid", "-w", w.program("airlock"), "--site", w.site_path, "process", REPORT, code=8, env=environment(w))
    assert "the PIN of the token" in ran.err and "there is no terminal to ask at" in ran.err, ran
    (w.path / "tokens").rename(w.path / "away")
    fails("the token does not offer the key")
    (w.path / "away").rename(w.path / "tokens")
    key_file = w.site_path / "keys/site.key"
    kept = key_file.read_text()
    add_key(w, "site", "EC:prime256v1", "other", "0b")
    key_file.write_text(kept.replace("object=signing", "object=other"))
    fails("does not belong to the certificate")
    key_file.write_text(kept.replace("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/softhsm/none.so"))
    fails("Unable to load PKCS#11 module")
    ran = airlock(w, "process", REPORT, code=8)
    assert "hint: check that `/usr/lib/softhsm/none.so` exists" in ran.err and "PIN" not in ran.err, ran
    key_file.write_text(kept.replace("type=private", "type=private?pin-value=" + PIN))
    fails("contains a PIN")
    key_file.write_text(kept)
    assert airlock(w, "process", REPORT, "--json").json["outcome"] == "sealed"
    w.ledger_ok()
    for bad, why in (("pkcs11:token=site;object=x?pin-value=1", "contains a PIN"), ("pkcs11:token=site", "must name the key"),
                     ("file:/x", "must begin with"), ("pkcs11:token=site;object=x?pin-source=/x", "query part"),
                     ("pkcs11:token=site;object=none", "does not offer the key")):
        w.file("pins", f"{PIN}\n{PIN}\n")  # of the key in force, then of the new one
        ran = airlock(w, "key", "use", "site", "--uri", bad, "--module", MODULE, secret="pins", code=(3, 4))
        assert why in ran.err, ran
    # The key in force cannot be put in force again: a licence would be lost for nothing.
    ran = airlock(w, "key", "use", "site", "--uri", uri, "--module", MODULE, secret="pins", code=4)
    assert "is already the site's key" in ran.err, ran
    assert list((w.site_path / "keys").glob("next-*")) == []


def test_a_report_that_is_withheld_needs_no_key(w):
    """A report that is withheld needs no key, so a token that is gone does not keep it from being recorded."""
    w.site(tier="enterprise-no-ping", entitlements=())
    use_token(w, token(w, "site"))
    shutil.rmtree(w.path / "tokens")
    assert airlock(w, "process", REPORT, "--json").json["outcome"] == "withheld"
    w.ledger_ok()


def test_the_keeper_never_reads_the_report_and_the_worker_never_sees_the_pin(w):
    """The keeper never reads the report, and the worker never sees the PIN nor the token's module."""
    w.site()
    use_token(w, token(w, "site"))
    report = w.report_of("1.99.7")
    airlock(w, "process", report, prefix=("strace", "-f", "-ff", "-s", "4096", "-o", w.path / "trace", "-e",
                                           "trace=openat,open,read,execve,socket,clone,fork"))
    kept_pin = kept_module = readers = 0
    for path in w.path.glob("trace.*"):
        text = path.read_text()
        reads_report = "1.99.7" in text or re.search(r'open.*"[^"]*%s".* = \d' % report.name, text)
        # The PIN arrives byte by byte.
        has_pin = "".join(re.findall(r'read\(\d+, "(.)", 1\)', text)).startswith(PIN)
        has_module = "libsofthsm2.so" in "".join(re.findall(r"open.*", text)) or "engines-3" in text
        readers, kept_pin, kept_module = readers + bool(reads_report), kept_pin + has_pin, kept_module + has_module
        assert not (reads_report and (has_pin or has_module)), f"one process has both:\n{text[:2000]}"
        assert has_pin == has_module, path.name
    assert (readers, kept_pin, kept_module) == (1, 1, 1)


@pytest.mark.takes(10)
def test_a_passphrase_comes_by_descriptor_by_credential_or_by_prompt(w):
    """A passphrase comes by descriptor, by credential or by prompt, and by nothing else."""
    w.site()
    w.file("word", WORD + "\n")
    w.file("wrong", "wrong\n")
    airlock(w, "key", "protect", "site", secret="word")
    text = (w.site_path / "keys/site.key").read_text()
    assert text.startswith("-----BEGIN ENCRYPTED PRIVATE KEY"), text
    assert oct((w.site_path / "keys/site.key").stat().st_mode & 0o777) == "0o600"
    w.run("openssl", "pkey", "-in", w.site_path / "keys/site.key", "-passin", f"file:{w.path}/word", "-noout")
    before = entries(w)
    ran = airlock(w, "process", REPORT, secret="wrong", code=8)
    assert "the passphrase is wrong" in ran.err, ran
    ran = w.run("setsid", "-w", w.program("airlock"), "--site", w.site_path, "process", REPORT, code=8,
                env={"AIRLOCK_PASSPHRASE": WORD, "PASSPHRASE": WORD})
    for way in ("terminal", "--passphrase-fd", "credential `airlock-site`"):
        assert way in ran.err, ran
    assert entries(w) == before
    assert airlock(w, "process", w.report_of("1.1.1"), "--json", secret="word").json["outcome"] == "sealed"
    (w.path / "credentials").mkdir()
    w.file("credentials/airlock-site", WORD + "\n")
    credential = {"CREDENTIALS_DIRECTORY": str(w.path / "credentials")}
    assert w.process(w.report_of("1.1.2"), env=credential)["outcome"] == "sealed"
    # The inbox too, with one keeper for all.
    for i in range(3):
        shutil.copy(w.report_of(f"1.2.{i}"), w.site_path / "inbox")
    ran = w.airlock("process", "--inbox", "--json", env=credential).json
    assert [r["outcome"] for r in ran["reports"]] == ["sealed"] * 3
    ran, screen = prompted(w, "process", w.report_of("1.1.3"), answers=("nonsense", WORD))
    assert ran == 0, screen
    assert "passphrase of the key `site`: " in screen and "the passphrase is wrong" in screen, screen
    assert WORD not in screen and "nonsense" not in screen, screen
    ran, screen = prompted(w, "process", w.report_of("1.1.4"), answers=("a", "b", "c"))
    assert ran == 8, screen
    assert len(w.outbox()) == 6
    for wrong in ("1", "2", "77", "x"):
        w.airlock("process", REPORT, "--passphrase-fd", wrong, code=2)
    # Another passphrase: the former one, then the new.
    w.file("both", WORD + "\nanother one\n")
    w.file("new", "another one\n")
    airlock(w, "key", "protect", "site", secret="both")
    airlock(w, "process", w.report_of("1.1.5"), secret="word", code=8)
    airlock(w, "process", w.report_of("1.1.5"), secret="new")
    # A rotation makes a bare key, and says so where the former one was kept better.
    ran = airlock(w, "key", "rotate", "site", "--yes", secret="new")
    assert "was kept under a passphrase, the new one is unencrypted in" in ran.err and "`airlock key protect site`" in ran.err, ran
    assert "is unencrypted" not in w.airlock("key", "rotate", "site", "--yes").err, "a bare key as before"
    airlock(w, "key", "protect", "site", secret="word")
    done = airlock(w, "key", "rotate", "site", "--yes", "--json", secret="word").json
    assert (done["kept_before"], done["kept"]) == ("under a passphrase", "openly")
    w.process(w.report_of("1.1.6"))
    w.ledger_ok()


def prompted(w, *arguments, answers):
    """Runs `airlock` at a terminal of its own and types the answers."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(w.program("airlock"), [w.program("airlock"), "--site", str(w.site_path), *map(str, arguments)])
    screen = ""
    answers = list(answers)
    asked = 0
    while True:
        ready, _, _ = select.select([terminal], [], [], 60)
        assert ready, f"nothing comes any more:\n{screen}"
        try:
            got = os.read(terminal, 4096)
        except OSError:
            got = b""
        if not got:
            break
        screen += got.decode("utf-8", "replace")
        if screen.count("the key `site`: ") > asked and answers:
            asked += 1
            os.write(terminal, answers.pop(0).encode() + b"\n")
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), screen


def test_a_change_to_a_tokens_key_that_is_cut_short_is_finished_or_undone(w):
    """A change to a token's key that is cut short is finished or undone by the next command that has the PIN."""
    w.site()
    uri = token(w, "site")
    use = ("key", "use", "site", "--uri", uri, "--module", MODULE)
    shutil.copytree(w.site_path, w.path / "before")
    finished = undone = 0
    for call, most in (("rename", 6), ("unlink", 4)):
        for at in range(1, most + 1):
            shutil.rmtree(w.site_path)
            shutil.copytree(w.path / "before", w.site_path)
            airlock(w, *use, code=(0, -9),
                    prefix=("strace", "-f", "-o", "/dev/null", "-e", f"inject={call}:signal=KILL:when={at}"))
            result = airlock(w, "process", w.report_of(f"1.{at}.0"), "--json").json
            assert result["outcome"] == "sealed", f"{call} {at}"
            in_token = "pkcs11:" in (w.site_path / "keys/site.key").read_text()
            finished, undone = finished + in_token, undone + (not in_token)
            assert list((w.site_path / "keys").glob("next-*")) == []
            w.ledger_ok()
    assert finished > 0 and undone > 0, f"{finished} finished, {undone} undone"
    print(f"counted: {finished} finished, {undone} undone")


def test_what_is_sent_carries_a_statement_by_the_tokens_key(w):
    """What is sent carries a statement by the token's key: through `process`, through `outbox flush` and by airlock-send alone."""
    authority = Authority(w)
    with Receiver(authority.issue("server")) as server:
        w.site(tier="standard", entitlements=())
        use_token(w, token(w, "site"))
        w.configure(delivery={"destinations": [{"type": "https-json", "url": server.url(), "timeout_seconds": 2,
                                                "ca_file": str(authority.crt)}]})
        w.airlock("authorise", "--reason", "the vendor's contract", "--yes")
        # As installed: both programs in one folder.
        (w.path / "bin").mkdir()
        for name in ("airlock", "airlock-send"):
            shutil.copy(w.program(name), w.path / "bin")
        programs, w.program = w.program, lambda name: str(w.path / "bin" / name)
        assert airlock(w, "process", w.report_of("1.1.1"), "--json").json["outcome"] == "sent"
        airlock(w, "process", w.report_of("1.1.2"), "--no-deliver", code=7)
        airlock(w, "outbox", "flush")
        airlock(w, "process", w.report_of("1.1.3"), "--no-deliver", code=7)
        by_fd(w, "airlock-send", "--site", w.site_path, secret=w.path / "wrong-pin", code=4)
        by_fd(w, "airlock-send", "--site", w.site_path, secret=w.path / "pin")
        assert len(server.posts) == 3
        for request in server.posts:
            w.file("statement", base64.b64decode(request.headers["airlock-statement"]))
            w.file("signature", base64.b64decode(request.headers["airlock-signature"]))
            w.shell("openssl cms -verify -binary -inform DER -in signature -content statement -out /dev/null "
                    f"-CAfile {w.site_path}/keys/site.crt -no-CApath -no-CAstore -purpose any")
        w.program = programs
    w.airlock("process", REPORT, "--keeper", "5,6", code=2)
    w.run(w.program("airlock-send"), "--site", w.site_path, "--keeper", "98,99", code=2)


def test_the_vendors_licence_key_in_a_token_and_its_root_under_a_passphrase(w):
    """The vendor's licence key is in a token and its root under a passphrase: sites accept what they sign."""
    w.new_vendor()
    uri = token(w, "vendor")
    made = vendor(w, "key", "use", "licence", "--uri", uri, "--module", MODULE, "--json").json
    assert made["subject"].endswith("licence-signing"), made
    w.new_site()
    out = w.path / "licence.p7s"
    order = ("licence", "issue", "--tier", "enterprise-air-gapped", "--licensee", "Example Bank plc", "--site", w.site_id,
             "--not-after", "2099-01-01", "--out", out)
    vendor(w, *order, secret="wrong-pin", code=4)
    assert not out.exists(), "a licence was written"
    vendor(w, *order)
    w.airlock("licence", "install", out)
    assert w.airlock("licence", "verify", "--json").json["state"] == "valid"
    assert w.process()["outcome"] == "sealed"
    w.file("word", WORD + "\n")
    for key in ("root", "recipient", "receipt"):
        vendor(w, "key", "protect", key, secret="word")
    w.run("setsid", "-w", w.program("airlock-vendor"), "--home", w.home, "open", w.outbox()[0], code=4)
    vendor(w, "open", w.outbox()[0], secret="word")
    vendor(w, "certificate", "renew", "kit", secret="word")
    vendor(w, "root", "successor", secret="word")
    w.vendor("kit", "build", "--policy", w.path / "none", "--dictionary", w.path / "none", "--out", w.path / "x", code=3)
    w.airlock("kit", "install", w.new_kit())
