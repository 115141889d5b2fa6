#pragma once
/// \file
/// A site's id, a time, a vendor's root, and a signer of one role below it.

#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "crypto/cms.hpp"
#include "crypto/key.hpp"
#include "crypto/trust.hpp"

namespace airlock::test {

inline const std::string site_id = "5b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e";
inline const core::Time now = *core::Time::from_text("2026-11-01T00:00:00Z");

struct Authority {
  explicit Authority(crypto::Role signs) : role(signs) {}

  crypto::Role role;
  crypto::PrivateKey root_key = crypto::PrivateKey::generate(crypto::KeyKind::p256).value();
  crypto::Certificate root = crypto::self_sign({.common_name = "root",
                                                .roles = {},
                                                .not_before = now - std::chrono::days{1},
                                                .not_after = now + std::chrono::days{1000},
                                                .ca = true,
                                                .uuid = {}},
                                               root_key)
                                 .value();
  crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyKind::p256).value();
  crypto::Certificate certificate = issue(role, key);

  [[nodiscard]] crypto::Certificate issue(crypto::Role leaf, const crypto::PrivateKey& subject) const {
    return crypto::issue({.common_name = "leaf",
                          .roles = {leaf},
                          .not_before = now - std::chrono::days{1},
                          .not_after = now + std::chrono::days{100},
                          .ca = false,
                          .uuid = {}},
                         subject.public_key(), root, root_key)
        .value();
  }
  [[nodiscard]] crypto::Signer signer() const { return {.key = key, .certificate = certificate, .time = now}; }
  [[nodiscard]] crypto::TrustStore trust() const { return {role, {root}}; }
};

}  // namespace airlock::test
