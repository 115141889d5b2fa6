"""libairlock as the tests use it: found, compiled against, and asked."""
import pathlib
import subprocess

from harness import TOP

LIB = TOP / "lib" / "capi"
PYTHON = LIB / "python"
EXAMPLES = TOP / "docs" / "examples"


def library(w):
    return w.programs.parent / "lib" / "capi"


def sanitised(w):
    """What a C program needs to load a library that was built with sanitizers."""
    linked = subprocess.run(["ldd", library(w) / "libairlock.so.0"], capture_output=True, check=True).stdout.decode()
    return ["-fsanitize=address,undefined"] if "libasan" in linked else []


def preload(w):
    """The environment in which Python can load it."""
    if not sanitised(w):
        return {}
    runtime = subprocess.run(["cc", "-print-file-name=libasan.so"], capture_output=True, check=True).stdout.decode()
    return {"LD_PRELOAD": runtime.strip()}


def with_module(w, **more):
    """The environment in which Python finds the module `airlock` and the library under test."""
    return {"PYTHONPATH": str(PYTHON), "PYTHONDONTWRITEBYTECODE": "1", "LD_LIBRARY_PATH": str(library(w)), **preload(w), **more}


def compiled(w, source, *extra, lib=None, out=None, sanitise=None):
    lib = lib or library(w)
    out = out or w.path / pathlib.Path(source).stem
    compiler = ["c++", "-std=c++17"] if str(source).endswith(".cpp") else ["cc", "-std=c11"]
    w.run(*compiler, "-Wall", "-Wextra", "-Wconversion", "-Werror", "-pedantic", "-g", *(sanitised(w) if sanitise is None else sanitise),
          "-I", LIB, source, "-o", out, "-L", lib, "-lairlock", f"-Wl,-rpath,{lib}", *extra)
    return out


def leaks(w):
    """The sanitizer's search for what was not freed."""
    return {"ASAN_OPTIONS": "detect_leaks=1"} if sanitised(w) else {}


def broken(w, file):
    """The same with one bit of its signature changed: it parses, and does not verify."""
    import base64
    lines = file.read_text().split("\n")
    der = bytearray(base64.b64decode("".join(lines[1:-2])))
    der[-1] ^= 1
    text = base64.b64encode(der).decode()
    body = "\n".join(text[i:i + 64] for i in range(0, len(text), 64))
    return w.file("broken.p7s", f"{lines[0]}\n{body}\n{lines[-2]}\n")
