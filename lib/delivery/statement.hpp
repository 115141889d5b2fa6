#pragma once
/// \file
/// The statement that goes with a payload, signed by the site: which disclosure it is, which one came before it, and
/// which numbers will never arrive. It is sent in two headers, so that the payload stays exactly what `preview` printed
/// (docs/formats/delivery.md).

#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/ledger.hpp"
#include "net/client.hpp"
#include "site/site.hpp"

namespace airlock::delivery {

/// The statement for a queued disclosure, as exact JSON text.
[[nodiscard]] core::Result<std::string> statement(const site::Site& site, const ledger::Ledger& ledger,
                                                  const ledger::Disclosure& disclosure);

/// The headers of an attempt: content type, idempotency key, statement, and the statement's detached signature.
[[nodiscard]] core::Result<std::vector<net::HttpHeader>> headers(const std::string& statement,
                                                                 const std::string& disclosure_id,
                                                                 const site::Identity& identity, core::Time now);

}  // namespace airlock::delivery
