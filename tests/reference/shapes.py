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
NUMBERS = r"[0-9]{1,10}(([._][0-9]{1,10}){1,5}(\.?[A-Za-z][A-Za-z0-9]{0,19})?)?"
IDENTIFIER = r"([A-Za-z0-9~-]|(?<=[-+][0-9]):)+"
IDENTIFIERS = rf"{IDENTIFIER}(\.{IDENTIFIER})*"
VERSION = re.compile(rf"(?=.{{1,64}}\Z)v?{NUMBERS}(-{IDENTIFIERS})?(\+{IDENTIFIERS})?( \([A-Za-z]+ [0-9][A-Za-z0-9.+~:-]*\))?\Z")
MAC = re.compile(r"[0-9A-Fa-f]{2}(([:-])[0-9A-Fa-f]{2}(\2[0-9A-Fa-f]{2}){4})\Z|[0-9A-Fa-f]{4}(\.[0-9A-Fa-f]{4}){2}\Z")
AMOUNT = "[0-9]{1,18}"
ISO_DURATION = re.compile(rf"-?P(?!\Z)({AMOUNT}Y)?({AMOUNT}M)?({AMOUNT}W)?({AMOUNT}D)?(T(?!\Z)({AMOUNT}H)?({AMOUNT}M)?({AMOUNT}S)?)?\Z")
GO_DURATION = re.compile(rf"-?((?=[0-9])({AMOUNT}h)?({AMOUNT}m)?({AMOUNT}s)?|{AMOUNT}(ms|us|\u00b5s|ns))\Z")
LANGUAGE = "|".join(rf"[A-Za-z]{{2,3}}({s}[A-Za-z]{{4}})?({s}([A-Za-z]{{2}}|[0-9]{{3}}))?({s}([A-Za-z0-9]{{5,8}}|[0-9][A-Za-z0-9]{{3}}))*"
                    rf"({s}[0-9A-WYZa-wyz]({s}[A-Za-z0-9]{{2,8}})+)*" for s in "-_")
LOCALE = re.compile(rf"(?=.{{1,64}}\Z)(C|POSIX|{LANGUAGE})(\.[A-Za-z0-9-]{{1,20}})?(@[A-Za-z0-9-]{{1,20}})?\Z")
CHANGE = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[a-z0-9])|(?<=[0-9])(?=[A-Za-z])")
LAST_EPOCH = 253402300799
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


def is_date(text):
    try:
        return bool(re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", text)) and bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


def is_duration(text):
    whole = [re.sub(rf"(?<=[0-9])[{signs}][0-9]{{1,18}}(?=[A-Za-z\u00b5]+\Z)", "", text) for signs in (".,", ".")]
    return len(text.encode()) <= 64 and bool(ISO_DURATION.match(whole[0]) or GO_DURATION.match(whole[1]))


def is_id(text):
    if len(text) > 128 or UUID.match(text):
        return False
    if re.match(r"[0-9A-Fa-f]{16,}\Z", text) and re.search("[0-9]", text):
        return True
    changes = len(CHANGE.findall(text))
    if re.match(r"([0-9A-Z]{20,}|[0-9a-z]{20,})\Z", text):
        if re.match(r"[0-7].{25}\Z|[ybndrfg8ejkmcpqxot1uwisza345h769]{26}\Z", text) or changes >= 2:
            return True
    digits = re.match(r"([A-Za-z0-9_-]{20,}|[A-Za-z0-9+/]{20,})={0,2}\Z", text)
    if not digits:
        return False
    size = len(digits[1])
    return changes * 5 > size or size == 22 and digits[1][-1] in "AQgw" and changes >= 4


def fits_one(kind, value, values=()):
    if kind == "empty":
        return value in ("", []) and not isinstance(value, Num) or isinstance(value, dict) and not value["members"]
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in ("epoch", "epoch_ms"):
        last = LAST_EPOCH if kind == "epoch" else LAST_EPOCH * 1000 + 999
        return isinstance(value, Num) and bool(re.match(r"[0-9]+\Z", value)) and int(value) <= last
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
            "date": lambda: is_date(value), "duration": lambda: is_duration(value), "mac": lambda: bool(MAC.match(value)),
            "id": lambda: is_id(value), "locale": lambda: bool(LOCALE.match(value)),
            "opaque": lambda: 1 <= len(value.encode()) <= 65536, "enum": lambda: value in values}[kind]()


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
