#include "public/kit_header.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"

namespace airlock::published {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::Members;

constexpr std::size_t revoked_limit = 100'000;
constexpr std::size_t serial_limit = 64;

void read_revoked(Members& in, KitHeader& out) {
  const Json* revoked = in.array("revoked_licences", revoked_limit);
  if (revoked == nullptr) return;
  for (const Json& serial : *revoked) {
    const auto* text = serial.get_ptr<const std::string*>();
    if (text == nullptr || text->empty() || text->size() > serial_limit || !core::is_document_text(*text)) {
      in.refuse("revoked_licences", "must be a list of licence serials");
      return;
    }
    out.revoked_licences.push_back(*text);
  }
}

Result<KitHeader> parse_header(std::string_view text) {
  AIRLOCK_TRY(const Json json,
              core::parse_json(text, kit_names::header, {.bytes = kit_header_bytes_limit, .depth = 8}));
  Members in(json, kit_names::header, "");
  KitHeader out;
  const bool is_of_format_2 = in.word("format", {kit_format, kit_format_2}) == kit_format_2;
  out.product = in.text("product", 64);
  out.number = in.count("number", 1);
  out.issued = in.time("issued");
  out.next_update = in.time("next_update");
  read_revoked(in, out);
  out.destinations = destinations_from(in, WrittenBy::vendor);
  if (is_of_format_2) {
    if (const Json* approvals = in.any("approvals")) out.approvals = core::to_text(*approvals);
  }
  if (in.ok() && out.next_update <= out.issued) in.refuse("next_update", "must be later than `issued`");
  AIRLOCK_CHECK(in.finish());
  return out;
}

}  // namespace

Result<KitHeader> read_kit_header(const core::Blob& archive, const KitFiles& files) {
  AIRLOCK_TRY(const std::string text, kit_text(archive, files.documents[0], kit_header_bytes_limit));
  AIRLOCK_TRY(KitHeader header, parse_header(text));
  if (files.time != header.issued) {
    return fail(Code::bad_input,
                "the archive's time differs from the one that " + core::quote(kit_names::header) + " names");
  }
  return header;
}

Result<void> check_issued(const KitHeader& kit, const crypto::Verified& verified) {
  if (verified.chain_valid_at(kit.issued)) return {};
  return fail(Code::integrity, "was issued at " + kit.issued.text() + ", when its signer's certificate was not valid",
              "ask the vendor for a new kit");
}

Result<KitHeader> verify_kit_header(std::string_view file, const crypto::TrustStore& trust,
                                    std::span<const crypto::RevocationList> known) {
  AIRLOCK_TRY(auto opened, open_kit(file, trust, known));
  const core::Blob& archive = opened->verified->content();
  AIRLOCK_TRY(KitHeader header, read_kit_header(archive, opened->files));
  AIRLOCK_CHECK(check_issued(header, *opened->verified));
  header.trust = std::move(opened->trust);
  AIRLOCK_TRY(header.content_sha256, crypto::sha256(archive));
  return header;
}

}  // namespace airlock::published
