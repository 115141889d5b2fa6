"""The vendor's desk: sticks as sites hand them in, sites by name, sites that report no more, and machines that were copied."""
import os
import re
import shutil


def bundles(w, site=None):
    return sorted(((site or w.site_path) / "outbox").glob("*.p7m"), key=lambda p: int(re.search(r"-(\d+)-[0-9a-f-]{36}\.p7m$", p.name)[1]))


def outcomes(ran):
    return [(i["disclosure"], i["outcome"]) for i in ran.json["items"]]


def test_a_stick_with_other_names_is_taken_in_and_what_is_passed_over_is_named(w):
    """A stick with other names: upper case, folders; all bundles are taken in, and what is passed over is named with its reason."""
    w.site()
    for number in (1, 2, 3):
        w.process(w.report_of(f"1.{number}.0"))
    first, second, third = bundles(w)
    stick = w.path / "STICK"
    (stick / "November" / "week 2").mkdir(parents=True)
    shutil.copy(first, stick / first.name.upper())
    shutil.copy(first.with_suffix(".txt"), stick / first.with_suffix(".txt").name.upper())
    shutil.copy(second, stick / "November" / second.name)
    shutil.copy(second.with_suffix(".txt"), stick / "November")
    shutil.copy(third, stick / "November" / "week 2" / "third.P7m")
    w.file("STICK/readme.pdf", "%PDF")
    w.file("STICK/alone.txt", "no bundle is beside it")
    w.file("STICK/._copy.p7m", "what another system leaves")
    (stick / ".Trashes").mkdir()
    (stick / "link.p7m").symlink_to(first)
    (stick / "away").symlink_to(w.path)
    os.mkfifo(stick / "pipe.p7m")

    shutil.copytree(w.home, w.path / "saved")
    ran = w.vendor("intake", stick)
    assert ran.text.endswith("in all: 3 taken in, 7 passed over\n"), ran.text
    for name, reason in (("readme.pdf", "its name does not end in `.p7m`"), ("alone.txt", "its name does not end in `.p7m`"),
                         ("._copy.p7m", "its name begins with a dot"), (".Trashes", "its name begins with a dot"),
                         ("link.p7m", "is a symbolic link"), ("away", "is a symbolic link"), ("pipe.p7m", "is neither a file nor a folder")):
        assert re.search(rf"airlock-vendor: warning: passed over `{re.escape(str(stick / name))}`: .*{re.escape(reason)}", ran.err), \
            f"{name} in {ran.err}"
    assert w.vendor("gaps", "--json").json["sites"][0]["missing"] == []

    ran = w.vendor("intake", stick, "--json")
    assert outcomes(ran) == [(1, "known"), (2, "known"), (3, "known")]
    assert (ran.json["new"], ran.json["known"], ran.json["instructions"], len(ran.json["passed_over"])) == (0, 3, 2, 7)
    assert sorted(ran.json["passed_over"][0]) == ["reason", "source"]
    assert w.vendor("intake", stick, "--quiet").err == "", "--quiet"

    # All names of the folder, as a shell writes them out: the instructions beside a bundle are no error.
    shutil.rmtree(w.home)
    shutil.copytree(w.path / "saved", w.home)
    (stick / "readme.pdf").unlink()
    (stick / "alone.txt").unlink()
    ran = w.vendor("intake", *sorted(p for p in stick.iterdir() if not p.name.startswith(".")), "--json")
    assert outcomes(ran) == [(1, "new"), (2, "new"), (3, "new")]
    assert sorted(p["source"] for p in ran.json["passed_over"]) \
        == sorted(str(stick / n) for n in ("link.p7m", "away", "pipe.p7m"))
    # A file that is named, and is no bundle, is an error still; so is a link where nothing else was named.
    w.vendor("intake", w.file("notes.txt", "no bundle"), bundles(w)[0], code=3)
    ran = w.vendor("intake", stick / "link.p7m", code=3)
    assert "passed over" in ran.err and "the files and folders that you named have no bundle" in ran.err, ran.err
    assert "in all: 0 taken in, 1 refused" in w.vendor("intake", w.path / "none", code=3).text, "intake of a path that does not exist"
    assert w.vendor("intake", w.site_path / "approvals" if (w.site_path / "approvals").exists() else w.site_path / "held").text \
        == "in all: 0 taken in\n", "an empty folder"


