"""`airlock licence verify`, with and without a site: the right state and exit code for every file."""
import pathlib

from renewing import day

YEAR = ["--not-before", "2020-01-01"]


def verify(w, file, code, state, product="posthog", site=None, trust=None, extra=(), **options):
    """Judges a file without any site."""
    arguments = ["licence", "verify", "--licence", file, "--trust", trust or w.root, "--product", product]
    if site:
        arguments += ["--site-id", site]
    result = w.run(w.program("airlock"), *arguments, "--json", *extra, code=code, **options).json
    assert result["state"] == state, str(file)
    assert result["exit"] == code
    assert result["reason"], "a reason is given"
    return result


def openssl_signer(w, name, issuer, issuer_key, role_oids, ca=False, days=3650):
    """A certificate made by stock openssl, with these extended key usages."""
    usage = "keyCertSign,cRLSign" if ca else "digitalSignature"
    ekus = f"extendedKeyUsage={','.join(['emailProtection', *role_oids])}\n" if role_oids is not None else ""
    w.file(f"{name}.cnf", f"basicConstraints=critical,CA:{'TRUE' if ca else 'FALSE'}\nkeyUsage=critical,{usage}\n{ekus}"
                          "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")
    w.shell(f"openssl ecparam -name prime256v1 -genkey -noout -out {name}.key && "
            f"openssl req -new -key {name}.key -subj '/CN={name}' -out {name}.csr && "
            # An hour ago, or a licence issued in the same second would be older than its signer.
            f"faketime -f -1h openssl x509 -req -in {name}.csr -CA {issuer} -CAkey {issuer_key} -days {days} -extfile {name}.cnf "
            f"-set_serial 0x{abs(hash(name)) % 2**60:x} -out {name}.crt")


def sign_with_openssl(w, content, signer, out, chain=()):
    certificates = "".join(f" -certfile {c}" for c in chain)
    w.file("content.json", content)
    w.shell(f"openssl cms -sign -binary -nodetach -nosmimecap -cades -md sha256 -in content.json -signer {signer}.crt "
            f"-inkey {signer}.key{certificates} -outform PEM -out {out}")
    return w.path / out


def role_oid(w, certificate):
    text = w.run("openssl", "x509", "-in", certificate, "-noout", "-ext", "extendedKeyUsage").text
    return next(p.strip() for p in text.split("\n")[1].split(",") if p.strip().startswith("2.25."))


def test_the_right_state_exit_code_and_days_left(w):
    """Valid, in grace, expired, not yet valid: the right state, exit code and days left."""
    w.new_vendor()
    valid = w.new_licence("standard", any_site=True, extra=YEAR)
    result = verify(w, valid, 0, "valid")
    assert result["days_left"] > 20000, str(result["days_left"])
    grace = w.new_licence("standard", any_site=True, not_after=day(-20), extra=[*YEAR, "--grace-days", "366"])
    assert verify(w, grace, 0, "grace")["days_left"] >= 0, "days of grace left"
    expired = w.new_licence("standard", any_site=True, not_after="2021-01-01", extra=YEAR)
    assert verify(w, expired, 6, "expired")["days_left"] < 0, "negative days"
    future = w.new_licence("standard", any_site=True, extra=["--not-before", "2098-01-01"])
    verify(w, future, 6, "not_yet_valid")


def test_a_licence_for_another_product_or_site_and_for_a_site_by_id(w):
    w.new_vendor()
    w.new_site()
    bound = w.new_licence("standard")
    verify(w, bound, 6, "wrong_product", product="other", site=w.site_id)
    verify(w, bound, 6, "wrong_site", site="00000000-0000-4000-8000-000000000000")
    verify(w, bound, 6, "wrong_site")
    verify(w, bound, 0, "valid", site=w.site_id)
    verify(w, bound, 0, "valid", site=w.site_id.upper())


def test_a_licence_that_is_no_document_is_missing_or_invalid(w):
    """Missing, empty, truncated, garbage, a directory, 10 MB of zeros: missing is 6, all else invalid and 3."""
    w.new_vendor()
    good = w.new_licence("standard", any_site=True).read_bytes()
    verify(w, w.path / "none", 6, "missing")
    verify(w, w.file("empty", b""), 3, "invalid")
    verify(w, w.file("garbage", b"\x00\xff\x1b[31m" * 100), 3, "invalid")
    verify(w, w.file("zeros", bytes(10_000_000)), 3, "invalid")
    (w.path / "folder").mkdir()
    verify(w, w.path / "folder", 3, "invalid")
    for size in list(range(0, len(good), 97)) + [len(good) - 2]:
        verify(w, w.file("cut", good[:size]), 3, "invalid")
    verify(w, w.file("twice", good + good), 3, "invalid")
    verify(w, w.file("tail", good + b"x"), 0, "valid")  # what is behind the armour is nobody's
    verify(w, w.file("json", b'{"format": "airlock-licence/1"}'), 3, "invalid")


