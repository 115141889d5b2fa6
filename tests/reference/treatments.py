"""What docs/formats/redactions.md says becomes of one value, a second time."""
import base64
import datetime
import hashlib
import hmac
import ipaddress
import re
from decimal import ROUND_HALF_UP, Decimal

from shapes import Num, fits_one, read_time, types_of

KEY = b"p" * 32


def action_fits(redaction, shape):
    needs = {"suppress_below": {"count", "integer", "number"}, "truncate_ip": {"ip"}, "truncate_time": {"time", "date", "epoch", "epoch_ms"},
             "truncate_version": {"version"}, "host_to_domain": {"hostname", "url"},
             "round": {"count", "integer", "number"} if "significant" in redaction else {"count", "integer"}}
    if redaction["do"] in ("mask", "pseudonymise"):
        return types_of(shape) != ["opaque"]
    return redaction["do"] not in needs or bool(needs[redaction["do"]] & set(types_of(shape)))


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


def truncated_time(text, kind, to):
    if kind in ("epoch", "epoch_ms"):
        day = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(text) // (1 if kind == "epoch" else 1000))
    else:
        day = read_time(text + "T00:00:00Z" if kind == "date" else text)
    day -= datetime.timedelta(days={"day": 0, "week": day.weekday(), "month": day.day - 1}[to])
    if kind in ("epoch", "epoch_ms"):
        seconds = max(0, (day.replace(hour=0, minute=0, second=0) - datetime.datetime(1970, 1, 1)).days * 86400)
        return Num(seconds if kind == "epoch" else seconds * 1000)
    return day.strftime("%Y-%m-%d" if kind == "date" else "%Y-%m-%dT00:00:00Z")


def partial(treatment, text, kind):
    """What is left, or nothing."""
    do = treatment["do"]
    if do == "suppress_below":
        return text if Decimal(text) >= treatment["k"] else None
    if do == "round":
        return to_digits(text, treatment["significant"]) if "significant" in treatment else rounded(text, treatment["to"])
    if do == "truncate_ip":
        out = truncated_ip(text, treatment["v4"], treatment["v6"])
    elif do == "truncate_time":
        out = truncated_time(text, kind, treatment["to"])
    elif do == "truncate_version":
        out = re.match(r"v?[0-9]+" + (r"([._][0-9]+)?" if treatment["to"] == "minor" else ""), text)[0]
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
    if do == "drop" or isinstance(value, (list, dict)) or kind != "stand_in" and not action_fits(treatment, {"type": kind}):
        return GONE
    if do == "mask":
        return "[masked]"
    if do == "pseudonymise":
        return pseudonym(cls, path, word(value))
    if kind == "stand_in":
        return value
    out = partial(treatment, value, kind)
    if out is None or not is_key and not fits_one(kind, out):
        return GONE
    return out
