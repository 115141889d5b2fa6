#pragma once
/// \file
/// The verdict on a licence (docs/formats/licence.md). The caller passes the file's bytes and the time; nothing here
/// reads a disk or a clock. A verdict never stops anybody: it is returned, and the application decides.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/licence_state.hpp"
#include "crypto/certificate.hpp"
#include "crypto/revocation.hpp"
#include "licence/licence.hpp"
#include "licence/seen.hpp"

namespace airlock::licence {

using core::LicenceState;

/// What a licence is judged by.
struct Setting {
  const crypto::TrustStore& trust;        ///< of role `licence`
  std::string product;                    ///< empty where the site has none yet: then it is not compared
  std::optional<std::string> site_id;     ///< without it only licences for any site fit
  std::optional<std::string> key_sha256;  ///< without it a licence's site is compared by its id alone
  Time now;
  /// The newest time that is known to have passed, from kits and the ledger. The licence's own `issued` always counts.
  std::optional<Time> newest_trusted;
  /// A sequence that counts against every licence, whoever the licensee is; 0 for none.
  std::int64_t newest_sequence = 0;
  /// The licences that were seen at this site.
  SeenLicences seen = {};
  /// The serials of licences that the vendor has revoked, from the kit.
  std::span<const std::string> revoked_licences = {};
  /// Revocation lists of certificates that are known to be issued by a trusted root.
  std::span<const crypto::RevocationList> revocations = {};
};

/// A valid licence warns when at most this many days are left.
inline constexpr std::array<std::int64_t, 4> warning_days{30, 15, 7, 1};
/// How far the clock may be behind the newest trusted time.
inline constexpr std::chrono::hours clock_tolerance{2};
/// Whether `time`, which is known to have passed, is more than `clock_tolerance` ahead of the clock.
[[nodiscard]] inline bool is_ahead(core::Time time, core::Time now) { return now < time - clock_tolerance; }

/// A licence that was installed to take over from the one that a verdict is about.
struct Following {
  LicenceState state = LicenceState::missing;  ///< it takes over if this is `not_yet_valid`, and never otherwise
  std::string reason;                          ///< as in `LicenceVerdict`
  std::string hint;                            ///< what to do if it does not take over
  std::optional<Licence> licence;              ///< present if the signature holds and the content is sound

  /// When it takes over; nothing if it does not.
  [[nodiscard]] std::optional<Time> begins() const;
};

struct LicenceVerdict {
  LicenceState state = LicenceState::missing;
  std::string reason;              ///< a sentence, lower case, no full stop
  std::string hint;                ///< what to do next, or empty
  std::optional<Licence> licence;  ///< present if the signature holds and the content is sound
  /// The content of a licence that is `invalid` only because nobody can say whether it was revoked. To be shown, never
  /// to be relied on.
  std::optional<Licence> unbelieved = {};
  /// Present where `licence` is. Whole days from now, rounded down, to the end of the term, or to the end of grace once
  /// the term is over; negative after that.
  std::optional<std::int64_t> days_left;
  /// For a `valid` licence that ends soon: the smallest of `warning_days` that is not below `days_left`.
  std::optional<std::int64_t> warning;
  bool malformed = false;  ///< `invalid` because the file does not parse: exit code 3, not 5
  /// The licence that was installed to take over, while it has not done so.
  std::optional<Following> next = {};

  /// With what a command ends that has this verdict: `valid` and `grace` nothing, `invalid` bad_input or integrity, all
  /// others verdict.
  [[nodiscard]] std::optional<core::Code> code() const;
};

/// Judges the bytes of a licence file; nothing means that there is no file. The states are tested in the order of
/// `LicenceState`, and the first that applies is the verdict's. `name` is what the reason calls the file.
[[nodiscard]] LicenceVerdict judge(const std::optional<std::string>& file, std::string_view name,
                                   const Setting& setting);

/// Adds to `verdict` the licence that follows; `next` is the verdict on that one, judged by the same setting. The
/// reason then says when it takes over. Where it leaves no day uncovered, `verdict` no longer advises to renew.
void let_follow(LicenceVerdict& verdict, LicenceVerdict next);

}  // namespace airlock::licence
