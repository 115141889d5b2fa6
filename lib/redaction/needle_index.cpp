#include "redaction/needle_index.hpp"

#include <algorithm>
#include <bit>

#include "redaction/forms.hpp"

namespace airlock::redaction {
namespace {

using dictionary::Class;

constexpr std::size_t start_bytes = anywhere_characters_least;  // a character has at least one byte

/// Of UTF-8; other bytes count as characters too.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes digits from the front of `text`; returns how many.
std::size_t take_digits(std::string_view& text) {
  const auto end = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  text.remove_prefix(end);
  return end;
}

/// Whether `text` is a number as JSON writes it (RFC 8259 6), in lower case.
bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool leading_zero = text.starts_with('0');
  const std::size_t whole = take_digits(text);
  if (whole == 0 || (leading_zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (take_digits(text) == 0) return false;
  }
  if (text.starts_with('e')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (take_digits(text) == 0) return false;
  }
  return text.empty();
}

Classes tell_tale_classes() {
  Classes out;
  for (const Class cls : {Class::person, Class::location, Class::identifier, Class::licence}) {
    out.set(static_cast<std::size_t>(cls));
  }
  return out;
}

Class first_of(const Classes& classes) {
  std::size_t i = 0;
  while (!classes.test(i)) ++i;
  return static_cast<Class>(i);
}

/// Letters, digits, `_`, and all that is not ASCII.
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

/// Whether no word goes on across the place before `text[at]`.
bool is_boundary(std::string_view text, std::size_t at) {
  return at == 0 || at == text.size() || !is_word(text[at - 1]) || !is_word(text[at]);
}

}  // namespace

NeedleIndex::NeedleIndex(const Taken::Needles& needles) {
  const Classes tell_tale = tell_tale_classes();
  for (const auto& [text, classes] : needles) {
    for (std::string& form : needle_forms(text)) {
      const bool can_tell = characters(form) >= anywhere_characters_least && !is_number(form);
      const Classes anywhere = can_tell ? classes & tell_tale : Classes{};
      const Classes others = classes & ~anywhere;
      if (anywhere.any()) anywhere_.push_back({form.substr(0, anywhere_bytes_most), anywhere});
      if (others.any()) others_.push_back({std::move(form), others});
    }
  }
  sort_and_merge(anywhere_);
  sort_and_merge(others_);
  // Where one begins with another, the shorter is found wherever the longer stands.
  Needles shortest;
  for (Needle& needle : anywhere_) {
    if (shortest.empty() || !needle.text.starts_with(shortest.back().text)) shortest.push_back(std::move(needle));
  }
  anywhere_ = std::move(shortest);
  build_filter();
}

void NeedleIndex::sort_and_merge(Needles& needles) {
  std::sort(needles.begin(), needles.end(), [](const Needle& a, const Needle& b) { return a.text < b.text; });
  Needles merged;
  for (Needle& needle : needles) {
    if (!merged.empty() && merged.back().text == needle.text) {
      merged.back().classes |= needle.classes;
    } else {
      merged.push_back(std::move(needle));
    }
  }
  needles = std::move(merged);
}

void NeedleIndex::build_filter() {
  if (anywhere_.empty()) return;
  // 32 places for each needle: all but one in 32 positions of a text end here.
  filter_.resize(std::bit_ceil(32 * anywhere_.size()));
  for (const Needle& needle : anywhere_) {
    std::uint64_t start = 0;
    for (std::size_t i = 0; i < start_bytes; ++i) start = start << 8 | static_cast<unsigned char>(needle.text[i]);
    filter_[filter_bit(start)] = true;
  }
}

std::size_t NeedleIndex::filter_bit(std::uint64_t start) const {
  constexpr std::uint64_t golden = 0x9E3779B97F4A7C15;
  return static_cast<std::size_t>(start * golden >> 32) & (filter_.size() - 1);
}

std::optional<Class> NeedleIndex::anywhere(std::string_view text) const {
  if (anywhere_.empty()) return std::nullopt;
  constexpr std::uint64_t start_mask = (std::uint64_t{1} << 8 * start_bytes) - 1;
  std::uint64_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    start = (start << 8 | static_cast<unsigned char>(text[i])) & start_mask;
    if (i + 1 < start_bytes || !filter_[filter_bit(start)]) continue;
    const auto rest = text.substr(i + 1 - start_bytes);
    // As none is the beginning of another, only the last that is not behind `rest` can be the beginning of it.
    const auto behind = std::upper_bound(anywhere_.begin(), anywhere_.end(), rest,
                                         [](std::string_view a, const Needle& b) { return a < b.text; });
    if (behind != anywhere_.begin() && rest.starts_with(std::prev(behind)->text)) {
      return first_of(std::prev(behind)->classes);
    }
  }
  return std::nullopt;
}

bool NeedleIndex::is_whole(std::string_view text, Class cls) const {
  const auto at = std::lower_bound(others_.begin(), others_.end(), text,
                                   [](const Needle& a, std::string_view b) { return a.text < b; });
  return at != others_.end() && at->text == text && at->classes.test(static_cast<std::size_t>(cls));
}

const NeedleIndex::Needle* NeedleIndex::word_at(std::string_view text, std::size_t begin) const {
  auto low = others_.begin();
  auto high = others_.end();
  // Between low and high are those that have the first `size` bytes in common with the text; the shortest comes first.
  for (std::size_t size = 0; low != high; ++size) {
    if (low->text.size() == size) {
      const bool is_word_here = is_boundary(text, begin + size) && characters(low->text) >= word_characters_least;
      if (is_word_here) return &*low;
      if (++low == high) return nullptr;
    }
    if (begin + size == text.size()) return nullptr;
    const auto byte = static_cast<unsigned char>(text[begin + size]);
    low = std::partition_point(
        low, high, [&](const Needle& needle) { return static_cast<unsigned char>(needle.text[size]) < byte; });
    high = std::partition_point(
        low, high, [&](const Needle& needle) { return static_cast<unsigned char>(needle.text[size]) == byte; });
  }
  return nullptr;
}

std::optional<Class> NeedleIndex::word(std::string_view text) const {
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    if (!is_boundary(text, begin)) continue;
    if (const Needle* needle = word_at(text, begin)) return first_of(needle->classes);
  }
  return std::nullopt;
}

}  // namespace airlock::redaction
