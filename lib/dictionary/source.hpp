#pragma once
/// \file
/// What a person writes of a dictionary: one file or several, with defaults and with named shapes that are used at
/// several paths (docs/formats/dictionary.md, "Written short"). Expands them into the flat document that a kit signs.
/// Reads no file itself, and does not judge what a declaration says: `Dictionary::parse` does.

#include <string>
#include <vector>

#include "core/result.hpp"
#include "dictionary/dictionary.hpp"

namespace airlock::dictionary {

/// A file as somebody wrote it. Messages call it `name`.
struct SourceFile {
  std::string name;
  std::string text;
};

/// A `review` of a declaration or of its key: something that a person has yet to judge.
struct ReviewMark {
  std::string path;  ///< the declaration's, as in the flat document
  std::string text;  ///< why it is to be judged
};

/// A dictionary and the flat document that declares it.
struct Expanded {
  std::string text;
  Dictionary dictionary;
  /// In the order of the document. A declaration of a shape is counted once, however often the shape is used.
  std::vector<ReviewMark> marks;
};

/// Expands files into one dictionary. One file without `defaults` and `shapes` is the flat document already: its text
/// stays as it is, unless it names the format 1 and has words of the format 2. Otherwise the text is written anew, in
/// the one form that docs/formats/dictionary.md describes. Precondition: there is a file.
/// Error: bad_input naming the file in which the mistake is, the JSON path in it, and the reason.
[[nodiscard]] Result<Expanded> expand(const std::vector<SourceFile>& files);

}  // namespace airlock::dictionary
