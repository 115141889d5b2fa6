#include "dictionary/source.hpp"

#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "dictionary/defaults.hpp"
#include "dictionary/flat.hpp"
#include "dictionary/shapes.hpp"

namespace airlock::dictionary {
namespace {

using core::Json;
using core::Members;
using core::quote;

/// A file needs eight levels: itself, `shapes`, a shape, a declaration, its `key`, a part of the key, and that part's
/// list of types; and one more, so that the parser refuses what is too deep by its name.
constexpr std::size_t source_depth_limit = 8;

Result<ParsedFile> read_file(const SourceFile& file) {
  AIRLOCK_TRY(Json json,
              core::parse_json(file.text, file.name, {.bytes = dictionary_bytes_limit, .depth = source_depth_limit}));
  return ParsedFile{file.name, std::make_shared<const Json>(std::move(json))};
}

/// Whether the file is a flat document already. The parser refuses what is not even an object.
bool is_flat(const Json& json) {
  if (!json.is_object()) return true;
  if (json.contains("defaults") || json.contains("shapes")) return false;
  const auto fields = json.find("fields");
  return fields == json.end() || !fields->is_array() ||
         std::none_of(fields->begin(), fields->end(),
                      [](const Json& item) { return item.is_object() && item.contains("shape"); });
}

/// The `review` of a declaration, of its key, and of the parts of its key.
void add_marks(const Json& declaration, std::vector<ReviewMark>& out) {
  const std::string path = core::text_in(declaration, "path");
  const auto add = [&](const Json& object, const std::string& what) {
    if (std::string text = core::text_in(object, "review"); !text.empty())
      out.push_back({path + what, std::move(text)});
  };
  add(declaration, "");
  const auto key = declaration.is_object() ? declaration.find("key") : declaration.end();
  if (key == declaration.end() || !key->is_object()) return;
  add(*key, " (the key)");
  for (const auto& [name, part] : key->items()) add(part, " (the key's `" + name + "`)");
}

/// One flat file.
Result<Expanded> take(const SourceFile& file, const Json& json) {
  std::vector<Json> fields;
  if (json.is_object() && json.contains("fields") && json["fields"].is_array()) fields = json["fields"];
  std::vector<ReviewMark> marks;
  for (const Json& declaration : fields) add_marks(declaration, marks);
  const bool is_first = core::text_in(json, "format") == first_format;
  std::string text = is_first && needs_second_format(json, fields) ? flat_text(json, fields) : file.text;
  AIRLOCK_TRY(auto dictionary, Dictionary::parse(text, file.name));
  return Expanded{std::move(text), std::move(dictionary), std::move(marks)};
}

/// Takes in the source's own members of a file. Only the file `main` has the others.
Result<void> read_own(ParsedFile& file, const ParsedFile& main) {
  Members in(*file.json, file.name, "");
  in.word("format", {first_format, second_format});
  file.defaults = read_defaults(in);
  (void)in.object_if("shapes");
  (void)in.array_if("fields", fields_limit);
  if (!file.json->is_object()) return in.finish();
  for (const auto& [member, value] : file.json->items()) {
    const bool is_own = member == "format" || member == "defaults" || member == "shapes" || member == "fields";
    if (is_own || in.any(member) == nullptr || &file == &main) continue;
    in.refuse(member, "belongs in " + quote(main.name) + ", the file with `roles`");
  }
  return in.finish();
}

/// The file with `roles`. One file alone is it in any case.
Result<const ParsedFile*> find_main(const std::deque<ParsedFile>& files) {
  const ParsedFile* main = nullptr;
  for (const ParsedFile& file : files) {
    if (!file.json->is_object() || !file.json->contains("roles")) continue;
    if (main != nullptr) {
      return core::fail(
          core::Code::bad_input, quote(file.name) + ": `/roles`: " + quote(main->name) + " has `roles` already",
          "one file has `name`, `product`, `roles` and `events`; the others only `fields`, `shapes` and `defaults`");
    }
    main = &file;
  }
  if (main == nullptr && files.size() > 1) {
    return core::fail(core::Code::bad_input,
                      "none of the " + std::to_string(files.size()) + " dictionary files has `roles`",
                      "name the file with `name`, `product`, `roles` and `events` too");
  }
  return main == nullptr ? &files.front() : main;
}

/// All proper prefixes of the declared paths.
std::set<std::string, std::less<>> prefixes_of(const std::vector<Piece>& pieces) {
  std::set<std::string, std::less<>> out;
  for (const Piece& piece : pieces) {
    const std::string path = core::text_in(*piece.declaration, "path");
    for (auto end = path.rfind('/'); end != std::string::npos && end != 0; end = path.rfind('/', end - 1)) {
      if (!out.insert(path.substr(0, end)).second) break;  // and with it all that are shorter
    }
  }
  return out;
}

bool is_figure(const Json& declaration) {
  const auto is_numeric = [](const Json& type) { return type == "count" || type == "integer" || type == "number"; };
  const auto type = declaration.is_object() ? declaration.find("type") : declaration.end();
  if (type == declaration.end()) return false;
  return type->is_array() ? !type->empty() && std::all_of(type->begin(), type->end(), is_numeric) : is_numeric(*type);
}

Result<Expanded> assemble(const ParsedFile& main, std::vector<Piece> pieces) {
  const auto prefixes = prefixes_of(pieces);
  std::vector<Json> fields;
  std::vector<Origin> origins;
  std::vector<ReviewMark> marks;
  std::set<std::pair<std::string, std::string>> marked;
  for (Piece& piece : pieces) {
    Json& declaration = *piece.declaration;
    apply(piece.file->defaults, prefixes.contains(core::text_in(declaration, "path")), declaration);
    if (!piece.sum_of.empty() && is_figure(declaration) && !declaration.contains("sum_of")) {
      declaration["sum_of"] = piece.sum_of;
    }
    if (marked.emplace(piece.origin.file, piece.origin.place).second) add_marks(declaration, marks);
    fields.push_back(in_order(declaration));
    origins.push_back(std::move(piece.origin));
  }
  Json top = *main.json;
  top.erase("defaults");
  top.erase("shapes");
  std::string text = flat_text(top, fields);
  AIRLOCK_TRY(auto dictionary, Dictionary::parse(text, main.name, origins));
  return Expanded{std::move(text), std::move(dictionary), std::move(marks)};
}

}  // namespace

Result<Expanded> expand(const std::vector<SourceFile>& files) {
  std::deque<ParsedFile> parsed;
  for (const SourceFile& file : files) {
    AIRLOCK_TRY(auto one, read_file(file));
    parsed.push_back(std::move(one));
  }
  if (files.size() == 1 && is_flat(*parsed.front().json)) return take(files.front(), *parsed.front().json);
  AIRLOCK_TRY(const ParsedFile* main, find_main(parsed));
  ShapeExpansion expansion;
  for (ParsedFile& file : parsed) {
    AIRLOCK_CHECK(read_own(file, *main));
    AIRLOCK_CHECK(expansion.add_shapes(file));
  }
  for (const ParsedFile& file : parsed) AIRLOCK_CHECK(expansion.add_fields(file));
  AIRLOCK_TRY(auto pieces, expansion.finish());
  return assemble(*main, std::move(pieces));
}

}  // namespace airlock::dictionary
