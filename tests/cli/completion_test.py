"""Completion: what the programs answer to `--complete`, and what Tab makes of it in bash, zsh and fish."""
import os
import re
import sqlite3
import subprocess
import time

import pytest
import shells
from harness import TOP

PROGRAMS = ("airlock", "airlock-send", "airlock-vendor")
EVERY = "\x1b*"  # inserts all candidates


def complete(w, program, *words, env=None):
    """The candidates and what else the shell shall offer. There is never an error."""
    ran = w.run(w.program(program), "--complete", *words, env=env)
    assert ran.err == "", ran
    *lines, paths = ran.text.splitlines()
    return [line.split("\t")[0] for line in lines], paths


def of_site(w, *words):
    return complete(w, "airlock", "--site", w.site_path, *words)


def held(w, count):
    """A site on which so many reports wait."""
    w.site()
    w.airlock("hold", "--reason", "incident")
    for i in range(count):
        w.process(w.report_of(f"1.{i}.0"), code=4)


def state(folder):
    """Everything that writing would change, but for when files were read."""
    return {str(path): (path.lstat().st_ino, path.lstat().st_mtime_ns, path.lstat().st_ctime_ns, path.lstat().st_size)
            for path in [folder, *folder.rglob("*")]}


def test_commands_options_and_fixed_words_are_completed(w):
    for program, words, expected in (
            ("airlock", ["proc"], ["process"]),
            ("airlock", ["licence", ""], ["verify", "show", "install", "usage"]),
            ("airlock", ["license", "v"], ["verify"]),
            ("airlock", ["--json", "kit", ""], ["verify", "show", "install"]),
            ("airlock", ["--site", "licence", "out"], ["outbox"]),
            ("airlock", ["nonsense", ""], []),
            ("airlock", ["nonsense", "licence", ""], []),
            ("airlock", ["process", "--no"], ["--note", "--no-deliver", "--no-colour"]),
            ("airlock", ["process", "--note", "x", "--no"], ["--no-deliver", "--no-colour"]),
            ("airlock", ["process", "--note=x", "--no"], ["--no-deliver", "--no-colour"]),
            ("airlock", ["process", "--note", "--no"], []),
            ("airlock", ["process", "--", "--no"], []),
            ("airlock", ["evidence", "export", "--recipient", "a.crt", "--rec"], ["--recipient"]),
            ("airlock", ["authorise", "--also-new", "class=usage", "type=count", "--cl"], ["--clock"]),
            ("airlock", ["authorise", "--also-new", "class=usage", ""], []),
            ("airlock", ["key", "rotate", ""], ["site", "ledger", "archive", "pseudonym"]),
            ("airlock", ["key", "rotate", "site", "--y"], ["--yes"]),
            ("airlock", ["ledger", "export", "--format="], ["--format=json", "--format=csv"]),
            ("airlock", ["ledger", "export", "--format", "c"], ["csv"]),
            ("airlock", ["init", "--licen"], ["--licence"]),
            ("airlock", ["init", "--keeper"], []),
            ("airlock-send", ["--k"], []),
            ("airlock-send", ["--o"], ["--once"]),
            ("airlock-vendor", ["certificate", "renew", "r"], ["receipt", "recipient"])):
        assert complete(w, program, *words)[0] == expected, (program, words)


def test_files_and_folders_are_left_to_the_shell(w):
    for words, paths in ((["process", ""], ":files"), (["kit", "install", "k"], ":files"), (["--site", ""], ":folders"), (["--site=x"], ":folders"),
                         (["outbox", "hand-over", "--to", ""], ":folders"), (["process", "--note", ""], ":none"), ([""], ":none"), ([], ":none")):
        assert complete(w, "airlock", *words, env={"AIRLOCK_SITE": "/nonexistent"})[1] == paths, words


def test_every_kind_of_entry_that_is_offered_is_understood(w):
    w.site()
    words = of_site(w, "ledger", "list", "--latest", "")[0]
    assert len(words) > 15
    for word in words:
        w.airlock("ledger", "list", "--latest", word)


def test_numbers_ids_and_bundles_come_from_the_site(w):
    held(w, 2)
    w.airlock("release", "--reason", "over")
    w.process(w.report_of("1.9.0"))
    assert of_site(w, "process", "--held", "")[0] == ["2", "1"]
    assert of_site(w, "process", "--held", "2", "")[0] == ["1"]
    assert of_site(w, "preview", "")[0] == ["2", "1"]
    assert of_site(w, "ledger", "show", "")[0] == ["3", "2", "1"]
    assert of_site(w, "ledger", "show", "3")[0] == ["3"]
    assert of_site(w, "licence", "verify", "--site-id", "")[0] == [w.site_id]
    (w.site_path / "outbox" / "\x1b]0;owned\x07.p7m").touch()
    bundle = w.outbox()[0] if w.outbox()[0].name[0] != "\x1b" else w.outbox()[1]
    assert of_site(w, "bundle", "show", "") == ([str(bundle)], ":files")
    for env in ({"AIRLOCK_SITE": str(w.site_path)}, {"AIRLOCK_SITE": "/nonexistent", "HOME": str(w.path)}):
        typed = [] if "HOME" not in env else ["--site=~/site"]
        assert complete(w, "airlock", *typed, "discard", "", env=env)[0] == ["2", "1"]
    w.airlock("ledger", "list", site=w.site_path)
    listed = w.run(w.program("airlock"), "--complete", "--site", w.site_path, "discard", "").text
    assert re.fullmatch(r"(\d\theld \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n){2}:none\n", listed), listed


