"""Letting file operations of the programs under test fail: from inside with tests/faults/fail_nth.cpp, from outside with strace."""
import mmap
import os
import re
import struct


KINDS = ["create", "open", "write", "sync", "resize", "link", "rename", "unlink", "read", "lock", "look", "mode", "sync folder",
         "commit truncate", "commit sync"]
LOOKING = ("open", "look")
READING = ("read", "lock")
COMMITTING = ("commit truncate", "commit sync")  # each is also a `resize` or a `sync`
CHANGING = tuple(k for k in KINDS if k not in LOOKING + READING + COMMITTING)
NEEDS_SPACE = tuple(k for k in CHANGING if k not in ("unlink", "mode"))
MODES = {"once": 0, "from then on": 1, "short once": 2, "short, then fails": 3, "again and again": 4}
PERIOD = 61  # of the last
ERRORS = {"EIO": 5, "ENOSPC": 28}
LAYOUT = struct.Struct("<IIiIQQQ15Q15QQ512s")


class Series:
    """Which operations are counted, and what becomes of the n-th."""

    def __init__(self, kinds, error, mode):
        self.kinds, self.error, self.mode = kinds, error, mode

    @property
    def mask(self):
        return sum(1 << KINDS.index(k) for k in self.kinds)

    def __str__(self):
        what = {CHANGING: "changing", NEEDS_SPACE: "needing space", LOOKING: "looking", READING: "reading"}.get(self.kinds, ", ".join(self.kinds))
        return f"{what}, {self.error} {self.mode}"


ALL_SERIES = [
    Series(CHANGING, "EIO", "once"), Series(CHANGING, "EIO", "from then on"),
    Series(NEEDS_SPACE, "ENOSPC", "once"), Series(NEEDS_SPACE, "ENOSPC", "from then on"),
    Series(("write",), "ENOSPC", "short once"), Series(NEEDS_SPACE, "ENOSPC", "short, then fails"),
    Series(LOOKING, "EIO", "once"), Series(LOOKING, "EIO", "from then on"),
    Series(READING, "EIO", "once"), Series(READING, "EIO", "from then on"),
]
# A failure, then another for what tidies up after it: more faults in a run.
REPEATED = [Series(CHANGING, "EIO", "again and again"), Series(NEEDS_SPACE, "ENOSPC", "again and again"),
            Series(LOOKING + READING, "EIO", "again and again")]


class Inside:
    """Runs programs with the library preloaded."""

    def __init__(self, w, library):
        self.w, self.library = w, str(library)
        self.path = w.path / "faults"
        self.path.write_bytes(bytes(LAYOUT.size))
        with open(self.path, "r+b") as file:
            self.plan = mmap.mmap(file.fileno(), LAYOUT.size)
        self.hits = dict.fromkeys(KINDS, 0)

    @property
    def environment(self):
        return {"LD_PRELOAD": self.library, "AIRLOCK_FAULTS": str(self.path)}

    def arm(self, series, nth):
        values = [series.mask if series else 0, MODES[series.mode] if series else 0, ERRORS[series.error] if series else 0, PERIOD, nth]
        self.plan[:] = LAYOUT.pack(*values, *[0] * 33, str(self.w.path).encode())

    def read(self):
        """How many operations failed, and how many there were of each kind."""
        values = LAYOUT.unpack(self.plan[:])
        return values[6], dict(zip(KINDS, values[7:22])), dict(zip(KINDS, values[22:37]))

    def run(self, series, nth, *command, code):
        """The run, and how many of its operations failed."""
        self.arm(series, nth)
        ran = self.w.run(*command, env=self.environment, code=code)
        hit, _, hits = self.read()
        for kind, count in hits.items():
            self.hits[kind] += count
        return ran, hit

    def count(self, *command, code):
        """How many operations of each kind an undisturbed run makes."""
        self.arm(None, 0)
        self.w.run(*command, env=self.environment, code=code)
        return self.read()[1]


CALLS = "openat,read,pread64,write,pwrite64,fsync,fdatasync,ftruncate,fallocate,link,rename,renameat2,unlink,fchmod,flock,fcntl,getdents64"


class Outside:
    """Runs programs under strace. It counts the calls of each process on its own."""

    def __init__(self, w):
        self.w, self.trace = w, w.path / "trace"

    def strace(self, *options, quick=True):
        # With its seccomp filter strace (6.1) injects errors, but no signal after the first call.
        return ["strace", "-f", *(["--seccomp-bpf"] if quick else []), "-q", "-o", str(self.trace), *options]

    def places(self, *command, code):
        """Every (call, n) of an undisturbed run that concerns the site, in whatever process it is the n-th."""
        self.w.run(*self.strace("-y", "-e", f"trace={CALLS}"), *command, code=code)
        seen, out, elsewhere = {}, set(), set()
        for line in self.trace.read_text(errors="replace").splitlines():
            found = re.match(r"(\d+) +(\w+)\((.*)", line)
            if not found:
                continue
            key = found[1], found[2]
            seen[key] = seen.get(key, 0) + 1
            (out if str(self.w.site_path) in found[3] else elsewhere).add((found[2], seen[key]))
        return sorted(out - elsewhere)

    def run(self, place, what, *command, code):
        """The run, and whether something was injected; `what` is an error's name or `KILL`."""
        call, nth = place
        how = "signal=KILL" if what == "KILL" else f"error={what}"
        options = "-e", f"trace={call}", "-e", f"inject={call}:{how}:when={nth}"
        ran = self.w.run(*self.strace(*options, quick=what != "KILL"), *command, code=code)
        text = self.trace.read_text(errors="replace")
        return ran, "(INJECTED)" in text or "killed by SIGKILL" in text


class Small:
    """A small file system of its own for the site, or for another new folder."""

    def __init__(self, w, size, folder=None):
        self.w, self.folder = w, folder or w.site_path
        self.folder.mkdir()
        w.run("mount", "-t", "tmpfs", "-o", f"size={size},mode=0711", "tmpfs", self.folder)

    def fill(self, leave=0):
        """Leaves `leave` bytes free."""
        filler = self.folder / "filler"
        free = os.statvfs(self.folder)
        with open(filler, "ab") as out:
            wanted = max(0, free.f_bavail * free.f_frsize - leave)
            try:
                os.posix_fallocate(out.fileno(), filler.stat().st_size, wanted) if wanted else None
            except OSError:
                while True:
                    try:
                        os.write(out.fileno(), bytes(4096))
                    except OSError:
                        break

    def free(self):
        (self.folder / "filler").unlink(missing_ok=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.w.run("umount", "-l", self.folder)


def judge(scenario, ran, place):
    """After one run with a fault. Says whether anything has changed: where not, verifying and going on have been seen to work."""
    changed = scenario.state() != scenario.at_first
    if changed:
        scenario.w.ledger_ok()
        scenario.sound(place)
    scenario.after(ran.code, place)
    return changed


def judge_rest(scenario, places):
    """After the next run, which nothing disturbs."""
    place = "; ".join(places)
    scenario.finish(place)
    scenario.w.ledger_ok()
    scenario.at_rest(place)


def with_place(place, step):
    """An error that names the fault: a failing case can then be tried on its own."""
    try:
        return step()
    except AssertionError as error:
        raise type(error)(f"{place}: {error}") from None
