"""Rows of the ledger that somebody changes, with sqlite3 and for a moment, while a report is processed."""
import contextlib
import hashlib
import json
import shutil
import sqlite3
import uuid


@contextlib.contextmanager
def database(w):
    """The ledger without its triggers, which look as before afterwards."""
    book = sqlite3.connect(w.site_path / "ledger.db", isolation_level=None)
    triggers = book.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        book.execute(f"DROP TRIGGER {name}")
    yield book
    for _, sql in triggers:
        book.execute(sql)
    book.close()


def leaf(body):
    return hashlib.sha256(b"\0" + body.encode()).digest()


def rebuild(book):
    """Leaves and nodes as the bodies have them."""
    book.execute("DELETE FROM nodes")
    level = []
    for seq, body in book.execute("SELECT seq, body FROM entries ORDER BY seq").fetchall():
        level.append(leaf(body))
        book.execute("UPDATE entries SET leaf = ? WHERE seq = ?", (level[-1], seq))
    height = 0
    while len(level) > 1:
        height += 1
        level = [hashlib.sha256(b"\1" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        for index, digest in enumerate(level):
            book.execute("INSERT INTO nodes VALUES (?, ?, ?)", (height, index, digest))


KINDS = ("adopted", "acknowledged", "authorised", "configured", "hold", "kit", "licence", "release", "produced", "key_rotated",
         "key_destroyed", "send_failed", "sent")


def append(book, kind, report_id=None, **members):
    """An entry as Airlock would write it, by somebody who is not Airlock."""
    seq, text, last_kind = book.execute("SELECT seq, body, kind FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
    before = json.loads(text)
    newest = dict(before["newest"])
    if last_kind in KINDS:
        newest[last_kind] = seq
    if "disclosure" in before:
        newest["disclosure"] = seq
    order = [name for name in (*KINDS, "disclosure", "upgrade") if name in newest]
    body = {"format": "airlock-entry/2", "nonce": "00" * 16, "seq": seq + 1, "time": before["time"], "kind": kind}
    if report_id:
        body["report_id"] = report_id
    body |= {"newest": {name: newest[name] for name in order},
             "newest_time": max(before["time"], before.get("newest_time", ""))} | members
    text = json.dumps(body, separators=(",", ":"))
    about = members.get("disclosure_id") or members.get("disclosure", {}).get("id")
    book.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                 (seq + 1, text, leaf(text), body["time"], kind, report_id, None, about))
    rebuild(book)
    return seq + 1


def seq_of(book, kind):
    return book.execute("SELECT max(seq) FROM entries WHERE kind = ?", (kind,)).fetchone()[0]


def nothing_leaves(w, attack, report, previewed=False):
    """The attack, a report while it lasts, and all put back: nothing left, and the ledger is sound as before."""
    for name in ("ledger.db", "ledger.anchor"):
        shutil.copy(w.site_path / name, w.path / name)
    bundles = {p.name for p in w.outbox()}
    with database(w) as book:
        attack(book)
    w.airlock("process", report, "--json", code=(5, 8))
    assert {p.name for p in w.outbox()} == bundles, "bundles"
    if not previewed:
        assert w.airlock("preview", report, code=(5, 8)).out == b"", "preview printed bytes"
    assert (w.site_path / "ledger.anchor").read_bytes() == (w.path / "ledger.anchor").read_bytes(), "the anchor"
    shutil.copy(w.path / "ledger.db", w.site_path / "ledger.db")
    w.ledger_ok()


def edit(book, seq, old, new, fit):
    (body,) = book.execute("SELECT body FROM entries WHERE seq = ?", (seq,)).fetchone()
    assert old in body, f"entry {seq} has no {old}: {body}"
    book.execute("UPDATE entries SET body = replace(body, ?, ?) WHERE seq = ?", (old, new, seq))
    if fit:
        rebuild(book)


def test_a_hold_whose_row_is_changed_still_stops_reports(w):
    """A hold whose row is changed, hidden, cut off or made older stops reports as before."""
    w.site()
    w.process(w.report_of("1.36.1"))
    w.airlock("hold", "--reason", "audit")
    report = w.report_of("1.36.2")

    def hidden(book):
        book.execute("UPDATE entries SET kind = 'repeated' WHERE kind = 'hold'")

    def reworded(fit):
        def attack(book):
            edit(book, seq_of(book, "hold"), '"kind":"hold"', '"kind":"release"', fit)
            book.execute("UPDATE entries SET kind = 'release' WHERE kind = 'hold'")
        return attack

    def cut_off(book):
        book.execute("DELETE FROM entries WHERE kind = 'hold'")
        rebuild(book)

    for attack in (hidden, reworded(False), reworded(True), cut_off):
        nothing_leaves(w, attack, report)
    ran = w.airlock("process", report, "--json", code=4)
    assert ran.json["outcome"] == "held"
    w.ledger_ok()


def test_what_is_changed_for_a_moment_lets_nothing_out_and_swallows_nothing(w):
    """A ceiling, a kit or a licence that is changed for a moment lets nothing out and swallows nothing."""
    w.site()
    w.process(w.report_of("1.36.1"))
    report = w.report_of("1.36.2")

    def ceiling(book):
        book.execute("""UPDATE ceilings SET text = replace(text, '"disposition":"seal"', '"disposition":"send"')""")

    def digest(fit):
        def attack(book):
            text = "{}"
            sha256 = hashlib.sha256(text.encode())
            book.execute("INSERT INTO ceilings VALUES (?, ?)", (sha256.digest(), text))
            seq = max(seq_of(book, kind) or 0 for kind in ("kit", "licence", "configured", "authorised"))
            (body,) = book.execute("SELECT body FROM entries WHERE seq = ?", (seq,)).fetchone()
            edit(book, seq, json.loads(body)["ceiling_sha256"], sha256.hexdigest(), fit)
        return attack

    def lost(book):
        book.execute("DELETE FROM ceilings")

    def kit(fit):
        return lambda book: edit(book, seq_of(book, "kit"), '"number":1', '"number":0', fit)

    def licence(fit):
        return lambda book: edit(book, seq_of(book, "licence"), '"sequence":1', '"sequence":0', fit)

    def older(book):
        book.execute("UPDATE entries SET kind = 'repeated' WHERE kind = 'licence'")

    def leads_elsewhere(book):
        seq = book.execute("SELECT max(seq) FROM entries").fetchone()[0]
        edit(book, seq, f'"kit":{seq_of(book, "kit")}', '"kit":0', True)

    for attack in (ceiling, digest(False), digest(True), lost, kit(False), kit(True), licence(False), licence(True), older,
                   leads_elsewhere):
        nothing_leaves(w, attack, report)
    assert w.process(report)["outcome"] == "sealed"
    w.ledger_ok()


def test_a_forged_original_does_not_make_a_repeat_of_a_report(w):
    """A forged original does not make a repeat of a report: it is recorded and leaves."""
    w.site()
    first = w.process(w.report_of("1.36.1"))
    report = w.report_of("1.36.2")
    with database(w) as book:
        (before,) = book.execute("SELECT sha256 FROM originals WHERE report_id = ?", (first["report_id"],)).fetchone()
        book.execute("UPDATE originals SET sha256 = ? WHERE report_id = ?",
                     (hashlib.sha256(report.read_bytes()).digest(), first["report_id"]))
    result = w.process(report)
    assert (result["outcome"], result["number"]) == ("sealed", 2)
    assert len(w.outbox()) == 2
    with database(w) as book:
        book.execute("UPDATE originals SET sha256 = ? WHERE report_id = ?", (before, first["report_id"]))
    w.ledger_ok()
    # What is one still is one.
    assert w.process(report)["outcome"] == "repeated"


def test_an_outbox_row_that_says_that_a_report_left_does_not_swallow_it(w):
    w.site()
    report = w.report_of("1.36.1")
    w.process(report)
    bundle = w.outbox()[0]

    def claims(book):
        book.execute("UPDATE outbox SET stage = 'sent'")

    def hides(book):
        # The entry that would take the disclosure back is given to nobody.
        book.execute("UPDATE entries SET disclosure_id = NULL WHERE kind = 'released'")
        book.execute("UPDATE outbox SET stage = 'sealed'")

    nothing_leaves(w, claims, report, previewed=True)  # which knows of no repeats
    shutil.copy(w.site_path / "ledger.db", w.path / "good.db")
    bundle.unlink()
    with database(w) as book:
        hides(book)
    w.airlock("process", report, "--json", code=(0, 4, 5, 7, 8))
    assert w.run("sqlite3", w.site_path / "ledger.db", "SELECT count(*) FROM entries WHERE kind = 'repeated'").text.strip() == "0"


def test_a_held_report_is_not_removed_because_a_column_says_so(w):
    """A held report is not removed because a column says that it is no longer held, or that nobody knows it."""
    w.site()
    w.airlock("hold")
    w.process(w.report_of("1.36.1"), code=4)
    held = [p for p in (w.site_path / "held").iterdir() if len(p.name) == 36]
    assert len(held) == 1
    for change in (f"UPDATE entries SET report_id = NULL WHERE report_id = '{held[0].name}'",
                   f"UPDATE entries SET report_id = NULL WHERE report_id = '{held[0].name}' AND kind = 'held'",
                   "UPDATE entries SET kind = 'refused' WHERE kind = 'held'"):
        shutil.copy(w.site_path / "ledger.db", w.path / "good.db")
        shutil.copy(w.site_path / "ledger.anchor", w.path / "good.anchor")
        with database(w) as book:
            book.execute(change)
        w.airlock("process", w.report_of("1.36.2"), code=(4, 5, 8))
        assert held[0].exists(), f"the held report is gone after {change}"
        shutil.copy(w.path / "good.db", w.site_path / "ledger.db")
        shutil.copy(w.path / "good.anchor", w.site_path / "ledger.anchor")
        for path in (w.site_path / "held").iterdir():
            if path.name != held[0].name:
                path.unlink()
    w.ledger_ok()


def test_ledger_verify_plays_decisions_again(w):
    """Ledger verify plays decisions again: on hold, above the ceiling, by another licence or kit than the newest."""
    w.site()
    first = w.process(w.report_of("1.36.1"))
    w.airlock("hold", "--reason", "audit")
    with database(w) as book:
        (row,) = [json.loads(body) for (body,) in book.execute("SELECT body FROM entries WHERE kind = 'produced'")]
    about = {"number": 1, "event": row["event"], "licence": row["licence"], "decision": row["decision"]}
    id, report_id = str(uuid.uuid4()), first["report_id"]
    disclosed = {"disclosure": {"id": id, "number": 2}}

    def finds(what, kind, **members):
        shutil.copy(w.site_path / "ledger.db", w.path / "good.db")
        with database(w) as book:
            if "release" in what:
                append(book, "release")
            seq = append(book, kind, report_id, **members)
            if "disclosure" in members:
                book.execute("INSERT INTO outbox VALUES (2, ?, ?, 1, ?, 'recorded', '', '', '', 0, ?, 0, '', '', '', 0)",
                             (id, report_id, seq, row["time"]))
                book.execute("UPDATE outbox SET time = (SELECT time FROM entries WHERE seq = ?) WHERE disclosure = 2", (seq,))
        ran = w.airlock("ledger", "verify", code=5 if what["says"] else 0)
        assert what["says"] in ran.err and (not what["says"] or f"entry {seq}: " in ran.err), f"{what}: {ran.err}"
        shutil.copy(w.path / "good.db", w.site_path / "ledger.db")

    bundle = {"number": 1, "disclosure_id": row["disclosure"]["id"]}
    finds({"says": "although disclosures had been on hold since entry"}, "handed_over", **bundle)
    finds({"says": "", "release": 1}, "handed_over", **bundle)
    finds({"says": "although disclosures had been on hold since entry"}, "decided", **about, **disclosed,
          terms_sha256=row["terms_sha256"])
    finds({"says": "", "release": 1}, "decided", **about, **disclosed, terms_sha256=row["terms_sha256"])
    finds({"says": "the decision used the licence", "release": 1}, "decided",
          **(about | {"licence": row["licence"] | {"serial": "LIC-2020-000001"}}))
    finds({"says": "the decision used kit 7", "release": 1}, "decided", **(about | {"decision": row["decision"] | {"kit": 7}}))
    # To be sent, although nobody ever authorised that.
    with database(w) as book:
        (text,) = book.execute("SELECT text FROM ceilings WHERE hex(sha256) = upper(?)", (row["terms_sha256"],)).fetchone()
    terms = json.loads(text.split("\n", 1)[1].replace('"disposition":"seal"', '"disposition":"send"'))
    finds({"says": "looser than the ceiling at that time", "release": 1}, "decided",
          **(about | {"decision": row["decision"] | {"disposition": "send", "terms": terms}}), **disclosed)
    finds({"says": "does not record the decision", "release": 1}, "decided",
          **(about | {"decision": row["decision"] | {"disposition": "send"}}), **disclosed)
    w.ledger_ok()


def test_an_order_newer_than_the_anchor_is_carried_out_and_named_for_ever(w):
    """An order that is newer than the anchor is carried out, named for ever, and cannot be taken out again."""
    w.site()
    w.airlock("hold")
    with database(w) as book:
        seq = append(book, "release")
    w.process(w.report_of("1.36.1"))
    with database(w) as book:
        (body,) = book.execute("SELECT body FROM entries WHERE kind = 'recovered'").fetchone()
        assert json.loads(body)["newer_than_anchor"] == {"anchor_size": seq, "entries": [seq]}
    w.ledger_ok()
    with database(w) as book:
        edit(book, seq, '"kind":"release"', '"kind":"hold"', True)
        book.execute("UPDATE entries SET kind = 'hold' WHERE kind = 'release'")
    assert "rebuilt" in w.airlock("process", w.report_of("1.36.2"), code=8).err, "the reason"
