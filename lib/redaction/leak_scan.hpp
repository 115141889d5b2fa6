#pragma once
/// \file
/// The last look before anything leaves: does anything that was taken out stand in what would leave? Reads the
/// disclosed bytes afresh with scanner and dictionary, so that a fault of the filter cannot hide itself.
///
/// Searched, how, and what it cannot find: docs/formats/leak-scan.md (DESIGN 6.4).

#include <span>
#include <string>

#include "core/io.hpp"
#include "redaction/filter.hpp"

namespace airlock::redaction {

/// Text outside the report that would leave with it and that somebody at the site wrote or chose. Not the constants of
/// kit and licence (names of policy, dictionary, tier, event): the vendor knows them, and a release called `posthog`
/// would be found in `posthog-default`.
struct FreeText {
  std::string label;  ///< how a message names it: `note`, `file name`
  std::string text;
  bool is_note = false;  ///< the note is also searched for short needles of every class
};

/// Succeeds where nothing was found. The report's limit of bytes does not apply to what redaction wrote, which may be
/// longer; `report::report_bytes_most` does. Errors: refused; the message names the declared path or label of the hit
/// and the class of what was found there, never the value. Also refused: anything undeclared, ill-typed or (where twins
/// were dropped) a twin. Bad_input: `disclosed` is malformed.
[[nodiscard]] Result<void> scan(const core::Blob& disclosed, std::span<const FreeText> texts,
                                const dictionary::Dictionary& dictionary, const Taken& taken,
                                const report::Limits& limits, const crypto::Secret& fingerprint_key);

}  // namespace airlock::redaction