def test_intake_reads_nothing_of_the_sites_whose_bundle_it_is_not(w):
    """Intake costs the same however many sites are registered: it reads nothing of those whose bundle it is not. Here 500 others
    have certificates and keys that nobody could read."""
    w.site()
    for number in (1, 2):
        w.process(w.report_of(f"1.{number}.0"))
    others = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) "
    site = "printf('00000000-0000-4000-8000-%012d', i)"
    w.run("sqlite3", w.home / "register.db",
          f"{others} INSERT INTO sites SELECT {site}, '', '', '', 'no certificate', 'no certificate', 'no key', '', '' FROM n; "
          f"{others} INSERT INTO former_keys SELECT {site}, 'no certificate', 'no key', '' FROM n")
    assert outcomes(w.vendor("intake", *bundles(w), "--json")) == [(1, "new"), (2, "new")]
    plan = w.run("sqlite3", w.home / "register.db", "EXPLAIN QUERY PLAN SELECT ledger_key FROM former_keys WHERE site_id = ''").text
    assert "USING INDEX former_keys_site" in plan, plan


def test_a_folder_that_nobody_may_read_is_an_error_of_its_own(w):
    """A folder that nobody may read is an error of its own, and the rest is taken in."""
    w.site()
    w.process(w.report_of("1.1.0"))
    stick = w.path / "stick"
    stick.mkdir()
    shutil.copy(bundles(w)[0], stick)
    deep = stick
    for _ in range(40):
        deep = deep / "d"
    deep.mkdir(parents=True)
    ran = w.vendor("intake", stick)
    assert "is too many folders deep" in ran.err, ran.err
    (stick / "shut").mkdir()
    ran = w.run("strace", "-f", "-qq", "-o", "/dev/null", "-P", stick / "shut", "-e", "trace=openat", "-e", "inject=openat:error=EACCES",
                w.program("airlock-vendor"), "--home", w.home, "intake", stick, code=(1, 3, 4, 8))
    assert "shut" in ran.err and "1 here already, 1 refused" in ran.text, f"{ran.text}{ran.err}"


def test_a_site_is_named_by_its_id_a_beginning_of_it_or_its_name(w):
    """A site is named by its id, by a beginning of it that no other has, or by its name, wherever one is asked for."""
    w.new_vendor()
    ids = ["11111111-1111-4111-8111-111111111111", "1111aaaa-1111-4111-8111-111111111111", "2222aaaa-1111-4111-8111-111111111111"]
    names = ["Example Bank, Leeds", "Example Bank, York", "Example Bank, York"]
    for at, (site, name) in enumerate(zip(ids, names)):
        path = w.path / f"site-{at}"
        w.airlock("init", "--vendor-root", w.root, "--vendor-root-sha256", w.root_fingerprint(), "--kit", w.kit, "--name", name,
                  "--site-id", site, site=path)
        w.vendor("site", "add", path / "site-request.p7s")
    found = lambda text: w.vendor("gaps", "--site", text, "--json").json["sites"][0]["site_id"]
    for text, site in (("1111-", None), (ids[0], ids[0]), (ids[1].upper(), ids[1]), ("11111", ids[0]), ("1111a", ids[1]), ("2", ids[2]),
                       ("Example Bank, Leeds", ids[0]), ("example bank, leeds", ids[0])):
        if site:
            assert found(text) == site, text
    for text in ("1111", "Example Bank, York"):
        ran = w.vendor("gaps", "--site", text, code=2)
        assert f"`{text}` fits more than one site: " in ran.err and ids[1] + ", Example Bank, York" in ran.err, ran.err
    for command in (["gaps", "--site"], ["site", "show"], ["receipt", "--out", w.path / "r.p7s", "--site"],
                    ["site", "retire", "--reason", "x"], ["site", "close-fork", "--reason", "x"],
                    ["licence", "issue", "--tier", "standard", "--licensee", "x", "--not-after", "2099-01-01", "--out", w.path / "l.p7s", "--site"]):
        assert "fits more than one site" in w.vendor(*command, "1111", code=2).err, command
        assert "no site `3` is registered" in w.vendor(*command, "3", code=2).err, command
        ran = w.vendor(*command, w.path / "site-0", code=2)
        assert "is the path of a directory; name the site by its id" in ran.err, ran.err
    issued = w.vendor("licence", "issue", "--tier", "standard", "--licensee", "x", "--not-after", "2099-01-01", "--out", w.path / "l.p7s",
                      "--site", "2222", "--json").json
    assert issued["licence"]["sites"][0]["id"] == ids[2]
    assert "Example Bank, Leeds" in w.vendor("site", "list").text, "the list"
    assert [s["site_id"] for s in w.vendor("site", "list", "--json").json["sites"]] == sorted(ids)
    shown = w.vendor("site", "show", "2222", "--json").json
    assert (shown["name"], [l["serial"] for l in shown["licences"]]) == (names[2], [issued["licence"]["serial"]])
    # The other way round: a site's id where the program wants its directory.
    ran = w.airlock("status", site=ids[0], code=3)
    assert "`--site` takes the site's directory" in ran.err, ran.err


