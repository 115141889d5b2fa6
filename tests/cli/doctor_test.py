"""`airlock doctor`: what a site rests on is looked at, and each thing that is broken is told once, with what to do."""
import json
import os
import re
import shutil
import subprocess

import pytest
from receiver import Authority


def findings(w, health, code=1, clock=None):
    """Those of one health, as (subject, what, hint)."""
    command = [w.program("airlock"), "--site", w.site_path, "doctor", "--json"]
    document = w.run(*(["faketime", "-f", clock] if clock else []), *command, code=code).json
    assert document["exit"] == code
    return [(f["subject"], f["what"], f["hint"] or "") for f in document["findings"] if f["health"] == health]


def fails(w, subject, why, hint, code=1):
    """Exactly one thing fails, and so is told."""
    found = findings(w, "fail", code)
    assert len(found) == 1, f"failures: {found}"
    assert found[0][0] == subject and why in found[0][1] and hint in found[0][2], f"{subject}, {why}, {hint}: {found}"


class Kept:
    """The site, put back as it was after each thing that is broken."""

    def __init__(self, w):
        self.w = w
        self.copy = w.path / "kept"
        shutil.copytree(w.site_path, self.copy)

    def __call__(self):
        shutil.rmtree(self.w.site_path)
        shutil.copytree(self.copy, self.w.site_path)


def test_a_sound_site_is_well_and_everything_that_it_rests_on_is_named(w):
    w.site()
    sound = w.airlock("doctor", "--json").json
    assert (sound["failed"], sound["exit"]) == (0, 0)
    subjects = {f["subject"] for f in sound["findings"]}
    for subject in ("library", "algorithm", "self-test", "sandbox", "file system", "worker", "inbox", "directory", "clock", "key", "trust", "recipient",
                    "signer", "kit", "licence", "ledger", "public"):
        assert subject in subjects, f"{subject} is looked at"
    dated = [f for f in sound["findings"] if f["subject"] in ("trust", "recipient", "signer")]
    assert all("days left" in f["what"] for f in dated), str(dated)
    for algorithm in ("PBKDF2", "AES-256-CBC"):
        assert any(f["what"].startswith(algorithm + ": ") for f in sound["findings"]), algorithm
    version = w.run("openssl", "version").text.split()[1]
    assert any(version in f["what"] for f in sound["findings"] if f["subject"] == "library"), version
    text = w.airlock("doctor").text
    assert re.search(r"^ok   self-test: ", text, re.M) and re.search(r"\d+ checks, 0 failed", text), text


def test_quiet_says_nothing_of_a_sound_site_and_every_failure_of_another(w):
    """--quiet says nothing of a site that is well, and every failure with its hint of one that is not."""
    w.site()
    ran = w.airlock("doctor", "--quiet")
    assert (ran.text, ran.err) == ("", "")
    (w.site_path / "keys" / "pseudonym.key").unlink()
    ran = w.airlock("doctor", "--quiet", code=1)
    assert re.fullmatch(r"airlock: error: key: .*pseudonym.key.*\nairlock: hint: .*\n", ran.err), ran.err
    assert ran.text == ""


def test_what_is_broken_or_missing_is_told_once_with_a_hint_and_exit_1(w):
    w.site()
    restore = Kept(w)
    site = w.site_path

    def missing(name, subject, hint, why=None):
        path = site / name
        (shutil.rmtree if path.is_dir() else type(path).unlink)(path)
        fails(w, subject, why or f"`{path}`", hint)
        restore()

    missing("keys/site.crt", "key", "put it back from a backup")
    missing("keys/archive.crt", "key", "put it back from a backup")
    missing("keys/pseudonym.key", "key", "put it back from a backup")
    missing("ledger.db", "ledger", "`airlock ledger adopt")
    missing("public/kit.p7s", "kit", "install the vendor's kit again")
    missing("public/licence.p7s", "licence", "`airlock licence install FILE`", why="missing: ")
    missing("public/site.json", "public", "the next `airlock process` writes it again")
    missing("public/vendor-root.crt", "public", "/trust/vendor/*.crt > ")
    for folder, mode in (("outbox", "700"), ("held", "700"), ("inbox", "1730"), ("trust/delivery", "700"), ("trust/officers", "700")):
        missing(folder, "directory", f"`mkdir -m {mode} {site}/{folder}`")
    missing("inbox", "directory", f"`chgrp GROUP {site}/inbox`")

    (site / "airlock.json").write_text("{")
    fails(w, "site", "is not valid JSON", "correct what the message names")
    restore()
    (site / "public/licence.p7s").write_text("x")
    fails(w, "licence", "invalid", "ask the vendor")
    restore()
    # Two: the kit itself, and that no application can tell any more what it revokes.
    (site / "public/kit.p7s").write_bytes(b"x")
    assert {subject for subject, _, hint in findings(w, "fail") if hint} == {"kit", "public"}
    restore()
    ran = w.airlock("doctor", site=w.path / "none", code=1)
    assert "is not a site directory" in ran.text and "hint:" in ran.text, ran.text
    assert findings(w, "fail", code=0) == []


