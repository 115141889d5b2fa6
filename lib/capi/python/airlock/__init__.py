"""Asks libairlock whether a licence holds, and hands reports to Airlock.

    import airlock

    licence = airlock.verify_site("/var/lib/airlock")
    if not licence.usable:
        raise SystemExit(licence.reason)

A verdict stops nobody: the functions return it, and the application decides what it means. They raise TypeError and
ValueError for arguments that no licence could have (a text for bytes, a NUL in a path, a time without a zone), and
nothing else. Where memory runs out in the library, the result says so: `State.UNJUDGED`, not usable; and for a report
exit code 8, not recorded.

Any number of threads may call at once. The module has no state but the loaded library; each call frees what it made.
"""
from __future__ import annotations

import contextlib
import dataclasses
import datetime
import enum
import json
import operator
import os
from typing import Any, Dict, Iterator, Mapping, Optional, Tuple, Union

from ._library import load

__all__ = ["Outcome", "Path", "State", "Verdict", "process", "process_bytes", "verify_bytes", "verify_files",
           "verify_site", "version"]

Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]

_lib = load()
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_INT64_MAXIMUM = 2**63 - 1


class State(enum.Enum):
    """The state of a licence. Those after UNJUDGED are tested in this order; the first that applies is the verdict."""

    UNJUDGED = "unjudged"
    """No verdict: no site, an unreadable file, no memory; `reason` says which. Also a state of a newer library."""
    MISSING = "missing"
    INVALID = "invalid"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    WRONG_PRODUCT = "wrong_product"
    WRONG_SITE = "wrong_site"
    CLOCK_ROLLBACK = "clock_rollback"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    GRACE = "grace"
    VALID = "valid"


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The verdict on a licence; where the licence's signature holds, also its content."""

    state: State
    usable: bool
    """Whether the state is VALID or GRACE."""
    exit_code: int
    """The exit code of `airlock licence verify`."""
    reason: str
    """Why, as a sentence for people."""
    hint: str
    """What to do next, or an empty text."""
    warning_days: Optional[int]
    """30, 15, 7 or 1 where at most that many days are left of a valid licence."""
    memory: str
    """After `verify_bytes` what is known now, to be passed to it the next time; empty after the other functions."""
    has_licence: bool
    """Whether signature and content of the licence are valid. If not, what follows is empty or None."""
    serial: str = ""
    sequence: Optional[int] = None
    licensee: str = ""
    product: str = ""
    tier: str = ""
    not_before: Optional[datetime.datetime] = None
    """The first second of the term, UTC."""
    not_after: Optional[datetime.datetime] = None
    """The first second after the term, UTC."""
    grace_days: Optional[int] = None
    days_left: Optional[int] = None
    """Whole days to the end of the term, or, once that is over, of grace; negative after it."""
    entitlements: Tuple[str, ...] = ()
    limits: Mapping[str, int] = dataclasses.field(default_factory=dict, hash=False)

    def entitled(self, entitlement: str) -> bool:
        """Whether the licence names the entitlement."""
        return entitlement in self.entitlements


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of a report: the output and the exit code of `airlock process --json`."""

    exit_code: int
    document: Mapping[str, Any] = dataclasses.field(hash=False)
    """What the command printed, with members such as "outcome" and "bundle"; empty where it printed nothing."""
    message: str
    """What the command wrote for people, or why it could not be run."""

    @property
    def recorded(self) -> bool:
        """Whether the report is in the ledger. If not, keep it and try again."""
        return self.exit_code == 0 or 3 <= self.exit_code <= 7


def version() -> str:
    """The library's version, such as "0.1.0"."""
    return _decoded(_lib.airlock_version())


def verify_site(site: Path) -> Verdict:
    """Judges the licence of a site by the files in `public/` of its directory, which any user may read."""
    return _verdict(_lib.airlock_verify_site(_path(site)))


def verify_files(licence: Path, trust: Path, product: str, site_id: Optional[str] = None) -> Verdict:
    """Judges a licence file without a site. `trust` is a PEM file with the vendor's root certificates. Without
    `site_id`, only a licence for any site fits."""
    return _verdict(_lib.airlock_verify_files(_path(licence), _path(trust), _text(product), _optional(site_id)))


