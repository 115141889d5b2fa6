"""Decision and redaction a second time: slow, obvious, and written from docs/formats alone.

`decide(policy, facts)` follows docs/formats/policy.md, `Plan` docs/formats/redactions.md, `redact` those and
docs/formats/dictionary.md. Numbers keep their text; objects are lists of pairs, since order counts.
"""
import base64
import datetime
import hashlib
import hmac
import ipaddress
import re
from decimal import ROUND_HALF_UP, Decimal

ORDER = ["send", "redact", "seal", "withhold"]
STRENGTH = {"keep": 0, "pseudonymise": 2, "mask": 3, "drop": 4}  # all others are partial: 1
KEY = b"p" * 32


class Refused(Exception):
    pass


class Num(str):
    """A number, as it is written."""


# --- policy.md -------------------------------------------------------------------------------------------------------

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


# --- dictionary.md: paths, types ---------------------------------------------------------------------------------------

def steps(path):
    """Decoded steps; a wildcard is `None`, any number of steps is `...`."""
    out = []
    for step in path.split("/")[1:]:
        out.append(None if step == "*" else ... if step == "**" else
                   step.replace("~2", "*").replace("~1", "/").replace("~0", "~"))
    return out


LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HOST = re.compile(rf"(?=.{{1,253}}\Z){LABEL}(\.{LABEL})*\Z")
LAST_DIGITS = re.compile(r"(.*\.)?[0-9]+\Z")
VERSION = re.compile(r"(?=.{1,64}\Z)v?[0-9]{1,10}(\.[0-9]{1,10}){0,5}(-[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*)?"
                     r"(\+[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*)?\Z")
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)\Z")


def is_hostname(text):
    return bool(HOST.match(text)) and not LAST_DIGITS.match(text)


def is_ip(text):
    try:
        ipaddress.ip_address(text)
        return "%" not in text
    except ValueError:
        return False


def read_time(text):
    match = TIME.match(text)
    if not match:
        return None
    try:
        zone = match[8]
        moment = datetime.datetime(*(int(match[i]) for i in range(1, 7)))
        if zone not in "Zz":
            moment -= (1 if zone[0] == "+" else -1) * datetime.timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
        return moment
    except (ValueError, OverflowError):
        return None


def fits_one(kind, value, values=()):
    if kind == "empty":
        return value in ("", []) and not isinstance(value, Num) or isinstance(value, dict) and not value["members"]
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in ("count", "integer", "number"):
        if not isinstance(value, Num):
            return False
        if kind == "count":
            return bool(re.match(r"[0-9]+\Z", value)) and int(value) < 2 ** 63
        if kind == "integer":
            return bool(re.match(r"-?[0-9]+\Z", value)) and -2 ** 63 <= int(value) < 2 ** 63
        number = float(value)
        return abs(number) != float("inf") and (number != 0 or Decimal(value) == 0)
    if not isinstance(value, str) or isinstance(value, Num):
        return False
    return {"text": lambda: 1 <= len(value.encode()) <= 1024, "uuid": lambda: bool(UUID.match(value)),
            "version": lambda: bool(VERSION.match(value)), "time": lambda: read_time(value) is not None,
            "url": lambda: bool(re.match(r"[hH][tT][tT][pP][sS]?://([^/:?#@]+)(:[0-9]+)?([/?#][!-~]*)?\Z", value)),
            "hostname": lambda: is_hostname(value), "ip": lambda: is_ip(value),
            "email": lambda: bool(re.match(r"[A-Za-z0-9.+-]{1,64}@", value)) and is_hostname(value.split("@")[1]),
            "enum": lambda: value in values}[kind]()


def types_of(shape):
    types = shape.get("type", [])
    return types if isinstance(types, list) else [types]


def first_fit(shape, value):
    """The first type that fits. A container that is not empty is let in where `empty` is a type; what is in it is not."""
    is_container = isinstance(value, (list, dict))
    for kind in types_of(shape):
        if kind == "empty" and is_container or fits_one(kind, value, shape.get("values", ())):
            return kind
    if value is None and shape.get("nullable") or isinstance(value, Num) and value in map(str, shape.get("sentinels", ())):
        return "stand_in"
    return None


def with_sentinels(field, dictionary):
    """Those of the whole dictionary count for every `count` that they do not fit anyway."""
    if "count" not in types_of(field):
        return field
    more = [s for s in dictionary.get("sentinels", []) if first_fit({**field, "sentinels": []}, Num(str(s))) is None]
    return {**field, "sentinels": list(dict.fromkeys([*field.get("sentinels", []), *more]))}


