#include "envelope/bundle.hpp"

#include <algorithm>
#include <set>

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "crypto/note.hpp"
#include "envelope/bundle_approvals.hpp"
#include "envelope/entry.hpp"

namespace airlock::envelope {
namespace {

using core::Code;
using core::fail;
using core::quote;

constexpr std::uint64_t small_file_limit = 16ULL * 1024 * 1024;
constexpr std::uint64_t how_to_verify_limit = 1024ULL * 1024;

/// The files that follow the manifest, in the order of `bundle_files`. All but the report are in memory.
struct Parts {
  core::MemoryBlob entry, checkpoint, proof, consistency, policy, dictionary, approvals, how_to_verify;
  std::vector<std::pair<std::string_view, const core::Blob*>> list;

  explicit Parts(const BundleContent& content)
      : entry(content.entry),
        checkpoint(content.checkpoint),
        proof(content.proof),
        consistency(content.consistency),
        policy(content.policy),
        dictionary(content.dictionary),
        approvals(content.approvals),
        how_to_verify(content.how_to_verify),
        list{{bundle_files[1], &content.report}, {bundle_files[2], &entry},       {bundle_files[3], &checkpoint},
             {bundle_files[4], &proof},          {bundle_files[5], &consistency}, {bundle_files[6], &policy},
             {bundle_files[7], &dictionary}} {
    if (!content.approvals.empty()) list.emplace_back(approvals_file, &approvals);
    list.emplace_back(bundle_files[8], &how_to_verify);
  }
};

/// Counts and digests what is written through it, and fails once the bundle is too large.
class Metered final : public core::Sink {
 public:
  explicit Metered(core::Sink& out) : out_(out) {}
  [[nodiscard]] Result<void> write(std::string_view bytes) override {
    size_ += bytes.size();
    if (size_ > bundle_bytes_limit) {
      return fail(Code::bad_input, "the bundle is larger than " + std::to_string(bundle_bytes_limit) + " bytes");
    }
    sha256_.update(bytes);
    return out_.write(bytes);
  }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] core::Digest digest() { return sha256_.finish(); }

