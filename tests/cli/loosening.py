"""Sites whose kit, licence or configuration becomes looser."""


DESTINATION = {"destinations": [{"type": "https-json", "url": "https://reports.vendor.example/v1"}]}


def left(w):
    """All that waits for hand-off or sending."""
    return sorted(p.name for p in (w.site_path / "outbox").iterdir())


def held(w, n, *words):
    """A new report is held by the ceiling, for the reason that has these words, and nothing leaves."""
    before = left(w)
    result = w.process(w.report_of(f"1.35.{n}"), code=4)
    assert (result["outcome"], result["reason"]) == ("held", "ceiling"), "outcome"
    for word in words:
        assert word in result["message"], f"{word!r} is not in: {result['message']}"
    assert "airlock authorise" in result["hint"], result["hint"]
    assert left(w) == before, "the outbox"
    return result


def authorise(w, *words):
    text = w.airlock("authorise", "--reason", "the contract allows it", "--yes").text
    for word in words:
        assert word in text, f"{word!r} is not in:\n{text}"
