#include "gate/recovery.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "core/encoding.hpp"
#include "core/json.hpp"
#include "gate/file_digest.hpp"
#include "gate/hold.hpp"
#include "gate/kept.hpp"
#include "gate/key_change.hpp"
#include "gate/kit_files.hpp"
#include "gate/names.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"

namespace airlock::gate {
namespace {

using core::Json;
using core::Result;
using site::Site;

/// Whether a regular file with this digest is at `path`. Airlock makes only regular files there, so anything else is
/// not ours, whatever its name.
Result<bool> holds(const std::string& path, const std::string& sha256) {
  AIRLOCK_TRY(const sys::FileKind kind, sys::kind_of(path));
  if (kind != sys::FileKind::file) return false;
  AIRLOCK_TRY(const core::Digest digest, digest_of_file(path));
  return digest.hex() == sha256;
}

/// Links a hidden file to its visible name, unless that name exists already.
Result<void> make_visible(const Site& site, const std::string& hidden, const std::string& visible) {
  AIRLOCK_TRY(const bool is_visible, sys::look_for(visible));
  AIRLOCK_TRY(const sys::FileKind kind, sys::kind_of(hidden));
  if (is_visible || kind != sys::FileKind::file) return {};
  return sys::link_file(hidden, visible, site.world());
}

/// Whether the report waited before this decision. If it did not, whoever handed it in still has it.
Result<bool> waited_before(const ledger::Ledger& ledger, const std::string& report_id) {
  AIRLOCK_TRY(const auto entries, ledger.entries_of_report(report_id));
  return std::any_of(entries.begin(), entries.end(), [](const ledger::Entry& entry) { return waits(entry.kind); });
}

/// Records what became of a disclosure. If the disclosure failed and its report had been held before, the report is
/// held again: its file in `held/` may be the only copy, and nobody else would hand it in once more.
Result<void> record(Session& session, ledger::Kind kind, const ledger::Disclosure& disclosure, bool recovering) {
  Json members{{"number", disclosure.number}, {"disclosure_id", disclosure.id}};
  if (recovering) members["recovered"] = true;
  const bool failed = kind == ledger::Kind::abandoned || kind == ledger::Kind::payload_lost;
  bool waited = false;
  if (failed) {
    AIRLOCK_TRY(waited, waited_before(session.ledger(), disclosure.report_id));
  }
  AIRLOCK_TRY(auto change, session.change());
  AIRLOCK_CHECK(change.append(kind, disclosure.report_id, members));
  if (waited) {
    AIRLOCK_CHECK(hold_again(change, session.site(), disclosure, ledger::name(kind),
                             "the disclosure of the held report was cut short"));
  }
  AIRLOCK_CHECK(change.commit());
  return {};
}

Result<void> remove_hidden(const Site& site, const std::string& disclosure_id) {
  AIRLOCK_CHECK(sys::remove_if_file(hidden_bundle(site, disclosure_id), site.world()));
  return sys::remove_if_file(hidden_instructions(site, disclosure_id), site.world());
}

/// Finishes what a crash left of payloads: shows those that were queued, and removes those that were withdrawn. A
/// sender that has one of these open reads it to its end.
Result<void> finish_payloads(const Site& site, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto names, sys::list_directory(site.path(site::layout::outbox)));
  for (const std::string& name : names) {
    const auto hidden = hidden_name(name);
    const auto visible = outbox_name(name);
    if (!hidden && (!visible || visible->is_bundle)) continue;
    if (visible) {
      AIRLOCK_TRY(const auto row, ledger.unproven_disclosure(visible->disclosure_id));
      if (!row || row->stage != ledger::Stage::withdrawn) continue;
    }
    AIRLOCK_TRY(const auto disclosure, ledger.disclosure(hidden ? *hidden : visible->disclosure_id));
    if (!disclosure) continue;
    if (hidden && ledger::waits_to_be_sent(disclosure->stage)) AIRLOCK_CHECK(show_payload(site, *hidden));
    if (visible && disclosure->stage == ledger::Stage::withdrawn)
      AIRLOCK_CHECK(sys::remove_if_file(in_outbox(site, name), site.world()));
  }
  return {};
}

/// Removes hidden files of finished disclosures and temporary files of interrupted atomic writes, except those in
/// `kept`. Some folders are made only when they are needed. Only regular files are removed: a folder or link with such
/// a name stays, and `doctor` reports it.
Result<void> sweep(const Site& site, std::initializer_list<std::string_view> folders,
                   const std::set<std::string>& kept = {}) {
  for (const std::string_view folder : folders) {
    AIRLOCK_TRY(const bool there, sys::look_for_directory(site.path(folder)));
    if (!there) continue;
    AIRLOCK_TRY(const auto names, sys::list_directory(site.path(folder)));
    for (const std::string& name : names) {
      const bool hidden = name.starts_with('.') && name.ends_with(".tmp");
      if (hidden && !kept.contains(name))
        AIRLOCK_CHECK(sys::remove_if_file(site.path(folder) + "/" + name, site.world()));
    }
  }
  return {};
}

/// Whether nothing needs the bytes of a report in `held/` after an entry of this kind. A queued payload is not among
/// these kinds: before `sent`, nobody knows whether it will leave. `abandoned` and `payload_lost` are: if the report
/// had waited, a later `held` entry follows them.
bool ends(ledger::Kind kind) {
  using ledger::Kind;
  constexpr std::array all{Kind::released,  Kind::handed_over, Kind::acknowledged, Kind::sent,      Kind::withheld,
                           Kind::discarded, Kind::repeated,    Kind::expired,      Kind::abandoned, Kind::payload_lost};
  return std::find(all.begin(), all.end(), kind) != all.end();
}

/// Whether nobody needs the bytes of this report in `held/` any more: its newest entry ends it, or no entry is about
/// it. The index alone must not decide that. Somebody could change its row so that a waiting report looks finished, so
/// the verified entries have to agree.
Result<bool> is_unneeded(const ledger::Ledger& ledger, const std::string& report_id) {
  AIRLOCK_TRY(const auto row, ledger.report_of(report_id));
  if (row && !ends(row->latest)) return false;
  AIRLOCK_TRY(const auto entries, ledger.entries_of_report(report_id));
  if (!entries.empty()) return ends(entries.back().kind);
  AIRLOCK_TRY(const bool known, ledger.knows_report(report_id));
  return !known;
}

/// Removes reports from `held/` that no longer wait, or whose bytes were kept before a commit that never came. Also
/// removes the values of reports that earlier versions kept there for `licence usage`.
Result<void> sweep_held(const Site& site, const ledger::Ledger& ledger) {
  AIRLOCK_CHECK(sys::remove_if_file(site.path(site::layout::held) + "/usage.json", site.world()));
  AIRLOCK_TRY(const auto names, sys::list_directory(site.path(site::layout::held)));
  for (const std::string& name : names) {
    if (!core::is_uuid(name)) continue;
    AIRLOCK_TRY(const bool unneeded, is_unneeded(ledger, name));
    if (unneeded) AIRLOCK_CHECK(sys::remove_if_file(kept_path(site, name), site.world()));
  }
  return {};
}

}  // namespace

