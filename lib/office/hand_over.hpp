#pragma once
/// \file
/// `airlock outbox hand-over`: bundles onto a mounted medium. They stay in the outbox until a receipt frees them.
///
/// | step | on the medium | a crash here |
/// |---|---|---|
/// | 1 | copies under hidden names `.NAME.tmp`, durable, read back and compared | written anew by the next run |
/// | 2 | the same; the ledger has `handed_over` for each (one commit) | the next run goes on with step 1 |
/// | 3 | the copies under their names, durable | the next run gives the others their names |

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/ledger.hpp"

namespace airlock::office {

/// Longest note, in bytes.
inline constexpr std::size_t hand_over_note_most = 1024;

struct HandOverOptions {
  std::vector<std::uint64_t> numbers;  ///< of reports; none: all that no receipt has named
  std::string to;                      ///< a directory outside the site's
  std::string note;                    ///< recorded, and nowhere else; may be empty
};

struct HandedBundle {
  ledger::Disclosure disclosure;
  bool was_there = false;  ///< the medium had it already, and the ledger says so
};

/// Errors: usage (a number without a bundle, a note that is none), refused (on hold, inside the site directory, another
/// file has the name), bad_input (no directory), integrity (the bundle, or its copy, is not what was sealed),
/// not_recorded (the medium is full): nothing was recorded and nothing is visible then. Error later: recorded, but not
/// all copies are visible yet.
[[nodiscard]] core::Result<std::vector<HandedBundle>> hand_over(const std::string& directory,
                                                                const HandOverOptions& options);

}  // namespace airlock::office
