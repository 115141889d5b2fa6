#pragma once
/// \file
/// The page of a report that has left in a bundle: what the bundle has, by its own policy and dictionary.
///
///     AIRLOCK_TRY(const auto opened, gate::open_own_bundle(directory, path));
///     AIRLOCK_TRY(const Page page, bundle_page(opened.bundle, Shareable::yes));
///     AIRLOCK_CHECK(write_page(page, sink));

#include "core/result.hpp"
#include "dictionary/dictionary.hpp"
#include "envelope/bundle.hpp"
#include "review/page.hpp"

namespace airlock::review {

/// The dictionary that a bundle has, by which its report was redacted. Errors: those of reading the bundle.
[[nodiscard]] core::Result<dictionary::Dictionary> dictionary_of(const envelope::OpenedBundle& bundle);

/// The page of a bundle that was opened and verified. It has no value that is not in the bundle, whether it is
/// shareable or not; a shareable page stays without figures of other bundles, which the caller adds to the other kind.
/// Errors: those of reading the bundle.
[[nodiscard]] core::Result<Page> bundle_page(const envelope::OpenedBundle& bundle, Shareable shareable);

}  // namespace airlock::review
