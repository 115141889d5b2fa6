#pragma once
/// \file
/// `--policy`, `--dictionary`, `--tier` and `--entitlement` of the commands that can do without a site.

#include <optional>
#include <string>
#include <vector>

#include "commands.hpp"
#include "core/result.hpp"
#include "gate/trial.hpp"

namespace airlock::tools {

struct TrialOptions {
  std::string policy;
  std::vector<std::string> dictionary;
  std::string tier;
  std::vector<std::string> entitlements;
};

void add_trial_options(console::Command& command, TrialOptions& options);

/// Reads the documents that the options name; nothing if there are none, so that a site is meant. Errors: usage (some
/// of the options are missing, a site is named too, an unknown tier or entitlement), bad_input.
[[nodiscard]] core::Result<std::optional<gate::Trial>> trial_of(const Context& context, const TrialOptions& options);

/// Says on standard error what a trial is without.
void say_trial(const console::Console& console);

}  // namespace airlock::tools
