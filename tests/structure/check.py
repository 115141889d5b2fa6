#!/usr/bin/env python3
"""Holds the source tree to its structure: who may include whom, and who may use which library.

A module's meson.build states what it uses; DIRECTION says what it may use at most. whole_tree.py has the rules on sizes,
knots, names and citations. Run without arguments to check the tree, with --self-test to prove on made-up trees that each rule
can fail.
"""
import pathlib
import re
import sys

import whole_tree

# What each module may use, beyond itself and the standard library; the table in docs/architecture.md says the same.
DIRECTION = {
    "core": "",
    "sys": "core",
    "crypto": "core",
    "keeper": "core sys crypto",
    "db": "core",
    "net": "core",
    "report": "core crypto",
    "dictionary": "core report",
    "redaction": "core report dictionary crypto",
    "policy": "core report dictionary redaction",
    "prover": "core report dictionary redaction policy",
    "licence": "core crypto",
    "envelope": "core crypto",
    "public": "core sys crypto licence envelope",
    "site": "core sys crypto keeper dictionary redaction policy licence envelope public",
    "ledger": "core sys crypto db",
    "gate": "core sys crypto keeper db report dictionary redaction policy licence envelope public site ledger",
    "office": "core sys crypto keeper db report dictionary redaction policy licence envelope public site ledger gate",
    "health": "core sys crypto keeper db report dictionary redaction policy licence envelope public site ledger gate",
    "review": "core sys crypto keeper db report dictionary redaction policy prover licence envelope public site ledger gate",
    "delivery": "core sys net crypto keeper report public site ledger gate",
    "intake": "core sys crypto keeper db report dictionary licence policy prover public site envelope ledger",
    "capi": "core sys crypto licence public",
}
# Tools sit on top: the gate and everything below it, and their own module. So may the C ABI; it needs less.
TOOLS = {
    "airlock": "office health review gate prover " + DIRECTION["gate"],
    "airlock-send": "delivery health " + DIRECTION["delivery"],
    "airlock-vendor": "intake redaction " + DIRECTION["intake"],
}
# Third-party headers and the modules whose .cpp files may include them; "*" is any.
OWNERS = {
    r"openssl/.*": {"crypto"},
    r"sqlite3\.h": {"db"},
    r"libpq-fe\.h": {"db"},
    r"curl/.*": {"net"},
    r"seccomp\.h": {"sys"},
    r"libpsl\.h": {"redaction"},
    r"nlohmann/json\.hpp": {"*"},
    r"CLI/.*": {"tools"},
    r"tl/expected\.hpp": {"core"},
}
# The third-party headers that our own headers may include.
IN_HEADERS = {("core", "nlohmann/json_fwd.hpp"), ("core", "tl/expected.hpp")}
# What a library must not do: print, end the process, read the environment. sys/ is the door to the system.
FORBIDDEN_IN_LIB = [
    (r"#include <(iostream|cstdio|stdio\.h)>", "prints"),
    (r"\b(std::)?(exit|_exit|quick_exit)\s*\(", "ends the process"),
    (r"\b(secure_)?getenv\s*\(", "reads the environment"),
]
# Only a session (lib/gate/session.hpp) holds the site's lock and changes the ledger.
SESSION = "lib/gate/session.cpp"
FORBIDDEN_WITHOUT_SESSION = [
    (re.compile(r"Lock::acquire\([^;]*\blayout::lock\b"), "takes the site's lock"),
    (re.compile(r"\b(?!world)\w+(\(\))?(\.|->)change\([^)]"), "changes the ledger"),
]
# Where a site's files change, the call names the world that makes the step, so that a test can have it fail.
WITH_WORLD = {"gate", "office", "delivery", "site"}
WITHOUT_WORLD = re.compile(
    r"\bsys::((?:create|replace|link|remove|remove_if|ensure)_file|rename_(?:new|over|drop)|take_drop|write_over|"
    r"(?:sync|make|ensure)_directory|NewFile::create|Spool::create)\((?:(?!\bworld\b)[^;])*;")
