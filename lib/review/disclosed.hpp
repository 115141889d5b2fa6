#pragma once
/// \file
/// What stands in bytes that leave: the payload of a preview, the report in a bundle. It is read from those bytes, and
/// not from what the decision intended. So a sentence about it holds for what really leaves.

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"
#include "dictionary/dictionary.hpp"
#include "envelope/manifest.hpp"
#include "redaction/fates.hpp"
#include "review/page.hpp"

namespace airlock::review {

/// Disclosed bytes, with what a bundle says of them.
struct Disclosed {
  const core::Blob& bytes;
  const dictionary::Dictionary& dictionary;
  std::span<const envelope::RedactionCount> redactions;  ///< what was done to make them
};

/// What stands in disclosed bytes, by class and effect.
struct Remaining {
  std::map<dictionary::Class, Tally> classes;
  std::uint64_t twins = 0;    ///< flattened copies of declared fields: each may be of any class
  std::uint64_t unknown = 0;  ///< data of which the dictionary names no class
};

struct DisclosedData {
  Remaining remaining;
  std::vector<ClassPart> parts;  ///< by class; those without a class last
};

/// Reads disclosed bytes; lists at most `most` data of each group. The parts have the counts of what was taken out, as
/// `redactions` has them, and no value that does not leave. Error: bad_input if the bytes are no report.
[[nodiscard]] core::Result<DisclosedData> read_disclosed(const Disclosed& disclosed, std::size_t most);

}  // namespace airlock::review
