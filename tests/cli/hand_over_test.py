"""`outbox hand-over`: bundles to a medium, sound or not, and killed anywhere."""
import os
import shutil

from carried import entries, site_with
from harness import LONG


def test_hand_over_refuses_what_would_not_be_sound(w):
    """Hand-over refuses on hold, inside the site, where another file has the name, for no bundle, and without a medium."""
    site_with(w, 1)
    medium = w.path / "medium"
    medium.mkdir()

    def refused(code, words, *arguments, to=medium):
        before = sorted(p.name for p in medium.iterdir())
        ran = w.airlock("outbox", "hand-over", *arguments, "--to", to, code=code)
        assert words in ran.err, f"{words!r} in {ran.err}"
        assert sorted(p.name for p in medium.iterdir()) == before, "files on the medium"
        assert entries(w, "handed_over") == [], "hand-overs recorded"

    w.airlock("hold", "--reason", "an audit")
    refused(4, "on hold")
    w.airlock("release")
    refused(4, "is inside the site directory", to=w.site_path / "held")
    (w.path / "link").symlink_to(w.site_path)
    refused(4, "is inside the site directory", to=w.path / "link" / "outbox")
    refused(3, "is not a directory", to=w.path / "none")
    refused(2, "report 7 has no bundle", 7)
    refused(2, "the note must be printable", "--note", "two\nlines")
    refused(2, "the note must be printable", "--note", "x" * 1025)
    taken = w.file(f"medium/{w.outbox()[0].name}", "something else")
    refused(4, "another file has this name")
    taken.unlink()
    # Planted by whoever else writes to the medium. A link would be taken for the copy, and nothing would be there.
    bundle = w.outbox()[0]
    for name in (bundle.name, bundle.with_suffix(".txt").name):
        (medium / name).symlink_to(bundle.with_name(name))
        refused(4, "is a symbolic link")
        (medium / name).unlink()
        os.mkfifo(medium / name)
        refused(4, "is not a regular file")
        (medium / name).unlink()
        for plant in (lambda path: path.mkdir(), lambda path: path.symlink_to(w.file("victim", "kept")), os.mkfifo):
            plant(medium / f".{name}.tmp")
            refused(4, "has the name that the copy needs until it is complete")
            w.run("rm", "-rf", medium / f".{name}.tmp")
    assert (w.path / "victim").read_text() == "kept"
    good = bundle.read_bytes()
    bundle.write_bytes(good + b"x")
    refused(5, "differs from the file that was sealed")
    bundle.write_bytes(good)
    w.airlock("outbox", "hand-over", "--to", medium)
    again = w.airlock("outbox", "hand-over", "--to", medium, "--json").json["handed_over"]
    assert [h["outcome"] for h in again] == ["was_there"], "the same medium again"
    assert len(entries(w, "handed_over")) == 1, "recorded once"
    other = w.path / "other"
    other.mkdir()
    w.airlock("outbox", "hand-over", "--to", other)
    assert len(entries(w, "handed_over")) == 2, "another medium is another hand-over"


def test_a_medium_that_is_full_broken_or_lying_records_nothing(w):
    """A medium that is full, broken or lying: nothing is recorded and nothing is visible."""
    site_with(w, 1)
    medium = w.path / "medium"
    medium.mkdir()
    for inject, code in (("write:error=ENOSPC", 8), ("fsync:error=EIO", 8)):
        call = inject.split(":")[0]
        # Only calls on files of the medium.
        ran = w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={inject}:when=1", "-P",
                    medium / f".{w.outbox()[0].name}.tmp", w.program("airlock"), "--site", w.site_path, "outbox", "hand-over", "--to",
                    medium, code=code)
        assert "nothing was recorded" in ran.err and "another medium" in ran.err, ran.err
        assert list(medium.iterdir()) == [], "files left on the medium"
        assert entries(w, "handed_over") == []
    ran = w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=renameat2,rename", "-e", "inject=renameat2,rename:error=EIO",
                "-P", medium / f".{w.outbox()[0].name}.tmp", w.program("airlock"), "--site", w.site_path, "outbox", "hand-over", "--to",
                medium, code=7)
    assert "run the same command again" in ran.err, ran.err
    w.airlock("outbox", "hand-over", "--to", medium)
    assert sorted(p.name for p in medium.iterdir()) == sorted(p.name for p in (w.site_path / "outbox").iterdir())
    # A file system that cannot rename without replacing, and one that knows no permissions.
    for call, error in (("renameat2", "EINVAL"), ("fchmod", "EPERM")):
        other = w.path / call
        other.mkdir()
        path = other / f".{w.outbox()[0].name}.tmp"
        w.run("strace", "-f", "-qq", "-o", "/dev/null", "-P", path, "-e", f"trace={call}", "-e", f"inject={call}:error={error}",
              w.program("airlock"), "--site", w.site_path, "outbox", "hand-over", "--to", other)
        assert len(list(other.iterdir())) == 2, f"copies where {call} gives {error}"


def test_a_real_medium_with_too_little_room_gets_nothing(w):
    """A real medium with too little room for the second bundle, and one that is read-only, get nothing; with room, all."""
    site_with(w, 2)
    small = w.path / "small"
    small.mkdir()
    w.run("mount", "-t", "tmpfs", "-o", "size=80k", "tmpfs", small)
    try:
        ran = w.airlock("outbox", "hand-over", "--to", small, code=8)
        assert "nothing was recorded, and nothing is on the medium; free some space" in ran.err, ran.err
        assert list(small.iterdir()) == [], "files left on the full medium"
        w.run("mount", "-o", "remount,ro", small)
        w.airlock("outbox", "hand-over", "--to", small, code=8)
        assert entries(w, "handed_over") == []
        w.run("mount", "-o", "remount,rw,size=1m", small)
        w.airlock("outbox", "hand-over", "--to", small)
        assert len(list(small.iterdir())) == 4
    finally:
        w.run("umount", "-l", small)


def test_hand_over_killed_anywhere_leaves_no_unrecorded_copy(w):
    """Hand-over killed anywhere: no copy is visible that is not recorded, and the next run completes it."""
    site_with(w, 2)
    shutil.copytree(w.site_path, w.path / "saved")
    medium = w.path / "medium"
    killed = 0
    for call, places in (("renameat2,rename", range(1, 6)), ("fsync,fdatasync", range(1, 30, 1 if LONG else 4)),
                         ("write,pwrite64", range(1, 40, 1 if LONG else 13))):
        for when in places:
            shutil.rmtree(w.site_path)
            shutil.copytree(w.path / "saved", w.site_path)
            shutil.rmtree(medium, ignore_errors=True)
            medium.mkdir()
            ran = w.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                        f"inject={call}:signal=KILL:when={when}", w.program("airlock"), "--site", w.site_path, "outbox",
                        "hand-over", "--to", medium, code=(0, -9, 137))
            if ran.code == 0:
                break
            killed += 1
            visible = [p for p in medium.glob("[!.]*")]
            assert not visible or len(entries(w, "handed_over")) == 2, f"{call} {when}: visible but not recorded"
            w.airlock("outbox", "hand-over", "--to", medium)
            assert sorted(p.name for p in medium.iterdir()) == sorted(p.name for p in (w.site_path / "outbox").iterdir()), \
                f"{call} {when}: what is on the medium after the next run"
            w.ledger_ok()
    assert killed > 5, f"only {killed} runs were killed"
    print(f"counted: hand-over killed {killed} times")
