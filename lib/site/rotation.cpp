#include "site/rotation.hpp"

#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "keeper/keeper.hpp"
#include "public/public_site.hpp"
#include "site/former_keys.hpp"
#include "site/key_files.hpp"
#include "site/readers.hpp"
#include "site/request.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/read_file.hpp"
#include "sys/system.hpp"
#include "sys/write_file.hpp"

namespace airlock::site {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;

constexpr std::string_view change_format = "airlock-key-change/1";
constexpr std::string_view change_name = "change.json";
constexpr std::string_view succession_name = "succession.p7s";

std::string next(const Site& site, std::string_view file) { return site.path("keys/next-") + std::string(file); }
std::string in_keys(const Site& site, std::string_view file) { return site.path("keys/") + std::string(file); }

std::string key_file(KeyName key) { return std::string(name(key)) + ".key"; }
std::string certificate_file(KeyName key) { return std::string(name(key)) + ".crt"; }

/// The keys with a certificate.
bool is_certified(KeyName key) { return key == KeyName::site || key == KeyName::archive; }

/// A key has 256 random bits, so nobody can guess it from its digest.
std::string id_of(const crypto::Secret& pseudonym_key) {
  const crypto::Secret text("airlock-pseudonym-key\n" + std::string(pseudonym_key.view()));
  return crypto::sha256(text.view()).hex();
}

/// What the ledger calls the key in force.
Result<std::string> id_in_force(const Site& site, KeyName key) {
  if (is_certified(key)) {
    AIRLOCK_TRY(const auto certificate, read_certificate(in_keys(site, certificate_file(key))));
    return certificate.key().sha256().hex();
  }
  if (key == KeyName::ledger) {
    AIRLOCK_TRY(const auto verifier, site.ledger_verifier());
    return verifier.text();
  }
  AIRLOCK_TRY(const auto secret, site.pseudonym_key());
  return id_of(secret);
}

/// Whether the site's readers may read the key: no key that signs.
bool is_shared(KeyName key) { return key == KeyName::archive || key == KeyName::pseudonym; }

Result<void> copy_private(const Site& site, KeyName key, const std::string& from, const std::string& to) {
  AIRLOCK_TRY(std::string text, read_shared_secret(from, site.shared_by()));
  const crypto::Secret bytes(std::move(text));
  const unsigned permissions = is_shared(key) ? site.file_permissions() : sys::private_file;
  return sys::replace_file(to, bytes.view(), permissions, site.world());
}

Result<void> copy_public(const Site& site, const std::string& from, const std::string& to) {
  AIRLOCK_TRY(const std::string text, sys::read_file(from, key_file_bytes_limit));
  return sys::replace_file(to, text, sys::public_file, site.world());
}

/// Makes the new key as `keys/next-…` and returns its id.
Result<std::string> make_next(const Site& site, KeyName key, core::Time now,
                              const std::optional<keeper::TokenKey>& token) {
  const std::string& site_id = site.configuration().site_id;
  if (key == KeyName::pseudonym) {
    const crypto::Secret made = new_pseudonym_key();
    AIRLOCK_CHECK(sys::create_file(next(site, key_file(key)), made.view(), sys::private_file, site.world()));
    AIRLOCK_TRY(const auto secret, read_pseudonym_key(next(site, key_file(key)), site.shared_by()));
    return id_of(secret);
  }
  // The key in force may ask for its passphrase; it comes first, since the person who types knows that one.
  std::optional<Identity> former;
  if (key == KeyName::site) {
    AIRLOCK_TRY(auto identity, site.signing_identity());
    former.emplace(std::move(identity));
  }
  AIRLOCK_TRY(const auto made, token ? keeper::token_key(*token, name(key))
                                     : crypto::PrivateKey::generate(key == KeyName::ledger ? crypto::KeyKind::ed25519
                                                                                           : crypto::KeyKind::p256));
  if (former && made.public_key() == former->certificate.key()) {
    return fail(Code::refused, "this key is already the site's key");
  }
  if (token) {
    AIRLOCK_CHECK(
        sys::create_file(next(site, key_file(key)), keeper::to_document(*token), sys::private_file, site.world()));
  } else {
    AIRLOCK_CHECK(sys::create_file(next(site, key_file(key)), made.pem().view(), sys::private_file, site.world()));
  }
  if (key == KeyName::ledger) return crypto::NoteVerifier("airlock/" + site_id, made.public_key()).text();
  AIRLOCK_TRY(const auto certificate, certify(key, made, site_id, now));
  AIRLOCK_CHECK(sys::create_file(next(site, certificate_file(key)), certificate.pem(), sys::public_file, site.world()));
  const core::Digest id = made.public_key().sha256();
  if (key == KeyName::site) {
    AIRLOCK_TRY(const std::string signed_for, write_succession(site_id, id, former->signer(now)));
    AIRLOCK_CHECK(sys::create_file(next(site, succession_name), signed_for, sys::public_file, site.world()));
  }
  return id.hex();
}

/// Keeps of a former key what is still needed. A private key is copied once only: when this is repeated, the new key
/// may be in its place already.
Result<void> keep_former(const Site& site, const StagedKey& staged, std::uint64_t seq) {
  const std::string base =
      site.path(layout::former_keys) + "/" + std::string(name(staged.key)) + "-" + std::to_string(seq);
  AIRLOCK_TRY(const bool kept, sys::look_for(base + (staged.key == KeyName::pseudonym ? ".key" : ".crt")));
  switch (staged.key) {
    case KeyName::site:
      AIRLOCK_CHECK(copy_public(site, next(site, succession_name), base + ".p7s"));
      if (kept) return {};
      return copy_public(site, in_keys(site, "site.crt"), base + ".crt");
    case KeyName::ledger:
      return sys::replace_file(base + ".txt", staged.previous + "\n", sys::public_file, site.world());
    case KeyName::archive:
      if (kept) return {};
      AIRLOCK_CHECK(copy_private(site, staged.key, in_keys(site, "archive.key"), base + ".key"));
      return copy_public(site, in_keys(site, "archive.crt"), base + ".crt");
    case KeyName::pseudonym:
      if (kept) return {};
      return copy_private(site, staged.key, in_keys(site, "pseudonym.key"), base + ".key");
  }
  return {};
}

Result<void> remove_former(const Site& site, KeyName key) {
  AIRLOCK_TRY(const auto files, former_files(site, key));
  for (const std::string& file : files) AIRLOCK_CHECK(sys::remove_file(file, site.world()));
  return files.empty() ? Result<void>{} : sys::sync_directory(site.path(layout::former_keys), site.world());
}

/// Writes `site-request.p7s` by the keys in force, with what the former site keys signed for their successors.
Result<core::Digest> renew_request(const Site& site, core::Time now) {
  AIRLOCK_TRY(const auto signing, site.signing_identity());
  AIRLOCK_TRY(auto archive, site.archive_certificate());
  AIRLOCK_TRY(auto verifier, site.ledger_verifier());
  SiteRequest request{.site_id = site.configuration().site_id,
                      .name = site.configuration().name,
                      .product = site.configuration().product,
                      .created = now,
                      .site_certificate = signing.certificate,
                      .archive_certificate = std::move(archive),
                      .ledger_key = std::move(verifier),
                      .successions = {},
                      .fingerprint = {}};
  AIRLOCK_TRY(const auto files, former_files(site, KeyName::site, ".p7s"));
  const std::size_t skipped = files.size() > successions_limit ? files.size() - successions_limit : 0;
  for (std::size_t i = skipped; i < files.size(); ++i) {
    AIRLOCK_TRY(std::string text, sys::read_file(files[i], key_file_bytes_limit));
    request.successions.push_back(std::move(text));
  }
  AIRLOCK_TRY(const WrittenRequest written, write_request(request, signing.signer(now)));
  AIRLOCK_CHECK(sys::replace_file(site.path(layout::request), written.file, sys::public_file, site.world()));
  return written.fingerprint;
}

Result<void> renew_public_part(const Site& site, const std::string& key_sha256) {
  const std::string path = site.path(layout::public_site);
  AIRLOCK_TRY(const std::string text, sys::read_file(path, configuration_bytes_limit));
  AIRLOCK_TRY(auto public_site, published::parse_public_site(text, path));
  public_site.key_sha256 = key_sha256;
  return sys::replace_file(path, to_document(public_site), sys::public_file, site.world());
}

}  // namespace

