"""Real shells in pseudo-terminals, with the completion scripts as they are installed. Each returns the line that Tab leaves."""
import fcntl
import os
import re
import select
import struct
import subprocess
import termios
import time

SECONDS = 30
# Each shell prints the line that is being edited when this is typed, between marks.
SHOW = "\x18\x10"  # C-x C-p


class Shell:
    """An interactive shell. `line(typed)` types, presses Tab, and returns the line as the shell then has it."""

    def __init__(self, command, setup, environment, folder):
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 500, 0, 0))
        self._process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=folder,
                                         start_new_session=True)
        os.close(slave)
        self._seen = ""
        self._type(setup + "\necho REA''DY\n")
        self._wait(r"READY\r")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._master)
        self._process.kill()
        self._process.wait()

    def _type(self, text):
        os.write(self._master, text.encode())

    def _wait(self, pattern):
        end = time.monotonic() + SECONDS
        while not (found := re.search(pattern, self._seen)):
            left = end - time.monotonic()
            assert left > 0 and select.select([self._master], [], [], left)[0], f"no {pattern!r} in {self._seen!r}"
            self._seen += os.read(self._master, 65536).decode(errors="replace")
        self._seen = self._seen[found.end():]
        return found

    def line(self, typed, key="\t"):
        self._type(typed + key + SHOW)
        shown = self._wait(r"LINE<(.*?)>END")[1]
        self._type("\x15")  # C-u
        return shown


def bash(environment, folder, script):
    """`key="\\x1b*"` inserts every candidate in place of Tab."""
    return Shell(["bash", "--norc", "--noprofile", "-i"], "\n".join((
        "bind 'set bell-style none'", "bind 'set enable-bracketed-paste off'", "bind 'set completion-query-items -1'", "PS1='> '",
        r"""bind -x '"\C-x\C-p": printf "LI""NE<%s>END\n" "$READLINE_LINE"'""",
        f". {script}")), environment, folder)


def zsh(environment, folder, scripts):
    return Shell(["zsh", "-f", "-i"], "\n".join((
        "PS1='> '; unsetopt zle_bracketed_paste beep; bindkey -e", f"fpath=({scripts} $fpath)", "autoload -Uz compinit; compinit -u -D",
        "every() { compstate[insert]=all }; every-word() { comppostfuncs=(every); _main_complete }",
        "zle -C every-word complete-word every-word; bindkey '^[*' every-word",
        "show() { print -r -- \"LI''NE<$BUFFER>END\" }; zle -N show; bindkey '^X^P' show".replace("LI''NE", 'LI""NE'))), environment, folder)
