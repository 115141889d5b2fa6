#include "prover/words.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <unordered_map>

#include "core/ascii.hpp"
#include "core/encoding.hpp"
#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "prover/built_in_words.hpp"

namespace airlock::prover {
namespace {

constexpr std::size_t phrase_words_limit = 5;
constexpr std::size_t word_groups_limit = 256;
constexpr std::size_t group_words_limit = 4096;
/// In the order of the enumerators.
constexpr std::array<std::string_view, 7> role_names{"value", "subject", "name", "id", "type", "figure", "switch"};

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_separator(char c) { return static_cast<unsigned char>(c) < 0x80 && !core::is_alphanumeric(c); }

/// Whether a new word begins at `at` although nothing separates it from the letter before: `firstName`, `HTTPServer`.
bool begins_word(std::string_view name, std::size_t at) {
  if (at == 0 || !is_upper(name[at])) return false;
  if (!is_upper(name[at - 1])) return true;
  return at + 1 < name.size() && core::is_lower(name[at + 1]);
}

std::string joined(const std::vector<std::string>& words, std::size_t begin, std::size_t end) {
  std::string out;
  for (std::size_t i = begin; i < end; ++i) out += (i == begin ? "" : " ") + words[i];
  return out;
}

}  // namespace

struct NameWords::Phrases {
  std::unordered_map<std::string, std::vector<Meaning>> by_text;
};

NameWords::NameWords() : phrases_(std::make_unique<Phrases>()) {}
NameWords::NameWords(NameWords&&) noexcept = default;
NameWords& NameWords::operator=(NameWords&&) noexcept = default;
NameWords::~NameWords() = default;

std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> out;
  bool is_open = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (is_separator(name[i])) {
      is_open = false;
      continue;
    }
    if (!is_open || begins_word(name, i)) out.emplace_back();
    out.back() += core::to_lower(name.substr(i, 1));
    is_open = true;
  }
  return out;
}

std::optional<std::string> singular(std::string_view word) {
  if (word.size() < 3 || !word.ends_with('s') || word.ends_with("ss") || word.ends_with("us") || word.ends_with("is"))
    return std::nullopt;
  const auto stem = [&](std::size_t cut) { return std::string(word.substr(0, word.size() - cut)); };
  if (word.ends_with("ies") && word.size() > 4) return stem(3) + "y";
  for (const std::string_view ending : {"sses", "xes", "ches", "shes"}) {
    if (word.ends_with(ending)) return stem(2);
  }
  return stem(1);
}

bool Phrase::has(WordRole role) const {
  return std::any_of(meanings->begin(), meanings->end(), [&](const Meaning& meaning) { return meaning.role == role; });
}

core::Result<NameWords> NameWords::parse(std::string_view text, std::string_view name) {
  AIRLOCK_TRY(const core::Json json, core::parse_json(text, name));
  core::Members in(json, name, "");
  in.format("airlock-name-words/1");
  NameWords out;
  in.each("groups", word_groups_limit, [&](core::Members& group) {
    Meaning meaning;
    const std::string role = group.text("role");
    const auto at = core::enum_from<WordRole>(role_names, role);
    if (group.ok() && !at) group.refuse("role", core::quote(role) + " is not a role");
    meaning.role = at.value_or(WordRole::value);
    if (meaning.role == WordRole::value || meaning.role == WordRole::subject) {
      const std::string cls = group.text("class");
      meaning.cls = dictionary::class_from(cls);
      if (group.ok() && !meaning.cls) group.refuse("class", core::quote(cls) + " is not a class");
      meaning.looks_like = group.text("looks_like");
    }
    if (const auto type = group.text_if("type")) {
      meaning.type = dictionary::type_from(*type);
      if (group.ok() && !meaning.type) group.refuse("type", core::quote(*type) + " is not a type");
    }
    for (const std::string& phrase : group.texts("words", group_words_limit)) {
      const auto words = words_of(phrase);
      if (words.empty() || words.size() > phrase_words_limit || joined(words, 0, words.size()) != phrase) {
        group.refuse("words", core::quote(phrase) + " must be 1 to " + std::to_string(phrase_words_limit) +
                                  " words in lower case with one space between them");
        return;
      }
      out.phrases_->by_text[phrase].push_back(meaning);
    }
  });
  AIRLOCK_CHECK(in.finish());
  return out;
}

const NameWords& NameWords::built_in() {
  static const NameWords list = [] {
    auto read = parse(built_in_words, "words.json");
    if (!read) throw std::logic_error(read.error().message);
    return std::move(*read);
  }();
  return list;
}

std::vector<Phrase> NameWords::find(const std::vector<std::string>& words) const {
  std::vector<std::string> singulars = words;
  for (std::string& word : singulars) word = singular(word).value_or(word);
  std::vector<Phrase> out;
  for (std::size_t begin = 0; begin < words.size();) {
    std::size_t next = begin + 1;
    for (std::size_t end = std::min(words.size(), begin + phrase_words_limit); end > begin; --end) {
      auto found = phrases_->by_text.find(joined(words, begin, end));
      bool is_plural = words[end - 1] != singulars[end - 1];
      if (found == phrases_->by_text.end()) found = phrases_->by_text.find(joined(singulars, begin, end));
      if (found == phrases_->by_text.end() && end - begin > 1) {
        found = phrases_->by_text.find(joined(words, begin, end - 1) + " " + singulars[end - 1]);
      }
      if (found == phrases_->by_text.end()) continue;
      out.push_back({begin, end, is_plural, &found->second});
      next = end;
      break;
    }
    begin = next;
  }
  return out;
}

std::size_t NameWords::size() const { return phrases_->by_text.size(); }

}  // namespace airlock::prover
