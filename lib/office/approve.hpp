#pragma once
/// \file
/// `airlock approve`: an officer looks at what would leave of a waiting report, signs it with her own key, and drops
/// the signature into `approvals/` (docs/formats/approval.md). She need not own the site, and changes nothing else in
/// it: the owner's next run takes the file in (gate/signed_drops.hpp).

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "gate/process.hpp"
#include "keeper/person_key.hpp"
#include "sys/world.hpp"

namespace airlock::office {

using core::Result;

/// What is to be signed, and what a person must know of it.
struct ToApprove {
  std::string payload_sha256;
  std::string decision_sha256;
  std::string policy_sha256;
  std::string note;  ///< may be empty
  std::vector<std::string> sentences;
};
/// What there is to approve in a preview of the waiting report `number`. Error: refused if nobody asks for approvals,
/// or if something else than a person's word keeps the report.
[[nodiscard]] Result<ToApprove> to_approve(const gate::Preview& preview, std::uint64_t number);

/// The texts by which one process hands it to another, and back. Error: integrity if they are not such texts.
[[nodiscard]] std::vector<std::string> to_texts(const ToApprove& what);
[[nodiscard]] Result<ToApprove> to_approve_from(const std::vector<std::string>& texts);

/// Reads an officer's certificate. Errors: of the file; refused if the site does not have it in `trust/officers/`, or
/// if it is not valid now.
[[nodiscard]] Result<crypto::Certificate> officer_certificate(const std::string& directory, const std::string& file);

struct Dropped {
  std::string file;  ///< path
  core::Time time;   ///< when it was signed
};
/// Signs, and drops the signature. May ask for a passphrase or PIN. Errors: of the key; refused if this user may not
/// drop files there.
[[nodiscard]] Result<Dropped> approve(const std::string& directory, std::uint64_t number, const ToApprove& what,
                                      const crypto::Certificate& certificate, const keeper::PersonKey& key,
                                      const sys::World& world = sys::real_world());

}  // namespace airlock::office
