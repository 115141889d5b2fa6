#pragma once
/// \file
/// Licences (docs/formats/licence.md): reading, verifying, and the verdict. The caller passes bytes and time; nothing
/// here reads a disk or a clock. A verdict never stops anybody: it is returned, and the application decides.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/licence_state.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "crypto/revocation.hpp"
#include "licence/seen.hpp"

namespace airlock::licence {

using core::LicenceState;
using core::Result;
using core::Time;

inline constexpr std::uint64_t licence_bytes_limit = 64 * 1024;  ///< of the signed file, and of its content
inline constexpr std::size_t entitlements_limit = 64;
inline constexpr std::size_t limits_limit = 64;
inline constexpr std::size_t sites_limit = 256;
inline constexpr std::int64_t grace_days_limit = 366;

struct SiteBinding {
  std::string id;          ///< UUID, lower case
  std::string key_sha256;  ///< of the site key's SubjectPublicKeyInfo, hex

  bool operator==(const SiteBinding&) const = default;
};

/// The signed content.
struct Licence {
  std::string serial;
  std::int64_t sequence = 0;
  std::string licensee;
  std::string product;
  std::string tier;
  std::vector<std::string> entitlements;
  std::vector<std::pair<std::string, std::int64_t>> limits;
  bool any_site = false;
  std::vector<SiteBinding> sites;
  Time issued;
  Time not_before;  ///< the first second of the term
  Time not_after;   ///< the first second behind the term
  std::int64_t grace_days = 0;

  bool operator==(const Licence&) const = default;
};

/// Reads the signed content, every member of it. Error: bad_input naming path and reason.
[[nodiscard]] Result<Licence> parse(std::string_view content, std::string_view name);
/// The content as a document: what `airlock-vendor licence issue` signs, after `parse` has accepted it.
/// Precondition: all texts are UTF-8.
[[nodiscard]] std::string to_document(const Licence& licence);

/// What a verdict is judged against.
struct Setting {
  const crypto::TrustStore& trust;        ///< role licence
  std::string product;                    ///< empty: not judged (a site that has none yet)
  std::optional<std::string> site_id;     ///< nothing: only `"sites": "any"` fits
  std::optional<std::string> key_sha256;  ///< nothing: the binding is judged by the id alone
  Time now;
  /// The newest time that is known to have passed: of kits, of the ledger. The licence's own `issued` always counts.
  std::optional<Time> newest_trusted;
  /// A sequence that counts against every licence, whoever's it is; 0: none.
  std::int64_t newest_sequence = 0;
  /// The licences that were seen at this site.
  Seen seen = {};
  /// What the vendor has revoked, as the kit says: serials of licences, and certificates. The lists are those that were
  /// found to be issued by a trusted root.
  std::span<const std::string> revoked_licences = {};
  std::span<const crypto::RevocationList> revocations = {};
};
/// A licence in its term warns where at most this many days are left.
inline constexpr std::array<std::int64_t, 4> warning_days{30, 15, 7, 1};
/// How much earlier than the newest trusted time the clock may be.
inline constexpr std::chrono::hours clock_tolerance{2};
/// Whether a time that is known to have passed is ahead of the clock by more than that.
[[nodiscard]] inline bool is_ahead(core::Time time, core::Time now) { return now < time - clock_tolerance; }

/// A licence that is to take over from the one that a verdict is about.
struct Following {
  LicenceState state = LicenceState::missing;  ///< `not_yet_valid`: it takes over when it begins; else it does not
  std::string reason;                          ///< as a verdict's
  std::string hint;                            ///< what to do where it does not take over
  std::optional<Licence> licence;              ///< present where the signature holds and the content is sound

  /// When it takes over; nothing where it does not.
  [[nodiscard]] std::optional<Time> begins() const;
};

struct Verdict {
  LicenceState state = LicenceState::missing;
  std::string reason;              ///< a sentence, lower case, no full stop
  std::string hint;                ///< what to do next, or empty
  std::optional<Licence> licence;  ///< present where the signature holds and the content is sound
  /// What it says where it holds by itself, and is `invalid` since nobody can say whether it was revoked: for telling,
  /// and never to go by.
  std::optional<Licence> unbelieved = {};
  /// Present where `licence` is: whole days, rounded down, from now to the end of the term, and from there on to the
  /// end of grace; negative after it.
  std::optional<std::int64_t> days_left;
  /// Where the state is `valid` and the end is near: the least of `warning_days` that the days left do not exceed.
  std::optional<std::int64_t> warning;
  bool malformed = false;  ///< `invalid` because it does not parse: exit 3, not 5
  /// The licence that was installed to take over, while it has not.
  std::optional<Following> next = {};

  /// `valid` 0, `grace` 0, `invalid` 3 or 5, all else 6.
  [[nodiscard]] int exit_code() const;
};

/// Judges the bytes of a licence file (`nothing`: the file is missing). The states are tested in the order of
/// LicenceState. `name` is what the reason calls the file.
[[nodiscard]] Verdict judge(const std::optional<std::string>& file, std::string_view name, const Setting& setting);

/// Lets a verdict say which licence follows: in its reason, and instead of advice to renew where no day is left out.
/// `next` is the verdict on that licence, by the same setting.
void let_follow(Verdict& verdict, Verdict next);

}  // namespace airlock::licence
