#include <openssl/cms.h>
#include <openssl/evp.h>

#include "crypto/cms.hpp"
#include "crypto/pem.hpp"
#include "signed_objects.hpp"

using namespace airlock;
using namespace airlock::test;

TEST_CASE("an object that OpenSSL made with the profile's parameters verifies") {
  const DirectSigners& d = direct_signers();
  CHECK(refusal_of_signed(openssl_signs(licence_text, d.end), d.trust) == "accepted");
  CHECK(refusal_of_signed(openssl_signs(licence_text, d.p384, {.digest = "SHA384"}), d.trust) == "accepted");
  CHECK(refusal_of_signed(openssl_signs(licence_text, d.rsa), d.trust) == "accepted");
}

TEST_CASE("an object whose signed attributes were stripped is refused, although OpenSSL accepts it") {
  const std::string object = edited(openssl_signs(licence_text, direct_signers().end), [](Node& whole) {
    Node attributes = signer_info(whole)[3];
    attributes.tag = 0x31;  // what was signed: the SET OF, not the [0]
    signed_data(whole)[2][1][0].content = attributes.der();
    signer_info(whole).erase(3);
  });
  CHECK(direct_signers().trap(object) == "bad_input: is not a signed object: has no signed attributes");
}

TEST_CASE("an object that never had signed attributes is refused") {
  const std::string object = openssl_signs(licence_text, direct_signers().end, {.flags = CMS_NOATTR, .cades = false});
  CHECK(direct_signers().trap(object) == "bad_input: is not a signed object: has no signed attributes");
}

TEST_CASE("digests and signatures that are not on the list are refused") {
  const DirectSigners& d = direct_signers();
  const std::string message =
      "bad_input: is not a signed object: its algorithms must be ECDSA with SHA-256 or SHA-384, or RSASSA-PSS with "
      "SHA-256";
  CHECK(d.trap(openssl_signs(licence_text, d.end, {.digest = "SHA1", .cades = false})) == message);
  CHECK(d.trap(openssl_signs(licence_text, d.end, {.digest = "SHA512"})) == message);
  CHECK(d.trap(openssl_signs(licence_text, d.rsa, {.digest = "MD5", .cades = false, .pss = false})) == message);
  CHECK(d.trap(openssl_signs(licence_text, d.rsa, {.digest = "SHA1", .cades = false, .pss = false})) == message);
  CHECK(d.trap(openssl_signs(licence_text, d.rsa, {.pss = false})) == message);        // PKCS #1 v1.5
  CHECK(d.trap(openssl_signs(licence_text, d.rsa, {.pss_salt = 20})) == message);      // another salt
  CHECK(d.trap(openssl_signs(licence_text, d.rsa, {.digest = "SHA384"})) == message);  // PSS with another digest
}

TEST_CASE("a digest that is right for another curve is refused") {
  const DirectSigners& d = direct_signers();
  const std::string message =
      "bad_input: is not a signed object: its signature algorithm does not fit the signer's key";
  CHECK(d.trap(openssl_signs(licence_text, d.end, {.digest = "SHA384"})) == message);
  CHECK(d.trap(openssl_signs(licence_text, d.p384, {.digest = "SHA256"})) == message);
}

TEST_CASE("keys of other kinds are refused, although OpenSSL accepts their signatures") {
  const DirectSigners& d = direct_signers();
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
    const std::string object = openssl_signs_as(licence_text, key.get(), d.end.certificate, d.top);
    CHECK(d.trap(object).starts_with("bad_input: the certificate's key"));
  }
}

TEST_CASE("two signers are refused, and none") {
  const DirectSigners& d = direct_signers();
  const std::string message = "bad_input: is not a signed object: must have exactly one signer";
  CHECK(d.trap(openssl_signs(licence_text, d.end, {.second = &d.rsa})) ==
        "bad_input: is not a signed object: must have exactly one signer");
  const std::string object = sign(licence_text, signer(d.end)).value();
  CHECK(d.trap(edited(object, [](Node& whole) {
    Node& infos = signed_data(whole)[4];
    infos.children.push_back(infos[0]);
  })) == message);
  CHECK(refusal_of_signed(edited(object, [](Node& whole) { signed_data(whole)[4].children.clear(); }), d.trust) ==
        message);
}

