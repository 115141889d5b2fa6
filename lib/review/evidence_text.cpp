#include "review/evidence_text.hpp"

#include <utility>

#include "core/text.hpp"

namespace airlock::review {
namespace {

constexpr std::string_view instructions = R"text(How to verify @file@
with OpenSSL 3.0 or later and the tools of every Unix. Nothing of Airlock is needed.

Site        @site@
Range       @range@
Exported    @created@
By          @exporter@
Certificate of the exporter (SHA-256)
            @fingerprint@
@originals@
You need the exporter's certificate, here exporter.crt, as you have it from the person or the authority that gave it to
you: never one that came along with this file. Compare its fingerprint: openssl x509 -in exporter.crt -noout
-fingerprint -sha256
@opening@
Run in an empty folder. Stop at the first command that fails, and then trust nothing that was written.

@number_1@. Verify the exporter's signature over the whole archive, and unpack it.

openssl cms -verify -binary -inform DER -in @signed@ -CAfile exporter.crt -no-CApath -no-CAstore -partial_chain -purpose any -attime @epoch@ -out evidence.tar
mkdir evidence
tar -xf evidence.tar -C evidence

@number_2@. Verify what is in it. The script only reads the folder in which it lies. It ends with a line that begins with
"everything verifies", and says what to compare.

sh evidence/verify.sh

@number_3@. Read it: summary.html in a browser, reports.csv and entries.csv in a spreadsheet, evidence.json for what is missing.

What this proves, and what it does not:
- The exporter signed these files. Pages and CSV are the exporter's summary of them.
- Each entry of the ledger in entries/ is in the tree that the site's ledger key signed, and no entry between the first
  and the last of the range was left out.
- The tree only grew between the checkpoints in checkpoints/. A checkpoint that you or the vendor kept earlier must be
  one of them, or lead to one: only that shows that the site did not write its whole past anew.
- The disclosed reports in reports/ are those that the ledger recorded; the site signed each bundle.
- That nothing else left the site is not proven by any file. docs/threat-model.md of Airlock says what its programs do.
)text";

constexpr std::string_view opening = R"text(
The file is encrypted. You need the certificate and the key of one of its recipients, here auditor.crt and auditor.key.

1. Open it. After an error, remove what was written, unread.

openssl cms -decrypt -binary -inform DER -in @file@ -recip auditor.crt -inkey auditor.key -out evidence.signed
)text";

constexpr std::string_view with_originals = R"text(
THIS FILE CONTAINS REPORTS THAT DID NOT LEAVE THE SITE, in originals/, with everything that is in them. Give it to nobody
who may not read those.
)text";

constexpr std::string_view script = R"script(#!/bin/sh
# Verifies unpacked evidence of an Airlock site with OpenSSL 3 and the tools of every Unix. It only reads this folder.
# The signature over the whole archive was verified before it was unpacked: HOW-TO-VERIFY.txt says how.
set -eu
export LC_ALL=C
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed() { echo "FAILED: $1" >&2; exit 1; }

# 1. The files are exactly those that evidence.json names.
sed 's/.*,"files"://' evidence.json | tr '{' '\n' |
  sed -n 's/^"name":"\([^"]*\)","size":[0-9]*,"sha256":"\([^"]*\)".*/\2  \1/p' > "$work/sums"
sha256sum --quiet -c "$work/sums" || failed "a file differs from what evidence.json says"
{ cut -c 67- "$work/sums"; echo evidence.json; } | sort > "$work/named"
find . ! -type d | cut -c 3- | sort > "$work/found"
cmp -s "$work/named" "$work/found" || failed "there are other files than evidence.json names"
echo "files: $(wc -l < "$work/sums"), all as evidence.json says"

