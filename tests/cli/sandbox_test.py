"""The air gap that the kernel keeps: what the worker gave up, seen from outside by strace, /proc and network namespaces."""
import errno
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time
import uuid

from harness import REPORT, case, check, equal, is_confined, main, worker_of

NETWORK = "socket,socketpair,connect,bind,listen,accept,accept4,sendto,sendmsg,sendmmsg,recvfrom,recvmsg,recvmmsg,shutdown," \
    "getsockname,getpeername,setsockopt,getsockopt"


def started(w, *arguments, **options):
    """A program that is still running, with a pipe as its input."""
    return subprocess.Popen([w.program("airlock"), "--site", str(w.site_path), *arguments], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def confined(process):
    """The worker's pid, once it is confined."""
    return worker_of(process, is_confined, "a confined worker")


@case("on a sealing site neither process makes a socket call; the worker starts nothing, and the supervisor never opens the report")
def _(w):
    w.site()
    for number, arguments in enumerate((["process", REPORT], ["preview", REPORT], ["explain", REPORT], ["process", "--held"])):
        trace = w.path / f"trace-{number}"
        ran = w.run("strace", "-f", "-o", trace, "-e", f"trace={NETWORK},execve,execveat,openat,open,fork,vfork,clone,clone3",
                    w.program("airlock"), "--site", w.site_path, *arguments)
        lines = [l.split(maxsplit=1) for l in trace.read_text().splitlines()]
        supervisor = lines[0][0]
        calls = [(pid, re.match(r"(\w+)\(", text)[1], text) for pid, text in lines if re.match(r"\w+\(", text)]
        workers = {pid for pid, _, _ in calls} - {supervisor}
        equal(len(workers), 1, f"{arguments}: workers")
        for pid, call, text in calls:
            check(call not in NETWORK.split(","), f"{arguments}: {text}\n{ran}")
            check("exec" not in call or pid == supervisor, f"{arguments}: the worker runs {text}")
            check(pid != supervisor or str(REPORT) not in text or call == "execve", f"{arguments}: the supervisor: {text}")
        equal(sum(1 for _, call, _ in calls if call == "execve"), 1, "programs started")


@case("while it waits for the report the worker is confined: seccomp, no new privileges, no descriptor but its own, no environment")
def _(w):
    w.site()
    left, right = socket.socketpair()
    secret = os.open("/etc/passwd", os.O_RDONLY)
    environment = dict(os.environ, AIRLOCK_TEST_SECRET="hunter2", LD_AIRLOCK="x")
    process = started(w, "process", "-", pass_fds=(left.fileno(), secret), env=environment)
    worker = confined(process)
    status = pathlib.Path(f"/proc/{worker}/status").read_text()
    check("NoNewPrivs:\t1" in status and "Seccomp_filters:\t1" in status, status)
    open_files = {int(p.name): os.readlink(p) for p in pathlib.Path(f"/proc/{worker}/fd").iterdir()}
    foreign = [f for n, f in open_files.items() if f.startswith("socket:") or "passwd" in f]
    equal(foreign, [], "descriptors that came with the process")
    for number, file in open_files.items():
        check(file.startswith("pipe:") or str(w.site_path) in file, f"descriptor {number} is {file}")
    out, err = process.communicate(REPORT.read_bytes())
    equal(process.returncode, 0, err)
    equal(len(w.outbox()), 1)
    left.close(), right.close(), os.close(secret)


# Tries to write wherever it can, in the worker, once the sandbox is in force: when the report is read.
PROBE = r"""
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
static char site[4096], names[8192];
static int metadata;
__attribute__((constructor)) static void begin(void) {
  snprintf(site, sizeof site, "%s", getenv("PROBE_SITE"));
  snprintf(names, sizeof names, "%s", getenv("PROBE_NAMES"));
  metadata = getenv("PROBE_METADATA") != NULL;
}
static void tell(const char* what, const char* name, long result) {
  char line[8400];
  const int error = result < 0 ? errno : 0;
  const int size = snprintf(line, sizeof line, "probe %s %s %d\n", what, name, error);
  syscall(SYS_write, 2, line, size);
}
// What acts on metadata, or on others that use the file: of a file that can be read, that is all files of the site.
static void touch(const char* name, const char* path) {
  const struct timespec times[2] = {{1, 0}, {1, 0}};
  int flags = 0;
  const int fd = open(path, O_RDONLY | O_NONBLOCK);
  tell("fchmod", name, syscall(SYS_fchmod, fd, 0777));
  tell("fchown", name, syscall(SYS_fchown, fd, 65534, 65534));
  tell("chmod", name, syscall(SYS_fchmodat, AT_FDCWD, path, 0777));
  tell("chown", name, syscall(SYS_fchownat, AT_FDCWD, path, 65534, 65534, 0));
  tell("fchownat", name, syscall(SYS_fchownat, fd, "", 65534, 65534, AT_EMPTY_PATH));
  tell("utimensat", name, syscall(SYS_utimensat, fd, NULL, times, 0));
  tell("utimensat", name, syscall(SYS_utimensat, AT_FDCWD, path, times, 0));
  tell("fsetxattr", name, syscall(SYS_fsetxattr, fd, "user.probe", "x", 1, 0));
  tell("setxattr", name, syscall(SYS_setxattr, path, "user.probe", "x", 1, 0));
  tell("setflags", name, syscall(SYS_ioctl, fd, FS_IOC_SETFLAGS, &flags));
  tell("truncate", name, syscall(SYS_truncate, path, 0));
  tell("lease", name, syscall(SYS_fcntl, fd, F_SETLEASE, F_RDLCK));
  tell("shared-lock", name, syscall(SYS_flock, fd, LOCK_SH | LOCK_NB));
  tell("empty", name, syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_TRUNC));
  if (fd >= 0) close(fd);
}
ssize_t read(int fd, void* into, size_t size) {
  static int done;
  const long in_force = syscall(SYS_prctl, PR_GET_SECCOMP, 0, 0, 0, 0);
  if (!done && (in_force == 2 || (in_force < 0 && errno == EPERM))) {
    done = 1;
    char* const nothing[] = {NULL};
    tell("socket", "-", syscall(SYS_socket, AF_INET, SOCK_STREAM, 0));
    tell("socket", "-", syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0));
    tell("connect", "-", syscall(SYS_connect, fd, NULL, 0));
    tell("sendto", "-", syscall(SYS_sendto, fd, "x", 1, 0, NULL, 0));
    tell("execve", "-", syscall(SYS_execve, "/bin/true", nothing, nothing));
    for (char *save, *name = strtok_r(names, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
      char path[8300], other[8320];
      snprintf(path, sizeof path, "%s/%s", site, name);
      snprintf(other, sizeof other, "%s.probe", path);
      if (metadata) {
        touch(name, path);
        continue;
      }
      tell("write", name, open(path, O_WRONLY));
      tell("make", name, open(other, O_WRONLY | O_CREAT | O_EXCL, 0600));
      tell("rename", name, rename(path, other));
      if (rename(other, path) != 0) unlink(other);
    }
  }
  return syscall(SYS_read, fd, into, size);
}
"""


@case("a probe in the worker itself: no socket, no connect, no send, no other program; it writes ledger, locks, what comes in and "
      "goes out, and nothing else of the site")
def _(w):
    w.site()
    library = w.path / "probe.so"
    w.run("cc", "-shared", "-fPIC", "-o", library, w.file("probe.c", PROBE))
    for folder in ("held", "outbox", "inbox"):
        (w.site_path / folder / "thing").write_text("x")
    written = ["ledger.db", "ledger.db-journal", "site.lock", "inbox.lock"]
    changed = ["held/thing", "outbox/thing"]
    rest = sorted(str(p.relative_to(w.site_path)) for p in w.site_path.rglob("*") if p.is_file())
    rest = [n for n in rest if n not in written + changed]
    check("keys/site.key" in rest and "public/vendor-root.crt" in rest and "airlock.json" in rest, rest)

    def probed(*arguments, code=0):
        env = {"LD_PRELOAD": str(library), "PROBE_SITE": str(w.site_path), "PROBE_NAMES": " ".join(written + changed + rest)}
        err = w.run(w.program("airlock"), "--site", w.site_path, *arguments, env=env, code=code).err
        lines = [l.split() for l in err.splitlines() if l.startswith("probe ")]
        equal([(what, error) for _, what, name, error in lines if name == "-"],
              [(what, str(errno.EPERM)) for what in ("socket", "socket", "connect", "sendto", "execve")], "ways out")
        lines = [l for l in lines if l[2] != "-"]
        equal(len(lines), 3 * len(written + changed + rest), err)
        return {(what, name) for _, what, name, error in lines if error == "0"}

    if "Landlock version" not in w.airlock("doctor", code=None).text:
        print("counted: no Landlock on this kernel, the worker's files not checked")
        return
    everything = {(what, name) for name in changed for what in ("write", "make", "rename")}
    equal(probed("process", REPORT), everything | {("write", name) for name in written}, "what process may change")
    equal(probed("preview", REPORT), {(what, "held/thing") for what in ("write", "make", "rename")}, "what preview may change")
    # The inbox itself only the supervisor changes; what it has claimed the worker reads and removes.
    claimed = f"claimed/{uuid.uuid4()}"
    shutil.copy(REPORT, w.site_path / claimed)
    (w.site_path / "inbox" / "thing").unlink()
    rest.remove("inbox/thing")
    changed.append(claimed)
    everything = {(what, name) for name in changed for what in ("write", "make", "rename")}
    equal(probed("process", "--inbox", code=8), everything | {("write", name) for name in written},
          "what process --inbox may change")
    equal([p.read_bytes() for p in (w.site_path / "inbox").iterdir()], [REPORT.read_bytes()], "what the probe has touched is put back")
    w.ledger_ok()


@case("a probe in the worker cannot change mode, owner, times, attributes or length of anything in the site, nor hold others up by "
      "leases and shared locks: in process and preview, as root and as another user")
def _(w):
    w.site()
    w.path.chmod(0o755)
    airlock, report = shutil.copy(w.program("airlock"), w.path / "airlock"), w.file("report.json", REPORT.read_bytes())
    report.chmod(0o644)
    library = w.path / "probe.so"
    w.run("cc", "-shared", "-fPIC", "-o", library, w.file("probe.c", PROBE))
    names = sorted(str(p.relative_to(w.site_path)) for p in w.site_path.rglob("*")) + ["."]
    renewed = ("ledger.db", "ledger.anchor", "public/site.json", "public", ".", "held", "outbox", "ledger.db-journal")

    def looks():
        out = {}
        for name in names:
            found = (w.site_path / name).lstat()
            out[name] = [found.st_mode, found.st_uid, found.st_gid]
            if name not in renewed:  # by the run itself
                out[name] += [found.st_size, found.st_mtime_ns, found.st_ctime_ns]
        return out

    def probed(before, *arguments):
        looked = looks()
        env = {"LD_PRELOAD": str(library), "PROBE_SITE": str(w.site_path), "PROBE_NAMES": " ".join(names), "PROBE_METADATA": "1"}
        err = w.run(*before, airlock, "--site", w.site_path, *arguments, env=env).err
        lines = [l.split() for l in err.splitlines() if l.startswith("probe ") and l.split()[2] != "-"]
        equal(len(lines), 14 * len(names), err)
        equal([l for l in lines if l[3] != str(errno.EPERM)], [], f"{arguments}: calls that were not refused")
        equal(looks(), looked, f"{arguments}: what the files look like")

    probed([], "preview", report)
    probed([], "process", report)
    own = 64001
    w.run("chown", "-R", f"{own}:{own}", w.site_path)
    probed(["setpriv", f"--reuid={own}", f"--regid={own}", "--clear-groups"], "preview", report)
    probed(["setpriv", f"--reuid={own}", f"--regid={own}", "--clear-groups"], "process", report, "--again")
    w.run("chown", "-R", "0:0", w.site_path)
    w.ledger_ok()


@case("an empty network namespace makes no difference")
def _(w):
    w.site()
    for arguments in (["preview", REPORT], ["explain", REPORT], ["process", REPORT, "--dry-run", "--json"], ["status"]):
        inside = w.run("unshare", "-n", w.program("airlock"), "--site", w.site_path, *arguments)
        outside = w.airlock(*arguments)
        equal((inside.out, inside.err), (outside.out, outside.err), str(arguments))
    equal(w.run("unshare", "-n", w.program("airlock"), "--site", w.site_path, "process", REPORT, "--json").json["outcome"],
          "sealed")


@case("airlock and airlock-vendor link no network library")
def _(w):
    for name in ("airlock", "airlock-vendor"):
        libraries = w.run("ldd", w.program(name)).text
        check("libcrypto" in libraries, libraries)
        check(not re.search(r"curl|libssl|nghttp|libpq|gnutls|ldap|libssh|resolv|libnss", libraries), libraries)


@case("the environment changes nothing: OpenSSL's configuration and modules, key logs, proxies, certificate stores")
def _(w):
    w.site()
    before = w.airlock("preview", REPORT)
    keys = w.path / "keys.log"
    configuration = w.file("evil.cnf", "openssl_conf = init\n[init]\nproviders = p\noid_section = o\n[o]\nx = 1.2.3.4.5\n[p]\n"
                                       "evil = e\n[e]\nmodule = /tmp/evil.so\nactivate = 1\nidentity = evil\n")
    environment = {"OPENSSL_CONF": str(configuration), "OPENSSL_MODULES": str(w.path), "OPENSSL_ENGINES": str(w.path),
                   "SSLKEYLOGFILE": str(keys), "ALL_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9",
                   "https_proxy": "http://127.0.0.1:9", "CURL_CA_BUNDLE": str(configuration), "SSL_CERT_FILE": str(configuration),
                   "SSL_CERT_DIR": str(w.path), "SQLITE_TMPDIR": str(w.path), "TMPDIR": "/nowhere", "HOME": "/nowhere",
                   "SQLITE_HISTORY": str(keys), "LOCPATH": "/nowhere", "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8"}
    trace = w.path / "trace"
    after = w.run("strace", "-f", "-o", trace, "-e", "trace=openat,open", w.program("airlock"), "--site", w.site_path, "preview",
                  REPORT, env=environment)
    equal((after.out, after.err), (before.out, before.err), "preview")
    for name in ("evil", "keys.log", "/nowhere"):
        opened = [l for l in trace.read_text().splitlines() if name in l]
        equal(opened, [], f"files opened because of the environment: {name}")
    result = w.process(env=environment)
    equal(result["outcome"], "sealed")
    check(not keys.exists(), "a key log was written")
    w.vendor("open", w.outbox()[0], env=environment)
    w.airlock("licence", "verify", env=environment)
    w.airlock("bundle", "verify", w.outbox()[0], env=environment)


def refusing(w, *arguments, **options):
    """Runs airlock under a kernel that refuses seccomp."""
    return w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=seccomp,prctl", "-e",
                 "inject=seccomp,prctl:error=EINVAL", w.program("airlock"), "--site", w.site_path, *arguments, **options)


