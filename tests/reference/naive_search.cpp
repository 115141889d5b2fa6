#include "naive_search.hpp"

#include <nlohmann/json.hpp>

namespace leak_rate {
namespace {

using Json = nlohmann::ordered_json;

constexpr int layers_maximum = 3;
constexpr char separator = '\x01';

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string without_space(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!is_space(c)) out += c;
  }
  return out;
}

constexpr std::string_view base64_standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view hex_lower = "0123456789abcdef";

int digit_of(char c, int bits) {
  if (bits == 6) {
    if (c == '-') return 62;
    if (c == '_') return 63;
    const auto at = base64_standard.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
  }
  const auto at = hex_lower.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

int hex_at(const std::string& text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    const int digit = digit_of(text[i], 4);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

void append(std::string& out, unsigned code_point) {
  const auto put = [&](unsigned byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code_point < 0x80) return put(code_point);
  const int more = code_point < 0x800 ? 1 : code_point < 0x10000 ? 2 : 3;
  constexpr unsigned first_bits[] = {0, 0xC0, 0xE0, 0xF0};
  put(first_bits[more] | code_point >> (6 * more));
  for (int i = more - 1; i >= 0; --i) put(0x80 | (code_point >> (6 * i) & 0x3F));
}

/// Percent-encoding and the escapes of JSON strings, undone.
std::string undone(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '%' && hex_at(text, i + 1, 2) >= 0) {
      out += static_cast<char>(hex_at(text, i + 1, 2));
      i += 3;
    } else if (text.compare(i, 2, "\\u") == 0 && hex_at(text, i + 2, 4) >= 0) {
      auto unit = static_cast<unsigned>(hex_at(text, i + 2, 4));
      i += 6;
      if (unit >= 0xD800 && unit < 0xDC00 && text.compare(i, 2, "\\u") == 0 && hex_at(text, i + 2, 4) >= 0xDC00) {
        unit = 0x10000 + ((unit - 0xD800) << 10) + (static_cast<unsigned>(hex_at(text, i + 2, 4)) - 0xDC00);
        i += 6;
      }
      append(out, unit);
    } else if (text[i] == '\\' && i + 1 < text.size() &&
               std::string_view("\"\\/").find(text[i + 1]) != std::string_view::npos) {
      out += text[i + 1];
      i += 2;
    } else {
      out += text[i++];
    }
  }
  return out;
}

template <typename Add>
void each_text(const Json& json, const Add& add) {
  if (json.is_string()) add(json.get<std::string>());
  if (json.is_array()) {
    for (const auto& element : json) each_text(element, add);
  }
  if (!json.is_object()) return;
  for (const auto& [key, value] : json.items()) {
    add(key);
    each_text(value, add);
  }
}

}  // namespace

Haystack::Haystack(const std::string& report) {
  texts_ = lower(report) + separator;  // for its numbers
  each_text(Json::parse(report), [&](const std::string& text) { add(text, 0); });
  without_ = without_space(texts_);
}

bool Haystack::holds(std::string_view value) const { return texts_.find(lower(value)) != std::string::npos; }

bool Haystack::holds_cut(std::string_view value) const {
  return without_.find(without_space(lower(value))) != std::string::npos;
}

void Haystack::add(const std::string& text, int layers) {
  texts_ += lower(text) + separator;
  if (layers == layers_maximum) return;
  const std::string soft = undone(text);
  if (soft != text) add(soft, layers + 1);
  for (const int bits : {6, 4}) {
    std::string run;
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (i < text.size() && (text[i] == '\r' || text[i] == '\n')) continue;
      if (i < text.size() && digit_of(text[i], bits) >= 0) {
        run += text[i];
        continue;
      }
      if (run.size() >= 8) add_decoded(run, bits, layers);
      run.clear();
    }
  }
}

void Haystack::add_decoded(const std::string& digits, int bits, int layers) {
  const std::size_t alignments = bits == 6 ? 4 : 2;
  for (std::size_t from = 0; from < alignments; ++from) {
    std::string bytes;
    unsigned pending = 0;
    int have = 0;
    for (std::size_t i = from; i < digits.size(); ++i) {
      pending = (pending << bits | static_cast<unsigned>(digit_of(digits[i], bits))) & 0xFFFF;
      have += bits;
      if (have < 8) continue;
      have -= 8;
      bytes += static_cast<char>(static_cast<unsigned char>(pending >> have & 0xFF));
    }
    add(bytes, layers + 1);
  }
}

}  // namespace leak_rate
