#pragma once
/// \file
/// The files in a kit (docs/formats/kit.md), before their content is read: names, order, size, and the signature over
/// all of them.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/cms.hpp"
#include "crypto/revocation.hpp"
#include "envelope/tar.hpp"
#include "public/kit_trust.hpp"

namespace airlock::published {

using core::Result;

inline constexpr std::string_view kit_format = "airlock-kit/1";
inline constexpr std::string_view kit_format_2 = "airlock-kit/2";            ///< of a kit that asks for approvals
inline constexpr std::uint64_t kit_bytes_limit = 16ULL * 1024 * 1024;        ///< of the signed file
inline constexpr std::uint64_t kit_header_bytes_limit = 8ULL * 1024 * 1024;  ///< has room for 100 000 serials
inline constexpr std::uint64_t kit_certificate_bytes_limit = 64ULL * 1024;   ///< of a file in `recipients/` or `roots/`

/// Names of the files in the archive, in the order in which it has them.
namespace kit_names {
inline constexpr std::string_view header = "kit.json";
inline constexpr std::string_view policy = "policy.json";
inline constexpr std::string_view dictionary = "dictionary.json";
inline constexpr std::string_view recipients = "recipients/";  ///< folder of `1.crt`, `2.crt`, …
inline constexpr std::string_view roots = "roots/";            ///< the same
inline constexpr std::string_view revocation_lists = "crl.pem";
}  // namespace kit_names

/// The files that are in an archive.
struct KitFiles {
  std::vector<envelope::TarEntry> documents;  ///< exactly three: header, policy, dictionary
  std::vector<envelope::TarEntry> recipients;
  std::vector<envelope::TarEntry> roots;
  std::vector<envelope::TarEntry> revocation_lists;  ///< at most one
  core::Time time;                                   ///< of all files
};
/// Lists the files. Error: bad_input where one is missing, unexpected, or in another order.
[[nodiscard]] Result<KitFiles> kit_files(const core::Blob& archive);
/// The bytes of one file. Error: bad_input, naming the file, where it is larger than `limit`.
[[nodiscard]] Result<std::string> kit_text(const core::Blob& archive, const envelope::TarEntry& entry,
                                           std::uint64_t limit);
/// Reads roots and revocation lists for form only; `verify_kit_trust` finds out who signed them. Error: bad_input.
[[nodiscard]] Result<KitTrust> read_kit_trust(const core::Blob& archive, const KitFiles& files);

/// A kit whose signature, roots and revocation lists are verified. Nothing else of it has been read.
struct OpenedKit {
  std::string der;
  std::unique_ptr<core::MemoryBlob> object;  ///< of `der`
  std::unique_ptr<crypto::Verified> verified;
  KitFiles files;
  KitTrust trust;
};
/// Opens a kit file, as the first steps of `verify_kit_header`. Errors: bad_input, integrity.
[[nodiscard]] Result<std::unique_ptr<OpenedKit>> open_kit(std::string_view file, const crypto::TrustStore& trust,
                                                          std::span<const crypto::RevocationList> known);

}  // namespace airlock::published
