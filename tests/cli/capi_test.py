"""libairlock as an application uses it: the C ABI from C, C++ and Python beside the command, with equal results."""
import itertools
import json
import shutil
import sys

import pytest
from harness import TOP
from libairlock import compiled, leaks, with_module
from licences import NAME_ALIKE, TERMS, Signer, at, every_state

pytestmark = pytest.mark.hostile


def comparable(verdict, licence="licence"):
    """What all ways of asking tell, in one form."""
    inner = verdict.get(licence) if licence else verdict
    # What cannot be judged is an error of the command, without a state.
    out = {"state": verdict.get("state", "unjudged"), "exit": verdict["exit"], "warning_days": verdict.get("warning_days") or 0}
    if inner and "tier" in inner:
        out.update({k: inner[k] for k in ("serial", "sequence", "tier", "product", "entitlements", "limits")})
        out["days_left"] = verdict["days_left"]
    return out


def from_python(verdict):
    content = verdict if verdict["has_licence"] else {"warning_days": verdict["warning_days"]}
    return comparable({**content, "state": verdict["state"], "exit": verdict["exit_code"]}, licence=None)


def ask_everybody(w, driver, rows, trust=None, cpp=None):
    """Each row (name, licence file or None, site folder, product, site id, key, sequence, kit) judged in every way: a list of
    dictionaries from the way to the verdict. The folders have the row's licence in public/. `cpp` is the driver in C++, which is
    asked too where it is given."""
    nothing = w.path / "no-such-file"
    trust = trust or w.root
    work = []
    for _, licence, site, product, site_id, key, sequence, kit in rows:
        file = licence or nothing
        work += [("site", site), ("files", file, trust, product, site_id or "-"),
                 ("bytes", file, trust, product, site_id or "-", key or "-", sequence or "-", kit or "-")]
    lines = "".join("\t".join(str(f) for f in line) + "\n" for line in work).encode()
    ran = w.run(driver, stdin=lines, env=leaks(w))
    from_c = [json.loads(line) for line in ran.text.splitlines()][4:]
    assert len(from_c) == len(work), "verdicts from C"
    if cpp:
        assert w.run(cpp, stdin=lines, env=leaks(w)).text == ran.text, "verdicts by airlock.hpp"

    script = w.file("ask.py", """
import airlock, dataclasses, json, os, sys

def content(name):
    return open(name, "rb").read() if os.path.isfile(name) else None

for line in sys.stdin:
    field = [None if f == "-" else f for f in line.rstrip("\\n").split("\\t")]
    if field[0] == "site":
        verdict = airlock.verify_site(field[1])
    elif field[0] == "files":
        verdict = airlock.verify_files(*field[1:])
    else:
        verdict = airlock.verify_bytes(
            content(field[1]), trust=content(field[2]) or b"", product=field[3], site_id=field[4], key_sha256=field[5],
            newest_sequence=int(field[6] or 0), kit=content(field[7] or ""))
    assert verdict.usable == (verdict.state in (airlock.State.VALID, airlock.State.GRACE))
    print(json.dumps({**dataclasses.asdict(verdict), "state": verdict.state.value}, default=str))
""")
    ran = w.run(sys.executable, script, stdin=lines, env=with_module(w))
    python = iter([from_python(json.loads(line)) for line in ran.text.splitlines()])

    out = []
    for i, (name, licence, site, product, site_id, *_) in enumerate(rows):
        answers = {f"C ABI, {way}": comparable(from_c[3 * i + j], licence=None) for j, way in
                   enumerate(("site", "files", "bytes"))}
        answers.update({f"Python, {way}": next(python) for way in ("site", "files", "bytes")})
        arguments = ["--site-id", site_id] if site_id else []
        ran = w.run(w.program("airlock"), "licence", "verify", "--json", "--licence", licence or nothing, "--trust", trust,
                    "--product", product, *arguments, code=None)
        answers["command, files"] = comparable(ran.json)
        assert ran.json["exit"] == ran.code, name
        ran = w.airlock("licence", "verify", "--json", site=site, code=None)
        answers["command, site"] = comparable(ran.json)
        assert ran.json["exit"] == ran.code, name
        out.append(answers)
    return out


def public_copy(w, name, licence):
    """The public part of the site, and nothing else, with another licence."""
    folder = w.path / name
    shutil.copytree(w.site_path / "public", folder / "public")
    (folder / "public/licence.p7s").unlink(missing_ok=True)
    if licence:
        shutil.copy(licence, folder / "public/licence.p7s")
    return folder


