#pragma once
/// \file
/// The terminal side that all programs of Airlock share: options, errors, exit codes, one JSON document. Nothing else
/// prints, so no byte from a report, a file or a name can control a terminal. Lines for people always pass through
/// `core::terminal_text`. Documents and exact bytes are escaped in the same way only if standard output is a terminal.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "completion.hpp"
#include "core/io.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/text.hpp"
#include "declared.hpp"
#include "table.hpp"
#include "value.hpp"

namespace airlock::console {

enum class Need : std::uint8_t { optional, required };

/// One command, or a group of commands, while its command line is declared. When the command runs, the variables named
/// here hold the values from the command line. They must live until then.
class Command {
 public:
  /// Declares an option or argument with one text. `name` is `--option`, or `NAME` for a positional argument. `value`
  /// says what the text is.
  Command& text(const std::string& name, std::string& into, const std::string& help, Value value,
                Need need = Need::optional);
  /// The same for any text.
  Command& text(const std::string& name, std::string& into, const std::string& help, Need need = Need::optional);
  /// Declares an option that takes all words up to the next option.
  Command& words(const std::string& name, std::vector<std::string>& into, const std::string& help);
  /// Declares an option or argument that may be given any number of times.
  Command& texts(const std::string& name, std::vector<std::string>& into, const std::string& help,
                 Value value = Kind::text, Need need = Need::optional);
  /// Declares an option that may be given again, each time with one text.
  Command& repeated(const std::string& name, std::vector<std::string>& into, const std::string& help,
                    Value value = Kind::text, Need need = Need::optional);
  Command& number(const std::string& name, std::int64_t& into, const std::string& help);
  /// Declares an option that only another program of Airlock gives. No help lists it.
  Command& hidden(const std::string& name, std::string& into);
  Command& flag(const std::string& name, bool& into, const std::string& help);
  /// Declares what manual pages and docs/reference/commands.md say beyond the help: paragraphs, with an empty line
  /// between two, and the page of `docs` to read, such as `guides/held.md`. Both texts must live as long as the
  /// program.
  Command& about(std::string_view text, std::string_view guide);
  /// Declares the meanings of exit codes for this command. They add to `common_exits` or replace its meanings. The help
  /// lists all of them.
  Command& exits(const Exits& meanings);

  Command(CLI::App& app, Declared& declared) : app_(&app), declared_(&declared) {}

 private:
  friend class Console;
  CLI::App* app_;
  Declared* declared_;
};

/// One program: its name, its global options, and the command that the command line names.
class Console {
 public:
  /// `name` is the program's name, with which its messages begin: `airlock`.
  Console(std::string name, const std::string& description);

  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// Remembers what keys need of the environment: the folder of systemd's credentials, and all variables for the module
  /// of a token. The constructor calls this. A program that clears its environment must call it before.
  static void remember_environment();

  [[nodiscard]] bool json() const { return json_; }
  [[nodiscard]] bool quiet() const { return quiet_; }

  /// The program itself, for its own options.
  [[nodiscard]] Command program();
  /// Adds a command to the program. `run` is called after the whole command line was parsed, and returns the exit code.
  Command command(const std::string& name, const std::string& description, const std::string& examples,
                  std::function<int()> run);
  /// Makes this a program without commands. It calls `run`, which returns the exit code.
  Command alone(const std::string& examples, std::function<int()> run);
  /// Adds a group that only contains commands, such as `licence`.
  Command group(const std::string& name, const std::string& description);
  /// Adds a command to a group.
  Command command(Command& group, const std::string& name, const std::string& description, const std::string& examples,
                  std::function<int()> run);

  /// What completion offers of the site. It is called only for `--complete`.
  void offer(Offer offer) { offer_ = std::move(offer); }
  /// Whether the command line only asked about the program itself: its description (`--describe`) or a completion
  /// (`--complete`), which no help lists. Then no command has run, and nothing may be changed or told.
  [[nodiscard]] bool was_asked_about_itself() const { return was_asked_about_itself_; }

  /// Parses the command line and runs the command. Returns the exit code. If standard output did not take everything
  /// that was written, says so on standard error and returns 1 in place of 0.
  int run(int argc, char** argv);

