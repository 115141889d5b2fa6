#pragma once
/// \file
/// `entry.json`: the ledger's entry in a bundle, as far as the manifest repeats it. What manifest and entry both say is
/// taken from the entry. Which entries a ledger may have, and the proof that it has this one, are for ledger/.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "envelope/manifest.hpp"

namespace airlock::envelope {

/// Longest `entry.json`: the ledger's own limit.
inline constexpr std::uint64_t entry_bytes_limit = 1024ULL * 1024;

/// Digests that an entry has of files that are written after it, so that they cannot be changed later.
struct Promise {
  std::string manifest_sha256;  ///< `digest_without_files`
  std::string how_to_verify_sha256;
  std::string approvals_sha256;  ///< of `approvals.p7s`; empty where no approvals were asked for
};

struct EntryRecord {
  std::uint64_t seq = 0;
  Time time;
  DisclosureRecord recorded;
  std::map<std::string, std::uint64_t, std::less<>> redactions;  ///< counts by action
  std::map<std::string, std::uint64_t, std::less<>> copied;      ///< counts of redacted copies, by declared path
  std::uint64_t payload_size = 0;                                ///< of the report as disclosed
  std::string payload_sha256;
  std::string decision_sha256;             ///< what officers signed as the decision
  std::vector<std::string> approval_keys;  ///< SHA-256 of the key of each approval, in their order
  /// Absent only in entries of release 0.1.
  std::optional<Promise> promise;
};

/// The members of an entry that the manifest repeats. Error: bad_input naming the JSON path.
[[nodiscard]] Result<DisclosureRecord> recorded_in(const core::Json& entry);

/// The promise as members of an entry's `disclosure`.
[[nodiscard]] core::Json to_members(const Promise& promise);

/// Reads `entry.json`. Error: bad_input naming the JSON path.
[[nodiscard]] Result<EntryRecord> read_entry(std::string_view text);

/// Checks that a manifest agrees with the entry and does not contradict itself; `document` is its exact text. Error:
/// integrity naming the member.
[[nodiscard]] Result<void> check_agreement(const Manifest& manifest, std::string_view document,
                                           const EntryRecord& entry);

}  // namespace airlock::envelope
