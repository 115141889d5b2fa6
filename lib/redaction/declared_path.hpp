#pragma once
/// \file
/// Where in a report a token is, in the dictionary's words only: declared steps, `*` for what a wildcard stands for,
/// and no undeclared names. So the path can be shown, recorded and sent.

#include <string>
#include <vector>

#include "dictionary/classifier.hpp"
#include "report/scanner.hpp"

namespace airlock::redaction {

/// Follows scanner and classifier. Give it every token, in order.
class DeclaredPath {
 public:
  void advance(const report::Token& token, const dictionary::Placement& placement);

  /// The declared path of the last token. For an undeclared token it is the longest declared path that leads there; for
  /// the report itself it is `/`.
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
