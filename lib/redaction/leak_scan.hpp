#pragma once
/// \file
/// The last look before anything leaves, at the disclosed bytes, read afresh with scanner and dictionary, so that a
/// fault of the filter cannot hide itself. Two questions: does at each place stand only what its treatment lets stand
/// (place.hpp)? And does anything that was taken out stand in another place: a copy?
///
///     AIRLOCK_TRY(const Copies copies, scan(leaving, dictionary, plan, taken, limits, key));
///     if (!copies.places.empty()) …  // copies.hpp writes the report without them; then scan again
///
/// Searched, how, and what it cannot find: docs/formats/leak-scan.md (DESIGN 6.4).

#include <span>
#include <string>

#include "core/io.hpp"
#include "redaction/copies.hpp"
#include "redaction/filter.hpp"

namespace airlock::redaction {

/// Text outside the report that would leave with it and that somebody at the site typed. Not ids, periods and the
/// constants of kit and licence (names of policy, dictionary, tier, event): nobody could copy anything into them, and a
/// release called `posthog` would be found in `posthog-default`.
struct FreeText {
  std::string label;  ///< how a message names it: `note`, `file name`
  std::string text;
  bool is_note = false;  ///< the note is also searched for whole words of all that does not leave
};

/// All that would leave.
struct Leaving {
  const core::Blob& report;
  std::span<const FreeText> texts;
  std::span<const std::string> needed;  ///< declared paths of members that the receiver does without in no report
};

/// Finds the copies that the report holds. The report's limit of bytes does not apply to what redaction wrote, which
/// may be longer; `report::report_bytes_most` does. Errors: refused, naming the declared path or label, never a value:
/// at a fault of Airlock; where a copy stands that cannot be taken out (in a text, in a member that is needed, or
/// anywhere where the plan says that copies are held). The hint then names both ways out and what was copied; it is for
/// the operator and not recorded. Bad_input: the report is malformed, which is a fault of Airlock too.
[[nodiscard]] Result<Copies> scan(const Leaving& leaving, const dictionary::Dictionary& dictionary, const Plan& plan,
                                  const Taken& taken, const report::Limits& limits,
                                  const crypto::Secret& fingerprint_key);

}  // namespace airlock::redaction
