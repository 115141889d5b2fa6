#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "intake/home.hpp"
#include "site/request.hpp"

namespace airlock::tools {
namespace init_command {

struct Options {
  std::string name;
  std::string product;
};

int run(VendorContext& context, const Options& options) {
  for (const std::string& text : {options.name, options.product}) {
    if (text.empty()) return context.console.report({core::Code::usage, "name and product must not be empty", ""});
    if (const auto typed = core::check_typed("name and product", text, 64); !typed) {
      return context.console.report(typed.error());
    }
  }
  const auto made = intake::init_home(context.home, options.name, options.product);
  if (!made) return context.console.report(made.error());
  if (context.console.json()) {
    context.console.print({{"home", context.home},
                           {"vendor_root", made->root_path},
                           {"vendor_root_sha256", made->root_fingerprint.hex()},
                           {"recipient", made->recipient_path},
                           {"exit", 0}});
    return 0;
  }
  context.console.say("made a vendor's home in " + context.home);
  context.console.say(
      {{"root", made->root_path},
       {"fingerprint", site::in_groups(made->root_fingerprint)},
       {"recipient", made->recipient_path},
       {"next", "give the root certificate to the sites, and tell them its fingerprint by another way"}});
  return 0;
}

}  // namespace init_command

void add_init(VendorContext& context) {
  using namespace init_command;
  auto options = std::make_shared<Options>();
  console::Command command =
      context.console.command("init", "make the vendor's home: root certificate, signing keys, recipient key, register",
                              "  airlock-vendor init --name 'PostHog Inc.' --product posthog",
                              [&context, options] { return run(context, *options); });
  command.text("--name", options->name, "the vendor's name, for certificates", console::Need::required);
  command.text("--product", options->product, "the product", console::Need::required);
}

}  // namespace airlock::tools