Result<void> protect_signing_key(const Site& site) {
  const std::string file = site.path(layout::signing_key);
  AIRLOCK_TRY(const auto certificate, site.signing_certificate());
  AIRLOCK_TRY(const auto key, keeper::whole_key(file, signing_key_name));
  if (!(key.public_key() == certificate.key())) {
    return fail(Code::integrity, quote(file) + ": does not belong to the certificate beside it");
  }
  AIRLOCK_TRY(const std::string pem, keeper::under_new_passphrase(key, signing_key_name));
  return sys::replace_file(file, pem, sys::private_file, site.world());
}

Result<StagedKey> stage_key(const Site& site, KeyName key, bool destroys, core::Time now,
                            const std::optional<keeper::TokenKey>& token) {
  AIRLOCK_CHECK(discard_staged_key(site));
  StagedKey staged{.key = key, .destroys = destroys, .previous = {}, .current = {}};
  AIRLOCK_TRY(staged.previous, id_in_force(site, key));
  // The folder is made now: after a crash, `place_key` may run in a sandbox that cannot make directories.
  if (!sys::exists(site.path(layout::former_keys))) {
    AIRLOCK_CHECK(sys::make_directory(site.path(layout::former_keys), site.folder_permissions(), site.world()));
  }
  AIRLOCK_TRY(staged.current, make_next(site, key, now, token));
  // The description is written last: without it the key is not complete.
  const Json change{{"format", change_format},
                    {"key", name(key)},
                    {"destroys", destroys},
                    {"previous", staged.previous},
                    {"current", staged.current}};
  AIRLOCK_CHECK(
      sys::create_file(next(site, change_name), core::to_pretty_text(change), sys::private_file, site.world()));
  return staged;
}

