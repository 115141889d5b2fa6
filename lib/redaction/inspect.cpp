#include "redaction/inspect.hpp"

#include <algorithm>
#include <vector>

#include "core/text.hpp"
#include "dictionary/classifier.hpp"
#include "report/scanner.hpp"

namespace airlock::redaction {
namespace {

using core::Code;
using core::fail;
using core::quote;
using dictionary::TokenStatus;
using report::TokenKind;

std::vector<std::uint32_t> required_fields(const dictionary::Dictionary& dictionary) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < dictionary.fields().size(); ++i) {
    if (dictionary.fields()[i].required) out.push_back(i);
  }
  return out;
}

bool is_event(const dictionary::Dictionary& dictionary, std::string_view text) {
  const auto& events = dictionary.events();
  return std::find(events.begin(), events.end(), text) != events.end();
}

}  // namespace

Inspector::Inspector(const dictionary::Dictionary& dictionary)
    : dictionary_(dictionary),
      event_field_(dictionary.find(dictionary.roles().event).value_or(no_role)),
      period_(dictionary),
      object_depth_(report::depth_of_objects(dictionary.document())),
      required_(required_fields(dictionary)),
      has_value_(dictionary.fields().size(), false) {
  out_.event = dictionary.roles().constant_event;
}

void Inspector::look(const report::Token& token, const dictionary::Placement& placement) {
  if (token.depth > 0 && (token.is_scalar() || token.opens())) ++out_.members;
  if (token.kind == TokenKind::end_object && token.depth == object_depth_) {
    ++objects_;
    end_object();
  }
  if (placement.field == event_field_) has_event_ = true;
  if (placement.status != TokenStatus::declared) return;
  if (!placement.stands_in) has_value_[placement.field] = true;
  if (placement.field == event_field_ && token.kind == TokenKind::string) out_.event = token.text;
  if (token.is_scalar()) period_.take(placement, token.text);
}

void Inspector::end_object() {
  for (const std::uint32_t field : required_) {
    if (out_.missing.empty() && !has_value_[field]) out_.missing = dictionary_.fields()[field].path;
    has_value_[field] = false;
  }
}

core::Result<Inspection> Inspector::finish() {
  out_.period_start = period_.start();
  out_.period_end = period_.end();
  // What is required of every object is missing where there is none.
  if (objects_ == 0) end_object();
  if (objects_ == 0 && dictionary_.document() == report::Document::lines) {
    return fail(Code::bad_input, "the report has no line with a JSON object");
  }
  if (is_event(dictionary_, out_.event)) return std::move(out_);
  const std::string hint = "only events in the kit's dictionary may leave";
  return fail(Code::refused,
              quote(dictionary_.roles().event) + (has_event_ ? " is not an event of the dictionary" : " is missing"),
              hint);
}

core::Result<Inspection> inspect(const core::Blob& report, const dictionary::Dictionary& dictionary,
                                 const report::Limits& limits, const crypto::Secret& fingerprint_key) {
  report::Scanner scanner(report, limits, fingerprint_key, dictionary.document());
  dictionary::Classifier classifier(dictionary);
  Inspector inspector(dictionary);
  for (;;) {
    AIRLOCK_TRY(const report::Token& token, scanner.next());
    if (token.kind == TokenKind::end) return inspector.finish();
    if (token.depth == 0 && !token.closes()) AIRLOCK_CHECK(report::check_document(token, dictionary.document()));
    inspector.look(token, classifier.place(token));
  }
}

std::optional<std::string> find_event(const core::Blob& report, const dictionary::Dictionary& dictionary,
                                      const report::Limits& limits, const crypto::Secret& fingerprint_key) {
  if (!dictionary.roles().constant_event.empty()) return dictionary.roles().constant_event;
  const auto event_field = dictionary.find(dictionary.roles().event);
  report::Scanner scanner(report, limits, fingerprint_key);
  dictionary::Classifier classifier(dictionary);
  for (;;) {
    const auto next = scanner.next();
    if (!next) return std::nullopt;
    const report::Token& token = *next;
    if (token.kind == TokenKind::end) return std::nullopt;
    if (token.depth == 0 && !report::check_document(token, dictionary.document())) return std::nullopt;
    const auto placement = classifier.place(token);
    if (placement.field != event_field || token.kind != TokenKind::string) continue;
    if (placement.status != TokenStatus::declared || !is_event(dictionary, token.text)) return std::nullopt;
    return std::string(token.text);
  }
}

}  // namespace airlock::redaction
