#include "redaction/looked_for.hpp"

#include <doctest/doctest.h>

using namespace airlock::redaction;
using airlock::dictionary::Class;
using airlock::dictionary::Shape;
using airlock::dictionary::Type;

TEST_CASE("texts are looked for in every class, numbers of persons, places, identifiers and licences only") {
  for (std::size_t i = 0; i < airlock::dictionary::class_count; ++i) {
    const auto cls = static_cast<Class>(i);
    for (const Type type : {Type::text, Type::uuid, Type::version, Type::url, Type::hostname, Type::ip, Type::email,
                            Type::mac, Type::id, Type::locale}) {
      CHECK(looks_for({{type}, {}}, cls));
    }
    for (const Type type : {Type::count, Type::integer, Type::number}) {
      CHECK(looks_for({{type}, {}}, cls) == is_tell_tale(cls));
    }
    for (const Type type : {Type::boolean, Type::enumeration, Type::empty, Type::time, Type::date, Type::epoch,
                            Type::epoch_ms, Type::duration, Type::opaque}) {
      CHECK_FALSE(looks_for({{type}, {}}, cls));
    }
    CHECK(looks_for({{Type::enumeration, Type::text}, {"unknown"}}, cls));
    CHECK_FALSE(looks_for({}, cls));
  }
}