def test_a_retired_site_is_left_out_until_it_is_registered_again(w):
    """A retired site is left out of gaps, gets no receipt and no licence, its bundles are refused; registered again, all is as
    before."""
    w.site()
    w.process(w.report_of("1.1.0"))
    w.process(w.report_of("1.2.0"))
    first, second = bundles(w)
    w.vendor("intake", second)
    w.vendor("gaps", code=7)
    w.vendor("site", "retire", "Example Bank, Leeds", code=2)
    w.vendor("site", "retire", "Example Bank, Leeds", "--reason", "", code=2)
    ran = w.vendor("site", "retire", "Example Bank, Leeds", "--reason", "contract ended")
    assert "retired site " + w.site_id in ran.text and "airlock-vendor site add SITE-REQUEST" in ran.text, ran.text
    assert not w.vendor("site", "retire", w.site_id, "--reason", "again", "--json").json["new"], "the second time"
    gaps = w.vendor("gaps", "--json").json
    assert (gaps["sites"], gaps["retired"]) == ([], 1)
    assert "retired sites that are left out: 1" in w.vendor("gaps").text, "gaps says so"
    assert w.vendor("gaps", "--site", w.site_id, "--json").json["sites"][0]["retired"]["reason"] == "contract ended"
    assert "  retired" in w.vendor("site", "list").text, "the list"
    ran = w.vendor("intake", first, code=4)
    assert "was retired at" in ran.err and "contract ended" in ran.err, ran.err
    for command in (["receipt", "--out", w.path / "r.p7s", "--site"],
                    ["licence", "issue", "--tier", "standard", "--licensee", "x", "--not-after", "2099-01-01", "--out", w.path / "l.p7s", "--site"]):
        assert "was retired at" in w.vendor(*command, w.site_id, code=4).err, command
    assert "registered again site" in w.vendor("site", "add", w.site_path / "site-request.p7s").text, "the way back"
    assert [i["outcome"] for i in w.vendor("intake", first, "--json").json["items"]] == ["new"]
    w.vendor("gaps")
    w.vendor("receipt", "--out", w.path / "r.p7s", "--site", w.site_id)
    times = w.vendor("site", "show", w.site_id, "--json").json["retirements"]
    assert [(t["reason"], t["ended"] is not None) for t in times] == [("contract ended", True)]
    assert "was retired" in w.vendor("site", "show", w.site_id).text, "`site show` of a retired site"


def as_site(w, path):
    """A workspace's commands, for a moment, for another site directory."""
    return lambda *arguments, **options: w.airlock(*arguments, site=path, **options)


def cloned_site(w):
    """Makes a site, takes its first bundle in, and copies its directory."""
    w.site()
    w.process(w.report_of("1.1.0"))
    w.vendor("intake", bundles(w)[0])
    clone = w.path / "clone"
    shutil.copytree(w.site_path, clone)
    return w.site_path, clone


