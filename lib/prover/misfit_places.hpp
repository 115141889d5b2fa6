#pragma once
/// \file
/// Where a report does not fit a dictionary, with what was seen there. misfits.hpp proposes declarations for it.

#include <optional>
#include <string>
#include <vector>

#include "core/io.hpp"
#include "dictionary/dictionary.hpp"
#include "prover/class_guess.hpp"
#include "prover/seen.hpp"

namespace airlock::prover {

enum class MisfitKind : std::uint8_t {
  undeclared,  ///< a value that no declaration describes
  ill_typed,   ///< a value of another type than declared
  ill_key,     ///< a key of another type than the `*` declares
  stray_twin,  ///< looks like a flattened copy of something that is not declared
};

/// A place of the dictionary, and what at or below it does not fit. For undeclared members the place is the object that
/// has them, for undeclared elements the array.
struct MisfitPlace {
  MisfitKind kind = MisfitKind::undeclared;
  std::string path;
  NamePath names;
  /// Only what does not fit: for ill-typed keys the keys are in its `scalars`.
  Seen seen;
  std::optional<std::size_t> field;  ///< the declaration of the place, if it has one
  bool has_members = false;          ///< whether the dictionary declares members here
  bool has_elements = false;         ///< whether it declares elements here
};

/// All places that do not fit, in the order of their first tokens. Errors: bad_input if the report is malformed, not an
/// object, or has too many undeclared members.
[[nodiscard]] core::Result<std::vector<MisfitPlace>> find_misfit_places(const core::Blob& report,
                                                                        const dictionary::Dictionary& dictionary,
                                                                        const report::Limits& limits,
                                                                        const crypto::Secret& fingerprint_key);

}  // namespace airlock::prover
