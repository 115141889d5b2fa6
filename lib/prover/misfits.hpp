#pragma once
/// \file
/// What in a report does not fit the dictionary, and a proposal of how to declare it. For people who write a
/// dictionary. The paths contain the report's own keys, so they are never recorded or sent.
///
/// Types and classes are guessed as in a draft (draft.hpp). With every proposal pasted, the same report has no misfit
/// left but those without a proposal.

#include <cstdint>
#include <string>
#include <vector>

#include "core/io.hpp"
#include "dictionary/dictionary.hpp"
#include "prover/misfit_places.hpp"
#include "report/scanner.hpp"

namespace airlock::prover {

/// How many misfits of one report are listed. The places of further ones are only counted.
inline constexpr std::size_t misfits_limit = 1000;

/// All places of one path that do not fit for the same reason.
struct Misfit {
  using Kind = MisfitKind;
  Kind kind;
  std::string path;  ///< as a declaration writes it, with `*` for elements and for keys that look like data
  std::uint64_t count = 0;
  /// The declaration to paste into the dictionary, one JSON object; empty if no declaration would help. One with the
  /// path of a declaration that is there replaces it, and says all that it said.
  std::string proposal;
};
[[nodiscard]] std::string_view name(Misfit::Kind kind);

struct Misfits {
  std::vector<Misfit> list;    ///< in the order of their first places
  std::uint64_t unlisted = 0;  ///< how many places belong to misfits that are not listed
};

/// Finds the misfits of a report against the dictionary with this text. `name` is what messages call the dictionary.
/// Errors: those of Dictionary::parse; bad_input if the report is malformed or not an object.
[[nodiscard]] core::Result<Misfits> find_misfits(const core::Blob& report, std::string_view dictionary,
                                                 std::string_view name, const report::Limits& limits,
                                                 const crypto::Secret& fingerprint_key);

}  // namespace airlock::prover
