"""`airlock preview` and `explain` without a site: the same bytes, outcomes and exit codes as at a site with the same documents."""
import json
import re
import socket
import subprocess

from harness import DICTIONARY, POLICY, REPORT

DOCUMENTS = ["--policy", POLICY, "--dictionary", DICTIONARY]
TIERS = {"standard": (), "scale": (), "enterprise-air-gapped": ("air_gap",), "enterprise-no-ping": ()}
PSEUDONYM = re.compile(rb"(identifier|licence|content)-[a-z2-7]{26}")


def tried(w, command, report, tier, *arguments, entitlements=(), documents=DOCUMENTS, **options):
    given = [a for e in entitlements for a in ("--entitlement", e)]
    return w.run(w.program("airlock"), command, report, *documents, "--tier", tier, *given, *arguments, **options)


def test_what_a_trial_prints_is_what_a_site_of_that_tier_would_print(w):
    w.new_vendor()
    w.new_site()
    unknown = w.report(lambda d: d["properties"].update({"new_figure": 3}))
    for tier, entitlements in TIERS.items():
        w.airlock("licence", "install", w.new_licence(tier, entitlements))
        w.airlock("authorise", "--reason", "test", "--yes", code=(0, 4))
        for report in (REPORT, unknown, w.file("no.json", "{"), w.file("other.json", '{"event": "other"}')):
            real = w.airlock("preview", report, code=(0, 3, 4))
            ran = tried(w, "preview", report, tier, entitlements=entitlements, code=real.code)
            assert PSEUDONYM.sub(b"-", ran.out) == PSEUDONYM.sub(b"-", real.out), f"{tier} {report}"
            real = w.airlock("explain", report, "--json", code=(0, 3, 4)).json
            said = tried(w, "explain", report, tier, "--json", entitlements=entitlements, code=real["exit"]).json
            assert said.keys() == real.keys()
            for treatment in (*said["treatments"], *real["treatments"]):
                del treatment["because"]  # has the name of the policy's file
            for member in ("outcome", "disposition", "profiles", "rules", "because", "redactions", "treatments", "licence_state", "tier"):
                assert said[member] == real[member], f"{tier} {report} {member}"


def test_a_trial_says_what_it_is_without_and_leaves_nothing(w):
    ran = tried(w, "preview", REPORT, "enterprise")
    assert ran.err.startswith("airlock: tried without a site: for a valid licence of this tier, without a ceiling"), ran.err
    first, second = (set(m[0] for m in PSEUDONYM.finditer(tried(w, "preview", REPORT, "enterprise").out)) for _ in range(2))
    found = [m[0] for m in PSEUDONYM.finditer(ran.out)]
    again = [m[0] for m in PSEUDONYM.finditer(tried(w, "preview", REPORT, "enterprise").out)]
    assert found and len(found) == len(again) and not set(found) & set(again), "each run has a key of its own"
    assert "tried without" not in tried(w, "preview", REPORT, "enterprise", "--quiet").err
    assert tried(w, "preview", "-", "standard", stdin=REPORT.read_bytes()).out == REPORT.read_bytes()
    # A number is a file here, since no report waits.
    ran = tried(w, "preview", "12", "standard", cwd=w.path, code=3)
    assert "`12`" in ran.err, ran.err


def test_a_site_without_a_licence_is_tried_by_its_tier(w):
    said = tried(w, "explain", REPORT, "unlicensed", "--json").json
    assert (said["licence_state"], said["tier"], said["outcome"]) == ("missing", "unlicensed", "queued")
    assert "no entitlements" in tried(w, "explain", REPORT, "unlicensed", entitlements=["air_gap"], code=2).err


def test_a_dictionary_of_several_files_is_tried_before_it_is_a_kit(w):
    main = w.file("main.json", json.dumps({
        "format": "airlock-dictionary/1", "name": "shop", "product": "shop", "roles": {"event": "/event"}, "events": ["weekly"],
        "fields": [{"path": "/event", "type": "enum", "values": ["weekly"], "class": "usage"}]}))
    more = w.file("more.json", json.dumps({
        "format": "airlock-dictionary/1", "defaults": {"type": "text", "class": "person"}, "fields": [{"path": "/name"}]}))
    report = w.file("r.json", '{"event": "weekly", "name": "Ada", "orders": 1}')
    documents = ["--policy", POLICY.parent / "starter.json", "--dictionary", main, "--dictionary", more]
    assert tried(w, "preview", report, "scale", documents=documents).out == b'{"event": "weekly"}'


def test_a_trial_goes_with_no_site_and_needs_all_of_its_options(w):
    w.site()
    ran = tried(w, "preview", REPORT, "standard", "--site", w.site_path, code=2)
    assert "`--site` goes with none of" in ran.err
    for missing in (["--policy", POLICY], ["--dictionary", DICTIONARY], ["--tier", "scale"], ["--entitlement", "air_gap"]):
        for command in ("preview", "explain"):
            ran = w.run(w.program("airlock"), command, REPORT, *missing, code=2)
            assert "`--policy`, `--dictionary` and `--tier` are needed together" in ran.err
    ran = tried(w, "explain", REPORT, "scael", code=2)
    assert "tier `scael` is not in the policy" in ran.err and "did you mean scale?" in ran.err
    ran = tried(w, "explain", REPORT, "scale", entitlements=["air_gpa"], code=2)
    assert "did you mean air_gap?" in ran.err
    assert w.file("broken.json", "{") and "broken.json" in tried(
        w, "preview", REPORT, "scale", documents=["--policy", w.path / "broken.json", "--dictionary", DICTIONARY], code=3).err


def test_a_trial_reads_the_report_in_the_sandbox(w):
    log = w.path / "calls"
    ran = w.run("strace", "-f", "-qq", "-o", log, "-e", "trace=seccomp,prctl,openat", w.program("airlock"), "preview", REPORT, *DOCUMENTS,
                "--tier", "enterprise")
    calls = log.read_text()
    assert ran.out and calls.index("SECCOMP") > 0
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(REPORT.read_bytes())
        ours.shutdown(socket.SHUT_WR)
        done = subprocess.run([w.program("airlock"), "preview", "-", *DOCUMENTS, "--tier", "enterprise"], stdin=theirs, capture_output=True,
                              check=False)
    assert done.returncode == 4 and b"is a socket, but without a site nothing is sent" in done.stderr, done.stderr
