#pragma once
/// \file
/// What was once known of kits stays known: number and content of the newest kit, and the revocation lists that came
/// with kits. A kit that is missing, older or another one could hide what the vendor has revoked, so a licence is not
/// believed beside it (docs/formats/kit.md).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/result.hpp"
#include "crypto/certificate.hpp"
#include "licence/licence.hpp"
#include "site/kit.hpp"

namespace airlock::site {

/// The most revocation lists that are remembered: one for each root that ever issued one.
inline constexpr std::size_t known_lists_limit = 64;

struct KnownKit {
  std::uint64_t number = 0;    ///< 0: no kit is known
  std::string content_sha256;  ///< hex; with a number
  struct List {
    std::string issuer;  ///< `key_sha256` of the root that issued it
    std::uint64_t number = 0;
    std::string sha256;  ///< over its PEM, hex

    bool operator==(const List&) const = default;
  };
  std::vector<List> lists;

  bool operator==(const KnownKit&) const = default;
};

[[nodiscard]] KnownKit known_from(const KitHeader& kit);
/// Adds the lists of `other`: of each issuer the one with the higher number stays, of equal numbers the one of `known`.
void add_lists(KnownKit& known, const KnownKit& other);
/// Adds lists and kit of `other`; the kit with the higher number stays, of equal numbers the one of `known`.
void add_known(KnownKit& known, const KnownKit& other);

/// A kit must have each list that is known of a root that is trusted still: with a higher number, or the same list.
/// Error: refused.
[[nodiscard]] Result<void> check_lists(const KitHeader& kit, const std::vector<KnownKit::List>& known,
                                       const std::vector<crypto::Certificate>& roots);

/// Members `kit` and `revocation_lists` of a document, each only where there is something to tell.
void add_known_members(core::Json& document, const KnownKit& known);
[[nodiscard]] KnownKit known_kit_in(core::Members& in);

/// What a licence is judged by of a kit: what it revokes, or why nobody can say what is revoked.
struct Revocations {
  KitHeader kit;  ///< empty where there is none
  std::optional<core::Error> unknown;
};
struct KitTerms {
  const std::vector<crypto::Certificate>& roots;  ///< all that are trusted, whatever for
  std::string_view product;                       ///< empty: not judged
  const KnownKit& known;
};
/// Reads them from a kit file; `file` is nothing where there is none, `name` is what the reason calls it.
[[nodiscard]] Revocations revocations_in(const std::optional<std::string>& file, std::string_view name,
                                         const KitTerms& terms);
/// The same for a kit that was verified already.
[[nodiscard]] Revocations revocations_of(KitHeader kit, std::string_view name, const KitTerms& terms);

/// A licence file as it was found.
struct LicenceFile {
  std::string name;                            ///< what reasons call it: its path
  std::optional<std::string> bytes = {};       ///< nothing where there is no file, or where it is `unreadable`
  std::optional<core::Error> unreadable = {};  ///< why nothing could be read of what is there: a directory, too large

  [[nodiscard]] bool is_there() const { return bytes || unreadable; }
};
/// The licence of a site, and the one that was installed to take over from it.
struct LicencePair {
  LicenceFile present;
  LicenceFile next = {};
};

/// `licence::judge` of a file; what cannot be read is `invalid`.
[[nodiscard]] licence::Verdict judge_file(const LicenceFile& file, const licence::Setting& setting);

/// `licence::judge` with what the kit revokes and when it was issued. A licence that holds by itself is `invalid` where
/// nobody can say what is revoked: `by_kit` of the result says so. The next licence is in force once it is `valid` or
/// in `grace`, newer than the present one where their sequences compare; before that the verdict is the present one's,
/// and names what follows.
struct JudgedByKit {
  licence::Verdict verdict;
  bool by_kit = false;
  bool next_in_force = false;
};
[[nodiscard]] JudgedByKit judge_by_kit(const LicencePair& files, licence::Setting setting,
                                       const Revocations& revocations);

}  // namespace airlock::site
