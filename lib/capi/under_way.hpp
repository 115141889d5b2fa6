#pragma once
/// \file
/// Counts the verdicts that are being computed, so that `fork` and `exit` wait for them.
///
/// A lock that another thread holds during a fork stays locked for ever in the child; OpenSSL has such locks. And what
/// a thread still uses must not be destroyed by `exit`. So `fork` waits until no verdict is under way, and verdicts
/// that begin meanwhile wait for the fork. `exit` waits too, for at most `exit_wait_seconds`; after that no verdict
/// begins.
///
/// Cannot help where a child is made by vfork or clone, which run no handlers, or where a signal handler that
/// interrupts a verdict forks.

namespace airlock::capi {

/// How long `exit` waits for verdicts. They take milliseconds.
inline constexpr int exit_wait_seconds = 10;

/// One verdict that is under way, from the constructor to the destructor.
class UnderWay {
 public:
  UnderWay();
  ~UnderWay();
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

  /// False: the process is ending, and no verdict may be computed.
  [[nodiscard]] bool begun() const { return begun_; }

 private:
  bool begun_;
};

}  // namespace airlock::capi
