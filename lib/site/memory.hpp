#pragma once
/// \file
/// What an application without a site keeps from one verdict to the next, so that what was once known stays known: the
/// licences seen, the newest kit, and its revocation lists.

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "licence/licence.hpp"
#include "site/known_kit.hpp"

namespace airlock::site {

inline constexpr std::uint64_t memory_bytes_limit = 64 * 1024;

struct Memory {
  licence::Seen seen;
  KnownKit kit;
};
/// One line of JSON, `airlock-memory/1`.
[[nodiscard]] std::string to_document(const Memory& memory);
/// Error: bad_input.
[[nodiscard]] Result<Memory> parse_memory(std::string_view text, std::string_view name);

/// Adds what a verdict and its kit tell.
void remember(Memory& memory, const licence::Verdict& verdict, const Revocations& revocations);

}  // namespace airlock::site
