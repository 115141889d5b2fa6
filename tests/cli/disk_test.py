"""A disk that is full, or read-only. What fails at single operations is in fault_test.py."""
from faults import Small
from harness import REPORT


def listing(w):
    return sorted(str(p.relative_to(w.site_path)) for p in w.site_path.rglob("*") if p.name not in ("filler",))


def test_a_full_disk_records_nothing_and_works_again_with_space(w):
    """A full disk: exit 8, nothing recorded or left behind; space back, it works."""
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
            assert "free some space" in ran.err, ran.err
            assert listing(w) == before, f"files after a full disk with {leave} bytes left"
            assert w.ledger_ok()["entries"] == entries, f"entries after a full disk with {leave} bytes left"
        assert stopped >= 4, f"the disk stopped only {stopped} runs"
        result = w.process(code=0)
        assert result["outcome"] in ("sealed", "repeated"), result["outcome"]
        assert len(w.outbox()) == 1
        w.ledger_ok()


def test_a_full_disk_on_a_site_that_holds_leaves_no_half_copy(w):
    """A full disk on a site that holds: exit 8 and no half copy of the report."""
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
            assert listing(w) == before, f"files with {leave} bytes left"
            assert w.ledger_ok()["entries"] == entries
        assert w.process(code=4)["outcome"] == "held"


def test_on_a_read_only_site_status_and_verify_still_work(w):
    """A read-only site directory: exit 8, and status and verify still work."""
    w.new_vendor()
    with Small(w, "4m"):
        w.site()
        w.run("mount", "-o", "remount,ro", w.site_path)
        ran = w.airlock("process", REPORT, code=8)
        assert "read-only" in ran.err.lower() or "writable" in ran.err.lower(), ran.err
        w.airlock("status")
        w.ledger_ok()
        w.airlock("licence", "verify")
        w.run("mount", "-o", "remount,rw", w.site_path)
        assert w.process()["outcome"] == "sealed"
