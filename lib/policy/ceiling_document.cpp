#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "policy/ceiling.hpp"

namespace airlock::policy {
namespace {

using core::Json;
using core::Members;
using core::quote;

constexpr std::string_view format_2 = "airlock-ceiling/2";
constexpr std::string_view format_3 = "airlock-ceiling/3";  ///< written only where there are words or approvals

// No limit of its own: Airlock wrote the document from a dictionary within its limits, and the ledger limits its size.
constexpr std::size_t ceiling_maximum = std::numeric_limits<std::size_t>::max();

/// Whether a ceiling has classes. Ceilings of older releases have neither classes nor a `format`.
enum class TermsFormat : std::uint8_t { without_classes, with_classes };

/// Writes paths with equal terms as one group.
Json to_json(const Fields& fields, TermsFormat format) {
  std::map<std::string, Json> groups;
  for (const auto& [path, terms] : fields) {
    Json group{{"treatment", redaction::to_json(terms.treatment)}, {"takes", terms.takes}};
    for (const auto& [type, treatment] : terms.by_type) {
      group["by_type"][std::string(dictionary::name(type))] = redaction::to_json(treatment);
    }
    if (format == TermsFormat::with_classes) {
      group["class"] = dictionary::name(terms.cls);
      group["looked_for"] = terms.looked_for;
    }
    Json& stored = groups.try_emplace(core::to_text(group), group).first->second;
    stored["paths"].push_back(path);
  }
  Json out = Json::array();
  for (auto& [text, group] : groups) out.push_back(std::move(group));
  return out;
}

Json roles_of(const Terms& terms) {
  Json out{{"event", terms.event}};
  if (!terms.period_start.empty()) out["period_start"] = terms.period_start;
  if (!terms.period_end.empty()) out["period_end"] = terms.period_end;
  return out;
}

/// Lists of words, each written once: terms name theirs by its index.
using WordLists = std::vector<std::set<std::string>>;

std::size_t index_in(WordLists& lists, const std::set<std::string>& words) {
  const auto at = std::find(lists.begin(), lists.end(), words);
  if (at != lists.end()) return static_cast<std::size_t>(at - lists.begin());
  lists.push_back(words);
  return lists.size() - 1;
}

Json to_json(const Terms& terms, WordLists& lists) {
  const auto format = terms.has_classes ? TermsFormat::with_classes : TermsFormat::without_classes;
  Json out{{"disposition", name(terms.disposition)},
           {"recipients", terms.recipients},
           {"destinations", terms.destinations},
           {"twins", terms.keeps_twins ? "keep" : "drop"}};
  if (terms.holds_copies) out["copies"] = "hold";
  if (!terms.words.empty()) out["words"] = index_in(lists, terms.words);
  if (!terms.approvals.none()) out["approvals"] = to_json(terms.approvals);
  if (terms.has_classes) {
    if (terms.twins != dictionary::Twins{}) {
      out["twins_are"] = {{"under", terms.twins.under}, {"separator", terms.twins.separator}};
    }
    if (terms.document != report::Document::object) out["document"] = report::name(terms.document);
    out["roles"] = roles_of(terms);
  } else {
    out["classes"] = "unknown";
  }
  out["values"] = to_json(terms.values, format);
  out["keys"] = to_json(terms.keys, format);
  return out;
}

/// Reads distinct texts. They may have any length, since those of a dictionary may.
std::vector<std::string> list_in(Members& in, std::string_view member) {
  std::vector<std::string> out;
  const Json* list = in.array(member, ceiling_maximum);
  if (list == nullptr) return out;
  std::set<std::string> seen;
  for (const Json& item : *list) {
    if (!item.is_string() || !seen.insert(item.get<std::string>()).second) {
      in.refuse(member, "must be a list of distinct strings");
      return out;
    }
    out.push_back(item.get<std::string>());
  }
  return out;
}

std::set<std::string> set_in(Members& in, std::string_view member) {
  const auto list = list_in(in, member);
  return {list.begin(), list.end()};
}

/// Reads a text. It may have any length, since a dictionary's paths may.
std::string text_in(Members& in, std::string_view member) {
  const Json* text = in.any(member);
  if (text == nullptr || !text->is_string()) {
    in.refuse(member, "must be a string");
    return {};
  }
  return text->get<std::string>();
}

std::string text_in_if(Members& in, std::string_view member) {
  return in.has(member) ? text_in(in, member) : std::string();
}

Result<std::map<dictionary::Type, redaction::Treatment>> by_type_from(const Json& json, std::string_view name,
                                                                      const std::string& place) {
  std::map<dictionary::Type, redaction::Treatment> out;
  for (const auto& [word, treatment] : json.items()) {
    const auto type = dictionary::type_from(word);
    if (!type) return core::fail(core::Code::bad_input, quote(name) + ": " + quote(place) + ": names no type");
    AIRLOCK_TRY(out[*type], redaction::treatment_from(treatment, name, place));
  }
  return out;
}

Result<Fields> fields_from(const Json& groups, std::string_view name, const std::string& path, TermsFormat format) {
  Fields out;
  std::size_t index = 0;
  for (const Json& group : groups) {
    const std::string place = path + "/" + std::to_string(index++);
    Members in(group, name, place);
    FieldTerms terms;
    const Json* treatment = in.object("treatment");
    terms.takes = list_in(in, "takes");
    if (format == TermsFormat::with_classes) {
      const auto cls = dictionary::class_from(text_in(in, "class"));
      if (!cls) in.refuse("class", "is not a class");
      terms.cls = cls.value_or(terms.cls);
      terms.looked_for = set_in(in, "looked_for");
    }
    const auto paths = set_in(in, "paths");
    const Json* by_type = in.has("by_type") ? in.object("by_type") : nullptr;
    AIRLOCK_CHECK(in.finish());
    AIRLOCK_TRY(terms.treatment, redaction::treatment_from(*treatment, name, in.path_of("treatment")));
    if (by_type != nullptr) {
      AIRLOCK_TRY(terms.by_type, by_type_from(*by_type, name, in.path_of("by_type")));
    }
    for (const std::string& field : paths) {
      if (!out.emplace(field, terms).second) {
        return core::fail(core::Code::bad_input, quote(name) + ": " + quote(place) + ": names a path twice");
      }
    }
  }
  return out;
}

Result<WordLists> word_lists_from(Members& in) {
  WordLists out;
  const Json* lists = in.array_if("words", ceiling_maximum);
  if (lists == nullptr) return out;
  for (const Json& list : *lists) {
    std::set<std::string> words;
    for (const Json& word : list) {
      if (!list.is_array() || !word.is_string() || !words.insert(word.get<std::string>()).second) {
        in.refuse("words", "must be lists of distinct strings");
        return out;
      }
    }
    out.push_back(std::move(words));
  }
  return out;
}

Result<Terms> terms_from(const Json& json, std::string_view name, const std::string& path, bool knows_classes,
                         const WordLists& lists) {
  Members in(json, name, path);
  Terms out;
  out.disposition =
      disposition_from(in.word("disposition", {"send", "redact", "seal", "withhold"})).value_or(Disposition::withhold);
  out.recipients = set_in(in, "recipients");
  out.destinations = set_in(in, "destinations");
  out.keeps_twins = in.word("twins", {"keep", "drop"}) == "keep";
  out.approvals = approvals_from(in);
  if (in.has("copies")) out.holds_copies = in.word("copies", {"hold"}) == "hold";
  if (in.has("words") && !lists.empty()) {
    const auto last = static_cast<std::int64_t>(lists.size()) - 1;
    out.words = lists[static_cast<std::size_t>(in.integer("words", 0, last))];
  }
  out.has_classes = knows_classes && !in.has("classes");
  if (knows_classes && !out.has_classes) in.word("classes", {"unknown"});
  if (out.has_classes) {
    in.inner_if("twins_are", [&](Members& twins) {
      out.twins = {text_in(twins, "under"), text_in(twins, "separator")};
    });
    if (in.has("document")) {
      out.document = report::document_from(in.word("document", {"array", "lines"})).value_or(out.document);
    }
    in.inner("roles", [&](Members& roles) {
      out.event = text_in(roles, "event");
      out.period_start = text_in_if(roles, "period_start");
      out.period_end = text_in_if(roles, "period_end");
    });
  }
  const Json* values = in.array("values", ceiling_maximum);
  const Json* keys = in.array("keys", ceiling_maximum);
  AIRLOCK_CHECK(in.finish());
  const auto format = out.has_classes ? TermsFormat::with_classes : TermsFormat::without_classes;
  AIRLOCK_TRY(out.values, fields_from(*values, name, path + "/values", format));
  AIRLOCK_TRY(out.keys, fields_from(*keys, name, path + "/keys", format));
  return out;
}

}  // namespace

Json to_json(const Ceiling& ceiling) {
  std::vector<const Terms*> distinct;
  WordLists words;
  Json events = Json::object();
  Json list = Json::array();
  bool asks_for_none = true;
  for (const auto& [event, terms] : ceiling) {
    asks_for_none = asks_for_none && terms.approvals.none();
    std::size_t at = 0;
    while (at < distinct.size() && !(*distinct[at] == terms)) ++at;
    if (at == distinct.size()) {
      distinct.push_back(&terms);
      list.push_back(to_json(terms, words));
    }
    events[event] = at;
  }
  const bool fits = words.empty() && asks_for_none;
  Json out{{"format", fits ? format_2 : format_3}, {"events", events}, {"terms", list}};
  if (!words.empty()) out["words"] = words;
  return out;
}

Result<Ceiling> ceiling_from(const Json& json, std::string_view name) {
  Members in(json, name, "/ceiling");
  const bool knows_classes = in.has("format");
  if (knows_classes) {
    if (const std::string format = text_in(in, "format"); format != format_2 && format != format_3) {
      return core::fail(
          core::Code::integrity,
          quote(name) + ": the ceiling is of format " + quote(format) + ", which this release cannot read",
          "upgrade airlock");
    }
  }
  const Json* events = in.object("events");
  const Json* list = in.array("terms", ceiling_maximum);
  AIRLOCK_TRY(const WordLists words, word_lists_from(in));
  AIRLOCK_CHECK(in.finish());
  std::vector<Terms> terms;
  for (const Json& item : *list) {
    AIRLOCK_TRY(auto read,
                terms_from(item, name, "/ceiling/terms/" + std::to_string(terms.size()), knows_classes, words));
    terms.push_back(std::move(read));
  }
  Ceiling out;
  for (const auto& [event, at] : events->items()) {
    if (!at.is_number_unsigned() || at.get<std::size_t>() >= terms.size()) {
      return core::fail(core::Code::bad_input,
                        quote(name) + ": `/ceiling/events`: names terms that the entry does not have");
    }
    out.emplace(event, terms[at.get<std::size_t>()]);
  }
  return out;
}

}  // namespace airlock::policy
