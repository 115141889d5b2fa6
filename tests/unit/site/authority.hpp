#pragma once
/// \file
/// A vendor's root for tests, and a signer of one role below it.

#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "crypto/cms.hpp"
#include "crypto/key.hpp"
#include "crypto/trust.hpp"

namespace airlock::test {

inline const core::Time authority_time = *core::Time::from_text("2026-11-01T00:00:00Z");

struct Authority {
  explicit Authority(crypto::Role signs) : role(signs) {}

  crypto::Role role;
  crypto::PrivateKey root_key = crypto::PrivateKey::generate(crypto::KeyKind::p256).value();
  crypto::Certificate root = crypto::self_sign({.common_name = "root",
                                                .roles = {},
                                                .not_before = authority_time - std::chrono::days{1},
                                                .not_after = authority_time + std::chrono::days{1000},
                                                .ca = true,
                                                .uuid = {}},
                                               root_key)
                                 .value();
  crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyKind::p256).value();
  crypto::Certificate certificate = issue(role, key);

  [[nodiscard]] crypto::Certificate issue(crypto::Role leaf, const crypto::PrivateKey& subject) const {
    return crypto::issue({.common_name = "leaf",
                          .roles = {leaf},
                          .not_before = authority_time - std::chrono::days{1},
                          .not_after = authority_time + std::chrono::days{100},
                          .ca = false,
                          .uuid = {}},
                         subject.public_key(), root, root_key)
        .value();
  }
  [[nodiscard]] crypto::Signer signer() const {
    return {.key = key, .certificate = certificate, .time = authority_time};
  }
  [[nodiscard]] crypto::TrustStore trust() const { return {role, {root}}; }
};

}  // namespace airlock::test
