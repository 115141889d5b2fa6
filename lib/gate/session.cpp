#include "gate/session.hpp"

#include "gate/anchor.hpp"
#include "gate/open.hpp"
#include "gate/recovery.hpp"
#include "sys/system.hpp"

namespace airlock::gate {

core::Result<Session> Session::begin(const std::string& directory, Patience patience, Unfinished unfinished) {
  AIRLOCK_TRY(auto site, site::Site::open(directory));
  return begin(std::move(site), patience, unfinished);
}

core::Result<Session> Session::begin(site::Site site, Patience patience, Unfinished unfinished) {
  AIRLOCK_TRY(auto lock, sys::Lock::acquire(site.path(site::layout::lock), static_cast<int>(patience)));
  AIRLOCK_TRY(auto ledger, open_to_write(site));
  const core::Time now = sys::now();
  AIRLOCK_CHECK(name_what_is_newer(ledger, now));
  if (unfinished == Unfinished::is_finished) AIRLOCK_CHECK(recover(site, ledger, now));
  return Session(std::move(site), std::move(lock), std::move(ledger), now);
}

}  // namespace airlock::gate
