"""Policies, dictionaries, facts and reports made up from a seed, for the comparison with the second implementation."""
import copy
import json
import random

import reference
from comparison import dump_report
from shapes import Num, first_fit, parts_of, pieces_of, steps, types_of, with_path
from treatments import action_fits

STATES = ["missing", "invalid", "revoked", "superseded", "wrong_product", "wrong_site", "clock_rollback", "not_yet_valid",
          "expired", "grace", "valid"]
CLASSES = ["usage", "version", "deployment", "time", "licence", "identifier", "person", "location", "content", "transport"]
VALUES = {
    "count": [Num(n) for n in ("0", "1", "4", "5", "9", "10", "15", "95", "12345", "9223372036854775807")],
    "integer": [Num(n) for n in ("-0", "-1", "-15", "-149", "7", "150", "-9223372036854775808")],
    "number": [Num(n) for n in ("0.0", "53.80496", "-0.0012345", "1.5e3", "9.99e20", "1.25E-9", "99.5", "-1e308")],
    "boolean": [True, False],
    "text": ["gold", "Ünï \" code", "a/b", "2", "*", "a__b"],
    "uuid": ["0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"],
    "version": ["1.35.0", "v1.22.7-gke.300", "7", "v2", "1.1.1w", "6.2.13.Final", "11_3_0+security-01", "12.17 (Debian 12.17-1)",
                "10.6.12-MariaDB-1:10.6.12+maria~ubu2004", "v5.4.0b3", "3rd", "1.2 (Anna)"],
    "time": ["2022-05-02T01:00:00+02:00", "2026-11-26T12:30:00Z", "2026-11-01T00:00:00.5Z", "2026-11-30t23:59:59-08:00"],
    "url": ["https://ph.leeds.example.co.uk:8443/x?y=1", "http://example.com", "http://10.0.0.1/", "HTTP://WWW.Example.com"],
    "hostname": ["db.leeds.example.co.uk", "localhost", "example.com", "a.b.internal", "bank.github.io", "co.uk"],
    "ip": ["165.22.112.27", "2001:db8:aaaa:bbbb::1", "::ffff:165.22.112.27", "2002:a516:701b::1", "10.0.0.0", "::1"],
    "date": ["2026-11-26", "2024-02-29", "1970-01-01", "2026-02-29"],
    "epoch": [Num(n) for n in ("0", "259199", "1651449602", "253402300799", "253402300800")],
    "epoch_ms": [Num(n) for n in ("0", "1651449602293", "1651449600000", "253402300799999", "253402300800000")],
    "duration": ["P7D", "P1Y2M3W4DT5H6M7.5S", "PT0S", "168h0m0s", "-2.5s", "5ms", "1.5\u00b5s", "P", "1m1h", "5ms3us"],
    "email": ["jo@example.com"],
    "mac": ["02:42:ac:11:00:02", "02-42-AC-11-00-02", "0242.ac11.0002", "02:42-ac:11:00:02"],
    "id": ["787265f93a37bc1b99d2b193d15ddc00", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "9i4q8yh2yykyt6np32e7u0dbd1", "cAUTsHj14wTQvAkBaFlcvQ",
           "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "V1StGXR8_Z5jdHi6B-myT", "observability-overview", "securitySolutionUIAlerts",
           "feedfacedeadbeef", "BANKHUS-LUND-AND-SONS-17"],
    "locale": ["de-CH", "zh_Hans_CN", "en_US.UTF-8", "C", "ca_ES@valencia", "de-u-co-phonebk", "de_CH-1996", "english"],
    "opaque": ["gold", "eyJzbmFwc2hvdCI6", "Asa Lund <asa@example.com> " * 60],
    "enum": ["one", "two"],
    "empty": ["", [], {"members": []}],
}
TYPES = list(VALUES)
ODD = [None, {"members": [("x", Num("1"))]}, [Num("1")], "odd", Num("1e400"), Num("-5"), True, "", []]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def some(self, items, most=3, least=0):
        items = sorted(items)
        return self.random.sample(items, min(len(items), self.random.randint(least, most)))

    def shape(self, types):
        chosen = self.some(types, 2, 1)
        out = {"type": chosen if len(chosen) > 1 or self.random.random() < .2 else chosen[0]}
        if "enum" in chosen:
            out["values"] = ["one", "two"]
        return out

    def dictionary(self):
        key_types = ["text", "version", "ip", "time", "hostname", "uuid", "empty", "email", "date", "duration", "mac", "id", "locale"]
        fields, roles, self.events = [], {"event": {"always": "weekly"}}, ["weekly"]
        if self.random.random() < .75:
            roles, self.events = {"event": "/event"}, ["weekly", "daily"]
            fields.append({"path": "/event", "type": "enum", "values": self.events, "class": "usage"})
        if self.random.random() < .2:
            roles["at"] = "/at"
            fields.append({"path": "/at", "type": "time", "class": "time"})

        def leaf(path, key=False):
            field = {"path": path, **self.shape(TYPES), "class": self.random.choice(CLASSES)}
            if "opaque" in types_of(field) and self.random.random() < .5:
                field["holds"] = self.some(CLASSES, 3, 1)
            if key:
                field["key"] = {**self.shape(key_types), "class": self.random.choice(CLASSES)}
                if "values" in field["key"]:
                    del field["key"]["values"]
            fields.append(field)

        for name in self.some(["a", "b", "a__b", "x~1y", "s~2r", "teams"], 4, 1):
            leaf("/p/" + name)
        if self.random.random() < .6:
            leaf("/p/map/*", key=True)
            if self.random.random() < .4:
                leaf("/p/map/known")
        if self.random.random() < .5:
            leaf("/p/list/*")
        if self.random.random() < .5:
            fields.append({"path": "/p/deep/*", "key": {**self.shape(key_types), "class": self.random.choice(CLASSES)}})
            leaf("/p/deep/*/size")
            if self.random.random() < .5:
                leaf("/p/deep/*/names/*", key=True)
        if self.random.random() < .4:
            leaf("/p/rows/*/name")
        if self.random.random() < .4:
            self.patterns(fields, leaf)
        # A value where members or elements are declared too.
        for path in ("/p/a/more", "/p/x~1y/*", "/p/list/*/size", "/p/rows", "/p/rows/*", "/p/map/*/size"):
            if self.random.random() < .15:
                leaf(path)
        for field in fields:
            if field["path"] == "/event" or not types_of(field):
                continue
            if self.random.random() < .15:
                field["nullable"] = True
            if self.random.random() < .15 and first_fit(field, Num("-5")) is None:
                field["sentinels"] = [-5]
        out = {"format": "airlock-dictionary/2", "name": "d", "product": "p", "roles": roles, "fields": fields}
        if len(self.events) > 1 or self.random.random() < .5:
            out["events"] = self.events
        if len(self.events) == 1 and self.random.random() < .7:
            out["document"] = self.random.choice(["object", "array", "lines"])
        if self.random.random() < .2:
            out["sentinels"] = [-5, -7]
        if self.random.random() < .7:
            out["twins"] = {"under": "/p", "separator": "__"}
        return out

    def patterns(self, fields, leaf):
        """Some key patterns that a key may have more than one of, beside a `*` for members and a literal key."""
        part_types = ["text", "text", "version", "ip", "hostname", "uuid", "email", "id", "locale"]
        for pattern in self.some(["n.{one}.c", "n.{one}.{two}", "n.{one}", "{one}_{two}.c", "n.content-{one}", "{one}-{two}", "~*/{one}"], 3, 1):
            key = {"pattern": pattern}
            for name in pieces_of(key)[1::2]:
                key[name] = {**self.shape(part_types), "class": self.random.choice(CLASSES)}
            path = with_path({"path": "/p/keys/*", "key": key})["path"]
            if self.random.random() < .3:
                fields.append({"path": path if self.random.random() < .5 else "/p/keys/*", "key": key})
                leaf(path + "/size")
                continue
            leaf(path if self.random.random() < .5 else "/p/keys/*")
            fields[-1]["key"] = key
        if self.random.random() < .3:
            leaf("/p/keys/*", key=True)
        if self.random.random() < .3:
            leaf("/p/keys/n.known.c")

    def action(self):
        r = self.random
        return r.choice([
            {"do": "drop"}, {"do": "mask"}, {"do": "pseudonymise"}, {"do": "pseudonymise"}, {"do": "host_to_domain"},
            {"do": "suppress_below", "k": r.choice([1, 5, 10, 100])}, {"do": "round", "to": r.choice([2, 3, 10, 15, 30, 100])},
            {"do": "round", "significant": r.choice([1, 2, 3])}, {"do": "truncate_ip", "v4": r.choice([8, 24, 32]), "v6": r.choice([0, 48, 128])},
            {"do": "truncate_time", "to": r.choice(["day", "week", "month"])}, {"do": "truncate_version", "to": r.choice(["major", "minor"])}])

    def fitting(self, field):
        """An action that fits one of the field's types, partial ones rather than others."""
        types = set(types_of(field))
        for _ in range(20):
            action = self.action()
            if action["do"] not in reference.STRENGTH and action_fits(action, {"type": sorted(types)}):
                return action
        return self.action()

    def redactions(self, dictionary):
        """Some at random, and some that fit and meet on one field, so that joins and partial ones are not rare."""
        out = [self.redaction(dictionary) for _ in range(self.random.randint(0, 2))]
        fields = [f for f in dictionary["fields"] if types_of(f) and f["path"] != "/event"]
        for _ in range(self.random.randint(0, 2) if fields else 0):
            field = self.random.choice(fields)
            for _ in range(self.random.randint(1, 3)):
                by_class = self.by_class(field["class"], types_of(field)) if self.random.random() < .4 else {"path": field["path"]}
                out.append({**by_class, **self.fitting(field)})
        parts = [part for field in dictionary["fields"] if "pattern" in field.get("key", {}) for part in parts_of(field["key"])]
        for part in self.random.sample(parts, min(len(parts), self.random.randint(0, 2))):
            action = self.random.choice([{"do": "drop"}, {"do": "pseudonymise"}, {"do": "pseudonymise"}, self.action()])
            out.append({**self.by_class(part["class"], types_of(part)), **action})
        return out

    def by_class(self, cls, types):
        """By class, and sometimes by type as well."""
        if self.random.random() < .5:
            return {"class": cls}
        chosen = self.some(types, 3, 1)
        return {"class": cls, "type": chosen[0] if len(chosen) == 1 and self.random.random() < .5 else chosen}

    def redaction(self, dictionary):
        if self.random.random() < .6:
            return {**self.by_class(self.random.choice(CLASSES), TYPES), **self.action()}
        field = self.random.choice(dictionary["fields"])
        parts = field["path"].split("/")[1:]
        cut = parts[:self.random.randint(1, len(parts))]
        cut = ["*" if self.random.random() < .15 else p for p in cut]
        if self.random.random() < .15:
            cut[self.random.randrange(len(cut))] = "**"
        out = {"path": "/" + "/".join(cut), **self.action()}
        if self.random.random() < .3:
            out["of"] = "key"
        return out

    def policy(self, dictionary):
        r = self.random
        profiles = {}
        for name in ("p1", "p2", "p3")[:r.randint(1, 3)]:
            profiles[name] = {"redactions": self.redactions(dictionary)}
            if len(profiles) > 1 and r.random() < .4:
                profiles[name]["extends"] = "p1"
            if "extends" not in profiles[name] or r.random() < .3:
                profiles[name]["undeclared"] = r.choice(["drop", "drop", "drop", "refuse"])
        tiers = {}
        for name in ("gold", "silver", "unlicensed"):
            disposition = r.choice(["send", "seal", "seal", "withhold"])
            tiers[name] = {"disposition": disposition, "may": sorted({disposition, *self.some(reference.ORDER, 3)})}
            if used := self.some(profiles, 2):
                tiers[name]["profiles"] = used
        rules = []
        for i in range(r.randint(0, 3)):
            when = {}
            for member, values in (("tier", list(tiers)), ("licence", STATES), ("entitlement", ["e1", "e2"]), ("event", self.events),
                                   ("kit", ["current", "stale"])):
                if r.random() < .4:
                    when[member] = self.some(values, 3, 1)
            rule = {"id": f"r{i}", "when": when or {"tier": ["gold"]}}
            rule["at_least"] = r.choice(["send", "seal", "withhold"])
            if used := self.some(profiles, 2):
                rule["profiles"] = used
            rules.append(rule)
        return {"format": "airlock-policy/1", "name": "p", "version": "1", "tiers": tiers,
                "otherwise": r.choice(["seal", "withhold"]), "rules": rules, "profiles": profiles, "claims": []}

    def facts(self):
        r = self.random
        out = {"licence": r.choice(["valid"] * 10 + STATES), "event": r.choice(self.events)}
        if r.random() < .95:
            out["tier"] = r.choice(["gold", "silver", "unlicensed", "tin"])
        if entitlements := self.some(["e1", "e2", "e3"], 2):
            out["entitlements"] = entitlements
        if r.random() < .3:
            out["kit"] = r.choice(["current", "stale"])
        if r.random() < .3:
            out["floors"] = [{"source": "airlock.json", "at_least": r.choice(reference.ORDER)}]
        return out

    def of_shape(self, shape):
        if self.random.random() < .03:
            return copy.deepcopy(self.random.choice(ODD))
        if shape.get("nullable") and self.random.random() < .3:
            return None
        if shape.get("sentinels") and self.random.random() < .3:
            return Num("-5")
        kind = self.random.choice(types_of(shape))
        # A copy, since members may be added to a container where they are declared too.
        return copy.deepcopy(self.random.choice(shape.get("values", VALUES[kind]) if kind == "enum" else VALUES[kind]))

    def key(self, shape):
        if "pattern" in shape:
            texts = [self.key(part) for part in parts_of(shape)]
            literal = pieces_of(shape)[::2]
            return literal[0] + "".join(text + piece for text, piece in zip(texts, literal[1:]))
        if self.random.random() < .05:
            return self.random.choice(["odd key", "165.22.112.99", "*", ""])
        return self.random.choice(VALUES[self.random.choice(types_of(shape))]) or ""

    def report(self, dictionary):
        def put(members, at, field, decoded):
            step = decoded[at]
            is_key = at + 1 == len(decoded) and "key" in field
            star = "/".join(field["path"].split("/")[:at + 2])
            declared = next((f for f in dictionary["fields"] if f["path"] == star), {})
            names = [step] if isinstance(step, str) else (
                [k for k in (self.key(declared["key"]) for _ in range(2)) if isinstance(k, str)] if "key" in declared else [None])
            for name in names:
                if at + 1 == len(decoded):
                    if types_of(field):
                        members.append((name, self.of_shape(field)))
                    continue
                inner = next((v for k, v in members if k == name and isinstance(v, dict)), None)
                if inner is None:
                    inner = {"members": []}
                    members.append((name, inner))
                put(inner["members"], at + 1, field, decoded)

        root = []
        for field in dictionary["fields"]:
            if field["path"] == "/event" or self.random.random() < .8:
                put(root, 0, field, steps(field["path"]))

        def tidy(value):
            """Members called None are elements; of equal keys the first stays."""
            if not isinstance(value, dict):
                return value
            if value["members"] and all(k is None for k, _ in value["members"]):
                return [tidy(v) for _, v in value["members"]]
            seen = {}
            for k, v in value["members"]:
                if k is not None:
                    seen.setdefault(k, tidy(v))
            return {"members": list(seen.items())}

        out = tidy({"members": root})
        inner = next((v for k, v in out["members"] if k == "p" and isinstance(v, dict)), None)
        if inner is not None and self.random.random() < .5:
            name = self.random.choice(["a__b", "map__x", "list__0", "deep__x__size", "rows__0__name", "keys__n.a.c", "deep", "map__known", "zz", "a__b__c"])
            if name not in dict(inner["members"]):
                inner["members"].append((name, self.of_shape({"type": TYPES})))
        if self.random.random() < .1:
            out["members"].append(("extra", self.random.choice(ODD)))
        return out

    def triple(self):
        dictionary = self.dictionary()
        text = json.dumps(dictionary, ensure_ascii=False)
        dictionary = {**dictionary, "fields": [with_path(field) for field in dictionary["fields"]]}
        out = {"dictionary": text, "policy": json.dumps(self.policy(dictionary), ensure_ascii=False), "facts": self.facts()}
        if self.random.random() < .15:
            out["facts"]["redact_also"] = [self.redaction(dictionary)]
        document = dictionary.get("document", "object")
        report = self.report(dictionary)
        if document != "object":
            report = [report] + [self.report(dictionary) for _ in range(self.random.randint(0, 3))]
            if self.random.random() < .15:
                report.insert(self.random.randrange(len(report) + 1), copy.deepcopy(self.random.choice(ODD)))
        out["report"] = dump_report(document, report)
        return out
