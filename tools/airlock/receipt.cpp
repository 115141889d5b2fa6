#include "office/receipt.hpp"

#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "sys/read_file.hpp"

namespace airlock::tools {
namespace receipt_command {

using core::Json;

struct Options {
  std::string file;
};

core::Result<office::ReceiptImport> import_file(const Context& context, const Options& options) {
  AIRLOCK_TRY(const std::string file, sys::read_file(options.file, site::receipt_bytes_limit));
  auto imported = office::import_receipt(context.site, file);
  if (!imported) return core::fail(std::move(imported).error().within(core::quote(options.file)));
  return imported;
}

int run(Context& context, const Options& options) {
  const auto imported = import_file(context, options);
  if (!imported) return context.console.report(imported.error());
  const site::Receipt& receipt = imported->receipt;
  Json missing = Json::array();
  std::string missing_words;
  for (const auto& [first, last] : receipt.missing) {
    missing.push_back({{"first", first}, {"last", last}});
    missing_words += (missing_words.empty() ? "" : ", ") + std::to_string(first) +
                     (first == last ? "" : " to " + std::to_string(last));
  }
  if (context.console.json()) {
    context.console.print({{"sequence", receipt.sequence},
                           {"issued", receipt.issued.text()},
                           {"items", receipt.items.size()},
                           {"acknowledged", imported->acknowledged},
                           {"repeated", imported->repeated},
                           {"unknown", imported->unknown},
                           {"freed", imported->freed},
                           {"bundle_days", imported->bundle_days},
                           {"missing", missing},
                           {"exit", 0}});
    return 0;
  }
  const std::string which = "receipt " + std::to_string(receipt.sequence) + " of " + receipt.issued.text();
  context.console.say(imported->repeated
                          ? which + " was imported before"
                          : "imported " + which + "; newly acknowledged: " + std::to_string(imported->acknowledged));
  if (!imported->freed.empty()) {
    context.console.say("payloads that no longer wait to be sent: " + std::to_string(imported->freed.size()));
  }
  if (imported->acknowledged != 0) {
    context.console.say("acknowledged bundles stay in the outbox for " + std::to_string(imported->bundle_days) +
                        " days (`retention` in airlock.json)");
  }
  if (imported->unknown != 0) {
    context.console.say("disclosures in the receipt that this adopted ledger does not have: " +
                        std::to_string(imported->unknown));
  }
  if (!missing_words.empty()) {
    context.console.say("the vendor has not received disclosure " + missing_words +
                        ": hand over or send what is still in the outbox");
  }
  return 0;
}

}  // namespace receipt_command

void add_receipt(Context& context) {
  using namespace receipt_command;
  auto options = std::make_shared<Options>();
  console::Command group = context.console.group("receipt", "the vendor's word that disclosures arrived");
  context.console
      .command(group, "import", "verify and record a receipt: disclosures that it names wait no longer",
               "  airlock receipt import receipt.p7s\n  airlock receipt import receipt.p7s --json | jq .missing",
               [&context, options] { return run(context, *options); })
      .text("FILE", options->file, "the receipt", console::Kind::file, console::Need::required);
}

}  // namespace airlock::tools
