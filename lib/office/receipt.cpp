#include "office/receipt.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "gate/acknowledged.hpp"
#include "gate/anchor.hpp"
#include "gate/inputs.hpp"
#include "gate/recovery.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/kind.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"
#include "site/former_keys.hpp"
#include "site/history.hpp"
#include "site/site.hpp"

namespace airlock::office {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::Result;
using ledger::Kind;

Result<void> check_site(const site::Site& site, const site::Receipt& receipt) {
  const std::string& own = site.configuration().site_id;
  if (receipt.site_id != own) {
    return fail(Code::integrity, "is for site " + receipt.site_id + ", this is site " + own,
                "ask the vendor for the receipt of this site");
  }
  AIRLOCK_TRY(const auto certificates, site::all_signing_certificates(site));
  const bool known = std::any_of(certificates.begin(), certificates.end(), [&](const crypto::Certificate& one) {
    return one.key().sha256().hex() == receipt.site_key_sha256;
  });
  if (known) return {};
  return fail(Code::integrity, "names a site key that this site never had",
              "give the vendor this site's request; another site may be using its id");
}

/// Whether this is the newest imported receipt once more. Errors: refused (older than that), integrity (another receipt
/// has its sequence).
Result<bool> check_sequence(const site::VerifiedReceipt& verified, const std::optional<gate::ImportedReceipt>& newest) {
  if (!newest || verified.receipt.sequence > newest->sequence) return false;
  if (verified.receipt.sequence < newest->sequence) {
    return fail(Code::refused,
                "receipt " + std::to_string(verified.receipt.sequence) + " is older than receipt " +
                    std::to_string(newest->sequence) + ", which was imported already",
                "there is nothing to do: a newer receipt names everything that an older one names");
  }
  if (verified.content_sha256.hex() == newest->content_sha256) return true;
  return fail(Code::integrity, "another receipt with sequence " + std::to_string(newest->sequence) + " was imported",
              "ask the vendor why two receipts have the same sequence");
}

/// The tree head of a receipt's checkpoint, and whether the ledger still has the past that it covers.
struct Judged {
  ledger::TreeHead head;
  bool held = true;
};

/// Compares the ledger's past with the receipt's checkpoint. If they differ, that is accepted in two cases: a person
/// adopted another ledger since the newest receipt, or the newest receipt had the same checkpoint and was accepted so.
/// Error: integrity in any other case.
Result<Judged> judge_checkpoint(const site::Site& site, const ledger::Ledger& ledger, const std::string& note,
                                const std::optional<gate::ImportedReceipt>& newest) {
  AIRLOCK_TRY(const auto verifier, site.ledger_verifier());
  AIRLOCK_TRY(const auto keys, ledger.keys(verifier));
  // If the ledger was restored from a backup, its newer entries may be gone, with the ledger keys that they name.
  AIRLOCK_TRY(const ledger::TreeHead head, ledger::verify_checkpoint_by_any(note, keys));
  const auto holds = gate::check_holds(ledger, head, "the receipt's checkpoint");
  if (holds) return Judged{head, true};
  if (holds.error().code != Code::integrity) return fail(holds.error());
  AIRLOCK_TRY(const auto adopted, ledger.newest(Kind::adopted));
  const bool since = adopted && (!newest || adopted->seq > newest->seq);
  const bool known = newest && !newest->held && newest->checkpoint == note;
  if (since || known) return Judged{head, false};
  return fail(holds.error());
}

struct Matched {
  ledger::Disclosure disclosure;
  bool is_new = false;
};

/// The disclosures that the receipt names. If the ledger no longer has the receipt's past (`held` is false), counts the
/// items that it does not know in `unknown`. Error: integrity if an item is unknown otherwise, or its content differs.
Result<std::vector<Matched>> match(const ledger::Ledger& ledger, const site::Receipt& receipt, bool held,
                                   std::uint64_t& unknown) {
  std::vector<Matched> out;
  for (const site::ReceiptItem& item : receipt.items) {
    AIRLOCK_TRY(const auto disclosure, ledger.disclosure(item.id));
    if (!disclosure && !held) {
      ++unknown;
      continue;
    }
    if (!disclosure) {
      return fail(Code::integrity, "item " + item.id + ": the ledger has no such disclosure",
                  "nothing was recorded; ask the vendor what arrived under that id");
    }
    if (disclosure->content_sha256 != item.content_sha256) {
      return fail(Code::integrity,
                  "item " + item.id + ": the vendor received content with SHA-256 " + item.content_sha256 +
                      ", the ledger recorded " +
                      (disclosure->content_sha256.empty() ? "none" : disclosure->content_sha256),
                  "nothing was recorded; find out with the vendor who changed it");
    }
    AIRLOCK_TRY(const gate::HandOff hand_off, gate::hand_off_of(ledger, item.id));
    out.push_back({*disclosure, hand_off.acknowledged_by == 0});
  }
  return out;
}

Result<void> record_receipt(gate::Session& session, const site::VerifiedReceipt& verified,
                            const std::vector<Matched>& matched, const std::optional<Judged>& judged,
                            std::uint64_t unknown) {
  const site::Receipt& receipt = verified.receipt;
  AIRLOCK_TRY(auto change, session.change());
  std::uint64_t acknowledged = 0;
  for (const auto& [disclosure, is_new] : matched) {
    if (!is_new) continue;
    ++acknowledged;
    const Json members{{"number", disclosure.number}, {"disclosure_id", disclosure.id}, {"receipt", receipt.sequence}};
    if (ledger::waits_to_be_sent(disclosure.stage)) {
      AIRLOCK_CHECK(change.append(Kind::sent, disclosure.report_id, members));
    }
    AIRLOCK_CHECK(change.append(Kind::acknowledged, disclosure.report_id, members));
  }
  Json missing = Json::array();
  for (const auto& [first, last] : receipt.missing) missing.push_back({{"first", first}, {"last", last}});
  Json members{{"sequence", receipt.sequence},    {"content_sha256", verified.content_sha256.hex()},
               {"issued", receipt.issued.text()}, {"items", receipt.items.size()},
               {"acknowledged", acknowledged},    {"missing", missing}};
  if (unknown != 0) members["unknown"] = unknown;
  if (judged) {
    members["checkpoint"] = {{"note", receipt.checkpoint}, {"size", judged->head.size}};
    if (!judged->held) members["checkpoint"]["held"] = false;
  }
  AIRLOCK_CHECK(change.append(Kind::acknowledged, "", members));
  AIRLOCK_CHECK(change.commit());
  return {};
}

}  // namespace

