#include "site/kit_documents.hpp"

#include "sys/read_file.hpp"

namespace airlock::site {

core::Result<dictionary::Expanded> read_dictionary(const std::vector<std::string>& paths) {
  std::vector<dictionary::SourceFile> files;
  for (const std::string& path : paths) {
    AIRLOCK_TRY(auto text, sys::read_file(path, dictionary::dictionary_bytes_limit));
    files.push_back({path, std::move(text)});
  }
  return dictionary::expand(files);
}

}  // namespace airlock::site
