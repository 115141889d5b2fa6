"""What a container may forbid: system calls, one at a time, by tests/support/deny.cpp. What `doctor` says is what
`process` then meets, and both name the call."""
import os
import shutil
import socket
import subprocess
import time

import pytest
from harness import LONG, REPORT, is_confined, worker_of

# The call, as it is named to a person, and whether Airlock goes on without: {errno: goes on}.
GOES_ON, STOPS = True, False
CALLS = {
    "close_range": {"EPERM": GOES_ON, "ENOSYS": GOES_ON},
    "landlock_create_ruleset": {"EPERM": STOPS, "ENOSYS": GOES_ON},  # ENOSYS: a kernel without Landlock
    "landlock_add_rule": {"EPERM": STOPS, "ENOSYS": STOPS},
    "landlock_restrict_self": {"EPERM": STOPS, "ENOSYS": STOPS},
    "seccomp": {"EPERM": GOES_ON, "ENOSYS": GOES_ON},  # prctl does it
    "prctl": {"EPERM": STOPS, "ENOSYS": STOPS},
    "capset": {"EPERM": STOPS, "ENOSYS": STOPS},
    "renameat2": {"EPERM": GOES_ON, "ENOSYS": GOES_ON},
    "renameat2+flags": {"EINVAL": GOES_ON},
    "openat2": {"EPERM": GOES_ON, "ENOSYS": GOES_ON},
    "statx": {"EPERM": GOES_ON, "ENOSYS": GOES_ON},
    "faccessat2": {"EPERM": GOES_ON, "ENOSYS": GOES_ON},
    "memfd_create": {"EPERM": GOES_ON, "ENOSYS": GOES_ON},
    "clone3": {"ENOSYS": GOES_ON},
    "clone": {"EPERM": STOPS},
    "pipe2": {"EPERM": STOPS, "ENOSYS": STOPS},
    "link": {"EPERM": STOPS, "ENOSYS": STOPS},
    "unlink": {"EPERM": STOPS, "ENOSYS": STOPS},
    "flock": {"EPERM": STOPS, "ENOSYS": STOPS},
    "fsync": {"EPERM": STOPS, "ENOSYS": STOPS},
    "fdatasync": {"EPERM": STOPS, "ENOSYS": STOPS},
    "fallocate": {"EPERM": STOPS, "ENOSYS": STOPS},
    "ftruncate": {"EPERM": STOPS, "ENOSYS": STOPS},
    "getdents64": {"EPERM": STOPS, "ENOSYS": STOPS},
    "statfs": {"EPERM": STOPS, "ENOSYS": STOPS},
}


def denied(w, error, calls, *arguments, code=None):
    return w.run(w.helper("tests/support/deny"), error, calls, w.program("airlock"), "--site", w.site_path, *arguments, code=code)


def sites(w, count):
    """Copies of a site in which a report has been lying in the inbox for long enough."""
    w.site()
    w.site_path.chmod(0o711)
    kept = w.path / "kept"
    shutil.copytree(w.site_path, kept)
    for n in range(count):
        w.site_path = w.path / f"site-{n}"
        shutil.copytree(kept, w.site_path)
        (w.site_path / "inbox" / "report.json").write_bytes(REPORT.read_bytes())
    time.sleep(3.1)


@pytest.mark.takes(7)
def test_doctor_and_process_agree_under_each_call_that_a_container_may_forbid(w):
    """Doctor and process agree under each of the calls a container may forbid, and both name the call."""
    # The ordinary run takes one error of each call, the two in turn; all of them where they do not end alike.
    table = [(call, error, goes_on) for n, (call, outcomes) in enumerate(CALLS.items())
             for m, (error, goes_on) in enumerate(outcomes.items())
             if LONG or m == n % len(outcomes) or len(set(outcomes.values())) > 1]
    print(f"counted: {len(table)} calls and errors")
    sites(w, len(table))
    for n, (call, error, goes_on) in enumerate(table):
        w.site_path = w.path / f"site-{n}"
        what = f"{call} {error}"
        doctor = denied(w, error, call, "doctor")
        inbox = denied(w, error, call, "process", "--inbox")
        process = denied(w, error, call, "process", w.report_of(f"1.{n}.0"))
        found = (doctor.code == 0, inbox.code == 0, process.code == 0)
        assert found == (goes_on, goes_on, goes_on), f"{what}: doctor, inbox, process go on\n{doctor}\n{inbox}\n{process}"
        if goes_on:
            continue
        assert doctor.code == 1, what
        assert process.code in (7, 8) and inbox.code in (7, 8), f"{what}: {process}\n{inbox}"
        failed = doctor.text[doctor.text.index("\nfail "):]
        for ran, text in ((doctor, failed), (process, process.err), (inbox, inbox.err)):
            assert f"`{call}`" in text, f"{what} is not named:\n{ran}"
            assert "Linux" not in text or call.startswith("landlock"), f"{what}: a kernel's version is named:\n{ran}"


def test_without_rename_a_report_is_processed_and_doctor_fails(w):
    """Where a file cannot take another's place a report is processed, what could not follow is named, and doctor fails."""
    w.site()
    ran = denied(w, "EPERM", "rename", "process", REPORT, code=0)
    assert "the record stands, but" in ran.err and "ledger.anchor" in ran.err and "`rename`" in ran.err, ran
    assert "`rename`" in denied(w, "EPERM", "rename", "doctor", code=1).text, "doctor does not name the refused call"
    denied(w, "EPERM", "rename", "kit", "install", w.new_kit(), code=1)
    w.ledger_ok()


