#include "crypto/der.hpp"
#include "core/encoding.hpp"

#include "crypto/ber.hpp"
#include "crypto/profile.hpp"
#include "kit.hpp"

using namespace airlock;
using namespace airlock::test;
using namespace std::string_view_literals;

namespace {

std::string walk(std::string_view bytes, const std::function<void(Walker&)>& grammar) {
  const MemoryBlob blob(bytes);
  Walker in(blob, "a thing");
  grammar(in);
  return why(in.finish());
}

}  // namespace

TEST_CASE("a header is read in its one DER form") {
  CHECK(der::read_header("\x04\x03xyz")->length == 3);
  CHECK(der::read_header("\x04\x81\x80")->length == 128);
  CHECK(der::read_header("\x30\x80"sv)->indefinite);
  CHECK(der::read_header("\x04\x88\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"sv)->length == INT64_MAX);
  for (const auto bad : {""sv, "\x04"sv, "\x1F\x01x"sv, "\x3F\x03"sv, "\x04\x81\x7F"sv, "\x04\x82\x00\x80"sv,
                         "\x04\x82\x80"sv, "\x04\x89\x01\x00\x00\x00\x00\x00\x00\x00\x00"sv, "\x04\xFF\x01"sv}) {
    CAPTURE(core::to_hex(bad));
    CHECK_FALSE(der::read_header(bad));
  }
}

TEST_CASE("a structure is read as its grammar stands and judged once") {
  const std::string bytes = der::value(der::sequence, {der::value(der::integer, {"\x05"}), der::value(der::set, {})});
  der::DerReader outer(bytes);
  der::DerReader inner = outer.enter(der::sequence);
  CHECK(inner.at(der::integer));
  CHECK(inner.content(der::integer) == "\x05");
  CHECK_FALSE(inner.finish());
  CHECK(inner.whole(der::set) == "\x31\x00"sv);
  CHECK(inner.finish());
  CHECK(outer.finish());
}

TEST_CASE("after the first thing that is not as asked for, a reader gives nothing more") {
  der::DerReader reader("\x02\x01\x05\x02\x01\x06");
  CHECK(reader.content(der::set).empty());
  CHECK(reader.content(der::integer).empty());
  CHECK_FALSE(reader.at(der::integer));
  CHECK_FALSE(reader.finish());
  der::DerReader cut("\x02\x02\x05");
  CHECK(cut.content(der::integer).empty());
  CHECK_FALSE(cut.finish());
  der::DerReader indefinite("\x30\x80\x00\x00"sv);
  (void)indefinite.whole(der::sequence);
  CHECK_FALSE(indefinite.finish());
  der::DerReader expected("abc");
  expected.expect("ab");
  expected.expect("d");
  CHECK_FALSE(expected.finish());
}

TEST_CASE("values are written with lengths in the fewest bytes") {
  for (const std::size_t size : {0U, 1U, 127U, 128U, 255U, 256U, 65535U, 65536U}) {
    const std::string content(size, 'x');
    const std::string bytes = der::value(der::octet_string, {content});
    der::DerReader reader(bytes);
    CHECK(reader.content(der::octet_string) == content);
    CHECK(reader.finish());
    CHECK(parse(bytes).der() == bytes);
  }
}

TEST_CASE("a walker reads definite and indefinite lengths alike") {
  const auto grammar = [](Walker& in) {
    in.enter(der::sequence, "the outside");
    in.expect("\x02\x01\x05", "five");
    const auto pieces = in.octets(der::octet_string, der::octet_string | der::constructed, "the octets");
    if (in.ok()) CHECK(!pieces.empty());
    in.leave("the outside");
  };
  CHECK(walk("\x30\x07\x02\x01\x05\x04\x02hi"sv, grammar) == "accepted");
  CHECK(walk("\x30\x80\x02\x01\x05\x04\x02hi\x00\x00"sv, grammar) == "accepted");
  CHECK(walk("\x30\x80\x02\x01\x05\x24\x80\x04\x01h\x04\x01i\x00\x00\x00\x00"sv, grammar) == "accepted");
  CHECK(walk("\x30\x0B\x02\x01\x05\x24\x06\x04\x01h\x04\x01i"sv, grammar) == "accepted");
}

