#include "site/kit.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "crypto/pem.hpp"
#include "envelope/tar.hpp"

namespace airlock::site {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::Members;
using core::quote;

constexpr std::string_view format = "airlock-kit/1";
constexpr std::string_view kit_name = "kit.json";
constexpr std::string_view policy_name = "policy.json";
constexpr std::string_view dictionary_name = "dictionary.json";
constexpr std::string_view recipients_folder = "recipients/";
constexpr std::string_view roots_folder = "roots/";
constexpr std::string_view lists_name = "crl.pem";
constexpr std::uint64_t header_bytes_limit = 8 * 1024 * 1024;  // a hundred thousand serials
constexpr std::size_t files_limit = 3 + crypto::recipients_limit + roots_limit + 1;
constexpr std::size_t revoked_limit = 100'000;
constexpr std::size_t serial_limit = 64;
constexpr std::uint64_t certificate_bytes_limit = 64 * 1024;

void read_revoked(Members& in, KitHeader& out) {
  const Json* revoked = in.array("revoked_licences", revoked_limit);
  if (revoked == nullptr) return;
  for (const Json& serial : *revoked) {
    const auto* text = serial.get_ptr<const std::string*>();
    if (text == nullptr || text->empty() || text->size() > serial_limit || !core::is_document_text(*text)) {
      in.refuse("revoked_licences", "must hold serials of licences");
      return;
    }
    out.revoked_licences.push_back(*text);
  }
}

Result<KitHeader> parse_header(std::string_view text) {
  AIRLOCK_TRY(const Json json, core::parse_json(text, kit_name, {.bytes = header_bytes_limit, .depth = 8}));
  Members in(json, kit_name, "");
  KitHeader out;
  in.format(format);
  out.product = in.text("product", 64);
  out.number = static_cast<std::uint64_t>(in.integer("number", 1, INT64_MAX));
  out.issued = in.time("issued");
  out.next_update = in.time("next_update");
  read_revoked(in, out);
  out.destinations = destinations_from(in, WrittenBy::vendor);
  if (in.ok() && out.next_update <= out.issued) in.refuse("next_update", "must be later than `issued`");
  AIRLOCK_CHECK(in.finish());
  return out;
}

Result<std::string> text_of(const core::Blob& archive, const envelope::TarEntry& entry, std::uint64_t limit) {
  auto text = core::to_string(core::BlobPart(archive, entry.offset, entry.size), limit);
  if (!text) return fail(std::move(text.error()).within(quote(entry.name)));
  return text;
}

bool is_in(std::string_view folder, std::string_view name) {
  return name.starts_with(folder) && name.ends_with(".crt") && name.find('/', folder.size()) == name.npos;
}

std::string certificate_name(std::string_view folder, std::size_t index) {
  return std::string(folder) + std::to_string(index + 1) + ".crt";
}

/// The archive's files by what they are, in the one order that they may have.
struct Files {
  std::vector<envelope::TarEntry> documents;  ///< kit.json, policy.json, dictionary.json
  std::vector<envelope::TarEntry> recipients;
  std::vector<envelope::TarEntry> roots;
  std::vector<envelope::TarEntry> lists;  ///< crl.pem, or none
  core::Time time;                        ///< that all of them have
};

Result<Files> files_of(const core::Blob& archive) {
  AIRLOCK_TRY(const envelope::TarListing listing, envelope::read_tar(archive, files_limit));
  const std::vector<envelope::TarEntry>& entries = listing.files;
  Files out;
  out.time = listing.time;
  constexpr std::string_view fixed[] = {kit_name, policy_name, dictionary_name};
  std::size_t at = 0;
  for (; at < std::size(fixed); ++at) {
    if (at >= entries.size()) return fail(Code::bad_input, "the kit lacks " + quote(fixed[at]));
    if (entries[at].name != fixed[at]) break;
    out.documents.push_back(entries[at]);
  }
  const auto take = [&](auto&& fits, std::vector<envelope::TarEntry>& into) {
    while (out.documents.size() == std::size(fixed) && at < entries.size() && fits(entries[at].name)) {
      into.push_back(entries[at++]);
    }
  };
  take([](const std::string& name) { return is_in(recipients_folder, name); }, out.recipients);
  take([](const std::string& name) { return is_in(roots_folder, name); }, out.roots);
  take([&](const std::string& name) { return name == lists_name && out.lists.empty(); }, out.lists);
  if (at < entries.size()) return fail(Code::bad_input, "the kit has an unexpected file " + quote(entries[at].name));
  return out;
}

Result<KitHeader> read_header(const core::Blob& archive, const Files& files) {
  AIRLOCK_TRY(const std::string text, text_of(archive, files.documents[0], header_bytes_limit));
  AIRLOCK_TRY(KitHeader header, parse_header(text));
  if (files.time != header.issued) {
    return fail(Code::bad_input, "the archive is not of the time that " + quote(kit_name) + " names");
  }
  return header;
}

Result<KitTrust> read_trust(const core::Blob& archive, const Files& files) {
  KitTrust out;
  if (files.roots.size() > roots_limit) return fail(Code::bad_input, "the kit has more than 8 files in `roots/`");
  for (const auto& entry : files.roots) {
    AIRLOCK_TRY(const std::string pem, text_of(archive, entry, certificate_bytes_limit));
    auto successor = crypto::successor_from_pem(pem);
    if (!successor) return fail(std::move(successor.error()).within(quote(entry.name)));
    out.successors.push_back(std::move(*successor));
  }
  for (const auto& entry : files.lists) {
    AIRLOCK_TRY(const std::string pem, text_of(archive, entry, kit_bytes_limit));
    auto lists = crypto::RevocationList::list_from_pem(pem);
    if (!lists) return fail(std::move(lists.error()).within(quote(entry.name)));
    out.lists = std::move(*lists);
  }
  return out;
}

Result<std::vector<crypto::Certificate>> read_recipients(const core::Blob& archive, const Files& files) {
  if (files.recipients.empty()) return fail(Code::bad_input, "the kit names no recipients");
  std::vector<crypto::Certificate> out;
  for (const auto& entry : files.recipients) {
    AIRLOCK_TRY(const std::string pem, text_of(archive, entry, certificate_bytes_limit));
    auto certificate = crypto::Certificate::from_pem(pem);
    if (!certificate) return fail(std::move(certificate.error()).within(quote(entry.name)));
    if (!certificate->has_role(crypto::Role::recipient)) {
      return fail(Code::bad_input, quote(entry.name) + ": is not a certificate of role `recipient`");
    }
    out.push_back(std::move(*certificate));
  }
  return out;
}

/// A kit file whose signature holds, its trust settled, and nothing else of it read.
struct Opened {
  std::string der;
  std::unique_ptr<core::MemoryBlob> object;
  std::unique_ptr<crypto::Verified> verified;
  Files files;
  KitTrust trust;
};

Result<std::unique_ptr<Opened>> open(std::string_view file, const crypto::TrustStore& trust,
                                     std::span<const crypto::RevocationList> known) {
  if (file.size() > kit_bytes_limit) {
    return fail(Code::bad_input, "is larger than " + std::to_string(kit_bytes_limit) + " bytes");
  }
  auto out = std::make_unique<Opened>();
  AIRLOCK_TRY(out->der, crypto::from_pem(crypto::cms_label, file));
  out->object = std::make_unique<core::MemoryBlob>(out->der);
  AIRLOCK_TRY(auto verified, crypto::verify(*out->object, trust));
  out->verified = std::make_unique<crypto::Verified>(std::move(verified));
  AIRLOCK_TRY(out->files, files_of(out->verified->content()));
  AIRLOCK_TRY(out->trust, read_trust(out->verified->content(), out->files));
  AIRLOCK_CHECK(settle(out->trust, trust));
  for (const auto& lists : {known, std::span<const crypto::RevocationList>(out->trust.lists)}) {
    if (const auto* revoked = crypto::revoked_in(out->verified->chain(), lists); revoked != nullptr) {
      return fail(Code::integrity,
                  "hangs on the certificate " + quote(revoked->subject()) + ", which the vendor has revoked",
                  "do not install it; ask the vendor for a new kit");
    }
  }
  return out;
}

Result<void> check_issued(const KitHeader& kit, const crypto::Verified& verified) {
  if (verified.chain_valid_at(kit.issued)) return {};
  return fail(Code::integrity, "was issued at " + kit.issued.text() + ", when its signer's certificate was not valid",
              "ask the vendor for a new kit");
}

}  // namespace