 private:
  core::Sink& out_;
  crypto::Sha256 sha256_;
  std::uint64_t size_ = 0;
};

Result<void> check_files(const core::Blob& tar, const std::vector<TarEntry>& entries, const Manifest& manifest) {
  if (manifest.files.size() + 1 != entries.size()) {
    return fail(Code::integrity, "manifest.json lists " + std::to_string(manifest.files.size()) + " files, not " +
                                     std::to_string(entries.size() - 1));
  }
  for (std::size_t i = 0; i < manifest.files.size(); ++i) {
    const FileRecord& record = manifest.files[i];
    const TarEntry& entry = entries[i + 1];
    AIRLOCK_TRY(const core::Digest digest, crypto::sha256(core::BlobPart(tar, entry.offset, entry.size)));
    if (record.name != entry.name || record.size != entry.size || record.sha256 != digest.hex()) {
      return fail(Code::integrity, quote(entry.name) + " differs from the file that manifest.json names");
    }
  }
  return {};
}

/// The record of a file. Precondition: `check_files` has succeeded, and `file` is one of `bundle_files` except the
/// manifest.
const FileRecord& record_of(const Manifest& manifest, std::string_view file) {
  return *std::find_if(manifest.files.begin(), manifest.files.end(),
                       [&](const FileRecord& record) { return record.name == file; });
}

/// Whether the ledger's entry is about this disclosure of this report.
bool records(const EntryRecord& entry, const Manifest& manifest) {
  const FileRecord& report = record_of(manifest, "report.json");
  return entry.recorded.number == manifest.number && entry.recorded.bundle_id == manifest.bundle_id &&
         entry.recorded.disclosure == manifest.disclosure && entry.payload_size == report.size &&
         entry.payload_sha256 == report.sha256;
}

Result<void> check_documents(const Manifest& manifest) {
  for (const auto& [file, document] : {std::pair("policy.json", &manifest.decision.policy),
                                       std::pair("dictionary.json", &manifest.decision.dictionary)}) {
    if (record_of(manifest, file).sha256 != document->sha256) {
      return fail(Code::integrity,
                  quote(file) + " differs from the document that made the decision, according to `entry.json`");
    }
  }
  return {};
}

/// Checks HOW-TO-VERIFY.txt; returns warnings. Error: integrity.
Result<std::vector<std::string>> check_instructions(const Manifest& manifest, const EntryRecord& entry,
                                                    std::string_view instructions, const crypto::Certificate& signer) {
  const auto refuse = [] {
    return fail(Code::integrity, "`HOW-TO-VERIFY.txt` differs from the one that the site wrote",
                "do not run its commands; verify the bundle as docs/formats/bundle.md says");
  };
  if (entry.promise && crypto::sha256(instructions).hex() != entry.promise->how_to_verify_sha256) return refuse();
  AIRLOCK_TRY(const auto ledger_key, crypto::NoteVerifier::from_text(manifest.ledger_key));
  if (instructions == how_to_verify(manifest, signer, ledger_key.key())) return std::vector<std::string>{};
  if (!entry.promise) return refuse();
  return std::vector<std::string>{
      "`HOW-TO-VERIFY.txt` is as the site wrote it, but this release would write another one: read its commands before "
      "you run them"};
}

/// The names of a bundle's files, in their order.
std::vector<std::string_view> names_of_files(bool with_approvals) {
  std::vector<std::string_view> out(bundle_files.begin(), bundle_files.end());
  if (with_approvals) out.insert(out.end() - 1, approvals_file);
  return out;
}

using Recipients = std::set<std::string, std::less<>>;

/// How many recipients of the sealed object are none of `known`. Error: integrity where the manifest cannot name all.
Result<std::size_t> count_strangers(const Recipients& addressed, const Manifest& manifest,
                                    const std::vector<crypto::Certificate>& known) {
  std::vector<std::string> unseen = manifest.recipients;
  const auto take = [&](const crypto::Certificate& certificate) {
    const auto found = std::find(unseen.begin(), unseen.end(), certificate.fingerprint().hex());
    if (found == unseen.end()) return false;
    unseen.erase(found);
    return true;
  };
  std::size_t strangers = addressed.size();
  for (auto certificate = known.begin(); certificate != known.end(); ++certificate) {
    if (std::find(known.begin(), certificate, *certificate) != certificate) continue;
    const bool is_addressed = addressed.contains(crypto::recipient_name(*certificate));
    const bool is_named = take(*certificate);
    if (is_addressed && !is_named) {
      return fail(Code::integrity,
                  "is sealed for " + certificate->subject() + ", but `manifest.json` does not name that recipient");
    }
    if (is_addressed) --strangers;
  }
  if (strangers > unseen.size()) {
    return fail(Code::integrity, "is sealed for a recipient that `manifest.json` does not name");
  }
  return strangers;
}

/// Compares the recipients of the sealed object, which nobody has signed, with those that the site named. There may be
/// fewer: a recipient may seal the bundle again for one of the others.
Result<void> check_recipients(const core::Blob& sealed, const Manifest& manifest, const Opener& opener,
                              Parties& parties) {
  AIRLOCK_TRY(const Recipients addressed, crypto::recipients_of(sealed));
  std::vector<crypto::Certificate> known{opener.certificate};
  AIRLOCK_TRY(const auto usual, parties.usual_recipients());
  known.insert(known.end(), usual.begin(), usual.end());
  // Without a stranger, whoever else is known can change nothing.
  if (const auto strangers = count_strangers(addressed, manifest, known); strangers && *strangers == 0) return {};
  AIRLOCK_TRY(const auto others, parties.others());
  known.insert(known.end(), others.begin(), others.end());
  AIRLOCK_CHECK(count_strangers(addressed, manifest, known));
  return {};
}

/// Whom the opener of a few sites knows.
class FewParties final : public Parties {
 public:
  FewParties(const crypto::TrustStore& trust, std::span<const crypto::Certificate> known)
      : trust_(trust), known_(known) {}
  Result<crypto::TrustStore> trust_for(const crypto::Certificate&) override { return trust_; }
  Result<std::vector<crypto::Certificate>> usual_recipients() override {
    return std::vector<crypto::Certificate>(known_.begin(), known_.end());
  }
  Result<std::vector<crypto::Certificate>> others() override { return std::vector<crypto::Certificate>{}; }

