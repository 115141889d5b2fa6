#pragma once
/// \file
/// What a benchmark's own steps return: a step that fails ends the program with 2.

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "core/result.hpp"

namespace airlock::bench {

inline void must(const core::Result<void>& result) {
  if (result) return;
  std::fprintf(stderr, "a step failed: %s\n", result.error().message.c_str());
  std::exit(2);
}

template <typename T>
T must(core::Result<T> result) {
  if (!result) must(core::Result<void>(core::fail(std::move(result).error())));
  return std::move(*result);
}

}  // namespace airlock::bench
