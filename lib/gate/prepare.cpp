#include "gate/prepare.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "gate/ceiling.hpp"
#include "licence/verdict.hpp"
#include "redaction/inspect.hpp"
#include "redaction/leak_scan.hpp"
#include "report/pointer.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::fail;

constexpr std::size_t fingerprint_key_bytes = 16;

crypto::Secret fresh_key(const site::Site& site) {
  return crypto::Secret(site.world().random_bytes(fingerprint_key_bytes));
}

/// Whether an error is about the report rather than about the machine. Such an error is an outcome.
bool is_about_report(const core::Error& error) { return error.code == Code::bad_input || error.code == Code::refused; }

Stop refusal(const core::Error& error, StopReason reason) {
  return {.reason = reason, .message = error.message, .hint = error.hint};
}

/// The stop for a text that is no JSON, or no report that anybody could judge. The terminal names the member at fault.
/// The ledger keeps no character of a report, so it names only the byte.
Stop malformed(const core::Error& error, const core::Blob& report, const Inputs& inputs) {
  const report::Limits limits = limits_of(inputs.site.configuration());
  Stop out = refusal(error, StopReason::malformed);
  const auto colon = error.message.starts_with("byte ") ? error.message.find(':') : std::string::npos;
  const std::string byte = colon == std::string::npos ? "the report" : error.message.substr(0, colon);
  out.recorded = byte + ": malformed, or beyond a limit";
  const auto document = inputs.kit ? inputs.kit->dictionary.document() : report::Document::object;
  if (const auto place = report::place_of_fault(report, limits, fresh_key(inputs.site), document);
      place && colon != std::string::npos) {
    out.message = byte + ", " + *place + error.message.substr(colon);
  }
  if (out.hint.empty()) {
    out.hint = "fix the program that makes the report, and hand in its next one; `airlock discard` removes this one";
  }
  return out;
}

Result<void> read_to_end(const core::Blob& report, report::Document document, const Inputs& inputs) {
  const auto key = fresh_key(inputs.site);
  report::Scanner scanner(report, limits_of(inputs.site.configuration()), key, document);
  for (;;) {
    AIRLOCK_TRY(const report::Token& token, scanner.next());
    if (token.kind == report::TokenKind::end) return {};
  }
}

/// Reads the report to its end, at a site without a kit. Without a dictionary it can check nothing more, and any form
/// will do.
Result<void> check_well_formed(const core::Blob& report, const Inputs& inputs) {
  auto whole = read_to_end(report, report::Document::object, inputs);
  if (whole || whole.error().code != Code::bad_input) return whole;
  return read_to_end(report, report::Document::lines, inputs) ? Result<void>{} : whole;
}

Stop withheld_because(const policy::Decision& decision, const policy::DecisionFacts& facts, const Inputs& inputs) {
  const licence::LicenceVerdict& verdict = inputs.licence.verdict;
  std::string why;
  for (const std::string& sentence : policy::explain(decision, facts)) why += (why.empty() ? "" : "; ") + sentence;
  if (!decision.withheld_by_exception) return {.reason = StopReason::policy, .message = std::move(why), .hint = {}};
  if (verdict.code()) {
    return {.reason = StopReason::licence, .message = "nothing leaves: " + verdict.reason, .hint = verdict.hint};
  }
  if (decision.contributions.front().kind == policy::Contribution::Kind::otherwise && facts.tier) {
    return {.reason = StopReason::tier,
            .message = "nothing leaves: the policy of kit " + std::to_string(inputs.kit->number) + " has no tier " +
                       core::quote(*facts.tier) + ", which the licence names",
            .hint =
                "ask the vendor for a licence of a tier that the policy has, or for a newer kit; then run `airlock "
                "process --held`"};
  }
  return {.reason = StopReason::policy,
          .message = std::move(why),
          .hint = "`airlock status` says what is in force, and why"};
}

