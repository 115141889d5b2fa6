#pragma once
/// \file
/// Counts the verdicts that are under way, so that a fork and the end of the process wait for them. OpenSSL's locks, like any
/// others, stay locked for ever in a child that was forked while another thread held them; and what a thread still uses must not be
/// taken down by `exit`.
///
/// Forking waits until no verdict is under way, and verdicts that begin meanwhile wait for the fork. `exit` does the same for at most
/// `exit_wait_seconds`; from then on no verdict begins.
///
/// Cannot help where the child is made without `fork` (vfork, clone), which runs no handlers, nor where a signal handler that
/// interrupted a verdict forks.

namespace airlock::capi {

/// How long the end of the process waits for verdicts; they take milliseconds.
inline constexpr int exit_wait_seconds = 10;

/// One verdict that is under way.
class UnderWay {
 public:
  UnderWay();
  ~UnderWay();
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

  /// False: the process is ending, and nothing may be begun.
  [[nodiscard]] bool begun() const { return begun_; }

 private:
  bool begun_;
};

}  // namespace airlock::capi
