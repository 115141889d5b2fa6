#include "review/html.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "core/io.hpp"
#include "core/utf8.hpp"

namespace airlock::review {
namespace {

template <typename Write>
std::string html(Write write) {
  core::StringSink sink(1 << 24);
  Html out(sink);
  write(out);
  REQUIRE(out.finish());
  return sink.take();
}

std::string text_of(std::string_view text) {
  return html([&](Html& out) { out.text(text); });
}

/// The reader's side: takes the marks of unseen characters away and reads the five references. Fails on other markup.
std::string read_back(std::string_view written) {
  constexpr std::string_view mark = "<span class=\"unseen\">";
  constexpr std::string_view end = "</span>";
  std::string out;
  while (!written.empty()) {
    const auto take = [&](std::string_view token, std::string_view meaning) {
      if (!written.starts_with(token)) return false;
      out += meaning;
      written.remove_prefix(token.size());
      return true;
    };
    if (take(mark, "") || take(end, "") || take("&amp;", "&") || take("&lt;", "<") || take("&gt;", ">") ||
        take("&quot;", "\"") || take("&#39;", "'")) {
      continue;
    }
    if (std::string_view("<>&\"'").find(written[0]) != std::string_view::npos) FAIL("markup: ", written.substr(0, 40));
    out += written[0];
    written.remove_prefix(1);
  }
  return out;
}

}  // namespace

TEST_CASE("text and attributes cannot become markup") {
  const std::string hostile = "</script><script>alert(1)</script><img src=x onerror='f()'>&amp;\"";
  const std::string written = html([&](Html& out) { out.open("p", {{"title", hostile}}).text(hostile).close(); });
  CHECK(written.starts_with("<p title=\"&lt;/script&gt;"));
  CHECK(written.find("<script") == std::string::npos);
  CHECK(written.find("<img") == std::string::npos);
  CHECK(read_back(text_of(hostile)) == hostile);
}

TEST_CASE("what nobody would see is shown as its number, and marked") {
  CHECK(text_of("a\u202Eb") == "a<span class=\"unseen\">\\u202e</span>b");
  CHECK(text_of("\u200B\u2066\uFEFF") ==
        "<span class=\"unseen\">\\u200b</span><span class=\"unseen\">\\u2066</span><span "
        "class=\"unseen\">\\ufeff</span>");
  CHECK(
      text_of(std::string_view("\0\x1b\n\t\x7f", 5)) ==
      "<span class=\"unseen\">\\u0000</span><span class=\"unseen\">\\u001b</span><span class=\"unseen\">\\u000a</span>"
      "<span class=\"unseen\">\\u0009</span><span class=\"unseen\">\\u007f</span>");
  CHECK(text_of("\xff") == "<span class=\"unseen\">\\xff</span>");
  CHECK(visible("a\u202E\n") == "a\\u202e\\u000a");
}

TEST_CASE("a letter carries only so many marks") {
  std::string marks = "e";
  for (int i = 0; i < 6; ++i) marks += "\u0301";
  CHECK(text_of(marks) ==
        "e\u0301\u0301\u0301\u0301<span class=\"unseen\">\\u0301</span><span class=\"unseen\">\\u0301</span>");
}

TEST_CASE("whatever the bytes are, what is read back is what was written") {
  std::mt19937 random(16);  // NOLINT(cert-msc51-cpp): the same cases each time
  const std::string alphabet = "<>&\"'/ a-!\\u202e=;`\n\t";
  for (int round = 0; round < 3000; ++round) {
    std::string bytes;
    const auto size = random() % 60;
    while (bytes.size() < size) {
      switch (random() % 4) {
        case 0:
          bytes += static_cast<char>(random() % 256);
          break;
        case 1:
          bytes += "\u202E\u0301é漢\U000E0001";
          break;
        default:
          bytes += alphabet[random() % alphabet.size()];
      }
    }
    const std::string written = text_of(bytes);
    REQUIRE(core::is_utf8(written));
    REQUIRE(read_back(written) == visible(bytes));
    const std::string attribute = html([&](Html& out) { out.open("p", {{"title", bytes}}); });
    REQUIRE(attribute.starts_with("<p title=\""));
    REQUIRE(attribute.ends_with("\"></p>"));
    REQUIRE(read_back(attribute.substr(10, attribute.size() - 16)) == visible(bytes));
  }
}

TEST_CASE("a long value is cut between two characters, and its length is said") {
  std::string word;
  while (word.size() < 65536) word += "é";
  const std::string written = html([&](Html& out) { out.value(word); });
  CHECK(written.size() < 600);
  CHECK(core::is_utf8(written));
  CHECK(written.find("65 536 bytes in all") != std::string::npos);
  CHECK(html([](Html& out) { out.value(""); }).find("empty") != std::string::npos);
  CHECK(html([](Html& out) { out.value("short"); }) == "<bdi>short</bdi>");
}

TEST_CASE("a sentence shows in code type what it has in backticks") {
  CHECK(html([](Html& out) { out.sentence("run `a <b>` now, or ` not"); }) ==
        "run <code>a &lt;b&gt;</code> now, or ` not");
}

TEST_CASE("numbers are written in groups of three digits") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(3448) == "3 448");
  CHECK(grouped(39786986) == "39 786 986");
}

TEST_CASE("a sink that fails is told at the end") {
  core::StringSink sink(10);
  Html out(sink);
  for (int i = 0; i < 100'000; ++i) out.leaf("p", "text");
  const auto done = out.finish();
  REQUIRE_FALSE(done);
  CHECK(done.error().code == core::Code::bad_input);
}

}  // namespace airlock::review