@case("where the kernel refuses seccomp it stops, nothing recorded; \"best-effort\" goes on, and the ledger says so")
def _(w):
    w.site()
    entries = w.ledger_ok()["entries"]
    ran = refusing(w, "process", REPORT, code=8)
    check("refuses the sandbox" in ran.err and "seccomp" in ran.err and "best-effort" in ran.err, ran)
    equal(refusing(w, "preview", REPORT, code=4).out, b"")
    refusing(w, "explain", REPORT, code=4)
    equal(w.ledger_ok()["entries"], entries)

    configuration = w.site_path / "airlock.json"
    document = json.loads(configuration.read_text())
    configuration.write_text(json.dumps({**document, "sandbox": "required"}))
    refusing(w, "process", REPORT, code=8)
    configuration.write_text(json.dumps({**document, "sandbox": "best-effort"}))
    refusing(w, "process", REPORT)
    w.process(w.report(lambda d: d["properties"].update({"posthog_version": "1.34.0"})))
    said = [e["sandbox"] for n in (1, 2) for e in w.airlock("ledger", "show", n, "--json").json["entries"] if "sandbox" in e]
    equal(len(said), 2, "entries that tell of the sandbox")
    check("seccomp" not in said[0] and said[1].startswith("seccomp"), said)
    w.ledger_ok()


