#include "office/authorise.hpp"

#include <nlohmann/json.hpp>

#include "crypto/hash.hpp"
#include "gate/ceiling.hpp"
#include "gate/consent.hpp"
#include "gate/entries.hpp"
#include "gate/kit_files.hpp"
#include "gate/open.hpp"
#include "gate/read_inputs.hpp"
#include "gate/recorded_ceiling.hpp"
#include "gate/recovery.hpp"
#include "ledger/kind.hpp"
#include "ledger/ledger.hpp"
#include "office/install_kit.hpp"
#include "site/words.hpp"
#include "sys/look.hpp"
#include "sys/write_file.hpp"

namespace airlock::office {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::Result;

/// Makes `inputs` use the kit that was put aside, if there is one. Returns the number of the kit that it replaces.
Result<std::optional<std::uint64_t>> use_proposed_kit(gate::Inputs& inputs, std::optional<ProposedKit> proposed,
                                                      const ledger::Ledger& ledger) {
  if (!proposed) return std::nullopt;
  inputs.fingerprint = crypto::sha256(inputs.fingerprint.hex() + proposed->kit.content_sha256.hex());
  AIRLOCK_CHECK(gate::use_kit(inputs, std::move(proposed->kit), ledger));
  AIRLOCK_CHECK(gate::install_into_ceiling(inputs));
  return proposed->in_force;
}

using AlsoNewList = std::vector<policy::AlsoNew>;

/// The consents that a person wants; nothing if exactly these are in force already. Error: refused if nobody knows
/// which paths earlier kits declared, since then nobody can say which paths are new.
Result<std::optional<AlsoNewList>> new_consent(const std::optional<AlsoNewList>& wanted, const AlsoNewList& so_far,
                                               bool declared_is_known) {
  if (!wanted || *wanted == so_far) return std::nullopt;
  if (wanted->empty() || declared_is_known) return wanted;
  return fail(Code::refused,
              "nobody can say which values are new: the ledger lacks the fields that earlier kits of this site "
              "declared (an older release did not record them, or part of the ledger is lost)",
              "install each kit, then authorise it without `--also-new`");
}

Result<Proposal> propose(const gate::Inputs& inputs, const std::optional<std::uint64_t>& kit_before) {
  if (!inputs.kit) {
    return fail(Code::refused, "there is nothing to authorise without a kit: " + inputs.no_kit.message,
                inputs.no_kit.hint);
  }
  Proposal out;
  out.fingerprint = inputs.fingerprint;
  out.kit = inputs.kit->number;
  out.kit_before = kit_before;
  const auto& verdict = inputs.licence.verdict;
  out.licence = core::name(verdict.state);
  if (verdict.licence) out.licence = verdict.licence->serial + ", tier " + verdict.licence->tier + ", " + out.licence;
  AIRLOCK_TRY(out.raises, raises(inputs));
  for (const Raise& raise : out.raises) out.decisions.emplace(raise.event, raise.decision);
  return out;
}

Result<bool> set_hold(const std::string& directory, ledger::Kind kind, const std::string& reason,
                      const sys::World& world) {
  AIRLOCK_TRY(auto session, gate::begin_session(directory, gate::Patience::person, gate::Unfinished::is_left, world));
  AIRLOCK_TRY(const auto hold, gate::hold_in_force(session.ledger()));
  if (hold.has_value() == (kind == ledger::Kind::hold)) return false;
  Json members = Json::object();
  if (!reason.empty()) members["reason"] = reason;
  AIRLOCK_CHECK(session.append(kind, "", members));
  return true;
}

}  // namespace

