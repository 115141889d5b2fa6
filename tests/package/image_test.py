"""The container image: what it says, and a site in its very root file system, read-only, as a user without a name, without capabilities."""
import json
import re
import shutil
import textwrap

import pytest
from bare_root import PRIVATE, TOP, UNSHARE, run
from harness import LONG, REPORT

STRANGER = 54321  # no account has this number
SITE = "/var/lib/airlock/site"  # a folder in the volume, as the guide says

CONTAINED = PRIVATE + """
mount --bind "$1" "$1"; mount --bind "$2" "$1/var/lib/airlock"; mount --bind "$3" "$1/mnt"
mount -t proc proc "$1/proc"; mount -t tmpfs dev "$1/dev"; for d in null urandom; do touch "$1/dev/$d"; mount --bind "/dev/$d" "$1/dev/$d"; done
mount -o remount,bind,ro "$1"
root=$1; shift 3
exec chroot "$root" /usr/bin/setpriv --reuid=%d --regid=%d --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \\
  /usr/bin/env -i PATH=/usr/bin:/bin "$@"
""" % (STRANGER, STRANGER)


class Image:
    """An image in an OCI archive, unpacked, with a volume for its site."""

    def __init__(self, archive, name, folder):
        layout = folder / "layout"
        layout.mkdir(parents=True)
        run("tar", "-xf", archive, "-C", layout)
        assert json.loads((layout / "oci-layout").read_text()) == {"imageLayoutVersion": "1.0.0"}
        index = (layout / "index.json").read_text()
        manifest, = json.loads(index)["manifests"]
        assert manifest["annotations"] == {"org.opencontainers.image.ref.name": name}
        self.config = blob(layout, blob(layout, manifest)["config"])["config"]
        (layout / "index.json").write_text(index.replace(name, "made"))  # umoci takes tags alone
        run("umoci", "unpack", "--image", f"{layout}:made", folder / "bundle")
        self.root, self.volume, self.mounted = folder / "bundle/rootfs", folder / "volume", folder / "mounted"
        self.volume.mkdir()
        self.mounted.mkdir()
        shutil.chown(self.volume, STRANGER, STRANGER)

    def run(self, *command, code=0, stdin=None):
        return run(*UNSHARE, "--net", "--pid", "--fork", "sh", "-ec", CONTAINED, "sh", self.root, self.volume, self.mounted, *command,
                   code=code, input=stdin)


def blob(layout, descriptor):
    return json.loads((layout / "blobs" / descriptor["digest"].replace(":", "/")).read_text())


def routines(entry_point):
    """What the examples run, as they say it: a list of commands for each file."""
    for name, key in ("kubernetes.yaml", "args"), ("compose.yaml", "command"):
        lists = re.findall(rf"^ +{key}: \[(process, .*?)\]", (TOP / "docs/examples" / name).read_text(), re.M)
        yield name, [[*entry_point, *arguments.split(", ")] for arguments in lists]
    name = "kubernetes-sidecar.yaml"
    text = (TOP / "docs/examples" / name).read_text()
    script = re.search(r"^ +command: \[/bin/sh, -c\]\n +args:\n +- \|\n(.*?)^ +env:", text, re.M | re.S)
    # Its first round takes a moment. Then a pod ends as this does: by SIGTERM, and the script exits with 0.
    yield name, [["/usr/bin/timeout", "--preserve-status", "15", "/bin/sh", "-c", textwrap.dedent(script[1])]]


def check_routine(name, commands, image, report):
    """A report that came in during a hold leaves once the hold is released, by what the example runs and nothing else."""
    def bundles():
        return set((image.volume / "site/outbox").glob("*.p7m"))

    def one_round():
        for command in commands:
            image.run("/usr/bin/env", f"AIRLOCK_SITE={SITE}", *command, code=None)
        waiting = json.loads(image.run("/usr/bin/airlock", "--site", SITE, "status", "--json"))["held"]
        return waiting, len(bundles() - before)

    before = bundles()
    image.run("/usr/bin/airlock", "--site", SITE, "hold", "--reason", "the officer is away")
    dropped = image.volume / "site/inbox/.report.tmp"
    shutil.copy(report, dropped)
    dropped.chmod(0o644)
    dropped.rename(dropped.with_name("report.json"))
    assert one_round() == (1, 0), name
    image.run("/usr/bin/airlock", "--site", SITE, "release", "--reason", "back again")
    assert one_round() == (0, 1), name


@pytest.mark.skipif(not LONG, reason="makes two root file systems: long run only")
def test_an_image_runs_a_site_as_any_user_without_rights(w, tmp_path):
    """The image is an OCI layout whose root seals a report as any user, read-only, without capabilities and network."""
    run(TOP / "tools/dev/package", "--into", tmp_path / "made", "--image")
    archive = next((tmp_path / "made").glob("airlock-[0-9]*-image.tar"))
    version = archive.name.removeprefix("airlock-").removesuffix("-image.tar")
    sending = Image(tmp_path / f"made/airlock-send-{version}-image.tar", f"localhost/airlock-send:{version}", tmp_path / "sending")
    assert (sending.root / "usr/bin/airlock-send").exists()
    image = Image(archive, f"localhost/airlock:{version}", tmp_path / "sealing")
    for each in image, sending:
        assert (each.config["User"], each.config["Entrypoint"], each.config["Cmd"]) == ("10001:10001", ["/usr/bin/airlock"], ["--help"])
        assert list(each.config["Volumes"]) == ["/var/lib/airlock"]
    assert not (image.root / "usr/bin/airlock-send").exists() and not list(image.root.rglob("libcurl*"))
    assert "airlock:x:10001:10001:" in (image.root / "etc/passwd").read_text()

    w.new_vendor()
    for name, path in (("vendor-root.crt", w.root), ("kit.p7s", w.kit)):
        shutil.copy(path, image.mounted / name)
        (image.mounted / name).chmod(0o644)
    airlock = ["/usr/bin/airlock", "--site", SITE]
    made = json.loads(image.run(*airlock, "init", "--vendor-root", "/mnt/vendor-root.crt", "--vendor-root-sha256", w.root_fingerprint(),
                                "--kit", "/mnt/kit.p7s", "--name", "Example Bank", "--json"))
    w.vendor("site", "add", image.volume / "site/site-request.p7s", "--fingerprint", made["fingerprint"])
    shutil.copy(w.new_licence("enterprise-air-gapped", ["air_gap"], site_id=made["site_id"]), image.mounted / "licence.p7s")
    (image.mounted / "licence.p7s").chmod(0o644)
    image.run(*airlock, "licence", "install", "/mnt/licence.p7s")
    assert "0 failed" in image.run(*airlock, "doctor").splitlines()[-1]
    assert json.loads(image.run(*airlock, "process", "-", "--json", stdin=REPORT.read_text()))["outcome"] == "sealed"
    bundle = next((image.volume / "site/outbox").glob("*.p7m"))
    assert bundle.stat().st_uid == STRANGER
    w.vendor("open", bundle)
    for at, (name, commands) in enumerate(routines(image.config["Entrypoint"])):
        check_routine(name, commands, image, w.report_of(f"1.44.{at}"))

    before = len(list((image.volume / "site/outbox").glob("*.p7m")))
    # What a kubelet does with `fsGroup` and without `OnRootMismatch`.
    run("chmod", "-R", "g+rwX", image.volume)
    assert "site.key" in image.run(*airlock, "doctor", code=1)
    image.run(*airlock, "process", "-", code=None, stdin=REPORT.read_text().replace("1.", "2.", 1))
    assert len(list((image.volume / "site/outbox").glob("*.p7m"))) == before
