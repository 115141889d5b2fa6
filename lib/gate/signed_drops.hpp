#pragma once
/// \file
/// Taking in what officers drop into `approvals/`: signed documents, told apart by their `format` once the signature is
/// verified (docs/formats/approval.md). A file is claimed as one in the inbox is (claims.hpp), verified, recorded, and
/// removed. So after a crash it is either recorded under the id with which it was claimed, or taken in once more.
///
/// A new kind of document needs a function beside `take_approval`, and its format in the table of signed_drops.cpp.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/result.hpp"
#include "envelope/approval.hpp"
#include "gate/claims.hpp"
#include "gate/session.hpp"
#include "site/officers.hpp"
#include "site/site.hpp"
#include "sys/world.hpp"

namespace airlock::gate {

/// Maximum size of a dropped file, in bytes.
inline constexpr std::uint64_t drop_bytes_limit = 1024ULL * 1024;

/// A dropped file whose signature was verified. Whether an officer made it is not known yet.
struct SignedDrop {
  std::string id;                 ///< under which it was claimed
  std::string pem;                ///< as `crypto::to_pem` writes it
  envelope::SignedText document;  ///< what was signed, and with which certificate
  Dropper dropper;
};

/// What became of a dropped file.
struct TakenDrop {
  bool accepted = false;
  std::string format;        ///< empty if the signature did not verify
  std::uint64_t number = 0;  ///< of the report that it is about; 0 if about none
  std::string report_id;     ///< the same
  std::string officer;       ///< the subject of the certificate; empty if the signature did not verify
  std::string reason;        ///< one word, where it was refused
  std::string message;       ///< for people: what it is, or why it was refused
  bool was_known = false;    ///< it was recorded before, and a crash kept it from being removed
};

/// The members that every entry about a dropped file has: `by`, `operator`, `drop`, and the signer.
[[nodiscard]] core::Json drop_members(const SignedDrop& drop);

/// Takes in an approval: checks it, and records `approved` if nothing is wrong with it. A refusal is for the caller to
/// record. Error: of the machine, or of the ledger.
[[nodiscard]] core::Result<TakenDrop> take_approval(const site::Site& site, const SignedDrop& drop);

/// `claim_drop` and `dropper_of` of claims.hpp, called in a process that may move the files and ask the system.
struct DropMover {
  std::function<core::Result<std::optional<std::string>>(const std::string& name)> claim;
  std::function<core::Result<Dropper>(const std::string& id)> dropper;
  /// `place_words` of place_words.hpp, called where `words.txt` may be written.
  std::function<core::Result<void>(const std::string& id)> place_words;
};
struct DropListener {
  std::function<void(const TakenDrop&)> taken;
  /// Called for a file that stays where it is and was not recorded, with the reason. `name` may be any bytes.
  std::function<void(const std::string& name, const core::Error& error)> left;
};

/// Takes in a list: checks it, has `mover.place_words` put it into `words.txt`, and records it in a `configured` entry,
/// without the words. A refusal is for the caller to record. Error: of the machine, or of the ledger.
[[nodiscard]] core::Result<TakenDrop> take_words(const site::Site& site, const SignedDrop& drop,
                                                 const DropMover& mover);

/// Takes in every dropped file. Returns the numbers of the waiting reports that were approved. Errors: only those
/// that stop the whole run; an error with one file goes to `listener.left`.
[[nodiscard]] core::Result<std::vector<std::uint64_t>> take_in_drops(const std::string& directory,
                                                                     const DropMover& mover,
                                                                     const DropListener& listener,
                                                                     const sys::World& world = sys::real_world());

}  // namespace airlock::gate
