#pragma once
/// \file
/// How the functions of this library report failure: a `Result<T>` has a value or an `Error`.
///
/// An `Error` says what went wrong, where, and what to do next, in words for the person at the terminal: lower case, no
/// full stop, user input in backticks, outer context before inner cause ("`kit.p7s`: signature does not verify").
/// Exceptions are for bugs, and for memory that ran out.
///
///     Result<Kit> load(const std::string& path) {
///       AIRLOCK_TRY(const auto bytes, read_file(path, kit_limit));
///       if (bytes.empty()) return fail(Code::bad_input, "`" + path + "`: is empty", "ask the vendor for another kit");
///       return parse(bytes);
///     }

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace airlock::core {

/// The kind of a failure. Its value is the exit code of a command that fails with it (docs/reference/exit-codes.md).
enum class Code : std::uint8_t {
  unexpected = 1,    ///< a condition that has no code of its own; the message names it
  usage = 2,         ///< the command line is wrong
  bad_input = 3,     ///< a file is missing or malformed
  refused = 4,       ///< refused or held by dictionary, leak scan, ceiling, kit, licence state or grant
  integrity = 5,     ///< a signature, digest, proof or chain does not verify
  verdict = 6,       ///< the licence is in another state than valid, grace and invalid
  later = 7,         ///< recorded, and to be finished later
  not_recorded = 8,  ///< nothing was recorded: the disk is full, busy or read-only
};

/// The name of a code in documents: `unexpected`, `usage`, `bad_input` and so on. Names never change.
[[nodiscard]] constexpr std::string_view name(Code code) {
  switch (code) {
    case Code::usage:
      return "usage";
    case Code::bad_input:
      return "bad_input";
    case Code::refused:
      return "refused";
    case Code::integrity:
      return "integrity";
    case Code::verdict:
      return "verdict";
    case Code::later:
      return "later";
    case Code::not_recorded:
      return "not_recorded";
    default:
      return "unexpected";
  }
}

/// The exit code of a command that ends with `code`: the code's value, or 0 if there is no code.
[[nodiscard]] constexpr int exit_code(std::optional<Code> code) { return code ? static_cast<int>(*code) : 0; }

struct Error {
  Code code = Code::unexpected;
  std::string message;
  std::string hint;  ///< the next step, or empty

  /// The same error with "context: " before its message.
  [[nodiscard]] Error within(std::string_view context) && {
    message.insert(0, ": ");
    message.insert(0, context);
    return std::move(*this);
  }
};

template <typename T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Code code, std::string message, std::string hint = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(hint)});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace airlock::core

// A declaration cannot stand in parentheses. NOLINTBEGIN(bugprone-macro-parentheses)
#define AIRLOCK_JOIN_(a, b) a##b
#define AIRLOCK_JOIN(a, b) AIRLOCK_JOIN_(a, b)
#define AIRLOCK_TRY_(tmp, declaration, expression)                \
  auto tmp = (expression);                                        \
  if (!tmp) return ::airlock::core::fail(std::move(tmp).error()); \
  declaration = std::move(*tmp)
// NOLINTEND(bugprone-macro-parentheses)
/// Declares or assigns the value of a `Result`. Returns its error from the enclosing function where it has one.
#define AIRLOCK_TRY(declaration, ...) AIRLOCK_TRY_(AIRLOCK_JOIN(airlock_try_, __LINE__), declaration, (__VA_ARGS__))
/// Returns the error of a `Result` from the enclosing function where it has one.
#define AIRLOCK_CHECK(...)                                  \
  if (auto airlock_check_ = (__VA_ARGS__); !airlock_check_) \
  return ::airlock::core::fail(std::move(airlock_check_).error())
