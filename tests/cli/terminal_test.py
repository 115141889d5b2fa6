"""Hostile bytes and terminals, and text that nobody sees: what reaches a screen is what it looks like; what is recorded for
people can be read by them; files and pipes get the exact bytes."""
import errno
import fcntl
import json
import os
import struct
import subprocess
import termios
import unicodedata

# A control that a terminal obeys, C1, bidirectional, zero width, a tag, a soft hyphen, a filler, a variation selector.
HOSTILE = "\x1b]0;owned\x07\x9b31m\u202e\u200b\U000e0041\u00ad\u3164\ufe0f\x7f"
UNSEEN = ["\u00ad", "\u034f", "\u061c", "\u115f", "\u17b4", "\u180e", "\u200b", "\u200d", "\u202e", "\u2060", "\u2066", "\u2800",
          "\u3164", "\ufe0f", "\ufeff", "\uffa0", "\ufff0", "\U0001bca0", "\U0001d173", "\U000e0001", "\U000e0041", "\U000e0100",
          "\ue000", "\U000f0000", "\u00a0", "\u2003", "\u0085", "\x1b"]


def set_width(terminal, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


def screen(w, *command, code=0, columns=0, env=None):
    """What a program writes to a terminal of its own. With 0 `columns` the terminal does not know its width."""
    master, slave = os.openpty()
    set_width(slave, columns)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AIRLOCK_SITE")}
    process = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
                               env={**environment, "NO_COLOR": "1", **(env or {})}, cwd=w.path)
    os.close(slave)
    shown = b""
    while True:
        try:
            got = os.read(master, 65536)
        except OSError as error:
            assert error.errno == errno.EIO, str(error)
            break
        if not got:
            break
        shown += got
    os.close(master)
    assert process.wait(60) == code, f"exit code of {command[1:]}:\n{shown!r}"
    return shown.replace(b"\r\n", b"\n")


def check_clean(shown, what):
    text = shown.decode("utf-8")  # a byte that is none is an error
    for character in text:
        bad = character not in "\n\t …" and (unicodedata.category(character) in ("Cc", "Cf", "Co", "Cn", "Zl", "Zp", "Zs") or
                                            character in UNSEEN)
        assert not bad, f"{what}: U+{ord(character):04X} reaches the terminal:\n{text!r}"
    return text


def hostile_report(w):
    def change(document):
        document["properties"]["helm"]["cloud"] = HOSTILE  # a text that leaves under every profile
    return w.report(change)


def test_at_a_terminal_no_command_shows_a_byte_that_it_obeys(w):
    """At a terminal no command shows a byte that it obeys or a character that nobody sees; files and pipes get the exact bytes."""
    w.site(tier="enterprise-air-gapped", entitlements=["air_gap"])
    airlock = (w.program("airlock"), "--site", w.site_path)
    report = hostile_report(w)
    piped = w.airlock("preview", report).out
    assert "\u202e".encode() in piped and "\U000e0041".encode() in piped, f"the exact bytes are not in the pipe: {piped!r}"
    shown = check_clean(screen(w, *airlock, "preview", report), "preview")
    assert "\\u202e" in shown and "\\udb40\\udc41" in shown and "`> FILE`" in shown, shown
    document = shown[shown.index("{"):shown.rindex("}") + 1]
    assert json.loads(document) == json.loads(piped), "the document on the screen means what the exact one says"

    result = w.process(report)
    bundle = result["bundle"]
    exact = w.airlock("bundle", "open", bundle).out
    assert exact == piped, "bundle open into a pipe"
    assert "\\u202e" in check_clean(screen(w, *airlock, "bundle", "open", bundle), "bundle open"), "escaped"
    assert "\\u202e" in check_clean(screen(w, w.program("airlock-vendor"), "--home", w.home, "open", bundle), "vendor open"), \
        "escaped"
    configuration = json.loads((w.site_path / "airlock.json").read_text())
    configuration["name"] = "Bank \U000e0041\u00ad\u3164"  # as a release before could be given it
    (w.site_path / "airlock.json").write_text(json.dumps(configuration))
    for command in (("status",), ("status", "--json"), ("ledger", "show", "1"), ("ledger", "show", "1", "--json"),
                    ("ledger", "list"), ("ledger", "export", "--format", "csv"), ("ledger", "export", "--format", "json"),
                    ("explain", report), ("explain", "--json", report),
                    ("bundle", "show", bundle), ("bundle", "show", "--json", bundle), ("licence", "show"), ("kit", "show"),
                    ("policy", "show"), ("dictionary", "show"), ("outbox", "list"), ("pseudonym", "lookup", HOSTILE.replace("\x00", "")),
                    ("ledger", "prove", "1")):
        check_clean(screen(w, *airlock, *command, code=0), " ".join(map(str, command)))
    for command in (("process", f"no-{HOSTILE}"), ("preview", f"no-{HOSTILE}"), ("bundle", "open", f"no-{HOSTILE}"),
                    ("ledger", "show", HOSTILE), (HOSTILE,), ("process", report, "--note", HOSTILE)):
        with_name = w.run(*airlock, *command, code=None)
        check_clean(screen(w, *airlock, *command, code=with_name.code), f"an error of {command[0]!r}")


def test_text_with_a_character_that_nobody_sees_is_refused(w):
    """A note, a reason or a name with a character that nobody sees is refused where it is typed, and the character is named."""
    w.site(tier="enterprise-air-gapped", entitlements=["air_gap"])
    report = w.report()
    for n, character in enumerate(UNSEEN):
        ran = w.airlock("process", report, "--note", f"all is well{character}", code=2)
        assert f"U+{ord(character):04X}" in ran.err, ran.err
        if n % 7 == 0:
            w.airlock("hold", "--reason", f"incident{character} 12", code=2)
            w.vendor("licence", "issue", "--tier", "scale", "--licensee", f"Bank{character}", "--any-site", "--not-after", "2099-01-01",
                     "--out", w.path / "none.p7s", code=2)
            w.run(w.program("airlock"), "--site", w.path / "new", "init", "--vendor-root", w.root, "--vendor-root-sha256",
                  w.root_fingerprint(), "--name", f"Bank{character}", code=2)
    assert w.airlock("ledger", "list", "--json").json["reports"] == [], "nothing was recorded"
    assert w.process(report, "--note", "naïve ☃ Größe 東京 – ok")["outcome"] == "sealed", "an honest note"
