#pragma once
/// \file
/// Writes declarations of a dictionary for what was seen. `draft` and `misfits` use it alike, so that both guess alike.

#include <memory>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "prover/class_guess.hpp"
#include "prover/seen.hpp"

namespace airlock::prover {

/// One declaration that was written, or a place for which there is none.
struct Declared {
  std::string path;                         ///< as a declaration writes it
  std::shared_ptr<core::Json> declaration;  ///< null if no declaration helps
  std::uint64_t times = 0;                  ///< how many values it is for
  std::string problem;  ///< if no declaration helps, or not for all values: why, as the end of a sentence
};

/// Where to write declarations for: a place, the path to it, and the words of that path.
struct Place {
  std::string path;
  NamePath names;
};

/// The declarations for a place and all that is below it, in the order of their first values. Precondition: `fold` was
/// there.
[[nodiscard]] std::vector<Declared> declare(const NameWords& list, const Seen& seen, const Place& place);

/// What the values at a place are like, for `guess_class`.
[[nodiscard]] ValueTraits traits_of(const Scalars& scalars, const dictionary::Shape& shape);
/// The types that the names in a path make likely, for `shape_of`.
[[nodiscard]] std::set<dictionary::Type> likely_types(const NameWords& list, const NamePath& names);
/// Writes types, `values`, `nullable` and sentinels into a declaration, over those that it has.
void write_shape(const dictionary::Shape& shape, core::Json& declaration);
/// Whether the declaration, or its `key`, has a mark for a person.
[[nodiscard]] bool has_review(const core::Json& declaration);

}  // namespace airlock::prover