TEST_CASE("a signer named by key identifier is refused") {
  CHECK(direct_signers()
            .trap(openssl_signs(licence_text, direct_signers().end, {.flags = CMS_USE_KEYID}))
            .starts_with("bad_input"));
}

TEST_CASE("detached content is refused") {
  const std::string object = openssl_signs(licence_text, direct_signers().end, {.detached = true});
  CHECK(refusal_of_signed(object, direct_signers().trust)
            .starts_with("bad_input: is not a signed object: the embedded content must be"));
}

TEST_CASE("content of another type is refused") {
  const std::string object =
      openssl_signs(licence_text, direct_signers().end, {.content_type = NID_id_smime_ct_TSTInfo});
  CHECK(direct_signers().trap(object).starts_with("bad_input: is not a signed object: version 1"));
}

TEST_CASE("objects of another type are refused") {
  const DirectSigners& d = direct_signers();
  const std::string inner = sign(licence_text, signer(d.end)).value();
  for (const auto type : {"\x01", "\x03", "\x05", "\x06"}) {  // data, enveloped, digested, encrypted
    const std::string object = edited(inner, [&](Node& whole) { whole[0].content.back() = type[0]; });
    CHECK(refusal_of_signed(object, d.trust).starts_with("bad_input: is not a signed object: the type SignedData"));
  }
  // Compressed data, RFC 3274.
  const std::string compressed = edited(
      inner, [](Node& whole) { whole[0].content = std::string("\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x09"); });
  CHECK(refusal_of_signed(compressed, d.trust).starts_with("bad_input"));
}

TEST_CASE("bytes before and behind the object are refused") {
  const std::string object = sign(licence_text, signer(direct_signers().end)).value();
  CHECK(direct_signers().trap(object + "x").find("nothing may follow it") != std::string::npos);
  CHECK(direct_signers().trap(object + object).find("nothing may follow it") != std::string::npos);
  CHECK(refusal_of_signed("x" + object, direct_signers().trust).starts_with("bad_input"));
}

TEST_CASE("unsigned attributes, revocation lists and other signed attributes are refused") {
  const DirectSigners& d = direct_signers();
  const std::string object = sign(licence_text, signer(d.end)).value();
  CHECK(d.trap(edited(object, [](Node& whole) {
    // A time-stamp token's place (RFC 3161 appendix A); nobody verifies what stands in it.
    const Node type = primitive(0x06, "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x02\x0E");
    const Node values{0x31, {}, {primitive(0x04, "x")}};
    signer_info(whole).children.push_back({0xA1, {}, {{0x30, {}, {type, values}}}});
  })) == "bad_input: is not a signed object: the signer is malformed or has unsigned attributes");
  CHECK(d.trap(edited(object, [](Node& whole) {
           signed_data(whole).insert(4, {0xA1, {}, {}});
         })).starts_with("bad_input: is not a signed object: the signer must be here"));
  CHECK(d.trap(openssl_signs(licence_text, d.end, {.smime_capabilities = true})) ==
        "bad_input: is not a signed object: a signed attribute is malformed, or not one of the four, or there twice");
  CHECK(d.trap(openssl_signs(licence_text, d.end, {.cades = false})) ==
        "bad_input: is not a signed object: a signed attribute is missing");
}

