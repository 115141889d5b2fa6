#pragma once
/// \file
/// The named shapes of source files: lists of declarations that are used at several paths. For this module only.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "core/result.hpp"
#include "dictionary/defaults.hpp"
#include "dictionary/dictionary.hpp"

namespace airlock::dictionary {

/// A source file that has been read. It must stay where it is while shapes and pieces point to it.
struct ParsedFile {
  std::string name;
  std::shared_ptr<const core::Json> json;
  std::vector<Defaults> defaults = {};
};

/// A declaration at its place in the flat document, before defaults.
struct Piece {
  std::shared_ptr<core::Json> declaration;
  const ParsedFile* file;  ///< whose defaults it gets
  Origin origin;
  /// What it is the sum of because the shape's use says so, if it is a figure; or empty.
  std::string sum_of = {};
};

/// Puts the declarations of each use of a shape in place of that use.
class ShapeExpansion {
 public:
  /// Takes in the member `shapes` of a file. Error: bad_input for a name that another file has taken.
  [[nodiscard]] Result<void> add_shapes(const ParsedFile& file);
  /// Expands the member `fields` of a file, behind what was expanded before. Errors: bad_input for an unknown shape,
  /// for shapes that use each other in a circle or too deeply, and for more declarations than a dictionary may have.
  [[nodiscard]] Result<void> add_fields(const ParsedFile& file);
  /// Error: bad_input for a shape that nothing uses.
  [[nodiscard]] Result<std::vector<Piece>> finish();

 private:
  struct Shape {
    const ParsedFile* file;
    const core::Json* list;
    bool is_used = false;
  };
  /// Where the declarations of a list go.
  struct Target {
    std::string path;                      ///< stands before that of each declaration
    std::string sum_of = {};               ///< the same for what each figure is the sum of; or empty
    std::vector<std::string> within = {};  ///< the shapes that are being expanded, the innermost last
  };

  Result<void> add_list(const core::Json& list, const ParsedFile& file, const std::string& place, const Target& target);
  Result<void> add_declaration(const core::Json& declaration, Origin origin, const ParsedFile& file,
                               const Target& target);
  Result<void> add_use(const core::Json& use, const Origin& origin, const ParsedFile& file, const Target& target);
  Result<void> add_piece(Piece piece);

  std::map<std::string, Shape, std::less<>> shapes_;
  std::vector<Piece> pieces_;
};

}  // namespace airlock::dictionary
