#include "gate/kit_files.hpp"

#include "core/text.hpp"
#include "crypto/pem.hpp"
#include "gate/inputs.hpp"
#include "gate/open.hpp"
#include "gate/public_part.hpp"
#include "gate/recorded.hpp"
#include "site/history.hpp"
#include "site/vendor_roots.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/read_file.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {

using core::Code;
using core::fail;
using core::quote;

Result<void> check_product(const site::Site& site, const std::string& product, std::string_view what) {
  const std::string& own = site.configuration().product;
  if (own.empty() || own == product) return {};
  return fail(Code::refused, std::string(what) + " is for product " + quote(product) + ", this site for " + quote(own),
              "ask the vendor for one for this site's product");
}

Result<site::Kit> verify_kit_for(const site::Site& site, std::string_view file) {
  AIRLOCK_TRY(const auto trust, site.vendor_trust(crypto::Role::kit));
  AIRLOCK_TRY(const auto ledger, open_to_read(site));
  AIRLOCK_TRY(const auto revoked, revocations(site, ledger));
  AIRLOCK_TRY(auto kit, site::verify_kit(file, trust, revoked.kit.trust.lists));
  AIRLOCK_CHECK(check_product(site, kit.product, "the kit"));
  return kit;
}

Result<std::optional<std::string>> read_proposed(const site::Site& site) {
  const std::string path = site.path(site::layout::proposed_kit);
  AIRLOCK_TRY(const bool there, sys::look_for(path));
  if (!there) return std::nullopt;
  return sys::read_file(path, published::kit_bytes_limit);
}

Result<void> put_kit_files(const site::Site& site, const published::KitHeader& kit, std::string_view file) {
  AIRLOCK_CHECK(site::add_roots(site, kit.trust.successors));
  const auto shown = read_public(site);
  // Applications read `site.json` before the kit, so they never find a kit that is older than `site.json` says.
  if (shown && shown->kit.number > kit.number) AIRLOCK_CHECK(name_kit(site, published::known_from(kit)));
  AIRLOCK_TRY(const std::string canonical, crypto::canonical_pem(crypto::cms_label, file));
  AIRLOCK_TRY(const auto before, published::read_if_there(site.path(site::layout::kit), published::kit_bytes_limit));
  if (before && *before != canonical) {
    AIRLOCK_CHECK(site::keep_in_history(site, "kit", std::to_string(shown ? shown->kit.number : 0), *before));
  }
  AIRLOCK_CHECK(sys::replace_file(site.path(site::layout::kit), canonical, sys::public_file, site.world()));
  AIRLOCK_CHECK(name_kit(site, published::known_from(kit)));
  return sys::remove_file(site.path(site::layout::proposed_kit), site.world());
}

Result<void> finish_authorised_kit(const Session& session) {
  const site::Site& site = session.site();
  AIRLOCK_TRY(const auto file, read_proposed(site));
  if (!file) return {};
  const auto kit = verify_kit_for(site, *file);
  // A fault in a kit that waits for a person is reported to that person, not here.
  if (!kit) return kit.error().code == Code::not_recorded ? Result<void>(fail(kit.error())) : Result<void>();
  AIRLOCK_TRY(const auto in_force, kit_in_force(session.ledger()));
  if (!in_force || in_force->number != kit->number || in_force->content_sha256 != kit->content_sha256.hex()) return {};
  return put_kit_files(site, *kit, *file);
}

}  // namespace airlock::gate