def test_doctor_names_what_the_kernel_refuses_though_best_effort_goes_on(w):
    """Doctor names what the kernel refuses though "best-effort" goes on, and process then goes on."""
    w.site()
    path = w.site_path / "airlock.json"
    path.write_text(path.read_text().replace("{", '{"sandbox": "best-effort", ', 1))
    doctor = denied(w, "EPERM", "landlock_add_rule", "doctor", code=0)
    assert "warn sandbox: seccomp, no Landlock; with `\"sandbox\": \"best-effort\"` Airlock runs although the kernel refuses the rest" in doctor.text, doctor.text
    assert "`landlock_add_rule`" in doctor.text, doctor.text
    denied(w, "EPERM", "landlock_add_rule", "process", REPORT, code=0)


def test_without_rename_noreplace_a_dropped_report_is_claimed_by_link_and_unlink(w):
    """Inbox on ZFS, FUSE: where a file system has no RENAME_NOREPLACE a dropped report is claimed by link and unlink."""
    sites(w, 1)
    result = denied(w, "EINVAL", "renameat2+flags", "process", "--inbox", "--json", code=0).json
    assert [r["outcome"] for r in result["reports"]] == ["sealed"]
    assert os.listdir(w.site_path / "inbox") == []
    w.run(w.helper("tests/support/deny"), "EINVAL", "renameat2+flags", w.program("airlock"), "--site", w.path / "new", "init", "--vendor-root", w.root,
          "--vendor-root-sha256", w.root_fingerprint())


def test_a_claim_cut_short_between_link_and_unlink_is_undone_by_the_next_run(w):
    """A claim that was cut short between link and unlink is undone by the next run, and the report recorded once."""
    sites(w, 1)
    claimed = w.site_path / "claimed"
    claimed.mkdir(mode=0o700, exist_ok=True)
    os.link(w.site_path / "inbox" / "report.json", claimed / "0b5c0d6e-6f53-4f7e-9d7c-1f4f3f0a9a11")
    time.sleep(3.1)  # a new name counts as touching it
    result = w.airlock("process", "--inbox", "--json", code=(0, 8)).json
    if not result["reports"]:
        result = w.airlock("process", "--inbox", "--json", code=0).json
    assert [r["outcome"] for r in result["reports"]] == ["sealed"]
    assert os.listdir(w.site_path / "inbox") + os.listdir(claimed) == []
    assert len(w.airlock("ledger", "list", "--json").json["reports"]) == 1


def test_init_refuses_a_file_system_without_the_calls_that_reports_need(w):
    """Init refuses a file system where the calls that every report needs do not work, names the call, and leaves nothing."""
    w.new_vendor()
    for call in ("link", "fsync", "flock", "fallocate"):
        ran = w.run(w.helper("tests/support/deny"), "ENOSYS", call, w.program("airlock"), "--site", w.path / "new", "init", "--vendor-root", w.root,
                    "--vendor-root-sha256", w.root_fingerprint(), code=4)
        assert "this file system is not suitable" in ran.err and f"allow the system call `{call}`" in ran.err, ran
        assert not (w.path / "new").exists(), f"{call}: something is left"


def test_without_close_range_the_worker_has_no_descriptors_but_its_own(w):
    """Descriptors are closed one by one where close_range is denied: the worker has none but its own."""
    w.site()
    report, feed = os.pipe()
    secret = os.open("/etc/passwd", os.O_RDONLY)
    process = subprocess.Popen([str(w.helper("tests/support/deny")), "EPERM", "close_range", w.program("airlock"), "--site", str(w.site_path), "process", "-"],
                              stdin=report, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=[secret])
    os.close(report)
    try:
        # One filter denies the call, the other one confines.
        reader = worker_of(process, lambda pid: is_confined(pid, filters=2), "a confined worker")
        opened = [os.readlink(f"/proc/{reader}/fd/{fd}") for fd in os.listdir(f"/proc/{reader}/fd")]
        assert "/etc/passwd" not in opened, opened
    finally:
        os.close(secret)
        os.close(feed)
        process.wait(60)


def test_a_program_that_pipes_through_a_socket_is_told_what_to_do(w):
    """A program that pipes through a socket, as Node does, is told how to put a pipe between, and that works."""
    w.site()
    ours, theirs = socket.socketpair()
    ran = subprocess.run([w.program("airlock"), "--site", str(w.site_path), "process", "-"], stdin=theirs, capture_output=True, check=False)
    assert ran.returncode == 8, ran.stderr
    assert b"| cat | airlock process -" in ran.stderr, ran.stderr
    through = subprocess.Popen(["sh", "-c", f"cat | {w.program('airlock')} --site {w.site_path} process - --json | cat"], stdin=theirs,
                               stdout=subprocess.PIPE)
    theirs.close()
    ours.sendall(REPORT.read_bytes())
    ours.shutdown(socket.SHUT_WR)
    assert b'"sealed"' in through.communicate(timeout=60)[0], "the report did not get through"
    ours.close()
