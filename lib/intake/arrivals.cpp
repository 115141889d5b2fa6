// The part of Home that reads what sites hand over or send, and issues receipts for it.
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "intake/home.hpp"
#include "ledger/checkpoint.hpp"
#include "sys/system.hpp"

namespace airlock::intake {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::Members;
using core::quote;

constexpr std::string_view sent_format = "airlock-sent/1";
constexpr std::string_view statement_format = "airlock-sending/1";
constexpr std::size_t sent_line_limit = 64ULL * 1024;
constexpr std::size_t header_limit = 48ULL * 1024;
constexpr std::size_t statement_voids_limit = 1000;

std::string from_header(Members& in, std::string_view member) {
  const auto bytes = core::from_base64(in.text(member, header_limit));
  if (!bytes) in.refuse(member, "must be base64");
  return bytes.value_or("");
}

std::vector<envelope::Void> voids_from(Members& in) {
  std::vector<envelope::Void> out;
  in.inner("since_last", [&](Members& since) {
    (void)since.count("disclosures_before");
    since.each("disclosures", statement_voids_limit, [&](Members& gone) {
      out.push_back({gone.count("disclosure", 1), gone.word("kind", {"abandoned", "payload_lost", "withdrawn"})});
    });
  });
  return out;
}

Result<Arrival> parse_statement(std::string_view text) {
  constexpr std::string_view what = "the statement";
  AIRLOCK_TRY(const Json json, core::parse_json(text, what, {.bytes = header_limit, .depth = 6}));
  Members in(json, what, "");
  Arrival out;
  in.format(statement_format);
  out.site_id = in.uuid("site_id");
  out.id = in.uuid("id");
  out.disclosure = in.count("disclosure", 1);
  out.number = in.count("number", 1);
  if (const Json* previous = in.any("previous"); previous != nullptr && !previous->is_null()) {
    in.inner("previous", [&](Members& last) {
      out.previous = envelope::Previous{last.uuid("id"), last.sha256("content_sha256")};
    });
  }
  out.voids = voids_from(in);
  (void)in.count("size");
  out.content_sha256 = in.sha256("sha256");
  AIRLOCK_CHECK(in.finish());
  return out;
}

}  // namespace

Result<Arrival> Home::arrival_of_bundle(const std::string& path) {
  AIRLOCK_TRY(const ReceivedBundle received, open_bundle(path));
  {
    const std::scoped_lock lock(*mutex_);
    if (auto active = check_active(received.site); !active) {
      return fail(std::move(active).error().within(quote(path)));
    }
  }
  const envelope::Manifest& manifest = received.bundle.manifest();
  Arrival out;
  out.site_id = manifest.site_id;
  out.disclosure = manifest.disclosure;
  out.number = manifest.number;
  out.id = manifest.bundle_id;
  out.content_sha256 = received.bundle.content_sha256().hex();
  out.is_bundle = true;
  out.previous = manifest.previous;
  out.voids = manifest.voids;
  AIRLOCK_TRY(out.checkpoint, received.bundle.text("checkpoint.txt"));
  out.head = received.head;
  out.proven_from = received.from;
  AIRLOCK_TRY(const std::string text, received.bundle.text("dictionary.json"));
  AIRLOCK_TRY(const site::Kit* newest, newest_kit_once());
  const dictionary::Dictionary* newest_dictionary = newest == nullptr ? nullptr : &newest->dictionary;
  // Most sites use the newest dictionary, which has been read already.
  if (newest != nullptr && newest->dictionary_text == text) {
    out.facts = facts_of(manifest, received.bundle.file("report.json"), newest_dictionary, newest_dictionary);
    return out;
  }
  std::optional<dictionary::Dictionary> own;  // another release may have written one that this cannot read
  if (may_say_version(text)) {
    if (auto parsed = dictionary::Dictionary::parse(text, "dictionary.json")) own = std::move(*parsed);
  }
  out.facts = facts_of(manifest, received.bundle.file("report.json"), own ? &*own : nullptr, newest_dictionary);
  return out;
}

Result<const site::Kit*> Home::newest_kit_once() {
  const std::scoped_lock lock(*mutex_);
  if (!newest_kit_) {
    AIRLOCK_TRY(newest_kit_, newest_kit());
  }
  return *newest_kit_ ? &**newest_kit_ : nullptr;
}

Result<std::vector<Home::DriftingSite>> Home::drift(const std::string& since) {
  AIRLOCK_TRY(const auto sites, register_.sites());
  AIRLOCK_TRY(const auto kit, newest_kit());
  const std::string newest = kit ? crypto::sha256(kit->dictionary_text).hex() : "";
  std::vector<DriftingSite> out;
  for (const RegisteredSite& site : sites) {
    AIRLOCK_TRY(const auto retired, register_.retirement_in_force(site.site_id));
    if (retired) continue;
    AIRLOCK_TRY(auto drift, register_.drift(site.site_id, since, newest));
    out.push_back({site, std::move(drift)});
  }
  return out;
}

