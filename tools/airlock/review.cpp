#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "crypto/hash.hpp"
#include "gate/own_bundle.hpp"
#include "present.hpp"
#include "preview.hpp"
#include "review/bundle_page.hpp"
#include "review/document.hpp"
#include "review/recent.hpp"
#include "review/report_page.hpp"
#include "review/write_page.hpp"
#include "sys/look.hpp"

namespace airlock::tools {
namespace review_command {

using core::Json;
using core::Result;
using review::Shareable;

constexpr std::string_view bundle_ending = ".p7m";

struct Options {
  std::string report;
  std::string html;
  bool shareable = false;

  [[nodiscard]] Shareable kind() const { return shareable ? Shareable::yes : Shareable::no; }
};

/// Writes the page, and returns what the command prints about the file.
Result<Json> write(const review::Page& page, const Options& options, Worker& worker) {
  core::StringSink sink(review::page_bytes_limit);
  AIRLOCK_CHECK(review::write_page(page, sink));
  AIRLOCK_CHECK(worker.write_page(sink.bytes()));
  return Json{{"file", options.html},
              {"bytes", sink.bytes().size()},
              {"sha256", crypto::sha256(sink.bytes()).hex()},
              {"shareable", options.shareable},
              {"verdict", page.verdict}};
}

void say(const Context& context, const Json& written) {
  context.console.say(written.at("verdict").get<std::string>());
  say_written(context.console, written);
}

/// The figures of the last bundles. A page is whole without them.
void add_trends(const Context& context, const Options& options, const dictionary::Dictionary& dictionary,
                review::Page& page) {
  if (options.shareable) return;
  auto trends = review::recent_figures(context.site, dictionary);
  if (trends) {
    page.trends = std::move(*trends);
  } else {
    context.console.remark("airlock: figures of earlier reports are left out: " + trends.error().message);
  }
}

int of_report(const Context& context, const Options& options, const gate::Preview& preview, Worker& worker) {
  auto page = review::report_page(preview, number_of_waiting(options.report), options.kind());
  if (!page) return context.console.report(page.error());
  if (preview.inputs.kit) add_trends(context, options, preview.inputs.kit->dictionary, *page);
  auto written = write(*page, options, worker);
  if (!written) return context.console.report(written.error());
  const gate::Processed& result = preview.result;
  const std::optional<core::Code> code = gate::code_of(result);
  if (context.console.json()) {
    written->update(
        {{"outcome", gate::name(result.outcome)},
         {"payload_sha256", result.prepared.payload ? Json(result.prepared.payload_sha256.hex()) : Json(nullptr)},
         {"exit", core::exit_code(code)}});
    if (code) (*written)["error"] = console::error_member(code, result.message, result.hint);
    context.console.print(*written);
    return core::exit_code(code);
  }
  say(context, *written);
  if (code) context.console.complain(result.message, result.hint);
  return core::exit_code(code);
}

int of_bundle(const Context& context, const Options& options, Worker& worker) {
  const auto opened = gate::open_own_bundle(context.site, options.report);
  if (!opened) return context.console.report(opened.error());
  auto page = review::bundle_page(opened->bundle, options.kind());
  if (!page) return context.console.report(page.error());
  if (const auto dictionary = review::dictionary_of(opened->bundle)) add_trends(context, options, *dictionary, *page);
  auto written = write(*page, options, worker);
  if (!written) return context.console.report(written.error());
  if (context.console.json()) {
    const auto& files = opened->bundle.manifest().files;
    const auto report =
        std::find_if(files.begin(), files.end(), [](const auto& file) { return file.name == "report.json"; });
    written->update({{"outcome", gate::name(gate::ReportOutcome::sealed)},
                     {"payload_sha256", report == files.end() ? Json(nullptr) : Json(report->sha256)},
                     {"exit", 0}});
    context.console.print(*written);
  }
  say(context, *written);
  return 0;
}

int run(Context& context, const Options& options) {
  if (const auto free = sys::check_free(options.html); !free) return context.console.report(free.error());
  if (options.report.ends_with(bundle_ending)) {
    return in_worker(context, {.report = std::nullopt, .reads = options.report, .writes = options.html},
                     [&](Worker& worker) { return of_bundle(context, options, worker); });
  }
  return with_preview(
      context, options.report, {},
      [&](const gate::Preview& preview, Worker& worker) { return of_report(context, options, preview, worker); },
      options.html);
}

}  // namespace review_command

void add_review(Context& context) {
  using namespace review_command;
  auto options = std::make_shared<Options>();
  console::Command command = context.console.command(
      "review", "write a page for a browser: what a report says, what leaves of it, what does not, and why",
      "  airlock review status_report.json --html review.html\n"
      "  airlock review 12 --html review.html                     (a report that waits in held/)\n"
      "  airlock review outbox/2022-05-01-1-….p7m --html sent.html --shareable",
      [&context, options] { return run(context, *options); });
  command.about(
      "The page is one file. It needs no network, no server and no other file. It is for people who do not live in a "
      "terminal.",
      "guides/review.md");
  command.exits(
      {{3, "the report would be refused: no JSON, or over a limit; the page says where"},
       {4, "nothing leaves: the report would be held, or what would leave may not leave yet; the page says why"}});
  command.text("REPORT", options->report,
               "the report, - for standard input, the number of a report that waits, or a bundle (FILE.p7m)",
               console::Kind::held_or_file, console::Need::required);
  command.text("--html", options->html, "the file to write; it must not exist yet", console::Kind::file,
               console::Need::required);
  command.flag("--shareable", options->shareable, "leave out what does not leave");
}

}  // namespace airlock::tools
