#pragma once
/// \file
/// The keys that the open objects have had so far, as fingerprints of 64 bits. All tables lie in one array, one behind
/// the other: only the innermost object can get a key, and its table is the last.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

namespace airlock::report {

class KeySet {
 public:
  /// Memory: none for an object without keys, otherwise 9 to 19 bytes for each key; 64 bytes at least. A table grows
  /// where it is, so no second one exists meanwhile.
  void open_object() { tables_.push_back({used_, 0, 0}); }
  /// Forgets the keys of the innermost object.
  void close_object();
  /// Begins to fetch the memory that `insert` of this fingerprint will need. A large table is seldom in a cache.
  void expect(std::uint64_t fingerprint) const {
    const Table& table = tables_.back();
    if (table.size != 0) __builtin_prefetch(slots_.get() + table.begin + (fingerprint & (table.size - 1)), 1);
  }
  /// Adds a key to the innermost object. Fingerprints are keyed and evenly spread, so each is its own hash. Returns
  /// false if the object has one that is equal: almost certainly the same key.
  [[nodiscard]] bool insert(std::uint64_t fingerprint);

 private:
  struct Table {
    std::size_t begin;  ///< of its slots
    std::size_t size;   ///< how many slots, a power of two, or 0
    std::size_t keys;
  };
  [[nodiscard]] std::uint64_t& slot_of(const Table& table, std::uint64_t fingerprint);
  void grow(Table& table);
  void extend(std::size_t slots);

  struct Free {
    void operator()(std::uint64_t* slots) const { std::free(slots); }
  };
  /// Not a vector, which copies large tables to let them grow: `realloc` moves their pages.
  std::unique_ptr<std::uint64_t[], Free> slots_;
  std::size_t reserved_ = 0;  ///< how many slots there is memory for
  std::size_t used_ = 0;      ///< how many slots the tables have; a slot without a key is 0
  std::vector<Table> tables_;
};

}  // namespace airlock::report
