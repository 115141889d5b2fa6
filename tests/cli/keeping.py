"""What is held at a site, and how tests change the site meanwhile."""
import json


def configure(w, **members):
    path = w.site_path / "airlock.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **members}))


def held_files(w):
    return sorted(p for p in (w.site_path / "held").iterdir() if len(p.name) == 36)


def changed(text):
    return lambda d: d["properties"].update({"posthog_version": text})


def install(w, tier, entitlements=()):
    w.airlock("licence", "install", w.new_licence(tier, entitlements))


def new_event(w):
    return w.report(lambda d: d.update({"event": "quarterly status report"}))
