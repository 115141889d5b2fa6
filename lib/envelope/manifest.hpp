#pragma once
/// \file
/// The manifest: the bundle's table of contents and its place in the site's history (docs/formats/bundle.md). It is
/// inside what is signed, and its ids are the bundle's identity.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace airlock::envelope {

using core::Result;
using core::Time;

inline constexpr std::uint64_t manifest_bytes_limit = 1024 * 1024;
/// Longest note, in bytes.
inline constexpr std::size_t note_limit = 4096;

/// UTC days as the bundle's decision discloses them; nothing where it does not.
struct Period {
  std::optional<std::string> start;
  std::optional<std::string> end;
  bool operator==(const Period&) const = default;
};

/// More reports than this between two disclosures are only counted, so that the manifest keeps its limit.
inline constexpr std::size_t passed_over_limit = 4000;

/// A report since the last disclosure that was not disclosed itself.
struct PassedOver {
  std::uint64_t number = 0;
  std::string kind;  ///< its newest fact: `withheld`, `held`, `refused`, …
  Period period;
  bool operator==(const PassedOver&) const = default;
};

/// A disclosure number since the last bundle under which nothing arrives.
struct Void {
  std::uint64_t disclosure = 0;
  std::string kind;  ///< `abandoned`, `payload_lost`, `withdrawn`
  bool operator==(const Void&) const = default;
};

struct Previous {
  std::string id;
  std::string content_sha256;
  bool operator==(const Previous&) const = default;
};

/// A document that took part in the decision.
struct Document {
  std::string name;
  std::string version;  ///< empty for dictionaries
  std::string sha256;
  bool operator==(const Document&) const = default;
};

struct DecisionRecord {
  std::string disposition;
  std::vector<std::string> profiles;
  std::vector<std::string> rules;
  Document policy;
  Document dictionary;
  bool operator==(const DecisionRecord&) const = default;
};

struct RedactionCount {
  std::string path;    ///< declared
  std::string what;    ///< `value`, `key`, `undeclared`, `ill_typed`, `twin`, `collision`
  std::string action;  ///< `drop`, `mask`, …
  std::uint64_t count = 0;
  bool operator==(const RedactionCount&) const = default;
};

struct FileRecord {
  std::string name;
  std::uint64_t size = 0;
  std::string sha256;
  bool operator==(const FileRecord&) const = default;
};

/// What the ledger's entry says of a disclosure and the manifest repeats. A site builds it from the entry
/// (`recorded_in`), and whoever opens a bundle compares the two.
struct Recorded {
  std::uint64_t number = 0;
  std::string bundle_id;
  std::uint64_t disclosure = 0;
  std::string event;
  Period period;
  std::string note;            ///< may be empty
  std::string licence_serial;  ///< empty where there is no licence
  std::string licence_state;
  std::string tier;  ///< empty where there is none
  DecisionRecord decision;
  bool operator==(const Recorded&) const = default;
};

struct Manifest : Recorded {
  /// Of the document's format. Version 1 is that of release 0.1, whose ledger entries do not have its digest.
  int version = 2;
  std::string site_id;
  std::string ledger_key;  ///< verifier key of the ledger's checkpoints: `airlock/<site id>+…+…`
  std::optional<Previous> previous;
  std::vector<PassedOver> passed_over;   ///< the newest `passed_over_limit` of them
  std::uint64_t passed_over_before = 0;  ///< how many older ones are not listed
  std::vector<Void> voids;
  Time created;
  std::vector<std::string> recipients;
  std::vector<RedactionCount> redactions;
  std::vector<FileRecord> files;  ///< every file of the bundle but the manifest, in order
  bool operator==(const Manifest&) const = default;
};

/// The exact text: one line with `files` last; of version 1 the indented text of release 0.1.
[[nodiscard]] std::string to_document(const Manifest& manifest);
/// Error: bad_input naming the JSON path.
[[nodiscard]] Result<Manifest> parse_manifest(std::string_view text);

/// SHA-256 of a document of version 2 without its member `files`: the ledger's entry has it before the report is
/// disclosed, when the proofs among the files do not exist yet.
[[nodiscard]] core::Digest digest_without_files(std::string_view document);

}  // namespace airlock::envelope
