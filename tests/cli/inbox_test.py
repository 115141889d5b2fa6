"""`process --inbox`: what a product drops, and what else may lie in a folder that others write to."""
import ctypes
import hashlib
import json
import os
import random
import re
import shutil
import socket
import sqlite3
import stat
import subprocess
import threading
import time
import uuid

import pytest
from harness import LONG, REPORT


def drop(w, name, version=None, content=None):
    """A file as a product drops it; with a version it is a report of its own."""
    if content is None:
        document = json.loads(REPORT.read_bytes())
        if version:
            document["properties"]["posthog_version"] = version
        content = json.dumps(document).encode()
    path = os.path.join(os.fsencode(w.site_path), b"inbox", os.fsencode(name))
    with open(path, "wb") as file:
        file.write(content)
    return path


def claim(w, identifier=None, content=None):
    """A file as a run leaves it that was cut short before anything was recorded: it needs no time to settle."""
    identifier = identifier or str(uuid.uuid4())
    (w.site_path / "claimed" / identifier).write_bytes(content or REPORT.read_bytes())
    return identifier


def recorded(w):
    """SHA-256 of every report that the ledger has, and their ids."""
    with sqlite3.connect(f"file:{w.site_path}/ledger.db?mode=ro", uri=True) as database:
        rows = database.execute("SELECT lower(hex(sha256)), report_id FROM originals").fetchall()
    return {sha256 for sha256, _ in rows}, {report_id for _, report_id in rows}


def claimed_files(w):
    folder = w.site_path / "claimed"
    return sorted(os.listdir(folder)) if folder.exists() else []


def in_inbox(w):
    """SHA-256 of every file that lies in the inbox; a FIFO, link or folder has none."""
    folder = os.path.join(os.fsencode(w.site_path), b"inbox")
    paths = [os.path.join(folder, name) for name in inbox(w)]
    files = [path for path in paths if stat.S_ISREG(os.lstat(path).st_mode)]
    return {hashlib.sha256(open(path, "rb").read()).hexdigest() for path in files}


def inbox(w):
    return sorted(os.listdir(os.fsencode(w.site_path / "inbox")))


def run_inbox(w, *arguments, code=0, **options):
    return w.airlock("process", "--inbox", "--json", *arguments, code=code, **options).json


def test_every_report_in_the_inbox_is_processed_and_removed(w):
    """Every report in the inbox is processed and removed, whatever its name and whoever's it is."""
    w.site()
    assert run_inbox(w) == {"reports": [], "left": [], "approvals": [], "exit": 0}, "an empty inbox"
    names = [b"a.json", b"-", b"--held", b"two\nlines", b"\xff\xfe not text", b"; rm -rf .json"]
    for number, name in enumerate(names):
        path = drop(w, name, f"1.{number}.0")
    os.chown(path, 65534, 65534)
    os.chmod(path, 0o444)
    drop(w, ".half-written.tmp", content=b"{")
    result = run_inbox(w, "--note", "weekly")
    assert [r["outcome"] for r in result["reports"]] == ["sealed"] * len(names)
    assert result["left"] == []
    assert inbox(w) == [b".half-written.tmp"], "the inbox: hidden files are the product's"
    assert len(w.outbox()) == len(names)
    assert w.kinds(1) == ["produced", "sealed", "released"]
    drop(w, "again.json", "1.0.0")
    drop(w, "bad.json", content=b"{\"event\": ")
    result = run_inbox(w, code=3)
    assert [r["outcome"] for r in result["reports"]] == ["repeated", "refused"]
    assert inbox(w) == [b".half-written.tmp"]
    w.airlock("process", "--inbox", REPORT, code=2)
    w.airlock("process", "--inbox", "--again", code=2)
    w.ledger_ok()


