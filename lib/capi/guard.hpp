#pragma once
/// \file
/// What every function of the C ABI does with its arguments and exceptions: no exception leaves, and NULL is an empty
/// text.

#include <cstddef>
#include <memory>
#include <string>

namespace airlock::capi {

/// What `body` returns; `otherwise` where it throws. It throws where memory runs out, or where OpenSSL cannot be
/// started.
template <typename T, typename Body>
T guarded(T otherwise, Body body) noexcept {
  try {
    return body();
  } catch (...) {
    return otherwise;
  }
}

inline std::string text_or_empty(const char* text) { return text == nullptr ? std::string() : std::string(text); }

inline std::string bytes_or_empty(const void* bytes, std::size_t size) {
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

}  // namespace airlock::capi
