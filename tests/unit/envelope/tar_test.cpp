#include "envelope/tar.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "crypto/hash.hpp"
#include "temporary_directory.hpp"

using namespace airlock;
using namespace airlock::envelope;
using core::MemoryBlob;

namespace {

const core::Time noon = *core::Time::from_text("2026-11-01T12:00:00Z");

using NamedFiles = std::vector<std::pair<std::string, std::string>>;

std::string archive_of(const NamedFiles& files) {
  core::StringSink out(1 << 20);
  TarWriter tar(out, noon);
  for (const auto& [name, bytes] : files) REQUIRE(tar.add(name, bytes));
  REQUIRE(tar.finish());
  return out.take();
}

/// How `read_tar` judges an archive.
std::string judged(const std::string& tar, std::size_t max_files = 10) {
  const auto listing = read_tar(MemoryBlob(tar), max_files);
  return listing ? "accepted" : listing.error().message;
}

bool says(const std::string& message, std::string_view part) { return message.find(part) != std::string::npos; }

std::string shell(const test::TemporaryDirectory& dir, const std::string& script) {
  REQUIRE(std::system(("set -e; cd " + dir.path() + "; " + script).c_str()) == 0);
  std::ifstream in(dir / "out", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The archive that GNU tar makes with `arguments`, in a folder with files and links.
std::string gnu_tar(const std::string& arguments) {
  const test::TemporaryDirectory dir;
  return shell(dir,
               "echo one >a; echo two >b; ln -s a link; ln a hard; mkdir d; tar -cf out --mtime=@1793534400 --owner=0 "
               "--group=0 --numeric-owner --mode=644 " +
                   arguments);
}

/// `tar` with the byte at `at`, which is in the header at `header`, changed and the checksum made to fit again.
std::string with_changed_header(std::string tar, std::size_t header, std::size_t at, char byte) {
  tar[at] = byte;
  tar.replace(header + 148, 8, 8, ' ');
  unsigned sum = 0;
  for (std::size_t i = header; i < header + 512; ++i) sum += static_cast<unsigned char>(tar[i]);
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%06o", sum);
  return tar.replace(header + 148, 7, text.data(), 7);
}

/// A sink that is full after `room` bytes.
class FullSink final : public core::Sink {
 public:
  explicit FullSink(std::size_t room) : room_(room) {}
  core::Result<void> write(std::string_view bytes) override {
    if (bytes.size() > room_) return core::fail(core::Code::not_recorded, "full");
    room_ -= bytes.size();
    return {};
  }

 private:
  std::size_t room_;
};

/// A blob that has fewer bytes than it says.
class ShrunkBlob final : public core::Blob {
 public:
  [[nodiscard]] std::uint64_t size() const override { return 1000; }
  [[nodiscard]] core::Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override {
    return MemoryBlob(std::string_view("shrunk")).read_at(offset, into);
  }
};

}  // namespace

TEST_CASE("what was archived is listed in order with its bytes and time") {
  const std::string big(100'000, 'x');
  const std::string tar = archive_of({{"kit.json", "{}"}, {"empty", ""}, {"recipients/1.crt", big}});
  const auto listing = read_tar(MemoryBlob(tar), 3);
  REQUIRE(listing);
  CHECK(listing->time == noon);
  const auto& files = listing->files;
  REQUIRE(files.size() == 3);
  CHECK(files[0].name == "kit.json");
  CHECK(tar.substr(files[0].offset, files[0].size) == "{}");
  CHECK(files[1].size == 0);
  CHECK(tar.substr(files[2].offset, files[2].size) == big);
}

TEST_CASE("an archive is what release 0.1 wrote with libarchive, to the byte") {
  const std::string tar = archive_of({{"kit.json", "{}\n"},
                                      {"empty", ""},
                                      {"recipients/1.crt", std::string(512, 'x')},
                                      {std::string(100, 'n'), std::string(100'000, 'y')}});
  CHECK(crypto::sha256(tar).hex() == "2e8ef223c25547becebc586872b418833cac176be7ad99d60393d884f7357f49");
}

TEST_CASE("GNU tar and Python unpack what was archived: the same names, bytes, modes and times") {
  const NamedFiles files{{"a", "one\n"},
                         {"d/e.txt", std::string(512, 'x')},
                         {"empty", ""},
                         {std::string(100, 'n'), std::string(70'000, 'y')}};
  std::string expected;
  for (const auto& [name, bytes] : files) {
    expected += name + " 644 0 1793534400 " + crypto::sha256(bytes).hex() + "\n";
  }
  const test::TemporaryDirectory dir;
  std::ofstream(dir / "t.tar", std::ios::binary) << archive_of(files);
  CHECK(shell(dir,
              "tar -xf t.tar; tar -tf t.tar | while read -r f; do "
              "echo \"$f $(stat -c '%a 0 %Y' \"$f\") $(sha256sum <\"$f\" | cut -c1-64)\"; done >out") == expected);
  CHECK(shell(dir,
              "python3 -c \"import tarfile, hashlib\nt = tarfile.open('t.tar')\nfor m in t: print(m.name, "
              "'%o' % m.mode, m.uid, m.mtime, hashlib.sha256(t.extractfile(m).read()).hexdigest())\" >out") ==
        expected);
}

TEST_CASE("an archive by another hand than ours is refused, even of plain files alone") {
  const std::string other_hand = "is not in the form that Airlock writes, from byte 0 on";
  CHECK(says(judged(gnu_tar("--format=ustar a b")), other_hand));
  CHECK(says(judged(gnu_tar("--format=gnu a b")), other_hand));
  CHECK(says(judged(gnu_tar("--format=v7 a b")), other_hand));
  CHECK(says(judged(gnu_tar("--format=ustar link")), other_hand));
  CHECK(says(judged(gnu_tar("--format=ustar a hard")), other_hand));
  CHECK(says(judged(gnu_tar("--format=ustar d")), "a name that is not allowed: `d/`"));
  CHECK(says(judged(gnu_tar("--format=pax --pax-option=comment=hello a")), "a name that is not allowed"));
}

TEST_CASE("a header of any other kind of file, an extension header too, is refused") {
  const std::string tar = archive_of({{"a", "hello"}, {"b", "x"}});
  CHECK(judged(with_changed_header(tar, 1024, 1024 + 156, '0')) == "accepted");  // a control
  for (const char kind : std::string_view("\0"
                                          "1234567xgLKSA",
                                          14)) {
    CAPTURE(kind);
    CHECK(says(judged(with_changed_header(tar, 1024, 1024 + 156, kind)), "from byte 1024 on"));
  }
}

TEST_CASE("a name that is not plain, comes twice, or is one too many is refused") {
  for (const std::string name :
       {"/etc/a", "../a", "d/../a", "./a", "d/./a", "d//a", ".a", "d/", "a b", "a\\b", "ä", ""}) {
    CAPTURE(name);
    std::string tar = archive_of({{"0123456789", "x"}});
    tar.replace(0, 10, name + std::string(10 - name.size(), '\0'));
    CHECK(says(judged(tar), "a name that is not allowed"));
    core::StringSink out(4096);
    CHECK_FALSE(TarWriter(out, noon).add(name, "x"));
  }
  CHECK(says(judged(archive_of({{"a", "1"}, {"b", "2"}, {"a", "3"}})), "has the file `a` twice"));
  CHECK(says(judged(archive_of({{"a", "1"}, {"b", "2"}}), 1), "holds more than 1 files"));
}

TEST_CASE("an archive that is cut short, has bytes behind its end, or is none is refused, and nothing crashes") {
  const std::string tar = archive_of({{"a", std::string(1000, 'x')}, {"b", "y"}});
  for (std::size_t size = 0; size < tar.size(); ++size) {
    CAPTURE(size);
    CHECK(judged(tar.substr(0, size)) != "accepted");
  }
  CHECK(says(judged(tar.substr(0, 1000)), "ends within `a`"));
  CHECK(says(judged(tar.substr(0, tar.size() - 512)), "is cut short"));
  CHECK(says(judged(tar + "x"), "from byte 3584 on"));
  CHECK(says(judged(tar + std::string(512, '\0')), "from byte 3584 on"));
  CHECK(says(judged(std::string(10'240, '\0')), "holds no file"));
  CHECK(says(judged("not a tar"), "is cut short"));
}

TEST_CASE("any changed byte outside the files is refused, also where the checksum fits again") {
  const std::string tar = archive_of({{"a", "hello"}, {"b/c", std::string(600, 'x')}, {"empty", ""}});
  const auto is_of_a_file = [](std::size_t at) {
    return (at >= 512 && at < 512 + 5) || (at >= 1536 && at < 1536 + 600);
  };
  for (std::size_t at = 0; at < tar.size(); ++at) {
    CAPTURE(at);
    std::string changed = tar;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CHECK((judged(changed) == "accepted") == is_of_a_file(at));
  }
  std::size_t refused = 0;
  for (std::size_t at = 1024; at < 1536; ++at) {
    const bool is_checksum = at >= 1024 + 148 && at < 1024 + 156;
    const bool is_name_or_size = at < 1024 + 100 || (at >= 1024 + 124 && at < 1024 + 136);
    if (is_checksum || is_name_or_size) continue;
    CAPTURE(at);
    CHECK(judged(with_changed_header(tar, 1024, at, static_cast<char>(tar[at] ^ 1))) != "accepted");
    ++refused;
  }
  CHECK(refused == 512 - 8 - 100 - 12);
}

TEST_CASE("all files have one time") {
  const std::string tar = archive_of({{"a", "1"}, {"b", "2"}});
  const std::size_t last_digit = 136 + 10;
  CHECK(says(judged(with_changed_header(tar, 1024, 1024 + last_digit, '1')), "from byte 1024 on"));
  const std::string both =
      with_changed_header(with_changed_header(tar, 1024, 1024 + last_digit, '1'), 0, last_digit, '1');
  CHECK(read_tar(MemoryBlob(both), 2).value().time == noon + std::chrono::seconds{1});
}

TEST_CASE("the limits of sizes and times") {
  const core::Time latest{(1LL << 33) - 1};
  core::StringSink out(4096);
  CHECK(TarWriter(out, latest).add("a", "1"));
  CHECK(TarWriter(out, core::Time{0}).add("a", "1"));
  CHECK_FALSE(TarWriter(out, latest + std::chrono::seconds{1}).add("a", "1"));
  CHECK_FALSE(TarWriter(out, core::Time{-1}).add("a", "1"));
  CHECK_FALSE(TarWriter(out, noon).add("a", ShrunkBlob()));
}

TEST_CASE("the error of the sink comes back as it is, wherever the sink is full") {
  const std::string bytes(200'000, 'x');
  for (const std::size_t room : std::vector<std::size_t>{0, 600, 70'000, 199'000, 200'600, 201'400}) {
    CAPTURE(room);
    FullSink out(room);
    TarWriter tar(out, noon);
    auto done = tar.add("a", bytes);
    if (done) done = tar.finish();
    REQUIRE_FALSE(done);
    CHECK(done.error().message == "full");
  }
}
