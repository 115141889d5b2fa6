#include "office/install_kit.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "gate/ceiling.hpp"
#include "gate/consent.hpp"
#include "gate/entries.hpp"
#include "gate/kit_files.hpp"
#include "gate/public_part.hpp"
#include "gate/read_inputs.hpp"
#include "gate/recorded_ceiling.hpp"
#include "gate/recovery.hpp"
#include "gate/takeover.hpp"
#include "ledger/kind.hpp"
#include "licence/verdict.hpp"
#include "site/machine.hpp"
#include "sys/write_file.hpp"

namespace airlock::office {

namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;

constexpr const char* needs_person_hint =
    "ask the vendor whether this kit is really meant for this site; if it is, `airlock authorise --reason TEXT` shows "
    "it and puts it into force";

/// Whether a kit's number is a step back or a long jump. A step back may bring back a kit that was replaced. A long
/// jump would make all later kits look old. The number is also compared with the one in `public/site.json`, since the
/// ledger may be an older one that was restored.
bool needs_person(std::uint64_t number, const std::optional<gate::KitInForce>& in_force,
                  const published::KnownKit& known) {
  return number < known.number ||
         (in_force && number > in_force->number && number - in_force->number > kit_jump_maximum);
}

Result<void> check_number(const site::Kit& kit, const std::optional<gate::KitInForce>& in_force,
                          const published::KnownKit& known) {
  if (kit.number == known.number && kit.content_sha256.hex() != known.content_sha256) {
    return fail(Code::refused, "another kit with number " + std::to_string(known.number) + " is in force",
                "ask the vendor for a kit with a higher number");
  }
  if (kit.number < known.number) {
    const bool is_in_force = in_force && in_force->number == known.number;
    return fail(Code::refused,
                "kit number " + std::to_string(kit.number) + " is older than number " + std::to_string(known.number) +
                    ", which is " + (is_in_force ? "in force" : "known"),
                needs_person_hint);
  }
  if (needs_person(kit.number, in_force, known)) {
    return fail(Code::refused,
                "kit number " + std::to_string(kit.number) + " is more than " + std::to_string(kit_jump_maximum) +
                    " above number " + std::to_string(in_force->number) + ", which is in force",
                needs_person_hint);
  }
  return {};
}

}  // namespace

// With a kit from tomorrow in force, every licence would be `clock_rollback`, and nobody could disown the vendor's
// time.
Result<void> check_issued(const site::Kit& kit, core::Time now) {
  if (!licence::is_ahead(kit.issued, now)) return {};
  return fail(Code::refused,
              "the kit was issued at " + kit.issued.text() + ", and this machine's clock says " + now.text(),
              "set this machine's clock; if it is right, ask the vendor for a kit issued with the right time");
}

Result<void> adopt_product(const site::Site& site, const std::string& product) {
  if (!site.configuration().product.empty()) return {};
  const std::string path = site.path(site::layout::configuration);
  AIRLOCK_TRY(const std::string text, site::with_product(site.configuration_text(), path, product));
  return sys::replace_file(path, text, site.file_permissions(), site.world());
}

Result<void> show_publicly(const gate::Session& session) {
  AIRLOCK_TRY(const auto fresh, session.site().read_again());
  return gate::refresh_public(fresh, session.ledger(), licence::LicenceVerdict{}, session.now());
}

Result<KitEffect> put_kit(gate::Session& session, site::Kit kit, std::string_view file) {
  const site::Site& site = session.site();
  const ledger::Ledger& ledger = session.ledger();
  AIRLOCK_TRY(const auto in_force, gate::kit_in_force(ledger));
  const published::KnownKit known = gate::known_kit(site, in_force);
  AIRLOCK_CHECK(check_number(kit, in_force, known));
  AIRLOCK_TRY(const auto roots, site.vendor_roots());
  AIRLOCK_CHECK(published::check_lists(kit, known.lists, roots));
  const published::KitHeader header = kit.header();
  Json members = gate::kit_members(kit);
  AIRLOCK_TRY(gate::Inputs inputs, gate::read_inputs(session));
  AIRLOCK_TRY(auto declared, gate::declared_so_far(ledger, inputs.kit));
  AIRLOCK_CHECK(gate::use_kit(inputs, std::move(kit), ledger));
  const bool is_new = !in_force || in_force->number != header.number;
  std::vector<std::string> admitted;
  if (is_new) {
    AIRLOCK_TRY(const gate::Consents consents, gate::consents_in_force(ledger));
    AIRLOCK_TRY(admitted, gate::install_into_ceiling(
                              inputs, declared ? policy::Consent{consents.to, *declared} : policy::Consent{}));
    if (!admitted.empty()) members["by_consent"] = {{"entry", consents.entry}, {"paths", admitted}};
    AIRLOCK_CHECK(gate::add_ceiling(members, inputs));
  }
  AIRLOCK_TRY(KitEffect effect, effect_of(inputs, std::move(admitted), declared));
  if (is_new) {
    gate::add_declared(members, std::move(declared), *inputs.kit);
    AIRLOCK_CHECK(
        sys::replace_file(site.path(site::layout::proposed_kit), file, site.file_permissions(), site.world()));
    AIRLOCK_CHECK(session.append(ledger::Kind::kit, "", members));
  }
  AIRLOCK_CHECK(gate::put_kit_files(site, header, file));
  AIRLOCK_CHECK(show_publicly(session));
  return effect;
}

