#include "envelope/bundle.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"

namespace airlock::envelope {
namespace {

using core::Code;
using core::fail;
using core::quote;

constexpr std::uint64_t small_file_limit = 16ULL * 1024 * 1024;

/// The files behind the manifest, in the order of `bundle_files`, as blobs over memory but for the report.
struct Parts {
  core::MemoryBlob entry, checkpoint, proof, consistency, policy, dictionary, how_to_verify;
  std::vector<std::pair<std::string_view, const core::Blob*>> list;

  explicit Parts(const BundleContent& content)
      : entry(content.entry),
        checkpoint(content.checkpoint),
        proof(content.proof),
        consistency(content.consistency),
        policy(content.policy),
        dictionary(content.dictionary),
        how_to_verify(content.how_to_verify),
        list{{bundle_files[1], &content.report}, {bundle_files[2], &entry},        {bundle_files[3], &checkpoint},
             {bundle_files[4], &proof},          {bundle_files[5], &consistency},  {bundle_files[6], &policy},
             {bundle_files[7], &dictionary},     {bundle_files[8], &how_to_verify}} {}
};

/// Counts and digests what passes through, and stops a bundle that grows too large.
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
      return fail(Code::integrity, quote(entry.name) + " is not the file that manifest.json names");
    }
  }
  return {};
}

/// Whether the ledger's entry records this disclosure of these bytes.
bool records(const core::Json& entry, const Manifest& manifest, const FileRecord& report) {
  const auto at = [&](const char* pointer) { return entry.value(core::Json::json_pointer(pointer), core::Json()); };
  return at("/number") == manifest.number && at("/disclosure/id") == manifest.bundle_id &&
         at("/disclosure/number") == manifest.disclosure && at("/payload/size") == report.size &&
         at("/payload/sha256") == report.sha256;
}

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
  AIRLOCK_CHECK(tar.add(std::string(bundle_files[0]), text));
  for (const auto& [name, blob] : parts.list) AIRLOCK_CHECK(tar.add(std::string(name), *blob));
  AIRLOCK_CHECK(tar.finish());
  AIRLOCK_CHECK(sealing->finish());
  return BundleDigests{content_sha256.finish(), metered.digest(), metered.size()};
}

std::uint64_t bundle_size_bound(const Manifest& manifest, std::uint64_t report_size, std::uint64_t other_files_size,
                                std::size_t recipients) {
  // Each recipient costs at most an RSA-8192 key and its name; BER framing of the stream a few bytes in each kibibyte.
  const std::uint64_t framing = 64 * 1024 + recipients * 4096;
  const std::uint64_t content = to_document(manifest).size() + 2048 + report_size + other_files_size;
  return content + content / 64 + framing;
}

OpenedBundle::OpenedBundle(crypto::Verified verified, std::vector<TarEntry> files, Manifest manifest,
                           core::Digest content_sha256)
    : verified_(std::move(verified)),
      files_(std::move(files)),
      manifest_(std::move(manifest)),
      content_sha256_(content_sha256) {}

core::BlobPart OpenedBundle::file(std::string_view name) const {
  const auto found =
      std::find_if(files_.begin(), files_.end(), [&](const TarEntry& entry) { return entry.name == name; });
  return {verified_.content(), found->offset, found->size};
}

Result<std::string> OpenedBundle::text(std::string_view name) const {
  return core::to_string(file(name), small_file_limit);
}

Result<OpenedBundle> open_bundle(const core::Blob& sealed, const crypto::PrivateKey& key, const crypto::Certificate& me,
                                 const crypto::TrustStore& trust, core::Scratch& scratch) {
  if (sealed.size() > bundle_bytes_limit) {
    return fail(Code::bad_input, "is larger than " + std::to_string(bundle_bytes_limit) + " bytes");
  }
  AIRLOCK_CHECK(crypto::open(sealed, key, me, scratch));
  AIRLOCK_TRY(crypto::Verified verified, crypto::verify(scratch, trust));
  const core::Blob& tar = verified.content();
  AIRLOCK_TRY(auto entries, read_tar(tar, bundle_files.size()));
  const auto same_name = [](const TarEntry& entry, std::string_view name) { return entry.name == name; };
  if (!std::equal(entries.begin(), entries.end(), bundle_files.begin(), bundle_files.end(), same_name)) {
    return fail(Code::bad_input, "does not hold the files of a bundle in their order");
  }
  AIRLOCK_TRY(const std::string text,
              core::to_string(core::BlobPart(tar, entries[0].offset, entries[0].size), manifest_bytes_limit));
  AIRLOCK_TRY(Manifest manifest, parse_manifest(text));
  AIRLOCK_CHECK(check_files(tar, entries, manifest));
  if (verified.signer().uuid() != manifest.site_id) {
    return fail(Code::integrity, "is signed by another site than its manifest names");
  }
  if (!verified.chain_valid_at(manifest.created)) {
    return fail(Code::integrity, "the site's certificate was not valid when the bundle was made");
  }
  AIRLOCK_TRY(const core::Digest content_sha256, crypto::sha256(tar));
  AIRLOCK_TRY(const std::string entry_text,
              core::to_string(core::BlobPart(tar, entries[2].offset, entries[2].size), small_file_limit));
  AIRLOCK_TRY(const core::Json entry, core::parse_json(entry_text, bundle_files[2]));
  if (!entry.is_object() || !records(entry, manifest, manifest.files[0])) {
    return fail(Code::integrity, "`entry.json` is not the ledger's entry for this report");
  }
  return OpenedBundle(std::move(verified), std::move(entries), std::move(manifest), content_sha256);
}

}  // namespace airlock::envelope
