#include "gate/received.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "crypto/hash.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {

report::Limits limits_of(const site::Configuration& configuration) {
  report::Limits limits;
  static_assert(site::report_bytes_maximum == report::report_bytes_maximum);
  limits.bytes = configuration.report_bytes.value_or(limits.bytes);
  return limits;
}

std::uint64_t room_of(Share share, const site::Configuration& configuration) {
  const std::uint64_t junk = configuration.held_bytes / 8;
  return share == Share::no_reports ? junk : configuration.held_bytes - junk;
}

Result<Received> receive(const site::Site& site, core::Source& input, Beyond beyond) {
  const std::uint64_t limit = limits_of(site.configuration()).bytes;
  const std::uint64_t most =
      beyond == Beyond::kept ? std::max(limit, room_of(Share::no_reports, site.configuration())) : limit;
  AIRLOCK_TRY(auto spool, sys::Spool::create(site.scratch(), site.world()));
  crypto::Sha256 sha256;
  std::array<char, core::copy_piece> piece;
  // One byte over the maximum shows that there is too much. The rest is not read, since the input may be endless.
  while (spool.size() <= most) {
    const auto want = std::min<std::uint64_t>(piece.size(), most + 1 - spool.size());
    AIRLOCK_TRY(const std::size_t got, input.read(std::span(piece).first(static_cast<std::size_t>(want))));
    if (got == 0) break;
    sha256.update({piece.data(), got});
    AIRLOCK_CHECK(spool.write({piece.data(), got}));
  }
  const std::uint64_t size = spool.size();
  return Received{std::move(spool), sha256.finish(), size, size <= limit, size <= most};
}

}  // namespace airlock::gate
