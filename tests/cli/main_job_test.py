"""The main job as an operator sees it."""
import hashlib
import shutil

import pytest
from harness import DICTIONARY, POLICY, REPORT

pytestmark = pytest.mark.hostile


def test_a_report_on_an_air_gapped_site_becomes_one_bundle_as_previewed(w):
    """A report on an air-gapped site becomes one bundle whose report is byte for byte what preview printed."""
    w.site()
    preview = w.airlock("preview", REPORT)
    result = w.process()
    assert result["outcome"] == "sealed"
    assert result["disposition"] == "seal"
    assert result["tier"] == "enterprise-air-gapped"
    assert result["rules"] == ["air-gap-entitlement-seals"]
    assert result["profiles"] == ["strict"]
    assert result["licence_state"] == "valid"
    assert result["number"] == 1
    assert result["exit"] == 0
    assert result["original_sha256"] == hashlib.sha256(REPORT.read_bytes()).hexdigest()
    assert result["payload_sha256"] == hashlib.sha256(preview.out).hexdigest()
    assert result["payload_sha256"] in preview.err, "preview tells the digest on standard error"
    assert [str(p) for p in w.outbox()] == [result["bundle"]]
    assert result["bundle_sha256"] == hashlib.sha256(w.outbox()[0].read_bytes()).hexdigest()
    folder = w.open_with_openssl(w.outbox()[0])
    assert (folder / "report.json").read_bytes() == preview.out
    assert w.vendor("open", w.outbox()[0]).out == preview.out
    assert w.airlock("bundle", "open", w.outbox()[0]).out == preview.out
    assert w.hidden() == [], "hidden files left behind"


def test_the_documented_members_of_process_json_are_all_there(w):
    """The documented members of process --json are all there, with sound types."""
    w.site()
    result = w.process()
    expected = {"report_id": str, "number": int, "disposition": str, "profiles": list, "rules": list, "tier": str,
                "licence_state": str, "outcome": str, "bundle": str, "bundle_sha256": str, "original_sha256": str,
                "payload_sha256": str, "redactions": list, "ledger_size": int, "ledger_root": str, "exit": int}
    for member, kind in expected.items():
        assert isinstance(result.get(member), kind), f"{member} is {result.get(member)!r}"
    for count in result["redactions"]:
        assert sorted(count) == ["action", "count", "path", "what"]


def test_a_tier_without_the_status_ping_withholds(w):
    """A tier without the status ping withholds: exit 0, recorded, nothing left."""
    w.site(tier="enterprise-no-ping", entitlements=["withhold"])
    result = w.process()
    assert result["outcome"] == "withheld"
    assert result["payload_sha256"] == None
    assert w.outbox() == []
    assert w.kinds(1) == ["produced", "withheld"]
    assert w.airlock("preview", REPORT).out == b""
    w.ledger_ok()


def test_the_same_report_twice_is_recorded_as_repeated_and_disclosed_once(w):
    """The same report twice is recorded as repeated and disclosed once; --again discloses it under a new id."""
    w.site()
    first = w.process()
    second = w.process()
    assert second["outcome"] == "repeated"
    assert second["repeats"] == 1
    assert second["number"] == 2
    assert second["bundle"] == None
    assert len(w.outbox()) == 1
    third = w.process(None, "--again")
    assert third["outcome"] == "sealed"
    assert third["report_id"] == first["report_id"]
    assert third["number"] == 1
    assert len(w.outbox()) == 2
    assert third["bundle"] != first["bundle"], "a new bundle has a new name"
    assert w.kinds(1) == ["produced", "sealed", "released", "decided", "sealed", "released"]
    manifest = w.vendor("open", third["bundle"], "--json").json["manifest"]
    assert manifest["disclosure"] == 2
    assert manifest["previous"]["id"] == w.vendor("open", first["bundle"], "--json").json["manifest"]["bundle_id"]
    assert manifest["since_last"]["reports"] == [{"number": 2, "kind": "repeated", "period": {"start": "2022-04-25",
                                                                                           "end": "2022-05-01"}}]
    w.ledger_ok()


def test_a_dry_run_says_what_would_happen_and_records_nothing(w):
    w.site()
    before = w.ledger_ok()
    result = w.process(None, "--dry-run")
    assert result["outcome"] == "sealed"
    assert result["number"] == None
    assert w.outbox() == []
    assert w.ledger_ok() == before


def test_expect_lets_exactly_the_previewed_bytes_leave(w):
    """--expect lets exactly the previewed bytes leave, and holds anything else."""
    w.site()
    digest = hashlib.sha256(w.airlock("preview", REPORT).out).hexdigest()
    held = w.process(None, "--expect", "0" * 64, code=4)
    assert held["outcome"] == "held"
    assert held["reason"] == "expect"
    assert w.outbox() == []
    assert w.process(None, "--expect", "0" * 64, "--dry-run", code=4)["outcome"] == "held"
    assert w.process(None, "--expect", digest)["outcome"] == "sealed"
    w.airlock("process", REPORT, "--expect", "xyz", code=2)


