#include "dictionary/steps.hpp"

#include <cstring>
#include <utility>

namespace airlock::dictionary {
namespace {

std::uint64_t few_bytes(const char* from, std::size_t bytes) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < bytes; ++i) out = out << 8 | static_cast<unsigned char>(from[i]);
  return out;
}

std::uint64_t eight_bytes(const char* from) {
  std::uint64_t out = 0;
  std::memcpy(&out, from, sizeof out);
  return out;
}

std::uint64_t hash_of(PlaceNumber parent, std::string_view step) {
  constexpr std::uint64_t golden = 0x9E3779B97F4A7C15;
  std::uint64_t out = (step.size() << 32 | parent) * golden;
  const auto take = [&](std::uint64_t bytes) {
    out = (out ^ bytes) * golden;
    out ^= out >> 32;
  };
  std::size_t at = 0;
  for (; step.size() - at >= sizeof out; at += sizeof out) take(eight_bytes(step.data() + at));
  // The last word may overlap the one before it, since the size is hashed too.
  take(step.size() < sizeof out ? few_bytes(step.data(), step.size())
                                : eight_bytes(step.data() + step.size() - sizeof out));
  return out;
}

}  // namespace

std::size_t Steps::entry_of(PlaceNumber parent, std::string_view step) const {
  const std::size_t mask = entries_.size() - 1;
  std::size_t at = static_cast<std::size_t>(hash_of(parent, step)) & mask;
  while (entries_[at].parent != no_place && (entries_[at].parent != parent || entries_[at].step != step)) {
    at = (at + 1) & mask;
  }
  return at;
}

PlaceNumber Steps::find(PlaceNumber parent, std::string_view step) const {
  return entries_[entry_of(parent, step)].child;
}

void Steps::add(PlaceNumber parent, std::string_view step, PlaceNumber child) {
  if (2 * (used_ + 1) > entries_.size()) {
    for (const Entry& old : std::exchange(entries_, std::vector<Entry>(2 * entries_.size()))) {
      if (old.parent != no_place) entries_[entry_of(old.parent, old.step)] = old;
    }
  }
  entries_[entry_of(parent, step)] = {parent, child, step};
  ++used_;
}

}  // namespace airlock::dictionary
