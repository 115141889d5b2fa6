#include <openssl/cms.h>

#include "crypto/cms.hpp"
#include "crypto/profile.hpp"
#include "sealed_objects.hpp"

using namespace airlock;
using namespace airlock::test;
using namespace std::string_view_literals;

namespace {

const std::string not_a_recipient =
    "bad_input: is not a sealed object: a recipient must be ECDH on P-256 or P-384 with aes256-wrap, or RSA with OAEP";

}  // namespace

TEST_CASE("objects that OpenSSL made with the profile's parameters open") {
  const SealParties& p = seal_parties();
  CHECK(opened(openssl_seals(report_text, {p.p256.certificate}), p.p256).value() == report_text);
  CHECK(opened(openssl_seals(report_text, {p.p384.certificate}, {.kdf = "SHA384"}), p.p384).value() == report_text);
  CHECK(opened(openssl_seals(report_text, {p.rsa.certificate}), p.rsa).value() == report_text);
}

TEST_CASE("other ciphers, and envelopes without authentication, are refused") {
  const SealParties& p = seal_parties();
  for (const char* name : {"AES-256-CBC", "AES-256-CFB", "AES-256-OFB"}) {
    CHECK(trap_of_sealed(openssl_seals(report_text, p.one, {.cipher = name}))
              .starts_with("bad_input: is not a sealed object: the type AuthEnvelopedData"));
  }
  for (const char* name : {"AES-128-GCM", "AES-192-GCM"}) {
    CHECK(refusal_of_sealed(openssl_seals(report_text, p.one, {.cipher = name})).starts_with("bad_input"));
  }
}

TEST_CASE("a rewritten cipher is refused before any key is used") {
  const std::string object = openssl_seals(report_text, seal_parties().one);
  const std::string message =
      "bad_input: is not a sealed object: its cipher must be AES-256-GCM with a nonce of 12 bytes";
  for (const auto oid : {"\x2A", "\x2B", "\x2C", "\x1A", "\x06"}) {  // CBC, OFB, CFB; AES-192-CBC's arc, AES-128-GCM
    CHECK(refusal_of_sealed(edited(object, [&](Node& whole) { content_cipher(whole)[0].content.back() = oid[0]; })) ==
          message);
  }
  CHECK(refusal_of_sealed(edited(object, [&](Node& whole) {
          content_cipher(whole)[0].content.back() = '\x2B';
          content_cipher(whole)[1] = primitive(0x04, std::string(16, 'i'));
        })) == message);
}

TEST_CASE("nonces and tags of other lengths are refused") {
  const std::string object = openssl_seals(report_text, seal_parties().one);
  for (const std::size_t size : {0U, 1U, 8U, 11U, 13U, 16U}) {
    CHECK(refusal_of_sealed(edited(object, [&](Node& whole) {
            content_cipher(whole)[1][0].content.resize(size);
          })).starts_with("bad_input: is not a sealed object: its cipher"));
  }
  for (const std::size_t size : {0U, 1U, 4U, 12U, 15U}) {
    const auto cut = [&](bool matching) {
      return edited(object, [&](Node& whole) {
        sealed_data(whole)[3].content.resize(size);
        if (matching) content_cipher(whole)[1][1].content = static_cast<char>(size);
      });
    };
    if (size == 4) CHECK(openssl_opens(cut(true), seal_parties().p256));  // even a current release takes four bytes
    CHECK(refusal_of_sealed(cut(true)).starts_with("bad_input"));
    CHECK(refusal_of_sealed(cut(false)) == "bad_input: is not a sealed object: its tag must have 16 bytes");
  }
  CHECK(refusal_of_sealed(edited(object, [](Node& whole) {
          content_cipher(whole)[1].erase(1);
        })).starts_with("bad_input"));
}

