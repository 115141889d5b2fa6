"""Writes one manual page in the macros of man(7), which groff and mandoc both know."""
import re
import textwrap

SPECIAL = {"\\": "\\(rs", "-": "\\-", "`": "\\(ga", "'": "\\(aq", "^": "\\(ha", "~": "\\(ti", '"': "\\(dq"}


def escaped(text):
    """Text as it is, whatever characters are in it."""
    return "".join(SPECIAL.get(c, c if c.isascii() else f"\\[u{ord(c):04X}]") for c in text)


def inline(text):
    """A text with the little Markdown that help texts and tables have: `code` becomes bold, a link its words."""
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text.replace("\\|", "|"))
    text = re.sub(r"(\*\*?)(\w[^*]*)\1", r"\2", text)
    out = []
    for i, part in enumerate(re.split(r"`([^`]+)`", text)):
        part = escaped(part) if i % 2 else escaped(part)
        out.append(f"\\fB{part}\\fR" if i % 2 else part)
    return " ".join(whole(word) for word in "".join(out).split(" "))


def whole(word):
    """A word that is never hyphenated if it is a name: of an option, a file, a command."""
    return "\\%" + word if re.search(r"[a-z][._/][a-z]|\\-\\-|\\f", word) else word


def guarded(line):
    """A line of text that does not begin like a request."""
    return "\\&" + line if line.startswith(".") else line


def filled(text):
    """A text of Markdown as lines that are not too long for an editor."""
    return wrapped(inline(text))


def wrapped(text):
    return [guarded(line) for line in textwrap.wrap(text, 79, break_long_words=False, break_on_hyphens=False)]


class Page:
    def __init__(self, name, section, version, summary):
        self.name, self.section = name, section
        self._lines = [f'.TH "{escaped(name.upper())}" {section} "" "Airlock {version}" "Airlock"', ".nh", ".ad l"]
        self.heading("NAME")
        self._lines += wrapped(f"{escaped(name)} \\- {inline(summary)}")

    def heading(self, text):
        self._lines.append(f".SH {text}")

    def paragraph(self, text):
        self._begin()
        self._lines += filled(text)

    def _begin(self):
        """Begins a paragraph. A heading has done so itself."""
        if not self._lines[-1].startswith(".SH"):
            self._lines.append(".PP")

    def synopsis(self, command, words):
        """How a command is called; `words` are kept whole where lines end, and already in roff."""
        self._lines += [".HP", f"\\fB{escaped(command)}\\fR", *(guarded(word.replace(" ", "\\ ")) + "\\&" for word in words)]

    def term(self, term, text):
        """An entry of a list; `term` is already in roff."""
        self._lines += [".TP", guarded(term), *filled(text)]

    def example(self, text):
        self._begin()
        self._lines += [".EX", *(guarded(escaped(line)) for line in text.splitlines()), ".EE"]

    def see_also(self, pages):
        """Names with their sections: [("airlock", 1)]."""
        self.heading("SEE ALSO")
        self._lines.append(",\n".join(f"\\fB{escaped(name)}\\fR({section})" for name, section in pages))

    def text(self):
        return '.\\" Made by tools/manual from the program itself.\n' + "\n".join(self._lines) + "\n"
