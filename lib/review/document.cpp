#include "review/document.hpp"

#include "core/encoding.hpp"
#include "crypto/hash.hpp"
#include "review/style.hpp"

namespace airlock::review {
namespace {

/// A source of a content security policy: the SHA-256 of an inline element's text (CSP 3, 2.3.1).
std::string source_of(Literal inline_text) {
  return "'sha256-" + core::to_base64(crypto::sha256(inline_text.view()).view()) + "'";
}

std::string security_policy(Search search) {
  return "default-src 'none'; style-src " + source_of(page_style) +
         "; img-src data:" + (search == Search::yes ? "; script-src " + source_of(page_script) : "") +
         "; base-uri 'none'; form-action 'none'";
}

/// The beginning of a page up to its policy.
void begin_guarded(Html& html, Search search) {
  html.raw("<!doctype html>\n");
  html.open("html", {{"lang", "en-GB"}});
  html.open("head");
  html.only("meta", {{"charset", "utf-8"}});
  html.only("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", security_policy(search)}});
}

}  // namespace

bool is_guarded(std::string_view bytes) {
  for (const Search search : {Search::no, Search::yes}) {
    core::StringSink sink(page_bytes_limit);
    Html html(sink);
    begin_guarded(html, search);
    if (!html.finish()) return false;
    constexpr std::string_view end = "</head></html>";
    if (bytes.starts_with(std::string_view(sink.bytes()).substr(0, sink.bytes().size() - end.size()))) return true;
  }
  return false;
}

core::Result<void> write_document(core::Sink& out, const std::string& title, Search search,
                                  const std::function<void(Html&)>& body) {
  Html html(out);
  begin_guarded(html, search);
  html.only("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  html.only("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  html.only("meta", {{"name", "referrer"}, {"content", "no-referrer"}});
  html.open("title").plain(title).close();
  // Without an icon of its own, a browser asks the server of the page for one.
  html.only("link", {{"rel", "icon"}, {"href", "data:,"}});
  html.open("style").raw(page_style).close();
  html.close();
  html.open("body");
  html.leaf("a", "Skip to the content", {{"class", "skip"}, {"href", "#content"}});
  html.open("main", {{"id", "content"}, {"tabindex", "-1"}});
  body(html);
  html.close();
  if (search == Search::yes) html.open("script").raw(page_script).close();
  AIRLOCK_CHECK(html.finish());
  return {};
}

}  // namespace airlock::review
