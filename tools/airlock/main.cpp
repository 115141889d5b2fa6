// airlock: the program for a site's operators and officers. It links no network library.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>
#include <string_view>

#include "commands.hpp"
#include "crypto/start.hpp"
#include "health/watch.hpp"
#include "offer.hpp"
#include "site/site.hpp"

namespace {

using namespace airlock;

struct Entry {
  std::string_view name;
  void (*add)(tools::Context&);
};
constexpr std::array all{
    Entry{"init", tools::add_init},
    Entry{"process", tools::add_process},
    Entry{"preview", tools::add_preview},
    Entry{"explain", tools::add_explain},
    Entry{"review", tools::add_review},
    Entry{"discard", tools::add_discard},
    Entry{"approve", tools::add_approve},
    Entry{"status", tools::add_status},
    Entry{"doctor", tools::add_doctor},
    Entry{"authorise", tools::add_authorise},
    Entry{"hold", tools::add_hold},
    Entry{"release", tools::add_release},
    Entry{"licence", tools::add_licence},
    Entry{"key", tools::add_key},
    Entry{"kit", tools::add_kit},
    Entry{"policy", tools::add_policy},
    Entry{"dictionary", tools::add_dictionary},
    Entry{"pseudonym", tools::add_pseudonym},
    Entry{"bundle", tools::add_bundle},
    Entry{"ledger", tools::add_ledger},
    Entry{"evidence", tools::add_evidence},
    Entry{"outbox", tools::add_outbox},
    Entry{"receipt", tools::add_receipt},
};

/// The command that the first argument names; all commands if it names none. Only these are described to the command
/// line parser, since describing every command takes longer than judging a licence.
std::span<const Entry> wanted(std::string_view first) {
  if (first == console::other_spelling("licence")) first = "licence";
  const auto found = std::find_if(all.begin(), all.end(), [&](const Entry& entry) { return entry.name == first; });
  if (found == all.end()) return all;
  return std::span(all).subspan(static_cast<std::size_t>(found - all.begin()), 1);
}

}  // namespace

int main(int argc, char** argv) {
  crypto::run_as_owner();
  console::Console console(
      "airlock",
      "Stands between a self-hosted product and its vendor: verifies the licence, decides what becomes of each "
      "status report, carries it out, and accounts for it.");
  const char* from_environment = std::getenv("AIRLOCK_SITE");
  const std::string usual_site = from_environment != nullptr && *from_environment != '\0'
                                     ? std::string(from_environment)
                                     : std::string(site::default_directory);
  tools::Context context{console, usual_site, usual_site};
  console.program()
      .about(
          "A site is a directory with its configuration, keys and ledger, and with the reports and bundles that wait. "
          "Each command works on one site: the one that `--site` or AIRLOCK_SITE names, else `/var/lib/airlock`.\n\nAn "
          "error is one line on standard error; a second line says what to do. With `--json` a command prints one JSON "
          "document on standard output, also when it fails.",
          "guides/operate-a-site.md")
      .text("--site", context.site, "site directory (also AIRLOCK_SITE; default /var/lib/airlock)",
            console::Kind::folder);
  console.offer(
      [&](console::Kind kind, const console::Typed& typed) { return tools::offer_of_site(context.site, kind, typed); });
  for (const auto& [name, add] : wanted(argc > 1 ? argv[1] : "")) add(context);
  const int exit = console.run(argc, argv);
  if (context.confined || console.was_asked_about_itself()) return exit;
  for (const core::Error& error : health::tell_watchers(context.site)) {
    console.complain("the site's watcher was not told: " + error.message, error.hint);
  }
  return exit;
}
