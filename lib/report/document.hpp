#pragma once
/// \file
/// What a report is as a whole: one JSON object, or several of them. Which one a product makes, its dictionary says.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace airlock::report {

enum class Document : std::uint8_t {
  object,  ///< one JSON object
  array,   ///< a JSON array of objects
  lines,   ///< a JSON object on each line; lines end with LF or CRLF, the last one also with the end of the report
};

/// The word of a dictionary for it: `object`, `array`, `lines`; and what a word stands for, or nothing.
[[nodiscard]] std::string_view name(Document document);
[[nodiscard]] std::optional<Document> document_from(std::string_view word);

/// How many containers are open around an object that the dictionary describes.
[[nodiscard]] constexpr std::size_t depth_of_objects(Document document) { return document == Document::object ? 0 : 1; }

}  // namespace airlock::report
