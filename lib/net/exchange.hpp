#pragma once
/// \file
/// One request and its answer as the callbacks of libcurl see them, with the limits of size and time. For the source
/// files of net/ only.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/io.hpp"
#include "net/answer.hpp"

namespace airlock::net {

/// While the request goes out, at least this many bytes must go out within each time limit.
inline constexpr std::uint64_t slowest_upload = 4096;

/// The state behind the callbacks of one request. A callback that returns false stops the request; `why` then has the
/// reason.
class Exchange {
 public:
  using Clock = std::chrono::steady_clock;

  /// `body` is null for a request without one, and must outlive this object.
  Exchange(const core::Blob* body, std::chrono::seconds timeout) : body_(body), timeout_(timeout) {}

  /// The connection is made, and the request is about to go out.
  void begin(Clock::time_point now) {
    begun_ = true;
    mark_ = now;
  }
  /// Takes one line of the head of the answer.
  bool head(std::string_view line);
  /// Takes the next bytes of the body of the answer.
  bool body(std::string_view bytes);
  /// Fills `into` with the next bytes of the request. Nothing where they cannot be read.
  std::optional<std::size_t> request(std::span<char> into);
  /// The next call of `request` begins at `offset` again.
  void rewind(std::uint64_t offset) { at_ = offset; }
  /// Checks the time limit; `sent` is the size of what went out so far. libcurl calls this at least once a second.
  bool tick(std::uint64_t sent, Clock::time_point now);

  [[nodiscard]] bool begun() const { return begun_; }
  [[nodiscard]] const std::string& why() const { return why_; }
  [[nodiscard]] Trouble trouble() const { return trouble_; }  ///< where there is a `why`
  Answer answer;                                              ///< without its status

 private:
  bool stop(Trouble trouble, std::string why);

  const core::Blob* body_;
  std::chrono::seconds timeout_;
  std::uint64_t at_ = 0;  ///< offset of the next byte of the request
  std::uint64_t head_bytes_ = 0;
  std::uint64_t body_bytes_ = 0;
  bool begun_ = false;
  Clock::time_point mark_;       ///< when the current time limit began
  std::uint64_t mark_sent_ = 0;  ///< how much had been sent by then
  bool answering_ = false;       ///< all of the request went out
  std::string why_;
  Trouble trouble_ = Trouble::local;
};

}  // namespace airlock::net
