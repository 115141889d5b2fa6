#pragma once
/// \file
/// What the site says about a payload that it sends, and signs: which disclosure it is, which one came before, under
/// which numbers nothing comes. Sent in two headers, so that the payload stays what `preview` printed
/// (docs/formats/delivery.md).

#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/ledger.hpp"
#include "net/client.hpp"
#include "site/site.hpp"

namespace airlock::delivery {

/// The statement as exact JSON text. `disclosure` is one that is queued.
[[nodiscard]] core::Result<std::string> statement(const site::Site& site, const ledger::Ledger& ledger,
                                                  const ledger::Disclosure& disclosure);

/// The headers of an attempt: type, idempotency key, statement, its detached signature by the site.
[[nodiscard]] core::Result<std::vector<net::HttpHeader>> headers(const std::string& statement,
                                                             const std::string& disclosure_id,
                                                             const site::Identity& identity, core::Time now);

}  // namespace airlock::delivery
