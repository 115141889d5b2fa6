"""What `PROGRAM --describe` prints, and what every page makes of it."""
import json
import subprocess


def described(program):
    """The description of a program, as it prints it itself."""
    ran = subprocess.run([program, "--describe"], capture_output=True, check=True, env={})
    return json.loads(ran.stdout)


def commands_of(program):
    """Each command and group of a program with its full name, in the order of the help. The program itself comes first."""
    def walk(command, name):
        yield name, command
        for inner in command["commands"]:
            yield from walk(inner, [*name, inner["name"]])
    yield from walk(program, [program["name"]])


def is_group(command):
    return bool(command["commands"])


def placeholder(option):
    """The word for an option's value: `FILE`; empty if it is a flag."""
    return option["value"]["placeholder"] if option["value"] else ""


def words(option):
    """The fixed words of a value that its help does not name."""
    listed = option["value"]["words"] if option["value"] else []
    return [] if all(word in option["help"] for word in listed) else listed


def is_common(option):
    """Whether each command has it."""
    return "--help" in option["names"]


def synopsis(command):
    """The options and arguments of a command, each as text: `[--note TEXT]`."""
    out = []
    for option in command["options"]:
        if is_common(option):
            continue
        takes_many = option["repeatable"] and option["value"]["kind"] == "word"  # all words up to the next option
        text = f"{option['names'][0]} {placeholder(option)}".strip() + ("..." if takes_many else "")
        out.append((text if option["required"] else f"[{text}]") + ("..." if option["repeatable"] and not takes_many else ""))
    for argument in command["arguments"]:
        text = argument["name"] + ("..." if argument["repeatable"] else "")
        out.append(text if argument["required"] else f"[{text}]")
    return out


def table(path, first):
    """The rows of the table in a Markdown page whose first column is headed `first`, each as a list of cells."""
    rows, inside = [], False
    for line in path.read_text().splitlines():
        cells = [cell.strip() for cell in line.replace("\\|", "\0").strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells[0] == first:
            inside = True
        elif inside and not set(line) <= set("|- "):
            rows.append([cell.replace("\0", "\\|") for cell in cells])
    return rows
