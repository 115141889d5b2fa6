#include "office/check.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "gate/anchor.hpp"
#include "gate/file_digest.hpp"
#include "gate/history.hpp"
#include "gate/kept.hpp"
#include "gate/names.hpp"
#include "gate/open.hpp"
#include "gate/recovery.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/entry.hpp"
#include "ledger/ledger.hpp"
#include "ledger/report_row.hpp"
#include "office/replay.hpp"
#include "site/site.hpp"
#include "sys/look.hpp"

namespace airlock::office {
namespace {

using core::Code;
using core::fail;
using core::quote;
using core::Result;

Result<void> check_payload(const site::Site& site, const std::string& path, const ledger::Disclosure& disclosure) {
  // A run that was cut short may have left the payload under its hidden name. The next run gives it its visible name.
  const std::string hidden = gate::hidden_bundle(site, disclosure.id);
  const bool visible = sys::exists(path);
  if (!visible && !sys::exists(hidden)) {
    return fail(Code::integrity, quote(path) + ": is missing, but disclosure " + std::to_string(disclosure.disclosure) +
                                     " waits to be sent");
  }
  AIRLOCK_TRY(const core::Digest digest, gate::digest_of_file(visible ? path : hidden));
  if (digest.hex() == disclosure.file_sha256) return {};
  return fail(Code::integrity,
              quote(path) + ": differs from what was queued as disclosure " + std::to_string(disclosure.disclosure),
              "it will not be sent; `airlock process --again` queues the report again");
}

/// Checks the instructions beside a bundle. No signature covers that file, and people run the commands in it.
Result<void> check_instructions(const ledger::Ledger& ledger, const std::string& bundle,
                                const ledger::Disclosure& disclosure) {
  const std::string path = bundle.substr(0, bundle.rfind('.')) + ".txt";
  AIRLOCK_TRY(const ledger::Entry entry, ledger.entry(disclosure.recorded));
  AIRLOCK_TRY(const core::Json json, ledger::body_of(entry));
  const auto recorded = json.value(core::Json::json_pointer("/disclosure/how_to_verify_sha256"), std::string());
  // Entries of release 0.1 do not have this digest.
  if (recorded.empty() || !sys::exists(path)) return {};
  AIRLOCK_TRY(const core::Digest digest, gate::digest_of_file(path));
  if (digest.hex() == recorded) return {};
  return fail(Code::integrity,
              quote(path) + ": differs from what was written for disclosure " + std::to_string(disclosure.disclosure),
              "do not hand it over: the instructions are in the bundle too");
}

Result<void> check_outbox(const site::Site& site, const ledger::Ledger& ledger, core::ProgressSink& progress,
                          SiteChecked& out) {
  AIRLOCK_TRY(const std::uint64_t last, ledger.last_disclosure());
  for (std::uint64_t number = 1; number <= last; ++number) {
    progress.show("disclosures compared with their files", number, last);
    AIRLOCK_TRY(const auto disclosure, ledger.disclosure_by_number(number));
    if (!disclosure) continue;
    const std::string path = gate::in_outbox(site, disclosure->file);
    if (ledger::waits_to_be_sent(disclosure->stage)) {
      AIRLOCK_CHECK(check_payload(site, path, *disclosure));
      ++out.queued;
      continue;
    }
    const bool was_sent = disclosure->stage == ledger::Stage::sent;
    if (disclosure->stage != ledger::Stage::released && !was_sent) continue;
    if (!sys::exists(path)) {
      if (!was_sent) ++out.handed_over;
      continue;
    }
    AIRLOCK_TRY(const core::Digest digest, gate::digest_of_file(path));
    if (digest.hex() != disclosure->file_sha256) {
      return fail(Code::integrity,
                  quote(path) + ": differs from the file that was " + (was_sent ? "sent" : "sealed") +
                      " as disclosure " + std::to_string(number),
                  was_sent ? "find out who changed it; the ledger has the digest of what was sent"
                           : "do not hand it over; `airlock process --again` seals the report again");
    }
    if (was_sent) continue;
    AIRLOCK_CHECK(check_instructions(ledger, path, *disclosure));
    ++out.bundles;
  }
  return {};
}

/// Every held report must be there, and every waiting report must have the bytes that came in. A refused report may be
/// missing: releases before 0.2 did not keep refused reports.
Result<void> check_held(const site::Site& site, const ledger::Ledger& ledger, core::ProgressSink& progress,
                        SiteChecked& out) {
  AIRLOCK_TRY(const auto rows, gate::held_reports(ledger));
  for (const ledger::ReportRow& row : rows) {
    const std::string path = gate::kept_path(site, row.report_id);
    if (sys::exists(path)) continue;
    return fail(Code::integrity, quote(path) + ": is missing, but report " + std::to_string(row.number) + " is held",
                "put it back from a backup; `airlock discard` records that it is gone");
  }
  AIRLOCK_TRY(const auto waiting, gate::waiting_reports(site, ledger));
  for (const ledger::ReportRow& row : waiting) {
    AIRLOCK_CHECK(gate::receive_kept(site, ledger, row));
    ++out.held;
    progress.show("reports in held/ verified", out.held, waiting.size());
  }
  return {};
}

Result<crypto::NoteVerifier> verifier_for(const site::Site& site, const CheckOptions& options) {
  if (!options.public_key) return site.ledger_verifier();
  std::string text = *options.public_key;
  while (text.ends_with('\n')) text.pop_back();
  AIRLOCK_TRY(auto verifier, crypto::NoteVerifier::from_text(text));
  const std::string origin = ledger::origin(site.configuration().site_id);
  if (verifier.name() != origin) {
    return fail(Code::integrity,
                "the given key belongs to " + quote(verifier.name()) + ", this ledger is " + quote(origin));
  }
  return verifier;
}

}  // namespace

Result<SiteChecked> check_site(const std::string& directory, const CheckOptions& options,
                               core::ProgressSink& progress) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, gate::open_to_read(site));
  AIRLOCK_TRY(const auto verifier, verifier_for(site, options));
  SiteChecked out;
  AIRLOCK_TRY(out.ledger, ledger::verify(ledger, verifier, progress));
  AIRLOCK_CHECK(gate::check_past(site, ledger));
  AIRLOCK_TRY(out.replayed, replay(ledger, progress));
  if (options.checkpoint) {
    AIRLOCK_TRY(const auto keys, ledger.keys(verifier));
    AIRLOCK_TRY(const auto head, ledger::verify_checkpoint(*options.checkpoint, keys));
    AIRLOCK_CHECK(gate::check_holds(ledger, head, "the given checkpoint"));
    out.from_size = head.size;
  }
  AIRLOCK_CHECK(check_outbox(site, ledger, progress, out));
  AIRLOCK_CHECK(check_held(site, ledger, progress, out));
  return out;
}

}  // namespace airlock::office
