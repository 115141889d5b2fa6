#pragma once
/// \file
/// What the site and the machine redact on their own account (`redact_also`), beside the policy: which of it is in
/// force by the kit's dictionary. One that selects nothing there holds every report, since a person wrote it to keep
/// something back that may leave now; reading the configuration cannot know the dictionary, and does not fail for it.

#include <string>
#include <vector>

#include "gate/inputs.hpp"
#include "redaction/profile.hpp"
#include "site/kit.hpp"
#include "site/machine.hpp"
#include "site/site.hpp"

namespace airlock::gate {

struct OwnRedaction {
  redaction::Redaction redaction;
  std::string problem;  ///< why it takes nothing out by the kit's dictionary; empty where it does, or without a kit
  std::string hint;     ///< where there is a problem
};

/// All of `airlock.json` and the machine's, in the order in which they are written, judged by `kit` where there is one.
[[nodiscard]] std::vector<OwnRedaction> own_redactions(const site::Configuration& configuration,
                                                       const site::Machine& machine, const site::Kit* kit);
[[nodiscard]] std::vector<OwnRedaction> own_redactions(const Inputs& inputs);

/// Those that take something out. For what is compared with the ceiling: it has to be known while reports are held for
/// the others.
[[nodiscard]] std::vector<redaction::Redaction> own_redactions_in_force(const Inputs& inputs);

/// `class person: drop`, `/distinct_id: pseudonymise`, for people.
[[nodiscard]] std::string in_words(const redaction::Redaction& redaction);

}  // namespace airlock::gate
