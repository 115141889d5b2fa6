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
#include "policy/policy.hpp"
#include "redaction/copies.hpp"
#include "redaction/filter.hpp"
#include "sys/file.hpp"

namespace airlock::gate {

/// A report as it came in.
struct Received {
  sys::Spool bytes;
  core::Digest sha256;
  std::uint64_t size = 0;
  bool complete = true;  ///< false: more than the limit came, and only one byte more than that was taken
};

/// Spools the input in `held/`, where the process that reads it may write. Error: of the machine only.
[[nodiscard]] Result<Received> receive(const site::Site& site, core::Source& input);

/// The limits of reports with what the configuration says.
[[nodiscard]] report::Limits limits_of(const site::Configuration& configuration);

/// What is to become of a report.
enum class Outcome : std::uint8_t { seal, queue, withheld, held, refused };
/// Whether the payload is to leave.
[[nodiscard]] constexpr bool leaves(Outcome outcome) { return outcome == Outcome::seal || outcome == Outcome::queue; }

/// Why a report does not leave: a word for the ledger, and words for the person.
struct Stop {
  std::string reason;  ///< `malformed`, `dictionary`, `leak`, `no_kit`, `ceiling`, `hold`, `policy`, …
  std::string message;
  std::string hint;
  int exit = 4;
};

struct Prepared {
  Outcome outcome = Outcome::refused;
  Stop stop;                ///< unless it is to leave
  std::string event;        ///< empty where it is not known
  envelope::Period period;  ///< as the decision treats it; of what is withheld, the UTC days
  policy::Facts facts;
  std::optional<policy::Decision> decision;  ///< nothing where there is no kit or the report is malformed
  std::optional<redaction::Plan> plan;
  std::optional<policy::Terms> terms;  ///< of the decision, where there is a plan and nothing stopped it before
  std::optional<redaction::Redacted> redacted;
  /// What went as copies, with what they copy: shown at the site, and neither recorded nor sent.
  std::vector<redaction::Copied> copied;
  std::optional<sys::Spool> payload;  ///< the exact bytes that would leave; present where it is to leave
  core::Digest payload_sha256;
};

/// Error: of the machine only; whatever is wrong with the report is an outcome.
[[nodiscard]] Result<Prepared> prepare(const Received& report, const Inputs& inputs, const std::string& note);

}  // namespace airlock::gate
