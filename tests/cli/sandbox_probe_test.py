"""A probe in the worker itself tries every way out, and to change what is in the site."""
import errno
import shutil
import uuid

from harness import REPORT

# Tries to write wherever it can, in the worker, once the sandbox is in force: when the report is read.
PROBE = r"""
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
static char site[4096], names[8192];
static int metadata;
__attribute__((constructor)) static void begin(void) {
  snprintf(site, sizeof site, "%s", getenv("PROBE_SITE"));
  snprintf(names, sizeof names, "%s", getenv("PROBE_NAMES"));
  metadata = getenv("PROBE_METADATA") != NULL;
}
static void tell(const char* what, const char* name, long result) {
  char line[8400];
  const int error = result < 0 ? errno : 0;
  const int size = snprintf(line, sizeof line, "probe %s %s %d\n", what, name, error);
  syscall(SYS_write, 2, line, size);
}
// What acts on metadata, or on others that use the file: of a file that can be read, that is all files of the site.
static void touch(const char* name, const char* path) {
  const struct timespec times[2] = {{1, 0}, {1, 0}};
  int flags = 0;
  const int fd = open(path, O_RDONLY | O_NONBLOCK);
  tell("fchmod", name, syscall(SYS_fchmod, fd, 0777));
  tell("fchown", name, syscall(SYS_fchown, fd, 65534, 65534));
  tell("chmod", name, syscall(SYS_fchmodat, AT_FDCWD, path, 0777));
  tell("chown", name, syscall(SYS_fchownat, AT_FDCWD, path, 65534, 65534, 0));
  tell("fchownat", name, syscall(SYS_fchownat, fd, "", 65534, 65534, AT_EMPTY_PATH));
  tell("utimensat", name, syscall(SYS_utimensat, fd, NULL, times, 0));
  tell("utimensat", name, syscall(SYS_utimensat, AT_FDCWD, path, times, 0));
  tell("fsetxattr", name, syscall(SYS_fsetxattr, fd, "user.probe", "x", 1, 0));
  tell("setxattr", name, syscall(SYS_setxattr, path, "user.probe", "x", 1, 0));
  tell("setflags", name, syscall(SYS_ioctl, fd, FS_IOC_SETFLAGS, &flags));
  tell("truncate", name, syscall(SYS_truncate, path, 0));
  tell("lease", name, syscall(SYS_fcntl, fd, F_SETLEASE, F_RDLCK));
  tell("shared-lock", name, syscall(SYS_flock, fd, LOCK_SH | LOCK_NB));
  tell("empty", name, syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_TRUNC));
  if (fd >= 0) close(fd);
}
ssize_t read(int fd, void* into, size_t size) {
  static int done;
  const long in_force = syscall(SYS_prctl, PR_GET_SECCOMP, 0, 0, 0, 0);
  if (!done && (in_force == 2 || (in_force < 0 && errno == EPERM))) {
    done = 1;
    char* const nothing[] = {NULL};
    tell("socket", "-", syscall(SYS_socket, AF_INET, SOCK_STREAM, 0));
    tell("socket", "-", syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0));
    tell("connect", "-", syscall(SYS_connect, fd, NULL, 0));
    tell("sendto", "-", syscall(SYS_sendto, fd, "x", 1, 0, NULL, 0));
    tell("execve", "-", syscall(SYS_execve, "/bin/true", nothing, nothing));
    for (char *save, *name = strtok_r(names, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
      char path[8300], other[8320];
      snprintf(path, sizeof path, "%s/%s", site, name);
      snprintf(other, sizeof other, "%s.probe", path);
      if (metadata) {
        touch(name, path);
        continue;
      }
      tell("write", name, open(path, O_WRONLY));
      tell("make", name, open(other, O_WRONLY | O_CREAT | O_EXCL, 0600));
      tell("rename", name, rename(path, other));
      if (rename(other, path) != 0) unlink(other);
    }
  }
  return syscall(SYS_read, fd, into, size);
}
"""


