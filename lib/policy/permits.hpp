#pragma once
/// \file
/// Whether an earlier decision may still be carried out. Nothing else makes a `core::Permit`.

#include "core/permit.hpp"
#include "core/result.hpp"
#include "policy/ceiling.hpp"

namespace airlock::policy {

/// The treatments of a plan as one text: equal plans for one dictionary have equal texts.
[[nodiscard]] std::string treatments_text(const redaction::Plan& plan, const dictionary::Dictionary& dictionary);

class Permits {
 public:
  /// Permits what the ledger's leaf records, if `fresh`, the decision made again now, is nowhere stricter than
  /// `recorded`. Recipients and destinations are not compared here, since the ceiling does. Error: refused, saying what
  /// became stricter.
  [[nodiscard]] static Result<core::Permit> give(const core::Digest& leaf, Terms recorded, const Terms& fresh);
};

}  // namespace airlock::policy
