#include "gate/acknowledged.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "gate/names.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"
#include "ledger/merkle.hpp"
#include "sys/look.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::Result;

}  // namespace

Result<std::optional<ImportedReceipt>> newest_receipt(const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto entry, ledger.newest(ledger::Kind::acknowledged));
  if (!entry) return std::nullopt;
  AIRLOCK_TRY(const Json json, ledger::body_of(*entry));
  ImportedReceipt out;
  out.seq = entry->seq;
  out.time = entry->time;
  const auto sequence = json.find("sequence");
  const auto digest = json.find("content_sha256");
  if (!entry->report_id.empty() || sequence == json.end() || !sequence->is_number_unsigned() || digest == json.end() ||
      !digest->is_string()) {
    return fail(Code::integrity, ledger::title(*entry) + " does not name a receipt", "run `airlock ledger verify`");
  }
  out.sequence = sequence->get<std::uint64_t>();
  out.content_sha256 = digest->get<std::string>();
  const auto checkpoint = json.find("checkpoint");
  if (checkpoint != json.end() && checkpoint->is_object()) {
    out.checkpoint = checkpoint->value("note", "");
    out.size = checkpoint->value("size", std::uint64_t{0});
    out.held = checkpoint->value("held", true);
  }
  return out;
}

Result<std::string> consistency_with_receipt(const ledger::Ledger& ledger, const ledger::TreeHead& later) {
  AIRLOCK_TRY(const auto receipt, newest_receipt(ledger));
  if (!receipt || receipt->checkpoint.empty() || !receipt->held) return std::string();
  AIRLOCK_TRY(const auto proof, ledger.consistency_proof(receipt->size, later.size));
  return ledger::consistency_text(proof, receipt->checkpoint);
}

Result<HandOff> hand_off_of(const ledger::Ledger& ledger, const std::string& disclosure_id) {
  HandOff out;
  AIRLOCK_TRY(const auto entries, ledger.entries_of_disclosure(disclosure_id));
  for (const ledger::Entry& entry : entries) {
    if (entry.kind != ledger::Kind::handed_over && entry.kind != ledger::Kind::acknowledged) continue;
    AIRLOCK_TRY(const Json json, ledger::body_of(entry));
    if (entry.kind == ledger::Kind::acknowledged) {
      out.acknowledged_by = json.value("receipt", std::uint64_t{0});
      out.acknowledged = entry.time;
      continue;
    }
    ++out.times;
    out.last = entry.time;
    out.note = json.value("note", "");
  }
  return out;
}

Result<std::vector<BundleInOutbox>> bundles_in_outbox(const site::Site& site, const ledger::Ledger& ledger) {
  std::vector<BundleInOutbox> out;
  AIRLOCK_TRY(const auto names, sys::list_directory(site.path(site::layout::outbox)));
  for (const std::string& name : names) {
    const auto known = outbox_name(name);
    if (!known || !known->is_bundle) continue;
    AIRLOCK_TRY(const auto disclosure, ledger.disclosure(known->disclosure_id));
    if (!disclosure || disclosure->stage != ledger::Stage::released || disclosure->file != name) continue;
    AIRLOCK_TRY(HandOff hand_off, hand_off_of(ledger, disclosure->id));
    out.push_back({*disclosure, std::move(hand_off)});
  }
  std::sort(out.begin(), out.end(), [](const BundleInOutbox& a, const BundleInOutbox& b) {
    return a.disclosure.disclosure < b.disclosure.disclosure;
  });
  return out;
}

Result<std::vector<BundleInOutbox>> pending_bundles(const site::Site& site, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(auto out, bundles_in_outbox(site, ledger));
  std::erase_if(out, [](const BundleInOutbox& one) { return one.hand_off.acknowledged_by != 0; });
  return out;
}

}  // namespace airlock::gate
