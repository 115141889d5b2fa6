"""What the end-to-end tests share: they run the built programs as a user would, each case in a workspace of its own.

    def test_a_report_on_an_air_gapped_site_becomes_a_bundle(w):
        w.site(tier="enterprise-air-gapped", entitlements=["air_gap"])
        w.airlock("process", w.report(), code=0)

`w` is a `Workspace`; tests/conftest.py makes it and says which programs it runs.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
POLICY = TOP / "policy" / "posthog-default.json"
DICTIONARY = TOP / "policy" / "dictionary" / "posthog-status-report.json"
REPORT = TOP / "tests" / "kit" / "status_report.json"
# Leaks are looked for in the unit tests; here programs are also killed, traced and confined, which the leak checker cannot
# live with. `faketime` is preloaded before the sanitizer.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0:verify_asan_link_order=0"
# faketime names shared memory after its process id, and gives up where a process that was killed has left one of that name.
ATTEMPTS_AT_A_CLOCK = 100
LONG = os.environ.get("AIRLOCK_TEST_LONG") == "1"

_settings = {}  # what is copied, by program folder and kind: folder, name of the kit, site id


def children(pid):
    """The processes that a process has started and that have not ended."""
    try:
        return pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []


def wait_for(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        time.sleep(0.02)


def worker_of(process, holds, what):
    """The process that `process` has started to read a report, once `holds` of its process id."""
    found = []

    def look():
        assert process.poll() is None, f"{what}: ended with {process.returncode} before"
        try:
            found.extend(pid for pid in children(process.pid) if holds(pid))
        except OSError:
            pass  # it has ended meanwhile
        return found

    wait_for(look, what)
    return int(found[0])


def is_confined(pid, filters=1):
    """Whether a process has so many system call filters."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return "Seccomp:\t2" in status and f"Seccomp_filters:\t{filters}" in status


class Ran:
    """A program that has run: exit code and what it printed."""

    def __init__(self, command, process):
        self.command = " ".join(str(c) for c in command)
        self.code = process.returncode
        self.out = process.stdout
        self.err = process.stderr.decode("utf-8", "replace")

    @property
    def text(self):
        return self.out.decode("utf-8", "replace")

    @property
    def json(self):
        try:
            return json.loads(self.out)
        except ValueError:
            raise AssertionError(f"{self.command}: standard output is not one JSON document:\n{self.text}\n{self.err}")

    def __str__(self):
        return f"$ {self.command}\n{self.text}{self.err}[exit {self.code}]"


