"""Grafana's metrics have names of plugins in their names. Key patterns declare them, and redact them within the braces."""
import json
import re

import pytest
from harness import TOP

SAMPLES = TOP / "tests" / "kit" / "products"
SAMPLE = SAMPLES / "grafana-new-data-source.json"
TEXT = {"type": "text", "class": "content"}
PATTERNS = [{"pattern": "stats.ds.{plugin}.count", "plugin": TEXT},
            {"pattern": "stats.features.{toggle}.count", "toggle": TEXT},
            {"pattern": "stats.ds_access.{plugin}.{mode}.count", "plugin": TEXT,
             "mode": {"type": "enum", "values": ["direct", "proxy"], "class": "usage"}}]
NAMED = re.compile(r"stats\.(ds|features|ds_access)\.")
PSEUDONYM = r"content-[a-z2-7]{26}"


def dictionary():
    def type_of(value):
        return "boolean" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"

    sample = json.loads(SAMPLE.read_text())
    fields = [{"path": "/" + name, "type": type_of(value), "class": "deployment"} for name, value in sample.items() if name != "metrics"]
    fields += [{"path": "/metrics/" + name, "type": type_of(value), "class": "usage"}
               for name, value in sample["metrics"].items() if not NAMED.match(name)]
    fields += [{"path": "/metrics/*", "key": key, "type": "count", "class": "usage"} for key in PATTERNS]
    return {"format": "airlock-dictionary/2", "name": "grafana", "product": "grafana",
            "roles": {"event": {"always": "usage report"}}, "fields": fields}


def policy():
    profiles = {"whole": [], "less": [{"class": "content", "do": "pseudonymise"}], "least": [{"class": "content", "do": "drop"}]}
    return {"format": "airlock-policy/1", "name": "grafana", "version": "1", "otherwise": "withhold",
            "tiers": {name: {"disposition": "seal", "profiles": [name], "may": ["seal", "withhold"]} for name in profiles},
            "profiles": {name: {"undeclared": "refuse", "redactions": redactions} for name, redactions in profiles.items()},
            "claims": [{"id": "no-names", "for": {"tier": ["least"]}, "class": "content", "never_leaves": True}]}


@pytest.fixture
def grafana(w):
    files = w.file("policy.json", json.dumps(policy())), w.file("dictionary.json", json.dumps(dictionary()))
    w.new_vendor(*files, product="grafana")
    return w


def opened(w, tier):
    """The report and the whole of what left under a tier."""
    w.site(tier=tier, entitlements=())
    assert w.process(SAMPLE)["outcome"] == "sealed"
    into = w.path / "into"
    w.vendor("open", w.outbox()[-1], "--extract", into)
    w.ledger_ok()
    return (into / "report.json").read_bytes(), b"".join(f.read_bytes() for f in into.iterdir() if f.name != "dictionary.json")


def test_a_report_with_patterns_leaves_byte_for_byte(grafana):
    assert opened(grafana, "whole")[0] == SAMPLE.read_bytes()


def test_names_of_plugins_are_pseudonyms_within_the_names_of_metrics(grafana):
    report, everything = opened(grafana, "less")
    before, after = json.loads(SAMPLE.read_text())["metrics"], json.loads(report)["metrics"]
    assert list(after.values()) == list(before.values())
    named = 0
    for was, now in zip(before, after):
        if NAMED.match(was):
            named += 1
            assert re.fullmatch(rf"stats\.(ds|features|ds_access)\.{PSEUDONYM}(\.proxy)?\.count", now), now
            assert was.endswith(".proxy.count") == now.endswith(".proxy.count")
        else:
            assert now == was
    assert named > 20 and b"bankhus" not in everything and b"clickhouse" not in everything
    looked_up = grafana.airlock("pseudonym", "lookup", "bankhus-core-datasource", "--json").json["pseudonyms"]
    mine = {each["path"]: each["pseudonym"] for each in looked_up}
    assert f"stats.ds.{mine['/metrics/stats.ds.*.count']}.count" in after
    counts = grafana.airlock("explain", SAMPLE, "--json").json["data"]
    assert {"/metrics/stats.ds.*.count", "/metrics/stats.ds_access.*.*.count"} <= {d["path"] for d in counts if d["action"] == "pseudonymise"}
    told = grafana.airlock("explain", SAMPLE).text
    assert "/metrics/stats.ds_access.*.*.count (plugin in the key) is replaced by a pseudonym" in told, told
    assert "/metrics/stats.ds_access.*.*.count (mode in the key) stays as it is" in told, told


def test_nothing_of_a_dropped_name_is_left(grafana):
    report, everything = opened(grafana, "least")
    after = json.loads(report)["metrics"]
    assert after and not any(NAMED.match(name) for name in after)
    for name in (b"bankhus", b"clickhouse", b"zabbix", b"nestedFolders"):
        assert name not in everything


def test_commands_show_and_prove_the_parts(grafana):
    w = grafana
    files = "--dictionary", w.path / "dictionary.json"
    assert w.airlock("policy", "check", w.path / "policy.json", *files, "--json").json["claims"][0]["proved"]
    wrong = w.file("wrong.json", json.dumps(policy()).replace('"tier": ["least"]', '"tier": ["less"]'))
    claim = w.airlock("policy", "check", wrong, *files, "--json", code=4).json["claims"][0]
    assert not claim["proved"]
    w.airlock("policy", "test", w.file("counter.json", json.dumps(claim["counter_example"])), "--policy", wrong, *files)
    shown = w.airlock("dictionary", "show", w.path / "dictionary.json").text
    assert re.search(r"/metrics/stats\.ds_access\.\*\.\*\.count \(mode in the key\) +enum", shown), shown
    assert w.airlock("dictionary", "check", SAMPLE, *files, "--json").json["misfits"] == []
    odd = w.file("odd.json", SAMPLE.read_text().replace("prometheus.proxy", "prometheus.tunnel"))
    misfit, = w.airlock("dictionary", "check", odd, *files, "--json", code=None).json["misfits"]
    assert (misfit["path"], misfit["kind"]) == ("/metrics/stats.ds_access.*.*.count", "ill_key"), misfit
    w.site(tier="whole", entitlements=())
    refused = w.airlock("process", odd, code=4).err
    assert "`/metrics/stats.ds_access.*.*.count` has a key with a part that is not of its type" in refused, refused
    told = w.airlock("explain", odd, code=None)
    assert "tunnel as `mode` is not of type enum" in told.text + told.err, told.text
    page = w.path / "policy.html"
    w.airlock("policy", "show", w.path / "policy.json", *files, "--html", page)
    assert "(plugin in the key)" in page.read_text()


def test_a_new_pattern_over_a_known_one_waits_for_a_person(grafana):
    w = grafana
    w.site(tier="whole", entitlements=())
    changed = dictionary()
    changed["fields"].append({"path": "/metrics/*", "type": "count", "class": "usage",
                              "key": {"pattern": "stats.ds.{plugin}.{version}.count", "plugin": TEXT, "version": TEXT}})
    kit = w.new_kit(w.path / "policy.json", w.file("changed.json", json.dumps(changed)))
    assert "`/metrics/stats.ds.*.*.count`" in w.airlock("kit", "install", kit).text
    assert "one of `/metrics/stats.ds.*.count`" in w.airlock("authorise", "--reason", "the new kit", "--yes").text
