#include "table.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "wrap.hpp"

namespace airlock::console {

void Table::add(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = core::terminal_text(cell);
  if (!waiting_) return print(cells);
  waiting_->push_back(std::move(cells));
  if (waiting_->size() == rows_that_count) finish();
}

void Table::finish() {
  if (!waiting_) return;
  for (const auto& cells : *waiting_) {
    widths_.resize(std::max(widths_.size(), cells.size()));
  }
  // Nothing comes behind the last column, so nobody needs its width.
  for (const auto& cells : *waiting_) {
    for (std::size_t i = 0; i < cells.size() && i + 1 < widths_.size(); ++i) {
      widths_[i] = std::max(widths_[i], columns(cells[i]));
    }
  }
  for (const auto& cells : *waiting_) print(cells);
  waiting_.reset();
}

void Table::print(const std::vector<std::string>& cells) const {
  std::string line(form_.indent, ' ');
  std::size_t start = form_.indent;
  for (std::size_t i = 0; i + 1 < cells.size(); ++i) {
    const std::size_t needs = columns(cells[i]);
    const std::size_t width = i < widths_.size() ? std::max(widths_[i], needs) : needs;
    line += cells[i] + std::string(width - needs + form_.gap, ' ');
    start += width + form_.gap;
  }
  std::string last = cells.empty() ? "" : cells.back();
  for (auto at = last.find('\n'); at != last.npos; at = last.find('\n', at + 1)) {
    last.insert(at + 1, std::string(start, ' '));
  }
  line += last;
  line.erase(line.find_last_not_of(' ') + 1);
  print_(line, start);
}

}  // namespace airlock::console
