#include "gate/read_inputs.hpp"

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "gate/ceiling.hpp"
#include "gate/public_part.hpp"
#include "ledger/kind.hpp"
#include "public/judge.hpp"

namespace airlock::gate {

namespace {

using core::Code;
using core::fail;
using core::quote;

/// Adds a part to a digest, with its length in front, so that two different lists of parts never give the same bytes.
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
    return fail(Code::refused,
                quote(path) + ": is not the kit that is in force, number " + std::to_string(in_force->number),
                "install the kit with `airlock kit install FILE`, which records it");
  }
  if (kit->product != site.configuration().product) {
    return fail(Code::refused,
                quote(path) + ": is for product " + quote(kit->product) + ", this site for " +
                    quote(site.configuration().product),
                "ask the vendor for a kit for this site's product");
  }
  return kit;
}

/// The inputs as read once, and whether the licence is `invalid` only because of the kit.
struct Reading {
  Inputs inputs;
  bool by_kit = false;
};

Result<Reading> read_once(const site::Site& opened, const ledger::Ledger& ledger, Time now) {
  AIRLOCK_TRY(auto site, opened.read_again());
  AIRLOCK_TRY(auto machine, site::read_machine());
  // What is known first: whoever puts a kit or a licence into its place lets it be known before, or behind.
  AIRLOCK_TRY(const LicenceTerms licence_terms, gate::licence_terms(site, ledger));
  AIRLOCK_TRY(const auto in_force, kit_in_force(ledger));
  const published::KnownKit known = known_kit(site, in_force);
  AIRLOCK_TRY(const auto licence_entry, ledger.newest(ledger::Kind::licence));
  AIRLOCK_TRY(auto licences, published::read_licences(site.directory()));
  AIRLOCK_TRY(const auto kit_file, published::read_if_there(site.path(site::layout::kit), published::kit_bytes_limit));

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
  const published::KitTerms terms{.roots = roots, .product = site.configuration().product, .known = known};
  const std::string kit_name = quote(site.path(site::layout::kit));
  const auto revocations = sound ? published::revocations_of(sound->header(), kit_name, terms)
                                 : published::revocations_in(kit_file, kit_name, terms);
  auto judged = judge_for_site(licences, licence_terms, revocations, now);
  const bool by_kit = judged.by_kit;
  add(sha256, judged.next_in_force ? "the next licence has taken over" : "");
  Inputs out{.site = std::move(site),
             .machine = std::move(machine),
             .kit = std::move(sound),
             .no_kit = std::move(problem),
             .licence = LicenceInput::of(std::move(licences), std::move(judged)),
             .now = now,
             .fingerprint = sha256.finish(),
             .seen_licence = licence_entry.has_value(),
             .ceiling = {},
             .ceiling_moved = false,
             .hold = {}};
  return Reading{std::move(out), by_kit};
}

}  // namespace

Result<Inputs> read_inputs(const site::Site& site, const ledger::Ledger& ledger, Time now) {
  AIRLOCK_TRY(Reading read, read_once(site, ledger, now));
  if (read.by_kit) {
    AIRLOCK_TRY(read, read_once(site, ledger, now));  // another process may just have changed the kit
  }
  AIRLOCK_CHECK(read_ceiling(read.inputs, ledger));
  return std::move(read.inputs);
}

Result<Inputs> read_inputs(const site::Site& site, const ledger::Ledger& ledger) {
  return read_inputs(site, ledger, site.world().now());
}

Result<Inputs> read_inputs(const Session& session) {
  return read_inputs(session.site(), session.ledger(), session.now());
}

}  // namespace airlock::gate
