#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "envelope/bundle.hpp"
#include "gate/entries.hpp"
#include "gate/own_bundle.hpp"
#include "review/evidence_content.hpp"
#include "review/evidence_site.hpp"

namespace airlock::review {
namespace {

using core::Code;
using core::fail;
using core::quote;
using core::Result;

constexpr std::string_view signed_file = "signed.der";
constexpr std::string_view sealed_file = "bundle.p7m";
constexpr std::string_view report_file = "report.json";

/// A disclosure by the name of its folder: `reports/12-9/`.
using ByFolder = std::map<std::string, std::pair<std::string, NamedDisclosure>, std::less<>>;

ByFolder folders_of(const EvidenceNeeds& needs) {
  ByFolder out;
  for (const auto& [id, named] : needs.disclosures) {
    out.emplace("reports/" + std::to_string(named.number) + "-" + std::to_string(named.disclosure) + "/",
                std::pair(id, named));
  }
  return out;
}

/// Whether two files have the same bytes.
Result<bool> is_same(const core::Blob& a, const core::Blob& b) {
  if (a.size() != b.size()) return false;
  AIRLOCK_TRY(const core::Digest first, crypto::sha256(a));
  AIRLOCK_TRY(const core::Digest second, crypto::sha256(b));
  return first == second;
}

/// The name under which a file of a bundle is in the evidence.
Result<std::string> name_of(const std::string& folder, const std::string& file, const core::Blob& bytes) {
  const std::string_view shared = file == "policy.json"       ? "policies/"
                                  : file == "dictionary.json" ? "dictionaries/"
                                                              : "";
  if (shared.empty()) return folder + file;
  AIRLOCK_TRY(const core::Digest digest, crypto::sha256(bytes));
  return std::string(shared) + digest.hex() + ".json";
}

/// Compares the files that lie beside a signed bundle with those in it.
Result<void> check_extracted(const EvidenceContent& content, const std::string& folder,
                             const envelope::OpenedBundle& bundle) {
  std::set<std::string, std::less<>> expected{folder + std::string(signed_file), folder + std::string(page_file)};
  for (const envelope::TarEntry& file : bundle.files()) {
    const core::BlobPart inside = bundle.file(file.name);
    AIRLOCK_TRY(const std::string name, name_of(folder, file.name, inside));
    AIRLOCK_TRY(const core::BlobPart beside, content.file(name));
    AIRLOCK_TRY(const bool same, is_same(inside, beside));
    if (!same) return fail(Code::integrity, quote(name) + ": is not what the site signed");
    expected.insert(name);
  }
  for (const std::string& name : content.below(folder)) {
    if (!expected.contains(name)) return fail(Code::integrity, quote(name) + " is not a file that evidence has");
  }
  const std::string entry = "entries/" + std::to_string(bundle.entry_seq()) + ".json";
  AIRLOCK_TRY(const core::BlobPart recorded, content.file(entry));
  AIRLOCK_TRY(const bool same, is_same(bundle.file("entry.json"), recorded));
  if (!same) return fail(Code::integrity, quote(folder + "entry.json") + ": is not " + quote(entry));
  return {};
}

Result<void> check_bundle(const EvidenceContent& content, const std::string& folder, const std::string& id,
                          const NamedDisclosure& named, const ledger::KeyHistory& keys,
                          const crypto::TrustStore& site) {
  AIRLOCK_TRY(const core::BlobPart object, content.file(folder + std::string(signed_file)));
  AIRLOCK_TRY(const auto bundle,
              envelope::read_signed_bundle(
                  object, [&](const crypto::Certificate&) -> Result<crypto::TrustStore> { return site; }));
  const envelope::Manifest& manifest = bundle.manifest();
  if (manifest.bundle_id != id || manifest.site_id != content.evidence().site_id ||
      bundle.content_sha256().hex() != named.content_sha256) {
    return fail(Code::integrity, "is not the bundle that the ledger recorded");
  }
  AIRLOCK_CHECK(gate::check_proofs(bundle, keys));
  AIRLOCK_TRY(const std::string checkpoint, bundle.text("checkpoint.txt"));
  if (checkpoint != named.checkpoint) return fail(Code::integrity, "has another checkpoint than the ledger recorded");
  return check_extracted(content, folder, bundle);
}

/// A file that must be alone in its folder, with the digest that the ledger recorded.
Result<void> check_alone(const EvidenceContent& content, const std::string& folder, std::string_view file,
                         const std::string& sha256) {
  AIRLOCK_TRY(const core::BlobPart bytes, content.file(folder + std::string(file)));
  AIRLOCK_TRY(const core::Digest digest, crypto::sha256(bytes));
  if (digest.hex() != sha256) return fail(Code::integrity, "is not what the ledger recorded");
  if (content.below(folder).size() != 1) return fail(Code::integrity, "has files that nothing verifies");
  return {};
}

Result<void> check_originals(const EvidenceContent& content, const EvidenceNeeds& needs,
                             std::vector<std::string>& verified) {
  if (!content.evidence().originals) return {};
  std::size_t count = 0;
  for (const std::string& name : content.below("originals/")) {
    constexpr std::string_view ending = ".report";
    if (!name.ends_with(ending)) continue;
    const std::string stem = name.substr(0, name.size() - ending.size());
    AIRLOCK_TRY(const std::string salt, content.text(stem + ".salt", gate::salt_bytes));
    AIRLOCK_TRY(const core::BlobPart bytes, content.file(name));
    AIRLOCK_TRY(const core::Digest commitment, gate::commitment_to(bytes, bytes.size(), salt));
    const auto fits = [&](const auto& each) {
      return "originals/" + std::to_string(each.first) == stem && each.second == commitment.hex();
    };
    if (std::none_of(needs.commitments.begin(), needs.commitments.end(), fits)) {
      return fail(Code::integrity, quote(name) + ": is not the report that the ledger committed to");
    }
    ++count;
  }
  if (content.below("originals/").size() != 2 * count) {
    return fail(Code::integrity, "`originals/` has a file that evidence does not have");
  }
  verified.push_back(std::to_string(count) +
                     " originals: they are the reports that came in; THEY DID NOT LEAVE THE SITE");
  return {};
}

}  // namespace

Result<void> check_disclosed_part(const EvidenceContent& content, const LedgerPart& ledger,
                                  std::vector<std::string>& verified) {
  AIRLOCK_TRY(auto certificates, certificates_in(content, "site"));
  const auto site = crypto::TrustStore::exactly(crypto::Role::site, std::move(certificates));
  const ByFolder known = folders_of(ledger.needs);
  std::set<std::string, std::less<>> folders;
  for (const std::string& name : content.below("reports/")) folders.insert(name.substr(0, name.find_last_of('/') + 1));
  for (const std::string& folder : folders) {
    const auto found = known.find(folder);
    if (found == known.end() || found->second.second.content_sha256.empty()) {
      return fail(Code::integrity, quote(folder) + ": no entry says that this was disclosed");
    }
    const auto& [id, named] = found->second;
    auto checked = content.has(folder + std::string(signed_file))
                       ? check_bundle(content, folder, id, named, ledger.keys, site)
                   : named.is_bundle ? check_alone(content, folder, sealed_file, named.file_sha256)
                                     : check_alone(content, folder, report_file, named.content_sha256);
    if (!checked) {
      checked.error().code = Code::integrity;
      return fail(std::move(checked.error()).within(quote(folder)));
    }
  }
  verified.push_back(std::to_string(folders.size()) +
                     " disclosures: as the ledger recorded them, bundles signed by the site");
  return check_originals(content, ledger.needs, verified);
}

}  // namespace airlock::review
