#include "core/csv.hpp"

namespace airlock::core {

std::string csv_cell(std::string_view text) {
  constexpr std::string_view formula_starts = "=+-@\t\r'";
  const bool is_guarded = !text.empty() && formula_starts.find(text.front()) != formula_starts.npos;
  const bool is_quoted = is_guarded || text.find_first_of(",\"\r\n\t") != text.npos;
  if (!is_quoted) return std::string(text);
  std::string out = is_guarded ? "\"'" : "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string csv_row(const std::vector<std::string>& cells) {
  std::string out;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) out += ",";
    out += csv_cell(cell);
  }
  return out + "\r\n";
}

}  // namespace airlock::core
