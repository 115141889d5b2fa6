#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "intake/home.hpp"
#include "site_gaps.hpp"
#include "sys/look.hpp"
#include "sys/write_file.hpp"

namespace airlock::tools {
namespace receipt_command {

using core::Code;
using core::Json;
using core::quote;

struct Options {
  std::string site;
  std::string out;
};

int show_gaps(VendorContext& context, const Options& options) {
  auto home = intake::Home::open(context.home);
  if (!home) return context.console.report(home.error());
  const auto sites = home->gaps(options.site.empty() ? std::nullopt : std::optional(options.site));
  if (!sites) return context.console.report(sites.error());
  std::optional<Code> code;
  Json all = Json::array();
  std::size_t retired = 0;
  bool forks = false;
  for (const auto& one : *sites) {
    if (one.gaps.retired && options.site.empty()) {
      ++retired;
      continue;
    }
    // Gaps of a retired site are no failure, since nobody waits for its missing disclosures.
    if (!one.gaps.retired) {
      if (!one.gaps.missing.empty() && !code) code = Code::later;
      if (!one.gaps.forks.empty()) code = Code::integrity;
    }
    forks = forks || !one.gaps.forks.empty();
    all.push_back(to_json(one.site, one.gaps));
    context.console.say("site " + intake::described(one.site));
    context.console.say(rows_of(one.gaps));
  }
  if (context.console.json()) {
    Json document{{"sites", all}, {"retired", retired}, {"exit", core::exit_code(code)}};
    if (code) {
      const bool forked = code == Code::integrity;
      document["error"] = console::error_member(code, forked ? "a site contradicts itself" : "disclosures are missing",
                                                forked ? "`forks` says where; ask the site" : "`missing` says which");
    }
    context.console.print(document);
  }
  if (sites->empty()) context.console.say("no site is registered");
  if (retired != 0) {
    context.console.say("retired sites that are left out: " + std::to_string(retired) +
                        "; see `airlock-vendor site list`");
  }
  if (forks) context.console.complain("a site contradicts itself", std::string(fork_hint));
  return core::exit_code(code);
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
                           {"checkpoint", core::or_null(receipt.checkpoint)},
                           {"missing", to_json(receipt.missing)},
                           {"exit", 0}});
    return 0;
  }
  context.console.say("wrote receipt " + std::to_string(receipt.sequence) + " to " + options.out +
                      "; disclosures that it acknowledges: " + std::to_string(receipt.items.size()));
  if (!receipt.missing.empty())
    context.console.say("the receipt tells the site that these are missing: " + listed(receipt.missing));
  return 0;
}

}  // namespace receipt_command

void add_gaps(VendorContext& context) {
  using namespace receipt_command;
  auto options = std::make_shared<Options>();
  context.console
      .command(
          "gaps", "list the disclosures of a site that are missing, and those that it says will never come",
          "  airlock-vendor gaps\n  airlock-vendor gaps --site 'Example Bank, Leeds' --json | jq '.sites[].missing'",
          [&context, options] { return show_gaps(context, *options); })
      .exits({{0, "nothing is missing"},
              {5, "a site contradicts itself"},
              {7, "disclosures are missing and may still come"}})
      .text("--site", options->site,
            "one site only, named " + std::string(site_words) + "; without it, every site that is not retired",
            console::Kind::site);
}

void add_receipt(VendorContext& context) {
  using namespace receipt_command;
  auto options = std::make_shared<Options>();
  console::Command command = context.console.command(
      "receipt", "acknowledge the disclosures that arrived, so that the site can empty its outbox",
      "  airlock-vendor receipt --site UUID --out receipt.p7s",
      [&context, options] { return issue(context, *options); });
  command.text("--site", options->site, "the site, " + std::string(site_words), console::Kind::site,
               console::Need::required);
  command.text("--out", options->out, "the receipt's file, which must not exist yet", console::Kind::file,
               console::Need::required);
}

}  // namespace airlock::tools
