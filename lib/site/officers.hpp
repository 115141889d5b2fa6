#pragma once
/// \file
/// The officers of a site: their own certificates in `trust/officers/`, those of a kind of officer in a folder of that
/// name below it (docs/formats/approval.md). Who issued a certificate does not matter: it is trusted because it is
/// there.

#include <set>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "site/site.hpp"

namespace airlock::site {

/// Maximum number of certificates in `trust/officers/`.
inline constexpr std::size_t officers_maximum = 256;

struct Officer {
  std::string kind;  ///< empty: of no kind
  crypto::Certificate certificate;
  std::string file;  ///< path

  [[nodiscard]] bool is_valid_at(core::Time time) const {
    return certificate.not_before() <= time && time <= certificate.not_after();
  }
};

struct Officers {
  std::vector<Officer> list;
  std::vector<core::Error> problems;  ///< files that are no certificate, so that nobody can sign by them

  /// The officers with this certificate: one for each of her kinds. Empty: it is no officer's.
  [[nodiscard]] std::vector<Officer> with(const crypto::Certificate& certificate) const;
};

/// The kinds of these officers, without that of an officer of no kind.
[[nodiscard]] std::set<std::string, std::less<>> kinds_of(const std::vector<Officer>& officers);

/// Reads the certificates: each `*.crt` in `trust/officers/` and in the folders there that have the name of a kind.
/// Where there is no such folder there are no officers. Error: the folder cannot be listed, or has more than
/// `officers_maximum` certificates.
[[nodiscard]] Result<Officers> read_officers(const Site& site);

}  // namespace airlock::site
