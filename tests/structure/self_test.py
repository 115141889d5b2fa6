"""Made-up trees on which each rule of check.py and whole_tree.py must fail, and sound ones on which none may."""
import pathlib
import tempfile

from whole_tree import MAXIMUM_KNOT, MAXIMUM_LINES, PAGE

MODULES = ("core", "crypto", "report", "db", "capi")
LONG = "\n" * (MAXIMUM_KNOT // 2)  # two files of it are more than a knot may have

# Files of the tree beside the sound ones, and what must be found at fault; None: nothing.
CASES = [
    ({"lib/core/a.cpp": '#include "report/scanner.hpp"'}, "does not state that it uses report"),
    ({"lib/report/a.cpp": "#include <openssl/evp.h>"}, "belongs to crypto"),
    ({"lib/crypto/a.hpp": "#include <openssl/evp.h>"}, "must stay in .cpp files"),
    ({"lib/report/a.cpp": "#include <seccomp.h>"}, "belongs to sys"),
    ({"lib/report/a.cpp": "#include <sqlite3.h>"}, "belongs to db"),
    ({"lib/report/a.hpp": "#include <nlohmann/json.hpp>"}, "must stay in .cpp files"),
    ({"lib/report/a.cpp": "#include <boost/any.hpp>"}, "has no owner"),
    ({"lib/report/a.cpp": "#include <sys/socket.h>"}, "belongs to sys"),
    ({"lib/db/database.cpp": "#include <fcntl.h>"}, "belongs to sys"),
    ({"lib/db/vfs.cpp": "#include <fcntl.h>"}, None),
    ({"lib/report/a.cpp": "#include <iostream>"}, "prints"),
    ({"lib/report/a.cpp": "int f() { exit(1); }"}, "ends the process"),
    ({"lib/report/a.cpp": 'auto x = getenv("HOME");'}, "reads the environment"),
    ({"lib/report/meson.build": "r = declare_dependency(dependencies: [core, db])"}, "may not use db"),
    ({"lib/banana/a.cpp": ""}, "is not a module of the design"),
    ({"tools/airlock/a.cpp": "#include <openssl/evp.h>"}, "belongs to crypto"),
    ({"lib/report/a.cpp": '#include "core/result.hpp"'}, None),
    ({"lib/crypto/a.cpp": "#include <openssl/evp.h>"}, None),
    ({"tools/airlock/a.cpp": "#include <CLI/CLI.hpp>"}, None),

    # The site's lock and the ledger.
    ({"lib/core/a.cpp": "auto x = sys::Lock::acquire(site.path(\n  site::layout::lock), 0);"}, "takes the site's lock"),
    ({"tools/airlock/a.cpp": "auto x = ledger->change(lock);"}, "changes the ledger"),
    ({"lib/core/a.cpp": "auto x = Lock::acquire(path(layout::inbox_lock), 0); // layout::lock\nsession.change(); // .change(lock)\nworld_->change(path);"}, None),
    ({"lib/gate/meson.build": "", "lib/gate/a.cpp": "f(world);\nreturn sys::sync_directory(\n  path);"}, "sync_directory without a world"),
    ({"lib/core/a.cpp": "return sys::sync_directory(path);"}, None),

    # The page's table.
    ({PAGE: "| `core` | nothing | |\n| `crypto` | core | |\n| `report` | core, crypto | |"}, "its table lacks db"),
    ({PAGE: "| `core` | nothing | |\n| `crypto` | core | |\n| `report` | core | |\n| `db` | core | |"}, "differ for report: crypto"),
    ({PAGE: "| `core` | db | |\n| `crypto` | core | |\n| `report` | core, crypto | |\n| `db` | core | |"}, "differ for core: db"),
    ({"lib/net/meson.build": ""}, "its table lacks net"),
    ({PAGE: "| `core` | nothing | |\n| `crypto` | core | |\n| `report` | core, crypto | |\n| `db` | core | |\n| `sys` | core | |"},
     "has sys, which is not in lib/"),

    # Sizes.
    ({"lib/core/a.cpp": "\n" * (MAXIMUM_LINES - 1)}, None),
    ({"lib/core/a.cpp": "\n" * MAXIMUM_LINES + "int x;"}, f"has {MAXIMUM_LINES + 1} lines"),
    ({"tests/cli/a_test.py": "\n" * MAXIMUM_LINES + "x = 1"}, f"has {MAXIMUM_LINES + 1} lines"),
    ({"tools/airlock/a.cpp": "\n" * MAXIMUM_LINES + "int x;"}, f"has {MAXIMUM_LINES + 1} lines"),

    # Knots: through a header, a source, a name within the module, and of tools.
    ({"lib/core/a.hpp": '#include "core/b.hpp"' + LONG, "lib/core/b.hpp": '#include "core/a.hpp"' + LONG}, "knot of"),
    ({"lib/core/a.hpp": '#include "core/b.hpp"' + LONG, "lib/core/b.hpp": LONG, "lib/core/b.cpp": '#include "core/a.hpp"'}, "knot of"),
    ({"tools/airlock/a.hpp": '#include "b.hpp"' + LONG, "tools/airlock/b.cpp": '#include "a.hpp"' + LONG, "tools/airlock/b.hpp": ""}, "knot of"),
    ({"lib/core/a.hpp": '#include "core/b.hpp"', "lib/core/b.hpp": '#include "core/a.hpp"'}, None),
    ({"lib/core/a.hpp": '#include "core/b.hpp"' + LONG, "lib/core/b.hpp": LONG}, None),

    # Names of types: in a namespace, whatever they are; not within a type or a function, and not where only named ahead.
    ({"lib/core/a.hpp": "namespace a {\nstruct Fate {\n};\n}", "lib/db/a.hpp": "namespace b {\nclass Fate final : X {\n};\n}"},
     "type Fate is in more than one module"),
    ({"lib/core/a.hpp": "namespace a {\nenum class Fate : int { no };\n}", "lib/db/a.hpp": "namespace b {\nusing Fate = int;\n}"},
     "type Fate is in more than one module"),
    ({"lib/core/a.hpp": "struct Fate { int x; };", "lib/db/a.hpp": "class Fate;\nclass Other {\n struct Fate { int x; };\n};"}, None),
    ({"lib/core/a.hpp": "struct Fate { int x; };", "lib/core/b.hpp": "namespace x { struct Fate { int x; }; }"}, None),
    ({"lib/core/a.hpp": "struct Fate { int x; };  // }", "lib/db/a.hpp": "// struct Fate {\n/* struct Fate { */"}, None),
    ({"lib/capi/airlock.hpp": "struct Fate { int x; };", "lib/db/a.hpp": "struct Fate { int x; };"}, None),
    ({"lib/capi/a.cpp": '#include "capi/airlock.hpp"'}, "is for applications only"),
    ({"tools/airlock/a.cpp": "#include <airlock.hpp>"}, "is for applications only"),

    # Citations: of each kind of file, and in comments and prose only.
    ({"lib/core/a.hpp": "/// As DESIGN 6.6 says."}, "cites DESIGN"),
    ({"lib/core/a.cpp": "/* See\n DESIGN.md */"}, "cites DESIGN.md"),
    ({"lib/core/a.hpp": "/// docs/formats/nothing.md"}, "cites docs/formats/nothing.md"),
    ({"lib/core/a.hpp": "/// As other.hpp does."}, "cites other.hpp"),
    ({"lib/core/meson.build": "# as in other.cpp\nx = declare_dependency(dependencies: [])"}, "cites other.cpp"),
    ({"tests/cli/a_test.py": "x = 1  # as other.py does"}, "cites other.py"),
    ({"tests/cli/a_test.py": 'def f():\n    """As other.py does."""'}, "cites other.py"),
    ({"tools/dev/a": "#!/bin/bash\n# as DESIGN says"}, "cites DESIGN"),
    ({"tools/dev/a.sh": "x=1 # as DESIGN says"}, "cites DESIGN"),
    ({"docs/a.md": "The file `lib/core/other.hpp` has it."}, "cites lib/core/other.hpp"),
    ({"docs/a.md": "[other.md](formats/other.md)"}, "cites formats/other.md"),
    ({"docs/a.md": "```\nlib/core/other.hpp\n```\n[b.md](formats/b.md#x)", "docs/formats/b.md": ""}, None),
    ({"lib/core/a.hpp": "/// As b.hpp, core/b.hpp, lib/core/b.hpp and docs/architecture.md say.", "lib/core/b.hpp": ""}, None),
    ({"lib/core/a.cpp": 'auto x = "other.hpp";  // a name'}, None),
    ({"tests/cli/a_test.py": 'x = "other.py"'}, None),
]


def sound_tree(root, direction):
    rows = []
    for module in MODULES:
        (root / "lib" / module).mkdir(parents=True)
        uses = direction[module].replace(" ", ", ")
        (root / "lib" / module / "meson.build").write_text(f"x = declare_dependency(dependencies: [{uses}])\n")
        rows.append(f"| `{module}` | {uses or 'nothing'} | |\n")
    (root / PAGE).parent.mkdir()
    (root / PAGE).write_text("".join(rows))


def run(check, direction):
    """Prints what is wrong and returns how many cases are."""
    wrong = 0
    for tree, expected in CASES:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            sound_tree(root, direction)
            for place, text in tree.items():
                path = root / place
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text + "\n")
            faults = check(root)
            if (expected is None and faults) or (expected is not None and not any(expected in f for f in faults)):
                wrong += 1
                print(f"self-test: {str(tree)[:200]}: expected {expected!r}, found {faults}")
    print(f"{len(CASES) - wrong} passed, {wrong} failed")
    return wrong
