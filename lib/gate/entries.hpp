#pragma once
/// \file
/// What the gate writes into ledger entries, and reads back from them (docs/formats/ledger.md). Sizes, counts, ids,
/// rules and digests of what was disclosed; never a value of a report.

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
#include "ledger/change.hpp"
#include "ledger/entry.hpp"
#include "ledger/ledger.hpp"
#include "licence/licence.hpp"
#include "licence/seen.hpp"
#include "policy/permits.hpp"

namespace airlock::gate {

inline constexpr std::size_t salt_bytes = 32;

/// Something that is about to leave: its id, and its place in the gapless count of disclosures.
struct NewDisclosure {
  std::string id;
  std::uint64_t number = 0;
};

/// The salted commitment (SHA-256 of `salt`, then the bytes) to the first `size` bytes. Error: of reading them.
[[nodiscard]] Result<core::Digest> commitment_to(const core::Blob& bytes, std::uint64_t size, const std::string& salt);

/// Member `original`: the salted commitment of the bytes that came in. Not their size: beside the size of what left, it
/// would tell how long the values are that did not.
[[nodiscard]] Result<core::Json> original_members(const Received& report, const std::string& salt);

/// The members of `produced` and `decided` that tell the decision.
[[nodiscard]] core::Json decision_members(const Prepared& prepared, const Inputs& inputs, const std::string& note,
                                          const std::optional<NewDisclosure>& disclosure);

/// What makes two decisions equal: disposition, the treatment of every field, undeclared, and the recipients.
[[nodiscard]] core::Digest decision_digest(const Prepared& prepared, const Inputs& inputs);

/// Records a licence or a configuration that the ledger has not seen yet, whoever put it there, and where the ceiling
/// stands then.
[[nodiscard]] Result<void> append_site_changes(ledger::Change& change, const ledger::Ledger& ledger,
                                               const Inputs& inputs);

/// The members of a `configured` entry, but for the ceiling.
[[nodiscard]] core::Json configuration_members(const Inputs& inputs);

/// The members of a `licence` entry: the licence, and all that were seen so far, with it.
[[nodiscard]] core::Json licence_members(const licence::Licence& licence, core::LicenceState state,
                                         const licence::SeenLicences& seen);
/// The same, where what was seen is what the ledger has, and this one.
[[nodiscard]] Result<core::Json> licence_members(const licence::Licence& licence, core::LicenceState state,
                                                 const ledger::Ledger& ledger);
/// The members of a `kit` entry.
[[nodiscard]] core::Json kit_members(const site::Kit& kit);

/// What a `produced` or `decided` entry says of its decision.
struct RecordedDecision {
  std::string decision_sha256;               ///< empty where nothing was decided
  std::string dictionary_sha256;             ///< what it was decided by; may be empty
  std::optional<policy::Terms> terms;        ///< where something was to be sent
  std::string event;                         ///< empty where it was not known
  std::optional<std::string> disclosure_id;  ///< where something was to leave
  envelope::Period period;
};
/// What a `produced` or `decided` entry says went as a copy: how many members, by declared path.
[[nodiscard]] Result<std::map<std::string, std::uint64_t>> copied_of(const ledger::Entry& entry);
[[nodiscard]] Result<RecordedDecision> read_decision(const ledger::Entry& entry);

}  // namespace airlock::gate
