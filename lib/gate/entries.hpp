#pragma once
/// \file
/// The members of ledger entries that the gate writes, and reads back (docs/formats/ledger.md). They contain sizes,
/// counts, ids, rules, and digests of disclosed bytes; never a value of a report.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/digest.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "gate/inputs.hpp"
#include "gate/prepare.hpp"
#include "gate/session.hpp"
#include "ledger/entry.hpp"
#include "ledger/ledger.hpp"
#include "licence/licence.hpp"
#include "licence/seen.hpp"
#include "policy/permits.hpp"

namespace airlock::gate {

inline constexpr std::size_t salt_bytes = 32;

/// A disclosure that is about to be made: its id, and its number in the count of disclosures, which has no gaps.
struct NewDisclosure {
  std::string id;
  std::uint64_t number = 0;
};

/// The salted commitment to the first `size` bytes: SHA-256 of `salt` followed by the bytes. Error: of reading them.
[[nodiscard]] Result<core::Digest> commitment_to(const core::Blob& bytes, std::uint64_t size, const std::string& salt);

/// Member `original`: the salted commitment to the bytes that came in. Their size is left out: together with the size
/// of what left, it would reveal how long the redacted values are.
[[nodiscard]] Result<core::Json> original_members(const Received& report, const std::string& salt);

/// The members of `produced` and `decided` entries that describe the decision.
[[nodiscard]] core::Json decision_members(const Prepared& prepared, const Inputs& inputs, const std::string& note,
                                          const std::optional<NewDisclosure>& disclosure);

/// The digest by which two decisions are equal. It covers the disposition, the treatment of every field and of
/// undeclared members, the recipients, whether a copy holds the report, and, where approvals are asked for, the
/// destinations of what is sent.
[[nodiscard]] core::Digest decision_digest(const Prepared& prepared, const Inputs& inputs);

/// Records a licence, a configuration or a list of words that the ledger has not seen yet, whoever put it there. The
/// entry carries the ceiling as it is from then on. A ceiling that moved is recorded even if neither is new.
[[nodiscard]] Result<void> append_site_changes(SessionChange& change, const ledger::Ledger& ledger,
                                               const Inputs& inputs);

/// The members of a `configured` entry, except the ceiling: the digest of the configuration and, where there is a list
/// of words, how many it has and its keyed digest. No other entry says how many words there are: those of reports
/// leave in bundles.
[[nodiscard]] core::Json configuration_members(const Inputs& inputs);

/// The members of a `licence` entry. `seen`: all licences seen so far, including this one.
[[nodiscard]] core::Json licence_members(const licence::Licence& licence, core::LicenceState state,
                                         const licence::SeenLicences& seen);
/// The same, with `seen` from the ledger. This licence is added to it if its state counts as seen.
[[nodiscard]] Result<core::Json> licence_members(const licence::Licence& licence, core::LicenceState state,
                                                 const ledger::Ledger& ledger);
/// The members of a `kit` entry.
[[nodiscard]] core::Json kit_members(const site::Kit& kit);

/// The decision as a `produced` or `decided` entry records it.
struct RecordedDecision {
  std::string decision_sha256;               ///< empty if there was no plan, so nothing was to leave
  std::string dictionary_sha256;             ///< dictionary of the decision; empty if there was no decision
  std::optional<policy::Terms> terms;        ///< only if something was to be sent
  std::string event;                         ///< empty if the event was not known
  std::optional<std::string> disclosure_id;  ///< only if something was to leave
  envelope::Period period;
};
/// How many members a `produced` or `decided` entry counts as taken out because they held copies, by declared path.
/// Error: integrity where the entry cannot be read.
[[nodiscard]] Result<std::map<std::string, std::uint64_t>> copied_of(const ledger::Entry& entry);
[[nodiscard]] Result<RecordedDecision> read_decision(const ledger::Entry& entry);

}  // namespace airlock::gate