def test_the_fork_of_a_cloned_machine_is_named_and_closed_by_a_person(w):
    """A cloned machine: the fork is named, a person closes it with a reason, the clone becomes a site of its own, and gaps is
    content."""
    original, clone = cloned_site(w)
    w.process(w.report_of("1.2.0"))
    there = as_site(w, clone)
    there("process", w.report_of("1.3.0"))
    there("process", w.report_of("1.4.0"))
    kept, forked = bundles(w)[1], bundles(w, clone)[1]

    # Both come in; the second one's are forks, and the message speaks of copied machines.
    w.vendor("intake", original / "outbox")
    ran = w.vendor("intake", clone / "outbox", code=5)
    assert "machine or directory was copied" in ran.err and "site close-fork" in ran.err, ran.err
    assert "in all: 0 taken in, 1 here already, 2 forks" in ran.text, ran.text
    ran = w.vendor("gaps", code=5)
    assert "site close-fork" in ran.err, ran.err
    receipt = w.vendor("receipt", "--site", w.site_id, "--out", w.path / "before.p7s", "--json").json
    assert receipt["items"] == 1, "a contradicted disclosure is in the receipt"

    # A person closes it.
    w.vendor("site", "close-fork", "Example Bank, Leeds", code=2)
    assert w.vendor("site", "close-fork", w.site_id, "--disclosure", 7, "--reason", "x", "--json").json["closed"] == []
    w.vendor("gaps", code=5)
    ran = w.vendor("site", "close-fork", "Example Bank, Leeds", "--reason", "ticket 4712: the machine was cloned")
    kept_id, forked_id = kept.stem[-36:], forked.stem[-36:]
    assert re.search(rf"kept +{kept_id}", ran.text) and re.search(rf"apart +{forked_id}", ran.text), \
        f"which branch is kept: {ran.text}"
    assert "make it a site of its own" in ran.text, ran.text
    gaps = w.vendor("gaps", "--json").json["sites"][0]
    assert (gaps["forks"], [c["reason"] for c in gaps["closed_forks"]]) == ([], ["ticket 4712: the machine was cloned"])
    assert "has no such open fork" in w.vendor("site", "close-fork", w.site_id, "--reason", "again").text, \
        "the second time"
    shown = w.vendor("site", "show", w.site_id, "--json").json["closed_forks"][0]["forks"]
    assert [(f["disclosure"], f["id"]) for f in shown] == [(2, forked_id), (3, bundles(w, clone)[2].stem[-36:])]
    assert (shown[0]["kept"]["id"], shown[1]["kept"]) == (kept_id, None)
    text = w.vendor("site", "show", w.site_id).text
    assert "closed fork" in text and "ticket 4712" in text and forked_id in text, text
    # The same files again open nothing, and the kept branch is in receipts.
    assert outcomes(w.vendor("intake", original / "outbox", clone / "outbox", "--json")) \
        == [(1, "known"), (1, "known"), (2, "known"), (2, "closed"), (3, "closed")]
    w.vendor("gaps")
    issued = w.vendor("receipt", "--site", w.site_id, "--out", w.path / "after.p7s", "--json").json
    assert issued["items"] == 2
    w.airlock("receipt", "import", w.path / "after.p7s")
    w.process(w.report_of("1.5.0"))
    assert outcomes(w.vendor("intake", bundles(w)[-1], "--json")) == [(3, "new")]
    w.vendor("gaps")

    # The clone goes on as a site of its own, by the steps of the guide; what it had held goes on there.
    there("hold", "--reason", "becomes a site of its own")
    there("process", w.report_of("1.6.0"), code=4)
    held = [p for p in (clone / "held").iterdir() if re.fullmatch(r"[0-9a-f-]{36}", p.name)]
    assert len(held) == 1, "reports that the clone holds"
    before = w.path / "clone-before"
    clone.rename(before)
    made = there("init", "--vendor-root", before / "public" / "vendor-root.crt", "--vendor-root-sha256", w.root_fingerprint(), "--kit",
                 before / "public" / "kit.p7s", "--name", "Example Bank, Hull", "--json").json
    assert made["site_id"] != w.site_id, "a new id"
    w.vendor("site", "add", clone / "site-request.p7s", "--fingerprint", made["fingerprint"])
    there("licence", "install", w.new_licence("enterprise-air-gapped", ["air_gap"], site_id="Example Bank, Hull"))
    assert there("process", before / "held" / held[0].name, "--json").json["outcome"] == "sealed"
    as_site(w, before)("ledger", "verify")
    assert outcomes(w.vendor("intake", clone / "outbox", original / "outbox", "--json")).count((1, "new")) == 1
    sites = w.vendor("gaps", "--json").json["sites"]
    assert sorted((s["name"], s["received"], s["forks"]) for s in sites) \
        == [("Example Bank, Hull", 1, []), ("Example Bank, Leeds", 3, [])]
    w.vendor("gaps")
    # Somebody who goes on with the copy all the same is named again.
    before_too = as_site(w, before)
    before_too("release", "--reason", "x")
    before_too("process", w.report_of("1.7.0"))
    w.vendor("intake", bundles(w, before)[-1], code=5)
    w.vendor("gaps", code=5)


