#pragma once
/// \file
/// Whether what was decided before may still be carried out. The only maker of a `core::Permit`.

#include "core/permit.hpp"
#include "core/result.hpp"
#include "policy/policy.hpp"

namespace airlock::policy {

/// What was decided about one report, as far as carrying it out later needs it. A ledger entry keeps it.
struct Carried {
  Disposition disposition = Disposition::withhold;
  /// Over the treatment of every declared value and key, and of what is undeclared.
  core::Digest treatments;
  bool operator==(const Carried&) const = default;
};

/// The treatments of a plan as the one text that `Carried::treatments` is the digest of.
[[nodiscard]] std::string treatments_text(const redaction::Plan& plan, const dictionary::Dictionary& dictionary);

class Permits {
 public:
  /// Permits what the leaf records if `fresh`, the decision made again, is nowhere stricter than `recorded`. Treatments
  /// that differ count as stricter: the payload was made with the old ones and cannot be made again. Error: refused,
  /// saying what became stricter.
  [[nodiscard]] static Result<core::Permit> give(const core::Digest& leaf, const Carried& recorded,
                                                 const Carried& fresh);
};

}  // namespace airlock::policy
