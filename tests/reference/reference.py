"""Decision and redaction a second time: slow, obvious, and written from docs/formats alone.

`decide(policy, facts)` follows docs/formats/policy.md, `Plan` docs/formats/redactions.md, `redact` those and
docs/formats/dictionary.md. Numbers keep their text; objects are lists of pairs, since order counts.
"""
import re

from shapes import cut, escaped, first_fit, key_fits, parts_of, pieces_of, steps, types_of, with_path, with_sentinels
from treatments import GONE, action_fits, treat

ORDER = ["send", "redact", "seal", "withhold"]
STRENGTH = {"keep": 0, "pseudonymise": 2, "mask": 3, "drop": 4}  # all others are partial: 1


class Refused(Exception):
    pass


# --- docs/formats/policy.md -------------------------------------------------------------------------------------------------------

def chain(policy, name):
    """A profile and all that it extends."""
    while name:
        yield policy["profiles"][name]
        name = policy["profiles"][name].get("extends")


def undeclared_of(policy, name):
    says = [p["undeclared"] for p in chain(policy, name) if "undeclared" in p]
    return "refuse" if "refuse" in says else "drop"


def redactions_of(policy, name):
    return [r for p in chain(policy, name) for r in p.get("redactions", [])]


def selected(selector, facts):
    given = {"tier": [facts.get("tier")], "licence": [facts["licence"]], "event": [facts["event"]],
             "entitlement": facts.get("entitlements", []), "kit": [facts.get("kit", "current")]}
    return all(any(v in given[member] for v in values) for member, values in selector.items())


def decide(policy, facts):
    state, name = facts["licence"], facts.get("tier")
    declared_missing = state == "missing" and name == "unlicensed"
    believed = state != "invalid" and (state != "missing" or declared_missing)
    tier = policy["tiers"].get(name) if believed else None
    profiles, asked, designed = set(), [], False
    if tier:
        asked.append(tier["disposition"])
        profiles |= set(tier.get("profiles", []))
        designed = tier["disposition"] == "withhold"
    else:
        asked.append(policy["otherwise"])
        profiles |= set(policy.get("profiles", {}))
    if state not in ("valid", "grace") and not declared_missing:
        asked.append("seal")
    rules = [r for r in policy.get("rules", []) if selected(r["when"], facts)]
    for rule in rules:
        asked.append(rule.get("at_least", "send"))
        profiles |= set(rule.get("profiles", []))
        designed |= rule.get("at_least") == "withhold" and not {"licence", "kit"} & set(rule["when"])
    for floor in facts.get("floors", []):
        asked.append(floor["at_least"])
        designed |= floor["at_least"] == "withhold"
    strictest = max(asked, key=ORDER.index)
    redacting = bool(facts.get("redact_also")) or any(
        redactions_of(policy, p) or undeclared_of(policy, p) == "drop" for p in profiles)
    if strictest == "send" and redacting:
        strictest = "redact"
    if tier:
        granted = [d for d in ORDER[ORDER.index(strictest):] if d in tier["may"] or d == "withhold"]
        strictest = granted[0]
    return {"disposition": strictest, "profiles": sorted(profiles), "rules": [r["id"] for r in rules],
            "by_exception": strictest == "withhold" and not designed}


# --- docs/formats/redactions.md -----------------------------------------------------------------------------------------------------

def action_fits_part(redaction, key, number):
    """Whether an action fits a part of a key, which may be the whole key."""
    shape = parts_of(key)[number]
    if redaction["do"] == "mask":
        return False
    if redaction["do"] == "pseudonymise":
        behind = pieces_of(key)[2 + 2 * number]
        is_last = number + 1 == len(parts_of(key))
        return "text" in types_of(shape) and (is_last or bool(re.search("[^a-z2-7-]", behind)))
    return redaction["do"] == "drop" if "pattern" in key else action_fits(redaction, shape)


def stands_for(selector, path):
    """Whether the steps of a selector stand for the steps of a declared path."""
    if not selector:
        return not path
    if selector[0] is ...:
        return any(stands_for(selector[1:], path[i:]) for i in range(len(path) + 1))
    if not path or selector[0] is not None and selector[0] != path[0]:
        return False
    return stands_for(selector[1:], path[1:])


def settings(redaction):
    return {k: v for k, v in redaction.items() if k not in ("class", "type", "path", "of")}


