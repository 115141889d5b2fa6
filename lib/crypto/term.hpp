#pragma once
/// \file
/// The validity of certificates that are not Airlock's own, such as those by which libcurl recognises a receiver. Their
/// keys may be of any kind. This only serves to warn before they end: nothing is trusted because of it.

#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"

namespace airlock::crypto {

/// The validity of a certificate, both ends included.
struct Term {
  core::Time not_before;
  core::Time not_after;
};

/// The terms of all PEM certificates in a text, in their order; other text and other PEM blocks are skipped. Error:
/// bad_input if the text has no certificate, or one that cannot be read.
[[nodiscard]] core::Result<std::vector<Term>> terms_from_pem(std::string_view text);

}  // namespace airlock::crypto
