#include <array>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "crypto/cms.hpp"
#include "crypto/hash.hpp"
#include "crypto/pem.hpp"
#include "licence/licence.hpp"
#include "public/kit_archive.hpp"
#include "public/kit_trust.hpp"
#include "review/evidence_content.hpp"
#include "site/receipt.hpp"

namespace airlock::review {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;
using core::Result;
using crypto::Role;

/// Checks the files whose name is the digest of their content. Returns their number.
Result<std::size_t> check_named_by_digest(const EvidenceContent& content, const std::string& folder) {
  const auto files = content.below(folder);
  for (const std::string& name : files) {
    AIRLOCK_TRY(const core::BlobPart bytes, content.file(name));
    AIRLOCK_TRY(const core::Digest digest, crypto::sha256(bytes));
    if (name != folder + digest.hex() + ".json") return fail(Code::integrity, quote(name) + ": is another document");
  }
  return files.size();
}

/// The content of a file that the vendor signed. Error: integrity naming the file.
Result<std::string> signed_content(const EvidenceContent& content, const std::string& name, std::uint64_t limit,
                                   const crypto::TrustStore& trust) {
  const auto refuse = [&](core::Error error) {
    error.code = Code::integrity;
    return fail(std::move(error).within(quote(name)));
  };
  AIRLOCK_TRY(const std::string text, content.text(name, 2 * limit));
  const auto der = crypto::from_pem(crypto::cms_label, text);
  if (!der) return refuse(der.error());
  const core::MemoryBlob object(*der);
  const auto verified = crypto::verify(object, trust);
  if (!verified) return refuse(verified.error());
  auto out = core::to_string(verified->content(), limit);
  if (!out) return refuse(out.error());
  return out;
}

/// How the entries name a kind of signed files.
struct SignedKind {
  std::string folder;
  std::uint64_t limit = 0;
  Role role{};
};

/// Verifies all files of a kind. `names` says whether an entry names the file with this content. Returns their number.
template <typename Names>
Result<std::size_t> check_signed(const EvidenceContent& content, const SignedKind& kind,
                                 const std::vector<crypto::Certificate>& roots, Names names) {
  const crypto::TrustStore trust(kind.role, published::roots_for(kind.role, roots));
  const auto files = content.below(kind.folder);
  for (const std::string& name : files) {
    AIRLOCK_TRY(const std::string signed_text, signed_content(content, name, kind.limit, trust));
    if (!names(signed_text)) return fail(Code::integrity, quote(name) + ": no entry names this document");
  }
  return files.size();
}

std::string serial_of(std::string_view licence) {
  constexpr std::array<std::string_view, 1> wanted{"serial"};
  const auto json = core::parse_members(licence, "licence", wanted);
  const bool has_one = json && json->is_object() && json->contains("serial") && json->at("serial").is_string();
  return has_one ? json->at("serial").get<std::string>() : std::string();
}

}  // namespace

Result<void> check_documents_part(const EvidenceContent& content, const LedgerPart& ledger,
                                  std::vector<std::string>& verified) {
  const EvidenceNeeds& needs = ledger.needs;
  AIRLOCK_TRY(const std::size_t ceilings, check_named_by_digest(content, "ceilings/"));
  AIRLOCK_TRY(const std::size_t policies, check_named_by_digest(content, "policies/"));
  AIRLOCK_TRY(const std::size_t dictionaries, check_named_by_digest(content, "dictionaries/"));
  AIRLOCK_TRY(const auto roots, certificates_in(content, "vendor"));
  const auto has_digest = [](const auto& named) {
    return [&named](const std::string& text) { return named.contains(crypto::sha256(text).hex()); };
  };
  AIRLOCK_TRY(const std::size_t licences,
              check_signed(content, {"licences/", licence::licence_bytes_limit, Role::licence}, roots,
                           [&](const std::string& text) { return needs.licences.contains(serial_of(text)); }));
  AIRLOCK_TRY(const std::size_t kits,
              check_signed(content, {"kits/", published::kit_bytes_limit, Role::kit}, roots, has_digest(needs.kits)));
  AIRLOCK_TRY(const std::size_t receipts, check_signed(content, {"receipts/", site::receipt_bytes_limit, Role::receipt},
                                                       roots, has_digest(needs.receipts)));
  verified.push_back(std::to_string(licences) + " licences, " + std::to_string(kits) + " kits, " +
                     std::to_string(receipts) + " receipts: signed below the vendor's root; " +
                     std::to_string(policies) + " policies, " + std::to_string(dictionaries) + " dictionaries, " +
                     std::to_string(ceilings) + " ceilings by their digests");
  return {};
}

}  // namespace airlock::review
