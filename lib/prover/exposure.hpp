#pragma once
/// \file
/// What leaves under a plan, datum by datum: which data of a class, and which suppressed figures others give away.
/// Within prover/ only.

#include <optional>
#include <string>
#include <vector>

#include "redaction/profile.hpp"

namespace airlock::prover {

/// One datum that the dictionary declares.
struct DeclaredDatum {
  std::size_t field;
  bool of_key;
};

/// `` `/a/*` `` or `` `/a/*` (the key) ``.
[[nodiscard]] std::string in_words(const DeclaredDatum& datum, const dictionary::Dictionary& dictionary);

/// All values and keys, in the dictionary's order.
[[nodiscard]] std::vector<DeclaredDatum> data_of(const dictionary::Dictionary& dictionary);
[[nodiscard]] dictionary::Class class_of(const DeclaredDatum& datum, const dictionary::Dictionary& dictionary);
[[nodiscard]] const redaction::Treatment& treatment_of(const DeclaredDatum& datum, const redaction::Plan& plan);

/// Whether anything that depends on the datum leaves: not where it is dropped or masked, nor where it stands below a
/// key that is dropped. A pseudonym does leave: it follows whom it stands for through the weeks.
[[nodiscard]] bool leaves(const DeclaredDatum& datum, const redaction::Plan& plan,
                          const dictionary::Dictionary& dictionary);

/// For each figure that is suppressed although related ones (`sum_of`, `delta_of`) let it be computed, a sentence.
[[nodiscard]] std::vector<std::string> undone_suppressions(const redaction::Plan& plan,
                                                           const dictionary::Dictionary& dictionary);

}  // namespace airlock::prover