@case("a socket as standard input, output or error is refused on a sealing site, before the report is read")
def _(w):
    w.site()
    entries = w.ledger_ok()["entries"]
    for arguments, code in ((["process", "-"], 8), (["preview", "-"], 4), (["process", str(REPORT)], 8)):
        for streams in (("stdin",), ("stdout",)):
            left, right = socket.socketpair()
            with REPORT.open("rb") as report:
                given = {"stdin": report, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **{s: left for s in streams}}
                ran = subprocess.run([w.program("airlock"), "--site", str(w.site_path), *arguments], **given, check=False,
                                     timeout=60)
            equal(ran.returncode, code, f"{arguments} {streams}: {ran.stderr}")
            check(b"is a socket" in ran.stderr, ran.stderr)
            left.close()
            if "stdout" in streams:
                equal(right.recv(10), b"", f"{arguments}: written to the socket")
            right.close()
    # A socket that could lead out of this machine is refused as standard error too; the journal's is local.
    for kind, code in ((socket.AF_INET, 8), (socket.AF_UNIX, 0)):
        with socket.socket(kind, socket.SOCK_DGRAM) as given:
            ran = subprocess.run([w.program("airlock"), "--site", str(w.site_path), "process", str(REPORT), "--quiet"],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=given, check=False, timeout=60)
            equal(ran.returncode, code, f"standard error a socket of {kind}")
    equal(len(w.outbox()), 1)
    check(w.ledger_ok()["entries"] > entries, "the last one was not recorded")


