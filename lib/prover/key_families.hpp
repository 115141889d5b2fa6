#pragma once
/// \file
/// Finds names within member names, such as those of data sources in `stats.ds.NAME.count`. Such members become a
/// family, which `declare` declares by one key pattern.

#include "prover/seen.hpp"
#include "prover/words.hpp"

namespace airlock::prover {

/// Takes from the members of an object those that differ in one segment (separated by `.`, `__`, `/` or `:`), if all
/// have one shape, most segments are no known words, and
///
/// - some of them are in one sample and not in another,
/// - or the same segments are in another family too (`stats.ds.NAME.count` and `stats.ds_access.NAME.proxy.count`),
/// - or a segment looks like the name of a package, an id or an address.
///
/// Members that a schema names stay.
void split_off_families(const NameWords& list, Seen& seen);

}  // namespace airlock::prover
