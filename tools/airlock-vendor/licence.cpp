#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "intake/home.hpp"
#include "sys/look.hpp"
#include "sys/write_file.hpp"

namespace airlock::tools {
namespace licence_command {

using core::Code;
using core::fail;

constexpr const char* unknown_help = "also accept a tier, entitlement or limit that no kit of this home knows";

struct Options {
  intake::LicenceOrder order;
  std::string site;
  bool any_site = false;
  std::string not_before;
  std::string not_after;
  std::vector<std::string> limits;
  std::string serial;
  std::string reason;
  std::string out;
};

/// Reads a UTC time (`2026-01-31T12:00:00Z`) or a day (`2026-01-31`), which stands for midnight UTC. Error: usage.
core::Result<core::Time> time_from(const std::string& option, const std::string& text) {
  auto time = core::Time::from_text(text.size() == 10 ? text + "T00:00:00Z" : text);
  if (!time) return fail(Code::usage, option + ": " + time.error().message);
  return time;
}

core::Result<void> read_limits(Options& options) {
  for (const std::string& limit : options.limits) {
    const auto at = limit.find('=');
    std::int64_t most = 0;
    const char* end = limit.data() + limit.size();
    const auto parsed = at == limit.npos ? std::from_chars_result{limit.data(), std::errc::invalid_argument}
                                         : std::from_chars(limit.data() + at + 1, end, most);
    if (parsed.ec != std::errc{} || parsed.ptr != end) {
      return fail(Code::usage, "--limit: " + core::quote(limit) + " is not NAME=NUMBER");
    }
    options.order.limits.emplace_back(limit.substr(0, at), most);
  }
  return {};
}

core::Result<intake::Home::IssuedLicence> issue(const VendorContext& context, Options& options) {
  if (options.any_site == !options.site.empty()) {
    return fail(Code::usage, "give either `--site SITE` or `--any-site`", "`airlock-vendor site list` names the sites");
  }
  if (!options.site.empty()) options.order.site = options.site;
  if (!options.not_before.empty()) {
    AIRLOCK_TRY(options.order.not_before, time_from("--not-before", options.not_before));
  }
  AIRLOCK_TRY(options.order.not_after, time_from("--not-after", options.not_after));
  AIRLOCK_CHECK(read_limits(options));
  AIRLOCK_CHECK(sys::check_free(options.out));  // checked first, so that a failure uses up no serial
  AIRLOCK_TRY(auto home, intake::Home::open(context.home));
  AIRLOCK_TRY(auto issued, home.issue_licence(options.order));
  AIRLOCK_CHECK(sys::create_file(options.out, issued.file, sys::public_file));
  return issued;
}

core::Result<intake::Home::IssuedLicence> renew(const VendorContext& context, const Options& options) {
  AIRLOCK_TRY(const core::Time not_after, time_from("--not-after", options.not_after));
  AIRLOCK_CHECK(sys::check_free(options.out));
  AIRLOCK_TRY(auto home, intake::Home::open(context.home));
  const auto grace = options.order.grace_days < 0 ? std::nullopt : std::optional(options.order.grace_days);
  AIRLOCK_TRY(auto issued, home.renew_licence(options.serial, not_after, grace, options.order.unknown));
  AIRLOCK_CHECK(sys::create_file(options.out, issued.file, sys::public_file));
  return issued;
}

int revoke_licence(VendorContext& context, const Options& options) {
  auto home = intake::Home::open(context.home);
  if (!home) return context.console.report(home.error());
  const auto is_new = home->revoke_licence(options.serial, options.reason);
  if (!is_new) return context.console.report(is_new.error());
  if (context.console.json()) context.console.print({{"serial", options.serial}, {"new", *is_new}, {"exit", 0}});
  context.console.say(options.serial + (*is_new ? " is revoked" : " was revoked before") +
                      ": build a kit; sites learn of it when they install the kit");
  return 0;
}

int list(VendorContext& context) {
  auto home = intake::Home::open(context.home);
  if (!home) return context.console.report(home.error());
  const auto licences = home->licences();
  if (!licences) return context.console.report(licences.error());
  core::Json documents = core::Json::array();
  console::Table table = context.console.table();
  for (const auto& [licence, revoked] : *licences) {
    core::Json document = core::Json::parse(licence::to_document(licence));
    document["revoked"] = revoked;
    documents.push_back(std::move(document));
    std::string sites = licence.any_site ? "any site" : "";
    for (const auto& site : licence.sites) sites += (sites.empty() ? "" : ", ") + site.id;
    std::vector<std::string> cells{licence.serial, licence.tier,
                                   licence.not_before.date() + " to " + licence.not_after.date(), licence.licensee,
                                   sites};
    if (revoked) cells.emplace_back("revoked");
    table.add(std::move(cells));
  }
  table.finish();
  if (context.console.json()) context.console.print({{"licences", documents}, {"exit", 0}});
  return 0;
}

int report_issued(VendorContext& context, const Options& options,
                  const core::Result<intake::Home::IssuedLicence>& issued) {
  if (!issued) return context.console.report(issued.error());
  if (context.console.json()) {
    context.console.print(
        {{"file", options.out}, {"licence", core::Json::parse(licence::to_document(issued->licence))}, {"exit", 0}});
  }
  context.console.say("issued " + issued->licence.serial + " for tier " + issued->licence.tier + " to " + options.out);
  // A person may name the site by its name or by the beginning of its id. Then the full id is shown.
  for (const auto& site : issued->licence.sites) {
    if (!options.site.empty() && site.id != core::to_lower(options.site)) context.console.say("  site  " + site.id);
  }
  return 0;
}

void add_others(VendorContext& context, console::Command& group) {
  auto options = std::make_shared<Options>();
  options->order.grace_days = -1;
  console::Command renew_command = context.console.command(
      group, "renew", "issue a licence again for another term, bound to its sites' current keys",
      "  airlock-vendor licence renew LIC-2026-000017 --not-after 2028-11-01 --out licence.p7s",
      [&context, options] { return report_issued(context, *options, renew(context, *options)); });
  renew_command.text("SERIAL", options->serial, "the licence", console::Kind::serial, console::Need::required);
  renew_command.text("--not-after", options->not_after, "end of the new term, a UTC time or day", console::Kind::day,
                     console::Need::required);
  renew_command.number("--grace-days", options->order.grace_days, "days of grace after the term (default as before)");
  renew_command.flag("--unknown", options->order.unknown, unknown_help);
  renew_command.text("--out", options->out, "the licence's file, which must not exist yet", console::Kind::file,
                     console::Need::required);
  console::Command revoke_command =
      context.console.command(group, "revoke", "put a licence on the revocation list, which every later kit carries",
                              "  airlock-vendor licence revoke LIC-2026-000017 --reason 'contract ended'",
                              [&context, options] { return revoke_licence(context, *options); });
  revoke_command.text("SERIAL", options->serial, "the licence", console::Kind::serial, console::Need::required);
  revoke_command.text("--reason", options->reason, "why, for the register");
  context.console.command(group, "list", "all licences that were issued", "  airlock-vendor licence list --json",
                          [&context] { return list(context); });
}

}  // namespace licence_command

void add_licence(VendorContext& context) {
  using namespace licence_command;
  auto options = std::make_shared<Options>();
  console::Command group = context.console.group("licence", "issue, renew, revoke and list licences");
  console::Command command = context.console.command(
      group, "issue", "issue a licence for a registered site, or for any site",
      "  airlock-vendor licence issue --tier enterprise-air-gapped --licensee 'Example Bank plc' --site UUID \\\n"
      "    --not-after 2027-11-01 --entitlement air_gap --out licence.p7s",
      [&context, options] { return report_issued(context, *options, issue(context, *options)); });
  command.about(
      "A tier, entitlement or limit that no kit of this home knows is refused, with the nearest name, unless "
      "`--unknown` is given.",
      "guides/vendor.md");
  command.text("--tier", options->order.tier, "the tier, a name that the policy has rules for", console::Kind::tier,
               console::Need::required);
  command.text("--licensee", options->order.licensee, "who holds the licence", console::Need::required);
  command.text("--site", options->site, "the registered site that it is for, " + std::string(site_words),
               console::Kind::site);
  command.flag("--any-site", options->any_site, "make a licence that is valid at every site");
  command.text("--not-before", options->not_before, "first moment, a UTC time or day (default today)",
               console::Kind::day);
  command.text("--not-after", options->not_after, "end of the term, a UTC time or day", console::Kind::day,
               console::Need::required);
  command.texts("--entitlement", options->order.entitlements, "an entitlement; may be given again",
                console::Kind::entitlement);
  command.texts("--limit", options->limits, "NAME=NUMBER; may be given again");
  command.number("--grace-days", options->order.grace_days, "days of grace after the term (default 14)");
  command.flag("--unknown", options->order.unknown, unknown_help);
  command.text("--out", options->out, "the licence's file, which must not exist yet", console::Kind::file,
               console::Need::required);
  add_others(context, group);
}

}  // namespace airlock::tools