def test_what_is_held_by_expect_leaves_only_when_it_is_named(w):
    """What is held by --expect leaves only when it is named, with --again where the bytes left before."""
    w.site()
    digest = hashlib.sha256(w.airlock("preview", REPORT).out).hexdigest()
    w.process(None, "--expect", "0" * 64, code=4)
    assert w.airlock("process", "--held", "--json").json["reports"] == []
    assert (w.outbox(), w.kinds(1)) == ([], ["produced", "held"])
    w.airlock("process", "--held", "--expect", digest, code=2)
    w.airlock("process", "--held", "--again", code=2)
    w.airlock("process", "--held", "1", "--expect", "1" * 64, code=4)
    assert (w.outbox(), w.kinds(1)) == ([], ["produced", "held"])
    assert w.airlock("process", "--held", "1", "--expect", digest, "--json").json["reports"][0]["outcome"] == "sealed"
    for number, again, outcome in ((2, [], "repeated"), (3, ["--again"], "sealed")):
        w.process(None, "--expect", "0" * 64, *(["--again"] if number == 2 else []), code=4)
        assert w.airlock("process", "--held", number, *again, "--json").json["reports"][0]["outcome"] == outcome
    assert len(w.outbox()) == 2
    assert list((w.site_path / "held").iterdir()) == []
    w.ledger_ok()


def test_standard_input_is_a_report_like_any_other(w):
    w.site()
    result = w.process("-", stdin=REPORT.read_bytes())
    assert result["outcome"] == "sealed"
    assert w.airlock("preview", "-", stdin=REPORT.read_bytes()).out == w.airlock("preview", REPORT).out


def test_a_note_is_signed_with_the_bundle_and_recorded(w):
    """A note is signed with the bundle and recorded; one with control characters is refused."""
    w.site()
    result = w.process(None, "--note", "change 4711, reviewed by J. Ørsted")
    manifest = w.vendor("open", result["bundle"], "--json").json["manifest"]
    assert manifest["note"] == "change 4711, reviewed by J. Ørsted"
    w.airlock("process", REPORT, "--note", "a\x1b[31mb", code=2)
    w.airlock("process", REPORT, "--note", "x" * 4097, code=2)
    longest = w.process(None, "--note", "x" * 4096, "--again")
    assert w.vendor("open", longest["bundle"], "--json").json["manifest"]["note"] == "x" * 4096
    w.airlock("bundle", "verify", longest["bundle"])


def test_a_note_that_tells_what_was_taken_out_holds_the_report(w):
    """A note that tells what was taken out holds the report, whose bytes are kept."""
    w.site()
    for note in ("host is playground.posthog.net", "see HTTPS://PLAYGROUND.POSTHOG.NET/", "London", "plugin Avo New"):
        result = w.process(None, "--note", note, code=4)
        assert (result["outcome"], result["reason"]) == ("held", "leak"), note
        for secret in ("playground", "London", "Avo"):
            assert secret not in result["message"], f"the message tells the value: {result['message']}"
    assert w.outbox() == []


def test_explain_names_the_rule_and_every_declared_datum_with_its_treatment(w):
    w.site()
    result = w.airlock("explain", REPORT, "--json").json
    assert any("air-gap-entitlement-seals" in s for s in result["because"]), "the rule is named"
    treatments = {(t["path"], t["of"]): t["treatment"] for t in result["treatments"]}
    assert treatments[("/properties/users_who_logged_in/*/email", "value")] == "drop"
    assert treatments[("/properties/teams/*", "key")] == "pseudonymise"
    assert treatments[("/properties/instance_usage_summary/events_count_total", "value")] == "keep"
    assert all(t["about"] for t in result["treatments"] if t["of"] == "value"), "every value is explained"
    assert "/properties/$ip" in w.airlock("explain", REPORT).text, "the text names paths"


def test_status_says_what_is_in_force_and_why(w):
    w.site()
    w.process()
    status = w.airlock("status", "--json").json
    assert {e["event"]: e["disposition"] for e in status["events"]} \
        == {"instance status report": "seal", "user instance status report": "seal"}
    assert status["licence"]["state"] == "valid"
    assert status["reports"] == 1
    assert status["ceiling"] == "seal"
    assert "air-gap-entitlement-seals" in w.airlock("status").text, "the rule is named"


def test_no_program_links_a_network_library_and_process_makes_no_socket(w):
    w.site()
    for program in ("airlock", "airlock-vendor"):
        linked = w.run("ldd", w.program(program)).text
        for library in ("libcurl", "libssl", "libnghttp", "libgnutls", "libxml2"):
            assert library not in linked, f"{program} links {library}:\n{linked}"
    trace = w.path / "trace"
    w.run("strace", "-f", "-e", "trace=%network", "-o", trace, w.program("airlock"), "--site", w.site_path, "process", REPORT)
    calls = [l for l in trace.read_text().splitlines() if "socket" in l or "connect" in l or "sendto" in l]
    assert calls == [], "network system calls"


