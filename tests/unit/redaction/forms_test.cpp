#include "redaction/forms.hpp"
#include "core/encoding.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/text.hpp"
#include "kit.hpp"

using namespace airlock::redaction;
using namespace airlock::redaction::kit;
using namespace airlock::core;

namespace {

/// Whether some form of `text` holds `part`.
bool shows(std::string_view text, std::string_view part) {
  return Forms().any(text, [&](const Form& form) { return form.text.find(part) != form.text.npos; });
}

std::string url_safe(std::string base64) {
  std::replace(base64.begin(), base64.end(), '+', '-');
  std::replace(base64.begin(), base64.end(), '/', '_');
  return base64.substr(0, base64.find('='));
}

std::string percent(std::string_view text) {
  std::string out;
  for (const char c : text) out += "%" + to_hex(std::string(1, c));
  return out;
}

/// `text` as it would stand within a JSON string.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return out;
}

using Forms_ = std::vector<std::string>;

}  // namespace

TEST_CASE("a text is found in either case, percent-encoded, escaped, in base64 and in hex") {
  CHECK(shows("see PlayGround.PostHog.NET!", host));
  CHECK(shows("https%3A%2F%2Fplayground%2Eposthog%2enet%2f", host));
  CHECK(shows(percent("Playground.posthog.net"), host));
  CHECK(shows(R"({\"host\":\"\u0070layground\u002eposthog.net\"})", host));
  CHECK(shows(to_base64(host), host));
  CHECK(shows(to_hex(host), host));
  CHECK(shows("0x" + to_hex(host) + "ff", host));
  CHECK_FALSE(shows("playground.posthog.org", host));
}

TEST_CASE("base64 is found at every alignment, in both alphabets, with and without padding, within other characters") {
  for (const std::string before : {"", "a", "ab", "abc", "\xFF\xFE", "~~~?"}) {
    for (const std::string after : {"", "x", "xy", "\xFF"}) {
      const std::string encoded = to_base64(before + host + after);
      for (const std::string shift : {"", "A", "AB", "ABC", "ABCD", "id-", "="}) {
        CAPTURE(encoded);
        CAPTURE(shift);
        CHECK(shows(shift + encoded, host));
        CHECK(shows(shift + url_safe(encoded) + "!", host));
      }
    }
  }
  std::string broken = to_base64("before it " + host + " and behind it");
  broken.insert(20, "\r\n");
  CHECK(shows(broken, host));
}

TEST_CASE("hex is found at both alignments and in either case") {
  std::string hex = to_hex(host);
  CHECK(shows("f" + hex, host));
  std::transform(hex.begin(), hex.end(), hex.begin(), [](char c) { return c >= 'a' ? static_cast<char>(c - 32) : c; });
  CHECK(shows(hex, host));
}

TEST_CASE("an escape stands for what JSON says, also beyond the basic plane") {
  CHECK(shows(R"(a\"b\\c\/d\b\f\n\r\te)", "a\"b\\c/d\b\f\n\r\te"));
  CHECK(shows(R"(\u00fc\u20AC\ud83d\ude00)", "\u00fc\u20ac\U0001F600"));
  // What is no escape stays, and a lone surrogate does no harm.
  CHECK(shows(R"(\x\u12g4\)", R"(\x\u12g4\)"));
  CHECK(shows(R"(\ud83dx)", "x"));
  CHECK(shows(R"(\ud83d\u0041)", "a"));
}

TEST_CASE("encodings within one another are undone, three deep and no deeper") {
  const auto json = [](std::string_view text) { return escaped("{\"h\":\"" + std::string(text) + "\"}"); };
  const std::string odd = R"(a"b\c"d)";
  CHECK(shows(json(odd), odd));
  CHECK(shows(json(json(odd)), odd));
  CHECK(shows(json(json(json(odd))), odd));
  CHECK(shows(to_base64(to_base64(to_base64(host))), host));
  CHECK_FALSE(shows(to_base64(to_base64(to_base64(to_base64(host)))), host));
  CHECK(shows(to_hex(to_base64(percent(host))), host));
  CHECK(shows(percent(percent(percent(host))), host));
  CHECK(shows(to_base64("{\"a\":\"" + escaped(percent(host)) + "\"}"), host));
}

TEST_CASE("what is to be found has the text itself in lower case and what the whole of it encodes") {
  CHECK(needle_forms("London") == Forms_{"london"});
  CHECK(needle_forms("SL1") == Forms_{"sl1"});
  CHECK(needle_forms("a%20B") == Forms_{"a%20b", "a b"});
  CHECK(needle_forms(R"(a\u0042)") == Forms_{R"(a\u0042)", "ab"});
  CHECK(needle_forms(to_hex("Example")) == Forms_{"4578616d706c65", "example"});
  CHECK(needle_forms(to_base64("user@example.com")) ==
        Forms_{to_lower(to_base64("user@example.com")), "user@example.com"});
  CHECK(needle_forms(to_base64(to_base64("user@example.com"))).back() == "user@example.com");
  // What decodes to something unprintable is only itself.
  CHECK(needle_forms("playground") == Forms_{"playground"});
  CHECK(needle_forms("d41d8cd98f00b204e9800998ecf8427e") == Forms_{"d41d8cd98f00b204e9800998ecf8427e"});
}

TEST_CASE("only what stands for the whole of a text is whole") {
  const auto whole_forms = [](const std::string& text) {
    std::vector<std::string> out;
    (void)Forms().any(text, [&](const Form& form) {
      if (form.is_whole) out.emplace_back(form.text);
      return false;
    });
    return out;
  };
  CHECK(whole_forms("Le%61d") == Forms_{"le%61d", "lead"});
  CHECK(whole_forms(to_base64("Checkout")) == Forms_{to_lower(to_base64("Checkout")), "checkout"});
  CHECK(whole_forms("x " + to_base64("Checkout")).size() == 1);
  CHECK(whole_forms(to_hex("Checkout")).back() == "checkout");
}

TEST_CASE("of decoded bytes only what is text is a form, and what undoing left as it was is decoded once") {
  CHECK_FALSE(shows(to_base64(std::string("\x01"
                                          "playground",
                                          11)),
                    "\x01"));
  CHECK(shows(to_base64(std::string("\x01"
                                    "playground\x02",
                                    12)),
              "playground"));
  CHECK(shows("%41" + std::string(30, '!') + to_base64(host), host));
  CHECK(shows("%41" + to_base64("a" + host).substr(1), host) == shows("A" + to_base64("a" + host).substr(1), host));
}

TEST_CASE("hostile texts do not make the forms explode") {
  const auto bytes_of = [](const std::string& text) {
    std::size_t bytes = 0;
    (void)Forms().any(text, [&](const Form& form) {
      bytes += form.text.size();
      return false;
    });
    return bytes;
  };
  const std::size_t size = 64 * 1024;
  for (const std::string unit :
       {"A", "3", "0", "%", "%25", "\\", "\\\\", "\\u005c", "MzMz", "%33", "UlVs", "a%2B", "Z\n"}) {
    std::string text;
    while (text.size() < size) text += unit;
    CAPTURE(unit);
    CHECK(bytes_of(text) < 12 * size);
  }
}
