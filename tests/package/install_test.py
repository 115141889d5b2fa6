"""A bare Debian without a network: installed from the tar, a site made, reports sealed by the units of a booted systemd, upgraded, removed, purged,
installed again. The site is as it was."""
import json
import re
import shutil

import bare_root
import pytest
from bare_root import run
from harness import LONG

# What stands in the site directory, keys and waiting reports included; without what every reader may touch.
DIGEST = "cd /var/lib/airlock && find . -type f ! -name '*.lock' | sort | xargs sha256sum | sha256sum; find . -printf '%p %m %u:%g\\n' | sort | sha256sum"

DAY = f"""
systemctl enable --now airlock.path airlock.timer
started() {{ systemctl show -P ActiveEnterTimestampMonotonic airlock.timer; }}
drop() {{
  install -o product -g airlock -m 0644 /root/$1.json /var/lib/airlock/inbox/.$1
  mv /var/lib/airlock/inbox/.$1 /var/lib/airlock/inbox/$1.json
  for i in $(seq 600); do [ "$(ls /var/lib/airlock/outbox/*.p7m 2>/dev/null | wc -l)" = "$2" ] && break; sleep 0.1; done
  quiet=0  # for a second: after the run for the inbox comes the one for what is held
  while [ $quiet -lt 10 ]; do
    case "$(systemctl is-active airlock.service)" in inactive | failed) quiet=$((quiet + 1)) ;; *) quiet=0 ;; esac
    sleep 0.1
  done
  echo "dropped $1: $(ls /var/lib/airlock/outbox/ | grep -c p7m) bundles, $(systemctl show -P Result airlock.service)"
}}
drop first 1
echo "owner: $(stat -c %U /var/lib/airlock/outbox/*.p7m)"
install -D -m 0644 -t /run/airlock-setup /root/held.json
runuser -u airlock -- airlock process --expect {"0" * 64} /run/airlock-setup/held.json --quiet 2>/root/held || echo "held: $?"
site() {{ {DIGEST}; }}
before=$(site) since=$(started)
apt-get install -y /root/next/airlock_*.deb >/root/apt 2>&1 || cat /root/apt
echo "upgraded: $(dpkg-query -W -f '${{Version}}' airlock), timer $(systemctl is-active airlock.timer), $([ "$since" = "$(started)" ] && echo same)"
[ "$before" = "$(site)" ] && echo "site after upgrade: same"
drop second 2
before=$(site)
apt-get install -y --allow-downgrades /root/offline/airlock_*.deb >/root/apt 2>&1 || cat /root/apt
runuser -u airlock -- airlock ledger verify --quiet && echo "downgraded: $(dpkg-query -W -f '${{Version}}' airlock) verifies"
apt-get remove -y airlock >/root/apt 2>&1 || cat /root/apt
echo "removed: timer $(systemctl is-active airlock.timer), program $(command -v airlock || echo gone)"
[ "$before" = "$(site)" ] && echo "site after remove: same"
apt-get purge -y airlock 2>&1 | grep '^airlock: '
[ "$before" = "$(site)" ] && echo "site after purge: same"
/root/offline/install airlock airlock-send >/root/apt 2>&1 || cat /root/apt
echo "installed again: timer $(systemctl is-enabled airlock.timer)"
apt-get install -y --no-remove /root/next/airlock_*.deb /root/next/airlock-send_*.deb >/root/apt 2>&1 || cat /root/apt
echo "upgraded with the sender: $(dpkg-query -W -f '${{Version}} ' airlock airlock-send)"
[ "$before" = "$(site)" ] && echo "site after all: same"
runuser -u airlock -- airlock status --json > /root/status.json
runuser -u airlock -- airlock doctor --quiet && echo "doctor: nothing fails"
"""


