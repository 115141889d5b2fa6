#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "intake/home.hpp"
#include "licence/licence.hpp"
#include "site/request.hpp"
#include "site_gaps.hpp"

namespace airlock::tools {
namespace site_show_command {

using core::Code;
using core::Json;

using Rows = std::vector<std::pair<std::string, std::string>>;

/// The state of a site in a word or two.
std::string standing_of(const intake::Gaps& gaps) {
  if (gaps.retired) return "retired";
  std::string out;
  if (!gaps.forks.empty()) out = "forks: " + std::to_string(gaps.forks.size());
  if (!gaps.missing.empty()) out += (out.empty() ? "missing: " : ", missing: ") + listed(gaps.missing);
  return out.empty() ? "complete" : out;
}

int list(VendorContext& context) {
  auto home = intake::Home::open(context.home);
  if (!home) return context.console.report(home.error());
  const auto sites = home->gaps(std::nullopt);
  if (!sites) return context.console.report(sites.error());
  Json all = Json::array();
  console::Table table = context.console.table();
  for (const auto& [site, gaps] : *sites) {
    all.push_back({{"site_id", site.site_id},
                   {"name", core::or_null(site.name)},
                   {"added", site.added},
                   {"received", gaps.received},
                   {"last_disclosure", gaps.last},
                   {"last_received", core::or_null(gaps.last_received)},
                   {"forks", gaps.forks.size()},
                   {"missing", to_json(gaps.missing)},
                   {"retired", gaps.retired.has_value()}});
    table.add({site.site_id, site.name.empty() ? "no name" : site.name,
               "received " + std::to_string(gaps.received) + (gaps.received == 0 ? "" : ", last " + gaps.last_received),
               standing_of(gaps)});
  }
  table.finish();
  if (context.console.json()) context.console.print({{"sites", all}, {"exit", 0}});
  if (sites->empty()) context.console.say("no site is registered");
  return 0;
}

std::string kept_in_words(const intake::Home::SiteDetails& site, std::uint64_t disclosure) {
  const auto kept = site.kept.find(disclosure);
  if (kept == site.kept.end()) return "the disclosure that was here";
  return kept->second.id + ", SHA-256 " + kept->second.content_sha256;
}

Json details_json(const intake::Home::SiteDetails& details) {
  Json out = to_json(details.site, details.gaps);
  out["product"] = core::or_null(details.site.product);
  out["request_sha256"] = details.site.request_sha256;
  out["created"] = details.site.created;
  out["added"] = details.site.added;
  out["ledger_key"] = details.site.ledger_key;
  Json times = Json::array();
  for (const auto& time : details.retirements) {
    times.push_back({{"retired", time.retired}, {"reason", time.reason}, {"ended", core::or_null(time.ended)}});
  }
  out["retirements"] = times;
  Json licences = Json::array();
  for (const auto& [licence, revoked] : details.licences) {
    licences.push_back({{"serial", licence.serial},
                        {"tier", licence.tier},
                        {"not_before", licence.not_before.text()},
                        {"not_after", licence.not_after.text()},
                        {"revoked", revoked}});
  }
  out["licences"] = licences;
  for (Json& closure : out["closed_forks"]) {
    for (Json& fork : closure["forks"]) {
      const auto kept = details.kept.find(fork["disclosure"].get<std::uint64_t>());
      fork["kept"] = kept == details.kept.end() ? Json(nullptr)
                                                : Json{{"id", kept->second.id},
                                                       {"content_sha256", kept->second.content_sha256},
                                                       {"received", kept->second.received}};
    }
  }
  out["exit"] = 0;
  return out;
}

int show(VendorContext& context, const std::string& text) {
  auto home = intake::Home::open(context.home);
  if (!home) return context.console.report(home.error());
  const auto details = home->site_details(text);
  if (!details) return context.console.report(details.error());
  if (context.console.json()) {
    context.console.print(details_json(*details));
    return 0;
  }
  const intake::RegisteredSite& site = details->site;
  context.console.say("site " + intake::described(site));
  const auto fingerprint = core::Digest::from_hex(site.request_sha256);
  Rows rows{{"product", site.product.empty() ? "not known" : site.product},
            {"request", "of " + site.created + ", registered " + site.added},
            {"fingerprint", fingerprint ? site::in_groups(*fingerprint) : site.request_sha256}};
  for (const auto& [licence, revoked] : details->licences) {
    rows.emplace_back("licence", licence.serial + ", tier " + licence.tier + ", " + licence.not_before.date() + " to " +
                                     licence.not_after.date() + (revoked ? ", revoked" : ""));
  }
  const Rows gaps = rows_of(details->gaps);
  rows.insert(rows.end(), gaps.begin(), gaps.end());
  for (const auto& closure : details->gaps.closures) {
    std::string told = closure.closed + ": " + closure.reason;
    for (const auto& fork : closure.forks) {
      told += "\ndisclosure " + std::to_string(fork.disclosure) + ", found " + fork.found +
              "\n  kept: " + kept_in_words(*details, fork.disclosure) + "\n  apart: " + fork.id + ", SHA-256 " +
              fork.content_sha256;
    }
    rows.emplace_back("closed fork", std::move(told));
  }
  for (const auto& time : details->retirements) {
    if (time.ended.empty()) continue;  // `rows_of` shows a retirement that has not ended
    rows.emplace_back("was retired", time.retired + " to " + time.ended + ": " + time.reason);
  }
  context.console.say(rows);
  return 0;
}

struct DecisionOptions {
  std::string site;
  std::string reason;
  std::int64_t disclosure = 0;
};

int retire(VendorContext& context, const DecisionOptions& options) {
  auto home = intake::Home::open(context.home);
  if (!home) return context.console.report(home.error());
  const auto retired = home->retire_site(options.site, options.reason);
  if (!retired) return context.console.report(retired.error());
  if (context.console.json()) {
    context.console.print({{"site_id", retired->site.site_id}, {"new", retired->is_new}, {"exit", 0}});
    return 0;
  }
  const std::string which = "site " + intake::described(retired->site);
  if (!retired->is_new) {
    context.console.say(which + " had been retired before");
    return 0;
  }
  context.console.say("retired " + which);
  context.console.say(
      {{"from now on",
        "bundles of this site are refused, it gets neither receipts nor licences, and `gaps` leaves it out"},
       {"to undo it", "register its request again with `airlock-vendor site add SITE-REQUEST`"}});
  return 0;
}

Json closed_json(const std::vector<intake::Home::ClosedFork>& forks) {
  Json out = Json::array();
  for (const auto& [fork, kept] : forks) {
    Json one = to_json(fork);
    one["kept"] = kept ? Json{{"id", kept->id}, {"content_sha256", kept->content_sha256}} : Json(nullptr);
    out.push_back(std::move(one));
  }
  return out;
}

int close_fork(VendorContext& context, const DecisionOptions& options) {
  if (options.disclosure < 0) {
    return context.console.report({Code::usage, "`--disclosure` must be the number of a disclosure", ""});
  }
  auto home = intake::Home::open(context.home);
  if (!home) return context.console.report(home.error());
  std::optional<std::uint64_t> only;
  if (options.disclosure != 0) only = static_cast<std::uint64_t>(options.disclosure);
  const auto closed = home->close_forks(options.site, only, options.reason);
  if (!closed) return context.console.report(closed.error());
  if (context.console.json()) {
    context.console.print({{"site_id", closed->site.site_id}, {"closed", closed_json(closed->forks)}, {"exit", 0}});
    return 0;
  }
  const std::string which = "site " + intake::described(closed->site);
  if (closed->forks.empty()) {
    context.console.say(which + " has no such open fork");
    return 0;
  }
  context.console.say("closed forks of " + which + ": " + std::to_string(closed->forks.size()));
  for (const auto& [fork, kept] : closed->forks) {
    context.console.say({{"disclosure", std::to_string(fork.disclosure)},
                         {"kept", kept ? kept->id + ", taken in " + kept->received + ", SHA-256 " + kept->content_sha256
                                       : "the disclosure in the register"},
                         {"apart", fork.id + ", SHA-256 " + fork.content_sha256}});
  }
  context.console.say({{"next",
                        "the machine that made the bundles kept apart must stop using this id: make it a site of its "
                        "own (docs/guides/restore-and-move.md). If that machine is the real site instead, it runs "
                        "`airlock ledger adopt`, and you run `airlock-vendor site readmit`"}});
  return 0;
}

}  // namespace site_show_command

void add_site_standing(VendorContext& context, console::Command& group) {
  using namespace site_show_command;
  console::Console& console = context.console;
  console.command(group, "list", "all registered sites, and how far they have reported",
                  "  airlock-vendor site list\n  airlock-vendor site list --json | jq '.sites[] | select(.forks > 0)'",
                  [&context] { return list(context); });
  auto shown = std::make_shared<std::string>();
  console
      .command(group, "show", "show everything known about one site: keys, licences, gaps, closed forks",
               "  airlock-vendor site show 'Example Bank, Leeds'\n  airlock-vendor site show 5b0c",
               [&context, shown] { return show(context, *shown); })
      .text("SITE", *shown, "the site, " + std::string(site_words), console::Kind::site, console::Need::required);
  auto retired = std::make_shared<DecisionOptions>();
  console::Command retiring =
      console.command(group, "retire", "record that nothing will come from a site any more",
                      "  airlock-vendor site retire 'Example Bank, Leeds' --reason 'contract ended on 2026-11-30'",
                      [&context, retired] { return retire(context, *retired); });
  retiring.text("SITE", retired->site, "the site, " + std::string(site_words), console::Kind::site,
                console::Need::required);
  retiring.text("--reason", retired->reason, "why; recorded", console::Need::required);
  auto closed = std::make_shared<DecisionOptions>();
  console::Command closing = console.command(
      group, "close-fork", "close the forks of a site whose machine was copied; the register's bundles stay",
      "  airlock-vendor site close-fork 5b0c --reason 'ticket 4712: the virtual machine was cloned; the clone is site "
      "77aa now'",
      [&context, closed] { return close_fork(context, *closed); });
  closing.text("SITE", closed->site, "the site, " + std::string(site_words), console::Kind::site,
               console::Need::required);
  closing.text("--reason", closed->reason, "what the site told you; recorded", console::Need::required);
  closing.number("--disclosure", closed->disclosure, "only the forks of this disclosure, by its number");
}

}  // namespace airlock::tools
