#!/bin/sh
# Builds and runs each example of docs/examples as an application's developer does, with what is installed and nothing of the
# source tree: airlock, airlock-vendor, libairlock-dev, python3-airlock, a compiler, pkg-config, jq, openssl. Makes a vendor and
# licences of its own in a scratch folder. Prints a line for each thing that was tried, and ends at the first fault with 1.
#
#     EXAMPLES    the folder of the examples (/usr/share/doc/libairlock-dev/examples)
#     SHARE       the folder of the shipped policy, of which a kit is made (/usr/share/airlock)
#     CC, CXX, PKG_CONFIG, PYTHON    programs with their options (cc, c++, pkg-config, python3)
set -eu
examples=${EXAMPLES:-/usr/share/doc/libairlock-dev/examples}
share=${SHARE:-/usr/share/airlock}
python=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"

# expect CODE TEXT COMMAND...: the command must end with this code, and its output must have the text.
expect() {
  wanted=$1 text=$2
  shift 2
  found=0
  "$@" >output 2>&1 </dev/null || found=$?
  if [ "$found" != "$wanted" ] || { [ -n "$text" ] && ! grep -qF -- "$text" output; }; then
    echo "fault: $*: exit $found, expected $wanted and \`$text\`:"
    cat output
    exit 1
  fi
}
try() { # try NAME CODE TEXT COMMAND...
  name=$1
  shift
  expect "$@"
  echo "$state: $name: exit $1${2:+, $2}"
}

airlock-vendor --home vendor init --name 'Example Vendor' --product posthog --quiet
# The licensee has a backslash, which the `echo` of many shells would change.
issue() { airlock-vendor --home vendor licence issue --tier standard --licensee 'Example Bank\plc' --any-site --quiet "$@"; }
issue --not-before 2020-01-01 --not-after 2099-01-01 --out valid.p7s
issue --not-before 2020-01-01 --not-after 2020-06-01 --out expired.p7s
sed '5y/ABCDEFGHIJKLMNOPQRSTUVWXYZ/BCDEFGHIJKLMNOPQRSTUVWXYZA/' valid.p7s >tampered.p7s
root_sha256=$(openssl x509 -in vendor/vendor-root.crt -noout -fingerprint -sha256 | cut -d= -f2)
airlock --site site init --vendor-root vendor/vendor-root.crt --vendor-root-sha256 "$root_sha256" --quiet

flags=$(${PKG_CONFIG:-pkg-config} --cflags --libs airlock)
warnings='-Wall -Wextra -Wconversion -pedantic -Werror'
for name in verify startup; do
  # shellcheck disable=SC2086  # lists of options
  ${CC:-cc} $warnings "$examples/$name.c" $flags -o "$name-c"
  # shellcheck disable=SC2086
  ${CXX:-c++} -std=c++17 $warnings "$examples/$name.cpp" $flags -o "$name-cpp"
done
installed=$($python -c 'from importlib.metadata import version; print(version("airlock"))')
[ "airlock $installed" = "$(airlock --version)" ] || { echo "fault: Python has airlock $installed"; exit 1; }
echo "built: C, C++; Python has airlock $installed"

cat >product <<'PRODUCT'
#!/bin/sh
echo "product: $*"
PRODUCT
chmod +x product

for state in valid expired missing tampered; do
  # Files alone, as docs/guides/licence-only.md has them.
  mkdir -p "$state/public"
  cp vendor/vendor-root.crt "$state/public"
  rm -f site/public/licence.p7s
  [ "$state" = missing ] || cp "$state.p7s" "$state/public/licence.p7s"
  [ "$state" = missing ] || cp "$state.p7s" site/public/licence.p7s
  chmod -R a+rX "$state"
  licence=$state/public/licence.p7s root=$state/public/vendor-root.crt
  case $state in
    valid) code=0 word=valid app=0 says='running with tier standard' starts='product: --serve' ;;
    expired) code=6 word=expired app=0 says='reading only: ' starts='product: --serve --read-only' ;;
    missing) code=6 word=missing app=6 says='not started: ' starts='not started' ;;
    tampered) code=5 word=invalid app=5 says='not started: ' starts='not started' ;;
  esac
  cd "$state"
  try startup.c "$app" "$says" ../startup-c
  try startup.cpp "$app" "$says" ../startup-cpp
  try startup.py "$app" "$says" "$python" "$examples/startup.py"
  try start.sh "$app" "$starts" sh "$examples/start.sh" ../product --serve
  cd ..
  try verify.c "$code" "state $word" ./verify-c site
  try verify.cpp "$code" "state $word" ./verify-cpp "$licence" "$root" posthog
  try verify.py "$code" "state $word" "$python" "$examples/verify.py" site
  case $state in valid) says='tier standard, ' ;; *) says='not usable: ' ;; esac
  try verify.sh "$code" "$says" sh "$examples/verify.sh" site
  try verify-with-openssl.sh "$code" "state $word" sh "$examples/verify-with-openssl.sh" "$licence" "$root" posthog

  # The unit's line, with this folder and the installed program, as a user who owns nothing of it.
  line=$(sed -n '/^ExecStartPre=/{:more;/\\$/{N;b more};s/^ExecStartPre=//;s/\\\n//gp}' "$examples/licence.conf")
  line=$(echo "$line" | sed "s|/opt/product|$work/$state|g; s|/usr/bin/airlock|$(command -v airlock)|")
  as_other=
  [ "$(id -u)" != 0 ] || as_other='setpriv --reuid 65534 --regid 65534 --clear-groups'
  # shellcheck disable=SC2086  # words of a command
  try licence.conf "$code" '' $as_other $line
done

# A kit, and a newer one that revokes the licence.
kit() {
  airlock-vendor --home vendor kit build --policy "$share/posthog-default.json" \
    --dictionary "$share/dictionary/posthog-status-report.json" --out "$1" --quiet
}
kit first.p7s
serial=$(openssl cms -verify -noverify -binary -inform PEM -in valid.p7s 2>/dev/null | jq -r .serial)
airlock-vendor --home vendor licence revoke "$serial" --quiet
kit second.p7s
for state in valid revoked; do
  case $state in valid) code=0 kit=first.p7s ;; *) code=6 kit=second.p7s ;; esac
  cp "$kit" valid/public/kit.p7s
  cd valid
  try revocable.py "$code" "$state " "$python" "$examples/revocable.py"
  cd ..
  try 'verify-with-openssl.sh with a kit' "$code" "state $state" \
    sh "$examples/verify-with-openssl.sh" valid.p7s vendor/vendor-root.crt posthog - - "$kit"
done
