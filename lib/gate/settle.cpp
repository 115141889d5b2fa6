#include "gate/settle.hpp"

#include <filesystem>

#include "core/text.hpp"
#include "gate/anchor.hpp"
#include "gate/inputs.hpp"
#include "gate/open.hpp"
#include "gate/public_part.hpp"
#include "gate/recovery.hpp"
#include "gate/rotate.hpp"
#include "gate/setup.hpp"
#include "site/site.hpp"
#include "site/verdict.hpp"
#include "sys/file.hpp"
#include "sys/system.hpp"

namespace airlock::gate {
namespace {

using core::Result;

/// Behind a process that has just ended nobody else holds the lock for long.
constexpr int settle_lock_seconds = 30;

std::string journal_of(const std::string& ledger) { return ledger + "-journal"; }

Result<void> show(const site::Site& site, const ledger::Ledger& ledger) {
  const core::Time now = sys::now();
  AIRLOCK_TRY(const auto revoked, revocations(site, ledger));
  const std::string path = site.path(site::layout::licence);
  AIRLOCK_TRY(const auto file, site::read_if_there(path, licence::licence_bytes_limit));
  AIRLOCK_TRY(const auto judged, judge_for_site(file, path, site, ledger, revoked, now));
  return refresh_public(site, ledger, judged.verdict, now);
}

}  // namespace

Result<Writable> writable(const std::string& directory) {
  const std::string path = directory + "/" + std::string(site::layout::ledger);
  AIRLOCK_TRY(const std::string ledger, sys::real_path(path));
  return Writable{ledger,
                  journal_of(ledger),
                  {directory + "/" + std::string(site::layout::lock),
                   directory + "/" + std::string(site::layout::inbox_lock),
                   directory + "/" + std::string(site::layout::looked)}};
}

Result<void> settle_before(const std::string& directory) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const Writable files, writable(directory));
  for (const std::string& file : files.others) AIRLOCK_CHECK(sys::make_sure_of(file, files.ledger));
  // Sites of earlier releases have none. Where it cannot be made, whoever claims a report meets the error.
  (void)sys::make_sure_of_directory(site.path(site::layout::claimed), files.ledger);
  // Whoever holds the lock does the same itself.
  if (const auto lock = sys::Lock::acquire(site.path(site::layout::lock), 0); lock) {
    AIRLOCK_TRY(auto ledger, open_to_write(site));
    AIRLOCK_CHECK(name_what_is_newer(ledger, sys::now()));
    AIRLOCK_CHECK(finish_key_change(site, ledger, sys::now()));
    AIRLOCK_CHECK(finish_authorised_kit(site, ledger));
    AIRLOCK_CHECK(sweep_site(site));
    AIRLOCK_CHECK(show(site, ledger));
  }
  // Last, since a journal that is played back is removed with it.
  return sys::make_sure_of(files.journal, files.ledger);
}

void settle_to_read(const std::string& directory) {
  const auto files = writable(directory);
  std::error_code error;
  if (!files || std::filesystem::file_size(files->journal, error) == 0 || error) return;
  if (const auto site = site::Site::open(directory)) (void)open_to_read(*site);
}

Result<void> settle_after(const std::string& directory) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto lock, sys::Lock::acquire(site.path(site::layout::lock), settle_lock_seconds));
  AIRLOCK_TRY(auto ledger, open_to_write(site));
  AIRLOCK_TRY(const ledger::TreeHead head, ledger.head());
  AIRLOCK_TRY(const auto key, site.ledger_key());
  AIRLOCK_CHECK(write_anchor(site, key, head));
  return show(site, ledger);
}

}  // namespace airlock::gate
