#include "gate/prepare.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "gate/ceiling.hpp"
#include "redaction/leak_scan.hpp"
#include "sys/system.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::fail;

constexpr std::size_t fingerprint_key_bytes = 16;

crypto::Secret fresh_key() { return crypto::Secret(sys::random_bytes(fingerprint_key_bytes)); }

/// Whether an error is about the report, and so an outcome, rather than about the machine.
bool is_about_report(const core::Error& error) { return error.code == Code::bad_input || error.code == Code::refused; }

Stop refusal(const core::Error& error, std::string reason) {
  return {std::move(reason), error.message, error.hint, static_cast<int>(error.code)};
}

Prepared stopped(Outcome outcome, Stop stop) {
  Prepared out;
  out.outcome = outcome;
  out.stop = std::move(stop);
  return out;
}

/// Reads the report to its end; for a site that has no dictionary to judge more by.
Result<void> check_well_formed(const core::Blob& report, const report::Limits& limits) {
  const auto key = fresh_key();
  report::Scanner scanner(report, limits, key);
  for (;;) {
    AIRLOCK_TRY(const report::Token token, scanner.next());
    if (token.kind == report::Kind::end) return {};
  }
}

Stop withheld_because(const policy::Decision& decision, const policy::Facts& facts, const licence::Verdict& verdict) {
  std::string why;
  for (const std::string& sentence : policy::explain(decision, facts)) why += (why.empty() ? "" : "; ") + sentence;
  return {.reason = "policy",
          .message = std::move(why),
          .hint = decision.withheld_by_exception ? verdict.hint : std::string{},
          .exit = decision.withheld_by_exception ? 4 : 0};
}

/// What a receiver needs of every report, by declared path.
std::vector<std::string> needed_by(const policy::Decision& decision, const Inputs& inputs) {
  if (decision.disposition >= policy::Disposition::seal) return {};
  const auto& destinations = inputs.destinations();
  const bool is_event = std::any_of(destinations.begin(), destinations.end(),
                                    [](const auto& destination) { return destination.type == "posthog-batch"; });
  if (!is_event) return {};
  return {"/event", "/distinct_id", "/properties", "/timestamp"};
}

/// The last look: takes members with copies of what was taken out away from `payload`, and counts them. A second look
/// must then find nothing. Error: refused, where the report is to be held.
Result<std::vector<redaction::Copied>> take_copies_out(sys::Spool& payload, redaction::Redacted& redacted,
                                                       const std::string& note, const redaction::Plan& plan,
                                                       const policy::Decision& decision, const Inputs& inputs) {
  const std::vector<redaction::FreeText> texts{{"note", note, true}};
  const auto needed = needed_by(decision, inputs);
  const report::Limits limits = limits_of(inputs.site.configuration());
  const auto look = [&] {
    return redaction::scan({payload, texts, needed}, inputs.kit->dictionary, plan, *redacted.taken, limits,
                           fresh_key());
  };
  AIRLOCK_TRY(redaction::Copies copies, look());
  if (copies.places.empty()) return std::vector<redaction::Copied>{};
  AIRLOCK_TRY(auto without, sys::Spool::create(inputs.site.path(site::layout::held)));
  AIRLOCK_CHECK(redaction::write_without(payload, copies.places, limits, fresh_key(), without));
  payload = std::move(without);
  AIRLOCK_TRY(const redaction::Copies left, look());
  if (!left.places.empty()) {
    return fail(Code::refused, "leak scan: a copy of what was taken out is still there after it was taken out",
                "this is a fault of airlock; nothing left");
  }
  redaction::add_counts(copies, redacted.counts);
  return std::move(copies.found);
}

}  // namespace

report::Limits limits_of(const site::Configuration& configuration) {
  report::Limits limits;
  static_assert(site::report_bytes_most == report::report_bytes_most);
  limits.bytes = configuration.report_bytes.value_or(limits.bytes);
  return limits;
}

Result<Received> receive(const site::Site& site, core::Source& input) {
  const std::uint64_t limit = limits_of(site.configuration()).bytes;
  AIRLOCK_TRY(auto spool, sys::Spool::create(site.path(site::layout::held)));
  crypto::Sha256 sha256;
  std::array<char, core::copy_piece> piece;
  // One byte more than the limit shows that there is too much; the rest of an endless input is not read.
  while (spool.size() <= limit) {
    const auto want = std::min<std::uint64_t>(piece.size(), limit + 1 - spool.size());
    AIRLOCK_TRY(const std::size_t got, input.read(std::span(piece).first(static_cast<std::size_t>(want))));
    if (got == 0) break;
    sha256.update({piece.data(), got});
    AIRLOCK_CHECK(spool.write({piece.data(), got}));
  }
  const std::uint64_t size = spool.size();
  return Received{std::move(spool), sha256.finish(), size, size <= limit};
}

