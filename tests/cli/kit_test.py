"""Kits and roots: the documented outcome for each way in which they can be wrong."""
import json
import shutil

from harness import DICTIONARY, POLICY, REPORT


def small_kit(w):
    """A kit small enough to change each of its bytes."""
    dictionary = w.file("d.json", json.dumps({
        "format": "airlock-dictionary/1", "name": "small", "product": "posthog",
        "roles": {"event": "/event"}, "events": ["ping"],
        "fields": [{"path": "/event", "type": "enum", "values": ["ping"], "class": "usage", "purpose": "routing", "about": "x"}]}))
    policy = w.file("p.json", json.dumps({
        "format": "airlock-policy/1", "name": "small", "version": "1",
        "tiers": {"t": {"disposition": "withhold", "may": ["withhold"]}}, "otherwise": "withhold",
        "rules": [], "profiles": {}, "claims": []}))
    return w.new_kit(policy, dictionary)


def test_without_a_kit_a_report_is_held_and_leaves_once_there_is_one(w):
    """Without a kit a report is held and kept, exit 4; once the kit is installed it leaves, and the held copy goes."""
    w.new_vendor()
    w.new_site(kit=None)
    result = w.process(code=4)
    assert (result["outcome"], result["reason"]) == ("held", "no_kit")
    held = w.site_path / "held" / result["report_id"]
    assert held.read_bytes() == REPORT.read_bytes()
    assert oct(held.stat().st_mode & 0o777) == "0o600"
    w.ledger_ok()
    still = w.airlock("process", "--held", "--json", code=4).json
    assert [r["outcome"] for r in still["reports"]] == ["held"]
    w.airlock("kit", "install", w.kit)
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    done = w.airlock("process", "--held", "--json").json
    assert [(r["number"], r["outcome"]) for r in done["reports"]] == [(1, "sealed")]
    assert not held.exists(), "the held copy is gone"
    assert len(w.outbox()) == 1
    assert w.kinds(1) == ["produced", "held", "decided", "sealed", "released"]
    assert w.airlock("process", "--held", "--json").json["reports"] == []
    w.airlock("process", "--held", "1", code=2)
    w.ledger_ok()


def test_a_malformed_report_without_a_kit_is_refused_and_its_bytes_are_kept(w):
    w.new_vendor()
    w.new_site(kit=None)
    assert w.process(w.file("bad.json", b'{"a": '), code=3)["outcome"] == "refused"
    assert [p.read_bytes() for p in (w.site_path / "held").iterdir()] == [b'{"a": ']


def test_a_kit_of_another_product_is_refused_by_init_install_and_verify(w):
    """A kit of another product is refused by init with a licence, by install, and by verify."""
    w.site()
    dictionary = json.loads(DICTIONARY.read_bytes())
    dictionary["product"] = "other"
    file = w.file("other.json", json.dumps(dictionary))
    own = w.kit
    home = w.home
    w.home = w.path / "other-vendor"
    w.new_vendor(dictionary=file, product="other")
    foreign = w.kit
    w.home = home
    # Another product under the same root: the vendor's home is told to be for it.
    shutil.copytree(home, w.path / "same-root")
    w.home = w.path / "same-root"
    description = w.home / "home.json"
    description.write_text(description.read_text().replace('"posthog"', '"other"'))
    kit = w.new_kit(POLICY, file)
    w.home = home
    assert "is for product `other`" in w.airlock("kit", "install", kit, code=4).err, "the reason"
    w.airlock("kit", "verify", kit, code=4)
    w.airlock("kit", "verify", foreign, code=5)
    w.airlock("kit", "verify", own)
    assert w.process()["outcome"] == "sealed"


def test_a_kit_file_that_is_not_the_one_in_force_holds_every_report(w):
    w.site()
    second = w.new_kit()
    shutil.copy(second, w.site_path / "public/kit.p7s")
    result = w.process(code=4)
    assert (result["outcome"], result["reason"]) == ("held", "no_kit")
    assert "not the kit that is in force" in result["message"], result["message"]
    (w.site_path / "public/kit.p7s").unlink()
    assert w.process(code=4)["outcome"] == "held"
    (w.site_path / "public/kit.p7s").mkdir()
    assert w.process(code=4)["outcome"] == "held"
    (w.site_path / "public/kit.p7s").rmdir()
    w.airlock("kit", "install", second)
    assert [r["outcome"] for r in w.airlock("process", "--held", "--json").json["reports"]] == ["sealed", "repeated", "repeated"]
    assert list((w.site_path / "held").iterdir()) == []
    assert len(w.outbox()) == 1
    w.ledger_ok()


def test_kit_numbers_only_grow(w):
    """Kit numbers only grow: an older kit is refused, the same one may be installed again."""
    w.site()
    first, second = w.kit, w.new_kit()
    w.airlock("kit", "install", second)
    w.airlock("kit", "install", second)
    assert "is older than number 2" in w.airlock("kit", "install", first, code=4).err, "the reason"
    assert w.process()["outcome"] == "sealed"
    entries = w.run("sqlite3", w.site_path / "ledger.db", "SELECT count(*) FROM entries WHERE kind = 'kit'").text
    assert entries.strip() == "2"


