#pragma once
/// \file
/// Verifying a licence as any user can: by the files in `public/` of a site, or by files or bytes that the caller
/// names. The ledger is not needed.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "licence/verdict.hpp"
#include "public/known_kit.hpp"

namespace airlock::published {

/// Reads a file that may be missing: nothing is returned then. For something that is there but cannot be read as a file
/// (a directory, too large) the result is an empty text. That is neither a licence nor a kit, so the verdict reports
/// it. Error: of the machine.
[[nodiscard]] core::Result<std::optional<std::string>> read_if_there(const std::string& path, std::uint64_t limit);

/// The root certificates in a PEM file, such as `public/vendor-root.crt`. Error: bad_input.
[[nodiscard]] core::Result<std::vector<crypto::Certificate>> roots_from(const std::string& path);

/// Reads a licence file. One that is there but cannot be read is `unreadable` in the result. Error: of the machine.
[[nodiscard]] core::Result<LicenceFile> read_licence(const std::string& path);
/// Reads `licence.next.p7s` and then `licence.p7s` in `public/` of a site directory. In this order, a licence that is
/// moved from the first to the second meanwhile is found in one of them. Error: of the machine.
[[nodiscard]] core::Result<LicencePair> read_licences(const std::string& directory);

/// Judges the licence in `public/` of a site directory, and the one that follows it, by the other files in `public/`.
/// Errors: bad_input (no site there, public part not sound).
[[nodiscard]] core::Result<licence::LicenceVerdict> judge_public(const std::string& directory, core::Time now);
/// Judges another licence file as if it were the only one of the site, so as installing it would. Errors: as
/// `judge_public`.
[[nodiscard]] core::Result<licence::LicenceVerdict> judge_for_public(const std::string& directory,
                                                                     const std::string& file, core::Time now);

/// What `licence verify` is given instead of a site.
struct LicenceFiles {
  std::string licence;  ///< path; where the file is not there, the verdict is `missing` and its reason names the path
  std::string trust;    ///< path of the vendor's root certificates, PEM
  std::string product;
  std::optional<std::string> site_id;
};
/// Error: bad_input where the trust file cannot be parsed.
[[nodiscard]] core::Result<licence::LicenceVerdict> judge_files(const LicenceFiles& files, core::Time now);

/// A licence in memory, and what it is judged against.
struct LicenceBytes {
  std::optional<std::string> licence;  ///< nothing: the verdict is `missing`
  std::string trust;                   ///< the vendor's root certificates, PEM
  std::string product;                 ///< empty: not judged
  std::optional<std::string> site_id;
  std::optional<std::string> key_sha256;
  std::optional<core::Time> newest_trusted;
  std::int64_t newest_sequence = 0;        ///< highest sequence of the licences seen before; 0: none was seen
  std::optional<std::string> kit;          ///< the file; it says what is revoked
  std::optional<std::string> memory = {};  ///< the `memory` of an earlier result
};
struct JudgedBytes {
  licence::LicenceVerdict verdict;
  std::string memory;  ///< what is known now, for the next call (public/memory.hpp)
};
/// Error: bad_input where `trust` or `memory` cannot be parsed.
[[nodiscard]] core::Result<JudgedBytes> judge_bytes(const LicenceBytes& bytes, core::Time now);

}  // namespace airlock::published
