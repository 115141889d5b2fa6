#include "review/document.hpp"

#include <doctest/doctest.h>

#include "core/io.hpp"

namespace airlock::review {
namespace {

std::string document(Search search) {
  core::StringSink sink(page_bytes_limit);
  REQUIRE(write_document(sink, "A <title>", search, [](Html& html) { html.leaf("h1", "A <heading>"); }));
  return sink.take();
}

}  // namespace

TEST_CASE("a page begins with its policy, and nothing else counts as one") {
  for (const Search search : {Search::no, Search::yes}) {
    const std::string page = document(search);
    CHECK(is_guarded(page));
    CHECK(page.find("<title>A &lt;title&gt;</title>") != std::string::npos);
    CHECK_FALSE(is_guarded(page.substr(1)));
    CHECK_FALSE(is_guarded("<script>alert(1)</script>" + page));
    const std::size_t policy = page.find("default-src &#39;none&#39;");
    REQUIRE(policy != std::string::npos);
    std::string without = page;
    CHECK_FALSE(is_guarded(without.replace(policy, 26, "default-src *")));
    CHECK_FALSE(is_guarded(page.substr(0, policy)));
  }
  CHECK_FALSE(is_guarded(""));
}

TEST_CASE("only a page with a search box has a script") {
  CHECK(document(Search::no).find("script") == std::string::npos);
  CHECK(document(Search::yes).find("script-src &#39;sha256-") != std::string::npos);
}

}  // namespace airlock::review
