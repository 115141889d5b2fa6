#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "intake/home.hpp"
#include "site/request.hpp"
#include "sys/file.hpp"

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
                           {"new", added->is_new},
                           {"exit", 0}});
    return 0;
  }
  context.console.say(std::string(added->is_new ? "registered" : "had already registered") + " site " +
                      request.site_id + (request.name.empty() ? "" : ", " + request.name));
  context.console.say({{"fingerprint", site::in_groups(request.fingerprint)},
                       {"next", options.fingerprint.empty()
                                    ? "compare the fingerprint with what the site's operator saw, by another way"
                                    : "the fingerprint is the one you gave; issue the licence"}});
  return 0;
}

}  // namespace site_command

void add_site(VendorContext& context) {
  using namespace site_command;
  auto options = std::make_shared<Options>();
  console::Command group = context.console.group("site", "register sites");
  console::Command command =
      context.console.command(group, "add", "register a site from its request",
                              "  airlock-vendor site add site-request.p7s --fingerprint '5a0c …'",
                              [&context, options] { return run(context, *options); });
  command.text("SITE-REQUEST", options->request, "the site's request", console::Need::required);
  command.text("--fingerprint", options->fingerprint, "what `airlock init` printed; anything else is refused");
}

}  // namespace airlock::tools
