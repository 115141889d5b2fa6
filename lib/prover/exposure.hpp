#pragma once
/// \file
/// What leaves under a plan, datum by datum, and which suppressed figures can be computed from others. For prover/
/// only.

#include <optional>
#include <string>
#include <vector>

#include "redaction/plan.hpp"

namespace airlock::prover {

/// A value or a key that the dictionary declares.
struct DeclaredDatum {
  std::size_t field;
  bool of_key;
  std::size_t part = 0;  ///< of a key with a pattern
};

/// The datum in words: `` `/a/*` ``, `` `/a/*` (the key) `` or `` `/a/x.*` (`name` in the key) ``.
[[nodiscard]] std::string in_words(const DeclaredDatum& datum, const dictionary::Dictionary& dictionary);

/// All values and keys, in the dictionary's order; of keys with a pattern each part.
[[nodiscard]] std::vector<DeclaredDatum> data_of(const dictionary::Dictionary& dictionary);
[[nodiscard]] dictionary::Class class_of(const DeclaredDatum& datum, const dictionary::Dictionary& dictionary);
[[nodiscard]] const redaction::Treatments& treatments_of(const DeclaredDatum& datum, const redaction::Plan& plan);

/// Whether anything that depends on the datum leaves. Nothing does if the datum is dropped or masked, whatever its
/// type, or is below a key that is dropped. A pseudonym counts as leaving, since it identifies the same person week
/// after week.
[[nodiscard]] bool leaves(const DeclaredDatum& datum, const redaction::Plan& plan,
                          const dictionary::Dictionary& dictionary);

/// Whether the datum is of the class, or is a value of type `opaque` that may contain something of it: the declaration
/// says so (`holds`), or does not say what it contains.
[[nodiscard]] bool may_tell(const DeclaredDatum& datum, dictionary::Class cls,
                            const dictionary::Dictionary& dictionary);

/// `leaves` for what the datum tells of the class. An opaque value tells of other classes than its own only where it is
/// kept: every other treatment drops it.
[[nodiscard]] bool leaves(const DeclaredDatum& datum, dictionary::Class cls, const redaction::Plan& plan,
                          const dictionary::Dictionary& dictionary);

/// One sentence for each suppressed figure that can be computed from related figures (`sum_of`, `delta_of`) that leave.
[[nodiscard]] std::vector<std::string> undone_suppressions(const redaction::Plan& plan,
                                                           const dictionary::Dictionary& dictionary);

}  // namespace airlock::prover
