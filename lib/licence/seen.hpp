#pragma once
/// \file
/// Which licences a site has seen, so that an older one is `superseded` (docs/formats/licence.md). Sequences are
/// compared among the licences that one licensee has for this site. The licences of a licensee for any site are counted
/// apart: so another customer's licence for any site does not supersede this site's own.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/members.hpp"

namespace airlock::licence {

struct Licence;

/// How many counts are kept; a licensee has two at most. Licensees beyond that are not remembered.
inline constexpr std::size_t seen_limit = 128;

/// The highest sequence that was seen, for each licensee and each kind of binding.
class SeenLicences {
 public:
  /// Remembers a licence.
  void add(const Licence& licence);
  /// Remembers everything that `other` remembers.
  void add(const SeenLicences& other);
  /// Remembers a sequence whose licensee is not known: it counts against every licence.
  void add_of_unknown(std::int64_t sequence);

  /// What remains after a clock was found to be wrong. `by_clock` is what that clock let this site see, `right` what it
  /// has seen without it. A sequence that comes from `by_clock` becomes that of `right`; every other stays.
  [[nodiscard]] SeenLicences taken_back(const SeenLicences& by_clock, const SeenLicences& right) const;

  /// The highest sequence that counts against this licence; 0 if there is none.
  [[nodiscard]] std::int64_t newest_for(const Licence& licence) const;
  /// The highest sequence of all; 0 if there is none.
  [[nodiscard]] std::int64_t highest() const;

  /// A list of `{"licensee_sha256", "sites": "this" | "any", "sequence"}`. A sequence of an unknown licensee comes
  /// first, without the other two members.
  [[nodiscard]] core::Json to_json() const;
  /// Reads such a list: the member `member` of `outer`, which records what is wrong with it.
  [[nodiscard]] static SeenLicences from(core::Members& outer, std::string_view member);

  [[nodiscard]] bool operator==(const SeenLicences&) const = default;

 private:
  struct HighestSequence {
    std::string licensee_sha256;
    bool any_site = false;
    std::int64_t sequence = 0;

    bool operator==(const HighestSequence&) const = default;
  };
  void add(const HighestSequence& count);
  /// The sequence that is remembered for the licensee and the binding of `count`; 0 if there is none.
  [[nodiscard]] std::int64_t sequence_like(const HighestSequence& count) const;

  std::int64_t of_unknown_ = 0;
  std::vector<HighestSequence> counts_;
};

/// SHA-256 of the licensee's name in hex, for places where the name itself must not be.
[[nodiscard]] std::string licensee_digest(const Licence& licence);
/// `any` for a licence for any site, `this` for one that names sites.
[[nodiscard]] std::string_view binding_name(const Licence& licence);

/// Whether a licence that was found in this state makes older ones `superseded`. One for another product or site was
/// put here by mistake, and one that was already revoked may be somebody else's: they do not count.
[[nodiscard]] bool counts_as_seen(std::string_view state);

}  // namespace airlock::licence
