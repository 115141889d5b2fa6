// airlock-vendor: the vendor's back office. It links no network library.

#include <cstdlib>

#include "commands.hpp"
#include "crypto/start.hpp"
#include "offer.hpp"

int main(int argc, char** argv) {
  using namespace airlock;
  crypto::run_as_owner();
  console::Console console("airlock-vendor",
                           "The vendor's side of Airlock: issues kits and licences, registers sites, opens bundles, "
                           "signs for what arrived.");
  const char* home = std::getenv("HOME");
  tools::VendorContext context{console, std::string(home == nullptr ? "." : home) + "/.airlock-vendor"};
  console.program()
      .about(
          "Everything is in one folder, the vendor's home: the root certificate, every private key, and the register "
          "of sites, kits and licences. Keep it on a machine without a network, and keep a copy in a safe.",
          "guides/vendor.md")
      .text("--home", context.home, "the vendor's home (default ~/.airlock-vendor)", console::Kind::folder);
  console.offer(
      [&](console::Kind kind, const console::Typed& typed) { return tools::offer_of_home(context.home, kind, typed); });
  tools::add_init(context);
  tools::add_kit(context);
  tools::add_licence(context);
  tools::add_root(context);
  tools::add_certificate(context);
  tools::add_key(context);
  tools::add_site(context);
  tools::add_open(context);
  tools::add_intake(context);
  tools::add_gaps(context);
  tools::add_drift(context);
  tools::add_receipt(context);
  return console.run(argc, argv);
}
