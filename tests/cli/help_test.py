"""Help, versions and usage errors of both programs."""
import re

from harness import REPORT, TOP

COMMANDS = {
    "airlock": [["init"], ["process"], ["preview"], ["explain"], ["review"], ["discard"], ["status"], ["doctor"], ["authorise"], ["approve"], ["hold"], ["release"], ["licence", "verify"], ["licence", "show"],
                ["licence", "install"], ["licence", "usage"], ["kit", "verify"], ["kit", "show"], ["kit", "install"], ["bundle", "show"],
                ["bundle", "verify"], ["bundle", "open"], ["evidence", "export"], ["evidence", "verify"], ["ledger", "list"], ["ledger", "show"], ["ledger", "verify"],
                ["ledger", "prove"], ["ledger", "checkpoint"], ["ledger", "export"], ["ledger", "backup"], ["ledger", "adopt"],
                ["policy", "check"], ["policy", "test"], ["policy", "diff"], ["policy", "show"],
                ["dictionary", "check"], ["dictionary", "draft"], ["dictionary", "show"], ["pseudonym", "lookup"],
                ["outbox", "list"], ["outbox", "flush"], ["outbox", "hand-over"], ["receipt", "import"], ["key", "rotate"], ["key", "use"],
                ["key", "protect"], ["key", "destroy"]],
    "airlock-vendor": [["init"], ["kit", "build"], ["licence", "issue"], ["licence", "renew"],
                       ["licence", "revoke"], ["licence", "list"], ["certificate", "renew"], ["certificate", "revoke"],
                       ["root", "successor"], ["root", "promote"], ["key", "use"], ["key", "protect"], ["site", "add"], ["site", "list"], ["site", "show"], ["site", "retire"],
                       ["site", "close-fork"], ["site", "readmit"], ["open"], ["intake"], ["gaps"], ["drift"],
                       ["receipt"]],
}


def test_every_command_has_help_with_examples(w):
    for program, commands in COMMANDS.items():
        for command in commands:
            text = w.run(w.program(program), *command, "--help").text
            assert "Examples:" in text, f"{program} {command}: no examples"


def test_the_help_of_a_program_names_every_command(w):
    """The help of a program names every command, and no command is missing from this test."""
    for program, commands in COMMANDS.items():
        text = w.run(w.program(program), "--help").text
        listed = set(re.findall(r"^  ([a-z]+) {2,}", text.split("Subcommands:")[1], re.M))
        assert listed == {c[0] for c in commands}, program


def test_both_programs_tell_their_version(w):
    for program in COMMANDS:
        assert re.fullmatch(program + r" \d+\.\d+\.\d+\n", w.run(w.program(program), "--version").text), program


def test_a_wrong_command_line_is_one_error_and_one_hint(w):
    """A wrong command line is one error and one hint on standard error, and exit 2."""
    for program in COMMANDS:
        for arguments in ([], ["nonsense"], ["init", "--nonsense"], ["open"] if program == "airlock-vendor" else ["preview"]):
            ran = w.run(w.program(program), *arguments, code=2)
            assert ran.out == b""
            assert ran.err.startswith(f"{program}: error: ") and f"{program}: hint: " in ran.err, ran.err


def complains(w, program, *arguments, message, hint):
    ran = w.run(w.program(program), *arguments, code=2)
    lines = ran.err.splitlines()
    assert lines == [f"{program}: error: {message}", f"{program}: hint: {hint}"], " ".join(map(str, arguments))


def test_an_unknown_command_or_option_is_answered_with_the_nearest(w):
    """An unknown command or option is answered with the nearest, and with the help of the command that was named."""
    for program, arguments, message, hint in (
            ("airlock", ["statsu"], "unknown command `airlock statsu`", "did you mean `airlock status`? see `airlock --help`"),
            ("airlock", ["--json", "statsu"], "unknown command `airlock statsu`", "did you mean `airlock status`? see `airlock --help`"),
            ("airlock", ["licence", "verfy"], "unknown command `airlock licence verfy`",
             "did you mean `airlock licence verify`? see `airlock licence --help`"),
            ("airlock", ["hand-over"], "unknown command `airlock hand-over`",
             "did you mean `airlock outbox hand-over`? see `airlock --help`"),
            ("airlock", ["adopt", "--reason", "x"], "unknown command `airlock adopt`",
             "did you mean `airlock ledger adopt`? see `airlock --help`"),
            ("airlock", ["frobnicate"], "unknown command `airlock frobnicate`", "see `airlock --help`"),
            ("airlock", ["status", "frobnicate"], "unexpected argument `frobnicate`", "see `airlock status --help`"),
            ("airlock", ["status", "--jsn"], "unknown option `--jsn`", "did you mean `--json`? see `airlock status --help`"),
            ("airlock", ["process", "r.json", "--not=x"], "unknown option `--not`", "did you mean `--note`? see `airlock process --help`"),
            ("airlock", ["--no-deliver", "process", "r.json"], "option `--no-deliver` was given before its command",
             "did you mean `airlock process --no-deliver`? see `airlock process --help`"),
            ("airlock", ["init", "--nme", "x"], "unknown option `--nme`", "did you mean `--name`? see `airlock init --help`"),
            ("airlock", ["doctor", "--frobnicate"], "unknown option `--frobnicate`", "see `airlock doctor --help`"),
            ("airlock-vendor", ["licence", "isue"], "unknown command `airlock-vendor licence isue`",
             "did you mean `airlock-vendor licence issue`? see `airlock-vendor licence --help`"),
            ("airlock-send", ["--onec"], "unknown option `--onec`", "did you mean `--once`? see `airlock-send --help`")):
        if "--json" not in arguments:
            complains(w, program, *arguments, message=message, hint=hint)
        else:
            assert w.run(w.program(program), *arguments, code=2).json["error"] \
                == {"code": "usage", "message": message, "hint": hint}


