#pragma once
/// \file
/// How commands read a report: in a worker process that has given up everything but reading the site directory, and
/// writing the little that its work changes there, before it reads the first byte. The process that a person started is
/// the supervisor. It never reads a report; it waits, starts `airlock-send` when the worker says that something was
/// queued, moves reports out of the inbox, and keeps those parts of the site that the worker may not write.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "commands.hpp"
#include "core/io.hpp"
#include "core/result.hpp"
#include "gate/claims.hpp"
#include "health/rehearsal.hpp"

namespace airlock::tools {

/// What came of asking for delivery.
enum class Delivery : std::uint8_t { ran, not_installed, failed };

/// The confined worker, as the code in it sees it.
class Worker {
 public:
  virtual ~Worker() = default;
  /// The report that the command line names. Only where there is one.
  [[nodiscard]] virtual core::Source& input() = 0;
  /// What confines it, for the ledger: `seccomp+landlock`.
  [[nodiscard]] virtual std::string confinement() const = 0;
  /// Whether it may write only what its work changes, so that the supervisor keeps the rest.
  [[nodiscard]] virtual bool is_kept_to_its_files() const = 0;
  /// Asks the supervisor to send what is queued, and waits until it has.
  [[nodiscard]] virtual Delivery deliver() = 0;
  /// Has the supervisor do what gate/claims.hpp says. Only where the task takes the inbox.
  [[nodiscard]] virtual core::Result<std::optional<std::string>> claim(const std::string& name) = 0;
  [[nodiscard]] virtual core::Result<void> put_back(const std::string& id, const std::string& name) = 0;
  [[nodiscard]] virtual core::Result<void> keep_claimed(const std::string& id) = 0;
  /// Has the supervisor make the file of the page that the task writes, complete or not at all. Only where the task
  /// writes one. Errors: those of `sys::create_file`; unexpected if the bytes do not begin as a page does.
  [[nodiscard]] virtual core::Result<void> write_page(std::string_view bytes) = 0;
  /// Has the supervisor claim what officers dropped, and ask the system whose it is (gate/claims.hpp). Only where the
  /// task takes that in.
  [[nodiscard]] virtual core::Result<std::optional<std::string>> claim_drop(const std::string& name) = 0;
  [[nodiscard]] virtual core::Result<gate::Dropper> dropper(const std::string& id) = 0;
  /// Has the supervisor put the list of a claimed drop into `words.txt` (gate/place_words.hpp). The same.
  [[nodiscard]] virtual core::Result<void> place_words(const std::string& id) = 0;
  /// Hands texts over to the supervisor, at most 16. Only where the task has a place for them.
  virtual void hand_over(const std::vector<std::string>& texts) = 0;
};

struct Task {
  std::optional<std::string> report;  ///< path, `-`, or nothing for reports that are in the site directory already
  bool has_site = true;               ///< false: the report is tried without a site
  bool records = false;               ///< whatever keeps it from working means that a report was not recorded: exit 8
  bool changes = false;               ///< it may change the ledger, the outbox and what is held
  bool inbox = false;                 ///< it takes what was dropped into the inbox
  std::string reads = {};             ///< path of a file that it reads besides the site and the report; or empty
  std::string writes = {};            ///< path of the new file for the page that it makes; or empty
  bool drops = false;                 ///< it takes in what officers dropped
  /// Where the supervisor puts the texts that the worker hands over. They are from a process that has read a report.
  std::vector<std::string>* texts = nullptr;
};

/// Runs `work` in the worker. Returns the exit code of either process to `main`; returns twice, once in each.
[[nodiscard]] int in_worker(Context& context, const Task& task, const std::function<int(Worker&)>& work);

/// Starts the worker as `process` would, without a report, and has it try what it would do with kernel and file system.
[[nodiscard]] health::Rehearsal rehearse_worker(Context& context);

/// Has the site's key ready, asking for its secret if need be. Where that fails, whoever comes to sign meets the error.
void make_key_ready(const Context& context);
/// Adds to the arguments of `airlock-send` what lets it use the keeper of the site's key, and returns the descriptors
/// that it must have for that: none where the key is a bare file.
[[nodiscard]] std::vector<int> hand_over_keeper(std::vector<std::string>& arguments);

/// Not recorded, whatever the cause: but a wrong command line stays one.
[[nodiscard]] core::Error not_recorded(core::Error error);

}  // namespace airlock::tools