def test_a_root_that_differs_from_the_fingerprint_makes_nothing(w):
    """A root that differs from the fingerprint given is exit 5, and nothing is made; without one init asks."""
    w.new_vendor()
    ran = w.airlock("init", "--vendor-root", w.root, "--vendor-root-sha256", "0" * 64, code=5)
    assert "has fingerprint" in ran.err, ran.err
    assert not w.site_path.exists(), "nothing is made"
    ran = w.airlock("init", "--vendor-root", w.root, stdin=b"no\n", code=4)
    assert "Type yes" in ran.err and "was not confirmed" in ran.err, ran.err
    w.airlock("init", "--vendor-root", w.root, stdin=b"", code=4)
    assert not w.site_path.exists(), "nothing is made"
    w.airlock("init", "--vendor-root", w.root, stdin=b"yes\n")


def test_init_refuses_a_wrong_root_or_kit_and_leaves_nothing_behind(w):
    """Init refuses a root that is none, a kit of another root, a damaged kit, and leaves nothing behind."""
    w.new_vendor()
    fingerprint = w.root_fingerprint()
    home = w.home
    w.home = w.path / "elsewhere"
    w.new_vendor()
    foreign = w.kit
    w.home = home
    leaf = home / "kit-signing.crt"
    leaf_print = w.run("openssl", "x509", "-in", leaf, "-noout", "-fingerprint", "-sha256").text.strip().split("=")[1]
    for arguments, code in ((["--vendor-root", w.path / "none"], 3),
                            (["--vendor-root", w.file("bad.crt", b"x")], 3),
                            (["--vendor-root", leaf, "--vendor-root-sha256", leaf_print], 3),
                            (["--vendor-root", w.root, "--vendor-root-sha256", fingerprint, "--kit", foreign], 5),
                            (["--vendor-root", w.root, "--vendor-root-sha256", fingerprint, "--kit", w.file("k", b"x")], 3),
                            (["--vendor-root", w.root, "--vendor-root-sha256", fingerprint, "--site-id", "x"], 2)):
        w.airlock("init", *arguments, code=code)
        assert not w.site_path.exists(), f"{arguments} left something behind"


def test_a_change_of_any_sampled_byte_of_a_kit_is_refused(w):
    """A change of any sampled byte of a kit is refused with 3 or 5, naming the file."""
    w.new_vendor()
    w.new_site(kit=None)
    good = small_kit(w).read_bytes()
    w.airlock("kit", "verify", w.file("good.p7s", good))
    step = max(1, len(good) // 150)
    for at in range(0, len(good), step):
        changed = bytearray(good)
        changed[at] ^= 1 << (at % 8)
        file = w.file("changed.p7s", bytes(changed))
        ran = w.airlock("kit", "verify", file, code=(3, 5))
        assert str(file) in ran.err, f"the message names the file: {ran.err}"
    print(f"counted: {len(range(0, len(good), step))} changed bytes of a kit through the command "
          "(unit site changes every one)")


def test_the_vendor_is_told_what_is_wrong_with_a_policy_or_a_dictionary(w):
    """The vendor is told what is wrong with a policy or a dictionary, with file, path and reason, and no number is used up."""
    w.vendor("init", "--name", "V", "--product", "posthog")
    policy = json.loads(POLICY.read_bytes())
    policy["tiers"]["standard"]["extra"] = 1
    ran = w.vendor("kit", "build", "--policy", w.file("p.json", json.dumps(policy)), "--dictionary", DICTIONARY, "--out",
                   w.path / "k", code=3)
    assert "p.json" in ran.err and "/tiers/standard/extra" in ran.err and "policy.json" not in ran.err, ran.err
    dictionary = json.loads(DICTIONARY.read_bytes())
    dictionary["fields"][3]["class"] = "nonsense"
    ran = w.vendor("kit", "build", "--policy", POLICY, "--dictionary", w.file("d.json", json.dumps(dictionary)), "--out",
                   w.path / "k", code=3)
    assert "d.json" in ran.err and "/fields/3" in ran.err and "dictionary.json" not in ran.err, ran.err
    delivery = {"destinations": [{"type": "https-json", "url": "http://reports.vendor.example/v1"}]}
    ran = w.vendor("kit", "build", "--policy", POLICY, "--dictionary", DICTIONARY, "--delivery",
                   w.file("r.json", json.dumps(delivery)), "--out", w.path / "k", code=3)
    assert "r.json" in ran.err and "/destinations/0/url" in ran.err, ran.err
    assert not (w.path / "k").exists(), "no kit was written"
    # Nor where the result has nowhere to go.
    taken = w.file("taken", "mine")
    for out, code in ((taken, 4), (w.path / "nowhere" / "k", 3)):
        for command in (["kit", "build", "--policy", POLICY, "--dictionary", DICTIONARY],
                        ["licence", "issue", "--tier", "standard", "--licensee", "L", "--any-site", "--not-after", "2099-01-01"]):
            ran = w.vendor(*command, "--out", out, code=code)
            assert str(out.parent if code == 3 else out) in ran.err and "hint" in ran.err or code == 3, ran.err
    assert taken.read_text() == "mine"
    assert w.vendor("licence", "list", "--json").json["licences"] == []
    w.kit = w.new_kit()
    w.new_site()
    assert w.airlock("kit", "show", "--json").json["number"] == 1
    assert w.vendor("licence", "issue", "--tier", "standard", "--licensee", "L", "--any-site", "--not-after", "2099-01-01",
                    "--out", w.path / "first", "--json").json["licence"]["sequence"] == 1
