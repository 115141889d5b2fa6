"""kill -9 at every system call with which `process` changes the disk, then the next run."""
import datetime
import json
import os
import re
import uuid

import pytest
from harness import LONG, REPORT

CHANGING = "openat,write,pwrite64,fsync,fdatasync,ftruncate,fallocate,link,linkat,rename,renameat,renameat2,unlink,unlinkat"


def calls_of(w, *arguments, clock=()):
    """How often each changing call is made by a run that is not disturbed; the site is put back afterwards."""
    w.run("cp", "-a", w.site_path, w.path / "saved")
    trace = w.path / "trace"
    w.run("strace", "-f", "-e", f"trace={CHANGING}", "-o", trace, *clock, w.program("airlock"), "--site", w.site_path,
          *arguments, code=None)
    restore(w)
    counts = {}
    for line in trace.read_text().splitlines():
        found = re.match(r"\d+ +(\w+)\(", line)
        if found and not (found[1] == "openat" and "O_CREAT" not in line and "O_TMPFILE" not in line):
            counts[found[1]] = counts.get(found[1], 0) + 1
        elif found:
            counts[found[1]] = counts.get(found[1], 0)
    opens = sum(1 for l in trace.read_text().splitlines() if re.match(r"\d+ +openat\(", l))
    counts["openat"] = opens
    return counts


def restore(w):
    w.run("rm", "-rf", w.site_path)
    w.run("cp", "-a", w.path / "saved", w.site_path)


def bundles_by_content(w):
    found = {}
    for bundle in w.outbox():
        opened = w.vendor("open", bundle, "--json").json
        report = next(f for f in opened["manifest"]["files"] if f["name"] == "report.json")
        found.setdefault(report["sha256"], []).append(bundle.name)
    return found


def kill_everywhere(w, arguments, after, step, clock=()):
    """Kills the run at the 1st, 2nd, … nth of each call, under another clock where one is given; `after` judges the site."""
    killed = 0
    for call, most in sorted(calls_of(w, *arguments, clock=clock).items()):
        for when in range(1, most + 1, step):
            restore(w)
            ran = w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                        f"inject={call}:signal=KILL:when={when}", *clock, w.program("airlock"), "--site", w.site_path, *arguments,
                        code=(-9, 137, 0, 1, 3, 4, 5, 7, 8) if clock else (-9, 137, 0, 3, 4, 5, 7, 8))
            # The call may have been the worker's; then the supervisor tells of it. faketime tells of its own child, with 1.
            if ran.code in (-9, 137) or "ended by signal 9" in ran.err or "Caught Killed" in ran.err:
                killed += 1
            after(f"{call} {when}")
    return killed


@pytest.mark.takes(4)
def test_process_on_a_sealing_site_killed_anywhere(w):
    """Process on a sealing site: killed anywhere, the next run finishes; no bundle twice, none lost, the ledger holds."""
    w.site()
    limited = ["--limit", "instance_usage_summary.events_count_total=5"]
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"], extra=limited))
    w.process(w.report(lambda d: d["properties"]["instance_usage_summary"].update({"events_count_total": 7})))
    total = json.loads(REPORT.read_text())["properties"]["instance_usage_summary"]["events_count_total"]
    digest = w.process(None, "--dry-run")["payload_sha256"]

    def after(place):
        visible = len(w.outbox())
        result = w.process()
        assert result["outcome"] in ("sealed", "repeated"), f"{place}: {result['outcome']}"
        contents = bundles_by_content(w)
        assert len(contents.get(digest, [])) == 1, f"{place}: bundles of this report"
        assert len(w.outbox()) >= visible, f"{place}: a bundle went away"
        assert w.hidden() == [], f"{place}: hidden files"
        figure = w.airlock("licence", "usage", "--json").json["limits"][0]["value"]
        assert figure == total, f"{place}: usage says {figure}"
        checked = w.ledger_ok()
        assert checked["bundles"] == len(w.outbox()), f"{place}: bundles that the ledger knows"
        for bundle in w.outbox():
            assert bundle.with_suffix(".txt").exists(), f"{place}: no instructions beside {bundle.name}"

    killed = kill_everywhere(w, ["process", REPORT], after, 1 if LONG else 32)
    assert killed >= 10, f"only {killed} runs were killed"
    print(f"counted: process killed {killed} times on a sealing site")


