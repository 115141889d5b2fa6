#pragma once
/// \file
/// One report through check, decision, redaction and leak scan, without recording anything. What `process` records and
/// carries out, `preview` prints and `explain` tells is prepared here, so the three cannot differ.

#include <optional>
#include <string>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"
#include "envelope/manifest.hpp"
#include "gate/inputs.hpp"
#include "gate/received.hpp"
#include "gate/stop.hpp"
#include "policy/policy.hpp"
#include "redaction/copies.hpp"
#include "redaction/fates.hpp"
#include "redaction/filter.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {

struct Prepared {
  Outcome outcome = Outcome::refused;
  Stop stop;                ///< unless it is to leave
  std::string event;        ///< empty where it is not known
  envelope::Period period;  ///< as the decision treats it; of what is withheld, the UTC days
  policy::DecisionFacts facts;
  std::optional<policy::Decision> decision;  ///< nothing where there is no kit or the report is malformed
  std::optional<redaction::Plan> plan;
  std::optional<policy::Terms> terms;  ///< of the decision, where there is a plan and nothing stopped it before
  std::optional<redaction::Redacted> redacted;
  /// What went as copies, with what they copy: shown at the site, and neither recorded nor sent.
  std::vector<redaction::Copied> copied;
  std::vector<std::uint64_t> copied_tokens;  ///< the same, as `redaction::token_numbers` has them
  /// What the dictionary does not declare, or declares as something else: shown at the site, and not recorded.
  std::vector<redaction::Fate> misfits;
  /// The exact bytes that would leave: where it is to leave, or where all that is missing is a person's word.
  std::optional<sys::Spool> payload;
  core::Digest payload_sha256;
};

/// Error: of the machine only; whatever is wrong with the report is an outcome.
[[nodiscard]] Result<Prepared> prepare(const Received& report, const Inputs& inputs, const std::string& note);

}  // namespace airlock::gate
