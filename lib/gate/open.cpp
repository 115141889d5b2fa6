#include "gate/open.hpp"

#include <memory>
#include <nlohmann/json.hpp>

#include "gate/anchor.hpp"
#include "gate/append.hpp"
#include "ledger/kind.hpp"
#include "ledger/merkle.hpp"
#include "sys/file_system.hpp"
#include "sys/lock.hpp"
#include "sys/system.hpp"

namespace airlock::gate {

namespace {

core::Result<ledger::Ledger> open_as_it_is(const site::Site& site) {
  const std::string path = site.path(site::layout::ledger);
  auto ledger = ledger::Ledger::open(path, db::Mode::read_only);
  if (ledger || ledger.error().code != core::Code::not_recorded) return ledger;
  auto writable = ledger::Ledger::open(path, db::Mode::read_write);
  return writable ? std::move(writable) : std::move(ledger);
}

/// A ledger of format 1 has to be read from end to end, until one new entry names the newest entries before it.
core::Result<void> upgrade(const site::Site& site, ledger::Ledger& ledger) {
  AIRLOCK_TRY(const bool needed, ledger.is_of_format_1());
  if (!needed) return {};
  // If another process has the lock, it appends an entry anyway.
  const auto lock = sys::Lock::acquire(site.path(site::layout::lock), 0);
  if (!lock) return {};
  AIRLOCK_TRY(auto change, ledger.change());
  AIRLOCK_CHECK(append(change, ledger::Kind::recovered, "", core::Json::object(), sys::now()));
  AIRLOCK_CHECK(change.commit());
  return {};
}

}  // namespace

core::Result<ledger::Ledger> open_to_read(const site::Site& site) {
  AIRLOCK_TRY(auto ledger, open_as_it_is(site));
  (void)believe_anchor(site, ledger);
  return ledger;
}

core::Result<ledger::Ledger> open_to_decide(const site::Site& site) {
  AIRLOCK_TRY(auto ledger, open_as_it_is(site));
  AIRLOCK_CHECK(believe_anchor(site, ledger));
  return ledger;
}

core::Result<ledger::Ledger> open_to_write(const site::Site& site) {
  AIRLOCK_TRY(auto ledger, open_to_adopt(site));
  AIRLOCK_CHECK(check_past(site, ledger));
  AIRLOCK_CHECK(upgrade(site, ledger));
  return ledger;
}

core::Result<ledger::Ledger> open_to_adopt(const site::Site& site) {
  AIRLOCK_CHECK(sys::check_local(site.directory()));
  AIRLOCK_TRY(auto ledger, ledger::Ledger::open(site.path(site::layout::ledger), db::Mode::read_write));
  AIRLOCK_TRY(auto loaded, site.ledger_key());
  const auto key = std::make_shared<const crypto::PrivateKey>(std::move(loaded));
  ledger.after_commit([site, key](const ledger::TreeHead& head) {
    // After an error the older rollback anchor is still true of this ledger, and the next commit renews it.
    (void)write_anchor(site, *key, head);
  });
  return ledger;
}

}  // namespace airlock::gate
