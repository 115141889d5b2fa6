#include "site/request.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "crypto/pem.hpp"

namespace airlock::site {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::Members;
using core::quote;

constexpr std::string_view request_format = "airlock-site-request/1";
constexpr std::string_view succession_format = "airlock-succession/1";
constexpr std::size_t request_pem_limit = 16ULL * 1024;

/// Reads a member with PEM. It has line ends, so it is not a text as `Members` reads it.
Result<crypto::Certificate> certificate_from(const Json& json, std::string_view member) {
  const auto at = json.find(member);
  const auto* pem = at == json.end() ? nullptr : at->get_ptr<const std::string*>();
  if (pem == nullptr || pem->size() > request_pem_limit) {
    return fail(Code::bad_input, quote("/" + std::string(member)) + ": must be a certificate in PEM");
  }
  auto certificate = crypto::Certificate::from_pem(*pem);
  if (!certificate) return fail(std::move(certificate.error()).within(quote("/" + std::string(member))));
  return certificate;
}

/// By `key_sha256`: `signer` named `next` as its successor.
struct Succession {
  core::Digest signer;
  core::Digest next;
};
Result<Succession> read_succession(std::string_view file, const std::string& site_id) {
  AIRLOCK_TRY(const std::string der, crypto::from_pem(crypto::cms_label, file));
  const core::MemoryBlob object(der);
  AIRLOCK_TRY(const auto verified, crypto::verify_presented(object, crypto::Role::site));
  AIRLOCK_TRY(const std::string content, core::to_string(verified.content(), request_bytes_limit));
  constexpr std::string_view what = "the succession";
  AIRLOCK_TRY(const Json json, core::parse_json(content, what, {.bytes = request_bytes_limit, .depth = 4}));
  Members in(json, what, "");
  in.format(succession_format);
  if (in.uuid("site_id") != site_id) in.refuse("site_id", "is the id of another site");
  const core::Time created = in.time("created");
  const std::string next = in.sha256("next_key_sha256");
  AIRLOCK_CHECK(in.finish());
  if (!verified.chain_valid_at(created)) return fail(Code::integrity, "was made when its certificate was not valid");
  AIRLOCK_TRY(const auto next_key, core::Digest::from_hex(next));
  return Succession{verified.signer().key().sha256(), next_key};
}

}  // namespace

Result<WrittenRequest> write_request(const SiteRequest& request, const crypto::Signer& signer) {
  Json out{{"format", request_format}, {"site_id", request.site_id}};
  if (!request.name.empty()) out["name"] = request.name;
  if (!request.product.empty()) out["product"] = request.product;
  out["created"] = request.created.text();
  out["site_certificate"] = request.site_certificate.pem();
  out["archive_certificate"] = request.archive_certificate.pem();
  out["ledger_key"] = request.ledger_key.text();
  if (!request.successions.empty()) out["successions"] = request.successions;
  const std::string content = core::to_pretty_text(out);
  AIRLOCK_TRY(const std::string der, crypto::sign(content, signer));
  return WrittenRequest{crypto::to_pem(crypto::cms_label, der), crypto::sha256(content)};
}

Result<SiteRequest> verify_request(std::string_view file, std::string_view name) {
  const auto within = [&](core::Error error) { return fail(std::move(error).within(quote(name))); };
  auto der = crypto::from_pem(crypto::cms_label, file);
  if (!der) return within(std::move(der).error());
  const core::MemoryBlob object(*der);
  auto verified = crypto::verify_presented(object, crypto::Role::site);
  if (!verified) return within(std::move(verified).error());
  AIRLOCK_TRY(const std::string content, core::to_string(verified->content(), request_bytes_limit));
  AIRLOCK_TRY(const Json json, core::parse_json(content, name, {.bytes = request_bytes_limit, .depth = 4}));
  Members in(json, name, "");
  in.format(request_format);
  const std::string site_id = in.uuid("site_id");
  const std::string site_name = in.text_if("name").value_or("");
  const std::string product = in.text_if("product").value_or("");
  const core::Time created = in.time("created");
  const std::string ledger_key = in.text("ledger_key");
  (void)in.any("site_certificate");
  (void)in.any("archive_certificate");
  std::vector<std::string> successions;
  if (const Json* list = in.array_if("successions", successions_limit); list != nullptr) {
    for (const Json& one : *list) {
      const auto* text = one.get_ptr<const std::string*>();
      if (text == nullptr) in.refuse("successions", "must be a list of signed files");
      if (text != nullptr) successions.push_back(*text);
    }
  }
  AIRLOCK_CHECK(in.finish());
  auto site_certificate = certificate_from(json, "site_certificate");
  if (!site_certificate) return within(std::move(site_certificate).error());
  auto archive_certificate = certificate_from(json, "archive_certificate");
  if (!archive_certificate) return within(std::move(archive_certificate).error());
  auto verifier = crypto::NoteVerifier::from_text(ledger_key);
  if (!verifier) return within(std::move(verifier).error());
  if (!(*site_certificate == verified->signer()) || verified->signer().uuid() != site_id) {
    return fail(Code::integrity, quote(name) + ": is not signed by the site that it names");
  }
  if (verifier->name() != "airlock/" + site_id) {
    return fail(Code::bad_input, quote(name) + ": `/ledger_key`: belongs to another site");
  }
  if (!verified->chain_valid_at(created)) {
    return fail(Code::integrity, quote(name) + ": was made when the site's certificate was not valid");
  }
  return SiteRequest{.site_id = site_id,
                     .name = site_name,
                     .product = product,
                     .created = created,
                     .site_certificate = std::move(*site_certificate),
                     .archive_certificate = std::move(*archive_certificate),
                     .ledger_key = std::move(*verifier),
                     .successions = std::move(successions),
                     .fingerprint = crypto::sha256(content)};
}

Result<std::string> write_succession(const std::string& site_id, const core::Digest& next_key_sha256,
                                     const crypto::Signer& signer) {
  const std::string content = core::to_pretty_text(Json{{"format", succession_format},
                                                        {"site_id", site_id},
                                                        {"created", signer.time.text()},
                                                        {"next_key_sha256", next_key_sha256.hex()}});
  AIRLOCK_TRY(const std::string der, crypto::sign(content, signer));
  return crypto::to_pem(crypto::cms_label, der);
}

bool is_vouched_for(const SiteRequest& request, const crypto::Certificate& registered) {
  core::Digest key = registered.key().sha256();
  for (const std::string& succession : request.successions) {
    const auto link = read_succession(succession, request.site_id);
    // A succession before the registered key, or one that nobody in the chain signed, is ignored.
    if (link && link->signer == key) key = link->next;
  }
  return key == request.site_certificate.key().sha256();
}

std::string in_groups(const core::Digest& digest) {
  const std::string hex = digest.hex();
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 4) out += (i == 0 ? "" : " ") + hex.substr(i, 4);
  return out;
}

}  // namespace airlock::site
