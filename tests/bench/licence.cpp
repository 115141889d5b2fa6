// How long it takes to judge a licence: in process, beside OpenSSL's primitives over the same signatures, and as a whole
// program beside `openssl cms -verify` of the same file, all in the same run and in turn, so that what else the machine
// does weighs on all of them alike.
//     bench_licence AIRLOCK      ends with 0 where p99 is under a millisecond and the program is not slower than openssl

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "crypto/cms.hpp"
#include "crypto/pem.hpp"
#include "licence/licence.hpp"
#include "site/verdict.hpp"
#include "sys/child.hpp"
#include "temporary_directory.hpp"

using namespace airlock;

namespace {

constexpr int in_process_rounds = 4000;
constexpr int process_rounds = 200;
constexpr double most_p99_us = 1000;

double microseconds(const std::function<bool()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  const bool done = work();
  const auto end = std::chrono::steady_clock::now();
  if (!done) {
    std::puts("a measured step failed");
    std::exit(2);
  }
  return std::chrono::duration<double, std::micro>(end - begin).count();
}

struct Row {
  std::string name;
  std::function<bool()> work;
  std::vector<double> times = {};

  double at(double share) {
    std::sort(times.begin(), times.end());
    return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
  }
};

/// Runs the rows in turn.
void measure(std::vector<Row>& rows, int rounds) {
  for (int i = -rounds / 10; i < rounds; ++i) {
    for (Row& row : rows) {
      const double time = microseconds(row.work);
      if (i >= 0) row.times.push_back(time);
    }
  }
  for (Row& row : rows) {
    std::printf("%-58s p50 %9.1f us   p99 %9.1f us\n", row.name.c_str(), row.at(0.5), row.at(0.99));
  }
}

struct Authority {
  crypto::PrivateKey key;
  crypto::Certificate certificate;
};

core::Time time(const char* text) { return core::Time::from_text(text).value(); }

Authority authority(const char* name, crypto::KeyKind kind, const Authority* issuer) {
  auto key = crypto::PrivateKey::generate(kind).value();
  const crypto::CertificateTemplate content{.common_name = name,
                                            .roles = issuer == nullptr ? std::vector<crypto::Role>{} : std::vector{crypto::Role::licence},
                                            .not_before = time("2026-01-01T00:00:00Z"),
                                            .not_after = time("2046-01-01T00:00:00Z"),
                                            .ca = issuer == nullptr,
                                            .uuid = {}};
  auto certificate = issuer == nullptr
                         ? crypto::self_sign(content, key).value()
                         : crypto::issue(content, key.public_key(), issuer->certificate, issuer->key).value();
  return {std::move(key), std::move(certificate)};
}

/// The primitive alone: one signature over a message as long as `size`, by this kind of key.
std::function<bool()> primitive(EVP_PKEY* key, std::size_t size) {
  const std::string message(size, 'x');
  EVP_MD_CTX* const signing = EVP_MD_CTX_new();
  EVP_DigestSignInit(signing, nullptr, EVP_sha256(), nullptr, key);
  std::size_t length = 1024;
  std::vector<unsigned char> signature(length);
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  EVP_DigestSign(signing, signature.data(), &length, bytes, message.size());
  EVP_MD_CTX_free(signing);
  signature.resize(length);
  return [key, message, signature] {
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    const auto* at = reinterpret_cast<const unsigned char*>(message.data());
    const bool good = EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key) == 1 &&
                      EVP_DigestVerify(context, signature.data(), signature.size(), at, message.size()) == 1;
    EVP_MD_CTX_free(context);
    return good;
  };
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string program = argv[1];
  const test::TemporaryDirectory folder;

  const Authority root = authority("Bench Root", crypto::KeyKind::p256, nullptr);
  const Authority signer = authority("Bench Licences", crypto::KeyKind::p256, &root);
  licence::Licence content;
  content.serial = "LIC-1";
  content.sequence = 1;
  content.licensee = "Example Bank plc";
  content.product = "posthog";
  content.tier = "enterprise";
  content.entitlements = {"air_gap", "withhold"};
  content.limits = {{"events_count_new_in_period", 5000000}};
  content.any_site = true;
  content.issued = content.not_before = time("2026-02-01T00:00:00Z");
  content.not_after = time("2045-01-01T00:00:00Z");
  const std::string document = licence::to_document(content);
  const auto der = crypto::sign(document, {.key = signer.key, .certificate = signer.certificate, .time = content.issued});
  const std::string file = crypto::to_pem(crypto::cms_label, der.value());
  const std::string licence_path = folder / "licence.p7s";
  const std::string root_path = folder / "root.crt";
  std::ofstream(licence_path) << file;
  std::ofstream(root_path) << root.certificate.pem();
  const core::Time now = time("2026-12-01T00:00:00Z");

  std::puts("in process: a licence of one certificate below the root, all keys P-256");
  // The certificate's signature, the root's own, and the licence's: what every verification must compute.
  const auto verify_one = primitive(signer.key.handle(), 700);
  std::vector<Row> rows{
      {"OpenSSL primitives: three ECDSA P-256 signatures", [&] { return verify_one() && verify_one() && verify_one(); }},
      {"verdict from bytes, trust parsed each time",
       [&] {
         const auto verdict = site::judge_bytes(
             {.licence = file, .trust = root.certificate.pem(), .product = "posthog", .site_id = {}, .key_sha256 = {}, .newest_trusted = {}, .newest_sequence = 0, .kit = {}},
             now);
         return verdict && verdict->state == core::LicenceState::valid;
       }},
      {"verdict from files", [&] {
         const auto verdict =
             site::judge_files({.licence = licence_path, .trust = root_path, .product = "posthog", .site_id = {}}, now);
         return verdict && verdict->state == core::LicenceState::valid;
       }}};
  measure(rows, in_process_rounds);

  std::puts("\nwhole processes, each from start to exit");
  const auto run = [](const std::string& path, const std::vector<std::string>& arguments) {
    return [path, arguments] {
      const auto ended = sys::run_child(path, arguments, {});
      return ended && ended->exit_code == 0;
    };
  };
  std::vector<Row> processes{
      {"openssl cms -verify", run("/usr/bin/openssl", {"cms", "-verify", "-binary", "-inform", "PEM", "-in", licence_path, "-CAfile", root_path, "-no-CApath", "-no-CAstore", "-attime", "1796083200"})},
      {"airlock licence verify", run(program, {"licence", "verify", "--licence", licence_path, "--trust", root_path, "--product", "posthog"})},
      {"openssl version (how long any openssl takes)", run("/usr/bin/openssl", {"version"})}};
  measure(processes, process_rounds);

  const double p99 = std::max(rows[1].at(0.99), rows[2].at(0.99));
  const bool fast = p99 < most_p99_us;
  const bool not_slower = processes[1].at(0.5) <= processes[0].at(0.5);
  std::printf("\np99 of a verdict %s 1 ms; `airlock licence verify` is %.2f times `openssl cms -verify` (p50)\n",
              fast ? "is under" : "is NOT under", processes[1].at(0.5) / processes[0].at(0.5));
  return fast && not_slower ? 0 : 1;
}
