#include "delivery/attempt.hpp"

#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "delivery/statement.hpp"
#include "gate/again.hpp"
#include "gate/kept.hpp"
#include "gate/names.hpp"
#include "gate/read_inputs.hpp"
#include "gate/recovery.hpp"
#include "ledger/entry.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/read_file.hpp"

namespace airlock::delivery {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;
using ledger::Kind;

constexpr auto held_hint = "the report is held; `airlock process --held` makes a new decision";

std::uint64_t random_number(const sys::World& world) {
  std::uint64_t out = 0;
  for (const char byte : world.random_bytes(8)) out = out << 8 | static_cast<unsigned char>(byte);
  return out;
}

SendEvent event_of(const ledger::Disclosure& disclosure, SendOutcome outcome, std::string message = {},
                   std::string hint = {}) {
  return {.number = disclosure.number,
          .disclosure = disclosure.disclosure,
          .id = disclosure.id,
          .outcome = outcome,
          .message = std::move(message),
          .hint = std::move(hint)};
}

}  // namespace

Result<Attempts> Attempts::open(site::Site site, const SendOptions& options) {
  AIRLOCK_TRY(auto identity, site.signing_identity());
  AIRLOCK_TRY(auto opened, gate::OpenedSite::open(std::move(site)));
  return Attempts(options, std::move(opened), std::move(identity));
}

Result<void> Attempts::record(gate::Session& session, Kind kind, const ledger::Disclosure& disclosure, Json members,
                              const std::string& held) {
  Json all{{"number", disclosure.number}, {"disclosure_id", disclosure.id}};
  all.update(members);
  AIRLOCK_TRY(auto change, session.change());
  AIRLOCK_CHECK(change.append(kind, disclosure.report_id, all));
  if (!held.empty()) {
    AIRLOCK_CHECK(gate::hold_again(change, site(), disclosure, ledger::name(kind), held));
  }
  AIRLOCK_CHECK(change.commit());
  return {};
}

Result<Attempts::Tried> Attempts::withdraw(gate::Session& session, const ledger::Disclosure& disclosure,
                                           const std::string& why) {
  AIRLOCK_TRY(auto change, session.change());
  AIRLOCK_CHECK(gate::withdraw(change, {disclosure}, why));
  AIRLOCK_CHECK(gate::hold_again(change, site(), disclosure, ledger::name(Kind::withdrawn), why));
  AIRLOCK_CHECK(change.commit());
  AIRLOCK_CHECK(gate::remove_payloads(site(), {disclosure}));
  return Tried{event_of(disclosure, SendOutcome::withdrawn, why, held_hint)};
}

Result<Attempts::Tried> Attempts::lose(gate::Session& session, const ledger::Disclosure& disclosure,
                                       const std::string& why) {
  AIRLOCK_CHECK(
      record(session, Kind::payload_lost, disclosure, {{"reason", why}}, "what was queued was altered or lost"));
  return Tried{event_of(disclosure, SendOutcome::payload_lost, why,
                        "check the disk; the report is held, and `airlock process --held` queues it again")};
}

Result<Attempts::Tried> Attempts::too_old(gate::Session& session, const ledger::Disclosure& disclosure,
                                          std::int64_t hours) {
  AIRLOCK_CHECK(record(session, Kind::send_failed, disclosure,
                       {{"error", word::too_old}, {"delivered", "no"}, {"final", true}}, "it was too old to be sent"));
  return Tried{event_of(disclosure, SendOutcome::failed, "older than " + std::to_string(hours) + " hours",
                        "`airlock outbox flush` tries it again")};
}

Result<std::unique_ptr<sys::FileBlob>> Attempts::payload(gate::Session& session, const ledger::Disclosure& disclosure) {
  const std::string path = gate::in_outbox(site(), disclosure.file);
  AIRLOCK_TRY(const bool there, sys::look_for(path));
  // A crash may have come between its entry and its visible name.
  if (!there) AIRLOCK_CHECK(gate::recover(session));
  auto blob = sys::FileBlob::open(path);
  if (blob) return std::make_unique<sys::FileBlob>(std::move(*blob));
  // Bytes that the disk fails to read now are not lost: the next run may read them.
  if (blob.error().code == Code::bad_input) return fail(Code::integrity, std::move(blob.error().message));
  return fail(std::move(blob).error());
}

