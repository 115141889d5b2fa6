#include "envelope/bundle.hpp"

namespace airlock::envelope {
namespace {

constexpr std::string_view instructions = R"text(How to open and verify @file@
with OpenSSL 3.0 or later and the tools of every Unix. Nothing of Airlock is needed.

Site        @site@
Report      number @number@, disclosure @disclosure@
Sealed      @created@
Site certificate (SHA-256)
            @fingerprint@

@opening@
Run in an empty folder. Stop at the first command that fails, and then trust nothing that was written.

1. Open it, verify the site's signature, unpack it.

openssl cms -decrypt -binary -inform DER -in @file@ -recip recipient.crt -inkey recipient.key -out signed.der
openssl cms -verify -binary -inform DER -in signed.der -CAfile site.crt -no-CApath -no-CAstore -attime @epoch@ -out content.tar
tar -xf content.tar

2. @compare@
3. Verify the signature of the ledger's checkpoint. The vendor compares this key with the one that the site registered.

cat > ledger.pub <<'END'
@ledger_key@END
head -n 3 checkpoint.txt > checkpoint.body
tail -n 1 checkpoint.txt | cut -d' ' -f3 | base64 -d | tail -c +5 > checkpoint.sig
openssl pkeyutl -verify -pubin -inkey ledger.pub -rawin -in checkpoint.body -sigfile checkpoint.sig

4. Verify that the ledger's entry for this report, entry.json, is in the tree of that checkpoint (RFC 9162 2.1.3.2).

i=$(sed -n 's/^index //p' proof.txt); last=$(( $(sed -n 2p checkpoint.txt) - 1 ))
(printf '\000'; cat entry.json) | openssl dgst -sha256 -binary > node
for hash in $(sed -n '/^index /,/^$/p' proof.txt | sed '1d;$d'); do
  echo "$hash" | base64 -d > sibling
  if [ $((i % 2)) -eq 1 ] || [ "$i" -eq "$last" ]; then
    (printf '\001'; cat sibling node) | openssl dgst -sha256 -binary > parent
    while [ $((i % 2)) -eq 0 ] && [ "$i" -ne 0 ]; do i=$((i / 2)); last=$((last / 2)); done
  else
    (printf '\001'; cat node sibling) | openssl dgst -sha256 -binary > parent
  fi
  mv parent node; i=$((i / 2)); last=$((last / 2))
done
test "$last" -eq 0 && test "$(base64 < node)" = "$(sed -n 3p checkpoint.txt)" && echo "entry.json is in the ledger"

5. If consistency.txt has anything in it, verify that the ledger only grew since the last receipt (RFC 9162 2.1.4.2).

if [ -s consistency.txt ]; then
  sed '1,/^$/d' consistency.txt > earlier.txt   # the checkpoint of that receipt: compare it with the one that you have
  node() { (printf '\001'; echo "$1" | base64 -d; echo "$2" | base64 -d) | openssl dgst -sha256 -binary | base64; }
  first=$(sed -n 2p earlier.txt); old=$(sed -n 3p earlier.txt); new=$(sed -n 3p checkpoint.txt)
  i=$((first - 1)); last=$(( $(sed -n 2p checkpoint.txt) - 1 ))
  set -- $(sed '1d;/^$/,$d' consistency.txt)
  test $((first & i)) -ne 0 || set -- "$old" "$@"
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
  test "$last" -eq 0 && test "$earlier" = "$old" && test "$later" = "$new" && echo "the ledger grew from the last receipt"
fi
@approvals@)text";

/// Step 6, only where officers had to approve the report.
constexpr std::string_view officers = R"text(
6. Verify that officers of the site approved exactly this report and decision.

# officers.crt has their certificates as you have had them from the site: never those that came along with this file
awk '/^-----BEGIN CMS-----$/ { n++ } { print > ("approval." n ".p7s") }' approvals.p7s
member() { grep -o '"'"$1"'":"[^"]*"' "$2" | head -n 1; }
note() { grep -o '"note":"\([^"\\]\|\\.\)*"' "$1"; }
digest() { sha256sum < "$1" | cut -d' ' -f1; }
for approval in approval.*.p7s; do
  openssl cms -verify -binary -inform PEM -in "$approval" -CAfile officers.crt -partial_chain -no-CApath -no-CAstore -purpose any -attime @epoch@ -out statement.json &&
  grep -F '"format":"airlock-approval/1","site_id":"@site@","number":@number@,' statement.json &&
  test "$(member payload_sha256 statement.json)" = "\"payload_sha256\":\"$(digest report.json)\"" &&
  test "$(member policy_sha256 statement.json)" = "\"policy_sha256\":\"$(digest policy.json)\"" &&
  test "$(member decision_sha256 statement.json)" = "$(member decision_sha256 entry.json)" &&
  test "$(note statement.json)" = "$(note manifest.json)" && echo "$approval approves this report" ||
  { echo "$approval does not approve this report"; false; }
done
)text";

