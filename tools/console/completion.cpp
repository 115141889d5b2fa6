#include "completion.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>
#include <string_view>

#include "core/text.hpp"

namespace airlock::console {
namespace {

constexpr std::size_t about_bytes_maximum = 120;

/// The name by which an option is offered.
std::string offered_name(const CLI::Option& option) {
  const std::vector<std::string> names = long_names(option);
  return names.empty() ? std::string{} : names.front();
}

Paths paths_of(Kind kind) {
  switch (kind) {
    case Kind::file:
    case Kind::key:
    case Kind::bundle:
    case Kind::held_or_file:
      return Paths::files;
    case Kind::folder:
      return Paths::folders;
    default:
      return Paths::none;
  }
}

/// A command line up to the word that is completed.
class Line {
 public:
  Line(const CLI::App& program, const Declarations& declarations, const Offer& offer)
      : command_(&program), declarations_(declarations), offer_(offer) {}

  /// Takes a word that was typed before the cursor.
  void add(const std::string& word) {
    const bool is_option = !only_arguments_ && word.size() > 1 && word.front() == '-';
    if (pending_ != nullptr && !(takes_many_ && is_option)) {
      typed_[offered_name(*pending_)] = word;
      if (!takes_many_) pending_ = nullptr;
    } else if (is_option) {
      add_option(word);
    } else {
      add_plain(word);
    }
  }

  Completion complete(const std::string& word) const {
    Completion out;
    if (is_unknown_) return out;
    const bool is_option = !only_arguments_ && word.starts_with('-');
    if (pending_ != nullptr && !(takes_many_ && is_option)) {
      add_values(out, value_of(declarations_, pending_), "");
    } else if (const auto equals = word.find('='); is_option && equals != word.npos) {
      const CLI::Option* const option = find(word.substr(0, equals));
      if (option != nullptr) add_values(out, value_of(declarations_, option), word.substr(0, equals + 1));
    } else if (is_option) {
      add_options(out);
    } else if (!commands_of(*command_).empty()) {
      add_commands(out);
    } else if (const CLI::Option* const argument = next_argument(); argument != nullptr) {
      add_values(out, value_of(declarations_, argument), "");
    } else {
      add_options(out);
    }
    std::erase_if(out.candidates, [&](const Candidate& each) { return !each.word.starts_with(word); });
    return out;
  }

 private:
  /// The visible options that may be given here: those of the command, of its group and of the program.
  std::vector<const CLI::Option*> options() const {
    std::vector<const CLI::Option*> out;
    for (const CLI::App* at = command_; at != nullptr; at = at->get_parent()) {
      for (const CLI::Option* option : at->get_options()) {
        const bool is_known = std::any_of(out.begin(), out.end(), [&](const CLI::Option* each) {
          return offered_name(*each) == offered_name(*option);  // each command has its own `--help`
        });
        if (!option->get_group().empty() && option->nonpositional() && !is_known) out.push_back(option);
      }
    }
    return out;
  }

  const CLI::Option* find(const std::string& name) const {
    for (const CLI::Option* option : options()) {
      if (option->check_name(name)) return option;
    }
    return nullptr;
  }

  void add_option(const std::string& word) {
    if (word == "--") {
      only_arguments_ = true;
      return;
    }
    const auto equals = word.find('=');
    const CLI::Option* const option = find(word.substr(0, equals));
    if (option == nullptr) return;  // a later word may be its value, or not: nobody knows
    given_.insert(offered_name(*option));
    pending_ = nullptr;
    takes_many_ = false;
    const Value* const value = value_of(declarations_, option);
    if (value == nullptr) return;
    if (equals != word.npos) {
      typed_[offered_name(*option)] = word.substr(equals + 1);
    } else {
      pending_ = option;
      takes_many_ = value->kind == Kind::word && option->get_expected_max() > 1;
    }
  }

  void add_plain(const std::string& word) {
    const auto inner = commands_of(*command_);
    if (inner.empty()) {
      arguments_.push_back(word);
      return;
    }
    const auto named =
        std::find_if(inner.begin(), inner.end(), [&](const auto* each) { return each->check_name(word); });
    is_unknown_ = is_unknown_ || named == inner.end();
    if (!is_unknown_) command_ = *named;
  }

  /// The argument that the next word is; null if there is none left.
  const CLI::Option* next_argument() const {
    std::vector<const CLI::Option*> all =
        command_->get_options([](const CLI::Option* option) { return option->get_positional(); });
    if (all.empty()) return nullptr;
    if (arguments_.size() < all.size()) return all[arguments_.size()];
    return all.back()->get_expected_max() > 1 ? all.back() : nullptr;
  }

  void add_commands(Completion& out) const {
    for (const CLI::App* each : commands_of(*command_))
      out.candidates.push_back({each->get_name(), each->get_description()});
  }

  void add_options(Completion& out) const {
    for (const CLI::Option* option : options()) {
      const std::string name = offered_name(*option);
      const bool is_again = given_.contains(name) && option->get_expected_max() <= 1;
      if (!name.empty() && !is_again) out.candidates.push_back({name, option->get_description()});
    }
  }

  /// Offers what the value may be. `before` is what stands before the value in the same word: `--format=`.
  void add_values(Completion& out, const Value* value, const std::string& before) const {
    if (value == nullptr) return;
    out.paths = paths_of(value->kind);
    for (const std::string& word : CLI::detail::split(std::string(value->words), ' ')) {
      if (!word.empty()) out.candidates.push_back({before + word, ""});
    }
    if (value->kind == Kind::text || !offer_) return;
    for (Candidate& each : offer_(value->kind, typed_)) {
      const bool is_given = std::find(arguments_.begin(), arguments_.end(), each.word) != arguments_.end();
      if (!is_given) out.candidates.push_back({before + each.word, std::move(each.about)});
    }
  }

  const CLI::App* command_;
  const Declarations& declarations_;
  const Offer& offer_;
  const CLI::Option* pending_ = nullptr;  ///< the option whose value the next word is
  bool takes_many_ = false;               ///< and so are all words up to the next option
  bool only_arguments_ = false;           ///< after `--`
  bool is_unknown_ = false;               ///< a word is no command, so nothing is known of what follows
  std::set<std::string> given_;
  std::vector<std::string> arguments_;
  Typed typed_;
};

}  // namespace

std::string Completion::text() const {
  std::string out;
  for (const Candidate& each : candidates) {
    if (each.word.empty() || !core::is_printable(each.word)) continue;
    out += each.word;
    if (!each.about.empty()) out += "\t" + core::printable(each.about, about_bytes_maximum);
    out += "\n";
  }
  return out + (paths == Paths::files ? ":files\n" : paths == Paths::folders ? ":folders\n" : ":none\n");
}

std::string without_tilde(const std::string& path) {
  const char* const home = std::getenv("HOME");
  return home != nullptr && path.starts_with("~/") ? home + path.substr(1) : path;
}

Completion complete(const CLI::App& program, const Declarations& declarations, const std::vector<std::string>& words,
                    const Offer& offer) {
  if (words.empty()) return {};
  Line line(program, declarations, offer);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) line.add(words[i]);
  return line.complete(words.back());
}

}  // namespace airlock::console
