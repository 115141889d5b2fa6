"""docs/examples: what an application does at its start, and the recipe with openssl, beside the command."""
import json
import os
import re
import shutil
import sys

import pytest
from harness import LONG, TOP
from libairlock import EXAMPLES, with_module
from licences import Signer, at, every_state


@pytest.mark.takes(4)
def test_every_example_is_built_and_run_with_what_is_installed(w):
    """In C, C++, Python, shell and systemd's line, with a valid, an expired, a missing, a tampered and a revoked licence."""
    stage = w.path / "stage"
    w.path.chmod(0o755)
    w.run("meson", "install", "-C", w.programs.parent, "--no-rebuild", "--tags", "runtime,devel,libairlock,python", "--destdir", stage,
          "--quiet")
    found = next(stage.rglob("airlock.pc")).parent
    assert sorted(p.name for p in found.parent.glob("libairlock*")) == ["libairlock.so", "libairlock.so.0", "libairlock.so.0.1.0"]
    programs = next(stage.rglob("bin/airlock")).parent
    ran = w.run(TOP / "tests/package/application.sh", env={
        "EXAMPLES": str(EXAMPLES), "SHARE": str(TOP / "policy"), "PKG_CONFIG_PATH": str(found), "PKG_CONFIG_SYSROOT_DIR": str(stage), "PYTHON": sys.executable,
        "LD_LIBRARY_PATH": str(found.parent), "PYTHONPATH": str(next(stage.rglob("airlock/py.typed")).parent.parent),
        "PYTHONDONTWRITEBYTECODE": "1", "PATH": f"{programs}:{os.environ['PATH']}"})
    assert len(ran.text.splitlines()) == 1 + 4 * 10 + 2 * 2, ran.text


def test_the_drop_in_is_one_that_systemd_takes(w):
    drop_in = (EXAMPLES / "licence.conf").read_text().replace("/usr/bin/airlock", w.program("airlock"))
    w.file("units/product.service", "[Service]\nExecStart=/bin/true\nUser=daemon\n")
    w.file("units/product.service.d/licence.conf", drop_in)
    environment = {"SYSTEMD_UNIT_PATH": f"{w.path}/units:"}
    assert w.run("systemd-analyze", "verify", "--man=no", w.path / "units/product.service", env=environment).err == ""
    w.file("units/product.service.d/licence.conf", drop_in.replace("ExecStartPre=", "ExecStartPre=/no-such-folder"))
    ran = w.run("systemd-analyze", "verify", "--man=no", w.path / "units/product.service", env=environment, code=None)
    assert "no-such-folder" in ran.err, "the drop-in was not read"


def by_command(w, licence, *arguments, trust=None):
    ran = w.run(w.program("airlock"), "licence", "verify", "--json", "--licence", licence, "--trust", trust or w.root, "--product",
                "posthog", *arguments, code=None)
    return ran.json.get("state", "unjudged"), ran.code, (ran.json.get("licence") or {}).get("tier"), ran.json.get("days_left")


def by_recipe(w, licence, *arguments, trust=None):
    ran = w.run(EXAMPLES / "verify-with-openssl.sh", licence, trust or w.root, "posthog", *arguments, code=None)
    found = dict(re.match(r"(state|tier|days left) (.*)", line).groups() for line in ran.text.splitlines())
    days = found.get("days left")
    return found["state"], ran.code, found.get("tier"), days if days is None else int(days)


