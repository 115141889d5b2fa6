#include "gate/queueing.hpp"

#include <nlohmann/json.hpp>

#include "gate/names.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/merkle.hpp"
#include "sys/names.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {
namespace {

/// Disk space in bytes that the ledger may need for the entries of one disclosure.
constexpr std::uint64_t entries_margin = 256ULL * 1024;

}  // namespace

Queueing::Queueing(const site::Site& site, const core::Blob& payload, NewDisclosure disclosure,
                   crypto::PrivateKey ledger_key, sys::NewFile file)
    : site_(site),
      payload_(payload),
      disclosure_(std::move(disclosure)),
      ledger_key_(std::move(ledger_key)),
      file_(std::move(file)) {}

Result<Queueing> Queueing::begin(const site::Site& site, const core::Blob& payload, const NewDisclosure& disclosure) {
  AIRLOCK_TRY(auto ledger_key, site.ledger_key());
  AIRLOCK_TRY(auto file,
              sys::NewFile::create(hidden_bundle(site, disclosure.id), site.file_permissions(), site.world()));
  AIRLOCK_CHECK(file.reserve(payload.size() + entries_margin));
  return Queueing(site, payload, disclosure, std::move(ledger_key), std::move(file));
}

Result<core::Json> Queueing::write(const core::Digest& payload_sha256, const ledger::TreeHead& recorded) {
  file_.keep();
  AIRLOCK_TRY(const std::string checkpoint,
              ledger::sign_checkpoint(recorded, site_.configuration().site_id, ledger_key_));
  core::BlobSource source(payload_);
  AIRLOCK_CHECK(core::copy(source, file_));
  AIRLOCK_CHECK(file_.sync());
  AIRLOCK_CHECK(sys::sync_directory(site_.path(site::layout::outbox), site_.world()));
  return core::Json{{"disclosure_id", disclosure_.id},
                    {"file", payload_name(disclosure_.id)},
                    {"file_sha256", payload_sha256.hex()},
                    {"content_sha256", payload_sha256.hex()},
                    {"size", payload_.size()},
                    {"checkpoint", checkpoint}};
}

}  // namespace airlock::gate