TEST_CASE("a signed attribute that is missing, doubled or malformed is refused") {
  const DirectSigners& d = direct_signers();
  const std::string object = sign(licence_text, signer(d.end)).value();
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(refusal_of_signed(edited(object, [&](Node& whole) { signer_info(whole)[3].erase(i); }), d.trust) ==
          "bad_input: is not a signed object: a signed attribute is missing");
    const std::string message =
        "bad_input: is not a signed object: a signed attribute is malformed, or not one of the four, or there twice";
    CHECK(refusal_of_signed(edited(object,
                                   [&](Node& whole) {
                                     Node& attributes = signer_info(whole)[3];
                                     attributes.insert(i, attributes[i]);
                                   }),
                            d.trust) == message);
    CHECK(refusal_of_signed(edited(object,
                                   [&](Node& whole) {
                                     Node& values = signer_info(whole)[3][i][1];
                                     values.insert(0, values[0]);
                                   }),
                            d.trust)
              .starts_with("bad_input"));
    CHECK(refusal_of_signed(edited(object, [&](Node& whole) { signer_info(whole)[3][i][1].children.clear(); }), d.trust)
              .starts_with("bad_input"));
  }
}

TEST_CASE("versions are pinned") {
  const DirectSigners& d = direct_signers();
  const std::string object = sign(licence_text, signer(d.end)).value();
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
  const DirectSigners& d = direct_signers();
  const std::string object = sign(licence_text, signer(d.end)).value();
  CHECK(d.trap(edited(object, [](Node& whole) {
           Node& list = signed_data(whole)[1];
           list.children.push_back(list[0]);
         })).starts_with("bad_input"));
  CHECK(refusal_of_signed(edited(object, [](Node& whole) { signed_data(whole)[1].children.clear(); }), d.trust)
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
  const DirectSigners& d = direct_signers();
  const std::string object = sign(licence_text, signer(d.end)).value();
  const std::string message = "bad_input: is not a signed object: must hold the signer's certificate exactly once";
  CHECK(refusal_of_signed(edited(object, [](Node& whole) { signed_data(whole)[3].children.clear(); }), d.trust) ==
        message);
  CHECK(d.trap(edited(object, [](Node& whole) {
    Node& list = signed_data(whole)[3];
    list.children.push_back(list[0]);
  })) == message);
  // OpenSSL compares names without regard to case.
  CHECK(d.trap(edited(object, [](Node& whole) { signer_info(whole)[1][0][0][0][1].content = "ROOT"; })) == message);
}

TEST_CASE("a certificate that the chain does not need is refused") {
  const DirectSigners& d = direct_signers();
  const std::vector<Certificate> stranger{licence_vendor().middle.certificate};
  CHECK(d.trap(sign(licence_text, signer(d.end, stranger)).value()) ==
        "integrity: the certificate `CN=authority` is not part of the signer's chain");
  const std::vector<Certificate> with_root{d.top.certificate};
  CHECK(d.trap(sign(licence_text, signer(d.end, with_root)).value()) == "accepted");
}

TEST_CASE("more certificates than the limit are refused before one is read") {
  const std::string object = sign(licence_text, signer(direct_signers().end)).value();
  CHECK(direct_signers().trap(edited(object, [](Node& whole) {
    Node& list = signed_data(whole)[3];
    const Node other = parse(licence_vendor().end.certificate.der());
    while (list.children.size() < 17) list.children.push_back(other);
  })) == "bad_input: is not a signed object: its certificates are malformed, too large or too many");
}

TEST_CASE("a certificate or a signer beyond its limit is refused before it is read") {
  const std::string object = sign(licence_text, signer(direct_signers().end)).value();
  CHECK(refusal_of_signed(
            edited(object,
                   [](Node& whole) {
                     signed_data(whole)[3].children.push_back({0x30, {}, {primitive(0x04, std::string(17'000, 'x'))}});
                   }),
            direct_signers().trust) ==
        "bad_input: is not a signed object: its certificates are malformed, too large or too many");
  CHECK(refusal_of_signed(
            edited(object,
                   [](Node& whole) {
                     signed_data(whole)[3].children.push_back({0x30, {}, {primitive(0x04, std::string(300'000, 'x'))}});
                   }),
            direct_signers().trust)
            .starts_with("bad_input: is not a signed object: the set of certificates is too large"));
  CHECK(refusal_of_signed(edited(object, [](Node& whole) { signer_info(whole)[5].content = std::string(17'000, 'x'); }),
                          direct_signers().trust)
            .starts_with("bad_input: is not a signed object: the signer is too large"));
}
