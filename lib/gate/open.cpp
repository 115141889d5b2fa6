#include "gate/open.hpp"

namespace airlock::gate {

core::Result<ledger::Ledger> open_to_read(const site::Site& site) {
  auto ledger = ledger::Ledger::open(site.path(site::layout::ledger), db::Mode::read_only);
  if (ledger || ledger.error().code != core::Code::not_recorded) return ledger;
  auto writable = open_to_write(site);
  return writable ? std::move(writable) : std::move(ledger);
}

core::Result<ledger::Ledger> open_to_write(const site::Site& site) {
  return ledger::Ledger::open(site.path(site::layout::ledger), db::Mode::read_write);
}

}  // namespace airlock::gate
