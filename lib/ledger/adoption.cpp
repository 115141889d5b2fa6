#include "ledger/adoption.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "core/members.hpp"
#include "ledger/body.hpp"

namespace airlock::ledger {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::Members;

constexpr std::string_view member = "disclosures";
constexpr std::array ended_stages{Stage::withdrawn, Stage::abandoned, Stage::payload_lost};

AdoptedDisclosure read_disclosure(Members& in) {
  AdoptedDisclosure out;
  out.disclosure = in.count("disclosure", 1);
  out.id = in.uuid("id");
  if (in.has("content_sha256")) out.content_sha256 = in.sha256("content_sha256");
  if (in.has("ended")) {
    out.ended = in.word("ended", {name(ended_stages[0]), name(ended_stages[1]), name(ended_stages[2])});
  }
  return out;
}

}  // namespace

Result<Json> adopted_disclosures(const Ledger& ledger) {
  AIRLOCK_TRY(const std::uint64_t last, ledger.last_disclosure());
  const std::uint64_t from = last < adopted_disclosures_maximum ? 1 : last - adopted_disclosures_maximum + 1;
  AIRLOCK_TRY(const auto newest, ledger.disclosures(from, adopted_disclosures_maximum));
  Json out = Json::array();
  for (const Disclosure& one : newest) {
    Json item{{"disclosure", one.disclosure}, {"id", one.id}};
    if (!one.content_sha256.empty()) item["content_sha256"] = one.content_sha256;
    if (std::find(ended_stages.begin(), ended_stages.end(), one.stage) != ended_stages.end()) {
      item["ended"] = name(one.stage);
    }
    out.push_back(std::move(item));
  }
  return out;
}

Result<Adoption> read_adoption(std::string_view body, std::uint64_t seq) {
  AIRLOCK_TRY(const EntryFacts facts, read_body(body, seq));
  if (facts.kind != Kind::adopted) {
    return fail(Code::bad_input, "is an entry `" + std::string(name(facts.kind)) + "` and not `adopted`");
  }
  AIRLOCK_TRY(const Json json, core::parse_json(body, "body", {.bytes = entry_limit}));
  Members in(json, "body", "");
  Adoption out{.seq = facts.seq, .time = facts.time, .reason = in.text("reason"), .disclosures = {}};
  std::set<std::string> ids;
  in.each(member, adopted_disclosures_maximum, [&](Members& item) {
    AdoptedDisclosure one = read_disclosure(item);
    if (item.ok() && !out.disclosures.empty() && one.disclosure != out.disclosures.back().disclosure + 1) {
      item.refuse("disclosure", "must be one more than the one before it");
    }
    if (!ids.insert(one.id).second) item.refuse("id", "occurs twice");
    out.disclosures.push_back(std::move(one));
  });
  if (!in.ok()) return fail(in.finish().error());
  return out;
}

}  // namespace airlock::ledger
