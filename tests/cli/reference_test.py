"""The page of commands is what the programs say of themselves; the pages of variables and files name all there is."""
import re
import stat
import subprocess

import pytest
from harness import TOP

REFERENCE = TOP / "docs/reference"


def rows(page, first, table=0):
    """The rows of the tables of a page whose first column is headed `first`: for each its cells."""
    out = []
    for block in re.findall(rf"^\| {first} \|.*\n\|[-|]+\n((?:\|.*\n)+)", (REFERENCE / page).read_text(), re.M):
        out.append([[cell.strip() for cell in line.strip().strip("|").split("|")] for line in block.splitlines()])
    return out[table]


def test_the_page_of_commands_is_what_the_programs_say(w, accept):
    """`--accept` writes it anew."""
    programs = [w.program(name) for name in ("airlock", "airlock-send", "airlock-vendor")]
    made = subprocess.run(["/usr/bin/python3", TOP / "tools/manual/manual.py", "markdown", *programs], capture_output=True, text=True,
                          check=True).stdout
    accept(REFERENCE / "commands.md", made)
    assert (REFERENCE / "commands.md").read_text() == made, "--accept writes what the programs say now"


def test_every_variable_that_the_code_reads_is_in_the_page_of_variables():
    """And the page names no other. airlock-send reads by a function of its own, which takes a list of names."""
    found = set()
    for folder in ("lib", "tools"):
        for path in (TOP / folder).rglob("*.[ch]pp"):
            text = path.read_text()
            found |= set(re.findall(r'getenv\("(\w+)"\)', text))
            for names in re.findall(r"from_environment\(\{([^}]*)\}\)", text):
                found |= set(re.findall(r'"(\w+)"', names))
            assert len(re.findall(r"getenv\(", text)) == len(re.findall(r'getenv\((?:"\w+"|name)\)', text)), path
    named = {name for row in rows("environment.md", "variable") for name in re.findall(r"`(\w+)`", row[0])}
    assert found == named


def test_what_the_worker_and_the_key_agent_keep_of_the_environment_is_in_the_page():
    page = (REFERENCE / "environment.md").read_text()
    for path, pattern in (("tools/airlock/confined.cpp", r"keep_environment\(\{([^}]*)\}\)"),
                          ("lib/keeper/keeper.cpp", r"set_environment\([^{]*\{([^}]*)\}\)")):
        for name in re.findall(r'"(\w+)"', re.search(pattern, (TOP / path).read_text())[1]):
            assert f"`{name}`" in page, name


def test_every_name_of_the_layout_is_in_the_page_of_files():
    text = (TOP / "lib/site/site.hpp").read_text().split("}  // namespace layout")[0] + (TOP / "lib/public/layout.hpp").read_text()
    layout = re.findall(r'^inline constexpr std::string_view \w+ =\s+"([\w./-]+)"', text, re.M)
    assert len(layout) > 30
    page = (REFERENCE / "files.md").read_text()
    for name in layout:
        assert f"`{name}`" in page or f"`{name}/`" in page, name


def modes(folder):
    return {str(path.relative_to(folder)): f"{stat.S_IMODE(path.lstat().st_mode):04o}" for path in folder.rglob("*")}


def check_modes(found, listed, also):
    """Each file has the mode of its row. A file without a row must be `also` of a kind that a row names."""
    known = {name.rstrip("/"): mode[:4] for name, mode in listed}
    for name, mode in found.items():
        if name in known:
            assert mode == known[name], name
        elif not any(re.fullmatch(pattern, name) for pattern in also):
            pytest.fail(f"docs/reference/files.md does not name {name}")


def test_a_site_has_the_files_of_the_page_with_these_modes(w):
    w.site()
    w.airlock("process", w.report())
    w.airlock("key", "rotate", "ledger")
    w.airlock("kit", "install", w.new_kit())
    listed = [(row[0].strip("`"), row[2]) for row in rows("files.md", "file", 0)]
    check_modes(modes(w.site_path), listed, [r"ledger\.db-journal", r"keys/former/.*", r"keys/(site|archive)\.crt", r"trust/vendor/.*",
                                             r"outbox/.*\.(p7m|txt)", r"history/.*", r"trust", r"held/.*", r"watchers/.*"])


def test_the_vendors_home_has_the_files_of_the_page_with_these_modes(w):
    w.new_vendor()
    w.vendor("root", "successor")
    w.vendor("certificate", "renew", "kit")
    w.vendor("certificate", "revoke", next(w.home.glob("kit-signing.1.crt")))
    listed = [(row[0].strip("`"), row[2]) for row in rows("files.md", "file", 2)]
    check_modes(modes(w.home), listed, [r".*\.key", r"(kit|receipt)-signing\.crt", r"kit-signing\.1\.crt", r"root-links/.*",
                                        r"register\.db-journal"])
    assert all(mode == "0600" for name, mode in modes(w.home).items() if name.endswith(".key"))
