#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "dictionary/source.hpp"
#include "intake/home.hpp"
#include "policy/approvals.hpp"
#include "policy/policy.hpp"
#include "public/destination.hpp"
#include "site/kit_documents.hpp"
#include "sys/look.hpp"
#include "sys/read_file.hpp"
#include "sys/write_file.hpp"

namespace airlock::tools {
namespace kit_command {

constexpr std::uint64_t delivery_bytes_limit = 256ULL * 1024;
constexpr std::uint64_t approvals_bytes_limit = 64ULL * 1024;

struct Options {
  std::string policy;
  std::vector<std::string> dictionary;
  std::string delivery;
  std::string approvals;
  std::string out;
};

/// A kit is for what people have judged.
core::Result<void> check_judged(const std::vector<dictionary::ReviewMark>& marks) {
  constexpr std::size_t listed = 5;
  if (marks.empty()) return {};
  std::string list;
  for (std::size_t i = 0; i < std::min(marks.size(), listed); ++i) {
    list += (i == 0 ? "" : "; ") + core::quote(marks[i].path) + " " + core::printable(marks[i].text);
  }
  if (marks.size() > listed) list += "; and " + std::to_string(marks.size() - listed) + " more";
  return core::fail(core::Code::bad_input,
                    "the dictionary has " + std::to_string(marks.size()) +
                        (marks.size() == 1 ? " declaration" : " declarations") + " with a `review`: " + list,
                    "correct what is wrong in each of them, then take its `review` out");
}

/// Checks policy and dictionary before the kit is made, so that messages name the person's own files and not the names
/// that these files get in the kit.
core::Result<void> check(const intake::KitOrder& order, const Options& options,
                         const dictionary::Dictionary& dictionary) {
  AIRLOCK_TRY(const auto policy, policy::Policy::parse(order.policy, options.policy, dictionary));
  // Sites show these names to people, so every character must be visible. Other texts are read only by programs.
  AIRLOCK_CHECK(core::check_typed("the policy's name", policy.name(), core::text_limit));
  AIRLOCK_CHECK(core::check_typed("the policy's version", policy.version(), core::text_limit));
  AIRLOCK_CHECK(core::check_typed("the dictionary's name", dictionary.name(), core::text_limit));
  if (!order.delivery.empty()) AIRLOCK_CHECK(published::check_delivery(order.delivery, options.delivery));
  if (!order.approvals.empty()) AIRLOCK_CHECK(policy::parse_approvals(order.approvals, options.approvals, ""));
  return {};
}

core::Result<std::string> build(const VendorContext& context, const Options& options) {
  AIRLOCK_CHECK(sys::check_free(options.out));  // checked first, so that a failure uses up no kit number
  AIRLOCK_TRY(auto home, intake::Home::open(context.home));
  intake::KitOrder order;
  AIRLOCK_TRY(order.policy, sys::read_file(options.policy, policy::policy_bytes_limit));
  AIRLOCK_TRY(auto source, site::read_dictionary(options.dictionary));
  AIRLOCK_CHECK(check_judged(source.marks));
  if (!options.delivery.empty()) {
    AIRLOCK_TRY(order.delivery, sys::read_file(options.delivery, delivery_bytes_limit));
  }
  if (!options.approvals.empty()) {
    AIRLOCK_TRY(order.approvals, sys::read_file(options.approvals, approvals_bytes_limit));
  }
  AIRLOCK_CHECK(check(order, options, source.dictionary));
  order.dictionary = std::move(source.text);
  AIRLOCK_TRY(std::string file, home.build_kit(order));
  AIRLOCK_CHECK(sys::create_file(options.out, file, sys::public_file));
  return file;
}

int run(VendorContext& context, const Options& options) {
  const auto file = build(context, options);
  if (!file) return context.console.report(file.error());
  if (context.console.json()) {
    context.console.print({{"kit", options.out}, {"sha256", crypto::sha256(*file).hex()}, {"exit", 0}});
  }
  context.console.say("wrote the kit to " + options.out);
  return 0;
}

}  // namespace kit_command

void add_kit(VendorContext& context) {
  using namespace kit_command;
  auto options = std::make_shared<Options>();
  console::Command group = context.console.group("kit", "build kits");
  console::Command command = context.console.command(
      group, "build", "build and sign the next kit from a policy and a dictionary",
      "  airlock-vendor kit build --policy posthog-default.json --dictionary posthog-status-report.json --out kit.p7s",
      [&context, options] { return run(context, *options); });
  command.about(
      "A kit is the policy, the dictionary, the recipients and what was revoked, signed. Each kit has a higher number "
      "than the one before. A document with a mistake uses up no number.",
      "guides/vendor.md");
  command.text("--policy", options->policy, "the policy", console::Kind::file, console::Need::required);
  command.repeated("--dictionary", options->dictionary, "the files of the dictionary", console::Kind::file,
                   console::Need::required);
  command.text("--delivery", options->delivery,
               "the file with the kit's `delivery`, which says where sites send reports", console::Kind::file);
  command.text("--approvals", options->approvals,
               "the file with the kit's `approvals`: how many officers of a site must sign what leaves it",
               console::Kind::file);
  command.text("--out", options->out, "the kit's file, which must not exist yet", console::Kind::file,
               console::Need::required);
}

}  // namespace airlock::tools