@pytest.mark.takes(200)
def test_a_site_on_a_bare_machine_without_a_network(w, packages, root):
    """From the offline tar to sealed reports by the real units, then upgrade, downgrade, remove, purge and install again."""
    run("tar", "-xf", packages.offline, "-C", root / "root")
    shutil.move(root / f"root/{packages.offline.stem}", root / "root/offline")
    shutil.copytree(packages.next, root / "root/next")
    assert len((root / "root/offline/README").read_text().splitlines()) <= 10
    root.run("cd /root/offline && sha256sum --check --quiet SHA256SUMS && apt-get install -y ./*.deb")
    said = root.run("for p in airlock airlock-send airlock-vendor; do command -v $p || echo no $p; done; stat -c '%a %U:%G' /var/lib/airlock; ls -A /var/lib/airlock")
    assert said.splitlines() == ["/usr/bin/airlock", "no airlock-send", "no airlock-vendor", "711 airlock:airlock"]
    w.new_vendor()
    shutil.copy(w.root, root / "root")
    shutil.copy(w.kit, root / "root/kit.p7s")
    root.run("useradd product; usermod -aG airlock product")
    guide = (bare_root.TOP / "docs/guides/install.md").read_text()
    init = re.search(r"^install -D .*?--readers airlock-readers$", guide, re.M | re.S)[0]
    made = json.loads(root.run(f"cd /root; {init} --vendor-root-sha256 {w.root_fingerprint()} --json"))
    site = root / "var/lib/airlock"
    w.vendor("site", "add", site / "site-request.p7s", "--fingerprint", made["fingerprint"])
    shutil.copy(w.new_licence("enterprise-air-gapped", ["air_gap"], site_id=made["site_id"]), root / "root/licence.p7s")
    root.run("install -D -m 0644 -t /run/airlock-setup /root/licence.p7s && runuser -u airlock -- airlock licence install /run/airlock-setup/licence.p7s")
    for name in ("first", "second", "held"):
        shutil.copy(w.report_of(f"1.{len(name)}.0"), root / f"root/{name}.json")
    said = root.boot(DAY)
    assert [line for line in said.splitlines() if not line.startswith(("Created symlink", "airlock: hint"))] == [
        "dropped first: 1 bundles, success",
        "owner: airlock",
        "held: 4",
        f"upgraded: {packages.version}+1, timer active, same",
        "site after upgrade: same",
        "dropped second: 2 bundles, success",
        f"downgraded: {packages.version} verifies",
        "removed: timer inactive, program gone",
        "site after remove: same",
        "airlock: the site in /var/lib/airlock is kept, with its keys, its ledger and the reports that wait.",
        "airlock: the user airlock and the group airlock-readers are kept too. /etc/airlock, if you made it, is yours.",
        "site after purge: same",
        "installed again: timer disabled",
        f"upgraded with the sender: {packages.version}+1 {packages.version}+1 ",
        "site after all: same",
        "doctor: nothing fails",
        "exit 0"], said
    status = json.loads((root / "root/status.json").read_text())
    assert status["licence"]["state"] == "valid", status


# A usual machine of another day: Debian ties the packages of these sources to each other's exact versions.
OLDER = """for package in systemd curl sqlite3; do
  version=$(dpkg-query -W -f '${Version}' $package)
  sed -i "s/$(printf %s "$version" | sed 's/[.]/\\\\&/g')/${version%-*}-0/g" /var/lib/dpkg/status
done"""


@pytest.mark.skipif(not LONG, reason="makes one more bare machine: long run only")
def test_the_script_changes_nothing_on_a_machine_of_another_day(packages, tmp_path):
    """Where Debian's packages are of another day, the script installs each of ours, removes none of theirs and changes no version."""
    bare_root.make_base(tmp_path / "base.tar", "--include=systemd,python3,curl,sqlite3")
    root = bare_root.Root(tmp_path / "base.tar")
    try:
        run("tar", "-xf", packages.offline, "-C", root / "root")
        (root / f"root/{packages.offline.stem}").rename(root / "root/on a stick")
        root.run(OLDER)
        before = root.run("dpkg-query -W").splitlines()
        assert {"systemd", "libsystemd0", "curl", "sqlite3"} <= {line.split("\t")[0].split(":")[0] for line in before if line.endswith("-0")}
        assert "Remv sqlite3" in root.run("cd '/root/on a stick' && apt-get install --simulate ./*.deb")
        for names in ("airlock libairlock0", "airlock-send", "airlock-vendor", "libairlock-dev python3-airlock"):
            root.run(f"'/root/on a stick/install' {names}")
        assert not set(before) - set(root.run("dpkg-query -W").splitlines())
        assert root.run("'/root/on a stick/install'", code=2).endswith("  ./install PACKAGE...\n")
        assert "Unable to locate package nginx" in root.run("'/root/on a stick/install' nginx", code=100)
        assert "README: FAILED" in root.run("cd '/root/on a stick' && echo more >>README && ./install airlock", code=1)
    finally:
        root.close()


@pytest.mark.skipif(not LONG, reason="makes two more bare machines: long run only")
@pytest.mark.parametrize("options", [(), ("--include=systemd,python3", "--skip=cleanup/apt/lists")], ids=["minimal", "usual"])
def test_every_folder_of_the_tar_is_complete(packages, tmp_path, options):
    """Each folder's packages install without a network, on a minimal machine and on a usual one, whose apt knows what it could fetch. Nothing is
    removed."""
    bare_root.make_base(tmp_path / "base.tar", *options)
    root = bare_root.Root(tmp_path / "base.tar")
    try:
        run("tar", "-xf", packages.offline, "-C", root / "root")
        for folder in (".", "send", "vendor", "develop"):
            said = root.run(f"cd /root/{packages.offline.stem}/{folder} && apt-get install -y ./*.deb")
            assert ", 0 to remove" in said, said
        root.run("airlock-send --version && airlock-vendor --version && python3 -c 'import airlock'")
    finally:
        root.close()
