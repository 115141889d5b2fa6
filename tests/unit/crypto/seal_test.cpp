#include <openssl/cms.h>

#include <set>

#include "crypto/cms.hpp"
#include "crypto/profile.hpp"
#include "kit.hpp"

namespace seal_test {

using namespace airlock;
using namespace airlock::test;
using namespace std::string_view_literals;

namespace {

const std::string content = "a report\n";

struct Parties {
  Identity top = root();
  Identity site = leaf(top, Role::site);
  Identity p256 = leaf(top, Role::recipient, KeyKind::p256, "p256");
  Identity p384 = leaf(top, Role::recipient, KeyKind::p384, "p384");
  Identity rsa = leaf(top, Role::recipient, KeyKind::rsa, "rsa");
  TrustStore trust{Role::site, {top.certificate}};
  std::vector<Certificate> one{p256.certificate};
  std::vector<Certificate> all{p256.certificate, p384.certificate, rsa.certificate};
};

const Parties& parties() {
  static const Parties value;
  return value;
}

/// What comes out of a sealed object after both layers were verified.
Result<std::string> through(std::string_view object, const Identity& recipient) {
  AIRLOCK_TRY(const std::string inner, opened(object, recipient));
  return content_of(inner, parties().trust);
}

std::string refusal(std::string_view object, const Identity& recipient = parties().p256) {
  return why(opened(object, recipient));
}

/// The refusal of an object that OpenSSL alone opens: otherwise the test would show nothing.
std::string trap(std::string_view object, const Identity& recipient = parties().p256) {
  CHECK(openssl_opens(object, recipient));
  return refusal(object, recipient);
}

/// The parts of an AuthEnvelopedData by OpenSSL, DER.
Node& recipients(Node& whole) { return sealed_data(whole)[1]; }
Node& encrypted(Node& whole) { return sealed_data(whole)[2]; }
Node& cipher(Node& whole) { return encrypted(whole)[1]; }

const std::string not_a_recipient =
    "bad_input: is not a sealed object: a recipient must be ECDH on P-256 or P-384 with aes256-wrap, or RSA with OAEP";

/// Takes `room` bytes, then the disk is full.
class FullDisk final : public core::Sink {
 public:
  explicit FullDisk(std::size_t room) : room_(room) {}
  [[nodiscard]] Result<void> write(std::string_view bytes) override {
    if (bytes.size() > room_) return core::fail(Code::not_recorded, "the disk is full", "make room");
    room_ -= bytes.size();
    return {};
  }

 private:
  std::size_t room_;
};

class FailingBlob final : public core::Blob {
 public:
  FailingBlob(std::string_view bytes, std::uint64_t from) : bytes_(bytes), from_(from) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override {
    if (offset + into.size() > from_) return core::fail(Code::unexpected, "the disk failed");
    return MemoryBlob(bytes_).read_at(offset, into);
  }

