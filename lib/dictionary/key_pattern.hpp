#pragma once
/// \file
/// Keys whose name consists of literal text and of parts, such as `stats.ds.{plugin}.count`: reads such a pattern, and
/// cuts keys into their parts. A key without a pattern is cut into one part, itself, so callers need not tell them
/// apart. docs/formats/dictionary.md, "Key patterns".

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "dictionary/field.hpp"

namespace airlock::dictionary {

/// Reads `stats.ds.{plugin}.count` into the names of the parts and the `pieces` of `key`. Types and classes are left as
/// they are. Returns the fault of the pattern, as the end of a sentence that begins with it, or nothing.
[[nodiscard]] std::optional<std::string> read_pattern(std::string_view text, KeyDeclaration& key);

/// The step that stands for a pattern in paths: `stats.ds.*.count`. Literal text is escaped as in other steps.
[[nodiscard]] std::string pattern_step(const KeyDeclaration& key);

/// Whether a step of a declared path, as the path writes it, is a pattern.
[[nodiscard]] inline bool is_pattern_step(std::string_view step) { return step != "*" && step.find('*') != step.npos; }

/// The texts of a key's parts, in order. They are parts of the key's own text.
class PartTexts {
 public:
  void add(std::string_view text) { texts_.at(count_++) = text; }
  [[nodiscard]] std::span<const std::string_view> all() const { return {texts_.data(), count_}; }
  [[nodiscard]] std::string_view operator[](std::size_t i) const { return texts_.at(i); }

 private:
  std::array<std::string_view, pattern_parts_limit> texts_;
  std::size_t count_ = 0;
};

/// Cuts a key into its parts: each ends where the literal text behind it begins for the first time, the last one where
/// the key's last literal text begins. No part is empty. Nothing if the key does not have the literal text of the
/// pattern. Does not look at types. Time: the key's length for each piece of literal text, usually all together.
[[nodiscard]] std::optional<PartTexts> cut(const KeyDeclaration& key, std::string_view text);

/// Whether each part fits one of its types.
[[nodiscard]] bool fits(const KeyDeclaration& key, const PartTexts& parts);

/// The key with these parts and the literal text of the pattern.
[[nodiscard]] std::string joined(const KeyDeclaration& key, std::span<const std::string> parts);

}  // namespace airlock::dictionary
