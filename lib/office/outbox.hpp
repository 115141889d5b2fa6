#pragma once
/// \file
/// `airlock outbox list`: the bundles and payloads in the outbox.

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
  bool is_bundle = false;  ///< a bundle, to be handed over; otherwise a payload, to be sent
  std::chrono::seconds age{};
  gate::HandOff hand_off;  ///< of a bundle; empty for a payload
};

/// The bundles in the outbox and the payloads that wait to be sent, in the order of their disclosure numbers.
[[nodiscard]] core::Result<std::vector<OutboxItem>> outbox(const std::string& directory);

/// Counts the payloads that wait to be sent.
[[nodiscard]] core::Result<ledger::Ledger::Waiting> count_waiting(const std::string& directory);

}  // namespace airlock::office