 private:
  const crypto::TrustStore& trust_;
  std::span<const crypto::Certificate> known_;
};

}  // namespace

std::string bundle_name(const Manifest& manifest) {
  return manifest.period.end.value_or("undated") + "-" + std::to_string(manifest.number) + "-" + manifest.bundle_id;
}

Result<BundleDigests> write_bundle(Manifest manifest, const BundleContent& content, const crypto::Signer& signer,
                                   std::span<const crypto::Certificate> recipients, core::Sink& out) {
  const Parts parts(content);
  manifest.files.clear();
  for (const auto& [name, blob] : parts.list) {
    AIRLOCK_TRY(const core::Digest digest, crypto::sha256(*blob));
    manifest.files.push_back({std::string(name), blob->size(), digest.hex()});
  }
  const std::string text = to_document(manifest);
  if (text.size() > manifest_bytes_limit) {
    return fail(Code::bad_input, "the manifest is larger than " + std::to_string(manifest_bytes_limit) + " bytes");
  }

  Metered metered(out);
  AIRLOCK_TRY(const auto sealing, crypto::seal(metered, signer, recipients));
  crypto::Sha256 content_sha256;
  core::Tee content_out(content_sha256, *sealing);
  TarWriter tar(content_out, manifest.created);
  AIRLOCK_CHECK(tar.add(bundle_files[0], text));
  for (const auto& [name, blob] : parts.list) AIRLOCK_CHECK(tar.add(name, *blob));
  AIRLOCK_CHECK(tar.finish());
  AIRLOCK_CHECK(sealing->finish());
  return BundleDigests{content_sha256.finish(), metered.digest(), metered.size()};
}

std::uint64_t bundle_size_bound(const Manifest& manifest, std::uint64_t report_size, std::uint64_t other_files_size,
                                std::size_t recipients) {
  // A recipient needs at most a key wrapped by RSA-8192 and a name; BER adds a few bytes to each kibibyte.
  const std::uint64_t framing = 64ULL * 1024 + recipients * 4096;
  const std::uint64_t content = to_document(manifest).size() + 2048 + report_size + other_files_size;
  return content + content / 64 + framing;
}

OpenedBundle::OpenedBundle(crypto::Verified verified, std::vector<TarEntry> files, Manifest manifest,
                           core::Digest content_sha256, std::uint64_t entry_seq, std::vector<std::string> warnings,
                           std::vector<SignedApproval> approvals)
    : verified_(std::move(verified)),
      files_(std::move(files)),
      manifest_(std::move(manifest)),
      content_sha256_(content_sha256),
      entry_seq_(entry_seq),
      warnings_(std::move(warnings)),
      approvals_(std::move(approvals)) {}

core::BlobPart OpenedBundle::file(std::string_view name) const {
  const auto found =
      std::find_if(files_.begin(), files_.end(), [&](const TarEntry& entry) { return entry.name == name; });
  return {verified_.content(), found->offset, found->size};
}

Result<std::string> OpenedBundle::text(std::string_view name) const {
  return core::to_string(file(name), small_file_limit);
}

Result<OpenedBundle> open_bundle(const core::Blob& sealed, const Opener& opener, const crypto::TrustStore& trust,
                                 core::Scratch& scratch) {
  FewParties parties(trust, opener.known);
  return open_bundle(sealed, opener, parties, scratch);
}

