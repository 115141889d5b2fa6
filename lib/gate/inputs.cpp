#include "gate/inputs.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "gate/ceiling.hpp"
#include "site/verdict.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;

/// Adds a part to a digest such that parts cannot run into one another.
void add(crypto::Sha256& sha256, std::string_view part) {
  sha256.update(core::big_endian_64(part.size()));
  sha256.update(part);
}

Result<site::Kit> load_kit(const site::Site& site, const std::optional<std::string>& file,
                           const std::optional<KitInForce>& in_force) {
  const std::string path = site.path(site::layout::kit);
  if (!in_force) {
    return fail(Code::refused, "no kit has been installed", "install the vendor's kit with `airlock kit install FILE`");
  }
  if (!file) return fail(Code::refused, quote(path) + ": is missing", "install the vendor's kit again");
  AIRLOCK_TRY(const auto trust, site.vendor_trust(crypto::Role::kit));
  auto kit = site::verify_kit(*file, trust);
  if (!kit) return fail(std::move(kit.error()).within(quote(path)));
  if (kit->number != in_force->number || kit->content_sha256.hex() != in_force->content_sha256) {
    return fail(Code::refused, quote(path) + ": is not the kit in force, number " + std::to_string(in_force->number),
                "install the kit with `airlock kit install FILE`, which records it");
  }
  if (kit->product != site.configuration().product) {
    return fail(Code::refused,
                quote(path) + ": is for product " + quote(kit->product) + ", this site for " +
                    quote(site.configuration().product),
                "ask the vendor for the kit of this site's product");
  }
  return kit;
}

}  // namespace

Result<std::optional<KitInForce>> kit_in_force(const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto entry, ledger.newest(ledger::Kind::kit));
  if (!entry) return std::nullopt;
  AIRLOCK_TRY(const Json json, ledger::body_of(*entry));
  const auto number = json.find("number");
  const auto digest = json.find("content_sha256");
  if (number == json.end() || !number->is_number_unsigned() || digest == json.end() || !digest->is_string()) {
    return fail(Code::integrity, ledger::title(*entry) + " does not name a kit",
                "run `airlock ledger verify`");
  }
  KitInForce out{number->get<std::uint64_t>(), digest->get<std::string>(), {}};
  if (const auto lists = json.find("revocation_lists"); lists != json.end()) {
    for (const Json& list : *lists) {
      out.lists.push_back(
          {list.value("issuer_key_sha256", ""), list.value("number", std::uint64_t{0}), list.value("sha256", "")});
    }
  }
  return out;
}

bool counts_as_seen(std::string_view state) {
  using core::LicenceState;
  return state != core::name(LicenceState::wrong_product) && state != core::name(LicenceState::wrong_site) &&
         state != core::name(LicenceState::revoked);
}

Result<std::int64_t> newest_sequence(const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto entries, ledger.entries_of_kind(ledger::Kind::licence));
  std::int64_t newest = 0;
  for (const ledger::Entry& entry : entries) {
    AIRLOCK_TRY(const Json json, ledger::body_of(entry));
    if (!counts_as_seen(json.value("state", ""))) continue;
    newest = std::max(newest, json.value("sequence", std::int64_t{0}));
  }
  return newest;
}

Result<std::optional<site::KitHeader>> header_in_force(const site::Site& site, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto in_force, kit_in_force(ledger));
  AIRLOCK_TRY(const auto file, site::read_if_there(site.path(site::layout::kit), site::kit_bytes_limit));
  AIRLOCK_TRY(const auto trust, site.vendor_trust(crypto::Role::kit));
  if (!in_force || !file) return std::nullopt;
  auto kit = site::verify_kit_header(*file, trust);
  if (!kit || kit->number != in_force->number) return std::nullopt;
  return std::move(*kit);
}

