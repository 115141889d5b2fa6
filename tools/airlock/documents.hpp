#pragma once
/// \file
/// Finds the policy and the dictionary that a command works on: named files, or those in the site's kit.

#include <string>

#include "commands.hpp"
#include "core/result.hpp"
#include "policy/policy.hpp"

namespace airlock::tools {

struct Documents {
  std::string dictionary_name;
  std::string dictionary_text;
  dictionary::Dictionary dictionary;
  std::string policy_name;
  std::string policy_text;
  policy::Policy policy;
};

/// The same for a command that needs only the dictionary.
struct DictionaryDocument {
  std::string name;
  std::string text;
  dictionary::Dictionary dictionary;
};

/// Reads the named files. If a name is empty, takes that part from the verified kit of the site. Errors: bad_input,
/// integrity. If there is neither a file nor a site, the error has a hint.
[[nodiscard]] core::Result<Documents> documents_from(const Context& context, const std::string& policy_file,
                                                     const std::string& dictionary_file);
[[nodiscard]] core::Result<DictionaryDocument> dictionary_from(const Context& context, const std::string& file);

}  // namespace airlock::tools
