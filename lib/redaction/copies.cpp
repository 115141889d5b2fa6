#include "redaction/copies.hpp"

#include <algorithm>
#include <tuple>

#include "report/editor.hpp"

namespace airlock::redaction {

core::Result<void> write_without(const core::Blob& report, report::Document document,
                                 const std::vector<std::uint64_t>& places, const report::Limits& limits,
                                 const crypto::Secret& fingerprint_key, core::Sink& out) {
  report::Limits disclosed_limits = limits;
  disclosed_limits.bytes = std::max(limits.bytes, report::report_bytes_maximum);
  report::Scanner scanner(report, disclosed_limits, fingerprint_key, document);
  report::Editor editor(report, out);
  auto next = places.begin();
  for (;;) {
    AIRLOCK_TRY(const report::Token& token, scanner.next());
    if (token.kind == report::TokenKind::end) return editor.finish(token);
    while (next != places.end() && *next < token.begin) ++next;
    if (editor.dropping()) {
      editor.skip(token);
    } else if (next != places.end() && *next == token.begin) {
      AIRLOCK_CHECK(editor.drop(token));
    } else {
      AIRLOCK_CHECK(editor.keep(token));
    }
  }
}

void add_counts(const Copies& copies, std::vector<DatumCount>& counts) {
  for (const Copied& copied : copies.found) {
    const auto same = std::find_if(counts.begin(), counts.end(), [&](const DatumCount& count) {
      return count.path == copied.path && count.action == copied_word;
    });
    if (same != counts.end()) {
      same->count += copied.count;
    } else {
      counts.push_back({copied.path, std::string(copied_word), std::string(copied_word), copied.count});
    }
  }
  std::sort(counts.begin(), counts.end(), [](const DatumCount& a, const DatumCount& b) {
    return std::tie(a.path, a.what, a.action) < std::tie(b.path, b.what, b.action);
  });
}

}  // namespace airlock::redaction
