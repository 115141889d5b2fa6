#include <limits>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "policy/ceiling.hpp"

namespace airlock::policy {
namespace {

using core::Json;
using core::Members;
using core::quote;

// Of a document that Airlock itself wrote from a dictionary within its limits; the ledger bounds the whole.
constexpr std::size_t ceiling_most = std::numeric_limits<std::size_t>::max();

/// Groups of paths with equal terms, by the text of these.
Json to_json(const Fields& fields) {
  std::map<std::string, Json> groups;
  for (const auto& [path, terms] : fields) {
    Json group{{"treatment", redaction::to_json(terms.treatment)}, {"takes", terms.takes}};
    Json& stored = groups.try_emplace(core::to_text(group), group).first->second;
    stored["paths"].push_back(path);
  }
  Json out = Json::array();
  for (auto& [text, group] : groups) out.push_back(std::move(group));
  return out;
}

Json to_json(const Terms& terms) {
  return {{"disposition", name(terms.disposition)}, {"recipients", terms.recipients},
          {"destinations", terms.destinations},     {"twins", terms.keeps_twins ? "keep" : "drop"},
          {"values", to_json(terms.values)},        {"keys", to_json(terms.keys)}};
}

/// Texts of any length, as a dictionary may have them.
std::set<std::string> set_in(Members& in, std::string_view member) {
  std::set<std::string> out;
  const Json* list = in.array(member, ceiling_most);
  if (list == nullptr) return out;
  for (const Json& item : *list) {
    if (!item.is_string() || !out.insert(item.get<std::string>()).second)
      in.refuse(member, "is no list of distinct texts");
  }
  return out;
}

Result<Fields> fields_from(const Json& groups, std::string_view name, const std::string& path) {
  Fields out;
  std::size_t index = 0;
  for (const Json& group : groups) {
    const std::string place = path + "/" + std::to_string(index++);
    Members in(group, name, place);
    FieldTerms terms;
    const Json* treatment = in.object("treatment");
    terms.takes = set_in(in, "takes");
    const auto paths = set_in(in, "paths");
    AIRLOCK_CHECK(in.finish());
    AIRLOCK_TRY(terms.treatment, redaction::treatment_from(*treatment, name, in.path_of("treatment")));
    for (const std::string& field : paths) {
      if (!out.emplace(field, terms).second) {
        return core::fail(core::Code::bad_input, quote(name) + ": " + quote(place) + ": names a path twice");
      }
    }
  }
  return out;
}

Result<Terms> terms_from(const Json& json, std::string_view name, const std::string& path) {
  Members in(json, name, path);
  Terms out;
  out.disposition =
      disposition_from(in.word("disposition", {"send", "redact", "seal", "withhold"})).value_or(Disposition::withhold);
  out.recipients = set_in(in, "recipients");
  out.destinations = set_in(in, "destinations");
  out.keeps_twins = in.word("twins", {"keep", "drop"}) == "keep";
  const Json* values = in.array("values", ceiling_most);
  const Json* keys = in.array("keys", ceiling_most);
  AIRLOCK_CHECK(in.finish());
  AIRLOCK_TRY(out.values, fields_from(*values, name, path + "/values"));
  AIRLOCK_TRY(out.keys, fields_from(*keys, name, path + "/keys"));
  return out;
}

}  // namespace

Json to_json(const Ceiling& ceiling) {
  std::vector<const Terms*> distinct;
  Json events = Json::object();
  Json list = Json::array();
  for (const auto& [event, terms] : ceiling) {
    std::size_t at = 0;
    while (at < distinct.size() && !(*distinct[at] == terms)) ++at;
    if (at == distinct.size()) {
      distinct.push_back(&terms);
      list.push_back(to_json(terms));
    }
    events[event] = at;
  }
  return {{"events", events}, {"terms", list}};
}

Result<Ceiling> ceiling_from(const Json& json, std::string_view name) {
  Members in(json, name, "/ceiling");
  const Json* events = in.object("events");
  const Json* list = in.array("terms", ceiling_most);
  AIRLOCK_CHECK(in.finish());
  std::vector<Terms> terms;
  for (const Json& item : *list) {
    AIRLOCK_TRY(auto read, terms_from(item, name, "/ceiling/terms/" + std::to_string(terms.size())));
    terms.push_back(std::move(read));
  }
  Ceiling out;
  for (const auto& [event, at] : events->items()) {
    if (!at.is_number_unsigned() || at.get<std::size_t>() >= terms.size()) {
      return core::fail(core::Code::bad_input, quote(name) + ": `/ceiling/events`: names terms that are not there");
    }
    out.emplace(event, terms[at.get<std::size_t>()]);
  }
  return out;
}

}  // namespace airlock::policy
