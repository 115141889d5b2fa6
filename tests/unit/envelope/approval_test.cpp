// An officer's approval.

#include "envelope/approval.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "bundle_setting.hpp"
#include "core/json.hpp"
#include "crypto/hash.hpp"
#include "crypto/pem.hpp"

namespace airlock::test {
namespace {

using envelope::Approval;

Approval sound() {
  return {.site_id = site_id,
          .number = 12,
          .payload_sha256 = std::string(64, 'a'),
          .decision_sha256 = std::string(64, 'b'),
          .policy_sha256 = std::string(64, 'c'),
          .note = "ticket \"4711\"",
          .time = now};
}

struct Signing {
  crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyKind::p256).value();
  /// Of another role than officer: no extended key usage is asked.
  crypto::Certificate certificate = crypto::self_sign({.common_name = "alice",
                                                       .roles = {crypto::Role::site},
                                                       .not_before = now - std::chrono::hours{1},
                                                       .not_after = now + std::chrono::days{10},
                                                       .ca = false,
                                                       .uuid = {}},
                                                      key)
                                        .value();

  std::string pem(std::string_view text) const {
    const auto der = crypto::sign(text, {.key = key, .certificate = certificate, .time = now});
    REQUIRE(der);
    return crypto::to_pem(crypto::cms_label, *der);
  }
};

std::string why_not(std::string_view text) {
  const auto out = envelope::parse_approval(text);
  return out ? "read" : out.error().message;
}

}  // namespace

TEST_CASE("an approval reads as it was written, on one line and in one order") {
  const std::string text = to_document(sound());
  CHECK(text.starts_with(R"({"format":"airlock-approval/1","site_id":")" + site_id +
                         R"(","number":12,"payload_sha256":")"));
  CHECK(text.find('\n') == std::string::npos);
  const auto read = envelope::parse_approval(text);
  REQUIRE(read);
  CHECK(*read == sound());
}

TEST_CASE("an approval with a member too few or too many is refused, with its path") {
  const core::Json whole = core::parse_json(to_document(sound()), "x").value();
  for (const auto& [member, value] : whole.items()) {
    core::Json changed = whole;
    changed.erase(member);
    CAPTURE(member);
    CHECK((why_not(core::to_text(changed)) == "read") == (member == "note"));
    changed[member] = core::Json::array();
    CHECK(why_not(core::to_text(changed)).find("`/" + member + "`") != std::string::npos);
  }
  core::Json more = whole;
  more["more"] = 1;
  CHECK(why_not(core::to_text(more)).find("`/more`") != std::string::npos);
}

TEST_CASE("every member but the time must agree with what is to leave") {
  const auto reason = [](void (*change)(Approval&)) {
    Approval other = sound();
    change(other);
    const auto found = mismatch(other, sound());
    return found ? std::string(found->reason) : std::string();
  };
  CHECK(reason([](Approval& a) { a.time = now + std::chrono::hours{1}; }).empty());
  CHECK(reason([](Approval& a) { a.site_id = "x"; }) == "site");
  CHECK(reason([](Approval& a) { a.number = 13; }) == "number");
  CHECK(reason([](Approval& a) { a.payload_sha256[0] = 'f'; }) == "bytes");
  CHECK(reason([](Approval& a) { a.decision_sha256[0] = 'f'; }) == "decision");
  CHECK(reason([](Approval& a) { a.policy_sha256[0] = 'f'; }) == "decision");
  CHECK(reason([](Approval& a) { a.note.clear(); }) == "note");
}

TEST_CASE("several approvals in one text verify in their order, and nothing may stand beside them") {
  const Signing alice;
  const Signing bert;
  const std::string both = alice.pem(to_document(sound())) + bert.pem(to_document(sound()));
  const auto read = envelope::verify_approvals(both);
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  CHECK((*read)[0].signer == alice.certificate);
  CHECK((*read)[1].signer == bert.certificate);
  CHECK_FALSE(envelope::verify_approvals(both + "x"));
  CHECK_FALSE(envelope::verify_approvals(""));
  CHECK_FALSE(envelope::verify_approvals(alice.pem("{}")));
}

TEST_CASE("a changed statement does not verify") {
  const Signing alice;
  std::string der = crypto::from_pem(crypto::cms_label, alice.pem(to_document(sound()))).value();
  der.replace(der.find("\"number\":12"), 11, "\"number\":13");
  const auto read = envelope::verify_by_officer(crypto::to_pem(crypto::cms_label, der));
  REQUIRE_FALSE(read);
  CHECK(read.error().code == core::Code::integrity);
}

}  // namespace airlock::test
