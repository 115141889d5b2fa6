// airlock: the program of operators and officers. It links no network library.

#include <cstdlib>

#include "commands.hpp"
#include "gate/watch.hpp"
#include "site/site.hpp"

int main(int argc, char** argv) {
  using namespace airlock;
  console::Console console(
      "airlock",
      "Stands between a self-hosted product and its vendor: verifies the licence, decides what becomes of each "
      "status report, carries it out, and accounts for it.");
  const char* from_environment = std::getenv("AIRLOCK_SITE");
  tools::Context context{console, from_environment != nullptr && *from_environment != '\0'
                                      ? std::string(from_environment)
                                      : std::string(site::default_directory)};
  console.program().text("--site", context.site, "site directory (also AIRLOCK_SITE; default /var/lib/airlock)");
  tools::add_init(context);
  tools::add_process(context);
  tools::add_preview(context);
  tools::add_explain(context);
  tools::add_status(context);
  tools::add_doctor(context);
  tools::add_authorise(context);
  tools::add_hold(context);
  tools::add_licence(context);
  tools::add_key(context);
  tools::add_kit(context);
  tools::add_policy(context);
  tools::add_dictionary(context);
  tools::add_pseudonym(context);
  tools::add_bundle(context);
  tools::add_ledger(context);
  tools::add_outbox(context);
  tools::add_receipt(context);
  const int exit = console.run(argc, argv);
  if (context.confined) return exit;
  for (const core::Error& error : gate::tell_watchers(context.site)) {
    console.complain("who watches this site was not told: " + error.message, error.hint);
  }
  return exit;
}
