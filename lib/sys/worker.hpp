#pragma once
/// \file
/// A process split in two: a supervisor, which stays as it is, and a worker, which will be confined. Over two pipes
/// they send each other single bytes, and short texts with their size before them. A worker that was taken over can
/// send anything, so the supervisor parses nothing more than that.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "sys/channel.hpp"

namespace airlock::sys {

/// How a process ended.
struct Ended {
  int code = 0;    ///< its exit code
  int signal = 0;  ///< or the signal that ended it
};

/// Either end of the split.
class Worker {
 public:
  /// Forks. The caller must have no other threads and no buffered output. The worker ends when the supervisor ends.
  /// Error: unexpected (too many processes).
  [[nodiscard]] static core::Result<Worker> split();

  /// Whether this process is the worker.
  [[nodiscard]] bool is_worker() const { return pid_ == 0; }
  /// The descriptors that this end needs.
  [[nodiscard]] std::vector<int> descriptors() const { return other_.descriptors(); }

  /// Sends a byte to the other end. Where the other end has ended nothing happens; `hear` shows it.
  void tell(char word);
  /// Waits for a byte from the other end. Nothing where it has ended.
  [[nodiscard]] std::optional<char> hear();
  /// The same for a text. What follows after `text_maximum` bytes is left out.
  static constexpr std::size_t text_maximum = 0xFFFF;
  void tell_text(std::string_view text);
  [[nodiscard]] std::optional<std::string> hear_text();
  /// For the supervisor: waits until the worker ends.
  [[nodiscard]] Ended wait();

 private:
  explicit Worker(Forked forked) : pid_(forked.child), other_(std::move(forked.channel)) {}
  int pid_;
  Channel other_;
};

/// Runs another program of ours, and waits until it ends. Its standard output goes to our standard error. Of our other
/// descriptors it gets those in `inherited`. Error: unexpected.
[[nodiscard]] core::Result<Ended> run_program(const std::string& path, const std::vector<std::string>& arguments,
                                              const std::vector<int>& inherited);

/// The folder of the running program. Error: unexpected.
[[nodiscard]] core::Result<std::string> program_folder();
/// Whether `path` is a file that this user may execute.
[[nodiscard]] bool is_program(const std::string& path);

/// Whether a descriptor is a socket, and of which kind.
enum class Socket : std::uint8_t { none, local, other };
[[nodiscard]] Socket socket_at(int fd);

}  // namespace airlock::sys
