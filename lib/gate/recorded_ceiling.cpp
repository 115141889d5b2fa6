#include "gate/recorded_ceiling.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "gate/named_text.hpp"
#include "ledger/kind.hpp"

namespace airlock::gate {

namespace {

using core::Code;
using core::fail;
using core::Json;

/// A ceiling has its own values and those of a dictionary, which may have more than other documents.
constexpr core::JsonLimits ceiling_limits{.bytes = ledger::named_text_limit, .values = 2'000'000};

/// The ceiling that an entry carries, with its seq; nothing if it carries none.
Result<std::optional<RecordedCeiling>> carried_by(const ledger::Entry& entry, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(auto ceiling, ceiling_of(entry, ledger));
  if (!ceiling) return std::nullopt;
  return RecordedCeiling{std::move(*ceiling), entry.seq};
}

/// The newest ceiling that an entry of the kind of `newest` carries, of which that is the newest. Once a site has a
/// ceiling, every entry of these kinds carries one, so the newest entry should have it. If it has not, older entries of
/// the same kind are read: an older and looser ceiling of another kind must not take its place.
Result<std::optional<RecordedCeiling>> newest_ceiling(const ledger::Ledger& ledger, const ledger::Entry& newest) {
  AIRLOCK_TRY(auto out, carried_by(newest, ledger));
  if (out) return out;
  AIRLOCK_TRY(const auto entries, ledger.entries_of_kind(newest.kind));
  for (auto entry = entries.rbegin(); entry != entries.rend() && !out; ++entry) {
    AIRLOCK_TRY(out, carried_by(*entry, ledger));
  }
  return out;
}

constexpr std::array carriers{ledger::Kind::authorised, ledger::Kind::licence,     ledger::Kind::kit,
                              ledger::Kind::configured, ledger::Kind::key_rotated, ledger::Kind::adopted};

bool are_same_data(const policy::Terms& a, const policy::Terms& b) {
  return a.values == b.values && a.keys == b.keys && a.keeps_twins == b.keeps_twins && a.has_classes == b.has_classes;
}

/// All recorded ceilings, oldest first.
Result<std::vector<RecordedCeiling>> all_ceilings(const ledger::Ledger& ledger) {
  std::vector<RecordedCeiling> out;
  for (const ledger::Kind kind : carriers) {
    AIRLOCK_TRY(const auto entries, ledger.entries_of_kind(kind));
    for (const ledger::Entry& entry : entries) {
      AIRLOCK_TRY(auto carried, carried_by(entry, ledger));
      if (carried) out.push_back(std::move(*carried));
    }
  }
  std::sort(out.begin(), out.end(), [](const RecordedCeiling& a, const RecordedCeiling& b) { return a.seq < b.seq; });
  return out;
}

/// The seq of the entry that first recorded these terms for the event, unchanged since.
std::uint64_t first_recorded(const std::vector<RecordedCeiling>& all, const std::string& event,
                             const policy::Terms& terms) {
  std::uint64_t out = all.back().seq;
  for (auto each = all.rbegin(); each != all.rend(); ++each) {
    const auto found = each->ceiling.find(event);
    if (found == each->ceiling.end() || !are_same_data(found->second, terms)) break;
    out = each->seq;
  }
  return out;
}

/// Whether the present kit was in force when the entry at `seq` recorded a ceiling.
Result<bool> was_in_force_at(const ledger::Ledger& ledger, std::uint64_t seq, const site::Kit& kit) {
  AIRLOCK_TRY(const ledger::Entry entry, ledger.entry(seq));
  AIRLOCK_TRY(const Json recorded, ledger::body_of(entry));
  // If a person put a kit into force by authorising it, the `kit` entry follows the `authorised` entry.
  const std::uint64_t until = recorded.contains("kit_before") ? seq + 1 : seq;
  AIRLOCK_TRY(const auto then, kit_before(ledger, until));
  return then && then->content_sha256 == kit.content_sha256.hex();
}

Result<void> put_ceiling(Json& members, const policy::Ceiling& ceiling) {
  Json json = policy::to_json(ceiling);
  if (core::to_text(json).size() > ledger::named_text_limit) {
    return fail(Code::refused,
                "the decisions for all events need more than " + std::to_string(ledger::named_text_limit) +
                    " bytes in the ledger",
                "ask the vendor for a smaller dictionary");
  }
  members["ceiling"] = std::move(json);
  return {};
}

/// Reads a ceiling of an entry: inline, as in entries before format 2, or from the ledger's table of texts.
Result<std::optional<policy::Ceiling>> read_terms(const Json& json, std::string_view member, const std::string& name,
                                                  const ledger::Ledger& ledger) {
  Json found;
  if (const auto inlined = json.find(member); inlined != json.end()) {
    found = *inlined;
  } else {
    AIRLOCK_TRY(auto text, text_named_in(json, member, ledger));
    if (!text) return std::nullopt;
    text->erase(0, text->find('\n') + 1);  // terms have a salt on a line before them; npos + 1 == 0
    AIRLOCK_TRY(found, core::parse_json(*text, name, ceiling_limits));
  }
  auto ceiling = policy::ceiling_from(found, name);
  if (!ceiling) {
    const core::Error& error = ceiling.error();
    return fail(Code::integrity, error.message, error.hint.empty() ? "run `airlock ledger verify`" : error.hint);
  }
  return std::optional(std::move(*ceiling));
}

}  // namespace

Result<std::optional<RecordedCeiling>> recorded_ceiling(const ledger::Ledger& ledger) {
  std::vector<ledger::Entry> newest;
  for (const ledger::Kind kind : carriers) {
    AIRLOCK_TRY(auto entry, ledger.newest(kind));
    if (entry) newest.push_back(std::move(*entry));
  }
  std::sort(newest.begin(), newest.end(), [](const auto& a, const auto& b) { return a.seq > b.seq; });
  std::optional<RecordedCeiling> out;
  for (const ledger::Entry& entry : newest) {
    if (out && entry.seq < out->seq) break;  // this kind has no newer ceiling, and the kinds after it have none either
    AIRLOCK_TRY(auto found, newest_ceiling(ledger, entry));
    if (found && (!out || found->seq > out->seq)) out = std::move(found);
  }
  return out;
}

Result<void> complete_ceiling(policy::Ceiling& ceiling, const Inputs& inputs, const ledger::Ledger& ledger) {
  const bool is_complete =
      std::all_of(ceiling.begin(), ceiling.end(), [](const auto& each) { return each.second.has_classes; });
  if (is_complete || !inputs.kit) return {};
  AIRLOCK_TRY(const auto all, all_ceilings(ledger));
  for (auto& [event, terms] : ceiling) {
    if (terms.has_classes) continue;
    AIRLOCK_TRY(const bool same_kit, was_in_force_at(ledger, first_recorded(all, event, terms), *inputs.kit));
    // If the kit in force declares other paths, the terms were not made from its dictionary.
    if (same_kit) (void)policy::complete(terms, inputs.kit->dictionary);
  }
  return {};
}

Result<std::optional<policy::Ceiling>> ceiling_of(const ledger::Entry& entry, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const Json json, ledger::body_of(entry));
  return read_terms(json, "ceiling", ledger::title(entry), ledger);
}

Result<std::optional<policy::Ceiling>> terms_recorded_by(const ledger::Entry& entry, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const Json json, ledger::body_of(entry));
  const auto decision = json.find("decision");
  const bool inlined = decision != json.end() && decision->is_object() && decision->contains("terms");
  return read_terms(inlined ? *decision : json, "terms", ledger::title(entry), ledger);
}

Result<std::optional<KitInForce>> kit_before(const ledger::Ledger& ledger, std::uint64_t seq) {
  AIRLOCK_TRY(const auto kits, ledger.entries_of_kind(ledger::Kind::kit));
  for (auto kit = kits.rbegin(); kit != kits.rend(); ++kit) {
    if (kit->seq <= seq) return kit_named_by(*kit);
  }
  return std::nullopt;
}

Result<void> add_ceiling(Json& members, const Inputs& inputs) {
  if (!inputs.ceiling) return {};
  return put_ceiling(members, *inputs.ceiling);
}

Result<void> add_reset_ceiling(Json& members, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto recorded, recorded_ceiling(ledger));
  if (!recorded) return {};
  return put_ceiling(members, policy::first_ceiling(recorded->ceiling));
}

}  // namespace airlock::gate
