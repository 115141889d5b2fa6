#include "documents.hpp"

#include "core/text.hpp"
#include "gate/kit_files.hpp"
#include "site/kit_documents.hpp"
#include "site/site.hpp"
#include "sys/read_file.hpp"

namespace airlock::tools {
namespace documents_reading {

core::Result<site::Kit> kit_of(const Context& context, std::string_view missing) {
  auto site = site::Site::open(context.site);
  if (!site) {
    core::Error error = std::move(site).error();
    error.hint = "name the " + std::string(missing) + ", or a site with --site";
    return core::fail(std::move(error));
  }
  AIRLOCK_TRY(const auto text, sys::read_file(site->path(site::layout::kit), published::kit_bytes_limit));
  return gate::verify_kit_for(*site, text);
}

}  // namespace documents_reading

core::Result<DictionaryDocument> dictionary_from(const Context& context, const std::vector<std::string>& files) {
  if (files.empty()) {
    AIRLOCK_TRY(auto kit, documents_reading::kit_of(context, "dictionary with --dictionary FILE"));
    return DictionaryDocument{"dictionary.json", std::move(kit.dictionary_text), std::move(kit.dictionary)};
  }
  AIRLOCK_TRY(auto source, site::read_dictionary(files));
  return DictionaryDocument{files.front(), std::move(source.text), std::move(source.dictionary)};
}

core::Result<Documents> documents_from(const Context& context, const std::string& policy_file,
                                       const std::vector<std::string>& dictionary_files) {
  AIRLOCK_TRY(auto dictionary, dictionary_from(context, dictionary_files));
  std::string name = policy_file;
  std::string text;
  if (policy_file.empty()) {
    AIRLOCK_TRY(auto kit, documents_reading::kit_of(context, "policy file"));
    name = "policy.json";
    text = std::move(kit.policy_text);
  } else {
    AIRLOCK_TRY(text, sys::read_file(policy_file, policy::policy_bytes_limit));
  }
  AIRLOCK_TRY(auto policy, policy::Policy::parse(text, name, dictionary.dictionary));
  return Documents{std::move(dictionary.name),
                   std::move(dictionary.text),
                   std::move(dictionary.dictionary),
                   std::move(name),
                   std::move(text),
                   std::move(policy)};
}

}  // namespace airlock::tools
