#pragma once
/// \file
/// Finds those of many sorted texts with which another text goes on at some byte. For the source files of redaction/
/// only.

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace airlock::redaction {

/// Calls `accept(needle)` for each needle between `low` and `high` that `text` has at `begin`, the shortest first,
/// until it returns true; returns whether it did. The needles are sorted by their bytes, and `text_of(needle)` is the
/// text of one. Takes a time that grows with the longest of them and the logarithm of their number.
template <typename Iterator, typename TextOf, typename Accept>
[[nodiscard]] bool any_at(Iterator low, Iterator high, std::string_view text, std::size_t begin, const TextOf& text_of,
                          const Accept& accept) {
  // The needles between low and high begin with the first `size` bytes of the text.
  for (std::size_t size = 0; low != high; ++size) {
    for (; low != high && text_of(*low).size() == size; ++low) {
      if (accept(*low)) return true;
    }
    if (low == high || begin + size == text.size()) return false;
    const auto byte = static_cast<unsigned char>(text[begin + size]);
    const auto at = [&](const auto& needle) { return static_cast<unsigned char>(text_of(needle)[size]); };
    low = std::partition_point(low, high, [&](const auto& needle) { return at(needle) < byte; });
    high = std::partition_point(low, high, [&](const auto& needle) { return at(needle) == byte; });
  }
  return false;
}

}  // namespace airlock::redaction
