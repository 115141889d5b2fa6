"""Loads libairlock and tells ctypes the types of its functions, which lib/capi/airlock.h describes."""
import ctypes

SONAME = "libairlock.so.0"

_HANDLE = ctypes.c_void_p
_TEXT = ctypes.c_char_p
_BYTES = ctypes.c_char_p  # with the size as the next argument
_SIZE = ctypes.c_size_t
_INT = ctypes.c_int
_INT64 = ctypes.c_int64

# Each function without the prefix `airlock_`: its result and its arguments.
_FUNCTIONS = {
    "version": (_TEXT, []),
    "verify_site": (_HANDLE, [_TEXT]),
    "verify_files": (_HANDLE, [_TEXT] * 4),
    "verify_bytes": (_HANDLE, [_BYTES, _SIZE, _HANDLE]),
    "setting_new": (_HANDLE, []),
    "setting_trust": (None, [_HANDLE, _BYTES, _SIZE]),
    "setting_product": (None, [_HANDLE, _TEXT]),
    "setting_site": (None, [_HANDLE, _TEXT, _TEXT]),
    "setting_newest_time": (None, [_HANDLE, _INT64]),
    "setting_newest_sequence": (None, [_HANDLE, _INT64]),
    "setting_kit": (None, [_HANDLE, _BYTES, _SIZE]),
    "setting_memory": (None, [_HANDLE, _TEXT]),
    "setting_now": (None, [_HANDLE, _INT64]),
    "setting_free": (None, [_HANDLE]),
    "verdict_free": (None, [_HANDLE]),
    "verdict_state_name": (_TEXT, [_HANDLE]),
    "verdict_usable": (_INT, [_HANDLE]),
    "verdict_exit_code": (_INT, [_HANDLE]),
    "verdict_reason": (_TEXT, [_HANDLE]),
    "verdict_hint": (_TEXT, [_HANDLE]),
    "verdict_warning_days": (_INT, [_HANDLE]),
    "verdict_memory": (_TEXT, [_HANDLE]),
    "verdict_has_licence": (_INT, [_HANDLE]),
    "verdict_serial": (_TEXT, [_HANDLE]),
    "verdict_sequence": (_INT64, [_HANDLE]),
    "verdict_licensee": (_TEXT, [_HANDLE]),
    "verdict_product": (_TEXT, [_HANDLE]),
    "verdict_tier": (_TEXT, [_HANDLE]),
    "verdict_not_before": (_INT64, [_HANDLE]),
    "verdict_not_after": (_INT64, [_HANDLE]),
    "verdict_grace_days": (_INT64, [_HANDLE]),
    "verdict_days_left": (_INT64, [_HANDLE]),
    "verdict_entitlements": (_SIZE, [_HANDLE]),
    "verdict_entitlement": (_TEXT, [_HANDLE, _SIZE]),
    "verdict_limits": (_SIZE, [_HANDLE]),
    "verdict_limit_name": (_TEXT, [_HANDLE, _SIZE]),
    "verdict_limit": (_INT64, [_HANDLE, _TEXT]),
    "process": (_HANDLE, [_TEXT] * 3),
    "process_bytes": (_HANDLE, [_TEXT, _TEXT, _BYTES, _SIZE]),
    "outcome_free": (None, [_HANDLE]),
    "outcome_exit_code": (_INT, [_HANDLE]),
    "outcome_json": (_TEXT, [_HANDLE]),
    "outcome_message": (_TEXT, [_HANDLE]),
}


def load() -> ctypes.CDLL:
    """The library. Raises ImportError where it is not installed, or where it is older than this module."""
    try:
        library = ctypes.CDLL(SONAME)
    except OSError as error:
        raise ImportError(f"the library {SONAME} cannot be loaded ({error}): install the package libairlock0",
                          name="airlock") from error
    for name, (result, arguments) in _FUNCTIONS.items():
        try:
            function = getattr(library, "airlock_" + name)
        except AttributeError as error:
            raise ImportError(f"the library {SONAME} has no function airlock_{name}, so it is older than this module: "
                              "install libairlock0 and python3-airlock of one version", name="airlock") from error
        function.restype, function.argtypes = result, arguments
    return library
