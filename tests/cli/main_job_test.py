"""The main job as an operator sees it."""
import hashlib
import json
import shutil

from harness import DICTIONARY, POLICY, REPORT, case, check, equal, main


@case("a report on an air-gapped site becomes one bundle whose report is byte for byte what preview printed")
def _(w):
    w.site()
    preview = w.airlock("preview", REPORT)
    result = w.process()
    equal(result["outcome"], "sealed")
    equal(result["disposition"], "seal")
    equal(result["tier"], "enterprise-air-gapped")
    equal(result["rules"], ["air-gap-entitlement-seals"])
    equal(result["profiles"], ["strict"])
    equal(result["licence_state"], "valid")
    equal(result["number"], 1)
    equal(result["exit"], 0)
    equal(result["original_sha256"], hashlib.sha256(REPORT.read_bytes()).hexdigest())
    equal(result["payload_sha256"], hashlib.sha256(preview.out).hexdigest())
    check(result["payload_sha256"] in preview.err, "preview tells the digest on standard error")
    equal([str(p) for p in w.outbox()], [result["bundle"]])
    equal(result["bundle_sha256"], hashlib.sha256(w.outbox()[0].read_bytes()).hexdigest())
    folder = w.open_with_openssl(w.outbox()[0])
    equal((folder / "report.json").read_bytes(), preview.out)
    equal(w.vendor("open", w.outbox()[0]).out, preview.out)
    equal(w.airlock("bundle", "open", w.outbox()[0]).out, preview.out)
    equal(w.hidden(), [], "hidden files left behind")


@case("the documented members of process --json are all there, with sound types")
def _(w):
    w.site()
    result = w.process()
    expected = {"report_id": str, "number": int, "disposition": str, "profiles": list, "rules": list, "tier": str,
                "licence_state": str, "outcome": str, "bundle": str, "bundle_sha256": str, "original_sha256": str,
                "payload_sha256": str, "redactions": list, "ledger_size": int, "ledger_root": str, "exit": int}
    for member, kind in expected.items():
        check(isinstance(result.get(member), kind), f"{member} is {result.get(member)!r}")
    for count in result["redactions"]:
        equal(sorted(count), ["action", "count", "path", "what"])


@case("a tier without the status ping withholds: exit 0, recorded, nothing left")
def _(w):
    w.site(tier="enterprise-no-ping", entitlements=["withhold"])
    result = w.process()
    equal(result["outcome"], "withheld")
    equal(result["payload_sha256"], None)
    equal(w.outbox(), [])
    equal(w.kinds(1), ["produced", "withheld"])
    equal(w.airlock("preview", REPORT).out, b"")
    w.ledger_ok()


@case("the same report twice is recorded as repeated and disclosed once; --again discloses it under a new id")
def _(w):
    w.site()
    first = w.process()
    second = w.process()
    equal(second["outcome"], "repeated")
    equal(second["repeats"], 1)
    equal(second["number"], 2)
    equal(second["bundle"], None)
    equal(len(w.outbox()), 1)
    third = w.process(None, "--again")
    equal(third["outcome"], "sealed")
    equal(third["report_id"], first["report_id"])
    equal(third["number"], 1)
    equal(len(w.outbox()), 2)
    check(third["bundle"] != first["bundle"], "a new bundle has a new name")
    equal(w.kinds(1), ["produced", "sealed", "released", "decided", "sealed", "released"])
    manifest = w.vendor("open", third["bundle"], "--json").json["manifest"]
    equal(manifest["disclosure"], 2)
    equal(manifest["previous"]["id"], w.vendor("open", first["bundle"], "--json").json["manifest"]["bundle_id"])
    equal(manifest["since_last"]["reports"], [{"number": 2, "kind": "repeated", "period": {"start": "2022-04-25",
                                                                                        "end": "2022-05-01"}}])
    w.ledger_ok()


@case("a dry run says what would happen and records nothing")
def _(w):
    w.site()
    before = w.ledger_ok()
    result = w.process(None, "--dry-run")
    equal(result["outcome"], "sealed")
    equal(result["number"], None)
    equal(w.outbox(), [])
    equal(w.ledger_ok(), before)