Result<Proposal> propose(const std::string& directory, const std::optional<AlsoNewList>& also_new,
                         const sys::World& world) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory, world));
  // What is shown must be what is recorded, so a list of words needs its key already. Where this fails, so does the
  // rest.
  (void)site::ensure_words_key(site);
  if (sys::exists(site.path(site::layout::proposed_kit))) {
    // An earlier run may have authorised this kit and been cut short before it put the kit in its place.
    AIRLOCK_CHECK(gate::begin_session(site, gate::Patience::person, gate::Unfinished::is_finished));
  }
  AIRLOCK_TRY(const auto ledger, gate::open_to_decide(site));
  AIRLOCK_TRY(gate::Inputs inputs, gate::read_inputs(site, ledger));
  AIRLOCK_TRY(const auto declared, gate::declared_so_far(ledger, inputs.kit));
  AIRLOCK_TRY(auto proposed, proposed_kit(site, ledger));
  AIRLOCK_TRY(const auto kit_before, use_proposed_kit(inputs, std::move(proposed), ledger));
  AIRLOCK_TRY(Proposal out, propose(inputs, kit_before));
  AIRLOCK_TRY(const gate::Consents consents, gate::consents_in_force(ledger));
  out.consented = consents.to;
  AIRLOCK_TRY(out.also_new, new_consent(also_new, consents.to, declared.has_value()));
  return out;
}

Result<void> authorise(const std::string& directory, const Proposal& shown, const std::string& reason,
                       const sys::World& world) {
  AIRLOCK_TRY(auto session, gate::begin_session(directory, gate::Patience::person, gate::Unfinished::is_left, world));
  const site::Site& site = session.site();
  const ledger::Ledger& ledger = session.ledger();
  AIRLOCK_TRY(gate::Inputs inputs, gate::read_inputs(session));
  AIRLOCK_TRY(auto declared, gate::declared_so_far(ledger, inputs.kit));
  AIRLOCK_TRY(const gate::Consents consents, gate::consents_in_force(ledger));
  AIRLOCK_TRY(const auto also_new, new_consent(shown.also_new, consents.to, declared.has_value()));
  AIRLOCK_TRY(auto proposed, proposed_kit(site, ledger));
  const std::string kit_file = proposed ? proposed->file : "";
  AIRLOCK_TRY(const auto kit_before, use_proposed_kit(inputs, std::move(proposed), ledger));
  AIRLOCK_TRY(const Proposal fresh, propose(inputs, kit_before));
  if (fresh.fingerprint != shown.fingerprint || fresh.decisions != shown.decisions || consents.to != shown.consented) {
    return fail(Code::refused, "kit, licence or configuration changed after the proposal was shown",
                "run `airlock authorise` again");
  }
  inputs.ceiling = policy::raised(inputs.ceiling.value_or(policy::Ceiling{}), fresh.decisions);
  Json members{{"reason", reason}, {"kit", fresh.kit}};
  if (kit_before) members["kit_before"] = *kit_before;
  const auto& verdict = inputs.licence.verdict;
  if (verdict.licence) members["licence"] = verdict.licence->serial;
  gate::add_consents(members, also_new.value_or(consents.to));
  AIRLOCK_CHECK(gate::add_ceiling(members, inputs));
  // The kit is aside already, unless a restored backup has it in the place of the kit in force.
  if (kit_before)
    AIRLOCK_CHECK(
        sys::replace_file(site.path(site::layout::proposed_kit), kit_file, site.file_permissions(), site.world()));
  AIRLOCK_TRY(auto change, session.change());
  AIRLOCK_CHECK(change.append(ledger::Kind::authorised, "", members));
  if (kit_before) {
    Json kit = gate::kit_members(*inputs.kit);
    gate::add_declared(kit, std::move(declared), *inputs.kit);
    AIRLOCK_CHECK(gate::add_ceiling(kit, inputs));
    AIRLOCK_CHECK(change.append(ledger::Kind::kit, "", kit));
  }
  AIRLOCK_CHECK(change.commit());
  if (!kit_before) return {};
  return gate::put_kit_files(site, *inputs.kit, kit_file);
}

Result<bool> put_on_hold(const std::string& directory, const std::string& reason, const sys::World& world) {
  return set_hold(directory, ledger::Kind::hold, reason, world);
}

Result<bool> lift_hold(const std::string& directory, const std::string& reason, const sys::World& world) {
  return set_hold(directory, ledger::Kind::release, reason, world);
}

}  // namespace airlock::office
