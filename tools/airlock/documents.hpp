#pragma once
/// \file
/// Finds the policy and the dictionary that a command works on: named files, or those in the site's kit.

#include <string>
#include <vector>

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

/// Reads the named files; those of a dictionary may be several, and written short. What no file is named for is taken
/// from the verified kit of the site. `text` is that of the flat document. Errors: bad_input, integrity. If there is
/// neither a file nor a site, the error has a hint.
[[nodiscard]] core::Result<Documents> documents_from(const Context& context, const std::string& policy_file,
                                                     const std::vector<std::string>& dictionary_files);
[[nodiscard]] core::Result<DictionaryDocument> dictionary_from(const Context& context,
                                                               const std::vector<std::string>& files);

}  // namespace airlock::tools