Result<Kit> parse_kit(const core::Blob& archive) {
  AIRLOCK_TRY(const Files files, files_of(archive));
  AIRLOCK_TRY(KitHeader header, read_header(archive, files));
  AIRLOCK_TRY(std::string policy_text, text_of(archive, files.documents[1], policy::policy_bytes_limit));
  AIRLOCK_TRY(std::string dictionary_text, text_of(archive, files.documents[2], dictionary::dictionary_bytes_limit));
  AIRLOCK_TRY(auto dictionary, dictionary::Dictionary::parse(dictionary_text, dictionary_name));
  if (dictionary.product() != header.product) {
    return fail(Code::bad_input, quote(dictionary_name) + ": is for product " + quote(dictionary.product()) +
                                     ", the kit for " + quote(header.product));
  }
  AIRLOCK_TRY(auto policy, policy::Policy::parse(policy_text, policy_name, dictionary));
  AIRLOCK_TRY(auto recipients, read_recipients(archive, files));
  AIRLOCK_TRY(header.trust, read_trust(archive, files));
  AIRLOCK_TRY(header.content_sha256, crypto::sha256(archive));
  return Kit{std::move(header),
             std::move(policy_text),
             std::move(policy),
             std::move(dictionary_text),
             std::move(dictionary),
             std::move(recipients)};
}

