#pragma once
/// \file
/// The decision about what waits to be sent, made again before each attempt: by the kit, licence, configuration and
/// ceiling of now. What became stricter is withdrawn; what may not leave at present waits on.

#include <optional>
#include <string>

#include "core/permit.hpp"
#include "core/result.hpp"
#include "gate/inputs.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/ledger.hpp"

namespace airlock::gate {

enum class Verdict : std::uint8_t {
  send,      ///< with a permit
  withdraw,  ///< stricter than what was recorded
  wait,      ///< a person has to do something first: kit, hold, authorisation
};

struct Again {
  Verdict verdict = Verdict::wait;
  std::optional<core::Permit> permit;
  std::string why;  ///< unless `send`
  std::string hint;
};

/// Error: of the ledger only.
[[nodiscard]] Result<Again> decide_again(const Inputs& inputs, const ledger::Ledger& ledger,
                                         const ledger::Disclosure& disclosure);

}  // namespace airlock::gate
