#include "gate/key_change.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/json.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"

namespace airlock::gate {

ledger::Kind kind_of(const site::StagedKey& staged) {
  return staged.destroys ? ledger::Kind::key_destroyed : ledger::Kind::key_rotated;
}

namespace {

/// The entry that put the staged key in force, if it was committed.
core::Result<std::optional<std::uint64_t>> entry_of(const ledger::Ledger& ledger, const site::StagedKey& staged) {
  AIRLOCK_TRY(const auto newest, ledger.newest(kind_of(staged)));
  if (!newest) return std::nullopt;
  AIRLOCK_TRY(const core::Json json, ledger::body_of(*newest));
  if (json.value("key", "") != site::name(staged.key) || json.value("current", "") != staged.current) {
    return std::nullopt;
  }
  return newest->seq;
}

}  // namespace

core::Result<void> finish_key_change(const Session& session) {
  const site::Site& site = session.site();
  AIRLOCK_TRY(const auto staged, site::staged_key(site));
  if (!staged) return site::discard_staged_key(site);
  AIRLOCK_TRY(const auto seq, entry_of(session.ledger(), *staged));
  if (!seq) return site::discard_staged_key(site);
  AIRLOCK_CHECK(site::place_key(site, *staged, *seq, session.now()));
  return {};
}

}  // namespace airlock::gate
