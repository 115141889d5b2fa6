#pragma once
/// \file
/// What messages call a document and its declarations. A person who has written a dictionary short (source.hpp) wants
/// to read the place in the file and not that in the flat document, which nobody sees.

#include <string>
#include <string_view>
#include <vector>

namespace airlock::dictionary {

/// Where a declaration was written.
struct Origin {
  std::string file;
  std::string place;  ///< JSON Pointer in the file
};

struct DocumentName {
  std::string_view document;
  const std::vector<Origin>& origins;  ///< one for each declaration; or empty, if they stand in the document itself

  [[nodiscard]] Origin of(std::size_t declaration) const {
    if (declaration < origins.size()) return origins[declaration];
    return {std::string(document), "/fields/" + std::to_string(declaration)};
  }
};

}  // namespace airlock::dictionary
