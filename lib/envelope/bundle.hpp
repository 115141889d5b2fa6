#pragma once
/// \file
/// The bundle: one disclosed report with everything that proves what it is, signed by the site and sealed for its
/// recipients (docs/formats/bundle.md). Inside is an archive of the files of `bundle_files`, in that order.
///
/// The ledger's proof of inclusion is not verified here, but by ledger/. Which site is trusted is decided by the trust
/// store that the caller passes.

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
#include "envelope/approval.hpp"
#include "envelope/manifest.hpp"
#include "envelope/tar.hpp"

namespace airlock::envelope {

inline constexpr std::uint64_t bundle_bytes_limit = 256ULL * 1024 * 1024;

inline constexpr std::array<std::string_view, 9> bundle_files{"manifest.json",  "report.json",     "entry.json",
                                                              "checkpoint.txt", "proof.txt",       "consistency.txt",
                                                              "policy.json",    "dictionary.json", "HOW-TO-VERIFY.txt"};

/// `<period end or undated>-<number>-<bundle id>`, without `.p7m` or `.txt`.
[[nodiscard]] std::string bundle_name(const Manifest& manifest);

/// The content of a bundle except the manifest.
struct BundleContent {
  const core::Blob& report;  ///< the exact bytes disclosed
  std::string entry;         ///< the ledger's leaf for this disclosure
  std::string checkpoint;
  std::string proof;
  std::string consistency;
  std::string policy;
  std::string dictionary;
  std::string how_to_verify;
  std::string approvals = {};  ///< the officers' approvals, PEM; empty: none were asked for
};

/// Digests of a bundle that was written.
struct BundleDigests {
  core::Digest content;    ///< of the archive; the next bundle's `previous` and receipts contain it
  core::Digest file;       ///< of the sealed file; only shows whether the file on disk has been changed
  std::uint64_t size = 0;  ///< of the sealed file
};

/// Fills in the manifest's `files`, then writes the sealed bundle to `out`. Errors: those of `out` and of
/// `crypto::seal`; bad_input if manifest or bundle are larger than their limits.
[[nodiscard]] Result<BundleDigests> write_bundle(Manifest manifest, const BundleContent& content,
                                                 const crypto::Signer& signer,
                                                 std::span<const crypto::Certificate> recipients, core::Sink& out);

/// An upper bound for the size of a bundle with this manifest, so that space can be reserved before it is written.
/// Sizes are in bytes.
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
  /// The entry's position in its ledger, as the entry says. The proof of inclusion must be for this position.
  [[nodiscard]] std::uint64_t entry_seq() const { return entry_seq_; }
  /// Sentences for people about what is not an error but should be known.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  /// What officers signed about the report, in the order of `approvals.p7s`. That each fits the report was checked. Who
  /// they are was not: an opener who knows the officers' certificates compares them.
  [[nodiscard]] const std::vector<SignedApproval>& approvals() const { return approvals_; }
  /// One file's bytes. Precondition: the bundle has a file of this name.
  [[nodiscard]] core::BlobPart file(std::string_view name) const;
  /// One small file in memory. Error: bad_input above 16 MiB.
  [[nodiscard]] Result<std::string> text(std::string_view name) const;

  OpenedBundle(crypto::Verified verified, std::vector<TarEntry> files, Manifest manifest, core::Digest content_sha256,
               std::uint64_t entry_seq, std::vector<std::string> warnings, std::vector<SignedApproval> approvals);

 private:
  crypto::Verified verified_;
  std::vector<TarEntry> files_;
  Manifest manifest_;
  core::Digest content_sha256_;
  std::uint64_t entry_seq_;
  std::vector<std::string> warnings_;
  std::vector<SignedApproval> approvals_;
};

/// The recipient who opens a bundle.
struct Opener {
  const crypto::PrivateKey& key;
  const crypto::Certificate& certificate;
  /// Further certificates that the opener knows. A recipient of the envelope that is one of these can be named.
  std::span<const crypto::Certificate> known = {};
};

/// Opens `sealed` and verifies, in this order:
/// 1. the shape of the sealed object and its encryption;
/// 2. the site's signature against `trust`;
/// 3. the archive to the byte, the manifest, and the size and digest of each file;
/// 4. that the signer is the manifest's site and its certificate was valid when the bundle was made;
/// 5. that the ledger's entry records this disclosure of this report and agrees with the manifest;
/// 6. that policy, dictionary and HOW-TO-VERIFY are those of the entry;
/// 7. that each approval is signed, by a certificate valid when the bundle was made, for this report and decision;
/// 8. that the sealed object has no recipient whom the manifest does not name.
///
/// The signed object is written to `scratch`, which must outlive the result. Errors: refused (`opener` is not a
/// recipient); bad_input (not of a bundle's form); integrity (anything else that does not verify).
[[nodiscard]] Result<OpenedBundle> open_bundle(const core::Blob& sealed, const Opener& opener,
                                               const crypto::TrustStore& trust, core::Scratch& scratch);

/// The signed object inside a bundle, as `crypto::open` writes it: steps 2 to 6 above. `signed_bundle` must outlive the
/// result. Nobody can say for whom the bundle was sealed. Errors: those of `trust_for` too.
[[nodiscard]] Result<OpenedBundle> read_signed_bundle(const core::Blob& signed_bundle,
                                                      const crypto::TrustFor& trust_for);

/// Whom an opener knows. Asked for one bundle, so that an opener who knows thousands of sites need not name them all.
class Parties {
 public:
  Parties() = default;
  Parties(const Parties&) = delete;
  Parties& operator=(const Parties&) = delete;
  virtual ~Parties() = default;
  /// As `crypto::TrustFor`. Asked once, before the functions below.
  [[nodiscard]] virtual Result<crypto::TrustStore> trust_for(const crypto::Certificate& presented) = 0;
  /// The recipients that a bundle of this signer should have.
  [[nodiscard]] virtual Result<std::vector<crypto::Certificate>> usual_recipients() = 0;
  /// Everybody else whom the opener knows. Asked where a recipient of the envelope is not among the former, or where
  /// those do not agree with the manifest.
  [[nodiscard]] virtual Result<std::vector<crypto::Certificate>> others() = 0;
};

/// The same as above for an opener who knows many sites. `opener.known` is ignored. Errors: those of `parties` too.
[[nodiscard]] Result<OpenedBundle> open_bundle(const core::Blob& sealed, const Opener& opener, Parties& parties,
                                               core::Scratch& scratch);

/// Checks a file's name. If the last component of `path` has the form of a bundle's name, it must be this bundle's
/// name. People may give a file any other name. Error: integrity.
[[nodiscard]] Result<void> check_name(std::string_view path, const Manifest& manifest);

/// The text of HOW-TO-VERIFY.txt: commands with which anybody can open and verify this bundle with stock tools. It does
/// not depend on the manifest's `files`. For a manifest of version 1 it is the text of release 0.1.
[[nodiscard]] std::string how_to_verify(const Manifest& manifest, const crypto::Certificate& site_certificate,
                                        const crypto::PublicKey& ledger_key);

}  // namespace airlock::envelope
