#include "report/key_set.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace airlock::report {
namespace {

constexpr std::uint64_t in_place_of_unused = 1;
constexpr std::size_t first_size = 8;

/// Whether a table of this size with one key more would be too full.
bool is_full(std::size_t keys, std::size_t size) { return 8 * (keys + 1) > 7 * size; }

}  // namespace

void KeySet::close_object() {
  used_ = tables_.back().begin;
  tables_.pop_back();
}

bool KeySet::insert(std::uint64_t fingerprint) {
  if (fingerprint == 0) fingerprint = in_place_of_unused;
  Table& table = tables_.back();
  if (is_full(table.keys, table.size)) grow(table);
  std::uint64_t& slot = slot_of(table, fingerprint);
  if (slot != 0) return false;
  slot = fingerprint;
  ++table.keys;
  return true;
}

std::uint64_t& KeySet::slot_of(const Table& table, std::uint64_t fingerprint) {
  std::uint64_t* const slots = slots_.get() + table.begin;
  const std::size_t mask = table.size - 1;
  std::size_t at = static_cast<std::size_t>(fingerprint) & mask;
  while (slots[at] != 0 && slots[at] != fingerprint) at = (at + 1) & mask;
  return slots[at];
}

/// Doubles the table where it is. Beginning behind an unused slot, each key in turn is taken out and put back. It finds
/// a place that is not behind its old one, or in the new half, and every slot that it passes is already in order.
void KeySet::grow(Table& table) {
  const std::size_t before = table.size;
  table.size = before == 0 ? first_size : 2 * before;
  extend(table.begin + table.size);
  std::uint64_t* const slots = slots_.get() + table.begin;
  std::size_t unused = 0;
  while (unused < before && slots[unused] != 0) ++unused;
  for (std::size_t i = 1; i < before; ++i) {
    const std::uint64_t key = std::exchange(slots[(unused + i) & (before - 1)], 0);
    if (key != 0) slot_of(table, key) = key;
  }
}

/// Makes the last table end behind `slots` slots. The new ones are unused.
void KeySet::extend(std::size_t slots) {
  if (slots > reserved_) {
    void* const moved = std::realloc(slots_.get(), slots * sizeof(std::uint64_t));
    if (moved == nullptr) throw std::bad_alloc();
    (void)slots_.release();
    slots_.reset(static_cast<std::uint64_t*>(moved));
    reserved_ = slots;
  }
  std::fill(slots_.get() + used_, slots_.get() + slots, 0);
  used_ = slots;
}

}  // namespace airlock::report
