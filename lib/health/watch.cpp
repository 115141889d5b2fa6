#include "health/watch.hpp"

#include <array>
#include <functional>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "gate/open.hpp"
#include "health/documents.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"
#include "sys/lock.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/read_file.hpp"
#include "sys/system.hpp"
#include "sys/write_file.hpp"

namespace airlock::health {
namespace {

using core::Json;
using core::Result;

constexpr std::string_view told_format = "airlock-told/1";
constexpr std::uint64_t told_bytes_maximum = 4096;
constexpr std::size_t told_page = 32;
constexpr int told_lock_seconds = 10;
constexpr unsigned watched_file = 0640;

/// The members of an entry that a line repeats. They identify report and disclosure. None contains data of a report or
/// text that a person wrote.
constexpr std::array<std::string_view, 3> repeated_members{"report_id", "number", "disclosure_id"};

/// Whether the `reason` in entries of this kind is one of Airlock's own few words. In other kinds a person wrote it.
bool has_code(ledger::Kind kind) {
  return kind == ledger::Kind::held || kind == ledger::Kind::refused || kind == ledger::Kind::withheld;
}

Result<std::string> line_of(const ledger::Entry& entry, const std::string& site_id) {
  AIRLOCK_TRY(const Json body, ledger::body_of(entry));
  Json line{{"event", "airlock-entry/1"},
            {"site_id", site_id},
            {"seq", entry.seq},
            {"time", entry.time.text()},
            {"kind", ledger::name(entry.kind)}};
  for (const std::string_view member : repeated_members) {
    const auto found = body.find(member);
    if (found != body.end() && (found->is_string() || found->is_number_unsigned())) line[std::string(member)] = *found;
  }
  if (const auto reason = body.find("reason"); has_code(entry.kind) && reason != body.end() && reason->is_string()) {
    line["reason"] = *reason;
  }
  line["leaf"] = ledger::leaf_hash(entry.body).hex();
  return line.dump();
}

/// A place that lines are written to. `name` is the member under which its position is stored.
struct Watcher {
  std::string name;
  std::function<Result<void>(const std::string& lines)> tell;
};

class Telling {
 public:
  Telling(const site::Site& site, const ledger::Ledger& ledger) : site_(site), ledger_(ledger) {}

  Result<void> tell(const Watcher& watcher) {
    AIRLOCK_TRY(std::uint64_t next, told(watcher.name));
    AIRLOCK_TRY(const auto head, ledger_.head());
    // If an older ledger was restored, every entry after its present end is new.
    next = std::min(next, head.size);
    while (next < head.size) {
      AIRLOCK_TRY(const auto entries, ledger_.entries(next, told_page));
      if (entries.empty()) break;
      std::string lines;
      for (const ledger::Entry& entry : entries) {
        AIRLOCK_TRY(const std::string line, line_of(entry, site_.configuration().site_id));
        lines += line + "\n";
      }
      AIRLOCK_CHECK(watcher.tell(lines));
      next = entries.back().seq + 1;
      AIRLOCK_CHECK(note(watcher.name, next));
    }
    return {};
  }

 private:
  [[nodiscard]] std::string path() const { return site_.path(site::layout::told); }

  /// The number of the next entry for the watcher `name`. If the file is missing or malformed, that is 0: the lines are
  /// then written again, which does no harm.
  Result<std::uint64_t> told(const std::string& name) {
    if (!sys::exists(path())) return 0;
    AIRLOCK_TRY(const std::string text, sys::read_file(path(), told_bytes_maximum));
    const auto json = core::parse_json(text, path());
    if (json && json->is_object()) state_ = *json;
    const auto found = state_.find(name);
    return found != state_.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
  }
  Result<void> note(const std::string& name, std::uint64_t next) {
    state_["format"] = told_format;
    state_[name] = next;
    return sys::replace_file(path(), state_.dump() + "\n", sys::private_file);
  }

  const site::Site& site_;
  const ledger::Ledger& ledger_;
  Json state_ = Json::object();
};

Result<void> to_syslog(const std::string& lines) {
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = lines.find('\n', at);
    AIRLOCK_CHECK(sys::log_line(lines.substr(at, end - at)));
    at = end + 1;
  }
  return {};
}

}  // namespace

std::vector<core::Error> tell_watchers(const std::string& directory) {
  std::vector<core::Error> out;
  const auto note = [&](const Result<void>& done) {
    if (!done) out.push_back(done.error());
  };
  const auto site = site::Site::open(directory);
  // A reader changes nothing, so there is nothing to tell.
  if (!site || !site->may_change()) return out;
  const site::Monitoring& monitoring = site->configuration().monitoring;
  if (monitoring.syslog || monitoring.events_file) {
    note([&]() -> Result<void> {
      const std::string folder = site->path(site::layout::watchers);
      if (const auto made = sys::make_directory(folder, sys::private_directory); !made && !sys::is_directory(folder)) {
        return made;
      }
      AIRLOCK_TRY(const auto lock, sys::Lock::acquire(site->path(site::layout::told_lock), told_lock_seconds));
      AIRLOCK_TRY(const auto ledger, gate::open_to_read(*site));
      Telling telling(*site, ledger);
      if (monitoring.syslog) note(telling.tell({"syslog", to_syslog}));
      if (monitoring.events_file) {
        const auto append = [&](const std::string& lines) {
          return sys::append_lines(*monitoring.events_file, lines, watched_file);
        };
        note(telling.tell({"file", append}));
      }
      return {};
    }());
  }
  if (monitoring.status_file) {
    note([&]() -> Result<void> {
      // Replacing a link would leave its target unchanged, and programs that read the target would not notice.
      AIRLOCK_CHECK(sys::check_no_link(*monitoring.status_file));
      AIRLOCK_TRY(const Status now, status(directory));
      return sys::replace_file(*monitoring.status_file, core::to_pretty_text(status_document(now)), sys::public_file);
    }());
  }
  return out;
}

}  // namespace airlock::health
