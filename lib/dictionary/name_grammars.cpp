#include "core/encoding.hpp"
#include "dictionary/field.hpp"
#include "dictionary/grammar_parts.hpp"
#include "dictionary/grammars.hpp"

namespace airlock::dictionary {
namespace {

/// Letters, digits, `-` and `~` with dots between, after a `-` or `+` of a version. `1:` may be at the beginning of
/// what follows a `-`: the epoch of a Debian version, as MariaDB prints it.
bool are_identifiers(std::string_view text) {
  for (auto colon = text.find(':'); colon != text.npos; colon = text.find(':', colon + 1)) {
    const bool is_epoch_sign = colon >= 1 && core::is_digit(text[colon - 1]) && (colon == 1 || text[colon - 2] == '-');
    if (!is_epoch_sign) return false;
  }
  return is_dotted(text, version_bytes_limit, [](std::string_view part) {
    return !part.empty() && all(part, [](char c) { return core::is_alphanumeric(c) || is_one_of(c, "-~:"); });
  });
}

/// 1 to 6 numbers with `.` or `_` between them, which may begin with zeros. From the second on, the last number may
/// have letters and digits after it (`1.1.1w`), or a word after a dot (`6.2.13.Final`).
bool are_version_numbers(std::string_view text) {
  constexpr std::size_t numbers_limit = 6;
  constexpr std::size_t digits_limit = 10;
  constexpr std::size_t word_limit = 20;
  for (std::size_t numbers = 1; numbers <= numbers_limit; ++numbers) {
    std::size_t end = 0;
    while (end < text.size() && core::is_digit(text[end])) ++end;
    if (end == 0 || end > digits_limit) return false;
    text.remove_prefix(end);
    if (text.empty()) return true;
    if (numbers > 1) {
      const auto word = text.substr(text.front() == '.' ? 1 : 0);
      if (!word.empty() && is_letter(word.front())) return is_run(word, 1, word_limit, core::is_alphanumeric);
    }
    if (!is_one_of(text.front(), "._")) return false;
    text.remove_prefix(1);
  }
  return false;
}

/// Who made the package, and its version there: `Debian 12.17-1`.
bool is_package(std::string_view text) {
  const auto space = std::min(text.find(' '), text.size());
  const auto version = text.substr(std::min(space + 1, text.size()));
  return space > 0 && all(text.substr(0, space), is_letter) && !version.empty() && core::is_digit(version.front()) &&
         all(version, [](char c) { return core::is_alphanumeric(c) || is_one_of(c, ".-+~:"); });
}

/// How often the text changes between small letters, capitals and digits, from one character to the next.
std::size_t changes_of_kind(std::string_view text) {
  const auto kind_of = [](char c) { return core::is_digit(c) ? 1 : core::is_lower(c) ? 2 : is_letter(c) ? 3 : 0; };
  std::size_t out = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const int before = kind_of(text[i - 1]);
    const int now = kind_of(text[i]);
    if (before != 0 && now != 0 && before != now) ++out;
  }
  return out;
}

bool is_hex_id(std::string_view text) {
  return text.size() >= 16 && all(text, [](char c) { return core::hex_value(c) >= 0; }) &&
         std::any_of(text.begin(), text.end(), core::is_digit);
}

/// Letters of one case and digits. Of 26 characters: a ULID, or 128 bits in z-base-32, which may have no digit.
/// Otherwise digits must be among the letters.
bool is_base32_id(std::string_view text) {
  const bool has_capital =
      std::any_of(text.begin(), text.end(), [](char c) { return is_letter(c) && !core::is_lower(c); });
  const bool has_small = std::any_of(text.begin(), text.end(), core::is_lower);
  if (text.size() < 20 || !all(text, core::is_alphanumeric) || (has_capital && has_small)) return false;
  if (text.size() == 26) {
    if (text.front() >= '0' && text.front() <= '7') return true;
    if (all(text, [](char c) { return is_one_of(c, "ybndrfg8ejkmcpqxot1uwisza345h769"); })) return true;
  }
  return changes_of_kind(text) >= 2;
}

/// Base64 or base64url. What a machine made changes between letters and digits all the time; words joined with dashes
/// or capitals do not.
bool is_base64_id(std::string_view text) {
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  const auto is_in = [&](std::string_view two) {
    return all(text, [&](char c) { return core::is_alphanumeric(c) || is_one_of(c, two); });
  };
  if (text.size() < 20 || (!is_in("-_") && !is_in("+/"))) return false;
  const std::size_t changes = changes_of_kind(text);
  // 128 bits have 22 characters, of which the last one has only two bits.
  if (text.size() == 22 && is_one_of(text.back(), "AQgw") && changes >= 4) return true;
  return changes * 5 > text.size();
}

/// Takes the next subtag of a language tag from the front of `text`, with the separator before it. Empty if there is
/// none that satisfies `is_wanted`; then `text` stays.
template <typename Predicate>
bool take_subtag(std::string_view& text, char separator, Predicate is_wanted) {
  if (text.empty() || text.front() != separator) return false;
  const auto subtag = text.substr(1, text.substr(1).find(separator));
  if (!is_wanted(subtag)) return false;
  text.remove_prefix(1 + subtag.size());
  return true;
}

/// `language ["-" script] ["-" region] *("-" variant) *("-" extension)` of BCP 47, with `-` or `_` throughout.
bool is_language_tag(std::string_view text) {
  const auto end = std::min(text.find_first_of("-_"), text.size());
  if (!is_run(text.substr(0, end), 2, 3, is_letter)) return false;
  text.remove_prefix(end);
  if (text.empty()) return true;
  const char separator = text.front();
  take_subtag(text, separator, [](std::string_view tag) { return is_run(tag, 4, 4, is_letter); });
  take_subtag(text, separator,
              [](std::string_view tag) { return is_run(tag, 2, 2, is_letter) || is_run(tag, 3, 3, core::is_digit); });
  const auto is_variant = [](std::string_view tag) {
    return is_run(tag, 5, 8, core::is_alphanumeric) ||
           (is_run(tag, 4, 4, core::is_alphanumeric) && core::is_digit(tag.front()));
  };
  while (take_subtag(text, separator, is_variant)) {
  }
  const auto is_singleton = [](std::string_view tag) {
    return is_run(tag, 1, 1, core::is_alphanumeric) && !is_one_of(tag.front(), "xX");
  };
  const auto is_extension = [](std::string_view tag) { return is_run(tag, 2, 8, core::is_alphanumeric); };
  while (take_subtag(text, separator, is_singleton)) {
    if (!take_subtag(text, separator, is_extension)) return false;
    while (take_subtag(text, separator, is_extension)) {
    }
  }
  return text.empty();
}

}  // namespace

