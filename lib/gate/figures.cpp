#include "gate/figures.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "core/encoding.hpp"
#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "dictionary/limited_field.hpp"
#include "ledger/disclosure.hpp"
#include "report/scanner.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/read_file.hpp"
#include "sys/system.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::Json;
using core::Members;

constexpr std::string_view file_name = "usage.json";
constexpr std::string_view file_format = "airlock-usage/1";
constexpr std::uint64_t file_bytes_limit = 1024 * 1024;
/// Payloads wait to be sent in any number; of more than these the oldest are forgotten.
constexpr std::size_t waiting_most = 64;
constexpr std::size_t scanner_key_bytes = 16;

struct Kept {
  std::string disclosure_id;
  Figures figures;
};

std::string path_at(const site::Site& site) { return site.path(site::layout::held) + "/" + std::string(file_name); }

/// Fills in the whole numbers of a document at these paths, none of which leads through an array.
Result<void> fill_in(Figures& figures, const core::Blob& document) {
  const crypto::Secret key(sys::random_bytes(scanner_key_bytes));
  report::Scanner scanner(document, {.bytes = report::report_bytes_maximum}, key);
  std::vector<std::string> path;
  for (;;) {
    AIRLOCK_TRY(const report::Token token, scanner.next());
    if (token.kind == report::TokenKind::end) return {};
    // A key stands for its value: the path holds one step for each open container, and one for the value at hand.
    if (token.kind == report::TokenKind::key) {
      path.resize(token.depth);
      path.back() = core::pointer_step(token.text);
      continue;
    }
    if (token.opens()) {
      path.resize(token.depth + 1, "*");
      path.back() = "*";
      continue;
    }
    if (token.closes()) {
      path.resize(token.depth);
      continue;
    }
    if (token.kind != report::TokenKind::number) continue;
    std::string pointer;
    for (const std::string& step : path) pointer += "/" + step;
    const auto wanted = figures.find(pointer);
    if (wanted != figures.end()) wanted->second = core::number_from<std::int64_t>(token.text);
  }
}

Result<Figures> parse_figures(const Json& json, const std::string& name, const std::string& path) {
  Members in(json, name, path);
  Figures out;
  for (const auto& [field, value] : json.items()) {
    std::optional<std::int64_t> figure;
    if (in.any(field) != nullptr && !value.is_null()) figure = in.integer(field, INT64_MIN, INT64_MAX);
    out.emplace(field, figure);
  }
  AIRLOCK_CHECK(in.finish());
  return out;
}

Result<std::vector<Kept>> parse(const std::string& text, const std::string& name) {
  AIRLOCK_TRY(const Json json, core::parse_json(text, name, {.bytes = file_bytes_limit, .depth = 4}));
  Members in(json, name, "");
  in.format(file_format);
  std::vector<Kept> out;
  if (const Json* list = in.array("disclosures", waiting_most + 1)) {
    for (std::size_t at = 0; at < list->size(); ++at) {
      Members each((*list)[at], name, in.path_of("disclosures") + "/" + std::to_string(at));
      Kept kept{.disclosure_id = each.uuid("disclosure_id"), .figures = {}};
      if (const Json* figures = each.object("figures")) {
        AIRLOCK_TRY(kept.figures, parse_figures(*figures, name, each.path_of("figures")));
      }
      AIRLOCK_CHECK(each.finish());
      out.push_back(std::move(kept));
    }
  }
  AIRLOCK_CHECK(in.finish());
  return out;
}

Result<std::vector<Kept>> read(const site::Site& site) {
  const std::string path = path_at(site);
  AIRLOCK_TRY(const bool there, sys::look_for(path));
  if (!there) return std::vector<Kept>{};
  AIRLOCK_TRY(const std::string text, sys::read_file(path, file_bytes_limit));
  return parse(text, path);
}

/// A file that is not sound is made again.
Result<std::vector<Kept>> read_sound(const site::Site& site) {
  auto kept = read(site);
  if (!kept && kept.error().code == Code::bad_input) return std::vector<Kept>{};
  return kept;
}

/// Those of the newest that was disclosed, and of what may yet become it.
Result<std::vector<Kept>> that_count(const ledger::Ledger& ledger, std::vector<Kept> all) {
  AIRLOCK_TRY(const auto newest, ledger.newest_disclosure());
  std::vector<Kept> out;
  std::vector<Kept> waiting;
  for (Kept& kept : all) {
    AIRLOCK_TRY(const auto disclosure, ledger.disclosure(kept.disclosure_id));
    if (!disclosure) continue;
    if (newest && disclosure->id == newest->id) {
      out.push_back(std::move(kept));
    } else if (ledger::waits_to_be_sent(disclosure->stage)) {
      waiting.push_back(std::move(kept));
    }
  }
  const std::size_t more = std::min(waiting.size(), waiting_most);
  std::move(waiting.end() - static_cast<std::ptrdiff_t>(more), waiting.end(), std::back_inserter(out));
  return out;
}

Result<void> write(const site::Site& site, const std::vector<Kept>& all) {
  if (all.empty()) return sys::remove_file(path_at(site));
  Json list = Json::array();
  for (const Kept& kept : all) {
    Json figures = Json::object();
    for (const auto& [field, value] : kept.figures) figures[field] = value ? Json(*value) : Json(nullptr);
    list.push_back({{"disclosure_id", kept.disclosure_id}, {"figures", std::move(figures)}});
  }
  const Json document{{"format", file_format}, {"disclosures", std::move(list)}};
  return sys::replace_file(path_at(site), core::to_pretty_text(document), sys::private_file);
}

}  // namespace

Result<void> keep_figures(const Inputs& inputs, const ledger::Ledger& ledger, const std::string& disclosure_id,
                          const core::Blob& payload) {
  const auto& licence = inputs.licence.verdict.licence;
  if (!licence || licence->limits.empty()) return {};
  Kept made{.disclosure_id = disclosure_id, .figures = {}};
  for (const auto& [limit, most] : licence->limits) {
    const dictionary::LimitedField field = dictionary::limited_field(inputs.kit->dictionary, limit);
    if (!field.path.empty()) made.figures.emplace(field.path, std::nullopt);
  }
  AIRLOCK_CHECK(fill_in(made.figures, payload));
  AIRLOCK_TRY(auto all, read_sound(inputs.site));
  all.push_back(std::move(made));
  AIRLOCK_TRY(all, that_count(ledger, std::move(all)));
  return write(inputs.site, all);
}

Result<void> drop_figures(const site::Site& site, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(auto all, read_sound(site));
  const std::size_t before = all.size();
  AIRLOCK_TRY(const auto left, that_count(ledger, std::move(all)));
  return left.size() == before ? Result<void>() : write(site, left);
}

Result<std::optional<Figures>> figures_of(const site::Site& site, const std::string& disclosure_id) {
  auto all = read(site);
  if (!all) {
    if (all.error().hint.empty()) all.error().hint = "remove it; the next report that is disclosed makes it again";
    return core::fail(std::move(all).error());
  }
  const auto found =
      std::find_if(all->begin(), all->end(), [&](const Kept& kept) { return kept.disclosure_id == disclosure_id; });
  if (found == all->end()) return std::nullopt;
  return std::move(found->figures);
}

}  // namespace airlock::gate
