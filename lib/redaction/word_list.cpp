#include "redaction/word_list.hpp"

#include <algorithm>
#include <utility>

#include "core/ascii.hpp"
#include "core/text.hpp"
#include "core/utf8.hpp"
#include "redaction/taken_out.hpp"

namespace airlock::redaction {
namespace {

using core::Code;
using core::fail;
using core::Result;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string_view without_blanks(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool says_something(char c) { return core::is_alphanumeric(c) || static_cast<unsigned char>(c) >= 0x80; }

}  // namespace

Result<Word> word_from(std::string_view text) {
  Word out;
  out.any_ending = text.ends_with('*');
  if (out.any_ending) text = without_blanks(text.substr(0, text.size() - 1));
  if (!core::is_utf8(text)) return fail(Code::bad_input, "is not UTF-8", "save the list as UTF-8");
  if (!core::is_printable(text)) {
    return fail(Code::bad_input, "has a character that a reader would not see, such as a control",
                "type the word again, without it");
  }
  if (without_blanks(text) != text || text.starts_with('#')) {
    return fail(Code::bad_input, "begins with a blank or a `#`, or ends with a blank", "a list could not have it so");
  }
  if (text.find('*') != text.npos) {
    return fail(Code::bad_input, "has a `*` that is not at its end", "`*` at the end of a word stands for any ending");
  }
  if (text.size() > word_bytes_limit) {
    return fail(Code::bad_input, "is longer than " + std::to_string(word_bytes_limit) + " bytes",
                "its first words are enough");
  }
  if (characters(text) < word_characters_minimum) {
    return fail(Code::bad_input, "has fewer than " + std::to_string(word_characters_minimum) + " characters",
                "such a word would be found nearly everywhere");
  }
  if (std::none_of(text.begin(), text.end(), says_something)) {
    return fail(Code::bad_input, "has neither a letter nor a digit", "a comment begins with `#`");
  }
  out.text = text;
  return out;
}

Result<WordList> word_list_from(std::string_view text, std::string_view name) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::vector<Word> words;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.ends_with('\r')) word.remove_suffix(1);
    word = without_blanks(word);
    if (word.empty() || word.starts_with('#')) continue;
    const std::string place = core::quote(name) + ": line " + std::to_string(line);
    if (words.size() == words_limit) {
      return fail(Code::bad_input,
                  place + ": the list has more than " + std::to_string(words_limit) + " words, the maximum",
                  "a `*` at the end of a word stands for several");
    }
    auto read = word_from(word);
    if (!read) {
      core::Error error = std::move(read).error();
      error.message = place + ": the word " + error.message;
      return fail(std::move(error));
    }
    words.push_back(std::move(*read));
  }
  return sorted_words(std::move(words));
}

WordList sorted_words(std::vector<Word> words) {
  std::vector<std::pair<std::string, Word>> by_text;
  by_text.reserve(words.size());
  for (Word& word : words) by_text.emplace_back(core::to_lower(word.text), std::move(word));
  std::sort(by_text.begin(), by_text.end(), [](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    if (a.second.any_ending != b.second.any_ending) return a.second.any_ending;
    return a.second.text < b.second.text;
  });
  by_text.erase(
      std::unique(by_text.begin(), by_text.end(), [](const auto& a, const auto& b) { return a.first == b.first; }),
      by_text.end());
  WordList out;
  out.reserve(by_text.size());
  for (auto& [text, word] : by_text) out.push_back(std::move(word));
  return out;
}

}  // namespace airlock::redaction
