#include "delivery/target.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "report/scanner.hpp"
#include "sys/read_file.hpp"
#include "sys/system.hpp"

namespace airlock::delivery {
namespace {

using core::Code;
using core::fail;
using core::quote;

constexpr std::uint64_t secret_limit = 1024;
constexpr std::array<std::string_view, 4> event_members{"event", "distinct_id", "properties", "timestamp"};

/// Reads a secret, which is one line.
Result<std::string> secret_in(const std::string& path) {
  AIRLOCK_TRY(std::string text, sys::read_private_file(path, secret_limit));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty() || !core::is_document_text(text))
    return fail(Code::bad_input, quote(path) + ": must be one line of text");
  return text;
}

Result<std::optional<net::Proxy>> proxy_of(const site::Site& site, const published::Destination& destination,
                                           const EnvironmentProxy& environment) {
  if (destination.proxy.empty()) return std::nullopt;
  const bool from_environment = destination.proxy == published::proxy_from_environment;
  net::Proxy proxy{.url = from_environment ? environment.url : destination.proxy,
                   .user = {},
                   .password = {},
                   .exceptions = from_environment ? environment.exceptions : ""};
  if (proxy.url.empty()) return std::nullopt;
  if (!destination.proxy_credentials_file.empty()) {
    const std::string path = site.path_of(destination.proxy_credentials_file);
    AIRLOCK_TRY(const std::string line, secret_in(path));
    const std::size_t colon = line.find(':');
    if (colon == 0 || colon == std::string::npos) {
      return fail(Code::bad_input, quote(path) + ": must be `USER:PASSWORD`");
    }
    proxy.user = line.substr(0, colon);
    proxy.password = line.substr(colon + 1);
  }
  return proxy;
}

/// Where the value of a member is in the payload.
struct MemberSlice {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};
Result<std::array<MemberSlice, event_members.size()>> slices_of(const core::Blob& payload) {
  report::Limits limits;
  limits.bytes = report::report_bytes_maximum;
  const crypto::Secret key(sys::random_bytes(16));
  report::Scanner scanner(payload, limits, key);
  std::array<MemberSlice, event_members.size()> out;
  MemberSlice* open = nullptr;
  for (;;) {
    AIRLOCK_TRY(const report::Token& token, scanner.next());
    if (token.kind == report::TokenKind::end) return out;
    if (token.depth == 0 && token.kind != report::TokenKind::begin_object &&
        token.kind != report::TokenKind::end_object) {
      return fail(Code::refused, "the report is not a JSON object, which `posthog-batch` needs");
    }
    if (token.kind == report::TokenKind::key && token.depth == 1) {
      const auto found = std::find(event_members.begin(), event_members.end(), token.text);
      open = found == event_members.end() ? nullptr : &out.at(static_cast<std::size_t>(found - event_members.begin()));
    } else if (open != nullptr && token.depth == 1) {
      if (!token.closes()) open->begin = token.begin;
      open->end = token.end;
    }
  }
}

}  // namespace

void JoinedBlob::add(std::string text) {
  const std::uint64_t size = text.size();
  parts_.push_back({std::move(text), nullptr, 0, size});
  size_ += size;
}

void JoinedBlob::add(const core::Blob& blob, std::uint64_t begin, std::uint64_t end) {
  parts_.push_back({{}, &blob, begin, end - begin});
  size_ += end - begin;
}

Result<std::size_t> JoinedBlob::read_at(std::uint64_t offset, std::span<char> into) const {
  std::size_t done = 0;
  for (const Part& part : parts_) {
    if (offset >= part.size) {
      offset -= part.size;
      continue;
    }
    const auto rest =
        into.subspan(done, static_cast<std::size_t>(std::min<std::uint64_t>(into.size() - done, part.size - offset)));
    if (rest.empty()) break;
    if (part.blob == nullptr) {
      part.text.copy(rest.data(), rest.size(), static_cast<std::size_t>(offset));
    } else {
      AIRLOCK_TRY(const std::size_t got, part.blob->read_at(part.begin + offset, rest));
      if (got != rest.size()) return fail(Code::integrity, "the payload became shorter while it was read");
    }
    done += rest.size();
    offset = 0;
  }
  return done;
}

Result<JoinedBlob> posthog_batch(const core::Blob& payload, const std::string& api_key,
                                 const std::string& disclosure_id) {
  AIRLOCK_TRY(const auto slices, slices_of(payload));
  JoinedBlob out;
  std::string quoted;
  for (const char c : api_key) quoted += (c == '"' || c == '\\') ? std::string("\\") + c : std::string(1, c);
  out.add(R"({"api_key":")" + quoted + R"(","batch":[{)");
  for (std::size_t i = 0; i < event_members.size(); ++i) {
    if (slices[i].end == 0) {
      if (event_members[i] == "timestamp" || event_members[i] == "properties") continue;
      return fail(Code::refused, "the report has no " + quote(event_members[i]) + ", which `posthog-batch` needs");
    }
    out.add("\"" + std::string(event_members[i]) + "\":");
    out.add(payload, slices[i].begin, slices[i].end);
    out.add(",");
  }
  out.add(R"("uuid":")" + disclosure_id + R"("}]})");
  if (out.size() > posthog_batch_maximum) {
    return fail(Code::refused, "the report is larger than PostHog accepts: " + std::to_string(out.size()) + " of " +
                                   std::to_string(posthog_batch_maximum) + " bytes");
  }
  return out;
}

Result<Target> Target::open(const site::Site& site, const published::Destination& destination,
                            const EnvironmentProxy& environment) {
  net::Endpoint endpoint{.url = destination.url,
                         .roots = {},
                         .client_certificate = {},
                         .client_key = {},
                         .pins = destination.pins,
                         .proxy = {},
                         .timeout = std::chrono::seconds(destination.timeout_seconds)};
  AIRLOCK_TRY(endpoint.roots, site.receiver_authorities(destination));
  if (!destination.client_certificate.empty()) {
    AIRLOCK_TRY(endpoint.client_certificate,
                sys::read_file(site.path_of(destination.client_certificate), site::delivery_pem_limit));
    AIRLOCK_TRY(endpoint.client_key,
                sys::read_private_file(site.path_of(destination.client_key), site::delivery_pem_limit));
  }
  AIRLOCK_TRY(endpoint.proxy, proxy_of(site, destination, environment));
  std::string api_key;
  if (!destination.api_key_file.empty()) {
    AIRLOCK_TRY(api_key, secret_in(site.path_of(destination.api_key_file)));
  }
  AIRLOCK_TRY(auto client, net::Client::open(std::move(endpoint)));
  return Target(destination, std::move(client), std::move(api_key));
}

Result<JoinedBlob> Target::body(const core::Blob& payload, const std::string& disclosure_id) const {
  if (destination_.type == "posthog-batch") return posthog_batch(payload, api_key_, disclosure_id);
  JoinedBlob out;
  out.add(payload, 0, payload.size());
  return out;
}

}  // namespace airlock::delivery
