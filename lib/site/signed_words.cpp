#include "site/signed_words.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"

namespace airlock::site {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;
using core::Result;

constexpr std::string_view document_name = "list of words";
constexpr std::string_view begin_mark = "# airlock: list of key ";
constexpr std::string_view signed_mark = ", signed ";
constexpr std::string_view by_mark = ", by ";
constexpr std::string_view end_mark = "# airlock: end of the list of key ";

std::string text_of(const redaction::Word& word) { return word.text + (word.any_ending ? "*" : ""); }

/// A line of the file without its end, moved past in `rest`.
std::string_view take_line(std::string_view& rest) {
  const auto end = std::min(rest.find('\n'), rest.size());
  std::string_view out = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  if (out.ends_with('\r')) out.remove_suffix(1);
  return out;
}

/// The section that a line begins; nothing if it begins none.
std::optional<WordSection> begun_by(std::string_view line) {
  if (!line.starts_with(begin_mark)) return std::nullopt;
  line.remove_prefix(begin_mark.size());
  const auto at_time = line.find(signed_mark);
  const auto at_officer = line.find(by_mark, std::min(at_time, line.size()));
  if (at_officer == line.npos) return std::nullopt;
  const auto time_at = at_time + signed_mark.size();
  const auto time = core::Time::from_text(line.substr(time_at, at_officer - time_at));
  if (!time) return std::nullopt;
  return WordSection{
      std::string(line.substr(0, at_time)), *time, std::string(line.substr(at_officer + by_mark.size())), {}};
}

/// Where a section stands in the file: from the beginning of its first line to behind its last one.
struct Found {
  WordSection section;
  std::size_t begin;
  std::size_t end;
};

Result<std::vector<Found>> find_sections(std::string_view file, std::string_view name) {
  std::vector<Found> out;
  std::optional<Found> open;
  std::size_t words_at = 0;
  std::size_t number = 1;
  const auto refuse = [&](std::size_t line, const std::string& why) {
    return fail(Code::bad_input, quote(name) + ": line " + std::to_string(line) + ": " + why,
                "put the file back from a backup, or take the officer's section out and have her sign her list again");
  };
  std::size_t opened_at = 0;
  for (std::string_view rest = file; !rest.empty(); ++number) {
    const std::size_t begin = file.size() - rest.size();
    const std::string_view line = take_line(rest);
    const std::size_t end = file.size() - rest.size();
    if (auto section = begun_by(line)) {
      if (open) return refuse(opened_at, "the list of an officer has no end");
      const bool is_second = std::any_of(
          out.begin(), out.end(), [&](const Found& each) { return each.section.key_sha256 == section->key_sha256; });
      if (is_second) return refuse(number, "an officer has a second list");
      open = Found{std::move(*section), begin, 0};
      words_at = end;
      opened_at = number;
    } else if (open && line == std::string(end_mark) + open->section.key_sha256) {
      open->end = end;
      AIRLOCK_TRY(open->section.words, redaction::word_list_from(file.substr(words_at, begin - words_at), name));
      out.push_back(std::move(*open));
      open.reset();
    }
  }
  if (open) return refuse(opened_at, "the list of an officer has no end");
  return out;
}

std::string text_of(const WordSection& section) {
  std::string out = std::string(begin_mark) + section.key_sha256 + std::string(signed_mark) + section.time.text() +
                    std::string(by_mark) + core::printable(section.officer) + "\n";
  for (const redaction::Word& word : section.words) out += text_of(word) + "\n";
  return out + std::string(end_mark) + section.key_sha256 + "\n";
}

}  // namespace

std::string to_document(const SignedWords& words) {
  Json list = Json::array();
  for (const redaction::Word& word : words.words) list.push_back(text_of(word));
  return core::to_text(
      Json{{"format", signed_words_format}, {"site_id", words.site_id}, {"time", words.time.text()}, {"words", list}});
}

Result<SignedWords> parse_signed_words(std::string_view text) {
  AIRLOCK_TRY(const Json json, core::parse_json(text, document_name, {.bytes = signed_words_bytes_limit, .depth = 2}));
  core::Members in(json, document_name, "");
  SignedWords out;
  in.format(signed_words_format);
  out.site_id = in.uuid("site_id");
  out.time = in.time("time");
  const Json* list = in.array("words", redaction::words_limit);
  AIRLOCK_CHECK(in.finish());
  std::vector<redaction::Word> words;
  for (const Json& each : *list) {
    const std::string place = quote(document_name) + ": " + quote("/words/" + std::to_string(words.size()));
    if (!each.is_string()) return fail(Code::bad_input, place + ": must be a string");
    auto word = redaction::word_from(each.get_ref<const std::string&>());
    if (!word) return fail(Code::bad_input, place + ": " + word.error().message, word.error().hint);
    words.push_back(std::move(*word));
  }
  out.words = redaction::sorted_words(std::move(words));
  return out;
}

Result<std::vector<WordSection>> sections_of(std::string_view file, std::string_view name) {
  AIRLOCK_TRY(auto found, find_sections(file, name));
  std::vector<WordSection> out;
  for (Found& each : found) out.push_back(std::move(each.section));
  return out;
}

Result<std::string> with_section(std::string_view file, std::string_view name, const WordSection& section) {
  AIRLOCK_TRY(const auto found, find_sections(file, name));
  const auto former = std::find_if(found.begin(), found.end(),
                                   [&](const Found& each) { return each.section.key_sha256 == section.key_sha256; });
  std::string out(file.substr(0, former == found.end() ? file.size() : former->begin));
  if (!out.empty() && !out.ends_with('\n')) out += '\n';
  out += text_of(section);
  if (former != found.end()) out += file.substr(former->end);
  AIRLOCK_CHECK(redaction::word_list_from(out, name));
  if (out.size() <= redaction::word_list_bytes_limit) return out;
  return fail(Code::bad_input,
              quote(name) + ": would be larger than " + std::to_string(redaction::word_list_bytes_limit) + " bytes");
}

}  // namespace airlock::site
