#pragma once
/// \file
/// What in a report does not fit the dictionary, and a proposal of how to declare it. For people who write a
/// dictionary. The paths contain the report's own keys, so they are never recorded or sent.

#include <cstdint>
#include <string>
#include <vector>

#include "core/io.hpp"
#include "dictionary/dictionary.hpp"
#include "report/scanner.hpp"

namespace airlock::dictionary {

/// How many misfits of one report are listed. The places of further ones are only counted.
inline constexpr std::size_t misfits_limit = 1000;

/// All places of one path that do not fit for the same reason.
struct Misfit {
  enum class Kind : std::uint8_t {
    undeclared,  ///< a value that no declaration describes
    ill_typed,   ///< a value of another type than declared
    ill_key,     ///< a key of another type than the `*` declares
    stray_twin,  ///< looks like a flattened copy of something that is not declared
  };
  Kind kind;
  std::string path;  ///< as a declaration writes it, with `*` for elements and for keys that look like numbers or ids
  std::uint64_t count = 0;
  /// The declaration to paste into the dictionary, one JSON object; empty if no declaration would help.
  std::string proposal;
};
[[nodiscard]] std::string_view name(Misfit::Kind kind);

struct Misfits {
  std::vector<Misfit> list;    ///< in the order of their first places
  std::uint64_t unlisted = 0;  ///< how many places belong to misfits that are not listed
};

/// Finds the misfits of a report. Types are guessed from the values, and classes from the types; a person must judge
/// both. Error: bad_input if the report is malformed or not an object.
[[nodiscard]] Result<Misfits> find_misfits(const core::Blob& report, const Dictionary& dictionary,
                                           const report::Limits& limits, const crypto::Secret& fingerprint_key);

}  // namespace airlock::dictionary