@case("--expect lets exactly the previewed bytes leave, and holds anything else")
def _(w):
    w.site()
    digest = hashlib.sha256(w.airlock("preview", REPORT).out).hexdigest()
    held = w.process(None, "--expect", "0" * 64, code=4)
    equal(held["outcome"], "held")
    equal(held["reason"], "expect")
    equal(w.outbox(), [])
    equal(w.process(None, "--expect", "0" * 64, "--dry-run", code=4)["outcome"], "held")
    equal(w.process(None, "--expect", digest)["outcome"], "sealed")
    w.airlock("process", REPORT, "--expect", "xyz", code=2)


@case("what is held by --expect leaves only when it is named, with --again where the bytes left before")
def _(w):
    w.site()
    digest = hashlib.sha256(w.airlock("preview", REPORT).out).hexdigest()
    w.process(None, "--expect", "0" * 64, code=4)
    equal(w.airlock("process", "--held", "--json").json["reports"], [])
    equal((w.outbox(), w.kinds(1)), ([], ["produced", "held"]))
    w.airlock("process", "--held", "--expect", digest, code=2)
    w.airlock("process", "--held", "--again", code=2)
    w.airlock("process", "--held", "1", "--expect", "1" * 64, code=4)
    equal((w.outbox(), w.kinds(1)), ([], ["produced", "held"]))
    equal(w.airlock("process", "--held", "1", "--expect", digest, "--json").json["reports"][0]["outcome"], "sealed")
    for number, again, outcome in ((2, [], "repeated"), (3, ["--again"], "sealed")):
        w.process(None, "--expect", "0" * 64, *(["--again"] if number == 2 else []), code=4)
        equal(w.airlock("process", "--held", number, *again, "--json").json["reports"][0]["outcome"], outcome)
    equal(len(w.outbox()), 2)
    equal(list((w.site_path / "held").iterdir()), [])
    w.ledger_ok()


@case("standard input is a report like any other")
def _(w):
    w.site()
    result = w.process("-", stdin=REPORT.read_bytes())
    equal(result["outcome"], "sealed")
    equal(w.airlock("preview", "-", stdin=REPORT.read_bytes()).out, w.airlock("preview", REPORT).out)


@case("a note is signed with the bundle and recorded; one with control characters is refused")
def _(w):
    w.site()
    result = w.process(None, "--note", "change 4711, reviewed by J. Ørsted")
    manifest = w.vendor("open", result["bundle"], "--json").json["manifest"]
    equal(manifest["note"], "change 4711, reviewed by J. Ørsted")
    w.airlock("process", REPORT, "--note", "a\x1b[31mb", code=2)
    w.airlock("process", REPORT, "--note", "x" * 4097, code=2)
    longest = w.process(None, "--note", "x" * 4096, "--again")
    equal(w.vendor("open", longest["bundle"], "--json").json["manifest"]["note"], "x" * 4096)
    w.airlock("bundle", "verify", longest["bundle"])


@case("a note that tells what was taken out holds the report, whose bytes are kept")
def _(w):
    w.site()
    for note in ("host is playground.posthog.net", "see HTTPS://PLAYGROUND.POSTHOG.NET/", "London", "plugin Avo New"):
        result = w.process(None, "--note", note, code=4)
        equal((result["outcome"], result["reason"]), ("held", "leak"), note)
        for secret in ("playground", "London", "Avo"):
            check(secret not in result["message"], f"the message tells the value: {result['message']}")
    equal(w.outbox(), [])


@case("explain names the rule, and every declared datum with its treatment")
def _(w):
    w.site()
    result = w.airlock("explain", REPORT, "--json").json
    check(any("air-gap-entitlement-seals" in s for s in result["because"]), "the rule is named")
    treatments = {(t["path"], t["of"]): t["treatment"] for t in result["treatments"]}
    equal(treatments[("/properties/users_who_logged_in/*/email", "value")], "drop")
    equal(treatments[("/properties/teams/*", "key")], "pseudonymise")
    equal(treatments[("/properties/instance_usage_summary/events_count_total", "value")], "keep")
    check(all(t["about"] for t in result["treatments"] if t["of"] == "value"), "every value is explained")
    check("/properties/$ip" in w.airlock("explain", REPORT).text, "the text names paths")


