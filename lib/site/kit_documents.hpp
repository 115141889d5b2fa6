#pragma once
/// \file
/// Reads the files from which somebody makes the documents of a kit.

#include <string>
#include <vector>

#include "core/result.hpp"
#include "dictionary/source.hpp"
#include "policy/policy.hpp"

namespace airlock::site {

/// The two documents of a kit that say what leaves.
struct KitDocuments {
  std::string policy_text;
  policy::Policy policy;
  std::string dictionary_text;  ///< flat
  dictionary::Dictionary dictionary;
};

/// Reads the files of one dictionary and expands them. Precondition: there is a path. Errors: not_found or unexpected
/// for a file that cannot be read; those of `dictionary::expand`.
[[nodiscard]] core::Result<dictionary::Expanded> read_dictionary(const std::vector<std::string>& paths);

}  // namespace airlock::site
