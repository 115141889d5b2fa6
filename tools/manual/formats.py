"""The pages that are not about commands: airlock.json(5) from its JSON Schema, airlock-formats(7) from docs/formats."""
import json
import re

import roff


def resolved(schema, root):
    while "$ref" in schema:
        schema = {**root["$defs"][schema["$ref"].rsplit("/", 1)[1]], **{k: v for k, v in schema.items() if k != "$ref"}}
    return schema


def kind(schema, root):
    """What a value may be, in words."""
    schema = resolved(schema, root)
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    if "oneOf" in schema and all(each.get("type") != "object" for each in schema["oneOf"]):
        return " or ".join(kind(each, root) for each in schema["oneOf"])
    name = schema.get("type", "object")
    if name == "array":
        inner = resolved(schema["items"], root)
        return f"a list of at most {schema['maxItems']} {'objects' if inner.get('type', 'object') == 'object' else 'texts'}"
    bounds = [str(schema[each]) for each in ("minimum", "maximum") if each in schema]
    return {"string": "text", "integer": "a whole number", "boolean": "`true` or `false`", "object": "an object"}[name] + (
        f" from {' to '.join(bounds)}" if len(bounds) == 2 else "")


def members(schema, root, path=""):
    """Each member with its path, its schema and whether it is required: `delivery.destinations[].url`."""
    schema = resolved(schema, root)
    if schema.get("type") == "array":
        yield from members(schema["items"], root, path + "[]")
    elif schema.get("type") == "object":
        for name, inner in schema["properties"].items():
            here = f"{path}.{name}" if path else name
            yield here, inner, name in schema["required"]
            yield from members(inner, root, here)


def configuration(path, version):
    schema = json.loads(path.read_text())
    page = roff.Page("airlock.json", 5, version, "the configuration of a site of Airlock")
    page.heading("DESCRIPTION")
    page.paragraph("A site's configuration is the file `airlock.json` in the site directory: one JSON object, in UTF-8. "
                   "`airlock init` writes it. Nothing in it can loosen what kit and licence allow. An unknown member is an "
                   "error, so a typing mistake stops the site and is not ignored. The ledger records every change with the next report.")
    page.heading("MEMBERS")
    for name, inner, is_required in members(schema, schema):
        page.term(f"\\fB{roff.escaped(name)}\\fR", (
            f"{inner['description']} ({kind(inner, schema)}{'; required' if is_required else ''})"))
    page.heading("EXAMPLES")
    page.example(json.dumps(schema["examples"][0], indent=2))
    page.heading("FILES")
    page.term("\\fI/var/lib/airlock/airlock.json\\fR", "Where it is unless `--site` or AIRLOCK_SITE names another site directory.")
    page.term("\\fI/etc/airlock/machine.json\\fR", "What the machine's administrator demands of every site on it. It can only tighten.")
    page.see_also([("airlock", 1), ("airlock-doctor", 1), ("airlock-init", 1), ("airlock-send", 1), ("airlock-status", 1),
                   ("airlock-formats", 7)])
    return page


def plain(line):
    return re.sub(r"\s+", " ", line).strip()


def first_sentence(text):
    """The first sentence of a page's first paragraph."""
    paragraphs = [plain(p) for p in re.split(r"\n\s*\n", text)]
    first = next(p for p in paragraphs if p and not p.startswith(("#", "|", "```")))
    return re.split(r"(?<=[.]) (?=[A-Z`])", first)[0].rstrip(":")


def formats(paths, version):
    page = roff.Page("airlock-formats", 7, version, "the files that Airlock writes and reads")
    page.heading("DESCRIPTION")
    page.paragraph("Every document has a member `format`, a word with a version. Each page below is a file in the folder "
                   "`formats` of the documentation, by default `/usr/share/doc/airlock/formats`.")
    page.heading("FORMATS")
    for path in paths:
        text = path.read_text()
        words = sorted(set(re.findall(r"\bairlock-[a-z-]+/[0-9]+\b", text)))
        title = plain(text.splitlines()[0].lstrip("# "))
        page.term(f"\\fB{roff.escaped(path.name)}\\fR", f"{title}. {first_sentence(text)}" + (
            f" Formats on this page: {', '.join(f'`{word}`' for word in words)}." if words else ""))
    page.see_also([("airlock", 1), ("airlock-vendor", 1), ("airlock.json", 5), ("openssl-cms", "1ssl")])
    return page
