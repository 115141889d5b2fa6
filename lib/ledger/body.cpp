#include "ledger/body.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "ledger/entry.hpp"

namespace airlock::ledger {

using core::Code;
using core::fail;
using core::Json;
using core::Members;

namespace {

constexpr std::string_view format_1 = "airlock-entry/1";
constexpr std::string_view format = "airlock-entry/2";
constexpr std::string_view newest_member = "newest";
constexpr std::string_view newest_time_member = "newest_time";
constexpr std::string_view earlier_member = "earlier";
constexpr std::string_view disclosure_link = "disclosure";
constexpr std::string_view upgrade_link = "upgrade";
/// The members that the ledger itself sets.
constexpr std::array<std::string_view, 9> own_members{
    "format", "nonce", "seq", "time", "kind", "report_id", newest_member, newest_time_member, earlier_member};

/// The members that `read_body` reads.
constexpr std::array<std::string_view, 26> members_read{"format",
                                                        "nonce",
                                                        "seq",
                                                        "time",
                                                        "kind",
                                                        newest_member,
                                                        newest_time_member,
                                                        earlier_member,
                                                        "ceiling_sha256",
                                                        "terms_sha256",
                                                        "declared_sha256",
                                                        "clock",
                                                        "report_id",
                                                        "number",
                                                        "disclosure",
                                                        "disclosure_id",
                                                        "file",
                                                        "file_sha256",
                                                        "content_sha256",
                                                        "size",
                                                        "checkpoint",
                                                        "error",
                                                        "delivered",
                                                        "final",
                                                        "next_try",
                                                        "receipt"};

std::string links_text(const Newest& newest) {
  std::string out = "{";
  const auto link = [&](std::string_view name, const std::optional<std::uint64_t>& seq) {
    if (!seq) return;
    out.append(out.size() == 1 ? "\"" : ",\"").append(name).append("\":").append(std::to_string(*seq));
  };
  for (std::size_t i = 0; i < linked_kinds.size(); ++i) link(name(linked_kinds.at(i)), newest.kinds.at(i));
  link(disclosure_link, newest.disclosure);
  link(upgrade_link, newest.upgrade);
  return out.append("}");
}

/// A UUID in lower case, since searches compare the columns beside the body byte by byte.
std::string lower_case_uuid(Members& in, std::string_view member) {
  const std::string id = in.uuid(member);
  if (in.ok() && in.text(member) != id) in.refuse(member, "must be in lower case");
  return id;
}

/// `"disclosure": {"id": …, "number": …}`. Its other members are not read here.
void read_new_disclosure(Members& in, EntryFacts& facts) {
  const auto read = [&](Members& disclosure) {
    facts.disclosure_id = lower_case_uuid(disclosure, "id");
    facts.disclosure = disclosure.count("number", 1);
  };
  in.inner_if("disclosure", read, Members::Unknown::allowed);
}

void read_failure(Members& in, EntryFacts& facts) {
  facts.error = in.text("error");
  facts.delivered_unknown = in.word("delivered", {"no", "unknown"}) == "unknown";
  const bool given_up = in.boolean_if("final").value_or(false);
  if (given_up == in.has("next_try")) in.refuse("next_try", "must be there unless sending was given up, and only then");
  if (in.has("next_try")) facts.next_try = in.time("next_try");
}

void read_sealed(Members& in, EntryFacts& facts) {
  constexpr std::size_t longest_name = 255;
  facts.file = in.text("file", longest_name);
  if (facts.file.find('/') != std::string::npos || facts.file.starts_with('.')) {
    in.refuse("file", "must be a name without `/` that does not start with a dot");
  }
  facts.file_sha256 = in.sha256("file_sha256");
  facts.content_sha256 = in.sha256("content_sha256");
  facts.size = in.count("size");
  const Json* checkpoint = in.any("checkpoint");
  if (checkpoint == nullptr || !checkpoint->is_string()) {
    in.refuse("checkpoint", "must be a signed note");
  } else {
    facts.checkpoint = checkpoint->get<std::string>();
  }
}

/// The members of format 2 that name the newest entries.
void read_newest(Members& in, EntryFacts& facts) {
  Newest& newest = facts.newest.emplace();
  in.inner(newest_member, [&](Members& links) {
    const auto link = [&](std::string_view member) -> std::optional<std::uint64_t> {
      const auto seq = links.integer_if(member, 0, INT64_MAX);
      if (!seq) return std::nullopt;
      if (static_cast<std::uint64_t>(*seq) >= facts.seq) links.refuse(member, "must be of an entry before this one");
      return static_cast<std::uint64_t>(*seq);
    };
    for (std::size_t i = 0; i < linked_kinds.size(); ++i) newest.kinds[i] = link(name(linked_kinds[i]));
    newest.disclosure = link(disclosure_link);
    newest.upgrade = link(upgrade_link);
  });
  if (in.has(newest_time_member)) newest.time = in.time(newest_time_member);
}

void read_earlier(Members& in, EntryFacts& facts) {
  const Json* object = in.object_if(earlier_member);
  if (object == nullptr) return;
  EarlierEntries& earlier = facts.earlier.emplace();
  for (const auto& [kind, list] : object->items()) {
    const auto known = kind_from(kind);
    if (!known || !is_walked(*known) || !list.is_array()) {
      in.refuse(earlier_member, "must have lists of entries by kind");
      return;
    }
    for (const Json& seq : list) {
      const std::uint64_t minimum = earlier[*known].empty() ? 0 : earlier[*known].back() + 1;
      if (!seq.is_number_unsigned() || seq.get<std::uint64_t>() < minimum || seq.get<std::uint64_t>() >= facts.seq) {
        in.refuse(earlier_member, "must name entries before this one in their order");
        return;
      }
      earlier[*known].push_back(seq.get<std::uint64_t>());
    }
  }
}

std::optional<Digest> read_digest_if(Members& in, std::string_view member) {
  if (!in.has(member)) return std::nullopt;
  const auto digest = Digest::from_hex(in.sha256(member));
  return digest ? std::optional(*digest) : std::nullopt;
}

}  // namespace

Result<std::size_t> link_of(Kind kind) {
  const auto* const at = std::find(linked_kinds.begin(), linked_kinds.end(), kind);
  if (at != linked_kinds.end()) return static_cast<std::size_t>(at - linked_kinds.begin());
  return fail(Code::unexpected, "no entry names the newest one of kind " + core::quote(name(kind)));
}

bool is_walked(Kind kind) {
  constexpr std::array walked{Kind::adopted, Kind::authorised, Kind::configured,
                              Kind::kit,     Kind::licence,    Kind::key_rotated};
  return std::find(walked.begin(), walked.end(), kind) != walked.end();
}

void note_earlier(EarlierEntries& earlier, const EntryFacts& facts) {
  if (!is_walked(facts.kind)) return;
  auto& seqs = earlier[facts.kind];
  if (seqs.size() == earlier_maximum) seqs.erase(seqs.begin());
  seqs.push_back(facts.seq);
}

Newest after(Newest before, const EntryFacts& facts) {
  if (const auto link = link_of(facts.kind)) before.kinds.at(*link) = facts.seq;
  if (facts.disclosure != 0) before.disclosure = facts.seq;
  if (facts.earlier) before.upgrade = facts.seq;
  if (facts.disowns_times || !before.time || *before.time < facts.time) before.time = facts.time;
  return before;
}

bool moves_disclosure(Kind kind) {
  switch (kind) {
    case Kind::sealed:
    case Kind::released:
    case Kind::queued:
    case Kind::attempted:
    case Kind::sent:
    case Kind::send_failed:
    case Kind::withdrawn:
    case Kind::abandoned:
    case Kind::payload_lost:
      return true;
    default:
      return false;
  }
}

bool makes_file(Kind kind) { return kind == Kind::sealed || kind == Kind::queued; }

Result<std::string> make_body(std::uint64_t seq, Kind kind, std::string_view report_id, const Json& members, Time time,
                              std::string_view nonce, const Newest& newest,
                              const std::optional<EarlierEntries>& earlier) {
  if (nonce.size() != nonce_size) return fail(Code::unexpected, "a nonce must have 16 bytes");
  if (!members.is_object()) return fail(Code::unexpected, "the members of an entry must be an object");
  std::string out;
  /// Begins a member, whose value the caller appends.
  const auto member = [&](std::string_view name) -> std::string& {
    return out.append(out.empty() ? "{\"" : ",\"").append(name).append("\":");
  };
  const auto text = [&](std::string_view name, std::string_view value) {
    member(name).append("\"").append(value).append("\"");
  };
  text("format", format);
  text("nonce", core::to_hex(nonce));
  member("seq").append(std::to_string(seq));
  text("time", time.text());
  text("kind", name(kind));
  if (!report_id.empty()) member("report_id").append(core::to_text(Json(report_id)));
  member(newest_member).append(links_text(newest));
  if (newest.time) text(newest_time_member, newest.time->text());
  if (earlier) {
    Json lists = Json::object();
    for (const auto& [of, seqs] : *earlier) lists[name(of)] = seqs;
    member(earlier_member).append(core::to_text(lists));
  }
  for (const auto& [key, value] : members.items()) {
    if (std::find(own_members.begin(), own_members.end(), key) != own_members.end()) {
      return fail(Code::unexpected, core::quote(key) + " is not for the caller to set");
    }
  }
  // The members as they are, without the brace that begins them.
  if (members.empty()) return out.append("}");
  return out.append(",").append(core::to_text(members), 1);
}

Result<EntryFacts> read_body(std::string_view body, std::uint64_t seq) {
  AIRLOCK_TRY(const Json json, core::parse_members(body, "body", members_read, {.bytes = entry_limit}));
  Members in(json, "body", "");
  EntryFacts facts;
  const bool names_newest = in.has("format") && json["format"] == format;
  in.format(names_newest ? format : format_1);
  const auto nonce = core::from_hex(in.text("nonce"));
  if (!nonce || nonce->size() != nonce_size) in.refuse("nonce", "must be 16 bytes in hex");
  facts.seq = in.count("seq");
  if (facts.seq != seq) in.refuse("seq", "must be " + std::to_string(seq));
  facts.time = in.time("time");
  const auto kind = kind_from(in.text("kind"));
  facts.kind = kind.value_or(Kind{});
  if (!kind) in.refuse("kind", "is not a known kind of entry");

  if (names_newest) {
    read_newest(in, facts);
    read_earlier(in, facts);
    facts.ceiling = read_digest_if(in, "ceiling_sha256");
    facts.terms = read_digest_if(in, "terms_sha256");
    facts.declared = read_digest_if(in, "declared_sha256");
  }
  if (facts.kind == Kind::authorised && in.has("clock")) facts.disowns_times = !json["clock"].is_null();

  const bool has_number = facts.kind == Kind::produced || facts.kind == Kind::decided;
  const bool moves = moves_disclosure(facts.kind);
  if (has_number || moves || in.has("report_id")) facts.report_id = lower_case_uuid(in, "report_id");
  if (has_number) {
    facts.number = in.count("number", 1);
    read_new_disclosure(in, facts);
  } else if (moves || in.has("disclosure_id")) {
    facts.disclosure_id = lower_case_uuid(in, "disclosure_id");
  }
  if (makes_file(facts.kind)) read_sealed(in, facts);
  if (facts.kind == Kind::send_failed) read_failure(in, facts);
  if (facts.kind == Kind::sent) facts.by_receipt = in.integer_if("receipt", 1, INT64_MAX).has_value();
  if (!in.ok()) return fail(in.finish().error());
  return facts;
}

}  // namespace airlock::ledger