# The process that this file forked ends there, and no other.
ENDS_ITS_OWN_PROCESS = "lib/sys/helper.cpp"
# Who used sudo, only the environment says.
ASKS_FOR_SUDO = "lib/sys/person.cpp"
EXEMPT = {("ends the process", ENDS_ITS_OWN_PROCESS), ("reads the environment", ASKS_FOR_SUDO)}
# What SQLite asks of the system, it asks there.
DOOR_OF_SQLITE = "lib/db/vfs.cpp"
SYSTEM_HEADERS = re.compile(r"(sys|arpa|netinet|linux)/.*|(fcntl|unistd|dirent|sched|poll|signal|termios|pwd|grp)\.h")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def declared(meson_build):
    """The modules that a module's meson.build names in its last `dependencies:` list."""
    lists = re.findall(r"dependencies:\s*\[([^\]]*)\]", meson_build.read_text())
    return {name.strip() for name in lists[-1].split(",") if name.strip()} if lists else set()


def sources(folder):
    return sorted(p for p in folder.rglob("*") if p.suffix in (".hpp", ".cpp", ".h", ".c"))


def check(root):
    faults = []
    libraries = sorted(p.name for p in (root / "lib").iterdir() if p.is_dir())
    for module in libraries:
        folder = root / "lib" / module
        if module not in DIRECTION:
            faults.append(f"lib/{module}: is not a module of the design")
            continue
        allowed = set(DIRECTION[module].split())
        uses = declared(folder / "meson.build") & set(DIRECTION)
        for other in sorted(uses - allowed):
            faults.append(f"lib/{module}/meson.build: may not use {other}")
        for path in sources(folder):
            faults += check_file(root, path, module, module, {module} | uses)
            text = path.read_text()
            for pattern, what in FORBIDDEN_IN_LIB:
                if (what, str(path.relative_to(root))) in EXEMPT:
                    continue
                if re.search(pattern, text):
                    faults.append(f"{path.relative_to(root)}: {what}, which a library must not")
            if module in WITH_WORLD:
                faults += [f"{path.relative_to(root)}: {found[1]} without a world" for found in WITHOUT_WORLD.finditer(text)]
    for path in sources(root / "lib") + sources(root / "tools"):
        for pattern, what in FORBIDDEN_WITHOUT_SESSION:
            if path.relative_to(root) != pathlib.Path(SESSION) and pattern.search(whole_tree.without_comments(path.read_text())):
                faults.append(f"{path.relative_to(root)}: {what}, which only {SESSION} may")
    for tool, allowed in TOOLS.items():
        for path in sources(root / "tools" / tool) if (root / "tools" / tool).is_dir() else []:
            faults += check_file(root, path, "tools", tool, set(allowed.split()))
    return faults + whole_tree.faults_of(root, DIRECTION)


def check_file(root, path, owner, module, modules):
    faults = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        place = f"{path.relative_to(root)}:{number}"
        bracket, header = found.groups()
        if bracket == '"':
            first = header.split("/")[0] if "/" in header else module
            if first in DIRECTION and first not in modules:
                faults.append(f"{place}: {module} does not state that it uses {first}")
            continue
        owners = next((o for p, o in OWNERS.items() if re.fullmatch(p, header)), None)
        in_header = path.suffix == ".hpp"
        if (owner, header) in IN_HEADERS and in_header:
            continue
        if SYSTEM_HEADERS.fullmatch(header) and owner not in ("sys", "tools"):
            # inet_pton reads and writes addresses and touches no system.
            if not (header == "arpa/inet.h" and owner in ("dictionary", "redaction")) and not place.startswith(DOOR_OF_SQLITE):
                faults.append(f"{place}: <{header}> belongs to sys")
        elif owners is not None and owner not in owners and "*" not in owners:
            faults.append(f"{place}: <{header}> belongs to {', '.join(sorted(owners))}")
        elif owners is not None and in_header and owner != "tools":
            faults.append(f"{place}: <{header}> must stay in .cpp files")
        elif owners is None and "/" in header and not SYSTEM_HEADERS.fullmatch(header):
            faults.append(f"{place}: <{header}> has no owner")
    return faults


def main():
    if "--self-test" in sys.argv:
        import self_test
        return 1 if self_test.run(check, DIRECTION) else 0
    root = pathlib.Path(__file__).resolve().parents[2]
    faults = check(root)
    for fault in faults:
        print(fault)
    count = sum(len(sources(root / d)) for d in ("lib", "tools"))
    print(f"checked {count} files")
    print("1 passed, 0 failed" if not faults else "0 passed, 1 failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
