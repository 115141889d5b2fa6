"""Killed at random moments under load, and a disk that fills up."""
import hashlib
import os
import random
import signal
import subprocess
import time
import uuid

import pytest
from faults import Small
from harness import LONG, children
from scenarios import Sealing, new_small_vendor, report_text

SEED = 20261126
pytestmark = pytest.mark.usefixtures("strict_umask")


class Slot:
    """One of the processes that work at once: hands in a report until somebody lets it finish."""

    def __init__(self, scenario, chance, by_inbox):
        self.scenario, self.chance, self.by_inbox = scenario, chance, by_inbox
        self.process = self.report = None

    def hand_in(self, number):
        self.report = self.scenario.w.file(f"report-{number}.json", report_text(number))
        if self.by_inbox:  # claimed, so that no run waits until it has settled
            os.rename(self.report, self.scenario.w.site_path / "claimed" / str(uuid.uuid4()))

    def start(self, span):
        what = ["--inbox"] if self.by_inbox else [str(self.report)]
        command = [self.scenario.w.program("airlock"), "--site", str(self.scenario.w.site_path), "process", *what]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.span = span
        self.end = time.monotonic() + self.chance.uniform(0, span)
        self.waits_for_the_middle = self.chance.random() < 0.5
        if self.waits_for_the_middle:
            self.end += 4 * span

    def is_due(self):
        """Its time has come; or, for half of them, it is at work on a bundle, which is hidden then."""
        now = time.monotonic()
        if self.waits_for_the_middle and self.is_in_the_middle():
            self.waits_for_the_middle = False
            self.end = now + self.chance.uniform(0, self.span / 6)
        return now > self.end

    def worker(self):
        """The process that reads the report; nothing before it is there and after it has ended."""
        found = children(self.process.pid)
        return int(found[0]) if found else None

    def is_in_the_middle(self):
        worker = self.worker()
        try:
            folder = f"/proc/{worker}/fd"
            return any("/outbox/." in os.readlink(f"{folder}/{fd}") for fd in os.listdir(folder)) if worker else False
        except OSError:  # it has ended meanwhile
            return False

    def kill(self):
        """The supervisor or its worker, whichever chance names; whether one was still there."""
        pid = self.chance.random() < 0.5 and self.worker() or self.process.pid
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        error = self.process.communicate(timeout=120)[1].decode()
        assert "AddressSanitizer" not in error, error
        return self.process.returncode == -signal.SIGKILL or "ended by signal 9" in error

    def ended(self):
        """Whether the report is recorded; nothing while the process works."""
        if self.process.poll() is None:
            return None
        error = self.process.communicate()[1].decode()
        assert self.process.returncode in (0, 7, 8), f"exit {self.process.returncode}: {error}"
        return self.process.returncode != 8


@pytest.mark.takes(4)
def test_killed_at_random_moments_under_load_nothing_is_lost_and_nothing_twice(w):
    """Killed at random moments under load from four processes: nothing lost, nothing twice, a valid tree."""
    scenario = Sealing(w)
    chance = random.Random(SEED)
    wanted, kills, handed_in = 1000 if LONG else 50, 0, 0
    begun = time.monotonic()
    w.airlock("process", w.file("report-0.json", report_text(0)))
    span = 3 * (time.monotonic() - begun)  # four at once on few processors
    slots = [Slot(scenario, chance, n == 3) for n in range(4)]
    while kills < wanted:
        for slot in slots:
            if slot.process is None:
                if slot.report is None:
                    handed_in += 1
                    slot.hand_in(handed_in)
                slot.start(span)
            recorded = slot.ended()
            if recorded is not None:
                slot.process = None
                slot.report = None if recorded else slot.report
            elif slot.is_due():
                killed = slot.kill()
                slot.process = None
                kills += killed
                if killed and kills % 50 == 0:
                    w.ledger_ok()
        time.sleep(0.001)
    for slot in slots:
        if slot.process:
            slot.process.communicate(timeout=120)
        if not slot.by_inbox and slot.report:
            w.airlock("process", slot.report)
    w.airlock("process", "--inbox")
    w.ledger_ok()
    scenario.at_rest("after the kills")
    assert list((w.site_path / "claimed").iterdir()) == [], "files left in claimed/"
    left = scenario.query("SELECT originals.sha256 FROM outbox JOIN originals USING (report_id) WHERE stage = 'released'")
    expected = {hashlib.sha256(report_text(n).encode()).digest() for n in range(handed_in + 1)}
    assert sorted(d for d, in left) == sorted(expected), "reports that left"
    cut_short = scenario.query("SELECT count(*) FROM entries WHERE kind = 'abandoned' OR body LIKE '%\"recovered\":true%'")[0][0]
    assert cut_short > 0, "no kill came in the middle"
    print(f"counted: {kills} kills under load, {handed_in} reports, {cut_short} cut short and finished or begun again")


def test_a_site_on_a_disk_of_1_mib_fills_up_and_goes_on_with_space(w):
    """A site on a disk of 1 MiB: it fills up, exit 8, nothing is lost; with space again the work is finished."""
    new_small_vendor(w)
    with Small(w, "1m") as disk:
        w.site(tier="sealing", entitlements=())
        scenario = Sealing.__new__(Sealing)
        scenario.w = w
        sealed = 0
        while True:
            ran = w.airlock("process", w.file(f"report-{sealed}.json", report_text(sealed)), code=(0, 8))
            w.ledger_ok()
            scenario.sound(f"report {sealed}")
            if ran.code == 8:
                break
            sealed += 1
            assert sealed < 1000, "the disk never fills up"
        assert sealed > 0, "not one report fits"
        assert "free some space" in ran.err or "make room" in ran.err, ran.err
        # Nothing of the one that was refused, and what was claimed stays there.
        claimed = w.site_path / "claimed" / str(uuid.uuid4())
        claimed.write_text(report_text(sealed + 1))
        for leave in (0, 8192, 65536, 262144):
            disk.fill(leave)
            w.airlock("process", w.path / f"report-{sealed}.json", code=8)
            w.airlock("process", "--inbox", code=8)
            assert claimed.exists(), "the report that was claimed"
            disk.free()
            w.ledger_ok()
        assert w.hidden() == [], "hidden files on a full disk"
        assert len(w.outbox()) == sealed, "bundles"
        assert scenario.of_kind("produced") == sealed, "reports"
        w.run("mount", "-o", "remount,size=4m", w.site_path)
        assert w.process(w.path / f"report-{sealed}.json")["outcome"] == "sealed", "with space again"
        w.airlock("process", "--inbox")
        assert not claimed.exists(), "files left in claimed/"
        w.ledger_ok()
        scenario.at_rest("with space again")
        assert len(w.outbox()) == sealed + 2, "bundles"
        print(f"counted: {sealed} reports until 1 MiB was full")