def test_sites_licences_and_tiers_come_from_the_vendors_home(w):
    w.site()
    home = ["--home", w.home]
    assert complete(w, "airlock-vendor", *home, "site", "show", "")[0] == [w.site_id]
    serials = complete(w, "airlock-vendor", *home, "licence", "revoke", "")[0]
    assert serials == ["LIC-" + serials[0].split("-")[1] + "-000001"]
    w.vendor("licence", "revoke", serials[0])
    assert complete(w, "airlock-vendor", *home, "licence", "renew", "")[0] == []
    tiers = complete(w, "airlock-vendor", *home, "licence", "issue", "--tier", "")[0]
    assert "enterprise-air-gapped" in tiers and complete(w, "airlock-vendor", *home, "licence", "issue", "--entitlement", "air")[0] == ["air_gap"]
    before = state(w.home)
    complete(w, "airlock-vendor", *home, "site", "show", "")
    assert state(w.home) == before


@pytest.mark.parametrize("what", ["missing", "broken", "pipe", "not ours", "damaged"])
def test_a_site_that_cannot_be_read_gives_no_candidates_and_no_error(w, what):
    held(w, 1)
    configuration, ledger = w.site_path / "airlock.json", w.site_path / "ledger.db"
    if what in ("missing", "pipe"):
        configuration.unlink()
    if what == "broken":
        configuration.write_text("{\x1b[31m")
    if what == "pipe":
        os.mkfifo(configuration)
    if what == "not ours":
        ledger.write_bytes(b"SQLite format 3\0" + bytes(4096))
    if what == "damaged":
        ledger.write_bytes(ledger.read_bytes()[:5000])
    before, start = state(w.site_path), time.monotonic()
    assert of_site(w, "process", "") == ([], ":files")
    assert time.monotonic() - start < 6
    assert state(w.site_path) == before