class Workspace:
    """A folder with a vendor's home and, once asked for, a site. `programs` has the programs under test; `helpers` is the
    build folder that has what only tests use."""

    def __init__(self, programs, helpers):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="airlock-cli."))
        self.programs, self.helpers = programs, helpers
        self.site_path = self.path / "site"
        self.home = self.path / "vendor"
        self.site_id = None
        self._reports = 0

    def __repr__(self):
        return f"the workspace {self.path}"

    def close(self):
        shutil.rmtree(self.path, ignore_errors=True)

    def program(self, name):
        return str(self.programs / name / name)

    def helper(self, path):
        """What tests alone use, by its path in the build folder."""
        assert (self.helpers / path).exists(), f"{self.helpers / path} is not built; --helpers FOLDER names another build folder"
        return self.helpers / path

    # Running things.

    def run(self, *command, code=0, env=None, stdin=None, cwd=None, timeout=120):
        """Runs a program and checks its exit code; `code=None` takes any that is no crash."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AIRLOCK_SITE")}
        environment["UBSAN_OPTIONS"] = "halt_on_error=1:print_stacktrace=1"
        environment.update(env or {})
        command = [str(c) for c in command]
        if "faketime" in command:  # it must read its environment before the programs clear theirs
            environment["LD_PRELOAD"] = str(self.helper("tests/support/libearly_clock.so"))
        for _ in range(ATTEMPTS_AT_A_CLOCK):
            process = subprocess.run(command, capture_output=True, env=environment, input=stdin or b"", cwd=cwd or self.path,
                                     timeout=timeout, check=False)
            ran = Ran(command, process)
            if not (ran.code == 1 and re.search("^faketime: s(em|hm)_open: File exists", ran.err, re.M)):
                break
        for sign in ("AddressSanitizer", "runtime error:", "terminate called"):
            assert sign not in ran.err, f"a crash:\n{ran}"
        if code is not None:
            allowed = code if isinstance(code, (tuple, list, set)) else (code,)
            assert ran.code in allowed, f"exit {ran.code}, expected {code}:\n{ran}"
        else:
            assert 0 <= ran.code <= 8, f"exit {ran.code} is none of the documented codes:\n{ran}"
        return ran

    def airlock(self, *arguments, site=None, **options):
        return self.run(self.program("airlock"), "--site", site or self.site_path, *arguments, **options)

    def vendor(self, *arguments, **options):
        return self.run(self.program("airlock-vendor"), "--home", self.home, *arguments, **options)

    def process(self, report=None, *arguments, code=0, **options):
        """`airlock process --json`, as the document it prints."""
        return self.airlock("process", report or self.report(), "--json", *arguments, code=code, **options).json

    def shell(self, script, code=0, cwd=None):
        return self.run("sh", "-c", "set -e\n" + script, code=code, cwd=cwd)

    # Making things.

    def file(self, name, content):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def report(self, change=None):
        """The published report, or a changed copy of it: `change` gets and may return its JSON."""
        if change is None:
            return REPORT
        document = json.loads(REPORT.read_bytes())
        document = change(document) or document
        self._reports += 1
        return self.file(f"report-{self._reports}.json", json.dumps(document, indent=1, ensure_ascii=False))

    def report_of(self, version):
        """The published report with another version of the product."""
        return self.report(lambda d: d["properties"].update({"posthog_version": version}))

    def new_vendor(self, policy=POLICY, dictionary=DICTIONARY, product="posthog"):
        kind = (self.programs, str(policy), str(dictionary), product)
        may_copy = self._is_new() and policy.is_relative_to(TOP) and dictionary.is_relative_to(TOP)
        if may_copy and self._copied(kind):
            return self
        self.vendor("init", "--name", "Example Vendor", "--product", product)
        self.kit = self.new_kit(policy, dictionary)
        if may_copy:
            self._keep(kind, self.home)
        return self

    # The first vendor and site of a kind are made by the programs; those after them in the same process are copies,
    # which take a tenth of the time.

    def _is_new(self):
        """Whether there is no other vendor, and no site, that a copy would be the same as."""
        folders = (self.path / "vendor", self.path / "site")
        return (self.home, self.site_path) == folders and not any(f.exists() for f in folders)

    def _copied(self, kind):
        if kind not in _settings:
            return False
        made, kit, self.site_id = _settings[kind]
        shutil.copytree(made, self.path, symlinks=True, dirs_exist_ok=True)
        self.kit = self.path / kit
        return True

    def _keep(self, kind, *folders):
        made = pathlib.Path(tempfile.mkdtemp(prefix="airlock-cli."))
        for folder in folders:
            shutil.copytree(folder, made / folder.name, symlinks=True)
        shutil.copy2(self.kit, made)
        _settings[kind] = (made, self.kit.name, self.site_id)

    def new_kit(self, policy=POLICY, dictionary=DICTIONARY):
        out = self.path / f"kit-{time.monotonic_ns()}.p7s"
        self.vendor("kit", "build", "--policy", policy, "--dictionary", dictionary, "--out", out)
        return out

    @property
    def root(self):
        return self.home / "vendor-root.crt"

    def root_fingerprint(self):
        text = self.run("openssl", "x509", "-in", self.root, "-noout", "-fingerprint", "-sha256").text
        return text.strip().split("=")[1]

    def new_site(self, kit=True, path=None, name="Example Bank, Leeds"):
        """Makes a site and registers it; its licence is still to come."""
        path = path or self.site_path
        arguments = ["init", "--vendor-root", self.root, "--vendor-root-sha256", self.root_fingerprint(), "--name", name]
        if kit:
            arguments += ["--kit", self.kit if kit is True else kit]
        made = self.airlock(*arguments, "--json", site=path).json
        self.vendor("site", "add", path / "site-request.p7s", "--fingerprint", made["fingerprint"])
        self.site_id = made["site_id"]
        return made

    def new_licence(self, tier, entitlements=(), not_after="2099-01-01", any_site=False, site_id=None, extra=()):
        out = self.path / f"licence-{time.monotonic_ns()}.p7s"
        binding = ["--any-site"] if any_site else ["--site", site_id or self.site_id]
        arguments = [a for e in entitlements for a in ("--entitlement", e)]
        self.vendor("licence", "issue", "--tier", tier, "--licensee", "Example Bank plc", *binding, "--not-after",
                    not_after, *arguments, *extra, "--out", out)
        return out

    def site(self, tier="enterprise-air-gapped", entitlements=("air_gap",), **options):
        """A whole setting: vendor, kit, site, licence."""
        kind = (self.programs, tier, tuple(entitlements))
        may_copy = not options and self._is_new()
        if may_copy and self._copied(kind):
            return self
        if not self.home.exists():
            self.new_vendor()
        self.new_site(**options)
        self.airlock("licence", "install", self.new_licence(tier, entitlements))
        if may_copy:
            self._keep(kind, self.home, self.site_path)
        return self

    def configure(self, **members):
        """Sets members of the site's `airlock.json`; `None` takes one out."""
        path = self.site_path / "airlock.json"
        changed = {**json.loads(path.read_text()), **members}
        path.write_text(json.dumps({name: value for name, value in changed.items() if value is not None}))

    def show_only_public(self):
        """Leaves other users of the machine nothing of the site but `public/`."""
        self.path.chmod(0o755)
        for name in ("keys", "trust", "held", "outbox", "airlock.json", "ledger.db"):
            (self.site_path / name).chmod(0)

    # Looking at things.

    def outbox(self):
        return sorted((self.site_path / "outbox").glob("*.p7m"))

    def hidden(self):
        return sorted(p.name for p in self.site_path.rglob(".*"))

    def kinds(self, number):
        return [e["kind"] for e in self.airlock("ledger", "show", number, "--json").json["entries"]]

    def ledger_ok(self):
        return self.airlock("ledger", "verify", "--json").json

    def open_with_openssl(self, bundle, into=None, recipient=None):
        """Opens a bundle as an auditor would, with the commands of its own HOW-TO-VERIFY, and returns the folder. The
        recipient is the vendor, or whose certificate and key begin with the path `recipient`."""
        recipient = str(recipient or self.home / "recipient")
        folder = self.path / f"opened-{time.monotonic_ns()}" if into is None else into
        folder.mkdir()
        shutil.copy(bundle, folder)
        shutil.copy(recipient + ".crt", folder / "recipient.crt")
        shutil.copy(recipient + ".key", folder / "recipient.key")
        shutil.copy(self.site_path / "keys" / "site.crt", folder)
        text = bundle.with_suffix(".txt").read_text()
        commands = text.split("Stop at the first command that fails")[1].split("\n", 1)[1]
        script = "\n".join(l for l in commands.splitlines() if not (l[:1].isdigit() and l[1:2] == "."))
        ran = self.run("bash", "-ec", script, cwd=folder)
        assert "entry.json is in the ledger" in ran.text, f"the instructions did not come to their end:\n{ran}"
        return folder


def forget_settings():
    """Removes what copies were made from."""
    for made, _, _ in _settings.values():
        shutil.rmtree(made, ignore_errors=True)
    _settings.clear()
