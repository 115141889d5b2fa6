#include "report/document.hpp"

#include <array>

#include "core/encoding.hpp"

namespace airlock::report {
namespace {

/// In the order of the enumerators.
constexpr std::array<std::string_view, 3> document_names{"object", "array", "lines"};

}  // namespace

std::string_view name(Document document) { return document_names.at(static_cast<std::size_t>(document)); }

std::optional<Document> document_from(std::string_view word) { return core::enum_from<Document>(document_names, word); }

}  // namespace airlock::report
