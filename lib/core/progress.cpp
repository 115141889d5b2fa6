#include "core/progress.hpp"

namespace airlock::core {
namespace {

class NoProgress final : public ProgressSink {
 public:
  void show(std::string_view, std::uint64_t, std::uint64_t) override {}
};

}  // namespace

ProgressSink& no_progress() {
  static NoProgress none;
  return none;
}

Result<std::size_t> WatchedSource::read(std::span<char> into) {
  AIRLOCK_TRY(const std::size_t got, source_.read(into));
  done_ += got;
  progress_.show(what_, done_, 0);
  return got;
}

Result<std::size_t> WatchedBlob::read_at(std::uint64_t offset, std::span<char> into) const {
  AIRLOCK_TRY(const std::size_t got, blob_.read_at(offset, into));
  progress_.show(what_, offset + got, blob_.size());
  return got;
}

}  // namespace airlock::core