  /// Prints the command's one JSON document to standard output.
  void print(const core::Json& document) const;
  /// Prints a line unless `--quiet` or `--json`.
  void say(std::string_view line) const;
  /// Prints aligned `label  value` lines unless `--quiet` or `--json`. A value may have several lines.
  void say(const std::vector<std::pair<std::string, std::string>>& rows) const;
  /// Begins a table on standard output. It prints nothing if `--quiet` or `--json`. The console must outlive it.
  [[nodiscard]] Table table(TableForm form = {}) const;
  /// Prints lines that people copy, such as a part of a document, as they are at any width. Not with `--quiet` or
  /// `--json`.
  void say_to_copy(std::string_view lines) const;
  /// Prints `NAME: warning: …` and `NAME: hint: …` to standard error unless `--quiet`. A warning says that the command
  /// did its work, and that a person should look at something.
  void warn(std::string_view message, std::string_view hint) const;
  /// Prints a line to standard error unless `--quiet`.
  void remark(std::string_view line) const;
  /// Prints `text` to standard error, even with `--quiet`, and reads a line from standard input.
  [[nodiscard]] static std::string ask(std::string_view text);
  /// Whether standard input is a terminal, so that somebody can answer a question.
  [[nodiscard]] static bool can_ask();
  /// Has a person confirm a step that cannot be undone. At a terminal it shows `consequences` and asks `question`; only
  /// the answer `yes` confirms. With `--yes` (`answered`), or if standard input is no terminal, it prints
  /// `consequences` as `say` does and does not ask. Errors: refused (another answer), `unattended` (no terminal and no
  /// `--yes`).
  [[nodiscard]] core::Result<void> confirm(const std::vector<std::string>& consequences, std::string_view question,
                                           bool answered, core::Code unattended = core::Code::usage) const;

  /// Clears the line that a bar (progress.hpp) of a worker has left which was ended by a signal.
  static void clear_line_left();
  /// Prints `NAME: error: …` and `NAME: hint: …` to standard error. With `--json` also prints a document with `error`,
  /// `message`, `hint` and `exit` to standard output. A usage error without a hint gets a hint that names the command's
  /// help. Returns the error's exit code.
  int report(const core::Error& failure) const;
  /// Prints the same two lines, but no document. For a command that stops without an error of its own, such as a held
  /// report, and chooses the exit code itself.
  void complain(std::string_view message, std::string_view hint) const;

 private:
  /// Parses the command line, runs the command and returns the command's exit code.
  int parse_and_run(int argc, char** argv);
  /// Answers `--describe` and `--complete`. False if the command line asks for neither.
  bool answer_about_itself(int argc, char** argv);
  /// Prints a line to standard error that begins with the program's name and a coloured word. Prints nothing if `text`
  /// is empty.
  void tell(std::string_view word, std::string_view colour, std::string_view text) const;

  std::string name_;
  std::unique_ptr<CLI::App> app_;
  bool json_ = false;
  bool quiet_ = false;
  bool no_colour_ = false;
  bool was_asked_about_itself_ = false;
  Declarations declarations_;
  Offer offer_;
  std::function<int()> run_;
};

/// Standard output for content whose exact bytes matter: a report, a ledger's entries. Files and pipes get exactly
/// these bytes. A terminal gets them escaped by `core::TerminalText`, since it would obey some of them.
class Output final : public core::Sink {
 public:
  [[nodiscard]] core::Result<void> write(std::string_view bytes) override;
  /// Writes the rest; must be called at the end. If a terminal was shown escapes, says on standard error how to get the
  /// exact bytes.
  [[nodiscard]] core::Result<void> finish(const Console& console);

 private:
  core::TerminalText terminal_;
};

/// Writes all of `bytes` to standard output, escaped for a terminal as `Output` does. Error: unexpected if standard
/// output does not take them.
[[nodiscard]] core::Result<void> write_out(std::string_view bytes);

/// The member `error` of every document of a command that failed: `code` (the stable name of the exit code), `message`
/// and `hint`, which may be null.
[[nodiscard]] core::Json error_member(const core::Error& error);
/// The same for a command that has a code but no `core::Error`. Null if there is no code.
[[nodiscard]] core::Json error_member(std::optional<core::Code> code, const std::string& message,
                                      const std::string& hint);

}  // namespace airlock::console
