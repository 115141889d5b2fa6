#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "documents.hpp"
#include "present.hpp"
#include "progress.hpp"
#include "prover/cases.hpp"
#include "prover/check.hpp"
#include "prover/show.hpp"
#include "review/document.hpp"
#include "review/policy_page.hpp"
#include "sys/look.hpp"
#include "sys/read_file.hpp"
#include "sys/write_file.hpp"

namespace airlock::tools {
namespace policy_command {

using core::Json;
using core::quote;

struct PolicyOptions {
  std::string file;
  std::vector<std::string> dictionary;
};

Json to_json(const prover::CheckReport& report) {
  Json claims = Json::array();
  for (const auto& claim : report.claims) {
    Json one{{"id", claim.id},
             {"statement", claim.statement},
             {"combinations", claim.combinations},
             {"proved", !claim.counter_example.has_value()}};
    if (claim.counter_example) {
      one["why"] = claim.why;
      one["counter_example"] = Json::parse(prover::to_document(*claim.counter_example));
    }
    claims.push_back(std::move(one));
  }
  Json findings = Json::array();
  for (const auto& finding : report.findings) {
    findings.push_back({{"kind", prover::name(finding.kind)}, {"text", finding.text}});
  }
  return {{"combinations", report.combinations},
          {"tiers", report.tiers},
          {"entitlement_sets", report.entitlement_sets},
          {"kit_ages", report.kit_ages},
          {"events", report.events},
          {"plans", report.plans},
          {"fields", report.fields},
          {"claims", claims},
          {"findings", findings},
          {"sound", report.sound()}};
}

int check(Context& context, const PolicyOptions& options) {
  const auto documents = documents_from(context, options.file, options.dictionary);
  if (!documents) return context.console.report(documents.error());
  console::Progress progress(context.console);
  const auto report = prover::check(documents->policy, documents->dictionary, progress);
  if (!report) return context.console.report(report.error());
  const auto code = report->sound() ? std::nullopt : std::optional(core::Code::refused);
  if (context.console.json()) {
    return print_document(context.console, to_json(*report), code,
                          "the policy breaks a claim of its own, or has a fault",
                          "see the counter-examples in `claims` and the texts in `findings`");
  }
  const auto& console = context.console;
  console.say("policy " + quote(documents->policy.name()) + " " + documents->policy.version() + ", dictionary " +
              quote(documents->dictionary.name()));
  console.say("evaluated " + std::to_string(report->combinations) + " combinations: " + std::to_string(report->tiers) +
              " tiers (with an unknown one and none), 11 licence states, " + std::to_string(report->entitlement_sets) +
              " sets of entitlements, " + (report->kit_ages > 1 ? "current and stale kits, " : "") +
              "5 floors, with and without the site's own redactions, " + std::to_string(report->events) + " events; " +
              std::to_string(report->fields) + " declared data under " + std::to_string(report->plans) +
              " sets of profiles");
  console::Table table = console.table();
  for (const auto& claim : report->claims) {
    table.add({claim.counter_example ? "FAILS " : "proved",
               claim.id + ": " + claim.statement + " (" + std::to_string(claim.combinations) + " combinations)"});
  }
  for (const auto& finding : report->findings) {
    const bool is_fault = finding.kind == prover::PolicyFinding::Kind::undone_suppression;
    table.add({is_fault ? "FAULT " : "note  ", finding.text});
  }
  table.finish();
  for (const auto& claim : report->claims) {
    if (!claim.counter_example) continue;
    console.say("");
    console.say("the smallest counter-example to " + quote(claim.id) + " is " + claim.why + "; as a case:");
    console.say_to_copy(prover::to_document(*claim.counter_example));
  }
  return core::exit_code(code);
}

/// The files that `paths` name. A folder stands for the `.json` files in it, sorted.
std::vector<std::string> case_files(const std::vector<std::string>& paths) {
  std::vector<std::string> out;
  for (const auto& path : paths) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored)) {
      out.push_back(path);
      continue;
    }
    std::vector<std::string> inside;
    for (const auto& entry : std::filesystem::directory_iterator(path, ignored)) {
      if (entry.path().extension() == ".json") inside.push_back(entry.path().string());
    }
    std::sort(inside.begin(), inside.end());
    out.insert(out.end(), inside.begin(), inside.end());
  }
  return out;
}

struct TestOptions {
  std::vector<std::string> cases;
  PolicyOptions policy;
};

