#include "console.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/text.hpp"
#include "deadline.hpp"
#include "description.hpp"
#include "keeper/passphrase.hpp"
#include "streams.hpp"
#include "sys/descriptors.hpp"
#include "sys/helper.hpp"
#include "wrap.hpp"

namespace airlock::console {
namespace {

/// The name of an option and, if it has one, its American spelling, separated by a comma.
std::string spellings(const std::string& name) {
  const std::string other = other_spelling(name);
  return other.empty() ? name : name + "," + other;
}

/// How long the site is waited for. Then the shell offers what is known without it.
constexpr unsigned completion_seconds = 2;

constexpr int usage_code = core::exit_code(core::Code::usage);

/// The text of a document. Bytes that are not UTF-8 are replaced, since a message may repeat a path that the user gave.
std::string to_document(const core::Json& document) {
  return document.dump(2, ' ', false, core::Json::error_handler_t::replace) + "\n";
}

}  // namespace

Command& Command::text(const std::string& name, std::string& into, const std::string& help, Value value, Need need) {
  CLI::Option* const option = app_->add_option(spellings(name), into, help)->required(need == Need::required);
  declared_->values.emplace_back(option, value);
  return *this;
}

Command& Command::text(const std::string& name, std::string& into, const std::string& help, Need need) {
  return text(name, into, help, Kind::text, need);
}

Command& Command::texts(const std::string& name, std::vector<std::string>& into, const std::string& help, Value value,
                        Need need) {
  CLI::Option* const option = app_->add_option(spellings(name), into, help)->required(need == Need::required);
  declared_->values.emplace_back(option, value);
  return *this;
}

Command& Command::repeated(const std::string& name, std::vector<std::string>& into, const std::string& help,
                           Value value, Need need) {
  CLI::Option* const option = app_->add_option(spellings(name), into, help)->required(need == Need::required);
  // One text each time, so that an argument may follow.
  declared_->values.emplace_back(option->allow_extra_args(false), value);
  return *this;
}

Command& Command::words(const std::string& name, std::vector<std::string>& into, const std::string& help) {
  declared_->values.emplace_back(app_->add_option(spellings(name), into, help)->expected(1, -1), Kind::word);
  return *this;
}

Command& Command::number(const std::string& name, std::int64_t& into, const std::string& help) {
  declared_->values.emplace_back(app_->add_option(spellings(name), into, help), Kind::number);
  return *this;
}

Command& Command::hidden(const std::string& name, std::string& into) {
  app_->add_option(name, into)->group("");
  return *this;
}

Command& Command::flag(const std::string& name, bool& into, const std::string& help) {
  app_->add_flag(spellings(name), into, help);
  return *this;
}

Command& Command::about(std::string_view text, std::string_view guide) {
  declared_->about = text;
  declared_->guide = guide;
  return *this;
}

Command& Command::exits(const Exits& meanings) {
  for (const auto& [code, meaning] : meanings) declared_->exits[code] = meaning;
  return *this;
}

Console::Console(std::string name, const std::string& description)
    : name_(std::move(name)), app_(std::make_unique<CLI::App>(description, name_)) {
  // Without standard descriptors no message can be printed.
  if (!sys::open_standard_descriptors()) std::_Exit(core::exit_code(core::Code::not_recorded));
  sys::ignore_broken_pipes();  // writing to a closed pipe is then an error like others, and no signal
  shape_help(*app_, declarations_);
  app_->require_subcommand(1);
  app_->fallthrough();
  app_->set_version_flag("--version", name_ + " " + AIRLOCK_VERSION, "print the version");
  app_->add_flag("--json", json_, "print one JSON document");
  app_->add_flag("--quiet", quiet_, "print nothing but errors");
  app_->add_flag("--no-colour", no_colour_, "no colours (also NO_COLOR)");
  program().number("--passphrase-fd", keeper::secret_sources().passphrase_fd,
                   "read a key's passphrase or PIN from this descriptor (default: a systemd credential, or a prompt)");
  keeper::secret_sources().program = name_;
  remember_environment();
  look_at_streams();
}

void Console::remember_environment() {
  keeper::SecretSources& access = keeper::secret_sources();
  if (!access.environment.empty()) return;
  access.environment = sys::environment();
  const char* const credentials = std::getenv("CREDENTIALS_DIRECTORY");
  if (credentials != nullptr && *credentials == '/') access.credentials = credentials;
}
Console::~Console() = default;

Command Console::program() { return {*app_, declarations_[app_.get()]}; }

Command Console::alone(const std::string& examples, std::function<int()> run) {
  app_->require_subcommand(0);
  app_->final_callback([this, run = std::move(run)] { run_ = run; });
  declarations_[app_.get()].examples = examples;
  return program();
}

Command Console::group(const std::string& name, const std::string& description) {
  CLI::App* group = app_->add_subcommand(name, description);
  if (const std::string other = other_spelling(name); !other.empty()) group->alias(other);
  group->fallthrough();
  group->require_subcommand(1);
  return {*group, declarations_[group]};
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
  command->final_callback([this, run = std::move(run)] { run_ = run; });
  Declared& declared = declarations_[command];
  declared.examples = examples;
  return {*command, declared};
}

int Console::run(int argc, char** argv) {
  const int exit = parse_and_run(argc, argv);
  close_output();
  if (output_state() == OutputState::sound) return exit;
  if (output_state() == OutputState::lost) complain(output_error().message, output_error().hint);
  // Any other exit code says why the command stopped, so it is kept.
  return exit == 0 ? core::exit_code(core::Code::unexpected) : exit;
}

bool Console::answer_about_itself(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  was_asked_about_itself_ = first == "--complete" || (first == "--describe" && argc == 2);
  if (first == "--complete") {
    const std::vector<std::string> words(argv + 2, argv + argc);
    Completion found = complete(*app_, declarations_, words, {});
    {
      const Deadline deadline(completion_seconds, found.text());
      found = complete(*app_, declarations_, words, offer_);
    }
    (void)write_raw(found.text());
  } else if (was_asked_about_itself_) {
    print(description(*app_, declarations_));
  }
  return was_asked_about_itself_;
}

int Console::parse_and_run(int argc, char** argv) {
  if (answer_about_itself(argc, argv)) return 0;
  try {
    app_->parse(argc, argv);
  } catch (const CLI::Success& wanted) {  // --help, --version
    std::ostringstream text;
    const int exit = app_->exit(wanted, text, text);
    (void)write_raw(wrap_help(text.str(), out_width()));
    return exit;
  } catch (const CLI::ParseError& wrong) {
    return report(usage_error(*app_, wrong));
  }
  if (const std::int64_t fd = keeper::secret_sources().passphrase_fd; fd >= 0) {
    // Checked now, before the program opens a file that could get the same descriptor number.
    if (fd < keeper::first_passphrase_fd || fd > 65535 || !sys::keep_to_this_program(static_cast<int>(fd))) {
      return report({core::Code::usage, "`--passphrase-fd` must be the number of an open descriptor, 3 or higher",
                     "for example `--passphrase-fd 3 3< FILE`"});
    }
  }
  return run_ ? run_() : usage_code;
}

void Console::print(const core::Json& document) const {
  const std::string text = to_document(document);
  (void)write_raw(out_is_terminal() ? core::terminal_text(text) : text);
}

void Console::say(std::string_view line) const {
  if (!quiet_ && !json_) (void)write_raw(for_people(line, out_width()) + "\n");
}

void Console::say(const std::vector<std::pair<std::string, std::string>>& rows) const {
  Table aligned = table({.indent = 2});
  for (const auto& [label, value] : rows) aligned.add({label, value});
  aligned.finish();
}

void Console::clear_line_left() { take_left_bar_away(); }

Table Console::table(TableForm form) const {
  return {form, [this](std::string_view line, std::size_t hanging) {
            if (quiet_ || json_) return;
            constexpr std::size_t hanging_if_narrow = 4;  // the last column has less than half of the line
            const std::size_t width = out_width();
            (void)write_raw(wrap(line, width, hanging * 2 > width ? hanging_if_narrow : hanging) + "\n");
          }};
}

void Console::say_to_copy(std::string_view lines) const {
  if (!quiet_ && !json_) (void)write_raw(core::terminal_text(lines) + "\n");
}

void Console::remark(std::string_view line) const {
  if (!quiet_) write_error(for_people(line, error_width()) + "\n");
}

std::string Console::ask(std::string_view text) {
  write_error(for_people(text, error_width()));
  std::string answer;
  std::getline(std::cin, answer);
  return answer;
}

bool Console::can_ask() { return ::isatty(STDIN_FILENO) != 0; }

core::Result<void> Console::confirm(const std::vector<std::string>& consequences, std::string_view question,
                                    bool answered, core::Code unattended) const {
  if (answered || !can_ask()) {
    for (const std::string& consequence : consequences) say(consequence);
    if (answered) return {};
    return core::fail(unattended, "there is no terminal to confirm it at", "read it, then give `--yes`");
  }
  std::string text;
  for (const std::string& consequence : consequences) text += consequence + "\n";
  if (ask(text + std::string(question) + " Type yes: ") == "yes") return {};
  return core::fail(core::Code::refused, "it was not confirmed, so nothing was done", "answer yes or give `--yes`");
}

void Console::tell(std::string_view word, std::string_view colour, std::string_view text) const {
  if (text.empty()) return;
  const bool coloured = !no_colour_ && std::getenv("NO_COLOR") == nullptr && error_is_terminal();
  std::string line = for_people(name_ + ": " + std::string(word) + ": " + std::string(text), error_width());
  if (coloured) {
    const std::size_t start = name_.size() + 2;
    line.insert(start + word.size() + 1, "\x1b[0m").insert(start, "\x1b[" + std::string(colour) + "m");
  }
  write_error(line + "\n");
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

int Console::report(const core::Error& failure) const {
  core::Error error = failure;
  if (error.code == core::Code::usage && error.hint.empty()) error.hint = "see `" + named_command(*app_) + " --help`";
  const int exit = core::exit_code(error.code);
  complain(error.message, error.hint);
  if (json_) {
    core::Json document{{"error", error_member(error)}, {"message", error.message}};
    if (!error.hint.empty()) document["hint"] = error.hint;
    document["exit"] = exit;
    print(document);
  }
  return exit;
}

core::Result<void> Output::write(std::string_view bytes) {
  return write_or_fail(out_is_terminal() ? terminal_.add(bytes) : bytes);
}

core::Result<void> Output::finish(const Console& console) {
  AIRLOCK_CHECK(write_or_fail(terminal_.finish()));
  if (terminal_.has_escaped()) {
    console.warn("some characters are shown as escapes, since a terminal would act on them or hide them",
                 "for the exact bytes, write to a file or a pipe: `> FILE`");
  }
  return {};
}

core::Result<void> write_out(std::string_view bytes) {
  return write_or_fail(out_is_terminal() ? core::terminal_text(bytes) : bytes);
}

core::Json error_member(const core::Error& error) {
  return {{"code", core::name(error.code)}, {"message", error.message}, {"hint", core::or_null(error.hint)}};
}

core::Json error_member(std::optional<core::Code> code, const std::string& message, const std::string& hint) {
  return code ? error_member({*code, message, hint}) : core::Json(nullptr);
}

}  // namespace airlock::console