def test_the_machine_that_stays_the_site_adopts_its_ledger(w):
    """Where the register has bundles of both copies, the machine that stays the site adopts its ledger, and readmit goes on with
    it."""
    original, clone = cloned_site(w)
    for number in (2, 3):
        w.process(w.report_of(f"1.{number}.0"))
        as_site(w, clone)("process", w.report_of(f"1.{number + 10}.0"))
    # The clone's third comes in before anything that it contradicts.
    assert outcomes(w.vendor("intake", bundles(w, clone)[2], "--json")) == [(3, "new")]
    assert [o for _, o in outcomes(w.vendor("intake", original / "outbox", "--json", code=5))] == ["known", "new", "fork"]
    w.vendor("gaps", code=5)
    w.airlock("ledger", "adopt", "--yes", "--reason", "the directory was copied; this machine stays the site")
    seq = [e["seq"] for e in w.airlock("ledger", "export", "--format", "json").json["entries"] if e["kind"] == "adopted"][0]
    w.airlock("ledger", "prove", "--entry", seq, "--extract", w.path / "proof")
    done = w.vendor("site", "readmit", w.path / "proof", "--reason", "ticket 4712", "--json").json
    assert (done["kept"], done["former"], done["forks"]) == (2, 1, 1)
    assert [o for _, o in outcomes(w.vendor("intake", original / "outbox", "--json"))] == ["known", "known", "new"]
    w.process(w.report_of("1.4.0"))
    assert outcomes(w.vendor("intake", bundles(w)[-1], "--json")) == [(4, "new")]
    w.vendor("gaps")


def test_a_vendors_init_that_fails_or_is_killed_leaves_nothing_in_the_way(w):
    """A vendor's init that fails or is killed leaves nothing in the way of the next one."""
    arguments = ["init", "--name", "Example Vendor", "--product", "posthog"]
    killed = 0
    for call, when in [(c, n) for c in ("fsync", "linkat", "rename", "unlink", "pwrite64") for n in range(1, 60, 7)]:
        shutil.rmtree(w.home, ignore_errors=True)
        ran = w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={when}",
                    w.program("airlock-vendor"), "--home", w.home, *arguments, code=(0, -9, 137))
        if ran.code == 0:
            continue
        killed += 1
        if not (w.home / "home.json").exists():
            w.vendor(*arguments)
        w.vendor("gaps")
    assert killed > 8, f"only {killed} runs were killed"
    failed = 0
    for call, when in [(c, n) for c in ("fsync", "write", "pwrite64") for n in range(1, 60, 9)]:
        for there in (False, True):
            shutil.rmtree(w.home, ignore_errors=True)
            if there:
                w.home.mkdir(mode=0o700)
            ran = w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:error=ENOSPC:when={when}",
                        w.program("airlock-vendor"), "--home", w.home, *arguments, code=(0, 1, 8))
            if ran.code == 0:
                continue
            failed += 1
            assert w.home.exists() == there, f"{call} {when}: the folder"
            assert (list(w.home.iterdir()) if there else []) == [], f"{call} {when}: what is left"
    assert failed > 8, f"only {failed} runs failed"
    w.vendor(*arguments, code=(0, 4))
    w.vendor(*arguments, code=4)
    w.vendor("gaps")
    print(f"counted: a vendor's init killed {killed} times, failed {failed} times")
