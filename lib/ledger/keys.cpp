#include "ledger/keys.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"

namespace airlock::ledger {

KeyHistory::KeyHistory(crypto::NoteVerifier only) { keys_.push_back({std::move(only), 0}); }

core::Result<KeyHistory> KeyHistory::of(const std::vector<Entry>& rotations, const crypto::NoteVerifier& known) {
  std::vector<DatedKey> keys;
  for (const Entry& entry : rotations) {
    const std::string name = title(entry);
    AIRLOCK_TRY(const core::Json json, body_of(entry));
    if (json.value("key", "") != "ledger") continue;
    AIRLOCK_TRY(auto previous, crypto::NoteVerifier::from_text(json.value("previous", "")));
    AIRLOCK_TRY(auto current, crypto::NoteVerifier::from_text(json.value("current", "")));
    if (keys.empty()) keys.push_back({previous, 0});
    if (keys.back().verifier.text() != previous.text() || current.name() != known.name()) {
      return core::fail(core::Code::integrity, name + ": does not name the key before it");
    }
    keys.push_back({std::move(current), entry.seq + 1});
  }
  if (keys.empty()) return KeyHistory(known);
  const bool newest = keys.back().verifier.text() == known.text();
  const bool before_it = keys[keys.size() - 2].verifier.text() == known.text();
  if (!newest && !before_it) {
    return core::fail(core::Code::integrity, "the ledger's entries name a key that differs from the known one",
                      "use the key that the ledger's newest `key_rotated` entry names");
  }
  KeyHistory out(known);
  out.keys_ = std::move(keys);
  return out;
}

bool KeyHistory::covers(std::size_t index, std::uint64_t size) const {
  return size >= keys_[index].from_size && (index + 1 == keys_.size() || size < keys_[index + 1].from_size);
}

}  // namespace airlock::ledger
