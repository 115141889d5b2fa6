#pragma once
/// \file
/// What every program of Airlock does at the terminal in the same way: options, errors, exit codes, one JSON document.
/// Nothing else prints, so no byte from a report, a file or a name can steer a terminal: lines for people are always
/// `core::terminal_text`, documents and exact bytes are where standard output is a terminal.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "core/io.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/text.hpp"

namespace airlock::console {

enum class Need : std::uint8_t { optional, required };

/// One command, or a group of commands, while its command line is declared. What the command line gives is in the
/// variables named here by the time the command runs; they must live until then.
class Command {
 public:
  /// `name` is `--option`, or `NAME` for an argument that is known by its place.
  Command& text(const std::string& name, std::string& into, const std::string& help, Need need = Need::optional);
  /// All words up to the next option.
  Command& words(const std::string& name, std::vector<std::string>& into, const std::string& help);
  /// May be given any number of times.
  Command& texts(const std::string& name, std::vector<std::string>& into, const std::string& help);
  Command& number(const std::string& name, std::int64_t& into, const std::string& help);
  /// For another program of ours, in no help.
  Command& hidden(const std::string& name, std::string& into);
  Command& flag(const std::string& name, bool& into, const std::string& help);
  /// What exit codes mean for this command, beside or in place of `common_exits`; its help lists them all.
  Command& exits(const Exits& meanings);

  explicit Command(CLI::App& app) : app_(&app) {}

 private:
  friend class Console;
  CLI::App* app_;
  std::shared_ptr<Exits> exits_ = std::make_shared<Exits>(common_exits());
};

/// One program: its name, its global options, and the command that the command line names.
class Console {
 public:
  /// `name` is how messages begin: `airlock`.
  Console(std::string name, const std::string& description);

  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// Notes what of the environment keys need: where systemd's credentials are, and all of it for a token's module. The
  /// constructor does; to be called before by a program that empties its environment.
  static void remember_environment();

  [[nodiscard]] bool json() const { return json_; }
  [[nodiscard]] bool quiet() const { return quiet_; }

  /// The program itself, for its own options.
  [[nodiscard]] Command program();
  /// Adds a command to the program; `run` is called once the whole command line is understood, and returns the exit
  /// code.
  Command command(const std::string& name, const std::string& description, const std::string& examples,
                  std::function<int()> run);
  /// Makes this a program without commands: `run` is what it does.
  Command alone(const std::string& examples, std::function<int()> run);
  /// Adds a command that only holds others, such as `licence`.
  Command group(const std::string& name, const std::string& description);
  /// Adds a command to a group.
  Command command(Command& group, const std::string& name, const std::string& description, const std::string& examples,
                  std::function<int()> run);

  /// Reads the command line and runs the command. Returns the exit code: 1 in place of 0 where standard output did not
  /// take all that was written to it, which is told on standard error.
  int run(int argc, char** argv);

  /// Prints the one JSON document.
  void print(const core::Json& document) const;
  /// Prints a line unless `--quiet` or `--json`.
  void say(std::string_view line) const;
  /// Prints aligned `label  value` lines unless `--quiet` or `--json`. A value may have several lines.
  void say(const std::vector<std::pair<std::string, std::string>>& rows) const;
  /// `NAME: warning: …` and `NAME: hint: …` on standard error unless `--quiet`: done, and there is something to see to.
  void warn(std::string_view message, std::string_view hint) const;
  /// Prints a line to standard error unless `--quiet`.
  void remark(std::string_view line) const;
  /// Prints `text` to standard error, whatever the options, and reads a line of standard input.
  [[nodiscard]] static std::string ask(std::string_view text);
  /// Has a person confirm what cannot be taken back. At a terminal it shows `consequences`, asks `question` and takes
  /// `yes` for an answer; with `--yes` (`answered`), or where nobody is there to be asked, it prints them as `say`
  /// does. Errors: refused (another answer); `unattended` where nobody can be asked and `--yes` is missing.
  [[nodiscard]] core::Result<void> confirm(const std::vector<std::string>& consequences, std::string_view question,
                                           bool answered, core::Code unattended = core::Code::usage) const;

  /// `NAME: error: …` and `NAME: hint: …` on standard error; with `--json` also a document with `error`, `message`,
  /// `hint` and `exit` on standard output. A usage error without a hint gets that of the command's own help. Returns
  /// the error's exit code.
  int report(const core::Error& failure) const;
  /// The same for a stop that is no failure of the program, with its own exit code.
  void complain(std::string_view message, std::string_view hint) const;

 private:
  /// Parses, runs, and returns what the command does.
  int parse_and_run(int argc, char** argv);
  /// A line on standard error that begins with the program's name and a coloured word.
  void tell(std::string_view word, std::string_view colour, std::string_view text) const;

  std::string name_;
  std::unique_ptr<CLI::App> app_;
  bool json_ = false;
  bool quiet_ = false;
  bool no_colour_ = false;
  std::function<int()> run_;
};

/// Standard output for bytes that matter one by one: a report, a ledger's entries. Files and pipes get exactly these; a
/// terminal gets what `core::TerminalText` makes of them, since it would obey some of them.
class Output final : public core::Sink {
 public:
  [[nodiscard]] core::Result<void> write(std::string_view bytes) override;
  /// To be called at the end. Where a terminal was shown other bytes, says so on standard error, and how to get them.
  [[nodiscard]] core::Result<void> finish(const Console& console);

 private:
  core::TerminalText terminal_;
};

/// Writes all of `bytes` to standard output as `Output` does. Error: unexpected where nobody takes them.
[[nodiscard]] core::Result<void> write_out(std::string_view bytes);

/// The exit code of a command that ends with `code`: its value, or 0 for none.
[[nodiscard]] int exit_code(std::optional<core::Code> code);

/// The member `error` of every document of a command that failed: `code` (the stable name of the exit code), `message`
/// and `hint`, which may be null.
[[nodiscard]] core::Json error_member(const core::Error& error);
/// The same for a code, or for none: then null.
[[nodiscard]] core::Json error_member(std::optional<core::Code> code, const std::string& message,
                                      const std::string& hint);
/// The same where a command knows its exit code. Null where that is 0.
[[nodiscard]] core::Json error_member(int exit, const std::string& message, const std::string& hint);

}  // namespace airlock::console
