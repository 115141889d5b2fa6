#include <openssl/cms.h>
#include <openssl/evp.h>

#include "crypto/cms.hpp"
#include "crypto/pem.hpp"
#include "kit.hpp"

namespace sign_test {

using namespace airlock;
using namespace airlock::test;

namespace {

const std::string content = "{\"format\": \"airlock-licence/1\"}\n";

/// A root, the authority below it and a leaf, all for licences.
struct Vendor {
  Identity top = root();
  Identity middle = authority(top, {Role::licence});
  Identity end = leaf(middle, Role::licence);
  std::vector<Certificate> chain{middle.certificate};
  TrustStore trust{Role::licence, {top.certificate}};

  [[nodiscard]] std::string signed_object() const { return sign(content, signer(end, chain)).value(); }
};

const Vendor& vendor() {
  static const Vendor value;
  return value;
}

std::string refusal(const std::string& object, const TrustStore& trust = vendor().trust) {
  return why(content_of(object, trust));
}

/// Objects of one signer right below the root, so that OpenSSL finds its chain without further certificates.
struct Direct {
  Identity top = root();
  Identity end = leaf(top, Role::licence);
  Identity rsa = leaf(top, Role::licence, KeyKind::rsa);
  Identity p384 = leaf(top, Role::licence, KeyKind::p384);
  TrustStore trust{Role::licence, {top.certificate}};

