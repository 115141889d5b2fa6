"""What the tests of evidence share: exporters, evidence, and where a byte of it is changed."""
import random


def new_exporter(w, name="officer", usage=""):
    """A person with a certificate of her own, as any authority might have issued it; returns the path without ending."""
    path = w.path / name
    w.shell(f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {path}.key -out {path}.crt -days 30 "
            f"-subj '/CN={name}' {usage} 2>/dev/null; chmod 600 {path}.key")
    return path


def export(w, *arguments, out="evidence.p7s", exporter=None, code=0, **options):
    """`airlock evidence export --json`: the path of the file, and the document."""
    path = w.path / out
    exporter = exporter or w.path / "officer"
    ran = w.airlock("evidence", "export", *arguments, "--out", path, "--key", f"{exporter}.key", "--certificate", f"{exporter}.crt",
                    "--json", code=code, **options)
    return path, ran.json


def verify(w, path, exporter=None, code=0, arguments=()):
    exporter = exporter or w.path / "officer"
    return w.run(w.program("airlock"), "evidence", "verify", path, "--exporter", f"{exporter}.crt", *arguments, code=code)


def changed_bytes(data, count, seed=11):
    """The data `count` times, each time with another byte changed; a third of them at its ends, where the signature is."""
    rng = random.Random(seed)
    places = [rng.randrange(len(data)) for _ in range(count - count // 3)]
    places += [rng.choice([rng.randrange(80), len(data) - 1 - rng.randrange(1500)]) for _ in range(count // 3)]
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 1 << rng.randrange(8)
        yield place, bytes(changed)
