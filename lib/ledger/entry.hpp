#pragma once
/// \file
/// An entry of the ledger as it is stored. What the ledger understands of its body is in ledger/body.hpp.

#include <cstdint>
#include <string>

#include "core/json.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/kind.hpp"

namespace airlock::ledger {

using core::Result;
using core::Time;

/// Longest body of an entry, in bytes.
inline constexpr std::size_t entry_limit = 1024ULL * 1024;
/// Longest text that an entry names by its digest: a ceiling has the paths of a dictionary once for each event.
inline constexpr std::size_t named_text_limit = 16ULL * 1024 * 1024;
/// Bytes of the nonce in an entry.
inline constexpr std::size_t nonce_size = 16;

struct Entry {
  std::uint64_t seq = 0;  ///< index of the leaf: 0, 1, 2 …
  Time time;
  Kind kind{};
  std::string report_id;  ///< empty where the entry is about no report
  std::string body;       ///< the exact JSON text that the leaf covers
};

/// How messages name an entry: `ledger entry 7`.
[[nodiscard]] std::string title(const Entry& entry);

/// The body as JSON. Error: bad_input, naming the entry.
[[nodiscard]] Result<core::Json> body_of(const Entry& entry);

}  // namespace airlock::ledger