Result<std::optional<StagedKey>> staged_key(const Site& site) {
  const std::string file = next(site, change_name);
  AIRLOCK_TRY(const bool there, sys::look_for(file));
  if (!there) return std::nullopt;
  AIRLOCK_TRY(const std::string text, sys::read_file(file, key_file_bytes_limit));
  AIRLOCK_TRY(const Json json, core::parse_json(text, file));
  core::Members in(json, file, "");
  in.format(change_format);
  StagedKey out;
  const auto key = key_name(in.word("key", {"site", "ledger", "archive", "pseudonym"}));
  out.key = key.value_or(KeyName::site);
  out.destroys = in.boolean("destroys");
  out.previous = in.text("previous");
  out.current = in.text("current");
  AIRLOCK_CHECK(in.finish());
  return out;
}

Result<void> discard_staged_key(const Site& site) {
  AIRLOCK_TRY(const auto names, sys::list_directory(site.path(layout::keys)));
  // The description is removed last: while it is there, an interrupted removal is repeated.
  for (const bool description : {false, true}) {
    for (const std::string& file : names) {
      if (!file.starts_with("next-") || (file == "next-" + std::string(change_name)) != description) continue;
      AIRLOCK_CHECK(sys::remove_file(in_keys(site, file), site.world()));
    }
  }
  return {};
}

Result<std::optional<core::Digest>> place_key(const Site& site, const StagedKey& staged, std::uint64_t seq,
                                              core::Time now) {
  AIRLOCK_TRY(const std::string in_force, id_in_force(site, staged.key));
  if (in_force != staged.current) {
    if (staged.destroys) {
      AIRLOCK_CHECK(remove_former(site, staged.key));
    } else {
      AIRLOCK_CHECK(keep_former(site, staged, seq));
    }
    AIRLOCK_CHECK(
        copy_private(site, staged.key, next(site, key_file(staged.key)), in_keys(site, key_file(staged.key))));
    if (staged.key == KeyName::ledger) AIRLOCK_CHECK(write_ledger_public_key(site));
    if (is_certified(staged.key)) {
      AIRLOCK_CHECK(
          copy_public(site, next(site, certificate_file(staged.key)), in_keys(site, certificate_file(staged.key))));
    }
  }
  std::optional<core::Digest> fingerprint;
  if (staged.key == KeyName::site) AIRLOCK_CHECK(renew_public_part(site, staged.current));
  if (staged.key != KeyName::pseudonym) {
    AIRLOCK_TRY(fingerprint, renew_request(site, now));
  }
  AIRLOCK_CHECK(discard_staged_key(site));
  return fingerprint;
}

}  // namespace airlock::site
