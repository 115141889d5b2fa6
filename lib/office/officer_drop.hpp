#pragma once
/// \file
/// What an officer signs with her own key and drops into `approvals/`: complete, readable by the site's owner, under a
/// name that nobody else has. For the source files of office/ only.

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "keeper/person_key.hpp"
#include "office/approve.hpp"
#include "site/site.hpp"

namespace airlock::office {

/// Signs `document` with the key of the certificate, and drops it as `<prefix>-<uuid>.p7s`. May ask for a passphrase or
/// PIN. Errors: of the key; refused if this user may not drop files there.
[[nodiscard]] Result<std::string> sign_and_drop(const site::Site& site, const std::string& prefix,
                                                std::string_view document, const crypto::Certificate& certificate,
                                                const keeper::PersonKey& key, core::Time now);

}  // namespace airlock::office
