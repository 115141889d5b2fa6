"""Whatever stops a report keeps its bytes, until it can leave or a person lets go of it (promise 2)."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

from harness import DICTIONARY, LONG, POLICY, REPORT, TOP, case, check, equal, main, worker_of

FIELD = TOP / "tests" / "kit" / "field"


def configure(w, **members):
    path = w.site_path / "airlock.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **members}))


def held_files(w):
    return sorted(p for p in (w.site_path / "held").iterdir() if len(p.name) == 36)


def changed(text):
    return lambda d: d["properties"].update({"posthog_version": text})


def install(w, tier, entitlements=()):
    w.airlock("licence", "install", w.new_licence(tier, entitlements))


# Each reason: what the site is like, the report, and what lets it leave then. All of them end at the vendor's.

def without_kit(w):
    w.new_vendor().new_site(kit=False)
    return lambda: (w.airlock("kit", "install", w.kit), install(w, "enterprise-air-gapped", ["air_gap"]))


def without_licence(w):
    w.new_vendor().new_site()
    return lambda: install(w, "enterprise-air-gapped", ["air_gap"])


def broken_licence(w):
    w.site()
    path = w.site_path / "public" / "licence.p7s"
    sound = path.read_text()
    path.write_text(sound.replace("A", "B", 40))
    return lambda: path.write_text(sound)


def unknown_tier(w):
    w.site()
    policy = json.loads(POLICY.read_text())
    policy["tiers"]["renamed"] = policy["tiers"].pop("enterprise-air-gapped")
    policy["claims"] = []
    w.airlock("kit", "install", w.new_kit(policy=w.file("renamed.json", json.dumps(policy))))
    return lambda: (w.airlock("kit", "install", w.new_kit()))


def above_ceiling(w):
    w.site(tier="standard", entitlements=[])
    return lambda: install(w, "enterprise-air-gapped", ["air_gap"])


def on_hold(w):
    w.site()
    w.airlock("hold", "--reason", "incident 12")
    return lambda: w.airlock("release", "--reason", "closed")


def redact_also_that_selects_nothing(w):
    w.site()
    configure(w, redact_also=[{"path": "/properties/no_such_field", "do": "drop"}])
    return lambda: configure(w, redact_also=[])


def nothing_yet(w):
    w.site()
    return lambda: None


def unknown_event(w):
    w.site()
    dictionary = json.loads(DICTIONARY.read_text())
    dictionary["events"].append("quarterly status report")
    next(f for f in dictionary["fields"] if f["path"] == "/event")["values"] = dictionary["events"]
    return lambda: (w.airlock("kit", "install", w.new_kit(dictionary=w.file("d.json", json.dumps(dictionary)))),
                    w.airlock("authorise", "--reason", "the vendor asks for it", "--yes"))


def undeclared(w):
    policy = json.loads(POLICY.read_text())
    policy["tiers"]["enterprise-air-gapped"]["profiles"] = ["as-published"]
    policy["rules"], policy["claims"] = policy["rules"][:2], []
    w.new_vendor(policy=w.file("policy.json", json.dumps(policy)))
    w.site(entitlements=[])

    def newer_kit():
        newer = FIELD / "new-fields-after-upgrade" / "dictionary-of-the-next-kit.json"
        w.airlock("kit", "install", w.new_kit(policy=w.path / "policy.json", dictionary=newer))
        w.airlock("authorise", "--reason", "the new fields are figures", "--yes")

    return newer_kit


def too_large(w):
    w.site()
    configure(w, limits={"report_bytes": 2048})
    return lambda: configure(w, limits={})


def new_event(w):
    return w.report(lambda d: d.update({"event": "quarterly status report"}))


def published(w):
    return w.report(changed("1.99.0"))


def with_new_members(_):
    return FIELD / "new-fields-after-upgrade" / "report.json"


REASONS = {
    "no_kit": (without_kit, published, 4, "held"),
    "licence: none": (without_licence, published, 4, "held"),
    "licence: one that cannot be read": (broken_licence, published, 4, "held"),
    "tier: one that the kit does not know": (unknown_tier, published, 4, "held"),
    "ceiling": (above_ceiling, published, 4, "held"),
    "hold": (on_hold, published, 4, "held"),
    "configuration": (redact_also_that_selects_nothing, published, 4, "held"),
    "dictionary: an unknown event": (unknown_event, new_event, 4, "held"),
    "dictionary: undeclared members": (undeclared, with_new_members, 4, "held"),
    "limit": (too_large, published, 3, "refused"),
}


def stopped(w, reason, outcome, exit_code, report, *arguments):
    """Processes a report that must be stopped, and returns its number."""
    done = w.process(report, *arguments, code=exit_code)
    equal((done["outcome"], done["reason"]), (outcome, reason.split(":")[0]), reason)
    check(done["hint"], f"{reason}: nothing says what to do")
    kept, = held_files(w)
    equal(kept.read_bytes(), report.read_bytes(), f"{reason}: what is kept")
    equal(kept.stat().st_mode & 0o777, 0o600, "mode")
    status = w.airlock("status", "--json").json
    equal((status["held"], status["refused"]), (1, 0) if outcome == "held" else (0, 1), reason)
    waiting, = status["waiting"]
    equal((waiting["reason"], waiting["numbers"]), (reason.split(":")[0], [done["number"]]), reason)
    text = w.airlock("status").text
    check(f"1 report is {outcome}" in text and waiting["message"][:40] in text, text)
    check(f"{outcome} since" in w.airlock("doctor", code=None).text, "doctor is silent")
    equal(w.airlock("explain", done["number"], code=exit_code).code, exit_code)
    before = w.airlock("ledger", "show", done["number"], "--json").json["entries"]
    equal(w.airlock("process", "--held", code=None).code, exit_code, f"{reason}: nothing has changed")
    equal(w.airlock("ledger", "show", done["number"], "--json").json["entries"], before, f"{reason}: entries")
    again = w.airlock("process", "--held", "--json").json
    equal((again["reports"], again["waiting"]), ([], 1), f"{reason}: it was looked at, and nothing has changed")
    w.ledger_ok()
    return done["number"]


for why, (arrange, make, exit_code, outcome) in REASONS.items():
    def run(w, why=why, arrange=arrange, make=make, exit_code=exit_code, outcome=outcome):
        mend = arrange(w)
        report = make(w)
        number = stopped(w, why, outcome, exit_code, report)
        mend()
        done, = w.airlock("process", "--held", "--json").json["reports"]
        equal((done["number"], done["outcome"]), (number, "sealed"), why)
        equal(held_files(w), [], "it left")
        bundle, = w.outbox()
        w.vendor("open", bundle, "--extract", w.path / "opened")
        opened = json.loads((w.path / "opened" / "report.json").read_text())
        equal(opened["event"], json.loads(report.read_bytes())["event"])
        proven = w.airlock("ledger", "prove", number, "--json").json
        equal((proven["kind"], proven["entry"]), ("decided", (w.path / "opened" / "entry.json").read_text()),
              "the entry that disclosed is what is proven")
        w.ledger_ok()

    case(f"stopped by {why}, kept, told of, and it leaves once that is mended")(run)


@case("malformed: kept until a person lets go of it, with the reason; the terminal names the member, the ledger does not")
def _(w):
    w.site()
    report = FIELD / "lone-surrogate" / "report.json"
    number = stopped(w, "malformed", "refused", 3, report)
    told = w.airlock("preview", number, code=3)
    check("after `/properties/teams/2/events_count_by_name/$identify`: an unpaired surrogate" in told.err, told.err)
    entries = w.airlock("ledger", "show", number).text
    check("identify" not in entries and "surrogate" not in entries, entries)
    w.airlock("discard", number, code=2)
    w.airlock("discard", number, "--reason", "the next one is sound")
    equal(held_files(w), [])
    equal(w.kinds(number)[-1], "discarded")
    w.airlock("discard", number, "--reason", "twice", code=2)
    equal(w.airlock("status", "--json").json["waiting"], [])
    w.ledger_ok()


@case("a leak in the note: held with its note, and another note lets it leave")
def _(w):
    w.site()
    report = w.report(lambda d: d["properties"]["users_who_logged_in"].append(
        {"id": 7, "distinct_id": "x" * 30, "first_name": "Marisol", "email": "marisol@bank.example"}))
    done = w.process(report, "--note", "for marisol@bank.example", code=4)
    equal((done["outcome"], done["reason"]), ("held", "leak"))
    held, = w.airlock("process", "--held", done["number"], "--json", code=4).json["reports"]
    equal(held["reason"], "leak", "it has kept its note")
    left, = w.airlock("process", "--held", done["number"], "--note", "for the auditors", "--json").json["reports"]
    equal(left["outcome"], "sealed")
    equal(held_files(w), [])


@case("only a chosen withhold keeps nothing, whatever the report: by tier, by floor, by a rule")
def _(w):
    w.site(tier="enterprise-no-ping", entitlements=["withhold"])
    broken = w.file("broken.json", b'{"event": ')
    for report in (REPORT, broken):
        done = w.process(report)
        equal((done["outcome"], done["exit"]), ("withheld", 0))
    install(w, "enterprise-air-gapped", ["air_gap"])
    configure(w, floor="withhold")
    done = w.process(broken)
    equal((done["outcome"], held_files(w)), ("withheld", []))
    equal(w.airlock("status", "--json").json["waiting"], [])
    w.ledger_ok()


@case("a floor of `withhold` lets go of nothing that waits until it is looked at, and then says so")
def _(w):
    w.site()
    w.airlock("hold", "--reason", "x")
    number = w.process(code=4)["number"]
    configure(w, floor="withhold")
    done, = w.airlock("process", "--held", "--json").json["reports"]
    equal((done["outcome"], w.kinds(number)[-1], held_files(w)), ("withheld", "withheld", []))


@case("you can look before you allow: preview prints what would leave, says first that it may not, and exits with 4")
def _(w):
    w.site()
    free = w.airlock("preview", REPORT)
    w.airlock("hold", "--reason", "the officer looks first")
    held = w.airlock("preview", REPORT, code=4)
    equal(held.out, free.out, "what would leave")
    first = held.err.splitlines()[0]
    check(first.startswith("airlock: error: it may not leave yet: disclosures are on hold"), held.err)
    number = w.process(code=4)["number"]
    equal(w.airlock("preview", number, code=4).out, free.out, "by number")
    equal(w.airlock("preview", number, "--json", code=4).json["payload_sha256"],
          subprocess.run(["sha256sum"], input=free.out, capture_output=True, check=True).stdout.decode().split()[0])
    w.airlock("release")
    done, = w.airlock("process", "--held", "--json").json["reports"]
    equal(done["payload_sha256"], w.airlock("preview", REPORT, "--json").json["payload_sha256"])
    # Where anything else stops it there is nothing to see.
    stopped_by_dictionary = w.airlock("preview", new_event(w), code=4)
    equal(stopped_by_dictionary.out, b"")


def sending_site(w):
    """A site that may send, to a receiver that is not there."""
    w.site(tier="enterprise", entitlements=[])
    url = {"type": "https-json", "url": "https://reports.vendor.example/v1"}
    configure(w, delivery={"destinations": [url]})
    w.airlock("authorise", "--reason", "the contract", "--yes")


def lose_payload(w):
    """Alters the payload that waits to be sent, and lets the sender find it."""
    payload, = (p for p in (w.site_path / "outbox").iterdir() if not p.name.startswith("."))
    payload.write_bytes(b"other bytes")
    w.run(w.program("airlock-send"), "--site", w.site_path, "--once", code=None)


@case("the bytes of a report that was queued stay until it has been sent; what will not be sent is held again")
def _(w):
    sending_site(w)
    queued = w.process(w.report(changed("2.0.0")), "--no-deliver", code=7)
    equal(len(held_files(w)), 1)
    equal(w.airlock("status", "--json").json["waiting"], [], "it does not count as held")
    w.airlock("discard", queued["number"], "--reason", "x", code=2)

    lose_payload(w)
    equal(w.kinds(queued["number"])[-2:], ["payload_lost", "held"])
    again, = w.airlock("process", "--held", "--no-deliver", "--json", code=7).json["reports"]
    equal((again["number"], again["outcome"]), (queued["number"], "queued"))

    install(w, "enterprise-air-gapped", ["air_gap"])
    w.run(w.program("airlock-send"), "--site", w.site_path, "--once", code=None)
    equal(w.kinds(queued["number"])[-2:], ["withdrawn", "held"])
    sealed, = w.airlock("process", "--held", "--json").json["reports"]
    equal((sealed["number"], sealed["outcome"], held_files(w)), (queued["number"], "sealed", []))
    w.ledger_ok()


@case("what another process holds while `--held` looks at the others is looked at the next time")
def _(w):
    sending_site(w)
    waits = w.file("new-event.json", new_event(w).read_bytes() + b" " * (48 << 20))  # so that to read it takes a while
    w.process(waits, code=4)
    kept, = held_files(w)
    queued = w.process(w.report(changed("2.0.0")), "--no-deliver", code=7)["number"]

    looking = subprocess.Popen([w.program("airlock"), "--site", w.site_path, "process", "--held", "--no-deliver"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    worker = worker_of(looking, lambda pid: kept in (fd.resolve() for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir()),
                       "a reader of the report that waits")
    os.kill(worker, signal.SIGSTOP)
    lose_payload(w)
    os.kill(worker, signal.SIGCONT)
    equal(looking.wait(timeout=120), 4)
    equal(w.kinds(queued)[-2:], ["payload_lost", "held"])

    again = w.airlock("process", "--held", "--no-deliver", "--json", code=(4, 7)).json["reports"]
    equal([(r["number"], r["outcome"]) for r in again if r["number"] == queued], [(queued, "queued")])
    w.ledger_ok()


@case("a bundle that was altered before it could be released: the report is held, and is sealed anew")
def _(w):
    w.site()
    number = w.process()["number"]
    equal(w.kinds(number)[-1], "released")
    # Nobody can alter a file between two steps of one process; what a crash left is sealed and hidden.
    w.airlock("hold", "--reason", "x")
    held = w.process(w.report(changed("3.0.0")), code=4)["number"]
    kept, = held_files(w)
    kept.write_bytes(kept.read_bytes().replace(b"3.0.0", b"3.0.1"))
    w.airlock("release")
    ran = w.airlock("process", "--held", "--json", code=5).json
    equal(ran["reports"], [])
    check("is not report 2 as it came in" in ran["failed"][0]["message"], ran)
    equal(len(w.outbox()), 1, "bytes that nobody handed in do not leave")
    w.airlock("preview", held, code=5)
    w.airlock("ledger", "verify", code=5)


@case("junk fills its own share only, and the same bytes are kept once: honest reports get through")
def _(w):
    w.site()
    configure(w, limits={"held_bytes": 1024 * 1024})  # an eighth for what is no report: 32 blocks
    w.airlock("hold", "--reason", "x")
    junk = w.file("junk.json", b"{" + b"a" * 65_000)
    times = 40 if LONG else 8
    for _ in range(times):
        equal(w.process(junk, code=3)["outcome"], "refused")
    equal(len(held_files(w)), times)
    equal(len({p.stat().st_ino for p in held_files(w)}), 1, "the same bytes are kept once")
    codes = [w.process(w.file(f"junk-{i}.json", b"{" + f"{i:02}".encode() * 7000), code=(3, 8))["exit"] for i in range(6)]
    check(3 in codes and codes[-1] == 8 and sorted(codes) == codes, codes)
    full = w.airlock("process", w.file("more.json", b"{ more"), code=8)
    check("no room to keep it" in full.err and "airlock discard N" in full.err, full.err)
    equal(w.process(w.report(changed("4.0.0")), code=4)["outcome"], "held")

    inbox = w.site_path / "inbox"
    (inbox / "a-junk.json").write_bytes(b"{ yet more")
    shutil.copy(REPORT, inbox / "b-honest.json")
    (inbox / "c-junk.json").write_bytes(b"{ and more")
    ran = w.airlock("process", "--inbox", "--json", code=8).json
    equal([r["outcome"] for r in ran["reports"]], ["held"], "the honest one")
    equal(len(ran["left"]), 2, "what does not fit stays with the product")
    w.airlock("release")
    honest = w.airlock("process", "--held", "--json", code=3).json["reports"]
    equal(sorted(r["outcome"] for r in honest if r["outcome"] != "refused"), ["sealed", "sealed"])

    refused = w.airlock("status", "--json").json["waiting"][0]
    w.airlock("discard", *refused["numbers"], "--reason", "junk")
    equal(w.process(junk, code=3)["outcome"], "refused", "there is room again")
    w.ledger_ok()


@case("reports that are held fill their share, and what is no report still has its own")
def _(w):
    w.site()
    configure(w, limits={"held_bytes": 1024 * 1024})
    w.airlock("hold", "--reason", "x")
    large = w.report(lambda d: d["properties"].update({"filler": "x" * 60_000}))
    big = [w.file(f"big-{i}.json", large.read_bytes().replace(b"xx", f"{i:02}".encode())) for i in range(20)]
    codes = [w.process(report, code=(4, 8))["exit"] for report in big]
    check(4 in codes and codes[-1] == 8, codes)
    equal(w.process(w.file("junk.json", b"{"), code=3)["outcome"], "refused")
    equal(w.airlock("process", big[0], code=4).code, 4, "bytes that are kept already need no room")


@case("an inbox file over the limit is kept by renaming; one from a pipe as far as there is room")
def _(w):
    w.site()
    configure(w, limits={"report_bytes": 20_000, "held_bytes": 1024 * 1024})
    inbox = w.site_path / "inbox"
    large = b'{"event": "' + b"x" * 50_000 + b'"}'
    (inbox / "large.json").write_bytes(large)
    inode = (inbox / "large.json").stat().st_ino
    shutil.copy(REPORT, inbox / "zz-honest.json")
    ran = w.airlock("process", "--inbox", "--json", code=3).json
    equal([r["outcome"] for r in ran["reports"]], ["refused", "sealed"])
    kept, = held_files(w)
    equal((kept.stat().st_ino, kept.read_bytes() == large), (inode, True))
    equal(list((w.site_path / "claimed").iterdir()), [])
    number = ran["reports"][0]["number"]
    w.airlock("preview", number, code=3)
    w.ledger_ok()

    equal(w.airlock("process", "-", stdin=b"[" + b"1," * 30_000, code=3).code, 3)
    equal(len(held_files(w)), 2)
    too_much = w.airlock("process", "-", stdin=b"[" + b"1," * 300_000, code=8)
    check("keep it" in too_much.err, too_much.err)
    (inbox / "huge.json").write_bytes(b"x" * 200_000)
    left, = w.airlock("process", "--inbox", "--json", code=8).json["left"]
    check("no room to keep it" in left["message"], left)
    # More room, a higher limit: what was refused is looked at again, and is judged by all its bytes.
    configure(w, limits={})
    again = w.airlock("process", "--held", "--json", code=(3, 4)).json["reports"]
    equal({r["reason"] for r in again}, {"malformed", "dictionary"})
    w.ledger_ok()


@case("people are warned before the bytes of a report expire, and that they did is recorded")
def _(w):
    w.site()
    w.airlock("hold", "--reason", "x")
    number = w.process(code=4)["number"]

    def after(days, *arguments, code=0):
        return w.run("faketime", "-f", f"+{days}d", w.program("airlock"), "--site", w.site_path, *arguments, code=code)

    check("removed after 90 days" not in after(70, "status").err, "too early")
    check("removed after 90 days" in after(80, "status").err, "nobody warns")
    check("the oldest is removed on" in after(80, "doctor", code=None).text, "doctor does not warn")
    for days in (30, 60, 89):  # a clock that leaps ends nothing
        after(days, "hold", "--reason", "still there", code=None)
        after(days, "release")
        after(days, "hold", "--reason", "again")
    after(91, "process", "--held")
    equal((w.kinds(number)[-1], held_files(w)), ("expired", []))


@case("three weeks of refusals: overdue counts from the last disclosure, and status says what is the matter")
def _(w):
    w.site()
    w.process()
    w.airlock("hold", "--reason", "x")
    for day in (7, 14, 21):
        w.run("faketime", "-f", f"+{day}d", w.program("airlock"), "--site", w.site_path, "process",
              w.report(changed(f"5.{day}.0")), code=4)
    status = w.run("faketime", "-f", "+22d", w.program("airlock"), "--site", w.site_path, "status", "--json").json
    equal((status["schedule"]["overdue"], status["waiting"][0]["count"]), (True, 3))


@case("kit, licence, authorisation and release say how many reports wait")
def _(w):
    w.new_vendor().new_site()
    w.process(code=4)
    says = "1 report waits: `airlock process --held` decides again"
    check(says in w.airlock("kit", "install", w.new_kit()).text, "kit install")
    check(says in w.airlock("licence", "install", w.new_licence("standard")).text, "licence install")
    check(says in w.airlock("authorise", "--reason", "the contract", "--yes").text, "authorise")
    w.airlock("hold")
    check(says in w.airlock("release").text, "release")


@case("`process`, `preview`, `explain` and `dictionary check` take the number of a report that waits, and no other")
def _(w):
    w.site()
    w.airlock("hold", "--reason", "x")
    report = w.report(lambda d: d["properties"].update({"new_figure": 3}))
    number = w.process(report, code=4)["number"]
    check("new_figure" in w.airlock("dictionary", "check", number, code=4).text, "dictionary check")
    check("/properties/new_figure is dropped" in w.airlock("explain", number, code=4).text, "explain")
    for command in (["preview", "9"], ["explain", "9"], ["process", "9"], ["dictionary", "check", "9"]):
        check("there is no report 9" in w.airlock(*command, code=2).err, command)
    w.airlock("release")
    equal(w.process(number)["reports"][0]["outcome"], "sealed")
    check("does not wait: it is released" in w.airlock("preview", number, code=2).err, "preview of what left")


@case("killed while it keeps a report: the next run has it, or the caller got no exit code")
def _(w):
    w.site()
    w.airlock("hold", "--reason", "x")
    report = w.report(changed("6.0.0"))
    start = time.monotonic()
    w.process(w.report(changed("6.0.1")), code=4)
    whole = time.monotonic() - start
    w.airlock("discard", "1", "--reason", "only to take the time")
    parts = 20 if LONG else 8
    for part in range(parts):
        process = subprocess.Popen([w.program("airlock"), "--site", w.site_path, "process", report], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=whole * (part + 1) / parts)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    w.airlock("process", "--held", code=(0, 4))
    rows = w.airlock("ledger", "list", "--json").json["reports"]
    waiting = w.airlock("status", "--json").json["held"]
    equal(len(held_files(w)), waiting)
    equal(sum(r["latest"] == "held" for r in rows), waiting)
    check(all(p.read_bytes() == report.read_bytes() for p in held_files(w)), "half a report")
    w.ledger_ok()


if __name__ == "__main__":
    main()