def test_the_advice_for_folders_and_files_that_are_gone_mends_the_site(w):
    w.site()
    for folder in ("outbox", "held", "inbox"):
        shutil.rmtree(w.site_path / folder)
    w.process(code=8)
    (w.site_path / "public/vendor-root.crt").unlink()
    (w.site_path / "public/site.json").unlink()
    hints = [hint for _, _, hint in findings(w, "fail")]
    for command in re.findall(r"`((?:mkdir|cat) [^`]*)`", "\n".join(hints)):
        w.shell(command)
    assert w.process()["outcome"] == "sealed"
    assert findings(w, "fail", code=0) == []


def test_permissions_that_others_have_fail_or_warn(w):
    """Permissions: what others may change fails, what they may read of the ledger and the configuration warns."""
    w.site()
    w.airlock("key", "rotate", "archive")
    restore = Kept(w)

    def chmod(name, mode, subject, health, why, hint):
        (w.site_path / name).chmod(mode)
        found = [f for f in findings(w, health, code=1 if health == "fail" else 0) if f[0] == subject and str(w.site_path / name) in f[1]]
        assert len(found) == 1, f"{name} {mode:o}: {found}"
        assert why in found[0][1] and hint in found[0][2], found
        restore()

    for name in (".", "keys", "held", "outbox", "trust", "public", "airlock.json", "ledger.db", "ledger.anchor", "keys/former"):
        mode = (w.site_path / name).stat().st_mode & 0o777
        chmod(name, mode | 0o020, "directory", "fail", "users other than its owner can change it", f"`chmod {mode:o} ")
    for name in ("keys", "held", "outbox", "airlock.json", "ledger.db"):
        mode = (w.site_path / name).stat().st_mode & 0o777
        chmod(name, mode | 0o044, "directory", "warn", "users other than its owner can read it", f"`chmod {mode:o} ")
    [former] = (w.site_path / "keys/former").glob("*.key")
    chmod(former.relative_to(w.site_path), 0o640, "directory", "fail", "users other than its owner can read it", "`chmod 600 ")
    for key in ("site.key", "archive.key", "ledger.key", "pseudonym.key"):
        chmod(f"keys/{key}", 0o640, "key", "fail", "users other than its owner can read or change it", "`chmod 600`")
    for name in ("public/site.json", "public/vendor-root.crt", "public/licence.p7s", "public/kit.p7s"):
        chmod(name, 0o666, "public", "fail", "users other than its owner can change what applications believe", "`chmod 644 ")
        chmod(name, 0o600, "public", "fail", "other users cannot read it", "`chmod 644 ")
    chmod("public", 0o700, "public", "fail", "other users cannot get into it", "`chmod 755 ")
    chmod(".", 0o700, "public", "fail", "other users cannot get into it", "`chmod 711 ")
    # Not the site's own fault: it may be meant for one user.
    w.path.chmod(0o700)
    assert any("no other user can pass through" in what and "chmod o+x" in hint for _, what, hint in findings(w, "warn", code=0)), \
        "home"
    w.path.chmod(0o711)
    assert [f for f in findings(w, "warn", code=0) if f"`{w.path}`" in f[1]] == []


