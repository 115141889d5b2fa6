#include "delivery/statement.hpp"

#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/json.hpp"
#include "crypto/cms.hpp"
#include "ledger/disclosure.hpp"

namespace airlock::delivery {
namespace {

using core::Json;
using core::Result;

constexpr std::string_view statement_format = "airlock-sending/1";
/// Servers limit headers to 8 KiB, so a statement lists only the newest voids and counts the others.
constexpr std::size_t voids_maximum = 40;

}  // namespace

Result<std::string> statement(const site::Site& site, const ledger::Ledger& ledger,
                              const ledger::Disclosure& disclosure) {
  AIRLOCK_TRY(const auto previous, ledger.previous_disclosure(disclosure.disclosure));
  AIRLOCK_TRY(const auto ended, ledger.ended_since(previous ? previous->recorded : 0, disclosure.disclosure));
  Json voids = Json::array();
  const std::size_t left_out = ended.size() > voids_maximum ? ended.size() - voids_maximum : 0;
  for (std::size_t i = left_out; i < ended.size(); ++i) {
    voids.push_back({{"disclosure", ended[i].disclosure}, {"kind", ledger::name(ended[i].stage)}});
  }
  Json before(nullptr);
  if (previous) before = {{"id", previous->id}, {"content_sha256", previous->content_sha256}};
  return core::to_text({{"format", statement_format},
                        {"site_id", site.configuration().site_id},
                        {"id", disclosure.id},
                        {"disclosure", disclosure.disclosure},
                        {"number", disclosure.number},
                        {"previous", before},
                        {"since_last", {{"disclosures", voids}, {"disclosures_before", left_out}}},
                        {"size", disclosure.size},
                        {"sha256", disclosure.content_sha256}});
}

Result<std::vector<net::HttpHeader>> headers(const std::string& statement, const std::string& disclosure_id,
                                             const site::Identity& identity, core::Time now) {
  AIRLOCK_TRY(const std::string signature, crypto::sign_detached(statement, identity.signer(now)));
  return std::vector<net::HttpHeader>{{"Content-Type", "application/json"},
                                      {"Idempotency-Key", disclosure_id},
                                      {"Airlock-Statement", core::to_base64(statement)},
                                      {"Airlock-Signature", core::to_base64(signature)}};
}

}  // namespace airlock::delivery
