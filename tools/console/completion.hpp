#pragma once
/// \file
/// Completes a command line for a shell: the words up to the cursor in, what the last of them may become out. Commands,
/// options and fixed words come from what the program declares. For numbers and ids it asks the program, which reads
/// its site. `PROGRAM --complete WORD…` prints the answer, and a thin script for each shell (tools/completion) shows
/// it.
///
/// Nobody has asked for anything yet. So completing never changes anything, never reports an error and never takes
/// long: what cannot be read in time is not offered.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "declared.hpp"

namespace airlock::console {

struct Candidate {
  std::string word;   ///< the whole word, as it would be typed
  std::string about;  ///< a few words about it; may be empty
};

/// Whether the shell offers names from the file system too.
enum class Paths : std::uint8_t { none, files, folders };

struct Completion {
  std::vector<Candidate> candidates;
  Paths paths = Paths::none;
  /// One line for each candidate: the word and, behind a tab, what it is. The last line says what else to offer:
  /// `:none`, `:files` or `:folders`. A candidate that is not printable is left out.
  [[nodiscard]] std::string text() const;
};

/// The values of options that were typed, by the name of each: `--site`. They may begin with `~/` (`without_tilde`).
using Typed = std::map<std::string, std::string>;
/// What a value of this kind could be. Nothing if the program cannot say.
using Offer = std::function<std::vector<Candidate>(Kind, const Typed&)>;

/// `path` with the folder of the person who runs this in place of a leading `~`. A shell leaves that to whoever
/// completes.
[[nodiscard]] std::string without_tilde(const std::string& path);

/// `words` are those behind the program's name. The last one is completed; it may be empty.
[[nodiscard]] Completion complete(const CLI::App& program, const Declarations& declarations,
                                  const std::vector<std::string>& words, const Offer& offer);

}  // namespace airlock::console