def coarser(a, b):
    """What two partial redactions make, or nothing where they do not compare."""
    if a["do"] != b["do"]:
        return None
    if a["do"] == "truncate_ip":
        return {"do": "truncate_ip", "v4": min(a["v4"], b["v4"]), "v6": min(a["v6"], b["v6"])}
    if a["do"] == "truncate_time":
        return a if a["to"] == b["to"] or b["to"] == "day" else b if a["to"] == "day" else None
    if a["do"] == "truncate_version":
        return a if a["to"] == "major" else b
    if a["do"] == "suppress_below":
        return a if a["k"] >= b["k"] else b
    if a["do"] == "round":
        if "significant" in a and "significant" in b:
            return a if a["significant"] <= b["significant"] else b
        if "to" in a and "to" in b:
            return a if a["to"] % b["to"] == 0 else b if b["to"] % a["to"] == 0 else None
        return None
    return a


def join(treatments):
    partial = [t for t in treatments if t["do"] not in STRENGTH]
    if any(coarser(a, b) is None for a in partial for b in partial):
        return {"do": "drop"}
    strongest = max((t for t in treatments if t["do"] in STRENGTH), key=lambda t: STRENGTH[t["do"]], default={"do": "keep"})
    if strongest["do"] != "keep" or not partial:
        return strongest
    out = partial[0]
    for one in partial:
        out = coarser(out, one)
    return out


def listed(types):
    return types if isinstance(types, list) else [types]


class Treatments:
    """Of one value or key: what is done to it depends on the type that it was taken for."""

    def __init__(self):
        self.all = []  # of each redaction the types for which it counts, or None, and what it does

    def add(self, types, treatment):
        self.all.append((types, treatment))

    def of(self, kind):
        return join([t for types, t in self.all if types is None or kind in types])


class Plan:
    def __init__(self, policy, dictionary, decision, redact_also):
        names = decision["profiles"]
        self.undeclared = "drop" if names and all(undeclared_of(policy, n) == "drop" for n in names) else "refuse"
        redactions = [r for n in names for r in redactions_of(policy, n)] + list(redact_also)
        self.redacts = bool(redactions) or self.undeclared == "drop"
        self.values, self.keys = {}, {}
        fields = [with_path(f) for f in dictionary["fields"]]
        with_key = {f["path"] for f in fields if "key" in f}
        for field in fields:
            value, path = Treatments(), steps(field["path"])
            key = [Treatments() for _ in parts_of(field.get("key", {}))]
            declared = list(enumerate(parts_of(field["key"]) if "key" in field else []))
            names_of = field["path"].split("/")
            for r in redactions:
                if "type" in r:
                    for kind in listed(r["type"]):
                        if field.get("class") == r["class"] and kind in types_of(field):
                            value.add([kind], settings(r) if action_fits(r, {"type": kind}) else {"do": "drop"})
                        for number, part in declared:
                            if part["class"] == r["class"] and kind in types_of(part):
                                fits = action_fits_part(r, field["key"], number) and action_fits(r, {"type": kind})
                                key[number].add([kind], settings(r) if fits else {"do": "drop"})
                    continue
                if "class" in r:
                    if field.get("class") == r["class"]:
                        value.add(None, settings(r) if action_fits(r, field) else {"do": "drop"})
                    for number, part in declared:
                        if part["class"] == r["class"]:
                            fits = action_fits_part(r, field["key"], number)
                            key[number].add(None, settings(r) if fits else {"do": "drop"})
                    continue
                selector = steps(r["path"])
                prefixes = [i for i in range(len(path) + 1) if stands_for(selector, path[:i])]
                if r.get("of") == "key":
                    containers = [i for i in prefixes if i < len(path) and "/".join(names_of[:i + 1]) not in with_key]
                    if "key" in field and (len(path) in prefixes or containers):
                        for one in key:
                            one.add(None, settings(r))
                elif prefixes and types_of(field):
                    value.add(None, settings(r))
            self.values[field["path"]], self.keys[field["path"]] = value, key


