// Decides and redacts what stands on standard input, one JSON document a line, and answers with one a line: what the
// second implementation (reference.py) is compared with.
//
//     {"policy": text, "dictionary": text, "facts": {…}, "redact_also": […], "report": text}
//     {"refused": "dictionary" | "policy" | "report"}  or  {"disposition": …, "profiles": […], "rules": […],
//      "by_exception": …, "output": text}

#include <iostream>
#include <nlohmann/json.hpp>

#include "core/io.hpp"
#include "policy/cases.hpp"
#include "policy/policy.hpp"
#include "redaction/filter.hpp"

namespace {

using namespace airlock;
using core::Json;

using Read = std::pair<core::Result<dictionary::Dictionary>, std::string>;

/// Parsed again only where it is another than before: the shipped one is asked about a thousand times.
const core::Result<dictionary::Dictionary>& dictionary_of(const std::string& text) {
  static Read last{dictionary::Dictionary::parse("", "none"), ""};
  if (last.second != text) last = {dictionary::Dictionary::parse(text, "dictionary.json"), text};
  return last.first;
}

Json answer(const Json& question) {
  const auto& dictionary = dictionary_of(question["dictionary"].get<std::string>());
  if (!dictionary) return {{"refused", "dictionary"}, {"message", dictionary.error().message}};
  const auto policy = policy::Policy::parse(question["policy"].get<std::string>(), "policy.json", *dictionary);
  if (!policy) return {{"refused", "policy"}, {"message", policy.error().message}};
  const Json one{{"format", "airlock-policy-case/1"},
                 {"name", "x"},
                 {"facts", question["facts"]},
                 {"expect", {{"disposition", "seal"}}}};
  const auto facts = policy::read_case(core::to_text(one), "case.json");
  if (!facts) return {{"refused", "facts"}, {"message", facts.error().message}};
  const auto decision = policy->decide(facts->facts);
  Json out{{"disposition", policy::name(decision.disposition)},
           {"profiles", decision.profiles},
           {"rules", decision.rules},
           {"by_exception", decision.withheld_by_exception}};
  const auto plan = policy->plan(decision, *dictionary, facts->redact_also);
  if (!plan) return {{"refused", "plan"}, {"message", plan.error().message}};
  const std::string report = question["report"];
  core::StringSink sink(report::report_bytes_most);
  const auto redacted =
      redaction::redact(core::MemoryBlob(report), *dictionary, *plan, crypto::Secret(std::string(32, 'p')), {},
                        crypto::Secret(std::string(16, 'f')), sink);
  if (redacted) {
    out["output"] = sink.take();
  } else {
    out["refused"] = "report";
    out["message"] = redacted.error().message;
  }
  return out;
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << answer(Json::parse(line)).dump() << '\n' << std::flush;
  }
}
