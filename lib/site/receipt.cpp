#include "site/receipt.hpp"

#include <nlohmann/json.hpp>
#include <set>

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

constexpr std::string_view receipt_format = "airlock-receipt/1";
constexpr std::string_view receipt_name = "the receipt";

std::vector<ReceiptItem> items_from(Members& in) {
  std::vector<ReceiptItem> out;
  std::set<std::string, std::less<>> seen;
  in.each("items", receipt_items_limit, [&](Members& item) {
    out.push_back({.id = item.uuid("id"), .content_sha256 = item.sha256("content_sha256")});
    if (item.ok() && !seen.insert(out.back().id).second) item.refuse("id", "is in the receipt twice");
  });
  return out;
}

std::vector<MissingRange> missing_from(Members& in) {
  std::vector<MissingRange> out;
  in.each("missing", receipt_missing_limit, [&](Members& range) {
    const std::uint64_t before = out.empty() ? 0 : out.back().last;
    out.push_back({.first = range.count("first", 1), .last = range.count("last", 1)});
    const MissingRange& one = out.back();
    if (range.ok() && (one.first <= before || one.last < one.first))
      range.refuse("", "must begin after the range before it, and not end before it begins");
  });
  return out;
}

std::string checkpoint_from(Members& in) {
  const Json* json = in.any("checkpoint");
  if (json == nullptr) {
    in.refuse("checkpoint", "is missing");
    return {};
  }
  if (json->is_null()) return {};
  const auto* text = json->get_ptr<const std::string*>();
  if (text == nullptr || text->empty() || text->size() > receipt_checkpoint_limit) {
    in.refuse("checkpoint", "must be a signed note, or null");
    return {};
  }
  return *text;
}

}  // namespace

std::string to_document(const Receipt& receipt) {
  Json head{{"format", receipt_format},
            {"site_id", receipt.site_id},
            {"site_key_sha256", receipt.site_key_sha256},
            {"sequence", receipt.sequence},
            {"issued", receipt.issued.text()},
            {"checkpoint", core::or_null(receipt.checkpoint)}};
  Json missing = Json::array();
  for (const MissingRange& range : receipt.missing) missing.push_back({{"first", range.first}, {"last", range.last}});
  head["missing"] = missing;
  std::string out = core::to_text(head);
  out.pop_back();
  out += ",\"items\":[";
  for (std::size_t i = 0; i < receipt.items.size(); ++i) {
    const ReceiptItem& item = receipt.items[i];
    out += i == 0 ? "\n" : ",\n";
    out += core::to_text({{"id", item.id}, {"content_sha256", item.content_sha256}});
  }
  return out + "\n]}\n";
}

Result<Receipt> parse_receipt(std::string_view text) {
  AIRLOCK_TRY(const Json json, core::parse_json(text, receipt_name, {.bytes = receipt_bytes_limit, .depth = 4}));
  Members in(json, receipt_name, "");
  Receipt out;
  in.format(receipt_format);
  out.site_id = in.uuid("site_id");
  out.site_key_sha256 = in.sha256("site_key_sha256");
  out.sequence = in.count("sequence", 1);
  out.issued = in.time("issued");
  out.checkpoint = checkpoint_from(in);
  out.missing = missing_from(in);
  out.items = items_from(in);
  AIRLOCK_CHECK(in.finish());
  return out;
}

Result<std::string> write_receipt(const Receipt& receipt, const crypto::Signer& signer) {
  const std::string content = to_document(receipt);
  AIRLOCK_CHECK(parse_receipt(content));
  AIRLOCK_TRY(const std::string der, crypto::sign(content, signer));
  std::string file = crypto::to_pem(crypto::cms_label, der);
  if (file.size() > receipt_bytes_limit) {
    return fail(Code::bad_input, "the receipt is larger than " + std::to_string(receipt_bytes_limit) + " bytes");
  }
  return file;
}

Result<VerifiedReceipt> verify_receipt(std::string_view file, const crypto::TrustStore& trust,
                                       std::span<const crypto::RevocationList> known) {
  if (file.size() > receipt_bytes_limit) {
    return fail(Code::bad_input, "is larger than " + std::to_string(receipt_bytes_limit) + " bytes");
  }
  AIRLOCK_TRY(const std::string der, crypto::from_pem(crypto::cms_label, file));
  const core::MemoryBlob object(der);
  AIRLOCK_TRY(const auto verified, crypto::verify(object, trust));
  if (const auto* revoked = crypto::revoked_in(verified.chain(), known); revoked != nullptr) {
    return fail(Code::integrity,
                "depends on the certificate " + quote(revoked->subject()) + ", which the vendor has revoked",
                "do not import it; ask the vendor for a new receipt");
  }
  AIRLOCK_TRY(const std::string content, core::to_string(verified.content(), receipt_bytes_limit));
  AIRLOCK_TRY(Receipt receipt, parse_receipt(content));
  if (!verified.chain_valid_at(receipt.issued)) {
    return fail(Code::integrity,
                "was issued at " + receipt.issued.text() + ", when its signer's certificate was not valid",
                "ask the vendor for a new receipt");
  }
  return VerifiedReceipt{std::move(receipt), crypto::sha256(content)};
}

}  // namespace airlock::site
