#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/ascii.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "prover/draft.hpp"
#include "prover/json_schema.hpp"
#include "report/scanner.hpp"
#include "sys/read_file.hpp"
#include "sys/write_file.hpp"

namespace airlock::tools {
namespace dictionary_draft_command {

using core::Json;
using core::quote;
using core::Result;

constexpr std::string_view about =
    "The samples are reports as the product makes them: one JSON object, a list of objects, or one object a line. The "
    "more of them, and the more different the sites that made them, the better the draft. Types are what all values "
    "fit. Classes are guesses from the names and the values. The stricter guess wins, and one that is not certain is "
    "marked with `review`, which says why. Judge those, take the marks out, and build a kit: it takes no dictionary "
    "with a mark.\n\n"
    "Of the samples' values a draft has none, except words of the product that became the values of an `enum`.";

struct DraftOptions {
  std::vector<std::string> samples;
  std::vector<std::string> schemas;
  std::string product;
  std::string event;
  std::string into;
};

Result<std::string> read(const std::string& path, std::uint64_t limit) {
  AIRLOCK_TRY(auto input, sys::InputSource::open(path));
  core::StringSink sink(limit);
  AIRLOCK_CHECK(core::copy(input, sink));
  return sink.take();
}

Result<prover::Draft> draft(const DraftOptions& options) {
  if (!core::is_name(options.product)) {
    return core::fail(core::Code::usage, "`--product` " + quote(options.product) + " " + std::string(core::name_rule));
  }
  AIRLOCK_CHECK(core::check_typed("`--event`", options.event, core::text_limit));
  if (options.samples.empty() && options.schemas.empty()) {
    return core::fail(core::Code::usage, "there is neither a sample nor a `--schema`",
                      "name reports that the product made, or the JSON Schema of its reports");
  }
  prover::Drafter drafter;
  for (const std::string& path : options.samples) {
    AIRLOCK_TRY(const std::string text, read(path, report::report_bytes_maximum));
    AIRLOCK_CHECK(drafter.add_sample(text, path));
  }
  for (const std::string& path : options.schemas) {
    AIRLOCK_TRY(const std::string text, read(path, prover::schema_bytes_limit));
    AIRLOCK_CHECK(drafter.add_schema(text, path));
  }
  return drafter.finish({.product = options.product, .event = options.event});
}

std::string number_of(std::size_t count, std::string_view one) {
  return std::to_string(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}

void tell(const Context& context, const DraftOptions& options, const prover::Draft& drafted) {
  const auto& console = context.console;
  console.remark("the draft has " + number_of(drafted.declarations, "declaration") + ", " +
                 std::to_string(drafted.marked) + " of them marked with `review`");
  if (!drafted.event.empty() && options.event.empty()) {
    console.remark("no member says which event a report is, so every report is " + quote(drafted.event) +
                   "; choose another name with `--event`");
  }
  for (const std::string& path : drafted.enums) {
    console.remark(quote(path) + ": its values stand in the dictionary, since they look like words of the product");
  }
  for (const auto& problem : drafted.problems) {
    console.remark(quote(problem.path) + ": " + problem.problem + "; the draft does not declare that");
  }
  const std::string file = options.into.empty() ? "DICTIONARY" : core::shell_path(options.into);
  console.remark(drafted.marked == 0
                     ? "next: read it, then `airlock dictionary check " + file + "`"
                     : "next: judge each `review` and take it out, then `airlock dictionary check " + file + "`");
}

int run(Context& context, const DraftOptions& options) {
  const auto drafted = draft(options);
  if (!drafted) return context.console.report(drafted.error());
  if (!options.into.empty()) {
    const auto written = sys::create_file(options.into, drafted->text, sys::public_file);
    if (!written) return context.console.report(written.error());
  }
  if (context.console.json()) {
    Json problems = Json::array();
    for (const auto& problem : drafted->problems)
      problems.push_back({{"path", problem.path}, {"why", problem.problem}});
    context.console.print({{"dictionary", Json::parse(drafted->text)},
                           {"into", core::or_null(options.into)},
                           {"declarations", drafted->declarations},
                           {"marked", drafted->marked},
                           {"enums", drafted->enums},
                           {"problems", problems},
                           {"exit", 0}});
    return 0;
  }
  if (options.into.empty()) context.console.say_to_copy(drafted->text.substr(0, drafted->text.size() - 1));
  tell(context, options, *drafted);
  return 0;
}

}  // namespace dictionary_draft_command

void add_dictionary_draft(Context& context, console::Command& group) {
  using namespace dictionary_draft_command;
  auto options = std::make_shared<DraftOptions>();
  console::Command command = context.console.command(
      group, "draft", "write a first dictionary from reports of the product, or from their JSON Schema",
      "  airlock dictionary draft report-1.json report-2.json --product example --into dictionary.json\n"
      "  airlock dictionary draft events.ndjson --product example --event \"daily events\"\n"
      "  airlock dictionary draft --schema report.schema.json --product example",
      [&context, options] { return run(context, *options); });
  command.about(about, "guides/declare-a-field.md");
  command.exits({{4, "the file of `--into` exists already"}});
  command.texts("SAMPLE", options->samples, "reports as the product makes them (- for standard input)",
                console::Kind::file);
  command.texts("--schema", options->schemas, "a JSON Schema of the reports; its descriptions become `about`",
                console::Kind::file);
  command.text("--product", options->product, "the name of the product, as licences name it", console::Need::required);
  command.text("--event", options->event, "the event that every report is, if no member says it");
  command.text("--into", options->into, "the file to write, which must not exist yet (default: standard output)",
               console::Kind::file);
}

}  // namespace airlock::tools
