#include "site/site.hpp"

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "keeper/keeper.hpp"
#include "public/kit_trust.hpp"
#include "site/key_files.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/read_file.hpp"
#include "sys/write_file.hpp"

namespace airlock::site {
namespace {

using core::Code;
using core::fail;
using core::quote;

}  // namespace

Site::Site(std::string directory, const sys::World& world, Configuration configuration, std::string configuration_text)
    : directory_(std::move(directory)),
      world_(&world),
      configuration_(std::move(configuration)),
      configuration_text_(std::move(configuration_text)) {}

Result<Site> Site::open(const std::string& directory, const sys::World& world) {
  const std::string path = directory + "/" + std::string(layout::configuration);
  if (!sys::exists(path)) {
    return fail(Code::bad_input,
                quote(directory) + ": is not a site directory: it has no " + quote(layout::configuration),
                core::is_uuid(core::to_lower(directory))
                    ? "`--site` takes the site's directory, not its id; name the directory, or set AIRLOCK_SITE"
                    : "make one with `airlock init`, or name another with `--site`");
  }
  AIRLOCK_TRY(std::string text, sys::read_file(path, configuration_bytes_limit));
  AIRLOCK_TRY(auto configuration, parse_configuration(text, path));
  return Site(directory, world, std::move(configuration), std::move(text));
}

Site Site::placeless(const std::string& product, const sys::World& world) {
  Configuration configuration;
  configuration.product = product;
  configuration.declared_without_licence = true;
  configuration.archive = false;
  Site out("", world, std::move(configuration), "");
  out.own_pseudonym_key_ = std::make_shared<const crypto::Secret>(world.random_bytes(pseudonym_key_bytes));
  return out;
}

Result<crypto::Certificate> Site::certificate(std::string_view name) const {
  return read_certificate(path(std::string(layout::keys) + "/" + std::string(name) + ".crt"));
}

unsigned Site::file_permissions() const {
  return configuration_.readers.empty() ? sys::private_file : layout::shared_file;
}

unsigned Site::folder_permissions() const {
  return configuration_.readers.empty() ? sys::private_directory : layout::shared_folder;
}

std::string Site::shared_by() const { return configuration_.readers.empty() ? "" : directory_; }

bool Site::may_change() const { return sys::may_write(path(layout::ledger)); }

std::string Site::scratch() const {
  if (directory_.empty()) return std::string(reader_scratch);
  std::string own = path(layout::held);
  return sys::may_write(own) ? own : std::string(reader_scratch);
}

Result<Identity> Site::signing_identity() const {
  AIRLOCK_TRY(auto certificate, this->certificate("site"));
  AIRLOCK_TRY(auto key, keeper::signing_key(path(layout::signing_key), signing_key_name, certificate.key()));
  return Identity{std::move(key), std::move(certificate)};
}

Result<keeper::KeyFile> Site::signing_key_file() const { return keeper::read_key_file(path(layout::signing_key)); }

Result<Identity> Site::archive_identity() const {
  const std::string file = path("keys/archive.key");
  AIRLOCK_TRY(auto key, read_shared_key(file, shared_by()));
  AIRLOCK_TRY(auto certificate, archive_certificate());
  if (certificate.key().sha256() != key.public_key().sha256()) {
    return fail(Code::integrity, quote(file) + ": does not belong to the certificate beside it");
  }
  return Identity{std::move(key), std::move(certificate)};
}
Result<crypto::Certificate> Site::archive_certificate() const { return certificate("archive"); }
Result<crypto::Certificate> Site::signing_certificate() const { return certificate("site"); }

Result<crypto::PrivateKey> Site::ledger_key() const {
  const std::string file = path(layout::ledger_key);
  AIRLOCK_TRY(auto key, read_signing_key(file));
  if (key.kind() != crypto::KeyKind::ed25519) return fail(Code::bad_input, quote(file) + ": is not an Ed25519 key");
  return key;
}

Result<crypto::NoteVerifier> Site::ledger_verifier() const {
  if (!sys::may_read(path(layout::ledger_key))) return published_ledger_verifier();
  AIRLOCK_TRY(const auto key, ledger_key());
  return ledger_verifier(key);
}

Result<crypto::NoteVerifier> Site::published_ledger_verifier() const {
  return read_ledger_public_key(path(layout::ledger_public_key));
}

crypto::NoteVerifier Site::ledger_verifier(const crypto::PrivateKey& ledger_key) const {
  return {"airlock/" + configuration_.site_id, ledger_key.public_key()};
}

Result<crypto::Secret> Site::pseudonym_key() const {
  if (own_pseudonym_key_) return crypto::Secret(std::string(own_pseudonym_key_->view()));
  return read_pseudonym_key(path("keys/pseudonym.key"), shared_by());
}

Result<std::vector<crypto::Certificate>> Site::vendor_roots() const {
  const std::string folder = path(layout::vendor_trust);
  AIRLOCK_TRY(const auto names, sys::list_directory(folder));
  std::vector<crypto::Certificate> roots;
  for (const std::string& name : names) {
    if (!name.ends_with(".crt")) continue;
    AIRLOCK_TRY(auto root, read_certificate(folder + "/" + name));
    roots.push_back(std::move(root));
  }
  if (roots.empty()) {
    return fail(Code::bad_input, quote(folder) + ": has no certificate (`*.crt`), so nothing can be trusted",
                "put the vendor's root certificate back");
  }
  return roots;
}

Result<std::string> Site::receiver_authorities(const published::Destination& destination) const {
  if (!destination.ca_file.empty()) return sys::read_file(path_of(destination.ca_file), delivery_pem_limit);
  const std::string folder = path(layout::delivery_trust);
  AIRLOCK_TRY(const auto names, sys::list_directory(folder));
  std::string out;
  for (const std::string& name : names) {
    if (!name.ends_with(".crt")) continue;
    AIRLOCK_TRY(const std::string pem, sys::read_file(folder + "/" + name, delivery_pem_limit));
    out += pem + "\n";
  }
  return out;
}

Result<crypto::TrustStore> Site::vendor_trust(crypto::Role role) const {
  AIRLOCK_TRY(const auto roots, vendor_roots());
  return crypto::TrustStore(role, published::roots_for(role, roots));
}

}  // namespace airlock::site
