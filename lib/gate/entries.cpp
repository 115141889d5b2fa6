#include "gate/entries.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "crypto/hash.hpp"
#include "gate/ceiling.hpp"
#include "gate/recorded.hpp"
#include "gate/recorded_ceiling.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"
#include "licence/licence.hpp"
#include "licence/seen.hpp"
#include "policy/permits.hpp"

namespace airlock::gate {
namespace {

using core::Json;

Json period_members(const envelope::Period& period) {
  Json out = Json::object();
  if (period.start) out["start"] = *period.start;
  if (period.end) out["end"] = *period.end;
  return out;
}

Json counts_by_action(const redaction::Redacted& redacted) {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& count : redacted.counts) counts[count.action] += count.count;
  return counts;
}

/// Counts of members that were taken out as copies, by their own declared path and never by that of the source:
/// `status` uses them to see what is copied again.
Json copied_members(const redaction::Redacted& redacted) {
  Json out = Json::object();
  for (const auto& count : redacted.counts) {
    if (count.action == redaction::copied_word) out[count.path] = count.count;
  }
  return out;
}

/// The approvals by which a report leaves. The officers' names are in the entries that this names.
Json approvals_members(const std::vector<RecordedApproval>& approvals) {
  Json out = Json::array();
  for (const RecordedApproval& each : approvals) {
    out.push_back({{"entry", each.entry}, {"key_sha256", each.signer.key().sha256().hex()}});
  }
  return out;
}

/// A text member of a ledger entry, or nothing.
std::optional<std::string> text_at(const Json& json, std::string_view member) {
  const auto at = json.find(member);
  if (at == json.end() || !at->is_string()) return std::nullopt;
  return at->get<std::string>();
}

}  // namespace

Result<core::Digest> commitment_to(const core::Blob& bytes, std::uint64_t size, const std::string& salt) {
  // The commitment covers the plain bytes, so that revealing salt and report later proves both.
  crypto::Sha256 commitment;
  commitment.update(salt);
  std::array<char, core::copy_piece> piece;
  for (std::uint64_t at = 0; at < size;) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), size - at));
    AIRLOCK_TRY(const std::size_t got, bytes.read_at(at, std::span(piece).first(want)));
    if (got == 0) break;
    commitment.update({piece.data(), got});
    at += got;
  }
  return commitment.finish();
}

Result<Json> original_members(const Received& report, const std::string& salt) {
  AIRLOCK_TRY(const core::Digest commitment, commitment_to(report.bytes, report.bytes.size(), salt));
  Json out = Json::object();
  if (!report.whole) out["complete"] = false;
  out["commitment"] = commitment.hex();
  return out;
}

core::Digest decision_digest(const Prepared& prepared, const Inputs& inputs) {
  std::string text(policy::name(prepared.decision->disposition));
  text += "\n" + policy::treatments_text(*prepared.plan, inputs.kit->dictionary);
  for (const auto& recipient : inputs.kit->recipients) text += "\n" + recipient.fingerprint().hex();
  if (inputs.site.configuration().archive) text += "\narchive";
  if (prepared.plan->copies() == redaction::CopiesAre::held) text += "\ncopies held";
  // An officer signs this digest, so it says where her report would be sent. Without approvals it is as it always was.
  if (prepared.decision->disposition < policy::Disposition::seal && !inputs.approvals().none()) {
    for (const auto& destination : inputs.destinations()) text += "\nto " + identity_of(destination);
  }
  return crypto::sha256(text);
}

Json decision_members(const Prepared& prepared, const Inputs& inputs, const std::string& note,
                      const std::optional<NewDisclosure>& disclosure) {
  Json out = Json::object();
  if (!prepared.event.empty()) out["event"] = prepared.event;
  if (prepared.period.start || prepared.period.end) out["period"] = period_members(prepared.period);
  const auto& verdict = inputs.licence.verdict;
  Json licence{{"state", core::name(verdict.state)}};
  if (verdict.licence) licence["serial"] = verdict.licence->serial;
  if (prepared.facts.tier) licence["tier"] = *prepared.facts.tier;
  out["licence"] = licence;
  if (prepared.decision) {
    const site::Kit& kit = *inputs.kit;
    Json decision{
        {"disposition", policy::name(prepared.decision->disposition)},
        {"profiles", prepared.decision->profiles},
        {"rules", prepared.decision->rules},
        {"kit", kit.number},
        {"policy",
         {{"name", kit.policy.name()},
          {"version", kit.policy.version()},
          {"sha256", crypto::sha256(kit.policy_text).hex()}}},
        {"dictionary", {{"name", kit.dictionary.name()}, {"sha256", crypto::sha256(kit.dictionary_text).hex()}}}};
    if (prepared.plan) {
      decision["decision_sha256"] = decision_digest(prepared, inputs).hex();
      // Before each attempt to send, the decision is made again and compared with these terms.
      if (disclosure && prepared.decision->disposition < policy::Disposition::seal) {
        decision["terms"] = policy::to_json(policy::Ceiling{{prepared.event, *prepared.terms}});
      }
    }
    out["decision"] = decision;
  }
  // A sealed disclosure is never decided again. Only `ledger verify` needs its terms, so the ledger keeps them apart.
  if (disclosure && prepared.decision->disposition >= policy::Disposition::seal && prepared.terms) {
    out["terms"] = policy::to_json(policy::Ceiling{{prepared.event, *prepared.terms}});
  }
  if (!note.empty()) out["note"] = note;
  if (disclosure) {
    out["redactions"] = counts_by_action(*prepared.redacted);
    if (!prepared.approvals.empty()) out["approvals"] = approvals_members(prepared.approvals);
    if (Json copied = copied_members(*prepared.redacted); !copied.empty()) out["copied"] = std::move(copied);
    out["payload"] = {{"size", prepared.payload->size()}, {"sha256", prepared.payload_sha256.hex()}};
    out["disclosure"] = {{"id", disclosure->id}, {"number", disclosure->number}};
  }
  return out;
}

