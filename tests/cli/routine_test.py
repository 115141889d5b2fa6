"""The weekly routine: systemd units, another user's inbox, and a report that did not come."""
import pathlib
import re
import shutil

from harness import REPORT

UNITS = ["airlock.service", "airlock.path", "airlock.timer", "airlock-send.service", "airlock-send.path", "airlock-send.timer"]


def units(w):
    """The units as they are installed, but for where the programs are."""
    folder = w.path / "units"
    folder.mkdir()
    for name in UNITS:
        text = (w.programs / "systemd" / name).read_text()
        programs = re.findall(r"^ExecStart=(\S+)", text, re.M)
        for program in programs:
            found = folder / pathlib.Path(program).name
            if not found.exists():
                built = w.programs / found.name / found.name
                shutil.copy(built if built.exists() else w.program("airlock"), found)
            text = text.replace(program, str(found))
        (folder / name).write_text(text)
    return folder


def test_systemd_finds_no_fault_with_the_units(w):
    """Systemd finds no fault with the units, and little that the worker's is exposed to."""
    folder = units(w)
    ran = w.run("systemd-analyze", "verify", "--man=no", *[folder / name for name in UNITS])
    assert (ran.text, ran.err) == ("", ""), "systemd-analyze verify"
    broken = w.file("broken.service", (folder / "airlock.service").read_text().replace("ProtectSystem=strict", "ProtectSystm=strict"))
    assert "ProtectSystm" in w.run("systemd-analyze", "verify", "--man=no", broken, code=None).err, "a fault is not found"
    for name, threshold in (("airlock.service", 15), ("airlock-send.service", 30)):
        ran = w.run("systemd-analyze", "security", "--offline=yes", f"--threshold={threshold}", folder / name)
        print("counted:", ran.text.strip().splitlines()[-1].strip("→ "))
    text = (folder / "airlock.service").read_text()
    assert "@network-io" not in re.findall(r"^SystemCallFilter=~.*", text, re.M)[0], \
        "the journal would be taken for a foreign socket"
    for line in ("PrivateNetwork=yes", "RestrictAddressFamilies=none", "NoNewPrivileges=yes", "StandardOutput=null"):
        assert line in text.splitlines(), f"airlock.service has no {line}"


def test_the_units_run_as_a_user_of_its_own_with_an_inbox_that_nobody_spoils(w):
    """As the units run it: a user of its own, reports of another user, an inbox that neither can spoil."""
    w.site()
    w.path.chmod(0o755)
    airlock = shutil.copy(w.program("airlock"), w.path / "airlock")
    own, product = 64001, 64002
    w.run("chown", "-R", f"{own}:{own}", w.site_path)
    w.site_path.chmod(0o711)
    inbox = w.site_path / "inbox"
    assert inbox.stat().st_mode & 0o7777 == 0o1730, "mode of the inbox"
    report = w.file("report.json", REPORT.read_bytes())
    report.chmod(0o644)
    as_product = ["setpriv", f"--reuid={product}", f"--regid={own}", "--clear-groups", "sh", "-c"]
    as_own = ["setpriv", f"--reuid={own}", f"--regid={own}", "--clear-groups", "--no-new-privs"]
    w.run(*as_product, f"umask 022; cp {report} {inbox}/.tmp && mv {inbox}/.tmp {inbox}/good.json")
    w.run(*as_product, f"umask 077; cp {report} {inbox}/unreadable.json")
    w.run(*as_product, f"ls {inbox}", code=2)
    w.run(*as_product, f"cat {w.site_path}/airlock.json {w.site_path}/keys/site.key", code=1)
    ran = w.run(*as_own, airlock, "--site", w.site_path, "process", "--inbox", "--json", code=8)
    assert [r["outcome"] for r in ran.json["reports"]] == ["sealed"]
    assert [l["name"] for l in ran.json["left"]] == ["unreadable.json"]
    assert "readable for the user that runs Airlock" in ran.err, ran.err
    assert [p.name for p in inbox.iterdir()] == ["unreadable.json"]


def test_a_report_that_did_not_come_is_overdue_on_sites_that_hand_over(w):
    """A report that did not come is overdue on sites that hand over, and never on one that withholds."""
    w.site()

    def status(ahead, site=None):
        ran = w.run("faketime", "-f", f"+{ahead}d", w.program("airlock"), "--site", site or w.site_path, "status", "--json")
        text = w.run("faketime", "-f", f"+{ahead}d", w.program("airlock"), "--site", site or w.site_path, "status").text
        return ran.json["schedule"], text

    schedule, text = status(0)
    assert (schedule["every"], schedule["last"], schedule["overdue"]) == ("P7D", None, False)
    assert "every 7 days: the last one never, the next one by" in text, text
    assert status(8)[0]["overdue"] == True, "overdue without a first report"
    w.process()
    schedule, text = status(6)
    assert schedule["overdue"] == False
    assert schedule["last"] is not None and "overdue" not in text, text
    schedule, text = status(8)
    assert schedule["overdue"] == True
    assert "is overdue since " in text, text

    withholding = w.path / "withholding"
    w.new_site(path=withholding)
    w.airlock("licence", "install", w.new_licence("enterprise-no-ping", ["withhold"]), site=withholding)
    schedule, text = status(100, withholding)
    assert schedule == None
    assert "overdue" not in text and "every" not in text, text