Result<Target*> Attempts::target(const gate::Inputs& inputs, std::size_t index) {
  const auto& destinations = inputs.destinations();
  if (targets_.size() != destinations.size() || targets_for_ != inputs.fingerprint) {
    targets_.clear();
    targets_.resize(destinations.size());
    targets_for_ = inputs.fingerprint;
  }
  if (targets_[index] == nullptr) {
    AIRLOCK_TRY(auto opened, Target::open(site(), destinations[index], options_.environment));
    targets_[index] = std::make_unique<Target>(std::move(opened));
  }
  return targets_[index].get();
}

Result<Attempts::Beginning> Attempts::begin(const ledger::Disclosure& disclosure, std::size_t index) {
  AIRLOCK_TRY(auto session, gate::Session::begin(opened_, gate::Patience::report, gate::NewerOrders::are_left));
  AIRLOCK_TRY(const auto row, ledger().disclosure(disclosure.id));
  if (!row || !ledger::waits_to_be_sent(row->stage)) return Beginning{{}, {event_of(disclosure, SendOutcome::skipped)}};
  const core::Time now = session.now();
  AIRLOCK_TRY(const gate::Inputs inputs, gate::read_inputs(session));
  AIRLOCK_TRY(gate::Again again, gate::decide_again(inputs, ledger(), *row));
  const auto without = [](Result<Tried> ended) -> Result<Beginning> {
    if (!ended) return fail(std::move(ended).error());
    return Beginning{{}, std::move(*ended)};
  };
  if (again.verdict == gate::Verdict::withdraw) return without(withdraw(session, *row, again.why));
  if (again.verdict == gate::Verdict::wait)
    return without(Tried{event_of(*row, SendOutcome::held, again.why, again.hint)});
  const auto& destinations = inputs.destinations();
  if (index >= destinations.size()) {
    return without(Tried{
        event_of(*row, SendOutcome::held, "no destination is configured", "name one in `delivery` of `airlock.json`")});
  }
  const auto age = std::chrono::hours(destinations[index].max_age_hours);
  if (!options_.now && now - row->time > age) {
    if (index + 1 < destinations.size()) return Beginning{{}, {event_of(*row, SendOutcome::skipped)}};
    return without(too_old(session, *row, age.count()));
  }

  auto blob = payload(session, *row);
  if (!blob && blob.error().code == Code::integrity) return without(lose(session, *row, blob.error().message));
  if (!blob) return fail(std::move(blob).error());
  AIRLOCK_TRY(const core::Digest digest, crypto::sha256(**blob));
  if (digest.hex() != row->content_sha256) {
    return without(lose(session, *row, quote(row->file) + ": differs from what was queued"));
  }
  if (const auto opened = target(inputs, index); !opened) {
    return without(end(session, *row, index, destinations.size(),
                       {.end = AttemptEnd::destination_trouble,
                        .error = opened.error().message,
                        .recorded = std::string(word::destination),
                        .retry_after = {}}));
  }
  AIRLOCK_TRY(const std::string text, statement(site(), ledger(), *row));
  AIRLOCK_TRY(auto with, headers(text, row->id, identity_, now));
  AIRLOCK_CHECK(record(session, Kind::attempted, *row,
                       {{"destination", {{"type", destinations[index].type}, {"url", destinations[index].url}}}}));
  AIRLOCK_TRY(auto clearance, ledger().clear(std::move(*again.permit), row->id));
  return Beginning{Begun{.clearance = std::move(clearance),
                         .payload = std::move(*blob),
                         .digest = digest,
                         .headers = std::move(with),
                         .destinations = destinations.size()},
                   {}};
}

