#pragma once
/// \file
/// Names in a policy document, and lists of them; within the module only.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/members.hpp"
#include "core/text.hpp"

namespace airlock::policy {

/// Names of tiers, profiles, rules and claims, and entitlements: the alphabet of licences.
inline bool is_name(std::string_view text) {
  const auto is_letter_or_digit = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= 64 && is_letter_or_digit(text[0]) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-'; });
}

inline constexpr std::string_view name_rule =
    "must have 1 to 64 of `a-z`, `0-9`, `.`, `_`, `-`, the first a letter or a digit";

template <typename Item, typename Wanted>
bool contains(const std::vector<Item>& list, const Wanted& wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

/// A list that, where it stands, is not empty, and each element of which `is_known`; else it "is not `what`".
template <typename IsKnown>
std::vector<std::string> names_if(core::Members& in, std::string_view member, std::size_t most, std::string_view what,
                                  IsKnown is_known) {
  auto found = in.texts_if(member, most);
  if (in.has(member) && found.empty()) in.refuse(member, "is empty");
  for (const auto& text : found) {
    if (!is_known(text)) in.refuse(member, core::quote(text) + " is not " + std::string(what));
  }
  return found;
}

}  // namespace airlock::policy
