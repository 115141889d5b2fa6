#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/encoding.hpp"
#include "core/text.hpp"
#include "health/documents.hpp"
#include "licence/licence.hpp"
#include "licence/verdict.hpp"
#include "office/install_licence.hpp"
#include "present.hpp"
#include "public/judge.hpp"
#include "sys/read_file.hpp"
#include "sys/system.hpp"

namespace airlock::tools {
namespace licence_command {

struct Options {
  published::LicenceFiles files;
  std::string site_id;
  std::string file;
};

/// Judges the licence of the site from its public part, or a given file by that public part, or without a site the
/// files that the options name. Error: usage if the options do not go together.
core::Result<licence::LicenceVerdict> judge(const Context& context, const Options& options) {
  using core::Code;
  const bool from_files =
      !options.files.licence.empty() || !options.files.trust.empty() || !options.files.product.empty();
  if (from_files && !options.file.empty()) {
    return core::fail(Code::usage,
                      "`--licence`, `--trust` and `--product` are for a licence file without a site; with FILE alone, "
                      "the site's own trust and product apply",
                      "leave out these options, or give the file with `--licence`");
  }
  if (!options.file.empty()) return published::judge_for_public(context.site, options.file, sys::now());
  if (!from_files) return published::judge_public(context.site, sys::now());
  if (options.files.licence.empty() || options.files.trust.empty() || options.files.product.empty()) {
    return core::fail(Code::usage, "without a site, `--licence`, `--trust` and `--product` are all needed",
                      "see `airlock licence verify --help`");
  }
  published::LicenceFiles files = options.files;
  if (!options.site_id.empty()) {
    if (!core::is_uuid(options.site_id)) {
      return core::fail(Code::usage, core::quote(options.site_id) + " is not a UUID");
    }
    files.site_id = core::to_lower(options.site_id);
  }
  return published::judge_files(files, sys::now());
}

void print(const Context& context, const licence::LicenceVerdict& verdict) {
  core::Json document = health::verdict_document(verdict);
  if (verdict.code()) {
    document["error"] = console::error_member(verdict.code(), verdict.reason, verdict.hint);
  }
  context.console.print(document);
}

int verify(Context& context, const Options& options) {
  const auto verdict = judge(context, options);
  if (!verdict) return context.console.report(verdict.error());
  if (context.console.json()) {
    print(context, *verdict);
  } else {
    context.console.say(in_words(*verdict));
    if (const std::string next = next_in_words(*verdict); !next.empty()) context.console.say("next: " + next);
  }
  if (verdict->code()) context.console.complain(verdict->reason, verdict->hint);
  warn_of_end(context.console, *verdict);
  return core::exit_code(verdict->code());
}

int show(Context& context) {
  const auto verdict = published::judge_public(context.site, sys::now());
  if (!verdict) return context.console.report(verdict.error());
  if (context.console.json()) print(context, *verdict);
  if (verdict->licence) {
    const licence::Licence& licence = *verdict->licence;
    std::string sites = licence.any_site ? "any" : "";
    for (const auto& site : licence.sites) sites += (sites.empty() ? "" : "\n") + site.id;
    std::string limits;
    for (const auto& [name, most] : licence.limits) {
      limits += (limits.empty() ? "" : "\n") + name + " " + std::to_string(most);
    }
    context.console.say({{"serial", licence.serial + ", sequence " + std::to_string(licence.sequence)},
                         {"state", in_words(*verdict)},
                         {"next", next_in_words(*verdict).empty() ? "none" : next_in_words(*verdict)},
                         {"licensee", licence.licensee},
                         {"product", licence.product},
                         {"tier", licence.tier},
                         {"entitlements", joined(licence.entitlements)},
                         {"limits", limits.empty() ? "none" : limits},
                         {"sites", sites},
                         {"issued", licence.issued.text()},
                         {"term", licence.not_before.text() + " to " + licence.not_after.text() + ", then " +
                                      std::to_string(licence.grace_days) + " days of grace"}});
  }
  if (verdict->code()) context.console.complain(verdict->reason, verdict->hint);
  warn_of_end(context.console, *verdict);
  return core::exit_code(verdict->code());
}

int install(Context& context, const Options& options) {
  const auto file = sys::read_file(options.file, licence::licence_bytes_limit);
  if (!file) return context.console.report(file.error());
  const auto installed = office::install_licence(context.site, *file, options.file);
  if (!installed) return context.console.report(installed.error());
  const licence::Licence& licence = installed->licence;
  if (context.console.json()) {
    core::Json document = health::verdict_document(installed->verdict);
    document["installed"] = {{"serial", licence.serial}, {"waits", installed->waits}, {"unknown", installed->unknown}};
    document["exit"] = 0;
    context.console.print(document);
  }
  if (installed->waits) {
    context.console.say("installed " + licence.serial + " for tier " + licence.tier + ": it takes over at " +
                        licence.not_before.text() + "; until then the licence in force stays, " +
                        in_words(installed->verdict));
  } else {
    context.console.say("installed " + licence.serial + " for tier " + licence.tier + ": " +
                        in_words(installed->verdict));
  }
  for (const std::string& unknown : installed->unknown) {
    context.console.warn(unknown,
                         "ask the vendor whether the licence or the kit is wrong; reports held for a wrong tier are "
                         "kept, and leave once it is put right");
  }
  say_waiting(context.console, context.site);
  warn_of_end(context.console, installed->verdict);
  return 0;
}

}  // namespace licence_command

void add_licence(Context& context) {
  using namespace licence_command;
  auto options = std::make_shared<Options>();
  const console::Exits exits{{3, "the licence, or another file, is not what it must be"},
                             {5, "the licence's signature does not verify"},
                             {6, "the licence is neither valid nor in grace: the message says why"}};
  console::Command group = context.console.group("licence", "verify, show or install the licence");
  console::Command verify_command = context.console.command(
      group, "verify", "judge the licence: exit 0 if valid or in grace, 3 or 5 if invalid, otherwise 6",
      "  airlock licence verify\n"
      "  airlock licence verify licence-of-next-year.p7s\n"
      "  airlock licence verify --licence licence.p7s --trust vendor-root.crt --product posthog",
      [&context, options] { return verify(context, *options); });
  verify_command.about(
      "Without arguments it judges the licence of the site. With FILE it judges that one as the site would once it is "
      "installed. With `--licence`, `--trust` and `--product` it needs no site. The verdict never stops the product: "
      "the application decides.",
      "guides/verify-a-licence.md");
  verify_command.exits(exits);
  verify_command.text("FILE", options->file, "a licence file, judged as this site would once it is installed",
                      console::Kind::file);
  verify_command.text("--licence", options->files.licence, "a licence file, without any site", console::Kind::file);
  verify_command.text("--trust", options->files.trust, "the vendor's root certificate", console::Kind::file);
  verify_command.text("--product", options->files.product, "the product that the licence must be for");
  verify_command.text("--site-id", options->site_id, "the site that the licence must be for", console::Kind::own_site);
  context.console
      .command(group, "show", "what the site's licence says", "  airlock licence show",
               [&context] { return show(context); })
      .exits(exits);
  console::Command install_command = context.console.command(
      group, "install", "verify a licence and put it into force", "  airlock licence install licence.p7s",
      [&context, options] { return install(context, *options); });
  install_command.about(
      "A licence that begins later is kept beside the one in force and takes over by itself. If a licence allows more "
      "than the ceiling, reports are held until `airlock authorise`.",
      "guides/verify-a-licence.md");
  install_command.exits(exits);
  install_command.text("FILE", options->file, "the licence file", console::Kind::file, console::Need::required);
  add_licence_usage(context, group);
}

}  // namespace airlock::tools