Result<Kit> verify_kit(std::string_view file, const crypto::TrustStore& trust,
                       std::span<const crypto::RevocationList> known) {
  AIRLOCK_TRY(auto opened, open(file, trust, known));
  AIRLOCK_TRY(Kit kit, parse_kit(opened->verified->content()));
  AIRLOCK_CHECK(check_issued(kit, *opened->verified));
  kit.trust = std::move(opened->trust);
  return kit;
}

Result<KitHeader> verify_kit_header(std::string_view file, const crypto::TrustStore& trust,
                                    std::span<const crypto::RevocationList> known) {
  AIRLOCK_TRY(auto opened, open(file, trust, known));
  const core::Blob& archive = opened->verified->content();
  AIRLOCK_TRY(KitHeader header, read_header(archive, opened->files));
  AIRLOCK_CHECK(check_issued(header, *opened->verified));
  header.trust = std::move(opened->trust);
  AIRLOCK_TRY(header.content_sha256, crypto::sha256(archive));
  return header;
}

Result<std::string> build_kit(const KitContent& content, const crypto::Signer& signer) {
  Json header{{"format", format},
              {"product", content.product},
              {"number", content.number},
              {"issued", content.issued.text()},
              {"next_update", content.next_update.text()},
              {"revoked_licences", content.revoked_licences}};
  if (!content.delivery.empty()) {
    AIRLOCK_TRY(header["delivery"], core::parse_json(content.delivery, "delivery", {.depth = delivery_depth}));
  }
  core::StringSink archive(kit_bytes_limit);
  envelope::TarWriter tar(archive, content.issued);
  AIRLOCK_CHECK(tar.add(kit_name, core::to_pretty_text(header)));
  AIRLOCK_CHECK(tar.add(policy_name, content.policy));
  AIRLOCK_CHECK(tar.add(dictionary_name, content.dictionary));
  for (std::size_t i = 0; i < content.recipients.size(); ++i) {
    AIRLOCK_CHECK(tar.add(certificate_name(recipients_folder, i), content.recipients[i].pem()));
  }
  for (std::size_t i = 0; i < content.successors.size(); ++i) {
    const auto& [root, link] = content.successors[i];
    AIRLOCK_CHECK(tar.add(certificate_name(roots_folder, i), root.pem() + link.pem()));
  }
  if (!content.lists.empty()) {
    std::string lists;
    for (const auto& list : content.lists) lists += list.pem();
    AIRLOCK_CHECK(tar.add(lists_name, lists));
  }
  AIRLOCK_CHECK(tar.finish());
  AIRLOCK_CHECK(parse_kit(core::MemoryBlob(archive.bytes())));
  AIRLOCK_TRY(const std::string der, crypto::sign(archive.bytes(), signer));
  std::string file = crypto::to_pem(crypto::cms_label, der);
  if (file.size() > kit_bytes_limit) {
    return fail(Code::bad_input, "the kit is larger than " + std::to_string(kit_bytes_limit) + " bytes");
  }
  return file;
}

}  // namespace airlock::site
