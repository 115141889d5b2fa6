#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "core/encoding.hpp"
#include "gate/settle.hpp"
#include "health/status.hpp"
#include "keeper/keeper.hpp"
#include "site/site.hpp"
#include "supervision.hpp"
#include "sys/descriptors.hpp"
#include "sys/granted.hpp"
#include "sys/read_file.hpp"
#include "words.hpp"

namespace airlock::tools::supervision {

using core::Code;
using core::Result;

/// Where the machine's own rules are; read besides the site directory.
constexpr std::string_view machine_folder = "/etc/airlock";

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
Result<void> check_sockets(const Context& context, const Task& task, bool on_input_or_output, bool on_error) {
  if (!on_input_or_output && !on_error) return {};
  bool sends = false;
  if (const auto status = health::status(context.site); task.has_site && status) {
    for (const health::Standing& standing : status->standings) {
      if (standing.decision.disposition < policy::Disposition::seal && standing.above_ceiling.empty()) sends = true;
    }
  }
  if (sends) return {};
  return core::fail(
      Code::refused,
      std::string(on_input_or_output ? "standard input or output" : "standard error") + " is a socket, but " +
          (task.has_site ? "this site never sends" : "without a site nothing is sent"),
      "put a pipe between: `… | cat | airlock process -`, with `| cat` after it for the output; or name a file");
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
  Result<std::optional<std::string>> claim_drop(const std::string& name) override {
    ends_.tell(claim_drop_word);
    ends_.tell_text(name);
    const auto answer = ends_.hear();
    if (answer == done_word) return ends_.hear_text();
    if (answer == not_now_word) return std::nullopt;
    return failed();
  }
  Result<gate::Dropper> dropper(const std::string& id) override {
    ends_.tell(dropper_word);
    ends_.tell_text(id);
    if (ends_.hear() != done_word) return failed();
    const auto uid = core::number_from<unsigned>(ends_.hear_text().value_or(""));
    auto login = ends_.hear_text();
    const auto role = ends_.hear_text();
    if (!uid || !login || !role) return core::fail(Code::refused, "the supervisor has ended");
    return gate::Dropper{*uid, std::move(*login), !role->empty()};
  }
  Result<void> place_words(const std::string& id) override {
    ends_.tell(place_words_word);
    ends_.tell_text(id);
    if (ends_.hear() == done_word) return {};
    return failed();
  }
  void hand_over(const std::vector<std::string>& texts) override {
    ends_.tell(texts_word);
    ends_.tell(static_cast<char>(texts.size()));
    for (const std::string& text : texts) ends_.tell_text(text);
  }
  Result<void> keep_claimed(const std::string& id) override {
    ends_.tell(keep_word);
    ends_.tell_text(id);
    if (ends_.hear() == done_word) return {};
    return failed();
  }

  Result<void> write_page(std::string_view bytes) override {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), sys::Worker::text_maximum))) {
      ends_.tell(piece_word);
      ends_.tell_text(bytes.substr(0, sys::Worker::text_maximum));
    }
    ends_.tell(write_word);
    const auto answer = ends_.hear();
    if (answer == done_word) return {};
    const auto code = core::number_from<std::uint8_t>(ends_.hear_text().value_or(""));
    auto error = failed();
    error.value().code = code ? static_cast<Code>(*code) : Code::unexpected;
    return error;
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
  if (!task.has_site) {
    return {{"/dev/urandom", Grant::read}, {std::string(site::reader_scratch), Grant::change}};
  }
  std::vector<sys::Granted> out{
      {context.site, Grant::read}, {std::string(machine_folder), Grant::read}, {"/dev/urandom", Grant::read}};
  if (!task.reads.empty()) out.push_back({task.reads, Grant::read});
  for (std::string& linked : gate::linked_files(context.site)) out.push_back({std::move(linked), Grant::read});
  const auto folder = [&](std::string_view name) { return context.site + "/" + std::string(name); };
  out.push_back({folder(site::layout::held), Grant::change});  // scratch space too
  if (const auto site = site::Site::open(context.site)) {
    if (std::string scratch = site->scratch(); scratch == site::reader_scratch) {
      out.push_back({std::move(scratch), Grant::change});
    }
  }
  if (const auto files = gate::writable(context.site)) {
    const Grant grant = task.changes ? Grant::write : Grant::read;
    out.push_back({files->ledger, grant});
    out.push_back({files->journal, grant});
    for (const std::string& lock : files->locks) out.push_back({lock, grant});
  }
  if (task.changes) {
    out.push_back({folder(site::layout::outbox), Grant::change});
  }
  if (task.inbox || task.drops) out.push_back({folder(site::layout::claimed), Grant::change});
  return out;
}

void become_worker(Context& context) {
  context.confined = true;
  keeper::confine();
  sys::keep_environment({"LANG", "LC_ALL", "NO_COLOR", "TERM"});
}

Result<sys::Confinement> give_up(Context& context, const Task& task, const sys::Worker& ends, int input) {
  AIRLOCK_CHECK(close_the_rest(ends, task, input));
  sys::Confinement confinement = sys::confine(reach(context, task));
  if (confinement.refused.empty()) return confinement;
  const std::string allow = confinement.hint.empty() ? "let this process use seccomp and Landlock" : confinement.hint;
  if (!task.has_site) {
    return core::fail(Code::refused, "the kernel refuses the sandbox: " + confinement.refused, allow);
  }
  AIRLOCK_TRY(const auto site, site::Site::open(context.site));
  if (site.configuration().sandbox_best_effort) return confinement;
  return core::fail(
      Code::refused, "the kernel refuses the sandbox: " + confinement.refused,
      allow + "; `\"sandbox\": \"best-effort\"` in airlock.json runs without it, and the ledger records that");
}

// The order matters: open, close, give up, and only then read.
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
  if (auto checked = check_sockets(context, task, on_input_or_output, on_error); !checked) {
    return report(std::move(checked).error());
  }
  Confined worker(ends, input ? &*input : nullptr, std::move(*confinement));
  return work(worker);
}

}  // namespace airlock::tools::supervision
