#include "report/key_set.hpp"

#include <utility>

namespace airlock::report {
namespace {

constexpr crypto::Fingerprint in_place_of_empty{{1, 0}};
constexpr std::size_t first_size = 16;

bool is_empty(const crypto::Fingerprint& slot) { return (slot.words[0] | slot.words[1]) == 0; }
bool same(const crypto::Fingerprint& a, const crypto::Fingerprint& b) {
  return a.words[0] == b.words[0] && a.words[1] == b.words[1];
}

}  // namespace

bool KeySet::insert(crypto::Fingerprint key) {
  if (is_empty(key)) key = in_place_of_empty;
  if (4 * (count_ + 1) > 3 * slots_.size()) grow();
  crypto::Fingerprint& slot = slot_of(key);
  if (!is_empty(slot)) return false;
  slot = key;
  ++count_;
  return true;
}

crypto::Fingerprint& KeySet::slot_of(const crypto::Fingerprint& key) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = static_cast<std::size_t>(key.words[0]) & mask;
  while (!is_empty(slots_[at]) && !same(slots_[at], key)) at = (at + 1) & mask;
  return slots_[at];
}

void KeySet::grow() {
  const std::vector<crypto::Fingerprint> old =
      std::exchange(slots_, std::vector<crypto::Fingerprint>(slots_.empty() ? first_size : 2 * slots_.size()));
  for (const crypto::Fingerprint& key : old) {
    if (!is_empty(key)) slot_of(key) = key;
  }
}

}  // namespace airlock::report
