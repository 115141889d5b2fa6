#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "gate/process.hpp"
#include "present.hpp"
#include "supervise.hpp"

namespace airlock::tools {
namespace explain_command {

using core::Json;

/// One declared datum and what the decision does to it.
struct Line {
  const dictionary::Field* field;
  bool of_key;
  dictionary::Class cls;
  redaction::Treatment treatment;
  std::vector<std::string> because;  ///< where the redactions stand that have a say
};

std::vector<std::string> places(const redaction::Plan& plan, const std::vector<redaction::Reason>& reasons) {
  std::vector<std::string> out;
  for (const auto& reason : reasons) {
    std::string place = plan.redactions()[reason.redaction].place;
    if (reason.fell_back) place += ", which fits no type of it and so drops it";
    if (std::find(out.begin(), out.end(), place) == out.end()) out.push_back(std::move(place));
  }
  return out;
}

/// `stays as it is`, `is dropped`, …
std::string sentence_of(const redaction::Treatment& treatment) {
  using redaction::Action;
  switch (treatment.action) {
    case Action::keep:
      return "stays as it is";
    case Action::drop:
      return "is dropped";
    case Action::mask:
      return "is masked";
    case Action::pseudonymise:
      return "is replaced by a pseudonym";
    case Action::host_to_domain:
      return "is cut to its domain";
    case Action::suppress_below:
      return "is dropped where it is below " + std::to_string(treatment.threshold);
    default:
      return "is coarsened: " + redaction::describe(treatment);
  }
}

std::vector<Line> lines_of(const gate::Preview& preview) {
  std::vector<Line> out;
  if (!preview.result.prepared.plan) return out;
  const auto& plan = *preview.result.prepared.plan;
  const auto& fields = preview.inputs.kit->dictionary.fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].key) {
      out.push_back({&fields[i], true, fields[i].key->cls, plan.key(i), places(plan, plan.key_reasons(i))});
    }
    if (fields[i].cls) {
      out.push_back({&fields[i], false, *fields[i].cls, plan.value(i), places(plan, plan.value_reasons(i))});
    }
  }
  return out;
}

Json to_json(const gate::Preview& preview) {
  Json out = tools::to_json(preview.result);
  const gate::Prepared& prepared = preview.result.prepared;
  out["because"] = prepared.decision ? Json(policy::explain(*prepared.decision, prepared.facts)) : Json::array();
  if (prepared.plan) {
    out["undeclared"] = prepared.plan->undeclared() == redaction::Undeclared::refuse ? "refuse" : "drop";
    out["twins"] = prepared.plan->redacts() ? "drop" : "keep";
  }
  Json treatments = Json::array();
  for (const Line& line : lines_of(preview)) {
    treatments.push_back({{"path", line.field->path},
                          {"of", line.of_key ? "key" : "value"},
                          {"class", dictionary::name(line.cls)},
                          {"treatment", redaction::describe(line.treatment)},
                          {"because", line.because},
                          {"purpose", line.field->purpose},
                          {"about", line.field->about}});
  }
  out["treatments"] = treatments;
  return out;
}

void show(const console::Console& console, const gate::Preview& preview) {
  const gate::Processed& result = preview.result;
  const gate::Prepared& prepared = result.prepared;
  console.say("this report would be " + result.outcome);
  if (prepared.decision) {
    for (const std::string& sentence : policy::explain(*prepared.decision, prepared.facts))
      console.say("  " + sentence);
  }
  if (!result.message.empty() && result.exit != 0) console.say("  " + result.message);
  if (!prepared.plan) return;
  console.say(std::string("what is undeclared or ill-typed: ") +
              (prepared.plan->undeclared() == redaction::Undeclared::refuse ? "refuses the report" : "is dropped"));
  console.say(std::string("twins, the flattened copies of declared fields: ") +
              (prepared.plan->redacts() ? "are dropped" : "are kept"));
  std::map<dictionary::Class, std::vector<Line>> by_class;
  for (const Line& line : lines_of(preview)) by_class[line.cls].push_back(line);
  for (const auto& [cls, lines] : by_class) {
    console.say("class " + std::string(dictionary::name(cls)));
    // What happens to several for the same reasons is said once.
    std::map<std::pair<std::string, std::vector<std::string>>, std::vector<const Line*>> alike;
    for (const Line& line : lines) alike[{sentence_of(line.treatment), line.because}].push_back(&line);
    for (const auto& [what, same] : alike) {
      for (const Line* line : same) {
        console.say("  " + line->field->path + (line->of_key ? " (the key) " : " ") + what.first +
                    (line->field->about.empty() ? "" : " (" + line->field->about + ")"));
      }
      for (const std::string& place : what.second) console.say("    because of " + place);
    }
  }
  if (prepared.redacted) console.say("in this report: " + in_words(result.redactions));
  const auto copies = copies_in_words(prepared);
  if (!copies.empty()) console.say("copies of what is taken out, which go with their members");
  for (const std::string& line : copies) console.say("  " + line);
}

int print(Context& context, Worker& worker) {
  const auto preview = gate::preview(context.site, worker.input(), {});
  if (!preview) return context.console.report(preview.error());
  if (context.console.json()) {
    context.console.print(to_json(*preview));
  } else {
    show(context.console, *preview);
  }
  return preview->result.exit;
}

int run(Context& context, const std::string& report) {
  return in_worker(context, {.report = report}, [&](Worker& worker) { return print(context, worker); });
}

}  // namespace explain_command

void add_explain(Context& context) {
  using namespace explain_command;
  auto report = std::make_shared<std::string>();
  context.console
      .command("explain", "the decision for a report, its rules, and the treatment of each field",
               "  airlock explain status_report.json\n"
               "  airlock explain status_report.json --json | jq '.treatments[] | select(.class == \"person\")'",
               [&context, report] { return run(context, *report); })
      .exits({{3, "the report would be refused: no JSON, or over a limit"},
              {4, "the report would be held, or refused: nothing would leave"}})
      .text("REPORT", *report, "the report, or - for standard input", console::Need::required);
}

}  // namespace airlock::tools