@case("a worker that is ended is told of: exit 8, keep the report; a supervisor that is ended takes the worker with it")
def _(w):
    w.site()
    process = started(w, "process", "-")
    os.kill(confined(process), signal.SIGKILL)
    _, err = process.communicate()
    equal(process.returncode, 8, err)
    check(b"ended by signal 9" in err and b"keep the report" in err, err)

    process = started(w, "process", "-")
    worker = confined(process)
    process.kill()
    process.wait()
    for _ in range(100):
        try:
            state = pathlib.Path(f"/proc/{worker}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            break
        if state == "Z":
            break
        time.sleep(0.05)
    else:
        check(False, "the worker lives on")
    equal(w.process()["outcome"], "sealed")
    w.ledger_ok()


def sending_site(w):
    """A site that may send, and its programs in a folder as they are installed; returns `airlock` there."""
    w.site(tier="standard", entitlements=[])
    path = w.site_path / "airlock.json"
    destination = {"type": "https-json", "url": "https://reports.vendor.example/v1"}
    path.write_text(json.dumps({**json.loads(path.read_text()), "delivery": {"destinations": [destination]}}))
    w.airlock("authorise", "--reason", "contract 4711", "--yes")
    folder = w.path / "bin"
    folder.mkdir()
    return shutil.copy(w.program("airlock"), folder / "airlock")


@case("a sending site without airlock-send queues, exits 7 and says why; a sealing one does not notice")
def _(w):
    airlock = sending_site(w)
    ran = w.run(airlock, "--site", w.site_path, "process", REPORT, code=7)
    check("airlock-send" in ran.err and "not installed" in ran.err, ran.err)
    equal(w.kinds(1), ["produced", "queued"])
    left, right = socket.socketpair()
    with REPORT.open("rb") as report:
        right.sendall(report.read())
    right.shutdown(socket.SHUT_WR)
    ran = subprocess.run([airlock, "--site", str(w.site_path), "preview", "-"], stdin=left, capture_output=True, check=False)
    equal(ran.returncode, 0, f"a socket as input of a sending site: {ran.stderr}")
    left.close(), right.close()
    sealing = w.path / "sealing"
    w.new_site(path=sealing)
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]), site=sealing)
    ran = w.run(airlock, "--site", sealing, "process", REPORT)
    check("airlock-send" not in ran.text + ran.err, ran)


