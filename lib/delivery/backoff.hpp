#pragma once
/// \file
/// When to try again, and what an answer means. Pure: the caller passes time and randomness.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "net/client.hpp"

namespace airlock::delivery {

inline constexpr std::chrono::seconds first_wait{60};
inline constexpr std::chrono::seconds longest_wait{6 * 3600};
/// A receiver that asks for more than this gets this.
inline constexpr std::chrono::seconds longest_retry_after{24 * 3600};

/// What an attempt came to.
struct Verdict {
  enum class Kind : std::uint8_t {
    delivered,
    destination_trouble,  ///< would meet every report: the others wait too
    report_trouble,       ///< is about this report
    given_up,             ///< is about this report, and no later attempt can end otherwise
  };
  Kind kind = Kind::destination_trouble;
  std::string error;     ///< for the person who is there; printable, may repeat what the receiver answered
  std::string recorded;  ///< for the ledger: status and one of few words (docs/formats/delivery.md), all our own
  bool maybe_delivered = false;  ///< the receiver may have it although nobody said so
  std::string retry_after;
};
/// Words for the ledger of what stopped an attempt at this side.
namespace word {
inline constexpr std::string_view too_old = "too_old";          ///< older than `max_age_hours`
inline constexpr std::string_view unsendable = "unsendable";    ///< the report lacks what the destination needs
inline constexpr std::string_view destination = "destination";  ///< a key, certificate or secret for it cannot be used
}  // namespace word

[[nodiscard]] Verdict judge(const net::Reply& reply);

/// The next try after `attempts` of them: 60 s, twice as long each time, six hours at most, of that a random part
/// between a half and all (`random` is any 64 bits); not before what `retry_after` asks for (RFC 9110 10.2.3).
[[nodiscard]] core::Time next_try(std::uint64_t attempts, std::string_view retry_after, core::Time now,
                                  std::uint64_t random);

}  // namespace airlock::delivery
