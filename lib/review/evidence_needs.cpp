#include "review/evidence_needs.hpp"

#include <nlohmann/json.hpp>

namespace airlock::review {
namespace {

using core::Json;
using ledger::Kind;

/// A member that is an object; null where it is missing or something else.
const Json& object_at(const Json& json, std::string_view member) {
  static const Json none;
  const auto at = json.is_object() ? json.find(member) : json.end();
  return at != json.end() && at->is_object() ? *at : none;
}

std::uint64_t number_at(const Json& json, std::string_view member) {
  const auto at = json.is_object() ? json.find(member) : json.end();
  return at != json.end() && at->is_number_unsigned() ? at->get<std::uint64_t>() : 0;
}

void add(std::set<std::string, std::less<>>& to, std::string text) {
  if (!text.empty()) to.insert(std::move(text));
}

void add(std::map<std::string, std::uint64_t, std::less<>>& to, std::string id, std::uint64_t number) {
  if (!id.empty()) to.emplace(std::move(id), number);
}

void read_decision(const Json& body, EvidenceNeeds& needs) {
  add(needs.policies, core::text_in(object_at(object_at(body, "decision"), "policy"), "sha256"));
  add(needs.dictionaries, core::text_in(object_at(object_at(body, "decision"), "dictionary"), "sha256"));
  const Json& original = object_at(body, "original");
  if (original.is_object() && !original.contains("complete")) {
    needs.commitments.emplace(number_at(body, "number"), core::text_in(original, "commitment"));
  }
  const Json& disclosure = object_at(body, "disclosure");
  if (const std::string id = core::text_in(disclosure, "id"); !id.empty()) {
    NamedDisclosure& named = needs.disclosures[id];
    named.number = number_at(body, "number");
    named.disclosure = number_at(disclosure, "number");
  }
}

void read_made(Kind kind, const Json& body, EvidenceNeeds& needs) {
  NamedDisclosure& named = needs.disclosures[core::text_in(body, "disclosure_id")];
  named.number = number_at(body, "number");
  named.is_bundle = kind == Kind::sealed;
  named.file = core::text_in(body, "file");
  named.file_sha256 = core::text_in(body, "file_sha256");
  named.content_sha256 = core::text_in(body, "content_sha256");
  named.checkpoint = core::text_in(body, "checkpoint");
  add(needs.checkpoints, named.checkpoint);
}

}  // namespace

void read_needs(const ledger::Entry& entry, const Json& body, EvidenceNeeds& needs) {
  add(needs.ceilings, core::text_in(body, "ceiling_sha256"));
  switch (entry.kind) {
    case Kind::produced:
    case Kind::decided:
      read_decision(body, needs);
      break;
    case Kind::sealed:
    case Kind::queued:
      read_made(entry.kind, body, needs);
      break;
    case Kind::licence:
      add(needs.licences, core::text_in(body, "serial"), number_at(body, "sequence"));
      break;
    case Kind::configured:
      add(needs.licences, core::text_in(object_at(body, "next_licence"), "serial"),
          number_at(object_at(body, "next_licence"), "sequence"));
      break;
    case Kind::kit:
      add(needs.kits, core::text_in(body, "content_sha256"), number_at(body, "number"));
      break;
    case Kind::acknowledged:
      if (entry.report_id.empty())
        add(needs.receipts, core::text_in(body, "content_sha256"), number_at(body, "sequence"));
      break;
    default:
      break;
  }
}

}  // namespace airlock::review
