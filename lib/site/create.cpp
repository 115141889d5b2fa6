#include "core/text.hpp"
#include "public/public_site.hpp"
#include "site/key_files.hpp"
#include "site/request.hpp"
#include "site/site.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/write_file.hpp"

namespace airlock::site {
namespace {

using core::Code;
using core::fail;
using core::quote;

/// Makes a key with its certificate, `KEY.key` and `KEY.crt`.
Result<Identity> make_identity(const std::string& folder, KeyName name, const NewSite& content,
                               const sys::World& world) {
  AIRLOCK_TRY(auto key, crypto::PrivateKey::generate(crypto::KeyKind::p256));
  AIRLOCK_TRY(auto certificate, certify(name, key, content.site_id, content.now));
  const std::string base = folder + "/" + std::string(site::name(name));
  AIRLOCK_CHECK(sys::create_file(base + ".key", key.pem().view(), sys::private_file, world));
  AIRLOCK_CHECK(sys::create_file(base + ".crt", certificate.pem(), sys::public_file, world));
  return Identity{std::move(key), std::move(certificate)};
}

}  // namespace

Result<sys::NewDirectory> begin_site(const std::string& directory) {
  if (sys::exists(directory + "/" + std::string(layout::configuration))) {
    return fail(Code::refused, quote(directory) + ": already has a site",
                "choose another directory: `init` never overwrites a site's keys and ledger. If an earlier `airlock "
                "init` was cut short here, `airlock status` says what is missing, and `airlock kit install` and "
                "`airlock licence install` complete it");
  }
  return sys::NewDirectory::begin(directory, layout::site_permissions, sys::NewDirectory::FileSystem::checked);
}

Result<CreatedSite> create_site(const std::string& directory, const NewSite& content, const sys::World& world) {
  const auto path = [&](std::string_view name) { return directory + "/" + std::string(name); };
  for (const auto& folder : layout::folders) {
    AIRLOCK_CHECK(sys::make_directory(path(folder.name), folder.permissions, world));
  }

  for (const auto lock : {layout::lock, layout::inbox_lock}) {
    AIRLOCK_CHECK(sys::create_file(path(lock), "", sys::private_file, world));
  }

  const std::string keys = path(layout::keys);
  AIRLOCK_TRY(const Identity signing, make_identity(keys, KeyName::site, content, world));
  AIRLOCK_TRY(const Identity archive, make_identity(keys, KeyName::archive, content, world));
  AIRLOCK_TRY(auto ledger_key, crypto::PrivateKey::generate(crypto::KeyKind::ed25519));
  AIRLOCK_CHECK(sys::create_file(path(layout::ledger_key), ledger_key.pem().view(), sys::private_file, world));
  const crypto::NoteVerifier verifier("airlock/" + content.site_id, ledger_key.public_key());
  AIRLOCK_CHECK(sys::create_file(path(layout::ledger_public_key), verifier.text() + "\n", sys::public_file, world));
  AIRLOCK_CHECK(sys::create_file(keys + "/pseudonym.key", new_pseudonym_key().view(), sys::private_file, world));

  const std::string root = content.vendor_root.pem();
  AIRLOCK_CHECK(sys::create_file(path(layout::vendor_trust) + "/vendor-root.crt", root, sys::private_file, world));
  AIRLOCK_CHECK(sys::create_file(path(layout::vendor_root), root, sys::public_file, world));
  const core::Digest key_sha256 = signing.certificate.key().sha256();
  const published::PublicSite public_site{.site_id = content.site_id,
                                          .product = content.product,
                                          .key_sha256 = key_sha256.hex(),
                                          .licence_sequence = 0,
                                          .newest_time = content.now,
                                          .seen = {},
                                          .kit = {}};
  AIRLOCK_CHECK(sys::create_file(path(layout::public_site), to_document(public_site), sys::public_file, world));

  const SiteRequest request{.site_id = content.site_id,
                            .name = content.name,
                            .product = content.product,
                            .created = content.now,
                            .site_certificate = signing.certificate,
                            .archive_certificate = archive.certificate,
                            .ledger_key = verifier,
                            .successions = {},
                            .fingerprint = {}};
  AIRLOCK_TRY(const WrittenRequest written, write_request(request, signing.signer(content.now)));
  AIRLOCK_CHECK(sys::create_file(path(layout::request), written.file, sys::public_file, world));
  return CreatedSite{written.fingerprint, key_sha256, std::move(ledger_key)};
}

Result<void> finish_site(const std::string& directory, const NewSite& content, const sys::World& world) {
  return sys::create_file(directory + "/" + std::string(layout::configuration),
                          new_configuration(content.site_id, content.product, content.name, content.readers),
                          sys::private_file, world);
}

}  // namespace airlock::site
