#include "crypto/pem.hpp"

#include "kit.hpp"

namespace pem_test {

using namespace airlock;
using namespace airlock::test;

namespace {

const std::string der(100, '\x5A');
const std::string good = to_pem("CMS", der);

std::string with_crlf(std::string text) {
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.insert(at, "\r");
  return text;
}

}  // namespace

TEST_CASE("PEM survives a round trip, with either line ending") {
  CHECK(good.starts_with("-----BEGIN CMS-----\n"));
  CHECK(good.ends_with("\n-----END CMS-----\n"));
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
    for (const char c : good) out += c == '\n' ? std::string(by) + c : std::string(1, c);
    return out;
  };
  const std::string other = to_pem("CERTIFICATE", "another object");
  for (const std::string& text :
       {mark + good, with_crlf(good), mark + with_crlf(good), spaced(" "), spaced(" \t \r"), spaced("\n"),
        spaced("\r\n"), "\n" + good, good + "\n\n", good.substr(0, good.size() - 1),
        "Dear Ms Example,\n\nhere it is:\n" + good + "-- \nVendor\n", other + good + other,
        good + "-----END CMS-----\n", std::string("\xFF\0\n", 3) + good}) {
    CAPTURE(text);
    CHECK(from_pem("CMS", text).value() == der);
    CHECK(canonical_pem("CMS", text).value() == good);
  }
}

TEST_CASE("PEM without exactly one armour of the right label is refused, and the message says why") {
  CHECK(why(from_pem("CMS", "")) == "bad_input: is not PEM: has no line `-----BEGIN CMS-----`");
  CHECK_FALSE(from_pem("CERTIFICATE", good));
  CHECK_FALSE(from_pem("CMS", " " + good));  // not the first line of an armour
  CHECK_FALSE(from_pem("CMS", "> " + good));
  CHECK(why(from_pem("CMS", good + good)) == "bad_input: is not PEM: has a second `-----BEGIN CMS-----`");
  CHECK_FALSE(from_pem("CMS", good + "text\n" + good));
  CHECK(why(from_pem("CMS", good.substr(0, good.size() - 2))) ==
        "bad_input: is not PEM: has no line `-----END CMS-----`; the file may be cut off");
  CHECK(why(from_pem("CMS", good.substr(0, 60) + "\n" + good)) ==
        "bad_input: is not PEM: has the line `-----BEGIN CMS-----` twice and no `-----END CMS-----` between them");
  CHECK(why(from_pem("CMS", "-----BEGIN CMS-----\n-----END CMS-----\n")) ==
        "bad_input: is not PEM: must have base64 between its first and last line");
  CHECK(why(all_from_pem("CMS", good + good + good, 2)) ==
        "bad_input: is not PEM: has more than 2 `-----BEGIN CMS-----`");
  CHECK(all_from_pem("CMS", good + "and\n" + good, 2).value() == std::vector<std::string>{der, der});
  CHECK(has_armour("CMS", "text\r\n" + with_crlf(good)));
  CHECK_FALSE(has_armour("CMS", "text " + good));
}

TEST_CASE("PEM with lines of another length or loose base64 is refused") {
  const auto altered = [](std::size_t at, std::size_t count, const std::string& by) {
    return std::string(good).replace(at, count, by);
  };
  const std::size_t body = good.find('\n') + 1;
  CHECK(why(from_pem("CMS", altered(body + 64, 1, ""))) == "bad_input: is not PEM: lines must have 64 characters");
  CHECK_FALSE(from_pem("CMS", altered(body + 60, 0, "\n")));
  CHECK_FALSE(from_pem("CMS", altered(body + 10, 0, " ")));
  CHECK_FALSE(from_pem("CMS", altered(body, 0, " ")));
  CHECK_FALSE(from_pem("CMS", altered(body, 1, " ")));
  CHECK_FALSE(from_pem("CMS", altered(body, 1, "-")));
  // 100 bytes end in 2 padding characters; a used bit behind them is another text for the same bytes.
  const std::size_t padding = good.find("==");
  REQUIRE(padding != std::string::npos);
  CHECK_FALSE(from_pem("CMS", altered(padding - 1, 1, "h")));
  CHECK_FALSE(from_pem("CMS", altered(padding, 1, "")));
}

TEST_CASE("no single byte of a PEM file can change what is read and stay unnoticed") {
  const std::size_t body = good.find('\n') + 1;
  const std::size_t end = good.rfind("-----END");
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string text = good;
      if (text[at] == static_cast<char>(value)) continue;
      text[at] = static_cast<char>(value);
      const auto read = from_pem("CMS", text);
      const bool is_data = at >= body && at < end && good[at] != '\n';
      // One text for one value: a changed character is refused, or is another value, which the signature refuses.
      CHECK_MESSAGE((!read || (*read == der) != is_data), "byte ", at, " value ", value);
    }
  }
}

}  // namespace pem_test