@case("status says what is in force and why")
def _(w):
    w.site()
    w.process()
    status = w.airlock("status", "--json").json
    equal({e["event"]: e["disposition"] for e in status["events"]},
          {"instance status report": "seal", "user instance status report": "seal"})
    equal(status["licence"]["state"], "valid")
    equal(status["reports"], 1)
    equal(status["ceiling"], "seal")
    check("air-gap-entitlement-seals" in w.airlock("status").text, "the rule is named")


@case("no program links a network library, and process makes no socket")
def _(w):
    w.site()
    for program in ("airlock", "airlock-vendor"):
        linked = w.run("ldd", w.program(program)).text
        for library in ("libcurl", "libssl", "libnghttp", "libgnutls", "libxml2"):
            check(library not in linked, f"{program} links {library}:\n{linked}")
    trace = w.path / "trace"
    w.run("strace", "-f", "-e", "trace=%network", "-o", trace, w.program("airlock"), "--site", w.site_path, "process", REPORT)
    calls = [l for l in trace.read_text().splitlines() if "socket" in l or "connect" in l or "sendto" in l]
    equal(calls, [], "network system calls")


@case("OpenSSL's configuration and modules in the environment have no effect")
def _(w):
    w.site()
    bad = w.file("openssl.cnf", "openssl_conf = x\n[x]\nproviders = p\n[p]\nevil = e\n[e]\nmodule = /nonexistent.so\nactivate = 1\n")
    env = {"OPENSSL_CONF": str(bad), "OPENSSL_MODULES": "/nonexistent", "SSL_CERT_FILE": "/nonexistent"}
    equal(w.process(env=env)["outcome"], "sealed")
    w.airlock("bundle", "verify", w.outbox()[0], env=env)