TEST_CASE("a wrong tag, ciphertext or nonce does not open") {
  const std::string object = openssl_seals(report_text, seal_parties().one);
  const std::string message =
      "integrity: the sealed content does not verify: it was altered, or sealed for another key";
  CHECK(refusal_of_sealed(edited(object, [](Node& whole) { sealed_data(whole)[3].content[0] ^= 1; })) == message);
  CHECK(refusal_of_sealed(edited(object, [](Node& whole) { encrypted_content(whole)[2].content[0] ^= 1; })) == message);
  CHECK(refusal_of_sealed(edited(object, [](Node& whole) { encrypted_content(whole)[2].content.pop_back(); })) ==
        message);
  CHECK(refusal_of_sealed(edited(object, [](Node& whole) { content_cipher(whole)[1][0].content[0] ^= 1; })) == message);
}

TEST_CASE("attributes, originators and other versions are refused") {
  const std::string object = openssl_seals(report_text, seal_parties().one);
  const Node type = primitive(0x06, "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x02\x0E");
  const Node attribute{0x30, {}, {type, {0x31, {}, {primitive(0x04, "x")}}}};
  CHECK(refusal_of_sealed(edited(object, [&](Node& whole) {
          sealed_data(whole).insert(3, {0xA1, {}, {attribute}});
        })).starts_with("bad_input: is not a sealed object: the tag must be here"));
  CHECK(trap_of_sealed(edited(object, [&](Node& whole) {
          sealed_data(whole).children.push_back({0xA2, {}, {attribute}});
        })).starts_with("bad_input: is not a sealed object: AuthEnvelopedData must end here"));
  CHECK(trap_of_sealed(edited(object, [&](Node& whole) {
          sealed_data(whole).insert(1, {0xA0, {}, {}});
        })).starts_with("bad_input: is not a sealed object: the set of recipients must be here"));
  CHECK(trap_of_sealed(edited(object, [&](Node& whole) {
          sealed_data(whole)[0].content = "\x02";
        })).starts_with("bad_input: is not a sealed object: version 0 must be here"));
  CHECK(trap_of_sealed(object + "x").find("nothing may follow it") != std::string::npos);
  CHECK(refusal_of_sealed(edited(object, [&](Node& whole) {
          encrypted_content(whole).erase(2);
        })).starts_with("bad_input"));
}

TEST_CASE("recipients by PKCS #1 v1.5, SHA-1, key identifier or password are refused") {
  const SealParties& p = seal_parties();
  CHECK(trap_of_sealed(openssl_seals(report_text, {p.rsa.certificate}, {.oaep = false}), p.rsa) == not_a_recipient);
  CHECK(trap_of_sealed(openssl_seals(report_text, {p.rsa.certificate}, {.oaep_digest = "SHA1"}), p.rsa) ==
        not_a_recipient);
  CHECK(trap_of_sealed(openssl_seals(report_text, {p.rsa.certificate}, {.oaep_digest = "SHA384"}), p.rsa) ==
        not_a_recipient);
  CHECK(trap_of_sealed(openssl_seals(report_text, p.one, {.kdf = nullptr})) == not_a_recipient);
  CHECK(trap_of_sealed(openssl_seals(report_text, p.one, {.kdf = "SHA384"})) == not_a_recipient);
  CHECK(trap_of_sealed(openssl_seals(report_text, {p.p384.certificate}, {.kdf = "SHA256"}), p.p384) == not_a_recipient);
  CHECK(trap_of_sealed(openssl_seals(report_text, p.one, {.flags = CMS_USE_KEYID})) == not_a_recipient);
  CHECK(trap_of_sealed(openssl_seals(report_text, {p.rsa.certificate}, {.flags = CMS_USE_KEYID}), p.rsa) ==
        not_a_recipient);
  CHECK(trap_of_sealed(openssl_seals(report_text, p.one, {.password = true})) == not_a_recipient);
}

