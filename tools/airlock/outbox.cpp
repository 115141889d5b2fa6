#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "ledger/disclosure.hpp"
#include "office/hand_over.hpp"
#include "office/outbox.hpp"
#include "present.hpp"
#include "supervise.hpp"
#include "sys/worker.hpp"

namespace airlock::tools {
namespace outbox_command {

using core::Code;
using core::Json;

constexpr std::string_view sender_name = "airlock-send";

/// An age in words: `3 days`, `5 h`, `12 min`.
std::string in_words(std::chrono::seconds age) {
  age = std::max(age, std::chrono::seconds(0));
  if (age >= std::chrono::days(2)) return std::to_string(age / std::chrono::days(1)) + " days";
  if (age >= std::chrono::hours(2)) return std::to_string(age / std::chrono::hours(1)) + " h";
  return std::to_string(age / std::chrono::minutes(1)) + " min";
}

Json to_json(const office::OutboxItem& item) {
  const ledger::Disclosure& disclosure = item.disclosure;
  Json out{{"number", disclosure.number},
           {"disclosure", disclosure.disclosure},
           {"id", disclosure.id},
           {"stage", ledger::name(disclosure.stage)},
           {"file", disclosure.file},
           {"size", disclosure.size},
           {"since", disclosure.time.text()},
           {"age_seconds", std::max<std::int64_t>(item.age.count(), 0)}};
  if (item.is_bundle) {
    out["handed_over"] = item.hand_off.times;
    out["last_handed_over"] = core::or_null(item.hand_off.last);
    out["note"] = core::or_null(item.hand_off.note);
    out["acknowledged_by"] = core::or_null(item.hand_off.acknowledged_by);
    return out;
  }
  out["attempts"] = disclosure.attempts;
  out["last_attempt"] = core::or_null(disclosure.last_attempt);
  out["last_error"] = core::or_null(disclosure.last_error);
  out["next_try"] = core::or_null(disclosure.next_try);
  out["maybe_delivered"] = disclosure.uncertain || disclosure.stage == ledger::Stage::attempted;
  return out;
}

void show(const console::Console& console, const office::OutboxItem& item) {
  const ledger::Disclosure& disclosure = item.disclosure;
  const std::string what = item.hand_off.acknowledged_by != 0
                               ? "acknowledged by receipt " + std::to_string(item.hand_off.acknowledged_by)
                           : item.is_bundle && item.hand_off.times != 0   ? "handed over, without a receipt"
                           : item.is_bundle                               ? "sealed, to be handed over"
                           : disclosure.stage == ledger::Stage::failed    ? "given up"
                           : disclosure.stage == ledger::Stage::attempted ? "an attempt was cut short"
                                                                          : "waits to be sent";
  console.say("report " + std::to_string(disclosure.number) + ", disclosure " + std::to_string(disclosure.disclosure) +
              ": " + what + ", " + in_words(item.age) + " old, " + std::to_string(disclosure.size) + " bytes");
  std::vector<std::pair<std::string, std::string>> rows{{"file", disclosure.file}};
  if (item.hand_off.last) {
    rows.emplace_back(
        "handed over",
        item.hand_off.last->text() +
            (item.hand_off.times == 1 ? "" : ", the last one of " + std::to_string(item.hand_off.times) + " times"));
    if (!item.hand_off.note.empty()) rows.emplace_back("note", item.hand_off.note);
  }
  if (disclosure.attempts != 0) {
    rows.emplace_back("attempts", std::to_string(disclosure.attempts) +
                                      (disclosure.last_attempt ? ", last " + disclosure.last_attempt->text() : ""));
    if (!disclosure.last_error.empty()) rows.emplace_back("error", disclosure.last_error);
    if (disclosure.next_try) rows.emplace_back("next try", disclosure.next_try->text());
  }
  console.say(rows);
}

int list(Context& context) {
  const auto items = office::outbox(context.site);
  if (!items) return context.console.report(items.error());
  Json waiting = Json::array();
  Json acknowledged = Json::array();
  for (const office::OutboxItem& item : *items) {
    (item.hand_off.acknowledged_by == 0 ? waiting : acknowledged).push_back(to_json(item));
    if (item.hand_off.acknowledged_by == 0) show(context.console, item);
  }
  if (context.console.json()) {
    context.console.print({{"outbox", waiting}, {"acknowledged", acknowledged}, {"exit", 0}});
    return 0;
  }
  if (waiting.empty()) context.console.say(acknowledged.empty() ? "the outbox is empty" : "nothing waits");
  for (const office::OutboxItem& item : *items) {
    if (item.hand_off.acknowledged_by != 0) show(context.console, item);
  }
  return 0;
}

struct HandOverArguments {
  std::vector<std::string> numbers;
  office::HandOverOptions options;
};

core::Result<std::vector<office::HandedBundle>> hand_over(const Context& context, HandOverArguments& arguments) {
  for (const std::string& text : arguments.numbers) {
    AIRLOCK_TRY(const std::uint64_t number, number_from(text));
    arguments.options.numbers.push_back(number);
  }
  return office::hand_over(context.site, arguments.options);
}

int run_hand_over(Context& context, HandOverArguments& arguments) {
  const auto bundles = hand_over(context, arguments);
  if (!bundles) return context.console.report(bundles.error());
  Json all = Json::array();
  for (const office::HandedBundle& bundle : *bundles) {
    const ledger::Disclosure& disclosure = bundle.disclosure;
    all.push_back({{"number", disclosure.number},
                   {"disclosure", disclosure.disclosure},
                   {"id", disclosure.id},
                   {"file", disclosure.file},
                   {"outcome", bundle.was_there ? "was_there" : "handed_over"}});
    context.console.say("report " + std::to_string(disclosure.number) + ", disclosure " +
                        std::to_string(disclosure.disclosure) + ": " + disclosure.file +
                        (bundle.was_there ? " was there already" : ""));
  }
  if (context.console.json()) {
    context.console.print({{"handed_over", all}, {"exit", 0}});
  } else if (bundles->empty()) {
    context.console.say("no bundle waits in the outbox");
  } else {
    context.console.say(
        "recorded, copied and compared; unmount the medium before you take it out. The bundles wait in "
        "the outbox for the vendor's receipt");
  }
  return 0;
}

core::Result<std::optional<Code>> run_sender(const Context& context) {
  AIRLOCK_TRY(const std::string folder, sys::program_folder());
  const std::string sender = folder + "/" + std::string(sender_name);
  if (!sys::is_program(sender)) {
    return core::fail(Code::later, "`airlock-send` is not installed beside `airlock`, so nothing was sent",
                      "install it, or let another process run it");
  }
  std::vector<std::string> arguments{"--site", context.site, "--once", "--now"};
  if (context.console.quiet()) arguments.emplace_back("--quiet");
  make_key_ready(context);
  const std::vector<int> keeper = hand_over_keeper(arguments);
  AIRLOCK_TRY(const sys::Ended ended, sys::run_program(sender, arguments, keeper));
  if (ended.signal == 0) return ended.code == 0 ? std::nullopt : std::optional(static_cast<Code>(ended.code));
  return core::fail(Code::later, "`airlock-send` was ended by signal " + std::to_string(ended.signal),
                    "run `airlock outbox flush` again");
}

int flush(Context& context) {
  const auto before = office::count_waiting(context.site);
  if (!before) return context.console.report(before.error());
  std::optional<Code> code;
  if (before->queued + before->failed != 0) {
    const auto ended = run_sender(context);
    if (!ended) return context.console.report(ended.error());
    code = *ended;
  }
  const auto after = office::count_waiting(context.site);
  if (!after) return context.console.report(after.error());
  if (context.console.json()) {
    Json document{{"waiting", after->queued}, {"failed", after->failed}, {"exit", core::exit_code(code)}};
    if (code) {
      document["error"] = console::error_member(code, "not everything was sent", "`airlock outbox list` says why");
    }
    context.console.print(document);
  } else if (before->queued + before->failed == 0) {
    context.console.say("nothing waits to be sent");
  } else {
    context.console.say(std::to_string(after->queued) + " waiting, " + std::to_string(after->failed) + " given up");
  }
  return core::exit_code(code);
}

}  // namespace outbox_command

void add_outbox(Context& context) {
  using namespace outbox_command;
  console::Command group =
      context.console.group("outbox", "what waits to leave: payloads to send, bundles to hand over");
  context.console.command(group, "list", "list what waits, since when, how often it was tried, and why that failed",
                          "  airlock outbox list\n  airlock outbox list --json | jq '.outbox[] | {number, last_error}'",
                          [&context] { return list(context); });
  auto arguments = std::make_shared<HandOverArguments>();
  console::Command handing = context.console.command(
      group, "hand-over", "copy the bundles that no receipt has named to a mounted medium, and record it",
      "  airlock outbox hand-over --to /media/usb --note 'courier 4711'\n  airlock outbox hand-over 3 4 --to "
      "/media/usb",
      [&context, arguments] { return run_hand_over(context, *arguments); });
  handing.about(
      "Records what leaves, then copies it with its instructions. A bundle stays in the outbox until a receipt names "
      "it.",
      "guides/operate-a-site.md");
  handing.exits({{3, "the medium is not what it must be"},
                 {7, "recorded, but a copy is not visible yet: run the same command again"},
                 {8, "the medium is full or read-only: nothing was recorded, and nothing is visible on it"}});
  handing.texts("N", arguments->numbers, "reports, by number; without any, all that no receipt has named",
                console::Kind::report);
  handing.text("--to", arguments->options.to, "a directory on the medium", console::Kind::folder,
               console::Need::required);
  handing.text("--note", arguments->options.note, "recorded in the ledger, and nowhere else");
  context.console
      .command(group, "flush", "let airlock-send try everything now, also reports that were given up",
               "  airlock outbox flush", [&context] { return flush(context); })
      .exits({{4, "a report was withdrawn or held: it may no longer leave"},
              {7, "a report could not be sent: it waits, or was given up"}});
}

}  // namespace airlock::tools
