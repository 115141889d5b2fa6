#pragma once
/// \file
/// The forms in which a text may stand in another: lower and upper case, percent-encoded (RFC 3986 2.1), as a JSON
/// string (RFC 8259 7), in base64 (RFC 4648 4 and 5, with or without padding) or in hex; also one within another.
/// All forms have ASCII letters in lower case, so that comparing them ignores case.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace airlock::redaction {

/// How many encodings within one another are undone.
inline constexpr int layers_limit = 3;
/// Fewer bytes than this are not looked for in base64 and hex: there, anything short means something by chance.
inline constexpr std::size_t encoded_bytes_least = 6;

/// Calls `test` with each form of a text that would leave, until it returns true; returns whether it did. A form is the
/// text itself and whatever its encoded parts decode to: all of it for percent and JSON, every run of characters for
/// base64 (all four alignments, either alphabet, across line breaks) and hex (both alignments).
[[nodiscard]] bool any_form(std::string_view text, const std::function<bool(std::string_view)>& test,
                            int layers = layers_limit);

/// What to look for in such forms where `text` was taken out: the text itself and, where the whole of it is an
/// encoding of printable text, that text. Each once.
[[nodiscard]] std::vector<std::string> needle_forms(std::string_view text);

}  // namespace airlock::redaction
