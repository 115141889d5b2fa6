#pragma once
/// \file
/// `entry.json`, the ledger's entry in a bundle, as far as the rest of the bundle repeats it: the one source of what
/// manifest and entry both say. Which entries a ledger may have, and the proof that this one is in it, are the ledger's
/// business.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/json.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "envelope/manifest.hpp"

namespace airlock::envelope {

/// What an entry that records a sealed disclosure says in advance of the files that are written after it.
struct Promise {
  std::string manifest_sha256;  ///< `digest_without_files`
  std::string how_to_verify_sha256;
};

struct EntryRecord {
  std::uint64_t seq = 0;
  Time time;
  Recorded recorded;
  std::map<std::string, std::uint64_t, std::less<>> redactions;  ///< counts by action
  std::map<std::string, std::uint64_t, std::less<>> copied;      ///< counts of what went as a copy, by declared path
  std::uint64_t payload_size = 0;
  std::string payload_sha256;
  /// Nothing in entries of release 0.1 only.
  std::optional<Promise> promise;
};

/// The members of an entry that the manifest repeats. Error: bad_input naming the JSON path.
[[nodiscard]] Result<Recorded> recorded_in(const core::Json& entry);

/// The promise as members of the entry's `disclosure`.
[[nodiscard]] core::Json to_members(const Promise& promise);

/// Reads `entry.json`. Error: bad_input naming the JSON path.
[[nodiscard]] Result<EntryRecord> read_entry(std::string_view text);

/// That a manifest, whose exact text is `document`, says nothing else than the entry, or than itself. Error: integrity
/// naming the member.
[[nodiscard]] Result<void> check_agreement(const Manifest& manifest, std::string_view document,
                                           const EntryRecord& entry);

}  // namespace airlock::envelope
