#pragma once
/// \file
/// `keys/former/`: what is kept of keys that are no longer in force; within the module only.

#include <string>
#include <vector>

#include "site/rotation.hpp"

namespace airlock::site {

/// Paths of all files of a key there, in the order in which the keys were replaced.
[[nodiscard]] Result<std::vector<std::string>> former_files(const Site& site, KeyName key,
                                                            std::string_view ending = "");

}  // namespace airlock::site
