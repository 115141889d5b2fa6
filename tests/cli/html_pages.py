"""Reads Airlock's pages with Python's own HTML parser and Debian's tidy, and checks what is true of every page."""
import base64
import hashlib
import html.parser
import re
import subprocess

VOID = {"meta", "link", "br", "wbr", "input"}
# What may lead somewhere. Of these a page has only links to itself and the empty icon.
LEADS = {"href", "src", "srcset", "action", "formaction", "data", "poster", "xlink:href", "background", "cite", "ping"}


class Page(html.parser.HTMLParser):
    """The elements and texts of a page. `rows` has the texts of the cells of each row of a table, nested tables apart."""

    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.path = path
        self.source = path.read_text(encoding="utf-8")
        self.elements, self.open, self.texts, self.rows = [], [], [], []
        self._inline = {"style": [], "script": []}
        self._cells = []
        self.feed(self.source)
        self.close()
        assert self.open == [], f"{path}: not closed: {self.open}"

    def handle_starttag(self, tag, attributes):
        assert all(value is not None for _, value in attributes)
        self.elements.append((tag, dict(attributes)))
        if tag in VOID:
            return
        self.open.append(tag)
        if tag == "tr":
            self._cells.append([])
        elif tag in ("td", "th"):
            self._cells[-1].append("")

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"{self.path}: </{tag}> closes {self.open[-1:]}"
        self.open.pop()
        if tag == "tr":
            self.rows.append(self._cells.pop())

    def handle_data(self, data):
        if self.open and self.open[-1] in self._inline:
            self._inline[self.open[-1]].append(data)
            return
        self.texts.append(data)
        if self._cells and self._cells[-1]:
            self._cells[-1][-1] += data

    def handle_decl(self, declaration):
        assert declaration.lower() == "doctype html"

    def unknown_decl(self, data):
        raise AssertionError(data)

    handle_pi = unknown_decl
    handle_comment = unknown_decl

    @property
    def text(self):
        return "".join(self.texts)

    def by_id(self, name):
        """The text of the element with this id, up to its end tag."""
        found = re.search(rf'<(\w+)[^>]* id="{name}"[^>]*>(.*?)</\1>', self.source, re.S)
        return html.unescape(re.sub(r"<[^>]*>", "", found[2])) if found else None

    def named(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def read(path, beside=()):
    """A page that holds what every page must. `beside`: files that it may lead to."""
    tidied = subprocess.run(["tidy", "-q", "-e", "--show-info", "no", str(path)], capture_output=True, text=True, check=False)
    assert tidied.stderr == "", f"{path}:\n{tidied.stderr[:2000]}"
    page = Page(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_size < 5_000_000
    policy, = [a["content"] for a in page.named("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    expected = {"default-src": "'none'", "img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}
    for kind, inline in page._inline.items():
        if inline:
            digest = base64.b64encode(hashlib.sha256("".join(inline).encode()).digest()).decode()
            expected[f"{kind}-src"] = f"'sha256-{digest}'"
    assert rules == expected
    assert len(page.named("style")) == 1 and len(page.named("script")) <= 1
    names = [name for name, _ in page.elements]
    assert names.index("meta") < names.index("style"), "the policy comes first"
    assert not {"iframe", "object", "embed", "base", "form", "img", "video", "audio", "a:href"} & set(names)
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids)), "an id has one element"
    for tag, attributes in page.elements:
        assert not [n for n in attributes if n.startswith("on") or n == "style"], f"{tag}: {attributes}"
        for name in LEADS & set(attributes):
            target = attributes[name]
            assert target == "data:," or (target.startswith("#") and target[1:] in ids) or (tag, name) == ("a", "href") and target in beside, \
                f"{tag} leads to {target}"
    assert page.elements[0] == ("html", {"lang": "en-GB"})
    assert page.source.startswith("<!doctype html>")
    check_for_readers(page)
    return page


def check_for_readers(page):
    """What a screen reader goes by."""
    names = [name for name, _ in page.elements]
    assert names.count("main") == 1 and names.count("h1") == 1 and names.count("title") - len(page.named("svg")) == 1
    levels = [int(name[1]) for name in names if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1 and all(after - before <= 1 for before, after in zip(levels, levels[1:])), levels
    assert names.count("caption") == names.count("table")
    assert all("scope" in a for a in page.named("th"))
    assert all(a.get("role") == "img" and a.get("aria-label") for a in page.named("svg"))
    for attributes in page.named("input"):
        assert attributes["id"] in [a.get("for") for a in page.named("label")]
    for control in ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u200b", "\ufeff", "\0", "\x1b"]:
        assert control not in page.source
