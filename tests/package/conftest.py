"""The packages under test, and bare machines to install them on. Both are made once, by the first process that needs them."""
import fcntl
import os

import bare_root
import pytest
from bare_root import TOP, run


class Packages:
    """The packages that `tools/dev/package` made, signed and with the tar for machines without a network, and those of a build after it."""

    def __init__(self, folder):
        self.first, self.next = folder / "first", folder / "next"
        self.certificate = folder / "release.crt"

    def make(self):
        key = self.certificate.with_suffix(".key")
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=Release",
            "-keyout", key, "-out", self.certificate)
        self.first.with_suffix(".said").write_text(
            run(TOP / "tools/dev/package", "--into", self.first, "--offline", "--sign", key, "--certificate", self.certificate))
        self.next.with_suffix(".said").write_text(run(TOP / "tools/dev/package", "--into", self.next, "--revision", "1"))

    @property
    def version(self):
        return self.debs(self.first)["airlock"].name.split("_")[1]

    @property
    def offline(self):
        return self.first / f"airlock-{self.version}-offline.tar"

    @staticmethod
    def debs(folder):
        """The packages in a folder, by name."""
        return {path.name.split("_")[0]: path for path in sorted(folder.glob("*.deb"))}


def once(factory, name, make):
    """A folder that the test processes share, filled by the first one that asks."""
    top = factory.getbasetemp()
    folder = (top.parent if "PYTEST_XDIST_WORKER" in os.environ else top) / name
    folder.mkdir(exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            make(folder)
            (folder / "made").touch()
    return folder


@pytest.fixture(scope="session")
def packages(tmp_path_factory):
    return Packages(once(tmp_path_factory, "packages", lambda folder: Packages(folder).make()))


@pytest.fixture
def root(tmp_path_factory):
    made = bare_root.Root(once(tmp_path_factory, "base", lambda folder: bare_root.make_base(folder / "base.tar")) / "base.tar")
    yield made
    made.close()
