#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "office/rotate.hpp"
#include "site/request.hpp"

namespace airlock::tools {
namespace key_command {

struct KeyOptions {
  std::string key;
  keeper::TokenKey token;
  bool yes = false;
};

std::string consequence(site::KeyName key) {
  switch (key) {
    case site::KeyName::site:
      return "give the new site-request.p7s to the vendor, then install the licence that the vendor issues for the new "
             "key; until then a licence bound to the former key is `wrong_site`";
    case site::KeyName::ledger:
    case site::KeyName::archive:
      return "give the new site-request.p7s to the vendor";
    case site::KeyName::pseudonym:
      return "from now on names have new pseudonyms; `airlock pseudonym lookup` still finds the former ones";
  }
  return {};
}

int print_change(Context& context, const core::Result<office::KeyChange>& changed, const std::string& done,
                 const std::string& next) {
  if (!changed) return context.console.report(changed.error());
  if (context.console.json()) {
    context.console.print(
        {{"previous", changed->previous},
         {"current", changed->current},
         {"fingerprint",
          changed->request_fingerprint ? core::Json(changed->request_fingerprint->hex()) : core::Json(nullptr)},
         {"kept_before", keeper::name(changed->kept_before)},
         {"kept", keeper::name(changed->kept_now)},
         {"exit", 0}});
    return 0;
  }
  context.console.say(done);
  std::vector<std::pair<std::string, std::string>> rows{{"former", changed->previous}, {"now", changed->current}};
  if (changed->request_fingerprint) {
    rows.emplace_back("request", context.site + "/" + std::string(site::layout::request));
    rows.emplace_back("fingerprint", site::in_groups(*changed->request_fingerprint));
  }
  rows.emplace_back("next", next);
  context.console.say(rows);
  if (changed->kept_now == keeper::KeyProtection::unencrypted &&
      changed->kept_before != keeper::KeyProtection::unencrypted) {
    context.console.remark("airlock: the former key was kept " + std::string(keeper::name(changed->kept_before)) +
                           ", the new one is unencrypted in `" + context.site + "/" +
                           std::string(site::layout::signing_key) +
                           "`; `airlock key protect site` puts it under a passphrase, `airlock key use site` goes on "
                           "with a key in a token");
  }
  return 0;
}

/// The consequences of a new site key that nobody can undo.
std::vector<std::string> rotation_consequences() {
  return {"the site key in force is removed, and nobody can bring it back",
          "a licence bound to it is then `wrong_site`: every report is sealed or withheld until you install the "
          "licence that the vendor issues for the new key",
          "the vendor needs the new site-request.p7s before it can open bundles that are sealed after this"};
}

std::vector<std::string> destruction_consequences() {
  return {"every pseudonym key of this site is removed, the former ones too, and nobody can bring them back",
          "`airlock pseudonym lookup` then finds none of the names that have left as pseudonyms, and all names get new "
          "pseudonyms",
          "copies in backups stay: destroy them yourself"};
}

int rotate(Context& context, const KeyOptions& options) {
  const auto key = site::key_name(options.key);
  if (!key) {
    return context.console.report(
        {core::Code::usage, core::quote(options.key) + " is not `site`, `ledger`, `archive` or `pseudonym`", ""});
  }
  if (*key == site::KeyName::site) {
    const auto confirmed =
        context.console.confirm(rotation_consequences(), "Put a new site key in force?", options.yes);
    if (!confirmed) return context.console.report(confirmed.error());
  }
  return print_change(context, office::rotate_key(context.site, *key),
                      "the " + options.key + " key was replaced, and the ledger records it", consequence(*key));
}

int use(Context& context, const KeyOptions& options) {
  if (options.key != "site") {
    return context.console.report(
        {core::Code::usage, "only the `site` key can be in a token", "the other keys stay files"});
  }
  return print_change(context, office::use_token_key(context.site, options.token),
                      "the site signs with the token's key now, and the ledger records it",
                      consequence(site::KeyName::site));
}

int protect(Context& context, const KeyOptions& options) {
  if (options.key != "site") {
    return context.console.report(
        {core::Code::usage, "only the `site` key can be put under a passphrase",
         "the sandboxed worker reads the ledger's key and the pseudonym key from their files"});
  }
  if (auto done = office::protect_site_key(context.site); !done) return context.console.report(done.error());
  if (context.console.json()) {
    context.console.print({{"key", options.key}, {"kept", "under a passphrase"}, {"exit", 0}});
  } else {
    context.console.say(
        "the site key is under the passphrase now. Backups, and perhaps the disk, still hold it unencrypted: for a key "
        "that they never had, run `airlock key rotate site` and then this command at once. Only a key in a token is "
        "never in a file (`airlock key use site`)");
  }
  return 0;
}

int destroy(Context& context, const KeyOptions& options) {
  if (options.key != "pseudonym") {
    return context.console.report({core::Code::usage, "only the `pseudonym` key can be destroyed",
                                   "the other keys still verify or open what was made with them: rotate them instead"});
  }
  const auto confirmed =
      context.console.confirm(destruction_consequences(), "Destroy the pseudonym keys?", options.yes);
  if (!confirmed) return context.console.report(confirmed.error());
  return print_change(
      context, office::destroy_pseudonym_keys(context.site),
      "every pseudonym key of this site is gone, and the ledger records it",
      "destroy copies in backups too; until then, whoever has one can find the names behind pseudonyms");
}

}  // namespace key_command

void add_key(Context& context) {
  using namespace key_command;
  auto options = std::make_shared<KeyOptions>();
  console::Console& console = context.console;
  console::Command group = console.group("key", "replace the site's keys, or protect them");
  console::Command rotate_command = console.command(
      group, "rotate", "put a new key in force; the former one still opens and verifies what was made with it",
      "  airlock key rotate ledger\n  airlock key rotate site --yes",
      [&context, options] { return rotate(context, *options); });
  rotate_command.about(
      "`site` signs bundles and requests, and licences are bound to it. `ledger` signs checkpoints. `archive` opens "
      "the site's own bundles. `pseudonym` makes pseudonyms, which are others from now on.",
      "guides/rotate-keys.md");
  rotate_command.text("KEY", options->key, "site, ledger, archive or pseudonym",
                      console::one_of("site ledger archive pseudonym"), console::Need::required);
  rotate_command.flag("--yes", options->yes, "do not ask (only `site` asks)");
  console::Command use_command = console.command(
      group, "use", "use a key in a PKCS #11 token as the site's signing key",
      "  airlock key use site --uri 'pkcs11:token=site;object=signing' --module /usr/lib/softhsm/libsofthsm2.so",
      [&context, options] { return use(context, *options); });
  use_command.about("", "guides/keys-in-hardware.md");
  use_command.text("KEY", options->key, "site", console::one_of("site"), console::Need::required);
  use_command.text("--uri", options->token.uri, "the key, as RFC 7512 names it, without a PIN",
                   console::Need::required);
  use_command.text("--module", options->token.module, "the token's PKCS #11 module, an absolute path",
                   console::Kind::file, console::Need::required);
  console
      .command(group, "protect", "put the site's signing key under a passphrase, or under another one",
               "  airlock key protect site\n  airlock key protect site --passphrase-fd 3 3< new-passphrase",
               [&context, options] { return protect(context, *options); })
      .text("KEY", options->key, "site", console::one_of("site"), console::Need::required);
  console::Command destroy_command = console.command(
      group, "destroy", "remove every pseudonym key, so that nobody can find the name behind a pseudonym",
      "  airlock key destroy pseudonym --yes", [&context, options] { return destroy(context, *options); });
  destroy_command.about("Nobody can bring the keys back.", "guides/rotate-keys.md");
  destroy_command.text("KEY", options->key, "pseudonym", console::one_of("pseudonym"), console::Need::required);
  destroy_command.flag("--yes", options->yes, "do not ask");
}

}  // namespace airlock::tools
