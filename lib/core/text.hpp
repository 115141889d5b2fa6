#pragma once
/// \file
/// Text that people read and type: what a terminal and a document may show, how messages quote, and what a person may
/// type. Encodings are in `core/encoding.hpp`, UTF-8 in `core/utf8.hpp`.

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace airlock::core {

/// `text` made fit for a terminal. Bytes become `\xNN` where they are not UTF-8, and where they are a character that
/// nobody would see as it is: a control (C0 and C1), or a character that is invisible or blank, reorders others or has
/// no meaning. A text of more than `limit` bytes is cut and ends in `…`. For text that is shown, never stored.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 200);
/// Whether `printable` would escape nothing in `text`.
[[nodiscard]] bool is_printable(std::string_view text);
/// Whether a document may have the text: UTF-8 without controls, bidirectional controls, zero-width characters and
/// noncharacters. This is the rule of the first release, and it stays, so that documents that were signed once can
/// still be read. `is_printable` allows less, and is the rule for what a person types.
[[nodiscard]] bool is_document_text(std::string_view text);

/// Makes text fit for a terminal part by part: whole lines and JSON documents too. Newline and tab stay. A character
/// that `printable` would escape becomes `\u00ad`, and two such escapes where it is above U+FFFF, so that a JSON
/// document keeps its meaning. Bytes that are not UTF-8 become `\xNN`.
class TerminalText {
 public:
  /// The text of all parts so far that was not returned yet. A character that the part cuts in two waits for the next
  /// part.
  [[nodiscard]] std::string add(std::string_view part);
  /// The rest, after the last part.
  [[nodiscard]] std::string finish();
  /// Whether anything was escaped.
  [[nodiscard]] bool has_escaped() const { return has_escaped_; }

 private:
  void escape(std::string& out, std::string_view character);
  std::string pending_;
  bool has_escaped_ = false;
};
/// All of `text` by `TerminalText`.
[[nodiscard]] std::string terminal_text(std::string_view text);

/// `printable(text)` in backticks: how a message quotes what the user gave.
[[nodiscard]] std::string quote(std::string_view text, std::size_t limit = 200);
/// A path as one word of a shell command in a message. Unquoted where no character is special, else in single quotes.
/// A path that is not printable becomes `$'…'` with the escapes of `printable`, which bash and POSIX 2024 read. Never
/// cut, since that would name another file.
[[nodiscard]] std::string shell_path(std::string_view path);

/// Whether a person may have `text` recorded or signed as `what` (`the note`): printable, and at most `limit` bytes; it
/// may be empty. Error: usage, with `hint`; the message names the first character that a reader would not see.
[[nodiscard]] Result<void> check_typed(std::string_view what, std::string_view text, std::size_t limit,
                                       std::string_view hint = {});
/// Longest reason, in bytes: long enough for an explanation, short enough for the reader of a ledger.
inline constexpr std::size_t reason_limit = 1024;
/// `check_typed` for the reason that a person gives, which must not be empty.
[[nodiscard]] Result<void> check_reason(std::string_view text, std::string_view hint);

/// ASCII letters in lower case; other bytes stay.
[[nodiscard]] std::string to_lower(std::string_view text);

/// `text` with its first letter in lower case, so that a sentence of the system fits into a message of ours. Where the
/// second character is not a lower-case letter, as in `I/O error`, nothing changes.
[[nodiscard]] std::string lower_first(std::string text);

}  // namespace airlock::core