def test_what_is_no_file_of_its_own_stays_is_named_and_stops_nobody(w):
    """What is no file of its own stays where it is, is named, and stops nobody else's report."""
    w.site()
    secret = w.file("secret.json", REPORT.read_bytes())
    folder = w.site_path / "inbox"
    (folder / "link.json").symlink_to(secret)
    (folder / "dangling").symlink_to("/no/such/file")
    os.link(secret, folder / "hard.json")
    os.mkfifo(folder / "pipe.json")
    (folder / "folder").mkdir()
    bound = socket.socket(socket.AF_UNIX)
    bound.bind(str(folder / "socket"))
    (folder / f".{uuid.uuid4()}").symlink_to(secret)
    drop(w, "zz.json")
    before = set(inbox(w)) - {b"zz.json"}
    result = run_inbox(w, code=8)
    assert [r["outcome"] for r in result["reports"]] == ["sealed"]
    assert len(result["left"]) == len(before), result["left"]
    assert all(l["message"] and l["hint"] for l in result["left"]), result["left"]
    assert set(inbox(w)) == before
    assert (w.ledger_ok()["entries"] > 0) == True
    assert secret.read_bytes() == REPORT.read_bytes(), "the file that links led to"


@pytest.mark.takes(3)
def test_a_file_that_is_still_being_written_is_left_then_taken_whole(w):
    w.site()
    whole = REPORT.read_bytes()
    with open(w.site_path / "inbox" / "slow.json", "wb") as file:
        file.write(whole[:4000])
        file.flush()
        result = run_inbox(w, code=8)
        assert result["reports"] == []
        assert "still being written" in result["left"][0]["message"], result
        file.write(whole[4000:])
    result = run_inbox(w)
    assert [r["outcome"] for r in result["reports"]] == ["sealed"]
    assert inbox(w) == []


def test_whatever_name_the_product_makes_its_bytes_are_in_ledger_or_inbox(w):
    """Whatever name the product makes, its bytes are in the ledger or in the inbox, under an id that is Airlock's."""
    w.site()
    first = w.process()["report_id"]
    shutil.rmtree(w.site_path / "claimed", ignore_errors=True)  # a site of an earlier release has none, and claims in the inbox
    own = [str(uuid.uuid4()), str(uuid.uuid4()).upper(), first, first.upper(), "00000000-0000-0000-0000-000000000000"]
    names = [b"." + each.encode() for each in own] + [each.encode() for each in own]
    names += [b"claimed", b"a" * 255, b"." + b"b" * 254, b"..", b"...", b"..c", b".tmp123", b".\n", b"\xff" * 36, b".\xff\xfe",
              b".x.tmp", b".x.p7m", b"-", b".report.tmp", b"'; rm -rf $HOME '", b"\x1b[31m", f".{uuid.uuid4()}.tmp".encode(),
              f".{uuid.uuid4()} ".encode()]
    dropped = {}
    for number, name in enumerate(n for n in names if n != b".."):
        content = json.dumps({"number": number}).encode() if number % 2 else f"{{ broken {number}".encode()
        drop(w, name, content=content)
        dropped[hashlib.sha256(content).hexdigest()] = name
    drop(w, f".{uuid.uuid4()}", content=REPORT.read_bytes())
    folder = w.site_path / "inbox"
    (folder / f".{uuid.uuid4()}").symlink_to(REPORT)
    os.mkfifo(folder / f".{uuid.uuid4()}")
    (folder / f".{uuid.uuid4()}").mkdir()
    (folder / f"{uuid.uuid4()}").mkdir()
    os.link(w.file("other.json", "{}"), folder / f".{uuid.uuid4()}")
    half = folder / f".{uuid.uuid4()}"
    with open(half, "wb") as writer:
        writer.write(REPORT.read_bytes()[:1000])
        writer.flush()
        result = run_inbox(w, code=8)
        assert half.read_bytes() == REPORT.read_bytes()[:1000], "the half-written file was touched"
    known, ids = recorded(w)
    for digest, name in dropped.items():
        assert digest in known | in_inbox(w), f"{name}: its bytes are gone"
    taken = [n for d, n in dropped.items() if d in known]
    assert [n for n in names if n in taken and n.startswith(b".") and len(n) != 37] == [], "hidden names that were taken"
    assert set(ids) & {o.lower() for o in own} == {first}, "ids that the product chose"
    assert len(result["left"]) == 6, result["left"]
    assert all(r["report_id"] == r["report_id"].lower() for r in result["reports"]), "an id is not in lower case"
    assert claimed_files(w) == []
    w.ledger_ok()


