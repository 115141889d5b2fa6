#pragma once
/// \file
/// The clearance: without one delivery/ cannot send. Only the ledger makes it, from a leaf that it has verified to be
/// in its tree, an attempt that is recorded and open, and a `core::Permit`. It is good for one use and one payload.
///
///     AIRLOCK_TRY(auto clearance, ledger.clear(std::move(permit), disclosure_id));
///     AIRLOCK_CHECK(clearance.use(digest_of_payload));      // the second use fails

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "core/digest.hpp"
#include "core/result.hpp"

namespace airlock::ledger {

class Ledger;

class Clearance {
 public:
  Clearance(Clearance&& other) noexcept : cleared_(std::exchange(other.cleared_, std::nullopt)) {}
  Clearance& operator=(Clearance&& other) noexcept {
    cleared_ = std::exchange(other.cleared_, std::nullopt);
    return *this;
  }
  Clearance(const Clearance&) = delete;
  Clearance& operator=(const Clearance&) = delete;
  ~Clearance() = default;

  /// Uses it up, for a payload with this digest. Errors: unexpected where it was used or moved from, integrity where
  /// the payload is another; it is used up then, too.
  [[nodiscard]] core::Result<void> use(const core::Digest& payload) {
    const auto cleared = std::exchange(cleared_, std::nullopt);
    if (!cleared) return core::fail(core::Code::unexpected, "this clearance was used before");
    if (*cleared != payload) {
      return core::fail(core::Code::integrity, "the payload is not the one that was cleared for sending");
    }
    return {};
  }

 private:
  friend class Ledger;
  explicit Clearance(const core::Digest& payload) : cleared_(payload) {}
  std::optional<core::Digest> cleared_;
};

}  // namespace airlock::ledger
