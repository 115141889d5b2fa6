"""Makes manual pages and docs/reference/commands.md from what the programs say of themselves.

  manual.py pages DOCS FOLDER PROGRAM NAME...    the pages of a program into a folder; NAMEs are the files that must come out
  manual.py configuration SCHEMA VERSION FILE    airlock.json(5)
  manual.py formats FOLDER VERSION FILE DEPFILE  airlock-formats(7); DEPFILE gets what it was made from, for ninja
  manual.py markdown PROGRAM...                  docs/reference/commands.md, on standard output
"""
import pathlib
import sys

sys.dont_write_bytecode = True
import commands  # noqa: E402
import description  # noqa: E402
import formats  # noqa: E402
import markdown  # noqa: E402


def write(file, page):
    pathlib.Path(file).write_text(page.text(), encoding="ascii")


def make_pages(docs, folder, program, *names):
    environment = description.table(docs / "reference/environment.md", "variable")
    files = description.table(docs / "reference/files.md", "file")
    pages = list(commands.Manual(description.described(program), environment, files).pages())
    made = [f"{page.name}.{page.section}" for page in pages]
    if sorted(made) != sorted(names):
        sys.exit(f"tools/manual/meson.build must name these pages of {program}, and no others: {' '.join(sorted(made))}")
    for page in pages:
        write(folder / f"{page.name}.{page.section}", page)


def main(action, *arguments):
    if action == "markdown":
        print(markdown.page([description.described(program) for program in arguments]), end="")
    elif action == "pages":
        docs, folder, *rest = arguments
        make_pages(pathlib.Path(docs), pathlib.Path(folder), *rest)
    elif action == "formats":
        folder, version, file, depfile = arguments
        sources = sorted(pathlib.Path(folder).glob("*.md"))
        write(file, formats.formats(sources, version))
        pathlib.Path(depfile).write_text(f"{file}: {' '.join(map(str, sources))}\n")
    elif action == "configuration":
        schema, version, file = arguments
        write(file, formats.configuration(pathlib.Path(schema), version))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
