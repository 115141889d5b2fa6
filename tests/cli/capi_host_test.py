"""libairlock in its host: as installed, as another user, beside threads and forks, and the symbols it shows."""
import json
import re
import shutil
import subprocess
import sys

import pytest
from harness import LONG, TOP
from libairlock import EXAMPLES, LIB, broken, compiled, leaks, library, sanitised, with_module

pytestmark = pytest.mark.hostile


def test_another_user_verifies_by_public_alone(w):
    """Another user verifies by public/ alone; the library opens nothing else, no socket, and starts nothing."""
    w.site()
    w.show_only_public()
    shutil.copy(library(w) / "libairlock.so.0", w.path)
    program = compiled(w, EXAMPLES / "verify.c", f"-Wl,-rpath,{w.path}")
    for file in (program, w.path / "libairlock.so.0"):
        file.chmod(0o755)
    # Without the sanitizer's own threads and files a trace shows what the library does.
    ran = w.run("strace", "-f", "-e", "trace=openat,open,socket,execve,clone,clone3,fork,vfork,write", "-o", w.path / "trace",
                "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", program, w.site_path)
    assert "state valid\n" in ran.text, str(ran)
    trace = (w.path / "trace").read_text()
    opened = set(re.findall(r'open(?:at)?\([^"]*"(' + re.escape(str(w.site_path)) + r'[^"]*)"', trace))
    assert {p.removeprefix(str(w.site_path) + "/") for p in opened} - {"public/kit.p7s"} \
        == {"public/site.json", "public/vendor-root.crt", "public/licence.p7s"}, "files read"
    after = trace[trace.rindex("execve("):]
    for call in ("socket(", "fork("):
        assert call not in after, f"{call} in the trace"
    if not sanitised(w):
        assert "clone" not in after, "no thread and no process is made"
        assert len(re.findall(r"write\((\d+)", after)) == 1, "writes, all of them the example's own"


def test_the_hosts_openssl_keeps_its_configuration(w):
    """The host's OpenSSL keeps its configuration, and the library's verdict does not depend on it."""
    w.site()
    trap = w.file("openssl.cnf", "openssl_conf = start\n[start]\nalg_section = algorithms\n[algorithms]\n"
                                 "default_properties = fips=yes\n")
    script = w.file("host.py", f"""
import airlock
print(airlock.verify_site({str(w.site_path)!r}).state.value)
import ssl
try:
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    print("usable")
except ssl.SSLError:
    print("no algorithm")
""")
    # With properties that nothing has, TLS finds no algorithm: the host's configuration was read, after the verdict.
    ran = w.run(sys.executable, script, env=with_module(w, OPENSSL_CONF=str(trap)))
    assert ran.text.split("\n")[:2] == ["valid", "no algorithm"]
    ran = w.run(sys.executable, script, env=with_module(w))
    assert ran.text.split("\n")[:2] == ["valid", "usable"]


def serial_of(w, file):
    text = w.run("openssl", "cms", "-verify", "-noverify", "-binary", "-inform", "PEM", "-in", file).out
    return json.loads(text)["serial"]


def with_licence_for_any_site(w):
    w.new_vendor()
    w.new_site()
    licence = w.new_licence("standard", any_site=True)
    w.airlock("licence", "install", licence)
    return licence


def test_64_threads_verify_at_once_and_every_verdict_is_right(w):
    anywhere = with_licence_for_any_site(w)
    rounds = 20 if LONG else 2
    program = compiled(w, TOP / "tests/capi/threads.c", "-pthread")
    ran = w.run(program, w.site_path, anywhere, w.root, "posthog", rounds, "valid", env=leaks(w), timeout=600)
    assert ran.text == f"{64 * 3 * rounds} verdicts, 0 wrong\n"
    w.run(program, w.site_path, anywhere, w.root, "posthog", 1, "expired", code=1)
    print(f"counted: {64 * 3 * rounds} verdicts in 64 threads; " +
          ("under the thread sanitizer and valgrind below" if LONG else
           "not under the thread sanitizer and valgrind (AIRLOCK_TEST_LONG=1 runs both)"))


def test_a_child_that_was_forked_while_other_threads_verified_verifies_too(w):
    if sanitised(w):  # whichever thread is in that allocator while another forks leaves the child a lock that nobody opens
        print("counted: 0 children: the sanitizer's allocator survives no fork; the library as it is shipped does, beside this")
        return
    with_licence_for_any_site(w)
    children = 1000 if LONG else 30
    program = compiled(w, TOP / "tests/capi/forks.c", "-pthread")
    ran = w.run(program, w.site_path, children, "valid", timeout=1200)
    assert ran.text == f"{children} children, 0 wrong\n"
    print(f"counted: {children} children forked while four threads verified")


