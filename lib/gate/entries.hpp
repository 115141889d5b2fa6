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
#include "ledger/ledger.hpp"
#include "policy/permits.hpp"

namespace airlock::gate {

inline constexpr std::size_t salt_bytes = 32;

/// Something that is about to leave: its id, and its place in the gapless count of disclosures.
struct NewDisclosure {
  std::string id;
  std::uint64_t number = 0;
};

/// Member `original`: the salted commitment of the bytes that came in. Not their size: beside the size of what left, it
/// would tell how long the values are that did not.
[[nodiscard]] Result<core::Json> original_members(const Received& report, const std::string& salt);

/// The members of `produced` and `decided` that tell the decision.
[[nodiscard]] core::Json decision_members(const Prepared& prepared, const Inputs& inputs, const std::string& note,
                                          const std::optional<NewDisclosure>& disclosure);

/// What makes two decisions equal: disposition, the treatment of every field, undeclared, and the recipients.
[[nodiscard]] core::Digest decision_digest(const Prepared& prepared, const Inputs& inputs);

/// Whom a bundle is sealed for: the kit's recipients and, unless the site says otherwise, its own archive key.
[[nodiscard]] Result<std::vector<crypto::Certificate>> recipients_of(const Inputs& inputs);

/// Records a licence or a configuration that the ledger has not seen yet, whoever put it there, and where the ceiling
/// stands then.
[[nodiscard]] Result<void> append_site_changes(ledger::Change& change, const ledger::Ledger& ledger,
                                               const Inputs& inputs);

/// The members of a `configured` entry, but for the ceiling.
[[nodiscard]] core::Json configuration_members(const Inputs& inputs);

/// Whether the newest `licence` entry is of this licence.
[[nodiscard]] Result<bool> is_known(const licence::Licence& licence, const ledger::Ledger& ledger);

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
/// The text that an entry with this body names by `MEMBER_sha256`; nothing where it has no such member. Error:
/// integrity where the text is missing or another.
[[nodiscard]] Result<std::optional<std::string>> text_named_in(const core::Json& body, std::string_view member,
                                                               const ledger::Ledger& ledger);
/// What a `produced` or `decided` entry says went as a copy: how many members, by declared path.
[[nodiscard]] Result<std::map<std::string, std::uint64_t>> copied_of(const ledger::Entry& entry);
[[nodiscard]] Result<RecordedDecision> read_decision(const ledger::Entry& entry);

}  // namespace airlock::gate
