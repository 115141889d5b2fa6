#pragma once
/// \file
/// What a receiver's answer means, and when to try again. Pure functions: the caller passes time and randomness.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "net/client.hpp"

namespace airlock::delivery {

inline constexpr std::chrono::seconds first_wait{60};
inline constexpr std::chrono::seconds longest_wait{6 * 3600};
/// Maximum of what a receiver can ask for in `Retry-After`; a longer time counts as this.
inline constexpr std::chrono::seconds longest_retry_after{24 * 3600};

/// How an attempt ended.
enum class AttemptEnd : std::uint8_t {
  delivered,
  destination_trouble,  ///< every report would meet it, so the others wait too
  report_trouble,       ///< only this report met it
  given_up,             ///< only this report met it, and every later attempt would end in the same way
};

struct AttemptVerdict {
  AttemptEnd end = AttemptEnd::destination_trouble;
  std::string error;     ///< for people; printable, but may repeat what the receiver answered
  std::string recorded;  ///< for the ledger: a status and one of few words of our own (docs/formats/delivery.md)
  bool maybe_delivered = false;  ///< the receiver may have the report although it did not confirm it
  std::string retry_after;       ///< the header's value
};
/// Words for the ledger about an attempt that failed at this side.
namespace word {
inline constexpr std::string_view too_old = "too_old";        ///< older than `max_age_hours`
inline constexpr std::string_view unsendable = "unsendable";  ///< the report lacks what the destination needs
inline constexpr std::string_view destination =
    "destination";  ///< one of its keys, certificates or secrets is unusable
}  // namespace word

[[nodiscard]] AttemptVerdict judge(const net::Reply& reply);

/// When to try again after `attempts` attempts. The wait is 60 s after the first attempt, doubles with each one, and is
/// at most six hours; a random half to all of it is used (`random`: any 64 bits). If `retry_after` asks for more, that
/// counts (RFC 9110 10.2.3).
[[nodiscard]] core::Time next_try(std::uint64_t attempts, std::string_view retry_after, core::Time now,
                                  std::uint64_t random);

}  // namespace airlock::delivery
