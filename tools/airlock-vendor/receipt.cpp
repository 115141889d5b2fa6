#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "intake/home.hpp"
#include "sys/file.hpp"

namespace airlock::tools {
namespace receipt_command {

using core::Code;
using core::Json;
using core::quote;

struct Options {
  std::string site;
  std::string out;
};

std::string in_words(const site::MissingRange& range) {
  return range.first == range.last ? std::to_string(range.first)
                                   : std::to_string(range.first) + " to " + std::to_string(range.last);
}

std::string in_words(const envelope::Void& gone) { return std::to_string(gone.disclosure) + " " + gone.kind; }

template <typename List>
std::string listed(const List& list) {
  std::string out;
  for (const auto& one : list) out += (out.empty() ? "" : ", ") + in_words(one);
  return out.empty() ? "none" : out;
}

Json to_json(const std::vector<site::MissingRange>& ranges) {
  Json out = Json::array();
  for (const auto& range : ranges) out.push_back({{"first", range.first}, {"last", range.last}});
  return out;
}

Json to_json(const intake::Home::SiteGaps& one) {
  Json explained = Json::array();
  for (const auto& gone : one.gaps.explained) {
    explained.push_back({{"disclosure", gone.disclosure}, {"kind", gone.kind}});
  }
  Json forks = Json::array();
  for (const auto& fork : one.gaps.forks) {
    forks.push_back({{"disclosure", fork.disclosure},
                     {"id", fork.id},
                     {"content_sha256", fork.content_sha256},
                     {"reason", fork.reason},
                     {"found", fork.found}});
  }
  Json readmissions = Json::array();
  for (const auto& past : one.gaps.readmissions) {
    readmissions.push_back({{"admitted", past.admitted},
                            {"adopted", past.adopted},
                            {"reason", past.reason},
                            {"site_reason", past.site_reason},
                            {"former", past.former},
                            {"forks", past.forks}});
  }
  return {{"site_id", one.site.site_id},
          {"name", one.site.name.empty() ? Json(nullptr) : Json(one.site.name)},
          {"received", one.gaps.received},
          {"last_disclosure", one.gaps.last},
          {"last_received", one.gaps.last_received.empty() ? Json(nullptr) : Json(one.gaps.last_received)},
          {"missing", to_json(one.gaps.missing)},
          {"explained", explained},
          {"forks", forks},
          {"readmissions", readmissions}};
}

void show(const console::Console& console, const intake::Home::SiteGaps& one) {
  console.say("site " + one.site.site_id + (one.site.name.empty() ? "" : ", " + one.site.name));
  const intake::Gaps& gaps = one.gaps;
  std::vector<std::pair<std::string, std::string>> rows{
      {"received",
       std::to_string(gaps.received) + (gaps.received == 0 ? ""
                                                           : ", up to disclosure " + std::to_string(gaps.last) +
                                                                 ", the last one taken in " + gaps.last_received)},
      {"missing", listed(gaps.missing)},
      {"explained", listed(gaps.explained)}};
  for (const auto& fork : gaps.forks) {
    rows.emplace_back("fork", "disclosure " + std::to_string(fork.disclosure) + ": " + fork.reason);
  }
  for (const auto& past : gaps.readmissions) {
    rows.emplace_back("readmitted", past.admitted + ": " + past.reason +
                                        "; of the past that was given up: " + std::to_string(past.former) +
                                        " disclosures, " + std::to_string(past.forks) + " forks");
  }
  console.say(rows);
}

int show_gaps(VendorContext& context, const Options& options) {
  auto home = intake::Home::open(context.home);
  if (!home) return context.console.report(home.error());
  const auto sites = home->gaps(options.site.empty() ? std::nullopt : std::optional(options.site));
  if (!sites) return context.console.report(sites.error());
  int exit = 0;
  Json all = Json::array();
  for (const auto& one : *sites) {
    if (!one.gaps.missing.empty() && exit == 0) exit = static_cast<int>(Code::later);
    if (!one.gaps.forks.empty()) exit = static_cast<int>(Code::integrity);
    all.push_back(to_json(one));
    show(context.console, one);
  }
  if (context.console.json()) {
    Json document{{"sites", all}, {"exit", exit}};
    if (exit != 0) {
      const bool forked = exit == static_cast<int>(Code::integrity);
      document["error"] = console::error_member(exit, forked ? "a site contradicts itself" : "disclosures are missing",
                                                forked ? "`forks` says where; ask the site" : "`missing` says which");
    }
    context.console.print(document);
  }
  if (sites->empty()) context.console.say("no site is registered");
  return exit;
}

core::Result<intake::Home::IssuedReceipt> issue_to_file(const VendorContext& context, const Options& options) {
  AIRLOCK_TRY(auto home, intake::Home::open(context.home));
  if (sys::exists(options.out)) {
    return core::fail(Code::refused, quote(options.out) + ": exists already", "choose another name");
  }
  AIRLOCK_TRY(auto issued, home.issue_receipt(options.site));
  AIRLOCK_CHECK(sys::create_file(options.out, issued.file, sys::public_file));
  return issued;
}

int issue(VendorContext& context, const Options& options) {
  const auto issued = issue_to_file(context, options);
  if (!issued) return context.console.report(issued.error());
  const site::Receipt& receipt = issued->receipt;
  if (context.console.json()) {
    context.console.print({{"file", options.out},
                           {"site_id", receipt.site_id},
                           {"sequence", receipt.sequence},
                           {"items", receipt.items.size()},
                           {"checkpoint", receipt.checkpoint.empty() ? Json(nullptr) : Json(receipt.checkpoint)},
                           {"missing", to_json(receipt.missing)},
                           {"exit", 0}});
    return 0;
  }
  context.console.say("wrote receipt " + std::to_string(receipt.sequence) + " to " + options.out +
                      "; disclosures that it names: " + std::to_string(receipt.items.size()));
  if (!receipt.missing.empty())
    context.console.say("it tells the site that these are missing: " + listed(receipt.missing));
  return 0;
}

}  // namespace receipt_command

void add_gaps(VendorContext& context) {
  using namespace receipt_command;
  auto options = std::make_shared<Options>();
  context.console
      .command("gaps", "which disclosures of a site are missing, and which it says will never come",
               "  airlock-vendor gaps\n  airlock-vendor gaps --site UUID --json | jq '.sites[].missing'",
               [&context, options] { return show_gaps(context, *options); })
      .exits({{0, "nothing is missing"},
              {5, "a site contradicts itself"},
              {7, "disclosures are missing and may still come"}})
      .text("--site", options->site, "one site; without it all of them");
}

void add_receipt(VendorContext& context) {
  using namespace receipt_command;
  auto options = std::make_shared<Options>();
  console::Command command =
      context.console.command("receipt", "sign for what has arrived, so that the site can free its outbox",
                              "  airlock-vendor receipt --site UUID --out receipt.p7s",
                              [&context, options] { return issue(context, *options); });
  command.text("--site", options->site, "the site", console::Need::required);
  command.text("--out", options->out, "the receipt's file, which must not exist yet", console::Need::required);
}

}  // namespace airlock::tools
