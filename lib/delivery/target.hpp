#pragma once
/// \file
/// A destination that is ready to use: the certificates, keys, secrets and proxy that it names are read from the disk.
/// It makes the HTTP body for a payload.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"
#include "ledger/ledger.hpp"
#include "net/client.hpp"
#include "site/site.hpp"

namespace airlock::delivery {

using core::Result;

/// The proxy variables that the program found in its environment before it cleared that. Used only where a destination
/// has the proxy `environment`.
struct EnvironmentProxy {
  std::string url;         ///< `https_proxy` or `HTTPS_PROXY`
  std::string exceptions;  ///< `no_proxy` or `NO_PROXY`
};

/// Maximum size in bytes of a request to PostHog's `/batch/`.
inline constexpr std::uint64_t posthog_batch_maximum = 20ULL * 1024 * 1024;

/// Several blobs and texts, read as one.
class JoinedBlob final : public core::Blob {
 public:
  void add(std::string text);
  void add(const core::Blob& blob, std::uint64_t begin, std::uint64_t end);
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override;

 private:
  struct Part {
    std::string text;
    const core::Blob* blob = nullptr;
    std::uint64_t begin = 0;
    std::uint64_t size = 0;
  };
  std::vector<Part> parts_;
  std::uint64_t size_ = 0;
};

/// The body of PostHog's `/batch/` protocol with one event. It has `event`, `distinct_id`, `properties` and `timestamp`
/// of the payload, unchanged, and the disclosure's id as its `uuid`. `payload` must outlive it. Error: refused where
/// the payload is not an event, or the body is larger than `posthog_batch_maximum`.
[[nodiscard]] Result<JoinedBlob> posthog_batch(const core::Blob& payload, const std::string& api_key,
                                               const std::string& disclosure_id);

class Target {
 public:
  /// Reads everything that the destination names. Errors: bad_input, refused (others can read a secret), naming the
  /// file or the member.
  [[nodiscard]] static Result<Target> open(const site::Site& site, const published::Destination& destination,
                                           const EnvironmentProxy& environment);

  /// The body for a payload. The payload must outlive it. Error: as `posthog_batch`.
  [[nodiscard]] Result<JoinedBlob> body(const core::Blob& payload, const std::string& disclosure_id) const;
  [[nodiscard]] net::Client& client() { return client_; }
  [[nodiscard]] const published::Destination& destination() const { return destination_; }

 private:
  Target(published::Destination destination, net::Client client, std::string api_key)
      : destination_(std::move(destination)), client_(std::move(client)), api_key_(std::move(api_key)) {}
  published::Destination destination_;
  net::Client client_;
  std::string api_key_;
};

}  // namespace airlock::delivery
