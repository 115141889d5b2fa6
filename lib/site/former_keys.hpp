#pragma once
/// \file
/// `keys/former/`: what is kept of keys that were replaced (docs/guides/rotate-keys.md), and the keys of a site through
/// all its replacements.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "crypto/certificate.hpp"
#include "crypto/hash.hpp"
#include "site/key_name.hpp"
#include "site/site.hpp"

namespace airlock::site {

/// Paths of the files of a key whose names end in `ending`, in the order in which the keys were replaced. Error: of the
/// machine.
[[nodiscard]] Result<std::vector<std::string>> former_files(const Site& site, KeyName key,
                                                            std::string_view ending = "");

/// The site's certificate in force, then the former ones: who may have signed a bundle of this site. Errors: of the
/// files.
[[nodiscard]] Result<std::vector<crypto::Certificate>> all_signing_certificates(const Site& site);
/// The archive key in force, then the former ones. Errors: of the files.
[[nodiscard]] Result<std::vector<Identity>> all_archive_identities(const Site& site);
/// The pseudonym key in force, then the former ones. Errors: of the files.
[[nodiscard]] Result<std::vector<crypto::Secret>> all_pseudonym_keys(const Site& site);

}  // namespace airlock::site
