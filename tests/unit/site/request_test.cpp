#include "site/request.hpp"

#include <doctest/doctest.h>

#include "authority.hpp"

using namespace airlock;
using namespace airlock::site;
using crypto::KeyKind;
using crypto::Role;
using test::now;
using test::site_id;

namespace {

const std::string other_id = "6b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e";

struct Party {
  crypto::PrivateKey key = crypto::PrivateKey::generate(KeyKind::p256).value();
  crypto::Certificate certificate;
  explicit Party(Role role, const std::string& uuid)
      : certificate(crypto::self_sign({.common_name = "t",
                                       .roles = {role},
                                       .not_before = now - std::chrono::days{1},
                                       .not_after = now + std::chrono::days{10},
                                       .ca = false,
                                       .uuid = uuid},
                                      key)
                        .value()) {}
};

SiteRequest request(const Party& site, const Party& archive, const std::string& id, const std::string& log) {
  const auto ledger = crypto::PrivateKey::generate(KeyKind::ed25519).value();
  return {.site_id = id,
          .name = "Example Bank, Leeds",
          .product = "posthog",
          .created = now,
          .site_certificate = site.certificate,
          .archive_certificate = archive.certificate,
          .ledger_key = crypto::NoteVerifier("airlock/" + log, ledger.public_key()),
          .successions = {},
          .fingerprint = {}};
}

crypto::Signer signer(const Party& party) { return {.key = party.key, .certificate = party.certificate, .time = now}; }

std::string why(const SiteRequest& content, const Party& by) {
  const auto written = write_request(content, signer(by));
  REQUIRE(written);
  const auto read = verify_request(written->file, "r.p7s");
  return read ? "accepted" : read.error().message;
}

}  // namespace

TEST_CASE("a request survives a round trip, and both ends have the same fingerprint") {
  const Party site(Role::site, site_id);
  const Party archive(Role::recipient, site_id);
  const auto content = request(site, archive, site_id, site_id);
  const auto written = write_request(content, signer(site)).value();
  const auto read = verify_request(written.file, "r.p7s");
  REQUIRE(read);
  CHECK(read->site_id == site_id);
  CHECK(read->name == content.name);
  CHECK(read->site_certificate == site.certificate);
  CHECK(read->ledger_key.text() == content.ledger_key.text());
  CHECK(read->fingerprint == written.fingerprint);
  CHECK(in_groups(read->fingerprint).size() == 64 + 15);
}

TEST_CASE("a request that is not signed by the site that it names is refused") {
  const Party site(Role::site, site_id);
  const Party archive(Role::recipient, site_id);
  const Party impostor(Role::site, site_id);
  const Party neighbour(Role::site, other_id);
  const Party officer(Role::officer, site_id);
  CHECK(why(request(site, archive, site_id, site_id), site) == "accepted");
  CHECK(why(request(site, archive, site_id, site_id), impostor).find("not signed by the site") != std::string::npos);
  CHECK(why(request(neighbour, archive, site_id, site_id), neighbour).find("not signed by the site") !=
        std::string::npos);
  CHECK(why(request(officer, archive, site_id, site_id), officer).find("role") != std::string::npos);
  CHECK(why(request(site, archive, site_id, other_id), site).find("`/ledger_key`") != std::string::npos);
}
