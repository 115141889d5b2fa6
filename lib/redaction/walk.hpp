#pragma once
/// \file
/// Walks a report under a plan: scanner, classifier and judge in step, token by token, with what is dropped followed to
/// its end. Both passes over a report are such walks, so they cannot disagree.

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/io.hpp"
#include "redaction/declared_path.hpp"
#include "redaction/judge.hpp"

namespace airlock::redaction {

struct Step {
  report::Token token;
  dictionary::Placement placement;
  Judgement judgement;         ///< keep where it is below something dropped
  bool below_dropped = false;  ///< not what was dropped itself
};

/// Where keys begin, in the report's order.
using Offsets = std::span<const std::uint64_t>;

/// What a plan with `Undeclared::refuse` makes of a misfit: the end of the walk, or one to be told of among others.
enum class Misfits : std::uint8_t { by_plan, told };

/// Whether a plan writes other keys than those of the report, so that some may become equal.
[[nodiscard]] bool rewrites_keys(const dictionary::Dictionary& dictionary, const Plan& plan);

class Walk {
 public:
  /// All must outlive the walk. The members whose keys begin at `collisions` (ascending) are dropped.
  Walk(const core::Blob& report, const dictionary::Dictionary& dictionary, const Plan& plan,
       const crypto::Secret& pseudonym_key, const report::Limits& limits, const crypto::Secret& fingerprint_key,
       Offsets collisions, Misfits misfits = Misfits::by_plan);

  /// The next token; `Kind::end` once. Errors: the scanner's; bad_input where the report is not an object; refused
  /// where something undeclared or ill-typed meets `Undeclared::refuse`, naming a declared path and no value.
  [[nodiscard]] core::Result<Step> next();

  /// The declared path of the last token (declared_path.hpp).
  [[nodiscard]] std::string path() const { return path_.text(); }
  /// The path by which the last step is counted: the governing field's, `twins` of a twin, else `path()`.
  [[nodiscard]] std::string counted_path(const Step& step) const;
  /// The fields that the last token, placed as a twin, may copy.
  [[nodiscard]] std::vector<std::size_t> twin_fields() const { return classifier_.twin_fields(); }

 private:
  [[nodiscard]] core::Result<void> refuse_undeclared(const dictionary::Placement& placement) const;
  [[nodiscard]] bool takes_collision(std::uint64_t begin);

  const dictionary::Dictionary& dictionary_;
  const Plan& plan_;
  report::Scanner scanner_;
  dictionary::Classifier classifier_;
  Judge judge_;
  DeclaredPath path_;
  Offsets collisions_;                     ///< those that are still to come
  Misfits misfits_;
  std::optional<std::size_t> drop_depth_;  ///< depth of what is dropped, until it ends
};

/// Error: bad_input where the first token of a report does not begin an object.
[[nodiscard]] core::Result<void> check_is_object(const report::Token& first);

}  // namespace airlock::redaction
