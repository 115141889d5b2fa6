"""Sites at rest, a command on each, and what must be true after the command and after the next one, whatever disturbed it."""
import json
import shutil
import sqlite3
import uuid

from receiver import Authority, Receiver

# As small as they may be: most of a run is then what it does with files.
POLICY = {
    "format": "airlock-policy/1", "name": "small", "version": "1", "otherwise": "withhold",
    "tiers": {"sealing": {"disposition": "seal", "profiles": ["all"], "may": ["seal", "withhold"]},
              "sending": {"disposition": "send", "profiles": ["all"], "may": ["send", "redact", "seal"]}},
    "rules": [{"id": "unusable-licence-seals", "at_least": "seal", "when": {"licence": [
        "expired", "not_yet_valid", "clock_rollback", "wrong_site", "wrong_product", "superseded"]}},
        {"id": "unreadable-licence-withholds", "at_least": "withhold", "when": {"licence": ["invalid", "revoked"]}}],
    "profiles": {"all": {"undeclared": "refuse", "redactions": []}}, "claims": []}
DICTIONARY = {
    "format": "airlock-dictionary/1", "name": "small", "product": "posthog", "roles": {"event": "/event"}, "events": ["small"],
    "fields": [{"path": "/event", "type": "enum", "values": ["small"], "class": "usage", "purpose": "routing", "about": "event"},
               {"path": "/n", "type": "count", "class": "usage", "purpose": "billing", "about": "number"}]}


def new_small_vendor(w):
    w.new_vendor(w.file("policy.json", json.dumps(POLICY)), w.file("dictionary.json", json.dumps(DICTIONARY)))


def report_text(n):
    return json.dumps({"event": "small", "n": n})


class Scenario:
    """A site at rest, a command on it, and what must be true after the command and after the next one."""

    name = ""
    arguments = ()
    allowed = (0, 7, 8)  # with a fault; without one the first of them
    reports = 1

    def __init__(self, w):
        self.w = w
        self.saved = w.path / "saved"
        new_small_vendor(w)
        self.report = w.file("report.json", report_text(1))
        self.prepare()
        shutil.copytree(w.site_path, self.saved, symlinks=True)
        self.at_first = self.state()

    def prepare(self):
        self.w.site(tier="sealing", entitlements=())

    def close(self):
        pass

    def limit(self, tier):
        """The licence limits a figure; there is one of another disclosure, as earlier versions kept it."""
        self.w.airlock("licence", "install", self.w.new_licence(tier, extra=["--limit", "n=5", "--unknown"]))
        (self.w.site_path / "held/usage.json").write_text(json.dumps({"format": "airlock-usage/1", "disclosures": [
            {"disclosure_id": str(uuid.uuid4()), "figures": {"/n": 7}}]}))

    def usage(self, place):
        shown = self.w.airlock("licence", "usage", "--json").json
        assert shown["limits"][0]["value"] == 1, f"{place}: usage shows {shown}"
        assert not (self.w.site_path / "held/usage.json").exists(), f"{place}: figures are kept"

    def restore(self):
        shutil.rmtree(self.w.site_path)
        shutil.copytree(self.saved, self.w.site_path, symlinks=True)

    @property
    def command(self):
        return [self.w.program("airlock"), "--site", str(self.w.site_path), *[str(a) for a in self.arguments]]

    def state(self):
        """All that a program could find."""
        site = self.w.site_path
        return [(str(p.relative_to(site)), p.lstat().st_mode, p.read_bytes() if p.is_file() else b"") for p in sorted(site.rglob("*"))]

    # What is in the ledger, without a program of ours.

    def query(self, sql):
        with sqlite3.connect(f"file:{self.w.site_path}/ledger.db?mode=ro", uri=True) as database:
            return database.execute(sql).fetchall()

    def of_kind(self, kind):
        return self.query(f"SELECT count(*) FROM entries WHERE kind = '{kind}'")[0][0]

    def kinds(self):
        return [k for k, in self.query("SELECT kind FROM entries WHERE report_id IS NOT NULL AND report_id <> '' ORDER BY seq")]

    def sound(self, place):
        """What holds at any time, whatever failed; the caller has run `ledger verify`."""
        left = self.query("SELECT originals.sha256, count(*) FROM outbox JOIN originals USING (report_id) "
                          "WHERE stage IN ('sealed', 'released', 'queued', 'attempted', 'failed', 'sent') GROUP BY 1")
        assert all(count == 1 for _, count in left), f"{place}: a report leaves twice: {self.kinds()}"
        twice = self.query("SELECT disclosure_id, kind FROM entries WHERE kind IN ('released', 'sent', 'abandoned') "
                           "GROUP BY 1, 2 HAVING count(*) > 1")
        assert twice == [], f"{place}: entries that are there twice"

    def at_rest(self, place):
        """What holds once a run was not disturbed."""
        self.sound(place)
        assert self.w.hidden() == [], f"{place}: hidden files"
        names = sorted(f for f, in self.query("SELECT file FROM outbox WHERE stage = 'released'"))
        assert [p.name for p in self.w.outbox()] == names, f"{place}: bundles"
        for bundle in self.w.outbox():
            assert bundle.with_suffix(".txt").exists(), f"{place}: no instructions beside {bundle.name}"

    # For each scenario.

    def after(self, code, place):
        """Directly after a run with a fault that ended with `code`."""
        recorded = self.of_kind("produced") + self.of_kind("repeated") > 0
        assert recorded or code == 8, f"{place}: exit {code}, but the report is not in the ledger"

    def finish(self, place):
        """The next run, undisturbed."""
        result = self.w.process(self.report, code=0)
        assert result["outcome"] in ("sealed", "repeated"), f"{place}: then {result['outcome']}"
        assert len(self.w.outbox()) == 1, f"{place}: bundles"


