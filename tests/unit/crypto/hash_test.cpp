#include "crypto/hash.hpp"
#include "core/encoding.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace airlock;
using namespace airlock::crypto;

TEST_CASE("SHA-256 gives the digests of FIPS 180-4") {
  CHECK(sha256("").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 million;
  for (int i = 0; i < 1000; ++i) million.update(std::string(1000, 'a'));
  CHECK(million.finish().hex() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a digest does not depend on the pieces, nor on whether they come from a blob or a copy") {
  const std::string text(100'000, 'x');
  Sha256 pieces;
  for (std::size_t at = 0; at < text.size(); at += 333) pieces.update(std::string_view(text).substr(at, 333));
  CHECK(pieces.finish() == sha256(text));
  const core::MemoryBlob blob(text);
  CHECK(sha256(blob).value() == sha256(text));
  Sha256 first;
  first.update("ab");
  Sha256 second = std::move(first);
  REQUIRE(second.write("c"));
  CHECK(second.finish() == sha256("abc"));
}

TEST_CASE("HMAC-SHA-256 gives the digests of RFC 4231, again and again under one key") {
  HmacSha256 jefe(Secret("Jefe"));
  for (int i = 0; i < 3; ++i) {
    CHECK(jefe("what do ya want for nothing?").hex() ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }
  HmacSha256 bytes(Secret(std::string(20, '\x0b')));
  CHECK(bytes("Hi There").hex() == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  HmacSha256 long_key(Secret(std::string(131, '\xaa')));
  CHECK(long_key("Test Using Larger Than Block-Size Key - Hash Key First").hex() ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  HmacSha256 moved = std::move(jefe);
  CHECK(moved("").hex() == "923598ca6d64af2a5dba79dcd021a8a0fe5c5f557519adaaf0ad532d4506dd30");
}

TEST_CASE("fingerprints are the 128-bit outputs that OpenSSL gives for SipHash-1-3") {
  std::string key;
  for (int i = 0; i < 16; ++i) key += static_cast<char>(i);
  const Fingerprinter fingerprint{Secret(std::string(key))};
  // `openssl mac -macopt hexkey:000102…0f -macopt c-rounds:1 -macopt d-rounds:3 -macopt size:16 siphash` over the first
  // bytes 0, 1, 2, …
  const auto of_first = [&](std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += static_cast<char>(text.size());
    const Fingerprint value = fingerprint(text);
    return core::to_hex({reinterpret_cast<const char*>(value.words.data()), sizeof value.words});
  };
  CHECK(of_first(0) == "e77ebcb22788a5befd62db6add303001");
  CHECK(of_first(1) == "fc6f370460d3eda85e0573cc2b2ff063");
  CHECK(of_first(7) == "1084b923f2aae0c3a62f2ec80848ab77");
  CHECK(of_first(8) == "aa12fee1d5e3dab4724f16ab35f9c799");
  CHECK(of_first(9) == "81ddb8042cf33994f4720e0094137c42");
  CHECK(of_first(63) == "4c5800e34efe426f079f6b0aa75260ad");
}

TEST_CASE("fingerprints of different texts, and under different keys, differ") {
  Fingerprinter one{Secret(std::string(16, '1'))};
  Fingerprinter two{Secret(std::string(16, '2'))};
  CHECK(one("a") != two("a"));
  std::set<Fingerprint> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(one(std::to_string(i)));
  CHECK(seen.size() == 1000);
  CHECK_THROWS(Fingerprinter{Secret("short")});
}

TEST_CASE("a secret that was moved from holds nothing") {
  for (const std::string& bytes : {std::string("short"), std::string(100, 'k')}) {
    Secret first{std::string(bytes)};
    Secret second = std::move(first);
    CHECK(first.view().empty());
    CHECK(second.view() == bytes);
    Secret third;
    third = std::move(second);
    CHECK(second.view().empty());
    CHECK(third.view() == bytes);
  }
}
