"""What the packages are: their files, what they load, the list of their parts, digests and signature."""
import json
import os
import re
import shutil

import pytest
from bare_root import TOP, run
from harness import LONG

NAMES = {"airlock", "airlock-send", "airlock-vendor", "libairlock0", "libairlock-dev", "python3-airlock"}


def files(deb):
    """The files of a package, with mode and owner. Debian 12 has units in /lib, Debian 13 in /usr/lib."""
    rows = [line.split(None, 5) for line in run("dpkg-deb", "--contents", deb).splitlines()]
    return {re.sub("^/lib/systemd", "/usr/lib/systemd", row[5].split(" -> ")[0][1:]): row[:2] for row in rows}


@pytest.mark.takes(90)
def test_lintian_finds_no_fault(packages):
    """Lintian finds no error and no warning that is not explained in the recipe."""
    debs = packages.debs(packages.first)
    assert debs.keys() == NAMES
    assert run("lintian", "--allow-root", "--fail-on", "error,warning", *debs.values()) == ""


def test_each_package_has_what_it_is_for(packages):
    """Each package has what it is for, and only airlock-send's program loads a network library."""
    debs = packages.debs(packages.first)
    held = {name: set(files(deb)) for name, deb in debs.items()}
    for name, paths in {
        "airlock": ["/usr/bin/airlock", "/usr/lib/systemd/system/airlock.service", "/usr/lib/systemd/system/airlock.timer", "/usr/lib/sysusers.d/airlock.conf",
                    "/usr/lib/tmpfiles.d/airlock.conf", "/usr/share/airlock/posthog-default.json", "/usr/share/airlock/schema/policy.json",
                    "/usr/share/airlock/dictionary/posthog-status-report.json", "/usr/share/doc/airlock/guides/install.md",
                    "/usr/share/doc/airlock/parts.spdx.json"],
        "airlock-send": ["/usr/bin/airlock-send", "/usr/lib/systemd/system/airlock-send.service"],
        "airlock-vendor": ["/usr/bin/airlock-vendor"],
        "libairlock-dev": ["/usr/include/airlock.h"],
    }.items():
        assert not set(paths) - held[name], name
    assert not [path for path in held["airlock"] if "airlock-send" in path or "airlock-vendor" in path]
    for name, deb in debs.items():
        depends = run("dpkg-deb", "--field", deb, "Depends")
        assert ("libcurl" in depends) == (name == "airlock-send"), f"{name}: {depends}"
        for path, (mode, owner) in files(deb).items():
            assert owner == "root/root", f"{name}: {path} belongs to {owner}"
            assert mode.startswith("l") or mode[5] == mode[8] == "-", f"{name}: {path} is {mode}"
            assert "s" not in mode[1:], f"{name}: {path} is {mode}"


def test_the_list_of_parts_names_all_that_is_loaded_and_compiled_in(packages):
    """The list of parts names what the packages depend on, and what is compiled into the programs."""
    document = json.loads((packages.first / f"airlock-{packages.version}.spdx.json").read_text())
    assert document["spdxVersion"] == "SPDX-2.3"
    by_id = {part["SPDXID"]: part for part in document["packages"]}
    parts = {}
    for relation in document["relationships"]:
        name = by_id[relation["relatedSpdxElement"]]["name"]
        if relation["relationshipType"] != "DESCRIBES":
            parts.setdefault(by_id[relation["spdxElementId"]]["name"], {}).setdefault(relation["relationshipType"], set()).add(name)
    for name in ("airlock", "airlock-send", "airlock-vendor", "libairlock0"):
        depends = {re.split(r"[ (:]", each.strip())[0] for each in run("dpkg-deb", "--field", packages.debs(packages.first)[name], "Depends").split(",")}
        libraries = {each for each in depends if each.startswith("lib") and each != "libairlock0"}
        if "libssl3t64" in libraries:
            libraries.discard("libssl3")  # in Debian 13 the former provides it
        assert libraries <= parts[name]["DYNAMIC_LINK"], name
        assert "nlohmann-json3-dev" in parts[name]["STATIC_LINK"], name
        assert ("libstdc++" in parts[name]["STATIC_LINK"]) != ("libstdc++6" in parts[name]["DYNAMIC_LINK"]), name
    assert all(part["licenseDeclared"] != "NOASSERTION" for part in document["packages"]
               if part["SPDXID"] in {r["relatedSpdxElement"] for r in document["relationships"] if r["relationshipType"] == "STATIC_LINK"})


