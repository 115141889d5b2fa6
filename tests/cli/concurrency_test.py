"""Many processes at once on one site."""
import subprocess

from harness import REPORT, case, check, equal, main


def start(w, *arguments):
    return subprocess.Popen([w.program("airlock"), "--site", str(w.site_path), *[str(a) for a in arguments]],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=None)


@case("eight processes with eight reports: eight records, eight bundles, a valid tree")
def _(w):
    w.site()
    reports = [w.report(lambda d, n=n: d["properties"].update({"posthog_version": f"1.35.{n}"})) for n in range(8)]
    running = [start(w, "process", r, "--json") for r in reports]
    for process in running:
        out, err = process.communicate(timeout=300)
        equal(process.returncode, 0, err.decode())
    rows = w.airlock("ledger", "list", "--json").json["reports"]
    equal([r["number"] for r in rows], list(range(1, 9)))
    equal([r["latest"] for r in rows], ["released"] * 8)
    equal(len(w.outbox()), 8)
    equal(w.hidden(), [])
    equal(w.ledger_ok()["disclosures"], 8)


@case("eight processes with the same report: one bundle, seven repeats")
def _(w):
    w.site()
    running = [start(w, "process", REPORT, "--json") for _ in range(8)]
    for process in running:
        out, err = process.communicate(timeout=300)
        equal(process.returncode, 0, err.decode())
    latest = sorted(r["latest"] for r in w.airlock("ledger", "list", "--json").json["reports"])
    equal(latest, ["released"] + ["repeated"] * 7)
    equal(len(w.outbox()), 1)
    w.ledger_ok()


@case("eight processes with what is held: it leaves once")
def _(w):
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
        check(process.returncode in (0, 2, 8), f"exit {process.returncode}: {err.decode()}")
    equal(codes.count(0), 1, "runs that disclosed it")
    equal(len(w.outbox()), 1)
    equal(w.airlock("process", "--held", "--json").json["reports"], [])
    w.ledger_ok()


@case("readers at work stop no writer: status, list and verify beside process")
def _(w):
    w.site()
    w.process()
    running = []
    for n in range(4):
        report = w.report(lambda d, n=n: d["properties"].update({"posthog_version": f"2.0.{n}"}))
        running += [start(w, "process", report), start(w, "ledger", "verify"), start(w, "status"), start(w, "ledger", "list")]
    for process in running:
        out, err = process.communicate(timeout=300)
        equal(process.returncode, 0, f"{process.args}: {err.decode()}")
    equal(len(w.outbox()), 5)
    w.ledger_ok()


main()
