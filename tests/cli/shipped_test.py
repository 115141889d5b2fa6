"""The dictionaries that are shipped as starting points: each declares its sample whole, and what leaves of it is as recorded."""
import json
import re

import pytest

from harness import TOP

POLICY = TOP / "policy"
STARTER = POLICY / "starter.json"
GOLDEN = TOP / "tests/kit/golden/shipped"
NAMES = ["gitlab-service-ping", "grafana-usage-stats", "homeassistant-analytics", "posthog-usage-report", "vault-utilization"]
PSEUDONYM = re.compile(rb"\b([a-z]+)-[a-z2-7]{26}\b")


def dictionary(name):
    return POLICY / "dictionary" / f"{name}.json"


def sample(name):
    return POLICY / "samples" / f"{name}.json"


def test_each_sample_has_a_dictionary_and_cases():
    assert sorted(p.stem for p in (POLICY / "samples").iterdir()) == NAMES
    assert sorted(p.name for p in (POLICY / "starter-cases").iterdir()) == NAMES
    assert sorted(p.stem for p in GOLDEN.iterdir()) == NAMES
    assert sorted(p.stem for p in (POLICY / "dictionary").iterdir()) == sorted([*NAMES, "posthog-status-report"])


@pytest.mark.parametrize("name", NAMES)
def test_it_declares_its_sample_whole_and_the_starter_policy_holds(w, name):
    with_it = ["--dictionary", dictionary(name)]
    run = lambda *arguments: w.run(w.program("airlock"), *arguments)  # noqa: E731
    assert "is sound" in run("dictionary", "check", dictionary(name)).text
    assert "everything in the report is declared" in run("dictionary", "check", sample(name), *with_it).text
    assert run("policy", "check", STARTER, *with_it, "--json").json["sound"]
    ran = run("policy", "test", POLICY / "starter-cases" / name, "--policy", STARTER, *with_it)
    assert "2 passed, 0 failed" in ran.text, ran
    whole = run("preview", sample(name), "--policy", STARTER, *with_it, "--tier", "standard")
    assert whole.out == sample(name).read_bytes(), "byte for byte"


@pytest.mark.parametrize("name", NAMES)
def test_what_leaves_an_air_gapped_site_is_as_recorded(w, name, accept):
    """The key of the pseudonyms is made anew in each run, so their class alone is compared."""
    ran = w.run(w.program("airlock"), "preview", sample(name), "--policy", STARTER, "--dictionary", dictionary(name), "--tier",
                "enterprise-air-gapped")
    json.loads(ran.out)
    left = PSEUDONYM.sub(rb"\1-PSEUDONYM", ran.out).decode()
    golden = GOLDEN / f"{name}.json"
    accept(golden, left)
    assert left == golden.read_text()
