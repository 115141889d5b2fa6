#include "gate/recorded.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "core/json.hpp"
#include "core/members.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"
#include "licence/seen.hpp"

namespace airlock::gate {

using core::Code;
using core::fail;
using core::Json;

Result<std::optional<KitInForce>> kit_in_force(const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto entry, ledger.newest(ledger::Kind::kit));
  if (!entry) return std::nullopt;
  return kit_named_by(*entry);
}

Result<KitInForce> kit_named_by(const ledger::Entry& entry) {
  AIRLOCK_TRY(const Json json, ledger::body_of(entry));
  const auto number = json.find("number");
  const auto digest = json.find("content_sha256");
  if (number == json.end() || !number->is_number_unsigned() || digest == json.end() || !digest->is_string()) {
    return fail(Code::integrity, ledger::title(entry) + " does not name a kit", "run `airlock ledger verify`");
  }
  KitInForce out{number->get<std::uint64_t>(), digest->get<std::string>(), {}};
  if (const auto lists = json.find("revocation_lists"); lists != json.end()) {
    for (const Json& list : *lists) {
      out.lists.push_back(
          {list.value("issuer_key_sha256", ""), list.value("number", std::uint64_t{0}), list.value("sha256", "")});
    }
  }
  return out;
}

Result<licence::SeenLicences> seen_licences(const ledger::Ledger& ledger) {
  licence::SeenLicences out;
  const auto read = [&](const ledger::Entry& entry) -> Result<bool> {
    AIRLOCK_TRY(const Json json, ledger::body_of(entry));
    core::Members in(json, ledger::title(entry), "");
    if (in.has("seen")) {
      out.add(licence::SeenLicences::from(in, "seen"));
      if (!in.ok())
        return fail(Code::integrity, ledger::title(entry) + " does not say which licences were seen",
                    "run `airlock ledger verify`");
      return true;
    }
    if (licence::counts_as_seen(json.value("state", ""))) out.add_of_unknown(json.value("sequence", std::int64_t{0}));
    return false;
  };
  AIRLOCK_TRY(const auto newest, ledger.newest(ledger::Kind::licence));
  if (!newest) return out;
  AIRLOCK_TRY(const bool whole, read(*newest));
  if (whole) return out;
  AIRLOCK_TRY(const auto entries, ledger.entries_of_kind(ledger::Kind::licence));
  for (const ledger::Entry& entry : entries) AIRLOCK_CHECK(read(entry));
  return out;
}

Result<bool> is_known(const licence::Licence& licence, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto newest, ledger.newest(ledger::Kind::licence));
  if (!newest) return false;
  AIRLOCK_TRY(const Json json, ledger::body_of(*newest));
  return json.value("serial", "") == licence.serial && json.value("sequence", std::int64_t{0}) == licence.sequence;
}

}  // namespace airlock::gate
