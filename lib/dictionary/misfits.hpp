#pragma once
/// \file
/// What of a report the dictionary does not declare, or declares as something else, and what would have to be declared
/// for it. For a person who writes a dictionary: paths hold the report's own keys and are never recorded or sent.

#include <cstdint>
#include <string>
#include <vector>

#include "core/io.hpp"
#include "dictionary/dictionary.hpp"

namespace airlock::dictionary {

/// Different ones in one report; more are counted and not listed.
inline constexpr std::size_t misfits_limit = 1000;

/// All places of one path that do not fit in one way.
struct Misfit {
  enum class Kind : std::uint8_t {
    undeclared,  ///< a value that no declaration is for
    ill_typed,   ///< a value of another type than declared
    ill_key,     ///< a key of another type than the `*` declares
    stray_twin,  ///< looks like a flattened copy of something that is not declared
  };
  Kind kind;
  std::string path;  ///< as a declaration writes it: `*` for elements and for keys that look like numbers or ids
  std::uint64_t count = 0;
  /// The declaration to paste, one JSON object; empty where none would do.
  std::string proposal;
};
[[nodiscard]] std::string_view name(Misfit::Kind kind);

struct Misfits {
  std::vector<Misfit> list;    ///< in the order of their first place
  std::uint64_t unlisted = 0;  ///< places beyond `misfits_limit` different ones
};

/// Reads a report. Types are guessed from the values, classes from the types: both are proposals to be judged by a
/// person. Errors: bad_input (malformed, or not an object).
[[nodiscard]] Result<Misfits> find_misfits(const core::Blob& report, const Dictionary& dictionary,
                                           const report::Limits& limits, const crypto::Secret& fingerprint_key);

}  // namespace airlock::dictionary
