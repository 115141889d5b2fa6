#include "policy/also_new.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/members.hpp"
#include "core/text.hpp"
#include "policy/field_terms.hpp"
#include "redaction/looked_for.hpp"

namespace airlock::policy {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;
using dictionary::Class;
using dictionary::Type;

constexpr std::string_view words_hint =
    "say for example `--also-new class=usage type=count,integer,boolean`, or `--also-new none` to take a consent back";

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::vector<AlsoNew> in_order(const std::map<Class, std::set<Type>>& consents) {
  std::vector<AlsoNew> out;
  for (const auto& [cls, types] : consents) out.push_back({cls, types});
  return out;
}

/// A step with a `*` may stand for any step. Paths write a literal `*` as `~2`.
bool is_free(std::string_view step) { return step.find('*') != step.npos; }

std::string_view first_step(std::string_view path) { return path.substr(1, path.find('/', 1) - 1); }
std::string_view last_step(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// Takes the first step off a path that begins with `/`.
std::string_view take_step(std::string_view& path) {
  const std::string_view step = first_step(path);
  path.remove_prefix(1 + step.size());
  return step;
}

/// Whether one path may be equal to, above or below the other.
bool are_related(std::string_view path, std::string_view declared) {
  while (!path.empty() && !declared.empty()) {
    const std::string_view ours = take_step(path);
    const std::string_view theirs = take_step(declared);
    if (!is_free(theirs) && theirs != ours) return false;
  }
  return true;
}

/// Whether the path, or a container around it, has a name that may be a twin's.
bool leads_to_twin(std::string_view path, const dictionary::Twins& twins) {
  return path.starts_with(twins.under + "/") &&
         may_be_twin(twins, twins.under, first_step(path.substr(twins.under.size())));
}

/// The last names of the paths whose values are of a class that nobody can consent to. A value with such a name at a
/// new path may be one of them that moved.
std::set<std::string_view> tell_tale_names(const Terms& terms) {
  std::set<std::string_view> out;
  for (const auto& [path, value] : terms.values) {
    const std::string_view name = last_step(path);
    if (redaction::is_tell_tale(value.cls) && !is_free(name)) out.insert(name);
  }
  return out;
}

/// The smallest consent that covers values with these terms, their few sentinels included; nothing if none may be
/// given.
std::optional<AlsoNew> smallest_for(const FieldTerms& terms) {
  if (terms.takes.empty() || redaction::is_tell_tale(terms.cls)) return std::nullopt;
  AlsoNew out{terms.cls, {}};
  for (const std::string& take : terms.takes) {
    if (!is_sentinel(take)) out.types.insert(type_of(take));
  }
  return out;
}

bool covers(const AlsoNew& consent, const AlsoNew& needed) {
  return consent.cls == needed.cls &&
         std::includes(consent.types.begin(), consent.types.end(), needed.types.begin(), needed.types.end());
}

}  // namespace

Result<std::vector<AlsoNew>> also_new_from_words(const std::vector<std::string>& words) {
  const auto refuse = [](const std::string& why) {
    return fail(Code::usage, "`--also-new`: " + why, std::string(words_hint));
  };
  if (words.size() == 1 && words.front() == "none") return std::vector<AlsoNew>{};
  if (words.empty() || words.size() % 2 != 0) return refuse("needs a class and its types");
  constexpr std::string_view class_prefix = "class=";
  constexpr std::string_view type_prefix = "type=";
  std::map<Class, std::set<Type>> out;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const std::string_view classes = words[i];
    const std::string_view types = words[i + 1];
    if (!classes.starts_with(class_prefix)) return refuse(quote(classes) + " does not begin with `class=`");
    if (!types.starts_with(type_prefix)) return refuse(quote(types) + " does not begin with `type=`");
    for (const auto cls_word : parts_of(classes.substr(class_prefix.size()), ',')) {
      const auto cls = dictionary::class_from(cls_word);
      if (!cls) return refuse(quote(cls_word) + " is not a class of values");
      if (redaction::is_tell_tale(*cls))
        return refuse("nobody can consent in advance to values of class " + quote(cls_word));
      for (const auto type_word : parts_of(types.substr(type_prefix.size()), ',')) {
        const auto type = dictionary::type_from(type_word);
        if (!type) return refuse(quote(type_word) + " is not a type of values");
        if (*type == Type::opaque) {
          return refuse("nobody can consent in advance to `opaque` values, which may hold anything");
        }
        out[*cls].insert(*type);
      }
    }
  }
  return in_order(out);
}

std::string text(const AlsoNew& consent) {
  std::string types;
  for (const Type type : consent.types) types += (types.empty() ? "" : ", ") + std::string(dictionary::name(type));
  return "class " + std::string(dictionary::name(consent.cls)) + ", of type " + types;
}

