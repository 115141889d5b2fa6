#pragma once
/// \file
/// Where in a report a token is, as a JSON Pointer (RFC 6901) with the report's own names. For people at the site only:
/// such a path may contain a person's name, so it is neither recorded nor sent. For that, use
/// `Placement::place` (dictionary/classifier.hpp).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "report/scanner.hpp"

namespace airlock::report {

/// Follows a scanner. Give it every token, in order.
class Pointer {
 public:
  void advance(const Token& token);

  /// The path of the last token. For a key it is the path of its member; for the report itself it is empty.
  [[nodiscard]] const std::string& text() const { return path_; }

 private:
  friend std::optional<std::string> place_of_fault(const core::Blob&, const Limits&, const crypto::Secret&, Document);

  struct Container {
    std::size_t path_size;  ///< of the container's own path
    bool is_array;
    std::uint64_t next;  ///< index of the element to come
  };
  std::string path_;
  std::vector<Container> open_;
};

/// The place at which a report is malformed, in words: ``in `/a/0` `` or ``after `/a/b` ``. Nothing if the report is
/// well-formed, or if it is malformed before the first member or element. Lines count as elements.
[[nodiscard]] std::optional<std::string> place_of_fault(const core::Blob& report, const Limits& limits,
                                                        const crypto::Secret& fingerprint_key,
                                                        Document document = Document::object);

}  // namespace airlock::report
