#pragma once
/// \file
/// The last check before anything leaves. Reads the disclosed bytes afresh with scanner and dictionary, so that a fault
/// of the filter cannot hide itself. It answers two questions. Does each place hold only what its treatment allows
/// (place.hpp)? And does any other place hold a copy of something that was taken out, or a word of the site's list?
///
///     AIRLOCK_TRY(const Copies copies, scan(leaving, dictionary, plan, {taken, words}, limits, key));
///     if (!copies.places.empty()) …  // copies.hpp writes the report without them; then scan again
///
/// docs/formats/leak-scan.md says what is searched, how, and what the scan cannot find.

#include <span>
#include <string>

#include "core/io.hpp"
#include "redaction/copies.hpp"
#include "redaction/plan.hpp"
#include "redaction/taken_out.hpp"
#include "redaction/word_list.hpp"
#include "report/scanner.hpp"

namespace airlock::redaction {

/// Text outside the report that would leave with it and that somebody at the site typed. Ids, periods and the constants
/// of kit and licence (names of policy, dictionary, tier, event) are not searched: nobody can copy anything into them,
/// and a value `posthog` would be found in the policy's name `posthog-default`.
struct FreeText {
  std::string label;  ///< how a message names it: `note`, `file name`
  std::string text;
  bool is_note = false;  ///< a note is also searched, as whole words, for everything that does not leave
};

/// Everything that would leave.
struct Leaving {
  const core::Blob& report;
  std::span<const FreeText> texts;
  std::span<const std::string> needed;  ///< declared paths of members that no report may lack
};

/// Everything that must not leave.
struct LookedFor {
  const TakenOut& taken;
  const WordList& words = no_words;
};

/// Finds the copies that the report holds, and the words of the list. A redacted report may be longer than the
/// original, so the limit `report::report_bytes_maximum` applies instead of the one in `limits`.
///
/// Errors: refused if the scan finds a fault of Airlock, or a copy that cannot be dropped. A copy cannot be dropped
/// from a text, from a needed member, or if the plan says that copies are held. The message names the declared path or
/// the label, never a value and never a word of the list. The hint names both ways out and the path that was copied; it
/// is for the operator and is not recorded. Bad_input if the report is malformed, which is a fault of Airlock too.
[[nodiscard]] core::Result<Copies> scan(const Leaving& leaving, const dictionary::Dictionary& dictionary,
                                        const Plan& plan, const LookedFor& looked_for, const report::Limits& limits,
                                        const crypto::Secret& fingerprint_key);

}  // namespace airlock::redaction
