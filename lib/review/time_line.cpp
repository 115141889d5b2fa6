#include "review/time_line.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/text.hpp"
#include "ledger/kind.hpp"
#include "review/report_line.hpp"

namespace airlock::review {
namespace {

using core::Json;

/// Longest text of an entry that a line shows whole: a message with two digests, a person's reason.
constexpr std::size_t shown_limit = core::reason_limit;

/// A member, or a member of a member, as text: `at(body, "licence", "tier")`. Empty where it is missing.
std::string at(const Json& body, std::string_view member, std::string_view inner = {}) {
  if (!body.is_object()) return {};
  const auto found = body.find(member);
  if (found == body.end()) return {};
  if (!inner.empty()) return at(*found, inner);
  if (found->is_string()) return core::printable(found->get<std::string>(), shown_limit);
  return found->is_number() ? found->dump() : std::string();
}

std::string quoted(const std::string& text) { return "`" + text + "`"; }
/// `before` and the text, or nothing where there is no text.
std::string with(std::string_view before, const std::string& text, std::string_view after = {}) {
  return text.empty() ? std::string() : std::string(before) + text + std::string(after);
}

std::string decision(const Json& body) {
  std::string out = with(": event `", at(body, "event"), "`");
  if (const std::string start = at(body, "period", "start"); !start.empty()) {
    out += ", " + start + " to " + at(body, "period", "end");
  }
  out += with(", licence ", at(body, "licence", "state"));
  out += with(", tier `", at(body, "licence", "tier"), "`");
  return out + with("; the decision is `", at(body, "decision", "disposition"), "`");
}

using Sentence = std::string (*)(const Json&);

/// The sentence of each kind that has something to say beyond its name.
const std::map<std::string_view, Sentence>& sentences() {
  static const std::map<std::string_view, Sentence> table{
      {"site_created", [](const Json&) { return std::string("the site was made"); }},
      {"configured",
       [](const Json& body) {
         const std::string next = at(body, "next_licence", "serial");
         return next.empty() ? std::string("another configuration is in force")
                             : "licence " + quoted(next) + " waits for its beginning";
       }},
      {"licence",
       [](const Json& body) {
         return "licence " + quoted(at(body, "serial")) + " is in force: tier " + quoted(at(body, "tier")) +
                with(", ", at(body, "state"));
       }},
      {"kit",
       [](const Json& body) {
         return "kit " + at(body, "number") + " is in force, policy " + quoted(at(body, "policy", "name")) + " " +
                at(body, "policy", "version");
       }},
      {"authorised",
       [](const Json& body) {
         return std::string(body.contains("clock") ? "a person put the clock guard right"
                                                   : "a person authorised what may leave from then on");
       }},
      {"hold", [](const Json&) { return std::string("a person stopped all disclosures"); }},
      {"release", [](const Json&) { return std::string("a person let disclosures go on"); }},
      {"produced", [](const Json& body) { return "came in as report " + at(body, "number") + decision(body); }},
      {"decided", [](const Json& body) { return "was decided again" + decision(body); }},
      {"sealed",
       [](const Json& body) { return "sealed into " + quoted(at(body, "file")) + ", " + at(body, "size") + " bytes"; }},
      {"released", [](const Json&) { return std::string("the bundle is in the outbox"); }},
      {"queued", [](const Json& body) { return "waits to be sent, " + at(body, "size") + " bytes"; }},
      {"attempted", [](const Json&) { return std::string("an attempt to send it began"); }},
      {"sent",
       [](const Json& body) {
         const std::string receipt = at(body, "receipt");
         return receipt.empty() ? std::string("sent") : "receipt " + receipt + " says that it arrived";
       }},
      {"send_failed",
       [](const Json& body) {
         return "could not be sent" + with("; the next attempt is not before ", at(body, "next_try")) +
                (body.contains("final") ? "; given up" : "");
       }},
      {"withdrawn", [](const Json&) { return std::string("withdrawn: it will not be sent"); }},
      {"withheld", [](const Json&) { return std::string("withheld: nothing left, as was chosen"); }},
      {"held", [](const Json&) { return std::string("held: nothing left, the report waits"); }},
      {"refused", [](const Json&) { return std::string("refused: nothing left, its bytes are kept"); }},
      {"discarded", [](const Json&) { return std::string("a person discarded the report"); }},
      {"repeated", [](const Json&) { return std::string("nothing left again"); }},
      {"handed_over", [](const Json& body) { return "handed over: " + quoted(at(body, "file")); }},
      {"acknowledged",
       [](const Json& body) {
         const std::string sequence = at(body, "sequence");
         if (sequence.empty()) return "receipt " + at(body, "receipt") + " says that the vendor has it";
         return "receipt " + sequence + " came, with " + at(body, "items") + " items";
       }},
      {"recovered", [](const Json&) { return std::string("the ledger was upgraded, or went on after a crash"); }},
      {"abandoned", [](const Json&) { return std::string("the disclosure was given up before it left"); }},
      {"payload_lost", [](const Json&) { return std::string("the file to hand over is missing or altered"); }},
      {"expired",
       [](const Json& body) {
         return "the " + at(body, "what") + " was removed after " + at(body, "after_days") + " days";
       }},
      {"key_rotated", [](const Json& body) { return "the key " + quoted(at(body, "key")) + " was replaced"; }},
      {"key_destroyed", [](const Json& body) { return "the key " + quoted(at(body, "key")) + " was destroyed"; }},
      {"exported",
       [](const Json& body) {
         return "evidence was exported: entries " + at(body, "entries", "first") + " to " + at(body, "entries", "last");
       }},
      {"approved", [](const Json& body) { return "approved with the key of " + quoted(at(body, "officer")); }},
      {"drop_refused",
       [](const Json& body) {
         return "what was dropped" + with(", with the key of `", at(body, "officer"), "`,") + " was refused";
       }},
      {"adopted", [](const Json&) { return std::string("a person went on with this ledger as it is"); }},
  };
  return table;
}

/// Why, for people: the message where there is one, since it says more than the word; a person's reason; a note.
std::string why_in_words(const ledger::Entry& entry, const Json& body) {
  if (entry.kind == ledger::Kind::expired) return {};  // its sentence says what
  if (std::string message = at(body, "message"); !message.empty()) return message;
  if (std::string why = why_of(body); !why.empty()) return core::printable(why, shown_limit);
  const std::string note = at(body, "note");
  return note.empty() ? std::string() : "note: " + note;
}

}  // namespace

core::Result<TimeLineEntry> sentence_of(const ledger::Entry& entry) {
  AIRLOCK_TRY(const Json body, ledger::body_of(entry));
  const auto found = sentences().find(ledger::name(entry.kind));
  return TimeLineEntry{.time = entry.time,
                       .what = found == sentences().end() ? in_words(entry.kind) : found->second(body),
                       .who = core::printable(who_did(body)),
                       .why = why_in_words(entry, body)};
}

std::string words_of(const TimeLineEntry& entry) {
  return entry.what + with(", by ", entry.who) + with(": ", entry.why);
}

std::string to_text(const TimeLineEntry& entry) { return entry.time.text() + "  " + words_of(entry); }

}  // namespace airlock::review
