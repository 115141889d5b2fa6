#pragma once
/// \file
/// Where in a report a token stands, told only in the dictionary's words: declared steps, `*` for what a wildcard
/// stands for, and nothing of what is not declared. So it can be shown, recorded and sent.

#include <string>
#include <vector>

#include "dictionary/dictionary.hpp"
#include "report/scanner.hpp"

namespace airlock::redaction {

/// Follows scanner and classifier; takes every token, in order.
class DeclaredPath {
 public:
  void advance(const report::Token& token, const dictionary::Placement& placement);

  /// The declared path of the token given last; for an undeclared one the longest declared path that leads to it.
  /// `/` for the report itself.
  [[nodiscard]] std::string text() const { return path_.empty() ? "/" : path_; }

 private:
  struct Container {
    std::size_t path_size;  ///< of the container's own path
    bool is_array;
  };
  std::string path_;
  std::vector<Container> open_;
};

}  // namespace airlock::redaction
