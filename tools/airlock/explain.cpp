#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "gate/process.hpp"
#include "present.hpp"
#include "preview.hpp"
#include "review/words.hpp"
#include "trial.hpp"

namespace airlock::tools {
namespace explain_command {

using core::Json;
using review::TreatedField;

Json fate_json(const dictionary::Dictionary& dictionary, const redaction::Fate& fate, bool values) {
  const auto cls = review::class_of(dictionary, fate);
  Json places = Json::array();
  for (const redaction::Datum& datum : fate.data) {
    Json place{{"place", datum.place}};
    if (!datum.reason.empty()) place["reason"] = datum.reason;
    if (values) {
      place["value"] = datum.value;
      if (!datum.becomes.empty()) place["becomes"] = datum.becomes;
    }
    places.push_back(std::move(place));
  }
  return {{"path", fate.path},     {"what", fate.what},   {"class", cls ? Json(dictionary::name(*cls)) : Json(nullptr)},
          {"action", fate.action}, {"count", fate.count}, {"places", places}};
}

std::vector<TreatedField> lines_of(const gate::Preview& preview) {
  const auto& plan = preview.result.prepared.plan;
  return plan ? review::treated_fields(*plan, preview.inputs.kit->dictionary) : std::vector<TreatedField>{};
}

Json to_json(const gate::Preview& preview, const std::vector<redaction::Fate>& fates, bool values) {
  Json out = tools::to_json(preview.result);
  const gate::Prepared& prepared = preview.result.prepared;
  out["because"] = prepared.decision ? Json(policy::explain(*prepared.decision, prepared.facts)) : Json::array();
  if (prepared.plan) {
    out["undeclared"] = prepared.plan->undeclared() == redaction::Undeclared::refuse ? "refuse" : "drop";
    out["twins"] = prepared.plan->redacts() ? "drop" : "keep";
  }
  Json data = Json::array();
  for (const redaction::Fate& fate : fates) data.push_back(fate_json(preview.inputs.kit->dictionary, fate, values));
  out["data"] = data;
  Json treatments = Json::array();
  for (const TreatedField& line : lines_of(preview)) {
    treatments.push_back({{"path", line.field->path},
                          {"of", line.of_key ? "key" : "value"},
                          {"class", dictionary::name(line.cls)},
                          {"treatment", redaction::describe(line.treatments)},
                          {"because", line.because},
                          {"purpose", line.field->purpose},
                          {"about", line.field->about}});
    if (!line.part.empty()) treatments.back()["part"] = line.part;
  }
  out["treatments"] = treatments;
  Json copies = Json::array();
  for (const auto& copied : prepared.copied) {
    copies.push_back({{"path", copied.path}, {"source", copied.source}, {"count", copied.count}});
    if (values && !copied.words.empty()) copies.back()["words"] = copied.words;
  }
  out["copies"] = copies;
  return out;
}

bool is_listed(const redaction::Copied& copied) { return !copied.words.empty(); }

/// What some dropped members hold: copies, words of the site's list, or both.
std::string whats_copied(const std::vector<redaction::Copied>& copied) {
  const std::string copies = "copies of values that are taken out";
  const std::string words = "words of " + std::string(redaction::word_list_name);
  if (std::all_of(copied.begin(), copied.end(), is_listed)) return words;
  return std::any_of(copied.begin(), copied.end(), is_listed) ? copies + ", and " + words : copies;
}

/// `ending_of` for a datum at a path where words of the site's list were found, or where none was.
std::string ending_at(const std::string& path, const std::string& action,
                      const std::vector<redaction::Copied>& copied) {
  const bool has_word = std::any_of(copied.begin(), copied.end(), [&](const redaction::Copied& each) {
    return each.path == path && is_listed(each);
  });
  if (action != redaction::copied_word || !has_word) return review::ending_of(action);
  const bool is_copy = std::any_of(copied.begin(), copied.end(), [&](const redaction::Copied& each) {
    return each.path == path && !is_listed(each);
  });
  return is_copy ? "is dropped too, as a copy or for a word of the site's list"
                 : "is dropped, for a word of the site's list";
}

/// A datum's place, its value and what the value becomes, in words, for `--values`.
std::string value_in_words(const redaction::Datum& datum) {
  std::string out = "      " + core::printable(datum.place);
  if (!datum.value.empty()) out += ": " + core::quote(datum.value);
  if (!datum.becomes.empty()) out += " becomes " + core::quote(datum.becomes);
  return out;
}

bool has_misfits(const std::vector<redaction::Fate>& fates) {
  return std::any_of(fates.begin(), fates.end(),
                     [](const redaction::Fate& fate) { return redaction::is_misfit(fate.what); });
}

void show_values(const console::Console& console, const redaction::Fate& fate, bool values) {
  if (!values) return;
  for (const redaction::Datum& datum : fate.data) console.say(value_in_words(datum));
}

/// Two remarks in parentheses, either of which may be empty: `(12 times; events stored, all teams)`.
std::string remark(const std::string& first, const std::string& second) {
  const std::string both = first + (first.empty() || second.empty() ? "" : "; ") + second;
  return both.empty() ? "" : " (" + both + ")";
}

/// Shows a declared field or key: what became of it in this report or, if the report lacks it, what would.
void show_line(const console::Console& console, const TreatedField& line, const std::vector<redaction::Fate>& fates,
               const std::vector<redaction::Copied>& copied, bool values) {
  const std::string name = "  " + line.field->path + review::of_in_words(line) + " ";
  // A key that has a pseudonym for one part leaves with the others.
  const bool part_stays = !line.part.empty() && line.treatments.keep_all();
  const bool by_type = !line.part.empty() && !line.treatments.by_type.empty();
  bool is_there = false;
  for (const redaction::Fate& fate : fates) {
    if (fate.path != line.field->path || fate.what != (line.of_key ? "key" : "value")) continue;
    is_there = true;
    const std::string times = fate.count == 1 ? "" : std::to_string(fate.count) + " times";
    const bool has_pseudonym = fate.action == redaction::name(redaction::Action::pseudonymise);
    const std::string action =
        part_stays && has_pseudonym ? std::string(redaction::name(redaction::Action::keep)) : fate.action;
    // Of such a key nothing says which parts were replaced, so tell what may become of this one.
    const std::string ending =
        by_type && has_pseudonym ? review::sentence_of(line.treatments) : ending_at(fate.path, action, copied);
    console.say(name + ending + remark(times, line.field->about));
    show_values(console, fate, values);
  }
  if (!is_there)
    console.say(name + review::sentence_of(line.treatments) + remark(line.field->about, "not in this report"));
}

/// Shows the data that have no class: data that do not fit the dictionary, twins and colliding keys.
void show_others(const console::Console& console, const std::vector<redaction::Fate>& fates, bool values) {
  std::vector<redaction::Fate> misfits;
  std::copy_if(fates.begin(), fates.end(), std::back_inserter(misfits),
               [](const redaction::Fate& fate) { return redaction::is_misfit(fate.what); });
  for (const std::string& line : misfits_in_words(misfits)) console.say("  " + line);
  for (const redaction::Fate& fate : fates) {
    const std::string times = " (" + std::to_string(fate.count) + (fate.count == 1 ? " time)" : " times)");
    if (fate.what == "twin") {
      console.say("twins, the flattened copies of declared fields: each " + review::ending_of(fate.action) + times);
    } else if (fate.what == "collision") {
      console.say("members of " + fate.path + " whose keys would be equal: each is dropped" + times);
    } else {
      continue;
    }
    show_values(console, fate, values);
  }
}

void show_data(const console::Console& console, const gate::Preview& preview, const std::vector<redaction::Fate>& fates,
               bool values) {
  show_others(console, fates, values);
  std::map<dictionary::Class, std::vector<TreatedField>> by_class;
  for (const TreatedField& line : lines_of(preview)) by_class[line.cls].push_back(line);
  for (const auto& [cls, lines] : by_class) {
    console.say("class " + std::string(dictionary::name(cls)));
    // Fields with the same reasons are shown together, and the reasons are said once.
    std::map<std::vector<std::string>, std::vector<const TreatedField*>> alike;
    for (const TreatedField& line : lines) alike[line.because].push_back(&line);
    for (const auto& [because, same] : alike) {
      for (const TreatedField* line : same) show_line(console, *line, fates, preview.result.prepared.copied, values);
      for (const std::string& place : because) console.say("    because of " + place);
    }
  }
}

void show(const console::Console& console, const gate::Preview& preview, const std::vector<redaction::Fate>& fates,
          bool values) {
  const gate::Processed& result = preview.result;
  const gate::Prepared& prepared = result.prepared;
  console.say("this report would be " + std::string(gate::name(result.outcome)));
  if (prepared.decision) {
    for (const std::string& sentence : policy::explain(*prepared.decision, prepared.facts))
      console.say("  " + sentence);
  }
  if (!result.message.empty() && gate::code_of(result)) {
    console.say("  " + result.message);
    if (!result.hint.empty()) console.say("  " + result.hint);
  }
  if (!prepared.plan) return;
  console.say(std::string("a value that the dictionary does not declare, or declares as another type, ") +
              (prepared.plan->undeclared() == redaction::Undeclared::refuse ? "stops the report" : "is dropped") +
              (has_misfits(fates) ? ":" : "; this report has none"));
  show_data(console, preview, fates, values);
  if (prepared.redacted) console.say("in this report: " + in_words(result.redactions));
  const auto copies = review::copies_in_words(prepared.copied, values);
  if (!copies.empty()) console.say(whats_copied(prepared.copied) + "; the members that hold them are dropped");
  for (const std::string& line : copies) console.say("  " + line);
}

struct Options {
  std::string report;
  bool values = false;
  TrialOptions trial;
};

int print(const Context& context, const gate::Preview& preview, bool values) {
  constexpr std::size_t examples = 3;
  const auto fates = gate::fates_of(preview, values ? SIZE_MAX : examples);
  if (!fates) return context.console.report(fates.error());
  if (context.console.json()) {
    context.console.print(to_json(preview, *fates, values));
  } else {
    show(context.console, preview, *fates, values);
  }
  return core::exit_code(gate::code_of(preview.result));
}

int run(Context& context, const Options& options) {
  auto trial = trial_of(context, options.trial);
  if (!trial) return context.console.report(trial.error());
  if (*trial) say_trial(context.console);
  return with_preview(
      context, options.report, {},
      [&](const gate::Preview& preview, Worker&) { return print(context, preview, options.values); }, {},
      std::move(*trial));
}

}  // namespace explain_command

void add_explain(Context& context) {
  using namespace explain_command;
  auto options = std::make_shared<Options>();
  console::Command command = context.console.command(
      "explain", "the decision for a report, its rules, and what becomes of each datum",
      "  airlock explain status_report.json\n"
      "  airlock explain 12 --values      (a report that waits in held/)\n"
      "  airlock explain status_report.json --json | jq '.data[] | select(.class == \"person\")'\n"
      "  airlock explain report.json --policy policy.json --dictionary dictionary.json --tier enterprise",
      [&context, options] { return run(context, *options); });
  command.about(
      "Says in sentences which tier and which rules decide, and what happens to each datum of this report. Nothing is "
      "recorded.\n\nWithout a site, `--policy`, `--dictionary` and `--tier` say what a site with these documents and a "
      "valid licence of this tier would do, without a ceiling.",
      "guides/officer.md");
  command.exits({{3, "the report would be refused: no JSON, or over a limit"},
                 {4, "nothing leaves: the report would be held, or what would leave may not leave yet"}});
  command.text("REPORT", options->report, "the report, - for standard input, or the number of a report that waits",
               console::Kind::held_or_file, console::Need::required);
  command.flag("--values", options->values, "show every datum with its value, not only how many are alike");
  add_trial_options(command, options->trial);
}

}  // namespace airlock::tools