  /// The refusal of an object that OpenSSL alone accepts: otherwise the test would show nothing.
  [[nodiscard]] std::string trap(const std::string& object) const {
    CHECK(openssl_verifies(object, top.certificate));
    return refusal(object, trust);
  }
};

const Direct& direct() {
  static const Direct value;
  return value;
}

}  // namespace

TEST_CASE("what is signed verifies and gives content, signer and time back") {
  const Vendor& v = vendor();
  const std::string object = v.signed_object();
  const MemoryBlob blob(object);
  const auto verified = verify(blob, v.trust);
  REQUIRE_MESSAGE(verified, why(verified));
  CHECK(core::to_string(verified->content(), 1000).value() == content);
  CHECK(verified->signer() == v.end.certificate);
  CHECK(verified->signing_time() == now);
}

TEST_CASE("a signature beside what it signs verifies with exactly that, and is not taken for a whole object") {
  const Vendor& v = vendor();
  const std::string beside = sign_detached(content, signer(v.end, v.chain)).value();
  const MemoryBlob blob(beside);
  const auto verified = verify_detached(blob, content, v.trust);
  REQUIRE_MESSAGE(verified, why(verified));
  CHECK(core::to_string(verified->content(), 1000).value() == content);
  CHECK(verified->signer() == v.end.certificate);
  CHECK(verify_detached(blob, content + " ", v.trust).error().code == core::Code::integrity);
  CHECK(verify_detached(blob, "", v.trust).error().code == core::Code::integrity);
  CHECK(verify_detached(blob, content, direct().trust).error().code == core::Code::integrity);
  CHECK(verify(blob, v.trust).error().code == core::Code::bad_input);
  const std::string object = v.signed_object();
  const MemoryBlob whole(object);
  CHECK(verify_detached(whole, content, v.trust).error().code == core::Code::bad_input);
  for (std::size_t at = 0; at < beside.size(); at += 7) {
    std::string changed = beside;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const MemoryBlob other(changed);
    const auto result = verify_detached(other, content, v.trust);
    // Some bytes are not signed; whatever verifies is the same signer's word for the same content.
    if (result) CHECK(result->signer() == v.end.certificate);
  }
}

TEST_CASE("every kind of signing key signs, with any content") {
  for (const Identity* identity : {&direct().end, &direct().p384, &direct().rsa}) {
    for (const std::string& bytes : {std::string(), std::string("x"), std::string(100'000, 'x'), std::string(3, '\0'),
                                     std::string("line\nline\r\n")}) {
      const auto object = sign(bytes, signer(*identity));
      REQUIRE_MESSAGE(object, why(object));
      CHECK(content_of(*object, direct().trust).value() == bytes);
      CHECK(openssl_verifies(*object, direct().top.certificate));
    }
  }
}

TEST_CASE("a key that may not sign, or is not the certificate's, is refused") {
  const Direct& d = direct();
  const PrivateKey ed25519 = PrivateKey::generate(KeyKind::ed25519).value();
  CHECK(why(sign(content, {ed25519, d.end.certificate, now})) == "bad_input: an Ed25519 key cannot sign documents");
  CHECK(why(sign(content, {d.p384.key, d.end.certificate, now})) ==
        "bad_input: the signing key does not belong to its certificate");
  const std::vector<Certificate> many(16, d.top.certificate);
  CHECK(why(sign(content, signer(d.end, many))) == "bad_input: the signer's chain is too long");
}

TEST_CASE("an object that OpenSSL made with the profile's parameters verifies") {
  const Direct& d = direct();
  CHECK(refusal(openssl_signs(content, d.end), d.trust) == "accepted");
  CHECK(refusal(openssl_signs(content, d.p384, {.digest = "SHA384"}), d.trust) == "accepted");
  CHECK(refusal(openssl_signs(content, d.rsa), d.trust) == "accepted");
}

TEST_CASE("an object whose signed attributes were stripped is refused, although OpenSSL accepts it") {
  const std::string object = edited(openssl_signs(content, direct().end), [](Node& whole) {
    Node attributes = signer_info(whole)[3];
    attributes.tag = 0x31;  // what was signed: the SET OF, not the [0]
    signed_data(whole)[2][1][0].content = attributes.der();
    signer_info(whole).erase(3);
  });
  CHECK(direct().trap(object) == "bad_input: is not a signed object: has no signed attributes");
}

TEST_CASE("an object that never had signed attributes is refused") {
  const std::string object = openssl_signs(content, direct().end, {.flags = CMS_NOATTR, .cades = false});
  CHECK(direct().trap(object) == "bad_input: is not a signed object: has no signed attributes");
}

TEST_CASE("digests and signatures that are not on the list are refused") {
  const Direct& d = direct();
  const std::string message =
      "bad_input: is not a signed object: its algorithms must be ECDSA with SHA-256 or SHA-384, or RSASSA-PSS with "
      "SHA-256";
  CHECK(d.trap(openssl_signs(content, d.end, {.digest = "SHA1", .cades = false})) == message);
  CHECK(d.trap(openssl_signs(content, d.end, {.digest = "SHA512"})) == message);
  CHECK(d.trap(openssl_signs(content, d.rsa, {.digest = "MD5", .cades = false, .pss = false})) == message);
  CHECK(d.trap(openssl_signs(content, d.rsa, {.digest = "SHA1", .cades = false, .pss = false})) == message);
  CHECK(d.trap(openssl_signs(content, d.rsa, {.pss = false})) == message);        // PKCS #1 v1.5
  CHECK(d.trap(openssl_signs(content, d.rsa, {.pss_salt = 20})) == message);      // another salt
  CHECK(d.trap(openssl_signs(content, d.rsa, {.digest = "SHA384"})) == message);  // PSS with another digest
}

TEST_CASE("a digest that is right for another curve is refused") {
  const Direct& d = direct();
  const std::string message =
      "bad_input: is not a signed object: its signature algorithm does not fit the signer's key";
  CHECK(d.trap(openssl_signs(content, d.end, {.digest = "SHA384"})) == message);
  CHECK(d.trap(openssl_signs(content, d.p384, {.digest = "SHA256"})) == message);
}

TEST_CASE("keys of other kinds are refused, although OpenSSL accepts their signatures") {
  const Direct& d = direct();
  // A P-521 key cannot come into a Certificate, so the leaf is made as DER and travels inside an object of its own.
  const auto made = [&](const char* algorithm, const char* option, const char* value) {
    EVP_PKEY_CTX* const context = EVP_PKEY_CTX_new_from_name(nullptr, algorithm, nullptr);
    EVP_PKEY* key = nullptr;
    REQUIRE(EVP_PKEY_keygen_init(context) == 1);
    REQUIRE(EVP_PKEY_CTX_ctrl_str(context, option, value) == 1);
    REQUIRE(EVP_PKEY_keygen(context, &key) == 1);
    EVP_PKEY_CTX_free(context);
    return std::shared_ptr<EVP_PKEY>(key, EVP_PKEY_free);
  };
  for (const auto& key : {made("EC", "ec_paramgen_curve", "P-521"), made("RSA", "rsa_keygen_bits", "2048"),
                          made("RSA-PSS", "rsa_keygen_bits", "3072")}) {
    const std::string object = openssl_signs_as(content, key.get(), d.end.certificate, d.top);
    CHECK(d.trap(object).starts_with("bad_input: the certificate's key"));
  }
}

TEST_CASE("two signers are refused, and none") {
  const Direct& d = direct();
  const std::string message = "bad_input: is not a signed object: must have exactly one signer";
  CHECK(d.trap(openssl_signs(content, d.end, {.second = &d.rsa})) ==
        "bad_input: is not a signed object: must have exactly one signer");
  const std::string object = sign(content, signer(d.end)).value();
  CHECK(d.trap(edited(object, [](Node& whole) {
    Node& infos = signed_data(whole)[4];
    infos.children.push_back(infos[0]);
  })) == message);
  CHECK(refusal(edited(object, [](Node& whole) { signed_data(whole)[4].children.clear(); }), d.trust) == message);
}

TEST_CASE("a signer named by key identifier is refused") {
  CHECK(direct().trap(openssl_signs(content, direct().end, {.flags = CMS_USE_KEYID})).starts_with("bad_input"));
}

TEST_CASE("detached content is refused") {
  const std::string object = openssl_signs(content, direct().end, {.detached = true});
  CHECK(refusal(object, direct().trust).starts_with("bad_input: is not a signed object: the embedded content must be"));
}

TEST_CASE("content of another type is refused") {
  const std::string object = openssl_signs(content, direct().end, {.content_type = NID_id_smime_ct_TSTInfo});
  CHECK(direct().trap(object).starts_with("bad_input: is not a signed object: version 1"));
}

TEST_CASE("objects of another type are refused") {
  const Direct& d = direct();
  const std::string inner = sign(content, signer(d.end)).value();
  for (const auto type : {"\x01", "\x03", "\x05", "\x06"}) {  // data, enveloped, digested, encrypted
    const std::string object = edited(inner, [&](Node& whole) { whole[0].content.back() = type[0]; });
    CHECK(refusal(object, d.trust).starts_with("bad_input: is not a signed object: the type SignedData"));
  }
  // Compressed data, RFC 3274.
  const std::string compressed = edited(
      inner, [](Node& whole) { whole[0].content = std::string("\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x09"); });
  CHECK(refusal(compressed, d.trust).starts_with("bad_input"));
}

TEST_CASE("bytes before and behind the object are refused") {
  const std::string object = sign(content, signer(direct().end)).value();
  CHECK(direct().trap(object + "x").find("nothing may follow it") != std::string::npos);
  CHECK(direct().trap(object + object).find("nothing may follow it") != std::string::npos);
  CHECK(refusal("x" + object, direct().trust).starts_with("bad_input"));
}

TEST_CASE("unsigned attributes, revocation lists and other signed attributes are refused") {
  const Direct& d = direct();
  const std::string object = sign(content, signer(d.end)).value();
  CHECK(d.trap(edited(object, [](Node& whole) {
    // A time-stamp token's place (RFC 3161 appendix A); nobody verifies what stands in it.
    const Node type = primitive(0x06, "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x02\x0E");
    const Node values{0x31, {}, {primitive(0x04, "x")}};
    signer_info(whole).children.push_back({0xA1, {}, {{0x30, {}, {type, values}}}});
  })) == "bad_input: is not a signed object: the signer is malformed or has unsigned attributes");
  CHECK(d.trap(edited(object, [](Node& whole) {
           signed_data(whole).insert(4, {0xA1, {}, {}});
         })).starts_with("bad_input: is not a signed object: the signer must be here"));
  CHECK(d.trap(openssl_signs(content, d.end, {.smime_capabilities = true})) ==
        "bad_input: is not a signed object: a signed attribute is malformed, or not one of the four, or there twice");
  CHECK(d.trap(openssl_signs(content, d.end, {.cades = false})) ==
        "bad_input: is not a signed object: a signed attribute is missing");
}

TEST_CASE("a signed attribute that is missing, doubled or malformed is refused") {
  const Direct& d = direct();
  const std::string object = sign(content, signer(d.end)).value();
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(refusal(edited(object, [&](Node& whole) { signer_info(whole)[3].erase(i); }), d.trust) ==
          "bad_input: is not a signed object: a signed attribute is missing");
    const std::string message =
        "bad_input: is not a signed object: a signed attribute is malformed, or not one of the four, or there twice";
    CHECK(refusal(edited(object,
                         [&](Node& whole) {
                           Node& attributes = signer_info(whole)[3];
                           attributes.insert(i, attributes[i]);
                         }),
                  d.trust) == message);
    CHECK(refusal(edited(object,
                         [&](Node& whole) {
                           Node& values = signer_info(whole)[3][i][1];
                           values.insert(0, values[0]);
                         }),
                  d.trust)
              .starts_with("bad_input"));
    CHECK(refusal(edited(object, [&](Node& whole) { signer_info(whole)[3][i][1].children.clear(); }), d.trust)
              .starts_with("bad_input"));
  }
}

TEST_CASE("versions are pinned") {
  const Direct& d = direct();
  const std::string object = sign(content, signer(d.end)).value();
  for (const auto version : {"\x01", "\x03", "\x04", "\x05"}) {
    if (version[0] != 1) {
      CHECK(d.trap(edited(object, [&](Node& whole) {
               signed_data(whole)[0].content = version;
             })).starts_with("bad_input"));
      CHECK(d.trap(edited(object, [&](Node& whole) {
               signer_info(whole)[0].content = version;
             })).starts_with("bad_input"));
    }
  }
}

TEST_CASE("the algorithm outside must be the signer's, once") {
  const Direct& d = direct();
  const std::string object = sign(content, signer(d.end)).value();
  CHECK(d.trap(edited(object, [](Node& whole) {
           Node& list = signed_data(whole)[1];
           list.children.push_back(list[0]);
         })).starts_with("bad_input"));
  CHECK(refusal(edited(object, [](Node& whole) { signed_data(whole)[1].children.clear(); }), d.trust)
            .starts_with("bad_input"));
  // RFC 5754 2 lets both forms of absent parameters stand, but the two places must agree.
  const auto with_null = [](Node& algorithm) {
    if (algorithm.children.size() == 1) algorithm.children.push_back(primitive(0x05, ""));
  };
  CHECK(d.trap(edited(object, [&](Node& whole) {
    with_null(signed_data(whole)[1][0]);
    with_null(signer_info(whole)[2]);
  })) == "accepted");
  CHECK(d.trap(edited(object, [&](Node& whole) { with_null(signer_info(whole)[2]); })).starts_with("bad_input"));
}

TEST_CASE("a signer's certificate that is missing, doubled or altered is refused") {
  const Direct& d = direct();
  const std::string object = sign(content, signer(d.end)).value();
  const std::string message = "bad_input: is not a signed object: must hold the signer's certificate exactly once";
  CHECK(refusal(edited(object, [](Node& whole) { signed_data(whole)[3].children.clear(); }), d.trust) == message);
  CHECK(d.trap(edited(object, [](Node& whole) {
    Node& list = signed_data(whole)[3];
    list.children.push_back(list[0]);
  })) == message);
  // OpenSSL compares names without regard to case.
  CHECK(d.trap(edited(object, [](Node& whole) { signer_info(whole)[1][0][0][0][1].content = "ROOT"; })) == message);
}

TEST_CASE("a certificate that the chain does not need is refused") {
  const Direct& d = direct();
  const std::vector<Certificate> stranger{vendor().middle.certificate};
  CHECK(d.trap(sign(content, signer(d.end, stranger)).value()) ==
        "integrity: the certificate `CN=authority` has no place in the signer's chain");
  const std::vector<Certificate> with_root{d.top.certificate};
  CHECK(d.trap(sign(content, signer(d.end, with_root)).value()) == "accepted");
}

TEST_CASE("more certificates than the limit are refused before one is read") {
  const std::string object = sign(content, signer(direct().end)).value();
  CHECK(direct().trap(edited(object, [](Node& whole) {
    Node& list = signed_data(whole)[3];
    const Node other = parse(vendor().end.certificate.der());
    while (list.children.size() < 17) list.children.push_back(other);
  })) == "bad_input: is not a signed object: its certificates are malformed, too large or too many");
}

TEST_CASE("a certificate or a signer beyond its limit is refused before it is read") {
  const std::string object = sign(content, signer(direct().end)).value();
  CHECK(refusal(
            edited(object,
                   [](Node& whole) {
                     signed_data(whole)[3].children.push_back({0x30, {}, {primitive(0x04, std::string(17'000, 'x'))}});
                   }),
            direct().trust) ==
        "bad_input: is not a signed object: its certificates are malformed, too large or too many");
  CHECK(refusal(
            edited(object,
                   [](Node& whole) {
                     signed_data(whole)[3].children.push_back({0x30, {}, {primitive(0x04, std::string(300'000, 'x'))}});
                   }),
            direct().trust)
            .starts_with("bad_input: is not a signed object: the set of certificates is too large"));
  CHECK(refusal(edited(object, [](Node& whole) { signer_info(whole)[5].content = std::string(17'000, 'x'); }),
                direct().trust)
            .starts_with("bad_input: is not a signed object: the signer is too large"));
}

TEST_CASE("the digest of the certificate that signed is part of what is signed") {
  // Two certificates with the same key, name and serial number: OpenSSL cannot tell them apart by the signature.
  const Direct& d = direct();
  const Certificate twin = changed(d.end.certificate, d.top, [](x509_st*) {});
  REQUIRE_FALSE(twin == d.end.certificate);
  const std::string object =
      edited(sign(content, signer(d.end)).value(), [&](Node& whole) { signed_data(whole)[3][0] = parse(twin.der()); });
  CHECK(d.trap(object) == "integrity: the signature does not verify");
}

TEST_CASE("altered content, digest, time or signature does not verify") {
  const Direct& d = direct();
  const std::string object = sign(content, signer(d.end)).value();
  const auto altered = [&](const std::function<void(Node&)>& edit) { return refusal(edited(object, edit), d.trust); };
  const std::string message = "integrity: the signature does not verify";
  CHECK(altered([](Node& whole) { signed_data(whole)[2][1][0].content[3] ^= 1; }) == message);
  CHECK(altered([](Node& whole) { signed_data(whole)[2][1][0].content.clear(); }) == message);
  CHECK(altered([](Node& whole) { signer_info(whole)[5].content.back() ^= 1; }) == message);
  CHECK(altered([](Node& whole) { signer_info(whole)[3][1][1][0].content[11] ^= 1; }) == message);
}

TEST_CASE("the order of signed attributes is part of what is signed") {
  const std::string object = edited(sign(content, signer(direct().end)).value(), [](Node& whole) {
    Node& attributes = signer_info(whole)[3];
    std::swap(attributes[0], attributes[1]);
  });
  CHECK(refusal(object, direct().trust) == "integrity: the signature does not verify");
}

TEST_CASE("no single byte of a signed object can change unnoticed, in DER and in PEM") {
  const Vendor& v = vendor();
  const std::string der = v.signed_object();
  const std::string pem = to_pem(cms_label, der);
  REQUIRE(refusal(der) == "accepted");
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
  const std::string object = edited(sign(content, signer(direct().end)).value(), [](Node& whole) {
    const Node one = primitive(0x04, content.substr(0, 9));
    const Node two = primitive(0x04, content.substr(9, 4));
    signed_data(whole)[2][1][0] = {0x24, {}, {one, two, primitive(0x04, content.substr(13))}};
  });
  REQUIRE(content_of(object, direct().trust).value() == content);
  const std::size_t begin = object.find("\x24");
  REQUIRE(begin < 100);
  for (std::size_t at = 0; at < begin + 16; ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string altered = object;
      altered[at] = static_cast<char>(value);
      if (altered != object) CHECK_FALSE_MESSAGE(content_of(altered, direct().trust), "byte ", at);
    }
  }
}

TEST_CASE("a signed object that is cut off is refused at every length") {
  const Vendor& v = vendor();
  const std::string der = v.signed_object();
  for (std::size_t size = 0; size < der.size(); ++size) {
    CHECK(refusal(der.substr(0, size)).starts_with("bad_input: is not a signed object"));
  }
}

TEST_CASE("a byte more or less anywhere is refused") {
  const Vendor& v = vendor();
  const std::string der = v.signed_object();
  for (std::size_t at = 0; at < der.size(); at += 3) {
    CHECK_FALSE(content_of(std::string(der).erase(at, 1), v.trust));
    CHECK_FALSE(content_of(std::string(der).insert(at, 1, '\0'), v.trust));
  }
}

TEST_CASE("a signed object is refused as a sealed one, and the reverse") {
  const Direct& d = direct();
  const Identity vendor_side = leaf(d.top, Role::recipient);
  const std::vector<Certificate> to{vendor_side.certificate};
  CHECK(
      why(opened(sign(content, signer(d.end)).value(), vendor_side)).starts_with("bad_input: is not a sealed object"));
  CHECK(refusal(sealed(content, d.end, to), d.trust).starts_with("bad_input: is not a signed object"));
}

}  // namespace sign_test
