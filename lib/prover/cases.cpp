#include "prover/cases.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "policy/document.hpp"
#include "policy/names.hpp"

namespace airlock::prover {
namespace {

using core::Json;
using core::LicenceState;
using core::Members;
using core::quote;
using core::Result;
using policy::contains;
using policy::Decision;
using policy::Disposition;
using policy::Floor;
using policy::KitAge;
using policy::Policy;
using policy::Rule;
using redaction::Undeclared;

constexpr std::size_t treatments_limit = 10'000;

Disposition read_disposition(Members& in, std::string_view member) {
  return policy::disposition_from(in.word(member, {"send", "redact", "seal", "withhold"}))
      .value_or(Disposition::withhold);
}

void read_facts(Members& in, Case& out) {
  out.facts.tier = in.text_if("tier");
  const std::string state = in.text("licence");
  const auto licence = core::licence_state(state);
  if (in.ok() && !licence) in.refuse("licence", quote(state) + " is not a licence state");
  out.facts.licence = licence.value_or(LicenceState::invalid);
  out.facts.entitlements = in.texts_if("entitlements", policy::entitlements_limit);
  out.facts.event = in.text("event");
  if (in.has("kit")) out.facts.kit = policy::kit_age_from(in.word("kit", {"current", "stale"})).value_or(KitAge::stale);
  in.each_if("floors", 8, [&](Members& floor) {
    out.facts.floors.push_back({floor.text("source"), read_disposition(floor, "at_least")});
  });
  if (const Json* also = in.array_if("redact_also", policy::redactions_limit)) {
    out.redact_also_text = core::to_text(*also);
    for (std::size_t i = 0; in.ok() && i < also->size(); ++i) {
      auto read = redaction::redaction_from((*also)[i], in.name(), in.path_of("redact_also") + "/" + std::to_string(i));
      if (!read) {
        in.refuse(std::move(read).error());
      } else {
        out.redact_also.push_back(std::move(*read));
      }
    }
  }
  out.facts.redacts_also = !out.redact_also.empty();
}

void read_expectation(Members& in, const Json& json, Expectation& out) {
  if (json.empty()) in.refuse("", "expects nothing");
  if (in.has("disposition")) out.disposition = read_disposition(in, "disposition");
  out.by_exception = in.boolean_if("by_exception");
  if (in.has("rules")) out.rules = in.texts("rules", policy::rules_limit);
  if (in.has("profiles")) out.profiles = in.texts("profiles", policy::profiles_limit);
  if (in.has("undeclared")) {
    out.undeclared = in.word("undeclared", {"drop", "refuse"}) == "drop" ? Undeclared::drop : Undeclared::refuse;
  }
  in.each_if("treatments", treatments_limit, [&](Members& one) {
    const bool of_key = one.has("of") && !one.word("of", {"key"}).empty();
    out.treatments.push_back({one.text("path"), of_key, one.text("treatment")});
  });
}

std::string word_of(Undeclared undeclared) { return undeclared == Undeclared::drop ? "drop" : "refuse"; }

std::string in_order(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  std::string out;
  for (const auto& each : names) out += (out.empty() ? "" : ", ") + quote(each);
  return out.empty() ? "none" : out;
}

/// Compares what a case expects with the decision, one expectation after another.
class Comparison {
 public:
  explicit Comparison(CaseOutcome& out) : out_(out) {}

  void compare(const std::string& what, const std::string& expected, const std::string& found) {
    if (expected != found) out_.differences.push_back(what + ": expected " + expected + ", found " + found);
  }

  void compare(const ExpectedTreatment& expected, const redaction::Plan& plan,
               const dictionary::Dictionary& dictionary) {
    const std::string what = quote(expected.path) + (expected.of_key ? " (the key)" : "");
    const auto field = dictionary.find(expected.path);
    const bool is_there = field && (expected.of_key ? dictionary.fields()[*field].key.has_value()
                                                    : dictionary.fields()[*field].cls.has_value());
    if (!is_there) {
      out_.differences.push_back(what + " is not declared by the dictionary");
      return;
    }
    const auto& treatments = expected.of_key ? plan.key(*field) : plan.value(*field);
    compare(what, quote(expected.treatment), quote(redaction::describe(treatments)));
    for (const auto& reason : expected.of_key ? plan.key_reasons(*field) : plan.value_reasons(*field)) {
      out_.redactions.insert(plan.redactions()[reason.redaction].place);
    }
  }

