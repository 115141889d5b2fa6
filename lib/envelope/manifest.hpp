#pragma once
/// \file
/// The manifest: the bundle's table of contents and its place in the site's history (docs/formats/bundle.md). It is
/// part of the signed content, and its `bundle_id` is the bundle's identity.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.hpp"
#include "core/members.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace airlock::envelope {

using core::Result;
using core::Time;

inline constexpr std::uint64_t manifest_bytes_limit = 4096ULL * 1024;
/// Longest note, in bytes.
inline constexpr std::size_t note_limit = 4096;

/// The first and the last UTC day that the report is about, as far as the decision discloses them.
struct Period {
  std::optional<std::string> start;
  std::optional<std::string> end;
  bool operator==(const Period&) const = default;
};

/// The maximum number of reports listed in `passed_over`. More are only counted, so that the manifest stays within its
/// limit.
inline constexpr std::size_t passed_over_limit = 4000;

/// A report since the last disclosure that was not disclosed.
struct PassedOverReport {
  std::uint64_t number = 0;
  std::string kind;  ///< the newest fact about it: `withheld`, `held`, `refused`, …
  Period period;
  bool operator==(const PassedOverReport&) const = default;
};

/// A disclosure number since the last bundle under which nothing will arrive.
struct Void {
  std::uint64_t disclosure = 0;
  std::string kind;  ///< `abandoned`, `payload_lost`, `withdrawn`
  bool operator==(const Void&) const = default;
};

/// The disclosure before this one that was not taken back.
struct Previous {
  std::string id;
  std::string content_sha256;
  bool operator==(const Previous&) const = default;
};

/// A document that took part in the decision.
struct DocumentRecord {
  std::string name;
  std::string version;  ///< empty for dictionaries
  std::string sha256;
  bool operator==(const DocumentRecord&) const = default;
};

/// The decision under which a report was disclosed.
struct DecisionRecord {
  std::string disposition;
  std::vector<std::string> profiles;
  std::vector<std::string> rules;
  DocumentRecord policy;
  DocumentRecord dictionary;
  bool operator==(const DecisionRecord&) const = default;
};

/// How often one action was taken at one declared path.
struct RedactionCount {
  std::string path;    ///< declared
  std::string what;    ///< `value`, `key`, `undeclared`, `ill_typed`, `twin`, `collision`
  std::string action;  ///< `drop`, `mask`, …
  std::uint64_t count = 0;
  bool operator==(const RedactionCount&) const = default;
};

/// A file of the bundle.
struct FileRecord {
  std::string name;
  std::uint64_t size = 0;
  std::string sha256;
  bool operator==(const FileRecord&) const = default;
};

/// What the ledger's entry says about a disclosure and the manifest repeats. A site takes it from the entry
/// (`recorded_in`), and `open_bundle` compares manifest and entry.
struct DisclosureRecord {
  std::uint64_t number = 0;
  std::string bundle_id;
  std::uint64_t disclosure = 0;
  std::string event;
  Period period;
  std::string note;            ///< may be empty
  std::string licence_serial;  ///< empty if there is no licence
  std::string licence_state;
  std::string tier;  ///< empty if there is none
  DecisionRecord decision;
  bool operator==(const DisclosureRecord&) const = default;
};

/// The version of a manifest whose bundle has `approvals.p7s`.
inline constexpr int version_with_approvals = 3;

struct Manifest : DisclosureRecord {
  /// Version of the format. Version 1 is that of release 0.1, whose ledger entries do not have the manifest's digest.
  /// Version 2 and `version_with_approvals` have the same members.
  int version = 2;
  std::string site_id;
  std::string ledger_key;  ///< verifier key of the ledger's checkpoints: `airlock/<site id>+…+…`
  std::optional<Previous> previous;
  std::vector<PassedOverReport> passed_over;  ///< the newest `passed_over_limit` of them
  std::uint64_t passed_over_before = 0;       ///< how many older ones are not listed
  std::vector<Void> voids;
  Time created;
  std::vector<std::string> recipients;
  std::vector<RedactionCount> redactions;
  std::vector<FileRecord> files;  ///< every file of the bundle except the manifest, in order
  bool operator==(const Manifest&) const = default;
};

/// The exact text of `manifest.json`: one line with `files` last. For version 1 the indented text of release 0.1.
[[nodiscard]] std::string to_document(const Manifest& manifest);
/// Reads `manifest.json`. Error: bad_input naming the JSON path.
[[nodiscard]] Result<Manifest> parse_manifest(std::string_view text);

/// Reads members that manifest and entry have alike. For this module's own files.
void read_licence(core::Members& in, DisclosureRecord& out);
[[nodiscard]] DocumentRecord document_from(core::Members& in, std::string_view member,
                                           core::Members::Unknown unknown = core::Members::Unknown::refused);

/// SHA-256 of a manifest's text of version 2 without the member `files`. The ledger's entry contains it. The entry is
/// made before some of the files exist, the proofs that the entry is in the ledger.
[[nodiscard]] core::Digest digest_without_files(std::string_view document);

}  // namespace airlock::envelope
