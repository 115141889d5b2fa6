"""Rules that take the whole tree to check: the page's table, sizes of files, knots, names of types, citations.

Each function takes the root of a tree and returns its faults as lines of text; check.py runs them all.
"""
import collections
import pathlib
import re
import tokenize

MAXIMUM_LINES = 350  # of a source file
MAXIMUM_KNOT = 300  # lines of all files that include one another in a circle
PAGE = "docs/architecture.md"
# Applications alone include it, so its types have the names that suit them; no source of ours may.
FOR_APPLICATIONS = "lib/capi/airlock.hpp"
QUOTED_INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
SOURCE = (".cpp", ".hpp", ".c", ".h", ".py")


def files(root, tops, suffixes):
    return sorted(p for top in tops for p in (root / top).rglob("*") if p.suffix in suffixes and p.is_file())


def table_of(page):
    """What each module may use, by the table `module | may use | what it is for` of the page."""
    rows = re.findall(r"^\| `([a-z]+)` \| ([^|]*) \|[^|]*\|$", page, re.M)
    return {module: set(re.findall(r"[a-z]+", uses)) - {"nothing"} for module, uses in rows}


def table_faults(root, direction):
    """The page and check.py must say the same of each module in lib/."""
    page = root / PAGE
    shown = table_of(page.read_text()) if page.is_file() else {}
    faults = []
    for module in sorted(p.name for p in (root / "lib").iterdir() if p.is_dir() and p.name in direction):
        allowed = set(direction[module].split())
        if module not in shown:
            faults.append(f"{PAGE}: its table lacks {module}")
        elif shown[module] != allowed:
            wrong = ", ".join(sorted(shown[module] ^ allowed))
            faults.append(f"{PAGE}: its table and tests/structure/check.py differ for {module}: {wrong}")
    extra = [m for m in shown if not (root / "lib" / m).is_dir()]
    return faults + [f"{PAGE}: its table has {module}, which is not in lib/" for module in extra]


def size_faults(root):
    faults = []
    for path in files(root, ("lib", "tools", "tests"), SOURCE):
        lines = len(path.read_bytes().splitlines())
        if lines > MAXIMUM_LINES:
            faults.append(f"{path.relative_to(root)}: has {lines} lines, more than {MAXIMUM_LINES}")
    return faults


def inclusions(root):
    """Each file, a header and its source as one, with its lines and the files that it includes."""
    lines = collections.Counter()
    edges = collections.defaultdict(set)
    for path in files(root, ("lib", "tools"), (".cpp", ".hpp", ".c", ".h")):
        this = path.relative_to(root).with_suffix("")
        text = path.read_text()
        lines[this] += len(text.splitlines())
        for header in QUOTED_INCLUDE.findall(text):
            for found in (path.parent / header, root / "lib" / header, root / "tools/console" / header):
                if found.is_file():
                    edges[this].add(found.relative_to(root).with_suffix(""))
                    break
    return lines, edges


def reachable(edges, start):
    seen, left = set(), [start]
    while left:
        for following in edges.get(left.pop(), ()):
            if following not in seen:
                seen.add(following)
                left.append(following)
    return seen


def knot_faults(root):
    """Files that reach one another by inclusion can only be understood together, so they must be few."""
    lines, edges = inclusions(root)
    reach = {file: reachable(edges, file) for file in lines}
    faults, done = [], set()
    for file in sorted(lines):
        knot = {other for other in reach[file] if file in reach[other]} | {file}
        total = sum(lines[member] for member in knot)
        if len(knot) > 1 and total > MAXIMUM_KNOT and file not in done:
            faults.append(f"knot of {total} lines, more than {MAXIMUM_KNOT}: {', '.join(sorted(map(str, knot)))}")
        done |= knot
    return faults


def without_comments(text):
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"', lambda m: '""' if m[0][0] == '"' else "", text, flags=re.S)


def types_of(text):
    """The types that a header defines in a namespace, and not within another type or a function."""
    found, scopes = [], []
    start = 0
    text = re.sub(r"^\s*#.*$", "", without_comments(text), flags=re.M)
    for mark in re.finditer(r"[{};]", text):
        head = text[start:mark.start()].strip()
        start = mark.end()
        if mark[0] == "}":
            if scopes:
                scopes.pop()
            continue
        is_open = all(scopes)
        if mark[0] == "{":
            is_namespace = bool(re.match(r"(inline )?namespace\b|extern \"\"", head))
            scopes.append(is_namespace)
            defined = re.match(r"(?:template\s*<.*?>\s*)?(?:struct|class|enum(?:\s+class)?)\s+(?:\[\[.*?\]\]\s*)?(\w+)\b(?!\s*<)", head, re.S)
        else:
            defined = re.match(r"using\s+([A-Z]\w*)\s*=", head)
        if is_open and defined:
            found.append(defined[1])
    return found


