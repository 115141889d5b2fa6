#pragma once
/// \file
/// Making the certificates of a vendor's home; within the module only.

#include <string>

#include "core/result.hpp"
#include "crypto/certificate.hpp"

namespace airlock::intake {

/// Makes a root's key and certificate as `BASE.key` and `BASE.crt`, in the place of what is there.
[[nodiscard]] core::Result<crypto::Certificate> make_root(const std::string& base, const std::string& common_name);

/// The same for a role below `root`; `name` is the vendor's.
[[nodiscard]] core::Result<crypto::Certificate> make_subordinate(const std::string& directory, const std::string& name,
                                                                 crypto::Role role, const crypto::Certificate& root,
                                                                 const crypto::PrivateKey& root_key);

}  // namespace airlock::intake
