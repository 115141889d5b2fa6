#include <memory>
#include <nlohmann/json.hpp>

#include "bundle.hpp"
#include "commands.hpp"
#include "intake/home.hpp"

namespace airlock::tools {
namespace open_command {

struct Options {
  std::string file;
  std::string directory;
};

int run(VendorContext& context, const Options& options) {
  auto home = intake::Home::open(context.home);
  if (!home) return context.console.report(home.error());
  const auto received = home->open_bundle(options.file);
  if (!received) return context.console.report(received.error());
  return console::open(context.console, received->bundle, options.directory);
}

}  // namespace open_command

void add_open(VendorContext& context) {
  using namespace open_command;
  auto options = std::make_shared<Options>();
  console::Command command =
      context.console.command("open", "open and verify a site's bundle; print its report, or extract all of its files",
                              "  airlock-vendor open 2022-05-01-1-….p7m | jq .properties.instance_usage_summary\n"
                              "  airlock-vendor open 2022-05-01-1-….p7m --extract folder",
                              [&context, options] { return run(context, *options); });
  command.text("FILE", options->file, "the bundle", console::Kind::file, console::Need::required);
  command.text("--extract", options->directory, "a new directory for all files of the bundle", console::Kind::folder);
}

}  // namespace airlock::tools
