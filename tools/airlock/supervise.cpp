#include "supervise.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "gate/session.hpp"
#include "gate/settle.hpp"
#include "keeper/keeper.hpp"
#include "moving.hpp"
#include "review/document.hpp"
#include "site/site.hpp"
#include "supervision.hpp"
#include "sys/worker.hpp"
#include "sys/write_file.hpp"
#include "words.hpp"

namespace airlock::tools {
namespace supervision {

using core::Code;

constexpr std::string_view sender_name = "airlock-send";

core::Error worded(core::Error error, const Task& task) {
  return task.records ? not_recorded(std::move(error)) : error;
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

void take_texts(sys::Worker& ends, std::vector<std::string>& texts) {
  const auto count = ends.hear();
  texts.clear();
  for (char i = 0; count && i < std::min(*count, texts_maximum); ++i) {
    const auto text = ends.hear_text();
    if (!text) return;
    texts.push_back(*text);
  }
}

/// Nobody knows how far a worker came that was ended: the ledger does, and the next run looks.
int report_signal(const Context& context, const Task& task, int signal) {
  console::Console::clear_line_left();
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
  } else if (task.has_site) {
    if (auto readable = gate::settle_to_read(context.site); !readable) {
      return context.console.report(worded(std::move(readable).error(), task));
    }
  }
  auto ends = sys::Worker::split();
  if (!ends) return context.console.report(worded(std::move(ends).error(), task));
  if (ends->is_worker()) return work_confined(context, task, *ends, work);

  WrittenPage page;
  while (const auto word = ends->hear()) {
    if (!task.writes.empty() && *word == piece_word) page.add(*ends);
    if (!task.writes.empty() && *word == write_word) page.finish(*ends, task.writes);
    if (*word == deliver_word) ends->tell(deliver(context));
    if (task.inbox && moves_reports(*word)) move_for_worker(context.site, *ends, *word);
    if (task.drops && takes_drops(*word)) take_drop_for_worker(context.site, *ends, *word);
    if (task.texts != nullptr && *word == texts_word) take_texts(*ends, *task.texts);
  }
  const sys::Ended ended = ends->wait();
  if (sound) keep_up(context, ended);
  return ended.signal == 0 ? ended.code : report_signal(context, task, ended.signal);
}

}  // namespace airlock::tools
