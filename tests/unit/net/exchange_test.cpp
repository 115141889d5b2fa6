#include "net/exchange.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace airlock;
using net::Exchange;
using net::Trouble;

namespace {

constexpr std::chrono::seconds limit{30};
const Exchange::Clock::time_point start{};

/// A blob that cannot be read.
class BrokenBlob final : public core::Blob {
 public:
  [[nodiscard]] std::uint64_t size() const override { return 9; }
  [[nodiscard]] core::Result<std::size_t> read_at(std::uint64_t, std::span<char>) const override {
    return core::fail(core::Code::not_recorded, "the disk is broken");
  }
};

}  // namespace

TEST_CASE("the head of an answer gives redirect and retry time, in either case and without white space") {
  Exchange exchange(nullptr, limit);
  for (const char* line : {"HTTP/1.1 301 Moved\r\n", "LOCATION:  https://elsewhere/ \r\n", "Retry-After:\t120\r\n",
                           "X-Location: no\r\n", "no colon\r\n", "\r\n"}) {
    CHECK(exchange.head(line));
  }
  CHECK(exchange.answer.location == "https://elsewhere/");
  CHECK(exchange.answer.retry_after == "120");
  CHECK(exchange.why().empty());
}

TEST_CASE("an interim answer leaves nothing behind") {
  Exchange exchange(nullptr, limit);
  CHECK(exchange.head("HTTP/1.1 103 Early Hints\r\n"));
  CHECK(exchange.head("Retry-After: 7\r\n"));
  CHECK(exchange.head("HTTP/1.1 503 Busy\r\n"));
  CHECK(exchange.answer.retry_after.empty());
}

TEST_CASE("an answer over a limit is refused, and only the beginning of its body is kept") {
  Exchange exchange(nullptr, limit);
  const std::string half(net::answer_body_maximum / 2, 'x');
  CHECK(exchange.body(half));
  CHECK(exchange.body(half));
  CHECK(exchange.answer.text == std::string(net::answer_text_maximum, 'x'));
  CHECK_FALSE(exchange.body("y"));
  CHECK(exchange.why() == "the answer is larger than 262144 bytes");
  CHECK(exchange.trouble() == Trouble::answer_too_large);

  Exchange long_head(nullptr, limit);
  CHECK(long_head.head(std::string(net::answer_head_maximum, 'x')));
  CHECK_FALSE(long_head.head("y"));
  CHECK(long_head.why() == "the headers of the answer are larger than 65536 bytes");
  CHECK(long_head.trouble() == Trouble::answer_too_large);
}

TEST_CASE("the first reason to stop is the one that is reported") {
  Exchange exchange(nullptr, limit);
  CHECK_FALSE(exchange.head(std::string(net::answer_head_maximum + 1, 'x')));
  CHECK_FALSE(exchange.body(std::string(net::answer_body_maximum + 1, 'x')));
  CHECK(exchange.why() == "the headers of the answer are larger than 65536 bytes");
}

TEST_CASE("a request is read piece by piece, and again from any place") {
  const core::MemoryBlob blob("hello world");
  Exchange exchange(&blob, limit);
  std::array<char, 6> piece{};
  CHECK(exchange.request(piece) == 6);
  CHECK(exchange.request(piece) == 5);
  CHECK(exchange.request(piece) == 0);
  exchange.rewind(6);
  CHECK(exchange.request(piece) == 5);
  CHECK(std::string(piece.data(), 5) == "world");
  CHECK(Exchange(nullptr, limit).request(piece) == 0);
}

TEST_CASE("a request that cannot be read is a fault of this side") {
  const BrokenBlob blob;
  Exchange exchange(&blob, limit);
  std::array<char, 6> piece{};
  CHECK_FALSE(exchange.request(piece));
  CHECK(exchange.why() == "the disk is broken");
  CHECK(exchange.trouble() == Trouble::local);
}

TEST_CASE("the time of connecting is not limited here") {
  const core::MemoryBlob blob("x");
  Exchange exchange(&blob, limit);
  CHECK(exchange.tick(0, start + 100 * limit));
  CHECK_FALSE(exchange.begun());
}

TEST_CASE("a receiver that takes the request too slowly, or does not answer in time, is given up") {
  const std::string bytes(3 * net::slowest_upload, 'x');
  const core::MemoryBlob blob(bytes);
  Exchange exchange(&blob, limit);
  exchange.begin(start);
  CHECK(exchange.begun());
  CHECK(exchange.tick(0, start + limit));
  SUBCASE("too slowly") {
    CHECK(exchange.tick(net::slowest_upload, start + limit));
    CHECK(exchange.tick(2 * net::slowest_upload - 1, start + 2 * limit));
    CHECK_FALSE(exchange.tick(2 * net::slowest_upload - 1, start + 2 * limit + std::chrono::milliseconds(1)));
    CHECK(exchange.why() == "the receiver took less than 4096 bytes in 30 s");
  }
  SUBCASE("no answer") {
    CHECK(exchange.tick(bytes.size(), start + limit));
    CHECK(exchange.tick(bytes.size(), start + 2 * limit));
    CHECK_FALSE(exchange.tick(bytes.size(), start + 2 * limit + std::chrono::milliseconds(1)));
    CHECK(exchange.why() == "no complete answer within 30 s");
  }
  CHECK(exchange.trouble() == Trouble::timeout);
}