def test_openssl_verifies_who_made_them(packages, tmp_path):
    """Stock openssl verifies the signature as the guide says; a changed list, a changed or added file and another signer are found out."""
    guide = (TOP / "docs/guides/install.md").read_text()
    block = next(b for b in re.findall(r"```sh\n(.*?)```", guide, re.S) if "openssl cms -verify" in b)
    folder = tmp_path / "carried"
    shutil.copytree(packages.first, folder)
    shutil.copy(packages.certificate, tmp_path)

    def verify(code, **environment):
        return run("sh", "-ec", block, cwd=folder, code=code, env={**os.environ, **environment})

    assert "nothing else is here" in verify(0)
    new_key = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30")
    run(*new_key, "-subj", "/CN=Release", "-keyout", tmp_path / "other.key", "-out", tmp_path / "release.crt")
    assert "Verification failure" in verify(None)
    shutil.copy(packages.certificate, tmp_path)
    # Another's signature is refused, also where the system trusts its maker.
    signature = (folder / "SHA256SUMS.p7s").read_bytes()
    trusted = tmp_path / "trusted"
    trusted.mkdir()
    run(*new_key, "-subj", "/CN=Public CA", "-keyout", tmp_path / "ca.key", "-out", trusted / "ca.crt")
    run(*new_key, "-subj", "/CN=Release", "-keyout", tmp_path / "other.key", "-CA", trusted / "ca.crt", "-CAkey", tmp_path / "ca.key", "-out", tmp_path / "other.crt")
    run("openssl", "rehash", trusted)
    run("openssl", "cms", "-sign", "-binary", "-outform", "PEM", "-signer", tmp_path / "other.crt", "-inkey", tmp_path / "other.key", "-in",
        folder / "SHA256SUMS", "-out", folder / "SHA256SUMS.p7s")
    assert "Verification failure" in verify(None, SSL_CERT_DIR=str(trusted))
    (folder / "SHA256SUMS.p7s").write_bytes(signature)
    sums = (folder / "SHA256SUMS").read_bytes()
    (folder / "SHA256SUMS").write_bytes(sums.replace(b"a", b"b", 1))
    assert "Verification failure" in verify(None)
    (folder / "SHA256SUMS").write_bytes(sums)
    (folder / "SHA256SUMS_1_all.deb").touch()
    assert "nothing else" not in verify(1)
    (folder / "SHA256SUMS_1_all.deb").unlink()
    deb = packages.debs(folder)["airlock"]
    deb.write_bytes(deb.read_bytes()[:-1])
    assert f"{deb.name}: FAILED" in verify(1)


def test_without_a_key_it_says_unsigned(packages):
    """Without a key the command says that the packages are unsigned; with one, where the signature is."""
    assert "unsigned: " in packages.next.with_suffix(".said").read_text()
    assert not (packages.next / "SHA256SUMS.p7s").exists()
    assert "\nsigned: " in packages.first.with_suffix(".said").read_text()
    run(TOP / "tools/dev/package", "--sign", packages.certificate, code=2)  # a key without a certificate


@pytest.mark.skipif(not LONG, reason="builds everything again: long run only")
def test_the_same_sources_make_the_same_bytes(packages, tmp_path):
    """Built from scratch in another folder, each package has the same bytes; those of the next build differ."""
    other = tmp_path / "elsewhere"
    shutil.copytree(TOP, other, ignore=shutil.ignore_patterns("build", ".git", "__pycache__"))
    run(other / "tools/dev/package", "--into", tmp_path / "again")
    for name, deb in packages.debs(packages.first).items():
        again = tmp_path / "again" / deb.name
        assert again.read_bytes() == deb.read_bytes(), name
    assert packages.debs(packages.next)["airlock"].read_bytes() != packages.debs(packages.first)["airlock"].read_bytes()


@pytest.mark.takes(20)
def test_applications_are_built_against_what_the_packages_have(w, packages):
    """C, C++, Python and shell are built and run against what the packages have, and nothing of the sources."""
    folder = w.path
    folder.chmod(0o755)  # other users start applications
    for deb in packages.debs(packages.first).values():
        run("dpkg-deb", "--extract", deb, folder)
    library = next(folder.glob("usr/lib/*/libairlock.so.0")).parent
    environment = {"PATH": f"{folder}/usr/bin:/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8", "LD_LIBRARY_PATH": str(library),
                   "PKG_CONFIG_PATH": str(library / "pkgconfig"), "PKG_CONFIG_SYSROOT_DIR": str(folder), "PYTHON": "/usr/bin/python3",
                   "PYTHONPATH": str(folder / "usr/lib/python3/dist-packages"), "SHARE": str(folder / "usr/share/airlock"),
                   "EXAMPLES": str(folder / "usr/share/doc/libairlock-dev/examples"), "TMPDIR": str(folder)}
    print(run("sh", TOP / "tests/package/application.sh", env=environment))
