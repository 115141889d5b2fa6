#include "gate/inbox.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "gate/claims.hpp"
#include "gate/history.hpp"
#include "gate/kept.hpp"
#include "gate/names.hpp"
#include "gate/record.hpp"
#include "gate/recovery.hpp"
#include "ledger/kind.hpp"
#include "sys/drop.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/world.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::quote;

/// How many times the run looks again for files that are still being written, one second apart.
constexpr int inbox_rounds = 8;

/// Whether a name is left alone. Products use hidden names while they write. Names of the form `.UUID` are taken all
/// the same: earlier releases claimed a report by renaming it so within the inbox, and left such names when they were
/// cut short.
bool is_left_alone(const std::string& name) { return name.starts_with('.') && !core::is_uuid(name.substr(1)); }

/// What the ledger records about a claimed file.
enum class Known : std::uint8_t {
  nothing,
  cut_short,  ///< it is to be done again under the same id and number
  unmoved,    ///< it is recorded as refused, and the file itself is to be kept
  done,
  other_bytes,  ///< another report has this id
};
struct Claim {
  Known known = Known::nothing;
  Subject subject;
};

class Inbox {
 public:
  Inbox(const site::Site& site, const ProcessOptions& options, const InboxMover& mover, const InboxListener& listener)
      : site_(site), options_(options), mover_(mover), listener_(listener) {}

  Result<void> run() {
    AIRLOCK_TRY(const auto lock, lock_site(site_, Patience::report, site::layout::inbox_lock));
    AIRLOCK_CHECK(take_all());
    if (keeping_.tidied) return {};
    // No report was taken, so nothing has recovered yet. Do it here: work that an earlier run left unfinished has no
    // file in the inbox any more, and no other command may ever run.
    AIRLOCK_TRY(auto session, Session::begin(site_, Patience::report, NewerOrders::are_left));
    AIRLOCK_CHECK(recover(session));
    return {};
  }

 private:
  Result<void> take_all() {
    AIRLOCK_TRY(const bool any, sys::look_for_directory(site_.path(site::layout::claimed)));
    if (any) AIRLOCK_CHECK(take_claimed());
    for (int round = 0;; ++round) {
      AIRLOCK_TRY(const auto names, sys::list_directory(site_.path(site::layout::inbox)));
      std::set<std::string> unsettled;
      for (const std::string& name : names) {
        if (!is_left_alone(name)) look(name, unsettled);
      }
      if (unsettled.empty()) return {};
      if (round == inbox_rounds) {
        for (const std::string& name : unsettled) {
          leave(name, {Code::later, quote(name) + ": is still being written", "the next run takes it"});
        }
        return {};
      }
      std::this_thread::sleep_for(std::chrono::seconds(1));
    }
  }

  /// Takes the claimed files that interrupted runs left behind.
  Result<void> take_claimed() {
    AIRLOCK_TRY(const auto names, sys::list_directory(site_.path(site::layout::claimed)));
    for (const std::string& name : names) {
      if (name.ends_with(claimed_drop_ending)) continue;  // signed_drops.hpp looks after these
      AIRLOCK_TRY(const sys::FileKind kind, sys::kind_of(claimed(name)));
      if (kind == sys::FileKind::file && core::is_uuid(name) && core::to_lower(name) == name) {
        take(name, name);
      } else if (const auto back = mover_.put_back(name, name); !back) {
        leave(name, back.error());  // it came here in the place of a file that was looked at
      }
    }
    return {};
  }

  [[nodiscard]] std::string dropped(const std::string& name) const {
    return site_.path(site::layout::inbox) + "/" + name;
  }
  [[nodiscard]] std::string claimed(const std::string& id) const {
    return site_.path(site::layout::claimed) + "/" + id;
  }

  /// Reports, once for each name, why a file stays.
  void leave(const std::string& name, const core::Error& error) {
    if (left_.insert(name).second) listener_.left(name, error);
  }

  void look(const std::string& name, std::set<std::string>& unsettled) {
    if (left_.contains(name)) return;
    switch (sys::look_at_drop(dropped(name))) {
      case sys::Drop::gone:
        return;
      case sys::Drop::unsettled:
        unsettled.insert(name);
        return;
      case sys::Drop::not_a_file:
        leave(name, {Code::bad_input, quote(name) + ": is not a regular file",
                     "only files are taken; remove it from the inbox"});
        return;
      case sys::Drop::linked:
        leave(name,
              {Code::bad_input, quote(name) + ": has a second name (a hard link), through which it could be changed",
               "copy it into the inbox instead of linking it"});
        return;
      case sys::Drop::ready:
        break;
    }
    // Try to open it before claiming it: an error then names the file as the product knows it.
    if (const auto readable = sys::DroppedFile::open(dropped(name)); !readable) {
      leave(name, readable.error());
      return;
    }
    const auto id = mover_.claim(name);
    if (!id) {
      leave(name, id.error());
    } else if (!*id) {
      unsettled.insert(name);
    } else {
      take(name, **id);
    }
  }

