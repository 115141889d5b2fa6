#pragma once
/// \file
/// Samples, drafts of them, and what of a report a dictionary does not declare.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "prover/draft.hpp"
#include "prover/misfits.hpp"

namespace airlock::test {

/// A file of the source tree.
[[nodiscard]] std::string source_file(const std::string& path);
/// The objects of a sample: itself, its elements or its lines.
[[nodiscard]] std::vector<std::string> objects_of(const std::string& sample, report::Document document);
/// The draft of these samples. Fails the test if there is none.
[[nodiscard]] prover::Draft draft_of(const std::vector<std::string>& samples);
/// The declarations of a draft, by path.
[[nodiscard]] std::map<std::string, core::Json> declarations_in(const std::string& dictionary);
/// Where tokens of a report are undeclared or ill-typed, as its JSON text from there on. Empty if it is declared whole.
[[nodiscard]] std::vector<std::string> not_declared(const std::string& report, const std::string& dictionary);
/// A dictionary without `document`, by which the elements of a report are judged one by one.
[[nodiscard]] std::string for_elements(const std::string& dictionary);
[[nodiscard]] prover::Misfits misfits_of(const std::string& report, const std::string& dictionary);

}  // namespace airlock::test
