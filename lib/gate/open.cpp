#include "gate/open.hpp"

#include <memory>

#include "gate/anchor.hpp"
#include "sys/file.hpp"

namespace airlock::gate {

core::Result<ledger::Ledger> open_to_read(const site::Site& site) {
  const std::string path = site.path(site::layout::ledger);
  auto ledger = ledger::Ledger::open(path, db::Mode::read_only);
  if (ledger || ledger.error().code != core::Code::not_recorded) return ledger;
  auto writable = ledger::Ledger::open(path, db::Mode::read_write);
  return writable ? std::move(writable) : std::move(ledger);
}

core::Result<ledger::Ledger> open_to_write(const site::Site& site) {
  AIRLOCK_TRY(auto ledger, open_to_adopt(site));
  AIRLOCK_CHECK(check_past(site, ledger));
  return ledger;
}

core::Result<ledger::Ledger> open_to_adopt(const site::Site& site) {
  AIRLOCK_CHECK(sys::check_local(site.directory()));
  AIRLOCK_TRY(auto ledger, ledger::Ledger::open(site.path(site::layout::ledger), db::Mode::read_write));
  AIRLOCK_TRY(auto loaded, site.ledger_key());
  const auto key = std::make_shared<const crypto::PrivateKey>(std::move(loaded));
  ledger.after_commit([site, key](const ledger::TreeHead& head) {
    // An anchor that stays behind is still true of this ledger, and the next commit renews it.
    (void)write_anchor(site, *key, head);
  });
  return ledger;
}

}  // namespace airlock::gate
