#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "commands.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "dictionary/source.hpp"
#include "documents.hpp"
#include "gate/kept.hpp"
#include "gate/names.hpp"
#include "gate/open.hpp"
#include "present.hpp"
#include "prover/misfits.hpp"
#include "sys/read_file.hpp"
#include "sys/system.hpp"

namespace airlock::tools {
namespace dictionary_command {

using core::Json;
using core::quote;
using prover::Misfit;

struct DictionaryOptions {
  std::vector<std::string> files;
  std::vector<std::string> dictionary;
};

/// Whether the file is a dictionary and not a report: only a dictionary has a `format` that says so.
bool is_dictionary(const std::string& text) {
  return text.size() <= dictionary::dictionary_bytes_limit && text.find("\"airlock-dictionary/") != text.npos;
}

std::string in_words(Misfit::Kind kind) {
  switch (kind) {
    case Misfit::Kind::undeclared:
      return "not declared";
    case Misfit::Kind::ill_typed:
      return "not of its declared type";
    case Misfit::Kind::ill_key:
      return "a key that is not of the declared type";
    case Misfit::Kind::stray_twin:
      break;
  }
  return "looks like the flattened copy of an undeclared field: declare the original";
}

int check_documents(Context& context, const std::vector<dictionary::SourceFile>& files) {
  const auto source = dictionary::expand(files);
  if (!source) return context.console.report(source.error());
  const std::string& name = source->dictionary.name();
  const std::size_t fields = source->dictionary.fields().size();
  const std::size_t marks = source->marks.size();
  if (context.console.json()) {
    context.console.print(Json{{"dictionary", name}, {"fields", fields}, {"reviews", marks}, {"exit", 0}});
  }
  context.console.say("dictionary " + quote(name) + " is sound: " + std::to_string(fields) + " fields");
  if (marks != 0)
    context.console.say("`kit build` refuses it while it has a `review`: " + std::to_string(marks) + " left");
  return 0;
}

int check_report(Context& context, const std::string& text, const DictionaryOptions& options) {
  const auto declared = dictionary_from(context, options.dictionary);
  if (!declared) return context.console.report(declared.error());
  const auto misfits =
      prover::find_misfits(core::MemoryBlob(text), declared->text, declared->name,
                           {.bytes = report::report_bytes_maximum}, crypto::Secret(sys::random_bytes(16)));
  if (!misfits) return context.console.report(core::Error(misfits.error()).within(quote(options.files.front())));
  const auto code = misfits->list.empty() ? std::nullopt : std::optional(core::Code::refused);
  if (context.console.json()) {
    Json list = Json::array();
    for (const Misfit& misfit : misfits->list) {
      list.push_back({{"kind", prover::name(misfit.kind)},
                      {"path", misfit.path},
                      {"count", misfit.count},
                      {"proposal", misfit.proposal.empty() ? Json(nullptr) : Json::parse(misfit.proposal)}});
    }
    Json document{{"misfits", list}, {"unlisted", misfits->unlisted}, {"exit", core::exit_code(code)}};
    if (code) {
      document["error"] = console::error_member(
          code, "the dictionary does not declare some members of the report, or declares other types for them",
          "`misfits` names them; judge each `proposal`, then paste it");
    }
    context.console.print(document);
    return core::exit_code(code);
  }
  const auto& console = context.console;
  for (const Misfit& misfit : misfits->list) {
    console.say(misfit.path + ": " + in_words(misfit.kind) +
                (misfit.count == 1 ? "" : " (" + std::to_string(misfit.count) + " times)"));
  }
  if (misfits->unlisted != 0) console.say("and " + std::to_string(misfits->unlisted) + " more places");
  if (misfits->list.empty()) {
    console.say("everything in the report is declared by " + quote(declared->dictionary.name()));
    return core::exit_code(code);
  }
  console.say("");
  console.say("judge these, then paste them into `fields`; types and classes are guesses from the values:");
  std::set<std::string_view> printed;  // what one declaration needs for its value and its key is one proposal
  for (const Misfit& misfit : misfits->list) {
    if (misfit.proposal.empty() || !printed.insert(misfit.proposal).second) continue;
    console.say_to_copy("    " + misfit.proposal + ",");
  }
  return core::exit_code(code);
}

/// The path of the report to read. `file` is a path, or the number of a waiting report.
core::Result<std::string> path_of(const Context& context, const std::string& file) {
  const auto number = number_of_waiting(file);
  if (!number) return file;
  AIRLOCK_TRY(const auto site, site::Site::open(context.site));
  AIRLOCK_TRY(const auto ledger, gate::open_to_read(site));
  AIRLOCK_TRY(const auto row, gate::waiting_report(site, ledger, *number));
  return gate::kept_path(site, row.report_id);
}

core::Result<std::string> read(const Context& context, const std::string& file) {
  AIRLOCK_TRY(const auto path, path_of(context, file));
  AIRLOCK_TRY(auto input, sys::InputSource::open(path));
  core::StringSink sink(report::report_bytes_maximum);
  AIRLOCK_CHECK(core::copy(input, sink));
  return sink.take();
}

int check(Context& context, const DictionaryOptions& options) {
  std::vector<dictionary::SourceFile> files;
  for (const std::string& file : options.files) {
    auto text = read(context, file);
    if (!text) return context.console.report(text.error());
    files.push_back({file, std::move(*text)});
  }
  const auto is_report = [](const dictionary::SourceFile& file) { return !is_dictionary(file.text); };
  const auto report = std::find_if(files.begin(), files.end(), is_report);
  if (report == files.end()) return check_documents(context, files);
  if (files.size() == 1) return check_report(context, report->text, options);
  return context.console.report({core::Code::usage,
                                 quote(report->name) + ": is no dictionary, and other files are named",
                                 "name one report, or the files of one dictionary"});
}

int show(Context& context, const DictionaryOptions& options) {
  const auto declared = dictionary_from(context, options.files);
  if (!declared) return context.console.report(declared.error());
  const auto& console = context.console;
  if (console.json()) {
    console.print(Json::parse(declared->text));
    return 0;
  }
  console.say("dictionary " + quote(declared->dictionary.name()) + " for " + quote(declared->dictionary.product()) +
              ", " + std::to_string(declared->dictionary.fields().size()) + " fields");
  std::map<dictionary::Class, std::vector<std::pair<std::string, std::string>>> by_class;
  for (const auto& field : declared->dictionary.fields()) {
    for (std::size_t i = 0; field.key && i < field.key->parts(); ++i) {
      const dictionary::KeyPart& part = field.key->part(i);
      by_class[part.cls].emplace_back(
          field.path + (part.name.empty() ? " (the key)" : " (" + part.name + " in the key)"),
          dictionary::in_words(part.shape));
    }
    if (!field.cls) continue;
    by_class[*field.cls].emplace_back(
        field.path, dictionary::in_words(field.shape) + (field.about.empty() ? "" : ": " + field.about));
  }
  for (const auto& [cls, rows] : by_class) {
    console.say("class " + quote(dictionary::name(cls)));
    console::Table table = console.table({.indent = 2});
    for (const auto& [path, what] : rows) table.add({path, what});
    table.finish();
  }
  return 0;
}

}  // namespace dictionary_command

void add_dictionary(Context& context) {
  using namespace dictionary_command;
  console::Command group =
      context.console.group("dictionary", "draft a dictionary, check a report against it, or show one");
  auto options = std::make_shared<DictionaryOptions>();
  console::Command check_command = context.console.command(
      group, "check",
      "find the members of a report that are not declared, with declarations to paste; or check a dictionary",
      "  airlock dictionary check status_report.json\n"
      "  airlock dictionary check status_report.json --dictionary dictionary.json --json | jq '.misfits[].proposal'\n"
      "  airlock dictionary check dictionary.json",
      [&context, options] { return check(context, *options); });
  check_command.about("", "guides/declare-a-field.md");
  check_command.exits({{4, "the report has members that are not declared, or not of their declared type"}});
  check_command.texts(
      "FILE", options->files,
      "a report (- for standard input), the number of a report that waits, or the files of a dictionary",
      console::Kind::file, console::Need::required);
  check_command.repeated("--dictionary", options->dictionary,
                         "the files of the dictionary to check a report against (default: the kit's)",
                         console::Kind::file);

  add_dictionary_draft(context, group);

  auto shown = std::make_shared<DictionaryOptions>();
  context.console
      .command(group, "show", "every declared field, by class", "  airlock dictionary show",
               [&context, shown] { return show(context, *shown); })
      .texts("FILE", shown->files, "the files of the dictionary (default: the kit's)", console::Kind::file);
}

}  // namespace airlock::tools
