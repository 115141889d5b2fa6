#pragma once
/// \file
/// What an application without a site keeps from one verdict to the next: the licences seen, the newest kit, and its
/// revocation lists. With it an older licence, an older kit or a missing kit is noticed.

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "licence/verdict.hpp"
#include "public/known_kit.hpp"

namespace airlock::published {

inline constexpr std::uint64_t memory_bytes_limit = 64ULL * 1024;

struct Memory {
  licence::SeenLicences seen;
  KnownKit kit;
};
/// One line of JSON, `airlock-memory/1`.
[[nodiscard]] std::string to_document(const Memory& memory);
/// Error: bad_input naming `name`, JSON path and reason.
[[nodiscard]] Result<Memory> parse_memory(std::string_view text, std::string_view name);

/// Adds the licence of a verdict, and the kit by which it was judged.
void remember(Memory& memory, const licence::LicenceVerdict& verdict, const Revocations& revocations);

}  // namespace airlock::published