class Sealing(Scenario):
    name = "process on a sealing site"

    def prepare(self):
        super().prepare()
        self.limit("sealing")
        self.arguments = ["process", self.report]

    def finish(self, place):
        super().finish(place)
        self.usage(place)


class Holding(Scenario):
    name = "process on a holding site"
    allowed = (4, 8)

    def prepare(self):
        self.w.new_site(kit=None)
        self.arguments = ["process", self.report]
        self.recorded = False

    def restore(self):
        super().restore()
        self.recorded = False

    def after(self, code, place):
        super().after(code, place)
        self.recorded = self.recorded or code == 4

    def finish(self, place):
        if self.recorded:
            self.w.airlock("process", "--held", code=4)
        else:
            assert self.w.process(self.report, code=4)["outcome"] == "held", place
        held = sorted(p.name for p in (self.w.site_path / "held").iterdir())
        rows = self.w.airlock("ledger", "list", "--json").json["reports"]
        assert held == sorted(r["report_id"] for r in rows if r["latest"] == "held"), f"{place}: held files"
        assert held, f"{place}: nothing is held"
        for name in held:
            assert (self.w.site_path / "held" / name).read_text() == self.report.read_text(), f"{place}: what is held"


class Held(Scenario):
    name = "process --held"
    arguments = ["process", "--held"]

    def prepare(self):
        self.w.new_site(kit=None)
        self.w.process(self.report, code=4)
        self.w.airlock("kit", "install", self.w.kit)
        self.w.airlock("licence", "install", self.w.new_licence("sealing"))

    def finish(self, place):
        self.w.airlock("process", "--held")
        assert len(self.w.outbox()) == 1, f"{place}: bundles"
        assert list((self.w.site_path / "held").iterdir()) == [], f"{place}: held files"
        assert self.of_kind("produced") == 1, f"{place}: reports"


class Inbox(Scenario):
    name = "process --inbox"
    arguments = ["process", "--inbox"]

    def prepare(self):
        super().prepare()
        self.ids = []
        # Claimed, as by a run that was cut short: what was just dropped must settle first, and tests would wait.
        for n in range(2):
            self.ids.append(str(uuid.uuid4()))
            (self.w.site_path / "claimed" / self.ids[-1]).write_text(report_text(n))

    def after(self, code, place):
        waiting = {p.name for p in (self.w.site_path / "claimed").iterdir()}
        recorded = {r for r, in self.query("SELECT report_id FROM entries WHERE kind IN ('released', 'repeated', 'sealed')")}
        assert waiting | recorded == set(self.ids), f"{place}: claimed or recorded"

    def finish(self, place):
        self.w.airlock("process", "--inbox")
        assert list((self.w.site_path / "claimed").iterdir()) == [], f"{place}: what was claimed"
        for kind in ("produced", "released"):
            found = sorted(r for r, in self.query(f"SELECT report_id FROM entries WHERE kind = '{kind}'"))
            assert found == sorted(self.ids), f"{place}: {kind}"


