#include "random_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "core/utf8.hpp"

namespace leak_rate {
namespace {

using namespace airlock;

/// Shorter than the longest text and key, so that the rest of a twin's name fits too.
constexpr std::size_t layers_bytes_maximum = dictionary::text_bytes_limit - 100;

std::string with_break(std::string text, std::size_t at, const char* line_break) { return text.insert(at, line_break); }

std::string in_upper_case(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::string utf16_escape(char32_t c) {
  std::array<char, 16> out{};
  const auto unit = static_cast<unsigned>(c);
  std::snprintf(out.data(), out.size(), "\\u%04x", unit);
  return out.data();
}

}  // namespace

std::string RandomText::letters(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += static_cast<char>('a' + below(26));
  if (chance(50)) out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

std::string RandomText::digits(std::size_t count) {
  std::string out(1, static_cast<char>('1' + below(9)));
  while (out.size() < count) out += static_cast<char>('0' + below(10));
  return out;
}

std::string RandomText::other_script() {
  static const std::vector<std::vector<std::string>> alphabets{
      {"ä", "ö", "é", "ñ", "ç", "ø", "ł", "ğ", "a", "e", "n", "r", "s", "t"},
      {"а", "б", "в", "г", "д", "е", "ж", "з", "и", "к", "л", "м", "н", "о", "п", "р", "с", "т"},
      {"東", "京", "都", "千", "代", "田", "区", "大", "阪", "府", "北", "海", "道", "山", "川", "林"}};
  const auto& alphabet = one_of(alphabets);
  std::string out;
  for (std::size_t i = 6 + below(12); i > 0; --i) out += one_of(alphabet);
  return out;
}

std::string RandomText::any_text() {
  std::string out;
  switch (below(8)) {
    case 0:
      return letters(6 + below(6));
    case 1:
      return letters(12 + below(10));
    case 2:
      out = letters(3 + below(6));
      for (std::size_t i = 1 + below(3); i > 0; --i) out += " " + letters(3 + below(6));
      return out;
    case 3:
      for (std::size_t i = 6 + below(24); i > 0; --i) out += chance(40) ? digits(1) : letters(1);
      return out;
    case 4:
      return other_script();
    case 5:
      return value_of(Type::email);
    case 6:
      return digits(9 + below(7));
    default:
      out = digits(4) + letters(3);
      while (out.size() < 31) out += "-" + (chance(50) ? digits(5) : letters(5));
      return out;
  }
}

std::string RandomText::value_of(Type type) {
  switch (type) {
    case Type::email:
      return letters(2 + below(8)) + "." + letters(3 + below(6)) + "@" + core::to_lower(letters(4 + below(8))) +
             (chance(50) ? ".com" : ".org");
    case Type::uuid: {
      std::array<std::uint8_t, 16> bytes{};
      for (auto& byte : bytes) byte = static_cast<std::uint8_t>(below(256));
      return core::uuid_v4(bytes);
    }
    case Type::url:
      return "https://" + core::to_lower(letters(4 + below(6))) + "." + core::to_lower(letters(6 + below(6))) + ".net";
    case Type::hostname:
      return core::to_lower(letters(4 + below(6)) + "." + letters(6 + below(6))) + ".net";
    case Type::ip: {
      const auto part = [&] { return std::to_string(100 + below(156)); };
      return part() + "." + part() + "." + part() + "." + part();
    }
    case Type::version:
      return digits(3) + "." + digits(3) + "." + digits(4);
    case Type::time:
      return "2022-0" + std::to_string(1 + below(9)) + "-1" + std::to_string(below(10)) + "T1" +
             std::to_string(below(10)) + ":2" + std::to_string(below(10)) + ":3" + std::to_string(below(10)) + "." +
             digits(6) + "+00:00";
    case Type::count:
    case Type::integer:
      return digits(9 + below(7));
    case Type::number:
      return digits(2) + "." + digits(8) + std::to_string(1 + below(9));
    default:
      return any_text();
  }
}

std::string RandomText::percent(const std::string& text) {
  const bool all = chance(50);
  const std::size_t surely = below(text.size());
  const bool upper = chance(50);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool reserved = !is_digit(text[i]) && !is_ascii_letter(text[i]);
    if (!all && !reserved && i != surely && !chance(20)) {
      out += text[i];
      continue;
    }
    const std::string digits = core::to_hex(std::string_view(text).substr(i, 1));
    out += "%" + (upper ? in_upper_case(digits) : digits);
  }
  return out;
}

std::string RandomText::escapes(const std::string& text) {
  const bool all = chance(50);
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const auto [value, bytes] = core::first_code_point(rest);
    out +=
        all || out.empty() || value == U'\\' || chance(30) ? utf16_escape(value) : std::string(rest.substr(0, bytes));
    rest.remove_prefix(bytes);
  }
  return out;
}

std::string RandomText::base64(const std::string& text) {
  std::string out = core::to_base64(text);
  if (chance(50)) out.erase(std::min(out.find('='), out.size()));
  if (chance(30)) {
    std::replace(out.begin(), out.end(), '+', '-');
    std::replace(out.begin(), out.end(), '/', '_');
  }
  if (chance(20)) out = with_break(out, 4 + below(out.size() - 4), chance(50) ? "\r\n" : "\n");
  if (chance(30)) out = letters(1 + below(3)) + out;  // every alignment
  return chance(30) ? "data:" + out : out;
}

std::string RandomText::hex(const std::string& text) {
  std::string out = core::to_hex(text);
  if (chance(30)) out = in_upper_case(out);
  if (chance(20)) out = "0x" + out;
  if (chance(20)) out = "a" + out;  // the other alignment
  return out;
}

std::string RandomText::encoded_as_a_whole(const std::string& text) {
  std::string out;
  switch (below(4)) {
    case 0:
      return percent(text);
    case 1:
      return escapes(text);
    case 2:
      out = core::to_base64(text);
      if (chance(50)) out.erase(std::min(out.find('='), out.size()));
      return out;
    default:
      return chance(50) ? core::to_hex(text) : in_upper_case(core::to_hex(text));
  }
}

std::string RandomText::layers(const std::string& text) {
  for (;;) {
    std::string out = text;
    for (std::size_t i = 2 + below(2); i > 0; --i) {
      switch (below(4)) {
        case 0:
          out = percent(out);
          break;
        case 1:
          out = escapes(out);
          break;
        case 2:
          out = base64(out);
          break;
        default:
          out = hex(out);
      }
    }
    if (out.size() <= layers_bytes_maximum) return out;
  }
}

std::string RandomText::joined(const std::string& text, bool closely) {
  static constexpr std::array<const char*, 9> between{" ", "-", "/", "_", ": ", "(", ", ", "=", "\t"};
  if (!closely) return "node" + std::string(one_of(between)) + text + one_of(between) + "zone";
  const std::string side = chance(50) ? digits(1 + below(3)) : letters(1 + below(4));
  switch (below(3)) {
    case 0:
      return side + text;
    case 1:
      return text + side;
    default:
      return side + text + side;
  }
}

std::string RandomText::cut(std::string text) {
  return text.insert(2 + below(text.size() - 3), chance(50) ? " " : "\n");
}

std::string RandomText::in_form(const std::string& text, Form form) {
  switch (form) {
    case Form::letter_case: {
      std::string out = text;
      for (char& c : out) {
        if (is_ascii_letter(c)) c = static_cast<char>(c ^ 0x20);
      }
      return out;
    }
    case Form::percent:
      return percent(text);
    case Form::escapes:
      return escapes(text);
    case Form::base64:
      return base64(text);
    case Form::hex:
      return hex(text);
    case Form::layers:
      return layers(text);
    case Form::joined:
      return joined(text, false);
    case Form::joined_closely:
      return joined(text, true);
    case Form::cut:
      return cut(text);
    default:
      return text;
  }
}

}  // namespace leak_rate
