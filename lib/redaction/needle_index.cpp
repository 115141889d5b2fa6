#include "redaction/needle_index.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/ascii.hpp"
#include "core/text.hpp"
#include "redaction/forms.hpp"
#include "redaction/letters.hpp"
#include "redaction/sorted_needles.hpp"

namespace airlock::redaction {
namespace {

using dictionary::Class;

constexpr std::size_t start_bytes = anywhere_characters_minimum;  // a character has at least one byte
constexpr std::uint64_t golden = 0x9E3779B97F4A7C15;

Classes tell_tale(const Classes& classes) {
  Classes out;
  for (const Class cls : {Class::person, Class::location, Class::identifier, Class::licence}) {
    out.set(static_cast<std::size_t>(cls), classes.test(static_cast<std::size_t>(cls)));
  }
  return out;
}

Class first_of(const Classes& classes) {
  std::size_t i = 0;
  while (!classes.test(i)) ++i;
  return static_cast<Class>(i);
}

/// The first bytes of a text, up to the end of a character.
std::string_view beginning(std::string_view text) {
  if (text.size() <= anywhere_bytes_maximum) return text;
  std::size_t size = anywhere_bytes_maximum;
  while ((static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

/// Of needles with the same text the first stays. It may have any ending if any of them may.
void sort_and_merge(std::vector<Needle>& needles) {
  std::stable_sort(needles.begin(), needles.end(), [](const auto& a, const auto& b) { return a.text < b.text; });
  for (std::size_t i = needles.size(); i-- > 1;) {
    if (needles[i].text == needles[i - 1].text) needles[i - 1].any_ending |= needles[i].any_ending;
  }
  needles.erase(
      std::unique(needles.begin(), needles.end(), [](const auto& a, const auto& b) { return a.text == b.text; }),
      needles.end());
}

/// The size of the filter: 64 bits for each needle, so that it rejects all but one in 64 positions of a text.
std::size_t places_for(std::size_t needles) { return std::bit_ceil(64 * needles); }

/// Whether the byte belongs to a word: letters, digits, `_`, and everything beyond ASCII.
bool is_word(char c) {
  return core::is_digit(c) || core::is_lower(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

/// Whether a word may begin or end before `text[at]`.
bool is_boundary(std::string_view text, std::size_t at) {
  return at == 0 || at == text.size() || !is_word(text[at - 1]) || !is_word(text[at]);
}

std::uint64_t number_of(const crypto::Secret& key, std::size_t at) {
  std::uint64_t out = 0;
  std::memcpy(&out, key.view().data() + at, sizeof out);
  return out | 1;
}

}  // namespace

Anywhere::Anywhere(std::vector<Needle> needles, std::uint64_t key) : key_(key) {
  sort_and_merge(needles);
  needles_.reserve(needles.size());
  std::uint32_t last = none;
  for (Needle& needle : needles) {
    while (last != none && !needle.text.starts_with(needles_[last].needle.text)) last = needles_[last].parent;
    // A needle is not needed if another needle is its beginning and is found whatever follows.
    if (last != none && !needles_[last].ends_in_digit) continue;
    const bool ends_in_digit =
        core::is_digit(needle.text.back()) && needle.text.size() < anywhere_bytes_maximum && !needle.any_ending;
    needles_.push_back({std::move(needle), last, ends_in_digit});
    last = static_cast<std::uint32_t>(needles_.size() - 1);
  }
  if (needles_.empty()) return;
  filter_.resize(places_for(needles_.size()));
  for (const Entry& entry : needles_) {
    std::uint64_t start = 0;
    for (std::size_t i = 0; i < start_bytes; ++i) start = start << 8 | static_cast<unsigned char>(entry.needle.text[i]);
    filter_[filter_bit(start)] = true;
  }
}

std::size_t Anywhere::filter_bit(std::uint64_t start) const {
  return static_cast<std::size_t>((start ^ key_) * golden >> 32) & (filter_.size() - 1);
}

std::optional<NeedleHit> Anywhere::find(std::string_view text, SearchBudget& budget) const {
  if (needles_.empty()) return std::nullopt;
  constexpr std::uint64_t start_mask = (std::uint64_t{1} << 8 * start_bytes) - 1;
  std::uint64_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    start = (start << 8 | static_cast<unsigned char>(text[i])) & start_mask;
    if (i + 1 < start_bytes || !filter_[filter_bit(start)]) continue;
    const std::size_t begin = i + 1 - start_bytes;
    if (begin > 0 && core::is_digit(text[begin]) && core::is_digit(text[begin - 1])) continue;
    if (auto found = at(text.substr(begin), budget)) return found;
  }
  return std::nullopt;
}

/// The needle with which `text` begins.
std::optional<NeedleHit> Anywhere::at(std::string_view text, SearchBudget& budget) const {
  const auto behind = std::upper_bound(needles_.begin(), needles_.end(), text,
                                       [](std::string_view a, const Entry& b) { return a < b.needle.text; });
  const auto begins_alike = [&](const Entry& entry) {
    return entry.needle.text.compare(0, start_bytes, text, 0, start_bytes) == 0;
  };
  const bool is_beside_last = behind != needles_.begin() && begins_alike(*std::prev(behind));
  if (!is_beside_last && (behind == needles_.end() || !begins_alike(*behind))) return std::nullopt;
  // Each needle with which `text` begins is also a beginning of the last needle that is not greater than `text`.
  const Entry* entry = is_beside_last ? &*std::prev(behind) : nullptr;
  if (!budget.take()) return (entry != nullptr ? *entry : *behind).needle.found;
  while (entry != nullptr) {
    const std::string& needle = entry->needle.text;
    if (text.starts_with(needle) &&
        !(entry->ends_in_digit && text.size() > needle.size() && core::is_digit(text[needle.size()]))) {
      return entry->needle.found;
    }
    if (!budget.take()) return entry->needle.found;
    entry = entry->parent == none ? nullptr : &needles_[entry->parent];
  }
  return std::nullopt;
}

Words::Words(std::vector<Needle> needles, std::uint64_t key) : needles_(std::move(needles)), key_(key) {
  sort_and_merge(needles_);
  if (needles_.empty()) return;
  filter_.resize(places_for(needles_.size()));
  for (const auto& needle : needles_) filter_[filter_bit(needle.text)] = true;
}

std::size_t Words::filter_bit(std::string_view word) const {
  std::uint64_t hash = key_;
  for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * golden;
  return static_cast<std::size_t>(hash >> 32) & (filter_.size() - 1);
}

std::optional<NeedleHit> Words::find(std::string_view text) const {
  if (needles_.empty()) return std::nullopt;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = i;
    std::size_t letters = 0;
    for (std::size_t length = 0; i < text.size() && (length = letter_bytes(text.substr(i))) > 0; i += length) ++letters;
    if (letters >= anywhere_characters_minimum && letters < letters_minimum) {
      const auto word = text.substr(begin, i - begin);
      if (filter_[filter_bit(word)]) {
        const auto at = std::lower_bound(needles_.begin(), needles_.end(), word,
                                         [](const auto& a, std::string_view b) { return a.text < b; });
        if (at != needles_.end() && at->text == word) return at->found;
      }
    }
    if (letters == 0) ++i;
  }
  return std::nullopt;
}

/// The needles, by the way in which they are looked for.
struct NeedleIndex::Sorted {
  std::vector<Needle> texts;
  std::vector<Needle> numbers;
  std::vector<Needle> words;
  std::vector<Needle> bounded;
  std::vector<Whole> wholes;

  /// Adds one form of the word of a list.
  void add_listed(std::string form, const NeedleHit& found, bool any_ending) {
    const std::size_t size = characters(form);
    if (size < word_characters_minimum) return;
    const bool is_word = size < letters_minimum && is_all_letters(form);
    auto& needles = size < anywhere_characters_minimum || (is_word && any_ending) ? bounded
                    : digits(form) == form.size()                                 ? numbers
                    : is_word                                                     ? words
                                                                                  : texts;
    needles.push_back({std::string(beginning(form)), found, any_ending});
  }
};

NeedleIndex::Sorted NeedleIndex::sort(const TakenOut& taken, const WordList& words) {
  Sorted out;
  const auto add = [&](std::string form, const TakenOut::Trace& trace) {
    const Classes tells = tell_tale(trace.classes);
    const bool is_number = digits(form) == form.size();
    const std::size_t size = characters(form);
    Classes others = trace.classes;
    if (is_number) {
      if (tells.any() && size >= number_digits_minimum) out.numbers.push_back({form, {first_of(tells), trace.source}});
      return;
    }
    if (tells.any() && size >= anywhere_characters_minimum) {
      const bool is_word =
          size < letters_minimum && is_all_letters(form) && !tells.test(static_cast<std::size_t>(Class::licence));
      (is_word ? out.words : out.texts).push_back({std::string(beginning(form)), {first_of(tells), trace.source}});
      others &= ~tells;
    }
    if (others.any()) out.wholes.push_back({std::move(form), others, trace.source});
  };
  for (const auto& [text, trace] : taken.numbers()) {
    if (trace.classes.none()) continue;
    const std::string number = core::to_lower(text);
    out.numbers.push_back({number, {first_of(trace.classes), trace.source}});
    // Hex may consist of digits only: `78746570747672` is `xteptvr`.
    for (std::string& form : needle_forms(text)) {
      if (form != number) add(std::move(form), trace);
    }
  }
  for (const auto& [text, trace] : taken.texts()) {
    if (trace.classes.none()) continue;
    for (std::string& form : needle_forms(text)) add(std::move(form), trace);
  }
  for (std::uint32_t i = 0; i < words.size(); ++i) {
    const NeedleHit found{Class::person, i, NeedleHit::From::list};
    for (std::string& form : needle_forms(words[i].text)) out.add_listed(std::move(form), found, words[i].any_ending);
  }
  std::stable_sort(out.wholes.begin(), out.wholes.end(), [](const auto& a, const auto& b) { return a.text < b.text; });
  std::vector<Whole> merged;
  for (Whole& whole : out.wholes) {
    if (!merged.empty() && merged.back().text == whole.text) {
      merged.back().classes |= whole.classes;
    } else {
      merged.push_back(std::move(whole));
    }
  }
  out.wholes = std::move(merged);
  return out;
}

NeedleIndex::NeedleIndex(const TakenOut& taken, const WordList& words, const crypto::Secret& key)
    : NeedleIndex(sort(taken, words), number_of(key, 0) ^ number_of(key, 8) << 1) {}

NeedleIndex::NeedleIndex(Sorted sorted, std::uint64_t key)
    : texts_(std::move(sorted.texts), key),
      numbers_(std::move(sorted.numbers), key),
      words_(std::move(sorted.words), key),
      bounded_(std::move(sorted.bounded)),
      wholes_(std::move(sorted.wholes)) {}

std::optional<NeedleHit> NeedleIndex::anywhere(std::string_view text, bool with_numbers, SearchBudget& budget) const {
  if (auto found = texts_.find(text, budget)) return found;
  if (auto found = words_.find(text)) return found;
  if (auto found = bounded_.find(text, with_numbers)) return found;
  return with_numbers ? numbers_.find(text, budget) : std::nullopt;
}

std::optional<NeedleHit> NeedleIndex::whole(std::string_view text, Class cls) const {
  const auto at = std::lower_bound(wholes_.begin(), wholes_.end(), text,
                                   [](const Whole& a, std::string_view b) { return a.text < b; });
  if (at == wholes_.end() || at->text != text || !at->classes.test(static_cast<std::size_t>(cls))) return std::nullopt;
  return NeedleHit{cls, at->source};
}

NoteIndex::NoteIndex(const TakenOut& taken) {
  for (const auto& [text, trace] : taken.numbers()) needles_.push_back(core::to_lower(text));
  for (const auto& [text, trace] : taken.texts()) {
    const std::size_t minimum = trace.declared ? note_characters_minimum : note_odd_characters_minimum;
    for (std::string& form : needle_forms(text)) {
      if (characters(form) >= minimum) needles_.push_back(std::move(form));
    }
  }
  std::sort(needles_.begin(), needles_.end());
}

bool NoteIndex::word_at(std::string_view text, std::size_t begin) const {
  return any_at(
      needles_.begin(), needles_.end(), text, begin, [](const std::string& needle) -> const auto& { return needle; },
      [&](const std::string& needle) { return is_boundary(text, begin + needle.size()); });
}

bool NoteIndex::word(std::string_view text) const {
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    if (is_boundary(text, begin) && word_at(text, begin)) return true;
  }
  return false;
}

}  // namespace airlock::redaction
