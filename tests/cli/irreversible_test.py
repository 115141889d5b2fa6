"""What cannot be taken back is said and asked first, and what fails half way leaves nothing: keys, adopted ledgers, new sites,
redactions that select nothing."""
import json
import os
import pty
import shutil
import subprocess

from harness import LONG, DICTIONARY


def asked(w, answer, *arguments):
    """Runs `airlock` with a terminal to answer at."""
    leader, follower = pty.openpty()
    os.write(leader, answer)
    ran = subprocess.run([w.program("airlock"), "--site", str(w.site_path), *map(str, arguments)], stdin=follower, capture_output=True,
                         timeout=60, check=False)
    os.close(leader)
    os.close(follower)
    return ran.returncode, ran.stderr.decode()


def test_what_cannot_be_undone_says_what_follows_and_asks(w):
    """Rotating the site key, adopting a ledger and destroying pseudonym keys say what follows and ask; scripts say `--yes`."""
    w.site()
    for command, follows in ((["key", "rotate", "site"], "is then `wrong_site`"),
                             (["ledger", "adopt", "--reason", "restored"], "the ceiling goes back to `seal`"),
                             (["key", "destroy", "pseudonym"], "nobody can bring them back")):
        before = w.ledger_ok()["entries"]
        ran = w.airlock(*command, code=2)
        assert "there is no terminal to confirm it at" in ran.err and "`--yes`" in ran.err and follows in ran.text, \
            f"{ran.text}{ran.err}"
        assert w.airlock(*command, "--json", code=2).json["exit"] == 2
        code, err = asked(w, b"no\n", *command)
        assert code == 4 and follows in err and "nothing was done" in err, f"{code} {err}"
        assert w.ledger_ok()["entries"] == before, f"{command}: without a yes"
        code, err = asked(w, b"yes\n", *command)
        assert code == 0, err
        assert w.ledger_ok()["entries"] > before, f"{command}: with one"
        w.airlock(*command, "--yes")
    # What can be taken back is not asked for.
    for key in ("ledger", "archive", "pseudonym"):
        w.airlock("key", "rotate", key)
    # A reason that will not do is told before anything is asked.
    assert "say what happened" in w.airlock("ledger", "adopt", "--reason", "", code=2).err, "the reason"


def test_an_init_that_fails_leaves_nothing(w):
    """An init that fails leaves nothing, in a new folder and in one that was there."""
    w.new_vendor()
    broken = w.path / "broken.p7s"
    broken.write_bytes(w.kit.read_bytes()[:200])
    arguments = ["init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint()]
    licence = w.new_licence("standard", any_site=True)
    failed = 0
    for call in ("fsync", "fdatasync", "pwrite64", "linkat", "link", "rename"):
        for when in (1, 2, 5, 9, 14, 20, 27, 35, 44, 60, 80) if LONG else (1, 9, 27):
            for there in (False, True) if LONG or when == 9 else (False,):
                shutil.rmtree(w.site_path, ignore_errors=True)
                if there:
                    w.site_path.mkdir(mode=0o711)
                ran = w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:error=EIO:when={when}",
                            w.program("airlock"), "--site", w.site_path, *arguments, "--kit", w.kit, "--licence", licence, code=None)
                if ran.code == 0:
                    continue
                failed += 1
                assert w.site_path.exists() == there, f"{call} {when}: the folder"
                assert (list(w.site_path.iterdir()) if there else []) == [], f"{call} {when}: what is left"
    assert failed > (30 if LONG else 8), f"only {failed} runs failed"
    shutil.rmtree(w.site_path, ignore_errors=True)
    w.airlock(*arguments, "--kit", broken, code=3)
    assert not w.site_path.exists(), "a site was made with a kit that is not a kit"
    ran = w.airlock("init", "--vendor-root", w.root_fingerprint(), code=2)
    assert "`--vendor-root` takes the certificate's file, but this is a fingerprint" in ran.err, ran.err
    w.airlock(*arguments, "--kit", w.kit, "--licence", licence)
    ran = w.airlock(*arguments, code=4)
    assert "already has a site" in ran.err and "`airlock kit install`" in ran.err, ran.err
    w.ledger_ok()
    print(f"counted: init failed {failed} times")


def test_a_redact_also_that_selects_nothing_holds_every_report(w):
    """A `redact_also` that selects nothing by the kit's dictionary is named by status, doctor and kit, and holds every report."""
    w.site()
    w.configure(redact_also=[{"class": "version", "do": "drop"}, {"path": "/properties/deployment", "do": "drop"}])
    status = w.airlock("status", "--json").json
    assert [(r.get("class"), r.get("path"), r["do"], r["problem"]) for r in status["redact_also"]] \
        == [("version", None, "drop", None), (None, "/properties/deployment", "drop", None)]
    text = w.airlock("status").text
    assert "also redacted here: class `version`: drop" in text and "`/properties/deployment`: drop" in text, text
    assert w.airlock("kit", "show", "--json").json["idle_redactions"] == []
    assert w.process()["outcome"] == "sealed"

    # The next kit's dictionary calls the member by another name: it is installed, and says what that means.
    dictionary = json.loads(DICTIONARY.read_text())
    for field in dictionary["fields"]:
        field["path"] = field["path"].replace("/properties/deployment", "/properties/deployed_by")
    kit = w.new_kit(dictionary=w.file("dictionary.json", json.dumps(dictionary)))
    where = "`/redact_also/1`: `/properties/deployment` selects no declared value"
    for command in (["kit", "verify", kit], ["kit", "install", kit], ["kit", "show"], ["status"]):
        ran = w.airlock(*command)
        assert where in ran.err and "airlock.json" in ran.err and "every report is held" in ran.err, f"{command}: {ran}"
    assert where in w.airlock("kit", "install", kit, "--json").json["idle_redactions"][0], "kit install --json"
    assert where in w.airlock("status", "--json").json["redact_also"][1]["problem"], "status --json"
    found = [f for f in w.airlock("doctor", "--json", code=1).json["findings"] if f["subject"] == "redact_also"]
    assert len(found) == 1 and found[0]["health"] == "fail" and where in found[0]["what"], found
    held = w.process(w.report_of("1.36.0"), code=4)
    assert (held["outcome"], held["reason"]) == ("held", "configuration")
    assert where in held["message"], held["message"]
    # A person mends the file, and it leaves.
    w.configure(redact_also=[{"class": "version", "do": "drop"}, {"path": "/properties/deployed_by", "do": "drop"}])
    assert [r["problem"] for r in w.airlock("status", "--json").json["redact_also"]] == [None, None]
    assert "redact_also" not in {f["subject"] for f in w.airlock("doctor", "--json", code=None).json["findings"]}, "doctor"
    ran = w.airlock("process", "--held", "--json", code=None)
    w.ledger_ok()