def test_a_probe_in_the_worker_has_no_socket_and_writes_only_what_it_must(w):
    """A probe in the worker itself: no socket, no connect, no send, no other program; it writes ledger, locks, what comes in and
    goes out, and nothing else of the site."""
    w.site()
    library = w.path / "probe.so"
    w.run("cc", "-shared", "-fPIC", "-o", library, w.file("probe.c", PROBE))
    for folder in ("held", "outbox", "inbox"):
        (w.site_path / folder / "thing").write_text("x")
    written = ["ledger.db", "ledger.db-journal", "site.lock", "inbox.lock"]
    changed = ["held/thing", "outbox/thing"]
    rest = sorted(str(p.relative_to(w.site_path)) for p in w.site_path.rglob("*") if p.is_file())
    rest = [n for n in rest if n not in written + changed]
    assert "keys/site.key" in rest and "public/vendor-root.crt" in rest and "airlock.json" in rest, rest

    def probed(*arguments, code=0):
        env = {"LD_PRELOAD": str(library), "PROBE_SITE": str(w.site_path), "PROBE_NAMES": " ".join(written + changed + rest)}
        err = w.run(w.program("airlock"), "--site", w.site_path, *arguments, env=env, code=code).err
        lines = [l.split() for l in err.splitlines() if l.startswith("probe ")]
        assert [(what, error) for _, what, name, error in lines if name == "-"] \
            == [(what, str(errno.EPERM)) for what in ("socket", "socket", "connect", "sendto", "execve")], "ways out"
        lines = [l for l in lines if l[2] != "-"]
        assert len(lines) == 3 * len(written + changed + rest), err
        return {(what, name) for _, what, name, error in lines if error == "0"}

    if "Landlock version" not in w.airlock("doctor", code=None).text:
        print("counted: no Landlock on this kernel, the worker's files not checked")
        return
    everything = {(what, name) for name in changed for what in ("write", "make", "rename")}
    assert probed("process", REPORT) == everything | {("write", name) for name in written}, "files that process may change"
    assert probed("preview", REPORT) == {(what, "held/thing") for what in ("write", "make", "rename")}, "files that preview may change"
    # The inbox itself only the supervisor changes; what it has claimed the worker reads and removes.
    claimed = f"claimed/{uuid.uuid4()}"
    shutil.copy(REPORT, w.site_path / claimed)
    (w.site_path / "inbox" / "thing").unlink()
    rest.remove("inbox/thing")
    changed.append(claimed)
    everything = {(what, name) for name in changed for what in ("write", "make", "rename")}
    assert probed("process", "--inbox", code=8) == everything | {("write", name) for name in written}, \
        "files that process --inbox may change"
    assert [p.read_bytes() for p in (w.site_path / "inbox").iterdir()] == [REPORT.read_bytes()], \
        "a file that the probe touched was not put back"
    w.ledger_ok()


def test_a_probe_in_the_worker_cannot_change_attributes_nor_hold_others_up(w):
    """A probe in the worker cannot change mode, owner, times, attributes or length of anything in the site, nor hold others up by
    leases and shared locks: in process and preview, as root and as another user."""
    w.site()
    w.path.chmod(0o755)
    airlock, report = shutil.copy(w.program("airlock"), w.path / "airlock"), w.file("report.json", REPORT.read_bytes())
    report.chmod(0o644)
    library = w.path / "probe.so"
    w.run("cc", "-shared", "-fPIC", "-o", library, w.file("probe.c", PROBE))
    names = sorted(str(p.relative_to(w.site_path)) for p in w.site_path.rglob("*")) + ["."]
    renewed = ("ledger.db", "ledger.anchor", "public/site.json", "public", ".", "held", "outbox", "ledger.db-journal")

    def looks():
        out = {}
        for name in names:
            found = (w.site_path / name).lstat()
            out[name] = [found.st_mode, found.st_uid, found.st_gid]
            if name not in renewed:  # by the run itself
                out[name] += [found.st_size, found.st_mtime_ns, found.st_ctime_ns]
        return out

    def probed(before, *arguments):
        looked = looks()
        env = {"LD_PRELOAD": str(library), "PROBE_SITE": str(w.site_path), "PROBE_NAMES": " ".join(names), "PROBE_METADATA": "1"}
        err = w.run(*before, airlock, "--site", w.site_path, *arguments, env=env).err
        lines = [l.split() for l in err.splitlines() if l.startswith("probe ") and l.split()[2] != "-"]
        assert len(lines) == 14 * len(names), err
        assert [l for l in lines if l[3] != str(errno.EPERM)] == [], f"{arguments}: calls that were not refused"
        assert looks() == looked, f"{arguments}: what the files look like"

    probed([], "preview", report)
    probed([], "process", report)
    own = 64001
    w.run("chown", "-R", f"{own}:{own}", w.site_path)
    probed(["setpriv", f"--reuid={own}", f"--regid={own}", "--clear-groups"], "preview", report)
    probed(["setpriv", f"--reuid={own}", f"--regid={own}", "--clear-groups"], "process", report, "--again")
    w.run("chown", "-R", "0:0", w.site_path)
    w.ledger_ok()
