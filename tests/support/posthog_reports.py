#!/usr/bin/env python3
"""Status reports as working PostHog instances of any size make them: nested teams and their flattened twins.

    posthog_reports.py PUBLISHED.json [--teams N] [--events N] [--seed N] [--small] [--users N] [--long-ids] [--worse]

The same arguments make the same report. `--small`: the figures of an ordinary company, where values meet by coincidence.
`--users N`: N users logged in, and the report was made for the first one. `--long-ids`: numbers of teams and users have
six digits. `--worse`: release names and hosts that are words, members of a later release, times with microseconds.
"""
import argparse
import json
import random
import sys

EVENTS = ["$pageview", "$pageleave", "$autocapture", "$identify", "$exception", "signup completed", "invoice paid",
          "trial started", "Ωmega opened", 'export "csv"', "Lead"] + [f"custom event {i}" for i in range(200)]
PLUGINS = ["GeoIP", "Avo", "Hubspot", "Salesforce", "Sentry", "Property Flattener Plugin", "First Time Event Tracker",
           "THE CRASH", "onEvent", "job"]
PEOPLE = [("Åsa", "asa.lund"), ("Björn", "b.oy"), ("Posthog", "admin"), ("Mei", "mei.chen"), ("Austin", "austin"),
          ("Docker", "ops")]
RELEASES = ["analytics", "production", "posthog", "web", "staging", "eu", "insight", "main"]


def generate(published, seed=7, teams=3, events=6, small=False, users=0, long_ids=False, worse=False):
    """A report as a dict; `published` is the published one, which stays as it is."""
    rng = random.Random(seed)
    report = json.loads(json.dumps(published))
    properties = report["properties"]
    for key in [k for k in properties if k.startswith(("teams__", "plugins_"))]:
        del properties[key]

    def figure(most):
        return rng.randrange(1 + (min(most, 400) if small else most))

    def few():
        return rng.choice([0, 0, 0, 1, 1, 2, 3, 5])

    def team():
        return {
            "events_count_total": figure(10**9), "events_count_new_in_period": figure(10**6),
            "events_count_by_lib": {"web": figure(10**6), "posthog-python": figure(10**6)},
            "events_count_by_name": {name: figure(10**6) for name in rng.sample(EVENTS, events)},
            "duplicate_distinct_ids": {
                "prev_total_ids_with_duplicates": few(), "prev_total_extra_distinct_id_rows": few(),
                "new_total_ids_with_duplicates": few(), "new_total_extra_distinct_id_rows": few() - few()},
            "multiple_ids_per_person": {"total_persons_with_more_than_2_ids": few(),
                                        "max_distinct_ids_for_one_person": few()},
            "group_types_count": rng.randrange(6), "persons_count_total": figure(10**7),
            "persons_count_new_in_period": figure(10**5), "dashboards_count": rng.randrange(30),
            "dashboards_template_count": few(), "dashboards_shared_count": few(), "dashboards_tagged_count": few(),
            "ff_count": rng.randrange(20), "ff_active_count": few()}

    first_team, first_user = (200010, 200000) if long_ids else (2, 1)
    properties["teams"] = {str(first_team + i): team() for i in range(teams)}
    alphabet = "ABCDEFGHIJKLMNOPabcdefghijklmnop0123456789"
    properties["users_who_logged_in"] = [
        {"id": first_user + i, "distinct_id": "".join(rng.choices(alphabet, k=43)), "first_name": PEOPLE[i % 6][0],
         "email": f"{PEOPLE[i % 6][1]}{i}@bankhus.example"} for i in range(users)]
    if users:
        report["distinct_id"] = properties["users_who_logged_in"][0]["distinct_id"]
    properties["plugins_installed"] = {k: rng.randrange(1, 5) for k in rng.sample(PLUGINS, rng.randrange(1, 8))}
    enabled = rng.sample(sorted(properties["plugins_installed"]), rng.randrange(1, 1 + len(properties["plugins_installed"])))
    properties["plugins_enabled"] = {k: rng.randrange(1, 5) for k in enabled}
    if worse:
        make_worse(report, rng)

    def flatten(prefix, value):
        for key, below in value.items():
            if key in ("events_count_by_lib", "events_count_by_name"):
                properties[f"{prefix}__{key}"] = {}  # as the published report has them
            elif isinstance(below, dict):
                flatten(f"{prefix}__{key}", below)
            else:
                properties[f"{prefix}__{key}"] = below

    for key in ("teams", "plugins_installed", "plugins_enabled"):
        flatten(key, properties[key])
    return report


def kind(seed):
    """Arguments for `generate`: a report of an ordinary instance, of each of four kinds in turn."""
    teams, users = 1 + seed % 40, 1 + seed % 6
    return [dict(small=True, teams=teams), dict(small=True, teams=teams, users=users),
            dict(small=True, teams=teams, users=users, long_ids=True), dict(teams=teams, worse=True, users=seed % 4)][seed % 4]


def make_worse(report, rng):
    properties = report["properties"]
    name = rng.choice(RELEASES)
    properties["helm"] = {"release_name": name, "hostname": f"{name}.bankhus.example"}
    properties["site_url"] = rng.choice([f"https://{name}.bankhus.example", f"{name}.bankhus.example", "unknown"])
    properties["deployment"] = rng.choice([name, "hobby", "helm_aws_ha"])
    report["timestamp"] = f"2026-11-{rng.randrange(10, 29)}T0{rng.randrange(10)}:00:00.{rng.randrange(10**6):06}+00:00"
    # What a later release would add, with values that stand elsewhere too.
    properties["primary_lib"] = rng.choice(["web", "posthog-python"])
    properties["plugins_active_names"] = list(properties["plugins_enabled"])
    properties["region"] = rng.choice(["eu", "us", None])
    properties["instance_usage_summary"]["events_count_total"] = rng.choice([-1, None, 12.5, "many", 7])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("published")
    for name, default in (("teams", 3), ("events", 6), ("seed", 7), ("users", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    for name in ("small", "long-ids", "worse"):
        parser.add_argument(f"--{name}", action="store_true")
    asked = vars(parser.parse_args())
    with open(asked.pop("published"), encoding="utf-8") as file:
        json.dump(generate(json.load(file), **asked), sys.stdout, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main()