Result<OpenedBundle> read_signed_bundle(const core::Blob& signed_bundle, const crypto::TrustFor& trust_for) {
  AIRLOCK_TRY(crypto::Verified verified, crypto::verify(signed_bundle, trust_for));
  const core::Blob& tar = verified.content();
  AIRLOCK_TRY(TarListing archive, read_tar(tar, bundle_files.size() + 1));
  std::vector<TarEntry>& entries = archive.files;
  const bool has_approvals = entries.size() > bundle_files.size();
  const auto names = names_of_files(has_approvals);
  const auto same_name = [](const TarEntry& entry, std::string_view name) { return entry.name == name; };
  if (!std::equal(entries.begin(), entries.end(), names.begin(), names.end(), same_name)) {
    return fail(Code::bad_input, "does not have exactly a bundle's files in their order");
  }
  const auto text_of = [&](std::string_view file, std::uint64_t limit) {
    const auto at = std::find(names.begin(), names.end(), file) - names.begin();
    const TarEntry& entry = entries[static_cast<std::size_t>(at)];
    return core::to_string(core::BlobPart(tar, entry.offset, entry.size), limit);
  };
  AIRLOCK_TRY(const std::string document, text_of("manifest.json", manifest_bytes_limit));
  AIRLOCK_TRY(Manifest manifest, parse_manifest(document));
  if (archive.time != manifest.created) {
    return fail(Code::bad_input, "the archive's time differs from the one that `manifest.json` names");
  }
  AIRLOCK_CHECK(check_files(tar, entries, manifest));
  if (verified.signer().uuid() != manifest.site_id) {
    return fail(Code::integrity, "is signed by one site, but its manifest names another");
  }
  if (!verified.chain_valid_at(manifest.created)) {
    return fail(Code::integrity, "the site's certificate was not valid when the bundle was made");
  }
  AIRLOCK_TRY(const core::Digest content_sha256, crypto::sha256(tar));
  AIRLOCK_TRY(const std::string entry_text, text_of("entry.json", entry_bytes_limit));
  const auto entry = read_entry(entry_text);
  if (!entry || !records(*entry, manifest)) {
    return fail(Code::integrity, "`entry.json` is not the ledger's entry for this report");
  }
  AIRLOCK_CHECK(check_agreement(manifest, document, *entry));
  AIRLOCK_CHECK(check_documents(manifest));
  AIRLOCK_TRY(const std::string instructions, text_of("HOW-TO-VERIFY.txt", how_to_verify_limit));
  AIRLOCK_TRY(auto warnings, check_instructions(manifest, *entry, instructions, verified.signer()));
  std::string approvals_text;
  if (has_approvals) {
    AIRLOCK_TRY(approvals_text, text_of(approvals_file, approvals_bytes_limit));
  }
  AIRLOCK_TRY(auto approvals, check_approvals(manifest, *entry, approvals_text));
  return OpenedBundle(std::move(verified), std::move(entries), std::move(manifest), content_sha256, entry->seq,
                      std::move(warnings), std::move(approvals));
}

Result<OpenedBundle> open_bundle(const core::Blob& sealed, const Opener& opener, Parties& parties,
                                 core::Scratch& scratch) {
  if (sealed.size() > bundle_bytes_limit) {
    return fail(Code::bad_input, "is larger than " + std::to_string(bundle_bytes_limit) + " bytes");
  }
  AIRLOCK_CHECK(crypto::open(sealed, opener.key, opener.certificate, scratch));
  AIRLOCK_TRY(OpenedBundle bundle, read_signed_bundle(scratch, [&](const crypto::Certificate& presented) {
                return parties.trust_for(presented);
              }));
  AIRLOCK_CHECK(check_recipients(sealed, bundle.manifest(), opener, parties));
  return bundle;
}

Result<void> check_name(std::string_view path, const Manifest& manifest) {
  constexpr std::string_view ending = ".p7m";
  const std::string_view file = path.substr(path.find_last_of('/') + 1);  // npos + 1 is 0
  if (!file.ends_with(ending)) return {};
  const std::string_view stem = file.substr(0, file.size() - ending.size());
  const std::string own = bundle_name(manifest);
  constexpr std::size_t id_size = 36;
  const bool is_name = stem.size() > id_size && stem[stem.size() - id_size - 1] == '-' &&
                       core::is_uuid(stem.substr(stem.size() - id_size));
  if (!is_name || stem == own) return {};
  return fail(Code::integrity,
              "has the file name of another bundle: its own name is " + quote(own + std::string(ending)),
              "rename the file to that");
}

}  // namespace airlock::envelope