def test_a_process_ends_in_peace_while_other_threads_verify(w):
    with_licence_for_any_site(w)
    ends = 100 if LONG else 15
    program = compiled(w, TOP / "tests/capi/ends.c", "-pthread")
    for i in range(ends):
        w.run(program, w.site_path, 3000 + 997 * i, env=leaks(w))
    print(f"counted: {ends} processes that ended while four threads verified")


def test_what_an_application_may_keep_is_noticed_from_verdict_to_verdict(w):
    """What an application was told it may keep: an older kit, no kit, an older licence are noticed from one verdict to the next."""
    w.new_vendor()
    w.new_site()
    w.airlock("licence", "install", w.new_licence("standard"))
    program = compiled(w, TOP / "tests/capi/memory_of_kits.c")
    w.vendor("licence", "revoke", serial_of(w, w.site_path / "public/licence.p7s"))
    newer = w.new_kit()
    ran = w.run(program, w.site_path / "public/licence.p7s", w.root, "posthog", w.site_id, w.kit, newer)
    assert ran.text.split() == ["valid", "revoked", "invalid", "invalid", "revoked"], \
        "old kit, new kit, old kit again, none, new kit again"


def other_build(w, *options):
    """libairlock, built once more with other options."""
    build = w.path / "build"
    w.run("meson", "setup", build, TOP, "-Dtests=false", *options, timeout=600)
    w.run("ninja", "-C", build, "lib/capi/libairlock.so.0.1.0", timeout=3600)
    return build / "lib" / "capi"


with_long = pytest.mark.skipif(not LONG, reason="runs with --long")


@with_long
def test_the_header_for_cpp_compiles_wherever_it_may_be_included(w):
    """With both compilers, as C++17 and C++20, without exceptions and run-time types, and with warnings as errors."""
    source = w.file("include.cpp", "#include <airlock.hpp>\n#include <airlock.hpp>\n"
                    "int main() { return airlock::verify_site(\"/nowhere\").exit_code(); }\n")
    tried = 0
    for compiler in ("g++", "clang++"):
        for standard in ("17", "20"):
            warnings = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wold-style-cast", "-pedantic", "-Werror"]
            common = [compiler, f"-std=c++{standard}", *warnings, "-fsyntax-only", "-I", LIB]
            w.run(*common, "-fno-exceptions", "-fno-rtti", source)
            w.run(*common, TOP / "tests/capi/verdicts.cpp")
            tried += 2
    print(f"counted: {tried} ways to include airlock.hpp")


@with_long
def test_under_the_thread_sanitizer_64_threads_show_no_race(w):
    anywhere = with_licence_for_any_site(w)
    lib = other_build(w, "-Dbuildtype=debugoptimized", "-Db_sanitize=thread", "-Db_lundef=false")
    program = compiled(w, TOP / "tests/capi/threads.c", "-pthread", lib=lib, sanitise=["-fsanitize=thread"])
    ran = w.run(program, w.site_path, anywhere, w.root, "posthog", 5, "valid", env={"TSAN_OPTIONS": "exitcode=66"},
                timeout=3600)
    assert "ThreadSanitizer" not in ran.err, str(ran)
    print("counted: 960 verdicts in 64 threads under the thread sanitizer")


@with_long
def test_under_valgrind_nothing_is_lost_or_misused(w):
    anywhere = with_licence_for_any_site(w)
    lib = other_build(w, "-Dbuildtype=debugoptimized")
    driver = compiled(w, TOP / "tests/capi/verdicts.c", lib=lib, sanitise=[])
    lines = f"site\t{w.site_path}\nfiles\t{anywhere}\t{w.root}\tposthog\t-\n" \
            f"bytes\t{anywhere}\t{w.root}\tposthog\t-\t-\t-\t{w.kit}\n" \
            f"files\t{w.kit}\t{w.root}\tposthog\t-\nsite\t/nowhere\n"
    ran = w.run("valgrind", "--quiet", "--leak-check=full", "--show-leak-kinds=definite,indirect,possible",
                "--errors-for-leak-kinds=definite,indirect,possible", "--error-exitcode=77", driver,
                stdin=lines.encode(), timeout=3600)
    assert ran.err == "", "valgrind reports an error"
    assert [json.loads(l)["state"] for l in ran.text.splitlines()][4:] == ["valid", "valid", "valid", "invalid", "unjudged"]
    print("counted: 9 verdicts under valgrind")
    memory = compiled(w, TOP / "tests/capi/memory.c", "-ldl", lib=lib, sanitise=[])

    def without_memory(what, site, usable):
        for start in ("cold", "warm"):
            ran = subprocess.run([memory, site, start], capture_output=True, check=True)  # what ends it says so on stderr
            counts = ran.stdout.decode().strip()
            assert (" 0 usable," in counts) != usable, counts
            print(f"counted: allocations of the check of a licence that is {what}, {start}: {counts}")

    without_memory("valid", w.site_path, True)
    other = w.path / "other"
    shutil.copytree(w.site_path, other)
    broken(w, w.site_path / "public/licence.p7s").rename(other / "public/licence.p7s")
    without_memory("not signed so", other, False)
    w.vendor("licence", "revoke", json.loads(ran.text.splitlines()[4])["serial"])
    w.airlock("kit", "install", w.new_kit())
    without_memory("revoked", w.site_path, False)


