#pragma once
/// \file
/// The forms in which a text may stand in another: lower and upper case, percent-encoded (RFC 3986 2.1), as a JSON
/// string (RFC 8259 7), in base64 (RFC 4648 4 and 5, with or without padding) or in hex; also one within another.
/// All forms have ASCII letters in lower case, so that comparing them ignores case.
///
/// The work is bounded whatever the text: percent-encoding and escapes are undone together, a run of base64 or hex
/// digits that undoing them left as it was is not decoded again, and of decoded bytes only those parts are followed
/// that are text.

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace airlock::redaction {

/// How many encodings within one another are undone.
inline constexpr int layers_limit = 3;
/// Fewer bytes than this are not looked for in base64 and hex: there, anything short means something by chance.
inline constexpr std::size_t encoded_bytes_least = 6;

/// One form of a text that would leave.
struct Form {
  std::string_view text;  ///< in lower case; valid during the call only
  bool is_whole;          ///< whether it stands for the whole of the text, and not for a part of it
};

/// Finds the forms of one text after the other; keeps its buffers.
class Forms {
 public:
  /// Returns true to end the search.
  using Test = std::function<bool(const Form&)>;

  /// Calls `test` with each form of a text that would leave, until it returns true; returns whether it did. A form is
  /// the text itself and whatever its encoded parts decode to: all of it for percent and JSON, every run of characters
  /// for base64 (all four alignments, either alphabet, across line breaks) and hex (both alignments), of that every
  /// part of 6 bytes or more that is text: UTF-8 without control characters but tab and line breaks.
  [[nodiscard]] bool any(std::string_view text, const Test& test);

 private:
  /// What one layer of decoding needs.
  struct Layer {
    std::string lower;
    std::string soft;                    ///< percent-encoding and escapes undone
    std::vector<std::uint32_t> changed;  ///< where in `soft` a character stands for an encoding
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

/// What to look for in such forms where `text` was taken out: the text itself and, where the whole of it is an
/// encoding of text, that text. Each once.
[[nodiscard]] std::vector<std::string> needle_forms(std::string_view text);

}  // namespace airlock::redaction