Result<licence::Verdict> judge_for_site(const std::optional<std::string>& file, std::string_view name,
                                        const site::Site& site, const ledger::Ledger& ledger,
                                        const site::KitHeader* kit, Time now) {
  AIRLOCK_TRY(const auto trust, site.vendor_trust(crypto::Role::licence));
  AIRLOCK_TRY(auto newest, ledger.newest_time());
  if (kit != nullptr) newest = std::max(newest, std::optional(kit->issued));  // nothing is less than any time
  AIRLOCK_TRY(const std::int64_t sequence, newest_sequence(ledger));
  const site::KitHeader none;
  const site::KitHeader& revocations = kit == nullptr ? none : *kit;
  AIRLOCK_TRY(const auto certificate, site.signing_certificate());
  return licence::judge(file, name,
                        {.trust = trust,
                         .product = site.configuration().product,
                         .site_id = site.configuration().site_id,
                         .key_sha256 = certificate.key().sha256().hex(),
                         .now = now,
                         .newest_trusted = newest,
                         .newest_sequence = sequence,
                         .revoked_licences = revocations.revoked_licences,
                         .revocations = revocations.trust.lists});
}

Result<Inputs> read_inputs(const std::string& directory, const ledger::Ledger& ledger, Time now) {
  AIRLOCK_TRY(auto site, site::Site::open(directory));
  AIRLOCK_TRY(auto machine, site::read_machine());
  AIRLOCK_TRY(const auto kit_file, site::read_if_there(site.path(site::layout::kit), site::kit_bytes_limit));
  AIRLOCK_TRY(auto licence_file, site::read_if_there(site.path(site::layout::licence), licence::licence_bytes_limit));
  AIRLOCK_TRY(const auto in_force, kit_in_force(ledger));
  AIRLOCK_TRY(const auto licence_entry, ledger.newest(ledger::Kind::licence));

  crypto::Sha256 sha256;
  add(sha256, site.configuration_text());
  add(sha256, machine.text);
  add(sha256, kit_file.value_or(""));
  add(sha256, licence_file.value_or(""));
  add(sha256, in_force ? std::to_string(in_force->number) + " " + in_force->content_sha256 : "");

  auto kit = load_kit(site, kit_file, in_force);
  if (!kit && kit.error().code == Code::not_recorded) return fail(std::move(kit).error());
  std::optional<site::Kit> sound;
  core::Error problem;
  if (kit) {
    sound = std::move(*kit);
  } else {
    problem = std::move(kit).error();
  }
  AIRLOCK_TRY(auto verdict, judge_for_site(licence_file, site.path(site::layout::licence), site, ledger,
                                           sound ? &*sound : nullptr, now));
  Inputs out{.site = std::move(site),
                .machine = std::move(machine),
                .kit = std::move(sound),
                .no_kit = std::move(problem),
                .licence = {std::move(licence_file), std::move(verdict)},
                .now = now,
                .fingerprint = sha256.finish(),
                .seen_licence = licence_entry.has_value(),
                .ceiling = {},
                .ceiling_moved = false,
                .hold = {}};
  AIRLOCK_CHECK(read_ceiling(out, ledger));
  return out;
}

policy::Facts Inputs::facts() const {
  policy::Facts facts;
  facts.licence = licence.verdict.state;
  if (licence.verdict.licence) {
    facts.tier = licence.verdict.licence->tier;
    facts.entitlements = licence.verdict.licence->entitlements;
  } else if (facts.licence == core::LicenceState::missing && site.configuration().declared_without_licence &&
             !seen_licence) {
    facts.tier = std::string(policy::unlicensed_tier);
  }
  if (kit && kit->is_stale(now)) facts.kit = policy::KitAge::stale;
  facts.redacts_also = !site.configuration().redact_also.empty() || !machine.redact_also.empty();
  if (site.configuration().floor) facts.floors.push_back({"airlock.json", *site.configuration().floor});
  if (machine.floor) facts.floors.push_back({std::string(site::machine_path), *machine.floor});
  return facts;
}

const std::vector<site::Destination>& Inputs::destinations() const {
  const auto& own = site.configuration().destinations;
  return own.empty() && kit ? kit->destinations : own;
}

std::vector<redaction::Redaction> Inputs::redact_also() const {
  std::vector<redaction::Redaction> out = site.configuration().redact_also;
  out.insert(out.end(), machine.redact_also.begin(), machine.redact_also.end());
  return out;
}

}  // namespace airlock::gate
