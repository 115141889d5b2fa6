#pragma once
/// \file
/// Which licences were seen before, so that an older one is `superseded` (docs/formats/licence.md). Sequences are
/// compared within the licences that one licensee has for this site; its licences for any site have a count of their
/// own. So another customer's licence for any site says nothing of this site's own.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"

namespace airlock::licence {

struct Licence;

/// The most counts that are kept: a licensee has two at most. Further licensees are not remembered.
inline constexpr std::size_t seen_limit = 128;

class Seen {
 public:
  /// Remembers a licence.
  void add(const Licence& licence);
  /// Remembers what `other` does.
  void add(const Seen& other);
  /// Remembers a sequence of which nobody knows whose it is: it counts against every licence.
  void add_of_unknown(std::int64_t sequence);

  /// What is remembered once a clock was found wrong: where this still has a sequence that `by_clock` has, it goes back
  /// to what `right` has; what is known from elsewhere stays.
  [[nodiscard]] Seen taken_back(const Seen& by_clock, const Seen& right) const;

  /// The highest sequence that counts against this licence; 0: none.
  [[nodiscard]] std::int64_t newest_for(const Licence& licence) const;
  /// The highest of all; 0: none.
  [[nodiscard]] std::int64_t highest() const;

  /// A list of `{"licensee_sha256", "sites": "this" | "any", "sequence"}`; the first may have a sequence only.
  [[nodiscard]] core::Json to_json() const;
  /// Reads such a list, the member `member` of `outer`.
  [[nodiscard]] static Seen from(core::Members& outer, std::string_view member);

  [[nodiscard]] bool operator==(const Seen&) const = default;

 private:
  struct Count {
    std::string licensee_sha256;
    bool any_site = false;
    std::int64_t sequence = 0;

    bool operator==(const Count&) const = default;
  };
  void add(const Count& count);
  /// The sequence of the count with the same licensee and binding; 0: none.
  [[nodiscard]] std::int64_t sequence_like(const Count& count) const;

  std::int64_t of_unknown_ = 0;
  std::vector<Count> counts_;
};

/// SHA-256 over the licensee's name, hex: what stands for it where the name itself has no business.
[[nodiscard]] std::string licensee_digest(const Licence& licence);
/// `any` or `this`: what a licence that fits a site is bound to.
[[nodiscard]] std::string_view binding_name(const Licence& licence);

/// Whether a licence that was found in this state says which sequences are older: somebody else's, put here by mistake,
/// says nothing of this site's, and one that was revoked when it was first seen may be somebody else's too.
[[nodiscard]] bool counts_as_seen(std::string_view state);

}  // namespace airlock::licence
