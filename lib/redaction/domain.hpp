#pragma once
/// \file
/// The registrable domain of a host, by the Public Suffix List that libpsl has built in: no file is read, so the answer
/// depends on the library's version alone (docs/decisions has why). Pure.

#include <optional>
#include <string>
#include <string_view>

namespace airlock::redaction {

/// What `host_to_domain` leaves of a `hostname` or a `url` of the dictionary's types: the registrable domain in lower
/// case, of a URL with its scheme before it. Nothing where there is none: an address, a public suffix itself, a name
/// whose last label is on no list (`db.internal`), which could be anybody's own.
[[nodiscard]] std::optional<std::string> domain_of(std::string_view text);

}  // namespace airlock::redaction
