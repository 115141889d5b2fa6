#include "public/public_site.hpp"

#include <doctest/doctest.h>

#include "public/memory.hpp"

using namespace airlock;
using namespace airlock::published;

namespace {

const std::string a_digest(64, 'a');

PublicSite a_site() {
  return {.site_id = "5b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e",
          .product = "posthog",
          .key_sha256 = a_digest,
          .licence_sequence = 3,
          .newest_time = *core::Time::from_text("2026-11-01T00:00:00Z"),
          .kit = {.number = 4, .content_sha256 = a_digest, .lists = {{a_digest, 2, std::string(64, 'b')}}}};
}

}  // namespace

TEST_CASE("the public part survives a round trip and refuses strangers") {
  const PublicSite site = a_site();
  const auto read = parse_public_site(to_document(site), "site.json");
  REQUIRE(read);
  CHECK(read->site_id == site.site_id);
  CHECK(read->licence_sequence == 3);
  CHECK(read->newest_time == site.newest_time);
  CHECK(read->kit == site.kit);
  CHECK(read->current);
  CHECK_FALSE(parse_public_site(R"({"format": "airlock-public/1"})", "site.json"));
}

TEST_CASE("a sequence of an unknown licensee counts against every licence") {
  const PublicSite site = a_site();
  CHECK(site.all_seen().highest() == 3);
  CHECK(site.seen.highest() == 0);
}

TEST_CASE("of what is known of kits the higher number stays, and of equal numbers what was known first") {
  KnownKit known = a_site().kit;
  add_known(known, {.number = 4, .content_sha256 = std::string(64, 'c'), .lists = {{a_digest, 2, a_digest}}});
  CHECK(known == a_site().kit);
  add_known(known, {.number = 5, .content_sha256 = std::string(64, 'c'), .lists = {{a_digest, 3, a_digest}}});
  CHECK(known.number == 5);
  CHECK(known.content_sha256 == std::string(64, 'c'));
  CHECK(known.lists == std::vector<KnownKit::KnownList>{{a_digest, 3, a_digest}});
}

TEST_CASE("a memory survives a round trip, and is one line") {
  Memory memory;
  memory.kit = a_site().kit;
  memory.seen.add_of_unknown(7);
  const std::string text = to_document(memory);
  CHECK(text.find('\n') >= text.size() - 1);
  const auto read = parse_memory(text, "the memory");
  REQUIRE(read);
  CHECK(read->kit == memory.kit);
  CHECK(read->seen == memory.seen);
  CHECK(parse_memory("{}", "the memory").error().message.find("the memory") != std::string::npos);
}

TEST_CASE("a kit is judged by product, number and content before its revocations count") {
  KitHeader kit;
  kit.product = "posthog";
  kit.number = 4;
  const KnownKit known{.number = 4, .content_sha256 = kit.content_sha256.hex(), .lists = {}};
  const std::vector<crypto::Certificate> roots;
  const auto why = [&](const KitHeader& header, const std::string& product, const KnownKit& before) {
    const auto read = revocations_of(header, "`kit`", {.roots = roots, .product = product, .known = before});
    return read.unknown ? read.unknown->message : "believed";
  };
  CHECK(why(kit, "posthog", known) == "believed");
  CHECK(why(kit, "", known) == "believed");
  CHECK(why(kit, "other", known) == "`kit`: is for product `posthog`, not `other`");
  CHECK(why(kit, "posthog", {.number = 5, .content_sha256 = a_digest, .lists = {}}) ==
        "`kit`: is the kit with number 4, but number 5 is known");
  CHECK(why(kit, "posthog", {.number = 4, .content_sha256 = a_digest, .lists = {}}) ==
        "`kit`: is not the kit with number 4 that is known");
  const auto missing = revocations_in(std::nullopt, "`kit`", {.roots = roots, .product = "posthog", .known = known});
  REQUIRE(missing.unknown);
  CHECK(missing.unknown->message == "`kit`: is missing, but kit number 4 is known");
}