def test_a_claimed_id_that_the_ledger_has_for_other_bytes_is_a_new_report(w):
    """What is claimed under an id that the ledger has for other bytes is a report of its own; the same bytes are removed."""
    w.site()
    first = w.process()["report_id"]
    other = json.dumps({"event": "another"}).encode()
    claim(w, first, other)
    assert ([r["outcome"] for r in run_inbox(w, code=(3, 4))["reports"]][0] in ("held", "refused")) == True
    known, ids = recorded(w)
    assert hashlib.sha256(other).hexdigest() in known and len(ids) == 2, "the other bytes"
    claim(w, first)
    assert run_inbox(w)["reports"] == [], "the same bytes"
    assert claimed_files(w) == []
    # What is no file came there in a race, and goes back.
    os.mkfifo(w.site_path / "claimed" / str(uuid.uuid4()))
    (w.site_path / "claimed" / "no-id").write_bytes(b"{")
    run_inbox(w, code=8)
    assert claimed_files(w) == []
    assert hashlib.sha256(b"{").hexdigest() in recorded(w)[0] | in_inbox(w), "the file that was put back is lost"
    w.ledger_ok()


def test_a_product_that_exchanges_files_while_they_are_taken_loses_nothing(w):
    """A product that exchanges what lies under its names while they are taken loses nothing, and no link or FIFO is read."""
    w.site()
    secret = w.file("secret.json", '{"secret": 1}')
    folder = w.site_path / "inbox"
    contents = {}
    for number in range(40):
        content = f"{{ broken {number}".encode()
        drop(w, f"{'' if number % 2 else '.'}n{number:02}", content=content)
        contents[hashlib.sha256(content).hexdigest()] = number
    (folder / ".link").symlink_to(secret)
    os.mkfifo(folder / ".fifo")
    (folder / ".folder").mkdir()
    time.sleep(3)
    libc, exchange = ctypes.CDLL(None), 2
    chance, ended = random.Random(7), threading.Event()

    def race():
        visible = [f"n{n:02}" for n in range(1, 40, 2)]
        hidden = [".link", ".fifo", ".folder"] + [f".n{n:02}" for n in range(0, 40, 2)]
        # What was exchanged must settle again: each name once, about when it is looked at, so that most are taken.
        for name in visible:
            if ended.wait(chance.uniform(0, 0.1)):
                break
            libc.renameat2(-100, os.fsencode(folder / name), -100, os.fsencode(folder / chance.choice(hidden)), exchange)

    thread = threading.Thread(target=race)
    thread.start()
    try:
        run_inbox(w, code=(3, 8))
    finally:
        ended.set()
        thread.join()
    known, _ = recorded(w)
    gone = [number for digest, number in contents.items() if digest not in known | in_inbox(w)]
    assert gone == [], "reports that are gone"
    assert len(known) >= 5, f"only {len(known)} reports were taken"
    assert hashlib.sha256(secret.read_bytes()).hexdigest() not in known, "a link was followed"
    assert claimed_files(w) == []
    w.ledger_ok()
    print(f"counted: {len(known)} of 40 reports taken while a product exchanged names")


def test_killed_while_it_claims_the_next_run_takes_the_report_once(w):
    """Killed while it claims: the report is in the inbox or claimed, and the next run takes it once."""
    w.site()
    killed = 0
    for place in ("renameat2:when=1", "renameat2:when=1:error=EIO", "unlink:when=1"):
        content = json.dumps({"place": place}).encode()
        drop(w, "report.json", content=content)
        how = place if "error" in place else place.replace(":", ":signal=KILL:", 1)
        ran = w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=renameat2,unlink", "-e", f"inject={how}",
                    w.program("airlock"), "--site", w.site_path, "process", "--inbox", "--json", code=(-9, 137, 0, 3, 4, 8))
        killed += ran.code in (-9, 137) or "ended by signal 9" in ran.err
        digest = hashlib.sha256(content).hexdigest()
        claimed = {hashlib.sha256((w.site_path / "claimed" / name).read_bytes()).hexdigest() for name in claimed_files(w)}
        assert digest in recorded(w)[0] | in_inbox(w) | claimed, f"{place}: its bytes are gone"
        run_inbox(w, code=(0, 3, 4))
        assert inbox(w) + claimed_files(w) == [], f"{place}: inbox"
        assert digest in recorded(w)[0], f"{place}: not recorded"
    rows = w.airlock("ledger", "list", "--json").json["reports"]
    assert len(rows) == 3, "reports"
    assert killed >= 2, f"only {killed} runs were killed"
    w.ledger_ok()
    print(f"counted: process --inbox killed {killed} times while it claimed")


