#include "gate/inputs.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "gate/ceiling.hpp"
#include "gate/public_part.hpp"
#include "public/judge.hpp"

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
  return kit_named_by(*entry);
}

Result<KitInForce> kit_named_by(const ledger::Entry& entry) {
  AIRLOCK_TRY(const Json json, ledger::body_of(entry));
  const auto number = json.find("number");
  const auto digest = json.find("content_sha256");
  if (number == json.end() || !number->is_number_unsigned() || digest == json.end() || !digest->is_string()) {
    return fail(Code::integrity, ledger::title(entry) + " does not name a kit", "run `airlock ledger verify`");
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

site::KnownKit known_kit(const site::Site& site, const std::optional<KitInForce>& in_force) {
  site::KnownKit out = in_force.value_or(site::KnownKit{});
  if (const auto shown = read_public(site)) site::add_known(out, shown->kit);
  return out;
}

Result<licence::SeenLicences> seen_licences(const ledger::Ledger& ledger) {
  licence::SeenLicences out;
  const auto read = [&](const ledger::Entry& entry) -> Result<bool> {
    AIRLOCK_TRY(const Json json, ledger::body_of(entry));
    core::Members in(json, ledger::title(entry), "");
    if (in.has("seen")) {
      out.add(licence::SeenLicences::from(in, "seen"));
      if (!in.ok())
        return fail(Code::integrity, ledger::title(entry) + " does not say which licences were seen",
                    "run `airlock ledger verify`");
      return true;
    }
    if (licence::counts_as_seen(json.value("state", ""))) out.add_of_unknown(json.value("sequence", std::int64_t{0}));
    return false;
  };
  AIRLOCK_TRY(const auto newest, ledger.newest(ledger::Kind::licence));
  if (!newest) return out;
  AIRLOCK_TRY(const bool whole, read(*newest));
  if (whole) return out;
  AIRLOCK_TRY(const auto entries, ledger.entries_of_kind(ledger::Kind::licence));
  for (const ledger::Entry& entry : entries) AIRLOCK_CHECK(read(entry));
  return out;
}

Result<site::Revocations> revocations(const site::Site& site, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto in_force, kit_in_force(ledger));
  const site::KnownKit known = known_kit(site, in_force);
  AIRLOCK_TRY(const auto roots, site.vendor_roots());
  const std::string path = site.path(site::layout::kit);
  AIRLOCK_TRY(const auto file, site::read_if_there(path, site::kit_bytes_limit));
  return site::revocations_in(file, quote(path),
                              {.roots = roots, .product = site.configuration().product, .known = known});
}

Result<LicenceTerms> licence_terms(const site::Site& site, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(auto trust, site.vendor_trust(crypto::Role::licence));
  AIRLOCK_TRY(const auto newest, ledger.newest_time());
  AIRLOCK_TRY(auto seen, seen_licences(ledger));
  AIRLOCK_TRY(const auto certificate, site.signing_certificate());
  return LicenceTerms{.trust = std::move(trust),
                      .product = site.configuration().product,
                      .site_id = site.configuration().site_id,
                      .key_sha256 = certificate.key().sha256().hex(),
                      .newest = newest,
                      .seen = std::move(seen)};
}

site::JudgedByKit judge_for_site(const site::LicencePair& files, const LicenceTerms& terms,
                                 const site::Revocations& revocations, Time now) {
  return site::judge_by_kit(files,
                            {.trust = terms.trust,
                             .product = terms.product,
                             .site_id = terms.site_id,
                             .key_sha256 = terms.key_sha256,
                             .now = now,
                             .newest_trusted = terms.newest,
                             .seen = terms.seen},
                            revocations);
}

namespace {

LicenceInput input_of(site::LicencePair files, site::JudgedByKit judged) {
  return {.files = std::move(files), .next_in_force = judged.next_in_force, .verdict = std::move(judged.verdict)};
}

}  // namespace

Result<LicenceInput> read_licence_input(const site::Site& site, const ledger::Ledger& ledger, Time now) {
  AIRLOCK_TRY(const LicenceTerms terms, licence_terms(site, ledger));
  AIRLOCK_TRY(auto files, site::read_licences(site.directory()));
  AIRLOCK_TRY(const auto revoked, revocations(site, ledger));
  auto judged = judge_for_site(files, terms, revoked, now);
  return input_of(std::move(files), std::move(judged));
}

Result<void> use_kit(Inputs& inputs, site::Kit kit, const ledger::Ledger& ledger) {
  const site::Revocations revocations{.kit = kit, .unknown = {}};
  AIRLOCK_TRY(const LicenceTerms terms, licence_terms(inputs.site, ledger));
  auto judged = judge_for_site(inputs.licence.files, terms, revocations, inputs.now);
  inputs.licence = input_of(std::move(inputs.licence.files), std::move(judged));
  inputs.kit = std::move(kit);
  return {};
}

namespace {

/// One reading of all of them; whether the licence is `invalid` because of the kit alone.
struct Reading {
  Inputs inputs;
  bool by_kit = false;
};

Result<Reading> read_once(const std::string& directory, const ledger::Ledger& ledger, Time now) {
  AIRLOCK_TRY(auto site, site::Site::open(directory));
  AIRLOCK_TRY(auto machine, site::read_machine());
  // What is known first: whoever puts a kit or a licence into its place lets it be known before, or behind.
  AIRLOCK_TRY(const LicenceTerms licence_terms, gate::licence_terms(site, ledger));
  AIRLOCK_TRY(const auto in_force, kit_in_force(ledger));
  const site::KnownKit known = known_kit(site, in_force);
  AIRLOCK_TRY(const auto licence_entry, ledger.newest(ledger::Kind::licence));
  AIRLOCK_TRY(auto licences, site::read_licences(directory));
  AIRLOCK_TRY(const auto kit_file, site::read_if_there(site.path(site::layout::kit), site::kit_bytes_limit));

  crypto::Sha256 sha256;
  add(sha256, site.configuration_text());
  add(sha256, machine.text);
  add(sha256, kit_file.value_or(""));
  add(sha256, licences.present.bytes.value_or(""));
  add(sha256, licences.next.bytes.value_or(""));
  add(sha256, in_force ? std::to_string(in_force->number) + " " + in_force->content_sha256 : "");
  add(sha256, std::to_string(known.number) + " " + known.content_sha256);

  auto kit = load_kit(site, kit_file, in_force);
  if (!kit && kit.error().code == Code::not_recorded) return fail(std::move(kit).error());
  std::optional<site::Kit> sound;
  core::Error problem;
  if (kit) {
    sound = std::move(*kit);
  } else {
    problem = std::move(kit).error();
  }
  AIRLOCK_TRY(const auto roots, site.vendor_roots());
  const site::KitTerms terms{.roots = roots, .product = site.configuration().product, .known = known};
  const std::string kit_name = quote(site.path(site::layout::kit));
  const auto revocations =
      sound ? site::revocations_of(*sound, kit_name, terms) : site::revocations_in(kit_file, kit_name, terms);
  auto judged = judge_for_site(licences, licence_terms, revocations, now);
  const bool by_kit = judged.by_kit;
  add(sha256, judged.next_in_force ? "the next licence has taken over" : "");
  Inputs out{.site = std::move(site),
             .machine = std::move(machine),
             .kit = std::move(sound),
             .no_kit = std::move(problem),
             .licence = input_of(std::move(licences), std::move(judged)),
             .now = now,
             .fingerprint = sha256.finish(),
             .seen_licence = licence_entry.has_value(),
             .ceiling = {},
             .ceiling_moved = false,
             .hold = {}};
  return Reading{std::move(out), by_kit};
}

}  // namespace

Result<Inputs> read_inputs(const std::string& directory, const ledger::Ledger& ledger, Time now) {
  AIRLOCK_TRY(Reading read, read_once(directory, ledger, now));
  if (read.by_kit) {
    AIRLOCK_TRY(read, read_once(directory, ledger, now));  // another process may just have changed the kit
  }
  AIRLOCK_CHECK(read_ceiling(read.inputs, ledger));
  return std::move(read.inputs);
}

policy::DecisionFacts Inputs::facts() const {
  policy::DecisionFacts facts;
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
