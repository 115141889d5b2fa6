#include "intake/drift.hpp"

#include <algorithm>
#include <iterator>
#include <map>
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
  report::Scanner scanner(report, limits, key);
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

/// The required figures that the report does not have with a value of their type.
std::vector<MisfitCount> missing_in(const core::Blob& report, const Dictionary& dictionary) {
  std::vector<bool> is_missing;
  for (const dictionary::Field& field : dictionary.fields()) is_missing.push_back(field.required);
  if (std::find(is_missing.begin(), is_missing.end(), true) == is_missing.end()) return {};
  const bool complete = walk(report, dictionary, [&](const report::Token&, const Placement& placement) {
    if (placement.status == TokenStatus::declared && !placement.stands_in) is_missing[placement.field] = false;
  });
  std::vector<MisfitCount> out;
  if (!complete) return out;
  for (std::size_t i = 0; i < is_missing.size(); ++i) {
    if (is_missing[i]) out.push_back({"missing", dictionary.fields()[i].path, 1});
  }
  return out;
}

}  // namespace

ReportFacts facts_of(const envelope::Manifest& manifest, const core::Blob& report, std::string_view own,
                     const dictionary::Dictionary* newest) {
  ReportFacts out;
  out.dictionary_sha256 = manifest.decision.dictionary.sha256;
  for (const envelope::PassedOverReport& passed : manifest.passed_over) {
    if (passed.kind == "held") ++out.held;
  }
  std::map<std::pair<std::string, std::string>, std::uint64_t> counts;
  for (const envelope::RedactionCount& each : manifest.redactions) {
    if (each.what == "undeclared" || each.what == "ill_typed") counts[{each.what, each.path}] += each.count;
  }
  for (const auto& [place, count] : counts) out.misfits.push_back({place.first, place.second, count});
  if (const auto dictionary = Dictionary::parse(own, "dictionary.json")) out.version = version_in(report, *dictionary);
  if (newest != nullptr) {
    auto missing = missing_in(report, *newest);
    std::move(missing.begin(), missing.end(), std::back_inserter(out.misfits));
  }
  return out;
}

}  // namespace airlock::intake
