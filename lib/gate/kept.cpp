#include "gate/kept.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/encoding.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "gate/file_digest.hpp"
#include "gate/history.hpp"
#include "gate/names.hpp"
#include "gate/open.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"
#include "ledger/report_row.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/read_file.hpp"
#include "sys/sizes.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;

constexpr std::string_view looked_format = "airlock-looked/1";
/// Length of the note in bytes. The lock file is overwritten in place, so the text always has the same length.
constexpr std::size_t looked_bytes = 256;
/// How many kept files of reports with the same bytes are tried before the bytes are written anew.
constexpr std::size_t twins_asked = 4;

/// Copies the bytes to a new file at `path`. A file that has this name already is left from an interrupted attempt.
Result<void> copy_to(const site::Site& site, const std::string& path, const core::Blob& bytes) {
  AIRLOCK_CHECK(sys::remove_if_file(path, site.world()));
  AIRLOCK_TRY(auto file, sys::NewFile::create(path, site.file_permissions(), site.world()));
  core::BlobSource source(bytes);
  AIRLOCK_CHECK(core::copy(source, file));
  AIRLOCK_CHECK(file.sync());
  file.keep();
  return {};
}

/// Links bytes that are already kept to a second name. False if no kept file has these bytes, or if the file system
/// allows no further link.
bool link_same(const site::Site& site, const ledger::Ledger& ledger, const std::string& path, const Received& report) {
  const auto originals = ledger.originals(report.sha256);
  if (!originals) return false;
  std::size_t asked = 0;
  for (const ledger::Original& original : *originals) {
    const std::string kept = kept_path(site, original.report_id);
    if (kept == path || !sys::exists(kept)) continue;
    if (++asked > twins_asked) break;
    // The table of originals is not verified, and the file may have been changed since.
    const auto digest = digest_of_file(kept);
    if (digest && *digest == report.sha256 && sys::link_file(kept, path, site.world())) return true;
  }
  return false;
}

}  // namespace

Result<std::vector<ledger::ReportRow>> waiting_reports(const site::Site& site, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto names, sys::list_directory(site.path(site::layout::held)));
  std::vector<ledger::ReportRow> out;
  for (const std::string& name : names) {
    if (!core::is_uuid(name)) continue;
    AIRLOCK_TRY(auto row, ledger.report_of(name));
    if (row && waits(row->latest)) out.push_back(std::move(*row));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  return out;
}

Result<std::uint64_t> count_waiting_reports(const std::string& directory) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, open_to_read(site));
  AIRLOCK_TRY(const auto waiting, waiting_reports(site, ledger));
  return waiting.size();
}

Result<Why> why_it_waits(const ledger::Ledger& ledger, const ledger::ReportRow& row) {
  AIRLOCK_TRY(const auto entry, ledger.entry(row.latest_seq));
  AIRLOCK_TRY(const Json json, ledger::body_of(entry));
  return Why{json.value("reason", ""), json.value("message", "")};
}

Result<std::vector<WaitingGroup>> waiting_by_reason(const site::Site& site, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto rows, waiting_reports(site, ledger));
  std::map<std::pair<bool, std::string>, WaitingGroup> groups;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    AIRLOCK_TRY(Why why, why_it_waits(ledger, *row));
    const bool refused = row->latest == ledger::Kind::refused;
    WaitingGroup& group = groups[{refused, why.reason}];
    if (group.count++ == 0) {
      group.refused = refused;
      group.reason = why.reason;
      group.message = std::move(why.message);
      group.oldest = row->latest_time;
    }
    group.oldest = std::min(group.oldest, row->latest_time);
    if (group.numbers.size() < waiting_numbers_maximum) group.numbers.push_back(row->number);
  }
  std::vector<WaitingGroup> out;
  for (auto& [key, group] : groups) {
    group.expires = group.oldest + std::chrono::days(site.configuration().held_days);
    out.push_back(std::move(group));
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
  return out;
}