  /// Processes a claimed file. After an error the file stays for the next run.
  void take(const std::string& name, const std::string& id) {
    auto processed = process_claimed(name, id);
    if (!processed) {
      leave(name, processed.error());
    } else if (*processed) {
      listener_.processed(std::move(**processed));
    }
  }

  Result<std::optional<Processed>> process_claimed(const std::string& name, const std::string& id) {
    auto opened = sys::DroppedFile::open(claimed(id));
    if (!opened) {
      // A process that has the file open can still change its mode, and give it another name.
      if (opened.error().code == Code::unexpected || sys::look_at_drop(claimed(id)) == sys::Drop::linked) {
        AIRLOCK_CHECK(mover_.put_back(id, name));
      }
      return core::fail(std::move(opened).error());
    }
    sys::DroppedFile& file = *opened;
    AIRLOCK_TRY(const Received report, receive(site_, file));
    AIRLOCK_TRY(const bool unchanged, file.unchanged());
    if (!unchanged) {
      // Some process has the file open and goes on writing, so the next run takes it as a new file.
      AIRLOCK_CHECK(mover_.put_back(id, name));
      return core::fail(Code::later, quote(name) + ": changed while it was read", "the next run takes it");
    }
    AIRLOCK_TRY(const Claim claim, claim_of(id, report));
    switch (claim.known) {
      case Known::other_bytes: {
        const std::string other = sys::random_uuid(site_.world());
        AIRLOCK_CHECK(sys::rename_new(claimed(id), claimed(other), site_.world()));
        AIRLOCK_CHECK(sys::sync_directory(site_.path(site::layout::claimed), site_.world()));
        return process_claimed(name, other);
      }
      case Known::unmoved:
        AIRLOCK_CHECK(mover_.keep(id));
        return std::nullopt;
      case Known::done:
        AIRLOCK_CHECK(let_go(file, name, id));
        return std::nullopt;
      case Known::nothing:
      case Known::cut_short:
        break;
    }
    AIRLOCK_TRY(auto processed, record(site_, report, claim.subject, options_, keeping_));
    if (waits(processed.outcome) && !report.whole) {
      AIRLOCK_CHECK(mover_.keep(id));
    } else {
      AIRLOCK_CHECK(let_go(file, name, id));
    }
    return processed;
  }

  /// Removes a file whose bytes are in the ledger. Puts it back if somebody has written to it since it was read.
  Result<void> let_go(const sys::DroppedFile& file, const std::string& name, const std::string& id) {
    AIRLOCK_TRY(const bool unchanged, file.unchanged());
    return unchanged ? sys::remove_file(claimed(id), site_.world()) : mover_.put_back(id, name);
  }

  /// What the ledger records about a claimed file. Only the holder of the inbox's lock works on claimed files, so the
  /// answer stays true.
  Result<Claim> claim_of(const std::string& id, const Received& report) {
    AIRLOCK_TRY(auto session, Session::begin(site_, Patience::report, NewerOrders::are_left));
    AIRLOCK_CHECK(finish_before(session, keeping_));
    const ledger::Ledger& ledger = session.ledger();
    AIRLOCK_TRY(const auto entries, ledger.entries_of_report(id));
    Claim out;
    out.subject.report_id = id;
    out.subject.dropped = claimed(id);
    if (entries.empty()) return out;
    AIRLOCK_TRY(const bool same, is_original(ledger, id, report.bytes));
    const ledger::Kind latest = entries.back().kind;
    const bool cut_short = latest == ledger::Kind::abandoned || latest == ledger::Kind::payload_lost;
    // After recovery, a decision that is the newest entry has lost its outcome.
    const bool unknown_end = latest == ledger::Kind::produced || latest == ledger::Kind::decided;
    const bool is_kept = !waits(latest) || sys::exists(kept_path(site_, id));
    out.known = !same                      ? Known::other_bytes
                : cut_short || unknown_end ? Known::cut_short
                : is_kept                  ? Known::done
                                           : Known::unmoved;
    if (out.known != Known::cut_short) return out;
    AIRLOCK_TRY(const auto disclosures, ledger.disclosures_of_report(id));
    if (disclosures.empty()) return core::fail(Code::integrity, "the ledger lost the disclosure of report " + id);
    out.subject.number = disclosures.back().number;
    out.subject.kind = ledger::Kind::decided;
    return out;
  }

  const site::Site& site_;
  const ProcessOptions& options_;
  const InboxMover& mover_;
  const InboxListener& listener_;
  std::set<std::string> left_;
  Keeping keeping_;
};

}  // namespace

Result<void> process_inbox(const std::string& directory, const ProcessOptions& options, const InboxMover& mover,
                           const InboxListener& listener, const sys::World& world) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory, world));
  return Inbox(site, options, mover, listener).run();
}

}  // namespace airlock::gate
