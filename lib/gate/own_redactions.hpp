#pragma once
/// \file
/// Redactions that site and machine add to the policy's (`redact_also`), and which of them take effect with the kit's
/// dictionary. If one of them selects nothing, every report is held: a person wrote it to keep back something that
/// might leave now. Reading the configuration does not fail for it, since the dictionary is not known there.

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
  std::string problem;  ///< why it selects nothing in the kit's dictionary; empty if it does, or without a kit
  std::string hint;     ///< what to do about the problem; empty if there is none
};

/// All redactions of `airlock.json` and then those of the machine, in the order of the files. They are judged by `kit`,
/// if there is one.
[[nodiscard]] std::vector<OwnRedaction> own_redactions(const site::Configuration& configuration,
                                                       const site::Machine& machine, const site::Kit* kit);
[[nodiscard]] std::vector<OwnRedaction> own_redactions(const Inputs& inputs);

/// The redactions without a problem. The comparison with the ceiling needs them while reports are held for the others.
[[nodiscard]] std::vector<redaction::Redaction> own_redactions_in_force(const Inputs& inputs);

/// A redaction in words, for people: `class person: drop`, `/distinct_id: pseudonymise`.
[[nodiscard]] std::string in_words(const redaction::Redaction& redaction);

}  // namespace airlock::gate
