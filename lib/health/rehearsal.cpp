#include "health/rehearsal.hpp"

#include "gate/open.hpp"
#include "gate/read_inputs.hpp"
#include "gate/session.hpp"
#include "ledger/ledger.hpp"
#include "site/site.hpp"
#include "sys/drop.hpp"
#include "sys/file_system.hpp"
#include "sys/lock.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/world.hpp"
#include "sys/write_file.hpp"

namespace airlock::health {
namespace {

using core::Result;

std::string new_probe() { return std::string(sys::probe_name) + sys::random_uuid(); }

}  // namespace

Result<void> rehearse_work(const std::string& directory) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  {
    AIRLOCK_TRY(const auto ledger, gate::open_to_read(site));
    AIRLOCK_CHECK(gate::read_inputs(site, ledger));
  }
  for (const auto folder : {site::layout::held, site::layout::outbox}) {
    AIRLOCK_CHECK(sys::check_file_system(site.path(folder)));
  }
  return gate::rehearse_session(site, site.path(site::layout::held) + "/" + new_probe());
}

Result<void> rehearse_claim(const std::string& directory) {
  const std::string inbox = directory + "/" + std::string(site::layout::inbox);
  const std::string claimed = directory + "/" + std::string(site::layout::claimed);
  if (!sys::is_directory(inbox) || !sys::is_directory(claimed)) return {};
  // A site that has processed no report yet may lack the lock's file, and then nobody holds the lock.
  std::optional<sys::Lock> lock;
  if (const std::string file = directory + "/" + std::string(site::layout::inbox_lock); sys::exists(file)) {
    AIRLOCK_TRY(lock, sys::Lock::acquire(file, static_cast<int>(gate::Patience::person)));
  }
  const std::string name = new_probe();
  const std::string from = inbox + "/" + name;
  const std::string to = claimed + "/" + name;
  AIRLOCK_CHECK(sys::create_file(from, "", sys::private_file));
  const auto taken = sys::take_drop(from, to);
  (void)sys::remove_file(from);
  (void)sys::remove_file(to);
  AIRLOCK_CHECK(taken);
  return {};
}

}  // namespace airlock::health