Result<ReceiptImport> import_receipt(const std::string& directory, std::string_view file, const sys::World& world) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory, world));
  // This import must not end the open attempt of a running sender. The sender's lock is taken before the site's.
  AIRLOCK_TRY(const auto send_lock, gate::lock_site(site, gate::Patience::report, site::layout::send_lock));
  AIRLOCK_TRY(auto session, gate::begin_session(site, gate::Patience::report, gate::Unfinished::is_finished));
  const ledger::Ledger& ledger = session.ledger();
  AIRLOCK_TRY(const auto revoked, gate::revocations(site, ledger));
  if (revoked.unknown) {
    return fail(core::Code::integrity,
                revoked.unknown->message + ", so nobody can say whether the receipt's signer was revoked",
                "install the vendor's newest kit with `airlock kit install FILE`");
  }
  AIRLOCK_TRY(const auto trust, site.vendor_trust(crypto::Role::receipt));
  AIRLOCK_TRY(auto verified, site::verify_receipt(file, trust, revoked.kit.trust.lists));
  AIRLOCK_CHECK(check_site(site, verified.receipt));

  AIRLOCK_TRY(const auto newest, gate::newest_receipt(ledger));
  ReceiptImport out;
  AIRLOCK_TRY(out.repeated, check_sequence(verified, newest));
  std::optional<Judged> judged;
  if (!verified.receipt.checkpoint.empty()) {
    AIRLOCK_TRY(judged, judge_checkpoint(site, ledger, verified.receipt.checkpoint, newest));
  }
  AIRLOCK_TRY(const auto matched, match(ledger, verified.receipt, !judged || judged->held, out.unknown));
  if (!out.repeated) {
    out.acknowledged = static_cast<std::uint64_t>(
        std::count_if(matched.begin(), matched.end(), [](const Matched& one) { return one.is_new; }));
    for (const auto& [disclosure, is_new] : matched) {
      if (is_new && ledger::waits_to_be_sent(disclosure.stage)) out.freed.push_back(disclosure.file);
    }
    AIRLOCK_CHECK(record_receipt(session, verified, matched, judged, out.unknown));
  }
  AIRLOCK_CHECK(site::keep_in_history(site, "receipt", std::to_string(verified.receipt.sequence), file));
  out.bundle_days = site.configuration().bundle_days;
  out.receipt = std::move(verified.receipt);
  return out;
}

}  // namespace airlock::office
