#include "redaction/profile.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "core/members.hpp"
#include "core/text.hpp"
#include "redaction/selector.hpp"

namespace airlock::redaction {
namespace {

using core::Calendar;
using core::Members;
using core::quote;

/// The actions that a document may ask for. `keep` is not one of them: it is the absence of a redaction.
constexpr std::array actions{
    Action::drop,        Action::mask,          Action::pseudonymise,     Action::suppress_below, Action::round,
    Action::truncate_ip, Action::truncate_time, Action::truncate_version, Action::host_to_domain};
constexpr std::int64_t figure_maximum = 1'000'000'000'000;  // the largest threshold and multiple

std::optional<Action> action_from(std::string_view text) {
  for (const Action action : actions) {
    if (name(action) == text) return action;
  }
  return std::nullopt;
}

Treatment read_treatment(Members& in) {
  const std::string word = in.text("do");
  const auto action = action_from(word);
  if (!action) {
    std::string known;
    for (const Action each : actions) known += (known.empty() ? "" : ", ") + quote(name(each));
    in.refuse("do", "is " + quote(word) + ", which this version does not know; it knows " + known);
    return {};
  }
  Treatment out{.action = *action};
  if (*action == Action::truncate_ip) {
    out.v4_bits = static_cast<int>(in.integer("v4", 0, 32));
    out.v6_bits = static_cast<int>(in.integer("v6", 0, 128));
  } else if (*action == Action::truncate_time) {
    const std::string to = in.word("to", {"day", "week", "month"});
    out.calendar = to == "month" ? Calendar::month : to == "week" ? Calendar::week : Calendar::day;
  } else if (*action == Action::suppress_below) {
    out.threshold = in.integer("k", 1, figure_maximum);
  } else if (*action == Action::round) {
    if (in.has("to") == in.has("significant")) in.refuse("", "must have either `to` or `significant`");
    out.multiple = in.integer_if("to", 2, figure_maximum).value_or(0);
    out.digits = static_cast<int>(in.integer_if("significant", 1, 15).value_or(0));
  } else if (*action == Action::truncate_version) {
    out.version_part = in.word("to", {"major", "minor"}) == "major" ? VersionPart::major : VersionPart::minor;
  }
  return out;
}

void read_class(Members& in, Redaction& out) {
  const std::string word = in.text("class");
  out.cls = dictionary::class_from(word);
  if (!out.cls) in.refuse("class", "is " + quote(word) + ", which is not a class");
  if (!in.has("type")) return;
  std::vector<std::string> words;
  if (const core::Json* type = in.any("type"); type != nullptr && type->is_string()) {
    words.push_back(in.text("type"));
  } else {
    words = in.texts("type", dictionary::type_count);
    if (in.ok() && words.empty()) in.refuse("type", "is an empty list");
  }
  for (const std::string& each : words) {
    const auto type = dictionary::type_from(each);
    if (!type) return in.refuse("type", "is " + quote(each) + ", which is not a type");
    out.types.push_back(*type);
  }
}

void read_path(Members& in, Redaction& out) {
  out.path = in.text("path");
  if (const auto selector = PathSelector::parse(out.path); !selector) in.refuse("path", selector.error().message);
  if (in.has("of")) out.of_key = !in.word("of", {"key"}).empty();
}

}  // namespace

Result<Redaction> redaction_from(const core::Json& json, std::string_view document, std::string place) {
  Redaction out;
  out.place = quote(document) + ": " + quote(place);
  Members in(json, document, std::move(place));
  if (in.has("class") == in.has("path")) in.refuse("", "must have either `class` or `path`");
  if (in.has("class")) {
    read_class(in, out);
  } else {
    read_path(in, out);
  }
  out.treatment = read_treatment(in);
  AIRLOCK_CHECK(in.finish());
  return out;
}

std::string selection_of(const Redaction& redaction) {
  if (!redaction.cls) return (redaction.of_key ? "the keys of " : "") + quote(redaction.path);
  std::string types;
  for (const dictionary::Type type : redaction.types) {
    types += (types.empty() ? " of type " : " or ") + quote(dictionary::name(type));
  }
  return "class " + quote(dictionary::name(*redaction.cls)) + types;
}

core::Json selection_json(const Redaction& redaction) {
  core::Json out = core::Json::object();
  if (!redaction.cls) {
    out["path"] = redaction.path;
    if (redaction.of_key) out["of"] = "key";
    return out;
  }
  out["class"] = dictionary::name(*redaction.cls);
  for (const dictionary::Type type : redaction.types) out["type"].push_back(dictionary::name(type));
  return out;
}

core::Json to_json(const Treatment& treatment) {
  core::Json out{{"do", name(treatment.action)}};
  switch (treatment.action) {
    case Action::truncate_ip:
      out["v4"] = treatment.v4_bits;
      out["v6"] = treatment.v6_bits;
      break;
    case Action::truncate_time:
      out["to"] = treatment.calendar == Calendar::month  ? "month"
                  : treatment.calendar == Calendar::week ? "week"
                                                         : "day";
      break;
    case Action::truncate_version:
      out["to"] = treatment.version_part == VersionPart::major ? "major" : "minor";
      break;
    case Action::suppress_below:
      out["k"] = treatment.threshold;
      break;
    case Action::round:
      if (treatment.digits != 0) {
        out["significant"] = treatment.digits;
      } else {
        out["to"] = treatment.multiple;
      }
      break;
    case Action::keep:
    case Action::host_to_domain:
    case Action::pseudonymise:
    case Action::mask:
    case Action::drop:
      break;
  }
  return out;
}

Result<Treatment> treatment_from(const core::Json& json, std::string_view document, std::string place) {
  Members in(json, document, std::move(place));
  Treatment out;
  const bool keeps = in.has("do") && *in.any("do") == name(Action::keep);
  if (!keeps) out = read_treatment(in);
  AIRLOCK_CHECK(in.finish());
  return out;
}

}  // namespace airlock::redaction
