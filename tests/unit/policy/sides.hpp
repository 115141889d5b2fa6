#pragma once
/// \file
/// What the tests of the ceiling share: a dictionary with its treatments as one side of a comparison, and what such a
/// side lets out of a report.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "core/json.hpp"
#include "policy/ceiling.hpp"
#include "support.hpp"

namespace airlock::test {

/// A dictionary with the treatments that some redactions give it.
struct Side {
  dictionary::Dictionary dictionary;
  redaction::Plan plan;
  policy::Terms terms;
};

/// Nothing if the documents do not go together.
std::optional<Side> side_of(const core::Json& document, const core::Json& redactions);

std::string redact(const Side& side, const std::string& report);

/// What leaves of a report: redacted, then without the copies that the leak scan finds. Nothing if it is held.
std::optional<std::string> let_out(const Side& side, const std::string& report, const std::string& note);

/// Whether everything in the JSON text `now` is in `before` too, at its place: as it is, or with something cut off.
/// `report` is the report that both were made from.
bool is_part(const std::string& now, const std::string& before, const std::string& report);

}  // namespace airlock::test
