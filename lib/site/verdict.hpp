#pragma once
/// \file
/// Verifying a licence as any user can: from the public part of a site, or from files, without the ledger.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "licence/licence.hpp"
#include "site/known_kit.hpp"

namespace airlock::site {

/// A file that may be missing. What is there but cannot be read as one (a directory, too large) comes back as empty
/// text, which is neither a licence nor a kit, so that the verdict says so. Error: of the machine.
[[nodiscard]] core::Result<std::optional<std::string>> read_if_there(const std::string& path, std::uint64_t limit);

/// The root certificates in a PEM file, such as `public/vendor-root.crt`. Error: bad_input.
[[nodiscard]] core::Result<std::vector<crypto::Certificate>> roots_from(const std::string& path);

/// A licence file. Error: of the machine; what is there and cannot be read is `unreadable` in the result.
[[nodiscard]] core::Result<LicenceFile> read_licence(const std::string& path);
/// `licence.next.p7s` and then `licence.p7s` in the `public/` of a site directory: in this order a licence that takes
/// over meanwhile is found in either place. Error: of the machine.
[[nodiscard]] core::Result<LicencePair> read_licences(const std::string& directory);

/// Judges the licence of `public/`, and the one that follows, by what else is in `public/`. Errors: bad_input (no site
/// there, public part not sound).
[[nodiscard]] core::Result<licence::Verdict> judge_public(const std::string& directory, core::Time now);
/// Judges another licence file as if it were the only one of the site: what installing it would find. Errors: as
/// `judge_public`.
[[nodiscard]] core::Result<licence::Verdict> judge_for_public(const std::string& directory, const std::string& file,
                                                              core::Time now);

/// What `licence verify` is given instead of a site.
struct LicenceFiles {
  std::string licence;  ///< path; a file that is not there is `missing`, and the reason says that there is no such file
  std::string trust;    ///< path of the vendor's root certificates, PEM
  std::string product;
  std::optional<std::string> site_id;
};
/// Errors: bad_input where the trust file is not one.
[[nodiscard]] core::Result<licence::Verdict> judge_files(const LicenceFiles& files, core::Time now);

/// A licence that is already in memory, and what it is judged against.
struct LicenceBytes {
  std::optional<std::string> licence;  ///< nothing: `missing`
  std::string trust;                   ///< the vendor's root certificates, PEM
  std::string product;                 ///< empty: not judged
  std::optional<std::string> site_id;
  std::optional<std::string> key_sha256;
  std::optional<core::Time> newest_trusted;
  std::int64_t newest_sequence = 0;        ///< of a licence seen before; 0: none
  std::optional<std::string> kit;          ///< for what it revokes
  std::optional<std::string> memory = {};  ///< what an earlier call gave
};
struct JudgedBytes {
  licence::Verdict verdict;
  std::string memory;  ///< what is known now: for the next call (site/memory.hpp)
};
/// Errors: bad_input where the trust or the memory is none.
[[nodiscard]] core::Result<JudgedBytes> judge_bytes(const LicenceBytes& bytes, core::Time now);

}  // namespace airlock::site