TEST_CASE("a recipient's structure is pinned") {
  const SealParties& p = seal_parties();
  const std::string ec = openssl_seals(report_text, p.one);
  const auto refused = [&](const std::string& object, const std::function<void(Node&)>& edit, const Identity& who) {
    return refusal_of_sealed(edited(object, [&](Node& whole) { edit(recipient_infos(whole)[0]); }), who) ==
           not_a_recipient;
  };
  const auto ec_refused = [&](const std::function<void(Node&)>& edit) { return refused(ec, edit, p.p256); };
  CHECK(ec_refused([](Node& info) { info[0].content = "\x02"; }));                              // version
  CHECK(ec_refused([](Node& info) { info.insert(2, {0xA1, {}, {primitive(0x04, "ukm")}}); }));  // ukm
  CHECK(ec_refused([](Node& info) { info[1][0].tag = 0x30; }));                                 // no originatorKey
  CHECK(ec_refused([](Node& info) { info[1][0][1].content[0] = '\x01'; }));                     // unused bits
  CHECK(ec_refused([](Node& info) { info[1][0][1].content[1] = '\x06'; }));                     // hybrid point
  CHECK(ec_refused([](Node& info) { info[1][0][1].content.resize(34, '\x02'); }));              // compressed
  CHECK(ec_refused([](Node& info) { info[1][0][0].children.push_back(primitive(0x06, "\x2B\x81\x04\x00\x22"sv)); }));
  CHECK(ec_refused([](Node& info) { info[2][0].content.back() = '\x00'; }));      // KDF
  CHECK(ec_refused([](Node& info) { info[2][1][0].content.back() = '\x19'; }));   // aes192-wrap
  CHECK(ec_refused([](Node& info) { info[3][0][1].content += "12345678"; }));     // wrapped key
  CHECK(ec_refused([](Node& info) { info[3].children.push_back(info[3][0]); }));  // two keys
  CHECK(ec_refused([](Node& info) { info[3].children.clear(); }));
  CHECK(ec_refused([](Node& info) { info.children.push_back(primitive(0x04, "")); }));
  const std::string rsa = openssl_seals(report_text, {p.rsa.certificate});
  const auto rsa_refused = [&](const std::function<void(Node&)>& edit) { return refused(rsa, edit, p.rsa); };
  CHECK(rsa_refused([](Node& info) { info[0].content = "\x02"; }));
  CHECK(rsa_refused([](Node& info) { info[2][1].children.clear(); }));  // defaults: SHA-1
  CHECK(rsa_refused([](Node& info) { info[3].content.resize(256); }));
  CHECK(rsa_refused([](Node& info) { info[3].content.resize(2000); }));
  CHECK(refusal_of_sealed(edited(ec, [](Node& whole) { recipient_infos(whole).children.clear(); })) ==
        "bad_input: is not a sealed object: has no recipients");
  CHECK(refusal_of_sealed(edited(ec, [](Node& whole) {
          recipient_infos(whole).children.push_back(recipient_infos(whole)[0]);
        })) == "bad_input: is not a sealed object: it names one recipient twice");
}

TEST_CASE("an object for more recipients than the limit is refused") {
  const SealParties& p = seal_parties();
  const std::string object = openssl_seals(report_text, p.one);
  CHECK(trap_of_sealed(edited(object, [](Node& whole) {
          Node other = recipient_infos(whole)[0];
          other[3][0][0][1].content.back() ^= 1;  // somebody else's serial number
          while (recipient_infos(whole).children.size() < 65) recipient_infos(whole).children.push_back(other);
        })) == "bad_input: is not a sealed object: has too many recipients");
}

TEST_CASE("the three forms in which the ephemeral key's curve may be written all open") {
  const SealParties& p = seal_parties();
  const std::string object = openssl_seals(report_text, p.one);
  CHECK(opened(edited(object,
                      [](Node& whole) { recipient_infos(whole)[0][1][0][0].children.push_back(primitive(0x05, "")); }),
               p.p256)
            .value() == report_text);
  CHECK(opened(edited(object,
                      [](Node& whole) {
                        recipient_infos(whole)[0][1][0][0].children.push_back(
                            primitive(0x06, "\x2A\x86\x48\xCE\x3D\x03\x01\x07"));
                      }),
               p.p256)
            .value() == report_text);
}
