#include <set>

#include "crypto/cms.hpp"
#include "sealed_objects.hpp"

using namespace airlock;
using namespace airlock::test;

namespace {

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

}  // namespace

TEST_CASE("what is sealed opens for every recipient, of every size") {
  const SealParties& p = seal_parties();
  for (const std::size_t size : {1U, 20'000U, 65'535U, 65'536U, 65'537U, 300'000U}) {
    const std::string bytes(size, 'x');
    const std::string object = sealed(bytes, p.site, p.all);
    for (const Identity* recipient : {&p.p256, &p.p384, &p.rsa}) {
      const auto out = opened_and_verified(object, *recipient);
      REQUIRE_MESSAGE(out, why(out));
      CHECK(*out == bytes);
    }
  }
}

TEST_CASE("every kind of signer seals") {
  const SealParties& p = seal_parties();
  for (const KeyKind kind : {KeyKind::p256, KeyKind::p384, KeyKind::rsa}) {
    const Identity site = leaf(p.top, Role::site, kind);
    CHECK(opened_and_verified(sealed(report_text, site, p.one), p.p256).value() == report_text);
  }
}

TEST_CASE("the pieces in which content is written make no difference") {
  const SealParties& p = seal_parties();
  std::string bytes;
  core::StringSink out(1 << 20);
  auto stream = seal(out, signer(p.site), p.one).value();
  for (std::size_t size = 0; size < 1000; size += 7) {
    const std::string part(size, static_cast<char>(size));
    REQUIRE(stream->write(part));
    bytes += part;
  }
  REQUIRE(stream->finish());
  CHECK(opened_and_verified(out.bytes(), p.p256).value() == bytes);
}

TEST_CASE("a seal that was never finished is no object") {
  const SealParties& p = seal_parties();
  core::StringSink out(1 << 20);
  {
    auto stream = seal(out, signer(p.site), p.one).value();
    REQUIRE(stream->write(std::string(200'000, 'x')));
  }
  CHECK(refusal_of_sealed(out.bytes()).starts_with("bad_input"));
}

TEST_CASE("a seal of nothing is refused") {
  const SealParties& p = seal_parties();
  core::StringSink out(1 << 20);
  auto stream = seal(out, signer(p.site), p.one).value();
  REQUIRE(stream->write(""));
  CHECK(why(stream->finish()) == "bad_input: there is nothing to seal");
}

TEST_CASE("nothing can be written to a seal that is finished") {
  const SealParties& p = seal_parties();
  core::StringSink out(1 << 20);
  auto stream = seal(out, signer(p.site), p.one).value();
  REQUIRE(stream->write(report_text));
  REQUIRE(stream->finish());
  const std::string object = out.bytes();
  CHECK_FALSE(stream->write("more"));
  CHECK_FALSE(stream->finish());
  CHECK(out.bytes() == object);
}

TEST_CASE("recipients are 1 to 64, each once, each for the role, each with a key that can receive") {
  const SealParties& p = seal_parties();
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

TEST_CASE("somebody outside needs no role to receive, but a key that can") {
  const SealParties& p = seal_parties();
  const Identity auditor = leaf(p.top, Role::officer, KeyKind::rsa, "auditor");
  core::StringSink out(1 << 20);
  const std::vector<Certificate> signer_only{p.site.certificate};
  CHECK(why(seal(out, signer(p.site), signer_only, RecipientUsage::any)) ==
        "bad_input: the recipient `CN=leaf` has a key or key usage that cannot receive");
  CHECK(why(seal(out, signer(p.site), std::vector<Certificate>{auditor.certificate})).starts_with("bad_input"));
}

TEST_CASE("what is signed as it is written verifies, of every size and by every kind of signer") {
  const SealParties& p = seal_parties();
  for (const KeyKind kind : {KeyKind::p256, KeyKind::p384, KeyKind::rsa}) {
    const Identity site = leaf(p.top, Role::site, kind);
    for (const std::size_t size : {1U, 65'536U, 200'000U}) {
      const std::string bytes(size, 'x');
      core::StringSink out(1 << 20);
      auto stream = sign_stream(out, signer(site)).value();
      REQUIRE(stream->write(bytes));
      REQUIRE(stream->finish());
      CHECK(content_of(out.bytes(), p.trust).value() == bytes);
    }
  }
  FullDisk disk(1000);
  auto stream = sign_stream(disk, signer(p.site)).value();
  auto result = stream->write(std::string(200'000, 'x'));
  if (result) result = stream->finish();
  CHECK(why(result) == "not_recorded: the disk is full");
}

TEST_CASE("an officer is trusted as the certificate that she has, whatever it was issued for") {
  const SealParties& p = seal_parties();
  core::StringSink out(1 << 20);
  auto stream = sign_stream(out, signer(p.site)).value();
  REQUIRE(stream->write("bytes"));
  REQUIRE(stream->finish());
  CHECK(content_of(out.bytes(), TrustStore::officers({p.site.certificate})).value() == "bytes");
  const Identity other = leaf(p.top, Role::site);
  CHECK_FALSE(content_of(out.bytes(), TrustStore::officers({other.certificate})));
  CHECK_FALSE(content_of(out.bytes(), TrustStore::exactly(Role::officer, {p.site.certificate})));
}

TEST_CASE("64 recipients are as good as one") {
  const SealParties& p = seal_parties();
  std::vector<Certificate> to{p.p256.certificate};
  while (to.size() < 64) to.push_back(leaf(p.top, Role::recipient).certificate);
  CHECK(opened_and_verified(sealed(report_text, p.site, to), p.p256).value() == report_text);
}

TEST_CASE("a signer that may not sign cannot seal") {
  const SealParties& p = seal_parties();
  const PrivateKey ed25519 = PrivateKey::generate(KeyKind::ed25519).value();
  core::StringSink out(1 << 20);
  CHECK(why(seal(out, {ed25519, p.site.certificate, now}, p.one)) == "bad_input: an Ed25519 key cannot sign documents");
}

TEST_CASE("a sink that fails is heard, wherever it fails") {
  const SealParties& p = seal_parties();
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
  const SealParties& p = seal_parties();
  const std::string object = sealed(std::string(200'000, 'x'), p.site, p.one);
  FullDisk disk(100'000);
  CHECK(why(open(MemoryBlob(object), p.p256.key, p.p256.certificate, disk)) == "not_recorded: the disk is full");
}

TEST_CASE("a blob that fails while opening or verifying is told apart from one that is wrong") {
  const SealParties& p = seal_parties();
  const std::string object = sealed(std::string(200'000, 'x'), p.site, p.one);
  core::StringSink inner(1 << 20);
  // The walk reads small windows, the decryption large pieces.
  for (const std::uint64_t from : {object.size() / 2, object.size() - 10}) {
    CHECK(why(open(FailingBlob(object, from), p.p256.key, p.p256.certificate, inner)) == "unexpected: the disk failed");
  }
}

TEST_CASE("an object is opened only by its recipients, with the key of their certificate") {
  const SealParties& p = seal_parties();
  const std::string object = sealed(report_text, p.site, p.one);
  CHECK(refusal_of_sealed(object, p.rsa) == "refused: is not sealed for this key");
  CHECK(refusal_of_sealed(object, leaf(p.top, Role::recipient)) == "refused: is not sealed for this key");
  CHECK(refusal_of_sealed(object, {copy(p.p384.key), p.p256.certificate}) ==
        "bad_input: the opening key does not belong to its certificate");
}

TEST_CASE("an object for another key under the same name and number does not open") {
  const SealParties& p = seal_parties();
  const PrivateKey other = PrivateKey::generate(KeyKind::p256).value();
  const Certificate twin =
      changed(p.p256.certificate, p.top, [&](x509_st* certificate) { set_key(certificate, other.public_key()); });
  CHECK(refusal_of_sealed(sealed(report_text, p.site, std::vector<Certificate>{twin})).starts_with("integrity"));
  const Certificate twin_rsa = changed(p.rsa.certificate, p.top, [&](x509_st* certificate) {
    set_key(certificate, PrivateKey::generate(KeyKind::rsa).value().public_key());
  });
  CHECK(refusal_of_sealed(sealed(report_text, p.site, std::vector<Certificate>{twin_rsa}), p.rsa)
            .starts_with("integrity"));
}
