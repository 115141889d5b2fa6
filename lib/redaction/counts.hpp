#pragma once
/// \file
/// How often a redaction did what: the numbers that a bundle's manifest and the ledger have. No values of the report.

#include <cstdint>
#include <string>
#include <string_view>

namespace airlock::redaction {

/// How often one kind of datum was taken out or changed. What lies below something dropped is not counted again.
struct DatumCount {
  /// The declared path. For `undeclared` it is the longest declared path that leads there (`/` for the report itself).
  /// For all twins together it is `twins`.
  std::string path;
  std::string what;  ///< `value`, `key`, `undeclared`, `ill_typed`, `twin`, `collision`, `copied`
  /// What was done: `drop`, `mask`, …. It is `drop` if the plan's action did not fit the value, and `copied` if the
  /// datum went because the leak scan found a copy in it.
  std::string action;
  std::uint64_t count = 0;
  bool operator==(const DatumCount&) const = default;
};

/// Whether `what` of a count or a fate says that the dictionary does not declare the datum, or declares another type.
[[nodiscard]] constexpr bool is_misfit(std::string_view what) { return what == "undeclared" || what == "ill_typed"; }

}  // namespace airlock::redaction
