"""The air gap that the kernel keeps: what the worker gave up, seen from outside by strace, /proc and network namespaces."""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

from harness import REPORT, is_confined, worker_of

NETWORK = "socket,socketpair,connect,bind,listen,accept,accept4,sendto,sendmsg,sendmmsg,recvfrom,recvmsg,recvmmsg,shutdown," \
    "getsockname,getpeername,setsockopt,getsockopt"


def started(w, *arguments, **options):
    """A program that is still running, with a pipe as its input."""
    return subprocess.Popen([w.program("airlock"), "--site", str(w.site_path), *arguments], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def confined(process):
    """The worker's pid, once it is confined."""
    return worker_of(process, is_confined, "a confined worker")


def test_on_a_sealing_site_neither_process_makes_a_socket_call(w):
    """On a sealing site neither process makes a socket call; the worker starts nothing, and the supervisor never opens the
    report."""
    w.site()
    for number, arguments in enumerate((["process", REPORT], ["preview", REPORT], ["explain", REPORT], ["process", "--held"])):
        trace = w.path / f"trace-{number}"
        ran = w.run("strace", "-f", "-o", trace, "-e", f"trace={NETWORK},execve,execveat,openat,open,fork,vfork,clone,clone3",
                    w.program("airlock"), "--site", w.site_path, *arguments)
        lines = [l.split(maxsplit=1) for l in trace.read_text().splitlines()]
        supervisor = lines[0][0]
        calls = [(pid, re.match(r"(\w+)\(", text)[1], text) for pid, text in lines if re.match(r"\w+\(", text)]
        workers = {pid for pid, _, _ in calls} - {supervisor}
        assert len(workers) == 1, f"{arguments}: workers"
        for pid, call, text in calls:
            assert call not in NETWORK.split(","), f"{arguments}: {text}\n{ran}"
            assert "exec" not in call or pid == supervisor, f"{arguments}: the worker runs {text}"
            assert pid != supervisor or str(REPORT) not in text or call == "execve", f"{arguments}: the supervisor: {text}"
        assert sum(1 for _, call, _ in calls if call == "execve") == 1, "programs started"


def test_while_it_waits_for_the_report_the_worker_is_confined(w):
    """While it waits for the report the worker is confined: seccomp, no new privileges, no descriptor but its own, no
    environment."""
    w.site()
    left, right = socket.socketpair()
    secret = os.open("/etc/passwd", os.O_RDONLY)
    environment = dict(os.environ, AIRLOCK_TEST_SECRET="hunter2", LD_AIRLOCK="x")
    process = started(w, "process", "-", pass_fds=(left.fileno(), secret), env=environment)
    worker = confined(process)
    status = pathlib.Path(f"/proc/{worker}/status").read_text()
    assert "NoNewPrivs:\t1" in status and "Seccomp_filters:\t1" in status, status
    open_files = {int(p.name): os.readlink(p) for p in pathlib.Path(f"/proc/{worker}/fd").iterdir()}
    foreign = [f for n, f in open_files.items() if f.startswith("socket:") or "passwd" in f]
    assert foreign == [], "descriptors that came with the process"
    for number, file in open_files.items():
        assert file.startswith("pipe:") or str(w.site_path) in file, f"descriptor {number} is {file}"
    out, err = process.communicate(REPORT.read_bytes())
    assert process.returncode == 0, err
    assert len(w.outbox()) == 1
    left.close(), right.close(), os.close(secret)


def test_an_empty_network_namespace_makes_no_difference(w):
    w.site()
    for arguments in (["preview", REPORT], ["explain", REPORT], ["process", REPORT, "--dry-run", "--json"], ["status"]):
        inside = w.run("unshare", "-n", w.program("airlock"), "--site", w.site_path, *arguments)
        outside = w.airlock(*arguments)
        assert (inside.out, inside.err) == (outside.out, outside.err), str(arguments)
    assert w.run("unshare", "-n", w.program("airlock"), "--site", w.site_path, "process", REPORT, "--json").json["outcome"] \
        == "sealed"


def test_airlock_and_airlock_vendor_link_no_network_library(w):
    for name in ("airlock", "airlock-vendor"):
        libraries = w.run("ldd", w.program(name)).text
        assert "libcrypto" in libraries, libraries
        assert not re.search(r"curl|libssl|nghttp|libpq|gnutls|ldap|libssh|resolv|libnss", libraries), libraries


def test_the_environment_changes_nothing(w):
    """The environment changes nothing: OpenSSL's configuration and modules, key logs, proxies, certificate stores."""
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
    assert (after.out, after.err) == (before.out, before.err), "preview"
    for name in ("evil", "keys.log", "/nowhere"):
        opened = [l for l in trace.read_text().splitlines() if name in l]
        assert opened == [], f"files opened because of the environment: {name}"
    result = w.process(env=environment)
    assert result["outcome"] == "sealed"
    assert not keys.exists(), "a key log was written"
    w.vendor("open", w.outbox()[0], env=environment)
    w.airlock("licence", "verify", env=environment)
    w.airlock("bundle", "verify", w.outbox()[0], env=environment)


def refusing(w, *arguments, **options):
    """Runs airlock under a kernel that refuses seccomp."""
    return w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=seccomp,prctl", "-e",
                 "inject=seccomp,prctl:error=EINVAL", w.program("airlock"), "--site", w.site_path, *arguments, **options)


