#include "gate/anchor.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "core/json.hpp"
#include "core/text.hpp"
#include "core/utf8.hpp"
#include "gate/acknowledged.hpp"
#include "gate/names.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"
#include "ledger/merkle.hpp"
#include "sys/look.hpp"
#include "sys/read_file.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;
using core::Result;

constexpr auto way_out =
    "find out who put an old ledger there, and restore the newest copy; if that is lost, `airlock ledger adopt "
    "--reason TEXT` goes on with this one and records that for ever";

tl::unexpected<core::Error> behind(const std::string& what) { return fail(Code::integrity, what, way_out); }

/// Verifies the rollback anchor with any key that the ledger has had: until a rotation is finished, the former key
/// signs it. The outer result has errors of the machine, the inner one those of the rollback anchor.
Result<Result<ledger::TreeHead>> verify_anchor(const site::Site& site, const ledger::Ledger& ledger,
                                               const std::string& note) {
  AIRLOCK_TRY(const auto known, site.ledger_verifier());
  if (auto head = ledger::verify_checkpoint(note, known)) return head;
  AIRLOCK_TRY(const auto history, ledger.keys(known));
  return ledger::verify_checkpoint_by_any(note, history);
}

Result<void> check_anchor(const site::Site& site, const ledger::Ledger& ledger) {
  // Read the rollback anchor before the ledger: if another process commits meanwhile, the ledger is only the longer
  // one.
  AIRLOCK_TRY(const std::string note, read_anchor(site));
  AIRLOCK_TRY(const auto anchor, verify_anchor(site, ledger, note));
  if (!anchor) return behind(quote(site.path(site::layout::rollback_anchor)) + ": " + anchor.error().message);
  if (const auto believed = ledger.believe(*anchor); believed || believed.error().code != Code::integrity) {
    return believed;
  }
  AIRLOCK_CHECK(check_holds(ledger, *anchor, "the anchor " + quote(site.path(site::layout::rollback_anchor))));
  return behind("the ledger is not the one that the rollback anchor was written for");
}

/// The unknown bundles that the newest `adopted` entry names.
Result<std::set<std::string, std::less<>>> adopted_bundles(const ledger::Ledger& ledger) {
  std::set<std::string, std::less<>> out;
  AIRLOCK_TRY(const auto entry, ledger.newest(ledger::Kind::adopted));
  if (!entry) return out;
  AIRLOCK_TRY(const Json json, ledger::body_of(*entry));
  const auto list = json.find("unknown_bundles");
  if (list == json.end() || !list->is_array()) return out;
  for (const Json& name : *list) {
    if (name.is_string()) out.insert(name.get<std::string>());
  }
  return out;
}

/// Whether entries of this kind decide how later decisions are made. People and installations make such entries.
bool is_order(ledger::Kind kind) {
  using ledger::Kind;
  constexpr std::array orders{Kind::authorised, Kind::hold,       Kind::release,     Kind::kit,
                              Kind::licence,    Kind::configured, Kind::key_rotated, Kind::adopted};
  return std::find(orders.begin(), orders.end(), kind) != orders.end();
}

}  // namespace

Result<std::string> read_anchor(const site::Site& site) {
  const std::string path = site.path(site::layout::rollback_anchor);
  if (!sys::exists(path))
    return behind(quote(path) + ": is missing, so nobody can tell whether this ledger is the newest");
  return sys::read_file(path, ledger::checkpoint_text_limit);
}

Result<SignedTree> anchored_tree(const site::Site& site, const ledger::KeyHistory& keys) {
  SignedTree out;
  AIRLOCK_TRY(out.checkpoint, read_anchor(site));
  auto head = ledger::verify_checkpoint(out.checkpoint, keys);
  if (!head) return fail(std::move(head.error()).within("the anchor"));
  out.head = *head;
  return out;
}

/// Names of bundles in the outbox whose disclosure is not in the ledger.
Result<std::vector<std::string>> unknown_bundles(const site::Site& site, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto names, sys::list_directory(site.path(site::layout::outbox)));
  AIRLOCK_TRY(const auto reading, ledger.reading());
  std::vector<std::string> out;
  for (const std::string& name : names) {
    const auto known = outbox_name(name);
    if (!known || !known->is_bundle) continue;
    // This finds an old ledger that was put back by mistake. Who can write a row into it could as well remove the
    // bundle.
    AIRLOCK_TRY(const auto disclosure, ledger.unproven_disclosure(known->disclosure_id));
    if (!disclosure) out.push_back(name);
  }
  return out;
}

Result<void> believe_anchor(const site::Site& site, const ledger::Ledger& ledger) { return check_anchor(site, ledger); }

Result<Json> newer_than_anchor(const ledger::Ledger& ledger) {
  constexpr std::size_t page = 100;
  Json orders = Json::array();
  const std::uint64_t anchored = ledger.believed();
  for (std::uint64_t from = anchored;;) {
    AIRLOCK_TRY(const auto entries, ledger.entries(from, page));
    for (const ledger::Entry& entry : entries) {
      if (is_order(entry.kind)) orders.push_back(entry.seq);
      from = entry.seq + 1;
    }
    if (entries.size() < page) break;
  }
  if (orders.empty()) return Json::object();
  return Json{{"newer_than_anchor", {{"anchor_size", anchored}, {"entries", std::move(orders)}}}};
}

Result<void> write_anchor(const site::Site& site, const crypto::PrivateKey& key, const ledger::TreeHead& head) {
  AIRLOCK_TRY(const std::string note, ledger::sign_checkpoint(head, site.configuration().site_id, key));
  return sys::replace_file(site.path(site::layout::rollback_anchor), note, site.file_permissions(), site.world());
}

Result<void> check_holds(const ledger::Ledger& ledger, const ledger::TreeHead& checkpoint, std::string_view whose) {
  AIRLOCK_TRY(const ledger::TreeHead now, ledger.head());
  if (now.size < checkpoint.size) {
    return behind("the ledger has " + std::to_string(now.size) + " entries, but " + std::string(whose) + " saw " +
                  std::to_string(checkpoint.size) + ": it was rolled back or cut short");
  }
  AIRLOCK_TRY(const ledger::TreeHead then, ledger.head(checkpoint.size));
  if (then.root != checkpoint.root) {
    return behind("the first " + std::to_string(checkpoint.size) + " entries of the ledger are not those that " +
                  std::string(whose) + " saw: it was rebuilt");
  }
  return {};
}

Result<void> check_past(const site::Site& site, const ledger::Ledger& ledger) {
  AIRLOCK_CHECK(check_anchor(site, ledger));
  AIRLOCK_TRY(const auto unknown, unknown_bundles(site, ledger));
  if (unknown.empty()) return {};
  AIRLOCK_TRY(const auto adopted, adopted_bundles(ledger));
  for (const std::string& name : unknown) {
    if (adopted.contains(name)) continue;
    return behind(
        quote(in_outbox(site, name)) +
        ": the ledger does not know this bundle: either the ledger was rolled back, or another site made the bundle");
  }
  return {};
}

}  // namespace airlock::gate
