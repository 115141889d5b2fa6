#include "present.hpp"

#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/text.hpp"
#include "gate/kept.hpp"
#include "ledger/merkle.hpp"
#include "review/words.hpp"

namespace airlock::tools {
namespace {

using core::Json;

std::string participle(const std::string& action) {
  static const std::map<std::string, std::string> words{{"drop", "dropped"},
                                                        {"copied", "dropped as copies"},
                                                        {"mask", "masked"},
                                                        {"suppress_below", "small figures suppressed"},
                                                        {"round", "figures rounded"},
                                                        {"host_to_domain", "hosts cut to their domain"},
                                                        {"pseudonymise", "pseudonymised"},
                                                        {"truncate_ip", "addresses truncated"},
                                                        {"truncate_time", "times truncated"},
                                                        {"truncate_version", "versions truncated"}};
  const auto found = words.find(action);
  return found == words.end() ? action : found->second;
}

/// Where to go on from misfits.
std::string misfit_hint(const gate::Processed& processed) {
  const bool waits = processed.number != 0 && gate::waits(processed.outcome);
  const std::string report = waits ? std::to_string(processed.number) : "REPORT";
  return "the dictionary does not fit this report everywhere: `airlock dictionary check " + report +
         "` proposes declarations that you can send to your vendor";
}

}  // namespace

int print_document(const console::Console& console, core::Json document, std::optional<core::Code> code,
                   const std::string& message, const std::string& hint) {
  if (code) document["error"] = console::error_member(code, message, hint);
  document["exit"] = core::exit_code(code);
  console.print(document);
  return core::exit_code(code);
}

core::Result<std::uint64_t> number_from(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number == 0) {
    return core::fail(core::Code::usage, core::quote(text) + " is not the number of a report",
                      "see `airlock ledger list`");
  }
  return number;
}

std::optional<std::uint64_t> number_of_waiting(const std::string& report) {
  if (report.empty() || report.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  const auto number = number_from(report);
  return number ? std::optional(*number) : std::nullopt;
}

Json to_json(const gate::Processed& processed) {
  const gate::Prepared& prepared = processed.prepared;
  Json redactions = Json::array();
  for (const auto& count : processed.redactions) {
    redactions.push_back(
        {{"path", count.path}, {"what", count.what}, {"action", count.action}, {"count", count.count}});
  }
  const bool has_payload = prepared.payload.has_value();
  Json misfits = Json::array();
  for (const redaction::Fate& fate : prepared.misfits) {
    Json places = Json::array();
    for (const redaction::Datum& datum : fate.data)
      places.push_back({{"place", datum.place}, {"reason", datum.reason}});
    misfits.push_back(
        {{"path", fate.path}, {"what", fate.what}, {"action", fate.action}, {"count", fate.count}, {"places", places}});
  }
  const std::optional<core::Code> code = gate::code_of(processed);
  Json out{{"report_id", core::or_null(processed.report_id)},
           {"number", core::or_null(processed.number)},
           {"disposition", prepared.decision ? Json(policy::name(prepared.decision->disposition)) : Json(nullptr)},
           {"profiles", prepared.decision ? Json(prepared.decision->profiles) : Json::array()},
           {"rules", prepared.decision ? Json(prepared.decision->rules) : Json::array()},
           {"tier", core::or_null(prepared.facts.tier)},
           {"licence_state", processed.licence_state},
           {"outcome", gate::name(processed.outcome)},
           {"bundle", core::or_null(processed.bundle)},
           {"bundle_sha256", core::or_null(processed.bundle_sha256)},
           {"original_sha256", processed.original_sha256},
           {"payload_sha256", has_payload ? Json(prepared.payload_sha256.hex()) : Json(nullptr)},
           {"redactions", redactions},
           {"misfits", misfits},
           {"ledger_size", processed.head.size},
           {"ledger_root", processed.head.root.hex()},
           {"event", core::or_null(prepared.event)},
           {"reason", core::or_null(std::string(name(prepared.stop.reason)))},
           {"message", core::or_null(processed.message)},
           {"hint", core::or_null(processed.hint)},
           {"exit", core::exit_code(code)}};
  if (code) {
    out["error"] = console::error_member(code, processed.message, processed.hint);
  }
  if (processed.repeats != 0) out["repeats"] = processed.repeats;
  return out;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out.empty() ? "none" : out;
}

std::string in_words(const envelope::Period& period) {
  if (!period.start && !period.end) return "undated";
  return period.start.value_or("?") + " to " + period.end.value_or("?");
}

std::string in_words(const std::vector<envelope::RedactionCount>& redactions) {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& count : redactions) {
    if (!redaction::is_misfit(count.what)) counts[participle(count.action)] += count.count;
  }
  std::string out;
  for (const auto& [action, count] : counts) out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + action;
  return out.empty() ? "nothing" : out;
}

std::vector<std::string> misfits_in_words(const std::vector<redaction::Fate>& misfits) {
  std::vector<std::string> out;
  for (const redaction::Fate& fate : misfits) {
    for (const redaction::Datum& datum : fate.data) {
      out.push_back(core::printable(datum.place) + (fate.action == "refuse" ? " stops the report: " : " is dropped: ") +
                    datum.reason);
    }
    const std::uint64_t more = fate.count - fate.data.size();
    if (more != 0) out.push_back("and " + std::to_string(more) + " more at " + fate.path);
  }
  return out;
}