# 2. The checkpoints are signed by the ledger's key, and each tree contains the one before it (RFC 9162 2.1.4.2).
site=$(sed 's/.*"site_id":"\([^"]*\)".*/\1/' evidence.json)
key_of() {
  newest=
  for key in keys/ledger-*.pem; do
    from=${key#keys/ledger-}; from=${from%.pem}
    if [ "$from" -le "$1" ] && { [ -z "$newest" ] || [ "$from" -gt "$newest" ]; }; then newest=$from; fi
  done
  echo "keys/ledger-$newest.pem"
}
node() { { printf '\001'; echo "$1" | base64 -d; echo "$2" | base64 -d; } | openssl dgst -sha256 -binary | base64; }
grew() {
  old=$(sed -n 3p "$1"); new=$(sed -n 3p "$2"); first=$(sed -n 2p "$1")
  i=$((first - 1)); last=$(($(sed -n 2p "$2") - 1))
  set -- $(sed '1d;/^$/,$d' "$3")
  [ $((first & i)) -ne 0 ] || set -- "$old" "$@"
  while [ $((i % 2)) -eq 1 ]; do i=$((i / 2)); last=$((last / 2)); done
  earlier=$1; later=$1; shift
  for hash; do
    if [ $((i % 2)) -eq 1 ] || [ "$i" -eq "$last" ]; then
      earlier=$(node "$hash" "$earlier"); later=$(node "$hash" "$later")
      while [ $((i % 2)) -eq 0 ] && [ "$i" -ne 0 ]; do i=$((i / 2)); last=$((last / 2)); done
    else
      later=$(node "$later" "$hash")
    fi
    i=$((i / 2)); last=$((last / 2))
  done
  [ "$last" -eq 0 ] && [ "$earlier" = "$old" ] && [ "$later" = "$new" ]
}
before=
checkpoints=0
for size in $(ls checkpoints | sed -n 's/^\([0-9]*\)\.txt$/\1/p' | sort -n); do
  note=checkpoints/$size.txt
  head -n 3 "$note" > "$work/text"
  tail -n 1 "$note" | cut -d ' ' -f 3 | base64 -d | tail -c +5 > "$work/signature"
  openssl pkeyutl -verify -pubin -inkey "$(key_of "$size")" -rawin -in "$work/text" -sigfile "$work/signature" > "$work/log" 2>&1 ||
    failed "$note: the signature of the ledger's key does not verify"
  [ "$(sed -n 1p "$note")" = "airlock/$site" ] && [ "$(sed -n 2p "$note")" = "$size" ] || failed "$note: is of another ledger"
  if [ -n "$before" ]; then
    proof=checkpoints/$size.consistency.txt
    sed '1,/^$/d' "$proof" | cmp -s - "checkpoints/$before.txt" || failed "$proof: is not from the checkpoint before it"
    grew "checkpoints/$before.txt" "$note" "$proof" || failed "$proof: does not verify"
  fi
  before=$size; checkpoints=$((checkpoints + 1))
done
head=checkpoints/$before.txt
root=$(sed -n 3p "$head" | base64 -d | od -An -v -tx1 | tr -d ' \n')
grep -q "\"tree\":{\"size\":$before,\"root\":\"$root\"}" evidence.json || failed "evidence.json names another tree"
echo "checkpoints: $checkpoints, signed by the ledger's key; the ledger only grew between them"

# 3. Each entry is in the tree of the newest checkpoint (RFC 9162 2.1.3.2), and none of the range was left out.
included() {
  i=$1; last=$(($(sed -n 2p "$head") - 1))
  r=$({ printf '\000'; cat "$2"; } | openssl dgst -sha256 -binary | base64)
  for hash in $(sed '1,2d;/^$/,$d' "$3"); do
    if [ $((i % 2)) -eq 1 ] || [ "$i" -eq "$last" ]; then
      r=$(node "$hash" "$r")
      while [ $((i % 2)) -eq 0 ] && [ "$i" -ne 0 ]; do i=$((i / 2)); last=$((last / 2)); done
    else
      r=$(node "$r" "$hash")
    fi
    i=$((i / 2)); last=$((last / 2))
  done
  [ "$last" -eq 0 ] && [ "$r" = "$(sed -n 3p "$head")" ]
}
entries=0
for file in entries/*.json; do
  seq=${file#entries/}; seq=${seq%.json}
  proof=proofs/$seq.txt
  grep -q "^{.*\"seq\":$seq,\"time\":" "$file" || failed "$file: is another entry"
  [ "$(sed -n 2p "$proof")" = "index $seq" ] || failed "$proof: is for another entry"
  sed '1,/^$/d' "$proof" | cmp -s - "$head" || failed "$proof: is for another checkpoint"
  included "$seq" "$file" "$proof" || failed "$file: is not in the ledger"
  { cat "$file"; echo; } >> "$work/bodies"
  entries=$((entries + 1))
done
first=$(sed 's/.*"entries":{"first":\([0-9]*\),"last":\([0-9]*\)}.*/\1/' evidence.json)
last=$(sed 's/.*"entries":{"first":\([0-9]*\),"last":\([0-9]*\)}.*/\2/' evidence.json)
seq=$first
while [ "$seq" -le "$last" ]; do
  [ -f "entries/$seq.json" ] || failed "entry $seq of the range is missing"
  seq=$((seq + 1))
done
echo "entries: $entries, all in the ledger; those from $first to $last are all there"

# 4. The disclosed bytes are those that the ledger recorded, and the site signed each bundle.
recorded() { grep "\"kind\":\"$1\"" "$work/bodies" | grep "\"$2\":\"$3\"" | grep -q "\"$4\":\"$5\""; }
disclosures=0
for folder in reports/*/; do
  [ -d "$folder" ] || continue
  if [ -f "${folder}signed.der" ]; then
    signer=
    for certificate in keys/site-*.crt; do
      openssl cms -verify -binary -inform DER -in "${folder}signed.der" -CAfile "$certificate" -no-CApath -no-CAstore \
        -partial_chain -no_check_time -out "$work/content.tar" 2> "$work/log" && signer=$certificate && break
    done
    [ -n "$signer" ] || failed "${folder}signed.der: the site's signature does not verify"
    id=$(sed 's/.*"bundle_id":"\([^"]*\)".*/\1/' "${folder}manifest.json")
    recorded sealed disclosure_id "$id" content_sha256 "$(sha256sum < "$work/content.tar" | cut -c 1-64)" ||
      failed "${folder}signed.der: the ledger recorded other content"
    rm -rf "$work/content"; mkdir "$work/content"; tar -xf "$work/content.tar" -C "$work/content"
    for file in "$work"/content/*; do
      name=${file##*/}
      case $name in
        policy.json) same=policies/$(sha256sum < "$file" | cut -c 1-64).json ;;
        dictionary.json) same=dictionaries/$(sha256sum < "$file" | cut -c 1-64).json ;;
        *) same=$folder$name ;;
      esac
      cmp -s "$file" "$same" || failed "$same: is not what the site signed"
    done
    seq=$(sed -n 's/^index //p' "${folder}proof.txt")
    cmp -s "${folder}entry.json" "entries/$seq.json" || failed "${folder}entry.json: is not the ledger's entry"
  elif [ -f "${folder}bundle.p7m" ]; then
    recorded sealed kind sealed file_sha256 "$(sha256sum < "${folder}bundle.p7m" | cut -c 1-64)" ||
      failed "${folder}bundle.p7m: the ledger recorded another file"
  else
    recorded queued kind queued content_sha256 "$(sha256sum < "${folder}report.json" | cut -c 1-64)" ||
      failed "${folder}report.json: the ledger recorded other bytes"
  fi
  disclosures=$((disclosures + 1))
