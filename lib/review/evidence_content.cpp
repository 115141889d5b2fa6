#include "review/evidence_content.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "crypto/hash.hpp"

namespace airlock::review {
namespace {

using core::Code;
using core::fail;
using core::quote;
using core::Result;

constexpr std::uint64_t certificate_limit = 64ULL * 1024;

constexpr std::array<std::string_view, 5> single_files{"HOW-TO-VERIFY.txt", "verify.sh", "summary.html", "entries.csv",
                                                       "reports.csv"};
constexpr std::array<std::string_view, 11> folders{"entries/",  "proofs/", "checkpoints/", "ceilings/",
                                                   "policies/", "kits/",   "licences/",    "dictionaries/",
                                                   "receipts/", "keys/",   "reports/"};

/// Whether evidence of this format may have a file of this name. Others would have no meaning that anybody verifies.
bool may_be_there(const EvidenceRecord& evidence, std::string_view name) {
  const auto begins = [&](std::string_view folder) { return name.starts_with(folder); };
  return std::find(single_files.begin(), single_files.end(), name) != single_files.end() ||
         std::any_of(folders.begin(), folders.end(), begins) || (evidence.originals && begins("originals/"));
}

}  // namespace

Result<EvidenceContent> EvidenceContent::read(const core::Blob& tar) {
  AIRLOCK_TRY(const envelope::TarListing archive, envelope::read_tar(tar, evidence_files_limit + 1));
  const envelope::TarEntry& last = archive.files.back();
  if (last.name != evidence_name) return fail(Code::bad_input, "its last file is not " + quote(evidence_name));
  AIRLOCK_TRY(const std::string text,
              core::to_string(core::BlobPart(tar, last.offset, last.size), evidence_document_limit));
  EvidenceContent out(tar);
  AIRLOCK_TRY(out.evidence_, parse_evidence(text));
  const EvidenceRecord& evidence = out.evidence_;
  if (to_document(evidence) != text) {
    return fail(Code::bad_input, quote(evidence_name) + ": is not written as evidence is");
  }
  if (archive.time != evidence.created) {
    return fail(Code::integrity, "the archive's time differs from the one that `evidence.json` names");
  }
  if (evidence.files.size() + 1 != archive.files.size()) {
    return fail(Code::integrity, "`evidence.json` lists " + std::to_string(evidence.files.size()) + " files, not " +
                                     std::to_string(archive.files.size() - 1));
  }
  for (std::size_t i = 0; i < evidence.files.size(); ++i) {
    const EvidenceFile& record = evidence.files[i];
    const envelope::TarEntry& entry = archive.files[i];
    AIRLOCK_TRY(const core::Digest digest, crypto::sha256(core::BlobPart(tar, entry.offset, entry.size)));
    if (record.name != entry.name || record.size != entry.size || record.sha256 != digest.hex()) {
      return fail(Code::integrity, quote(entry.name) + " differs from the file that `evidence.json` names");
    }
    if (!may_be_there(evidence, entry.name)) {
      return fail(Code::integrity, quote(entry.name) + " is not a file that evidence has");
    }
    out.files_.emplace(entry.name, entry);
  }
  return out;
}

Result<core::BlobPart> EvidenceContent::file(const std::string& name) const {
  const auto found = files_.find(name);
  if (found == files_.end()) return fail(Code::integrity, quote(name) + " is missing");
  return core::BlobPart(*tar_, found->second.offset, found->second.size);
}

Result<std::string> EvidenceContent::text(const std::string& name, std::uint64_t limit) const {
  AIRLOCK_TRY(const core::BlobPart bytes, file(name));
  auto text = core::to_string(bytes, limit);
  if (!text) return fail(std::move(text.error()).within(quote(name)));
  return text;
}

std::vector<std::string> EvidenceContent::below(std::string_view folder) const {
  std::vector<std::string> out;
  for (auto file = files_.lower_bound(folder); file != files_.end() && file->first.starts_with(folder); ++file) {
    out.push_back(file->first);
  }
  return out;
}

Result<std::vector<crypto::Certificate>> certificates_in(const EvidenceContent& content, const std::string& name) {
  std::vector<crypto::Certificate> out;
  for (std::size_t i = 1;; ++i) {
    const std::string file = "keys/" + name + "-" + std::to_string(i) + ".crt";
    if (!content.has(file)) return out;
    AIRLOCK_TRY(const std::string pem, content.text(file, certificate_limit));
    auto certificate = crypto::Certificate::from_pem(pem);
    if (!certificate) return fail(std::move(certificate.error()).within(quote(file)));
    out.push_back(std::move(*certificate));
  }
}

}  // namespace airlock::review