@pytest.mark.takes(5)
def test_the_recipe_with_openssl_says_what_the_command_says(w):
    """In the long run for each row of the table, else for one of each state."""
    w.new_vendor()
    w.new_site()
    signer = Signer(w)
    nothing = w.path / "no-such-file"
    public = json.loads((w.site_path / "public/site.json").read_text())
    seen = {}
    for state, licence in every_state(w, signer, public):
        seen[state] = seen.get(state, 0) + 1
        if LONG or seen[state] == 1:
            told = by_recipe(w, licence or nothing, w.site_id, public["key_sha256"])
            assert told == by_command(w, licence or nothing, "--site-id", w.site_id), state
            assert told[0] == state
    anywhere = signer.licence()
    assert by_recipe(w, anywhere) == by_command(w, anywhere), "for any site"
    own = signer.licence(sites=[{"id": w.site_id, "key_sha256": "0" * 64}])
    assert by_recipe(w, own) == by_command(w, own), "no site is given"
    assert by_recipe(w, own, w.site_id, public["key_sha256"])[0] == "wrong_site", "another key"
    # What a forger would try, and what is no licence.
    kit_signer = w.path / "forged"
    shutil.copytree(w.home, kit_signer)
    for end in ("crt", "key"):
        shutil.copy(w.home / f"kit-signing.{end}", kit_signer / f"licence-signing.{end}")
    home, w.home = w.home, kit_signer
    forged = Signer(w).licence(serial="LIC-KIT")
    forged.rename(w.path / "forged.p7s")
    w.home = home
    text = signer.licence().read_text()
    for name, licence in {"of the wrong role": w.path / "forged.p7s", "two armours": w.file("two.p7s", text * 2),
                          "another member": signer.licence(more=1), "no tier": signer.licence(tier=""),
                          "an end before the beginning": signer.licence(not_after=at(-901)),
                          "a date that is none": signer.licence(not_after="2099-02-30T00:00:00Z"),
                          "issued before its signer": signer.licence(issued=at(-400)),
                          "a sequence with a fraction": signer.licence(sequence=1.5), "too large": w.file("large.p7s", "x" * 65537),
                          "a folder": w.path}.items():
        if LONG or name in ("of the wrong role", "issued before its signer", "another member"):
            told = by_recipe(w, licence)
            assert told == by_command(w, licence), name
            assert told[0] == "invalid", name
    garbage = w.file("garbage.crt", "garbage")
    leaf = w.home / "licence-signing.crt"  # a certificate that is no root
    for trust in (garbage, nothing, leaf):
        assert by_recipe(w, own, trust=trust)[:2] == by_command(w, own, trust=trust)[:2], trust
    print(f"counted: {sum(seen.values()) if LONG else len(seen)} licences of the table")


ROLES = {"licence": "2.25.208503675240455195227459110434707166558", "kit": "2.25.64357806310676226798409269457038673963"}


def test_the_recipe_asks_authorities_below_the_root_for_the_role(w):
    """Also one that has the root's name, and so looks as if it had signed itself."""
    w.new_vendor()
    signer = Signer(w)

    def certificate(name, role, issuer, usage, subject=None):
        extensions = w.file(f"{name}.ext", f"{usage}\nextendedKeyUsage=emailProtection,{ROLES[role]}\n"
                            "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")
        w.run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", f"{name}.key")
        request = ["x509", "-x509toreq", "-in", subject, "-signkey", f"{name}.key"] if subject else \
            ["req", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}"]
        w.run("openssl", *request, "-out", f"{name}.csr")
        w.run("openssl", "x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.crt", "-CAkey", f"{issuer}.key", "-set_serial", str(len(name)),
              "-days", "300", "-extfile", extensions, "-out", f"{name}.crt")

    authority, leaf = "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign", \
        "basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature"
    content = w.run("openssl", "cms", "-verify", "-noverify", "-binary", "-inform", "PEM", "-in", signer.licence()).out
    for name, role, subject, state in (("below", "licence", None, "valid"), ("other", "kit", None, "invalid"),
                                       ("alike", "kit", w.root, "invalid")):
        certificate(name, role, w.home / "vendor-root", authority, subject)
        certificate(f"{name}-signer", "licence", w.path / name, leaf)
        made = w.file("content.json", json.dumps({**json.loads(content), "issued": at(0)}))
        w.run("openssl", "cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-cades", "-md", "sha256", "-in", made, "-signer",
              f"{name}-signer.crt", "-inkey", f"{name}-signer.key", "-certfile", f"{name}.crt", "-outform", "PEM", "-out", f"{name}.p7s")
        licence = w.path / f"{name}.p7s"
        assert by_recipe(w, licence) == by_command(w, licence), name
        assert by_recipe(w, licence)[0] == state, name


