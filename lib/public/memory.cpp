#include "public/memory.hpp"

#include <nlohmann/json.hpp>

#include "core/members.hpp"

namespace airlock::published {
namespace {

using core::Json;
using core::Members;

constexpr std::string_view memory_format = "airlock-memory/1";

}  // namespace

std::string to_document(const Memory& memory) {
  Json out{{"format", memory_format}, {"licence_sequences", memory.seen.to_json()}};
  add_known_members(out, memory.kit);
  return core::to_text(out);
}

Result<Memory> parse_memory(std::string_view text, std::string_view name) {
  AIRLOCK_TRY(const Json json, core::parse_json(text, name, {.bytes = memory_bytes_limit, .depth = 4}));
  Members in(json, name, "");
  Memory out;
  in.format(memory_format);
  out.seen = licence::SeenLicences::from(in, "licence_sequences");
  out.kit = known_kit_in(in);
  AIRLOCK_CHECK(in.finish());
  return out;
}

void remember(Memory& memory, const licence::LicenceVerdict& verdict, const Revocations& revocations) {
  if (!revocations.unknown && revocations.kit.number != 0) add_known(memory.kit, known_from(revocations.kit));
  if (verdict.licence && licence::counts_as_seen(core::name(verdict.state))) memory.seen.add(*verdict.licence);
}

}  // namespace airlock::published
