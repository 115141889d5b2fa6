#pragma once
/// \file
/// HTTPS requests to one address (docs/formats/delivery.md). The only user of libcurl.
///
/// - TLS 1.2 or newer, verified against the roots that the caller gives, and never against those of the system.
/// - Nothing comes from the environment. A redirect is an answer like any other.
/// - The size of an answer and the time of every phase have limits.
///
/// This module does not know what it sends, nor whether it may be sent: delivery/ decides that.
///
/// OpenSSL must have been started without its configuration file before, which the first use of crypto/ does. libcurl
/// would start it with that file. The program must ignore SIGPIPE.
///
///     AIRLOCK_TRY(auto client, Client::open(endpoint));
///     const Reply reply = client.post({{"Content-Type", "application/json"}}, blob);
///     if (reply.answer && reply.answer->status == 200) …

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"
#include "net/answer.hpp"

namespace airlock::net {

struct Proxy {
  std::string url;   ///< `http://` or `https://`
  std::string user;  ///< empty: without authentication
  std::string password;
  std::string exceptions;  ///< hosts that are reached without it, as `NO_PROXY` lists them
};

struct Endpoint {
  std::string url;                 ///< `https://`
  std::string roots;               ///< PEM; no other root is trusted
  std::string client_certificate;  ///< PEM with its chain, or empty
  std::string client_key;          ///< PEM
  std::vector<std::string> pins;   ///< `sha256//…`; the key of the server must be one of them, unless this is empty
  std::optional<Proxy> proxy;
  /// The time limit of each phase: resolving the name and connecting (TCP, proxy, TLS); each `slowest_upload` bytes of
  /// the request; the whole answer.
  std::chrono::seconds timeout{30};
};

/// A header field of a request.
struct HttpHeader {
  std::string name;
  std::string value;
};

/// A connection to one endpoint. It is opened by the first request, and kept for the next one.
class Client {
 public:
  /// Connects to nobody yet. Errors: bad_input where `roots` is empty, unexpected where libcurl refuses a setting.
  [[nodiscard]] static core::Result<Client> open(Endpoint endpoint);

  /// Posts `body`. Every failure is in the reply.
  [[nodiscard]] Reply post(const std::vector<HttpHeader>& headers, const core::Blob& body);
  /// Asks for the head only (HEAD): tries connection, TLS and authentication, and sends nothing.
  [[nodiscard]] Reply check();

  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

 private:
  struct State;
  explicit Client(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace airlock::net
