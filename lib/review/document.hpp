#pragma once
/// \file
/// The frame of every page: head, style, content security policy, landmarks. A page is one file that asks nobody for
/// anything: its policy forbids every request, and lets only the style and the script run that this program wrote,
/// named by their SHA-256.

#include <functional>
#include <string>
#include <string_view>

#include "core/io.hpp"
#include "core/result.hpp"
#include "review/html.hpp"

namespace airlock::review {

/// A page is never larger.
inline constexpr std::uint64_t page_bytes_limit = 5'000'000;
/// A page that has so many bytes lists no more data, and only counts them.
inline constexpr std::uint64_t listing_bytes = 3'500'000;

/// Whether the page has a search box, and with it the one script.
enum class Search : std::uint8_t { no, yes };

/// Writes a page. `body` writes what stands in its `main` element. Error: that of `out`.
[[nodiscard]] core::Result<void> write_document(core::Sink& out, const std::string& title, Search search,
                                                const std::function<void(Html&)>& body);

/// Whether `bytes` begin as every page does: with the policy that lets no other script run and forbids every request.
/// Whatever follows, a browser obeys it. So a page may be kept that comes from a process which had read a report.
[[nodiscard]] bool is_guarded(std::string_view bytes);

}  // namespace airlock::review
