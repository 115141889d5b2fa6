#include "office/install_licence.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "crypto/pem.hpp"
#include "gate/ceiling.hpp"
#include "gate/entries.hpp"
#include "gate/read_inputs.hpp"
#include "gate/recorded_ceiling.hpp"
#include "gate/recovery.hpp"
#include "gate/takeover.hpp"
#include "ledger/kind.hpp"
#include "licence/seen.hpp"
#include "office/install_kit.hpp"
#include "site/known_terms.hpp"
#include "sys/names.hpp"
#include "sys/write_file.hpp"

namespace airlock::office {

namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;

/// Writes `file` to the place `layout`. First keeps a copy of the licence that is there now, unless it is the same.
Result<void> replace_licence(const site::Site& site, std::string_view layout, std::string_view file) {
  AIRLOCK_TRY(const auto before, published::read_licence(site.path(layout)));
  if (before.bytes != file) AIRLOCK_CHECK(gate::keep_licence(site, before));
  return sys::replace_file(site.path(layout), file, sys::public_file, site.world());
}

/// Removes a waiting licence that is older than the one now in force: it will never take over. A copy is kept.
Result<void> drop_superseded_next(const gate::Session& session) {
  AIRLOCK_TRY(const gate::LicenceInput input, gate::read_licence_input(session));
  const auto& next = input.verdict.next;
  if (!next || next->state != core::LicenceState::superseded) return {};
  AIRLOCK_CHECK(gate::keep_licence(session.site(), input.files.next));
  return sys::remove_file(input.files.next.name, session.site().world());
}

/// Puts a licence beside the one in force, to take over when it begins. The ceiling changes only then.
Result<void> put_next_licence(gate::Session& session, const licence::Licence& licence, std::string_view file) {
  AIRLOCK_TRY(const std::string canonical, crypto::canonical_pem(crypto::cms_label, file));
  AIRLOCK_TRY(const gate::Inputs inputs, gate::read_inputs(session));
  if (const auto& waiting = inputs.licence.verdict.next; waiting && waiting->licence && waiting->begins()) {
    licence::SeenLicences seen;
    seen.add(*waiting->licence);
    if (licence.sequence < seen.newest_for(licence)) {
      return fail(
          Code::verdict,
          "licence " + quote(licence.serial) + " has sequence " + std::to_string(licence.sequence) + ", and " +
              quote(waiting->licence->serial) + " with sequence " + std::to_string(waiting->licence->sequence) +
              " is already waiting to take over",
          "install the newest licence that the vendor gave you; if this is it, ask the vendor to issue it again");
    }
  }
  AIRLOCK_CHECK(replace_licence(session.site(), site::layout::next_licence, canonical));
  Json members = gate::configuration_members(inputs);
  members["next_licence"] = {{"serial", licence.serial},
                             {"sequence", licence.sequence},
                             {"tier", licence.tier},
                             {"not_before", licence.not_before.text()},
                             {"not_after", licence.not_after.text()}};
  AIRLOCK_CHECK(gate::add_ceiling(members, inputs));
  AIRLOCK_CHECK(session.append(ledger::Kind::configured, "", members));
  return show_publicly(session);
}

}  // namespace

Result<void> may_install(const licence::LicenceVerdict& verdict) {
  switch (verdict.state) {
    case core::LicenceState::valid:
    case core::LicenceState::grace:
    case core::LicenceState::not_yet_valid:
      return {};
    default:
      return fail(verdict.code().value(),
                  "the licence is " + std::string(core::name(verdict.state)) + ": " + verdict.reason, verdict.hint);
  }
}

Result<void> put_licence(gate::Session& session, const licence::LicenceVerdict& verdict, std::string_view file) {
  AIRLOCK_TRY(const std::string canonical, crypto::canonical_pem(crypto::cms_label, file));
  AIRLOCK_CHECK(replace_licence(session.site(), site::layout::licence, canonical));
  AIRLOCK_TRY(gate::Inputs inputs, gate::read_inputs(session));
  inputs.licence.verdict = verdict;
  AIRLOCK_CHECK(gate::install_into_ceiling(inputs));
  AIRLOCK_TRY(Json members, gate::licence_members(*verdict.licence, verdict.state, session.ledger()));
  AIRLOCK_CHECK(gate::add_ceiling(members, inputs));
  AIRLOCK_CHECK(session.append(ledger::Kind::licence, "", members));
  AIRLOCK_CHECK(drop_superseded_next(session));
  return show_publicly(session);
}

Result<InstalledLicence> install_licence(const std::string& directory, std::string_view file, std::string_view name,
                                         const sys::World& world) {
  AIRLOCK_TRY(auto session,
              gate::begin_session(directory, gate::Patience::person, gate::Unfinished::is_finished, world));
  const site::Site& site = session.site();
  const ledger::Ledger& ledger = session.ledger();
  AIRLOCK_CHECK(gate::settle_licences(session));
  AIRLOCK_TRY(const gate::LicenceTerms terms, gate::licence_terms(site, ledger));
  AIRLOCK_TRY(const auto revoked, gate::revocations(site, ledger));
  const published::LicenceFile given{.name = std::string(name), .bytes = std::string(file)};
  licence::LicenceVerdict verdict = gate::judge_for_site({.present = given}, terms, revoked, session.now()).verdict;
  AIRLOCK_CHECK(may_install(verdict));
  licence::Licence licence = *verdict.licence;
  AIRLOCK_CHECK(adopt_product(site, licence.product));
  AIRLOCK_TRY(const gate::LicenceInput in_force, gate::read_licence_input(session));
  const bool waits = verdict.state == core::LicenceState::not_yet_valid && !in_force.verdict.code();
  if (waits) {
    AIRLOCK_CHECK(put_next_licence(session, licence, file));
  } else {
    AIRLOCK_CHECK(put_licence(session, verdict, file));
  }
  AIRLOCK_TRY(const gate::Inputs after, gate::read_inputs(session));
  InstalledLicence out{.licence = std::move(licence), .waits = waits, .verdict = after.licence.verdict, .unknown = {}};
  if (after.kit) out.unknown = site::unknown_terms_in_words(out.licence, *after.kit);
  return out;
}

}  // namespace airlock::office