Result<Arrival> Home::arrival_of_sending(std::string_view line) {
  constexpr std::string_view what = "the line";
  AIRLOCK_TRY(const Json json, core::parse_json(line, what, {.bytes = sent_line_limit, .depth = 2}));
  Members in(json, what, "");
  in.format(sent_format);
  const std::string type = in.word("type", {"https-json", "posthog-batch"});
  const std::string statement = from_header(in, "statement");
  const std::string signature = from_header(in, "signature");
  // With `posthog-batch` the body is not the report itself, so it has no digest to compare.
  const std::string body = type == "https-json" ? in.sha256("body_sha256") : "";
  if (in.has("received")) (void)in.time("received");
  AIRLOCK_CHECK(in.finish());

  AIRLOCK_CHECK(check_any_site());
  const core::MemoryBlob object(signature);
  std::optional<SiteKeys> signer;
  const auto trust_for = [&](const crypto::Certificate& presented) -> Result<crypto::TrustStore> {
    AIRLOCK_TRY(signer, site_that_presents(presented));
    return signer ? signer->trust_for(presented) : crypto::TrustStore::exactly(crypto::Role::site, {});
  };
  AIRLOCK_TRY(const auto verified, crypto::verify_detached(object, statement, trust_for));
  AIRLOCK_TRY(Arrival out, parse_statement(statement));
  if (verified.signer().uuid() != out.site_id) {
    return fail(Code::integrity, "is signed by one site, but its statement names another");
  }
  if (!verified.chain_valid_at(verified.signing_time())) {
    return fail(Code::integrity, "the site's certificate was not valid when the statement was signed");
  }
  if (type == "https-json" && body != out.content_sha256) {
    return fail(Code::integrity,
                "the payload that arrived has SHA-256 " + body + ", but the site sent " + out.content_sha256,
                "find out who changed it between the site and the receiver");
  }
  AIRLOCK_CHECK(check_active(signer->site));
  return out;
}

Result<std::vector<TakenIn>> Home::take_in(std::span<const Arrival> arrivals) {
  return register_.take_in(arrivals, sys::now());
}

Result<Home::ReadmittedSite> Home::readmit(std::string_view entry, std::string_view proof, std::string_view reason) {
  AIRLOCK_CHECK(core::check_reason(reason, "say what the site told you: the register keeps it for ever"));
  AIRLOCK_TRY(const ledger::Proof inclusion, ledger::read_proof(proof));
  AIRLOCK_TRY(auto adoption, ledger::read_adoption(entry, inclusion.index));
  AIRLOCK_TRY(const auto sites, register_.sites());
  Result<ledger::TreeHead> head = fail(Code::integrity, "is not of the ledger of a registered site");
  for (const RegisteredSite& site : sites) {
    if (!inclusion.checkpoint.starts_with(ledger::origin(site.site_id) + "\n")) continue;
    AIRLOCK_TRY(const SiteKeys site_keys, keys_of(site));
    const auto keys = site_keys.ledger_keys();
    for (auto key = keys.rbegin(); key != keys.rend() && !head; ++key) {
      AIRLOCK_TRY(const auto verifier, crypto::NoteVerifier::from_text(*key));
      head = ledger::verify_proof(entry, inclusion, verifier);
    }
    if (!head) break;
    AIRLOCK_TRY(const Readmitted done,
                register_.readmit(site.site_id, {adoption, std::string(entry), inclusion.checkpoint, *head}, reason,
                                  sys::now()));
    return ReadmittedSite{site.site_id, std::move(adoption), done};
  }
  return fail(std::move(head).error());
}

Result<Home::IssuedReceipt> Home::issue_receipt(const std::string& text) {
  AIRLOCK_TRY(const RegisteredSite site, active_site(text));
  AIRLOCK_TRY(const auto certificate, crypto::Certificate::from_pem(site.site_certificate));
  AIRLOCK_TRY(const auto signing, keys_.in_force(crypto::Role::receipt));
  const core::Time now = sys::now();
  IssuedReceipt out;
  AIRLOCK_TRY(out.file, register_.issue_receipt(site.site_id, now, [&](const ReceiptOrder& order) -> Result<Issued> {
    out.receipt = {.site_id = site.site_id,
                   .site_key_sha256 = certificate.key().sha256().hex(),
                   .sequence = order.sequence,
                   .issued = now,
                   .items = order.items,
                   .checkpoint = order.checkpoint,
                   .missing = order.missing};
    AIRLOCK_TRY(std::string file, site::write_receipt(out.receipt, signing.signer(now)));
    return Issued{std::move(file), site::to_document(out.receipt)};
  }));
  return out;
}

}  // namespace airlock::intake
