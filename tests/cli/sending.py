"""Sites that send, for the tests of delivery."""
import json


def sending_site(w, tier="standard", destinations=None, **members):
    """A site that may send; `destinations` are those of its `airlock.json`."""
    w.site(tier=tier, entitlements=())
    configure(w, destinations or [], **members)
    return w


def configure(w, destinations, authorise=True, **members):
    path = w.site_path / "airlock.json"
    document = json.loads(path.read_text())
    document["delivery"] = {"destinations": destinations}
    document.update(members)
    path.write_text(json.dumps(document))
    if authorise and destinations:
        w.airlock("authorise", "--reason", "the vendor's contract", "--yes", code=0)


def https_json(url, authority, **members):
    return {"type": "https-json", "url": url, "ca_file": str(authority.crt), "timeout_seconds": 2, **members}


def send(w, *arguments, code=0, **options):
    return w.run(w.program("airlock-send"), "--site", w.site_path, "--json", *arguments, code=code, **options).json


def queue(w, report=None, *arguments):
    return w.process(report, "--no-deliver", *arguments, code=7)


def entries_of(w, number):
    ran = w.airlock("ledger", "show", number, "--json", code=None)
    return ran.json["entries"] if ran.code == 0 else []


def version(n):
    return lambda d: d["properties"].update({"posthog_version": f"1.{n}.0"})