def test_what_is_missing_is_named_in_its_own_spelling(w):
    complains(w, "airlock", "preview", message="`REPORT` is missing", hint="see `airlock preview --help`")
    complains(w, "airlock", "init", message="`--vendor-root` is missing", hint="see `airlock init --help`")
    complains(w, "airlock-vendor", "receipt", message="`--site` and `--out` are missing", hint="see `airlock-vendor receipt --help`")
    complains(w, "airlock", "process", "--note", message="`--note` needs a value", hint="see `airlock process --help`")
    complains(w, "airlock", "process", "r", "--note", "a", "--note", "b", message="`--note` may be given only once",
              hint="see `airlock process --help`")
    complains(w, "airlock", "licence", message="`airlock licence` needs a command: `verify`, `show`, `install` or `usage`",
              hint="see `airlock licence --help`")
    complains(w, "airlock", message="`airlock` needs a command", hint="see `airlock --help`")
    complains(w, "airlock", "status", "--passphrase-fd", "x", message="`x` is not a value for `--passphrase-fd`",
              hint="see `airlock status --help`")


def test_license_is_understood_wherever_licence_is_and_listed_nowhere(w):
    w.site()
    assert w.airlock("license", "show").text == w.airlock("licence", "show").text
    assert w.airlock("--quiet", "license", "verify").code == 0
    licence = w.site_path / "public" / "licence.p7s"
    w.airlock("licence", "verify", "--license", licence, "--trust", w.root, "--product", "posthog", "--site-id", w.site_id)
    w.airlock("init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint(), "--license",
              w.new_licence("scale", any_site=True), "--kit", w.kit, site=w.path / "other")
    w.vendor("license", "list")
    for program, commands in COMMANDS.items():
        for command in [[]] + commands:
            text = w.run(w.program(program), *command, "--help").text
            assert not re.search(r"license(?!e)", text), f"{program} {command}: {text}"


def test_the_help_of_each_command_names_the_exit_codes_of_the_reference(w):
    """The help of each command names its exit codes, and they are those of the reference."""
    known = set(re.findall(r"^\| (\d) \|", (TOP / "docs" / "reference" / "exit-codes.md").read_text(), re.M))
    for program, commands in {**COMMANDS, "airlock-send": [[]]}.items():
        for command in commands:
            text = w.run(w.program(program), *command, "--help").text
            codes = re.findall(r"^  (\d)  \S", text.split("Exit codes:")[1], re.M)
            assert {"0", "1", "2"} <= set(codes) <= known and codes == sorted(codes), f"{program} {command}: {codes}"
    process = w.run(w.program("airlock"), "process", "--help").text
    assert re.findall(r"^  (\d)  ", process, re.M) == list("01234578")
    assert "8  not recorded: keep the report and run again" in process, process


def test_with_json_each_failure_has_code_message_and_hint(w):
    """With --json each failure has `error` with `code`, `message` and `hint`, beside `message`, `hint` and `exit`."""
    w.site()
    broken = w.file("broken.json", "{")
    w.airlock("hold", "--reason", "incident")
    for arguments, code, name in ((["process", REPORT], 4, "refused"), (["process", broken], 3, "bad_input"),
                                  (["process", w.path / "none"], 8, "not_recorded"), (["explain", w.path / "none"], 3, "bad_input"),
                                  (["process", "--held"], 4, "refused"), (["preview", REPORT], 4, "refused"),
                                  (["kit", "verify", broken], None, None), (["ledger", "show", "99"], 2, "usage"), (["statsu"], 2, "usage"),
                                  (["licence", "verify", "--licence", broken, "--trust", w.root, "--product", "posthog"], 3, "bad_input"),
                                  (["dictionary", "check", w.report(lambda d: d["properties"].update({"new": 1}))], 4, "refused")):
        ran = w.airlock(*arguments, "--json", code=code)
        document = ran.json
        assert sorted(document["error"]) == ["code", "hint", "message"], arguments
        assert document["exit"] == ran.code, arguments
        assert document["error"]["message"] and name in (None, document["error"]["code"]), f"{arguments}: {document['error']}"
        if "message" in document:
            assert (document["message"], document.get("hint")) == (document["error"]["message"], document["error"]["hint"]), \
                arguments
    assert "error" not in w.airlock("status", "--json").json, "a success"
    (w.site_path / "keys" / "pseudonym.key").unlink()
    assert w.airlock("doctor", "--json", code=1).json["error"]["code"] == "unexpected"


def test_global_options_may_stand_before_or_after_the_command(w):
    w.site()
    first = w.run(w.program("airlock"), "--json", "--site", w.site_path, "status").json
    second = w.run(w.program("airlock"), "status", "--site", w.site_path, "--json").json
    third = w.run(w.program("airlock"), "status", "--json", env={"AIRLOCK_SITE": str(w.site_path)}).json
    assert first["site_id"] == second["site_id"]
    assert first["site_id"] == third["site_id"]
