"""What is held at a site, and how tests change the site meanwhile."""


def held_files(w):
    return sorted(p for p in (w.site_path / "held").iterdir() if len(p.name) == 36)


def install(w, tier, entitlements=()):
    w.airlock("licence", "install", w.new_licence(tier, entitlements))


def new_event(w):
    return w.report(lambda d: d.update({"event": "quarterly status report"}))