@pytest.mark.takes(3)
def test_the_inbox_has_exactly_the_mode_that_its_group_needs(w):
    """The inbox has exactly the mode that lets its group drop reports and touch no other's, and the advice gives it that."""
    w.site()
    inbox = w.site_path / "inbox"
    assert f"{inbox.stat().st_mode & 0o7777:o}" == "1730"
    drops, removes = "members of its group cannot drop reports there", "members of its group can remove each other's reports"
    read, change = "users other than its owner can read it", "users other than its owner can change it"
    for mode, health, why in ((0o1770, "warn", read), (0o1731, "warn", read), (0o1777, "fail", change), (0o1732, "fail", change),
                              (0o730, "fail", removes), (0o770, "fail", removes), (0o700, "fail", drops), (0o1700, "fail", drops),
                              (0o1720, "fail", drops), (0o1750, "fail", drops)):
        inbox.chmod(mode)
        found = [f for f in findings(w, health, code=1 if health == "fail" else 0) if f[0] == "directory"]
        assert len(found) == 1, f"{mode:o}: {found}"
        assert f"`{inbox}`: {why}" in found[0][1] and f"`chmod 1730 {inbox}`" in found[0][2], f"{mode:o}: {found}"
        assert ("find out who had access" in found[0][2]) == (why in (read, change)), f"{mode:o}"
        w.shell(re.search(r"`(chmod [^`]*)`", found[0][2])[1])
        assert f"{inbox.stat().st_mode & 0o7777:o}" == "1730"
        assert [f for health in ("fail", "warn") for f in findings(w, health, code=0) if f[0] == "directory"] == []
    # It only says whose group a file there is of.
    inbox.chmod(0o3730)
    assert [f for health in ("fail", "warn") for f in findings(w, health, code=0) if f[0] == "directory"] == []


def test_commands_in_hints_name_the_path_as_a_shell_reads_it(w):
    """Commands in hints name the site's path as a shell reads it, and nothing of it gets at the terminal."""
    w.site()
    w.path.chmod(0o711)
    for name in (b"a site", b"it's; $(false) *", b"esc\x1b[31m\\'", b"\xff"):
        above = os.path.join(os.fsencode(w.path), name)
        site = above + b"/site"
        os.mkdir(above, 0o700)
        shutil.copytree(os.fsencode(w.site_path), site)
        os.rmdir(site + b"/inbox")
        os.chmod(site + b"/held", 0o770)
        os.unlink(site + b"/public/vendor-root.crt")
        os.chmod(site + b"/public/kit.p7s", 0o600)
        ran = subprocess.run([w.program("airlock"), "--site", site, "doctor"], capture_output=True)
        assert ran.returncode == 1
        assert ran.stdout.decode().replace("\n", "").isprintable(), ran.stdout
        commands = re.findall(r"hint: .*?`((?:mkdir|chmod|cat) [^`]*)`", ran.stdout.decode())
        assert [command.split()[0] for command in commands] == ["mkdir", "chmod", "chmod", "cat", "chmod"], ran.stdout
        for command in commands:
            w.run("bash", "-c", command)
        ran = subprocess.run([w.program("airlock"), "--site", site, "doctor"], capture_output=True)
        assert ran.returncode == 0, ran.stdout
        assert b", 0 failed, 0 warned" in ran.stdout, ran.stdout


