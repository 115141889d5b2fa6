"""Many processes at once on one site."""
import subprocess

from harness import REPORT


def start(w, *arguments):
    return subprocess.Popen([w.program("airlock"), "--site", str(w.site_path), *[str(a) for a in arguments]],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=None)


def test_eight_processes_with_eight_reports_leave_a_valid_tree(w):
    """Eight processes with eight reports: eight records, eight bundles, a valid tree."""
    w.site()
    reports = [w.report_of(f"1.35.{n}") for n in range(8)]
    running = [start(w, "process", r, "--json") for r in reports]
    for process in running:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err.decode()
    rows = w.airlock("ledger", "list", "--json").json["reports"]
    assert [r["number"] for r in rows] == list(range(1, 9))
    assert [r["latest"] for r in rows] == ["released"] * 8
    assert len(w.outbox()) == 8
    assert w.hidden() == []
    assert w.ledger_ok()["disclosures"] == 8


def test_eight_processes_with_the_same_report_leave_one_bundle(w):
    """Eight processes with the same report: one bundle, seven repeats."""
    w.site()
    running = [start(w, "process", REPORT, "--json") for _ in range(8)]
    for process in running:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err.decode()
    latest = sorted(r["latest"] for r in w.airlock("ledger", "list", "--json").json["reports"])
    assert latest == ["released"] + ["repeated"] * 7
    assert len(w.outbox()) == 1
    w.ledger_ok()


def test_eight_processes_with_what_is_held_let_it_leave_once(w):
    """Eight processes with what is held: it leaves once."""
    w.new_vendor()
    w.new_site(kit=None)
    w.process(code=4)
    w.airlock("kit", "install", w.kit)
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    running = [start(w, "process", "--held", "1") for _ in range(8)]
    codes = []
    for process in running:
        out, err = process.communicate(timeout=300)
        codes.append(process.returncode)
        assert process.returncode in (0, 2, 8), f"exit {process.returncode}: {err.decode()}"
    assert codes.count(0) == 1, "runs that disclosed it"
    assert len(w.outbox()) == 1
    assert w.airlock("process", "--held", "--json").json["reports"] == []
    w.ledger_ok()


def test_readers_at_work_stop_no_writer(w):
    """Readers at work stop no writer: status, list and verify beside process."""
    w.site()
    w.process()
    running = []
    for n in range(4):
        report = w.report_of(f"2.0.{n}")
        running += [start(w, "process", report), start(w, "ledger", "verify"), start(w, "status"), start(w, "ledger", "list")]
    for process in running:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, f"{process.args}: {err.decode()}"
    assert len(w.outbox()) == 5
    w.ledger_ok()
