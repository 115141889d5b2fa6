#include "gate/open.hpp"

#include "gate/anchor.hpp"

namespace airlock::gate {

namespace {

core::Result<ledger::Ledger> open_as_it_is(const site::Site& site) {
  const std::string path = site.path(site::layout::ledger);
  auto ledger = ledger::Ledger::open(path, db::Mode::read_only);
  if (ledger || ledger.error().code != core::Code::not_recorded) return ledger;
  auto writable = ledger::Ledger::open(path, db::Mode::read_write);
  return writable ? std::move(writable) : std::move(ledger);
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

}  // namespace airlock::gate