Result<std::vector<gate::OwnRedaction>> idle_redactions(const site::Site& site, const site::Kit& kit) {
  AIRLOCK_TRY(const auto machine, site::read_machine());
  std::vector<gate::OwnRedaction> out = gate::own_redactions(site.configuration(), machine, &kit);
  std::erase_if(out, [](const gate::OwnRedaction& own) { return own.problem.empty(); });
  return out;
}

Result<std::optional<ProposedKit>> proposed_kit(const site::Site& site, const ledger::Ledger& ledger) {
  std::string path = site.path(site::layout::proposed_kit);
  AIRLOCK_TRY(auto file, gate::read_proposed(site));
  AIRLOCK_TRY(const auto in_force, gate::kit_in_force(ledger));
  const published::KnownKit known = gate::known_kit(site, in_force);
  if (!file && in_force && in_force->number < known.number) {
    // Ledger and kit come from a backup that is older than `public/site.json`.
    path = site.path(site::layout::kit);
    AIRLOCK_TRY(file, published::read_if_there(path, published::kit_bytes_limit));
  }
  if (!file) return std::nullopt;
  auto kit = gate::verify_kit_for(site, *file);
  if (!kit) return fail(std::move(kit.error()).within(quote(path)));
  if (!needs_person(kit->number, in_force, known)) return std::nullopt;
  AIRLOCK_TRY(const auto roots, site.vendor_roots());
  AIRLOCK_CHECK(published::check_lists(*kit, known.lists, roots));
  if (auto issued = check_issued(*kit, site.world().now()); !issued) {
    issued.error().hint += "; if you remove this file, everything else can be authorised";
    return fail(std::move(issued.error()).within(quote(path)));
  }
  return ProposedKit{known.number, std::move(*kit), std::move(*file)};
}

Result<InstalledKit> install_kit(const std::string& directory, std::string_view file, const sys::World& world) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory, world));
  AIRLOCK_TRY(site::Kit kit, gate::verify_kit_for(site, file));
  const std::uint64_t number = kit.number;
  const policy::Approvals asked_by_kit = kit.asked_approvals;
  AIRLOCK_TRY(auto session, gate::begin_session(site, gate::Patience::person, gate::Unfinished::is_finished));
  const ledger::Ledger& ledger = session.ledger();
  AIRLOCK_CHECK(gate::settle_licences(session));
  AIRLOCK_TRY(const auto in_force, gate::kit_in_force(ledger));
  // The kit in force may be installed again whatever the clock says: the clock guard goes by its time already.
  if (!in_force || in_force->number != number) AIRLOCK_CHECK(check_issued(kit, session.now()));
  const published::KnownKit known = gate::known_kit(site, in_force);
  if (needs_person(number, in_force, known)) {
    AIRLOCK_TRY(const auto roots, site.vendor_roots());
    AIRLOCK_CHECK(published::check_lists(kit, known.lists, roots));
    AIRLOCK_CHECK(
        sys::replace_file(site.path(site::layout::proposed_kit), file, site.file_permissions(), site.world()));
  }
  AIRLOCK_CHECK(adopt_product(site, kit.product));
  AIRLOCK_TRY(auto idle, idle_redactions(site, kit));
  AIRLOCK_TRY(auto effect, put_kit(session, std::move(kit), file));
  AIRLOCK_TRY(const auto machine, site::read_machine());
  const auto own = policy::most_demanding(site.configuration().approvals, machine.approvals);
  return InstalledKit{number, std::move(idle), policy::most_demanding(own, asked_by_kit), std::move(effect)};
}

}  // namespace airlock::office
