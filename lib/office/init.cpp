#include "office/init.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "gate/recovery.hpp"
#include "gate/settle.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/merkle.hpp"
#include "office/install_kit.hpp"
#include "office/install_licence.hpp"
#include "site/readers.hpp"
#include "sys/new_directory.hpp"
#include "sys/person.hpp"
#include "sys/world.hpp"
#include "sys/write_file.hpp"

namespace airlock::office {
namespace {

using core::Code;
using core::fail;
using core::Json;

Result<Initialised> fill_site(const InitOptions& options, const site::NewSite& content, const sys::World& world) {
  AIRLOCK_TRY(const auto created, site::create_site(options.directory, content, world));
  const Json members{{"site_id", content.site_id},
                     {"key_sha256", created.key_sha256.hex()},
                     {"vendor_root_sha256", content.vendor_root.fingerprint().hex()},
                     {"request_sha256", created.request_fingerprint.hex()}};
  AIRLOCK_TRY(const ledger::TreeHead head, gate::make_ledger(options.directory, members, content.now, world));
  AIRLOCK_TRY(const std::string anchor, ledger::sign_checkpoint(head, content.site_id, created.ledger_key));
  AIRLOCK_CHECK(sys::create_file(options.directory + "/" + std::string(site::layout::rollback_anchor), anchor,
                                 sys::private_file, world));
  AIRLOCK_TRY(const gate::Writable files, gate::writable(options.directory));
  AIRLOCK_CHECK(sys::ensure_file(files.journal, files.ledger, sys::private_file, world));
  AIRLOCK_CHECK(site::finish_site(options.directory, content, world));
  AIRLOCK_TRY(const auto site, site::Site::open(options.directory, world));
  AIRLOCK_CHECK(site::settle_readers(site));
  return Initialised{.site_id = content.site_id,
                     .product = content.product,
                     .request_fingerprint = created.request_fingerprint,
                     .request_path = options.directory + "/" + std::string(site::layout::request),
                     .vendor_root_fingerprint = content.vendor_root.fingerprint(),
                     .kit_number = 0,
                     .licence = {}};
}

}  // namespace

Result<Initialised> init(const InitOptions& options, const sys::World& world) {
  AIRLOCK_TRY(auto root, crypto::Certificate::from_pem(options.vendor_root));
  if (!root.is_ca() || !root.is_self_signed()) {
    return fail(Code::bad_input, "the vendor root is not a self-signed CA certificate",
                "ask the vendor for its root certificate, `vendor-root.crt`");
  }
  if (!options.readers.empty()) AIRLOCK_CHECK(sys::group_id(options.readers));
  const core::Time now = world.now();
  site::NewSite content{.site_id = options.site_id.empty() ? sys::random_uuid(world) : core::to_lower(options.site_id),
                        .name = options.name,
                        .product = "",
                        .readers = options.readers,
                        .vendor_root = root,
                        .now = now};
  // Kit and licence are judged before the first file is made.
  std::optional<site::Kit> kit;
  if (options.kit) {
    AIRLOCK_TRY(kit, site::verify_kit(*options.kit, crypto::TrustStore(crypto::Role::kit, {root})));
    AIRLOCK_CHECK(check_issued(*kit, now));
    content.product = kit->product;
  }
  std::optional<licence::LicenceVerdict> verdict;
  if (options.licence) {
    const crypto::TrustStore trust(crypto::Role::licence, {root});
    const published::KitHeader none;
    const published::KitHeader& revocations = kit ? *kit : none;
    verdict = licence::judge(options.licence, options.licence_name,
                             {.trust = trust,
                              .product = content.product,
                              .site_id = content.site_id,
                              .key_sha256 = std::nullopt,
                              .now = now,
                              .newest_trusted = kit ? std::optional(kit->issued) : std::nullopt,
                              .newest_sequence = 0,
                              .revoked_licences = revocations.revoked_licences,
                              .revocations = revocations.trust.lists});
    AIRLOCK_CHECK(may_install(*verdict));
    if (!verdict->licence->any_site) {
      return fail(Code::refused, "the licence is bound to a site's key, and this site has none yet",
                  "make the site, give the vendor its site request, then install the licence");
    }
    content.product = verdict->licence->product;
  }

  // If anything fails from here on, the destructor of `directory` removes the whole site.
  AIRLOCK_TRY(sys::NewDirectory directory, site::begin_site(options.directory));
  AIRLOCK_TRY(Initialised out, fill_site(options, content, world));
  AIRLOCK_CHECK(directory.finish());
  AIRLOCK_TRY(auto session,
              gate::begin_session(options.directory, gate::Patience::person, gate::Unfinished::is_left, world));
  if (kit) {
    out.kit_number = kit->number;
    AIRLOCK_CHECK(put_kit(session, std::move(*kit), *options.kit));
  }
  if (verdict) {
    AIRLOCK_CHECK(put_licence(session, *verdict, *options.licence));
    out.licence = std::move(verdict);
  }
  directory.keep();
  return out;
}

}  // namespace airlock::office
