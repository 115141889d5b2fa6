#include "gate/consent.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "gate/entries.hpp"
#include "gate/named_text.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"

namespace airlock::gate {

using core::Code;
using core::fail;
using core::Json;

namespace {

constexpr std::string_view consents_member = "also_new";
constexpr std::string_view declared_member = "declared";
/// Maximum length of the list of paths in bytes: the ledger's limit for a text, less some room.
constexpr std::size_t declared_bytes_maximum = ledger::entry_limit - 4096;

std::set<std::string> paths_of(const site::Kit& kit) {
  std::set<std::string> out;
  for (const dictionary::Field& field : kit.dictionary.fields()) out.insert(field.path);
  return out;
}

/// Whether this kit is the only one that the site ever had.
Result<bool> is_only_kit(const site::Kit& kit, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto entries, ledger.entries_of_kind(ledger::Kind::kit));
  for (const ledger::Entry& entry : entries) {
    AIRLOCK_TRY(const KitInForce named, kit_named_by(entry));
    if (named.content_sha256 != kit.content_sha256.hex()) return false;
  }
  return true;
}

/// Whether a person adopted, after the entry at `seq`, a ledger that had lost some of its past. Nobody knows the kits
/// and consents in the lost part.
Result<bool> lost_its_past_after(const ledger::Ledger& ledger, std::uint64_t seq) {
  AIRLOCK_TRY(const auto adopted, ledger.entries_of_kind(ledger::Kind::adopted));
  for (auto entry = adopted.rbegin(); entry != adopted.rend() && entry->seq > seq; ++entry) {
    AIRLOCK_TRY(const Json json, ledger::body_of(*entry));
    if (json.contains("found")) return true;
  }
  return false;
}

}  // namespace

Result<Consents> consents_in_force(const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto entry, ledger.newest(ledger::Kind::authorised));
  if (!entry) return Consents{};
  AIRLOCK_TRY(const auto adopted, ledger.newest(ledger::Kind::adopted));
  if (adopted && adopted->seq > entry->seq) return Consents{};
  AIRLOCK_TRY(const Json json, ledger::body_of(*entry));
  const auto found = json.find(consents_member);
  if (found == json.end()) return Consents{};
  auto to = policy::also_new_from(*found, ledger::title(*entry));
  if (!to) return fail(Code::integrity, to.error().message, "run `airlock ledger verify`");
  return Consents{std::move(*to), entry->seq};
}

void add_consents(Json& members, const std::vector<policy::AlsoNew>& to) {
  if (!to.empty()) members[consents_member] = policy::to_json(to);
}

Result<std::optional<std::set<std::string>>> declared_so_far(const ledger::Ledger& ledger,
                                                             const std::optional<site::Kit>& in_force) {
  using Paths = std::optional<std::set<std::string>>;
  AIRLOCK_TRY(const auto entry, ledger.newest(ledger::Kind::kit));
  if (!entry) return Paths(std::in_place);
  AIRLOCK_TRY(const Json json, ledger::body_of(*entry));
  AIRLOCK_TRY(const auto text, text_named_in(json, declared_member, ledger));
  AIRLOCK_TRY(const bool lost, lost_its_past_after(ledger, text ? entry->seq : 0));
  if (lost) return Paths();
  if (!text) {
    if (!in_force) return Paths();
    AIRLOCK_TRY(const bool only, is_only_kit(*in_force, ledger));
    return only ? Paths(paths_of(*in_force)) : Paths();
  }
  AIRLOCK_TRY(const Json list, core::parse_json(*text, ledger::title(*entry), {.bytes = ledger::entry_limit}));
  Paths out(std::in_place);
  for (const Json& path : list) {
    if (!path.is_string())
      return fail(Code::integrity, ledger::title(*entry) + ": `/declared`: is not a list of paths");
    out->insert(path.get<std::string>());
  }
  return out;
}

void add_declared(Json& members, std::optional<std::set<std::string>> so_far, const site::Kit& kit) {
  if (!so_far) return;
  so_far->merge(paths_of(kit));
  Json list(*so_far);
  if (list.size() <= core::JsonLimits{}.elements && core::to_text(list).size() <= declared_bytes_maximum) {
    members[declared_member] = std::move(list);
  }
}

}  // namespace airlock::gate
