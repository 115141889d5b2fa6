#include <unistd.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/encoding.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "licence/licence.hpp"
#include "office/init.hpp"
#include "present.hpp"
#include "site/configuration.hpp"
#include "site/request.hpp"
#include "sys/read_file.hpp"

namespace airlock::tools {
namespace init_command {

constexpr std::uint64_t root_bytes_limit = 64ULL * 1024;

struct Options {
  std::string vendor_root;
  std::string vendor_root_sha256;
  std::string kit;
  std::string licence;
  std::string name;
  std::string site_id;
  std::string readers;
};

/// A fingerprint in lower case and without colons. People paste what openssl prints, which has colons and upper case.
std::string without_colons(const std::string& text) {
  std::string out;
  for (const char c : core::to_lower(text)) {
    if (c != ':' && c != ' ') out += c;
  }
  return out;
}

/// Has a person confirm the vendor's root certificate, since everything that the site will ever trust depends on it.
core::Result<void> confirm_root(const Options& options, const crypto::Certificate& root) {
  using core::Code;
  const std::string found = root.fingerprint().hex();
  if (!options.vendor_root_sha256.empty()) {
    const auto expected = core::Digest::from_hex(without_colons(options.vendor_root_sha256));
    if (!expected) return core::fail(Code::usage, "--vendor-root-sha256: " + expected.error().message);
    if (*expected == root.fingerprint()) return {};
    return core::fail(Code::integrity,
                      core::quote(options.vendor_root) + ": has fingerprint " + found + ", not " + expected->hex(),
                      "ask the vendor for the root certificate, and for its fingerprint by another way");
  }
  const std::string question = "The vendor's root certificate is " + root.subject() + ",\nSHA-256 " +
                               site::in_groups(root.fingerprint()) +
                               "\nHave you compared this with what the vendor told you by another way? Type yes: ";
  if (console::Console::ask(question) == "yes") return {};
  return core::fail(Code::refused, "the vendor's root certificate was not confirmed",
                    "compare the fingerprint, then answer yes or give `--vendor-root-sha256`");
}

core::Result<office::Initialised> make(const Context& context, const Options& options) {
  office::InitOptions init{.directory = context.site,
                           .vendor_root = "",
                           .kit = {},
                           .licence = {},
                           .licence_name = options.licence,
                           .name = options.name,
                           .site_id = options.site_id,
                           .readers = options.readers};
  if (!options.site_id.empty() && !core::is_uuid(options.site_id)) {
    return core::fail(core::Code::usage, core::quote(options.site_id) + " is not a UUID");
  }
  AIRLOCK_CHECK(core::check_typed("the name", options.name, core::text_limit));
  if (!options.readers.empty() && !site::is_group_name(options.readers)) {
    return core::fail(core::Code::usage, core::quote(options.readers) + " cannot be the name of a group");
  }
  if (core::Digest::from_hex(without_colons(options.vendor_root))) {
    return core::fail(core::Code::usage, "`--vendor-root` takes the certificate's file, but this is a fingerprint",
                      "give the fingerprint with `--vendor-root-sha256`, and the file with `--vendor-root`");
  }
  AIRLOCK_TRY(init.vendor_root, sys::read_file(options.vendor_root, root_bytes_limit));
  auto root = crypto::Certificate::from_pem(init.vendor_root);
  if (!root) return core::fail(std::move(root.error()).within(core::quote(options.vendor_root)));
  AIRLOCK_CHECK(confirm_root(options, *root));
  if (!options.kit.empty()) {
    AIRLOCK_TRY(init.kit, sys::read_file(options.kit, published::kit_bytes_limit));
  }
  if (!options.licence.empty()) {
    AIRLOCK_TRY(init.licence, sys::read_file(options.licence, licence::licence_bytes_limit));
  }
  return office::init(init);
}

int run(Context& context, const Options& options) {
  const auto made = make(context, options);
  if (!made) return context.console.report(made.error());
  if (context.console.json()) {
    context.console.print({{"site", context.site},
                           {"site_id", made->site_id},
                           {"product", core::or_null(made->product)},
                           {"fingerprint", made->request_fingerprint.hex()},
                           {"request", made->request_path},
                           {"vendor_root_sha256", made->vendor_root_fingerprint.hex()},
                           {"kit", core::or_null(made->kit_number)},
                           {"exit", 0}});
    return 0;
  }
  context.console.say("made a site in " + context.site);
  context.console.say(
      {{"site id", made->site_id},
       {"request", made->request_path},
       {"fingerprint", site::in_groups(made->request_fingerprint)},
       {"kit", made->kit_number == 0 ? "none yet: install one with `airlock kit install FILE`"
                                     : "number " + std::to_string(made->kit_number) + " for " + made->product},
       {"licence",
        made->licence ? in_words(*made->licence) : "none yet: install it with `airlock licence install FILE`"},
       {"next", "give the request to the vendor, and compare the fingerprint by another way"}});
  return 0;
}

}  // namespace init_command

void add_init(Context& context) {
  using namespace init_command;
  auto options = std::make_shared<Options>();
  console::Command command = context.console.command(
      "init", "make a site",
      "  airlock init --vendor-root vendor-root.crt --kit kit.p7s --name 'Example Bank, Leeds'\n"
      "  airlock --site /srv/airlock init --vendor-root vendor-root.crt --vendor-root-sha256 5A:0C:…\n"
      "  airlock init --vendor-root vendor-root.crt --kit kit.p7s --readers airlock-readers",
      [&context, options] { return run(context, *options); });
  command.about(
      "Makes the site directory with its keys and its ledger, and prints the site's id, its fingerprint and the path "
      "of `site-request.p7s`. Send that file to the vendor, and tell the fingerprint some other way. A new site seals "
      "what it discloses, and sends nothing before `airlock authorise`. A directory that is a site already is refused.",
      "quick-start.md");
  command.text("--vendor-root", options->vendor_root,
               "the file with the vendor's root certificate, as for `--trust` of `licence verify`", console::Kind::file,
               console::Need::required);
  command.text("--vendor-root-sha256", options->vendor_root_sha256,
               "its SHA-256 fingerprint, as the vendor told you; without it, `init` asks you to confirm",
               console::Kind::digest);
  command.text("--kit", options->kit, "the vendor's kit", console::Kind::file);
  command.text("--licence", options->licence, "a licence for any site", console::Kind::file);
  command.text("--name", options->name, "what people call this site");
  command.text("--site-id", options->site_id, "a UUID, instead of a random one");
  command.text("--readers", options->readers,
               "a group whose members, such as officers, may read the site but for the keys that sign");
}

}  // namespace airlock::tools
