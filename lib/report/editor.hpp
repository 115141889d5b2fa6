#pragma once
/// \file
/// Writes a report again with some parts left out or replaced. Everything else is copied byte for byte, white space
/// included. The result is well-formed JSON, whatever is left out.
///
/// The caller hands over every token of the scanner, in order, and says what to do with it:
///
///     Editor editor(report, out);
///     for (;;) {
///       AIRLOCK_TRY(const Token& token, scanner.next());
///       if (token.kind == TokenKind::end) return editor.finish(token);
///       if (editor.dropping()) {
///         editor.skip(token);
///       } else if (unwanted(token)) {
///         AIRLOCK_CHECK(editor.drop(token));
///       } else {
///         AIRLOCK_CHECK(editor.keep(token));
///       }
///     }
///
/// A member can be left out at its key: `drop` the key, then hand the tokens of its value to `skip`. It can also be
/// left out at its value: `drop` the value's first token, since a key is written only once its value is known to stay.
/// The outermost value cannot be left out.
///
/// White space and commas: a member or element owns the bytes from the end of the previous value (or from the opening
/// bracket) to its own end, and they are left out with it. The bytes before a closing bracket stay. The first member
/// that stays loses the comma before it, and the white space before that comma: `[ 1 , 2 , 3 ]` without 1 is `[ 2 , 3
/// ]`, without 3 `[ 1 , 2 ]`, without all `[ ]`.
///
/// Memory: two buffers of at most 128 KiB, whatever lies between the tokens. Reads the report once, from front to back.
/// A call in another order than described here is a bug of the caller and throws std::logic_error; no report can cause
/// it.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/io.hpp"
#include "report/scanner.hpp"

namespace airlock::report {

class Editor {
 public:
  /// `report` is the blob that the scanner reads. Both must outlive the editor.
  Editor(const core::Blob& report, core::Sink& out);
  Editor(Editor&&) noexcept;
  Editor& operator=(Editor&&) noexcept;
  ~Editor();

  /// Keeps the token as it is. Errors of this and of `replace`, `drop` and `finish`: those of the report and of the
  /// sink. After an error the content of the sink must not be used.
  [[nodiscard]] Result<void> keep(const Token& token);
  /// Writes `json` in place of a scalar or a key. It is a JSON scalar, and for a key a JSON string.
  [[nodiscard]] Result<void> replace(const Token& token, std::string_view json);
  /// Leaves out the member or element that this token begins: a key, or the first token of a value.
  [[nodiscard]] Result<void> drop(const Token& token);
  /// Whether the last dropped member or element has not ended yet. While it has not, hand every token to `skip`.
  [[nodiscard]] bool dropping() const;
  void skip(const Token& token);
  /// For `TokenKind::end`: writes the bytes after the last token and everything that is still buffered.
  [[nodiscard]] Result<void> finish(const Token& end);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// `text` (UTF-8) as a JSON string with its quotes. Escapes `"`, `\` and U+0000 to U+001F (RFC 8259 section 7).
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace airlock::report
