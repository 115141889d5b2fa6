#pragma once
/// \file
/// What is in the outbox: `airlock outbox list`.

#include <chrono>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "gate/acknowledged.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/ledger.hpp"

namespace airlock::office {

struct OutboxItem {
  ledger::Disclosure disclosure;
  bool is_bundle = false;  ///< to be handed over; else to be sent
  std::chrono::seconds age{};
  gate::HandOff hand_off;  ///< of a bundle
};

/// Bundles that are in the outbox and payloads that wait to be sent, by disclosure.
[[nodiscard]] core::Result<std::vector<OutboxItem>> outbox(const std::string& directory);

/// How many payloads wait.
[[nodiscard]] core::Result<ledger::Ledger::Waiting> count_waiting(const std::string& directory);

}  // namespace airlock::office
