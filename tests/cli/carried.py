"""Bundles that are carried to the vendor and receipts that come back."""
import json
import re


def site_with(w, reports):
    """A sealing site that has disclosed this many reports."""
    w.site()
    for number in range(1, reports + 1):
        assert w.process(w.report_of(f"1.{number}.0"))["outcome"] == "sealed"


def bundle_of(w, number):
    found = [b for b in w.outbox() if re.match(rf".*-{number}-[0-9a-f-]{{36}}\.p7m$", b.name)]
    assert len(found) == 1, f"bundles of report {number}"
    return found[0]


def waiting(w):
    """Bundles that no receipt has named."""
    return [w.site_path / "outbox" / i["file"] for i in w.airlock("outbox", "list", "--json").json["outbox"]]


def receipt(w, name="receipt.p7s", site_id=None):
    out = w.path / name
    issued = w.vendor("receipt", "--site", site_id or w.site_id, "--out", out, "--json").json
    return out, issued


def entries(w, kind):
    text = w.airlock("ledger", "export", "--format", "json").json
    return [e for e in text["entries"] if e["kind"] == kind]


def sign_as_vendor(w, document, name, key="receipt-signing"):
    """A receipt with any content, signed by a key of the vendor's home with stock openssl."""
    content = w.file(name + ".json", document if isinstance(document, (str, bytes)) else json.dumps(document))
    out = w.path / name
    w.run("openssl", "cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-cades", "-md", "sha256", "-in", content, "-signer",
          w.home / f"{key}.crt", "-inkey", w.home / f"{key}.key", "-outform", "PEM", "-out", out)
    return out


def content_of(w, file):
    return w.run("openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-in", file, "-CAfile", w.root, "-no-CApath",
                 "-no-CAstore").json