bool is_version(std::string_view text) {
  if (text.size() > version_bytes_limit) return false;
  if (text.ends_with(')')) {
    const auto opening = text.find(" (");
    if (opening == text.npos || !is_package(text.substr(opening + 2, text.size() - opening - 3))) return false;
    text = text.substr(0, opening);
  }
  if (text.starts_with('v')) text.remove_prefix(1);
  for (const char sign : {'+', '-'}) {
    const auto at = text.find(sign);
    if (at == text.npos) continue;
    if (!are_identifiers(text.substr(at + 1))) return false;
    text = text.substr(0, at);
  }
  return are_version_numbers(text);
}

bool is_id(std::string_view text) {
  return text.size() <= id_bytes_limit && !core::is_uuid(text) &&
         (is_hex_id(text) || is_base32_id(text) || is_base64_id(text));
}

bool is_locale(std::string_view text) {
  constexpr std::size_t part_limit = 20;
  const auto is_part = [](std::string_view part) {
    return is_run(part, 1, part_limit, [](char c) { return core::is_alphanumeric(c) || c == '-'; });
  };
  if (text.size() > locale_bytes_limit) return false;
  for (const char sign : {'@', '.'}) {
    const auto at = text.find(sign);
    if (at == text.npos) continue;
    if (!is_part(text.substr(at + 1))) return false;
    text = text.substr(0, at);
  }
  return text == "C" || text == "POSIX" || is_language_tag(text);
}

}  // namespace airlock::dictionary
