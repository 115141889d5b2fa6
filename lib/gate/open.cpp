#include "gate/open.hpp"

#include "db/cut_short.hpp"
#include "gate/anchor.hpp"
#include "sys/look.hpp"
#include "sys/person.hpp"

namespace airlock::gate {

namespace {

/// A reader cannot undo what was cut short, and is told who can.
core::Error for_reader(core::Error error, const std::string& path) {
  const auto found = sys::attributes_of(path);
  if (!db::was_cut_short(error) || !found || !*found) return error;
  error.hint = "have the owner, " + sys::user_in_words((*found)->uid) + ", run `airlock status`, which undoes it";
  return error;
}

core::Result<ledger::Ledger> open_as_it_is(const site::Site& site) {
  const std::string path = site.path(site::layout::ledger);
  auto ledger = ledger::Ledger::open(path, db::Mode::read_only);
  if (ledger || ledger.error().code != core::Code::not_recorded) return ledger;
  if (!site.may_change()) return core::fail(for_reader(std::move(ledger).error(), path));
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