int test(Context& context, const TestOptions& options) {
  const auto documents = documents_from(context, options.policy.file, options.policy.dictionary);
  if (!documents) return context.console.report(documents.error());
  const auto files = case_files(options.cases);
  if (files.empty()) {
    return context.console.report({core::Code::usage, "no case to run", "name case files, or folders that hold some"});
  }
  std::vector<prover::CaseOutcome> outcomes;
  Json results = Json::array();
  std::size_t failed = 0;
  console::Table table = context.console.table();
  for (const auto& file : files) {
    const auto text = sys::read_file(file, prover::case_bytes_limit);
    if (!text) return context.console.report(text.error());
    const auto one = prover::read_case(*text, file);
    if (!one) return context.console.report(one.error());
    outcomes.push_back(prover::run_case(*one, documents->policy, documents->dictionary));
    const auto& differences = outcomes.back().differences;
    if (!differences.empty()) ++failed;
    std::string what = one->name + " (" + file + ")";
    for (const auto& difference : differences) what += "\n" + difference;
    table.add({differences.empty() ? "ok  " : "FAIL", std::move(what)});
    results.push_back(
        {{"file", file}, {"name", one->name}, {"passed", differences.empty()}, {"differences", differences}});
  }
  table.finish();
  const auto coverage = prover::coverage_of(outcomes, documents->policy);
  const auto code = failed == 0 ? std::nullopt : std::optional(core::Code::unexpected);
  if (context.console.json()) {
    return print_document(context.console,
                          {{"cases", results},
                           {"passed", files.size() - failed},
                           {"failed", failed},
                           {"coverage",
                            {{"rules", coverage.rules},
                             {"untested_rules", coverage.untested_rules},
                             {"redactions", coverage.redactions},
                             {"untested_redactions", coverage.untested_redactions}}}},
                          code, std::to_string(failed) + " of " + std::to_string(files.size()) + " cases fail",
                          "`differences` of each case says how");
  }
  const auto covered = [](std::size_t all, const std::vector<std::string>& untested) {
    return std::to_string(all - untested.size()) + " of " + std::to_string(all);
  };
  for (const auto& rule : coverage.untested_rules) context.console.say("untested  rule " + quote(rule));
  for (const auto& place : coverage.untested_redactions) context.console.say("untested  redaction " + place);
  context.console.say("covered: " + covered(coverage.rules, coverage.untested_rules) + " rules, " +
                      covered(coverage.redactions, coverage.untested_redactions) + " redactions");
  context.console.say(std::to_string(files.size() - failed) + " passed, " + std::to_string(failed) + " failed");
  return core::exit_code(code);
}

struct ShowOptions : PolicyOptions {
  std::string html;
};

/// Writes the page of a policy, and returns what the command prints about the file.
core::Result<Json> write_page(const Documents& documents, const std::string& path) {
  AIRLOCK_CHECK(sys::check_free(path));
  AIRLOCK_TRY(const auto report, prover::check(documents.policy, documents.dictionary));
  core::StringSink sink(review::page_bytes_limit);
  AIRLOCK_CHECK(review::write_policy_page(
      {documents.policy, documents.policy_text, documents.dictionary, documents.dictionary_text}, report, sink));
  AIRLOCK_CHECK(sys::create_file(path, sink.bytes(), sys::private_file));
  return Json{{"file", path},
              {"bytes", sink.bytes().size()},
              {"sha256", crypto::sha256(sink.bytes()).hex()},
              {"sound", report.sound()},
              {"exit", 0}};
}

int show(Context& context, const ShowOptions& options) {
  const auto documents = documents_from(context, options.file, options.dictionary);
  if (!documents) return context.console.report(documents.error());
  if (!options.html.empty()) {
    const auto written = write_page(*documents, options.html);
    if (!written) return context.console.report(written.error());
    if (context.console.json()) context.console.print(*written);
    say_written(context.console, *written);
    return 0;
  }
  if (context.console.json()) {
    context.console.print(Json::parse(documents->policy_text));
    return 0;
  }
  for (const auto& line : prover::show(documents->policy)) context.console.say(line);
  return 0;
}

}  // namespace policy_command

void add_policy(Context& context) {
  using namespace policy_command;
  const std::string dictionary_help = "the files of the dictionary it goes with (default: the kit's)";
  console::Command group = context.console.group("policy", "check, test, compare or show a policy");

  auto options = std::make_shared<PolicyOptions>();
  console::Command check_command = context.console.command(
      group, "check", "prove each claim of a policy over every combination of facts, or print a counter-example",
      "  airlock policy check\n"
      "  airlock policy check policy.json --dictionary dictionary.json --json | jq '.claims[] | select(.proved | not)'",
      [&context, options] { return check(context, *options); });
  check_command.about("Every combination of tier, state of the licence, entitlement and event is evaluated.",
                      "guides/write-a-policy.md");
  check_command.exits({{4, "a claim does not hold, or the policy has a fault"}});
  check_command.text("FILE", options->file, "the policy (default: the kit's)", console::Kind::file);
  check_command.repeated("--dictionary", options->dictionary, dictionary_help, console::Kind::file);

  auto tests = std::make_shared<TestOptions>();
  console::Command test_command =
      context.console.command(group, "test", "run cases: facts in; disposition, rules and treatments out",
                              "  airlock policy test policy/cases --policy policy.json --dictionary dictionary.json",
                              [&context, tests] { return test(context, *tests); });
  test_command.about("A case names facts and what must come out. It fails if anything else does.",
                     "guides/write-a-policy.md");
  test_command.exits({{1, "a case fails, or the output could not be written"}});
  test_command.texts("CASE", tests->cases, "case files, or folders that hold some", console::Kind::file);
  test_command.text("--policy", tests->policy.file, "the policy (default: the kit's)", console::Kind::file);
  test_command.repeated("--dictionary", tests->policy.dictionary, dictionary_help, console::Kind::file);

  add_policy_diff(context, group);

  auto shown = std::make_shared<ShowOptions>();
  console::Command show_command =
      context.console.command(group, "show", "what a policy says, in sentences",
                              "  airlock policy show\n  airlock policy show --html policy.html",
                              [&context, shown] { return show(context, *shown); });
  show_command.about("", "guides/write-a-policy.md");
  show_command.text("FILE", shown->file, "the policy (default: the kit's)", console::Kind::file);
  show_command.repeated("--dictionary", shown->dictionary, dictionary_help, console::Kind::file);
  show_command.text("--html", shown->html, "write a page for a browser to this file, which must not exist yet",
                    console::Kind::file);
}

}  // namespace airlock::tools
