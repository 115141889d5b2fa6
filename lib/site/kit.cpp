#include "site/kit.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/members.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "crypto/pem.hpp"
#include "envelope/tar.hpp"

namespace airlock::site {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;
using published::KitFiles;
using published::KitHeader;
namespace kit_names = published::kit_names;

std::string certificate_name(std::string_view folder, std::size_t index) {
  return std::string(folder) + std::to_string(index + 1) + ".crt";
}

Result<std::vector<crypto::Certificate>> read_recipients(const core::Blob& archive, const KitFiles& files) {
  if (files.recipients.empty()) return fail(Code::bad_input, "the kit names no recipients");
  std::vector<crypto::Certificate> out;
  for (const auto& entry : files.recipients) {
    AIRLOCK_TRY(const std::string pem, published::kit_text(archive, entry, published::kit_certificate_bytes_limit));
    auto certificate = crypto::Certificate::from_pem(pem);
    if (!certificate) return fail(std::move(certificate.error()).within(quote(entry.name)));
    if (!certificate->has_role(crypto::Role::recipient)) {
      return fail(Code::bad_input, quote(entry.name) + ": is not a certificate of role `recipient`");
    }
    out.push_back(std::move(*certificate));
  }
  return out;
}

}  // namespace

std::string unfit_destination(const dictionary::Dictionary& dictionary,
                              const std::vector<published::Destination>& destinations) {
  const bool is_event = std::any_of(destinations.begin(), destinations.end(),
                                    [](const auto& destination) { return destination.type == "posthog-batch"; });
  if (!is_event || dictionary.document() == report::Document::object) return {};
  return "`posthog-batch` sends a report that is one JSON object, but by the dictionary " + quote(dictionary.name()) +
         " a report has many";
}

Result<Kit> parse_kit(const core::Blob& archive) {
  AIRLOCK_TRY(const KitFiles files, published::kit_files(archive));
  AIRLOCK_TRY(KitHeader header, published::read_kit_header(archive, files));
  AIRLOCK_TRY(std::string policy_text, published::kit_text(archive, files.documents[1], policy::policy_bytes_limit));
  AIRLOCK_TRY(std::string dictionary_text,
              published::kit_text(archive, files.documents[2], dictionary::dictionary_bytes_limit));
  AIRLOCK_TRY(auto dictionary, dictionary::Dictionary::parse(dictionary_text, kit_names::dictionary));
  if (dictionary.product() != header.product) {
    return fail(Code::bad_input, quote(kit_names::dictionary) + ": is for product " + quote(dictionary.product()) +
                                     ", but the kit is for " + quote(header.product));
  }
  if (const std::string why = unfit_destination(dictionary, header.destinations); !why.empty()) {
    return fail(Code::bad_input, quote(kit_names::header) + ": `/delivery/destinations`: " + why);
  }
  AIRLOCK_TRY(auto policy, policy::Policy::parse(policy_text, kit_names::policy, dictionary));
  AIRLOCK_TRY(auto recipients, read_recipients(archive, files));
  AIRLOCK_TRY(header.trust, published::read_kit_trust(archive, files));
  AIRLOCK_TRY(header.content_sha256, crypto::sha256(archive));
  policy::Approvals approvals;
  if (!header.approvals.empty()) {
    AIRLOCK_TRY(approvals, policy::parse_approvals(header.approvals, kit_names::header, ""));
  }
  return Kit{std::move(header),     std::move(policy_text), std::move(policy),   std::move(dictionary_text),
             std::move(dictionary), std::move(recipients),  std::move(approvals)};
}

Result<Kit> verify_kit(std::string_view file, const crypto::TrustStore& trust,
                       std::span<const crypto::RevocationList> known) {
  AIRLOCK_TRY(auto opened, published::open_kit(file, trust, known));
  AIRLOCK_TRY(Kit kit, parse_kit(opened->verified->content()));
  AIRLOCK_CHECK(published::check_issued(kit, *opened->verified));
  kit.trust = std::move(opened->trust);
  return kit;
}

Result<std::string> build_kit(const KitContent& content, const crypto::Signer& signer) {
  // An older release refuses format 2 and keeps the kit that it has, instead of leaving the approvals out.
  Json header{{"format", content.approvals.empty() ? published::kit_format : published::kit_format_2},
              {"product", content.product},
              {"number", content.number},
              {"issued", content.issued.text()},
              {"next_update", content.next_update.text()},
              {"revoked_licences", content.revoked_licences}};
  if (!content.delivery.empty()) {
    AIRLOCK_TRY(header["delivery"],
                core::parse_json(content.delivery, "delivery", {.depth = published::delivery_depth}));
  }
  if (!content.approvals.empty()) {
    AIRLOCK_TRY(header["approvals"], core::parse_json(content.approvals, "approvals", {.depth = 4}));
  }
  core::StringSink archive(published::kit_bytes_limit);
  envelope::TarWriter tar(archive, content.issued);
  AIRLOCK_CHECK(tar.add(kit_names::header, core::to_pretty_text(header)));
  AIRLOCK_CHECK(tar.add(kit_names::policy, content.policy));
  AIRLOCK_CHECK(tar.add(kit_names::dictionary, content.dictionary));
  for (std::size_t i = 0; i < content.recipients.size(); ++i) {
    AIRLOCK_CHECK(tar.add(certificate_name(kit_names::recipients, i), content.recipients[i].pem()));
  }
  for (std::size_t i = 0; i < content.successors.size(); ++i) {
    const auto& [root, link] = content.successors[i];
    AIRLOCK_CHECK(tar.add(certificate_name(kit_names::roots, i), root.pem() + link.pem()));
  }
  if (!content.lists.empty()) {
    std::string lists;
    for (const auto& list : content.lists) lists += list.pem();
    AIRLOCK_CHECK(tar.add(kit_names::revocation_lists, lists));
  }
  AIRLOCK_CHECK(tar.finish());
  AIRLOCK_CHECK(parse_kit(core::MemoryBlob(archive.bytes())));
  AIRLOCK_TRY(const std::string der, crypto::sign(archive.bytes(), signer));
  std::string file = crypto::to_pem(crypto::cms_label, der);
  if (file.size() > published::kit_bytes_limit) {
    return fail(Code::bad_input, "the kit is larger than " + std::to_string(published::kit_bytes_limit) + " bytes");
  }
  return file;
}

}  // namespace airlock::site
