#include "supervise.hpp"

#include <string_view>
#include <vector>

#include "gate/claims.hpp"
#include "gate/session.hpp"
#include "gate/settle.hpp"
#include "keeper/keeper.hpp"
#include "review/document.hpp"
#include "site/site.hpp"
#include "supervision.hpp"
#include "sys/worker.hpp"
#include "sys/write_file.hpp"

namespace airlock::tools {
namespace supervision {

using core::Code;

constexpr std::string_view sender_name = "airlock-send";

core::Error worded(core::Error error, const Task& task) {
  return task.records ? not_recorded(std::move(error)) : error;
}

void tell(sys::Worker& ends, char word, const core::Error& error) {
  ends.tell(word);
  ends.tell_text(error.message);
  ends.tell_text(error.hint);
}

/// Runs `airlock-send` from the folder of this program.
char deliver(const Context& context) {
  const auto folder = sys::program_folder();
  if (!folder) return failed_word;
  const std::string sender = *folder + "/" + std::string(sender_name);
  if (!sys::is_program(sender)) return not_installed_word;
  std::vector<std::string> arguments{"--site", context.site, "--once"};
  if (context.console.quiet()) arguments.emplace_back("--quiet");
  const std::vector<int> keeper = hand_over_keeper(arguments);
  if (const auto ended = sys::run_program(sender, arguments, keeper); !ended) {
    context.console.complain(ended.error().message, "");
    return failed_word;
  }
  return ran_word;
}

void tell_failure(sys::Worker& ends, const core::Error& error) { tell(ends, failed_word, error); }

/// What the worker says is believed as far as gate/claims.hpp checks it.
void move_for_worker(const Context& context, sys::Worker& ends, char word) {
  const auto first = ends.hear_text();
  if (!first) return;
  if (word == claim_word) {
    const auto claimed = gate::claim(context.site, *first);
    if (!claimed) return tell_failure(ends, claimed.error());
    ends.tell(*claimed ? done_word : not_now_word);
    if (*claimed) ends.tell_text(**claimed);
    return;
  }
  if (word == keep_word) {
    if (const auto kept = gate::keep_claimed(context.site, *first); !kept) return tell_failure(ends, kept.error());
    return ends.tell(done_word);
  }
  const auto name = ends.hear_text();
  if (!name) return;
  if (const auto back = gate::put_back(context.site, *first, *name); !back) return tell_failure(ends, back.error());
  ends.tell(done_word);
}

/// The page that a worker has made, as far as it has come. A worker that was taken over can write anything, so the
/// supervisor keeps only what begins with the policy that renders a page harmless.
class WrittenPage {
 public:
  void add(sys::Worker& ends) {
    const auto piece = ends.hear_text();
    if (piece && bytes_.size() <= review::page_bytes_limit) bytes_ += *piece;
  }
  void finish(sys::Worker& ends, const std::string& path) const {
    const auto made =
        bytes_.size() <= review::page_bytes_limit && review::is_guarded(bytes_)
            ? sys::create_file(path, bytes_, sys::private_file)
            : core::fail(Code::unexpected, "what the process that reads the report has made is not a page");
    if (made) return ends.tell(done_word);
    ends.tell(failed_word);
    ends.tell_text(std::to_string(core::exit_code(made.error().code)));
    ends.tell_text(made.error().message);
    ends.tell_text(made.error().hint);
  }

 private:
  std::string bytes_;
};

/// Nobody knows how far a worker came that was ended: the ledger does, and the next run looks.
int report_signal(const Context& context, const Task& task, int signal) {
  core::Error error{
      Code::unexpected, "the process that reads the report was ended by signal " + std::to_string(signal),
      task.records ? "keep the report and run again; the next run finishes or undoes what this one began" : ""};
  return context.console.report(worded(std::move(error), task));
}

/// Behind the worker: what it may not write itself. Where that fails the record stands nonetheless.
void keep_up(const Context& context, const sys::Ended& ended) {
  const auto settled = gate::settle_after(context.site);
  if (settled || ended.code == core::exit_code(Code::not_recorded)) return;
  context.console.complain("the record stands, but " + settled.error().message, settled.error().hint);
}

}  // namespace supervision

void make_key_ready(const Context& context) {
  const auto site = site::Site::open(context.site);
  if (!site) return;
  const auto file = site->signing_key_file();
  if (!file || file->kept == keeper::KeyProtection::unencrypted) return;
  (void)site->signing_identity();
}

std::vector<int> hand_over_keeper(std::vector<std::string>& arguments) {
  std::vector<int> out = keeper::descriptors(site::signing_key_name);
  if (out.size() != 2) return {};
  arguments.insert(arguments.end(), {"--keeper", std::to_string(out[0]) + "," + std::to_string(out[1])});
  return out;
}

core::Error not_recorded(core::Error error) {
  if (error.code == core::Code::usage) return error;
  if (error.hint.empty()) error.hint = "the report was not recorded: keep it and run again";
  error.code = core::Code::not_recorded;
  return error;
}

int in_worker(Context& context, const Task& task, const std::function<int(Worker&)>& work) {
  using namespace supervision;
  bool sound = false;
  if (task.changes) {
    // The system's user database, which has the owner's name, is out of the worker's reach.
    if (const auto site = site::Site::open(context.site)) {
      if (auto allowed = gate::check_may_change(*site); !allowed) {
        return context.console.report(worded(std::move(allowed).error(), task));
      }
    }
    // The worker meets the same error, and tells it as it should be told.
    sound = gate::settle_before(context.site).has_value();
    // Before anything of a report is opened. A report that is withheld needs no key, so an error waits.
    make_key_ready(context);
  } else if (auto readable = gate::settle_to_read(context.site); !readable) {
    return context.console.report(worded(std::move(readable).error(), task));
  }
  auto ends = sys::Worker::split();
  if (!ends) return context.console.report(worded(std::move(ends).error(), task));
  if (ends->is_worker()) return work_confined(context, task, *ends, work);

  WrittenPage page;
  while (const auto word = ends->hear()) {
    if (!task.writes.empty() && *word == piece_word) page.add(*ends);
    if (!task.writes.empty() && *word == write_word) page.finish(*ends, task.writes);
    if (*word == deliver_word) ends->tell(deliver(context));
    const bool moves = *word == claim_word || *word == put_back_word || *word == keep_word;
    if (task.inbox && moves) move_for_worker(context, *ends, *word);
  }
  const sys::Ended ended = ends->wait();
  if (sound) keep_up(context, ended);
  return ended.signal == 0 ? ended.code : report_signal(context, task, ended.signal);
}

}  // namespace airlock::tools
