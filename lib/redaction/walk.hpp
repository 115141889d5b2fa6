#pragma once
/// \file
/// Walks a report under a plan, token by token: scanner, classifier and judge in step. Follows what is dropped to its
/// end. Every pass over a report that redacts or explains is such a walk, so that no two passes can disagree.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "core/io.hpp"
#include "redaction/judge.hpp"

namespace airlock::redaction {

struct WalkStep {
  const report::Token* token = nullptr;
  dictionary::Placement placement;
  Judgement judgement;         ///< `keep` if the token is below something dropped
  bool below_dropped = false;  ///< false for the dropped key or value itself
};

/// Where keys begin, in the report's order.
using Offsets = std::span<const std::uint64_t>;

/// What happens at a misfit (undeclared or ill-typed) under a plan with `Undeclared::refuse`: the walk ends with an
/// error, or it goes on and the caller reports the misfit.
enum class OnMisfit : std::uint8_t { by_plan, reported };

/// Whether a plan may make keys of one object equal: whether it coarsens keys. Pseudonyms do not count. They have 128
/// bits of a keyed hash, so two are equal by chance in fewer than one report in 2^80.
[[nodiscard]] bool coarsens_keys(const dictionary::Dictionary& dictionary, const Plan& plan);

class Walk {
 public:
  /// All arguments must outlive the walk. The members whose keys begin at `collisions` (ascending) are dropped.
  Walk(const core::Blob& report, const dictionary::Dictionary& dictionary, const Plan& plan,
       const crypto::Secret& pseudonym_key, const report::Limits& limits, const crypto::Secret& fingerprint_key,
       Offsets collisions, OnMisfit misfits = OnMisfit::by_plan);

  /// The next token; `TokenKind::end` once. Valid until the next call. Errors: the scanner's; bad_input if the report
  /// is not what the dictionary says; refused if the plan refuses an undeclared or ill-typed value and the token is.
  /// The message names a declared path and no value.
  [[nodiscard]] core::Result<std::reference_wrapper<const WalkStep>> next();

  /// The path under which a step is counted: the path of the field that governs it, `twins` for a twin, otherwise the
  /// path of its place.
  [[nodiscard]] std::string_view counted_path(const dictionary::Placement& placement) const;
  /// The fields that the last token, a twin, may copy. Valid until the next token.
  [[nodiscard]] std::span<const std::size_t> twin_fields() const { return classifier_.twin_fields(); }

 private:
  [[nodiscard]] core::Result<void> refuse_misfit(const dictionary::Placement& placement) const;
  [[nodiscard]] bool takes_collision(std::uint64_t begin);

  const dictionary::Dictionary& dictionary_;
  const Plan& plan_;
  report::Scanner scanner_;
  dictionary::Classifier classifier_;
  Judge judge_;
  Offsets collisions_;  ///< those that are still to come
  OnMisfit misfits_;
  std::optional<std::size_t> drop_depth_;  ///< the depth of what is being dropped, until it ends
  WalkStep step_;                          ///< the last one
};

}  // namespace airlock::redaction
