#pragma once
/// \file
/// The kit: the signed archive with policy, dictionary, recipients and revocations that a vendor gives to a site
/// (docs/formats/kit.md). Reading all of it, and building one. The header alone is read by public/kit_header.hpp.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "crypto/cms.hpp"
#include "dictionary/dictionary.hpp"
#include "policy/approvals.hpp"
#include "policy/policy.hpp"
#include "public/kit_archive.hpp"
#include "public/kit_header.hpp"

namespace airlock::site {

using core::Result;
using core::Time;

struct Kit : published::KitHeader {
  std::string policy_text;
  policy::Policy policy;
  std::string dictionary_text;
  dictionary::Dictionary dictionary;
  std::vector<crypto::Certificate> recipients;
  policy::Approvals asked_approvals;  ///< who must sign what leaves

  [[nodiscard]] const published::KitHeader& header() const { return *this; }
};

/// What `build_kit` puts into a kit.
struct KitContent {
  std::string product;
  std::uint64_t number = 0;
  Time issued;
  Time next_update;
  std::string delivery;     ///< JSON text of the member `delivery`, or empty
  std::string approvals{};  ///< JSON text of the member `approvals`, or empty
  std::string policy;
  std::string dictionary;
  std::vector<crypto::Certificate> recipients;
  std::vector<std::string> revoked_licences = {};
  std::vector<crypto::Successor> successors = {};
  std::vector<crypto::RevocationList> lists = {};
};

/// Why reports of this dictionary cannot be sent to one of the destinations; empty if they can be.
[[nodiscard]] std::string unfit_destination(const dictionary::Dictionary& dictionary,
                                            const std::vector<published::Destination>& destinations);

/// Reads the signed archive. Roots and revocation lists are read for form; who signed them is not checked. Error:
/// bad_input naming file, JSON path and reason.
[[nodiscard]] Result<Kit> parse_kit(const core::Blob& archive);
/// Verifies a kit file and reads all of it. The steps are those of `published::verify_kit_header`, in the same order,
/// with policy, dictionary and recipients read after the header. Errors: bad_input, integrity.
[[nodiscard]] Result<Kit> verify_kit(std::string_view file, const crypto::TrustStore& trust,
                                     std::span<const crypto::RevocationList> known = {});

/// The signed kit as a PEM file. The content is checked as `parse_kit` would. Error: bad_input.
[[nodiscard]] Result<std::string> build_kit(const KitContent& content, const crypto::Signer& signer);

}  // namespace airlock::site
