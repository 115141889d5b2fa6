#include "net/client.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <string>
#include <thread>

#include "core/io.hpp"
#include "crypto/hash.hpp"

using namespace airlock;
using net::Client;
using net::Endpoint;
using net::Trouble;

// Answers over TLS are tested end to end: tests/cli/delivery_test.py.

namespace {

/// A root that signed no server of these tests.
constexpr auto some_root =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBfzCCASWgAwIBAgIUIRazp4XpZFDSf+VdJACP0J0Ab0kwCgYIKoZIzj0EAwIw\n"
    "FDESMBAGA1UEAwwJc29tZSByb290MCAXDTI2MTEyOTE2MzIxOFoYDzIxMjYxMTA1\n"
    "MTYzMjE4WjAUMRIwEAYDVQQDDAlzb21lIHJvb3QwWTATBgcqhkjOPQIBBggqhkjO\n"
    "PQMBBwNCAAQTNjtCfNL9Myckm1O1GpcbbgxhXDOT6lVUQ6fTMQHuYCFFDhzX3AsT\n"
    "2HRrv2pMTTdxzP2VA//gvM1QQByxYtJTo1MwUTAdBgNVHQ4EFgQUoZuQcqSdz4AH\n"
    "TQpcJK5P44XT+o8wHwYDVR0jBBgwFoAUoZuQcqSdz4AHTQpcJK5P44XT+o8wDwYD\n"
    "VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAidxv6mT5sJlJ4aGt6OVXB\n"
    "iXRtJ9oNh/uOXtUAngnFigIhAKlwxYGI3fFlQoo7QS4Wr1BF3oX4bsxMnvHDGiFN\n"
    "Z53F\n"
    "-----END CERTIFICATE-----\n";

/// Accepts one connection on a free port of this machine, and lets `serve` do with it what it likes.
class Server {
 public:
  explicit Server(std::function<void(int)> serve) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
    REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    REQUIRE(::listen(listener_, 1) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, serve = std::move(serve)] {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      serve(connection);
      ::close(connection);
    });
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  [[nodiscard]] std::string url() const { return "https://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  int listener_;
  int port_ = 0;
  std::thread thread_;
};

/// Reads until the other side closes the connection.
void read_all(int connection) {
  char piece[512];
  while (::read(connection, piece, sizeof piece) > 0) {
  }
}

net::Reply ask(const std::string& url) {
  std::signal(SIGPIPE, SIG_IGN);
  (void)crypto::sha256("");  // starts OpenSSL
  auto client = Client::open({.url = url,
                              .roots = some_root,
                              .client_certificate = {},
                              .client_key = {},
                              .pins = {},
                              .proxy = {},
                              .timeout = std::chrono::seconds(1)});
  REQUIRE(client);
  net::Reply reply = client->post({{"Content-Type", "text/plain"}}, core::MemoryBlob("hello"));
  CHECK_FALSE(reply.answer);
  CHECK_FALSE(reply.begun);
  CHECK(reply.error.code == core::Code::later);
  CHECK(reply.error.message.starts_with("`" + url + "`: "));
  return reply;
}

}  // namespace

TEST_CASE("without a root there is no client, and the hint says where roots come from") {
  const auto client = Client::open({.url = "https://example.com/",
                                    .roots = {},
                                    .client_certificate = {},
                                    .client_key = {},
                                    .pins = {},
                                    .proxy = {}});
  REQUIRE_FALSE(client);
  CHECK(client.error().code == core::Code::bad_input);
  CHECK(client.error().hint.find("ca_file") != std::string::npos);
}

TEST_CASE("where nobody listens the receiver is unreachable") {
  std::string url;
  {
    const Server server([](int) {});
    url = server.url();
  }
  CHECK(ask(url).trouble == Trouble::unreachable);
}

TEST_CASE("nothing is sent without TLS") {
  const Server server([](int connection) {
    constexpr std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    CHECK(::write(connection, answer.data(), answer.size()) == static_cast<ssize_t>(answer.size()));
    read_all(connection);
  });
  CHECK(ask(server.url()).trouble == Trouble::tls);
  CHECK(ask("http" + server.url().substr(5)).trouble == Trouble::malformed_answer);
}

TEST_CASE("a receiver that accepts the connection and is silent is given up in time") {
  const Server server(read_all);
  const net::Reply reply = ask(server.url());
  CHECK(reply.trouble == Trouble::timeout);
  CHECK(reply.error.message.ends_with("no connection within 1 s"));
}
