#include "kit.hpp"

#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace airlock::test {
namespace {

std::uint64_t length_at(std::string_view der, std::size_t& header) {
  const auto first = static_cast<std::uint8_t>(der.at(1));
  header = 2;
  if (first < 0x80) return first;
  std::uint64_t length = 0;
  for (int i = 0; i < (first & 0x7F); ++i) length = length << 8 | static_cast<std::uint8_t>(der.at(header++));
  return length;
}

std::vector<Node> parse_all(std::string_view der) {
  std::vector<Node> nodes;
  while (!der.empty()) {
    std::size_t header = 0;
    const std::uint64_t length = length_at(der, header);
    Node node{static_cast<std::uint8_t>(der[0]), std::string(der.substr(header, length)), {}};
    if (node.constructed()) node.children = parse_all(node.content);
    nodes.push_back(std::move(node));
    der.remove_prefix(header + length);
  }
  return nodes;
}

CertificateTemplate certificate_content(const std::string& name, std::vector<Role> roles, bool ca) {
  return {.common_name = name, .roles = std::move(roles), .not_before = from, .not_after = until, .ca = ca, .uuid = {}};
}

}  // namespace

PrivateKey copy(const PrivateKey& key) { return PrivateKey::from_pem(key.pem().view()).value(); }

const PrivateKey& rsa_key() {
  static const PrivateKey key = PrivateKey::generate(KeyKind::rsa).value();
  return key;
}

PrivateKey new_key(KeyKind kind) { return kind == KeyKind::rsa ? copy(rsa_key()) : PrivateKey::generate(kind).value(); }

Identity root(const std::string& name, KeyKind kind, std::vector<Role> roles) {
  PrivateKey key = new_key(kind);
  Certificate certificate = self_sign(certificate_content(name, std::move(roles), true), key).value();
  return {std::move(key), std::move(certificate)};
}

Identity authority(const Identity& issuer, std::vector<Role> roles, const std::string& name) {
  PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
  Certificate certificate =
      issue(certificate_content(name, std::move(roles), true), key.public_key(), issuer.certificate, issuer.key)
          .value();
  return {std::move(key), std::move(certificate)};
}

Identity leaf(const Identity& issuer, Role role, KeyKind kind, const std::string& name) {
  PrivateKey key = new_key(kind);
  Certificate certificate =
      issue(certificate_content(name, {role}, false), key.public_key(), issuer.certificate, issuer.key).value();
  return {std::move(key), std::move(certificate)};
}

Result<std::string> content_of(std::string_view object, const TrustStore& trust) {
  const MemoryBlob blob(object);
  AIRLOCK_TRY(const Verified verified, verify(blob, trust));
  return core::to_string(verified.content(), 1 << 30);
}

std::string sealed(std::string_view content, const Identity& identity, std::span<const Certificate> recipients) {
  core::StringSink out(1 << 30);
  auto stream = seal(out, signer(identity), recipients);
  REQUIRE_MESSAGE(stream, why(stream));
  REQUIRE((*stream)->write(content));
  const auto finished = (*stream)->finish();
  REQUIRE_MESSAGE(finished, why(finished));
  return out.take();
}

Result<std::string> opened(std::string_view object, const Identity& recipient) {
  core::StringSink inner(1 << 30);
  AIRLOCK_CHECK(open(MemoryBlob(object), recipient.key, recipient.certificate, inner));
  return inner.take();
}

std::string Node::der() const {
  std::string body = content;
  if (constructed()) {
    body.clear();
    for (const Node& child : children) body += child.der();
  }
  std::string out(1, static_cast<char>(tag));
  if (body.size() < 0x80) {
    out += static_cast<char>(body.size());
  } else {
    std::string digits;
    for (std::size_t left = body.size(); left > 0; left >>= 8) digits.insert(0, 1, static_cast<char>(left & 0xFF));
    out += static_cast<char>(0x80 | digits.size());
    out += digits;
  }
  return out + body;
}

Node parse(std::string_view der) {
  auto nodes = parse_all(der);
  if (nodes.size() != 1) throw std::runtime_error("not one DER value");
  return std::move(nodes.front());
}

std::string edited(std::string_view der, const std::function<void(Node&)>& edit) {
  Node object = parse(der);
  if (object.der() != der) throw std::runtime_error("not DER");
  edit(object);
  return object.der();
}

int run(const std::string& command) {
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string read(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

void write(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace airlock::test
