#include "health/rehearsal.hpp"

#include <nlohmann/json.hpp>

#include "gate/append.hpp"
#include "gate/inputs.hpp"
#include "gate/open.hpp"
#include "gate/read_inputs.hpp"
#include "ledger/kind.hpp"
#include "ledger/ledger.hpp"
#include "site/site.hpp"
#include "sys/drop.hpp"
#include "sys/file_system.hpp"
#include "sys/lock.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/system.hpp"
#include "sys/write_file.hpp"

namespace airlock::health {
namespace {

using core::Result;

constexpr int rehearsal_lock_seconds = 30;

/// Acquires the lock if its file exists. A site that has processed no report yet may lack the file, and then nobody
/// holds the lock.
Result<std::optional<sys::Lock>> lock_if_there(const std::string& path) {
  if (!sys::exists(path)) return std::nullopt;
  AIRLOCK_TRY(auto lock, sys::Lock::acquire(path, rehearsal_lock_seconds));
  return std::optional(std::move(lock));
}

std::string new_probe() { return std::string(sys::probe_name) + sys::random_uuid(); }

Result<void> commit_something(const std::string& path) {
  AIRLOCK_TRY(auto ledger, ledger::Ledger::create(path));
  AIRLOCK_TRY(auto change, ledger.change());
  AIRLOCK_CHECK(gate::append(change, ledger::Kind::recovered, "", core::Json::object(), sys::now()));
  AIRLOCK_CHECK(change.commit());
  return {};
}

}  // namespace

Result<void> rehearse_work(const std::string& directory) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto lock, lock_if_there(site.path(site::layout::lock)));
  {
    AIRLOCK_TRY(const auto ledger, gate::open_to_read(site));
    AIRLOCK_CHECK(gate::read_inputs(directory, ledger, sys::now()));
  }
  for (const auto folder : {site::layout::held, site::layout::outbox}) {
    AIRLOCK_CHECK(sys::check_file_system(site.path(folder)));
  }
  const std::string probe = site.path(site::layout::held) + "/" + new_probe();
  const auto committed = commit_something(probe);
  for (const char* const of : {"", "-journal"}) (void)sys::remove_file(probe + of);
  return committed;
}

Result<void> rehearse_claim(const std::string& directory) {
  const std::string inbox = directory + "/" + std::string(site::layout::inbox);
  const std::string claimed = directory + "/" + std::string(site::layout::claimed);
  if (!sys::is_directory(inbox) || !sys::is_directory(claimed)) return {};
  AIRLOCK_TRY(const auto lock, lock_if_there(directory + "/" + std::string(site::layout::inbox_lock)));
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
