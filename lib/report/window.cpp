#include "report/window.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>

namespace airlock::report {

using core::Result;

Window::Window(const core::Blob& blob) : blob_(&blob), size_(blob.size()), buffer_(capacity) {}

Result<void> Window::refill() {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(at_), buffer_.begin() + static_cast<std::ptrdiff_t>(filled_),
            buffer_.begin());
  base_ += at_;
  filled_ -= at_;
  at_ = 0;
  while (filled_ < capacity && !holds_all_the_rest()) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(capacity - filled_, size_ - base_ - filled_));
    AIRLOCK_TRY(const std::size_t got, blob_->read_at(base_ + filled_, std::span(buffer_).subspan(filled_, want)));
    if (got == 0) {
      return core::fail(core::Code::unexpected, "the report became shorter while it was read: it has " +
                                                    std::to_string(base_ + filled_) + " bytes, not " +
                                                    std::to_string(size_));
    }
    filled_ += got;
  }
  return {};
}

void Window::seek(std::uint64_t offset) {
  if (offset < this->offset() || offset > size_) throw std::logic_error("report::Window: seek out of order");
  if (offset - base_ <= filled_) {
    at_ = static_cast<std::size_t>(offset - base_);
  } else {
    base_ = offset;
    at_ = filled_ = 0;
  }
}

}  // namespace airlock::report
