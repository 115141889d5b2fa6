#include "intake/drift.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/text.hpp"
#include "dictionary/classifier.hpp"
#include "report/scanner.hpp"
#include "sys/system.hpp"

namespace airlock::intake {
namespace {

using dictionary::Dictionary;
using dictionary::Placement;
using dictionary::TokenStatus;

constexpr std::size_t fingerprint_key_bytes = 16;

/// Hands each token of the report to `look`, with its place. Returns whether the report could be read to its end.
template <typename Look>
bool walk(const core::Blob& report, const Dictionary& dictionary, Look look) {
  report::Limits limits;
  limits.bytes = report::report_bytes_maximum;
  const crypto::Secret key(sys::random_bytes(fingerprint_key_bytes));
  report::Scanner scanner(report, limits, key, dictionary.document());
  dictionary::Classifier classifier(dictionary);
  for (;;) {
    const auto next = scanner.next();
    if (!next) return false;
    const report::Token& token = *next;
    if (token.kind == report::TokenKind::end) return true;
    look(token, classifier.place(token));
  }
}

std::string version_in(const core::Blob& report, const Dictionary& dictionary) {
  const auto field = dictionary.find(dictionary.roles().version);
  std::string out;
  if (dictionary.roles().version.empty() || !field) return out;
  const bool complete = walk(report, dictionary, [&](const report::Token& token, const Placement& placement) {
    const bool fits = placement.status == TokenStatus::declared && !placement.wildcard_key && !placement.stands_in;
    if (fits && placement.field == *field && token.is_scalar()) out = token.text;
  });
  return complete && out.size() <= dictionary::version_bytes_limit && core::is_printable(out) ? out : "";
}

/// The required figures that the report, or one of its objects, does not have with a value of their type.
std::vector<MisfitCount> missing_in(const core::Blob& report, const Dictionary& dictionary) {
  std::vector<bool> is_required;
  for (const dictionary::Field& field : dictionary.fields()) is_required.push_back(field.required);
  if (std::find(is_required.begin(), is_required.end(), true) == is_required.end()) return {};
  const std::size_t depth = report::depth_of_objects(dictionary.document());
  std::vector<bool> is_absent = is_required;  // of the object that is being read
  std::vector<bool> is_missing(is_required.size(), false);
  const bool complete = walk(report, dictionary, [&](const report::Token& token, const Placement& placement) {
    if (placement.status == TokenStatus::declared && !placement.stands_in) is_absent[placement.field] = false;
    if (token.kind != report::TokenKind::end_object || token.depth != depth) return;
    for (std::size_t i = 0; i < is_absent.size(); ++i) is_missing[i] = is_missing[i] || is_absent[i];
    is_absent = is_required;
  });
  std::vector<MisfitCount> out;
  if (!complete) return out;
  for (std::size_t i = 0; i < is_missing.size(); ++i) {
    if (is_missing[i]) out.push_back({"missing", dictionary.fields()[i].path, 1});
  }
  return out;
}

}  // namespace

ReportFacts facts_of(const envelope::Manifest& manifest, const core::Blob& report, const Dictionary* own,
                     const Dictionary* newest) {
  ReportFacts out;
  out.dictionary_sha256 = manifest.decision.dictionary.sha256;
  for (const envelope::PassedOverReport& passed : manifest.passed_over) {
    if (passed.kind == "held") ++out.held;
  }
  std::map<std::pair<std::string, std::string>, std::uint64_t> counts;
  std::set<std::string, std::less<>> treated;  // by the policy: dropped, or with a pseudonym in their place
  for (const envelope::RedactionCount& each : manifest.redactions) {
    if (each.what == "undeclared" || each.what == "ill_typed") counts[{each.what, each.path}] += each.count;
    if (each.what == "value") treated.insert(each.path);
  }
  for (const auto& [place, count] : counts) out.misfits.push_back({place.first, place.second, count});
  if (own != nullptr) out.version = version_in(report, *own);
  if (newest != nullptr) {
    for (MisfitCount& missing : missing_in(report, *newest)) {
      if (!treated.contains(missing.path)) out.misfits.push_back(std::move(missing));
    }
  }
  return out;
}

bool may_say_version(std::string_view dictionary) {
  constexpr std::string_view name = "\"version\"";
  constexpr std::string_view blanks = " \t\r\n";
  for (auto at = dictionary.find(name); at != dictionary.npos; at = dictionary.find(name, at + 1)) {
    const auto colon = dictionary.find_first_not_of(blanks, at + name.size());
    if (colon == dictionary.npos || dictionary[colon] != ':') continue;
    const auto value = dictionary.find_first_not_of(blanks, colon + 1);
    if (value != dictionary.npos && (dictionary.substr(value, 2) == "\"/" || dictionary.substr(value, 2) == "\"\\")) {
      return true;
    }
  }
  return false;
}

}  // namespace airlock::intake