void say_waiting(const console::Console& console, const std::string& site) {
  const auto count = gate::count_waiting_reports(site);
  if (!count || *count == 0) return;
  console.say(std::to_string(*count) + (*count == 1 ? " report waits" : " reports wait") +
              ": `airlock process --held` decides again");
}

void say_written(const console::Console& console, const Json& written) {
  console.say("wrote " + written.at("file").get<std::string>() + ", " +
              std::to_string(written.at("bytes").get<std::size_t>()) + " bytes, SHA-256 " +
              written.at("sha256").get<std::string>());
}

Json to_json(const ledger::TreeHead& head) { return {{"size", head.size}, {"root", head.root.hex()}}; }

std::string in_words(const licence::LicenceVerdict& verdict) {
  std::string out(core::name(verdict.state));
  if (verdict.days_left && *verdict.days_left >= 0) {
    out += ", " + std::to_string(*verdict.days_left) + (*verdict.days_left == 1 ? " day" : " days") + " left";
  }
  if (verdict.warning) out += ": ends soon";
  return out;
}

std::string next_in_words(const licence::LicenceVerdict& verdict) {
  if (!verdict.next) return "";
  if (const auto begins = verdict.next->begins()) {
    return verdict.next->licence->serial + " for tier " + verdict.next->licence->tier + " takes over at " +
           begins->text();
  }
  return "does not take over: " + verdict.next->reason;
}

void warn_of_end(const console::Console& console, const licence::LicenceVerdict& verdict) {
  if (!verdict.code() && !verdict.hint.empty()) console.warn(verdict.reason, verdict.hint);
  if (verdict.next && !verdict.next->begins()) {
    console.warn("the next licence does not take over: " + verdict.next->reason, verdict.next->hint);
  }
}

void show(const console::Console& console, const gate::Processed& processed) {
  const gate::Prepared& prepared = processed.prepared;
  const bool recorded = processed.number != 0;
  const bool is_repeat = processed.outcome == gate::ReportOutcome::repeated;
  console.say((recorded ? "report " + std::to_string(processed.number) + ": " : "dry run, nothing recorded: ") +
              std::string(gate::name(processed.outcome)));
  std::vector<std::pair<std::string, std::string>> rows;
  if (!prepared.event.empty()) rows.emplace_back("event", prepared.event + ", " + in_words(prepared.period));
  std::string licence = processed.licence_state;
  if (!processed.licence_serial.empty()) licence = processed.licence_serial + ", " + licence;
  if (processed.days_left && *processed.days_left >= 0) {
    licence += ", " + std::to_string(*processed.days_left) + " days left";
  }
  rows.emplace_back("licence", licence);
  if (prepared.decision) {
    rows.emplace_back("decision", std::string(policy::name(prepared.decision->disposition)));
    std::string why;
    for (const std::string& sentence : policy::explain(*prepared.decision, prepared.facts)) {
      why += (why.empty() ? "" : "\n") + sentence;
    }
    rows.emplace_back("because", why);
  }
  const auto add_lines = [&](const char* label, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) rows.emplace_back(std::exchange(label, ""), line);
  };
  if (!is_repeat) add_lines("misfits", misfits_in_words(prepared.misfits));
  if (prepared.payload && !is_repeat) {
    rows.emplace_back("redacted", in_words(processed.redactions));
    add_lines("copies", review::copies_in_words(prepared.copied));
    rows.emplace_back("leaves", std::to_string(prepared.payload->size()) + " of " +
                                    std::to_string(processed.original_size) + " bytes, SHA-256 " +
                                    prepared.payload_sha256.hex());
  }
  if (!processed.bundle.empty()) {
    rows.emplace_back("bundle", processed.bundle);
    rows.emplace_back("", "SHA-256 " + processed.bundle_sha256);
  }
  if (recorded) {
    rows.emplace_back("ledger", std::to_string(processed.head.size) + " entries, root " + processed.head.root.hex());
  }
  console.say(rows);
  if (!prepared.misfits.empty()) console.remark("airlock: " + misfit_hint(processed));
  if (gate::code_of(processed)) {
    console.complain(processed.message, processed.hint);
  } else if (is_repeat) {
    console.remark("airlock: " + processed.message + "; " + processed.hint);
  }
}

void say_would_cover(const console::Console& console, const policy::WouldCover& covered) {
  if (covered.consents.empty()) return;
  console.say("a standing consent (`airlock authorise --also-new`) that was given before would cover:");
  for (const auto& each : covered.consents) {
    std::string paths;
    for (const auto& path : each.paths) paths += (paths.empty() ? "" : ", ") + core::quote(path);
    console.say("  " + policy::as_typed(each.consent) + ": " + paths);
  }
  if (!covered.suffices) {
    console.say("but more than that is looser, so reports would be held all the same until `airlock authorise`");
  }
}

core::Json to_json(const policy::WouldCover& covered) {
  core::Json out = core::Json::array();
  for (const auto& each : covered.consents) {
    out.push_back({{"also_new", policy::as_typed(each.consent)}, {"paths", each.paths}});
  }
  return out;
}

}  // namespace airlock::tools
