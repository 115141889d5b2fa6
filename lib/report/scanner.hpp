#pragma once
/// \file
/// Reads a report token by token: strict RFC 8259 and I-JSON (RFC 7493), bounded memory, every token with its place in
/// the bytes, so that what stays can be copied byte for byte. Knows no field and no policy.
///
/// Refused, as bad_input: what the grammar refuses, a byte order mark, ill-formed UTF-8, unpaired surrogates and
/// noncharacters (raw or escaped), duplicate keys (after decoding), NUL bytes outside strings (the grammar) and control
/// characters inside them, bytes behind the value, and whatever exceeds a limit. The message is "byte OFFSET: WHY" and
/// has at most one byte of the report in it; the caller puts the report's name in front. A number is only its text:
/// nothing is converted. Any value may be the outermost one.
///
///     Scanner scanner(report, limits, fingerprint_key);
///     for (;;) {
///       AIRLOCK_TRY(const Token token, scanner.next());
///       if (token.kind == Kind::end) break;
///     }
///
/// Memory: one buffer of 64 KiB, one string of `limits.string_bytes`, and for each open object a table of 128-bit keyed
/// fingerprints, 22 to 43 bytes a key and half as much again while it grows, which goes when the object closes: 48 MiB
/// for an object of a million keys, 180 MiB for the worst report that the limits admit. Two different keys are taken
/// for the same one, by chance, in fewer than one report in 2^80; a duplicate is always seen.

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/io.hpp"
#include "core/result.hpp"
#include "crypto/hash.hpp"

namespace airlock::report {

using core::Result;

/// Never more than this, whatever `Limits::bytes` says.
inline constexpr std::uint64_t report_bytes_most = 192ULL * 1024 * 1024;

/// docs/formats/reports.md lists them. `bytes` is the site's setting; the others are constants. What has exactly the
/// limit is accepted.
struct Limits {
  std::uint64_t bytes = 64ULL * 1024 * 1024;
  std::size_t depth = 64;
  std::size_t key_bytes = 1024;          ///< decoded
  std::size_t string_bytes = 64 * 1024;  ///< decoded
  std::size_t number_bytes = 64;         ///< below 64 KiB
  std::uint64_t object_members = 1'000'000;
  std::uint64_t members = 4'000'000;  ///< members and elements of the whole report
};

enum class Kind : std::uint8_t {
  begin_object,
  end_object,
  begin_array,
  end_array,
  key,
  string,
  number,
  boolean,
  null,
  end,  ///< the report is over; comes once, then again for ever
};

struct Token {
  Kind kind = Kind::end;
  /// Where the token's own bytes are: quotes included, white space, colon and comma excluded.
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  /// Where the white space before the token begins: behind the separator (`{`, `[`, `,`, `:`), or behind the value
  /// before it where the token closes a container.
  std::uint64_t gap = 0;
  /// Where the white space before the comma in front of the token begins, and the offset of that comma; both equal
  /// `gap` where no comma stands in front.
  std::uint64_t comma_gap = 0;
  std::uint64_t comma = 0;
  /// Key or string: decoded. Number, boolean, null: as it stands. Otherwise empty. Valid until the next call.
  std::string_view text;
  /// Open containers around the token; 0 for the report itself. A container's two ends have the same depth.
  std::size_t depth = 0;

  [[nodiscard]] bool has_comma() const { return comma != gap; }
  [[nodiscard]] bool opens() const { return kind == Kind::begin_object || kind == Kind::begin_array; }
  [[nodiscard]] bool closes() const { return kind == Kind::end_object || kind == Kind::end_array; }
  [[nodiscard]] bool is_scalar() const {
    return kind == Kind::string || kind == Kind::number || kind == Kind::boolean || kind == Kind::null;
  }
};

class Scanner {
 public:
  /// `report` must outlive the scanner; `fingerprint_key` has 16 random bytes.
  Scanner(const core::Blob& report, const Limits& limits, const crypto::Secret& fingerprint_key);
  Scanner(Scanner&&) noexcept;
  Scanner& operator=(Scanner&&) noexcept;
  ~Scanner();

  /// The next token. Errors: bad_input as above; the blob's own; unexpected where the blob ends before its size. After
  /// an error every further call gives the same error.
  [[nodiscard]] Result<Token> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace airlock::report
