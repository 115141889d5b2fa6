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

TEST_CASE("PEM that is not exactly one block is refused") {
  CHECK(why(from_pem("CMS", "")) == "bad_input: is not PEM: must begin with the line `-----BEGIN CMS-----`");
  CHECK_FALSE(from_pem("CERTIFICATE", good));
  CHECK_FALSE(from_pem("CMS", "\n" + good));
  CHECK_FALSE(from_pem("CMS", " " + good));
  CHECK_FALSE(from_pem("CMS", good + "\n"));
  CHECK_FALSE(from_pem("CMS", good + good));
  CHECK_FALSE(from_pem("CMS", good.substr(0, good.size() - 1)));
  CHECK(why(from_pem("CMS", "-----BEGIN CMS-----\n-----END CMS-----\n")) ==
        "bad_input: is not PEM: must have base64 between its first and last line");
  CHECK_FALSE(from_pem("CMS", "-----BEGIN CMS-----\n-----END CMS-----\n-----END CMS-----\n"));
}

TEST_CASE("PEM with lines of another length, mixed line endings or loose base64 is refused") {
  const auto altered = [](std::size_t at, std::size_t count, const std::string& by) {
    return std::string(good).replace(at, count, by);
  };
  const std::size_t body = good.find('\n') + 1;
  CHECK(why(from_pem("CMS", altered(body + 64, 1, ""))) == "bad_input: is not PEM: lines must have 64 characters");
  CHECK_FALSE(from_pem("CMS", altered(body + 60, 0, "\n")));
  CHECK_FALSE(from_pem("CMS", altered(body + 64, 1, "\n\n")));
  CHECK_FALSE(from_pem("CMS", altered(body + 64, 1, "\r\n")));
  CHECK_FALSE(from_pem("CMS", altered(body, 1, " ")));
  CHECK_FALSE(from_pem("CMS", altered(body, 1, "-")));
  CHECK_FALSE(from_pem("CMS", with_crlf(good).erase(good.find('\n'), 1)));
  // 100 bytes end in 2 padding characters; a used bit behind them is another text for the same bytes.
  const std::size_t padding = good.find("==");
  REQUIRE(padding != std::string::npos);
  CHECK_FALSE(from_pem("CMS", altered(padding - 1, 1, "h")));
  CHECK_FALSE(from_pem("CMS", altered(padding, 1, "")));
}

TEST_CASE("no single byte of a PEM file can change unnoticed") {
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string text = good;
      if (text[at] == static_cast<char>(value)) continue;
      text[at] = static_cast<char>(value);
      const auto read = from_pem("CMS", text);
      CHECK_MESSAGE((!read || *read != der), "byte ", at, " value ", value);
    }
  }
}

}  // namespace pem_test