def test_two_runs_at_once_every_report_exactly_once(w):
    w.site()
    for number in range(6):
        drop(w, f"{number}.json", f"1.{number}.0")
    command = [w.program("airlock"), "--site", str(w.site_path), "process", "--inbox", "--json"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    done = [p.communicate(timeout=120) for p in running]
    assert [p.returncode for p in running] == [0, 0], done
    assert sum(len(json.loads(out)["reports"]) for out, _ in done) == 6
    assert len(w.outbox()) == 6
    assert inbox(w) == []
    w.ledger_ok()


CHANGING = "openat,write,pwrite64,fsync,fdatasync,ftruncate,fallocate,link,rename,renameat2,unlink"


def kill_everywhere(w, after, step):
    """Kills `process --inbox` at calls that change the disk, each time on the site as it is now."""
    trace, saved = w.path / "trace", w.path / "saved"
    w.run("cp", "-a", w.site_path, saved)

    def traced(out, *inject):
        w.run("rm", "-rf", w.site_path)
        w.run("cp", "-a", saved, w.site_path)
        return w.run("strace", "-f", "-qq", "-o", out, "-e", f"trace={CHANGING}", *inject, w.program("airlock"), "--site",
                     w.site_path, "process", "--inbox", "--json", code=None if not inject else (-9, 137, 0, 3, 4, 5, 7, 8))

    traced(trace)
    worker = next(l.split()[0] for l in trace.read_text().splitlines() if "pwrite64(" in l)
    calls = re.findall(rf"^{worker} +(\w+)\(", trace.read_text(), re.M)
    killed = 0
    for call in sorted(set(calls)):
        for when in range(1, calls.count(call) + 1, step):
            ran = traced("/dev/null", "-e", f"inject={call}:signal=KILL:when={when}")
            killed += ran.code in (-9, 137) or "ended by signal 9" in ran.err
            after(f"{call} {when}")
    return killed


@pytest.mark.takes(4)
def test_killed_anywhere_the_next_run_finishes_under_the_same_number(w):
    """Killed anywhere, the next run finishes under the same number: recorded once, one bundle, nothing left in the inbox."""
    w.site()
    w.process(w.report_of("1.34.0"))
    claimed = claim(w)
    redone = set()

    def after(place):
        result = run_inbox(w, code=0)
        assert inbox(w) + claimed_files(w) == [], f"{place}: inbox"
        rows = w.airlock("ledger", "list", "--json").json["reports"]
        assert [(r["number"], r["report_id"]) for r in rows[1:]] == [(2, claimed)], f"{place}: reports"
        kinds = w.kinds(2)
        assert kinds.count("produced") == 1, f"{place}: {kinds}"
        assert kinds.count("released") == 1, f"{place}: {kinds}"
        assert len(w.outbox()) == 2, f"{place}: bundles"
        assert w.hidden() == [], f"{place}: hidden files"
        redone.update(kinds)
        assert len(result["reports"]) <= 1, result
        w.ledger_ok()

    killed = kill_everywhere(w, after, 1 if LONG else 32)
    assert killed > 6, f"only {killed} runs were killed"
    assert "abandoned" in redone and "decided" in redone, f"no report was redone: {redone}"
    print(f"counted: process --inbox killed {killed} times")


def test_a_held_report_from_the_inbox_is_kept_also_when_killed(w):
    """A held report from the inbox is kept, also when it was killed on the way."""
    w.new_vendor()
    w.new_site(kit=None)
    claimed = claim(w)

    def after(place):
        run_inbox(w, code=(0, 4))
        assert inbox(w) + claimed_files(w) == [], f"{place}: inbox"
        assert [p.name for p in (w.site_path / "held").iterdir()] == [claimed], f"{place}: held"
        assert w.kinds(1) == ["produced", "held"], place
        w.ledger_ok()

    killed = kill_everywhere(w, after, 1 if LONG else 16)
    assert killed > 3, f"only {killed} runs were killed"
    print(f"counted: process --inbox killed {killed} times on a holding site")