def test_a_licence_signed_by_the_wrong_signer_is_invalid(w):
    """Signed by another role, by an intermediate without the role, by another root, by the delivery authority: invalid, 5."""
    w.new_vendor()
    good = w.new_licence("standard", any_site=True)
    content = w.run("openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-in", good, "-CAfile", w.root, "-no-CApath",
                    "-no-CAstore").out
    licence_oid = role_oid(w, w.home / "licence-signing.crt")
    kit_oid = role_oid(w, w.home / "kit-signing.crt")
    root, key = w.root, w.home / "vendor-root.key"

    # A control: what stock openssl signs with the right role is accepted, so the refusals below are about the role.
    openssl_signer(w, "right", root, key, [licence_oid])
    verify(w, sign_with_openssl(w, content, "right", "right.p7s"), 0, "valid")
    openssl_signer(w, "authority", root, key, [licence_oid], ca=True)
    openssl_signer(w, "below", "authority.crt", "authority.key", [licence_oid])
    verify(w, sign_with_openssl(w, content, "below", "below.p7s", ["authority.crt"]), 0, "valid")

    openssl_signer(w, "kitrole", root, key, [kit_oid])
    verify(w, sign_with_openssl(w, content, "kitrole", "kitrole.p7s"), 5, "invalid")
    openssl_signer(w, "norole", root, key, [])
    verify(w, sign_with_openssl(w, content, "norole", "norole.p7s"), 5, "invalid")
    openssl_signer(w, "any", root, key, ["anyExtendedKeyUsage"])
    verify(w, sign_with_openssl(w, content, "any", "any.p7s"), 5, "invalid")
    openssl_signer(w, "weak", root, key, [kit_oid], ca=True)
    openssl_signer(w, "underweak", "weak.crt", "weak.key", [licence_oid])
    verify(w, sign_with_openssl(w, content, "underweak", "underweak.p7s", ["weak.crt"]), 5, "invalid")
    openssl_signer(w, "open", root, key, None, ca=True)
    openssl_signer(w, "underopen", "open.crt", "open.key", [licence_oid])
    verify(w, sign_with_openssl(w, content, "underopen", "underopen.p7s", ["open.crt"]), 5, "invalid")
    openssl_signer(w, "leaf", root, key, [licence_oid])
    openssl_signer(w, "underleaf", "leaf.crt", "leaf.key", [licence_oid])
    verify(w, sign_with_openssl(w, content, "underleaf", "underleaf.p7s", ["leaf.crt"]), 5, "invalid")

    w.shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout delivery.key -out delivery.crt "
            "-subj '/CN=delivery CA' -days 3650")
    openssl_signer(w, "delivered", "delivery.crt", "delivery.key", [licence_oid])
    verify(w, sign_with_openssl(w, content, "delivered", "delivered.p7s"), 5, "invalid")
    w.site_path.mkdir()
    other = w.home
    w.home = w.path / "other"
    w.new_vendor()
    foreign = w.new_licence("standard", any_site=True)
    w.home = other
    verify(w, foreign, 5, "invalid")


def test_a_signature_over_what_is_no_licence_makes_none(w):
    """A signature that holds over what is no licence is no licence: another document, unknown members, an impossible term."""
    w.new_vendor()
    licence_oid = role_oid(w, w.home / "licence-signing.crt")
    openssl_signer(w, "right", w.root, w.home / "vendor-root.key", [licence_oid])
    for content in (b"", b"{}", b'{"format": "airlock-kit/1"}', b"\x00" * 100, b"[" * 5000):
        verify(w, sign_with_openssl(w, content, "right", "x.p7s"), 3, "invalid")
    verify(w, w.kit, 5, "invalid")  # sound, but signed by the kit's role


def test_issued_when_the_signers_certificate_was_not_valid_invalid_5(w):
    w.new_vendor()
    good = w.new_licence("standard", any_site=True)
    content = w.run("openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-in", good, "-CAfile", w.root, "-no-CApath",
                    "-no-CAstore").text
    licence_oid = role_oid(w, w.home / "licence-signing.crt")
    openssl_signer(w, "right", w.root, w.home / "vendor-root.key", [licence_oid])
    import re
    old = re.sub(r'("issued": *)"[^"]*"', r'\1"2001-01-01T00:00:00Z"', content)
    assert old != content, "the content was changed"
    verify(w, sign_with_openssl(w, old, "right", "old.p7s"), 5, "invalid")


