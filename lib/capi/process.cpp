// Handing over a report: the installed `airlock` does the work, as a child process.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "capi/airlock.h"
#include "capi/guard.hpp"
#include "core/json.hpp"
#include "sys/child.hpp"

struct airlock_outcome {
  int exit_code = 8;
  std::string json;
  std::string message;
  std::vector<std::pair<std::string, std::string>> texts;  ///< the members of the document that are texts
};

namespace {

using airlock::capi::guarded;
using airlock::capi::text_or_empty;
using airlock::core::Code;
using airlock::core::Json;

constexpr int not_recorded = airlock::core::exit_code(Code::not_recorded);
constexpr const char* nothing_recorded = "the report was not recorded: no memory is left";
/// Maximum size of what the command prints with `--json`; a decision takes far less.
constexpr std::size_t document_limit = 16ULL * 1024 * 1024;

/// The exit code if it is one that the command has; else 8, so that the caller keeps the report.
int exit_code_of(const airlock::sys::FinishedChild& ended, const Json& document) {
  constexpr int maximum = not_recorded;
  if (ended.exit_code) return *ended.exit_code >= 0 && *ended.exit_code <= maximum ? *ended.exit_code : not_recorded;
  // The host collected the status, or a signal ended the child. The document is printed when everything is done, so its
  // member `exit` counts.
  const auto exit = document.is_object() ? document.find("exit") : document.end();
  if (!document.is_object() || exit == document.end() || !exit->is_number_integer()) return not_recorded;
  const auto said = exit->get<std::int64_t>();
  return said >= 0 && said <= maximum ? static_cast<int>(said) : not_recorded;
}

airlock_outcome* run_process(const char* program, const char* site_directory, std::string report,
                             std::string_view input) noexcept {
  return guarded<airlock_outcome*>(nullptr, [&] {
    auto out = std::make_unique<airlock_outcome>();
    const std::string path = program == nullptr ? AIRLOCK_PROGRAM : program;
    const auto ended = airlock::sys::run_child(
        path, {"--json", "--site", text_or_empty(site_directory), "process", std::move(report)}, input);
    if (!ended) {
      out->message = ended.error().message;
      return out.release();
    }
    Json document;
    if (auto printed = airlock::core::parse_json(ended->out, "airlock", {.bytes = document_limit, .depth = 32})) {
      document = std::move(*printed);
      out->json = ended->out;
      for (const auto& [name, value] : document.items()) {
        if (value.is_string()) out->texts.emplace_back(name, value.get<std::string>());
      }
    }
    out->exit_code = exit_code_of(*ended, document);
    out->message = ended->err;
    return out.release();
  });
}

}  // namespace

airlock_outcome* airlock_process(const char* program, const char* site_directory, const char* report) {
  return guarded<airlock_outcome*>(nullptr, [&] {
    std::string path = text_or_empty(report);
    // The command would read `-` as standard input, and `-x` as an option.
    if (path.starts_with('-')) path.insert(0, "./");
    return run_process(program, site_directory, std::move(path), {});
  });
}

airlock_outcome* airlock_process_bytes(const char* program, const char* site_directory, const void* report,
                                       size_t size) {
  return guarded<airlock_outcome*>(nullptr, [&] {
    const std::string_view input =
        report == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(report), size);
    return run_process(program, site_directory, "-", input);
  });
}

void airlock_outcome_free(airlock_outcome* outcome) { delete outcome; }

int airlock_outcome_exit_code(const airlock_outcome* outcome) {
  return outcome == nullptr ? not_recorded : outcome->exit_code;
}

const char* airlock_outcome_json(const airlock_outcome* outcome) {
  return outcome == nullptr ? "" : outcome->json.c_str();
}

const char* airlock_outcome_text(const airlock_outcome* outcome, const char* member) {
  if (outcome == nullptr || member == nullptr) return "";
  for (const auto& [name, text] : outcome->texts) {
    if (name == member) return text.c_str();
  }
  return "";
}

const char* airlock_outcome_message(const airlock_outcome* outcome) {
  return outcome == nullptr ? nothing_recorded : outcome->message.c_str();
}
