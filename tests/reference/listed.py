"""A list of words a second time: slow, obvious, and written from docs/formats/words.md and docs/formats/leak-scan.md alone."""
import base64
import re

from reference import GONE, Redaction
from shapes import Num, first_fit

SEARCHED = ("text", "uuid", "version", "url", "hostname", "ip", "email", "mac", "id", "locale")
MADE_OF_NUMBERS = ("uuid", "version", "ip")
LAYERS = 3
# Letters of the alphabets from Latin to Georgian, as far as the generated texts have any; the program lists them all.
LETTER = "a-z\u00e0-\u00f6\u00f8-\u017f"
PLAIN = re.compile(r"[\t\n\r\x20-\x7e\u0080-\ud7ff\ue000-\U0010ffff]+")


def lower(text):
    return re.sub("[A-Z]+", lambda found: found[0].lower(), text)


def undone(text):
    """Percent-encoding and JSON escapes, undone; bytes that are no UTF-8 stand as surrogates."""
    short = dict(zip('"\\/bfnrt', '"\\/\b\f\n\r\t'))

    def one(found):
        if found[1]:
            return bytes([int(found[1], 16)])
        return (chr(int(found[2], 16)) if found[2] else short[found[3]]).encode("utf-8", "surrogatepass")

    pattern = rb'%([0-9A-Fa-f]{2})|\\u([0-9A-Fa-f]{4})|\\(["\\/bfnrt])'
    out = re.sub(pattern, lambda found: one([part and part.decode() for part in (found[0], found[1], found[2], found[3])]),
                 text.encode("utf-8", "surrogateescape"))
    return out.decode("utf-8", "surrogateescape")


def decoded(text):
    """Every part that is text of what every run of base64 or hex digits stands for, at every alignment."""
    for run in re.findall(r"[A-Za-z0-9+/_-][A-Za-z0-9+/_\r\n-]*", text):
        digits = re.sub("[\r\n]", "", run).replace("-", "+").replace("_", "/")
        for begin in range(4 if len(digits) >= 8 else 0):
            rest = digits[begin:]
            rest = rest[:-1] if len(rest) % 4 == 1 else rest
            yield base64.b64decode(rest + "=" * (-len(rest) % 4))
    for run in re.findall(r"[0-9A-Fa-f][0-9A-Fa-f\r\n]*", text):
        digits = re.sub("[\r\n]", "", run)
        for begin in range(2 if len(digits) >= 12 else 0):
            rest = digits[begin:]
            yield bytes.fromhex(rest[:len(rest) // 2 * 2])


def forms(text, layers=LAYERS):
    yield lower(text)
    if not layers:
        return
    if (soft := undone(text)) != text:
        yield from forms(soft, layers - 1)
    for data in decoded(text):
        for part in PLAIN.findall(data.decode("utf-8", "surrogateescape")):
            if len(part.encode()) >= 6:
                yield from forms(part, layers - 1)


def pattern(word):
    """Where a word of the list stands in a text in lower case."""
    any_ending = word.endswith("*")
    word = lower(word.rstrip("*"))
    letters = re.fullmatch(f"[{LETTER}]+", word) and len(word) < 12
    joining = LETTER if letters else f"{LETTER}0-9" if len(word) < 6 else "0-9"
    begin = f"(?<![{joining}])" if re.match(f"[{joining}]", word) else ""
    end = f"(?![{joining}])" if re.search(f"[{joining}]$", word) and not any_ending else ""
    return re.compile(begin + re.escape(word) + end)


class WithoutWords(Redaction):
    """Redacts, and takes out what has a word. For plans that change no value."""

    def __init__(self, dictionary, plan, words):
        super().__init__(dictionary, plan)
        self.words = [(pattern(word), word.rstrip("*").isdigit()) for word in words]
        self.gone = 0

    def has_word(self, text, kind):
        for form in forms(text):
            if any(word.search(form) for word, is_number in self.words if not (is_number and kind in MADE_OF_NUMBERS)):
                return True
        return False

    def value(self, path, value):
        out = super().value(path, value)
        if not isinstance(out, str) or isinstance(out, Num):
            return out
        kind = first_fit(self.fields[path], value)
        if kind in SEARCHED and self.has_word(out, kind):
            self.gone += 1
            return GONE
        return out

    def members(self, path, members):
        out = super().members(path, members)
        star = self.fields.get(path + "/*", {})
        if "key" not in star:
            return out
        left = []
        for key, value in out["members"]:
            kind = None if self.child(path, key) else first_fit(star["key"], key)
            if kind in SEARCHED and self.has_word(key, kind):
                self.gone += 1
            else:
                left.append((key, value))
        return {"members": left}
