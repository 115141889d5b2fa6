"""What the tests of licences and their renewal share."""
import time


def day(offset):
    """The date that many days from now: a date that a test spells out comes one day."""
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + offset * 86400))


def serial(w, licence):
    return w.run(w.program("airlock"), "licence", "verify", "--licence", licence, "--trust", w.root, "--product", "posthog",
                 "--site-id", w.site_id, "--json", code=None).json["licence"]["serial"]


def tree(folder):
    return {p.relative_to(folder): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
