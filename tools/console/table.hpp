#pragma once
/// \file
/// Rows with aligned columns. Knows neither a terminal nor a descriptor: whoever makes a table says how a line is
/// printed.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace airlock::console {

/// The blanks of a table.
struct TableForm {
  std::size_t indent = 0;  ///< before the first column
  std::size_t gap = 2;     ///< between two columns
};

/// A table while it is printed. Never leaves a character out. The first rows say how wide the columns are, so memory
/// does not grow with the number of rows: a later cell that is wider moves the rest of its row.
class Table {
 public:
  /// Prints one line, which may go on below the column `hanging`.
  using Print = std::function<void(std::string_view line, std::size_t hanging)>;
  Table(TableForm form, Print print) : form_(form), print_(std::move(print)) {}

  /// Adds a row. Its last cell may have several lines, each of which begins in the last column.
  void add(std::vector<std::string> cells);
  /// Prints the rows that wait. Must be called after the last row.
  void finish();

 private:
  static constexpr std::size_t rows_that_count = 500;
  void print(const std::vector<std::string>& cells) const;

  TableForm form_;
  Print print_;
  std::vector<std::size_t> widths_;
  std::optional<std::vector<std::vector<std::string>>> waiting_ = std::vector<std::vector<std::string>>();
};

}  // namespace airlock::console
