// airlock-vendor: the vendor's back office. It links no network library.

#include <cstdlib>

#include "commands.hpp"

int main(int argc, char** argv) {
  using namespace airlock;
  console::Console console("airlock-vendor",
                           "The vendor's side of Airlock: issues kits and licences, registers sites, opens bundles.");
  const char* home = std::getenv("HOME");
  tools::VendorContext context{console, std::string(home == nullptr ? "." : home) + "/.airlock-vendor"};
  console.program().text("--home", context.home, "the vendor's home (default ~/.airlock-vendor)");
  tools::add_init(context);
  tools::add_kit(context);
  tools::add_licence(context);
  tools::add_root(context);
  tools::add_certificate(context);
  tools::add_site(context);
  tools::add_open(context);
  return console.run(argc, argv);
}
