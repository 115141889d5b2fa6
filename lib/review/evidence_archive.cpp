#include "review/evidence_archive.hpp"

#include "core/text.hpp"
#include "crypto/hash.hpp"

namespace airlock::review {
namespace {

using core::Code;
using core::fail;
using core::Result;

/// What a header and the padding of one file take at most.
constexpr std::uint64_t framing = 1024;

Result<void> too_much(const std::string& what) {
  return fail(Code::bad_input, "the evidence would have more than " + what,
              "export it in parts, with an earlier `--to` or fewer `--reports`");
}

}  // namespace

Result<void> EvidenceArchive::take(const std::string& name, std::uint64_t size) {
  if (!names_.insert(name).second) {
    return fail(Code::unexpected, "the evidence has a file " + core::quote(name) + " already");
  }
  bytes_ += size + framing;
  if (bytes_ > evidence_bytes_limit) return too_much(std::to_string(evidence_bytes_limit) + " bytes");
  if (files_.size() == evidence_files_limit) return too_much(std::to_string(evidence_files_limit) + " files");
  return {};
}

Result<void> EvidenceArchive::add(const std::string& name, const core::Blob& bytes) {
  AIRLOCK_CHECK(take(name, bytes.size()));
  AIRLOCK_TRY(const core::Digest digest, crypto::sha256(bytes));
  AIRLOCK_CHECK(tar_.add(name, bytes));
  files_.push_back({.name = name, .size = bytes.size(), .sha256 = digest.hex()});
  return {};
}

Result<void> EvidenceArchive::add(const std::string& name, std::string_view bytes) {
  return add(name, core::MemoryBlob(bytes));
}

std::vector<std::string> EvidenceArchive::below(std::string_view beginning, std::string_view ending) const {
  std::vector<std::string> out;
  for (auto name = names_.lower_bound(beginning); name != names_.end() && name->starts_with(beginning); ++name) {
    if (name->ends_with(ending)) out.push_back(*name);
  }
  return out;
}

void EvidenceArchive::miss(std::string what, std::string why) {
  missing_.push_back({.what = std::move(what), .why = std::move(why)});
}

Result<void> EvidenceArchive::finish(EvidenceRecord evidence) {
  if (missing_.size() > evidence_files_limit) {
    return too_much(std::to_string(evidence_files_limit) + " parts that are missing");
  }
  evidence.files = files_;
  evidence.missing = missing_;
  const std::string text = to_document(evidence);
  if (text.size() > evidence_document_limit) {
    return too_much(std::to_string(evidence_document_limit) + " bytes of file names");
  }
  AIRLOCK_CHECK(tar_.add(evidence_name, text));
  return tar_.finish();
}

}  // namespace airlock::review
