#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "gate/file_digest.hpp"
#include "gate/history.hpp"
#include "gate/names.hpp"
#include "gate/own_bundle.hpp"
#include "review/bundle_page.hpp"
#include "review/document.hpp"
#include "review/evidence_site.hpp"
#include "review/write_page.hpp"
#include "sys/look.hpp"
#include "sys/read_file.hpp"

namespace airlock::review {
namespace {

using core::Code;
using core::fail;
using core::Result;

/// The files of a bundle that go to folders of their own, since many bundles have the same.
constexpr std::string_view policy_file = "policy.json";
constexpr std::string_view dictionary_file = "dictionary.json";

std::string folder_of(const ledger::Disclosure& disclosure) {
  return "reports/" + std::to_string(disclosure.number) + "-" + std::to_string(disclosure.disclosure) + "/";
}

std::string name_of(const ledger::Disclosure& disclosure) {
  return "disclosure " + std::to_string(disclosure.disclosure) + " of report " + std::to_string(disclosure.number);
}

Result<void> add_shared(std::string_view folder, const core::Blob& bytes, EvidenceArchive& archive) {
  AIRLOCK_TRY(const core::Digest digest, crypto::sha256(bytes));
  const std::string name = std::string(folder) + "/" + digest.hex() + ".json";
  return archive.has(name) ? Result<void>() : archive.add(name, bytes);
}

/// Adds the page of a bundle that may be shared with whoever may have the bundle.
Result<void> add_page(const std::string& folder, const std::string& name, const envelope::OpenedBundle& bundle,
                      EvidenceArchive& archive) {
  const auto page = bundle_page(bundle, Shareable::yes);
  if (!page) {
    archive.miss("the page of " + name, "this release cannot read it: " + core::printable(page.error().message));
    return {};
  }
  core::StringSink html(page_bytes_limit);
  AIRLOCK_CHECK(write_page(*page, html));
  return archive.add(folder + std::string(page_file), html.bytes());
}

/// Adds the signed object inside a bundle, its files for reading, and its page.
Result<void> add_opened(const std::string& folder, const std::string& name, const gate::OwnBundle& own,
                        EvidenceArchive& archive) {
  AIRLOCK_CHECK(archive.add(folder + "signed.der", *own.scratch));
  for (const envelope::TarEntry& file : own.bundle.files()) {
    const core::BlobPart bytes = own.bundle.file(file.name);
    if (file.name == policy_file) {
      AIRLOCK_CHECK(add_shared("policies", bytes, archive));
    } else if (file.name == dictionary_file) {
      AIRLOCK_CHECK(add_shared("dictionaries", bytes, archive));
    } else {
      AIRLOCK_CHECK(archive.add(folder + file.name, bytes));
    }
  }
  return add_page(folder, name, own.bundle, archive);
}

Result<void> add_bundle(const site::Site& site, const ledger::Disclosure& disclosure, const std::string& path,
                        EvidenceArchive& archive) {
  AIRLOCK_TRY(const core::Digest digest, gate::digest_of_file(path));
  if (digest.hex() != disclosure.file_sha256) {
    return fail(Code::integrity, core::quote(path) + ": differs from the bundle that was sealed");
  }
  const auto own = gate::open_own_bundle(site.directory(), path);
  if (own) return add_opened(folder_of(disclosure), name_of(disclosure), *own, archive);
  if (own.error().code != Code::refused) return fail(own.error());
  // Sealed while the site kept no archive key, or for one that it no longer has: others can open it.
  AIRLOCK_TRY(const auto sealed, sys::FileBlob::open(path));
  AIRLOCK_CHECK(archive.add(folder_of(disclosure) + "bundle.p7m", sealed));
  archive.miss("the disclosed bytes of " + name_of(disclosure), "the site has no key that opens this bundle");
  return {};
}

Result<void> add_payload(const ledger::Disclosure& disclosure, const std::string& path, EvidenceArchive& archive) {
  AIRLOCK_TRY(const core::Digest digest, gate::digest_of_file(path));
  if (digest.hex() != disclosure.content_sha256) {
    return fail(Code::integrity, core::quote(path) + ": differs from the payload that was sent");
  }
  AIRLOCK_TRY(const auto payload, sys::FileBlob::open(path));
  return archive.add(folder_of(disclosure) + "report.json", payload);
}

Result<void> add_disclosure(const site::Site& site, const ledger::Disclosure& disclosure, EvidenceArchive& archive) {
  const bool is_bundle = disclosure.stage == ledger::Stage::released;
  if (!is_bundle && disclosure.stage != ledger::Stage::sent) return {};  // nothing of it has left
  const std::string path = gate::in_outbox(site, disclosure.file);
  AIRLOCK_TRY(const bool there, sys::look_for(path));
  if (!there) {
    archive.miss("the disclosed bytes of " + name_of(disclosure), "the bytes are no longer at the site");
    return {};
  }
  return is_bundle ? add_bundle(site, disclosure, path, archive) : add_payload(disclosure, path, archive);
}

}  // namespace

Result<void> add_disclosures(const site::Site& site, const ledger::Ledger& ledger, const EvidenceSelection& selection,
                             EvidenceArchive& archive, core::ProgressSink& progress) {
  std::uint64_t done = 0;
  for (const std::string& id : selection.disclosures) {
    progress.show("disclosures exported", done++, selection.disclosures.size());
    AIRLOCK_TRY(const auto disclosure, ledger.disclosure(id));
    if (disclosure) AIRLOCK_CHECK(add_disclosure(site, *disclosure, archive));
  }
  return {};
}

Result<void> add_originals(const site::Site& site, const ledger::Ledger& ledger, const EvidenceSelection& selection,
                           const EvidenceNeeds& needs, EvidenceArchive& archive) {
  for (const std::string& id : selection.report_ids) {
    const std::string path = gate::kept_path(site, id);
    AIRLOCK_TRY(const bool there, sys::look_for(path));
    if (!there) continue;
    AIRLOCK_TRY(const auto row, ledger.report_of(id));
    AIRLOCK_TRY(const auto original, ledger.original(id));
    AIRLOCK_TRY(const auto bytes, sys::FileBlob::open(path));
    AIRLOCK_TRY(const bool is_original, gate::is_original(ledger, id, bytes));
    if (!row || !original || !is_original) {
      return fail(Code::integrity, core::quote(path) + ": is not the report that came in",
                  "run `airlock ledger verify`");
    }
    if (!needs.commitments.contains(row->number)) {
      archive.miss("the original of report " + std::to_string(row->number),
                   "it is over the limit, so the ledger has a commitment to its beginning only");
      continue;
    }
    const std::string name = "originals/" + std::to_string(row->number);
    AIRLOCK_CHECK(archive.add(name + ".report", bytes));
    AIRLOCK_CHECK(archive.add(name + ".salt", original->salt));
  }
  return {};
}

}  // namespace airlock::review
