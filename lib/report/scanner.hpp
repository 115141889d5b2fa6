#pragma once
/// \file
/// Reads a report token by token: strict RFC 8259 and I-JSON (RFC 7493) in bounded memory. Each token has its offsets
/// in the report, so that what stays can be copied byte for byte. Knows no field and no policy.
///
/// Refused, as bad_input: what the grammar forbids (also NUL bytes outside strings), a byte order mark, ill-formed
/// UTF-8, unpaired surrogates and noncharacters (raw or escaped), keys that are equal after decoding, control
/// characters in strings, bytes after the value, and anything above a limit. The message is "byte OFFSET: WHY" with at
/// most one byte of the report; the caller puts the report's name in front. A number is returned as its text, not
/// converted. Any value may be the outermost one.
///
/// The lines of a `Document::lines` are read as the elements of an array that has no bytes of its own: its opening
/// token is before the first byte, its closing token behind the last. A line end is in the place of a comma. A line
/// holds one value, and no line end within it; lines of white space belong to the white space before the next value.
///
///     Scanner scanner(report, limits, fingerprint_key);
///     for (;;) {
///       AIRLOCK_TRY(const Token& token, scanner.next());
///       if (token.kind == TokenKind::end) break;
///     }
///
/// Memory: one buffer of 64 KiB, one string of `limits.string_bytes`, and a keyed fingerprint of 64 bits for each key
/// of the open objects: 9 to 19 bytes for a key, 16 MiB for an object with a million keys, 70 MiB for the worst report
/// within the limits. Where a fingerprint is there already the object is read again, so a key is refused as a duplicate
/// if and only if it is one. It is refused together with the token after it.

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "core/io.hpp"
#include "core/result.hpp"
#include "crypto/hash.hpp"
#include "report/document.hpp"

namespace airlock::report {

using core::Result;

/// The most bytes that a report may have, whatever `Limits::bytes` says.
inline constexpr std::uint64_t report_bytes_maximum = 192ULL * 1024 * 1024;

/// The limits of a report, as docs/formats/reports.md lists them. `bytes` is the site's setting; the others are
/// constants. A report that reaches a limit exactly is accepted.
struct Limits {
  std::uint64_t bytes = 64ULL * 1024 * 1024;
  std::size_t depth = 64;
  std::size_t key_bytes = 1024;             ///< decoded
  std::size_t string_bytes = 64ULL * 1024;  ///< decoded
  std::size_t number_bytes = 64;            ///< below 64 KiB
  std::uint64_t object_members = 1'000'000;
  std::uint64_t members = 4'000'000;  ///< members and elements of the whole report
};

enum class TokenKind : std::uint8_t {
  begin_object,
  end_object,
  begin_array,
  end_array,
  key,
  string,
  number,
  boolean,
  null,
  end,  ///< the end of the report, and the answer to every later call
};

struct Token {
  TokenKind kind = TokenKind::end;
  /// The offsets of the token's first byte and of the byte after its last. The quotes of a string belong to the token;
  /// white space, colon and comma do not.
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  /// The offset of the white space before the token. It follows a separator (`{`, `[`, `,`, `:`), or the last value of
  /// a container that the token closes.
  std::uint64_t gap = 0;
  /// If a comma (between lines: a line feed) precedes the token: the offset of the white space before it, and its own.
  /// Otherwise both equal `gap`.
  std::uint64_t comma_gap = 0;
  std::uint64_t comma = 0;
  /// The decoded text of a key or string; the text of a number, boolean or null as it is written; otherwise empty.
  /// Valid until the next call, also in a copy of the token.
  std::string_view text;
  /// How many open containers surround the token; 0 for the outermost value. The opening and the closing token of a
  /// container have the same depth.
  std::size_t depth = 0;

  [[nodiscard]] bool has_comma() const { return comma != gap; }
  [[nodiscard]] bool opens() const { return kind == TokenKind::begin_object || kind == TokenKind::begin_array; }
  [[nodiscard]] bool closes() const { return kind == TokenKind::end_object || kind == TokenKind::end_array; }
  [[nodiscard]] bool is_scalar() const {
    return kind == TokenKind::string || kind == TokenKind::number || kind == TokenKind::boolean ||
           kind == TokenKind::null;
  }
};

/// Checks the first token of a report. Error: bad_input if it does not begin what `document` says.
[[nodiscard]] Result<void> check_document(const Token& first, Document document);

class Scanner {
 public:
  /// `report` must outlive the scanner; `fingerprint_key` has 16 random bytes. Only `lines` are read otherwise than one
  /// value; whether that is an object or an array, `check_document` says.
  Scanner(const core::Blob& report, const Limits& limits, const crypto::Secret& fingerprint_key,
          Document document = Document::object);
  Scanner(Scanner&&) noexcept;
  Scanner& operator=(Scanner&&) noexcept;
  ~Scanner();

  /// The next token, valid until the next call. Errors: bad_input as above; the blob's own; unexpected where the blob
  /// ends before its size. After an error every further call gives the same error.
  [[nodiscard]] Result<std::reference_wrapper<const Token>> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace airlock::report
