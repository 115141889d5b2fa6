#include "redaction/collisions.hpp"

#include <algorithm>

namespace airlock::redaction {
namespace {

using report::TokenKind;

struct KeyToLeave {
  crypto::Fingerprint fingerprint;  ///< of the key as it would leave
  std::uint64_t begin;
  auto operator<=>(const KeyToLeave&) const = default;
};

/// Adds to `out` the offsets of all keys that occur more than once.
void append_equal(std::span<KeyToLeave> keys, std::vector<std::uint64_t>& out) {
  std::sort(keys.begin(), keys.end());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const bool as_before = i > 0 && keys[i - 1].fingerprint == keys[i].fingerprint;
    const bool as_after = i + 1 < keys.size() && keys[i + 1].fingerprint == keys[i].fingerprint;
    if (as_before || as_after) out.push_back(keys[i].begin);
  }
}

}  // namespace

core::Result<std::vector<std::uint64_t>> find_collisions(Walk walk, const crypto::Secret& fingerprint_key) {
  std::vector<std::uint64_t> out;
  std::vector<KeyToLeave> keys;      // the keys of all open objects, those of the innermost object last
  std::vector<std::size_t> objects;  // for each open container, the index of its first key in `keys`
  crypto::Fingerprinter fingerprint(fingerprint_key);
  bool after_key = false;
  for (;;) {
    AIRLOCK_TRY(const WalkStep& step, walk.next());
    if (step.token->kind == TokenKind::end) break;
    if (step.below_dropped) continue;
    const Judgement& judgement = step.judgement;
    if (step.token->kind == TokenKind::key) {
      after_key = judgement.edit != Edit::drop;
      if (!after_key) continue;
      const std::string_view text = judgement.edit == Edit::replace ? judgement.text : step.token->text;
      keys.push_back({fingerprint(text), step.token->begin});
      continue;
    }
    if (judgement.edit == Edit::drop) {
      if (after_key) keys.pop_back();
    } else if (step.token->opens()) {
      objects.push_back(keys.size());
    } else if (step.token->closes()) {
      append_equal(std::span(keys).subspan(objects.back()), out);
      keys.resize(objects.back());
      objects.pop_back();
    }
    after_key = false;
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace airlock::redaction
