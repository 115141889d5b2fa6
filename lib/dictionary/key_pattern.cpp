#include "dictionary/key_pattern.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "dictionary/fits.hpp"

namespace airlock::dictionary {
namespace {

using core::quote;

bool is_part_name(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && text.size() <= part_name_bytes_limit && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

bool has_part(const KeyDeclaration& key, std::size_t parts, std::string_view name) {
  for (std::size_t i = 0; i < parts; ++i) {
    if (key.part(i).name == name) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> read_pattern(std::string_view text, KeyDeclaration& key) {
  std::size_t parts = 0;
  for (;;) {
    const std::size_t open = std::min(text.find('{'), text.size());
    const std::string_view piece = text.substr(0, open);
    if (piece.find('}') != piece.npos) return "has a `}` without a `{`; literal text cannot have braces";
    const bool is_between = parts != 0 && open != text.size();
    if (is_between && piece.empty()) return "has two parts without literal text between them";
    key.pieces.emplace_back(piece);
    if (open == text.size()) break;
    const std::size_t close = text.find('}', open);
    if (close == text.npos) return "has a `{` without a `}`; literal text cannot have braces";
    const std::string name(text.substr(open + 1, close - open - 1));
    if (!is_part_name(name)) {
      return "has the part " + quote(name) + "; a name has 1 to " + std::to_string(part_name_bytes_limit) +
             " of `a-z`, `0-9` and `_`, and begins with a letter";
    }
    if (name == "pattern") return "has a part with the name `pattern`, which is taken";
    if (has_part(key, parts, name)) return "has the part " + quote(name) + " twice";
    if (parts == pattern_parts_limit) return "has more than " + std::to_string(pattern_parts_limit) + " parts";
    if (parts++ == 0) {
      key.name = name;
    } else {
      key.more.emplace_back().name = name;
    }
    text.remove_prefix(close + 1);
  }
  if (parts == 0) return "has no part in braces";
  const bool has_literal = std::any_of(key.pieces.begin(), key.pieces.end(), [](const auto& p) { return !p.empty(); });
  if (!has_literal) return "has no literal text; a `key` with a `type` declares such keys";
  return std::nullopt;
}

std::string pattern_step(const KeyDeclaration& key) {
  std::string out;
  for (std::size_t i = 0; i < key.pieces.size(); ++i) out += (i == 0 ? "" : "*") + literal_step(key.pieces[i]);
  return out;
}

std::optional<PartTexts> cut(const KeyDeclaration& key, std::string_view text) {
  PartTexts out;
  if (!key.is_pattern()) {
    out.add(text);
    return out;
  }
  const std::string_view last = key.pieces.back();
  if (text.size() > pattern_key_bytes_limit || !text.starts_with(key.pieces.front()) || !text.ends_with(last)) {
    return std::nullopt;
  }
  std::size_t begin = key.pieces.front().size();
  for (std::size_t i = 1; i + 1 < key.pieces.size(); ++i) {
    const std::string& piece = key.pieces[i];
    const std::size_t end = text.find(piece, begin + 1);
    if (end == text.npos) return std::nullopt;
    out.add(text.substr(begin, end - begin));
    begin = end + piece.size();
  }
  if (begin + last.size() >= text.size()) return std::nullopt;
  out.add(text.substr(begin, text.size() - last.size() - begin));
  return out;
}

bool fits(const KeyDeclaration& key, const PartTexts& parts) {
  for (std::size_t i = 0; i < key.parts(); ++i) {
    if (!first_fit(key.part(i).shape, report::TokenKind::key, parts[i])) return false;
  }
  return true;
}

std::string joined(const KeyDeclaration& key, std::span<const std::string> parts) {
  if (!key.is_pattern()) return parts.front();
  std::string out = key.pieces.front();
  for (std::size_t i = 0; i < parts.size(); ++i) out += parts[i] + key.pieces[i + 1];
  return out;
}

}  // namespace airlock::dictionary