constexpr std::string_view opening =
    R"text(You need the certificate and the key of a recipient, here recipient.crt and recipient.key: the vendor's, or at the site
itself keys/archive.crt and keys/archive.key under these names. And you need the site's certificate, here site.crt, as you
have had it since the site was registered: never one that came along with this file. Compare its fingerprint, which
`airlock status` prints too: openssl x509 -in site.crt -noout -fingerprint -sha256
)text";

/// That of release 0.1.
constexpr std::string_view opening_before =
    R"text(You need the certificate and the key of a recipient, here recipient.crt and recipient.key, and the site's certificate,
here site.crt, as you have had it since the site was registered: never one that came along with this file. Compare its
fingerprint: openssl x509 -in site.crt -noout -fingerprint -sha256
)text";

/// Step 2 for a manifest of one line, whose digest without `files` is in the entry; so is that of this text.
constexpr std::string_view compare =
    R"text(Compare every file with the manifest, and the manifest and this text with the ledger's entry, entry.json.

sed 's/.*,"files"://' manifest.json | tr '{' '\n' | sed -n 's/^"name":"\([^"]*\)".*"sha256":"\([^"]*\)".*/\2  \1/p' | sha256sum -c
recorded() { sed -n 's/.*"'"$1"'":"\([0-9a-f]*\)".*/\1  -/p' entry.json; }
sed 's/,"files":.*/}/' manifest.json | tr -d '\n' | sha256sum | grep -Fx "$(recorded manifest_sha256)"
sha256sum < HOW-TO-VERIFY.txt | grep -Fx "$(recorded how_to_verify_sha256)"
)text";

/// Step 2 for the indented manifest of release 0.1.
constexpr std::string_view compare_files = R"text(Compare every file with the manifest.

awk -F'"' '/"files":/{f=1} f&&$2=="name"{n=$4} f&&$2=="sha256"{print $4"  "n}' manifest.json | sha256sum -c
)text";

}  // namespace

std::string how_to_verify(const Manifest& manifest, const crypto::Certificate& site_certificate,
                          const crypto::PublicKey& ledger_key) {
  const std::pair<std::string_view, std::string> values[] = {
      {"@approvals@", std::string(manifest.version == version_with_approvals ? officers : "")},
      {"@opening@", std::string(manifest.version == 1 ? opening_before : opening)},
      {"@compare@", std::string(manifest.version == 1 ? compare_files : compare)},
      {"@file@", bundle_name(manifest) + ".p7m"},
      {"@site@", manifest.site_id},
      {"@number@", std::to_string(manifest.number)},
      {"@disclosure@", std::to_string(manifest.disclosure)},
      {"@created@", manifest.created.text()},
      {"@fingerprint@", site_certificate.fingerprint().hex()},
      {"@epoch@", std::to_string(manifest.created.seconds)},
      {"@ledger_key@", ledger_key.pem()},
  };
  std::string text(instructions);
  for (const auto& [mark, value] : values) {
    for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at + value.size())) {
      text.replace(at, mark.size(), value);
    }
  }
  return text;
}

}  // namespace airlock::envelope
