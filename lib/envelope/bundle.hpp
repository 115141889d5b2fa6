#pragma once
/// \file
/// The bundle: one disclosed report with everything that proves what it is, signed by the site and sealed for its
/// recipients (docs/formats/bundle.md). Inside is a tar of the files of `bundle_files`, in that order.
///
/// Does not judge the proof of inclusion, which is the ledger's business, nor whether the site may be believed, which
/// the trust store passed in decides.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.hpp"
#include "core/io.hpp"
#include "crypto/cms.hpp"
#include "envelope/manifest.hpp"
#include "envelope/tar.hpp"

namespace airlock::envelope {

inline constexpr std::uint64_t bundle_bytes_limit = 256ULL * 1024 * 1024;
/// Longest `entry.json`: the ledger's own limit.
inline constexpr std::uint64_t entry_bytes_limit = 1024 * 1024;

inline constexpr std::array<std::string_view, 9> bundle_files{"manifest.json",  "report.json",     "entry.json",
                                                              "checkpoint.txt", "proof.txt",       "consistency.txt",
                                                              "policy.json",    "dictionary.json", "HOW-TO-VERIFY.txt"};

/// `<period end or undated>-<number>-<bundle id>`, without `.p7m` or `.txt`.
[[nodiscard]] std::string bundle_name(const Manifest& manifest);

/// What goes into a bundle besides the manifest.
struct BundleContent {
  const core::Blob& report;  ///< the exact bytes disclosed
  std::string entry;         ///< the ledger's leaf
  std::string checkpoint;
  std::string proof;
  std::string consistency;
  std::string policy;
  std::string dictionary;
  std::string how_to_verify;
};

/// Digests of a bundle that was written.
struct BundleDigests {
  core::Digest content;  ///< of the tar: what `previous` and receipts name
  core::Digest file;     ///< of the sealed file, which only says whether the file on disk is still that file
  std::uint64_t size = 0;
};

/// Fills in the manifest's `files`, then writes the sealed bundle to `out`. Errors: those of `out` and of sealing;
/// bad_input where manifest or bundle exceed their limits.
[[nodiscard]] Result<BundleDigests> write_bundle(Manifest manifest, const BundleContent& content,
                                                 const crypto::Signer& signer,
                                                 std::span<const crypto::Certificate> recipients, core::Sink& out);

/// An upper bound for the size of the bundle that `content` will make, for reserving space beforehand.
[[nodiscard]] std::uint64_t bundle_size_bound(const Manifest& manifest, std::uint64_t report_size,
                                              std::uint64_t other_files_size, std::size_t recipients);

/// A bundle that was opened and verified.
class OpenedBundle {
 public:
  [[nodiscard]] const Manifest& manifest() const { return manifest_; }
  [[nodiscard]] const crypto::Certificate& signer() const { return verified_.signer(); }
  [[nodiscard]] core::Time signing_time() const { return verified_.signing_time(); }
  [[nodiscard]] const core::Digest& content_sha256() const { return content_sha256_; }
  [[nodiscard]] const std::vector<TarEntry>& files() const { return files_; }
  /// Where the entry says that it stands in its ledger: the proof must be of that place.
  [[nodiscard]] std::uint64_t entry_seq() const { return entry_seq_; }
  /// What is no fault and should be known, in sentences for people.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  /// One file's bytes. Precondition: the name is one of `bundle_files`.
  [[nodiscard]] core::BlobPart file(std::string_view name) const;
  /// One small file in memory. Error: bad_input above 16 MiB.
  [[nodiscard]] Result<std::string> text(std::string_view name) const;

  OpenedBundle(crypto::Verified verified, std::vector<TarEntry> files, Manifest manifest, core::Digest content_sha256,
               std::uint64_t entry_seq, std::vector<std::string> warnings);

 private:
  crypto::Verified verified_;
  std::vector<TarEntry> files_;
  Manifest manifest_;
  core::Digest content_sha256_;
  std::uint64_t entry_seq_;
  std::vector<std::string> warnings_;
};

/// Who opens a bundle.
struct Opener {
  const crypto::PrivateKey& key;
  const crypto::Certificate& certificate;
  /// Certificates of possible recipients that the opener knows besides, so that it can name them in the envelope.
  std::span<const crypto::Certificate> known = {};
};

/// Opens `sealed` and verifies, in this order: shape and encryption, the site's signature against `trust`, archive and
/// manifest, that the archive is written as Airlock writes it, the digest and size of each file, that the manifest's
/// site is the signer's, that the signer's certificate was valid when the manifest says the bundle was made, that the
/// ledger's entry records this disclosure of this report and says the same as the manifest, that policy, dictionary and
/// HOW-TO-VERIFY are those of the entry, and that the envelope is for nobody whom the manifest does not name.
/// `scratch` takes the signed object and must outlive the result. Errors: refused (not a recipient), bad_input (shape),
/// integrity.
[[nodiscard]] Result<OpenedBundle> open_bundle(const core::Blob& sealed, const Opener& opener,
                                               const crypto::TrustStore& trust, core::Scratch& scratch);

/// That the last component of `path`, where it has the form of a bundle's name, is the name of this bundle. People may
/// give a file any other name. Error: integrity.
[[nodiscard]] Result<void> check_name(std::string_view path, const Manifest& manifest);

/// The text of HOW-TO-VERIFY.txt: the commands with stock tools, for this bundle. It does not depend on the manifest's
/// `files`. For a manifest of version 1 it is the text of release 0.1.
[[nodiscard]] std::string how_to_verify(const Manifest& manifest, const crypto::Certificate& site_certificate,
                                        const crypto::PublicKey& ledger_key);

}  // namespace airlock::envelope
