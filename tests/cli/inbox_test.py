"""`process --inbox`: what a product drops, and what else may lie in a folder that others write to."""
import json
import os
import re
import socket
import subprocess
import uuid

from harness import LONG, REPORT, case, check, equal, main


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


def inbox(w):
    return sorted(os.listdir(os.fsencode(w.site_path / "inbox")))


def run_inbox(w, *arguments, code=0, **options):
    return w.airlock("process", "--inbox", "--json", *arguments, code=code, **options).json


@case("every report in the inbox is processed and removed, whatever its name and whoever's it is")
def _(w):
    w.site()
    equal(run_inbox(w), {"reports": [], "left": [], "exit": 0}, "an empty inbox")
    names = [b"a.json", b"-", b"--held", b"two\nlines", b"\xff\xfe not text", b"; rm -rf .json"]
    for number, name in enumerate(names):
        path = drop(w, name, f"1.{number}.0")
    os.chown(path, 65534, 65534)
    os.chmod(path, 0o444)
    drop(w, ".half-written.tmp", content=b"{")
    result = run_inbox(w, "--note", "weekly")
    equal([r["outcome"] for r in result["reports"]], ["sealed"] * len(names))
    equal(result["left"], [])
    equal(inbox(w), [b".half-written.tmp"], "the inbox: hidden files are the product's")
    equal(len(w.outbox()), len(names))
    equal(w.kinds(1), ["produced", "sealed", "released"])
    drop(w, "again.json", "1.0.0")
    drop(w, "bad.json", content=b"{\"event\": ")
    result = run_inbox(w, code=3)
    equal([r["outcome"] for r in result["reports"]], ["repeated", "refused"])
    equal(inbox(w), [b".half-written.tmp"])
    w.airlock("process", "--inbox", REPORT, code=2)
    w.airlock("process", "--inbox", "--again", code=2)
    w.ledger_ok()


@case("what is no file of its own stays where it is, is named, and stops nobody else's report")
def _(w):
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
    equal([r["outcome"] for r in result["reports"]], ["sealed"])
    equal(len(result["left"]), len(before), result["left"])
    check(all(l["message"] and l["hint"] for l in result["left"]), result["left"])
    equal(set(inbox(w)), before)
    equal(w.ledger_ok()["entries"] > 0, True)
    equal(secret.read_bytes(), REPORT.read_bytes(), "the file that links led to")


@case("a file that is still being written is left, then taken whole")
def _(w):
    w.site()
    whole = REPORT.read_bytes()
    with open(w.site_path / "inbox" / "slow.json", "wb") as file:
        file.write(whole[:4000])
        file.flush()
        result = run_inbox(w, code=8)
        equal(result["reports"], [])
        check("still being written" in result["left"][0]["message"], result)
        file.write(whole[4000:])
    result = run_inbox(w)
    equal([r["outcome"] for r in result["reports"]], ["sealed"])
    equal(inbox(w), [])


@case("two runs at once: every report exactly once")
def _(w):
    w.site()
    for number in range(6):
        drop(w, f"{number}.json", f"1.{number}.0")
    command = [w.program("airlock"), "--site", str(w.site_path), "process", "--inbox", "--json"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    done = [p.communicate(timeout=120) for p in running]
    equal([p.returncode for p in running], [0, 0], done)
    equal(sum(len(json.loads(out)["reports"]) for out, _ in done), 6)
    equal(len(w.outbox()), 6)
    equal(inbox(w), [])
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


@case("killed anywhere, the next run finishes under the same number: recorded once, one bundle, nothing left in the inbox")
def _(w):
    w.site()
    w.process(w.report(lambda d: d["properties"].update({"posthog_version": "1.34.0"})))
    # Claimed, as after a crash before anything was recorded: this needs no waiting until the file has settled.
    claimed = str(uuid.uuid4())
    drop(w, "." + claimed)
    redone = set()

    def after(place):
        result = run_inbox(w, code=0)
        equal(inbox(w), [], f"{place}: inbox")
        rows = w.airlock("ledger", "list", "--json").json["reports"]
        equal([(r["number"], r["report_id"]) for r in rows[1:]], [(2, claimed)], f"{place}: reports")
        kinds = w.kinds(2)
        equal(kinds.count("produced"), 1, f"{place}: {kinds}")
        equal(kinds.count("released"), 1, f"{place}: {kinds}")
        equal(len(w.outbox()), 2, f"{place}: bundles")
        equal(w.hidden(), [], f"{place}: hidden files")
        redone.update(kinds)
        check(len(result["reports"]) <= 1, result)
        w.ledger_ok()

    killed = kill_everywhere(w, after, 1 if LONG else 32)
    check(killed > 6, f"only {killed} runs were killed")
    check("abandoned" in redone and "decided" in redone, f"no report was redone: {redone}")
    print(f"counted: process --inbox killed {killed} times")


@case("a held report from the inbox is kept, also when it was killed on the way")
def _(w):
    w.new_vendor()
    w.new_site(kit=None)
    claimed = str(uuid.uuid4())
    drop(w, "." + claimed)

    def after(place):
        run_inbox(w, code=(0, 4))
        equal(inbox(w), [], f"{place}: inbox")
        equal([p.name for p in (w.site_path / "held").iterdir()], [claimed], f"{place}: held")
        equal(w.kinds(1), ["produced", "held"], place)
        w.ledger_ok()

    killed = kill_everywhere(w, after, 1 if LONG else 16)
    check(killed > 3, f"only {killed} runs were killed")
    print(f"counted: process --inbox killed {killed} times on a holding site")


main()
