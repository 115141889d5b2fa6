#pragma once
/// \file
/// For a program that must answer in time, whatever it waits for: a lock, a file system that does not answer.

#include <string>

namespace airlock::console {

/// Ends this process after so many seconds, with exit code 0, unless it is destroyed before. Then the last thing that
/// the process does is to write `last_words` to standard output. A process has at most one.
class Deadline {
 public:
  Deadline(unsigned seconds, std::string last_words);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

 private:
  std::string last_words_;
};

}  // namespace airlock::console
