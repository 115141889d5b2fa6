#pragma once
/// \file
/// What a bundle says about a report that does not fit the vendor's dictionaries: counts from the manifest, and what
/// the disclosed report lacks. It has declared paths only. The names of undeclared members never leave a site.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "dictionary/dictionary.hpp"
#include "envelope/manifest.hpp"

namespace airlock::intake {

/// One kind of misfit at one declared path.
struct MisfitCount {
  /// `undeclared` (`path` is the longest declared path that leads there), `ill_typed`, or `missing`: a required figure
  /// that did not arrive, or not with a value of its type.
  std::string what;
  std::string path;
  std::uint64_t count = 0;  ///< values, over all reports; of `missing` reports
  bool operator==(const MisfitCount&) const = default;
};

/// What the register keeps of a bundle's report.
struct ReportFacts {
  std::string version;            ///< of the product, as the report says it; empty if it does not
  std::string dictionary_sha256;  ///< of the dictionary that the site used
  std::uint64_t held = 0;         ///< reports since the site's bundle before this one that were held
  std::vector<MisfitCount> misfits;
  bool operator==(const ReportFacts&) const = default;
};

/// Gathers the facts. `own` is the bundle's dictionary, which says where the version is; null if nothing says so.
/// `newest` is the newest dictionary of the vendor, which says what is required; null if there is none. A required
/// value that the site's policy took out or replaced did arrive there, so it is not missing. A report that cannot be
/// read gives no version and nothing missing: the bundle is verified all the same.
[[nodiscard]] ReportFacts facts_of(const envelope::Manifest& manifest, const core::Blob& report,
                                   const dictionary::Dictionary* own, const dictionary::Dictionary* newest);

/// Whether the text of a dictionary may say where the version is. It says no only if it does not, unless the name of
/// the role is written with escapes. Parsing a dictionary takes longer than the rest of an arrival's facts.
[[nodiscard]] bool may_say_version(std::string_view dictionary);

/// One line of what drifts at one site.
struct DriftRow {
  MisfitCount misfits;
  std::string version;
  bool is_newest = false;     ///< whether the site used the newest dictionary of the vendor
  std::uint64_t reports = 0;  ///< how many reports it is in
  std::string last_received;  ///< when the newest of them was taken in
};

/// What the bundles of one site say. Empty lists: everything fits.
struct SiteDrift {
  std::string site_id;
  std::uint64_t reports = 0;   ///< bundles that were looked at
  std::uint64_t unknown = 0;   ///< bundles that an earlier release took in, of which nothing is known
  std::uint64_t held = 0;      ///< reports that the site held between them
  std::vector<DriftRow> rows;  ///< by product version, kind and path

  [[nodiscard]] bool drifts() const { return held != 0 || !rows.empty(); }
};

}  // namespace airlock::intake