def test_what_is_no_file_under_a_name_of_a_crash_stops_nobody(w):
    """What is no file, under whatever name that a crash leaves, stops nobody: it stays, and doctor names it."""
    w.site()
    plants = [lambda path: (path.mkdir(), (path / "inside").write_text("x")), os.mkfifo, lambda path: path.symlink_to("/etc/passwd")]
    planted = []
    (w.site_path / "claimed").mkdir(exist_ok=True)  # a site of an earlier release has none
    for folder in ("outbox", "held", "claimed", "public", "."):
        for number, plant in enumerate(plants):
            for name in (f".x{number}.tmp", f".{uuid.uuid4()}.tmp", f".{uuid.uuid4()}.txt.tmp", f".x{number}.p7m", f"{uuid.uuid4()}"):
                planted.append(w.site_path / folder / name)
                plant(planted[-1])
    w.process()
    w.airlock("process", "--held")
    w.airlock("outbox", "list")
    assert [str(p) for p in planted if not os.path.lexists(p)] == [], "files that recovery removed"
    said = w.airlock("doctor", code=None).text
    for name in ("outbox/.x0.tmp", "held/.x1.tmp", "claimed/.x2.tmp"):
        assert name in said, f"doctor does not name {name}: {said}"
    assert len([p for p in w.outbox() if not p.name.startswith(".")]) == 1, "bundles"
    w.ledger_ok()


def test_process_on_a_site_without_kit_killed_anywhere(w):
    """Process on a site without kit: killed anywhere, the held report and its record go together."""
    w.new_vendor()
    w.new_site(kit=None)

    def after(place):
        w.process(code=4)
        held = sorted(p.name for p in (w.site_path / "held").iterdir())
        rows = w.airlock("ledger", "list", "--json").json["reports"]
        assert held == sorted(r["report_id"] for r in rows if r["latest"] == "held"), f"{place}: held files"
        assert w.hidden() == [], f"{place}: hidden files"
        w.ledger_ok()

    killed = kill_everywhere(w, ["process", REPORT], after, 1 if LONG else 20)
    assert killed > 8, f"only {killed} runs were killed"
    print(f"counted: process killed {killed} times on a holding site")


@pytest.mark.takes(5)
def test_process_held_killed_anywhere(w):
    """Process --held: killed anywhere, the report is sealed once or still held, never lost."""
    w.new_vendor()
    w.new_site(kit=None)
    w.process(code=4)
    w.airlock("kit", "install", w.kit)
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))

    def after(place):
        w.airlock("process", "--held")
        assert len(bundles_by_content(w)) == 1, f"{place}: reports that left"
        assert len(w.outbox()) == 1, f"{place}: bundles"
        assert list((w.site_path / "held").iterdir()) == [], f"{place}: held files"
        assert w.hidden() == [], f"{place}: hidden files"
        w.ledger_ok()

    killed = kill_everywhere(w, ["process", "--held"], after, 1 if LONG else 44)
    assert killed > 6, f"only {killed} runs were killed"
    print(f"counted: process --held killed {killed} times")


@pytest.mark.takes(8)
def test_kit_install_and_licence_install_killed_anywhere(w):
    """Kit install and licence install: killed anywhere, the site has the old or the new one, and installing again mends it."""
    w.site()
    kit, licence = w.new_kit(), w.new_licence("enterprise-air-gapped", ["air_gap"])
    killed = 0
    for number, arguments in enumerate((["kit", "install", kit], ["licence", "install", licence])):
        def after(place, arguments=arguments, number=number):
            result = w.process(w.report_of(f"1.{number}.0"), code=(0, 4))
            assert result["outcome"] in ("sealed", "held"), f"{place}: {result['outcome']}"
            w.airlock(*arguments)
            w.airlock("process", "--held")
            assert len(bundles_by_content(w)) == 1, f"{place}: bundles"
            w.ledger_ok()

        if (w.path / "saved").exists():
            restore(w)
            w.run("rm", "-rf", w.path / "saved")
        killed += kill_everywhere(w, arguments, after, 1 if LONG else 44)
    assert killed > 8, f"only {killed} runs were killed"
    print(f"counted: installs killed {killed} times")