def test_a_locked_site_neither_holds_completion_up_nor_breaks_it(w):
    """The ledger is locked as if somebody were writing for a long time: the answer comes without numbers, within two seconds or so."""
    held(w, 1)
    lock = sqlite3.connect(w.site_path / "ledger.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    start = time.monotonic()
    assert of_site(w, "process", "") == ([], ":files")
    assert time.monotonic() - start < 6
    lock.rollback()
    assert of_site(w, "process", "") == (["1"], ":files")


def test_completing_writes_nothing(w):
    """By the state of each file, and by every system call that could write."""
    held(w, 1)
    before = state(w.site_path)
    log = w.path / "trace"
    for words in (["process", ""], ["ledger", "show", ""], ["bundle", "show", ""], ["licence", "verify", "--site-id", ""]):
        ran = w.run("strace", "-f", "-o", log, "-e", "trace=file,fchmod,fchown,ftruncate,pwrite64,fallocate", w.program("airlock"), "--complete",
                    "--site", w.site_path, *words, env={"ASAN_OPTIONS": "detect_leaks=0"})
        assert ran.err == ""
        for line in log.read_text().splitlines():
            if str(w.site_path) in line:
                assert not re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE|unlink|rename|mkdir|\blink|chmod|chown|truncate|utime", line), line
            assert not re.search(r"\b(pwrite64|ftruncate|fallocate)\(", line), line
    assert state(w.site_path) == before


def test_completing_tells_no_watcher(w):
    """Commands tell the watchers of a site what is new in its ledger. Completing is no command."""
    w.site()
    events = w.path / "events.jsonl"
    w.configure(monitoring={"events_file": str(events)})
    of_site(w, "process", "")
    w.run(w.program("airlock"), "--describe", env={"AIRLOCK_SITE": str(w.site_path)})
    assert not events.exists()
    w.airlock("status")
    assert events.exists()


# The shells themselves.


def environment(w):
    """Where the programs are found by their names, and nothing of the person who runs this test."""
    folder = w.path / "bin"
    folder.mkdir()
    for program in PROGRAMS:
        (folder / program).symlink_to(w.program(program))
    (w.path / "desk" / "my folder").mkdir(parents=True)
    (w.path / "desk" / "status report.json").write_text("{}")
    return {"PATH": f"{folder}:/usr/bin:/bin", "HOME": str(w.path), "TERM": "xterm", "LC_ALL": "C.UTF-8", "AIRLOCK_SITE": str(w.site_path)}


def lines(w):
    """What is typed, the key, and the line that it leaves, in bash and zsh alike. zsh sorts candidates that it describes alike."""
    return [("airlock proc", "\t", "airlock process "),
            ("airlock key rotate ", EVERY, "airlock key rotate site ledger archive pseudonym "),
            ("airlock ledger list --latest=sea", "\t", "airlock ledger list --latest=sealed "),
            ("airlock status --j", "\t", "airlock status --json "),
            ("airlock discard ", EVERY, "airlock discard 2 1 "),
            (f"airlock --site '{w.site_path}' licence verify --site-id ", "\t",
             f"airlock --site '{w.site_path}' licence verify --site-id {w.site_id} "),
            ("airlock --site=~/si", "\t", "airlock --site=~/site/"),
            ("airlock kit install ~/desk/sta", "\t", "airlock kit install ~/desk/status\\ report.json "),
            ("airlock preview sta", "\t", "airlock preview status\\ report.json "),
            ("airlock --site my", "\t", "airlock --site my\\ folder/"),
            ("airlock nonsense ", "\t", "airlock nonsense "),
            ("airlock note; airlock hol", "\t", "airlock note; airlock hold "),
            ("airlock process $(touch owned) --in", "\t", "airlock process $(touch owned) --inbox ")]


@pytest.mark.takes(3)
@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_tab_in(w, programs, shell):
    held(w, 2)
    env = environment(w)
    scripts = programs / "completion"
    start = shells.bash(env, w.path / "desk", scripts / "airlock") if shell == "bash" else shells.zsh(env, w.path / "desk", scripts)
    with start as session:
        for typed, key, line in lines(w):
            got = session.line(typed, key)
            assert got == line or (key == EVERY and sorted(got.split()) == sorted(line.split())), (typed, got)
    assert not (w.path / "desk" / "owned").exists(), "completing ran what was typed"


def test_tab_in_fish(w, programs):
    held(w, 2)
    env = environment(w)
    script = "; ".join(f"source {programs}/completion/{program}.fish" for program in PROGRAMS)
    for typed, expected in (
            ("airlock proc", ["process"]),
            ("airlock key rotate ", ["site", "ledger", "archive", "pseudonym"]),
            ("airlock ledger list --latest=sea", ["--latest=sealed"]),
            ("airlock discard ", ["2", "1"]),
            ("airlock --site=~/site discard ", ["2", "1"]),
            (f"airlock --site \"{w.site_path}\" licence verify --site-id ", [w.site_id]),
            ("airlock preview sta", ["status report.json"]),
            ("airlock --site=my", ["--site=my folder/"]),
            ("airlock --site my", ["my folder/"]),
            ("airlock-send --on", ["--once"]),
            ("airlock-vendor root ", ["successor", "promote"]),
            ("airlock nonsense ", []),
            ("airlock process (touch owned) --in", ["--inbox"])):
        ran = w.run("fish", "--no-config", "-c", f"{script}; complete -C '{typed}'", env=env, cwd=w.path / "desk")
        assert (sorted(line.split("\t")[0] for line in ran.text.splitlines()), ran.err) == (sorted(expected), ""), typed
    assert not (w.path / "desk" / "owned").exists(), "completing ran what was typed"


def test_bash_completion_loads_the_script_by_the_programs_name(w, programs):
    """As it is installed: bash-completion finds it when Tab is first pressed."""
    w.site()
    env = {**environment(w), "BASH_COMPLETION_USER_DIR": str(w.path / "share")}
    (w.path / "share").mkdir()
    (w.path / "share" / "completions").symlink_to(programs / "completion")
    with shells.bash(env, w.path, "/usr/share/bash-completion/bash_completion") as session:
        assert session.line("airlock proc") == "airlock process "
        assert session.line("airlock-vendor certificate renew li") == "airlock-vendor certificate renew licence "
        assert session.line("sudo airlock outbox fl") == "sudo airlock outbox flush "


def test_the_scripts_are_of_the_templates(programs):
    for template, name in (("bash", "{}"), ("zsh", "_{}"), ("fish", "{}.fish")):
        text = (TOP / f"tools/completion/program.{template}.in").read_text()
        for program in PROGRAMS:
            assert (programs / "completion" / name.format(program)).read_text() == text.replace("@program@", program)
    for script in ("airlock", "airlock-send", "airlock-vendor"):
        subprocess.run(["bash", "-n", programs / "completion" / script], check=True)
        subprocess.run(["zsh", "-n", programs / "completion" / f"_{script}"], check=True)
        subprocess.run(["fish", "-n", programs / "completion" / f"{script}.fish"], check=True)
