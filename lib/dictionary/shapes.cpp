#include "dictionary/shapes.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/members.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"
#include "dictionary/field.hpp"

namespace airlock::dictionary {
namespace {

using core::Json;
using core::Members;
using core::quote;

tl::unexpected<core::Error> refuse(const Origin& origin, const std::string& member, const std::string& why) {
  return core::fail(core::Code::bad_input, quote(origin.file) + ": " + quote(origin.place + member) + ": " + why);
}

/// `a > b > a`.
std::string chain(const std::vector<std::string>& within, const std::string& last) {
  std::string out;
  for (const std::string& name : within) out += name + " > ";
  return out + last;
}

/// A use of a shape, as its file has it.
struct Use {
  std::string path;
  std::string shape;
  std::string sum_of;
  Json declaration = Json::object();  ///< of the keys that the path ends in; without `path`
};

Use read_use(Members& in) {
  Use use;
  const Json* path = in.any("path");
  if (path != nullptr && path->is_string()) use.path = path->get<std::string>();
  if (path == nullptr || !path->is_string() || (!use.path.empty() && !use.path.starts_with('/'))) {
    in.refuse("path", "must be empty, or begin with `/`");
  }
  use.shape = in.text("shape");
  use.sum_of = in.text_if("sum_of").value_or("");
  for (const auto* member : {"key", "purpose", "about", "review"}) {
    if (const Json* value = in.any(member)) use.declaration[member] = *value;
    if (in.has(member) && !in.has("key"))
      in.refuse(member, "needs a `key`; the declarations of the shape have their own");
  }
  const auto key = use.declaration.find("key");
  // The paths of the shape are put behind this one, so it must say of which pattern they are.
  if (key != use.declaration.end() && key->is_object() && key->contains("pattern") && use.path.ends_with("/*")) {
    in.refuse("path", "needs the pattern in place of the final `*`, such as `/metrics/stats.ds.*.count`");
  }
  return use;
}

}  // namespace

Result<void> ShapeExpansion::add_shapes(const ParsedFile& file) {
  const auto shapes = file.json->find("shapes");
  if (shapes == file.json->end()) return {};
  if (!shapes->is_object()) return refuse({file.name, "/shapes"}, "", "must be an object");
  for (const auto& [name, list] : shapes->items()) {
    const Origin origin{file.name, "/shapes/" + core::pointer_step(name)};
    if (!core::is_name(name)) {
      return refuse(origin, "", "a shape's name has lower-case letters, digits, `.`, `_` and `-` only");
    }
    if (!list.is_array() || list.empty()) return refuse(origin, "", "must be a list of declarations");
    const auto [at, is_new] = shapes_.emplace(name, Shape{&file, &list});
    if (!is_new) return refuse(origin, "", "is in " + quote(at->second.file->name) + " already");
  }
  return {};
}

Result<void> ShapeExpansion::add_fields(const ParsedFile& file) {
  const auto fields = file.json->find("fields");
  if (fields == file.json->end()) return {};
  if (!fields->is_array()) return refuse({file.name, "/fields"}, "", "must be an array");
  return add_list(*fields, file, "/fields", {});
}

Result<std::vector<Piece>> ShapeExpansion::finish() {
  for (const auto& [name, shape] : shapes_) {
    if (!shape.is_used) return refuse({shape.file->name, "/shapes/" + name}, "", "nothing uses this shape");
  }
  return std::move(pieces_);
}

Result<void> ShapeExpansion::add_list(const Json& list, const ParsedFile& file, const std::string& place,
                                      const Target& target) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Origin origin{file.name, place + "/" + std::to_string(i)};
    const bool is_use = list[i].is_object() && list[i].contains("shape");
    AIRLOCK_CHECK(is_use ? add_use(list[i], origin, file, target) : add_declaration(list[i], origin, file, target));
  }
  return {};
}

Result<void> ShapeExpansion::add_declaration(const Json& declaration, Origin origin, const ParsedFile& file,
                                             const Target& target) {
  Piece piece{std::make_shared<Json>(declaration), &file, std::move(origin)};
  if (target.within.empty() || !declaration.is_object()) return add_piece(std::move(piece));
  // The paths of a shape begin where the shape is used.
  for (const auto* member : {"path", "sum_of", "delta_of"}) {
    const std::string path = core::text_in(declaration, member);
    if (!declaration.contains(member)) continue;
    if (!path.starts_with('/')) return refuse(piece.origin, std::string("/") + member, "must begin with `/`");
    (*piece.declaration)[member] = target.path + path;
  }
  if (!target.sum_of.empty()) piece.sum_of = target.sum_of + core::text_in(declaration, "path");
  return add_piece(std::move(piece));
}

Result<void> ShapeExpansion::add_use(const Json& use, const Origin& origin, const ParsedFile& file,
                                     const Target& target) {
  Members in(use, origin.file, origin.place);
  Use read = read_use(in);
  AIRLOCK_CHECK(in.finish());
  const auto shape = shapes_.find(read.shape);
  if (shape == shapes_.end()) {
    std::vector<std::string> names;
    for (const auto& [name, known] : shapes_) names.push_back(name);
    const std::string meant = core::nearest(read.shape, names);
    return refuse(
        origin, "/shape",
        quote(read.shape) + " is in no file's `shapes`" + (meant.empty() ? "" : "; is " + quote(meant) + " meant?"));
  }
  const auto& within = target.within;
  if (std::find(within.begin(), within.end(), read.shape) != within.end()) {
    return refuse(origin, "/shape", "is a circle: " + chain(within, read.shape));
  }
  if (within.size() == shape_depth_limit) {
    return refuse(origin, "/shape", "is more than " + std::to_string(shape_depth_limit) + " shapes within one another");
  }
  shape->second.is_used = true;
  Target inner{target.path + read.path, {}, within};
  inner.within.push_back(read.shape);
  if (!read.sum_of.empty()) {
    inner.sum_of = target.path + read.sum_of;
  } else if (!target.sum_of.empty()) {
    inner.sum_of = target.sum_of + read.path;
  }
  if (!read.declaration.empty()) {
    read.declaration["path"] = inner.path;
    AIRLOCK_CHECK(add_piece({std::make_shared<Json>(std::move(read.declaration)), &file, origin}));
  }
  return add_list(*shape->second.list, *shape->second.file, "/shapes/" + read.shape, inner);
}

Result<void> ShapeExpansion::add_piece(Piece piece) {
  if (pieces_.size() == fields_limit) {
    return refuse(piece.origin, "",
                  "is more than " + std::to_string(fields_limit) + " declarations, with shapes expanded");
  }
  pieces_.push_back(std::move(piece));
  return {};
}

}  // namespace airlock::dictionary