Result<ledger::ReportRow> waiting_row(const ledger::Ledger& ledger, std::uint64_t number) {
  AIRLOCK_TRY(auto row, ledger.report(number));
  if (row && waits(row->latest)) return std::move(*row);
  const std::string text = std::to_string(number);
  const std::string hint =
      "`airlock status` says which reports wait, `airlock ledger list` what became of each; for a file of that name "
      "write `./" +
      text + "`";
  if (!row) return fail(Code::usage, "there is no report " + text, hint);
  return fail(Code::usage, "report " + text + " does not wait: it is " + std::string(ledger::name(row->latest)), hint);
}

Result<ledger::ReportRow> waiting_report(const site::Site& site, const ledger::Ledger& ledger, std::uint64_t number) {
  AIRLOCK_TRY(auto row, waiting_row(ledger, number));
  AIRLOCK_TRY(const bool there, sys::look_for(kept_path(site, row.report_id)));
  if (there) return row;
  return fail(Code::integrity,
              quote(kept_path(site, row.report_id)) + ": is missing, but report " + std::to_string(number) + " is " +
                  std::string(ledger::name(row.latest)),
              "put it back from a backup, or hand in the report again; `airlock discard` records that it is gone");
}

Result<Received> receive_kept(const site::Site& site, const ledger::Ledger& ledger, const ledger::ReportRow& row) {
  AIRLOCK_TRY(const auto kept, sys::FileBlob::open(kept_path(site, row.report_id)));
  core::BlobSource input(kept);
  AIRLOCK_TRY(Received report, receive(site, input));
  // Check exactly the bytes that are used from here on. A report over the limit was not read to its end, and none of
  // its spooled bytes are used, so its kept file is checked.
  const core::Blob& bytes = report.whole ? static_cast<const core::Blob&>(report.bytes) : kept;
  AIRLOCK_TRY(const bool same, is_original(ledger, row.report_id, bytes));
  if (same) return report;
  return fail(Code::integrity,
              quote(kept_path(site, row.report_id)) + ": is not report " + std::to_string(row.number) +
                  " as the product handed it in",
              "find out who changed it, and put it back from a backup; `airlock discard` removes it");
}

Result<void> Keeping::count(const site::Site& site, const ledger::Ledger& ledger) {
  const std::string folder = site.path(site::layout::held);
  const auto stamp = sys::stamp_of(folder);
  if (stamp && stamp == stamp_) return {};
  taken_.clear();
  AIRLOCK_TRY(const auto files, sys::sizes_in(folder));
  std::set<std::uint64_t> counted;
  for (const sys::SizedFile& file : files) {
    if (!core::is_uuid(file.name)) continue;
    AIRLOCK_TRY(const auto row, ledger.report_of(file.name));
    if (!row || !waits(row->latest) || !counted.insert(file.file_id).second) continue;
    Taken& taken = taken_[row->latest == ledger::Kind::refused ? Share::no_reports : Share::reports];
    ++taken.files;
    taken.bytes += file.taken;
  }
  stamp_ = stamp;
  return {};
}

Result<void> Keeping::check_room(const site::Site& site, const ledger::Ledger& ledger, Share share,
                                 std::uint64_t bytes) {
  AIRLOCK_CHECK(count(site, ledger));
  const std::uint64_t room = room_of(share, site.configuration());
  const Taken& taken = taken_[share];
  if (taken.bytes <= room && sys::whole_blocks(bytes) <= room - taken.bytes) return {};
  const std::string what = share == Share::reports ? "reports that are held" : "refused input that is not a report";
  return fail(Code::not_recorded,
              quote(site.path(site::layout::held)) + ": no room to keep the report: " + what + " may take " +
                  std::to_string(room) + " bytes, and " + std::to_string(taken.files) + " files take " +
                  std::to_string(taken.bytes),
              "keep the report. `airlock status` says what waits and why. Make room: let a report leave, remove one "
              "with `airlock discard N --reason TEXT`, or raise `limits.held_bytes` in airlock.json. Then run again");
}

