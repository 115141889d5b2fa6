#pragma once
/// \file
/// The policy and the dictionary that a command is about: files, or what the site's kit has.

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

/// Only the dictionary.
struct DictionaryDocument {
  std::string name;
  std::string text;
  dictionary::Dictionary dictionary;
};

/// Reads the files; where one is empty, takes that part of the kit in the site directory, verified. Errors: bad_input,
/// integrity, and with a hint where there is neither file nor site.
[[nodiscard]] core::Result<Documents> documents_from(const Context& context, const std::string& policy_file,
                                                     const std::string& dictionary_file);
[[nodiscard]] core::Result<DictionaryDocument> dictionary_from(const Context& context, const std::string& file);

}  // namespace airlock::tools
