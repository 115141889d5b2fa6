#pragma once
/// \file
/// What became of a disclosure in one run of the sender, as people and programs read it.

#include <cstdint>
#include <string>
#include <string_view>

namespace airlock::delivery {

enum class SendOutcome : std::uint8_t {
  skipped,       ///< it does not wait any more; nothing was tried
  sent,          ///< the receiver has it
  queued,        ///< it was not delivered, and will be tried again
  failed,        ///< it will not be tried again by itself
  withdrawn,     ///< by a fresh decision it may not leave as it is
  payload_lost,  ///< its bytes are missing or altered
  held,          ///< it may leave, but not now
};
/// `sent`, `payload_lost`, … as documents have it.
[[nodiscard]] std::string_view name(SendOutcome outcome);

struct SendEvent {
  std::uint64_t number = 0;  ///< of the report
  std::uint64_t disclosure = 0;
  std::string id;
  SendOutcome outcome = SendOutcome::skipped;
  std::string message;  ///< may be empty
  std::string hint;     ///< what to do next; may be empty
};

}  // namespace airlock::delivery
