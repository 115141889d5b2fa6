#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "intake/home.hpp"
#include "site/request.hpp"

namespace airlock::tools {
namespace key_command {

struct KeyOptions {
  std::string key;
  keeper::TokenKey token;
};

int use(VendorContext& context, const KeyOptions& options) {
  const auto role = intake::VendorKeys::role_named(options.key);
  if (!role) {
    return context.console.report(
        {core::Code::usage, core::quote(options.key) + " is not `licence`, `kit` or `receipt`",
         "the root key and the key that opens bundles must be files; a passphrase can protect them"});
  }
  auto home = intake::Home::open(context.home);
  if (!home) return context.console.report(home.error());
  const auto made = home->keys().use_token(*role, options.token);
  if (!made) return context.console.report(made.error());
  if (context.console.json()) {
    context.console.print({{"subject", made->subject()}, {"sha256", made->fingerprint().hex()}, {"exit", 0}});
    return 0;
  }
  context.console.say("the token's key signs as " + made->subject() + " now");
  context.console.say({{"fingerprint", site::in_groups(made->fingerprint())},
                       {"next", "revoke the former certificate if its key may have been copied"}});
  return 0;
}

int protect(VendorContext& context, const KeyOptions& options) {
  auto home = intake::Home::open(context.home);
  if (!home) return context.console.report(home.error());
  if (auto done = home->keys().protect(options.key); !done) return context.console.report(done.error());
  if (context.console.json()) {
    context.console.print({{"key", options.key}, {"kept", "under a passphrase"}, {"exit", 0}});
  } else {
    context.console.say("the key `" + options.key + "` is under the passphrase now; copies in backups still are not");
  }
  return 0;
}

}  // namespace key_command

void add_key(VendorContext& context) {
  using namespace key_command;
  auto options = std::make_shared<KeyOptions>();
  console::Console& console = context.console;
  console::Command group = console.group("key", "protect the vendor's keys");
  console::Command use_command =
      console.command(group, "use", "use a key in a PKCS #11 token for a signing role",
                      "  airlock-vendor key use licence --uri 'pkcs11:token=vendor;object=licence' --module "
                      "/usr/lib/softhsm/libsofthsm2.so",
                      [&context, options] { return use(context, *options); });
  use_command.text("ROLE", options->key, "licence, kit or receipt", console::one_of("licence kit receipt"),
                   console::Need::required);
  use_command.text("--uri", options->token.uri, "the key, as RFC 7512 names it, without a PIN",
                   console::Need::required);
  use_command.text("--module", options->token.module, "the token's PKCS #11 module, an absolute path",
                   console::Kind::file, console::Need::required);
  console
      .command(group, "protect", "put a key under a passphrase, or under another one",
               "  airlock-vendor key protect root", [&context, options] { return protect(context, *options); })
      .text("KEY", options->key, "root, licence, kit, receipt or recipient",
            console::one_of("root licence kit receipt recipient"), console::Need::required);
}

}  // namespace airlock::tools
