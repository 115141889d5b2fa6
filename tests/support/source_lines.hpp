#pragma once
/// \file
/// Reads pages and headers of the repository, for tests that hold an enum, its table of names and its page to one
/// another. The test is compiled with `AIRLOCK_SOURCE_ROOT`.

#include <doctest/doctest.h>

#include <fstream>
#include <regex>
#include <string>
#include <vector>

using Lines = std::vector<std::string>;

/// The lines of a source file between the first line that begins with `start` and the next that begins with `end`.
inline Lines lines_between(const std::string& path, const std::string& start, const std::string& end) {
  std::ifstream in(std::string(AIRLOCK_SOURCE_ROOT) + "/" + path);
  REQUIRE(in);
  Lines out;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (inside && line.rfind(end, 0) == 0) return out;
    if (inside) out.push_back(line);
    inside = inside || line.rfind(start, 0) == 0;
  }
  FAIL("`" << path << "` has no lines between `" << start << "` and `" << end << "`");
  return out;
}

/// What the first group of `pattern` matches in each line that it matches; of two groups, both with a space between.
inline Lines matches(const Lines& lines, const std::string& pattern) {
  const std::regex wanted(pattern);
  Lines out;
  for (const std::string& line : lines) {
    std::smatch found;
    if (!std::regex_search(line, found, wanted)) continue;
    out.push_back(found.size() == 2 ? found.str(1) : found.str(1) + " " + found.str(2));
  }
  return out;
}