def test_where_the_kernel_refuses_seccomp_it_stops_or_best_effort_goes_on(w):
    """Where the kernel refuses seccomp it stops, nothing recorded; "best-effort" goes on, and the ledger says so."""
    w.site()
    entries = w.ledger_ok()["entries"]
    ran = refusing(w, "process", REPORT, code=8)
    assert "refuses the sandbox" in ran.err and "seccomp" in ran.err and "best-effort" in ran.err, ran
    assert refusing(w, "preview", REPORT, code=4).out == b""
    refusing(w, "explain", REPORT, code=4)
    assert w.ledger_ok()["entries"] == entries

    w.configure(sandbox="required")
    refusing(w, "process", REPORT, code=8)
    w.configure(sandbox="best-effort")
    refusing(w, "process", REPORT)
    w.process(w.report_of("1.34.0"))
    said = [e["sandbox"] for n in (1, 2) for e in w.airlock("ledger", "show", n, "--json").json["entries"] if "sandbox" in e]
    assert len(said) == 2, "entries that tell of the sandbox"
    assert "seccomp" not in said[0] and said[1].startswith("seccomp"), said
    w.ledger_ok()


def test_a_socket_as_a_standard_stream_is_refused_on_a_sealing_site(w):
    """A socket as standard input, output or error is refused on a sealing site, before the report is read."""
    w.site()
    entries = w.ledger_ok()["entries"]
    for arguments, code in ((["process", "-"], 8), (["preview", "-"], 4), (["process", str(REPORT)], 8)):
        for streams in (("stdin",), ("stdout",)):
            left, right = socket.socketpair()
            with REPORT.open("rb") as report:
                given = {"stdin": report, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **{s: left for s in streams}}
                ran = subprocess.run([w.program("airlock"), "--site", str(w.site_path), *arguments], **given, check=False,
                                     timeout=60)
            assert ran.returncode == code, f"{arguments} {streams}: {ran.stderr}"
            assert b"is a socket" in ran.stderr, ran.stderr
            left.close()
            if "stdout" in streams:
                assert right.recv(10) == b"", f"{arguments}: written to the socket"
            right.close()
    # A socket that could lead out of this machine is refused as standard error too; the journal's is local.
    for kind, code in ((socket.AF_INET, 8), (socket.AF_UNIX, 0)):
        with socket.socket(kind, socket.SOCK_DGRAM) as given:
            ran = subprocess.run([w.program("airlock"), "--site", str(w.site_path), "process", str(REPORT), "--quiet"],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=given, check=False, timeout=60)
            assert ran.returncode == code, f"standard error a socket of {kind}"
    assert len(w.outbox()) == 1
    assert w.ledger_ok()["entries"] > entries, "the last one was not recorded"


