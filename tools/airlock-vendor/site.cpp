#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "intake/home.hpp"
#include "ledger/checkpoint.hpp"
#include "site/request.hpp"
#include "sys/read_file.hpp"

namespace airlock::tools {
namespace site_command {

using core::Code;

struct Options {
  std::string request;
  std::string fingerprint;
};

core::Result<intake::Home::AddedSite> add(const VendorContext& context, const Options& options) {
  std::optional<core::Digest> fingerprint;
  if (!options.fingerprint.empty()) {
    std::string hex;
    for (const char c : core::to_lower(options.fingerprint)) {
      if (c != ' ' && c != ':') hex += c;
    }
    auto digest = core::Digest::from_hex(hex);
    if (!digest) return core::fail(Code::usage, "--fingerprint: " + digest.error().message);
    fingerprint = *digest;
  }
  AIRLOCK_TRY(auto home, intake::Home::open(context.home));
  AIRLOCK_TRY(const std::string request, sys::read_file(options.request, site::request_bytes_limit));
  return home.add_site(request, options.request, fingerprint);
}

int run(VendorContext& context, const Options& options) {
  const auto added = add(context, options);
  if (!added) return context.console.report(added.error());
  const site::SiteRequest& request = added->request;
  if (context.console.json()) {
    context.console.print({{"site_id", request.site_id},
                           {"name", request.name},
                           {"fingerprint", request.fingerprint.hex()},
                           {"new", added->done.is_new},
                           {"was_retired", added->done.was_retired},
                           {"exit", 0}});
    return 0;
  }
  context.console.say(std::string(added->done.is_new        ? "registered"
                                  : added->done.was_retired ? "registered again"
                                                            : "had already registered") +
                      " site " + request.site_id + (request.name.empty() ? "" : ", " + request.name) +
                      (added->done.was_retired ? ", which had been retired" : ""));
  context.console.say(
      {{"fingerprint", site::in_groups(request.fingerprint)},
       {"next", options.fingerprint.empty()
                    ? "compare this fingerprint with the one that the site's operator sees, by another way"
                    : "the fingerprint is the one that you gave; issue the licence"}});
  return 0;
}

struct ReadmitOptions {
  std::string directory;
  std::string reason;
};

core::Result<intake::Home::ReadmittedSite> readmit_from(const VendorContext& context, const ReadmitOptions& options) {
  AIRLOCK_TRY(auto home, intake::Home::open(context.home));
  const auto read = [&](const char* name, std::uint64_t limit) {
    return sys::read_file(options.directory + "/" + name, limit);
  };
  AIRLOCK_TRY(const std::string entry, read("entry.json", ledger::entry_limit));
  AIRLOCK_TRY(const std::string proof, read("proof.txt", ledger::proof_text_limit));
  auto out = home.readmit(entry, proof, options.reason);
  if (!out && out.error().code != Code::usage) {
    return core::fail(std::move(out).error().within(core::quote(options.directory)));
  }
  return out;
}

int readmit(VendorContext& context, const ReadmitOptions& options) {
  const auto site = readmit_from(context, options);
  if (!site) return context.console.report(site.error());
  if (context.console.json()) {
    context.console.print({{"site_id", site->site_id},
                           {"seq", site->adoption.seq},
                           {"adopted", site->adoption.time.text()},
                           {"site_reason", site->adoption.reason},
                           {"new", site->done.is_new},
                           {"kept", site->done.kept},
                           {"former", site->done.former},
                           {"forks", site->done.forks},
                           {"exit", 0}});
    return 0;
  }
  if (!site->done.is_new) {
    context.console.say("site " + site->site_id + " had already been readmitted with this entry");
    return 0;
  }
  context.console.say("readmitted site " + site->site_id);
  context.console.say({{"adopted", site->adoption.time.text() + ": " + site->adoption.reason},
                       {"kept", std::to_string(site->done.kept) + ", which the adopted ledger knows too"},
                       {"former", std::to_string(site->done.former) + ", which only the lost past knows"},
                       {"settled", "forks: " + std::to_string(site->done.forks)},
                       {"next", "take in the bundles again that were refused as a fork"}});
  return 0;
}

}  // namespace site_command

void add_site(VendorContext& context) {
  using namespace site_command;
  auto options = std::make_shared<Options>();
  console::Command group = context.console.group("site", "register, list and retire sites, and settle contradictions");
  console::Command command =
      context.console.command(group, "add", "register a site from its request",
                              "  airlock-vendor site add site-request.p7s --fingerprint '5a0c …'",
                              [&context, options] { return run(context, *options); });
  command.text("SITE-REQUEST", options->request, "the site's request", console::Kind::file, console::Need::required);
  command.text("--fingerprint", options->fingerprint,
               "the fingerprint that `airlock init` printed; a request with another one is refused");
  auto past = std::make_shared<ReadmitOptions>();
  console::Command again = context.console.command(
      group, "readmit", "go on with a site whose ledger was restored and adopted",
      "  airlock-vendor site readmit for-the-vendor --reason 'ticket 4711: disk lost, backup restored'",
      [&context, past] { return readmit(context, *past); });
  again.text("DIRECTORY", past->directory,
             "the folder that `airlock ledger prove --entry N --extract DIRECTORY` made for the entry `adopted`",
             console::Kind::folder, console::Need::required);
  again.text("--reason", past->reason, "what the site told you; recorded", console::Need::required);
  add_site_standing(context, group);
}

}  // namespace airlock::tools
