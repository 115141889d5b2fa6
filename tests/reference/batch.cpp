// Decides and redacts what stands on standard input, one JSON document a line, and answers with one a line: what the
// second implementation (reference.py) is compared with.
//
//     {"policy": text, "dictionary": text, "facts": {…}, "redact_also": […], "report": text}
//     {"refused": "dictionary" | "policy" | "report"}  or  {"disposition": …, "profiles": […], "rules": […],
//      "by_exception": …, "output": text}
//
// With `"scan": true` the leak scan looks too: `output` is without copies, and `copies` has what they were. `"words"`
// is the text of a list of words for it. With
// `"data": true` the answer has `data`, [place, what, action, becomes] of each datum.

#include <iostream>
#include <nlohmann/json.hpp>

#include "core/io.hpp"
#include "core/json.hpp"
#include "policy/policy.hpp"
#include "prover/cases.hpp"
#include "redaction/copies.hpp"
#include "redaction/fates.hpp"
#include "redaction/filter.hpp"
#include "redaction/leak_scan.hpp"

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

/// Puts the output without copies into `out`. Returns which tokens of the output they were.
std::optional<std::vector<std::uint64_t>> without_copies(const std::string& output,
                                                         const dictionary::Dictionary& dictionary,
                                                         const redaction::Plan& plan,
                                                         const redaction::LookedFor& looked_for, Json& out) {
  const crypto::Secret key(std::string(16, 'f'));
  const core::MemoryBlob leaving(output);
  const auto copies = redaction::scan({leaving, {}, {}}, dictionary, plan, looked_for, {}, key);
  core::StringSink left(report::report_bytes_maximum);
  if (!copies || !redaction::write_without(leaving, dictionary.document(), copies->places, {}, key, left)) {
    out["refused"] = "scan";
    out["message"] = copies ? "cannot be written without copies" : copies.error().message;
    return std::nullopt;
  }
  out["output"] = left.take();
  out["copies"] = Json::array();
  for (const redaction::Copied& copied : copies->found) {
    out["copies"].push_back({copied.path, copied.source, copied.count});
  }
  const auto tokens = redaction::token_numbers(leaving, dictionary.document(), copies->places, {}, key);
  return tokens ? std::optional(*tokens) : std::nullopt;
}

Json answer(const Json& question) {
  const auto text = question["dictionary"].get<std::string>();
  const auto& dictionary = dictionary_of(text);
  if (!dictionary) return {{"refused", "dictionary"}, {"message", dictionary.error().message}};
  const auto policy = policy::Policy::parse(question["policy"].get<std::string>(), "policy.json", *dictionary);
  if (!policy) return {{"refused", "policy"}, {"message", policy.error().message}};
  const Json one{{"format", "airlock-policy-case/1"},
                 {"name", "x"},
                 {"facts", question["facts"]},
                 {"expect", {{"disposition", "seal"}}}};
  auto facts = prover::read_case(core::to_text(one), "case.json");
  if (!facts) return {{"refused", "facts"}, {"message", facts.error().message}};
  const auto words = redaction::word_list_from(question.value("words", ""), "words.txt");
  if (!words) return {{"refused", "words"}, {"message", words.error().message}};
  facts->facts.redacts_also |= !words->empty();
  const auto decision = policy->decide(facts->facts);
  Json out{{"disposition", policy::name(decision.disposition)},
           {"profiles", decision.profiles},
           {"rules", decision.rules},
           {"by_exception", decision.withheld_by_exception}};
  auto plan = policy->plan(decision, *dictionary, facts->redact_also);
  if (!plan) return {{"refused", "plan"}, {"message", plan.error().message}};
  if (!words->empty()) plan->take_words_out();
  const std::string report = question["report"];
  const crypto::Secret pseudonyms(std::string(32, 'p'));
  const crypto::Secret fingerprints(std::string(16, 'f'));
  core::StringSink sink(report::report_bytes_maximum);
  const auto redacted =
      redaction::redact(core::MemoryBlob(report), *dictionary, *plan, pseudonyms, {}, fingerprints, sink);
  std::vector<std::uint64_t> copied;
  if (!redacted) {
    out["refused"] = "report";
    out["message"] = redacted.error().message;
  } else if (std::string output = sink.take(); !question.value("scan", false)) {
    out["output"] = std::move(output);
  } else if (const auto left = without_copies(output, *dictionary, *plan, {*redacted->taken, *words}, out)) {
    copied = *left;
  }
  if (!question.value("data", false)) return out;
  const auto fates = redaction::fates(core::MemoryBlob(report), *dictionary, *plan, pseudonyms, {}, fingerprints,
                                      {.maximum = SIZE_MAX, .misfits_only = false, .copied = copied});
  if (!fates) return {{"refused", "data"}, {"message", fates.error().message}};
  out["data"] = Json::array();
  for (const redaction::Fate& fate : *fates) {
    for (const redaction::Datum& datum : fate.data) {
      out["data"].push_back({datum.place, fate.what, fate.action, datum.becomes});
    }
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