Result<void> show_payload(const Site& site, const std::string& disclosure_id) {
  const std::string hidden = hidden_bundle(site, disclosure_id);
  AIRLOCK_CHECK(make_visible(site, hidden, in_outbox(site, payload_name(disclosure_id))));
  AIRLOCK_CHECK(sys::sync_directory(site.path(site::layout::outbox), site.world()));
  return sys::remove_if_file(hidden, site.world());
}

Result<bool> release_bundle(Session& session, const ledger::Disclosure& disclosure, bool recovering) {
  const Site& site = session.site();
  const std::string hidden = hidden_bundle(site, disclosure.id);
  const std::string visible = in_outbox(site, disclosure.file);
  AIRLOCK_TRY(const bool hidden_sound, holds(hidden, disclosure.file_sha256));
  AIRLOCK_TRY(const bool visible_sound, holds(visible, disclosure.file_sha256));
  AIRLOCK_TRY(const bool visible_there, sys::look_for(visible));
  if (!visible_sound && (!hidden_sound || visible_there)) {
    AIRLOCK_CHECK(record(session, ledger::Kind::payload_lost, disclosure, recovering));
    AIRLOCK_CHECK(remove_hidden(site, disclosure.id));
    return false;
  }
  AIRLOCK_CHECK(make_visible(site, hidden, visible));
  AIRLOCK_CHECK(make_visible(site, hidden_instructions(site, disclosure.id),
                             in_outbox(site, instructions_name(disclosure.file))));
  AIRLOCK_CHECK(sys::sync_directory(site.path(site::layout::outbox), site.world()));
  AIRLOCK_CHECK(record(session, ledger::Kind::released, disclosure, recovering));
  AIRLOCK_CHECK(remove_hidden(site, disclosure.id));
  return true;
}

