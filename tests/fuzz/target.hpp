#pragma once
/// \file
/// What every fuzz target includes: the function that it defines, and how it says that a property is broken.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace airlock::test {

inline std::string_view input_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Aborts unless `holds`; `property` says what should hold.
inline void require(bool holds, std::string_view property) {
  if (holds) return;
  std::cerr << "fuzz: broken: " << property << "\n";
  std::abort();
}

}  // namespace airlock::test
