"""Real users for end-to-end tests: who runs Airlock, who officiates, who is neither. They are system users that each Debian has.

    people = People(w)
    people.owner("init", ...)
    people.officer("preview", "1", code=4)

Every user runs a copy of the program that all can execute, in a workspace that all can enter.
"""
import grp
import os
import pwd
import shutil

READERS = "users"


class People:
    def __init__(self, w):
        self.w = w
        self.program = w.path / "airlock-for-all"
        shutil.copy(w.program("airlock"), self.program)
        self.program.chmod(0o755)
        self.folder = w.path / "of-owner"
        self.folder.mkdir()
        self.own(self.folder, "proxy")
        self.site_path = self.folder / "site"

    @staticmethod
    def own(path, user):
        os.chown(path, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)

    def run_as(self, user, *command, groups=(), **options):
        """Runs a command as `user` with `groups` beside the user's own."""
        known = pwd.getpwnam(user)
        all_groups = ",".join(str(g) for g in [known.pw_gid, *(grp.getgrnam(name).gr_gid for name in groups)])
        return self.w.run("setpriv", f"--reuid={known.pw_uid}", f"--regid={known.pw_gid}", f"--groups={all_groups}", *command,
                          **options)

    def _airlock(self, user, groups, arguments, options):
        return self.run_as(user, self.program, "--site", self.site_path, *arguments, groups=groups, **options)

    def owner(self, *arguments, **options):
        """The owner of the site, who is a member of the readers' group."""
        return self._airlock("proxy", (READERS,), arguments, options)

    def officer(self, *arguments, **options):
        return self._airlock("backup", (READERS,), arguments, options)

    def second_officer(self, *arguments, **options):
        return self._airlock("list", (READERS,), arguments, options)

    def stranger(self, *arguments, **options):
        return self._airlock("nobody", (), arguments, options)

    def readable(self, path):
        """Lets everybody read a file that the test has made."""
        path.chmod(0o644)
        return path

    def vendor(self):
        """Makes the vendor, and returns a copy of its root certificate that all can read."""
        if not self.w.home.exists():
            self.w.new_vendor()
        self.w.path.chmod(0o755)  # a copied setting has taken that away
        root = self.w.path / "root.crt"
        shutil.copy(self.w.root, root)
        return self.readable(root)

    def site(self, tier="enterprise-air-gapped", entitlements=("air_gap",), readers=READERS):
        """A whole setting, made by the owner: vendor, kit, site with readers, licence."""
        w = self.w
        root = self.vendor()
        kit = w.path / "kit-for-all.p7s"
        shutil.copy(w.kit, kit)
        extra = ("--readers", readers) if readers else ()
        made = self.owner("init", "--vendor-root", root, "--vendor-root-sha256", w.root_fingerprint(), "--kit",
                          self.readable(kit), "--name", "Example Bank, Leeds", *extra, "--json").json
        w.site_id = made["site_id"]
        w.vendor("site", "add", self.site_path / "site-request.p7s", "--fingerprint", made["fingerprint"])
        self.owner("licence", "install", self.readable(w.new_licence(tier, entitlements)))
        return self

    def report(self, change=None):
        path = self.w.path / "report-for-all.json"
        shutil.copy(self.w.report(change), path)
        return self.readable(path)

    def desk(self):
        """A folder of the officer's own."""
        path = self.w.path / "desk"
        path.mkdir()
        self.own(path, "backup")
        return path
