#pragma once
/// \file
/// A process split in two: the supervisor, which stays as it is, and a worker, which is to be confined. Over two pipes
/// they tell each other single bytes, and short texts behind their size, so that the supervisor has nothing to parse
/// that a worker could have made up.

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
  /// Forks. The caller must have no other threads and nothing in its buffers. The worker ends when the supervisor does.
  /// Error: unexpected (no more processes).
  [[nodiscard]] static core::Result<Worker> split();

  /// Which of the two this is.
  [[nodiscard]] bool is_worker() const { return pid_ == 0; }
  /// The descriptors that this end needs.
  [[nodiscard]] std::vector<int> descriptors() const { return other_.descriptors(); }

  /// Tells the other end something. Nobody there is no error: `hear` will say so.
  void tell(char word);
  /// Waits for the other end to say something; nothing where it has ended.
  [[nodiscard]] std::optional<char> hear();
  /// The same for any bytes; what is behind the first `text_most` is left out.
  static constexpr std::size_t text_most = 0xFFFF;
  void tell_text(std::string_view text);
  [[nodiscard]] std::optional<std::string> hear_text();
  /// For the supervisor: waits until the worker has ended.
  [[nodiscard]] Ended wait();

 private:
  explicit Worker(Forked forked) : pid_(forked.child), other_(std::move(forked.channel)) {}
  int pid_;
  Channel other_;
};

/// Runs another program of ours and waits for it. Its standard output goes to our standard error; of our other
/// descriptors it has those in `inherited`. Error: unexpected.
[[nodiscard]] core::Result<Ended> run_program(const std::string& path, const std::vector<std::string>& arguments,
                                              const std::vector<int>& inherited);

/// The folder of the running program. Error: unexpected.
[[nodiscard]] core::Result<std::string> program_folder();
/// Whether there is a program of that path.
[[nodiscard]] bool is_program(const std::string& path);

/// Whether a standard descriptor is a socket, and of which kind.
enum class Socket : std::uint8_t { none, local, other };
[[nodiscard]] Socket socket_at(int fd);

}  // namespace airlock::sys
