#include "office/backup.hpp"

#include <filesystem>

#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "gate/anchor.hpp"
#include "gate/open.hpp"
#include "ledger/verify.hpp"
#include "site/site.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/read_file.hpp"
#include "sys/world.hpp"
#include "sys/write_file.hpp"

namespace airlock::office {

core::Result<Backup> back_up(const std::string& directory, const std::string& file, core::ProgressSink& progress) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, gate::open_to_read(site));
  // The backup of a ledger that lost its past could take the place of a better backup.
  AIRLOCK_CHECK(gate::check_past(site, ledger));
  AIRLOCK_TRY(const auto verifier, site.ledger_verifier());
  if (sys::exists(file)) {
    return core::fail(core::Code::refused, core::quote(file) + ": exists already", "name a new file");
  }
  const std::filesystem::path parent = std::filesystem::path(file).parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  AIRLOCK_TRY(auto copy, sys::NewFile::create(folder + "/.backup." + sys::random_uuid(site.world()) + ".tmp",
                                              sys::private_file, site.world()));
  AIRLOCK_CHECK(ledger.copy_to(copy.path()));
  Backup out;
  {
    AIRLOCK_TRY(const auto copied, ledger::Ledger::open(copy.path(), db::Mode::read_only));
    AIRLOCK_TRY(const auto checked, ledger::verify(copied, verifier, progress));
    out.head = checked.head;
  }
  AIRLOCK_TRY(const auto blob, sys::FileBlob::open(copy.path()));
  out.bytes = blob.size();
  AIRLOCK_TRY(out.sha256, crypto::sha256(blob));
  AIRLOCK_CHECK(copy.sync());
  AIRLOCK_CHECK(sys::link_file(copy.path(), file, site.world()));
  AIRLOCK_CHECK(sys::sync_directory(folder, site.world()));
  return out;
}

}  // namespace airlock::office
