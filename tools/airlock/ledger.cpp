#include "ledger/ledger.hpp"
#include "core/encoding.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "commands.hpp"
#include "core/text.hpp"
#include "gate/open.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/report_row.hpp"
#include "office/check.hpp"
#include "present.hpp"
#include "site/site.hpp"
#include "sys/read_file.hpp"

namespace airlock::tools {
namespace ledger_command {

using core::Json;

constexpr std::size_t page = 500;
constexpr std::uint64_t verifier_key_limit = 4096;

core::Result<ledger::Ledger> open_ledger(const Context& context) {
  AIRLOCK_TRY(const auto site, site::Site::open(context.site));
  return gate::open_to_read(site);
}

struct ListOptions {
  std::string from;
  std::string to;
  std::string latest;
};

/// A report's state in words. `released` reads as `sealed`: people need not know whether a sealed bundle has its
/// visible name yet.
std::string in_words(ledger::Kind latest) {
  if (latest == ledger::Kind::released) latest = ledger::Kind::sealed;
  std::string out(ledger::name(latest));
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

/// The conditions that a row must meet to be listed.
struct RowFilter {
  std::optional<core::Time> from;
  std::optional<core::Time> before;
  std::optional<ledger::Kind> latest;

  [[nodiscard]] bool takes(const ledger::ReportRow& row) const {
    return (!from || row.produced >= *from) && (!before || row.produced < *before) &&
           (!latest || row.latest == *latest || in_words(row.latest) == ledger::name(*latest));
  }
};

core::Result<core::Time> midnight(const std::string& option, const std::string& date) {
  const auto time = core::Time::from_text(date + "T00:00:00Z");
  if (time) return *time;
  return core::fail(core::Code::usage, option + ": " + core::quote(date) + " is not a date", "write `YYYY-MM-DD`, UTC");
}

core::Result<RowFilter> filter_of(const ListOptions& options) {
  RowFilter out;
  if (!options.from.empty()) {
    AIRLOCK_TRY(out.from, midnight("--from", options.from));
  }
  if (!options.to.empty()) {
    AIRLOCK_TRY(const core::Time last, midnight("--to", options.to));
    out.before = last + std::chrono::hours(24);
  }
  if (!options.latest.empty()) {
    out.latest = ledger::kind_from(options.latest);
    if (!out.latest) {
      return core::fail(core::Code::usage, "--latest: " + core::quote(options.latest) + " is not a kind of entry");
    }
  }
  return out;
}

/// Calls `each` with every row that the filter takes. Reads the rows in pages.
template <typename Each>
core::Result<void> for_each_report(const ledger::Ledger& ledger, const RowFilter& filter, Each each) {
  for (std::uint64_t from = 1;;) {
    AIRLOCK_TRY(const auto rows, ledger.reports(from, page));
    for (const auto& row : rows) {
      from = row.number + 1;
      if (filter.takes(row)) AIRLOCK_CHECK(each(row));
    }
    if (rows.size() < page) return {};
  }
}

/// Writes one JSON document row by row, so that memory does not grow with the ledger.
core::Result<void> list_as_json(const ledger::Ledger& ledger, const RowFilter& filter) {
  AIRLOCK_TRY(const auto head, ledger.head());
  AIRLOCK_CHECK(console::write_out("{\"reports\":["));
  bool first = true;
  AIRLOCK_CHECK(for_each_report(ledger, filter, [&](const ledger::ReportRow& row) {
    const Json json{{"number", row.number},
                    {"report_id", row.report_id},
                    {"produced", row.produced.text()},
                    {"latest", ledger::name(row.latest)},
                    {"latest_seq", row.latest_seq}};
    const std::string text = (first ? "\n" : ",\n") + json.dump();
    first = false;
    return console::write_out(text);
  }));
  return console::write_out("\n],\"ledger\":" + to_json(head).dump() + ",\"exit\":0}\n");
}

int list(Context& context, const ListOptions& options) {
  const auto filter = filter_of(options);
  if (!filter) return context.console.report(filter.error());
  const auto ledger = open_ledger(context);
  if (!ledger) return context.console.report(ledger.error());
  if (context.console.json()) {
    const auto done = list_as_json(*ledger, *filter);
    return done ? 0 : context.console.report(done.error());
  }
  bool any = false;
  const auto done = for_each_report(*ledger, *filter, [&](const ledger::ReportRow& row) -> core::Result<void> {
    any = true;
    context.console.say(std::to_string(row.number) + "  " + row.produced.text() + "  " + in_words(row.latest) + "  " +
                        row.report_id);
    return {};
  });
  if (!done) return context.console.report(done.error());
  if (!any) context.console.say("no report yet");
  return 0;
}

/// The values that open the commitment in the `produced` entry, which is SHA-256(salt, then the report's bytes).
core::Result<Json> opening(const ledger::Ledger& ledger, const std::string& report_id) {
  AIRLOCK_TRY(const auto original, ledger.original(report_id));
  if (!original)
    return core::fail(core::Code::integrity, "the ledger has lost the salt and digest of the report's original");
  return Json{{"salt", core::to_hex(original->salt)}, {"sha256", original->sha256.hex()}, {"size", original->size}};
}

int show(Context& context, const std::string& text, bool reveal) {
  const auto number = number_from(text);
  if (!number) return context.console.report(number.error());
  const auto ledger = open_ledger(context);
  if (!ledger) return context.console.report(ledger.error());
  const auto report = ledger->report(*number);
  if (!report) return context.console.report(report.error());
  if (!*report) {
    return context.console.report({core::Code::usage, "there is no report " + text, "see `airlock ledger list`"});
  }
  const auto entries = ledger->entries_of_report((*report)->report_id);
  if (!entries) return context.console.report(entries.error());
  Json bodies = Json::array();
  for (const auto& entry : *entries) {
    const auto body = ledger::body_of(entry);
    if (!body) return context.console.report(body.error());
    bodies.push_back(*body);
  }
  Json revealed(nullptr);
  if (reveal) {
    const auto opened = opening(*ledger, (*report)->report_id);
    if (!opened) return context.console.report(opened.error());
    revealed = *opened;
  }
  if (context.console.json()) {
    Json document{{"number", *number}, {"report_id", (*report)->report_id}, {"entries", bodies}, {"exit", 0}};
    if (reveal) document["original"] = revealed;
    context.console.print(document);
    return 0;
  }
  for (const Json& body : bodies) context.console.say(body.dump(2));
  if (reveal) {
    context.console.say({{"salt", revealed.at("salt").get<std::string>()},
                         {"sha256", revealed.at("sha256").get<std::string>()},
                         {"size", std::to_string(revealed.at("size").get<std::uint64_t>())}});
    context.console.say("the commitment is the SHA-256 of the salt's 32 bytes and then the report's bytes");
  }
  return 0;
}

struct VerifyOptions {
  std::string checkpoint;
  std::string public_key;
};

core::Result<office::CheckOptions> read_verify(const VerifyOptions& options) {
  office::CheckOptions out;
  if (!options.checkpoint.empty()) {
    AIRLOCK_TRY(out.checkpoint, sys::read_file(options.checkpoint, ledger::checkpoint_text_limit));
  }
  if (!options.public_key.empty()) {
    AIRLOCK_TRY(out.public_key, sys::read_file(options.public_key, verifier_key_limit));
  }
  return out;
}

int verify(Context& context, const VerifyOptions& options) {
  const auto given = read_verify(options);
  if (!given) return context.console.report(given.error());
  const auto checked = office::check_site(context.site, *given);
  if (!checked) return context.console.report(checked.error());
  const auto& ledger = checked->ledger;
  if (context.console.json()) {
    context.console.print({{"entries", ledger.entries},
                           {"reports", ledger.reports},
                           {"disclosures", ledger.disclosures},
                           {"checkpoints", ledger.checkpoints},
                           {"bundles", checked->bundles},
                           {"handed_over", checked->handed_over},
                           {"held", checked->held},
                           {"from_size", checked->from_size},
                           {"times_back", ledger.times_back},
                           {"ledger_size", ledger.head.size},
                           {"ledger_root", ledger.head.root.hex()},
                           {"exit", 0}});
    return 0;
  }
  context.console.say("verified: " + std::to_string(ledger.entries) + " entries, " + std::to_string(ledger.reports) +
                      " reports, " + std::to_string(ledger.disclosures) + " disclosures, " +
                      std::to_string(ledger.checkpoints) + " checkpoints, " + std::to_string(checked->bundles) +
                      " bundles in the outbox, " + std::to_string(checked->held) + " held reports");
  if (checked->from_size != 0) {
    context.console.say("the given checkpoint of " + std::to_string(checked->from_size) + " entries is part of it");
  }
  if (ledger.first_time_back) {
    context.console.say("the clock went back " + std::to_string(ledger.times_back) + " times, first at entry " +
                        std::to_string(*ledger.first_time_back));
  }
  context.console.say("root " + ledger.head.root.hex());
  return 0;
}

}  // namespace ledger_command

void add_ledger(Context& context) {
  using namespace ledger_command;
  console::Command group = context.console.group("ledger", "read, verify and prove the ledger");
  auto listing = std::make_shared<ListOptions>();
  console::Command listed = context.console.command(group, "list", "every report and what became of it",
                                                    "  airlock ledger list\n"
                                                    "  airlock ledger list --latest held\n"
                                                    "  airlock ledger list --from 2026-11-01 --to 2026-11-30",
                                                    [&context, listing] { return list(context, *listing); });
  listed.text("--from", listing->from, "produced on this UTC day or later");
  listed.text("--to", listing->to, "produced on this UTC day or earlier");
  listed.text("--latest", listing->latest, "only reports whose newest entry is of this kind");
  auto number = std::make_shared<std::string>();
  auto reveal = std::make_shared<bool>(false);
  console::Command shown = context.console.command(
      group, "show", "every entry about one report", "  airlock ledger show 1\n  airlock ledger show 1 --reveal",
      [&context, number, reveal] { return show(context, *number, *reveal); });
  shown.text("N", *number, "the report's number", console::Need::required);
  shown.flag("--reveal", *reveal, "also show the salt and SHA-256, which open the commitment to the original");
  auto verifying = std::make_shared<VerifyOptions>();
  console::Command verified = context.console.command(
      group, "verify",
      "verify entries, tree, checkpoints, counters, the rollback anchor, and the files that entries name",
      "  airlock ledger verify\n  airlock ledger verify --from-checkpoint kept.txt --public-key vkey",
      [&context, verifying] { return verify(context, *verifying); });
  verified.text("--from-checkpoint", verifying->checkpoint, "a checkpoint that was kept elsewhere");
  verified.text("--public-key", verifying->public_key, "the ledger's verifier key, instead of the site's own");
  add_ledger_proofs(context, group);
}

}  // namespace airlock::tools