def test_a_clock_set_back_is_noticed_and_process_still_seals(w):
    """A clock set back is noticed: the state is clock_rollback, and process still seals."""
    w.new_vendor()
    w.new_site()
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"], extra=YEAR))
    w.process()
    ran = w.run("faketime", "-f", "-30d", w.program("airlock"), "--site", w.site_path, "licence", "verify", "--json", code=6)
    assert ran.json["state"] == "clock_rollback"
    ran = w.run("faketime", "-f", "-1h", w.program("airlock"), "--site", w.site_path, "licence", "verify", "--json", code=0)
    assert ran.json["state"] == "valid"
    changed = w.report_of("1.36.0")
    ran = w.run("faketime", "-f", "-30d", w.program("airlock"), "--site", w.site_path, "process", changed, "--json", code=0)
    assert ran.json["licence_state"] == "clock_rollback"
    assert ran.json["outcome"] == "sealed"
    w.ledger_ok()


def test_verify_at_a_site_reads_the_public_part_only_as_any_user(w):
    w.site()
    w.show_only_public()
    copy = w.path / "airlock"  # the build may be below a folder that others may not enter
    copy.write_bytes(pathlib.Path(w.program("airlock")).read_bytes())
    copy.chmod(0o755)
    other = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", copy, "--site", w.site_path, "licence", "verify")
    assert w.run(*other, "--json").json["state"] == "valid"
    for name in ("site.json", "vendor-root.crt", "licence.p7s", "kit.p7s"):
        (w.site_path / "public" / name).chmod(0o600)
        ran = w.run(*other, code=1)
        assert f"public/{name}`: open: permission denied" in ran.err and "let this user" in ran.err, ran.err
        (w.site_path / "public" / name).chmod(0o644)
    (w.site_path / "public").chmod(0o700)
    assert "let this user" in w.run(*other, code=1).err, "a folder that others may not enter"


def test_only_a_licence_that_may_be_used_is_installed(w):
    """Only a licence that is valid, in grace or yet to begin is installed; anything else leaves the old one in force."""
    w.site()
    before = (w.site_path / "public/licence.p7s").read_bytes()
    size = w.ledger_ok()["entries"]
    for file, code in ((w.new_licence("standard", not_after="2021-01-01", extra=YEAR), 6),
                       (w.file("bad", b"x"), 3), (w.kit, 5), (w.path / "none", 3)):
        ran = w.airlock("licence", "install", file, code=code)
        assert ran.err.count(str(file)) == 1, f"the file is named once: {ran.err}"
        assert "`the licence`" not in ran.err, ran.err
        assert (w.site_path / "public/licence.p7s").read_bytes() == before
    assert w.ledger_ok()["entries"] == size
    w.airlock("licence", "install", w.new_licence("enterprise", extra=["--not-before", "2098-01-01"]))
    assert w.airlock("licence", "verify", "--json").json["state"] == "valid", "the first licence stopped before the second began"
    assert (w.site_path / "public/licence.p7s").read_bytes() == before


def test_no_single_byte_of_a_licence_file_can_be_changed(w):
    """No single byte of a licence file can be changed: every change is refused with 3 or 5, or is no change at all."""
    w.new_vendor()
    good = w.new_licence("standard", any_site=True).read_bytes()
    assert verify(w, w.file("good", good), 0, "valid")["licence"]["tier"] == "standard"
    step = max(1, len(good) // 150)
    for at in range(0, len(good), step):
        changed = bytearray(good)
        changed[at] ^= 1 << (at % 8)
        file = w.file("changed", bytes(changed))
        ran = w.run(w.program("airlock"), "licence", "verify", "--licence", file, "--trust", w.root, "--product", "posthog",
                    code=(3, 5))
        assert str(file) in ran.err, f"the message names the file: {ran.err}"
    print(f"counted: {len(range(0, len(good), step))} changed bytes of a licence through the command "
          "(unit licence changes every one)")


def test_a_wrong_command_line_is_told_with_2(w):
    w.new_vendor()
    w.run(w.program("airlock"), "licence", "verify", "--licence", "x", code=2)
    w.run(w.program("airlock"), "licence", "verify", "--licence", "x", "--trust", w.root, "--product", "p", "--site-id", "no", code=2)
    w.run(w.program("airlock"), "licence", "verify", "--licence", w.kit, "--trust", w.path / "none", "--product", "p", code=3)
    w.run(w.program("airlock"), "licence", "frobnicate", code=2)
    w.run(w.program("airlock"), code=2)
