#include "health/documents.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "licence/verdict.hpp"
#include "sys/abilities.hpp"

namespace airlock::health {

using core::Json;
using core::Time;

Json looser_json(const std::vector<policy::Loosening>& loosenings) {
  Json out = Json::array();
  for (const auto& each : loosenings) {
    out.push_back({{"what", each.what}, {"from", each.from}, {"to", each.to}, {"reason", policy::reason(each)}});
  }
  return out;
}

policy::Disposition authorised_ceiling(const gate::Inputs& inputs) {
  if (!inputs.ceiling) return policy::Disposition::seal;
  auto out = policy::Disposition::withhold;
  for (const auto& [event, terms] : *inputs.ceiling) out = std::min(out, terms.disposition);
  return out;
}

namespace {

Json ceiling_json(const gate::Inputs& inputs, const std::string& event) {
  if (!inputs.ceiling) return nullptr;
  const auto found = inputs.ceiling->find(event);
  if (found == inputs.ceiling->end()) return nullptr;
  return {{"disposition", policy::name(found->second.disposition)},
          {"recipients", found->second.recipients},
          {"destinations", found->second.destinations}};
}

Json machine_json(const site::Machine& machine) {
  if (machine.text.empty()) return nullptr;
  return {{"file", site::machine_path},
          {"floor", machine.floor ? Json(policy::name(*machine.floor)) : Json(nullptr)},
          {"redact_also", machine.redact_also.size()},
          {"destinations", machine.destinations ? Json(*machine.destinations) : Json(nullptr)}};
}

/// How many words of the site's list are in force; null without a list. Never which.
Json words_json(const site::SiteWords& words) {
  if (!words.in_force()) return nullptr;
  Json out{{"count", words.words.size()}, {"officers", words.officers}};
  if (words.problem) out.update({{"problem", words.problem->message}, {"hint", words.problem->hint}});
  return out;
}

Json redactions_json(const std::vector<gate::OwnRedaction>& list) {
  Json out = Json::array();
  for (const gate::OwnRedaction& own : list) {
    Json one = redaction::to_json(own.redaction.treatment);
    one.update(redaction::selection_json(own.redaction));
    one["problem"] = core::or_null(own.problem);
    out.push_back(std::move(one));
  }
  return out;
}

Json copied_json(const std::vector<CopiedAway>& copied) {
  Json out = Json::array();
  for (const CopiedAway& each : copied) {
    out.push_back({{"path", each.path}, {"members", each.members}, {"disclosures", each.disclosures}});
  }
  return out;
}

Json waiting_json(const std::vector<gate::WaitingGroup>& groups) {
  Json out = Json::array();
  for (const gate::WaitingGroup& group : groups) {
    out.push_back({{"outcome", group.refused ? "refused" : "held"},
                   {"reason", group.reason},
                   {"message", group.message},
                   {"count", group.count},
                   {"numbers", group.numbers},
                   {"oldest", group.oldest.text()},
                   {"expires", group.expires.text()}});
  }
  return out;
}

Json sandbox_json(bool best_effort) {
  const sys::Abilities abilities = sys::sandbox_abilities();
  return {{"wanted", best_effort ? "best-effort" : "required"},
          {"seccomp", abilities.seccomp},
          {"landlock", abilities.landlock}};
}

}  // namespace

Json verdict_document(const licence::LicenceVerdict& verdict) {
  Json out{{"state", core::name(verdict.state)}, {"reason", verdict.reason}, {"hint", core::or_null(verdict.hint)}};
  out["days_left"] = core::or_null(verdict.days_left);
  out["warning_days"] = core::or_null(verdict.warning);
  if (verdict.licence) out["licence"] = Json::parse(licence::to_document(*verdict.licence));
  out["next"] = nullptr;
  if (verdict.next) {
    out["next"] = {{"state", core::name(verdict.next->state)},
                   {"reason", verdict.next->reason},
                   {"hint", core::or_null(verdict.next->hint)},
                   {"takes_over", core::or_null(verdict.next->begins())}};
    if (verdict.next->licence) out["next"]["licence"] = Json::parse(licence::to_document(*verdict.next->licence));
  }
  out["exit"] = core::exit_code(verdict.code());
  return out;
}

Json status_document(const Status& status) {
  const site::Configuration& configuration = status.inputs.site.configuration();
  Json kit(nullptr);
  if (status.inputs.kit) {
    kit = {{"number", status.inputs.kit->number},
           {"issued", status.inputs.kit->issued.text()},
           {"next_update", status.inputs.kit->next_update.text()},
           {"stale", status.inputs.kit->is_stale(status.inputs.now)}};
  }
  Json events = Json::array();
  for (const Standing& standing : status.standings) {
    events.push_back({{"event", standing.event},
                      {"disposition", policy::name(standing.decision.disposition)},
                      {"profiles", standing.decision.profiles},
                      {"rules", standing.decision.rules},
                      {"because", standing.sentences},
                      {"ceiling", ceiling_json(status.inputs, standing.event)},
                      {"held_by_ceiling", !standing.above_ceiling.empty()},
                      {"looser", looser_json(standing.above_ceiling)}});
  }
  Json schedule(nullptr);
  if (status.schedule) {
    schedule = {{"every", status.schedule->every},
                {"last", core::or_null(status.schedule->last)},
                {"due", status.schedule->due.text()},
                {"overdue", status.schedule->overdue}};
  }
  Json receipt(nullptr);
  if (status.receipt) {
    receipt = {{"sequence", status.receipt->sequence}, {"imported", status.receipt->time.text()}};
  }
  const Time now = status.inputs.now;
  Json last_disclosure(nullptr);
  if (status.last_disclosure) {
    last_disclosure = {{"disclosure", status.last_disclosure->disclosure},
                       {"time", status.last_disclosure->time.text()},
                       {"age_seconds", std::max<std::int64_t>(now.seconds - status.last_disclosure->time.seconds, 0)}};
  }
  return {{"site", status.inputs.site.directory()},
          {"site_id", configuration.site_id},
          {"name", core::or_null(configuration.name)},
          {"product", core::or_null(configuration.product)},
          {"certificate_sha256", core::or_null(status.certificate_sha256)},
          {"floor", configuration.floor ? Json(policy::name(*configuration.floor)) : Json(nullptr)},
          {"machine", machine_json(status.inputs.machine)},
          {"redact_also", redactions_json(status.own_redactions)},
          {"words", words_json(status.inputs.words)},
          {"approvals",
           {{"asked", policy::to_json(status.inputs.approvals())}, {"officers", status.inputs.officers.list.size()}}},
          {"ceiling", policy::name(authorised_ceiling(status.inputs))},
          {"hold", status.inputs.hold ? Json{{"since", status.inputs.hold->since.text()},
                                             {"reason", core::or_null(status.inputs.hold->reason)}}
                                      : Json(nullptr)},
          {"sandbox", sandbox_json(configuration.sandbox_best_effort)},
          {"kit", kit},
          {"kit_problem", core::or_null(status.inputs.no_kit.message)},
          {"licence", verdict_document(status.inputs.licence.verdict)},
          {"events", events},
          {"reports", status.reports},
          {"disclosures", status.disclosures},
          {"last_disclosure", last_disclosure},
          {"copied", copied_json(status.copied)},
          {"also_new", policy::to_json(status.also_new)},
          {"held", status.held},
          {"refused", status.refused},
          {"waiting", waiting_json(status.waiting)},
          {"queue", {{"waiting", status.queue.queued}, {"failed", status.queue.failed}}},
          {"bundles", {{"waiting", status.bundles - status.handed_over}, {"handed_over", status.handed_over}}},
          {"bundles_acknowledged", status.acknowledged},
          {"receipt", receipt},
          {"unfinished", status.unfinished},
          {"schedule", schedule},
          {"clock",
           {{"now", now.text()},
            {"newest_trusted", core::or_null(status.newest_trusted)},
            {"went_back", status.newest_trusted && licence::is_ahead(*status.newest_trusted, now)}}},
          {"retention",
           {{"payload_days", configuration.payload_days},
            {"bundle_days", configuration.bundle_days},
            {"held_days", configuration.held_days}}},
          {"ledger_size", status.head.size},
          {"ledger_root", status.head.root.hex()},
          {"exit", 0}};
}

}  // namespace airlock::health
