#pragma once
/// \file
/// Decides again, before each attempt to send, about a payload that waits. It goes by the present kit, licence,
/// configuration, ceiling and officers. A payload is withdrawn if the decision became stricter, or if the approvals by
/// which it was queued no longer count. It waits on if it may not leave
/// at present.

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

/// Decides again about this disclosure. Error: of reading the ledger, or bad_input if a certificate cannot be read.
[[nodiscard]] Result<Again> decide_again(const Inputs& inputs, const ledger::Ledger& ledger,
                                         const ledger::Disclosure& disclosure);

}  // namespace airlock::gate
