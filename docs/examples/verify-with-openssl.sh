#!/bin/sh
# Verifies a licence with openssl, jq and tar alone: a recipe for languages that libairlock does not serve.
#
#     verify-with-openssl.sh LICENCE TRUST PRODUCT [SITE-ID|- [KEY-SHA256|- [KIT]]]
#
# Prints the state, and tier and days left where the licence's content is valid. Exits as `airlock licence verify` does:
# 0 valid or grace, 3 or 5 invalid, 6 any other state, 1 or 2 no verdict. The steps are those of docs/formats/licence.md.
#
# It does less than `airlock licence verify`:
# - The CMS profile is not checked: allowed algorithms, signed attributes, strict DER, certificates that no chain needs.
# - In JSON, a member that is there twice is not noticed. Of a kit only product, time, serials and lists are read.
# - It remembers nothing. No licence is `superseded`, an older or missing kit is not noticed, and the clock is compared only
#   with the times of issue of this licence and this kit. Without a kit no licence is `revoked`.
# - A kit's successor roots are not followed: give the new root in TRUST.
# - It knows of no site: not its site.json, and not a licence that waits.
set -u
[ "$#" -ge 3 ] && [ "$#" -le 6 ] || { echo "usage: $0 LICENCE TRUST PRODUCT [SITE-ID|- [KEY-SHA256|- [KIT]]]" >&2; exit 2; }
names='LICENCE TRUST PRODUCT SITE-ID KEY-SHA256 KIT'
for argument; do
  # An empty argument must not mean "nothing to check": most often the caller's variable is not set.
  [ -n "$argument" ] || { echo "$0: ${names%% *} is empty: is a variable not set?" >&2; exit 2; }
  names=${names#* }
done
licence=$1 trust=$2 product=$3 site=${4:--} key=${5:--} kit=${6:-}
role_licence=2.25.208503675240455195227459110434707166558
role_kit=2.25.64357806310676226798409269457038673963
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

end() { # end CODE STATE REASON
  echo "state $2"
  [ -z "${3:-}" ] || printf '%s\n' "$3" >&2
  exit "$1"
}

# look_at CERTIFICATE ROLE: sets names_itself (as its issuer), has_usage (it is limited to some roles), has_role and fingerprint.
look_at() {
  about=$(openssl x509 -in "$1" -noout -subject_hash -issuer_hash -fingerprint -sha256 -ext extendedKeyUsage 2>/dev/null)
  names_itself=no has_usage=no has_role=no
  { read -r subject; read -r issuer; read -r fingerprint; } <<ABOUT
$about
ABOUT
  [ -z "$fingerprint" ] || [ "$subject" != "$issuer" ] || names_itself=yes
  case $about in *'Extended Key Usage'*) has_usage=yes ;; esac
  case $about, in *" $2,"* | *" $2
"*) has_role=yes ;; esac
}

# Splits a PEM file into FOLDER/1.pem, FOLDER/2.pem, …
split() { mkdir -p "$2" && awk -v to="$2" '/^-----BEGIN /{n++} n{print > (to "/" n ".pem")}' "$1"; }

# What every chain is verified with: these roots alone, strictly, with 128 bits of security. Time is judged at the time of issue.
verify_cms() { # verify_cms FILE ROOTS TIME-OPTION...
  file=$1 roots=$2
  shift 2
  openssl cms -verify -binary -inform PEM -in "$file" -CAfile "$roots" -no-CApath -no-CAstore -x509_strict -auth_level 3 "$@" 2>/dev/null
}