# --- redactions.md -----------------------------------------------------------------------------------------------------

def action_fits(redaction, shape):
    needs = {"suppress_below": {"count", "integer", "number"}, "truncate_ip": {"ip"}, "truncate_time": {"time"},
             "truncate_version": {"version"}, "host_to_domain": {"hostname", "url"},
             "round": {"count", "integer", "number"} if "significant" in redaction else {"count", "integer"}}
    return redaction["do"] not in needs or bool(needs[redaction["do"]] & set(types_of(shape)))


def key_fits(redaction, shape):
    if redaction["do"] == "mask":
        return False
    return "text" in types_of(shape) if redaction["do"] == "pseudonymise" else action_fits(redaction, shape)


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
    return {k: v for k, v in redaction.items() if k not in ("class", "path", "of")}


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


class Plan:
    def __init__(self, policy, dictionary, decision, redact_also):
        names = decision["profiles"]
        self.undeclared = "drop" if names and all(undeclared_of(policy, n) == "drop" for n in names) else "refuse"
        redactions = [r for n in names for r in redactions_of(policy, n)] + list(redact_also)
        self.redacts = bool(redactions) or self.undeclared == "drop"
        self.values, self.keys = {}, {}
        with_key = {f["path"] for f in dictionary["fields"] if "key" in f}
        for field in dictionary["fields"]:
            value, key, path = [], [], steps(field["path"])
            names_of = field["path"].split("/")
            for r in redactions:
                if "class" in r:
                    if field.get("class") == r["class"]:
                        value.append(settings(r) if action_fits(r, field) else {"do": "drop"})
                    if "key" in field and field["key"]["class"] == r["class"]:
                        key.append(settings(r) if key_fits(r, field["key"]) else {"do": "drop"})
                    continue
                selector = steps(r["path"])
                prefixes = [i for i in range(len(path) + 1) if stands_for(selector, path[:i])]
                if r.get("of") == "key":
                    containers = [i for i in prefixes if i < len(path) and "/".join(names_of[:i + 1]) not in with_key]
                    if "key" in field and (len(path) in prefixes or containers):
                        key.append(settings(r))
                elif prefixes and types_of(field):
                    value.append(settings(r))
            self.values[field["path"]], self.keys[field["path"]] = join(value), join(key)


SUFFIXES = {"com", "uk", "co.uk", "de", "io", "github.io"}


def domain(text):
    text = text.lower()
    scheme, rest = re.match(r"(https?://)?(.*)\Z", text).groups()
    host = re.split(r"[/?#:]", rest)[0] if scheme else rest
    labels = host.split(".")
    if labels[-1] not in SUFFIXES:
        return None
    for i in range(len(labels)):
        if ".".join(labels[i:]) in SUFFIXES:
            return None if i == 0 else (scheme or "") + ".".join(labels[i - 1:])
    return None


def rounded(value, to):
    with_sign = (Decimal(value) / to).quantize(Decimal(1), ROUND_HALF_UP) * to
    return Num(int(with_sign)) if Decimal(value) % to else value


def to_digits(value, count):
    number = Decimal(value)
    if number == 0 or len(number.normalize().as_tuple().digits) <= count:
        return value
    sign = "-" if number < 0 else ""
    number = abs(number)
    number = number.quantize(Decimal((0, (1,), number.adjusted() - count + 1)), ROUND_HALF_UP).normalize()
    if not -7 <= number.adjusted() <= 20:
        digits = "".join(map(str, number.as_tuple().digits))
        return Num(f"{sign}{digits[0]}{'.' + digits[1:] if digits[1:] else ''}e{number.adjusted()}")
    return Num(sign + format(number, "f"))


def truncated_ip(text, v4, v6):
    address = ipaddress.ip_address(text)
    number, size = int(address), address.max_prefixlen
    bits = v4
    if size == 128:
        bits = v6
        carried = [(0xFFFF << 32, 96, 96), (0, 96, 96), (0x64FF9B << 96, 96, 96), (0x2002 << 112, 16, 16), (0x20010000 << 96, 32, 96)]
        for prefix, length, at in carried:
            if v4 < 32 and number >> (128 - length) == prefix >> (128 - length):
                bits = min(bits, at + v4)
    number = number >> (size - bits) << (size - bits)
    if size == 32:
        return str(ipaddress.IPv4Address(number))
    # The C library writes the last 32 bits of mapped and compatible addresses as IPv4.
    high, low = number >> 32, number & 0xFFFFFFFF
    if high == 0xFFFF or high == 0 and low > 0xFFFF:
        return ("::ffff:" if high else "::") + str(ipaddress.IPv4Address(low))
    return str(ipaddress.IPv6Address(number))


