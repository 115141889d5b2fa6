#include "redaction/inspect.hpp"

#include <algorithm>
#include <vector>

#include "core/text.hpp"
#include "core/time.hpp"
#include "dictionary/classifier.hpp"
#include "redaction/walk.hpp"

namespace airlock::redaction {
namespace {

using core::Code;
using core::fail;
using core::quote;
using dictionary::TokenStatus;
using report::TokenKind;

std::vector<bool> required_fields(const dictionary::Dictionary& dictionary) {
  std::vector<bool> out(dictionary.fields().size(), false);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = dictionary.fields()[i].required;
  return out;
}

}  // namespace

core::Result<Inspection> inspect(const core::Blob& report, const dictionary::Dictionary& dictionary,
                                 const report::Limits& limits, const crypto::Secret& fingerprint_key) {
  const dictionary::Roles& roles = dictionary.roles();
  const auto event_field = dictionary.find(roles.event);
  const auto start_field = dictionary.find(roles.period_start);
  const auto end_field = dictionary.find(roles.period_end);
  report::Scanner scanner(report, limits, fingerprint_key);
  dictionary::Classifier classifier(dictionary);
  Inspection out;
  bool has_event = false;
  std::vector<bool> is_missing = required_fields(dictionary);
  for (;;) {
    AIRLOCK_TRY(const report::Token token, scanner.next());
    if (token.kind == TokenKind::end) break;
    if (token.depth == 0 && !token.closes()) AIRLOCK_CHECK(check_is_object(token));
    const auto placement = classifier.place(token);
    if (token.depth > 0 && (token.is_scalar() || token.opens())) ++out.members;
    if (placement.field == event_field) has_event = true;
    if (placement.status == TokenStatus::declared && !placement.stands_in) is_missing[placement.field] = false;
    if (placement.status != TokenStatus::declared || token.kind != TokenKind::string) continue;
    if (placement.field == event_field) out.event = token.text;
    if (placement.field != start_field && placement.field != end_field) continue;
    const auto time = core::read_rfc3339(token.text);
    if (time) (placement.field == start_field ? out.period_start : out.period_end) = time->date();
  }
  const auto missing = std::find(is_missing.begin(), is_missing.end(), true);
  if (missing != is_missing.end()) {
    out.missing = dictionary.fields()[static_cast<std::size_t>(missing - is_missing.begin())].path;
  }
  const auto& events = dictionary.events();
  if (std::find(events.begin(), events.end(), out.event) != events.end()) return out;
  const std::string hint = "only events in the kit's dictionary may leave";
  return fail(Code::refused, quote(roles.event) + (has_event ? " is not an event of the dictionary" : " is missing"),
              hint);
}

}  // namespace airlock::redaction
