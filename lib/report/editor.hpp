#pragma once
/// \file
/// Writes a report again with some of it left out or replaced: everything else is copied byte for byte, white space
/// included, and the result is well-formed JSON whatever is left out.
///
/// The caller hands over every token of the scanner in order with its verdict:
///
///     Editor editor(report, out);
///     for (;;) {
///       AIRLOCK_TRY(const Token token, scanner.next());
///       if (token.kind == Kind::end) return editor.finish(token);
///       if (editor.dropping()) {
///         editor.skip(token);
///       } else if (unwanted(token)) {
///         AIRLOCK_CHECK(editor.drop(token));
///       } else {
///         AIRLOCK_CHECK(editor.keep(token));
///       }
///     }
///
/// A member may be left out when its key comes (`drop` on the key; its value's tokens must then be handed to `skip`),
/// or when its value's first token comes (`drop` on that token), since a key is not written before its value is known
/// to stay. The report's outermost value cannot be left out.
///
/// White space and commas: the bytes from the end of the value before it (or from the opening bracket) to its own end
/// belong to a member or element, and it is left out with them; the bytes before a closing bracket belong to the
/// bracket and stay. The first member that stays gives up the comma in front of it and the white space before that
/// comma, where it has one: `[ 1 , 2 , 3 ]` without 1 is `[ 2 , 3 ]`, without 3 `[ 1 , 2 ]`, without all `[ ]`.
///
/// Memory: two buffers of at most 128 KiB, whatever stands between the tokens. Reads the report once, from front to
/// back. A call out of order, or one that this page does not foresee, is a bug of the caller and throws
/// std::logic_error; no report can cause it.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/io.hpp"
#include "report/scanner.hpp"

namespace airlock::report {

class Editor {
 public:
  /// `report` is what the scanner reads. Both must outlive the editor.
  Editor(const core::Blob& report, core::Sink& out);
  Editor(Editor&&) noexcept;
  Editor& operator=(Editor&&) noexcept;
  ~Editor();

  /// The token stays as it is. Errors of this and the next three: the report's and the sink's; what the sink has is
  /// then worthless.
  [[nodiscard]] Result<void> keep(const Token& token);
  /// Writes `json` (a JSON scalar, or a JSON string where the token is a key) in the place of a scalar or key.
  [[nodiscard]] Result<void> replace(const Token& token, std::string_view json);
  /// Leaves out the member or element that this token begins: a key, or the first token of a value.
  [[nodiscard]] Result<void> drop(const Token& token);
  /// Between `drop` and the end of what was dropped `dropping()` is true and every token goes to `skip`.
  [[nodiscard]] bool dropping() const;
  void skip(const Token& token);
  /// For `Kind::end`: writes what stands behind the last token, and all that is still in the buffer.
  [[nodiscard]] Result<void> finish(const Token& end);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// `text` (UTF-8) as a JSON string with its quotes: `"`, `\` and U+0000 to U+001F escaped, all else as it is
/// (RFC 8259 section 7).
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace airlock::report