Result<void> sweep_site(const Site& site) {
  return sweep(site, {site::layout::public_folder, ".", site::layout::keys, site::layout::former_keys,
                      site::layout::vendor_trust, site::layout::history});
}

namespace {

Result<Recovered> recover_outbox(Session& session) {
  const Site& site = session.site();
  const ledger::Ledger& ledger = session.ledger();
  Recovered out;
  AIRLOCK_CHECK(finish_key_change(session));
  AIRLOCK_CHECK(finish_authorised_kit(session));
  // While disclosures are on hold none is finished: a sealed one stays hidden until the next run after `release`.
  AIRLOCK_TRY(const auto hold, hold_in_force(ledger));
  std::set<std::string> waiting;
  AIRLOCK_TRY(const auto unfinished, ledger.unfinished());
  for (const ledger::Disclosure& disclosure : unfinished) {
    if (disclosure.stage == ledger::Stage::recorded) {
      AIRLOCK_CHECK(record(session, ledger::Kind::abandoned, disclosure, true));
      out.abandoned.push_back(disclosure.id);
      continue;
    }
    if (hold) {
      for (const std::string& path : {hidden_bundle(site, disclosure.id), hidden_instructions(site, disclosure.id)}) {
        waiting.insert(path.substr(path.rfind('/') + 1));
      }
      continue;
    }
    AIRLOCK_TRY(const bool released, release_bundle(session, disclosure, true));
    (released ? out.finished : out.lost).push_back(disclosure.id);
  }
  AIRLOCK_CHECK(finish_payloads(site, ledger));
  AIRLOCK_CHECK(sweep(site, {site::layout::outbox, site::layout::held}, waiting));
  // The sandboxed worker cannot write in these folders, so the supervisor cleans up there.
  (void)sweep_site(site);
  return out;
}

}  // namespace

Result<void> recover_disclosures(Session& session) {
  AIRLOCK_CHECK(recover_outbox(session));
  return {};
}

Result<Recovered> recover(Session& session) {
  AIRLOCK_TRY(Recovered out, recover_outbox(session));
  AIRLOCK_CHECK(sweep_held(session.site(), session.ledger()));
  return out;
}

Result<Session> begin_session(const std::string& directory, Patience patience, Unfinished unfinished,
                              const sys::World& world) {
  AIRLOCK_TRY(auto site, Site::open(directory, world));
  return begin_session(std::move(site), patience, unfinished);
}

Result<Session> begin_session(Site site, Patience patience, Unfinished unfinished) {
  AIRLOCK_TRY(auto session, Session::begin(std::move(site), patience, NewerOrders::are_named));
  if (unfinished == Unfinished::is_finished) AIRLOCK_CHECK(recover(session));
  return session;
}

}  // namespace airlock::gate
