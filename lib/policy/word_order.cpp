#include <algorithm>

#include "policy/order.hpp"

namespace airlock::policy {
namespace {

/// How many of the words in `ceiling` a list with the words `decision` does not find. A word with any ending finds the
/// word without it too.
std::ptrdiff_t lost_words(const std::set<std::string>& decision, const std::set<std::string>& ceiling) {
  return std::count_if(ceiling.begin(), ceiling.end(), [&](const std::string& word) {
    return !decision.contains(word) && (word.ends_with('*') || !decision.contains(word + "*"));
  });
}

}  // namespace

void compare_words(const Terms& decision, const Terms& ceiling, Loosenings& out) {
  const auto lost = lost_words(decision.words, ceiling.words);
  if (lost == 0) return;
  const std::string all = std::to_string(ceiling.words.size());
  out.push_back({"the words that never leave", all + (all == "1" ? " word" : " words"),
                 std::to_string(lost) + " of them no longer on the list"});
}

Ceiling with_words(const Ceiling& ceiling, const std::set<std::string>& words) {
  Ceiling out = ceiling;
  for (auto& [event, terms] : out) {
    if (lost_words(words, terms.words) == 0) terms.words = words;
  }
  return out;
}

}  // namespace airlock::policy
