#include "supervise.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>
#include <vector>

#include "gate/claims.hpp"
#include "gate/settle.hpp"
#include "health/status.hpp"
#include "keeper/keeper.hpp"
#include "site/site.hpp"
#include "sys/descriptors.hpp"
#include "sys/granted.hpp"
#include "sys/look.hpp"
#include "sys/read_file.hpp"
#include "sys/sandbox.hpp"
#include "sys/system.hpp"
#include "sys/worker.hpp"

namespace airlock::tools {
namespace supervision {

using core::Code;
using core::Result;

constexpr std::string_view sender_name = "airlock-send";

// What the two processes tell each other.
constexpr char deliver_word = 'd';
constexpr char ran_word = 'r';
constexpr char not_installed_word = 'n';
constexpr char failed_word = 'f';
constexpr char claim_word = 'c';     // and a name
constexpr char put_back_word = 'b';  // and an id and a name
constexpr char keep_word = 'k';      // and an id
constexpr char done_word = 'y';      // for a claim and its id
constexpr char not_now_word = 'w';

/// Where the machine's own rules are; read besides the site directory.
constexpr std::string_view machine_folder = "/etc/airlock";

core::Error worded(core::Error error, const Task& task) {
  return task.records ? not_recorded(std::move(error)) : error;
}

/// Standard input that is not the report is nobody's business.
Result<void> close_the_rest(const sys::Worker& ends, const Task& task, int input) {
  std::vector<int> but = ends.descriptors();
  for (const int keeper : keeper::descriptors()) but.push_back(keeper);
  but.insert(but.end(), {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, input});
  if (!task.report || *task.report != "-") {
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || ::dup2(null, STDIN_FILENO) != STDIN_FILENO) {
      return core::fail(Code::unexpected, "`/dev/null`: cannot be opened");
    }
  }
  return sys::close_descriptors(std::move(but));
}

/// A socket that came with the process would still work in the sandbox. Where nothing is ever sent nothing needs one.
/// Standard error may lead to the journal, through a local socket.
Result<void> check_sockets(const Context& context, bool on_input_or_output, bool on_error) {
  if (!on_input_or_output && !on_error) return {};
  const auto status = health::status(context.site);
  bool sends = false;
  if (status) {
    for (const health::Standing& standing : status->standings) {
      if (standing.decision.disposition < policy::Disposition::seal && standing.above_ceiling.empty()) sends = true;
    }
  }
  if (sends) return {};
  return core::fail(
      Code::refused,
      std::string(on_input_or_output ? "standard input or output" : "standard error") +
          " is a socket, and this site sends nothing",
      "put a pipe between, as a shell does: `… | cat | airlock process -`, and `| cat` behind it; or name a file");
}

class Confined final : public Worker {
 public:
  Confined(sys::Worker& ends, core::Source* input, sys::Confinement confinement)
      : ends_(ends), input_(input), confinement_(std::move(confinement)) {}
  core::Source& input() override { return *input_; }
  [[nodiscard]] std::string confinement() const override { return std::string(confinement_.name()); }
  [[nodiscard]] bool is_kept_to_its_files() const override { return confinement_.landlock > 0; }
  Delivery deliver() override {
    ends_.tell(deliver_word);
    const auto answer = ends_.hear();
    if (answer == ran_word) return Delivery::ran;
    return answer == not_installed_word ? Delivery::not_installed : Delivery::failed;
  }
  Result<std::optional<std::string>> claim(const std::string& name) override {
    ends_.tell(claim_word);
    ends_.tell_text(name);
    const auto answer = ends_.hear();
    if (answer == done_word) return ends_.hear_text();
    if (answer == not_now_word) return std::nullopt;
    return failed();
  }
  Result<void> put_back(const std::string& id, const std::string& name) override {
    ends_.tell(put_back_word);
    ends_.tell_text(id);
    ends_.tell_text(name);
    if (ends_.hear() == done_word) return {};
    return failed();
  }
  Result<void> keep_claimed(const std::string& id) override {
    ends_.tell(keep_word);
    ends_.tell_text(id);
    if (ends_.hear() == done_word) return {};
    return failed();
  }

