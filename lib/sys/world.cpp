#include "sys/world.hpp"

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

}  // namespace airlock::sys
