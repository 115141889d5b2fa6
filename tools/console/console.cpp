#include "console.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "keeper/passphrase.hpp"
#include "sys/helper.hpp"

namespace airlock::console {
namespace {

constexpr int usage_code = static_cast<int>(core::Code::usage);

/// Messages may carry what the user gave: a path, say, that is not UTF-8.
std::string to_document(const core::Json& document) {
  return document.dump(2, ' ', false, core::Json::error_handler_t::replace) + "\n";
}

/// Asked once, before a worker is confined: there the question might be denied, and be taken for a no.
bool out_is_terminal() {
  static const bool answer = ::isatty(STDOUT_FILENO) == 1;
  return answer;
}

core::Result<void> write_raw(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return core::fail(core::Code::unexpected, "standard output does not take what is written to it");
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

}  // namespace

Command& Command::text(const std::string& name, std::string& into, const std::string& help, Need need) {
  app_->add_option(name, into, help)->required(need == Need::required);
  return *this;
}

Command& Command::texts(const std::string& name, std::vector<std::string>& into, const std::string& help) {
  app_->add_option(name, into, help);
  return *this;
}

Command& Command::words(const std::string& name, std::vector<std::string>& into, const std::string& help) {
  app_->add_option(name, into, help)->expected(1, -1)->type_name("WORD ...");
  return *this;
}

Command& Command::number(const std::string& name, std::int64_t& into, const std::string& help) {
  app_->add_option(name, into, help);
  return *this;
}

Command& Command::hidden(const std::string& name, std::string& into) {
  app_->add_option(name, into)->group("");
  return *this;
}

Command& Command::flag(const std::string& name, bool& into, const std::string& help) {
  app_->add_flag(name, into, help);
  return *this;
}

Console::Console(std::string name, const std::string& description)
    : name_(std::move(name)), app_(std::make_unique<CLI::App>(description, name_)) {
  app_->require_subcommand(1);
  app_->fallthrough();
  app_->set_version_flag("--version", name_ + " " + AIRLOCK_VERSION);
  app_->add_flag("--json", json_, "print one JSON document");
  app_->add_flag("--quiet", quiet_, "print nothing but errors");
  app_->add_flag("--no-colour", no_colour_, "no colours (also NO_COLOR)");
  app_->add_option("--passphrase-fd", keeper::access().passphrase_fd,
                   "read a key's passphrase or PIN from this descriptor (otherwise a systemd credential, or a prompt)");
  keeper::access().program = name_;
  remember_environment();
  (void)out_is_terminal();
}

void Console::remember_environment() {
  keeper::Access& access = keeper::access();
  if (!access.environment.empty()) return;
  access.environment = sys::environment();
  const char* const credentials = std::getenv("CREDENTIALS_DIRECTORY");
  if (credentials != nullptr && *credentials == '/') access.credentials = credentials;
}
Console::~Console() = default;

Command Console::program() { return Command(*app_); }

Command Console::alone(const std::string& examples, std::function<int()> run) {
  app_->require_subcommand(0);
  app_->footer("Examples:\n" + examples);
  app_->final_callback([this, run = std::move(run)] { run_ = run; });
  return program();
}

Command Console::group(const std::string& name, const std::string& description) {
  CLI::App* group = app_->add_subcommand(name, description);
  group->fallthrough();
  group->require_subcommand(1);
  return Command(*group);
}

Command Console::command(const std::string& name, const std::string& description, const std::string& examples,
                         std::function<int()> run) {
  Command top = program();
  return command(top, name, description, examples, std::move(run));
}

Command Console::command(Command& group, const std::string& name, const std::string& description,
                         const std::string& examples, std::function<int()> run) {
  CLI::App* command = group.app_->add_subcommand(name, description);
  command->fallthrough();
  command->footer("Examples:\n" + examples);
  command->final_callback([this, run = std::move(run)] { run_ = run; });
  return Command(*command);
}

int Console::run(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::Success& wanted) {  // --help, --version
    return app_->exit(wanted);
  } catch (const CLI::ParseError& wrong) {
    std::string message = core::printable(wrong.what(), 400);
    if (!message.empty()) message[0] = core::to_lower(message.substr(0, 1))[0];
    while (message.ends_with('.')) message.pop_back();
    return report({core::Code::usage, message, "see `" + name_ + " --help`"});
  }
  if (const std::int64_t fd = keeper::access().passphrase_fd; fd >= 0) {
    // Now, while it cannot be another descriptor of the same number.
    if (fd < keeper::first_passphrase_fd || fd > 65535 || !sys::keep_to_this_program(static_cast<int>(fd))) {
      return report({core::Code::usage, "`--passphrase-fd` must name an open descriptor from 3 on",
                     "for example `--passphrase-fd 3 3< FILE`"});
    }
  }
  return run_ ? run_() : usage_code;
}

void Console::print(const core::Json& document) const {
  const std::string text = to_document(document);
  std::cout << (out_is_terminal() ? core::terminal_text(text) : text) << std::flush;
}

void Console::say(std::string_view line) const {
  if (!quiet_ && !json_) std::cout << core::terminal_text(line) << "\n" << std::flush;
}

void Console::say(const std::vector<std::pair<std::string, std::string>>& rows) const {
  std::size_t width = 0;
  for (const auto& [label, value] : rows) width = std::max(width, label.size());
  for (const auto& [label, value] : rows) {
    std::string text = value;
    for (auto at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) {
      text.insert(at + 1, std::string(width + 4, ' '));
    }
    say("  " + label + std::string(width - label.size() + 2, ' ') + text);
  }
}

void Console::remark(std::string_view line) const {
  if (!quiet_) std::cerr << core::terminal_text(line) << "\n" << std::flush;
}

std::string Console::ask(std::string_view text) {
  std::cerr << core::terminal_text(text) << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer;
}

core::Result<void> Console::confirm(const std::vector<std::string>& consequences, std::string_view question,
                                    bool answered, core::Code unattended) const {
  if (answered || ::isatty(STDIN_FILENO) == 0) {
    for (const std::string& consequence : consequences) say(consequence);
    if (answered) return {};
    return core::fail(unattended, "nobody is at a terminal to confirm it", "look at it, then give `--yes`");
  }
  std::string text;
  for (const std::string& consequence : consequences) text += consequence + "\n";
  if (ask(text + std::string(question) + " Type yes: ") == "yes") return {};
  return core::fail(core::Code::refused, "it was not confirmed, so nothing was done", "answer yes or give `--yes`");
}

void Console::tell(std::string_view word, std::string_view colour, std::string_view text) const {
  if (text.empty()) return;
  const bool coloured = !no_colour_ && std::getenv("NO_COLOR") == nullptr && ::isatty(STDERR_FILENO) == 1;
  std::cerr << name_ << ": ";
  if (coloured) std::cerr << "\x1b[" << colour << "m";
  std::cerr << word << ":";
  if (coloured) std::cerr << "\x1b[0m";
  std::cerr << " " << core::terminal_text(text) << "\n" << std::flush;
}

void Console::warn(std::string_view message, std::string_view hint) const {
  if (quiet_) return;
  tell("warning", "1;33", message);
  tell("hint", "1;36", hint);
}

void Console::complain(std::string_view message, std::string_view hint) const {
  tell("error", "1;31", message);
  tell("hint", "1;36", hint);
}

int Console::report(const core::Error& error) const {
  const int exit = static_cast<int>(error.code);
  complain(error.message, error.hint);
  if (json_) {
    core::Json document{{"error", error.message}};
    if (!error.hint.empty()) document["hint"] = error.hint;
    document["exit"] = exit;
    print(document);
  }
  return exit;
}

core::Result<void> Output::write(std::string_view bytes) {
  return write_raw(out_is_terminal() ? terminal_.add(bytes) : bytes);
}

core::Result<void> Output::finish(const Console& console) {
  AIRLOCK_CHECK(write_raw(terminal_.finish()));
  if (terminal_.has_escaped()) {
    console.warn("some characters are shown as escapes, since a terminal would obey or hide them",
                 "the exact bytes go to a file or a pipe: `> FILE`");
  }
  return {};
}

core::Result<void> write_out(std::string_view bytes) {
  return write_raw(out_is_terminal() ? core::terminal_text(bytes) : bytes);
}

}  // namespace airlock::console
