#pragma once
/// \file
/// A register in a temporary directory, and disclosures of one site that arrive there.

#include <doctest/doctest.h>

#include "crypto/hash.hpp"
#include "intake/register.hpp"
#include "temporary_directory.hpp"

namespace airlock::test {

using namespace airlock::intake;

inline const core::Time now = *core::Time::from_text("2026-11-01T00:00:00Z");
inline const std::string site_id = "5b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e";

inline std::string id_of(std::uint64_t n) { return "dddddddd-0000-4000-8000-00000000000" + std::to_string(n); }
inline std::string content_of(std::uint64_t n) { return crypto::sha256("content " + std::to_string(n)).hex(); }
inline ledger::TreeHead tree(std::uint64_t size, const std::string& history = "") {
  return {size, crypto::sha256("root " + std::to_string(size) + history)};
}

/// Disclosure `n`, a bundle, after `previous` (0: the first), with a tree of 10 n entries.
inline Arrival bundle(std::uint64_t n, std::uint64_t previous) {
  Arrival out;
  out.site_id = site_id;
  out.disclosure = out.number = n;
  out.id = id_of(n);
  out.content_sha256 = content_of(n);
  out.is_bundle = true;
  if (previous != 0) out.previous = envelope::Previous{id_of(previous), content_of(previous)};
  out.checkpoint = "note " + std::to_string(n);
  out.head = tree(10 * n);
  return out;
}

inline Arrival sending(std::uint64_t n, std::uint64_t previous) {
  Arrival out = bundle(n, previous);
  out.is_bundle = false;
  return out;
}

class Desk {
 public:
  Desk() : reg_(Register::create(folder_ / "register.db").value()) {}

  TakenIn take(const Arrival& arrival) {
    auto taken = reg_.take_in({&arrival, 1}, now);
    REQUIRE_MESSAGE(taken, taken.error().message);
    return taken->front();
  }
  Gaps gaps() { return reg_.gaps(site_id).value(); }
  ReceiptOrder receipt() {
    ReceiptOrder out;
    const auto issued = reg_.issue_receipt(site_id, now, [&](const ReceiptOrder& order) -> Result<Issued> {
      out = order;
      return Issued{"file", "document"};
    });
    REQUIRE_MESSAGE(issued, issued.error().message);
    return out;
  }
  Register& reg() { return reg_; }

 private:
  TemporaryDirectory folder_;
  Register reg_;
};

inline bool is_fork(const TakenIn& taken) { return !taken.fork.empty(); }

}  // namespace airlock::test
