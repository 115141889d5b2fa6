#include "crypto/pem.hpp"

#include "kit.hpp"

using namespace airlock;
using namespace airlock::test;

namespace {

const std::string some_bytes(100, '\x5A');
const std::string good_pem = to_pem("CMS", some_bytes);

std::string with_crlf(std::string text) {
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.insert(at, "\r");
  return text;
}

}  // namespace

TEST_CASE("PEM survives a round trip, with either line ending") {
  CHECK(good_pem.starts_with("-----BEGIN CMS-----\n"));
  CHECK(good_pem.ends_with("\n-----END CMS-----\n"));
  for (std::size_t size = 1; size < 200; ++size) {
    const std::string bytes(size, static_cast<char>(size));
    const std::string pem = to_pem("CMS", bytes);
    CHECK(from_pem("CMS", pem).value() == bytes);
    CHECK(from_pem("CMS", with_crlf(pem)).value() == bytes);
  }
}

TEST_CASE("what mail, editors and memory sticks do to a PEM file changes nothing that is read") {
  const std::string mark = "\xEF\xBB\xBF";
  const auto spaced = [](std::string_view by) {
    std::string out;
    for (const char c : good_pem) out += c == '\n' ? std::string(by) + c : std::string(1, c);
    return out;
  };
  const std::string other = to_pem("CERTIFICATE", "another object");
  for (const std::string& text :
       {mark + good_pem, with_crlf(good_pem), mark + with_crlf(good_pem), spaced(" "), spaced(" \t \r"), spaced("\n"),
        spaced("\r\n"), "\n" + good_pem, good_pem + "\n\n", good_pem.substr(0, good_pem.size() - 1),
        "Dear Ms Example,\n\nhere it is:\n" + good_pem + "-- \nVendor\n", other + good_pem + other,
        good_pem + "-----END CMS-----\n", std::string("\xFF\0\n", 3) + good_pem}) {
    CAPTURE(text);
    CHECK(from_pem("CMS", text).value() == some_bytes);
    CHECK(canonical_pem("CMS", text).value() == good_pem);
  }
}

TEST_CASE("PEM without exactly one armour of the right label is refused, and the message says why") {
  CHECK(why(from_pem("CMS", "")) == "bad_input: is not PEM: has no line `-----BEGIN CMS-----`");
  CHECK_FALSE(from_pem("CERTIFICATE", good_pem));
  CHECK_FALSE(from_pem("CMS", " " + good_pem));  // not the first line of an armour
  CHECK_FALSE(from_pem("CMS", "> " + good_pem));
  CHECK(why(from_pem("CMS", good_pem + good_pem)) == "bad_input: is not PEM: has a second `-----BEGIN CMS-----`");
  CHECK_FALSE(from_pem("CMS", good_pem + "text\n" + good_pem));
  CHECK(why(from_pem("CMS", good_pem.substr(0, good_pem.size() - 2))) ==
        "bad_input: is not PEM: has no line `-----END CMS-----`; the file may be cut off");
  CHECK(why(from_pem("CMS", good_pem.substr(0, 60) + "\n" + good_pem)) ==
        "bad_input: is not PEM: has the line `-----BEGIN CMS-----` twice and no `-----END CMS-----` between them");
  CHECK(why(from_pem("CMS", "-----BEGIN CMS-----\n-----END CMS-----\n")) ==
        "bad_input: is not PEM: must have base64 between its first and last line");
  CHECK(why(all_from_pem("CMS", good_pem + good_pem + good_pem, 2)) ==
        "bad_input: is not PEM: has more than 2 `-----BEGIN CMS-----`");
  CHECK(all_from_pem("CMS", good_pem + "and\n" + good_pem, 2).value() ==
        std::vector<std::string>{some_bytes, some_bytes});
  CHECK(has_armour("CMS", "text\r\n" + with_crlf(good_pem)));
  CHECK_FALSE(has_armour("CMS", "text " + good_pem));
}

TEST_CASE("PEM with lines of another length or loose base64 is refused") {
  const auto altered = [](std::size_t at, std::size_t count, const std::string& by) {
    return std::string(good_pem).replace(at, count, by);
  };
  const std::size_t body = good_pem.find('\n') + 1;
  CHECK(why(from_pem("CMS", altered(body + 64, 1, ""))) == "bad_input: is not PEM: lines must have 64 characters");
  CHECK_FALSE(from_pem("CMS", altered(body + 60, 0, "\n")));
  CHECK_FALSE(from_pem("CMS", altered(body + 10, 0, " ")));
  CHECK_FALSE(from_pem("CMS", altered(body, 0, " ")));
  CHECK_FALSE(from_pem("CMS", altered(body, 1, " ")));
  CHECK_FALSE(from_pem("CMS", altered(body, 1, "-")));
  // 100 bytes end in 2 padding characters; a used bit behind them is another text for the same bytes.
  const std::size_t padding = good_pem.find("==");
  REQUIRE(padding != std::string::npos);
  CHECK_FALSE(from_pem("CMS", altered(padding - 1, 1, "h")));
  CHECK_FALSE(from_pem("CMS", altered(padding, 1, "")));
}

TEST_CASE("no single byte of a PEM file can change what is read and stay unnoticed") {
  const std::size_t body = good_pem.find('\n') + 1;
  const std::size_t end = good_pem.rfind("-----END");
  for (std::size_t at = 0; at < good_pem.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string text = good_pem;
      if (text[at] == static_cast<char>(value)) continue;
      text[at] = static_cast<char>(value);
      const auto read = from_pem("CMS", text);
      const bool is_data = at >= body && at < end && good_pem[at] != '\n';
      // One text for one value: a changed character is refused, or is another value, which the signature refuses.
      CHECK_MESSAGE((!read || (*read == some_bytes) != is_data), "byte ", at, " value ", value);
    }
  }
}
