#include "crypto/opening_check.hpp"

#include "kit.hpp"

using namespace airlock;
using namespace airlock::test;

namespace {

/// A library that opens what it should, and `also`.
OpenFunction library(std::string also) {
  return [also = std::move(also)](std::string_view object) -> std::optional<std::string> {
    const OpeningSamples& samples = opening_samples();
    if (object == samples.sound || object == also) return samples.content;
    return std::nullopt;
  };
}

}  // namespace

TEST_CASE("the OpenSSL that is installed opens the sound envelope and refuses both forgeries") {
  const OpeningSamples& samples = opening_samples();
  CHECK(open_with_library(samples.sound) == samples.content);
  CHECK_FALSE(open_with_library(samples.ofb));
  CHECK_FALSE(open_with_library(samples.tag));
  CHECK(opening_is_safe());
}

TEST_CASE("each forgery alone makes opening unsafe") {
  const OpeningSamples& samples = opening_samples();
  CHECK(check_opening(library("")));
  const auto ofb = check_opening(library(samples.ofb));
  CHECK(why(ofb) ==
        "integrity: the OpenSSL that is installed opens an envelope whose cipher was rewritten, so Airlock opens "
        "nothing with it");
  CHECK(ofb.error().hint == "install the security updates of OpenSSL: 3.0.22, 3.5.7 or later");
  CHECK(why(check_opening(library(samples.tag))) ==
        "integrity: the OpenSSL that is installed opens an envelope whose tag was cut to one byte, so Airlock opens "
        "nothing with it");
}

TEST_CASE("a library that opens nothing, or something else, is not safe either") {
  CHECK(why(check_opening([](std::string_view) { return std::nullopt; })).starts_with("integrity"));
  CHECK(why(check_opening([](std::string_view) { return "garbage"; })).starts_with("integrity"));
}

TEST_CASE("where the library accepts a forgery nothing is opened, and nothing written") {
  const Identity top = root();
  const Identity site = leaf(top, Role::site);
  const Identity vendor = leaf(top, Role::recipient);
  const std::string object = sealed("content", site, std::vector<Certificate>{vendor.certificate});
  core::StringSink inner(1000);
  int asked = 0;
  const auto unsafe = [&] {
    ++asked;
    return check_opening(library(opening_samples().tag));
  };
  CHECK(why(open_if(unsafe, MemoryBlob(object), vendor.key, vendor.certificate, inner)).starts_with("integrity"));
  CHECK(asked == 1);
  CHECK(inner.bytes().empty());
  core::StringSink sound(10'000);
  CHECK(open_if([] { return check_opening(library("")); }, MemoryBlob(object), vendor.key, vendor.certificate, sound));
}

TEST_CASE("the samples themselves are what they claim to be") {
  // The walk refuses both forgeries as well, and takes the sound one.
  const auto refusal = [](const std::string& object) {
    core::StringSink inner(1000);
    const Identity nobody = leaf(root(), Role::recipient);
    return why(open(MemoryBlob(object), nobody.key, nobody.certificate, inner));
  };
  CHECK(refusal(opening_samples().sound) == "refused: is not sealed for this key");
  CHECK(refusal(opening_samples().ofb).starts_with("bad_input: is not a sealed object: its cipher"));
  CHECK(refusal(opening_samples().tag).starts_with("bad_input: is not a sealed object: its cipher"));
}
