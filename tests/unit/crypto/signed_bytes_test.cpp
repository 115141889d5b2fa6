#include "crypto/cms.hpp"
#include "crypto/pem.hpp"
#include "signed_objects.hpp"

using namespace airlock;
using namespace airlock::test;

TEST_CASE("the digest of the certificate that signed is part of what is signed") {
  // Two certificates with the same key, name and serial number: OpenSSL cannot tell them apart by the signature.
  const DirectSigners& d = direct_signers();
  const Certificate twin = changed(d.end.certificate, d.top, [](x509_st*) {});
  REQUIRE_FALSE(twin == d.end.certificate);
  const std::string object = edited(sign(licence_text, signer(d.end)).value(),
                                    [&](Node& whole) { signed_data(whole)[3][0] = parse(twin.der()); });
  CHECK(d.trap(object) == "integrity: the signature does not verify");
}

TEST_CASE("altered content, digest, time or signature does not verify") {
  const DirectSigners& d = direct_signers();
  const std::string object = sign(licence_text, signer(d.end)).value();
  const auto altered = [&](const std::function<void(Node&)>& edit) {
    return refusal_of_signed(edited(object, edit), d.trust);
  };
  const std::string message = "integrity: the signature does not verify";
  CHECK(altered([](Node& whole) { signed_data(whole)[2][1][0].content[3] ^= 1; }) == message);
  CHECK(altered([](Node& whole) { signed_data(whole)[2][1][0].content.clear(); }) == message);
  CHECK(altered([](Node& whole) { signer_info(whole)[5].content.back() ^= 1; }) == message);
  CHECK(altered([](Node& whole) { signer_info(whole)[3][1][1][0].content[11] ^= 1; }) == message);
}

TEST_CASE("the order of signed attributes is part of what is signed") {
  const std::string object = edited(sign(licence_text, signer(direct_signers().end)).value(), [](Node& whole) {
    Node& attributes = signer_info(whole)[3];
    std::swap(attributes[0], attributes[1]);
  });
  CHECK(refusal_of_signed(object, direct_signers().trust) == "integrity: the signature does not verify");
}

TEST_CASE("no single byte of a signed object can change unnoticed, in DER and in PEM") {
  const LicenceVendor& v = licence_vendor();
  const std::string der = v.signed_object();
  const std::string pem = to_pem(cms_label, der);
  REQUIRE(refusal_of_signed(der) == "accepted");
  const auto unnoticed = [&](const std::string& bytes, const std::function<Result<std::string>(std::string)>& read) {
    std::string list;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      for (const int flip : {0x01, 0x20, 0x80, 0xFF}) {
        std::string altered = bytes;
        altered[at] = static_cast<char>(altered[at] ^ flip);
        if (read(altered)) list += std::to_string(at) + " ";
      }
    }
    return list;
  };
  CHECK(unnoticed(der, [&](const std::string& bytes) { return content_of(bytes, v.trust); }).empty());
  CHECK(unnoticed(pem, [&](const std::string& text) -> Result<std::string> {
          AIRLOCK_TRY(const std::string bytes, from_pem(cms_label, text));
          return content_of(bytes, v.trust);
        }).empty());
}

TEST_CASE("no single byte of an object whose content comes in pieces can change unnoticed") {
  const std::string object = edited(sign(licence_text, signer(direct_signers().end)).value(), [](Node& whole) {
    const Node one = primitive(0x04, licence_text.substr(0, 9));
    const Node two = primitive(0x04, licence_text.substr(9, 4));
    signed_data(whole)[2][1][0] = {0x24, {}, {one, two, primitive(0x04, licence_text.substr(13))}};
  });
  REQUIRE(content_of(object, direct_signers().trust).value() == licence_text);
  const std::size_t begin = object.find("\x24");
  REQUIRE(begin < 100);
  for (std::size_t at = 0; at < begin + 16; ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string altered = object;
      altered[at] = static_cast<char>(value);
      if (altered != object) CHECK_FALSE_MESSAGE(content_of(altered, direct_signers().trust), "byte ", at);
    }
  }
}

TEST_CASE("a signed object that is cut off is refused at every length") {
  const LicenceVendor& v = licence_vendor();
  const std::string der = v.signed_object();
  for (std::size_t size = 0; size < der.size(); ++size) {
    CHECK(refusal_of_signed(der.substr(0, size)).starts_with("bad_input: is not a signed object"));
  }
}

TEST_CASE("a byte more or less anywhere is refused") {
  const LicenceVendor& v = licence_vendor();
  const std::string der = v.signed_object();
  for (std::size_t at = 0; at < der.size(); at += 3) {
    CHECK_FALSE(content_of(std::string(der).erase(at, 1), v.trust));
    CHECK_FALSE(content_of(std::string(der).insert(at, 1, '\0'), v.trust));
  }
}

TEST_CASE("a signed object is refused as a sealed one, and the reverse") {
  const DirectSigners& d = direct_signers();
  const Identity vendor_side = leaf(d.top, Role::recipient);
  const std::vector<Certificate> to{vendor_side.certificate};
  CHECK(why(opened(sign(licence_text, signer(d.end)).value(), vendor_side))
            .starts_with("bad_input: is not a sealed object"));
  CHECK(refusal_of_signed(sealed(licence_text, d.end, to), d.trust).starts_with("bad_input: is not a signed object"));
}
