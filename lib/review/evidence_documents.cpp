#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "crypto/cms.hpp"
#include "crypto/hash.hpp"
#include "crypto/pem.hpp"
#include "licence/licence.hpp"
#include "review/evidence_site.hpp"
#include "site/former_keys.hpp"
#include "site/history.hpp"
#include "site/kit.hpp"
#include "site/receipt.hpp"
#include "sys/look.hpp"
#include "sys/read_file.hpp"

namespace airlock::review {
namespace {

using core::Json;
using core::Result;
using crypto::Role;

constexpr std::uint64_t certificate_file_limit = 256ULL * 1024;
/// Digits of a file's digest in its name.
constexpr std::size_t short_digest = 16;
constexpr auto nowhere = "neither public/ nor history/ has it";

/// A signed file of the vendor as it is written canonically, with its content. Who signed it is not judged: an auditor
/// does that.
struct SignedFile {
  std::string text;
  std::string content;
};

/// Reads a file, and nothing where it is missing or not a signed object.
Result<std::optional<SignedFile>> read_signed_file(const std::string& path, std::uint64_t limit, Role role) {
  AIRLOCK_TRY(const bool there, sys::look_for(path));
  if (!there) return std::optional<SignedFile>();
  AIRLOCK_TRY(const std::string text, sys::read_file(path, limit));
  const auto der = crypto::from_pem(crypto::cms_label, text);
  if (!der) return std::optional<SignedFile>();
  const core::MemoryBlob object(*der);
  const auto verified = crypto::verify_presented(object, role);
  if (!verified) return std::optional<SignedFile>();
  AIRLOCK_TRY(std::string content, core::to_string(verified->content(), limit));
  return std::optional(SignedFile{crypto::to_pem(crypto::cms_label, *der), std::move(content)});
}

/// The signed files of one kind in `public/` and `history/` whose content is the one that is looked for.
struct SignedSearch {
  std::string_view kind;                   ///< in names of `history/`
  std::vector<std::string_view> in_force;  ///< paths in `public/`
  std::uint64_t limit = 0;
  Role role{};
};

template <typename Fits>
Result<std::vector<SignedFile>> find(const site::Site& site, const SignedSearch& search, std::string_view id,
                                     Fits fits) {
  AIRLOCK_TRY(auto paths, site::kept_in_history(site, search.kind, id));
  for (const std::string_view path : search.in_force) paths.push_back(site.path(path));
  std::vector<SignedFile> out;
  for (const std::string& path : paths) {
    AIRLOCK_TRY(auto file, read_signed_file(path, search.limit, search.role));
    if (file && fits(file->content)) out.push_back(std::move(*file));
  }
  return out;
}

/// Adds the files as `<folder>/<number>-<digest>.p7s`, each once.
Result<void> add_found(const std::vector<SignedFile>& found, std::string_view folder, std::uint64_t number,
                       EvidenceArchive& archive) {
  for (const SignedFile& file : found) {
    const std::string name = std::string(folder) + "/" + std::to_string(number) + "-" +
                             crypto::sha256(file.text).hex().substr(0, short_digest) + ".p7s";
    if (!archive.has(name)) AIRLOCK_CHECK(archive.add(name, file.text));
  }
  return {};
}

bool has_serial(std::string_view content, const std::string& serial) {
  constexpr std::array<std::string_view, 1> wanted{"serial"};
  const auto json = core::parse_members(content, "licence", wanted);
  return json && json->is_object() && json->value("serial", "") == serial;
}

Result<void> add_licences(const site::Site& site, const EvidenceNeeds& needs, EvidenceArchive& archive) {
  const SignedSearch search{
      "licence", {site::layout::licence, site::layout::next_licence}, licence::licence_bytes_limit, Role::licence};
  for (const auto& [serial, sequence] : needs.licences) {
    AIRLOCK_TRY(const auto found,
                find(site, search, serial, [&](const std::string& content) { return has_serial(content, serial); }));
    AIRLOCK_CHECK(add_found(found, "licences", sequence, archive));
    if (found.empty()) archive.miss("licence " + serial, nowhere);
  }
  return {};
}

Result<void> add_text(std::string_view folder, const std::string& text, EvidenceArchive& archive) {
  const std::string name = std::string(folder) + "/" + crypto::sha256(text).hex() + ".json";
  return archive.has(name) ? Result<void>() : archive.add(name, text);
}

Result<void> add_kits(const site::Site& site, const EvidenceNeeds& needs, EvidenceArchive& archive) {
  const SignedSearch search{"kit", {site::layout::kit}, published::kit_bytes_limit, Role::kit};
  for (const auto& [digest, number] : needs.kits) {
    AIRLOCK_TRY(const auto found, find(site, search, std::to_string(number), [&](const std::string& content) {
                  return crypto::sha256(content).hex() == digest;
                }));
    AIRLOCK_CHECK(add_found(found, "kits", number, archive));
    if (found.empty()) archive.miss("kit " + std::to_string(number), nowhere);
    for (const SignedFile& file : found) {
      const core::MemoryBlob content(file.content);
      const auto kit = site::parse_kit(content);
      if (!kit) continue;  // of a release that this one cannot read; its file is there
      AIRLOCK_CHECK(add_text("policies", kit->policy_text, archive));
      AIRLOCK_CHECK(add_text("dictionaries", kit->dictionary_text, archive));
    }
  }
  return {};
}

Result<void> add_receipts(const site::Site& site, const EvidenceNeeds& needs, EvidenceArchive& archive) {
  const SignedSearch search{"receipt", {}, site::receipt_bytes_limit, Role::receipt};
  for (const auto& [digest, sequence] : needs.receipts) {
    AIRLOCK_TRY(const auto found, find(site, search, std::to_string(sequence), [&](const std::string& content) {
                  return crypto::sha256(content).hex() == digest;
                }));
    AIRLOCK_CHECK(add_found(found, "receipts", sequence, archive));
    if (found.empty()) archive.miss("receipt " + std::to_string(sequence), "history/ does not have it");
  }
  return {};
}

Result<void> add_certificates(std::string_view name, const std::vector<crypto::Certificate>& certificates,
                              EvidenceArchive& archive) {
  for (std::size_t i = 0; i < certificates.size(); ++i) {
    AIRLOCK_CHECK(
        archive.add("keys/" + std::string(name) + "-" + std::to_string(i + 1) + ".crt", certificates[i].pem()));
  }
  return {};
}

/// The certificates in a folder and in the folders in it.
Result<std::vector<crypto::Certificate>> certificates_below(const std::string& folder) {
  std::vector<crypto::Certificate> out;
  AIRLOCK_TRY(const bool there, sys::look_for_directory(folder));
  if (!there) return out;
  AIRLOCK_TRY(const auto names, sys::list_directory(folder));
  for (const std::string& name : names) {
    const std::string path = folder + "/" + name;
    AIRLOCK_TRY(const bool is_folder, sys::look_for_directory(path));
    if (is_folder) {
      AIRLOCK_TRY(auto inner, certificates_below(path));
      std::move(inner.begin(), inner.end(), std::back_inserter(out));
      continue;
    }
    AIRLOCK_TRY(const std::string text, sys::read_file(path, certificate_file_limit));
    auto list = crypto::Certificate::list_from_pem(text);
    if (!list) return core::fail(std::move(list.error()).within(core::quote(path)));
    std::move(list->begin(), list->end(), std::back_inserter(out));
  }
  return out;
}

}  // namespace

Result<void> add_documents(const site::Site& site, const EvidenceNeeds& needs, EvidenceArchive& archive) {
  AIRLOCK_CHECK(add_licences(site, needs, archive));
  AIRLOCK_CHECK(add_kits(site, needs, archive));
  return add_receipts(site, needs, archive);
}

void note_missing_documents(const EvidenceNeeds& needs, EvidenceArchive& archive) {
  const auto note = [&](const auto& digests, const std::string& folder, const std::string& what) {
    for (const std::string& sha256 : digests) {
      if (archive.has(folder + "/" + sha256 + ".json")) continue;
      archive.miss(what + " " + sha256, "no kit and no bundle at the site has it");
    }
  };
  note(needs.policies, "policies", "policy");
  note(needs.dictionaries, "dictionaries", "dictionary");
}

Result<void> add_keys(const site::Site& site, const ledger::KeyHistory& keys, EvidenceArchive& archive) {
  AIRLOCK_TRY(const auto signing, site::all_signing_certificates(site));
  AIRLOCK_CHECK(add_certificates("site", signing, archive));
  AIRLOCK_TRY(const auto roots, site.vendor_roots());
  AIRLOCK_CHECK(add_certificates("vendor", roots, archive));
  AIRLOCK_TRY(const auto officers, certificates_below(site.path("trust/officers")));
  AIRLOCK_CHECK(add_certificates("officer", officers, archive));
  for (const auto& key : keys.keys()) {
    AIRLOCK_CHECK(archive.add("keys/ledger-" + std::to_string(key.from_size) + ".pem", key.verifier.key().pem()));
  }
  return {};
}

}  // namespace airlock::review