def verify_bytes(licence: Optional[bytes], *, trust: bytes, product: Optional[str] = None, site_id: Optional[str] = None,
                 key_sha256: Optional[str] = None, newest_time: Optional[datetime.datetime] = None,
                 newest_sequence: Optional[int] = None, kit: Optional[bytes] = None, memory: Optional[str] = None,
                 now: Optional[datetime.datetime] = None) -> Verdict:
    """Judges the bytes of a licence file; None: there is none, which is `State.MISSING`.

    trust            the vendor's root certificates, PEM
    product          the product that it must be for; None: any
    site_id          the site's UUID; None: only a licence for any site fits
    key_sha256       the SHA-256 of the site's key in hex; None: only the UUID is compared
    newest_time      a time that has certainly passed; a clock that is two hours earlier is `State.CLOCK_ROLLBACK`
    newest_sequence  the highest sequence of the licences seen before; a lower one is `State.SUPERSEDED`
    kit              the vendor's kit, which says what is revoked
    memory           the `memory` of an earlier verdict
    now              judges as if it were this time
    """
    if licence is not None:
        _check_bytes(licence)
    with _setting() as setting:
        _lib.airlock_setting_trust(setting, _check_bytes(trust), len(trust))
        _lib.airlock_setting_product(setting, _optional(product))
        _lib.airlock_setting_site(setting, _optional(site_id), _optional(key_sha256))
        if newest_time is not None:
            _lib.airlock_setting_newest_time(setting, _seconds(newest_time))
        if newest_sequence is not None:
            _lib.airlock_setting_newest_sequence(setting, _sequence(newest_sequence))
        if kit is not None:
            _lib.airlock_setting_kit(setting, _check_bytes(kit), len(kit))
        _lib.airlock_setting_memory(setting, _optional(memory))
        if now is not None:
            _lib.airlock_setting_now(setting, _seconds(now))
        return _verdict(_lib.airlock_verify_bytes(licence, len(licence or b""), setting))


def process(site: Path, report: Path, program: Optional[Path] = None) -> Outcome:
    """Hands the report in a file to the `airlock` at the path `program`, and waits for it. None: the one that was
    installed with the library."""
    return _outcome(_lib.airlock_process(_program(program), _path(site), _path(report)))


def process_bytes(site: Path, report: bytes, program: Optional[Path] = None) -> Outcome:
    """The same for a report in memory."""
    return _outcome(_lib.airlock_process_bytes(_program(program), _path(site), _check_bytes(report), len(report)))


def _verdict(handle: Optional[int]) -> Verdict:
    """Reads the verdict and frees it. None is the handle NULL, which reads as "no memory is left"."""
    def text(name: str, *arguments: Any) -> str:
        return _decoded(getattr(_lib, "airlock_verdict_" + name)(handle, *arguments))

    def number(name: str, *arguments: Any) -> int:
        return int(getattr(_lib, "airlock_verdict_" + name)(handle, *arguments))

    try:
        content: Dict[str, Any] = {}
        if number("has_licence"):
            names = [text("limit_name", index) for index in range(number("limits"))]
            content = {
                "serial": text("serial"), "sequence": number("sequence"), "licensee": text("licensee"),
                "product": text("product"), "tier": text("tier"), "not_before": _time(number("not_before")),
                "not_after": _time(number("not_after")), "grace_days": number("grace_days"),
                "days_left": number("days_left"),
                "entitlements": tuple(text("entitlement", index) for index in range(number("entitlements"))),
                "limits": {name: number("limit", name.encode()) for name in names}}
        return Verdict(state=_state(text("state_name")), usable=bool(number("usable")), exit_code=number("exit_code"),
                       reason=text("reason"), hint=text("hint"), warning_days=number("warning_days") or None,
                       memory=text("memory"), has_licence=bool(content), **content)
    finally:
        _lib.airlock_verdict_free(handle)


def _outcome(handle: Optional[int]) -> Outcome:
    """Reads the outcome and frees it."""
    try:
        printed = _decoded(_lib.airlock_outcome_json(handle))
        return Outcome(exit_code=int(_lib.airlock_outcome_exit_code(handle)),
                       document=json.loads(printed) if printed else {},
                       message=_decoded(_lib.airlock_outcome_message(handle)))
    finally:
        _lib.airlock_outcome_free(handle)


@contextlib.contextmanager
def _setting() -> Iterator[Optional[int]]:
    handle = _lib.airlock_setting_new()
    try:
        yield handle
    finally:
        _lib.airlock_setting_free(handle)


def _state(name: str) -> State:
    try:
        return State(name)
    except ValueError:
        return State.UNJUDGED


def _time(seconds: int) -> datetime.datetime:
    return _EPOCH + datetime.timedelta(seconds=seconds)


def _seconds(time: datetime.datetime) -> int:
    if not isinstance(time, datetime.datetime):
        raise TypeError(f"a datetime is needed, not {type(time).__name__}")
    if time.utcoffset() is None:
        raise ValueError(f"{time} has no time zone")
    return (time - _EPOCH) // datetime.timedelta(seconds=1)


def _sequence(number: int) -> int:
    number = operator.index(number)  # a TypeError for a float
    if not 0 <= number <= _INT64_MAXIMUM:
        raise ValueError(f"{number} is not a sequence: it must be from 0 to 2^63 - 1")
    return number


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "replace")


def _check_bytes(value: bytes) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError(f"bytes are needed, not {type(value).__name__}")
    return value


def _without_nul(raw: bytes) -> bytes:
    if b"\0" in raw:
        raise ValueError("a text with a NUL in it cannot be passed on")
    return raw


def _path(path: Path) -> bytes:
    return _without_nul(os.fsencode(path))


def _program(path: Optional[Path]) -> Optional[bytes]:
    return None if path is None else _path(path)


def _text(text: str) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"a text is needed, not {type(text).__name__}")
    return _without_nul(text.encode())


def _optional(text: Optional[str]) -> Optional[bytes]:
    return None if text is None else _text(text)
