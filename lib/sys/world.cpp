#include "sys/world.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/encoding.hpp"
#include "sys/system.hpp"

namespace airlock::sys {
namespace {

class RealWorld final : public World {
 public:
  [[nodiscard]] core::Time now() const override { return sys::now(); }
  [[nodiscard]] std::string random_bytes(std::size_t count) const override { return sys::random_bytes(count); }
};

}  // namespace

const World& real_world() {
  static const RealWorld world;
  return world;
}

std::string random_uuid(const World& world) {
  std::array<std::uint8_t, 16> raw;
  const std::string bytes = world.random_bytes(raw.size());
  std::copy(bytes.begin(), bytes.end(), raw.begin());
  return core::uuid_v4(raw);
}

}  // namespace airlock::sys
