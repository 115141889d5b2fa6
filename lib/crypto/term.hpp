#pragma once
/// \file
/// From when until when certificates are valid that are not Airlock's own, such as those by which libcurl knows a
/// receiver: with keys of any kind. Only for saying in time that they end; nothing is trusted for what is read here.

#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"

namespace airlock::crypto {

/// The validity of a certificate; both ends belong to it.
struct Term {
  core::Time not_before;
  core::Time not_after;
};

/// Those of all PEM certificates in a text, other text and other blocks aside, in their order. Error: bad_input where
/// there is none, or one that cannot be read.
[[nodiscard]] core::Result<std::vector<Term>> terms_from_pem(std::string_view text);

}  // namespace airlock::crypto
