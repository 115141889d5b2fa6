# What the scripts in this folder share: the build folders, each made in one way only, and one line a step with its duration.
# Sourced, not run.

set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
log=$(mktemp "${TMPDIR:-/tmp}/airlock-step.XXXXXX")
trap 'rm -f "$log"' EXIT

# step NAME COMMAND...: runs the command, shows its output only if it fails.
step() {
  local name=$1 start end
  shift
  start=$(date +%s)
  if ! "$@" >"$log" 2>&1; then
    printf '%s: failed\n' "$name"
    tail -n 60 "$log"
    exit 1
  fi
  end=$(date +%s)
  printf '%s: done in %s s\n' "$name" "$((end - start))"
}

# configure FOLDER OPTION...: makes a build folder, unless these options made it. One of an older release is made anew: what it builds
# would be for another place.
configure() {
  local folder=$1
  shift
  [ -f "$folder/build.ninja" ] && [ "$(cat "$folder/made-with" 2>/dev/null)" = "$*" ] && return
  rm -rf "$folder"
  meson setup "$folder" "$top" "$@" && echo "$*" >"$folder/made-with"
}

# A module compiled as one file needs up to 2 GB, so there are no more at a time than cores. The compiler looks for memory to
# free only once it holds 600 MB: a twelfth of the time.
roomy=--param=ggc-min-heapsize=600000
compile() { ninja -j "$(nproc)" -C "$@"; }

# How many files a build in FOLDER compiles.
compiled() { ninja -C "$1" -t targets rule cpp_COMPILER | wc -l; }

# The programs as they are shipped: what the packages contain, so for where they install it. No path of this machine gets into a
# program, so that whoever builds the same sources elsewhere gets the same bytes.
release=$top/build/release
build_release() {
  step "configure for release" configure "$release" --prefix=/usr --libdir="lib/$(gcc -print-multiarch)" --sysconfdir=/etc \
    -Dtests=false -Dbuildtype=release -Dcpp_args="$roomy -ffile-prefix-map=$top=." -Dunity=on -Dunity_size=64
  step "build for release" compile "$release"
}

# What measures: optimised as the programs that ship, and with what only tests use.
bench=$top/build/bench
configure_bench() { configure "$bench" -Dbuildtype=release -Dcpp_args="$roomy" -Dunity=on -Dunity_size=64; }

# What tools/dev/build builds.
dev=$top/build/dev

# openssl_least VERSION: the least version of the same series that is safe. Older ones accept forged AuthEnvelopedData
# (docs/decisions/0004-cms-walk.md). Debian 12 has series 3.0 with the fixes of later ones, Debian 13 has 3.5.
openssl_least() {
  case "$1" in
    3.0.*) echo '3.0.22-1~deb12u2' ;;
    *) echo '3.5.7-1~deb13u3' ;;
  esac
}
