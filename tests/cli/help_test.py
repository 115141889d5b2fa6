"""Help, versions and usage errors of both programs."""
import re

from harness import case, check, equal, main

COMMANDS = {
    "airlock": [["init"], ["process"], ["preview"], ["explain"], ["discard"], ["status"], ["doctor"], ["authorise"], ["hold"], ["release"], ["licence", "verify"], ["licence", "show"],
                ["licence", "install"], ["licence", "usage"], ["kit", "verify"], ["kit", "show"], ["kit", "install"], ["bundle", "show"],
                ["bundle", "verify"], ["bundle", "open"], ["ledger", "list"], ["ledger", "show"], ["ledger", "verify"],
                ["ledger", "prove"], ["ledger", "checkpoint"], ["ledger", "export"], ["ledger", "backup"], ["ledger", "adopt"],
                ["policy", "check"], ["policy", "test"], ["policy", "diff"], ["policy", "show"],
                ["dictionary", "check"], ["dictionary", "show"], ["pseudonym", "lookup"],
                ["outbox", "list"], ["outbox", "flush"], ["outbox", "hand-over"], ["receipt", "import"], ["key", "rotate"], ["key", "use"],
                ["key", "protect"], ["key", "destroy"]],
    "airlock-vendor": [["init"], ["kit", "build"], ["licence", "issue"], ["licence", "renew"],
                       ["licence", "revoke"], ["licence", "list"], ["certificate", "renew"], ["certificate", "revoke"],
                       ["root", "successor"], ["root", "promote"], ["key", "use"], ["key", "protect"], ["site", "add"], ["site", "list"], ["site", "show"], ["site", "retire"],
                       ["site", "close-fork"], ["site", "readmit"], ["open"], ["intake"], ["gaps"],
                       ["receipt"]],
}


@case("every command has help with examples")
def _(w):
    for program, commands in COMMANDS.items():
        for command in commands:
            text = w.run(w.program(program), *command, "--help").text
            check("Examples:" in text, f"{program} {command}: no examples")


@case("the help of a program names every command, and no command is missing from this test")
def _(w):
    for program, commands in COMMANDS.items():
        text = w.run(w.program(program), "--help").text
        listed = set(re.findall(r"^  ([a-z]+) {2,}", text.split("Subcommands:")[1], re.M))
        equal(listed, {c[0] for c in commands}, program)


@case("both programs tell their version")
def _(w):
    for program in COMMANDS:
        check(re.fullmatch(program + r" \d+\.\d+\.\d+\n", w.run(w.program(program), "--version").text), program)


@case("a wrong command line is one error and one hint on standard error, and exit 2")
def _(w):
    for program in COMMANDS:
        for arguments in ([], ["nonsense"], ["init", "--nonsense"], ["open"] if program == "airlock-vendor" else ["preview"]):
            ran = w.run(w.program(program), *arguments, code=2)
            equal(ran.out, b"")
            check(ran.err.startswith(f"{program}: error: ") and f"{program}: hint: " in ran.err, ran.err)


@case("global options may stand before or after the command")
def _(w):
    w.site()
    first = w.run(w.program("airlock"), "--json", "--site", w.site_path, "status").json
    second = w.run(w.program("airlock"), "status", "--site", w.site_path, "--json").json
    third = w.run(w.program("airlock"), "status", "--json", env={"AIRLOCK_SITE": str(w.site_path)}).json
    equal(first["site_id"], second["site_id"])
    equal(first["site_id"], third["site_id"])


main()
