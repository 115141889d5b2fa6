"""Officers of a site: keys and certificates that stock OpenSSL makes, and approvals that are signed with them."""
import hashlib
import json
import shutil

KEYS = {"ec": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "p384": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
        "rsa": ["-newkey", "rsa:3072"]}


class Officer:
    def __init__(self, w, name, key="ec", clock=(), days=365):
        self.w, self.name = w, name
        self.key, self.certificate = w.path / f"{name}.key", w.path / f"{name}.crt"
        w.run(*clock, "openssl", "req", "-x509", *KEYS[key], "-nodes", "-keyout", self.key, "-out", self.certificate, "-subj", f"/CN={name}",
              "-days", days, "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "keyUsage=critical,digitalSignature")

    def joins(self, kind=None):
        """Has the site's owner put her certificate into `trust/officers/`."""
        folder = self.w.site_path / "trust" / "officers" / (kind or "")
        folder.mkdir(exist_ok=True)
        shutil.copy(self.certificate, folder / f"{self.name}.crt")
        return self

    def leaves(self, kind=None):
        (self.w.site_path / "trust" / "officers" / (kind or "") / f"{self.name}.crt").unlink()

    def approve(self, number, *arguments, code=0, **options):
        return self.w.airlock("approve", number, "--key", self.key, "--certificate", self.certificate, "--yes", *arguments, code=code,
                              **options)

    def sign(self, statement):
        """The statement, signed as stock OpenSSL does it; PEM."""
        text = statement if isinstance(statement, bytes) else json.dumps(statement, separators=(",", ":")).encode()
        ran = self.w.run("openssl", "cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-cades", "-md", "sha256", "-signer",
                         self.certificate, "-inkey", self.key, "-outform", "PEM", "-in", self.w.file("statement.json", text))
        return ran.out

    def drop(self, statement, name="dropped.p7s"):
        drop(self.w, self.sign(statement), name)


def drop(w, content, name="dropped.p7s"):
    """A file in `approvals/`, as anybody who may write there would put it."""
    hidden = w.file("site/approvals/." + name, content)
    hidden.chmod(0o644)
    hidden.rename(hidden.with_name(name))


def dropped(w):
    return sorted(p.name for p in (w.site_path / "approvals").iterdir())


def statement(w, number, **changes):
    """What an officer would sign of the waiting report, as the format says."""
    payload = w.airlock("preview", number, code=4).out
    entry = [e for e in w.airlock("ledger", "show", number, "--json").json["entries"] if e["kind"] in ("produced", "decided")][-1]
    out = {"format": "airlock-approval/1", "site_id": w.site_id, "number": number,
           "payload_sha256": hashlib.sha256(payload).hexdigest(), "decision_sha256": entry["decision"]["decision_sha256"],
           "policy_sha256": entry["decision"]["policy"]["sha256"], "note": entry.get("note"), "time": "2026-11-30T12:00:00Z"}
    out.update(changes)
    return {name: value for name, value in out.items() if value is not None}


def awaiting(w, *approvals, **site):
    """A site that asks for these approvals, with a report that waits for them; its number."""
    w.site(**site)
    w.configure(approvals=list(approvals))
    w.process(code=4)
    return 1


def take_in(w, *arguments, code=None):
    """`process --held`, and what it says became of the dropped files."""
    return w.airlock("process", "--held", "--json", *arguments, code=code).json
