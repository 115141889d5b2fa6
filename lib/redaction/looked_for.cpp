#include "redaction/looked_for.hpp"

#include <algorithm>

namespace airlock::redaction {

using dictionary::Class;
using dictionary::Type;

bool is_tell_tale(Class cls) {
  return cls == Class::person || cls == Class::location || cls == Class::identifier || cls == Class::licence;
}

Evidence evidence_of(Type type) {
  switch (type) {
    case Type::text:
    case Type::uuid:
    case Type::version:
    case Type::url:
    case Type::hostname:
    case Type::ip:
    case Type::email:
    case Type::mac:
    case Type::id:
    case Type::locale:
      return Evidence::text;
    case Type::count:
    case Type::integer:
    case Type::number:
      return Evidence::number;
    case Type::boolean:
    case Type::enumeration:
    case Type::empty:
    case Type::time:
    case Type::date:
    case Type::epoch:
    case Type::epoch_ms:
    case Type::duration:
    case Type::opaque:
      return Evidence::none;
  }
  return Evidence::none;
}

bool looks_for(const dictionary::Shape& shape, Class cls) {
  return std::any_of(shape.types.begin(), shape.types.end(), [&](Type type) {
    const Evidence evidence = evidence_of(type);
    return evidence == Evidence::text || (evidence == Evidence::number && is_tell_tale(cls));
  });
}

}  // namespace airlock::redaction
