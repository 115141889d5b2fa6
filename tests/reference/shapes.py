"""What docs/formats/dictionary.md says of paths and types, a second time. Numbers keep their text; objects are lists of pairs."""
import datetime
import ipaddress
import re
from decimal import Decimal


class Num(str):
    """A number, as it is written."""


def steps(path):
    """Decoded steps; a wildcard is `None`, any number of steps is `...`, a key pattern a pair with its text."""
    out = []
    for step in path.split("/")[1:]:
        out.append(None if step == "*" else ... if step == "**" else ("pattern", step) if "*" in step else
                   step.replace("~2", "*").replace("~1", "/").replace("~0", "~"))
    return out


def escaped(key):
    return key.replace("~", "~0").replace("/", "~1").replace("*", "~2")


def pieces_of(key):
    """Literal text and names of parts in turn."""
    return re.split(r"[{}]", key["pattern"]) if "pattern" in key else ["", "", ""]


def parts_of(key):
    """What a key declares of each of its parts; a key without a pattern is one."""
    return [key[name] for name in pieces_of(key)[1::2]] if "pattern" in key else [key]


def with_path(field):
    """The declaration with its pattern in the path."""
    if "pattern" not in field.get("key", {}) or not field["path"].endswith("/*"):
        return field
    return {**field, "path": field["path"][:-1] + "*".join(map(escaped, pieces_of(field["key"])[::2]))}


def cut(key, text):
    """The parts of a key: each as short as can be, the last up to the last literal text. None if it does not match."""
    literal = [re.escape(piece) for piece in pieces_of(key)[::2]]
    match = re.match("(.+?)".join(literal[:-1]) + "(.+)" + literal[-1] + r"\Z", text, re.DOTALL) if "pattern" in key else True
    return match and ([text] if match is True else list(match.groups()))


def key_fits(key, parts):
    return all(first_fit(part, text) for part, text in zip(parts_of(key), parts))


LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HOST = re.compile(rf"(?=.{{1,253}}\Z){LABEL}(\.{LABEL})*\Z")
LAST_DIGITS = re.compile(r"(.*\.)?[0-9]+\Z")
VERSION = re.compile(r"(?=.{1,64}\Z)v?[0-9]{1,10}(\.[0-9]{1,10}){0,5}(-[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*)?"
                     r"(\+[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*)?\Z")
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
EMAIL_LOCAL = re.compile(r"(?=.{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@")
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
            "email": lambda: bool(EMAIL_LOCAL.match(value)) and is_hostname(value.split("@")[1]),
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
