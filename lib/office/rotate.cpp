#include "office/rotate.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "gate/inputs.hpp"
#include "gate/key_change.hpp"
#include "gate/read_inputs.hpp"
#include "gate/recorded_ceiling.hpp"
#include "gate/recovery.hpp"

namespace airlock::office {
namespace {

/// Adds the present ceiling to the entry's members. If an archive key is rotated, the ceiling's recipients name the new
/// key instead of the former one: the person who rotates the key means it to take the former one's place.
core::Result<void> carry_ceiling(core::Json& members, const site::StagedKey& staged, const gate::Session& session) {
  AIRLOCK_TRY(gate::Inputs inputs, gate::read_inputs(session));
  if (inputs.ceiling && staged.key == site::KeyName::archive) {
    for (auto& [event, terms] : *inputs.ceiling) {
      if (terms.recipients.erase(staged.previous) != 0) terms.recipients.insert(staged.current);
    }
  }
  return gate::add_ceiling(members, inputs);
}

core::Result<KeyChange> change_key(const std::string& directory, site::KeyName key, bool destroys,
                                   const sys::World& world,
                                   const std::optional<keeper::TokenKey>& token = std::nullopt) {
  AIRLOCK_TRY(auto session,
              gate::begin_session(directory, gate::Patience::person, gate::Unfinished::is_finished, world));
  const site::Site& site = session.site();
  const core::Time now = session.now();
  // A rotation that was cut short may have left a copy of a key under a hidden name.
  if (destroys) AIRLOCK_CHECK(gate::sweep_site(site));
  keeper::KeyProtection kept_before = keeper::KeyProtection::unencrypted;
  if (key == site::KeyName::site) {
    AIRLOCK_TRY(const auto file, site.signing_key_file());
    kept_before = file.kept;
  }
  AIRLOCK_TRY(const auto staged, site::stage_key(site, key, destroys, now, token));
  core::Json members{{"key", site::name(key)}, {"previous", staged.previous}, {"current", staged.current}};
  if (!destroys) AIRLOCK_CHECK(carry_ceiling(members, staged, session));
  AIRLOCK_TRY(const std::uint64_t seq, session.append(gate::kind_of(staged), "", members));
  AIRLOCK_TRY(const auto fingerprint, site::place_key(site, staged, seq, now));
  return KeyChange{staged.previous, staged.current, fingerprint, kept_before,
                   token ? keeper::KeyProtection::in_token : keeper::KeyProtection::unencrypted};
}

}  // namespace

core::Result<KeyChange> rotate_key(const std::string& directory, site::KeyName key, const sys::World& world) {
  return change_key(directory, key, false, world);
}

core::Result<KeyChange> use_token_key(const std::string& directory, const keeper::TokenKey& token) {
  AIRLOCK_CHECK(keeper::check(token));
  return change_key(directory, site::KeyName::site, false, sys::real_world(), token);
}

core::Result<void> protect_site_key(const std::string& directory) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto lock, gate::lock_site(site, gate::Patience::person));
  return site::protect_signing_key(site);
}

core::Result<KeyChange> destroy_pseudonym_keys(const std::string& directory, const sys::World& world) {
  return change_key(directory, site::KeyName::pseudonym, true, world);
}

}  // namespace airlock::office