# open_signed FILE ROLE NAME: verifies signature, chain and roles; then NAME.content, NAME.certs/ and NAME.roots are there.
# Returns 3 where it is no signed object, 5 where it does not verify.
open_signed() {
  [ "$(grep -c '^-----BEGIN ' "$1")" = 1 ] && grep -q '^-----BEGIN CMS-----' "$1" || return 3
  : >"$3.roots"
  : >"$3.fingerprints"
  for root in "$work"/trust/*.pem; do
    look_at "$root" "$2"
    [ $names_itself = yes ] || return 5
    [ $has_usage$has_role != yesno ] || continue
    cat "$root" >>"$3.roots"
    echo "$fingerprint" >>"$3.fingerprints"
  done
  if ! verify_cms "$1" "$3.roots" -no_check_time -signer "$3.signer" -certsout "$3.all" -out "$3.content"; then
    openssl cms -cmsout -noout -inform PEM -in "$1" 2>/dev/null || return 3
    return 5
  fi
  split "$3.all" "$3.certs"
  for certificate in "$3.signer" "$3.certs"/*.pem; do
    look_at "$certificate" "$2"
    # Only a root that is trusted here needs no role. Another certificate could have a root's name.
    [ $has_role = yes ] || { [ "$certificate" != "$3.signer" ] && grep -qxF "$fingerprint" "$3.fingerprints"; } || return 5
  done
}

# Whether a list in the kit revokes one of the certificates of NAME. A list's own dates do not count.
is_revoked() {
  for certificate in "$1.certs"/*.pem; do
    found=$(openssl verify -no_check_time -x509_strict -crl_check -no-CApath -no-CAstore -CAfile "$work/lists" -untrusted "$1.all" \
      "$certificate" 2>&1)
    case $found in
      *'error 23 '*) return 0 ;;   # it is on the list of its issuer
      *'error 3 '* | *': OK'*) ;;  # its issuer has no list, or it is not on it
      *) end 5 invalid "$kit: what it revokes cannot be read" ;;
    esac
  done
  return 1
}

[ -r "$trust" ] && split "$trust" "$work/trust" && [ -e "$work/trust/1.pem" ] || end 3 unjudged "$trust: has no certificates"
[ -e "$licence" ] || end 6 missing "$licence: no such file"
[ -f "$licence" ] && [ "$(wc -c <"$licence")" -le 65536 ] || end 3 invalid "$licence: is no file, or larger than 64 KiB"

open_signed "$licence" "$role_licence" "$work/licence" || end $? invalid "$licence: is not signed by who may sign licences"
jq -es '
  def name: type == "string" and test("\\A[a-z0-9][a-z0-9._-]{0,63}\\z");
  def whole($least; $most): type == "number" and . == floor and . >= $least and . <= $most;
  def time: type == "string" and test("\\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\\z") and (fromdate | todate) == .;
  length == 1 and (.[0] |
    keys == (["format", "serial", "sequence", "licensee", "product", "tier", "entitlements", "limits", "sites", "issued",
              "not_before", "not_after", "grace_days"] | sort) and
    .format == "airlock-licence/1" and (.serial | type == "string" and test("\\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\\z")) and
    (.licensee | type == "string" and length > 0 and utf8bytelength <= 200) and all(.product, .tier; name) and
    (.sequence | whole(1; 9007199254740991)) and (.grace_days | whole(0; 366)) and
    (.entitlements | type == "array" and length <= 64 and all(.[]; name) and (unique | length) == length) and
    (.limits | type == "object" and length <= 64 and all(keys[]; name) and all(.[]; whole(0; 9007199254740991))) and
    all(.issued, .not_before, .not_after; time) and .not_before < .not_after and
    (.sites == "any" or (.sites | type == "array" and length >= 1 and length <= 256 and
      all(.[]; keys == ["id", "key_sha256"] and (.id | test("\\A[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\\z")) and
        (.key_sha256 | test("\\A[0-9a-f]{64}\\z"))))))
' "$work/licence.content" >"$work/answers" 2>/dev/null ||
  end 3 invalid "$licence: is not a licence"
# None of these values has a space in it.
values=$(jq -r '[.issued, .not_before, .not_after | fromdate] + [.grace_days, .serial, .product, .tier] | map(tostring) | join(" ")' \
  "$work/licence.content")
read -r issued begin over grace_days serial for_product tier <<VALUES
$values
VALUES
verify_cms "$licence" "$work/licence.roots" -attime "$issued" -out "$work/again" ||
  end 5 invalid "$licence: its signer's certificates were not valid when it was issued"

# From here on the content counts, so tier and days left are told in every state.
now=$(date +%s) passed=$issued grace=$((over + grace_days * 86400))
until=$over
[ "$now" -lt "$over" ] || until=$grace
left=$((until - now))
[ "$left" -ge 0 ] || left=$((left - 86399)) # rounded down, also below 0
told() { end "$1" "$2
tier $tier
days left $((left / 86400))" "${3:-}"; }

if [ -n "$kit" ]; then
  [ -f "$kit" ] || end 5 invalid "$kit: is missing, so nobody knows what is revoked"
  open_signed "$kit" "$role_kit" "$work/kit" || end $? invalid "$kit: is not signed by who may sign kits"
  tar -xOf "$work/kit.content" kit.json >"$work/kit.json" 2>/dev/null || end 3 invalid "$kit: is not a kit"
  [ "$(jq -r .product "$work/kit.json")" = "$product" ] || end 5 invalid "$kit: is for another product"
  kit_issued=$(jq '.issued | fromdate' "$work/kit.json") || end 3 invalid "$kit: is not a kit"
  verify_cms "$kit" "$work/kit.roots" -attime "$kit_issued" -out "$work/again" ||
    end 5 invalid "$kit: its signer's certificates were not valid when it was issued"
  [ "$kit_issued" -le "$passed" ] || passed=$kit_issued
  { cat "$work"/trust/*.pem; tar -xOf "$work/kit.content" crl.pem 2>/dev/null; } >"$work/lists"
  ! is_revoked "$work/kit" || end 5 invalid "$kit: its signer is revoked"
  ! is_revoked "$work/licence" || told 6 revoked "a certificate that signed the licence is revoked"
  jq -e --arg serial "$serial" '.revoked_licences | index($serial) == null' "$work/kit.json" >"$work/again" ||
    told 6 revoked "the kit revokes the licence"
fi
[ "$for_product" = "$product" ] || told 6 wrong_product "the licence is for $for_product"
jq -e --arg site "$site" --arg key "$key" '.sites == "any" or any(.sites[];
  (.id | ascii_downcase) == ($site | ascii_downcase) and ($key == "-" or .key_sha256 == ($key | ascii_downcase)))' \
  "$work/licence.content" >"$work/again" || told 6 wrong_site "the licence does not name this site"
[ "$now" -ge $((passed - 7200)) ] || told 6 clock_rollback "the clock shows a time that has passed"
[ "$now" -ge "$begin" ] || told 6 not_yet_valid "its term has not begun"
[ "$now" -lt "$grace" ] || told 6 expired "its term and its grace are over"
[ "$now" -lt "$over" ] || told 0 grace "its term is over, its grace is not"
told 0 valid
