#pragma once
/// \file
/// How large a policy document may be (docs/formats/policy.md).

#include <cstddef>
#include <cstdint>

namespace airlock::policy {

inline constexpr std::uint64_t policy_bytes_limit = 1024ULL * 1024;
inline constexpr std::size_t tiers_limit = 256;
inline constexpr std::size_t rules_limit = 1000;
inline constexpr std::size_t claims_limit = 1000;
inline constexpr std::size_t profiles_limit = 64;
inline constexpr std::size_t redactions_limit = 256;  ///< of one profile, with those of the profiles that it extends
inline constexpr std::size_t entitlements_limit = 64;

}  // namespace airlock::policy