class Sending(Scenario):
    name = "process on a sending site"

    def prepare(self):
        authority = Authority(self.w)
        self.server = Receiver(authority.issue("server"))
        self.w.site(tier="sending", entitlements=())
        self.limit("sending")
        self.w.configure(delivery={"destinations": [{"type": "https-json", "url": self.server.url(), "ca_file": str(authority.crt),
                                                     "timeout_seconds": 20}]})
        self.w.airlock("authorise", "--reason", "the vendor's contract", "--yes")
        self.arguments = ["process", self.report]
        # `process` starts the sender that lies beside it.
        self.installed = self.w.path / "installed"
        self.installed.mkdir()
        for program in ("airlock", "airlock-send"):
            shutil.copy(self.w.program(program), self.installed)

    @property
    def command(self):
        return [str(self.installed / "airlock"), "--site", str(self.w.site_path), *[str(a) for a in self.arguments]]

    def close(self):
        self.server.close()

    def restore(self):
        super().restore()
        self.server.requests.clear()

    def finish(self, place):
        result = self.w.process(self.report, code=(0, 7))
        assert result["outcome"] in ("sent", "queued", "repeated"), f"{place}: then {result['outcome']}"
        self.w.run(self.w.program("airlock-send"), "--site", self.w.site_path, "--now")
        keys = {p.headers["idempotency-key"] for p in self.server.posts}
        assert len(keys) == 1, f"{place}: keys that the receiver got"
        assert {p.body for p in self.server.posts} == {self.report.read_bytes()}, f"{place}: bodies"
        assert self.of_kind("sent") == 1, f"{place}: entries `sent`"
        self.usage(place)
        payload, = (self.w.site_path / "outbox").iterdir()
        assert {payload.name} == {key + ".json" for key in keys} and payload.read_bytes() == self.report.read_bytes(), \
            f"{place}: the payload that was sent"


class KitInstall(Scenario):
    name = "kit install"
    allowed = (0, 8)

    def prepare(self):
        super().prepare()
        self.arguments = ["kit", "install", self.w.new_kit(self.w.path / "policy.json", self.w.path / "dictionary.json")]

    def after(self, code, place):
        """The old kit or the new one, or nothing leaves until it is installed again."""

    def finish(self, place):
        before = self.w.process(self.report, code=(0, 4))
        assert before["outcome"] in ("sealed", "held"), f"{place}: then {before['outcome']}"
        self.w.airlock(*self.arguments)
        assert self.of_kind("kit") == 2, f"{place}: kits recorded"
        if before["outcome"] == "held":
            self.w.airlock("process", "--held")
        assert len(self.w.outbox()) == 1, f"{place}: bundles"


class Authorise(Scenario):
    name = "authorise"
    allowed = (0, 8)
    arguments = ["authorise", "--reason", "the vendor's contract", "--yes"]
    recorded = 1

    def prepare(self):
        self.w.site(tier="sealing", entitlements=())
        self.w.airlock("licence", "install", self.w.new_licence("sending"))

    def after(self, code, place):
        assert code == 8 or self.of_kind("authorised") == self.recorded, f"{place}: exit {code}, and not recorded"

    def finish(self, place):
        self.w.airlock(*self.arguments)
        assert self.of_kind("authorised") == self.recorded, f"{place}: authorised"
        assert self.w.process(self.report, "--no-deliver", code=7)["outcome"] == "queued", f"{place}: then"


class AuthoriseKit(Authorise):
    name = "authorise of an older kit"

    def prepare(self):
        self.w.site(tier="sealing", entitlements=())
        newer = self.w.new_kit(self.w.path / "policy.json", self.w.path / "dictionary.json")
        self.w.airlock("kit", "install", newer)
        self.w.airlock("kit", "install", self.w.kit, code=4)

    def finish(self, place):
        self.w.airlock(*self.arguments)
        assert self.of_kind("authorised") == self.recorded, f"{place}: authorised"
        assert self.w.process(self.report, code=0)["outcome"] == "sealed", f"{place}: then"
        assert self.w.airlock("status", "--json").json["kit"]["number"] == 1, f"{place}: kit"


class HandOver(Scenario):
    name = "outbox hand-over"

    def prepare(self):
        super().prepare()
        self.w.process(self.report)
        self.medium = self.w.path / "medium"
        self.medium.mkdir()
        self.arguments = ["outbox", "hand-over", "--to", self.medium]

    def restore(self):
        super().restore()
        for path in self.medium.iterdir():
            path.unlink()

    def state(self):
        return super().state() + sorted(str(p) for p in self.medium.iterdir())

    def after(self, code, place):
        assert code == 8 or self.of_kind("handed_over") > 0, f"{place}: exit {code}, and not recorded"
        for path in self.medium.glob("[!.]*"):
            assert self.of_kind("handed_over") > 0, f"{place}: {path.name} is on the medium, and not recorded"

    def finish(self, place):
        self.w.airlock(*self.arguments)
        expected = sorted((p.name, p.read_bytes()) for p in (self.w.site_path / "outbox").iterdir())
        assert sorted((p.name, p.read_bytes()) for p in self.medium.iterdir()) == expected, f"{place}: medium"
        assert len(expected) == 2, f"{place}: outbox"


# A further command that changes files or the ledger gets a class above and a place here.
SCENARIOS = [Sealing, Sending, Holding, Held, Inbox, KitInstall, Authorise, AuthoriseKit, HandOver]
