"""`/etc/airlock/machine.json` binds every site on the machine. Each command here has an /etc of its own, in a mount namespace."""
import json
import os
import pathlib

from harness import REPORT

DESTINATION = {"destinations": [{"type": "https-json", "url": "https://reports.vendor.example/v1"}]}
PREPARE = 'mount -t tmpfs none /etc && mkdir /etc/airlock && cp "$1" /etc/airlock/machine.json && eval "$2" && shift 2 && exec "$@"'


def is_mount_point(path):
    return any(line.split()[4] == path for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines())


def on_machine(w, members, *arguments, first="true", site=None, env=None, **options):
    """Runs airlock where the machine demands this."""
    file = w.file("machine.json", json.dumps({"format": "airlock-machine/1", **members}))
    file.chmod(0o644)
    # In a root that is no mount point, as a chroot's, there is no propagation to change.
    own = ["unshare", "--mount"] if is_mount_point("/") else ["unshare", "--mount", "--propagation", "unchanged"]
    unshare = own if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    place = [] if env else ["--site", site or w.site_path]
    return w.run(*unshare, "sh", "-c", PREPARE, "sh", file, first, w.program("airlock"), *place, *arguments, env=env,
                 **options)


def test_the_machines_floor_binds_a_site_made_anew_elsewhere(w):
    """The machine's floor binds a site made anew elsewhere, named by AIRLOCK_SITE, and its `explain` names both places."""
    w.new_vendor()
    elsewhere = w.path / "elsewhere"
    w.new_site(path=elsewhere)
    w.site_path = elsewhere
    w.airlock("licence", "install", w.new_licence("enterprise"))
    w.configure(floor="redact", delivery=DESTINATION)
    w.airlock("authorise", "--reason", "allowed", "--yes")
    result = on_machine(w, {"floor": "seal"}, "process", w.report_of("1.35.1"), "--json", env={"AIRLOCK_SITE": str(elsewhere)}).json
    assert (result["outcome"], result["disposition"]) == ("sealed", "seal")
    text = on_machine(w, {"floor": "seal"}, "explain", w.report_of("1.35.2")).text
    assert "the floor in `airlock.json` asks for at least `redact`" in text, text
    assert "the floor in `/etc/airlock/machine.json` asks for at least `seal`, which determines the decision" in text, text
    # The licence deleted: sealed or held, never sent.
    (elsewhere / "public/licence.p7s").unlink()
    gone = on_machine(w, {"floor": "seal"}, "process", w.report_of("1.35.3"), "--json", code=4).json
    assert gone["outcome"] == "held"
    assert on_machine(w, {"floor": "withhold"}, "status", "--json").json["machine"]["floor"] == "withhold"
    assert w.airlock("status", "--json").json["machine"] == None


def test_the_machine_redacts_too_and_a_redaction_that_does_not_fit_holds(w):
    """The machine redacts too, and a redaction of it that does not fit holds every report, naming its place."""
    w.site()
    drop = {"redact_also": [{"class": "version", "do": "drop"}]}
    preview = json.loads(on_machine(w, drop, "preview", REPORT).out)
    assert "posthog_version" not in preview["properties"], "dropped"
    assert "posthog_version" in json.loads(w.airlock("preview", REPORT).out)["properties"], "kept without it"
    bad = {"redact_also": [{"path": "/no/such", "do": "drop"}]}
    result = on_machine(w, bad, "process", w.report_of("1.35.1"), "--json", code=4).json
    assert (result["outcome"], result["reason"]) == ("held", "configuration")
    assert "`/etc/airlock/machine.json`: `/redact_also/0`" in result["message"], result["message"]


def test_a_destination_that_the_machine_does_not_permit_is_held(w):
    """A destination that the machine does not permit is held, naming both places, also when authorised."""
    w.site(tier="standard", entitlements=[])
    w.configure(delivery=DESTINATION)
    w.airlock("authorise", "--reason", "allowed", "--yes")
    other = {"destinations": ["https://proxy.example/v1"]}
    result = on_machine(w, other, "process", w.report_of("1.35.1"), "--json", code=4).json
    assert (result["outcome"], result["reason"]) == ("held", "machine")
    for word in ("https://reports.vendor.example/v1", "airlock.json", "/etc/airlock/machine.json"):
        assert word in result["message"], result["message"]
    same = {"destinations": [DESTINATION["destinations"][0]["url"]]}
    assert on_machine(w, same, "process", w.report_of("1.35.2"), "--json", code=(0, 7)).json["outcome"] == "queued"


def test_a_machine_json_that_others_could_have_written_stops_everything(w):
    """A machine.json that others could have written, or that has a mistake, stops everything."""
    w.site()
    entries = w.ledger_ok()["entries"]
    spoilt = ["chmod 666 /etc/airlock/machine.json", "chmod 777 /etc/airlock",
              "mv /etc/airlock/machine.json /etc/m && ln -s /etc/m /etc/airlock/machine.json",
              "rm /etc/airlock/machine.json && mkdir /etc/airlock/machine.json"]
    if os.geteuid() == 0:
        spoilt += ["chown 1 /etc/airlock/machine.json", "chown 1 /etc/airlock"]
    for first in spoilt:
        ran = on_machine(w, {"floor": "seal"}, "process", w.report_of("1.35.1"), first=first, code=8)
        assert "/etc/airlock" in ran.err and "root" in ran.err, ran.err
        on_machine(w, {"floor": "seal"}, "status", first=first, code=4)
    for members, path in (({"flor": "seal"}, "/flor"), ({"destinations": ["http://x"]}, "/destinations")):
        ran = on_machine(w, members, "process", w.report_of("1.35.1"), code=8)
        assert "machine.json" in ran.err and path in ran.err, ran.err
    assert w.ledger_ok()["entries"] == entries