def test_every_state_is_the_same_by_command_c_and_python(w):
    """Every state, alone and with every state behind it, is the same by command, C and Python, from site, files and bytes."""
    w.new_vendor()
    w.new_site()
    signer = Signer(w)
    driver = compiled(w, TOP / "tests/capi/verdicts.c")
    cpp = compiled(w, TOP / "tests/capi/verdicts.cpp", out=w.path / "verdicts-cpp")
    public = json.loads((w.site_path / "public/site.json").read_text())
    expected, rows = [], []
    for state, licence in every_state(w, signer, public):
        name = f"row-{len(rows)}"
        rows.append((name, licence, public_copy(w, name, licence), "posthog", w.site_id, public["key_sha256"], None, None))
        expected.append(state)

    answers = ask_everybody(w, driver, rows, cpp=cpp)
    seen = {}
    for row, state, verdicts in zip(rows, expected, answers):
        first = verdicts["command, site"]
        assert first["state"] == state, f"{row[0]}: {row[1]}"
        for way, verdict in verdicts.items():
            assert verdict == first, f"{row[0]} ({state}) by {way}"
        seen[state] = seen.get(state, 0) + 1
    assert sorted(seen) == sorted(["missing", "invalid", "wrong_product", "wrong_site", "clock_rollback", *TERMS]), "states seen"
    warned = [a["C ABI, site"]["warning_days"] for a, s in zip(answers, expected) if s == "valid"]
    assert sorted(warned) == sorted([30, 15, 15, 7, 1, 1, 0, 0]), "warnings"
    print(f"counted: {len(rows)} licences, each judged in 11 ways: {seen}")


def test_what_cannot_be_judged_is_unjudged_in_every_way_and_never_usable(w):
    """What cannot be judged is unjudged in every way, with the exit code that the command has, and never usable."""
    w.new_vendor()
    w.new_site()
    driver = compiled(w, TOP / "tests/capi/verdicts.c")
    licence = w.new_licence("standard", any_site=True)
    key = json.loads((w.site_path / "public/site.json").read_text())["key_sha256"]
    damaged = public_copy(w, "damaged", licence)
    (damaged / "public/site.json").write_text("{}")
    (w.path / "folder").mkdir()
    for name, site, trust in (("no site", w.path / "none", w.path / "none.crt"),
                              ("site.json", damaged, w.file("garbage.crt", b"\x00garbage")),
                              ("folders", w.path / "folder", w.path / "folder")):
        row = (name, licence, site, "posthog", w.site_id, key, None, None)
        answers = ask_everybody(w, driver, [row], trust)[0]
        for way, verdict in answers.items():
            assert verdict["state"] == "unjudged", f"{name} by {way}"
            assert verdict["exit"] != 0, f"{name} by {way}"
            if not way.endswith("bytes"):
                assert verdict == answers["command, " + way.split(", ")[1]], f"{name} by {way}"
    # The setting itself, which only some ways have.
    row = ("site id", licence, public_copy(w, "sound", licence), "posthog", "no-uuid", key, None, None)
    answers = ask_everybody(w, driver, [row])[0]
    for way in ("command, files", "C ABI, files", "Python, files", "C ABI, bytes", "Python, bytes"):
        assert (answers[way]["state"], answers[way]["exit"]) == ("unjudged", 2), f"no UUID by {way}"


def test_revoked_and_superseded_come_before_all_other_states(w):
    """Revoked and superseded come before all that a licence is judged by, where kit and sequence are known."""
    w.new_vendor()
    w.new_site()
    signer = Signer(w)
    driver = compiled(w, TOP / "tests/capi/verdicts.c")
    cpp = compiled(w, TOP / "tests/capi/verdicts.cpp", out=w.path / "verdicts-cpp")
    key = json.loads((w.site_path / "public/site.json").read_text())["key_sha256"]
    gone = w.new_licence("enterprise", any_site=True)
    serial = w.airlock("licence", "verify", "--json", "--licence", gone, "--trust", w.root, "--product", "posthog").json[
        "licence"]["serial"]
    w.vendor("licence", "revoke", serial)
    kit = w.new_kit()
    rows, expected = [], []
    for revoked, superseded, defect in itertools.product((True, False), (True, False), ("", "product", "site", "term", "clock")):
        members = {"product": {"product": "other"}, "site": {"sites": [{"id": NAME_ALIKE, "key_sha256": "0" * 64}]},
                   "term": {"not_after": at(-100.5)}, "clock": {"issued": at(2)}}.get(defect, {})
        made = signer.licence(serial=serial if revoked else f"OK-{len(rows)}", sequence=5, **members)
        name = f"row-{len(rows)}"
        folder = public_copy(w, name, made)
        shutil.copy(kit, folder / "public/kit.p7s")
        if superseded:
            site = json.loads((folder / "public/site.json").read_text())
            (folder / "public/site.json").write_text(json.dumps({**site, "licence_sequence": 6}))
        rows.append((name, made, folder, "posthog", w.site_id, key, 6 if superseded else None, kit))
        expected.append("revoked" if revoked else "superseded" if superseded else
                        {"product": "wrong_product", "site": "wrong_site", "term": "expired", "clock": "clock_rollback",
                         "": "valid"}[defect])
    for row, state, answers in zip(rows, expected, ask_everybody(w, driver, rows, cpp=cpp)):
        for way in ("command, site", "C ABI, site", "C ABI, bytes", "Python, site", "Python, bytes"):
            assert answers[way] == answers["command, site"], f"{row[0]} by {way}"
        assert answers["command, site"]["state"] == state, row[0]
    print(f"counted: {len(rows)} licences, each judged in 5 ways")


