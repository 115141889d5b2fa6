#include "policy/also_new.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

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

/// The steps of a path, as written.
std::vector<std::string_view> steps_of(std::string_view path) {
  return parts_of(path.substr(path.empty() ? 0 : 1), '/');
}

/// Whether one path may be equal to, above or below the other. A `*` of the declared path may stand for any step.
bool are_related(std::string_view path, std::string_view declared) {
  const auto ours = steps_of(path);
  const auto theirs = steps_of(declared);
  for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
    if (theirs[i] != "*" && theirs[i] != ours[i]) return false;
  }
  return true;
}

/// Whether the path, or a container around it, has a name that may be a twin's.
bool leads_to_twin(std::string_view path, const dictionary::Twins& twins) {
  return path.starts_with(twins.under + "/") &&
         may_be_twin(twins, twins.under, steps_of(path.substr(twins.under.size())).front());
}

bool covers(const AlsoNew& consent, const FieldTerms& terms) {
  return consent.cls == terms.cls && !terms.takes.empty() &&
         std::all_of(terms.takes.begin(), terms.takes.end(),
                     [&](const std::string& take) { return consent.types.contains(type_of(take)); });
}

bool is_covered(const std::string& path, const FieldTerms& terms, const Terms& ceiling, const Consent& consent) {
  const auto steps = steps_of(path);
  return std::find(steps.begin(), steps.end(), "*") == steps.end() && !leads_to_twin(path, ceiling.twins) &&
         std::any_of(consent.to.begin(), consent.to.end(), [&](const auto& one) { return covers(one, terms); }) &&
         std::none_of(consent.declared.begin(), consent.declared.end(),
                      [&](const std::string& declared) { return are_related(path, declared); });
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

std::vector<std::string> admit(Ceiling& ceiling, const Ceiling& decisions, const Consent& consent) {
  std::set<std::string> out;
  for (auto& [event, terms] : ceiling) {
    const auto decision = decisions.find(event);
    if (decision == decisions.end() || !terms.has_classes || nowhere_looser(decision->second, terms)) continue;
    Terms extended = terms;
    std::vector<std::string> paths;
    for (const auto& [path, value] : decision->second.values) {
      if (terms.values.contains(path) || !is_covered(path, value, terms, consent)) continue;
      extended.values.emplace(path, value);
      paths.push_back(path);
    }
    if (paths.empty() || !nowhere_looser(decision->second, extended)) continue;
    terms = std::move(extended);
    out.insert(paths.begin(), paths.end());
  }
  return {out.begin(), out.end()};
}

}  // namespace airlock::policy
