#pragma once
/// \file
/// A permit to carry out a decision that the ledger has recorded. policy/ makes it, after it has decided again and the
/// new decision is nowhere stricter than the recorded one. ledger/ turns the permit into a `Clearance`, and delivery/
/// sends nothing without a clearance. The type is in core because policy/ and ledger/ do not know each other.

#include <optional>
#include <utility>

#include "core/digest.hpp"

namespace airlock::policy {
class Permits;
}

namespace airlock::core {

/// Can be moved and not copied. After a move the old object permits nothing. Only policy/ can make one.
class Permit {
 public:
  Permit(Permit&& other) noexcept : leaf_(std::exchange(other.leaf_, std::nullopt)) {}
  Permit& operator=(Permit&& other) noexcept {
    leaf_ = std::exchange(other.leaf_, std::nullopt);
    return *this;
  }
  Permit(const Permit&) = delete;
  Permit& operator=(const Permit&) = delete;
  ~Permit() = default;

  /// The leaf hash of the ledger entry that recorded the decision; nothing after a move.
  [[nodiscard]] const std::optional<Digest>& leaf() const { return leaf_; }

 private:
  friend class policy::Permits;
  explicit Permit(const Digest& leaf) : leaf_(leaf) {}
  std::optional<Digest> leaf_;
};

}  // namespace airlock::core
