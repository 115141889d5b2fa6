"""Whatever takes over a second shows at a terminal how far it is, and nowhere else; nothing of that stays on the screen."""
import os
import re
import signal
import subprocess
import time

import pytest
from evidencing import export, new_exporter
from harness import REPORT, is_confined, worker_of
from terminal_test import screen, set_width

CLEAR = b"\r\x1b[K"
# A second of this clock is over at once.
FAST = ("faketime", "-f", "+0 x200000")


def bars(shown):
    """What was drawn in place of the line before it."""
    return [part for part in shown.split(CLEAR)[1:] if re.match(rb"(\[[# ]+\] )?\d+ (of \d+ )?\w", part)]


def left(shown):
    """The lines that stay on the screen."""
    return [line.split(CLEAR)[-1] for line in shown.split(b"\n")]


def fast(w, *command):
    return screen(w, *FAST, *command, columns=100, env={"LD_PRELOAD": str(w.helper("tests/support/libearly_clock.so"))})


def test_what_takes_over_a_second_shows_how_far_it_is(w):
    """Verifying, exporting, copying and checking show a bar after a second; the last line on the screen is the result."""
    w.site(tier="enterprise-air-gapped", entitlements=["air_gap"])
    w.process()
    new_exporter(w)
    evidence, _ = export(w, "--reports", "1")
    here = (w.program("airlock"), "--site", w.site_path)
    key = ("--key", w.path / "officer.key", "--certificate", w.path / "officer.crt")
    for command, words in ((("ledger", "verify"), b"entries verified"), (("ledger", "backup", w.path / "copy.db"), b"entries verified"),
                           (("policy", "check"), b"groups of combinations evaluated"),
                           (("evidence", "export", "--reports", "1", "--out", w.path / "new", *key), b"entries exported"),
                           (("evidence", "verify", evidence, "--exporter", w.path / "officer.crt"), b"bytes of the evidence verified")):
        shown = fast(w, *here, *command)
        assert any(words in bar for bar in bars(shown)), f"{command}: {shown!r}"
        assert not any(words in line for line in left(shown)), f"{command}: {shown!r}"
    for option in ("--quiet", "--json"):
        assert not bars(fast(w, *here, "ledger", "verify", option)), option
    assert not bars(screen(w, *here, "ledger", "verify", columns=100)), "in less than a second"


class SlowReport:
    """`process -` at a terminal for errors, whose report comes in slowly and not to its end."""

    def __init__(self, w, *options):
        self.terminal, slave = os.openpty()
        set_width(slave, 100)
        self.process = subprocess.Popen([w.program("airlock"), "--site", str(w.site_path), *options, "process", "-"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=slave)
        os.close(slave)
        self.worker = worker_of(self.process, is_confined, "the worker")
        for byte in REPORT.read_bytes()[:4]:
            self.process.stdin.write(bytes([byte]))
            self.process.stdin.flush()
            time.sleep(0.4)

    def shown(self):
        os.set_blocking(self.terminal, False)
        try:
            return os.read(self.terminal, 65536).replace(b"\r\n", b"\n")
        except (BlockingIOError, OSError):  # nothing was written; or everybody has closed it
            return b""


@pytest.mark.parametrize("options", [[], ["--quiet"], ["--json"]], ids=str)
def test_a_confined_worker_shows_how_far_it_has_read(w, options):
    w.site(tier="enterprise-air-gapped", entitlements=["air_gap"])
    slow = SlowReport(w, *options)
    before = slow.shown()
    assert bool(bars(before)) == (not options), before
    out, _ = slow.process.communicate(REPORT.read_bytes()[4:], timeout=60)
    assert slow.process.returncode == 0 and CLEAR not in out, out
    assert left(before + slow.shown()) == [b""], "the bar is gone"


def test_a_worker_that_is_killed_leaves_no_bar_in_the_line_of_the_error(w):
    w.site(tier="enterprise-air-gapped", entitlements=["air_gap"])
    slow = SlowReport(w)
    os.kill(slow.worker, signal.SIGKILL)
    shown = b""
    while slow.process.poll() is None or not shown.endswith(b"\n"):
        shown += slow.shown()
    assert bars(shown) and left(shown)[0].startswith(b"airlock: "), shown
    assert slow.process.returncode == 8, shown
