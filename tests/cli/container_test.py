"""What a container may forbid: system calls, one at a time, by tests/support/deny.cpp. What `doctor` says is what
`process` then meets, and both name the call."""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

from harness import LONG, REPORT, case, check, equal, is_confined, main, worker_of

DENY = pathlib.Path(sys.argv.pop(2)).resolve()

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
    return w.run(DENY, error, calls, w.program("airlock"), "--site", w.site_path, *arguments, code=code)


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


@case("doctor and process agree under each of the calls a container may forbid, and both name the call")
def _(w):
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
        process = denied(w, error, call, "process", w.report(lambda d: d["properties"].update({"posthog_version": f"1.{n}.0"})))
        found = (doctor.code == 0, inbox.code == 0, process.code == 0)
        equal(found, (goes_on, goes_on, goes_on), f"{what}: doctor, inbox, process go on\n{doctor}\n{inbox}\n{process}")
        if goes_on:
            continue
        equal(doctor.code, 1, what)
        check(process.code in (7, 8) and inbox.code in (7, 8), f"{what}: {process}\n{inbox}")
        failed = doctor.text[doctor.text.index("\nfail "):]
        for ran, text in ((doctor, failed), (process, process.err), (inbox, inbox.err)):
            check(f"`{call}`" in text, f"{what} is not named:\n{ran}")
            check("Linux" not in text or call.startswith("landlock"), f"{what}: a kernel's version is named:\n{ran}")


@case("where a file cannot take another's place a report is processed, what could not follow is named, and doctor fails")
def _(w):
    w.site()
    ran = denied(w, "EPERM", "rename", "process", REPORT, code=0)
    check("what was recorded stands, but" in ran.err and "ledger.anchor" in ran.err and "`rename`" in ran.err, ran)
    check("`rename`" in denied(w, "EPERM", "rename", "doctor", code=1).text, "the call is not named")
    denied(w, "EPERM", "rename", "kit", "install", w.new_kit(), code=1)
    w.ledger_ok()


@case("doctor names what the kernel refuses though \"best-effort\" goes on, and process then goes on")
def _(w):
    w.site()
    path = w.site_path / "airlock.json"
    path.write_text(path.read_text().replace("{", '{"sandbox": "best-effort", ', 1))
    doctor = denied(w, "EPERM", "landlock_add_rule", "doctor", code=0)
    check("warn sandbox: seccomp, no Landlock; the kernel refuses the rest" in doctor.text, doctor.text)
    check("`landlock_add_rule`" in doctor.text, doctor.text)
    denied(w, "EPERM", "landlock_add_rule", "process", REPORT, code=0)


@case("inbox on ZFS, FUSE: where a file system has no RENAME_NOREPLACE a dropped report is claimed by link and unlink")
def _(w):
    sites(w, 1)
    result = denied(w, "EINVAL", "renameat2+flags", "process", "--inbox", "--json", code=0).json
    equal([r["outcome"] for r in result["reports"]], ["sealed"])
    equal(os.listdir(w.site_path / "inbox"), [])
    w.run(DENY, "EINVAL", "renameat2+flags", w.program("airlock"), "--site", w.path / "new", "init", "--vendor-root", w.root,
          "--vendor-root-sha256", w.root_fingerprint())


@case("a claim that was cut short between link and unlink is undone by the next run, and the report recorded once")
def _(w):
    sites(w, 1)
    claimed = w.site_path / "claimed"
    claimed.mkdir(mode=0o700, exist_ok=True)
    os.link(w.site_path / "inbox" / "report.json", claimed / "0b5c0d6e-6f53-4f7e-9d7c-1f4f3f0a9a11")
    time.sleep(3.1)  # a new name counts as touching it
    result = w.airlock("process", "--inbox", "--json", code=(0, 8)).json
    if not result["reports"]:
        result = w.airlock("process", "--inbox", "--json", code=0).json
    equal([r["outcome"] for r in result["reports"]], ["sealed"])
    equal(os.listdir(w.site_path / "inbox") + os.listdir(claimed), [])
    equal(len(w.airlock("ledger", "list", "--json").json["reports"]), 1)


@case("init refuses a file system where the calls that every report needs do not work, names the call, and leaves nothing")
def _(w):
    w.new_vendor()
    for call in ("link", "fsync", "flock", "fallocate"):
        ran = w.run(DENY, "ENOSYS", call, w.program("airlock"), "--site", w.path / "new", "init", "--vendor-root", w.root,
                    "--vendor-root-sha256", w.root_fingerprint(), code=4)
        check("this file system will not do" in ran.err and f"allow the system call `{call}`" in ran.err, ran)
        check(not (w.path / "new").exists(), f"{call}: something is left")


@case("descriptors are closed one by one where close_range is denied: the worker has none but its own")
def _(w):
    w.site()
    report, feed = os.pipe()
    secret = os.open("/etc/passwd", os.O_RDONLY)
    process = subprocess.Popen([str(DENY), "EPERM", "close_range", w.program("airlock"), "--site", str(w.site_path), "process", "-"],
                              stdin=report, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=[secret])
    os.close(report)
    try:
        # One filter denies the call, the other one confines.
        reader = worker_of(process, lambda pid: is_confined(pid, filters=2), "a confined worker")
        opened = [os.readlink(f"/proc/{reader}/fd/{fd}") for fd in os.listdir(f"/proc/{reader}/fd")]
        check("/etc/passwd" not in opened, opened)
    finally:
        os.close(secret)
        os.close(feed)
        process.wait(60)


@case("a program that pipes through a socket, as Node does, is told how to put a pipe between, and that works")
def _(w):
    w.site()
    ours, theirs = socket.socketpair()
    ran = subprocess.run([w.program("airlock"), "--site", str(w.site_path), "process", "-"], stdin=theirs, capture_output=True, check=False)
    equal(ran.returncode, 8, ran.stderr)
    check(b"| cat | airlock process -" in ran.stderr, ran.stderr)
    through = subprocess.Popen(["sh", "-c", f"cat | {w.program('airlock')} --site {w.site_path} process - --json | cat"], stdin=theirs,
                               stdout=subprocess.PIPE)
    theirs.close()
    ours.sendall(REPORT.read_bytes())
    ours.shutdown(socket.SHUT_WR)
    check(b'"sealed"' in through.communicate(timeout=60)[0], "the report did not get through")
    ours.close()


main()