 private:
  std::string_view bytes_;
  std::uint64_t from_;
};

}  // namespace

TEST_CASE("what is sealed opens for every recipient, of every size") {
  const Parties& p = parties();
  for (const std::size_t size : {1U, 20'000U, 65'535U, 65'536U, 65'537U, 300'000U}) {
    const std::string bytes(size, 'x');
    const std::string object = sealed(bytes, p.site, p.all);
    for (const Identity* recipient : {&p.p256, &p.p384, &p.rsa}) {
      const auto out = through(object, *recipient);
      REQUIRE_MESSAGE(out, why(out));
      CHECK(*out == bytes);
    }
  }
}

TEST_CASE("every kind of signer seals") {
  const Parties& p = parties();
  for (const KeyKind kind : {KeyKind::p256, KeyKind::p384, KeyKind::rsa}) {
    const Identity site = leaf(p.top, Role::site, kind);
    CHECK(through(sealed(content, site, p.one), p.p256).value() == content);
  }
}

TEST_CASE("the pieces in which content is written make no difference") {
  const Parties& p = parties();
  std::string bytes;
  core::StringSink out(1 << 20);
  auto stream = seal(out, signer(p.site), p.one).value();
  for (std::size_t size = 0; size < 1000; size += 7) {
    const std::string part(size, static_cast<char>(size));
    REQUIRE(stream->write(part));
    bytes += part;
  }
  REQUIRE(stream->finish());
  CHECK(through(out.bytes(), p.p256).value() == bytes);
}

TEST_CASE("a seal that was never finished is no object") {
  const Parties& p = parties();
  core::StringSink out(1 << 20);
  {
    auto stream = seal(out, signer(p.site), p.one).value();
    REQUIRE(stream->write(std::string(200'000, 'x')));
  }
  CHECK(refusal(out.bytes()).starts_with("bad_input"));
}

TEST_CASE("a seal of nothing is refused") {
  const Parties& p = parties();
  core::StringSink out(1 << 20);
  auto stream = seal(out, signer(p.site), p.one).value();
  REQUIRE(stream->write(""));
  CHECK(why(stream->finish()) == "bad_input: there is nothing to seal");
}

TEST_CASE("nothing can be written to a seal that is finished") {
  const Parties& p = parties();
  core::StringSink out(1 << 20);
  auto stream = seal(out, signer(p.site), p.one).value();
  REQUIRE(stream->write(content));
  REQUIRE(stream->finish());
  const std::string object = out.bytes();
  CHECK_FALSE(stream->write("more"));
  CHECK_FALSE(stream->finish());
  CHECK(out.bytes() == object);
}

TEST_CASE("recipients are 1 to 64, each once, each for the role, each with a key that can receive") {
  const Parties& p = parties();
  const auto refused = [&](const std::vector<Certificate>& to) {
    core::StringSink out(1 << 20);
    const auto stream = seal(out, signer(p.site), to);
    CHECK(out.bytes().empty());
    return why(stream);
  };
  CHECK(refused({}) == "bad_input: a sealed object must have 1 to 64 recipients");
  CHECK(refused(std::vector<Certificate>(65, p.p256.certificate)) ==
        "bad_input: a sealed object must have 1 to 64 recipients");
  CHECK(refused({p.p256.certificate, p.rsa.certificate, p.p256.certificate}) ==
        "bad_input: the recipient `CN=p256` is named twice");
  CHECK(refused({p.site.certificate}) == "bad_input: the recipient `CN=leaf` is not for the role `recipient`");
  const PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
  const CertificateTemplate wanted{.common_name = "no key agreement",
                                   .roles = {Role::recipient},
                                   .not_before = from,
                                   .not_after = until,
                                   .ca = true,
                                   .uuid = {}};
  CHECK(refused({self_sign(wanted, key).value()}) ==
        "bad_input: the recipient `CN=no key agreement` has a key or key usage that cannot receive");
}

TEST_CASE("64 recipients are as good as one") {
  const Parties& p = parties();
  std::vector<Certificate> to{p.p256.certificate};
  while (to.size() < 64) to.push_back(leaf(p.top, Role::recipient).certificate);
  CHECK(through(sealed(content, p.site, to), p.p256).value() == content);
}

TEST_CASE("a signer that may not sign cannot seal") {
  const Parties& p = parties();
  const PrivateKey ed25519 = PrivateKey::generate(KeyKind::ed25519).value();
  core::StringSink out(1 << 20);
  CHECK(why(seal(out, {ed25519, p.site.certificate, now}, p.one)) == "bad_input: an Ed25519 key cannot sign documents");
}

TEST_CASE("a sink that fails is heard, wherever it fails") {
  const Parties& p = parties();
  const std::string bytes(200'000, 'x');
  const std::size_t whole = sealed(bytes, p.site, p.one).size();
  for (const std::size_t room : {std::size_t{0}, std::size_t{1000}, std::size_t{100'000}, whole - 600, whole - 100}) {
    FullDisk disk(room);
    auto stream = seal(disk, signer(p.site), p.one).value();
    auto result = stream->write(bytes);
    if (result) result = stream->finish();
    REQUIRE_FALSE(result);
    CHECK(why(result) == "not_recorded: the disk is full");
    CHECK(result.error().hint == "make room");
    CHECK(why(stream->finish()) == "not_recorded: the disk is full");
  }
}

TEST_CASE("a sink that fails while opening is heard") {
  const Parties& p = parties();
  const std::string object = sealed(std::string(200'000, 'x'), p.site, p.one);
  FullDisk disk(100'000);
  CHECK(why(open(MemoryBlob(object), p.p256.key, p.p256.certificate, disk)) == "not_recorded: the disk is full");
}

TEST_CASE("a blob that fails while opening or verifying is told apart from one that is wrong") {
  const Parties& p = parties();
  const std::string object = sealed(std::string(200'000, 'x'), p.site, p.one);
  core::StringSink inner(1 << 20);
  // The walk reads small windows, the decryption large pieces.
  for (const std::uint64_t from : {object.size() / 2, object.size() - 10}) {
    CHECK(why(open(FailingBlob(object, from), p.p256.key, p.p256.certificate, inner)) == "unexpected: the disk failed");
  }
}

TEST_CASE("an object is opened only by its recipients, with the key of their certificate") {
  const Parties& p = parties();
  const std::string object = sealed(content, p.site, p.one);
  CHECK(refusal(object, p.rsa) == "refused: is not sealed for this key");
  CHECK(refusal(object, leaf(p.top, Role::recipient)) == "refused: is not sealed for this key");
  CHECK(refusal(object, {copy(p.p384.key), p.p256.certificate}) ==
        "bad_input: the opening key does not belong to its certificate");
}

TEST_CASE("an object for another key under the same name and number does not open") {
  const Parties& p = parties();
  const PrivateKey other = PrivateKey::generate(KeyKind::p256).value();
  const Certificate twin =
      changed(p.p256.certificate, p.top, [&](x509_st* certificate) { set_key(certificate, other.public_key()); });
  CHECK(refusal(sealed(content, p.site, std::vector<Certificate>{twin})).starts_with("integrity"));
  const Certificate twin_rsa = changed(p.rsa.certificate, p.top, [&](x509_st* certificate) {
    set_key(certificate, PrivateKey::generate(KeyKind::rsa).value().public_key());
  });
  CHECK(refusal(sealed(content, p.site, std::vector<Certificate>{twin_rsa}), p.rsa).starts_with("integrity"));
}

TEST_CASE("objects that OpenSSL made with the profile's parameters open") {
  const Parties& p = parties();
  CHECK(opened(openssl_seals(content, {p.p256.certificate}), p.p256).value() == content);
  CHECK(opened(openssl_seals(content, {p.p384.certificate}, {.kdf = "SHA384"}), p.p384).value() == content);
  CHECK(opened(openssl_seals(content, {p.rsa.certificate}), p.rsa).value() == content);
}

TEST_CASE("other ciphers, and envelopes without authentication, are refused") {
  const Parties& p = parties();
  for (const char* name : {"AES-256-CBC", "AES-256-CFB", "AES-256-OFB"}) {
    CHECK(trap(openssl_seals(content, p.one, {.cipher = name}))
              .starts_with("bad_input: is not a sealed object: the type AuthEnvelopedData"));
  }
  for (const char* name : {"AES-128-GCM", "AES-192-GCM"}) {
    CHECK(refusal(openssl_seals(content, p.one, {.cipher = name})).starts_with("bad_input"));
  }
}

TEST_CASE("a rewritten cipher is refused before any key is used") {
  const std::string object = openssl_seals(content, parties().one);
  const std::string message =
      "bad_input: is not a sealed object: its cipher must be AES-256-GCM with a nonce of 12 bytes";
  for (const auto oid : {"\x2A", "\x2B", "\x2C", "\x1A", "\x06"}) {  // CBC, OFB, CFB; AES-192-CBC's arc, AES-128-GCM
    CHECK(refusal(edited(object, [&](Node& whole) { cipher(whole)[0].content.back() = oid[0]; })) == message);
  }
  CHECK(refusal(edited(object, [&](Node& whole) {
          cipher(whole)[0].content.back() = '\x2B';
          cipher(whole)[1] = primitive(0x04, std::string(16, 'i'));
        })) == message);
}

TEST_CASE("nonces and tags of other lengths are refused") {
  const std::string object = openssl_seals(content, parties().one);
  for (const std::size_t size : {0U, 1U, 8U, 11U, 13U, 16U}) {
    CHECK(refusal(edited(object, [&](Node& whole) {
            cipher(whole)[1][0].content.resize(size);
          })).starts_with("bad_input: is not a sealed object: its cipher"));
  }
  for (const std::size_t size : {0U, 1U, 4U, 12U, 15U}) {
    const auto cut = [&](bool matching) {
      return edited(object, [&](Node& whole) {
        sealed_data(whole)[3].content.resize(size);
        if (matching) cipher(whole)[1][1].content = static_cast<char>(size);
      });
    };
    if (size == 4) CHECK(openssl_opens(cut(true), parties().p256));  // even a current release takes four bytes
    CHECK(refusal(cut(true)).starts_with("bad_input"));
    CHECK(refusal(cut(false)) == "bad_input: is not a sealed object: its tag must have 16 bytes");
  }
  CHECK(refusal(edited(object, [](Node& whole) { cipher(whole)[1].erase(1); })).starts_with("bad_input"));
}

TEST_CASE("a wrong tag, ciphertext or nonce does not open") {
  const std::string object = openssl_seals(content, parties().one);
  const std::string message =
      "integrity: the sealed content does not verify: it was altered, or the key is another one";
  CHECK(refusal(edited(object, [](Node& whole) { sealed_data(whole)[3].content[0] ^= 1; })) == message);
  CHECK(refusal(edited(object, [](Node& whole) { encrypted(whole)[2].content[0] ^= 1; })) == message);
  CHECK(refusal(edited(object, [](Node& whole) { encrypted(whole)[2].content.pop_back(); })) == message);
  CHECK(refusal(edited(object, [](Node& whole) { cipher(whole)[1][0].content[0] ^= 1; })) == message);
}

TEST_CASE("attributes, originators and other versions are refused") {
  const std::string object = openssl_seals(content, parties().one);
  const Node type = primitive(0x06, "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x02\x0E");
  const Node attribute{0x30, {}, {type, {0x31, {}, {primitive(0x04, "x")}}}};
  CHECK(refusal(edited(object, [&](Node& whole) {
          sealed_data(whole).insert(3, {0xA1, {}, {attribute}});
        })).starts_with("bad_input: is not a sealed object: the tag must be here"));
  CHECK(trap(edited(object, [&](Node& whole) {
          sealed_data(whole).children.push_back({0xA2, {}, {attribute}});
        })).starts_with("bad_input: is not a sealed object: AuthEnvelopedData must end here"));
  CHECK(trap(edited(object, [&](Node& whole) {
          sealed_data(whole).insert(1, {0xA0, {}, {}});
        })).starts_with("bad_input: is not a sealed object: the set of recipients must be here"));
  CHECK(trap(edited(object, [&](Node& whole) {
          sealed_data(whole)[0].content = "\x02";
        })).starts_with("bad_input: is not a sealed object: version 0 must be here"));
  CHECK(trap(object + "x").find("nothing may follow it") != std::string::npos);
  CHECK(refusal(edited(object, [&](Node& whole) { encrypted(whole).erase(2); })).starts_with("bad_input"));
}

TEST_CASE("recipients by PKCS #1 v1.5, SHA-1, key identifier or password are refused") {
  const Parties& p = parties();
  CHECK(trap(openssl_seals(content, {p.rsa.certificate}, {.oaep = false}), p.rsa) == not_a_recipient);
  CHECK(trap(openssl_seals(content, {p.rsa.certificate}, {.oaep_digest = "SHA1"}), p.rsa) == not_a_recipient);
  CHECK(trap(openssl_seals(content, {p.rsa.certificate}, {.oaep_digest = "SHA384"}), p.rsa) == not_a_recipient);
  CHECK(trap(openssl_seals(content, p.one, {.kdf = nullptr})) == not_a_recipient);
  CHECK(trap(openssl_seals(content, p.one, {.kdf = "SHA384"})) == not_a_recipient);
  CHECK(trap(openssl_seals(content, {p.p384.certificate}, {.kdf = "SHA256"}), p.p384) == not_a_recipient);
  CHECK(trap(openssl_seals(content, p.one, {.flags = CMS_USE_KEYID})) == not_a_recipient);
  CHECK(trap(openssl_seals(content, {p.rsa.certificate}, {.flags = CMS_USE_KEYID}), p.rsa) == not_a_recipient);
  CHECK(trap(openssl_seals(content, p.one, {.password = true})) == not_a_recipient);
}

TEST_CASE("a recipient's structure is pinned") {
  const Parties& p = parties();
  const std::string ec = openssl_seals(content, p.one);
  const auto refused = [&](const std::string& object, const std::function<void(Node&)>& edit, const Identity& who) {
    return refusal(edited(object, [&](Node& whole) { edit(recipients(whole)[0]); }), who) == not_a_recipient;
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
  const std::string rsa = openssl_seals(content, {p.rsa.certificate});
  const auto rsa_refused = [&](const std::function<void(Node&)>& edit) { return refused(rsa, edit, p.rsa); };
  CHECK(rsa_refused([](Node& info) { info[0].content = "\x02"; }));
  CHECK(rsa_refused([](Node& info) { info[2][1].children.clear(); }));  // defaults: SHA-1
  CHECK(rsa_refused([](Node& info) { info[3].content.resize(256); }));
  CHECK(rsa_refused([](Node& info) { info[3].content.resize(2000); }));
  CHECK(refusal(edited(ec, [](Node& whole) { recipients(whole).children.clear(); })) ==
        "bad_input: is not a sealed object: has no recipients");
  CHECK(refusal(edited(ec, [](Node& whole) { recipients(whole).children.push_back(recipients(whole)[0]); })) ==
        "bad_input: is not a sealed object: it names one recipient twice");
}

TEST_CASE("an object for more recipients than the limit is refused") {
  const Parties& p = parties();
  const std::string object = openssl_seals(content, p.one);
  CHECK(trap(edited(object, [](Node& whole) {
          Node other = recipients(whole)[0];
          other[3][0][0][1].content.back() ^= 1;  // somebody else's serial number
          while (recipients(whole).children.size() < 65) recipients(whole).children.push_back(other);
        })) == "bad_input: is not a sealed object: has too many recipients");
}

TEST_CASE("the three forms in which the ephemeral key's curve may be written all open") {
  const Parties& p = parties();
  const std::string object = openssl_seals(content, p.one);
  CHECK(
      opened(edited(object, [](Node& whole) { recipients(whole)[0][1][0][0].children.push_back(primitive(0x05, "")); }),
             p.p256)
          .value() == content);
  CHECK(opened(edited(object,
                      [](Node& whole) {
                        recipients(whole)[0][1][0][0].children.push_back(
                            primitive(0x06, "\x2A\x86\x48\xCE\x3D\x03\x01\x07"));
                      }),
               p.p256)
            .value() == content);
}

TEST_CASE("no single byte of an object for one recipient can change unnoticed") {
  const Parties& p = parties();
  for (const Identity* recipient : {&p.p256, &p.rsa}) {
    const std::vector<Certificate> to{recipient->certificate};
    const std::string object = sealed(content, p.site, to);
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
  const Parties& p = parties();
  const Identity second = leaf(p.top, Role::recipient);
  const std::string object = openssl_seals(content, {p.p256.certificate, second.certificate});
  Node whole = parse(object);
  const std::string id = issuer_and_serial(second.certificate.der());
  Node& first = recipients(whole)[0];
  Node& other = first.der().find(id) == std::string::npos ? recipients(whole)[1] : first;
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
      CHECK(*out == content);
      unnoticed.insert(at);
    }
  }
  CHECK(unnoticed == expected);
}

TEST_CASE("a sealed object that is cut off is refused at every length") {
  const std::string object = sealed(content, parties().site, parties().one);
  for (std::size_t size = 0; size < object.size(); ++size) {
    CHECK(refusal(object.substr(0, size)).starts_with("bad_input: is not a sealed object"));
  }
}

TEST_CASE("a sealed object may be any CMS inside, so the inner signature is what counts") {
  const Parties& p = parties();
  CHECK(opened(openssl_seals("no signature", p.one), p.p256).value() == "no signature");
  CHECK(why(through(openssl_seals("no signature", p.one), p.p256)).starts_with("bad_input: is not a signed object"));
  const Identity stranger = leaf(root("elsewhere"), Role::site);
  CHECK(why(through(sealed(content, stranger, p.one), p.p256)).starts_with("integrity"));
}

}  // namespace seal_test
