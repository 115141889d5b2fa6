"""Kits and roots: the documented outcome for each way in which they can be wrong."""
import json
import shutil

from harness import DICTIONARY, POLICY, REPORT, case, check, equal, main


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


@case("without a kit a report is held and kept, exit 4; once the kit is installed it leaves, and the held copy goes")
def _(w):
    w.new_vendor()
    w.new_site(kit=None)
    result = w.process(code=4)
    equal((result["outcome"], result["reason"]), ("held", "no_kit"))
    held = w.site_path / "held" / result["report_id"]
    equal(held.read_bytes(), REPORT.read_bytes())
    equal(oct(held.stat().st_mode & 0o777), "0o600")
    w.ledger_ok()
    still = w.airlock("process", "--held", "--json", code=4).json
    equal([r["outcome"] for r in still["reports"]], ["held"])
    w.airlock("kit", "install", w.kit)
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    done = w.airlock("process", "--held", "--json").json
    equal([(r["number"], r["outcome"]) for r in done["reports"]], [(1, "sealed")])
    check(not held.exists(), "the held copy is gone")
    equal(len(w.outbox()), 1)
    equal(w.kinds(1), ["produced", "held", "decided", "sealed", "released"])
    equal(w.airlock("process", "--held", "--json").json["reports"], [])
    w.airlock("process", "--held", "1", code=2)
    w.ledger_ok()


@case("a malformed report without a kit is refused, and its bytes are kept")
def _(w):
    w.new_vendor()
    w.new_site(kit=None)
    equal(w.process(w.file("bad.json", b'{"a": '), code=3)["outcome"], "refused")
    equal([p.read_bytes() for p in (w.site_path / "held").iterdir()], [b'{"a": '])


@case("a kit of another product is refused by init with a licence, by install, and by verify")
def _(w):
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
    check("is for product `other`" in w.airlock("kit", "install", kit, code=4).err, "the reason")
    w.airlock("kit", "verify", kit, code=4)
    w.airlock("kit", "verify", foreign, code=5)
    w.airlock("kit", "verify", own)
    equal(w.process()["outcome"], "sealed")


@case("a kit file that is not the one in force holds every report")
def _(w):
    w.site()
    second = w.new_kit()
    shutil.copy(second, w.site_path / "public/kit.p7s")
    result = w.process(code=4)
    equal((result["outcome"], result["reason"]), ("held", "no_kit"))
    check("not the kit in force" in result["message"], result["message"])
    (w.site_path / "public/kit.p7s").unlink()
    equal(w.process(code=4)["outcome"], "held")
    (w.site_path / "public/kit.p7s").mkdir()
    equal(w.process(code=4)["outcome"], "held")
    (w.site_path / "public/kit.p7s").rmdir()
    w.airlock("kit", "install", second)
    equal([r["outcome"] for r in w.airlock("process", "--held", "--json").json["reports"]], ["sealed", "repeated", "repeated"])
    equal(list((w.site_path / "held").iterdir()), [])
    equal(len(w.outbox()), 1)
    w.ledger_ok()


@case("kit numbers only grow: an older kit is refused, the same one may be installed again")
def _(w):
    w.site()
    first, second = w.kit, w.new_kit()
    w.airlock("kit", "install", second)
    w.airlock("kit", "install", second)
    check("is older than number 2" in w.airlock("kit", "install", first, code=4).err, "the reason")
    equal(w.process()["outcome"], "sealed")
    entries = w.run("sqlite3", w.site_path / "ledger.db", "SELECT count(*) FROM entries WHERE kind = 'kit'").text
    equal(entries.strip(), "2")


@case("a root that differs from the fingerprint given is exit 5, and nothing is made; without one init asks")
def _(w):
    w.new_vendor()
    ran = w.airlock("init", "--vendor-root", w.root, "--vendor-root-sha256", "0" * 64, code=5)
    check("has fingerprint" in ran.err, ran.err)
    check(not w.site_path.exists(), "nothing is made")
    ran = w.airlock("init", "--vendor-root", w.root, stdin=b"no\n", code=4)
    check("Type yes" in ran.err and "was not confirmed" in ran.err, ran.err)
    w.airlock("init", "--vendor-root", w.root, stdin=b"", code=4)
    check(not w.site_path.exists(), "nothing is made")
    w.airlock("init", "--vendor-root", w.root, stdin=b"yes\n")


@case("init refuses a root that is none, a kit of another root, a damaged kit, and leaves nothing behind")
def _(w):
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
        check(not w.site_path.exists(), f"{arguments} left something behind")


@case("a change of any sampled byte of a kit is refused with 3 or 5, naming the file")
def _(w):
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
        check(str(file) in ran.err, f"the message names the file: {ran.err}")
    print(f"counted: {len(range(0, len(good), step))} changed bytes of a kit through the command "
          "(unit site changes every one)")


@case("the vendor is told what is wrong with a policy or a dictionary, with file, path and reason, and no number is used up")
def _(w):
    w.vendor("init", "--name", "V", "--product", "posthog")
    policy = json.loads(POLICY.read_bytes())
    policy["tiers"]["standard"]["extra"] = 1
    ran = w.vendor("kit", "build", "--policy", w.file("p.json", json.dumps(policy)), "--dictionary", DICTIONARY, "--out",
                   w.path / "k", code=3)
    check("p.json" in ran.err and "/tiers/standard/extra" in ran.err and "policy.json" not in ran.err, ran.err)
    dictionary = json.loads(DICTIONARY.read_bytes())
    dictionary["fields"][3]["class"] = "nonsense"
    ran = w.vendor("kit", "build", "--policy", POLICY, "--dictionary", w.file("d.json", json.dumps(dictionary)), "--out",
                   w.path / "k", code=3)
    check("d.json" in ran.err and "/fields/3" in ran.err and "dictionary.json" not in ran.err, ran.err)
    delivery = {"destinations": [{"type": "https-json", "url": "http://reports.vendor.example/v1"}]}
    ran = w.vendor("kit", "build", "--policy", POLICY, "--dictionary", DICTIONARY, "--delivery",
                   w.file("r.json", json.dumps(delivery)), "--out", w.path / "k", code=3)
    check("r.json" in ran.err and "/destinations/0/url" in ran.err, ran.err)
    check(not (w.path / "k").exists(), "no kit was written")
    # Nor where the result has nowhere to go.
    taken = w.file("taken", "mine")
    for out, code in ((taken, 4), (w.path / "nowhere" / "k", 3)):
        for command in (["kit", "build", "--policy", POLICY, "--dictionary", DICTIONARY],
                        ["licence", "issue", "--tier", "standard", "--licensee", "L", "--any-site", "--not-after", "2099-01-01"]):
            ran = w.vendor(*command, "--out", out, code=code)
            check(str(out.parent if code == 3 else out) in ran.err and "hint" in ran.err or code == 3, ran.err)
    equal(taken.read_text(), "mine")
    equal(w.vendor("licence", "list", "--json").json["licences"], [])
    w.kit = w.new_kit()
    w.new_site()
    equal(w.airlock("kit", "show", "--json").json["number"], 1)
    equal(w.vendor("licence", "issue", "--tier", "standard", "--licensee", "L", "--any-site", "--not-after", "2099-01-01",
                   "--out", w.path / "first", "--json").json["licence"]["sequence"], 1)


main()
