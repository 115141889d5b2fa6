#pragma once
/// \file
/// The word of policy/ that what a ledger's leaf records may still be carried out: its decision was made again, and is
/// nowhere stricter. ledger/ turns it into a `Clearance`, without which delivery/ cannot send. It stands in core
/// because neither of the two knows the other.

#include <optional>
#include <utility>

#include "core/digest.hpp"

namespace airlock::policy {
class Permits;
}

namespace airlock::core {

/// Moves, does not copy; what was moved from permits nothing. Only policy/ can make one.
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

  /// The leaf hash of the entry that recorded the disclosure; nothing after a move.
  [[nodiscard]] const std::optional<Digest>& leaf() const { return leaf_; }

 private:
  friend class policy::Permits;
  explicit Permit(const Digest& leaf) : leaf_(leaf) {}
  std::optional<Digest> leaf_;
};

}  // namespace airlock::core