Result<Attempts::Tried> Attempts::end(gate::Session& session, const ledger::Disclosure& disclosure, std::size_t index,
                                      std::size_t destinations, const AttemptVerdict& verdict) {
  AIRLOCK_TRY(const auto row, ledger().disclosure(disclosure.id));
  if (!row) return fail(Code::unexpected, "the ledger lost disclosure " + disclosure.id);
  if (verdict.end == AttemptEnd::delivered) {
    AIRLOCK_CHECK(record(session, Kind::sent, *row, Json::object()));
    AIRLOCK_CHECK(sys::remove_file(gate::kept_path(site(), row->report_id), site().world()));
    return Tried{event_of(*row, SendOutcome::sent)};
  }
  const bool last = index + 1 >= destinations;
  const bool given_up = verdict.end == AttemptEnd::given_up && last;
  const bool trouble = verdict.end == AttemptEnd::destination_trouble;
  const core::Time now = session.now();
  // The receiver's words may repeat the report, and an entry is kept for ever, so it has none of them.
  Json members{{"error", verdict.recorded},
               {"delivered", verdict.maybe_delivered ? "unknown" : "no"},
               {"scope", trouble ? "destination" : "report"}};
  const auto next = last ? next_try(row->attempts, verdict.retry_after, now, random_number(site().world())) : now;
  if (given_up) {
    members["final"] = true;
  } else {
    members["next_try"] = next.text();
  }
  AIRLOCK_CHECK(
      record(session, Kind::send_failed, *row, std::move(members), given_up ? "the receiver will not take it" : ""));
  Tried out{event_of(*row, given_up ? SendOutcome::failed : SendOutcome::queued, verdict.error)};
  out.event.hint = given_up ? "`airlock outbox flush` tries it again" : "next try " + next.text();
  out.go_on = !trouble;
  return out;
}

Result<Attempts::Tried> Attempts::run(const ledger::Disclosure& disclosure) {
  Tried ended;
  for (std::size_t index = 0, destinations = 1; index < destinations; ++index) {
    AIRLOCK_TRY(Beginning beginning, begin(disclosure, index));
    if (!beginning.begun) {
      ended = std::move(beginning.ended);
      const SendOutcome became = ended.event.outcome;
      destinations = targets_.size();
      if (became != SendOutcome::queued && became != SendOutcome::skipped) return ended;
      continue;
    }
    Begun& begun = *beginning.begun;
    destinations = begun.destinations;
    Target& to = *targets_[index];
    AttemptVerdict verdict;
    const auto body = to.body(*begun.payload, disclosure.id);
    if (!body) {
      verdict = {.end = AttemptEnd::given_up,
                 .error = body.error().message,
                 .recorded = std::string(word::unsendable),
                 .retry_after = {}};
    } else {
      AIRLOCK_CHECK(begun.clearance.use(begun.digest));
      verdict = judge(to.client().post(begun.headers, *body));
    }
    AIRLOCK_TRY(auto session, gate::Session::begin(opened_, gate::Patience::report, gate::NewerOrders::are_left));
    AIRLOCK_TRY(ended, end(session, disclosure, index, destinations, verdict));
    if (ended.event.outcome == SendOutcome::sent) return ended;
  }
  return ended;
}

Result<std::optional<core::Time>> Attempts::all_wait_until() {
  AIRLOCK_TRY(const auto failed, ledger().newest(Kind::send_failed));
  if (options_.now || !failed) return std::nullopt;
  AIRLOCK_TRY(const auto sent, ledger().newest(Kind::sent));
  AIRLOCK_TRY(const auto configured, ledger().newest(Kind::configured));
  if ((sent && sent->seq > failed->seq) || (configured && configured->seq > failed->seq)) return std::nullopt;
  AIRLOCK_TRY(const Json json, ledger::body_of(*failed));
  if (json.value("scope", "") != "destination") return std::nullopt;
  const auto until = core::Time::from_text(json.value("next_try", ""));
  if (!until || *until <= site().world().now()) return std::nullopt;
  return *until;
}

}  // namespace airlock::delivery
