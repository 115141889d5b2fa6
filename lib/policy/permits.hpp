#pragma once
/// \file
/// Whether what was decided before may still be carried out. The only maker of a `core::Permit`.

#include "core/permit.hpp"
#include "core/result.hpp"
#include "policy/ceiling.hpp"
#include "policy/policy.hpp"

namespace airlock::policy {

/// The treatments of a plan as one text: equal plans for one dictionary have equal texts.
[[nodiscard]] std::string treatments_text(const redaction::Plan& plan, const dictionary::Dictionary& dictionary);

class Permits {
 public:
  /// Permits what the leaf records if `fresh`, the decision made again, is nowhere stricter than `recorded`. Recipients
  /// and destinations are left to the ceiling. Error: refused, saying what became stricter.
  [[nodiscard]] static Result<core::Permit> give(const core::Digest& leaf, Terms recorded, const Terms& fresh);
};

}  // namespace airlock::policy
