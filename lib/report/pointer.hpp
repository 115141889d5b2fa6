#pragma once
/// \file
/// Where in a report a token stands, as a JSON Pointer (RFC 6901) with the report's own names. For people at the site
/// only: such a path may be a person's name, so it is neither recorded nor sent (redaction/declared_path.hpp is for that).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "report/scanner.hpp"

namespace airlock::report {

/// Follows a scanner; takes every token, in order.
class Pointer {
 public:
  void advance(const Token& token);

  /// Of the token given last: of a key, that of its member. Empty for the report itself.
  [[nodiscard]] const std::string& text() const { return path_; }

 private:
  friend std::optional<std::string> place_of_fault(const core::Blob&, const Limits&, const crypto::Secret&);

  struct Container {
    std::size_t path_size;  ///< of the container's own path
    bool is_array;
    std::uint64_t next;  ///< index of the element to come
  };
  std::string path_;
  std::vector<Container> open_;
};

/// In which place a report is malformed, in words: ``in `/a/0` `` or ``after `/a/b` ``. Nothing where it is well-formed,
/// or malformed before anything of it could be read.
[[nodiscard]] std::optional<std::string> place_of_fault(const core::Blob& report, const Limits& limits,
                                                        const crypto::Secret& fingerprint_key);

}  // namespace airlock::report
