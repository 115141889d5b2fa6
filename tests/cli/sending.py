"""Sites that send, for the tests of delivery."""


def sending_site(w, tier="standard", destinations=None, **members):
    """A site that may send; `destinations` are those of its `airlock.json`."""
    w.site(tier=tier, entitlements=())
    configure(w, destinations or [], **members)
    return w


def configure(w, destinations, authorise=True, **members):
    w.configure(delivery={"destinations": destinations}, **members)
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