std::string as_typed(const AlsoNew& consent) {
  std::string types;
  for (const Type type : consent.types) types += (types.empty() ? "" : ",") + std::string(dictionary::name(type));
  return "class=" + std::string(dictionary::name(consent.cls)) + " type=" + types;
}

Json to_json(const std::vector<AlsoNew>& consents) {
  Json out = Json::array();
  for (const AlsoNew& consent : consents) {
    Json types = Json::array();
    for (const Type type : consent.types) types.push_back(dictionary::name(type));
    out.push_back({{"class", dictionary::name(consent.cls)}, {"types", std::move(types)}});
  }
  return out;
}

Result<std::vector<AlsoNew>> also_new_from(const Json& json, std::string_view name) {
  std::map<Class, std::set<Type>> out;
  const auto refuse = [&] { return fail(Code::bad_input, quote(name) + ": `/also_new`: is not a list of consents"); };
  if (!json.is_array()) return refuse();
  for (const Json& item : json) {
    core::Members in(item, name, "/also_new/" + std::to_string(out.size()));
    const auto cls = dictionary::class_from(in.text("class"));
    const auto types = in.texts("types", dictionary::class_count * dictionary::values_limit);
    AIRLOCK_CHECK(in.finish());
    if (!cls || types.empty() || out.contains(*cls)) return refuse();
    for (const std::string& word : types) {
      const auto type = dictionary::type_from(word);
      if (!type) return refuse();
      out[*cls].insert(*type);
    }
  }
  return in_order(out);
}

std::map<std::string, AlsoNew> coverable(const Terms& decision, const Terms& ceiling,
                                         const std::set<std::string>& declared) {
  std::map<std::string, AlsoNew> out;
  auto moved = tell_tale_names(ceiling);
  moved.merge(tell_tale_names(decision));
  for (const auto& [path, value] : decision.values) {
    if (ceiling.values.contains(path) || is_free(path) || leads_to_twin(path, ceiling.twins)) continue;
    if (moved.contains(last_step(path))) continue;
    const std::string& ours = path;  // clang 14 captures no structured bindings
    const auto consent = smallest_for(value);
    if (consent && std::none_of(declared.begin(), declared.end(),
                                [&](const std::string& theirs) { return are_related(ours, theirs); })) {
      out.emplace(path, *consent);
    }
  }
  return out;
}

void WouldCover::add(const WouldCover& other) {
  for (const Coverable& each : other.consents) {
    const auto same = std::find_if(consents.begin(), consents.end(),
                                   [&](const Coverable& one) { return one.consent == each.consent; });
    if (same == consents.end()) {
      consents.push_back(each);
    } else {
      same->paths.insert(each.paths.begin(), each.paths.end());
    }
  }
  suffices = suffices && other.suffices;
}

WouldCover would_cover(const Terms& decision, const Terms& ceiling, const std::set<std::string>& declared) {
  std::set<std::string> looser;
  for (const Loosening& difference : loosenings(decision, &ceiling)) looser.insert(difference.path);
  std::map<std::string, Coverable> consents;  // by their words
  std::vector<std::string> covered;
  for (const auto& [path, consent] : coverable(decision, ceiling, declared)) {
    if (!looser.contains(path)) continue;
    covered.push_back(path);
    Coverable& found = consents[as_typed(consent)];
    found.consent = consent;
    found.paths.insert(path);
  }
  WouldCover out;
  for (auto& [words, found] : consents) out.consents.push_back(std::move(found));
  out.suffices = nowhere_looser(decision, extended(ceiling, decision, covered));
  return out;
}

Terms extended(const Terms& ceiling, const Terms& decision, const std::vector<std::string>& paths) {
  Terms out = ceiling;
  for (const std::string& path : paths) out.values.emplace(path, decision.values.at(path));
  return out;
}

std::vector<std::string> admit(Ceiling& ceiling, const Ceiling& decisions, const Consent& consent) {
  std::set<std::string> out;
  for (auto& [event, terms] : ceiling) {
    const auto decision = decisions.find(event);
    if (decision == decisions.end() || !terms.has_classes || nowhere_looser(decision->second, terms)) continue;
    std::vector<std::string> paths;
    for (const auto& [path, needed] : coverable(decision->second, terms, consent.declared)) {
      const AlsoNew& smallest = needed;  // clang 14 captures no structured bindings
      if (std::any_of(consent.to.begin(), consent.to.end(), [&](const auto& one) { return covers(one, smallest); })) {
        paths.push_back(path);
      }
    }
    Terms raised = extended(terms, decision->second, paths);
    if (paths.empty() || !nowhere_looser(decision->second, raised)) continue;
    terms = std::move(raised);
    out.insert(paths.begin(), paths.end());
  }
  return {out.begin(), out.end()};
}

}  // namespace airlock::policy
