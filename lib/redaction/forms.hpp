#pragma once
/// \file
/// The forms in which a text may be hidden in another: lower and upper case, percent-encoded (RFC 3986 2.1), as a JSON
/// string (RFC 8259 7), in base64 (RFC 4648 4 and 5, with or without padding) or in hex; also one within another.
/// All forms have ASCII letters in lower case, so that comparing them ignores case.
///
/// The work is bounded for every text. Percent-encoding and escapes are undone together. A run of base64 or hex digits
/// that undoing them did not change is not decoded again. Of decoded bytes, only the parts that are text are decoded
/// further.

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace airlock::redaction {

/// How many encodings, one within another, are undone.
inline constexpr int layers_limit = 3;
/// Decoded base64 and hex is searched only in parts of at least this many bytes: shorter ones are text by chance.
inline constexpr std::size_t encoded_bytes_minimum = 6;

/// One form of a text that would leave.
struct Form {
  std::string_view text;  ///< in lower case; valid during the call only
  bool is_whole;          ///< whether it is a form of the whole text and not of a part
};

/// Finds the forms of one text after another. Reuses its buffers.
class Forms {
 public:
  /// Returns true to end the search.
  using Test = std::function<bool(const Form&)>;

  /// Calls `test` with each form of a text that would leave, until `test` returns true; returns whether it did. The
  /// forms are the text itself and what its encoded parts decode to. Percent-encoding and JSON escapes are undone in
  /// the whole text. Every run of base64 digits (all four alignments, either alphabet, across line breaks) and of hex
  /// digits (both alignments) is decoded; each part of the result that has 6 bytes or more and is text is a form. Text
  /// here is UTF-8 whose only control characters are tab and line breaks.
  [[nodiscard]] bool any(std::string_view text, const Test& test);

 private:
  /// What one layer of decoding needs.
  struct Layer {
    std::string lower;
    std::string soft;                    ///< with percent-encoding and escapes undone
    std::vector<std::uint32_t> changed;  ///< offsets of the bytes of `soft` that were encoded
    std::vector<std::uint8_t> digits;
    std::string bytes;
  };
  struct Encoding;
  static const std::array<Encoding, 2> encodings;

  bool visit(const Form& form, std::size_t depth, const std::vector<std::uint32_t>* changed, const Test& test);
  bool visit_runs(const Form& form, std::size_t depth, const Encoding& encoding,
                  const std::vector<std::uint32_t>* changed, const Test& test);
  bool visit_run(std::span<const std::uint8_t> digits, bool is_whole, std::size_t depth, const Encoding& encoding,
                 const Test& test);

  std::array<Layer, layers_limit + 1> layers_;
};

/// The forms to look for if `text` was taken out: the text itself and, if all of it is an encoding of another text,
/// that text. Each is listed once.
[[nodiscard]] std::vector<std::string> needle_forms(std::string_view text);

}  // namespace airlock::redaction