def test_openssls_configuration_and_modules_in_the_environment_have_no_effect(w):
    w.site()
    bad = w.file("openssl.cnf", "openssl_conf = x\n[x]\nproviders = p\n[p]\nevil = e\n[e]\nmodule = /nonexistent.so\nactivate = 1\n")
    env = {"OPENSSL_CONF": str(bad), "OPENSSL_MODULES": "/nonexistent", "SSL_CERT_FILE": "/nonexistent"}
    assert w.process(env=env)["outcome"] == "sealed"
    w.airlock("bundle", "verify", w.outbox()[0], env=env)


def test_a_site_is_made_in_one_place_only_and_never_over_another(w):
    w.new_vendor()
    w.new_site()
    again = ["init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint()]
    assert "already has a site" in w.airlock(*again, code=4).err, "the reason"
    other = w.path / "full"
    other.mkdir()
    (other / "file").write_text("x")
    assert "is not empty" in w.airlock(*again, site=other, code=4).err, "the reason"
    assert sorted(p.name for p in other.iterdir()) == ["file"]


def test_init_refuses_a_file_system_where_link_rename_fsync_or_flock_fail(w):
    """Init refuses a file system where link, rename, fsync of a folder or flock do not work, and leaves nothing behind."""
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
            assert "this file system is not suitable" in ran.err and "hint: use a local file system" in ran.err, ran.err
            assert (sorted(site.iterdir()) if there else site.exists()) == ([] if there else False), f"{calls}: left behind"
    w.airlock(*command)


def test_an_init_that_was_cut_short_leaves_no_site(w):
    """An init that was cut short leaves no site, and the next one begins afresh."""
    w.new_vendor()
    half = w.path / "half"
    w.airlock("init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint(), site=half)
    (half / "airlock.json").rename(half / ".init-unfinished")
    assert "is not a site directory" in w.airlock("status", site=half, code=3).err, "the reason"
    w.airlock("init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint(), "--kit", w.kit, site=half)
    w.airlock("status", site=half)


def test_keys_that_others_can_read_or_that_do_not_fit_are_refused(w):
    """Keys that others can read are refused, and so is a key that is not the certificate's."""
    w.site()
    key = w.site_path / "keys" / "site.key"
    key.chmod(0o644)
    ran = w.airlock("process", REPORT, code=8)
    assert "users other than its owner" in ran.err, ran.err
    key.chmod(0o600)
    shutil.copy(w.site_path / "keys" / "archive.key", key)
    assert "does not belong to the certificate" in w.airlock("process", REPORT, code=8).err, "the reason"
    assert w.outbox() == []


def test_everything_that_a_site_makes_has_the_modes_that_the_design_gives_it(w):
    w.site()
    w.process()
    expected = {"airlock.json": 0o600, "public": 0o755, "public/licence.p7s": 0o644, "public/kit.p7s": 0o644,
                "public/vendor-root.crt": 0o644, "public/site.json": 0o644, "keys": 0o700, "keys/site.key": 0o600,
                "keys/ledger.key": 0o600, "keys/archive.key": 0o600, "keys/pseudonym.key": 0o600, "inbox": 0o1730,
                "held": 0o700, "outbox": 0o700, "ledger.db": 0o600, "site.lock": 0o600, ".": 0o711}
    for name, mode in expected.items():
        assert oct((w.site_path / name).stat().st_mode & 0o7777) == oct(mode), name
    for bundle in w.outbox():
        assert oct(bundle.stat().st_mode & 0o777) == oct(0o600)


def test_quiet_prints_nothing_and_json_is_one_document_everywhere(w):
    """--quiet prints nothing where all is well, and --json is one document everywhere."""
    w.site()
    ran = w.airlock("process", REPORT, "--quiet")
    assert (ran.out, ran.err) == (b"", "")
    bundle = w.outbox()[0]
    for command in (["status"], ["licence", "verify"], ["licence", "show"], ["kit", "show"], ["kit", "verify", w.kit],
                    ["ledger", "list"], ["ledger", "show", 1], ["ledger", "verify"], ["bundle", "show", bundle],
                    ["bundle", "verify", bundle], ["explain", REPORT], ["preview", REPORT]):
        document = w.airlock(*command, "--json").json
        assert document["exit"] == 0, str(command)
    w.vendor("open", bundle, "--json").json


def test_with_json_each_command_that_makes_something_prints_one_document(w):
    """With --json each command that makes or installs something prints one document, and the exit code is in it."""
    vendor = [(["init", "--name", "V", "--product", "posthog"], "vendor_root_sha256"),
              (["kit", "build", "--policy", POLICY, "--dictionary", DICTIONARY, "--out", w.path / "kit"], "sha256")]
    for arguments, member in vendor:
        document = w.vendor(*arguments, "--json").json
        assert document["exit"] == 0 and document[member], f"{arguments}: {document}"
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
        assert ran.json["exit"] == ran.code, f"{arguments}: the exit code in the document"
        assert ran.json[member] == expected, f"{arguments}: {member}"
    serial = w.vendor("licence", "list", "--json").json["licences"][0]["serial"]
    for arguments, member in ((["licence", "renew", serial, "--not-after", "2099-02-01", "--out", w.path / "next"], "licence"),
                              (["licence", "revoke", serial, "--reason", "why"], "serial")):
        assert w.vendor(*arguments, "--json").json[member], str(arguments)