done
echo "disclosures: $disclosures, as the ledger recorded them"

# 5. The vendor signed licences, kits and receipts.
documents=0
cat keys/vendor-*.crt > "$work/vendor.pem"
for file in licences/*.p7s kits/*.p7s receipts/*.p7s; do
  [ -f "$file" ] || continue
  openssl cms -verify -binary -inform PEM -in "$file" -CAfile "$work/vendor.pem" -no-CApath -no-CAstore -no_check_time \
    -out /dev/null 2> "$work/log" || failed "$file: the vendor's signature does not verify"
  documents=$((documents + 1))
done
echo "documents: $documents, signed below the vendor's root"
echo
echo "everything verifies. Compare these with what you have from elsewhere:"
for file in keys/site-*.crt keys/vendor-*.crt; do
  echo "$file  SHA-256 $(openssl x509 -in "$file" -outform DER | sha256sum | cut -c 1-64)"
done
for file in keys/ledger-*.pem; do
  echo "$file  SHA-256 $(openssl pkey -pubin -in "$file" -outform DER | sha256sum | cut -c 1-64)"
done
echo "$head  the newest checkpoint: $before entries"
)script";

std::string replaced(std::string text, std::string_view mark, const std::string& value) {
  for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at + value.size())) {
    text.replace(at, mark.size(), value);
  }
  return text;
}

}  // namespace

std::string how_to_verify_evidence(const EvidenceRecord& evidence, const std::string& file, bool is_encrypted) {
  const EvidenceRange& range = evidence.range;
  const std::string days = range.from + " to " + range.to;
  const std::string numbers =
      "reports " + std::to_string(range.first_report) + " to " + std::to_string(range.last_report);
  const int step = is_encrypted ? 1 : 0;
  const std::pair<std::string_view, std::string> values[] = {
      {"@opening@", is_encrypted ? std::string(opening) : std::string()},
      {"@originals@", evidence.originals ? std::string(with_originals) : std::string()},
      {"@signed@", is_encrypted ? "evidence.signed" : core::shell_path(file)},
      {"@number_1@", std::to_string(1 + step)},
      {"@number_2@", std::to_string(2 + step)},
      {"@number_3@", std::to_string(3 + step)},
      {"@file@", core::shell_path(file)},
      {"@site@", evidence.site_id},
      {"@range@", range.from.empty() ? numbers : days},
      {"@created@", evidence.created.text()},
      {"@exporter@", evidence.exporter},
      {"@fingerprint@", evidence.exporter_certificate_sha256},
      {"@epoch@", std::to_string(evidence.created.seconds)},
  };
  std::string text(instructions);
  for (const auto& [mark, value] : values) text = replaced(std::move(text), mark, value);
  return text;
}

std::string_view verify_script() { return script; }

}  // namespace airlock::review