def test_a_worker_or_supervisor_that_is_ended_is_noticed(w):
    """A worker that is ended is told of: exit 8, keep the report; a supervisor that is ended takes the worker with it."""
    w.site()
    process = started(w, "process", "-")
    os.kill(confined(process), signal.SIGKILL)
    _, err = process.communicate()
    assert process.returncode == 8, err
    assert b"ended by signal 9" in err and b"keep the report" in err, err

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
        assert False, "the worker lives on"
    assert w.process()["outcome"] == "sealed"
    w.ledger_ok()


def sending_site(w):
    """A site that may send, and its programs in a folder as they are installed; returns `airlock` there."""
    w.site(tier="standard", entitlements=[])
    destination = {"type": "https-json", "url": "https://reports.vendor.example/v1"}
    w.configure(delivery={"destinations": [destination]})
    w.airlock("authorise", "--reason", "contract 4711", "--yes")
    folder = w.path / "bin"
    folder.mkdir()
    return shutil.copy(w.program("airlock"), folder / "airlock")


def test_a_sending_site_without_airlock_send_queues_and_says_why(w):
    """A sending site without airlock-send queues, exits 7 and says why; a sealing one does not notice."""
    airlock = sending_site(w)
    ran = w.run(airlock, "--site", w.site_path, "process", REPORT, code=7)
    assert "airlock-send" in ran.err and "not installed" in ran.err, ran.err
    assert w.kinds(1) == ["produced", "queued"]
    left, right = socket.socketpair()
    with REPORT.open("rb") as report:
        right.sendall(report.read())
    right.shutdown(socket.SHUT_WR)
    ran = subprocess.run([airlock, "--site", str(w.site_path), "preview", "-"], stdin=left, capture_output=True, check=False)
    assert ran.returncode == 0, f"a socket as input of a sending site: {ran.stderr}"
    left.close(), right.close()
    sealing = w.path / "sealing"
    w.new_site(path=sealing)
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]), site=sealing)
    ran = w.run(airlock, "--site", sealing, "process", REPORT)
    assert "airlock-send" not in ran.text + ran.err, ran


def test_only_the_supervisor_starts_airlock_send_when_something_was_queued(w):
    """Only the supervisor starts airlock-send, only when something was queued, and its words never mix with a JSON document."""
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
        assert started() == [], f"{arguments}: airlock-send was started"
    trace = w.path / "trace"
    other = w.report_of("1.34.0")
    ran = w.run("strace", "-f", "-o", trace, "-e", f"trace=execve,{NETWORK}", airlock, "--site", w.site_path, "process", other, "--json",
                code=7)
    assert started() == [f"--site {w.site_path} --once"]
    assert ran.json["outcome"] == "queued"
    assert "words of the sender" in ran.err, ran.err
    lines = [l.split(maxsplit=1) for l in trace.read_text().splitlines()]
    worker = next(pid for pid, text in lines if "exited with 7" in text and pid != lines[0][0])
    assert [text for pid, text in lines if pid == worker and re.match(r"\w+\(", text)] == [], "calls of the worker"
    assert [text for _, text in lines if re.match(r"\w+\(", text) and not text.startswith("execve")] == [], "socket calls"


def test_where_nobody_reads_its_output_process_still_records(w):
    """Nobody who reads its output: process still records; both exit 1 and say why."""
    w.site()
    read, write = os.pipe()
    os.close(read)
    ran = subprocess.run([w.program("airlock"), "--site", str(w.site_path), "process", str(REPORT)], stdout=write,
                         stderr=subprocess.PIPE, check=False, timeout=60)
    assert ran.returncode == 1, ran.stderr
    assert b"standard output could not be written: broken pipe" in ran.stderr, ran.stderr
    assert len(w.outbox()) == 1
    ran = subprocess.run([w.program("airlock"), "--site", str(w.site_path), "preview", str(REPORT)], stdout=write,
                         stderr=subprocess.PIPE, check=False, timeout=60)
    assert ran.returncode == 1, ran.stderr
    os.close(write)
