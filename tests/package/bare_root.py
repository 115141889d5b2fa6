"""A bare Debian to install packages in: a root file system with Debian's minimum, made once a session, and copied for each case."""
import os
import pathlib
import shutil
import subprocess
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
SOURCES = [pathlib.Path("/etc/apt/sources.list"), *sorted(pathlib.Path("/etc/apt/sources.list.d").glob("*"))]
# A container may not confine itself; a machine of its own may.
CALLS = ("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")
# A mount namespace of its own. Where the tests run in a bare root that somebody entered by chroot, `/` is no mount point and cannot be made
# private; then the mounts below a root are taken away at its end.
UNSHARE = ("unshare", "--mount", "--propagation", "unchanged")
PRIVATE = """if awk '$5 == "/" { found = 1 } END { exit !found }' /proc/self/mountinfo; then mount --make-rprivate /; fi\n"""
# systemd-nspawn wants control groups, and a root that is a mount point: such a bare root has neither.
ENTER = PRIVATE + """
if ! mountpoint -q /sys/fs/cgroup; then
  if grep -q name=systemd /proc/self/cgroup; then
    mount -t tmpfs cgroup /sys/fs/cgroup
    mkdir /sys/fs/cgroup/systemd
    mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd
  else
    mount -t cgroup2 cgroup /sys/fs/cgroup
  fi
fi
mount --rbind / "$1"
shift
exec chroot "$@"
"""


def suite():
    text = pathlib.Path("/etc/os-release").read_text()
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)["VERSION_CODENAME"].strip('"')


def run(*command, code=0, **options):
    given = {} if options.get("input") is not None else {"stdin": subprocess.DEVNULL}
    ran = subprocess.run([str(c) for c in command], **given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    assert code is None or ran.returncode == code, f"$ {' '.join(map(str, command))}\n{ran.stdout[-6000:]}\n[exit {ran.returncode}]"
    return ran.stdout


def make_base(into, *options):
    """Debian's minimum, and apt."""
    sources = [path for path in SOURCES if path.is_file() and path.suffix in (".list", ".sources")]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1"}
    run("mmdebstrap", "--mode=root", "--variant=minbase", *options, "--aptopt=Acquire::Check-Valid-Until \"false\"", suite(), into, *sources, env=environment)


class Root:
    """One such root. Nothing in it reaches the network: its commands run in an empty network of their own."""

    def __init__(self, base):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="airlock-root."))
        run("tar", "--extract", "--preserve-permissions", "--numeric-owner", "--file", base, "--directory", self.path)

    def close(self):
        for mounted in "proc", "dev/shm":
            run("umount", "--quiet", "--lazy", self / mounted, code=None)
        shutil.rmtree(self.path, ignore_errors=True)

    def __truediv__(self, path):
        return self.path / path.lstrip("/")

    def run(self, script, code=0):
        """Runs a shell script as root, in namespaces of its own, so that no mount and no process is left."""
        inner = (PRIVATE + f"mount -t proc proc {self.path}/proc; mount -t tmpfs tmpfs {self.path}/dev/shm; "
                 f"exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "
                 'chroot "$1" /bin/sh -ec "$2"')
        return run(*UNSHARE, "--net", "--pid", "--fork", "--kill-child", "sh", "-ec", inner, "sh", self.path, script, code=code)

    def boot(self, script, seconds=120):
        """Boots the root with systemd as its first process and runs a shell script in it as a unit. Returns what that printed, and the
        script's exit code in the last line."""
        (self / "root/script").write_text(script)
        (self / "etc/systemd/system/script.service").write_text(
            "[Unit]\nAfter=basic.target\n[Service]\nType=oneshot\n"
            "Environment=DEBIAN_FRONTEND=noninteractive HOME=/root LANG=C.UTF-8\n"
            "ExecStart=/bin/sh -c 'sh -e /root/script > /root/printed 2>&1; echo exit $$? >> /root/printed; systemctl poweroff --no-block'\n")
        wants = self / "etc/systemd/system/multi-user.target.wants"
        wants.mkdir(parents=True, exist_ok=True)
        (wants / "script.service").unlink(missing_ok=True)
        (wants / "script.service").symlink_to("/etc/systemd/system/script.service")
        (self / "root/printed").unlink(missing_ok=True)
        with tempfile.TemporaryDirectory(prefix="airlock-enter.") as enter:
            said = run("timeout", "--signal=KILL", seconds, *UNSHARE, "sh", "-ec", ENTER, "sh", enter, enter,
                       "systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network",
                       *(f"--system-call-filter={call}" for call in CALLS), "--directory", self.path, "--boot", code=None)
        assert (self / "root/printed").exists(), f"systemd did not run the script:\n{said}"
        return (self / "root/printed").read_text()
