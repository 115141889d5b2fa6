#pragma once
/// \file
/// Rows of a CSV file (RFC 4180) that a spreadsheet shows as they are. Spreadsheets take a cell that begins with `=`,
/// `+`, `-`, `@`, a tab or a carriage return for a formula, and run it. Such a cell gets a `'` in front, which
/// spreadsheets take for "this is text". Whoever reads the file with a program removes one `'` from a cell that begins
/// with `'`: a cell that began with one itself gets a second.

#include <string>
#include <string_view>
#include <vector>

namespace airlock::core {

/// One cell, quoted where RFC 4180 asks for it.
[[nodiscard]] std::string csv_cell(std::string_view text);
/// The cells of a row with CRLF at the end.
[[nodiscard]] std::string csv_row(const std::vector<std::string>& cells);

}  // namespace airlock::core