def test_a_time_before_1970_or_after_9999_counts_as_these_whatever_is_asked(w):
    w.new_vendor()
    licence = w.new_licence("standard", any_site=True)
    driver = compiled(w, TOP / "tests/capi/verdicts.c")
    lines = "".join(f"bytes\t{licence}\t{w.root}\tposthog\t-\t-\t-\t-\t{now}\n"
                    for now in (-2**63, -1, 0, 253402300799, 253402300800, 2**63 - 1))
    verdicts = [json.loads(l) for l in w.run(driver, stdin=lines.encode(), env=leaks(w)).text.splitlines()[4:]]
    assert [v["state"] for v in verdicts] == ["clock_rollback"] * 3 + ["expired"] * 3
    assert len({v["days_left"] for v in verdicts[:3]}) == 1
    assert len({v["days_left"] for v in verdicts[3:]}) == 1


def test_replayed_licences_are_judged_alike(w):
    """Replayed licences: of another site, of a name-alike with another key, for any site."""
    w.new_vendor()
    w.new_site()
    ours = w.site_id
    key = json.loads((w.site_path / "public/site.json").read_text())["key_sha256"]
    here = w.new_licence("enterprise")
    # Another site, and one that somebody made with our identifier and a key of their own.
    w.new_site(path=w.path / "other")
    there = w.new_licence("enterprise", site_id=w.site_id)
    w.airlock("init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint(), "--site-id", ours, "--kit", w.kit,
              site=w.path / "alike")
    alike_key = json.loads((w.path / "alike/public/site.json").read_text())["key_sha256"]
    anywhere = w.new_licence("standard", any_site=True)
    driver = compiled(w, TOP / "tests/capi/verdicts.c")
    rows = [("own", here, public_copy(w, "a", here), "posthog", ours, key, None, None),
            ("of another site", there, public_copy(w, "b", there), "posthog", ours, key, None, None),
            ("for any site", anywhere, public_copy(w, "c", anywhere), "posthog", ours, key, None, None)]
    for (name, *_), state, answers in zip(rows, ("valid", "wrong_site", "valid"), ask_everybody(w, driver, rows)):
        for way, verdict in answers.items():
            assert verdict["state"] == state, f"{name} by {way}"
    # An older, looser licence, put back over the newer one.
    newer = w.new_licence("enterprise-air-gapped", ["air_gap"], site_id=ours)
    w.airlock("licence", "install", here)
    w.airlock("licence", "install", newer)
    assert w.airlock("licence", "verify", "--json").json["licence"]["tier"] == "enterprise-air-gapped"
    w.airlock("licence", "install", here, code=6)
    older = [("older", here, public_copy(w, "d", here), "posthog", ours, key, 9, None)]
    answers = ask_everybody(w, driver, older)[0]
    for way in ("command, site", "C ABI, site", "C ABI, bytes", "Python, site", "Python, bytes"):
        assert answers[way]["state"] == "superseded", f"an older one by {way}"
    # The identifier is ours, the key is not: told wherever the key is known.
    shutil.copy(here, w.path / "alike/public/licence.p7s")
    alike = [("of a name-alike", here, w.path / "alike", "posthog", ours, alike_key, None, None)]
    answers = ask_everybody(w, driver, alike)[0]
    for way in ("command, site", "C ABI, site", "C ABI, bytes", "Python, site", "Python, bytes"):
        assert answers[way]["state"] == "wrong_site", f"a name-alike by {way}"
    w.airlock("licence", "install", here, site=w.path / "alike", code=6)


def test_a_looser_licence_for_any_site_is_valid_and_the_ceiling_holds_every_report(w):
    """A looser licence for any site, put over a stricter one of this site, is valid, and the ceiling holds every report."""
    w.site()
    key = json.loads((w.site_path / "public/site.json").read_text())["key_sha256"]
    looser = w.new_licence("standard", any_site=True)
    driver = compiled(w, TOP / "tests/capi/verdicts.c")
    row = ("looser", looser, public_copy(w, "a", looser), "posthog", w.site_id, key, None, None)
    for way, verdict in ask_everybody(w, driver, [row])[0].items():
        assert (verdict["state"], verdict["tier"]) == ("valid", "standard"), way
    # Put into the folder by hand, and installed by the command.
    for put in (lambda: shutil.copy(looser, w.site_path / "public/licence.p7s"),
                lambda: w.airlock("licence", "install", looser)):
        put()
        assert w.airlock("licence", "verify", "--json").json["licence"]["tier"] == "standard"
        ran = w.process(w.report(), code=4)
        assert (ran["outcome"], ran["reason"], ran["bundle"]) == ("held", "ceiling", None)
    assert list((w.site_path / "outbox").iterdir()) == [], "files in the outbox"
    assert w.airlock("status", "--json").json["disclosures"] == 0
    w.ledger_ok()
