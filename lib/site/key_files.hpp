#pragma once
/// \file
/// Reading and making the files of a site's keys, those in force and former ones. For the source files of site/ only.

#include <string>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "crypto/hash.hpp"
#include "crypto/key.hpp"
#include "crypto/note.hpp"
#include "site/key_name.hpp"

namespace airlock::site {

/// Maximum size of a file with a key or a certificate, in bytes.
inline constexpr std::uint64_t key_file_bytes_limit = 64ULL * 1024;
inline constexpr std::size_t pseudonym_key_bytes = 32;

/// Reads a PEM certificate. Errors: of the file; bad_input naming it.
[[nodiscard]] core::Result<crypto::Certificate> read_certificate(const std::string& file);
/// Reads a PEM key that is not encrypted and that only the owner may read. Errors: refused (others can read the file);
/// bad_input naming it.
[[nodiscard]] core::Result<crypto::PrivateKey> read_signing_key(const std::string& file);
/// The bytes of a file with a secret. Members of the group of the folder `shared_by` may read it too
/// (`Site::shared_by`); where that is empty, only the owner. Error: refused (others can read the file).
[[nodiscard]] core::Result<std::string> read_shared_secret(const std::string& file, const std::string& shared_by);
/// As `read_signing_key`, for a key that may be shared.
[[nodiscard]] core::Result<crypto::PrivateKey> read_shared_key(const std::string& file, const std::string& shared_by);
/// Reads a pseudonym key, which may be shared: 32 bytes in hex. Errors: as `read_signing_key`.
[[nodiscard]] core::Result<crypto::Secret> read_pseudonym_key(const std::string& file, const std::string& shared_by);
/// Reads `keys/ledger.pub`. Error: bad_input naming it.
[[nodiscard]] core::Result<crypto::NoteVerifier> read_ledger_public_key(const std::string& file);
/// The text of a new pseudonym key's file.
[[nodiscard]] crypto::Secret new_pseudonym_key();

/// Makes the certificate of a site or archive key, which signs itself. Error: as `crypto::self_sign`.
[[nodiscard]] core::Result<crypto::Certificate> certify(KeyName name, const crypto::PrivateKey& key,
                                                        const std::string& site_id, core::Time now);

}  // namespace airlock::site
