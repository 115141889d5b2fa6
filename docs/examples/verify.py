"""Asks Airlock through libairlock, with nothing but the standard library.

    python3 verify.py /var/lib/airlock
    python3 verify.py --licence licence.p7s --trust vendor-root.crt --product posthog [--site-id UUID]
    python3 verify.py /var/lib/airlock --report status_report.json
"""
import argparse
import ctypes
import json
import os
import sys


class Airlock:
    TEXTS = ("state_name", "reason", "hint", "serial", "licensee", "product", "tier")
    NUMBERS = ("state", "usable", "exit_code", "warning_days", "has_licence", "sequence", "not_before", "not_after",
               "grace_days", "days_left")

    def __init__(self, library="libairlock.so.0"):
        self.lib = lib = ctypes.CDLL(library)
        for name, types in {"verify_site": 1, "verify_files": 4, "process": 3}.items():
            function = getattr(lib, "airlock_" + name)
            function.argtypes, function.restype = [ctypes.c_char_p] * types, ctypes.c_void_p
        for name in self.TEXTS:
            function = getattr(lib, "airlock_verdict_" + name)
            function.argtypes, function.restype = [ctypes.c_void_p], ctypes.c_char_p
        for name in self.NUMBERS:
            function = getattr(lib, "airlock_verdict_" + name)
            function.argtypes, function.restype = [ctypes.c_void_p], ctypes.c_int64 if name in (
                "sequence", "not_before", "not_after", "grace_days", "days_left") else ctypes.c_int
        for name in ("entitlement", "limit_name"):
            function = getattr(lib, "airlock_verdict_" + name)
            function.argtypes, function.restype = [ctypes.c_void_p, ctypes.c_size_t], ctypes.c_char_p
        for name in ("entitlements", "limits"):
            function = getattr(lib, "airlock_verdict_" + name)
            function.argtypes, function.restype = [ctypes.c_void_p], ctypes.c_size_t
        lib.airlock_verdict_limit.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
        lib.airlock_verdict_limit.restype = ctypes.c_int64
        lib.airlock_setting_new.argtypes, lib.airlock_setting_new.restype = [], ctypes.c_void_p
        for name, types in {"trust": [ctypes.c_char_p, ctypes.c_size_t], "kit": [ctypes.c_char_p, ctypes.c_size_t],
                            "product": [ctypes.c_char_p], "site": [ctypes.c_char_p, ctypes.c_char_p],
                            "newest_sequence": [ctypes.c_int64], "free": []}.items():
            function = getattr(lib, "airlock_setting_" + name)
            function.argtypes, function.restype = [ctypes.c_void_p, *types], None
        lib.airlock_verify_bytes.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p]
        lib.airlock_verify_bytes.restype = ctypes.c_void_p
        lib.airlock_verdict_free.argtypes = [ctypes.c_void_p]
        lib.airlock_verdict_free.restype = None
        lib.airlock_outcome_exit_code.argtypes = [ctypes.c_void_p]
        lib.airlock_outcome_exit_code.restype = ctypes.c_int
        for name in ("json", "message"):
            function = getattr(lib, "airlock_outcome_" + name)
            function.argtypes, function.restype = [ctypes.c_void_p], ctypes.c_char_p
        lib.airlock_outcome_free.argtypes = [ctypes.c_void_p]
        lib.airlock_outcome_free.restype = None

    def _verdict(self, handle):
        get = lambda name: getattr(self.lib, "airlock_verdict_" + name)
        try:
            out = {name: get(name)(handle).decode() for name in self.TEXTS}
            out.update({name: get(name)(handle) for name in self.NUMBERS})
            out["entitlements"] = [get("entitlement")(handle, i).decode() for i in range(get("entitlements")(handle))]
            names = [get("limit_name")(handle, i) for i in range(get("limits")(handle))]
            out["limits"] = {name.decode(): get("limit")(handle, name) for name in names}
            return out
        finally:
            self.lib.airlock_verdict_free(handle)

    def verify_site(self, site):
        return self._verdict(self.lib.airlock_verify_site(os.fsencode(site)))

    def verify_files(self, licence, trust, product, site_id=None):
        return self._verdict(self.lib.airlock_verify_files(
            os.fsencode(licence), os.fsencode(trust), product.encode(), site_id.encode() if site_id else None))

    def verify_bytes(self, licence, trust, product, site_id=None, key_sha256=None, newest_sequence=0, kit=None):
        """The licence's bytes, None where there is none, against a root that the application brings along."""
        text = lambda value: value.encode() if value else None
        setting = self.lib.airlock_setting_new()
        try:
            self.lib.airlock_setting_trust(setting, trust, len(trust or b""))
            self.lib.airlock_setting_product(setting, text(product))
            self.lib.airlock_setting_site(setting, text(site_id), text(key_sha256))
            self.lib.airlock_setting_newest_sequence(setting, newest_sequence)
            if kit is not None:
                self.lib.airlock_setting_kit(setting, kit, len(kit))
            return self._verdict(self.lib.airlock_verify_bytes(licence, len(licence or b""), setting))
        finally:
            self.lib.airlock_setting_free(setting)

    def process(self, site, report, program=None):
        """Hands over a report: the exit code, the command's document, and what it wrote for people."""
        handle = self.lib.airlock_process(os.fsencode(program) if program else None, os.fsencode(site), os.fsencode(report))
        try:
            return (self.lib.airlock_outcome_exit_code(handle), self.lib.airlock_outcome_json(handle).decode(),
                    self.lib.airlock_outcome_message(handle).decode())
        finally:
            self.lib.airlock_outcome_free(handle)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("site", nargs="?", default="/var/lib/airlock")
    for name in ("licence", "trust", "product", "site-id", "report", "program"):
        parser.add_argument("--" + name)
    parser.add_argument("--library", default="libairlock.so.0")
    options = parser.parse_args()
    airlock = Airlock(options.library)
    if options.report:
        code, document, message = airlock.process(options.site, options.report, options.program)
        print(document or message)
        return code
    if options.licence:
        verdict = airlock.verify_files(options.licence, options.trust, options.product, options.site_id)
    else:
        verdict = airlock.verify_site(options.site)
    print(json.dumps(verdict, indent=2))
    return verdict["exit_code"]


if __name__ == "__main__":
    sys.exit(main())