 private:
  CaseOutcome& out_;
};

}  // namespace

Result<Case> read_case(std::string_view text, std::string_view name) {
  AIRLOCK_TRY(const Json json, core::parse_json(text, name, {.bytes = case_bytes_limit}));
  Case out;
  Members in(json, name, "");
  in.format("airlock-policy-case/1");
  out.name = in.text("name");
  out.about = in.text_if("about").value_or("");
  in.inner("facts", [&](Members& facts) { read_facts(facts, out); });
  const Json* expect = in.object("expect");
  in.inner("expect", [&](Members& part) { read_expectation(part, *expect, out.expect); });
  AIRLOCK_CHECK(in.finish());
  return out;
}

std::string to_document(const Case& value) {
  Json facts = Json::object();
  if (value.facts.tier) facts["tier"] = *value.facts.tier;
  facts["licence"] = core::name(value.facts.licence);
  if (!value.facts.entitlements.empty()) facts["entitlements"] = value.facts.entitlements;
  facts["event"] = value.facts.event;
  if (value.facts.kit == KitAge::stale) facts["kit"] = name(value.facts.kit);
  for (const Floor& floor : value.facts.floors) {
    facts["floors"].push_back({{"source", floor.source}, {"at_least", policy::name(floor.at_least)}});
  }
  if (!value.redact_also_text.empty()) facts["redact_also"] = Json::parse(value.redact_also_text);
  Json expect = Json::object();
  if (value.expect.disposition) expect["disposition"] = policy::name(*value.expect.disposition);
  if (value.expect.by_exception) expect["by_exception"] = *value.expect.by_exception;
  if (value.expect.rules) expect["rules"] = *value.expect.rules;
  if (value.expect.profiles) expect["profiles"] = *value.expect.profiles;
  if (value.expect.undeclared) expect["undeclared"] = word_of(*value.expect.undeclared);
  for (const auto& each : value.expect.treatments) {
    Json one{{"path", each.path}};
    if (each.of_key) one["of"] = "key";
    one["treatment"] = each.treatment;
    expect["treatments"].push_back(std::move(one));
  }
  Json out{{"format", "airlock-policy-case/1"}, {"name", value.name}};
  if (!value.about.empty()) out["about"] = value.about;
  out["facts"] = std::move(facts);
  out["expect"] = std::move(expect);
  return core::to_pretty_text(out);
}

CaseOutcome run_case(const Case& value, const Policy& policy, const dictionary::Dictionary& dictionary) {
  CaseOutcome out;
  Comparison comparison(out);
  if (!contains(dictionary.events(), value.facts.event)) {
    out.differences.push_back(quote(value.facts.event) + " is not an event of the dictionary");
    return out;
  }
  const Decision decision = policy.decide(value.facts);
  out.rules = decision.rules;
  const Expectation& expect = value.expect;
  if (expect.disposition) {
    comparison.compare("disposition", quote(name(*expect.disposition)), quote(name(decision.disposition)));
  }
  if (expect.by_exception) {
    const auto word = [](bool is) { return is ? std::string("yes") : std::string("no"); };
    comparison.compare("withheld by exception", word(*expect.by_exception), word(decision.withheld_by_exception));
  }
  if (expect.rules) comparison.compare("rules", in_order(*expect.rules), in_order(decision.rules));
  if (expect.profiles) comparison.compare("profiles", in_order(*expect.profiles), in_order(decision.profiles));
  const auto plan = policy.plan(decision, dictionary, value.redact_also);
  if (!plan) {
    out.differences.push_back(plan.error().message);
    return out;
  }
  if (expect.undeclared)
    comparison.compare("undeclared", quote(word_of(*expect.undeclared)), quote(word_of(plan->undeclared())));
  for (const auto& each : expect.treatments) comparison.compare(each, *plan, dictionary);
  return out;
}

Coverage coverage_of(const std::vector<CaseOutcome>& outcomes, const Policy& policy) {
  std::set<std::string> rules;
  std::set<std::string> redactions;
  for (const auto& outcome : outcomes) {
    rules.insert(outcome.rules.begin(), outcome.rules.end());
    redactions.insert(outcome.redactions.begin(), outcome.redactions.end());
  }
  Coverage out;
  for (const Rule& rule : policy.document().rules) {
    ++out.rules;
    if (!rules.contains(rule.id)) out.untested_rules.push_back(rule.id);
  }
  std::set<std::string> places;  // one place for each redaction, however many profiles extend its profile
  for (const auto& [name, profile] : policy.document().profiles) {
    for (const auto& redaction : profile.redactions) places.insert(redaction.place);
  }
  out.redactions = places.size();
  for (const auto& place : places) {
    if (!redactions.contains(place)) out.untested_redactions.push_back(place);
  }
  return out;
}

}  // namespace airlock::prover