class Redaction:
    def __init__(self, dictionary, plan):
        self.plan, self.dictionary = plan, dictionary
        self.fields = {f["path"]: with_sentinels(f, dictionary) for f in map(with_path, dictionary["fields"])}
        self.prefixes = {path.rsplit("/", n)[0] for path in self.fields for n in range(1, path.count("/") + 1)}
        self.under = dictionary.get("twins", {}).get("under")
        self.separator = dictionary.get("twins", {}).get("separator")

    def misfit(self):
        if self.plan.undeclared == "refuse":
            raise Refused()

    def child(self, path, key):
        literal = path + "/" + escaped(key)
        return literal if literal in self.fields or literal in self.prefixes else None

    def keyed(self, path, name):
        """The pattern of a key that is not declared literally, or `*` for members; nothing if there is neither."""
        found = [(-sum(len(piece.encode()) for piece in pieces_of(f["key"])[::2]), at.rsplit("/", 1)[1].encode(), at)
                 for at, f in self.fields.items()
                 if at.rsplit("/", 1)[0] == path and "pattern" in f.get("key", {}) and cut(f["key"], name)]
        star = path + "/*"
        return min(found)[2] if found else star if "key" in self.fields.get(star, {}) else None

    def new_key(self, at, path, name):
        """The key afterwards, or GONE. A key with pseudonyms in it must be one of the same pattern."""
        key = self.fields[at]["key"]
        texts = []
        for part, text, treatments in zip(parts_of(key), cut(key, name), self.plan.keys[at]):
            kind = first_fit(part, text)
            text = treat(treatments.of(kind), text, kind, part["class"], at, True)
            if text is GONE:
                return GONE
            texts.append(text)
        if "pattern" not in key:
            return texts[0]
        literal = pieces_of(key)[::2]
        out = literal[0] + "".join(text + piece for text, piece in zip(texts, literal[1:]))
        return GONE if self.child(path, out) or self.keyed(path, out) != at else out

    def originals(self, name, path):
        """The declared paths and prefixes that some way of cutting the name leads to, the name itself uncut left out."""
        pieces = name.split(self.separator)
        if len(pieces) < 2 or len(pieces) > 33:
            return []
        found = set()

        def go(i, at):
            if i == len(pieces):
                found.add(at)
                return
            for j in range(i + 1, len(pieces) + 1):
                if i == 0 and j == len(pieces):
                    continue
                piece = self.separator.join(pieces[i:j])
                literal = self.child(at, piece)
                if literal:
                    go(j, literal)
                    continue
                star, keyed = at + "/*", self.keyed(at, piece)
                if keyed:
                    if key_fits(self.fields[keyed]["key"], cut(self.fields[keyed]["key"], piece)):
                        go(j, keyed)
                elif (star in self.fields or star in self.prefixes) and re.match(r"(0|[1-9][0-9]{0,6})\Z", piece):
                    go(j, star)
        go(0, path)
        return found

    def spoil(self, value):
        """All that stands in `value` is a misfit."""
        if isinstance(value, list) and value or isinstance(value, dict) and value["members"]:
            self.misfit()

    def value(self, path, value):
        field = self.fields.get(path)
        is_entered = path in self.prefixes and isinstance(value, (list, dict))
        if field and types_of(field) and not is_entered:
            kind = first_fit(field, value)
            if kind is None:
                self.misfit()
                return GONE
            self.spoil(value)
            out = treat(self.plan.values[path].of(kind), value, kind, field["class"], path, False)
            if out is GONE or not isinstance(value, (list, dict)):
                return out
            return [] if isinstance(value, list) else {"members": []}
        if isinstance(value, list):
            star = path + "/*"
            declared = (star in self.fields or star in self.prefixes) and "key" not in self.fields.get(star, {})
            if value and not declared:
                self.misfit()
            return [out for e in value if declared and (out := self.value(star, e)) is not GONE]
        if isinstance(value, dict):
            return self.members(path, value["members"])
        self.misfit()
        return GONE

    def members(self, path, members):
        out = []
        for key, value in members:
            literal = self.child(path, key)
            if literal:
                new = self.value(literal, value)
                if new is not GONE:
                    out.append((key, new))
                continue
            if path == self.under and (originals := self.originals(key, path)):
                out += self.twin(key, value, originals)
                continue
            at = self.keyed(path, key)
            if not at or not key_fits(self.fields[at]["key"], cut(self.fields[at]["key"], key)):
                self.misfit()
                continue
            new_key = self.new_key(at, path, key)
            new = self.value(at, value)
            if new_key is not GONE and new is not GONE:
                out.append((new_key, new))
        names = [k for k, _ in out]
        return {"members": [(k, v) for k, v in out if names.count(k) == 1]}

    def twin(self, key, value, originals):
        is_container = isinstance(value, (list, dict))
        fits = any(first_fit(self.fields[o], value) for o in originals if o in self.fields and types_of(self.fields[o]))
        if not fits and not (is_container and any(o in self.prefixes for o in originals)):
            self.misfit()
            return []
        self.spoil(value)
        return [] if self.plan.redacts else [(key, value)]


    def objects(self, report):
        """The elements or lines of a report of many objects."""
        out = []
        for one in report:
            if isinstance(one, dict):
                out.append(self.value("", one))
            else:
                self.misfit()
        return out


def redact(dictionary, plan, report):
    redaction = Redaction(dictionary, plan)
    return redaction.value("", report) if dictionary.get("document", "object") == "object" else redaction.objects(report)
