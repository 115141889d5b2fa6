"""A licence renewed early, mistyped, forgotten, or spoilt on its way: what everybody who asks for a verdict is told."""
import collections
import datetime
import json
import pathlib
import shutil
import subprocess
import sys
import threading
import time

from harness import LONG, TOP, case, check, equal, main, wait_for

FIELD = TOP / "tests" / "kit" / "field"
YEAR = ["--not-before", "2020-01-01"]
PRESENT = "2027-01-10"  # where the present term ends and the next one begins


def day(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y-%m-%d")


def at(w, offset, *arguments, code=0, **options):
    """A command of airlock under another clock."""
    return w.run("faketime", "-f", offset, w.program("airlock"), "--site", w.site_path, *arguments, code=code, **options)


def public(w):
    return json.loads((w.site_path / "public/site.json").read_text())


def serial(w, licence):
    return w.run(w.program("airlock"), "licence", "verify", "--licence", licence, "--trust", w.root, "--product", "posthog",
                 "--site-id", w.site_id, "--json", code=None).json["licence"]["serial"]


def verdicts(w, offset="+0d"):
    """What the public part and the site itself say, which must be the same: state, serial, and the serial that follows."""
    out = []
    for words in (["licence", "verify"], ["licence", "show"], ["status"]):
        found = at(w, offset, *words, "--json", code=None).json
        verdict = found.get("licence", found) if words[0] == "status" else found
        follows = verdict["next"] and verdict["next"].get("takes_over") and verdict["next"]["licence"]["serial"]
        out.append((verdict["state"], verdict["licence"]["serial"] if "licence" in verdict else None, follows or None))
    check(len(set(out)) == 1, f"{words} differ: {out}")
    return out[0]


def tree(folder):
    return {p.relative_to(folder): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def renewed(w, end=40, **options):
    """A site whose licence ends in `end` days, and the next one, installed today, which begins then. Returns their serials."""
    w.new_vendor()
    w.new_site()
    first = w.new_licence("enterprise-air-gapped", ["air_gap"], not_after=day(end), extra=YEAR)
    w.airlock("licence", "install", first)
    second = w.new_licence(options.get("tier", "enterprise-air-gapped"), options.get("entitlements", ["air_gap"]),
                           extra=["--not-before", day(end)])
    w.installed = w.airlock("licence", "install", second, "--json").json
    w.first, w.second = first, second
    return serial(w, first), serial(w, second)


@case("early renewal: the present licence stays in force until the next one begins, and every verdict says what follows")
def _(w):
    first, second = renewed(w)
    equal((w.installed["state"], w.installed["licence"]["serial"], w.installed["exit"]), ("valid", first, 0))
    equal((w.installed["installed"]["serial"], w.installed["installed"]["waits"]), (second, True))
    equal(verdicts(w), ("valid", first, second))
    words = w.airlock("licence", "verify")
    check(f"next: {second} for tier enterprise-air-gapped takes over at {day(40)}T00:00:00Z" in words.text, words)
    for command in (["licence", "show"], ["status"]):
        check(second in w.airlock(*command).text, command)
    check(f"next: " in w.airlock("doctor").text, "doctor says what follows")
    equal(public(w)["licence_sequence"], 1, "the sequence rises only when it begins")
    equal(w.process()["licence_state"], "valid")
    # Near its end nobody is told to renew what has been renewed.
    near = at(w, "+35d", "licence", "verify", "--json").json
    equal((near["state"], near["warning_days"], near["hint"]), ("valid", None, None))

    # It takes over for every reader, without a write.
    before = tree(w.site_path)
    equal(verdicts(w, "+41d"), ("valid", second, None))
    for path, content in tree(w.site_path).items():
        check(content == before[path], f"{path} was changed by a reader")
    equal(verdicts(w), ("valid", first, second))

    # A command that writes moves it, keeps the one before, and from then on only the new one counts.
    changed = w.report(lambda d: d["properties"].update({"posthog_version": "1.36.0"}))
    sealed = at(w, "+41d", "process", changed, "--json").json
    equal((sealed["outcome"], sealed["licence_state"]), ("sealed", "valid"))
    check(not (w.site_path / "public/licence.next.p7s").exists(), "the next licence has its place")
    equal((w.site_path / "public/licence.p7s").read_bytes(), w.second.read_bytes())
    kept = list((w.site_path / "history").glob(f"licence-{first}-*.p7s"))
    equal([p.read_bytes() for p in kept], [w.first.read_bytes()])
    equal((w.site_path / "history").stat().st_mode & 0o777, 0o700)
    equal(public(w)["licence_sequence"], 2)
    equal(verdicts(w, "+41d"), ("valid", second, None))
    at(w, "+41d", "ledger", "verify")
    refused = at(w, "+41d", "licence", "install", w.first, code=6)
    check("superseded" in refused.err, refused.err)


@case("a next licence that would not be valid or in grace never takes over, and doctor and status say so")
def _(w):
    first, second = renewed(w)
    w.vendor("licence", "revoke", second, "--reason", "issued twice")
    w.airlock("kit", "install", w.new_kit())
    equal(verdicts(w), ("valid", first, None))
    equal(verdicts(w, "+41d")[:2], ("grace", first))
    for command in (["licence", "verify"], ["status"], ["doctor"]):
        ran = w.airlock(*command)
        check("does not take over" in ran.text + ran.err and second in ran.text + ran.err, ran)
    at(w, "+41d", "process", w.report())
    check((w.site_path / "public/licence.next.p7s").exists(), "it stays where it is")
    # One of another site, or none at all, put there by hand.
    for content in (w.new_licence("standard", site_id=None, any_site=True).read_bytes()[:-200], b"", bytes(100_000)):
        (w.site_path / "public/licence.next.p7s").write_bytes(content)
        equal(verdicts(w, "+41d"), ("grace", first, None))
    (w.site_path / "public/licence.next.p7s").unlink()
    (w.site_path / "public/licence.next.p7s").mkdir()
    equal(verdicts(w, "+41d"), ("grace", first, None))


@case("of two licences that wait the one with the higher sequence stays; one that begins now lets a higher one wait on")
def _(w):
    w.new_vendor()
    w.new_site()
    future = ["--not-before", day(40)]
    first, low, now, high, newest = (w.new_licence("enterprise-air-gapped", ["air_gap"], extra=extra)
                                     for extra in (YEAR, future, YEAR, future, YEAR))
    serials = [serial(w, each) for each in (first, low, now, high, newest)]
    w.airlock("licence", "install", first)
    w.airlock("licence", "install", low)
    w.airlock("licence", "install", high)
    equal(verdicts(w), ("valid", serials[0], serials[3]))
    equal(len(list((w.site_path / "history").glob(f"licence-{serials[1]}-*"))), 1, "what was replaced is kept")
    refused = w.airlock("licence", "install", low, code=6)
    check(serials[3] in refused.err and "already waits" in refused.err, refused.err)
    w.airlock("licence", "install", now)
    equal(verdicts(w), ("valid", serials[2], serials[3]))
    w.airlock("licence", "install", high)  # again
    equal(verdicts(w), ("valid", serials[2], serials[3]))
    w.airlock("licence", "install", newest)
    equal(verdicts(w), ("valid", serials[4], None))
    check(not (w.site_path / "public/licence.next.p7s").exists(), "an older one does not wait any more")
    equal(len(list((w.site_path / "history").glob("licence-*"))), 4)
    # Where none is in force, one that begins later is put into its place as ever.
    shutil.rmtree(w.site_path)
    w.new_site()
    later = w.new_licence("enterprise-air-gapped", ["air_gap"], extra=future)
    equal(w.airlock("licence", "install", later, "--json").json["state"], "not_yet_valid")
    equal(verdicts(w)[0], "not_yet_valid")
    w.ledger_ok()


@case("a takeover that a wrong clock made is taken back by authorise --clock, and comes again when it is time")
def _(w):
    first, second = renewed(w)
    w.process()
    changed = w.report(lambda d: d["properties"].update({"posthog_version": "1.36.0"}))
    at(w, "+60d", "process", changed)
    equal(public(w)["licence_sequence"], 2)
    ran = w.airlock("licence", "verify", "--json", code=6).json
    equal(ran["state"], "clock_rollback")
    done = w.airlock("authorise", "--clock", "--reason", "the clock was ahead", "--yes")
    check(f"`{first}` would be in force again" in done.text and f"`{second}`" in done.text, done)
    equal(verdicts(w), ("valid", first, second))
    equal(public(w)["licence_sequence"], 1)
    equal((w.site_path / "public/licence.p7s").read_bytes(), w.first.read_bytes())
    again = w.report(lambda d: d["properties"].update({"posthog_version": "1.36.1"}))
    equal(w.process(again)["outcome"], "sealed")
    w.ledger_ok()
    equal(verdicts(w, "+41d"), ("valid", second, None))
    last = w.report(lambda d: d["properties"].update({"posthog_version": "1.36.2"}))
    equal(at(w, "+41d", "process", last, "--json").json["outcome"], "sealed")
    equal(verdicts(w, "+41d"), ("valid", second, None))
    at(w, "+41d", "ledger", "verify")


@case("a take-back that was cut short before it moved the files is finished by the next command that writes")
def _(w):
    first, second = renewed(w)
    at(w, "+60d", "process", w.report())
    taken = {name: (w.site_path / "public" / name).read_bytes() for name in ("licence.p7s", "site.json")}
    w.airlock("authorise", "--clock", "--reason", "the clock was ahead", "--yes")
    # As if the ledger had been written and nothing after it.
    (w.site_path / "public/licence.next.p7s").unlink()
    for name, content in taken.items():
        (w.site_path / "public" / name).write_bytes(content)
    changed = w.report(lambda d: d["properties"].update({"posthog_version": "1.36.0"}))
    w.process(changed)
    equal((w.site_path / "public/licence.p7s").read_bytes(), w.first.read_bytes())
    equal((w.site_path / "public/licence.next.p7s").read_bytes(), w.second.read_bytes())
    equal(w.airlock("status", "--json").json["licence"]["licence"]["serial"], first)
    w.ledger_ok()


@case("a takeover to a tier that discloses more is held until a person authorises it, to a stricter one lowers the ceiling")
def _(w):
    renewed(w, tier="standard", entitlements=[])
    w.process()
    held = at(w, "+41d", "process", w.report(lambda d: d["properties"].update({"posthog_version": "1.36.0"})), "--json", code=4)
    equal(held.json["outcome"], "held")
    check("ceiling" in held.err, held.err)
    at(w, "+41d", "ledger", "verify")


@case("libairlock in a loop, as another user, during kit installs and a takeover: never a worse verdict than before or after")
def _(w):
    installs = 1000 if LONG else 20
    w.new_vendor()
    w.new_site()
    w.path.chmod(0o755)
    first = w.new_licence("enterprise-air-gapped", ["air_gap"], extra=YEAR)
    w.airlock("licence", "install", first)
    library = w.file("libairlock.so.0", (w.programs.parent / "lib" / "capi" / "libairlock.so.0").resolve().read_bytes())
    library.chmod(0o755)
    w.file("verify.py", (TOP / "docs" / "examples" / "verify.py").read_bytes()).chmod(0o644)
    stop = w.path / "stop"
    w.file("loop.py", f"""
import os, sys, time
sys.path.insert(0, {str(w.path)!r})
sys.dont_write_bytecode = True
from verify import Airlock
airlock = Airlock({str(library)!r})
count, last = 0, None
while True:
    started = time.time()
    verdict = airlock.verify_site({str(w.site_path)!r})
    found = (verdict["state_name"], verdict["serial"])
    count += 1
    if found != last:
        print("saw", started, time.time(), *found, verdict["reason"].replace(" ", "_"), flush=True)
        last = found
    if os.path.exists({str(stop)!r}):
        break
print("count", count)
""").chmod(0o644)
    environment = {}
    linked = subprocess.run(["ldd", library], capture_output=True, check=True).stdout.decode()
    if "libasan" in linked:
        runtime = subprocess.run(["cc", "-print-file-name=libasan.so"], capture_output=True, check=True).stdout.decode()
        environment["LD_PRELOAD"] = runtime.strip()
    other = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    answers = [w.path / f"answers-{n}" for n in range(2)]
    loops = [subprocess.Popen([*other, sys.executable, w.path / "loop.py"], stdout=answer.open("wb"), stderr=subprocess.PIPE,
                              env={"PATH": "/usr/bin:/bin", **environment}) for answer in answers]
    # The site's own view beside it, which reads the ledger.
    own_states = collections.Counter()

    def look():
        while not stop.exists():
            verdict = w.airlock("status", "--json").json["licence"]
            own_states[verdict["state"], verdict["licence"]["serial"]] += 1

    own = threading.Thread(target=look)
    own.start()
    try:
        # However slow the machine is, the takeover comes when everybody looks.
        wait_for(lambda: all(answer.stat().st_size for answer in answers), "the first verdicts")
        begins = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=4 + installs * 0.3)
        begins = begins.replace(microsecond=0)
        second = w.new_licence("enterprise-air-gapped", ["air_gap"],
                               extra=["--not-before", begins.strftime("%Y-%m-%dT%H:%M:%SZ")])
        w.airlock("licence", "install", second)
        for _ in range(installs):
            w.airlock("kit", "install", w.new_kit())
        while datetime.datetime.now(datetime.timezone.utc) < begins + datetime.timedelta(seconds=1):
            time.sleep(0.1)
        w.airlock("kit", "install", w.new_kit())  # moves what took over
        check(not (w.site_path / "public/licence.next.p7s").exists(), "the next licence has its place")
        time.sleep(0.3)
    finally:
        stop.touch()
        errors = [loop.communicate(timeout=60)[1] for loop in loops]
        own.join()
    serials = [serial(w, first), serial(w, second)]
    verdicts_seen = 0
    for answer, err in zip(answers, errors):
        out = answer.read_text()
        lines = [line.split() for line in out.splitlines()]
        check(lines and lines[-1][0] == "count", f"the loop ended: {err.decode()}")
        verdicts_seen += int(lines[-1][1])
        seen = [(line[3], line[4]) for line in lines[:-1]]
        equal(seen, [("valid", serials[0]), ("valid", serials[1])], f"verdicts of another user\n{out}")
        took_over = float(lines[1][2])
        check(took_over >= begins.timestamp(), "not before it began")
    equal(set(own_states), {("valid", serials[0]), ("valid", serials[1])}, "verdicts of the site itself")
    print(f"counted: {verdicts_seen} verdicts during {installs + 1} installs of a kit and one takeover")


@case("a file that mail, editors and sticks have been at is accepted, and what is installed is written canonically")
def _(w):
    w.new_vendor()
    folder = FIELD / "licence-through-the-post"
    for file in sorted(folder.glob("*.p7s")):
        ran = w.run("faketime", "2026-11-29 12:00:00", w.program("airlock"), "licence", "verify", "--licence", file, "--trust",
                    folder / "vendor-root.crt", "--product", "posthog", "--json")
        equal(ran.json["state"], "valid", file.name)
    w.new_site(kit=False)
    good = w.new_licence("enterprise-air-gapped", ["air_gap"]).read_text()
    kit = w.kit.read_text()

    def mangled(text, name):
        return w.file(name, "\ufeffDear Ms Example,\r\n\r\n" + text.replace("\n", "  \r\n") + "\r\n--\r\nVendor\r\n")

    w.airlock("kit", "install", mangled(kit, "kit.txt"))
    w.airlock("licence", "install", mangled(good, "licence.txt"))
    equal((w.site_path / "public/kit.p7s").read_text(), kit)
    equal((w.site_path / "public/licence.p7s").read_text(), good)
    # Roots and requests go the same way.
    other = w.path / "another"
    w.airlock("init", "--vendor-root", mangled(w.root.read_text(), "root.txt"), "--vendor-root-sha256", w.root_fingerprint(),
              site=other)
    equal((other / "public/vendor-root.crt").read_text(), w.root.read_text())
    w.vendor("site", "add", mangled((other / "site-request.p7s").read_text(), "request.txt"))
    twice = w.airlock("licence", "install", w.file("twice.p7s", good + good), code=3)
    check("twice.p7s`: is not PEM: has a second `-----BEGIN CMS-----`" in twice.err, twice.err)


@case("at a site `licence verify FILE` judges a file as the site would; every message names the file it means, and the cause")
def _(w):
    w.site()
    renewal = w.new_licence("enterprise-air-gapped", ["air_gap"], extra=["--not-before", "2098-01-01"])
    before = tree(w.site_path)
    ran = w.airlock("licence", "verify", renewal, "--json", code=6)
    equal((ran.json["state"], ran.json["licence"]["serial"]), ("not_yet_valid", serial(w, renewal)))
    check(str(renewal) in ran.json["reason"], ran.json["reason"])
    equal(w.airlock("licence", "verify", w.new_licence("standard", any_site=True), "--json").json["state"], "valid")
    equal({k: v for k, v in tree(w.site_path).items()}, before, "nothing is written")
    for words in (["licence", "verify", "typo.p7s"],
                  ["licence", "verify", "--licence", "typo.p7s", "--trust", w.root, "--product", "posthog"]):
        ran = w.airlock(*words, code=6)
        check("`typo.p7s`: no such file" in ran.err and "install it" not in ran.err, ran.err)
    ran = w.airlock("licence", "verify", "--licence", renewal, "--trust", "typo.crt", "--product", "posthog", code=3)
    check("`typo.crt`" in ran.err and "no such file" in ran.err, ran.err)
    ran = w.airlock("licence", "install", "typo.p7s", code=3)
    check("`typo.p7s`" in ran.err and "no such file" in ran.err, ran.err)
    folder = w.path / "a-folder"
    folder.mkdir()
    ran = w.airlock("licence", "verify", folder, code=3)
    check("a-folder`: is a directory, not a file" in ran.err, ran.err)
    ran = w.airlock("licence", "verify", renewal, "--trust", w.root, code=2)
    check("hint:" in ran.err, ran.err)
    # What lies at the site's own place is named as well.
    (w.site_path / "public/licence.p7s").unlink()
    (w.site_path / "public/licence.p7s").symlink_to(w.path / "gone")
    ran = w.airlock("licence", "verify", code=3)
    check("public/licence.p7s`" in ran.err and "no such file" in ran.err, ran.err)


@case("an authority whose validity is GeneralizedTime before 2050 knows receivers, and doctor does not fail for it")
def _(w):
    w.site()
    shutil.copy(FIELD / "certum-trusted-network-ca-2.pem", w.site_path / "trust/delivery/x.crt")
    configuration = json.loads((w.site_path / "airlock.json").read_text())
    configuration["delivery"] = {"destinations": [{"type": "https-json", "url": "https://reports.vendor.example/v1"}]}
    (w.site_path / "airlock.json").write_text(json.dumps(configuration))
    ran = w.airlock("doctor")
    check("trust/delivery`, until 2046-10-06" in ran.text or "2046-10-06" in ran.text, ran)


@case("licence, kit, root and keys as symbolic links, as mounted secrets are: verify, doctor and process agree")
def _(w):
    w.site()
    secrets = w.path / "secrets" / "..2026"
    secrets.mkdir(parents=True)
    (w.path / "secrets" / "..data").symlink_to("..2026")
    names = ["public/licence.p7s", "public/kit.p7s", "public/vendor-root.crt", "keys/site.key", "keys/ledger.key",
             "keys/archive.crt", "keys/pseudonym.key", "airlock.json"]
    names += [f"trust/vendor/{p.name}" for p in (w.site_path / "trust/vendor").iterdir()]
    for name in names:
        path = w.site_path / name
        secret = name.replace("/", "-")
        path.rename(secrets / secret)
        path.symlink_to(pathlib.Path("..", *[".."] * name.count("/"), "secrets", "..data", secret))
        check(path.exists(), f"{path} leads somewhere")
    w.path.chmod(0o755)
    equal(w.airlock("licence", "verify", "--json").json["state"], "valid")
    doctor = w.airlock("doctor")
    equal(w.process()["outcome"], "sealed", f"doctor was content:\n{doctor}")
    w.ledger_ok()
    # A link to a folder opens no more than a file would.
    (w.site_path / "public/licence.p7s").unlink()
    (w.site_path / "public/licence.p7s").symlink_to(w.path)
    equal(w.airlock("licence", "verify", "--json", code=3).json["state"], "invalid")
    changed = w.report(lambda d: d["properties"].update({"posthog_version": "1.36.0"}))
    equal(w.process(changed, code=4)["licence_state"], "invalid")


@case("a tier, an entitlement or a limit that no kit of the vendor knows is refused at issue, with the nearest name")
def _(w):
    def issue(*arguments, code=2, home=None):
        out = w.path / f"licence-{time.monotonic_ns()}.p7s"
        command = ["licence", "issue", "--licensee", "Example Bank plc", "--any-site", "--not-after", "2099-01-01", *arguments]
        ran = w.vendor(*command, "--out", out, code=code)
        equal(out.exists(), code == 0, f"a file\n{ran}")
        return ran

    w.new_vendor()
    for arguments, name, nearest in (
            (["--tier", "enterprise-airgaped"], "enterprise-airgaped", "enterprise-air-gapped"),
            (["--tier", "standard", "--entitlement", "airgap"], "airgap", "air_gap"),
            (["--tier", "standard", "--limit", "events_count_totl=5"], "events_count_totl", "events_count_total")):
        ran = issue(*arguments)
        check(f"`{name}`" in ran.err and f"`{nearest}`" in ran.err and "--unknown" in ran.err, ran.err)
        issue(*arguments, "--unknown", code=0)
    issue("--tier", "enterprise-no-ping", "--entitlement", "withhold", code=0)  # what a tier grants needs no rule
    issue("--tier", "Enterprise", code=3)  # what no licence may say
    # A renewal is a licence too; what an older kit of the home knew is known still.
    serials = [one["serial"] for one in w.vendor("licence", "list", "--json").json["licences"]]
    renew = ["licence", "renew", serials[0], "--not-after", "2100-01-01"]
    refused = w.vendor(*renew, "--out", w.path / "renewed.p7s", code=2)
    check("`enterprise-air-gapped`" in refused.err, refused.err)
    w.vendor(*renew, "--unknown", "--out", w.path / "renewed.p7s")
    policy = json.loads((TOP / "policy" / "posthog-default.json").read_text())
    policy["format"] = "airlock-policy/2"
    policy["tiers"]["house"] = policy["tiers"].pop("scale")
    policy["claims"] = policy["rules"] = []
    del policy["claims"], policy["rules"]
    policy["entitlements"] = ["beta"]
    w.new_kit(policy=w.file("policy.json", json.dumps(policy)))
    for tier in ("scale", "house"):
        issue("--tier", tier, code=0)
    issue("--tier", "standard", "--entitlement", "beta", "--entitlement", "air_gap", code=0)
    # A home that never built a kit checks nothing.
    w.home = w.path / "empty"
    w.vendor("init", "--name", "New Vendor", "--product", "posthog")
    issue("--tier", "anything", "--entitlement", "whatever", "--limit", "something=1", code=0)


@case("a mistyped tier is warned of, holds reports, and the mended licence works without authorise")
def _(w):
    w.site(tier="standard", entitlements=[])
    w.airlock("authorise", "--reason", "the contract", "--yes")
    ceiling = w.airlock("status", "--json").json["events"][0]["ceiling"]
    mistyped = w.new_licence("standrad", extra=["--unknown", "--limit", "no_such=1", "--entitlement", "airgap"])
    installed = w.airlock("licence", "install", mistyped)
    for words in ("tier `standrad`", "`standard`", "limit `no_such`", "entitlement `airgap`", "`air_gap`"):
        check(words in installed.err, f"{words}\n{installed}")
    doctor = w.airlock("doctor")
    check("tier `standrad`" in doctor.text and "`standard`" in doctor.text, doctor)
    w.airlock("process", w.report(), "--no-deliver", code=4)
    mended = w.airlock("licence", "install", w.new_licence("standard"))
    check("warning" not in mended.err, mended.err)
    equal(w.airlock("status", "--json").json["events"][0]["ceiling"], ceiling)
    next_report = w.report(lambda d: d["properties"].update({"posthog_version": "1.36.0"}))
    equal(w.process(next_report, "--no-deliver", code=7)["outcome"], "queued", "nobody has to authorise it again")
    w.ledger_ok()


@case("a licence that was forgotten: status and doctor say what is missing and what to do")
def _(w):
    w.new_vendor()
    w.new_site()
    status = w.airlock("status")
    check("there is no licence" in status.text, status)
    check("`airlock licence install FILE`" in status.text + status.err, status)
    doctor = w.airlock("doctor", code=None)
    check("`airlock licence install FILE`" in doctor.text, doctor)
    held = w.airlock("process", w.report(), code=4)
    check("licence" in held.err, held.err)
    w.airlock("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"]))
    next_report = w.report(lambda d: d["properties"].update({"posthog_version": "1.36.0"}))
    equal(w.process(next_report)["outcome"], "sealed", "nobody has to authorise it")


main()