void Keeping::took(const site::Site& site, Share share, std::uint64_t bytes) {
  Taken& taken = taken_[share];
  ++taken.files;
  taken.bytes += sys::whole_blocks(bytes);
  stamp_ = sys::stamp_of(site.path(site::layout::held));
}

Result<void> Keeping::keep(const site::Site& site, const ledger::Ledger& ledger, const std::string& report_id,
                           const Received& report, Share share) {
  const std::string path = kept_path(site, report_id);
  if (!link_same(site, ledger, path, report)) {
    AIRLOCK_CHECK(check_room(site, ledger, share, report.size));
    AIRLOCK_CHECK(copy_to(site, path, report.bytes));
    took(site, share, report.size);
  }
  return sys::sync_directory(site.path(site::layout::held), site.world());
}

Result<void> keep_original(const site::Site& site, const std::string& report_id, const Received& report) {
  AIRLOCK_CHECK(copy_to(site, kept_path(site, report_id), report.bytes));
  return sys::sync_directory(site.path(site::layout::held), site.world());
}

Result<std::vector<ledger::Disclosure>> given_up_of(const ledger::Ledger& ledger, const std::string& report_id) {
  AIRLOCK_TRY(auto all, ledger.disclosures_of_report(report_id));
  std::erase_if(all, [](const ledger::Disclosure& each) { return !ledger::waits_to_be_sent(each.stage); });
  return all;
}

Result<void> withdraw(SessionChange& change, const std::vector<ledger::Disclosure>& disclosures,
                      std::string_view reason) {
  for (const ledger::Disclosure& disclosure : disclosures) {
    const bool unknown = disclosure.uncertain || disclosure.stage == ledger::Stage::attempted;
    const Json members{{"number", disclosure.number},
                       {"disclosure_id", disclosure.id},
                       {"reason", reason},
                       {"delivered", unknown ? "unknown" : "no"}};
    AIRLOCK_CHECK(change.append(ledger::Kind::withdrawn, disclosure.report_id, members));
  }
  return {};
}

Result<void> remove_payloads(const site::Site& site, const std::vector<ledger::Disclosure>& disclosures) {
  for (const ledger::Disclosure& disclosure : disclosures) {
    AIRLOCK_CHECK(sys::remove_file(in_outbox(site, disclosure.file), site.world()));
  }
  return {};
}

Result<void> hold_again(SessionChange& change, const site::Site& site, const ledger::Disclosure& disclosure,
                        std::string_view reason, const std::string& message) {
  AIRLOCK_TRY(const bool there, sys::look_for(kept_path(site, disclosure.report_id)));
  if (!there) return {};
  const Json members{{"number", disclosure.number}, {"reason", reason}, {"message", message}};
  AIRLOCK_CHECK(change.append(ledger::Kind::held, disclosure.report_id, members));
  return {};
}

Result<void> note_looked(const site::Site& site, const core::Digest& inputs, std::uint64_t ledger_size) {
  const Json json{{"format", looked_format}, {"inputs", inputs.hex()}, {"ledger_size", ledger_size}};
  std::string text = core::to_text(json);
  text.resize(looked_bytes - 1, ' ');
  return sys::write_over(site.path(site::layout::lock), text + "\n", site.world());
}

std::uint64_t looked_until(const site::Site& site, const core::Digest& inputs) {
  const std::string path = site.path(site::layout::lock);
  if (!sys::exists(path)) return 0;
  const auto text = sys::read_file(path, looked_bytes);
  if (!text) return 0;
  const auto json = core::parse_json(*text, path);
  if (!json || !json->is_object() || !json->contains("inputs") || json->at("inputs") != inputs.hex()) return 0;
  const auto size = json->find("ledger_size");
  return size != json->end() && size->is_number_unsigned() ? size->get<std::uint64_t>() : 0;
}

}  // namespace airlock::gate
