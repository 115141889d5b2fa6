#pragma once
/// \file
/// A clearance to send one payload once. delivery/ cannot send without one. Only the ledger makes it: for a
/// `core::Permit` whose leaf is in its tree, and for an attempt that is recorded and open.
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

  /// Uses up the clearance for a payload with this digest. Errors: unexpected where it was used or moved from before;
  /// integrity where it is for another payload, and then it is used up too.
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
