"""docs/reference/commands.md: every command of every program on one page."""
import description

HEAD = """# Commands

Every command of every program, as `--help` describes it. The manual pages have the same content: `man airlock-process`. This page is
made from the programs; [CONTRIBUTING.md](../CONTRIBUTING.md) says how. [exit-codes.md](exit-codes.md) explains the codes.

bash, zsh and fish complete commands, options and values with Tab: files, numbers of reports, ids and bundles of the site, and at the
vendor's sites, licences and tiers. Completion reads the site that the line names, or `AIRLOCK_SITE`. It changes nothing, and offers
nothing where it may not read.
"""


def cell(text):
    return text.replace("|", "\\|")


def option_rows(options):
    for option in options:
        names = option.get("names") or [option["name"]]
        value = f" {description.placeholder(option)}" if "names" in option and option["value"] else ""
        listed = description.words(option)
        notes = [note for note, holds in (("required", option["required"]), ("can be repeated", option["repeatable"])) if holds]
        text = option["help"] + (f"; one of {', '.join(f'`{word}`' for word in listed)}" if listed else "")
        note = f" ({', '.join(notes)})" if notes else ""
        yield f"| `{', '.join(names)}{value}` | {cell(text)}{note} |"


def section(name, command, is_program):
    title = " ".join(name)
    lines = [f"{'##' if is_program else '###'} {title}", "", command["description"][0].upper() + command["description"][1:] + (
        "" if command["description"].endswith(".") else "."), ""]
    if command["about"]:
        lines += [command["about"], ""]
    if command["guide"]:
        lines += [f"More: [{command['guide'].rsplit('/', 1)[-1]}](../{command['guide']}).", ""]
    if description.is_group(command) and not is_program:
        return lines
    if not description.is_group(command):
        lines += ["```", " ".join([title, *description.synopsis(command)]), "```", ""]
    own = [option for option in command["options"] if not description.is_common(option)]
    if command["arguments"] or own:
        lines += ["| | |", "|---|---|", *option_rows(command["arguments"] + own), ""]
    if command["examples"]:
        lines += ["```sh", *(line.removeprefix("  ") for line in command["examples"].splitlines()), "```", "",
                  "| exit code | |", "|---|---|", *(f"| {each['code']} | {cell(each['meaning'])} |" for each in command["exits"]), ""]
    return lines


def page(programs):
    lines = [HEAD]
    for program in programs:
        for name, command in description.commands_of(program):
            lines += section(name, command, command is program)
    return "\n".join(lines).rstrip() + "\n"