@pytest.mark.takes(10)
def test_a_licence_renewed_early_killed_anywhere(w):
    """A licence renewed early: its installation, its takeover and the taking back killed anywhere, a next run mends it."""
    w.new_vendor()
    w.new_site()
    begins = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=40)
    first = w.new_licence("enterprise-air-gapped", ["air_gap"], extra=["--not-before", "2020-01-01"])
    later = w.new_licence("enterprise-air-gapped", ["air_gap"], extra=["--not-before", begins.strftime("%Y-%m-%dT%H:%M:%SZ")])
    w.airlock("licence", "install", first)
    names = {"licence.p7s": first.read_bytes(), "licence.next.p7s": later.read_bytes()}

    def in_public():
        return {n: (w.site_path / "public" / n).read_bytes() for n in names if (w.site_path / "public" / n).exists()}

    def verdict(place, *clock):
        """What everybody finds, and may never be worse than before or after."""
        ran = w.run(*clock, w.program("airlock"), "--site", w.site_path, "licence", "verify", "--json")
        assert ran.json["state"] == "valid", place
        return ran.json["licence"]["sequence"]

    def installed(place):
        assert verdict(place) == 1, place
        w.airlock("licence", "install", later)
        assert in_public() == names, place
        assert w.airlock("status", "--json").json["licence"]["next"]["licence"]["sequence"] == 2, place
        w.ledger_ok()

    killed = kill_everywhere(w, ["licence", "install", later], installed, 1 if LONG else 80)
    restore(w)
    w.run("rm", "-rf", w.path / "saved")
    w.airlock("licence", "install", later)

    ahead = ["faketime", "-f", "+41d"]

    def took_over(place):
        assert verdict(place, *ahead) == 2, place
        w.run(*ahead, w.program("airlock"), "--site", w.site_path, "process", REPORT)
        assert in_public() == {"licence.p7s": names["licence.next.p7s"]}, place
        assert [p.read_bytes() for p in (w.site_path / "history").glob("licence-*.p7s")] == [names["licence.p7s"]], place
        assert json.loads((w.site_path / "public/site.json").read_text())["licence_sequence"] == 2, place
        w.run(*ahead, w.program("airlock"), "--site", w.site_path, "ledger", "verify")

    killed += kill_everywhere(w, ["process", REPORT], took_over, 1 if LONG else 160, clock=ahead)
    restore(w)
    w.run("rm", "-rf", w.path / "saved")
    w.run(*ahead, w.program("airlock"), "--site", w.site_path, "process", REPORT)
    back = ["authorise", "--clock", "--reason", "the clock was ahead", "--yes"]

    def taken_back(place):
        w.airlock(*back, code=(0, 4))
        w.process(w.report_of("1.36.0"))
        assert verdict(place) == 1, place
        assert in_public() == names, place
        assert json.loads((w.site_path / "public/site.json").read_text())["licence_sequence"] == 1, place
        w.ledger_ok()

    killed += kill_everywhere(w, back, taken_back, 1 if LONG else 40)
    assert killed > 8, f"only {killed} runs were killed"
    print(f"counted: commands of a renewal killed {killed} times")


def test_init_killed_anywhere_leaves_no_half_site(w):
    """Init killed anywhere leaves no half site: either it is one, or init can be run again."""
    w.new_vendor()
    arguments = ["init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint(), "--kit", w.kit]
    w.airlock(*arguments)
    w.run("rm", "-rf", w.site_path)
    killed = 0
    for call in ("fsync", "linkat", "link", "rename", "unlink"):
        for when in range(1, 60, 1 if LONG else 8):
            w.run("rm", "-rf", w.site_path)
            ran = w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                        f"inject={call}:signal=KILL:when={when}", w.program("airlock"), "--site", w.site_path, *arguments,
                        code=(-9, 137, 0))
            if ran.code == 0:
                break
            killed += 1
            if w.airlock("status", code=(0, 3)).code == 3:
                w.airlock(*arguments)
            else:
                w.airlock("kit", "install", w.kit)
            assert w.airlock("status", "--json").json["kit"]["number"] == 1
            w.ledger_ok()
    assert killed > 8, f"only {killed} runs were killed"
    print(f"counted: init killed {killed} times")
