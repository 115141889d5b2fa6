#include <set>

#include "crypto/cms.hpp"
#include "crypto/profile.hpp"
#include "sealed_objects.hpp"

using namespace airlock;
using namespace airlock::test;

TEST_CASE("no single byte of an object for one recipient can change unnoticed") {
  const SealParties& p = seal_parties();
  for (const Identity* recipient : {&p.p256, &p.rsa}) {
    const std::vector<Certificate> to{recipient->certificate};
    const std::string object = sealed(report_text, p.site, to);
    std::string unnoticed;
    for (std::size_t at = 0; at < object.size(); ++at) {
      for (const int flip : {0x01, 0x20, 0x80}) {
        if (recipient == &p.rsa && flip != 0x01) continue;  // a private RSA operation takes milliseconds
        std::string altered = object;
        altered[at] = static_cast<char>(altered[at] ^ flip);
        if (opened(altered, *recipient)) unnoticed += std::to_string(at) + " ";
      }
    }
    CHECK(unnoticed.empty());
  }
}

TEST_CASE("of an object for several, exactly the other recipients' name, point and wrapped key can change unnoticed") {
  const SealParties& p = seal_parties();
  const Identity second = leaf(p.top, Role::recipient);
  const std::string object = openssl_seals(report_text, {p.p256.certificate, second.certificate});
  Node whole = parse(object);
  const std::string id = issuer_and_serial(second.certificate.der());
  Node& first = recipient_infos(whole)[0];
  Node& other = first.der().find(id) == std::string::npos ? recipient_infos(whole)[1] : first;
  // What docs/formats/cms.md lists as unsigned.
  std::set<std::size_t> expected;
  for (const std::string& bytes : {id, other[1][0][1].content.substr(2), other[3][0][1].content}) {
    const std::size_t begin = object.find(bytes);
    REQUIRE(begin != std::string::npos);
    for (std::size_t at = begin; at < begin + bytes.size(); ++at) expected.insert(at);
  }
  std::set<std::size_t> unnoticed;
  for (std::size_t at = 0; at < object.size(); ++at) {
    for (const int flip : {0x01, 0x20, 0x80}) {
      std::string altered = object;
      altered[at] = static_cast<char>(altered[at] ^ flip);
      const auto out = opened(altered, p.p256);
      if (!out) continue;
      CHECK(*out == report_text);
      unnoticed.insert(at);
    }
  }
  CHECK(unnoticed == expected);
}

TEST_CASE("a sealed object that is cut off is refused at every length") {
  const std::string object = sealed(report_text, seal_parties().site, seal_parties().one);
  for (std::size_t size = 0; size < object.size(); ++size) {
    CHECK(refusal_of_sealed(object.substr(0, size)).starts_with("bad_input: is not a sealed object"));
  }
}

TEST_CASE("a sealed object may be any CMS inside, so the inner signature is what counts") {
  const SealParties& p = seal_parties();
  CHECK(opened(openssl_seals("no signature", p.one), p.p256).value() == "no signature");
  CHECK(why(opened_and_verified(openssl_seals("no signature", p.one), p.p256))
            .starts_with("bad_input: is not a signed object"));
  const Identity stranger = leaf(root("elsewhere"), Role::site);
  CHECK(why(opened_and_verified(sealed(report_text, stranger, p.one), p.p256)).starts_with("integrity"));
}
