"""A disk that is full, or breaks."""
import os
import re

from harness import LONG, REPORT, case, check, equal, main


class Small:
    """A small file system of its own for the site."""

    def __init__(self, w, size):
        self.w = w
        w.site_path.mkdir()
        w.run("mount", "-t", "tmpfs", "-o", f"size={size},mode=0711", "tmpfs", w.site_path)

    def fill(self, leave=0):
        """Leaves `leave` bytes free."""
        filler = self.w.site_path / "filler"
        free = os.statvfs(self.w.site_path)
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
        (self.w.site_path / "filler").unlink(missing_ok=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.w.run("umount", "-l", self.w.site_path)


def listing(w):
    return sorted(str(p.relative_to(w.site_path)) for p in w.site_path.rglob("*") if p.name not in ("filler",))


@case("a full disk: exit 8, nothing recorded or left behind; space back, it works")
def _(w):
    w.new_vendor()
    with Small(w, "4m") as disk:
        w.site()
        before, entries = listing(w), w.ledger_ok()["entries"]
        stopped = 0
        for leave in (0, 4096, 16384, 65536, 131072, 262144, 393216, 524288, 655360):
            disk.fill(leave)
            ran = w.airlock("process", REPORT, code=(8, 0))
            disk.free()
            if ran.code == 0:
                break
            stopped += 1
            check("free some space" in ran.err, ran.err)
            equal(listing(w), before, f"files after a full disk with {leave} bytes left")
            equal(w.ledger_ok()["entries"], entries, f"entries after a full disk with {leave} bytes left")
        check(stopped >= 4, f"the disk stopped only {stopped} runs")
        result = w.process(code=0)
        check(result["outcome"] in ("sealed", "repeated"), result["outcome"])
        equal(len(w.outbox()), 1)
        w.ledger_ok()


@case("a full disk on a site that holds: exit 8 and no half copy of the report")
def _(w):
    w.new_vendor()
    with Small(w, "2m") as disk:
        w.new_site(kit=None)
        before, entries = listing(w), w.ledger_ok()["entries"]
        for leave in (0, 4096, 12288, 24576):
            disk.fill(leave)
            ran = w.airlock("process", REPORT, code=(8, 4))
            disk.free()
            if ran.code == 4:
                break
            equal(listing(w), before, f"files with {leave} bytes left")
            equal(w.ledger_ok()["entries"], entries)
        equal(w.process(code=4)["outcome"], "held")


@case("a read-only site directory: exit 8, and status and verify still work")
def _(w):
    w.new_vendor()
    with Small(w, "4m"):
        w.site()
        w.run("mount", "-o", "remount,ro", w.site_path)
        ran = w.airlock("process", REPORT, code=8)
        check("read-only" in ran.err.lower() or "writable" in ran.err.lower(), ran.err)
        w.airlock("status")
        w.ledger_ok()
        w.airlock("licence", "verify")
        w.run("mount", "-o", "remount,rw", w.site_path)
        equal(w.process()["outcome"], "sealed")


@case("each file operation of process fails once with ENOSPC or EIO: recorded whole or not at all, and the next run is right")
def _(w):
    w.site()
    w.run("cp", "-a", w.site_path, w.path / "saved")
    trace = w.path / "trace"
    calls = "write,pwrite64,fsync,fdatasync,ftruncate,fallocate,link,rename,unlink"
    w.run("strace", "-f", "-e", f"trace={calls}", "-o", trace, w.program("airlock"), "--site", w.site_path, "process", REPORT)
    counts = {}
    for line in trace.read_text().splitlines():
        found = re.match(r"\d+ +(\w+)\(", line)
        if found:
            counts[found[1]] = counts.get(found[1], 0) + 1
    injected = 0
    for call, most in sorted(counts.items()):
        for when in range(1, most + 1, 1 if LONG else 14):
            for error in ("ENOSPC", "EIO"):
                w.run("rm", "-rf", w.site_path)
                w.run("cp", "-a", w.path / "saved", w.site_path)
                ran = w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                            f"inject={call}:error={error}:when={when}", w.program("airlock"), "--site", w.site_path, "process",
                            REPORT, code=(0, 1, 5, 7, 8))
                injected += 1
                place = f"{call} {when} {error}: exit {ran.code}"
                result = w.process()
                check(result["outcome"] in ("sealed", "repeated"), f"{place}: then {result['outcome']}")
                if ran.code == 0 and call not in ("write",):
                    equal(result["outcome"], "repeated", place)
                equal(len(w.outbox()), 1, f"{place}: bundles")
                equal(w.hidden(), [], f"{place}: hidden files")
                w.ledger_ok()
    print(f"counted: {injected} failing file operations")


main()
