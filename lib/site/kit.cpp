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
constexpr std::size_t files_limit = 3 + crypto::recipients_limit;
constexpr std::size_t revoked_limit = 100'000;
constexpr std::uint64_t certificate_bytes_limit = 64 * 1024;

/// The members of kit.json.
struct Header {
  std::string product;
  std::uint64_t number = 0;
  Time issued;
  Time next_update;
  std::vector<Destination> destinations;
};

Result<Header> parse_header(std::string_view text) {
  AIRLOCK_TRY(const Json json, core::parse_json(text, kit_name, {.depth = 8}));
  Members in(json, kit_name, "");
  Header out;
  in.format(format);
  out.product = in.text("product", 64);
  out.number = static_cast<std::uint64_t>(in.integer("number", 1, INT64_MAX));
  out.issued = in.time("issued");
  out.next_update = in.time("next_update");
  // A revocation that is not enforced must not be accepted in silence.
  if (const Json* revoked = in.array("revoked_licences", revoked_limit); revoked != nullptr && !revoked->empty()) {
    in.refuse("revoked_licences", "must be empty: this version of airlock cannot enforce revocations");
  }
  out.destinations = destinations_from(in);
  if (in.ok() && out.next_update <= out.issued) in.refuse("next_update", "must be later than `issued`");
  AIRLOCK_CHECK(in.finish());
  return out;
}

Result<std::string> text_of(const core::Blob& archive, const envelope::TarEntry& entry, std::uint64_t limit) {
  auto text = core::to_string(core::BlobPart(archive, entry.offset, entry.size), limit);
  if (!text) return fail(std::move(text.error()).within(quote(entry.name)));
  return text;
}

bool is_recipient_name(std::string_view name) {
  return name.starts_with(recipients_folder) && name.ends_with(".crt") &&
         name.find('/', recipients_folder.size()) == name.npos;
}

std::string recipient_name(std::size_t index) {
  return std::string(recipients_folder) + std::to_string(index + 1) + ".crt";
}

}  // namespace

Result<Kit> parse_kit(const core::Blob& archive) {
  AIRLOCK_TRY(const auto entries, envelope::read_tar(archive, files_limit));
  constexpr std::string_view fixed[] = {kit_name, policy_name, dictionary_name};
  for (std::size_t i = 0; i < std::max(entries.size(), std::size(fixed)); ++i) {
    if (i >= entries.size()) return fail(Code::bad_input, "the kit lacks " + quote(fixed[i]));
    const bool fits = i < std::size(fixed) ? entries[i].name == fixed[i] : is_recipient_name(entries[i].name);
    if (!fits) return fail(Code::bad_input, "the kit has an unexpected file " + quote(entries[i].name));
  }
  if (entries.size() == std::size(fixed)) return fail(Code::bad_input, "the kit names no recipients");

  AIRLOCK_TRY(const std::string header_text, text_of(archive, entries[0], core::JsonLimits{}.bytes));
  AIRLOCK_TRY(Header header, parse_header(header_text));
  AIRLOCK_TRY(std::string policy_text, text_of(archive, entries[1], policy::policy_bytes_limit));
  AIRLOCK_TRY(std::string dictionary_text, text_of(archive, entries[2], dictionary::dictionary_bytes_limit));
  AIRLOCK_TRY(auto dictionary, dictionary::Dictionary::parse(dictionary_text, dictionary_name));
  if (dictionary.product() != header.product) {
    return fail(Code::bad_input, quote(dictionary_name) + ": is for product " + quote(dictionary.product()) +
                                     ", the kit for " + quote(header.product));
  }
  AIRLOCK_TRY(auto policy, policy::Policy::parse(policy_text, policy_name, dictionary));
  std::vector<crypto::Certificate> recipients;
  for (std::size_t i = std::size(fixed); i < entries.size(); ++i) {
    AIRLOCK_TRY(const std::string pem, text_of(archive, entries[i], certificate_bytes_limit));
    auto certificate = crypto::Certificate::from_pem(pem);
    if (!certificate) return fail(std::move(certificate.error()).within(quote(entries[i].name)));
    if (!certificate->has_role(crypto::Role::recipient)) {
      return fail(Code::bad_input, quote(entries[i].name) + ": is not a certificate of role `recipient`");
    }
    recipients.push_back(std::move(*certificate));
  }
  AIRLOCK_TRY(const core::Digest digest, crypto::sha256(archive));
  return Kit{.product = header.product,
             .number = header.number,
             .issued = header.issued,
             .next_update = header.next_update,
             .destinations = std::move(header.destinations),
             .policy_text = std::move(policy_text),
             .policy = std::move(policy),
             .dictionary_text = std::move(dictionary_text),
             .dictionary = std::move(dictionary),
             .recipients = std::move(recipients),
             .content_sha256 = digest};
}

Result<Kit> verify_kit(std::string_view file, const crypto::TrustStore& trust) {
  if (file.size() > kit_bytes_limit) {
    return fail(Code::bad_input, "is larger than " + std::to_string(kit_bytes_limit) + " bytes");
  }
  AIRLOCK_TRY(const std::string der, crypto::from_pem(crypto::cms_label, file));
  const core::MemoryBlob object(der);
  AIRLOCK_TRY(const crypto::Verified verified, crypto::verify(object, trust));
  AIRLOCK_TRY(Kit kit, parse_kit(verified.content()));
  if (!verified.chain_valid_at(kit.issued)) {
    return fail(Code::integrity, "was issued at " + kit.issued.text() + ", when its signer's certificate was not valid",
                "ask the vendor for a new kit");
  }
  return kit;
}

Result<std::string> build_kit(const KitContent& content, const crypto::Signer& signer) {
  Json header{{"format", format},
              {"product", content.product},
              {"number", content.number},
              {"issued", content.issued.text()},
              {"next_update", content.next_update.text()},
              {"revoked_licences", Json::array()}};
  if (!content.delivery.empty()) {
    AIRLOCK_TRY(header["delivery"], core::parse_json(content.delivery, "delivery", {.depth = 8}));
  }
  core::StringSink archive(kit_bytes_limit);
  envelope::TarWriter tar(archive, content.issued);
  AIRLOCK_CHECK(tar.add(std::string(kit_name), core::to_pretty_text(header)));
  AIRLOCK_CHECK(tar.add(std::string(policy_name), content.policy));
  AIRLOCK_CHECK(tar.add(std::string(dictionary_name), content.dictionary));
  for (std::size_t i = 0; i < content.recipients.size(); ++i) {
    AIRLOCK_CHECK(tar.add(recipient_name(i), content.recipients[i].pem()));
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
