#pragma once
/// \file
/// Names in a policy document, and lists of names; for policy/ and prover/ only.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/members.hpp"
#include "core/text.hpp"

namespace airlock::policy {

/// The items, quoted, with commas between them; `nothing` if there are none.
template <typename Items>
[[nodiscard]] std::string listed(const Items& items, std::string_view nothing) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + core::quote(item);
  return out.empty() ? std::string(nothing) : out;
}

template <typename Item, typename Wanted>
bool contains(const std::vector<Item>& list, const Wanted& wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

/// Reads a list of names. If the list is there, it must not be empty, and each name must satisfy `is_known`; otherwise
/// the message says that the name "is not `what`".
template <typename IsKnown>
std::vector<std::string> names_if(core::Members& in, std::string_view member, std::size_t maximum,
                                  std::string_view what, IsKnown is_known) {
  auto found = in.texts_if(member, maximum);
  if (in.has(member) && found.empty()) in.refuse(member, "is empty");
  for (const auto& text : found) {
    if (!is_known(text)) in.refuse(member, core::quote(text) + " is not " + std::string(what));
  }
  return found;
}

}  // namespace airlock::policy
