#pragma once
/// \file
/// Runs scanner and classifier over a report, for the tests of this module.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dictionary/classifier.hpp"
#include "dictionary/dictionary.hpp"

namespace airlock::dictionary::test {

/// A document that uses every feature of the format:
///
///     /event                enum a, b             /props/words/*   by text, empty: count
///     /from, /to            time                  /props/words/it  boolean
///     /props/total          count                 /props/hosts/*   by hostname: ip
///     /props/teams/*/n      count                 /props/tags/*    elements: text
///     /props/teams/*/by/*   by text: count        /props/users/*/mail  elements: email
///     /props/a__b           boolean               /chain           empty
std::string_view example();

/// `example()`, parsed.
const Dictionary& example_dictionary();

struct Placed {
  std::string path;  ///< concrete JSON Pointer of the member, element or report
  report::TokenKind kind = report::TokenKind::end;
  Placement placement;
};

/// Every token of `report`, placed. The report must be well-formed; that is checked.
std::vector<Placed> walk(const Dictionary& dictionary, std::string_view report);

/// The status of the key (empty where an element or the report has none) and of the value at `path`, and the declared
/// path that governs the value: `structure, declared by /event as enum`.
std::string told(const Dictionary& dictionary, std::string_view report, std::string_view path);

/// How many values and keys of the report have each status; `structure` is left out.
std::map<std::string, int> standings(const Dictionary& dictionary, std::string_view report);

std::string_view name(TokenStatus status);

/// policy/dictionary/posthog-status-report.json
const Dictionary& shipped();

bool is_value(report::TokenKind kind);

/// How many values of the report have each status, under the shipped dictionary.
std::map<std::string, int> values(const std::string& report);

/// The paths of all that is ill-typed or undeclared under the shipped dictionary, with the status.
std::map<std::string, std::string> faults(const std::string& report);

/// The content of a file of the repository; the test fails where there is none.
std::string file(const std::string& path);

}  // namespace airlock::dictionary::test
