#include "redaction/bounded_words.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "redaction/letters.hpp"
#include "redaction/sorted_needles.hpp"

namespace airlock::redaction {
namespace {

std::size_t pair_at(std::string_view text, std::size_t at) {
  return static_cast<std::size_t>(static_cast<unsigned char>(text[at])) << 8 | static_cast<unsigned char>(text[at + 1]);
}

/// Whether a letter or, unless only letters count, a digit ends where `at` begins; and whether one begins there.
bool is_behind(std::string_view text, std::size_t at, bool letters_only) {
  return at > 0 && ((!letters_only && core::is_digit(text[at - 1])) || is_behind_letter(text, at));
}
bool is_before(std::string_view text, std::size_t at, bool letters_only) {
  return at < text.size() && ((!letters_only && core::is_digit(text[at])) || letter_bytes(text.substr(at)) > 0);
}
bool is_boundary_of(std::string_view text, std::size_t at, bool letters_only) {
  return !is_behind(text, at, letters_only) || !is_before(text, at, letters_only);
}

}  // namespace

BoundedWords::BoundedWords(std::vector<Needle> needles) {
  std::stable_sort(needles.begin(), needles.end(), [](const auto& a, const auto& b) { return a.text < b.text; });
  if (needles.empty()) return;
  needles_.reserve(needles.size());
  beginnings_.resize(0x10000);
  for (Needle& needle : needles) {
    beginnings_[pair_at(needle.text, 0)] = true;
    const bool is_letters = is_all_letters(needle.text);
    const bool is_number = core::is_digits(needle.text);
    needles_.push_back({std::move(needle), is_letters, is_number});
  }
}

bool BoundedWords::is_word(std::string_view text, std::size_t begin, const Entry& entry) {
  if (!is_boundary_of(text, begin, entry.is_letters)) return false;
  return entry.needle.any_ending || is_boundary_of(text, begin + entry.needle.text.size(), entry.is_letters);
}

std::optional<NeedleHit> BoundedWords::find(std::string_view text, bool with_numbers) const {
  if (needles_.empty()) return std::nullopt;
  std::optional<NeedleHit> out;
  for (std::size_t begin = 0; begin + 1 < text.size(); ++begin) {
    if (!beginnings_[pair_at(text, begin)]) continue;
    const bool found = any_at(
        needles_.begin(), needles_.end(), text, begin,
        [](const Entry& entry) -> const auto& { return entry.needle.text; },
        [&](const Entry& entry) {
          if ((entry.is_number && !with_numbers) || !is_word(text, begin, entry)) return false;
          out = entry.needle.found;
          return true;
        });
    if (found) return out;
  }
  return std::nullopt;
}

}  // namespace airlock::redaction
