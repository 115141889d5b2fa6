#pragma once
/// \file
/// A site that is open for a person's command to change: lock, ledger and time in one object, made in one order.
///
///     AIRLOCK_TRY(auto session, Session::begin(directory, Patience::person, Unfinished::is_finished));
///     AIRLOCK_TRY(auto change, session.ledger().change());

#include <cstdint>
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/ledger.hpp"
#include "site/site.hpp"
#include "sys/lock.hpp"

namespace airlock::gate {

/// How many seconds a command waits for another one that holds the site's lock.
enum class Patience : std::uint8_t {
  person = 30,   ///< somebody waits at a terminal
  report = 120,  ///< the other command may be at work on a large report, and this one must not be given up for that
};

/// What happens first to work that a crash cut short.
enum class Unfinished : std::uint8_t {
  is_finished,  ///< `recover` finishes or undoes it
  is_left,      ///< the next report finishes it: the order must be recorded before anything else leaves the site
};

/// Holds the site's lock for as long as it lives. Move-only.
class Session {
 public:
  /// Opens the site, waits for its lock, opens the ledger, records which orders are newer than the rollback anchor
  /// (gate/anchor.hpp), and finishes what is unfinished where the caller asks for it. Errors: those of `Site::open`;
  /// not_recorded (the lock is held for longer, the disk); those of `open_to_write` and `recover`.
  [[nodiscard]] static core::Result<Session> begin(const std::string& directory, Patience patience,
                                                   Unfinished unfinished);
  /// The same for a site that the caller has opened.
  [[nodiscard]] static core::Result<Session> begin(site::Site site, Patience patience, Unfinished unfinished);

  [[nodiscard]] const site::Site& site() const { return site_; }
  [[nodiscard]] ledger::Ledger& ledger() { return ledger_; }
  /// The time of every entry of this session: the clock once the lock was held.
  [[nodiscard]] core::Time now() const { return now_; }

 private:
  Session(site::Site site, sys::Lock lock, ledger::Ledger ledger, core::Time now)
      : site_(std::move(site)), lock_(std::move(lock)), ledger_(std::move(ledger)), now_(now) {}

  site::Site site_;
  sys::Lock lock_;  // before the ledger, which is closed first
  ledger::Ledger ledger_;
  core::Time now_;
};

}  // namespace airlock::gate