def test_the_recipe_reads_revocations_from_a_kit_as_the_library_does(w):
    """A certificate that is revoked, a licence that is, one that is not; and what is no kit."""
    w.new_vendor()
    first = w.new_licence("standard", any_site=True)
    w.vendor("certificate", "renew", "licence")
    w.vendor("certificate", "revoke", w.home / "licence-signing.1.crt")
    second, third = (w.new_licence("standard", any_site=True) for _ in range(2))
    content = w.run("openssl", "cms", "-verify", "-noverify", "-binary", "-inform", "PEM", "-in", second).json
    w.vendor("licence", "revoke", content["serial"])
    kits = {"before": w.kit, "listed": w.new_kit(), "licence": second, "garbage": w.file("garbage.p7s", "garbage"),
            "gone": w.path / "gone"}
    script = w.file("ask.py", f"""
import airlock, json, os, sys
read = lambda name: open(name, "rb").read() if os.path.exists(name) else b""
for licence, kit in json.loads(sys.argv[1]):
    verdict = airlock.verify_bytes(read(licence), trust=read({str(w.root)!r}), product="posthog", kit=read(kit))
    print(verdict.state.value, verdict.exit_code)
""")
    pairs = [(name, licence) for name in kits for licence in (first, second, third)]
    if not LONG:
        pairs = [("before", first), ("listed", first), ("listed", second), ("listed", third), ("licence", third)]
    asked = json.dumps([(str(licence), str(kits[name])) for name, licence in pairs])
    answers = w.run(sys.executable, script, asked, env=with_module(w)).text.splitlines()
    for (name, licence), answer in zip(pairs, answers):
        state, code = answer.split()
        told = by_recipe(w, licence, "-", "-", kits[name])
        assert (told[0], told[1] == 0) == (state, code == "0"), f"{name}: {licence}"
    assert {answer.split()[0] for answer in answers} == {"valid", "revoked", "invalid"}

    # The application that keeps what it knew: a kit, a newer one, and the older one again.
    (w.path / "public").mkdir()
    shutil.copy(w.root, w.path / "public")
    shutil.copy(first, w.path / "public/licence.p7s")
    for kit, code, state in ((w.kit, 0, "valid"), (kits["listed"], 6, "revoked"), (w.kit, 5, "invalid")):
        shutil.copy(kit, w.path / "public/kit.p7s")
        ran = w.run(sys.executable, EXAMPLES / "revocable.py", code=code, env=with_module(w))
        assert ran.text.startswith(state + " "), ran.text


def test_an_argument_that_is_given_but_empty_is_refused(w):
    """As where the caller's variable is not set: else nothing would look for revocations, or at the site's key."""
    w.new_vendor()
    licence = w.new_licence("standard", any_site=True)
    serial = w.run("openssl", "cms", "-verify", "-noverify", "-binary", "-inform", "PEM", "-in", licence).json["serial"]
    w.vendor("licence", "revoke", serial)
    recipe, kit = EXAMPLES / "verify-with-openssl.sh", w.new_kit()
    given = {"LICENCE": licence, "TRUST": w.root, "PRODUCT": "posthog", "SITE-ID": "-", "KEY-SHA256": "-", "KIT": kit}
    assert w.run(recipe, *given.values(), code=6).text.startswith("state revoked\n")
    for name in reversed(given):
        ran = w.run(recipe, *{**given, name: ""}.values(), code=2)
        assert (ran.text, ran.err) == ("", f"{recipe}: {name} is empty: is a variable not set?\n")
    assert w.run(recipe, *given.values(), "more", code=2).err.startswith("usage: ")
    # The shell's other example: an empty site is not the usual one.
    assert w.run(EXAMPLES / "verify.sh", "", code=3, env=with_programs(w)).text == "not usable: no verdict\n"
    (w.path / "alone").mkdir()
    (w.path / "alone/jq").symlink_to(shutil.which("jq"))
    assert w.run(EXAMPLES / "verify.sh", code=127, env={"PATH": str(w.path / "alone")}).text == "not usable: no verdict\n"


def with_programs(w):
    return {"PATH": f"{os.path.dirname(w.program('airlock'))}:{os.environ['PATH']}"}


def test_the_shell_examples_take_a_licensee_with_a_backslash(w):
    """The `echo` of many shells would change it, and jq would refuse what is left."""
    w.new_vendor()
    w.new_site()
    signer = Signer(w)
    (w.path / "public").mkdir()
    shutil.copy(w.root, w.path / "public/vendor-root.crt")
    for not_after, starts, code, says in ((400.5, "--serve\n", 0, "tier enterprise, 400 days left\n"),
                                          (-100.5, "--serve --read-only\n", 6, "not usable: ")):
        licence = signer.licence(licensee=r"A\B \u \c", not_after=at(not_after))
        for public in (w.path / "public", w.site_path / "public"):
            shutil.copy(licence, public / "licence.p7s")
        ran = w.run(EXAMPLES / "start.sh", "/bin/echo", "--serve", env=with_programs(w), cwd=w.path)
        assert ran.text == starts, ran.err
        ran = w.run(EXAMPLES / "verify.sh", w.site_path, code=code, env=with_programs(w))
        assert ran.text.startswith(says) and len(ran.text) > len("not usable: \n") and ran.err == "", ran.text
    # Without a program there is nothing to start, whatever the licence.
    for not_after in (400.5, -100.5):
        shutil.copy(signer.licence(not_after=at(not_after)), w.path / "public/licence.p7s")
        ran = w.run(EXAMPLES / "start.sh", code=2, env=with_programs(w), cwd=w.path)
        assert (ran.text, ran.err) == ("", f"usage: {EXAMPLES / 'start.sh'} PROGRAM [ARGUMENT...]\n")
