#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "ledger/checkpoint.hpp"
#include "office/check.hpp"
#include "progress.hpp"
#include "sys/read_file.hpp"

namespace airlock::tools {
namespace ledger_command {

constexpr std::uint64_t verifier_key_limit = 4096;

struct VerifyOptions {
  std::string checkpoint;
  std::string public_key;
};

core::Result<office::CheckOptions> read_verify(const VerifyOptions& options) {
  office::CheckOptions out;
  if (!options.checkpoint.empty()) {
    AIRLOCK_TRY(out.checkpoint, sys::read_file(options.checkpoint, ledger::checkpoint_text_limit));
  }
  if (!options.public_key.empty()) {
    AIRLOCK_TRY(out.public_key, sys::read_file(options.public_key, verifier_key_limit));
  }
  return out;
}

int verify(Context& context, const VerifyOptions& options) {
  const auto given = read_verify(options);
  if (!given) return context.console.report(given.error());
  const auto checked = [&] {
    console::Progress progress(context.console);
    return office::check_site(context.site, *given, progress);
  }();
  if (!checked) return context.console.report(checked.error());
  const auto& ledger = checked->ledger;
  if (context.console.json()) {
    context.console.print({{"entries", ledger.entries},
                           {"reports", ledger.reports},
                           {"disclosures", ledger.disclosures},
                           {"checkpoints", ledger.checkpoints},
                           {"bundles", checked->bundles},
                           {"handed_over", checked->handed_over},
                           {"held", checked->held},
                           {"from_size", checked->from_size},
                           {"times_back", ledger.times_back},
                           {"ledger_size", ledger.head.size},
                           {"ledger_root", ledger.head.root.hex()},
                           {"exit", 0}});
    return 0;
  }
  context.console.say("verified: " + std::to_string(ledger.entries) + " entries, " + std::to_string(ledger.reports) +
                      " reports, " + std::to_string(ledger.disclosures) + " disclosures, " +
                      std::to_string(ledger.checkpoints) + " checkpoints, " + std::to_string(checked->bundles) +
                      " bundles in the outbox, " + std::to_string(checked->held) + " held reports");
  if (checked->from_size != 0) {
    context.console.say("the given checkpoint of " + std::to_string(checked->from_size) + " entries is part of it");
  }
  if (ledger.first_time_back) {
    context.console.say("the clock went back " + std::to_string(ledger.times_back) + " times, first at entry " +
                        std::to_string(*ledger.first_time_back));
  }
  context.console.say("root " + ledger.head.root.hex());
  return 0;
}

}  // namespace ledger_command

void add_ledger(Context& context) {
  using namespace ledger_command;
  console::Command group = context.console.group("ledger", "read, verify and prove the ledger");
  add_ledger_reports(context, group);
  auto verifying = std::make_shared<VerifyOptions>();
  console::Command verified = context.console.command(
      group, "verify",
      "verify entries, tree, checkpoints, counters, the rollback anchor, and the files that entries name",
      "  airlock ledger verify\n  airlock ledger verify --from-checkpoint kept.txt --public-key vkey",
      [&context, verifying] { return verify(context, *verifying); });
  verified.about(
      "Ends at the first fault. Only a checkpoint that was kept elsewhere shows a ledger that was rewritten as a whole "
      "or cut short.",
      "guides/verify-the-ledger.md");
  verified.text("--from-checkpoint", verifying->checkpoint, "a checkpoint that was kept elsewhere",
                console::Kind::file);
  verified.text("--public-key", verifying->public_key, "the ledger's verifier key, instead of the site's own",
                console::Kind::file);
  add_ledger_proofs(context, group);
}

}  // namespace airlock::tools