/// Whether a person chose, by tier, floor or rule, that everything is withheld, whatever the report says.
bool is_chosen(const policy::Decision& decision) {
  return decision.disposition == policy::Disposition::withhold && !decision.withheld_by_exception;
}

/// The result for a report that nobody can judge. Nothing of it leaves. If a person chose that nothing leaves of any
/// report, the result is `withheld` by that choice, with its decision; otherwise it is `outcome` without a decision.
Prepared unjudged(Outcome outcome, Stop stop, const Inputs& inputs) {
  Prepared out;
  out.outcome = outcome;
  out.stop = std::move(stop);
  const policy::DecisionFacts facts = inputs.facts();
  if (inputs.kit) {
    policy::Decision decision = inputs.kit->policy.decide(facts);
    if (!is_chosen(decision)) return out;
    out.facts = facts;
    out.stop = withheld_because(decision, facts, inputs);
    out.decision = std::move(decision);
  } else {
    const auto floor = std::find_if(facts.floors.begin(), facts.floors.end(), [](const policy::Floor& each) {
      return each.at_least == policy::Disposition::withhold;
    });
    if (floor == facts.floors.end()) return out;
    out.stop = {.reason = StopReason::policy,
                .message = "the floor in " + core::quote(floor->source) + " is `withhold`",
                .hint = {}};
  }
  out.outcome = Outcome::withheld;
  return out;
}

/// The result for a report that an inspection refused. Error: if it is not about the report.
Result<Prepared> unjudged_for(const core::Error& error, const core::Blob& report, const Inputs& inputs) {
  if (error.code == Code::bad_input) return unjudged(Outcome::refused, malformed(error, report, inputs), inputs);
  if (error.code == Code::refused) return unjudged(Outcome::held, refusal(error, StopReason::dictionary), inputs);
  return fail(error);
}

/// Declared paths of members that a receiver needs in every report.
std::vector<std::string> needed_by(const policy::Decision& decision, const Inputs& inputs) {
  std::vector<std::string> out;
  for (const dictionary::Field& field : inputs.kit->dictionary.fields()) {
    if (field.required) out.push_back(field.path);
  }
  if (decision.disposition >= policy::Disposition::seal) return out;
  const auto& destinations = inputs.destinations();
  const bool is_event = std::any_of(destinations.begin(), destinations.end(),
                                    [](const auto& destination) { return destination.type == "posthog-batch"; });
  if (is_event) out.insert(out.end(), {"/event", "/distinct_id", "/properties", "/timestamp"});
  return out;
}

/// A redaction of a report that nobody has read to its end yet: an error about the report may not be its first.
struct Attempt {
  Result<redaction::Plan> plan;
  Result<crypto::Secret> pseudonym_key;
  Result<sys::Spool> payload;
  core::Digest payload_sha256;
  Result<redaction::Redacted> redacted;  ///< the first error of those above, if there is one
};

Attempt try_redaction(const core::Blob& report, const policy::Decision& decision, const Inputs& inputs,
                      const std::string& note) {
  const dictionary::Dictionary& dictionary = inputs.kit->dictionary;
  Attempt out{.plan = inputs.plan(decision, inputs.redact_also()),
              .pseudonym_key = inputs.site.pseudonym_key(),
              .payload = sys::Spool::create(inputs.site.scratch(), inputs.site.world()),
              .payload_sha256 = {},
              .redacted = {}};
  const auto redact = [&]() -> Result<redaction::Redacted> {
    if (!out.plan) return fail(out.plan.error());
    if (!out.pseudonym_key) return fail(out.pseudonym_key.error());
    if (!out.payload) return fail(out.payload.error());
    crypto::Sha256 sha256;
    core::Tee sink(*out.payload, sha256);
    const auto searched = note.empty() ? redaction::Searched::report : redaction::Searched::report_and_note;
    AIRLOCK_TRY(auto redacted,
                redaction::redact(report, dictionary, *out.plan, *out.pseudonym_key,
                                  limits_of(inputs.site.configuration()), fresh_key(inputs.site), sink, searched));
    out.payload_sha256 = sha256.finish();
    return redacted;
  };
  out.redacted = redact();
  return out;
}

