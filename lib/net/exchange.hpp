#pragma once
/// \file
/// One request and its answer as libcurl's callbacks see them: limits of size and time. For this module's own files.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/io.hpp"
#include "net/client.hpp"

namespace airlock::net {

using Clock = std::chrono::steady_clock;

/// The state behind the callbacks of one request. Each returns whether to go on; after a no, `why` says why not.
class Exchange {
 public:
  Exchange(const core::Blob* body, std::chrono::seconds timeout) : body_(body), timeout_(timeout) {}

  /// The connection stands and the request is about to go out.
  void begin() {
    begun_ = true;
    mark_ = Clock::now();
  }
  /// One line of the answer's head.
  bool head(std::string_view line);
  bool body(std::string_view bytes);
  /// Fills `into` with what comes next of the request; nothing where it cannot be read.
  std::optional<std::size_t> request(std::span<char> into);
  bool rewind(std::uint64_t offset);
  /// Called again and again, at least once a second.
  bool tick(std::uint64_t sent);

  [[nodiscard]] bool begun() const { return begun_; }
  [[nodiscard]] const std::string& why() const { return why_; }
  [[nodiscard]] Trouble trouble() const { return trouble_; }  ///< where there is a `why`
  Answer answer;  ///< but for its status

 private:
  bool stop(Trouble trouble, std::string why) {
    if (why_.empty()) {
      why_ = std::move(why);
      trouble_ = trouble;
    }
    return false;
  }

  const core::Blob* body_;
  std::chrono::seconds timeout_;
  std::uint64_t at_ = 0;  ///< how far the request was read
  std::uint64_t head_bytes_ = 0;
  std::uint64_t body_bytes_ = 0;
  bool begun_ = false;
  Clock::time_point mark_;       ///< begin of the phase's time limit
  std::uint64_t mark_sent_ = 0;  ///< and how much had been sent by then
  bool answering_ = false;       ///< the request is out
  std::string why_;
  Trouble trouble_ = Trouble::local;
};

}  // namespace airlock::net
