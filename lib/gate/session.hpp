#pragma once
/// \file
/// The one way to change a site: lock, ledger and time in one object, made in one order. Only a session can append to
/// the ledger of a site. The files gate/session.* and gate/open.* alone open a ledger to be written.
///
///     AIRLOCK_TRY(auto session, begin_session(directory, Patience::person, Unfinished::is_finished));
///     AIRLOCK_TRY(auto change, session.change());
///     AIRLOCK_CHECK(change.append(ledger::Kind::hold, "", members));
///     AIRLOCK_TRY(const auto head, change.commit());
///
/// `begin_session` is in gate/recovery.hpp, since it recovers.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/json.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/change.hpp"
#include "ledger/kind.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"
#include "site/site.hpp"
#include "sys/lock.hpp"
#include "sys/person.hpp"
#include "sys/world.hpp"

namespace airlock::gate {

/// How many seconds a command waits for another one that holds a lock of the site.
enum class Patience : std::uint8_t {
  none = 0,
  person = 30,   ///< somebody waits at a terminal, or nobody holds the lock for long
  report = 120,  ///< the other command may be at work on a large report, and this one must not be given up for that
};

/// What happens to orders in the ledger that are newer than the rollback anchor (gate/anchor.hpp).
enum class NewerOrders : std::uint8_t {
  are_named,  ///< an entry names them
  are_left,   ///< the worker of `process` recorded them, and it cannot write the rollback anchor
};

/// A site and its ledger, opened to be changed. It holds no lock: only a session on it can change it.
class OpenedSite {
 public:
  /// Every commit will renew the rollback anchor. Errors: as `ledger::Ledger::open`; refused (the site is on a network
  /// file system), not_recorded (on a read-only one), integrity if the ledger does not agree with rollback anchor and
  /// outbox (gate/anchor.hpp).
  [[nodiscard]] static core::Result<std::shared_ptr<OpenedSite>> open(site::Site site);

  [[nodiscard]] const site::Site& site() const { return site_; }
  [[nodiscard]] const ledger::Ledger& ledger() const { return ledger_; }

 private:
  friend class Session;
  OpenedSite(site::Site site, ledger::Ledger ledger) : site_(std::move(site)), ledger_(std::move(ledger)) {}
  [[nodiscard]] static core::Result<std::shared_ptr<OpenedSite>> open_unchecked(site::Site site);
  [[nodiscard]] static core::Result<std::shared_ptr<OpenedSite>> open_under_lock(site::Site site);

  site::Site site_;
  ledger::Ledger ledger_;
};

/// The member `by` of an entry: who gave an order, or dropped a file (docs/formats/ledger.md).
[[nodiscard]] core::Json person_members(const sys::Person& person);

/// A change of the ledger whose entries all have the time of their session.
class SessionChange : public ledger::Change {
 public:
  /// `ledger::Change::append` with the session's time and 16 random bytes. An entry for something that a person
  /// ordered also gets the member `by`, unless the caller has set it (docs/formats/ledger.md).
  [[nodiscard]] core::Result<std::uint64_t> append(ledger::Kind kind, std::string_view report_id,
                                                   const core::Json& members);

 private:
  friend class Session;
  SessionChange(ledger::Change change, core::Time time, const sys::World& world)
      : Change(std::move(change)), time_(time), world_(world) {}
  core::Time time_;
  const sys::World& world_;
};

/// Holds the site's lock for as long as it lives. Move-only.
class Session {
 public:
  /// Waits for the site's lock and opens the ledger. Errors: not_recorded (the lock is held for longer, the disk);
  /// those of `OpenedSite::open`.
  [[nodiscard]] static core::Result<Session> begin(site::Site site, Patience patience, NewerOrders newer);
  /// The same for a site that was opened before, so that its ledger need not be verified again.
  [[nodiscard]] static core::Result<Session> begin(std::shared_ptr<OpenedSite> opened, Patience patience,
                                                   NewerOrders newer);
  /// The same without waiting; nothing if another process holds the lock.
  [[nodiscard]] static core::Result<std::optional<Session>> begin_if_free(site::Site site);
  /// A session for `ledger adopt`, which records the past: the ledger need not agree with rollback anchor and outbox.
  [[nodiscard]] static core::Result<Session> begin_adopting(site::Site site);

  [[nodiscard]] const site::Site& site() const { return opened_->site(); }
  [[nodiscard]] const ledger::Ledger& ledger() const { return opened_->ledger(); }
  /// The time of every entry of this session: the clock once the lock was held.
  [[nodiscard]] core::Time now() const { return now_; }

  /// Begins a change. It must be over before the session is.
  [[nodiscard]] core::Result<SessionChange> change();
  /// Appends one entry in a change of its own, and returns its seq.
  [[nodiscard]] core::Result<std::uint64_t> append(ledger::Kind kind, std::string_view report_id,
                                                   const core::Json& members);
  /// Opens the ledger again. After a commit that failed nobody knows whether it happened; the ledger, opened again,
  /// does.
  [[nodiscard]] core::Result<void> reopen();

 private:
  Session(sys::Lock lock, std::shared_ptr<OpenedSite> opened);
  [[nodiscard]] static core::Result<Session> begin(sys::Lock lock, std::shared_ptr<OpenedSite> opened,
                                                   NewerOrders newer);

  sys::Lock lock_;  // before the ledger, which is closed first
  std::shared_ptr<OpenedSite> opened_;
  core::Time now_;
};

/// A reader of the site who orders a change gets this answer in one sentence. Error: refused, naming the owner.
[[nodiscard]] core::Result<void> check_may_change(const site::Site& site);

/// One of the site's locks alone, for a command that appends nothing. Error: not_recorded (it is held for longer).
[[nodiscard]] core::Result<sys::Lock> lock_site(const site::Site& site, Patience patience,
                                                std::string_view lock = site::layout::lock);

/// Makes the ledger of a new site, whose configuration does not exist yet, with its first entry. Error: not_recorded.
[[nodiscard]] core::Result<ledger::TreeHead> make_ledger(const std::string& directory, const core::Json& members,
                                                         core::Time now, const sys::World& world);

/// Rehearses a session for `doctor`: waits for the site's lock, and commits an entry to a temporary ledger at `path`.
/// Removes the temporary files. Errors: those of a session.
[[nodiscard]] core::Result<void> rehearse_session(const site::Site& site, const std::string& path);

}  // namespace airlock::gate
