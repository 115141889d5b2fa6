"""The manual pages of a program: one for itself, and one for each of its commands and groups."""
import re

import description
import roff

DOCS = "/usr/share/doc/airlock"  # where the documentation is installed
SITE = "Names without a leading `/` are in the site directory: `/var/lib/airlock`, unless `--site` or AIRLOCK_SITE names another one."
FOLDERS = {"airlock-vendor": "Names are those in the vendor's home: `~/.airlock-vendor`, unless `--home` names another folder."}


def sentence(text):
    """A help text as a sentence."""
    first = text[0] if text.startswith(("`", "systemd")) else text[0].upper()
    return first + text[1:] + ("" if text.endswith((".", "?")) else ".")


def term(option):
    names = ", ".join(f"\\fB{roff.escaped(name)}\\fR" for name in option.get("names", []))
    value = option["name"] if "name" in option else description.placeholder(option)
    value = f"\\fI{roff.escaped(value)}\\fR" if value else ""
    return " ".join(part for part in (names, value) if part) + (" .\\|.\\|." if option["repeatable"] else "")


def synopsis_word(text):
    """One word of a synopsis: options bold, what stands for a value italic."""
    parts = re.split(r"(--[a-z0-9-]+|[A-Z][A-Z0-9-]+|\bN\b)", text)
    return "".join(roff.escaped(part) if i % 2 == 0 else f"\\f{'B' if part.startswith('--') else 'I'}{roff.escaped(part)}\\fR"
                   for i, part in enumerate(parts))


def help_of(option):
    listed = description.words(option)
    return sentence(option["help"]) + (f" One of {', '.join(f'`{word}`' for word in listed)}." if listed else "")


class Manual:
    """All pages of a program. `environment` and `files` are rows of the reference pages: name, programs, meaning."""

    def __init__(self, program, environment, files):
        self._program = program
        self._name = program["name"]
        self._environment = [(row[0], row[-1]) for row in environment if f"`{self._name}`" in row[1]]
        self._files = [(row[0], row[-1]) for row in files if f"`{self._name}`" in row[1]]

    def pages(self):
        for name, command in description.commands_of(self._program):
            yield self._page(name, command)

    def _page(self, name, command):
        is_program = command is self._program
        summary = self._short() if is_program else command["description"]
        page = roff.Page("-".join(name), 1, self._program["version"], summary)
        page.heading("SYNOPSIS")
        has_commands = description.is_group(command)
        page.synopsis(" ".join(name), [synopsis_word(word) for word in description.synopsis(command)] + (
            ["\\fICOMMAND\\fR", ".\\|.\\|."] if has_commands else []))
        page.heading("DESCRIPTION")
        page.paragraph(sentence(command["description"]))
        for paragraph in command["about"].split("\n\n") if command["about"] else []:
            page.paragraph(paragraph)
        if has_commands:
            self._commands(page, name, command)
        self._options(page, command, is_program)
        if command["examples"]:
            page.heading("EXAMPLES")
            page.example("\n".join(line.removeprefix("  ") for line in command["examples"].splitlines()))
            page.heading("EXIT STATUS")
            for each in command["exits"]:
                page.term(f"\\fB{each['code']}\\fR", sentence(each["meaning"]))
        for heading, rows, what in (("FILES", self._files, "files"), ("ENVIRONMENT", self._environment, "environment variables")):
            page.heading(heading)
            if is_program and rows is self._files:
                page.paragraph(FOLDERS.get(self._name, SITE))
            if not is_program:
                page.paragraph(f"`{self._name}`(1) lists the {what} of all its commands.")
                continue
            for row_name, meaning in rows:
                page.term(roff.inline(row_name), sentence(meaning))
        page.see_also(self._related(name, command))
        page.paragraph(f"`{DOCS}/{command['guide'] or self._program['guide']}`")
        return page

    def _short(self):
        """The first words of the program's description, for the line of NAME."""
        text = re.split(r"[:.] ", self._program["description"].rstrip("."))[0].split(", and ")[0]
        return text[0].lower() + text[1:]

    def _commands(self, page, name, command):
        page.heading("COMMANDS")
        for inner in command["commands"]:
            full = "-".join([*name, inner["name"]])
            page.term(f"\\fB{roff.escaped(' '.join([*name[1:], inner['name']]))}\\fR",
                      sentence(inner["description"]) + f" See `{full}`(1).")

    def _options(self, page, command, is_program):
        page.heading("OPTIONS")
        for option in command["arguments"] + [o for o in command["options"] if not description.is_common(o)]:
            page.term(term(option), help_of(option))
        for option in command["options"]:
            if description.is_common(option):
                page.term(term(option), help_of(option))
        if is_program:
            return
        common = ", ".join(f"`{option['names'][0]}`" for option in self._program["options"] if not description.is_common(option))
        page.paragraph(f"The options of `{self._name}`(1) may be given too, before or after the command: {common}.")

    def _related(self, name, command):
        """The program, the group, the commands beside this one, and what both ends of a site share."""
        every = dict((tuple(n), c) for n, c in description.commands_of(self._program))
        out = []
        if len(name) > 1:
            out += [tuple(name[:end]) for end in range(1, len(name))]
            if len(name) > 2:
                out += [(*name[:-1], inner["name"]) for inner in every[tuple(name[:-1])]["commands"]]
        elif description.is_group(command):
            out += [(*name, inner["name"]) for inner in command["commands"]]
        pages = [("-".join(each), 1) for each in out if list(each) != name]
        pages += [(each, 1) for each in ("airlock", "airlock-send", "airlock-vendor") if len(name) == 1 and each != self._name]
        return pages + ([("airlock.json", 5)] if self._name != "airlock-vendor" else []) + [("airlock-formats", 7)]
