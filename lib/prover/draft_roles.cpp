#include "prover/draft_roles.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "dictionary/field.hpp"

namespace airlock::prover {
namespace {

using core::Json;
using dictionary::Class;

using Words = std::vector<std::string>;

/// A field that every sample has.
struct Constant {
  std::string path;
  std::vector<Words> names;
  const Seen* seen;
};

void collect(const Seen& seen, const std::string& path, const std::vector<Words>& names, std::vector<Constant>& out) {
  for (const auto& [name, member] : seen.members) {
    const bool is_stated = member->is_required && member->times == 0;
    if (!is_stated && (member->times != seen.objects || seen.objects == 0)) continue;
    auto inner = names;
    inner.push_back(words_of(name));
    const std::string at = path + "/" + dictionary::literal_step(name);
    if (member->has_children()) {
      collect(*member, at, inner, out);
    } else {
      out.push_back({at, std::move(inner), member.get()});
    }
  }
}

Json* declaration_of(std::vector<Declared>& declared, std::string_view path) {
  for (Declared& one : declared) {
    if (one.path == path && one.declaration) return one.declaration.get();
  }
  return nullptr;
}

/// Whether each report has a moment there that a role can read.
bool is_moment(const Json& declaration) {
  static const Json types{"time", "date", "epoch", "epoch_ms"};
  return std::find(types.begin(), types.end(), declaration["type"]) != types.end() && declaration["class"] == "time" &&
         !declaration.contains("nullable") && !declaration.contains("sentinels");
}

/// The path of the other end of a period, if `start` is one end.
const Constant* end_of(const Constant& start, const std::vector<Constant>& moments) {
  static constexpr std::array<std::array<std::string_view, 2>, 4> ends{
      {{"start", "end"}, {"from", "to"}, {"begin", "end"}, {"since", "until"}}};
  for (const auto& [first, last] : ends) {
    auto wanted = start.names;
    bool has_first = false;
    for (std::string& word : wanted.back()) {
      if (word != first) continue;
      word = last;
      has_first = true;
    }
    const auto found =
        std::find_if(moments.begin(), moments.end(), [&](const Constant& end) { return end.names == wanted; });
    if (has_first && found != moments.end()) return &*found;
  }
  return nullptr;
}

/// The moment that the report is about: a well-known name near the top, or the only moment there.
const Constant* one_moment(const std::vector<Constant>& moments) {
  static const std::array<Words, 14> names{{{"recorded", "at"},
                                            {"reported", "at"},
                                            {"collected", "at"},
                                            {"generated", "at"},
                                            {"timestamp"},
                                            {"original", "timestamp"},
                                            {"sent", "at"},
                                            {"created", "at"},
                                            {"created"},
                                            {"date"},
                                            {"time"},
                                            {"report", "date"},
                                            {"report", "time"},
                                            {"ts"}}};
  std::vector<const Constant*> near;
  for (const Constant& moment : moments) {
    if (moment.names.size() == 1) near.push_back(&moment);
  }
  for (const Words& name : names) {
    for (const Constant* moment : near) {
      if (moment->names.back() == name) return moment;
    }
  }
  return near.size() == 1 ? near.front() : nullptr;
}

/// The member that says which event a report is.
const Constant* event_of(const std::vector<Constant>& constants, std::vector<Declared>& declared) {
  for (const std::string_view name : {"/event", "/type", "/kind"}) {
    const auto at =
        std::find_if(constants.begin(), constants.end(), [&](const Constant& one) { return one.path == name; });
    if (at == constants.end() || declaration_of(declared, name) == nullptr) continue;
    const Scalars& scalars = at->seen->scalars;
    const bool is_stated = !scalars.stated_values.empty() && scalars.texts == 0;
    const bool is_text = scalars.texts == at->seen->times && !scalars.has_forgotten;
    const bool repeats = scalars.remembered.size() == 1 || scalars.texts >= 2 * scalars.remembered.size();
    if (is_stated || (is_text && !scalars.remembered.empty() && repeats)) return &*at;
  }
  return nullptr;
}

const Constant* version_of(const std::vector<Constant>& constants, const std::string& product,
                           std::vector<Declared>& declared) {
  const std::array<Words, 6> names{{{"version"},
                                    {product, "version"},
                                    {"product", "version"},
                                    {"app", "version"},
                                    {"server", "version"},
                                    {"release"}}};
  for (const Words& name : names) {
    for (const Constant& one : constants) {
      if (one.names.size() != 1 || one.names.back() != name) continue;
      const Json* declaration = declaration_of(declared, one.path);
      if (declaration == nullptr) continue;
      const Json& type = (*declaration)["type"];
      if (type == "version" || type == "text") return &one;
    }
  }
  return nullptr;
}

}  // namespace

std::string write_roles(const Seen& root, const std::string& product, const std::string& event_name, bool may_say_event,
                        std::vector<Declared>& declared, Json& head) {
  std::vector<Constant> constants;
  collect(root, "", {}, constants);
  std::string constant = event_name;
  Json roles = Json::object();
  Json events;
  const Constant* event = event_name.empty() && may_say_event ? event_of(constants, declared) : nullptr;
  if (event != nullptr) {
    const Scalars& scalars = event->seen->scalars;
    Json values = Json::array();
    for (const auto& [text, times] : scalars.remembered) values.push_back(text);
    if (values.empty()) values = scalars.stated_values;
    *declaration_of(declared, event->path) =
        Json{{"path", event->path}, {"type", "enum"}, {"values", values}, {"class", "usage"}};
    roles["event"] = event->path;
    events = std::move(values);
  } else {
    if (constant.empty()) constant = product + " report";
    roles["event"] = Json{{"always", constant}};
  }
  std::vector<Constant> moments;
  for (const Constant& one : constants) {
    const Json* declaration = declaration_of(declared, one.path);
    if (declaration != nullptr && is_moment(*declaration)) moments.push_back(one);
  }
  const Constant* start = nullptr;
  for (const Constant& moment : moments) {
    const bool is_shorter = start == nullptr || moment.names.size() < start->names.size();
    if (is_shorter && end_of(moment, moments) != nullptr) start = &moment;
  }
  if (start != nullptr) {
    roles["period_start"] = start->path;
    roles["period_end"] = end_of(*start, moments)->path;
  } else if (const Constant* moment = one_moment(moments)) {
    roles["at"] = moment->path;
  }
  if (const Constant* version = version_of(constants, product, declared)) roles["version"] = version->path;
  head["roles"] = std::move(roles);
  if (!events.is_null()) head["events"] = std::move(events);
  return constant;
}

}  // namespace airlock::prover