@case("a site is made in one place only, and never over another")
def _(w):
    w.new_vendor()
    w.new_site()
    again = ["init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint()]
    check("there is a site already" in w.airlock(*again, code=4).err, "the reason")
    other = w.path / "full"
    other.mkdir()
    (other / "file").write_text("x")
    check("is not empty" in w.airlock(*again, site=other, code=4).err, "the reason")
    equal(sorted(p.name for p in other.iterdir()), ["file"])


@case("init refuses a file system where link, rename, fsync of a folder or flock do not work, and leaves nothing behind")
def _(w):
    w.vendor("init", "--name", "V", "--product", "posthog")
    command = ["init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint()]
    for number, (calls, error) in enumerate((("link,linkat", "EPERM"), ("rename,renameat,renameat2", "EXDEV"), ("flock", "ENOSYS"),
                                             ("fsync", "EINVAL"))):
        for there in (False, True):
            site = w.path / f"site-{number}-{there}"
            if there:
                site.mkdir()
            # Only what concerns the folder itself, where that is the question; a file is synced all the same.
            only = ["-P", site] if calls == "fsync" else []
            ran = w.run("strace", "-f", "-qq", "-o", "/dev/null", *only, "-e", f"trace={calls}", "-e", f"inject={calls}:error={error}",
                        w.program("airlock"), "--site", site, *command, code=4)
            check("this file system will not do" in ran.err and "hint: use a local file system" in ran.err, ran.err)
            equal(sorted(site.iterdir()) if there else site.exists(), [] if there else False, f"{calls}: left behind")
    w.airlock(*command)


@case("an init that was cut short leaves no site, and the next one begins afresh")
def _(w):
    w.new_vendor()
    half = w.path / "half"
    w.airlock("init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint(), site=half)
    (half / "airlock.json").rename(half / ".init-unfinished")
    check("is not a site directory" in w.airlock("status", site=half, code=3).err, "the reason")
    w.airlock("init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint(), "--kit", w.kit, site=half)
    w.airlock("status", site=half)


@case("keys that others can read are refused, and so is a key that is not the certificate's")
def _(w):
    w.site()
    key = w.site_path / "keys" / "site.key"
    key.chmod(0o644)
    ran = w.airlock("process", REPORT, code=8)
    check("others than its owner" in ran.err, ran.err)
    key.chmod(0o600)
    shutil.copy(w.site_path / "keys" / "archive.key", key)
    check("does not belong to the certificate" in w.airlock("process", REPORT, code=8).err, "the reason")
    equal(w.outbox(), [])


@case("everything that a site makes has the modes that the design gives it")
def _(w):
    w.site()
    w.process()
    expected = {"airlock.json": 0o600, "public": 0o755, "public/licence.p7s": 0o644, "public/kit.p7s": 0o644,
                "public/vendor-root.crt": 0o644, "public/site.json": 0o644, "keys": 0o700, "keys/site.key": 0o600,
                "keys/ledger.key": 0o600, "keys/archive.key": 0o600, "keys/pseudonym.key": 0o600, "inbox": 0o1730,
                "held": 0o700, "outbox": 0o700, "ledger.db": 0o600, "site.lock": 0o600, ".": 0o711}
    for name, mode in expected.items():
        equal(oct((w.site_path / name).stat().st_mode & 0o7777), oct(mode), name)
    for bundle in w.outbox():
        equal(oct(bundle.stat().st_mode & 0o777), oct(0o600))


@case("--quiet prints nothing where all is well, and --json is one document everywhere")
def _(w):
    w.site()
    ran = w.airlock("process", REPORT, "--quiet")
    equal((ran.out, ran.err), (b"", ""))
    bundle = w.outbox()[0]
    for command in (["status"], ["licence", "verify"], ["licence", "show"], ["kit", "show"], ["kit", "verify", w.kit],
                    ["ledger", "list"], ["ledger", "show", 1], ["ledger", "verify"], ["bundle", "show", bundle],
                    ["bundle", "verify", bundle], ["explain", REPORT], ["preview", REPORT]):
        document = w.airlock(*command, "--json").json
        equal(document["exit"], 0, str(command))
    w.vendor("open", bundle, "--json").json


@case("with --json each command that makes or installs something prints one document, and the exit code is in it")
def _(w):
    vendor = [(["init", "--name", "V", "--product", "posthog"], "vendor_root_sha256"),
              (["kit", "build", "--policy", POLICY, "--dictionary", DICTIONARY, "--out", w.path / "kit"], "sha256")]
    for arguments, member in vendor:
        document = w.vendor(*arguments, "--json").json
        check(document["exit"] == 0 and document[member], f"{arguments}: {document}")
    w.kit = w.path / "kit"
    w.new_site(kit=None)
    licence = ["licence", "issue", "--tier", "standard", "--licensee", "L", "--site", w.site_id, "--not-after", "2099-01-01"]
    table = [(w.vendor, ["site", "add", w.site_path / "site-request.p7s"], "site_id", w.site_id),
             (w.airlock, ["kit", "install", w.kit], "number", 1),
             (w.vendor, [*licence, "--out", w.path / "licence"], "file", str(w.path / "licence")),
             (w.airlock, ["licence", "install", w.path / "licence"], "state", "valid"),
             (w.airlock, ["authorise", "--reason", "why", "--yes"], "exit", 0),
             (w.airlock, ["hold", "--reason", "why"], "exit", 0),
             (w.airlock, ["release", "--reason", "why"], "exit", 0),
             (w.airlock, ["process", REPORT, "--no-deliver"], "outcome", "queued"),
             (w.airlock, ["outbox", "list"], "exit", 0),
             (w.airlock, ["key", "rotate", "site", "--yes"], "exit", 0),
             (w.vendor, ["licence", "list"], "exit", 0),
             (w.vendor, ["certificate", "renew", "kit"], "exit", 0),
             (w.vendor, ["certificate", "revoke", w.home / "kit-signing.1.crt"], "number", 1),
             (w.vendor, ["root", "successor"], "exit", 0),
             (w.vendor, ["root", "promote"], "exit", 0)]
    for run, arguments, member, expected in table:
        ran = run(*arguments, "--json", code=None)
        equal(ran.json["exit"], ran.code, f"{arguments}: the exit code in the document")
        equal(ran.json[member], expected, f"{arguments}: {member}")
    serial = w.vendor("licence", "list", "--json").json["licences"][0]["serial"]
    for arguments, member in ((["licence", "renew", serial, "--not-after", "2099-02-01", "--out", w.path / "next"], "licence"),
                              (["licence", "revoke", serial, "--reason", "why"], "serial")):
        check(w.vendor(*arguments, "--json").json[member], str(arguments))


main()
