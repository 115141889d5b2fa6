#include "bundle.hpp"

#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "gate/own_bundle.hpp"

namespace airlock::tools {
namespace bundle_command {

struct Options {
  std::string file;
  std::string directory;
};

int show(Context& context, const Options& options) {
  const auto opened = gate::open_own_bundle(context.site, options.file);
  if (!opened) return context.console.report(opened.error());
  console::warn(context.console, opened->bundle);
  if (context.console.json()) {
    context.console.print(console::to_json(opened->bundle));
  } else {
    console::show(context.console, opened->bundle);
  }
  return 0;
}

int verify(Context& context, const Options& options) {
  const auto opened = gate::open_own_bundle(context.site, options.file);
  if (!opened) return context.console.report(opened.error());
  console::warn(context.console, opened->bundle);
  if (context.console.json()) context.console.print(console::to_json(opened->bundle));
  context.console.say("verified: encryption, the site's signature, archive, manifest, " +
                      std::to_string(opened->bundle.manifest().files.size()) +
                      " digests, the ledger's checkpoint, the proofs of inclusion and growth, the ledger's own record");
  return 0;
}

int open(Context& context, const Options& options) {
  const auto opened = gate::open_own_bundle(context.site, options.file);
  if (!opened) return context.console.report(opened.error());
  return console::open(context.console, opened->bundle, options.directory);
}

}  // namespace bundle_command

void add_bundle(Context& context) {
  using namespace bundle_command;
  auto options = std::make_shared<Options>();
  console::Command group = context.console.group("bundle", "look into the site's own bundles, through its archive key");
  const auto add = [&](const std::string& name, const std::string& description, const std::string& example,
                       int (*run)(Context&, const Options&)) {
    console::Command command = context.console.command(group, name, description, example,
                                                       [&context, options, run] { return run(context, *options); });
    command.text("FILE", options->file, "the bundle", console::Kind::bundle, console::Need::required);
    return command;
  };
  add("show", "what a bundle says of itself", "  airlock bundle show outbox/2022-05-01-1-….p7m", show);
  add("verify", "verify everything in a bundle", "  airlock bundle verify outbox/2022-05-01-1-….p7m", verify);
  add("open", "print the report in a bundle, or extract all of its files",
      "  airlock bundle open FILE.p7m\n  airlock bundle open FILE.p7m --extract folder", open)
      .text("--extract", options->directory, "a new directory for all files of the bundle", console::Kind::folder);
}

}  // namespace airlock::tools