Result<Prepared> prepare(const Received& report, const Inputs& inputs, const std::string& note) {
  const report::Limits limits = limits_of(inputs.site.configuration());
  if (!report.complete) {
    return stopped(Outcome::refused, {.reason = "limit",
                                      .message = "the report is larger than " + std::to_string(limits.bytes) + " bytes",
                                      .hint = "`limits.report_bytes` in airlock.json can allow more",
                                      .exit = static_cast<int>(Code::bad_input)});
  }
  if (!inputs.kit) {
    const auto checked = check_well_formed(report.bytes, limits);
    if (checked) {
      return stopped(Outcome::held, {.reason = "no_kit",
                                     .message = "without a kit nothing leaves: " + inputs.no_kit.message,
                                     .hint = inputs.no_kit.hint});
    }
    if (!is_about_report(checked.error())) return fail(checked.error());
    return stopped(Outcome::refused, refusal(checked.error(), "malformed"));
  }

  const dictionary::Dictionary& dictionary = inputs.kit->dictionary;
  const auto inspection = redaction::inspect(report.bytes, dictionary, limits, fresh_key());
  if (!inspection) {
    if (!is_about_report(inspection.error())) return fail(inspection.error());
    const bool malformed = inspection.error().code == Code::bad_input;
    return stopped(Outcome::refused, refusal(inspection.error(), malformed ? "malformed" : "dictionary"));
  }

  Prepared out;
  out.event = inspection->event;
  out.period = {inspection->period_start, inspection->period_end};
  out.facts = inputs.facts();
  out.facts.event = inspection->event;
  out.decision = inputs.kit->policy.decide(out.facts);
  if (out.decision->disposition == policy::Disposition::withhold) {
    out.outcome = Outcome::withheld;
    out.stop = withheld_because(*out.decision, out.facts, inputs.licence.verdict);
    return out;
  }

  auto plan = inputs.kit->policy.plan(*out.decision, dictionary, inputs.redact_also());
  if (!plan) {
    // Only `redact_also` can fail here: the policy's own profiles were checked with the kit.
    out.outcome = Outcome::held;
    out.stop = refusal(plan.error(), "configuration");
    out.stop.exit = static_cast<int>(Code::refused);
    return out;
  }
  out.plan = std::move(*plan);
  AIRLOCK_TRY(const auto pseudonym_key, inputs.site.pseudonym_key());
  AIRLOCK_TRY(auto payload, sys::Spool::create(inputs.site.path(site::layout::held)));
  const auto searched = note.empty() ? redaction::Searched::report : redaction::Searched::report_and_note;
  auto redacted =
      redaction::redact(report.bytes, dictionary, *out.plan, pseudonym_key, limits, fresh_key(), payload, searched);
  if (!redacted) {
    if (!is_about_report(redacted.error())) return fail(redacted.error());
    out.outcome = Outcome::refused;
    out.stop = refusal(redacted.error(), redacted.error().code == Code::refused ? "dictionary" : "limit");
    return out;
  }
  out.period = {redacted->period_start, redacted->period_end};
  auto copied = take_copies_out(payload, *redacted, note, *out.plan, *out.decision, inputs);
  if (!copied) {
    if (!is_about_report(copied.error())) return fail(copied.error());
    out.outcome = Outcome::held;
    out.stop = refusal(copied.error(), "leak");
    out.stop.exit = static_cast<int>(Code::refused);
    return out;
  }
  out.copied = std::move(*copied);
  out.redacted = std::move(*redacted);

  AIRLOCK_TRY(out.terms, terms_of(*out.decision, *out.plan, inputs));
  if (auto stop = stopped_by(*out.terms, inputs, out.event)) {
    out.outcome = Outcome::held;
    out.stop = std::move(*stop);
    return out;
  }
  AIRLOCK_TRY(out.payload_sha256, crypto::sha256(payload));
  out.payload = std::move(payload);
  out.outcome = out.decision->disposition == policy::Disposition::seal ? Outcome::seal : Outcome::queue;
  return out;
}

}  // namespace airlock::gate
