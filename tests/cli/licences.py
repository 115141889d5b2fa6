"""Licences in every state, signed with the vendor's own key by stock openssl so that every member can be chosen."""
import datetime
import itertools
import json

from libairlock import broken

NAME_ALIKE = "0e7d3a11-2b65-4f0e-8c51-0d2b7e4f9a01"


def at(days, now=None):
    time = (now or datetime.datetime.now(datetime.timezone.utc)) + datetime.timedelta(days=days)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


class Signer:
    def __init__(self, w):
        self.w = w
        self.count = 0

    def licence(self, **members):
        self.count += 1
        document = {"format": "airlock-licence/1", "serial": f"LIC-{self.count}", "sequence": 5, "licensee": "Example Bank",
                    "product": "posthog", "tier": "enterprise", "entitlements": ["air_gap"], "limits": {"events": 7},
                    "sites": "any", "issued": at(0), "not_before": at(-900), "not_after": at(400.5), "grace_days": 20}
        document.update(members)
        content = self.w.file("content.json", json.dumps(document))
        out = self.w.path / f"made-{self.count}.p7s"
        self.w.run("openssl", "cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-cades", "-md", "sha256", "-in", content,
                   "-signer", self.w.home / "licence-signing.crt", "-inkey", self.w.home / "licence-signing.key",
                   "-outform", "PEM", "-out", out)
        return out


TERMS = {"not_yet_valid": {"not_before": at(200)}, "expired": {"not_after": at(-100.5)}, "grace": {"not_after": at(-2.5)}, "valid": {}}


def every_state(w, signer, public):
    """Each state, alone and with every state behind it: pairs of the state and the licence, None where there is none. `public` is
    the content of the site's `site.json`."""
    own = [{"id": w.site_id, "key_sha256": public["key_sha256"]}]
    # A defect is judged before all that stand behind it, so the first one of each combination is the verdict.
    for product, site, clock, term in itertools.product((False, True), (False, True), (False, True), TERMS):
        members = dict(TERMS[term])
        members["product"] = "other" if product else "posthog"
        members["sites"] = [{"id": NAME_ALIKE, "key_sha256": "0" * 64}] if site else own
        if clock:
            members["issued"] = at(2)
        made = signer.licence(**members)
        yield "wrong_product" if product else "wrong_site" if site else "clock_rollback" if clock else term, made
        if term == "expired" and product == site == clock:
            yield "invalid", broken(w, made)
    for left in (30.5, 15.5, 14.5, 7.5, 1.5, 0.5, 31.5):
        yield "valid", signer.licence(not_after=at(left))
    yield "missing", None
    yield "invalid", w.file("garbage.p7s", b"\x00garbage")
