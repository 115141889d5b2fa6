#pragma once
/// \file
/// What is remembered of kits: number and content of the newest kit, and the revocation lists that came with kits. A
/// kit that is missing, older or altered could hide what the vendor has revoked, so no licence is believed beside such
/// a kit (docs/formats/kit.md).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/members.hpp"
#include "core/result.hpp"
#include "crypto/certificate.hpp"
#include "licence/verdict.hpp"
#include "public/kit_header.hpp"

namespace airlock::published {

/// Maximum number of revocation lists that are remembered: one for each root that ever issued one.
inline constexpr std::size_t known_lists_limit = 64;

struct KnownKit {
  std::uint64_t number = 0;    ///< 0: no kit is known
  std::string content_sha256;  ///< hex; empty where no kit is known
  struct KnownList {
    std::string issuer;  ///< `key_sha256` of the root that issued it
    std::uint64_t number = 0;
    std::string sha256;  ///< of its PEM, hex

    bool operator==(const KnownList&) const = default;
  };
  std::vector<KnownList> lists;

  bool operator==(const KnownKit&) const = default;
};

[[nodiscard]] KnownKit known_from(const KitHeader& kit);
/// Adds the lists of `other`. Of two lists of one issuer the one with the higher number stays; with equal numbers the
/// one of `known` stays.
void add_lists(KnownKit& known, const KnownKit& other);
/// Adds the lists of `other`, and its kit where that has the higher number.
void add_known(KnownKit& known, const KnownKit& other);

/// Checks that a kit has every known list whose issuer is still among `roots`: the same list, or one with a higher
/// number. Error: refused.
[[nodiscard]] Result<void> check_lists(const KitHeader& kit, const std::vector<KnownKit::KnownList>& known,
                                       const std::vector<crypto::Certificate>& roots);

/// Adds the members `kit` and `revocation_lists` to a document; a member that would be empty is left out.
void add_known_members(core::Json& document, const KnownKit& known);
/// Reads these members. Errors go to `in`.
[[nodiscard]] KnownKit known_kit_in(core::Members& in);

/// What the vendor has revoked, by the kit at hand; or why nobody can say what is revoked.
struct Revocations {
  KitHeader kit;  ///< empty where there is no kit
  std::optional<core::Error> unknown;
};
/// What a kit is verified against.
struct KitTerms {
  const std::vector<crypto::Certificate>& roots;  ///< all trusted roots, for whatever role
  std::string_view product;                       ///< empty: not judged
  const KnownKit& known;
};
/// Verifies a kit file and takes the revocations from it. `file`: nothing where there is no kit. `name` is what the
/// reason calls the file.
[[nodiscard]] Revocations revocations_in(const std::optional<std::string>& file, std::string_view name,
                                         const KitTerms& terms);
/// The same for a kit that was verified already.
[[nodiscard]] Revocations revocations_of(KitHeader kit, std::string_view name, const KitTerms& terms);

/// A licence file as it was found.
struct LicenceFile {
  std::string name;                            ///< its path; reasons name the file by it
  std::optional<std::string> bytes = {};       ///< nothing where the file is missing or `unreadable`
  std::optional<core::Error> unreadable = {};  ///< why a file that is there cannot be read: a directory, too large

  [[nodiscard]] bool is_there() const { return bytes || unreadable; }
};
/// The licence of a site, and the one that was installed to follow it.
struct LicencePair {
  LicenceFile present;
  LicenceFile next = {};
};

/// `licence::judge` of a file; an unreadable file is `invalid`.
[[nodiscard]] licence::LicenceVerdict judge_file(const LicenceFile& file, const licence::Setting& setting);

struct JudgedByKit {
  licence::LicenceVerdict verdict;
  bool by_kit = false;         ///< the licence holds by itself, and is `invalid` because of the kit
  bool next_in_force = false;  ///< the verdict is that of `next`
};
/// `licence::judge` with what the kit revokes and when it was issued. Where nobody can say what is revoked, a licence
/// that holds by itself is `invalid`. The next licence is in force once it is `valid` or in `grace`, and newer than the
/// present one if their sequences can be compared. Until then the verdict is the present licence's and its reason names
/// the next one.
[[nodiscard]] JudgedByKit judge_by_kit(const LicencePair& files, licence::Setting setting,
                                       const Revocations& revocations);

}  // namespace airlock::published
