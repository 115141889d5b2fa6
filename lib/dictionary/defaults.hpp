#pragma once
/// \file
/// What the declarations of a source file get unless they say otherwise. For this module only.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.hpp"
#include "core/members.hpp"

namespace airlock::dictionary {

/// The defaults for declarations at `under` and below it; for all where it is empty.
struct Defaults {
  std::string under;
  /// Of `type`, `class`, `purpose` and `nullable` those that are given, in the file's DOM.
  std::vector<std::pair<std::string, const core::Json*>> members = {};
};

/// Reads the member `defaults` of a file: an object, or a list of objects that each may say `under`. The longest
/// `under` comes last. Records a failure in `in`.
[[nodiscard]] std::vector<Defaults> read_defaults(core::Members& in);

/// Adds to a declaration what it does not say. `goes_on` says whether declared paths go on from its own: then it gets
/// no type unless it says one. A default `class` is that of values of the default `type`, so a declaration with a type
/// of its own gets it only where no default `type` is in force.
void apply(const std::vector<Defaults>& defaults, bool goes_on, core::Json& declaration);

/// Whether a path is `under`, or is below it.
[[nodiscard]] bool is_under(std::string_view path, std::string_view under);

}  // namespace airlock::dictionary
