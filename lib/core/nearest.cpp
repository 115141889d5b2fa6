#include "core/nearest.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace airlock::core {
namespace {

/// Nobody mistypes a word that long; comparing takes the square of the length.
constexpr std::size_t longest_typed = 64;
/// A beginning shorter than this is that of too many words.
constexpr std::size_t shortest_beginning = 3;

/// The letters of an option, which its dashes do not make more alike.
std::string_view letters(std::string_view word) {
  while (word.starts_with('-')) word.remove_prefix(1);
  return word;
}

}  // namespace

std::size_t typing_distance(std::string_view a, std::string_view b) {
  const std::string from = to_lower(a);
  const std::string to = to_lower(b);
  std::vector<std::size_t> before_last(to.size() + 1);
  std::vector<std::size_t> last(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[to.size()];
}

std::string nearest(std::string_view typed, const std::vector<std::string>& candidates) {
  const std::string_view word = letters(typed);
  if (word.empty() || word.size() > longest_typed) return {};
  std::string best;
  std::size_t limit = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = typing_distance(word, letters(candidate));
    if (distance >= limit || distance >= letters(candidate).size()) continue;
    limit = distance;
    best = candidate;
  }
  if (!best.empty() || word.size() < shortest_beginning) return best;
  const auto begins = [&](const std::string& candidate) { return letters(candidate).starts_with(word); };
  const auto first = std::find_if(candidates.begin(), candidates.end(), begins);
  const bool single =
      first != candidates.end() && std::find_if(first + 1, candidates.end(), begins) == candidates.end();
  return single ? *first : std::string{};
}

}  // namespace airlock::core
