"""Which programs the end-to-end tests run, in which order, and what remains of a case that failed."""
import os
import pathlib
import subprocess

import pytest

# Whatever tests import and is no test file itself.
pytest.register_assert_rewrite("carried", "comparison", "faults", "harness", "html_pages", "keeping", "libairlock", "loosening", "pages", "receiver",
                               "renewing", "scenarios", "sending")

TOP = pathlib.Path(__file__).resolve().parents[1]
FAILED = pytest.StashKey()


def pytest_addoption(parser):
    group = parser.getgroup("airlock")
    group.addoption("--programs", metavar="FOLDER", default=str(TOP / "build/dev/tools"),
                    help="the built programs to test (build/dev/tools)")
    group.addoption("--also", metavar="FOLDER", help="a second build, with sanitizers: what feeds hostile input runs with it too")
    group.addoption("--helpers", metavar="FOLDER", help="the build folder of what only tests use (the one of --programs)")
    group.addoption("--long", action="store_true", help="heavy checks at full count, and all cases with --also too")
    group.addoption("--accept", action="store_true", help="write what came out into pages and golden files, to be read in review")
    group.addoption("--keep-failed", action="store_true", help="keep the workspace of a case that failed, and print its path")


def pytest_configure(config):
    if config.getoption("long"):
        os.environ["AIRLOCK_TEST_LONG"] = "1"  # harness.LONG, and the processes that share the work
    if not hasattr(config, "workerinput"):
        lend_terminals(config)


def lend_terminals(config):
    """Machines without pseudo-terminals, as a bare root is, get them while tests run."""
    try:
        for end in os.openpty():
            os.close(end)
    except OSError:
        os.makedirs("/dev/pts", exist_ok=True)
        subprocess.run(["mount", "--make-private", "/dev"], capture_output=True, check=False)  # so that it stays in this root
        subprocess.run(["mount", "-t", "devpts", "-o", "ptmxmode=0666", "devpts", "/dev/pts"], check=True)
        config.add_cleanup(lambda: subprocess.run(["umount", "-l", "/dev/pts"], check=False))


def folder(config, option):
    value = config.getoption(option)
    return pathlib.Path(value).resolve() if value else None


def build_folder(config):
    """Where what only tests use was built."""
    return folder(config, "helpers") or folder(config, "programs").parent


def pytest_generate_tests(metafunc):
    also = folder(metafunc.config, "also")
    is_hostile = metafunc.definition.get_closest_marker("hostile") or metafunc.config.getoption("long")
    if "programs" in metafunc.fixturenames and also and is_hostile:
        both = [folder(metafunc.config, "programs"), also]
        metafunc.parametrize("programs", both, indirect=True, ids=[path.parent.name for path in both])


@pytest.fixture
def programs(request):
    chosen = getattr(request, "param", None) or folder(request.config, "programs")
    assert chosen.is_dir(), f"{chosen} is not there: tools/dev/build makes build/dev, and --programs names another folder"
    return chosen


@pytest.fixture(scope="session", autouse=True)
def settings():
    yield
    import harness
    harness.forget_settings()


@pytest.fixture
def w(request, programs):
    """A workspace of the case's own; gone afterwards, unless the case failed and --keep-failed was given."""
    import harness
    workspace = harness.Workspace(programs, build_folder(request.config))
    yield workspace
    if not (request.config.getoption("keep_failed") and request.node.stash.get(FAILED, False)):
        workspace.close()


@pytest.fixture(scope="session")
def batch(request):
    """The program's decision and redaction, asked line by line."""
    from comparison import Batch
    program = Batch(build_folder(request.config) / "tests/reference/reference_batch")
    yield program
    program.close()


@pytest.fixture
def accept(request):
    """Writes what came out where --accept was given, and skips the rest of the case: nothing was compared."""
    def write(path, text):
        if request.config.getoption("accept") and path.read_text() != text:
            path.write_text(text)
            pytest.skip(f"{path.name} was written and not compared")
    return write


@pytest.fixture
def strict_umask():
    """What is public must then be given its mode by a call of its own, which can fail too."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
        if item.config.getoption("keep_failed") and "w" in item.funcargs:
            report.sections.append(("workspace", f"kept: {item.funcargs['w'].path}"))


def pytest_collection_modifyitems(items):
    """What takes long begins first, so that all cores end together."""
    def seconds(item):
        marker = item.get_closest_marker("takes")
        return marker.args[0] if marker else 1
    items.sort(key=seconds, reverse=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScheduling

    class OneAhead(LoadScheduling):
        """Gives a process one case beyond the one it runs; xdist itself would give each a quarter of all at once."""

        def _send_tests(self, node, num):
            super()._send_tests(node, max(0, min(num, 2 - len(self.node2pending[node]))))

    return OneAhead(config, log)