/// Members that were taken out as copies: by path, and by the number of their token in the redacted report.
struct Found {
  std::vector<redaction::Copied> copied;
  std::vector<std::uint64_t> tokens;
};

/// Runs the leak scan, removes members that copy redacted values from `payload`, and adds them to the counts. A second
/// scan must then find nothing. Error: refused if the report is to be held.
Result<Found> take_copies_out(sys::Spool& payload, redaction::Redacted& redacted, const std::string& note,
                              const redaction::Plan& plan, const policy::Decision& decision, const Inputs& inputs,
                              core::ProgressSink& progress) {
  const std::vector<redaction::FreeText> texts{{"note", note, true}};
  const auto needed = needed_by(decision, inputs);
  const report::Limits limits = limits_of(inputs.site.configuration());
  const report::Document document = inputs.kit->dictionary.document();
  const auto look = [&] {
    const core::WatchedBlob watched(payload, "bytes searched for copies of what was taken out", progress);
    return redaction::scan({watched, texts, needed}, inputs.kit->dictionary, plan,
                           {*redacted.taken, inputs.words.words}, limits, fresh_key(inputs.site));
  };
  AIRLOCK_TRY(redaction::Copies copies, look());
  if (copies.places.empty()) return Found{};
  AIRLOCK_TRY(auto tokens, redaction::token_numbers(payload, document, copies.places, limits, fresh_key(inputs.site)));
  AIRLOCK_TRY(auto without, sys::Spool::create(inputs.site.scratch(), inputs.site.world()));
  AIRLOCK_CHECK(redaction::write_without(payload, document, copies.places, limits, fresh_key(inputs.site), without));
  payload = std::move(without);
  AIRLOCK_TRY(const redaction::Copies left, look());
  if (!left.places.empty()) {
    return fail(Code::refused, "leak scan: the report still has a copy of a value that was taken out",
                "this is a fault in Airlock; nothing left the site");
  }
  redaction::add_counts(copies, redacted.counts);
  return Found{std::move(copies.found), std::move(tokens)};
}

}  // namespace