@case("only the supervisor starts airlock-send, only when something was queued, and its words never mix with a JSON document")
def _(w):
    airlock = sending_site(w)
    # Stands in for the sender, to see what it is started with; it sends nothing.
    log = w.path / "started"
    sender = w.path / "bin" / "airlock-send"
    sender.write_text(f"#!/bin/sh\necho \"$@\" >> {log}\necho words of the sender\n")
    sender.chmod(0o755)

    def started():
        return log.read_text().splitlines() if log.exists() else []

    for arguments in (["preview", REPORT], ["explain", REPORT], ["process", REPORT, "--dry-run"], ["process", "--held"],
                      ["process", REPORT, "--no-deliver"]):
        w.run(airlock, "--site", w.site_path, *arguments, code=(0, 7))
        equal(started(), [], f"{arguments}: airlock-send was started")
    trace = w.path / "trace"
    other = w.report(lambda d: d["properties"].update({"posthog_version": "1.34.0"}))
    ran = w.run("strace", "-f", "-o", trace, "-e", f"trace=execve,{NETWORK}", airlock, "--site", w.site_path, "process", other, "--json",
                code=7)
    equal(started(), [f"--site {w.site_path} --once"])
    equal(ran.json["outcome"], "queued")
    check("words of the sender" in ran.err, ran.err)
    lines = [l.split(maxsplit=1) for l in trace.read_text().splitlines()]
    worker = next(pid for pid, text in lines if "exited with 7" in text and pid != lines[0][0])
    equal([text for pid, text in lines if pid == worker and re.match(r"\w+\(", text)], [], "calls of the worker")
    equal([text for _, text in lines if re.match(r"\w+\(", text) and not text.startswith("execve")], [], "socket calls")


@case("nobody who reads its output: process still records; both exit 1 and say why")
def _(w):
    w.site()
    read, write = os.pipe()
    os.close(read)
    ran = subprocess.run([w.program("airlock"), "--site", str(w.site_path), "process", str(REPORT)], stdout=write,
                         stderr=subprocess.PIPE, check=False, timeout=60)
    equal(ran.returncode, 1, ran.stderr)
    check(b"standard output could not be written: broken pipe" in ran.stderr, ran.stderr)
    equal(len(w.outbox()), 1)
    ran = subprocess.run([w.program("airlock"), "--site", str(w.site_path), "preview", str(REPORT)], stdout=write,
                         stderr=subprocess.PIPE, check=False, timeout=60)
    equal(ran.returncode, 1, ran.stderr)
    os.close(write)


main()