 private:
  tl::unexpected<core::Error> failed() {
    const auto message = ends_.hear_text();
    const auto hint = ends_.hear_text();
    return core::fail(Code::refused, message.value_or("the supervisor has ended"), hint.value_or(""));
  }
  sys::Worker& ends_;
  core::Source* input_;
  sys::Confinement confinement_;
};

/// The files that stay within the worker's reach. It writes what its work changes: not configuration, keys, trust, the
/// anchor, nor the public part, by which others judge the site.
std::vector<sys::Granted> reach(const Context& context, const Task& task) {
  using Grant = sys::Granted::Grant;
  std::vector<sys::Granted> out{
      {context.site, Grant::read}, {std::string(machine_folder), Grant::read}, {"/dev/urandom", Grant::read}};
  for (std::string& linked : gate::linked_files(context.site)) out.push_back({std::move(linked), Grant::read});
  const auto folder = [&](std::string_view name) { return context.site + "/" + std::string(name); };
  out.push_back({folder(site::layout::held), Grant::change});  // scratch space too
  if (const auto files = gate::writable(context.site)) {
    const Grant grant = task.changes ? Grant::write : Grant::read;
    out.push_back({files->ledger, grant});
    out.push_back({files->journal, grant});
    for (const std::string& lock : files->locks) out.push_back({lock, grant});
  }
  if (task.changes) {
    out.push_back({folder(site::layout::outbox), Grant::change});
  }
  if (task.inbox) out.push_back({folder(site::layout::claimed), Grant::change});
  return out;
}

/// From now on this is the worker, and what it has no use for is not there.
void become_worker(Context& context) {
  context.confined = true;
  keeper::confine();
  (void)sys::now();  // faketime, by which the clock guard is tested, reads the environment when it is first asked
  sys::keep_environment({"LANG", "LC_ALL", "NO_COLOR", "TERM"});
}

/// What the worker has given up, and what of it the kernel refuses though the configuration takes that.
Result<sys::Confinement> give_up(Context& context, const Task& task, const sys::Worker& ends, int input) {
  AIRLOCK_CHECK(close_the_rest(ends, task, input));
  sys::Confinement confinement = sys::confine(reach(context, task));
  if (confinement.refused.empty()) return confinement;
  AIRLOCK_TRY(const auto site, site::Site::open(context.site));
  if (site.configuration().sandbox_best_effort) return confinement;
  const std::string allow = confinement.hint.empty() ? "let this process use seccomp and Landlock" : confinement.hint;
  return core::fail(Code::refused, "the kernel refuses the sandbox: " + confinement.refused,
                    allow + "; `\"sandbox\": \"best-effort\"` in airlock.json goes on without, and the ledger says so");
}

/// The worker's whole life. The order matters: open, close, give up, and only then read.
int work_confined(Context& context, const Task& task, sys::Worker& ends, const std::function<int(Worker&)>& work) {
  const auto report = [&](core::Error error) { return context.console.report(worded(std::move(error), task)); };
  become_worker(context);
  const bool on_input_or_output =
      sys::socket_at(STDIN_FILENO) != sys::Socket::none || sys::socket_at(STDOUT_FILENO) != sys::Socket::none;
  const bool on_error = sys::socket_at(STDERR_FILENO) == sys::Socket::other;

  std::optional<sys::InputSource> input;
  if (task.report) {
    auto opened = sys::InputSource::open(*task.report);
    if (!opened) return report(std::move(opened).error());
    input.emplace(std::move(*opened));
  }
  auto confinement = give_up(context, task, ends, input ? input->descriptor() : -1);
  if (!confinement) return report(std::move(confinement).error());
  if (auto checked = check_sockets(context, on_input_or_output, on_error); !checked) {
    return report(std::move(checked).error());
  }
  Confined worker(ends, input ? &*input : nullptr, std::move(*confinement));
  return work(worker);
}

// How the worker of a rehearsal ends.
constexpr char stopped_word = 's';   // an error
constexpr char confined_word = 'o';  // what confines it, what was refused, the hint, and whether Landlock is in force
constexpr char worked_word = 'k';    // an error, which is empty where there was none

void tell(sys::Worker& ends, char word, const core::Error& error) {
  ends.tell(word);
  ends.tell_text(error.message);
  ends.tell_text(error.hint);
}

core::Error hear_error(sys::Worker& ends) {
  core::Error out;
  out.message = ends.hear_text().value_or("the process that reads reports has ended");
  out.hint = ends.hear_text().value_or("");
  return out;
}

void rehearse(Context& context, sys::Worker& ends) {
  const Task task{.report = std::nullopt, .records = true, .changes = true, .inbox = true};
  become_worker(context);
  const auto confinement = give_up(context, task, ends, -1);
  if (!confinement) return tell(ends, stopped_word, confinement.error());
  const bool landlock = confinement->landlock > 0;
  ends.tell(confined_word);
  ends.tell_text(std::string(confinement->seccomp ? "seccomp" : "no seccomp") + ", " +
                 (landlock ? "Landlock version " + std::to_string(confinement->landlock) : "no Landlock"));
  ends.tell_text(confinement->refused);
  ends.tell_text(confinement->hint);
  ends.tell_text(landlock ? "yes" : "");
  // Without a site there is nothing to work on.
  const bool any = sys::exists(context.site + "/" + std::string(site::layout::configuration));
  const auto worked = any ? health::rehearse_work(context.site) : Result<void>();
  tell(ends, worked_word, worked ? core::Error{} : worked.error());
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

/// Nobody knows how far a worker came that was ended: the ledger does, and the next run looks.
int report_signal(const Context& context, const Task& task, int signal) {
  core::Error error{Code::unexpected, "the process that reads the report was ended by signal " + std::to_string(signal),
                    task.records ? "keep the report and run again; what was begun is finished or undone then" : ""};
  return context.console.report(worded(std::move(error), task));
}

/// Behind the worker: what it may not write itself. Where that fails the record stands nonetheless.
void keep_up(const Context& context, const sys::Ended& ended) {
  const auto settled = gate::settle_after(context.site);
  if (settled || ended.code == static_cast<int>(Code::not_recorded)) return;
  context.console.complain("what was recorded stands, but " + settled.error().message, settled.error().hint);
}

}  // namespace supervision

health::Rehearsal rehearse_worker(Context& context) {
  using namespace supervision;
  health::Rehearsal out;
  auto ends = sys::Worker::split();
  if (!ends) {
    out.stopped = ends.error();
    return out;
  }
  if (ends->is_worker()) {
    rehearse(context, *ends);
    std::_Exit(0);
  }
  for (auto word = ends->hear(); word != worked_word; word = ends->hear()) {
    if (word != confined_word) {  // stopped, or ended
      out.stopped = hear_error(*ends);
      break;
    }
    out.confined = ends->hear_text().value_or("");
    out.refused = ends->hear_text().value_or("");
    out.hint = ends->hear_text().value_or("");
    out.kept_to_its_files = !ends->hear_text().value_or("").empty();
  }
  if (!out.stopped) {
    if (const core::Error error = hear_error(*ends); !error.message.empty()) out.work = error;
  }
  (void)ends->wait();
  return out;
}

void make_key_ready(const Context& context) {
  if (const auto site = site::Site::open(context.site)) (void)site->signing_identity();
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
    // The worker meets the same error, and tells it as it should be told.
    sound = gate::settle_before(context.site).has_value();
    // Before anything of a report is opened. A report that is withheld needs no key, so an error waits.
    make_key_ready(context);
  } else {
    gate::settle_to_read(context.site);
  }
  auto ends = sys::Worker::split();
  if (!ends) return context.console.report(worded(std::move(ends).error(), task));
  if (ends->is_worker()) return work_confined(context, task, *ends, work);

  while (const auto word = ends->hear()) {
    if (*word == deliver_word) ends->tell(deliver(context));
    const bool moves = *word == claim_word || *word == put_back_word || *word == keep_word;
    if (task.inbox && moves) move_for_worker(context, *ends, *word);
  }
  const sys::Ended ended = ends->wait();
  if (sound) keep_up(context, ended);
  return ended.signal == 0 ? ended.code : report_signal(context, task, ended.signal);
}

}  // namespace airlock::tools
