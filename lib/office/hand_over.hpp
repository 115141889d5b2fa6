#pragma once
/// \file
/// `airlock outbox hand-over`: copies bundles to a mounted medium. The bundles also stay in the outbox. Once a receipt
/// has named a bundle, it is removed from the outbox when its retention time is over.
///
/// | step | on the medium | a crash here |
/// |---|---|---|
/// | 1 | copies under hidden names `.NAME.tmp`, durable, read back and compared | the next run writes them anew |
/// | 2 | the same; the ledger has `handed_over` for each bundle (one commit) | the next run goes on with step 1 |
/// | 3 | the copies under their final names, durable | the next run copies those that have no final name yet |

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/ledger.hpp"
#include "sys/world.hpp"

namespace airlock::office {

/// The maximum length of a note, in bytes.
inline constexpr std::size_t hand_over_note_maximum = 1024;

struct HandOverOptions {
  std::vector<std::uint64_t> numbers;  ///< of reports; empty: every bundle in the outbox that no receipt has named
  std::string to;                      ///< a directory outside the site directory
  std::string note;                    ///< for the ledger only, not for the medium; may be empty
};

struct HandedBundle {
  ledger::Disclosure disclosure;
  bool was_there = false;  ///< the medium had the bundle already, and the ledger has `handed_over` for it
};

/// Copies the chosen bundles and their instructions, and records `handed_over` for each bundle. Errors: usage (a number
/// without a waiting bundle, an invalid note), refused (disclosures are on hold, the directory is inside the site
/// directory, another file has the name), bad_input (not a directory), integrity (a bundle or its copy is not what was
/// sealed), not_recorded (the medium is full). After these nothing was recorded, and no copy is visible. Error later:
/// the hand-over was recorded, but not all copies are visible yet.
[[nodiscard]] core::Result<std::vector<HandedBundle>> hand_over(const std::string& directory,
                                                                const HandOverOptions& options,
                                                                const sys::World& world = sys::real_world());

}  // namespace airlock::office
