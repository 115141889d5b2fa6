#include "gate/public_part.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "gate/recorded.hpp"
#include "ledger/kind.hpp"
#include "licence/seen.hpp"
#include "public/public_site.hpp"
#include "sys/read_file.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {
namespace {

using core::Json;
using core::Result;
using core::Time;

/// Whether the file is close enough to the wanted content, so that it need not be written.
bool is_current(const published::PublicSite& found, const published::PublicSite& wanted) {
  return found.current && found.kit == wanted.kit && found.seen == wanted.seen && found.site_id == wanted.site_id &&
         found.product == wanted.product && found.key_sha256 == wanted.key_sha256 &&
         found.licence_sequence == wanted.licence_sequence && found.newest_time <= wanted.newest_time &&
         wanted.newest_time - found.newest_time < public_time_lag;
}

Result<void> write(const site::Site& site, const published::PublicSite& content) {
  return sys::replace_file(site.path(site::layout::public_site), published::to_document(content), sys::public_file,
                           site.world());
}

}  // namespace

std::optional<published::PublicSite> read_public(const site::Site& site) {
  const std::string path = site.path(site::layout::public_site);
  const auto text = sys::read_file(path, published::public_site_bytes_limit);
  if (!text) return std::nullopt;
  auto found = published::parse_public_site(*text, path);
  if (!found) return std::nullopt;
  return std::move(*found);
}

published::KnownKit known_kit(const site::Site& site, const std::optional<KitInForce>& in_force) {
  published::KnownKit out = in_force.value_or(published::KnownKit{});
  if (const auto shown = read_public(site)) published::add_known(out, shown->kit);
  return out;
}

Result<void> name_kit(const site::Site& site, const published::KnownKit& kit) {
  auto found = read_public(site);
  if (!found) return {};
  published::PublicSite wanted = *found;
  wanted.kit = kit;
  published::add_lists(wanted.kit, found->kit);
  if (found->current && found->kit == wanted.kit) return {};
  return write(site, wanted);
}

Result<void> name_licences(const site::Site& site, const licence::SeenLicences& by_clock,
                           const licence::SeenLicences& right) {
  auto found = read_public(site);
  if (!found || !found->current) return {};
  licence::SeenLicences seen = found->all_seen().taken_back(by_clock, right);
  if (seen == found->seen) return {};
  found->seen = std::move(seen);
  found->licence_sequence = found->seen.highest();
  return write(site, *found);
}

Result<std::optional<Time>> kit_issued(const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto kit, ledger.newest(ledger::Kind::kit));
  if (!kit) return std::nullopt;
  AIRLOCK_TRY(const Json body, body_of(*kit));
  AIRLOCK_TRY(const Time issued, Time::from_text(body.value("issued", "")));
  return issued;
}

Result<std::optional<Time>> newest_trusted_time(const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto newest, ledger.newest_time());
  AIRLOCK_TRY(const auto issued, kit_issued(ledger));
  return std::max(newest, issued);  // an empty optional is less than any time
}

std::optional<Time> newest_shown(const site::Site& site) {
  const auto found = read_public(site);
  return found ? std::optional(found->newest_time) : std::nullopt;
}

Result<void> refresh_public(const site::Site& site, const ledger::Ledger& ledger,
                            const licence::LicenceVerdict& verdict, Time now) {
  const auto found = read_public(site);
  AIRLOCK_TRY(const auto certificate, site.signing_certificate());
  AIRLOCK_TRY(licence::SeenLicences seen, seen_licences(ledger));
  if (verdict.licence && licence::counts_as_seen(core::name(verdict.state))) seen.add(*verdict.licence);
  if (found) seen.add(found->all_seen());
  AIRLOCK_TRY(const auto in_force, kit_in_force(ledger));
  published::KnownKit kit = known_kit(site, in_force);
  AIRLOCK_TRY(const auto newest, newest_trusted_time(ledger));
  const published::PublicSite wanted{.site_id = site.configuration().site_id,
                                     .product = site.configuration().product,
                                     .key_sha256 = certificate.key().sha256().hex(),
                                     .licence_sequence = seen.highest(),
                                     .newest_time = std::max(newest.value_or(now), now),
                                     .seen = seen,
                                     .kit = std::move(kit)};
  if (found && is_current(*found, wanted)) return {};
  return write(site, wanted);
}

}  // namespace airlock::gate