def test_the_library_shows_only_the_functions_of_its_header(w):
    """The library shows the functions of its header and no other symbol, and links nothing that it does not need."""
    lib = library(w) / "libairlock.so.0"
    header = set(re.findall(r"\b(airlock_\w+)\(", re.sub(r"/\*.*?\*/", "", (LIB / "airlock.h").read_text(), flags=re.S)))
    shown = {line.split()[-1].split("@")[0] for line in
             w.run("nm", "-D", "--defined-only", "--with-symbol-versions", lib).text.splitlines() if " A " not in line}
    if not sanitised(w):
        assert shown == header, "symbols"
    else:
        assert {s for s in shown if s.startswith("airlock")} == header, "symbols"
    assert "SONAME" in w.run("readelf", "-d", lib).text and "[libairlock.so.0]" in w.run("readelf", "-d", lib).text, "soname"
    for name in ("libcurl", "libsqlite3", "libseccomp", "libpsl"):
        assert name not in w.run("ldd", lib).text, f"{name} is linked"


def test_the_header_for_cpp_has_every_function_of_the_one_for_c():
    """So that a function is not added for C alone; python_module_test.py holds the Python module to the same."""
    without_comments = {f: re.sub(r"/\*.*?\*/", "", (LIB / f).read_text(), flags=re.S) for f in ("airlock.h", "airlock.hpp")}
    declared = set(re.findall(r"\b(airlock_\w+)\(", without_comments["airlock.h"]))
    assert declared - set(re.findall(r"\bairlock_\w+", without_comments["airlock.hpp"])) == set()


def test_no_code_that_decides_about_reports_is_in_the_library(w):
    """So none of it gets into an application's process."""
    symbols = w.run("nm", "--demangle", "--defined-only", library(w) / "libairlock.so.0").text
    modules = set(re.findall(r"\bairlock::([a-z_]+)::", symbols))
    for module in ("core", "crypto", "licence", "published"):
        assert module in modules, f"{module} is not found, so nothing can be said of the others: {modules}"
    assert modules - {"capi", "core", "crypto", "envelope", "licence", "published", "sys"} == set(), "other modules"


def header_library(w, name, change=lambda text: text):
    """The header as a library of C that does nothing: its debug information is the ABI that the header promises, without
    a trace of the implementation. The compiler holds the real library to the header, the case above its symbols."""
    header = w.file(f"{name}/airlock.h", change((LIB / "airlock.h").read_text()))
    text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
    functions = re.findall(r"AIRLOCK_API\s+([^;{}#]+\))\s*;", text)
    source = w.file(f"{name}/airlock.c", '#include "airlock.h"\n' + "".join(f"{f} {{ __builtin_trap(); }}\n" for f in functions))
    out = w.path / name / "libairlock.so.0"
    w.run("cc", "-std=c11", "-g", "-O0", "-w", "-shared", "-fPIC", "-I", header.parent, source, "-Wl,-soname,libairlock.so.0",
          f"-Wl,--version-script={LIB / 'airlock.map'}", "-o", out)
    dump = w.path / name / "libairlock.abi"
    w.run("abidw", "--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--no-elf-needed", "--out-file", dump, out)
    return dump


def test_the_abi_is_the_one_that_is_kept(w):
    """The ABI is the one that is kept: functions may be added, none may change or go."""
    kept = TOP / "tests/kit/libairlock.abi"
    made = header_library(w, "now")
    ran = w.run("abidiff", "--no-added-syms", kept, made, code=(0, 1, 4, 8, 12))
    assert ran.code == 0, f"the ABI is another; if it only grew, keep the new one ({made}):\n{ran}"
    # The comparison can fail.
    for name, old, new in (("gone", "airlock_verdict_usable(", "airlock_verdict_usible("),
                           ("wider", "airlock_verdict_entitlement(const airlock_verdict* verdict, size_t index)",
                            "airlock_verdict_entitlement(const airlock_verdict* verdict, char index)"),
                           ("renumbered", "AIRLOCK_VALID = 11", "AIRLOCK_VALID = 12")):
        assert old in (LIB / "airlock.h").read_text(), f"{name}: the header has no such text to change"
        changed = header_library(w, name, lambda text: text.replace(old, new))
        assert w.run("abidiff", "--no-added-syms", kept, changed, code=(0, 4, 8, 12)).code != 0, f"{name}: is not found"
