#pragma once
/// \file
/// Writes a report again with some of it left out or replaced: everything else is copied byte for byte, white space
/// included, and the result is well-formed JSON whatever is left out.
///
/// The caller hands over every token of the scanner in order with its verdict. Leaving out a member takes its key, its
/// value, the white space around them and one comma; the first member that stays is written without a comma before it.
/// A member may be left out when its key comes (`drop` on the key; its value's tokens must then be handed to `skip`),
/// or when its value's first token comes (`drop` on that token), since a key is not written before its value is known
/// to stay. The report's outermost value cannot be left out.

#include <cstdint>
#include <memory>
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

  [[nodiscard]] Result<void> keep(const Token& token);
  /// Writes `json` (a JSON scalar, or a JSON string where the token is a key) in the token's place.
  [[nodiscard]] Result<void> replace(const Token& token, std::string_view json);
  /// Leaves out the member or element that this token begins: a key, or the first token of a value.
  [[nodiscard]] Result<void> drop(const Token& token);
  /// Between `drop` and the end of what was dropped `dropping()` is true and every token goes to `skip`.
  [[nodiscard]] bool dropping() const;
  void skip(const Token& token);
  /// After `Kind::end`: writes what stands behind the last token.
  [[nodiscard]] Result<void> finish(const Token& end);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// `text` (UTF-8) as a JSON string with its quotes: `"`, `\` and control characters escaped, all else as it is.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace airlock::report
