#pragma once
/// \file
/// Guesses the class of a field or key from the words in its path and from what its values are like. The strictest
/// guess wins, and a guess that is not certain says why. Pure; it sees no value, only `ValueTraits`.

#include <string>
#include <string_view>
#include <vector>

#include "dictionary/field.hpp"
#include "prover/name_reading.hpp"

namespace airlock::prover {

/// What is known of a field's values. All counts of values are left out: only yes and no.
struct ValueTraits {
  std::vector<dictionary::Type> types;
  bool is_address = false;      ///< every text could be a host name with a dot
  bool is_free = false;         ///< some text has characters, or a length, that words of a product do not have
  bool is_random = false;       ///< some text looks like a secret or a hash
  bool is_moment = false;       ///< every number could be a moment since 2001, in seconds or milliseconds
  bool is_long_number = false;  ///< some number has so many digits that it may be an id
};

struct ClassGuess {
  dictionary::Class cls = dictionary::Class::content;
  std::string review;  ///< why a person has to look, such as `looks like a person's name`; empty if it is certain
};

/// The class of the values at a path.
[[nodiscard]] ClassGuess guess_class(const NameWords& list, const NamePath& path, const ValueTraits& evidence);
/// The class of the keys that the final `*` of a path stands for.
[[nodiscard]] ClassGuess guess_key_class(const NameWords& list, const NamePath& path, const ValueTraits& evidence);
/// Whether a container with this path is named after things of which a customer makes many, such as `plugins`, so that
/// its members are likely their names.
[[nodiscard]] bool is_collection(const NameWords& list, const NamePath& path);
/// Whether a member's name is a word of the product about figures or switches, such as `total` or `is_enabled`.
[[nodiscard]] bool is_product_word(const NameWords& list, std::string_view name);

}  // namespace airlock::prover