Result<Prepared> prepare(const Received& report, const Inputs& inputs, const std::string& note,
                         core::ProgressSink& progress) {
  const core::WatchedBlob bytes(report.bytes, "bytes of the report checked", progress);
  const report::Limits limits = limits_of(inputs.site.configuration());
  if (!report.complete) {
    return unjudged(Outcome::refused,
                    {.reason = StopReason::limit,
                     .message = "the report is larger than " + std::to_string(limits.bytes) + " bytes",
                     .hint = "`limits.report_bytes` in airlock.json can allow more; then run `airlock process --held`"},
                    inputs);
  }
  if (!inputs.kit) {
    const auto checked = check_well_formed(bytes, inputs);
    if (checked) {
      return unjudged(Outcome::held,
                      {.reason = StopReason::no_kit,
                       .message = "nothing leaves without a kit: " + inputs.no_kit.message,
                       .hint = inputs.no_kit.hint},
                      inputs);
    }
    return unjudged_for(checked.error(), bytes, inputs);
  }

  const dictionary::Dictionary& dictionary = inputs.kit->dictionary;
  auto event = redaction::find_event(bytes, dictionary, limits, fresh_key(inputs.site));
  if (!event) {
    // Either there is none, or the report is malformed before it: a walk over all of it says which.
    auto inspection = redaction::inspect(bytes, dictionary, limits, fresh_key(inputs.site));
    if (!inspection) return unjudged_for(inspection.error(), bytes, inputs);
    event = std::move(inspection->event);
  }

  Prepared out;
  out.event = std::move(*event);
  out.facts = inputs.facts();
  out.facts.event = out.event;
  out.decision = inputs.kit->policy.decide(out.facts);
  const bool withholds = out.decision->disposition == policy::Disposition::withhold;
  std::optional<Attempt> attempt;
  if (!withholds) attempt = try_redaction(bytes, *out.decision, inputs, note);
  // A walk that redacts to the end has inspected the report too. If there was none, or if it stopped, the report is
  // inspected by itself, since what is wrong with it as a whole is said first.
  const auto inspection = attempt && attempt->redacted
                              ? attempt->redacted->inspection
                              : redaction::inspect(bytes, dictionary, limits, fresh_key(inputs.site));
  if (!inspection) return unjudged_for(inspection.error(), bytes, inputs);
  out.period = {inspection->period_start, inspection->period_end};
  if (withholds) {
    out.outcome = is_chosen(*out.decision) ? Outcome::withheld : Outcome::held;
    out.stop = withheld_because(*out.decision, out.facts, inputs);
    return out;
  }
  if (!inspection->missing.empty()) {
    out.outcome = Outcome::held;
    out.stop = {.reason = StopReason::dictionary,
                .message = core::quote(inspection->missing) + " is required, but is missing or has the wrong type",
                .hint =
                    "the vendor bills by this field: fix the program that makes the report; `airlock discard` removes "
                    "this one"};
    return out;
  }
  if (!attempt->plan) {
    // Only `redact_also` and the list of words can fail here: the policy's own profiles were checked with the kit.
    out.outcome = Outcome::held;
    out.stop = refusal(attempt->plan.error(), StopReason::configuration);
    return out;
  }
  out.plan = std::move(*attempt->plan);
  AIRLOCK_TRY(const auto pseudonym_key, std::move(attempt->pseudonym_key));
  AIRLOCK_TRY(sys::Spool payload, std::move(attempt->payload));
  auto& redacted = attempt->redacted;
  const auto find_misfits = [&] {
    return redaction::fates(bytes, dictionary, *out.plan, pseudonym_key, limits, fresh_key(inputs.site),
                            {.misfits_only = true});
  };
  if (!redacted) {
    const core::Error& error = redacted.error();
    if (!is_about_report(error)) return fail(error);
    const bool by_dictionary = error.code == Code::refused;
    out.outcome = by_dictionary ? Outcome::held : Outcome::refused;
    out.stop = refusal(error, by_dictionary ? StopReason::dictionary : StopReason::limit);
    if (by_dictionary) {
      AIRLOCK_TRY(out.misfits, find_misfits());
    }
    return out;
  }
  if (std::any_of(redacted->counts.begin(), redacted->counts.end(),
                  [](const redaction::DatumCount& count) { return redaction::is_misfit(count.what); })) {
    AIRLOCK_TRY(out.misfits, find_misfits());
  }
  out.period = {redacted->period_start, redacted->period_end};
  auto found = take_copies_out(payload, *redacted, note, *out.plan, *out.decision, inputs, progress);
  if (!found) {
    if (!is_about_report(found.error())) return fail(found.error());
    out.outcome = Outcome::held;
    out.stop = refusal(found.error(), StopReason::leak);
    return out;
  }
  out.copied = std::move(found->copied);
  out.copied_tokens = std::move(found->tokens);
  out.redacted = std::move(*redacted);
  out.payload_sha256 = attempt->payload_sha256;
  if (!out.copied_tokens.empty()) {
    AIRLOCK_TRY(out.payload_sha256, crypto::sha256(payload));
  }
  out.payload = std::move(payload);
  AIRLOCK_TRY(out.terms, terms_of(*out.decision, *out.plan, inputs));
  if (auto stop = stopped_by(*out.terms, inputs, out.event)) {
    // Keep the payload if a person may allow it: they may want to see it first.
    if (!is_a_persons(*stop)) out.payload.reset();
    out.outcome = Outcome::held;
    out.stop = std::move(*stop);
    return out;
  }
  out.outcome = out.decision->disposition == policy::Disposition::seal ? Outcome::seal : Outcome::queue;
  return out;
}

}  // namespace airlock::gate