Json licence_members(const licence::Licence& licence, core::LicenceState state, const licence::SeenLicences& seen) {
  return {{"serial", licence.serial},
          {"sequence", licence.sequence},
          {"licensee_sha256", licence::licensee_digest(licence)},
          {"sites", licence::binding_name(licence)},
          {"tier", licence.tier},
          {"state", core::name(state)},
          {"not_after", licence.not_after.text()},
          {"seen", seen.to_json()}};
}

Result<Json> licence_members(const licence::Licence& licence, core::LicenceState state, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(licence::SeenLicences seen, seen_licences(ledger));
  if (licence::counts_as_seen(core::name(state))) seen.add(licence);
  return licence_members(licence, state, seen);
}

Json kit_members(const site::Kit& kit) {
  Json out{{"number", kit.number},
           {"content_sha256", kit.content_sha256.hex()},
           {"product", kit.product},
           {"issued", kit.issued.text()},
           {"policy", {{"name", kit.policy.name()}, {"version", kit.policy.version()}}}};
  if (!kit.revoked_licences.empty()) out["revoked_licences"] = kit.revoked_licences.size();
  published::add_known_members(out, {.number = 0, .content_sha256 = {}, .lists = published::known_from(kit).lists});
  if (!kit.trust.successors.empty()) out["successor_roots"] = Json::array();
  for (const auto& successor : kit.trust.successors) {
    out["successor_roots"].push_back(successor.root.fingerprint().hex());
  }
  return out;
}

Json configuration_members(const Inputs& inputs) {
  Json out{{"configuration_sha256", crypto::sha256(inputs.site.configuration_text()).hex()}};
  const site::SiteWords& words = inputs.words;
  if (words.problem) {
    out["words"] = {{"usable", false}};
  } else if (words.in_force()) {
    out["words"] = {{"count", words.words.size()}, {"list", site::list_digest(words)}};
  }
  return out;
}

Result<void> append_site_changes(SessionChange& change, const ledger::Ledger& ledger, const Inputs& inputs) {
  const auto& verdict = inputs.licence.verdict;
  bool recorded = !inputs.ceiling_moved;
  if (verdict.licence) {
    AIRLOCK_TRY(const bool known, is_known(*verdict.licence, ledger));
    if (!known) {
      AIRLOCK_TRY(Json members, licence_members(*verdict.licence, verdict.state, ledger));
      AIRLOCK_CHECK(add_ceiling(members, inputs));
      AIRLOCK_CHECK(change.append(ledger::Kind::licence, "", members));
      recorded = true;
    }
  }
  Json members = configuration_members(inputs);
  AIRLOCK_TRY(const auto configured, ledger.newest(ledger::Kind::configured));
  bool known = false;
  if (configured) {
    AIRLOCK_TRY(const Json json, ledger::body_of(*configured));
    known = json.value("configuration_sha256", Json()) == members.at("configuration_sha256") &&
            json.value("words", Json()) == members.value("words", Json());
  }
  if (!known || !recorded) {
    AIRLOCK_CHECK(add_ceiling(members, inputs));
    AIRLOCK_CHECK(change.append(ledger::Kind::configured, "", members));
  }
  return {};
}

Result<std::map<std::string, std::uint64_t>> copied_of(const ledger::Entry& entry) {
  AIRLOCK_TRY(const Json json, ledger::body_of(entry));
  std::map<std::string, std::uint64_t> out;
  const auto copied = json.find("copied");
  if (copied == json.end() || !copied->is_object()) return out;
  for (const auto& [path, count] : copied->items()) {
    if (count.is_number_unsigned()) out[path] = count.get<std::uint64_t>();
  }
  return out;
}

Result<RecordedDecision> read_decision(const ledger::Entry& entry) {
  AIRLOCK_TRY(const Json json, ledger::body_of(entry));
  RecordedDecision out;
  out.event = text_at(json, "event").value_or("");
  if (const auto decision = json.find("decision"); decision != json.end() && decision->is_object()) {
    out.decision_sha256 = text_at(*decision, "decision_sha256").value_or("");
    const auto dictionary = decision->find("dictionary");
    if (dictionary != decision->end() && dictionary->is_object()) {
      out.dictionary_sha256 = text_at(*dictionary, "sha256").value_or("");
    }
    if (const auto terms = decision->find("terms"); terms != decision->end()) {
      AIRLOCK_TRY(auto all, policy::ceiling_from(*terms, ledger::title(entry)));
      if (const auto found = all.find(out.event); found != all.end()) out.terms = std::move(found->second);
    }
  }
  if (const auto disclosure = json.find("disclosure"); disclosure != json.end() && disclosure->is_object()) {
    out.disclosure_id = text_at(*disclosure, "id");
  }
  if (const auto period = json.find("period"); period != json.end() && period->is_object()) {
    out.period = {text_at(*period, "start"), text_at(*period, "end")};
  }
  return out;
}

}  // namespace airlock::gate
