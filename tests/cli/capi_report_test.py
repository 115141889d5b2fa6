"""A report that an application hands over through libairlock."""
import json
import shutil
import sys

import pytest
from libairlock import compiled, leaks, with_module

pytestmark = pytest.mark.hostile


@pytest.mark.takes(4)
def test_a_report_handed_over_through_the_library_ends_as_by_the_command(w):
    """A report handed over through the library has the result that the command has: sealed, refused, held, waiting to be sent,
    malformed, no site."""
    w.site()
    twin = shutil.copytree(w.site_path, w.path / "twin")
    hand_over = w.file("hand_over.py", """
import airlock, json, sys
outcome = airlock.process(*sys.argv[2:], program=sys.argv[1])
print(json.dumps(outcome.document) if outcome.document else outcome.message)
assert outcome.recorded == (outcome.exit_code in (0, 3, 4, 5, 6, 7))
sys.exit(outcome.exit_code)
""")
    python = [sys.executable, hand_over]
    airlock = w.program("airlock")
    changing = ("report_id", "bundle", "bundle_sha256", "ledger_root")

    def both(report, code, outcome=None):
        by_command = w.airlock("process", report, "--json", code=code)
        ran = w.run(*python, airlock, twin, report, code=code, env=with_module(w))
        if outcome:
            assert ran.json["outcome"] == outcome
        if by_command.text:
            first, second = by_command.json, ran.json
            for name in changing:
                first.pop(name, None), second.pop(name, None)
            assert second == first, "the document"
        return ran

    both(w.report(), 0, "sealed")
    assert list((w.path / "twin/outbox").glob("*.p7m")), "there is a bundle"
    both(w.report(), 0, "repeated")
    both(w.file("broken.json", b'{"a": '), 3, "refused")
    both(w.file("-dash.json", w.report().read_bytes()), 0, "repeated")
    both(w.report(lambda d: d.update(event="another event")), 4, "held")
    looser = w.new_licence("standard", any_site=True)
    for site in (w.site_path, twin):
        w.airlock("licence", "install", looser, site=site)
    both(w.report_of("1.36.0"), 4, "held")
    both(w.path / "no-such-report", 8)
    w.airlock("ledger", "verify", site=w.path / "twin")
    ran = w.run(*python, airlock, w.path / "none", w.report(), code=8, env=with_module(w))
    assert "is not a site directory" in ran.text, ran.text
    for program in (w.path / "no-program", w.path):
        ran = w.run(*python, program, w.path / "twin", w.report(), code=8, env=with_module(w))
        assert "cannot be started" in ran.text, ran.text
    # What ends with no code of the contract was not recorded.
    for body in ("kill -9 $$", "exit 77", "echo '{\"exit\": 0}'; exit 9"):
        odd = w.file("odd", f"#!/bin/sh\n{body}\n")
        odd.chmod(0o755)
        w.run(*python, odd, w.path / "twin", w.report(), code=8, env=with_module(w))
    # Where nobody listens a report that is to be sent waits: 7, and it is recorded.
    w.site_path = w.path / "sending"
    w.site(tier="standard", entitlements=())
    nobody = {"type": "https-json", "url": "https://127.0.0.1:1/", "ca_file": str(w.root), "timeout_seconds": 2}
    w.configure(delivery={"destinations": [nobody]})
    w.airlock("authorise", "--reason", "the vendor's contract", "--yes")
    twin = shutil.copytree(w.site_path, w.path / "sending-twin")
    both(w.report(), 7, "queued")
    w.airlock("ledger", "verify", site=twin)


def test_the_child_gets_the_bytes_no_shell_and_none_of_the_hosts_files(w):
    """The child gets the report's bytes, no shell, and none of the host's files; a host that reaps children loses nothing."""
    source = w.file("host.c", r"""
#include <airlock.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv) {
  (void)argc;
  open("/dev/null", O_RDONLY); /* inherited by a careless child */
  signal(SIGPIPE, SIG_IGN);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  airlock_outcome *first = airlock_process_bytes(argv[1], "a site; exit 7", "report \0 bytes", 14);
  printf("%d %s", airlock_outcome_exit_code(first), airlock_outcome_json(first));
  printf("%s|%s\n", airlock_outcome_text(first, "stdin"), airlock_outcome_text(first, "exit"));
  airlock_outcome_free(first);
  signal(SIGCHLD, SIG_IGN); /* the exit status is lost to everybody */
  airlock_outcome *second = airlock_process(argv[1], "x", "-odd");
  printf("%d %s", airlock_outcome_exit_code(second), airlock_outcome_json(second));
  airlock_outcome_free(second);
  return 0;
}
""")
    program = compiled(w, source, "-D_GNU_SOURCE")
    fake = w.file("fake.py", f"""#!{sys.executable}
import json, os, sys
fds = sorted(int(f) for f in os.listdir("/proc/self/fd"))
status = dict(l.split(":\\t") for l in open("/proc/self/status").read().splitlines() if ":\\t" in l)
print(json.dumps({{"arguments": sys.argv[1:], "stdin": sys.stdin.buffer.read().hex(), "fds": len(fds) - 1,
                  "blocked": int(status["SigBlk"], 16), "exit": 4}}))
sys.exit(4)
""")
    fake.chmod(0o755)
    ran = w.run(program, fake, env=leaks(w))
    lines = ran.text.splitlines()
    code, document = lines[0].split(" ", 1)
    assert code == "4"
    document = json.loads(document)
    assert document["arguments"] == ["--json", "--site", "a site; exit 7", "process", "-"]
    assert bytes.fromhex(document["stdin"]) == b"report \0 bytes"
    assert document["fds"] == 3, "descriptors of the child"
    assert document["blocked"] == 0, "blocked signals"
    assert lines[1] == document["stdin"] + "|"
    code, document = lines[2].split(" ", 1)
    assert code == "4", "the exit code, read from the document"
    assert json.loads(document)["arguments"] == ["--json", "--site", "x", "process", "./-odd"]