def partial(treatment, text):
    """What is left, or nothing."""
    do = treatment["do"]
    if do == "suppress_below":
        return text if Decimal(text) >= treatment["k"] else None
    if do == "round":
        return to_digits(text, treatment["significant"]) if "significant" in treatment else rounded(text, treatment["to"])
    if do == "truncate_ip":
        out = truncated_ip(text, treatment["v4"], treatment["v6"])
    elif do == "truncate_time":
        day = read_time(text)
        day -= datetime.timedelta(days={"day": 0, "week": day.weekday(), "month": day.day - 1}[treatment["to"]])
        out = day.strftime("%Y-%m-%dT00:00:00Z")
    elif do == "truncate_version":
        out = re.match(r"v?[0-9]+" + (r"(\.[0-9]+)?" if treatment["to"] == "minor" else ""), text)[0]
    else:
        out = domain(text)
    return text if out is not None and out.lower() == text.lower() else out


def word(value):
    """As the report has it: what a pseudonym is made of."""
    if value is None:
        return "null"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def pseudonym(cls, path, text):
    message = b"".join(len(p).to_bytes(8, "big") + p for p in (cls.encode(), path.encode(), text.encode()))
    return cls + "-" + base64.b32encode(hmac.new(KEY, message, hashlib.sha256).digest()[:16]).decode().lower().rstrip("=")


GONE = object()


def treat(treatment, value, kind, cls, path, is_key):
    """The value afterwards, or GONE."""
    do = treatment["do"]
    if do == "keep":
        return value
    if do == "drop" or isinstance(value, (list, dict)):
        return GONE
    if do == "mask":
        return "[masked]"
    if do == "pseudonymise":
        return pseudonym(cls, path, word(value))
    if kind == "stand_in":
        return value
    shape = {"type": kind}
    if not action_fits(treatment, shape):
        return GONE
    out = partial(treatment, value)
    if out is None or not is_key and not fits_one(kind, out):
        return GONE
    return out


class Redaction:
    def __init__(self, dictionary, plan):
        self.plan, self.dictionary = plan, dictionary
        self.fields = {f["path"]: with_sentinels(f, dictionary) for f in dictionary["fields"]}
        self.prefixes = {f["path"].rsplit("/", n)[0] for f in dictionary["fields"] for n in range(1, f["path"].count("/") + 1)}
        self.under = dictionary.get("twins", {}).get("under")
        self.separator = dictionary.get("twins", {}).get("separator")

    def misfit(self):
        if self.plan.undeclared == "refuse":
            raise Refused()

    def child(self, path, key):
        literal = path + "/" + key.replace("~", "~0").replace("/", "~1").replace("*", "~2")
        return literal if literal in self.fields or literal in self.prefixes else None

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
                star = at + "/*"
                if star in self.fields and "key" in self.fields[star]:
                    if first_fit(self.fields[star]["key"], piece):
                        go(j, star)
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
        if field and types_of(field):
            kind = first_fit(field, value)
            if kind is None:
                self.misfit()
                return GONE
            self.spoil(value)
            out = treat(self.plan.values[path], value, kind, field["class"], path, False)
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
            star = path + "/*"
            field = self.fields.get(star)
            if not field or "key" not in field or first_fit(field["key"], key) is None:
                self.misfit()
                continue
            kind = first_fit(field["key"], key)
            new_key = treat(self.plan.keys[star], key, kind, field["key"]["class"], star, True)
            new = self.value(star, value)
            if new_key is not GONE and new is not GONE:
                out.append((new_key, new))
        names = [k for k, _ in out]
        return {"members": [(k, v) for k, v in out if names.count(k) == 1]}

    def twin(self, key, value, originals):
        is_container = isinstance(value, (list, dict))
        fits = any(first_fit(self.fields[o], value) for o in originals if o in self.fields and types_of(self.fields[o]))
        if not fits and not (is_container and any(not types_of(self.fields.get(o, {})) for o in originals)):
            self.misfit()
            return []
        self.spoil(value)
        return [] if self.plan.redacts else [(key, value)]


def redact(dictionary, plan, report):
    return Redaction(dictionary, plan).value("", report)
