#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "intake/home.hpp"
#include "site/request.hpp"
#include "sys/read_file.hpp"

namespace airlock::tools {
namespace certificate_command {

constexpr std::uint64_t certificate_file_limit = 64ULL * 1024;

struct RootOptions {
  std::string role;
  std::string file;
};

int tell(VendorContext& context, const core::Result<crypto::Certificate>& made, const std::string& what,
         const std::string& next) {
  if (!made) return context.console.report(made.error());
  if (context.console.json()) {
    context.console.print({{"subject", made->subject()},
                           {"sha256", made->fingerprint().hex()},
                           {"not_after", made->not_after().text()},
                           {"exit", 0}});
    return 0;
  }
  context.console.say(what + " " + made->subject());
  context.console.say({{"fingerprint", site::in_groups(made->fingerprint())},
                       {"valid until", made->not_after().text()},
                       {"next", next}});
  return 0;
}

int successor(VendorContext& context) {
  auto home = intake::Home::open(context.home);
  if (!home) return context.console.report(home.error());
  return tell(context, home->keys().make_successor(), "made the successor root",
              "build a kit and have every site install it, then `airlock-vendor root promote`");
}

int promote(VendorContext& context) {
  auto home = intake::Home::open(context.home);
  if (!home) return context.console.report(home.error());
  return tell(context, home->keys().promote_successor(), "now in force is the root",
              "build a kit; a site must have installed an earlier kit that carries this root before it can install the "
              "new one");
}

int renew(VendorContext& context, const RootOptions& options) {
  const auto role = intake::VendorKeys::role_named(options.role);
  if (!role) {
    return context.console.report(
        {core::Code::usage, core::quote(options.role) + " is not `licence`, `kit`, `receipt` or `recipient`", ""});
  }
  auto home = intake::Home::open(context.home);
  if (!home) return context.console.report(home.error());
  return tell(context, home->keys().renew(*role), "made the certificate",
              *role == crypto::Role::recipient ? "build a kit, so that sites seal for it; keep the former key"
                                               : "what the former certificate has signed stays valid");
}

core::Result<std::uint64_t> revoke_file(const VendorContext& context, const RootOptions& options) {
  AIRLOCK_TRY(const auto home, intake::Home::open(context.home));
  AIRLOCK_TRY(const std::string pem, sys::read_file(options.file, certificate_file_limit));
  auto certificate = crypto::Certificate::from_pem(pem);
  if (!certificate) return core::fail(std::move(certificate.error()).within(core::quote(options.file)));
  return home.keys().revoke(*certificate);
}

int revoke(VendorContext& context, const RootOptions& options) {
  const auto number = revoke_file(context, options);
  if (!number) return context.console.report(number.error());
  if (context.console.json()) context.console.print({{"number", *number}, {"exit", 0}});
  context.console.say("revoked; the list has number " + std::to_string(*number) +
                      ", and every kit from now on carries it");
  return 0;
}

}  // namespace certificate_command

void add_root(VendorContext& context) {
  using namespace certificate_command;
  console::Console& console = context.console;
  console::Command group = console.group("root", "replace the root certificate");
  console.command(group, "successor", "make the next root, signed by the root in force; kits carry it from now on",
                  "  airlock-vendor root successor", [&context] { return successor(context); });
  console.command(group, "promote", "put the next root in force, with new certificates for every role",
                  "  airlock-vendor root promote", [&context] { return promote(context); });
}

void add_certificate(VendorContext& context) {
  using namespace certificate_command;
  auto options = std::make_shared<RootOptions>();
  console::Console& console = context.console;
  console::Command group = console.group("certificate", "renew or revoke the certificates below the root");
  console
      .command(group, "renew", "make a new key and certificate for a role; the former pair is kept",
               "  airlock-vendor certificate renew licence", [&context, options] { return renew(context, *options); })
      .text("ROLE", options->role, "licence, kit, receipt or recipient",
            console::one_of("licence kit receipt recipient"), console::Need::required);
  console
      .command(group, "revoke", "put a former certificate on the revocation list, which kits carry",
               "  airlock-vendor certificate revoke ~/.airlock-vendor/kit-signing.1.crt",
               [&context, options] { return revoke(context, *options); })
      .text("FILE", options->file, "the certificate", console::Kind::file, console::Need::required);
}

}  // namespace airlock::tools
