#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "intake/home.hpp"
#include "sys/file.hpp"

namespace airlock::tools {
namespace licence_command {

using core::Code;
using core::fail;

struct Options {
  intake::LicenceOrder order;
  std::string site;
  bool any_site = false;
  std::string not_before;
  std::string not_after;
  std::vector<std::string> limits;
  std::string out;
};

/// A UTC time, or a day, which begins at midnight.
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
    return fail(Code::usage, "give either `--site UUID` or `--any-site`");
  }
  if (!options.site.empty()) options.order.site_id = options.site;
  if (!options.not_before.empty()) {
    AIRLOCK_TRY(options.order.not_before, time_from("--not-before", options.not_before));
  }
  AIRLOCK_TRY(options.order.not_after, time_from("--not-after", options.not_after));
  AIRLOCK_CHECK(read_limits(options));
  AIRLOCK_TRY(auto home, intake::Home::open(context.home));
  AIRLOCK_TRY(auto issued, home.issue_licence(options.order));
  AIRLOCK_CHECK(sys::create_file(options.out, issued.file, sys::public_file));
  return issued;
}

int run(VendorContext& context, Options& options) {
  const auto issued = issue(context, options);
  if (!issued) return context.console.report(issued.error());
  if (context.console.json()) {
    context.console.print(
        {{"file", options.out}, {"licence", core::Json::parse(licence::to_document(issued->licence))}, {"exit", 0}});
  }
  context.console.say("issued " + issued->licence.serial + " for tier " + issued->licence.tier + " to " + options.out);
  return 0;
}

}  // namespace licence_command

void add_licence(VendorContext& context) {
  using namespace licence_command;
  auto options = std::make_shared<Options>();
  console::Command group = context.console.group("licence", "issue licences");
  console::Command command = context.console.command(
      group, "issue", "issue a licence for a registered site, or for any site",
      "  airlock-vendor licence issue --tier enterprise-air-gapped --licensee 'Example Bank plc' --site UUID \\\n"
      "    --not-after 2027-11-01 --entitlement air_gap --out licence.p7s",
      [&context, options] { return run(context, *options); });
  command.text("--tier", options->order.tier, "the tier that the policy is keyed by", console::Need::required);
  command.text("--licensee", options->order.licensee, "who holds the licence", console::Need::required);
  command.text("--site", options->site, "the registered site that it is for");
  command.flag("--any-site", options->any_site, "bound to no site");
  command.text("--not-before", options->not_before, "first moment, a UTC time or day (default today)");
  command.text("--not-after", options->not_after, "end of the term, a UTC time or day", console::Need::required);
  command.texts("--entitlement", options->order.entitlements, "an entitlement; may be given again");
  command.texts("--limit", options->limits, "NAME=NUMBER; may be given again");
  command.number("--grace-days", options->order.grace_days, "days of grace behind the term (default 14)");
  command.text("--out", options->out, "the licence's file, which must not exist yet", console::Need::required);
}

}  // namespace airlock::tools
