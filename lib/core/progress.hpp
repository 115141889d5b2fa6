#pragma once
/// \file
/// How far long work has come. The work says it; whoever ordered the work decides whether anybody sees it. So nothing
/// in lib/ knows a terminal or a clock for this.

#include <cstdint>
#include <string_view>

#include "core/io.hpp"

namespace airlock::core {

/// Hears how far work has come.
class ProgressSink {
 public:
  virtual ~ProgressSink() = default;
  /// `done` of `total` are done; 0 for `total` says that nobody knows how many there are. `what` names them and what is
  /// done: `entries verified`. Called often, and by the thread that began the work.
  virtual void show(std::string_view what, std::uint64_t done, std::uint64_t total) = 0;
};

/// For work that nobody watches.
[[nodiscard]] ProgressSink& no_progress();

/// A source whose reader is watched. The caller keeps source and sink alive.
class WatchedSource final : public Source {
 public:
  WatchedSource(Source& source, std::string_view what, ProgressSink& progress)
      : source_(source), what_(what), progress_(progress) {}
  [[nodiscard]] Result<std::size_t> read(std::span<char> into) override;

 private:
  Source& source_;
  std::string_view what_;
  ProgressSink& progress_;
  std::uint64_t done_ = 0;
};

/// A blob whose readers are watched. A reader that goes through it again begins again. The caller keeps blob and sink
/// alive.
class WatchedBlob final : public Blob {
 public:
  WatchedBlob(const Blob& blob, std::string_view what, ProgressSink& progress)
      : blob_(blob), what_(what), progress_(progress) {}
  [[nodiscard]] std::uint64_t size() const override { return blob_.size(); }
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override;

 private:
  const Blob& blob_;
  std::string_view what_;
  ProgressSink& progress_;
};

}  // namespace airlock::core
