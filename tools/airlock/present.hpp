#pragma once
/// \file
/// How results look: as JSON documents (which only grow) and as text for people.

#include <string>
#include <vector>

#include "console.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "envelope/manifest.hpp"
#include "gate/process.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"
#include "licence/verdict.hpp"
#include "policy/also_new.hpp"

namespace airlock::tools {

/// Prints the document with `exit` and, if there is a code, with `error`. Returns the exit code.
int print_document(const console::Console& console, core::Json document, std::optional<core::Code> code,
                   const std::string& message, const std::string& hint);

/// The number of a report on the command line. Error: usage.
[[nodiscard]] core::Result<std::uint64_t> number_from(const std::string& text);

/// A REPORT on the command line that is the number of a report which waits: digits only. A file of such a name is
/// `./3`.
[[nodiscard]] std::optional<std::uint64_t> number_of_waiting(const std::string& report);

[[nodiscard]] core::Json to_json(const gate::Processed& processed);
/// Text on standard output, and on standard error why a report did not leave.
void show(const console::Console& console, const gate::Processed& processed);

/// `valid, 364 days left`; near the end of the term `valid, 7 days left: ends soon`.
[[nodiscard]] std::string in_words(const licence::LicenceVerdict& verdict);
/// What takes over from it, or why the licence that was to do so does not; empty where none was installed for that.
[[nodiscard]] std::string next_in_words(const licence::LicenceVerdict& verdict);
/// Warns of a licence that is usable and will not be for long: its last days, its days of grace; and of one that was to
/// follow and does not.
void warn_of_end(const console::Console& console, const licence::LicenceVerdict& verdict);

/// `12 pseudonymised, 97 dropped`.
[[nodiscard]] std::string in_words(const std::vector<envelope::RedactionCount>& redactions);

/// A line for each kind of misfit: its place in this report, and why it does not fit. For people at the site only.
[[nodiscard]] std::vector<std::string> misfits_in_words(const std::vector<redaction::Fate>& misfits);
/// Says how many reports wait for something to be decided on again, if any do.
void say_waiting(const console::Console& console, const std::string& site);

/// Says which file was written, by the members `file`, `bytes` and `sha256` of a command's document.
void say_written(const console::Console& console, const core::Json& written);

/// What standing consents would cover, and whether that is all; nothing if they would cover nothing.
void say_would_cover(const console::Console& console, const policy::WouldCover& covered);
/// The consents, each with its paths.
[[nodiscard]] core::Json to_json(const policy::WouldCover& covered);

[[nodiscard]] core::Json to_json(const ledger::TreeHead& head);
/// `2022-04-25 to 2022-05-01`, or `undated`.
[[nodiscard]] std::string in_words(const envelope::Period& period);
/// Texts joined with commas, or `none`.
[[nodiscard]] std::string joined(const std::vector<std::string>& texts);

}  // namespace airlock::tools