def name_faults(root):
    """A name means one type, whichever module one reads."""
    where = collections.defaultdict(dict)
    for path in files(root, ("lib",), (".hpp",)):
        if path.relative_to(root) == pathlib.Path(FOR_APPLICATIONS):
            continue
        for name in types_of(path.read_text()):
            where[name][path.relative_to(root).parts[1]] = path.relative_to(root)
    return [f"type {name} is in more than one module: {', '.join(map(str, sorted(places.values())))}"
            for name, places in sorted(where.items()) if len(places) > 1]


def application_faults(root):
    """The header for applications has names that mean something else in our modules."""
    own = pathlib.Path(FOR_APPLICATIONS).name
    return [f"{path.relative_to(root)}: includes {own}, which is for applications only"
            for path in files(root, ("lib", "tools"), (".cpp", ".hpp"))
            if re.search(rf'^\s*#\s*include\s*[<"](?:.*/)?{re.escape(own)}[>"]', path.read_text(), re.M)]


# A page of the design, by its name alone, or a file by name or path. What users name (`report.json`) is not looked for.
CITATION = re.compile(r"(?<![\w./*<>-])(DESIGN\b(?:\.md)?|(?:\.{1,2}/)*[A-Za-z0-9_][A-Za-z0-9_./-]*\.(?:md|hpp|cpp|py))(?![\w/*])")


def comments(path):
    """The comments of a source with the numbers of their lines; of a page all lines but those of its code blocks."""
    text = path.read_text()
    if path.suffix in (".cpp", ".hpp", ".c", ".h"):
        pattern = r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"'
        for m in re.finditer(pattern, text, re.S):
            if m[0][0] == "/":
                yield text.count("\n", 0, m.start()) + 1, m[0]
    elif path.suffix == ".py":
        with path.open("rb") as source:
            before = tokenize.NEWLINE
            for token in tokenize.tokenize(source.readline):
                is_docstring = token.type == tokenize.STRING and before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.ENCODING)
                if token.type == tokenize.COMMENT or is_docstring:
                    yield token.start[0], token.string
                if token.type not in (tokenize.NL, tokenize.COMMENT):
                    before = token.type
    elif path.suffix == ".md":
        prose = re.sub(r"^ *```.*?^ *```", lambda m: "\n" * m[0].count("\n"), text, flags=re.M | re.S)
        prose = re.sub(r"\[([^\]\n]*)\]\(([^)\s]+)\)", r"(\2)", prose)  # of a link what it leads to
        yield from enumerate(prose.split("\n"), 1)
    else:
        for number, line in enumerate(text.splitlines(), 1):
            hash_sign = re.search(r"(?:^|\s)#(?!!).*", line)
            if hash_sign:
                yield number, hash_sign[0]


def commented_files(root):
    found = files(root, ("lib", "tools", "tests"), (".cpp", ".hpp", ".c", ".h", ".py", ".build", ".sh"))
    found += [p for p in files(root, ("tools", "tests"), ("",)) if p.read_bytes().startswith((b"#!/bin/bash", b"#!/bin/sh"))]
    return found + files(root, ("docs",), (".md",)) + [p for p in (root / "README.md", root / "meson.build") if p.is_file()]


def citation_faults(root):
    """What a comment or a page cites must be there, or nobody can look it up."""
    faults = []
    for path in commented_files(root):
        # Applications know the headers of capi by their names alone.
        near = (path.parent, root, root / "lib", (root / FOR_APPLICATIONS).parent, root / "tests", root / "tools", root / "docs")
        for number, text in comments(path):
            for cited in CITATION.findall(text):
                if not any((folder / cited).is_file() for folder in near):
                    faults.append(f"{path.relative_to(root)}:{number}: cites {cited}, which is not in the repository")
    return faults


def faults_of(root, direction):
    return table_faults(root, direction) + size_faults(root) + knot_faults(root) + name_faults(root) + application_faults(root) \
        + citation_faults(root)
