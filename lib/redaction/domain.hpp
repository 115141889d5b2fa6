#pragma once
/// \file
/// The registrable domain of a host, by the Public Suffix List that is built into libpsl. No file is read, so the
/// answer depends only on the library's version (docs/decisions/0008-public-suffix-list.md). Pure.

#include <optional>
#include <string>
#include <string_view>

namespace airlock::redaction {

/// What `host_to_domain` leaves of a `hostname` or `url` (types of the dictionary): the registrable domain in lower
/// case, for a URL with the scheme in front. Nothing if the text is an address or a public suffix itself. Nothing too
/// if the list does not have the last label (`db.internal`), since such a name could belong to anybody.
[[nodiscard]] std::optional<std::string> domain_of(std::string_view text);

}  // namespace airlock::redaction