def test_a_difference_between_public_and_site_is_told(w):
    """What applications find in public/ is told where it is not what the site finds, and the advice helps."""
    w.site()
    public = w.site_path / "public"
    kept = json.loads((public / "site.json").read_text())

    def judged(state, code):
        assert w.airlock("licence", "verify", "--json", code=code).json["state"] == state
        return f"for applications the licence is {state}, but for this site it is valid"

    for member, value, state in (("newest_time", "2036-01-01T00:00:00Z", "clock_rollback"), ("licence_sequence", 9, "superseded"),
                                 ("key_sha256", "0" * 64, "wrong_site")):
        (public / "site.json").write_text(json.dumps({**kept, member: value}))
        fails(w, "public", judged(state, 6), "remove `public/site.json`: the next `airlock process`")
        (public / "site.json").unlink()
        w.process(w.report_of(f"1.{len(state)}.0"))
        assert findings(w, "fail", code=0) == []

    root = (public / "vendor-root.crt").read_text()
    other = Authority(w).crt.read_text()
    # The second is the dangerous one: applications find nothing wrong.
    for shown, state in ((other, "invalid"), (root + other, "valid")):
        (public / "vendor-root.crt").write_text(shown)
        fails(w, "public", f"trust the root `CN=Receiver authority ca`, but this site does not; for applications the licence is {state}",
              "find out who changed it")
        [hint] = [hint for _, _, hint in findings(w, "fail")]
        w.shell(re.search(r"`(cat [^`]*)`", hint)[1])
        assert findings(w, "fail", code=0) == []

    # A licence that is at its end for both is one failure.
    over = w.new_licence("enterprise-air-gapped", ["air_gap"], not_after="2021-01-01", extra=["--not-before", "2020-01-01"])
    shutil.copy(over, public / "licence.p7s")
    fails(w, "licence", "expired", "renew")


def test_a_certificate_near_its_end_warns_and_one_that_is_over_fails(w):
    """A certificate that is near its end warns, and one that is over fails; what a signer signed stays valid."""
    w.site()
    ran = findings(w, "warn", code=0, clock="+3600d")
    assert {"key", "recipient"} <= {subject for subject, _, _ in ran}, ran
    over = findings(w, "fail", clock="+3700d")
    assert sorted({subject for subject, _, _ in over}) == ["key", "recipient"], str(over)
    assert len([1 for _, what, hint in over if what.endswith("which is over") and hint]) == 3, str(over)
    over = findings(w, "fail", clock="+7400d")
    assert any(subject == "trust" and what.endswith("which is over") for subject, what, _ in over), over
    signers = [f for f in findings(w, "warn", clock="+3700d") if f[0] == "signer"]
    assert sorted(what.split(" depends")[0] for _, what, _ in signers) == ["the kit", "the licence"]
    assert all(what.endswith("which is over") and "stay valid" in hint for _, what, hint in signers), signers
    # Before its time.
    assert "clock" in {subject for subject, _, _ in findings(w, "fail", clock="-30d")}, "clock"


def test_the_certificates_of_the_delivery_section_are_looked_at(w):
    """The certificates of the delivery section are looked at, whatever keys they have."""
    w.site()
    authority = Authority(w)
    authority.issue("client", days=200)

    def delivery(**members):
        w.configure(delivery={"destinations": [{"type": "https-json", "url": "https://reports.vendor.example/v1", **members}]})

    def told(health, **options):
        return [(what, hint) for subject, what, hint in findings(w, health, **options) if subject == "delivery"]

    delivery()
    [(what, hint)] = told("fail")
    assert "trust/delivery`: contains no certificate" in what and "which CA it will use" in hint, what
    client = {"client_certificate": str(authority.folder / "client.crt"), "client_key": str(authority.folder / "client.key")}
    delivery(ca_file=str(authority.crt), **client)
    [(what, hint)] = told("warn", code=0)
    assert f"knows receivers: `{authority.crt}`" in what and re.search(r"(29|30) days left", what) and "which CA it will use" in hint, \
        what
    [(what, _)] = told("ok", code=0)
    assert "is shown to receivers" in what and re.search(r"(199|200) days left", what), what
    assert [what.endswith("which is over") for what, _ in told("fail", clock="+300d")] == [True, True]

    # Of several authorities the last that ends counts, in the folder too.
    w.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=next", "-days", "3000", "-keyout",
          w.path / "next.key", "-out", w.path / "next.crt")
    shutil.copy(authority.crt, w.site_path / "trust/delivery/this.crt")
    shutil.copy(w.path / "next.crt", w.site_path / "trust/delivery")
    delivery()
    [(what, _)] = told("ok", code=0)
    assert "trust/delivery`, 2 certificates, the first ends " in what, what
    delivery(ca_file="none.crt")
    assert "put it back" in told("fail")[0][1], "missing"
    w.file("site/none.crt", "x")
    assert "contains no certificate" in told("fail")[0][0], "no certificate"