TEST_CASE("a walker refuses what its grammar does not have, and names the byte") {
  const auto grammar = [](Walker& in) {
    in.enter(der::sequence, "the outside");
    in.expect("\x02\x01\x05", "five");
    (void)in.octets(der::octet_string, der::octet_string | der::constructed, "the octets");
    in.leave("the outside");
  };
  const auto refused = [&](std::string_view bytes) { return walk(bytes, grammar); };
  CHECK(refused("") == "bad_input: is not a thing: the outside must be here (byte 0)");
  CHECK(refused("\x30\x07\x02\x01\x06\x04\x02hi"sv) == "bad_input: is not a thing: five must be here (byte 2)");
  CHECK(refused("\x30\x07\x02\x01\x05\x04\x02hix"sv) == "bad_input: is not a thing: nothing may follow it (byte 9)");
  CHECK(refused("\x30\x08\x02\x01\x05\x04\x02hix"sv) ==
        "bad_input: is not a thing: the outside must end here (byte 9)");
  CHECK(refused("\x30\x80\x02\x01\x05\x04\x02hi\x00"sv) ==
        "bad_input: is not a thing: the outside must end here (byte 9)");
  CHECK(refused("\x30\x07\x02\x01\x05\x04\x03hi"sv) == "bad_input: is not a thing: the octets must be here (byte 5)");
  CHECK(refused("\x30\x07\x02\x01\x05\x04\x01hi"sv).starts_with("bad_input: is not a thing: the outside must end"));
  CHECK(refused("\x30\x81\x07\x02\x01\x05\x04\x02hi"sv).starts_with("bad_input"));
  CHECK(refused("\x30\x88\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02\x01\x05"sv).starts_with("bad_input"));
  CHECK(refused("\x30\x88\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02\x01\x05"sv).starts_with("bad_input"));
}

TEST_CASE("pieces of an octet string are primitive, not empty, and their length is definite") {
  const auto grammar = [](Walker& in) { (void)in.octets(0x04, 0x24, "the octets"); };
  CHECK(walk("\x24\x80\x00\x00"sv, grammar) == "accepted");
  CHECK(walk("\x24\x80\x04\x01x\x00\x00"sv, grammar) == "accepted");
  for (const auto bad : {"\x24\x80\x04\x00\x00\x00"sv, "\x24\x80\x24\x80\x04\x01x\x00\x00\x00\x00"sv,
                         "\x24\x80\x04\x80\x00\x00\x00\x00"sv, "\x04\x80\x00\x00"sv, "\x24\x80\x02\x01x\x00\x00"sv,
                         "\x24\x80\x04\x05x\x00\x00"sv, "\x24\x80"sv}) {
    CAPTURE(core::to_hex(bad));
    CHECK(walk(bad, grammar).starts_with("bad_input"));
  }
}

TEST_CASE("an octet string in more pieces than the limit is refused, not collected") {
  std::string bytes = "\x24\x80";
  for (std::size_t i = 0; i < pieces_limit; ++i) bytes += "\x04\x01x";
  const auto grammar = [](Walker& in) { (void)in.octets(0x04, 0x24, "the octets"); };
  CHECK(walk(bytes + std::string(2, '\0'), grammar) == "accepted");
  CHECK(walk(bytes + "\x04\x01x" + std::string(2, '\0'), grammar).starts_with("bad_input: is not a thing: the octets"));
}

TEST_CASE("a value is taken whole within its limit only") {
  const auto take = [](std::size_t limit) {
    return [limit](Walker& in) { CHECK(in.take(der::set, limit, "the set").size() <= limit); };
  };
  CHECK(walk("\x31\x03xyz", take(5)) == "accepted");
  CHECK(walk("\x31\x03xyz", take(4)) == "bad_input: is not a thing: the set is too large (byte 2)");
  CHECK(walk("\x31\x80\x00\x00"sv, take(10)).starts_with("bad_input"));
}

TEST_CASE("a blob that fails is told apart from one that is wrong") {
  const std::string bytes = der::value(der::sequence, {std::string(3000, 'x'), "\x31\x00"sv});
  for (const std::uint64_t from : {std::uint64_t{0}, std::uint64_t{3004}}) {
    const FailingBlob blob(bytes, from);
    Walker in(blob, "a thing");
    in.enter(der::sequence, "the outside");
    in.expect("x", "x");
    for (int i = 1; i < 3000; ++i) in.expect("x", "x");
    (void)in.take(der::set, 100, "the set");
    in.leave("the outside");
    CHECK(why(in.finish()) == "unexpected: the disk failed");
  }
}

TEST_CASE("times are read in their one form") {
  const auto read = [](std::uint8_t tag, std::string_view text) {
    const auto found = read_time(der::value(tag, {text}));
    return found ? found->text() : "refused";
  };
  CHECK(read(der::utc_time, "261101000001Z") == "2026-11-01T00:00:01Z");
  CHECK(read(der::utc_time, "500101000000Z") == "1950-01-01T00:00:00Z");
  CHECK(read(der::utc_time, "491231235959Z") == "2049-12-31T23:59:59Z");
  CHECK(read(der::generalized_time, "20500101000000Z") == "2050-01-01T00:00:00Z");
  for (const auto bad : {"2611010000Z"sv, "261101000000"sv, "261101000060Z"sv, "260230000000Z"sv, "26110100000 Z"sv,
                         "261101000000+0000"sv, "2611010000-1Z"sv, ""sv}) {
    CAPTURE(bad);
    CHECK(read(der::utc_time, bad) == "refused");
  }
  CHECK(read(der::generalized_time, "20261101000000Z") == "refused");
  CHECK(read(der::generalized_time, "20500101000000.5Z") == "refused");
  CHECK(read(der::octet_string, "261101000000Z") == "refused");
}
