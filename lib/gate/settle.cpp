#include "gate/settle.hpp"

#include <filesystem>

#include "gate/anchor.hpp"
#include "gate/inputs.hpp"
#include "gate/key_change.hpp"
#include "gate/kit_files.hpp"
#include "gate/open.hpp"
#include "gate/public_part.hpp"
#include "gate/recovery.hpp"
#include "gate/session.hpp"
#include "gate/takeover.hpp"
#include "ledger/merkle.hpp"
#include "site/readers.hpp"
#include "site/site.hpp"
#include "site/words.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {
namespace {

using core::Result;

std::string journal_of(const std::string& ledger) { return ledger + "-journal"; }

/// Brings `public/site.json` up to date with the ledger and the licence in force.
Result<void> show(const Session& session) {
  AIRLOCK_TRY(const LicenceInput licence, read_licence_input(session));
  return refresh_public(session.site(), session.ledger(), licence.verdict, session.now());
}

}  // namespace

Result<Writable> writable(const std::string& directory) {
  const std::string path = directory + "/" + std::string(site::layout::ledger);
  AIRLOCK_TRY(const std::string ledger, sys::real_path(path));
  return Writable{
      ledger,
      journal_of(ledger),
      {directory + "/" + std::string(site::layout::lock), directory + "/" + std::string(site::layout::inbox_lock)}};
}

std::vector<std::string> linked_files(const std::string& directory) {
  std::vector<std::string> out;
  const auto look = [&](const std::string& path) {
    const auto kind = sys::kind_of(path);
    if (!kind || *kind != sys::FileKind::link) return;
    std::error_code error;
    if (std::filesystem::is_regular_file(path, error)) out.push_back(path);
  };
  look(directory + "/" + std::string(site::layout::configuration));
  look(directory + "/" + std::string(site::layout::words));
  const auto look_in = [&](const std::string& path) {
    if (!sys::is_directory(path)) return;
    const auto names = sys::list_directory(path);
    if (!names) return;
    for (const std::string& name : *names) look(path + "/" + name);
  };
  for (const std::string_view folder :
       {site::layout::public_folder, site::layout::vendor_trust, site::layout::delivery_trust,
        site::layout::officers_trust, site::layout::keys, site::layout::former_keys}) {
    look_in(directory + "/" + std::string(folder));
  }
  const std::string officers = directory + "/" + std::string(site::layout::officers_trust);
  if (const auto kinds = sys::list_directory(officers)) {
    for (const std::string& kind : *kinds) look_in(officers + "/" + kind);
  }
  return out;
}

Result<void> settle_before(const std::string& directory, const sys::World& world) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory, world));
  AIRLOCK_TRY(const Writable files, writable(directory));
  AIRLOCK_CHECK(site::ensure_words_key(site));
  for (const std::string& lock : files.locks) {
    AIRLOCK_CHECK(sys::ensure_file(lock, files.ledger, sys::private_file, site.world()));
  }
  // Sites of earlier releases lack these folders. If one cannot be made, the command that needs it meets the error.
  for (const auto folder : {site::layout::claimed, site::layout::approvals}) {
    (void)sys::ensure_directory(site.path(folder), files.ledger, site.folder_permissions(), site.world());
  }
  // `doctor` reports what keeps the readers out. Reports are recorded all the same.
  (void)site::settle_readers(site);
  AIRLOCK_TRY(const auto session, Session::begin_if_free(site));
  // If another process holds the lock, that process does the same itself.
  if (session) {
    AIRLOCK_CHECK(finish_key_change(*session));
    AIRLOCK_CHECK(finish_authorised_kit(*session));
    AIRLOCK_CHECK(sweep_site(site));
    AIRLOCK_CHECK(settle_licences(*session));
  }
  // Last, because SQLite removes the journal when it plays it back.
  return sys::ensure_file(files.journal, files.ledger, site.file_permissions(), site.world());
}

Result<void> settle_to_read(const std::string& directory) {
  const auto files = writable(directory);
  std::error_code error;
  if (!files || std::filesystem::file_size(files->journal, error) == 0 || error) return {};
  const auto site = site::Site::open(directory);
  if (!site) return {};
  const auto ledger = open_to_read(*site);
  if (!ledger && !site->may_change()) return core::fail(ledger.error());
  return {};
}

Result<void> settle_after(const std::string& directory, const sys::World& world) {
  AIRLOCK_TRY(auto site, site::Site::open(directory, world));
  AIRLOCK_TRY(const auto session, Session::begin(std::move(site), Patience::person, NewerOrders::are_left));
  AIRLOCK_TRY(const ledger::TreeHead head, session.ledger().head());
  AIRLOCK_TRY(const auto key, session.site().ledger_key());
  AIRLOCK_CHECK(write_anchor(session.site(), key, head));
  return show(session);
}

}  // namespace airlock::gate
