#include "envelope/tar.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "temporary_directory.hpp"

namespace tar_test {

using namespace airlock;
using namespace airlock::envelope;
using core::MemoryBlob;

namespace {

const core::Time noon = *core::Time::from_text("2026-11-01T12:00:00Z");

std::string archive(const std::vector<std::pair<std::string, std::string>>& files) {
  core::StringSink out(1 << 20);
  TarWriter tar(out, noon);
  for (const auto& [name, bytes] : files) REQUIRE(tar.add(name, bytes));
  REQUIRE(tar.finish());
  return out.take();
}

std::string why(const std::string& tar, std::size_t most = 10) {
  const auto entries = read_tar(MemoryBlob(tar), most);
  return entries ? "accepted" : entries.error().message;
}

/// What GNU tar makes of `arguments` in a folder with the files a, b and a link.
std::string gnu_tar(const std::string& arguments) {
  const test::TemporaryDirectory dir;
  const std::string script =
      "cd " + dir.path() + " && echo one >a && echo two >b && head -c 4096 /dev/zero >zeros && ln -s a link && ln a hard && mkdir d && tar -cf t.tar " +
      arguments;
  REQUIRE(std::system(script.c_str()) == 0);
  std::ifstream in(dir / "t.tar", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A sink that is full after `room` bytes.
class Full final : public core::Sink {
 public:
  explicit Full(std::size_t room) : room_(room) {}
  core::Result<void> write(std::string_view bytes) override {
    if (bytes.size() > room_) return core::fail(core::Code::not_recorded, "full");
    room_ -= bytes.size();
    return {};
  }

 private:
  std::size_t room_;
};

}  // namespace

TEST_CASE("what was archived is listed in order with its bytes") {
  const std::string big(100'000, 'x');
  const std::string tar = archive({{"kit.json", "{}"}, {"empty", ""}, {"recipients/1.crt", big}});
  const auto entries = read_tar(MemoryBlob(tar), 3);
  REQUIRE(entries);
  REQUIRE(entries->size() == 3);
  CHECK((*entries)[0].name == "kit.json");
  CHECK(tar.substr((*entries)[0].offset, (*entries)[0].size) == "{}");
  CHECK((*entries)[1].size == 0);
  CHECK(tar.substr((*entries)[2].offset, (*entries)[2].size) == big);
  CHECK(archive({{"a", "1"}}) == archive({{"a", "1"}}));
}

TEST_CASE("GNU tar reads what was archived, and its plain archives are read") {
  const test::TemporaryDirectory dir;
  {
    std::ofstream out(dir / "t.tar", std::ios::binary);
    out << archive({{"a", "one\n"}, {"b", "two\n"}});
  }
  const std::string script = "cd " + dir.path() + " && tar -xf t.tar && test \"$(cat a b)\" = \"one\ntwo\"";
  CHECK(std::system(script.c_str()) == 0);
  CHECK(why(gnu_tar("--format=ustar a b")) == "accepted");
}

TEST_CASE("an archive with anything but plain regular files is refused") {
  CHECK(why(gnu_tar("--format=ustar a link")).find("something other than regular files") != std::string::npos);
  CHECK(why(gnu_tar("--format=ustar a hard")).find("something other than regular files") != std::string::npos);
  CHECK(why(gnu_tar("--format=ustar d")).find("something other than regular files") != std::string::npos);
  CHECK(why(gnu_tar("--format=pax --pax-option=comment=hello a")).find("extension headers") != std::string::npos);
  CHECK(why(gnu_tar("--format=pax --pax-option=comment=hello zeros")).find("extension headers") != std::string::npos);
  CHECK(why(gnu_tar("--format=ustar b && tar --format=ustar -rf t.tar b")).find("twice") != std::string::npos);
  CHECK(why(gnu_tar("--format=ustar ./a")).find("not plain") != std::string::npos);
  CHECK(why(gnu_tar("--format=ustar --transform=s,a,../a, a")).find("not plain") != std::string::npos);
  CHECK(why(gnu_tar("-P --format=ustar --transform=s,a,/etc/a, a")).find("not plain") != std::string::npos);
  CHECK(why(gnu_tar("--format=ustar a b"), 1).find("more than 1 files") != std::string::npos);
}

TEST_CASE("an archive that is cut short, has bytes behind its end, or is none is refused, and nothing crashes") {
  const std::string tar = archive({{"a", std::string(1000, 'x')}, {"b", "y"}});
  for (std::size_t size = 0; size < tar.size(); ++size) {
    CAPTURE(size);
    // All but the last of the zero blocks matter: two of them end an archive.
    CHECK(why(tar.substr(0, size)) != "accepted");
  }
  CHECK(why(tar + std::string(512, '\0')) == "accepted");
  CHECK(why(tar + "x").find("behind its end") != std::string::npos);
  CHECK(why(std::string(10'240, '\0')) != "accepted");
  CHECK(why("not a tar") != "accepted");
}

TEST_CASE("no single changed byte of an archive makes it show other content of the same files unnoticed or crash") {
  const std::string tar = archive({{"a", "hello"}});
  for (std::size_t at = 0; at < tar.size(); ++at) {
    for (const int flip : {1, 0x80}) {
      std::string changed = tar;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      (void)read_tar(MemoryBlob(changed), 10);
    }
  }
}

TEST_CASE("what a signer made is the writer's own archive to the byte: any changed byte outside the files is refused") {
  const auto as_written = [](const std::string& tar, core::Time time) {
    const MemoryBlob blob(tar);
    const auto entries = read_tar(blob, 10);
    return entries && check_as_written(blob, *entries, time);
  };
  const std::string tar = archive({{"a", "hello"}, {"b/c", std::string(600, 'x')}, {"empty", ""}});
  CHECK(as_written(tar, noon));
  CHECK(!as_written(tar, noon + std::chrono::seconds{1}));
  CHECK(!as_written(tar + std::string(512, '\0'), noon));
  CHECK(!as_written(tar.substr(0, tar.size() - 512), noon));
  CHECK(!as_written(gnu_tar("--format=ustar a b"), noon));
  // The header of the second file with another checksum that fits: only the comparison sees the change.
  std::size_t refused = 0;
  for (std::size_t at = 1024; at < 1536; ++at) {
    std::string changed = tar;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    unsigned sum = 0;
    changed.replace(1024 + 148, 8, 8, ' ');
    for (std::size_t i = 1024; i < 1536; ++i) sum += static_cast<unsigned char>(changed[i]);
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "%06o", sum);
    changed.replace(1024 + 148, 6, text.data(), 6);
    changed[1024 + 154] = '\0';
    const bool is_checksum = at >= 1024 + 148 && at < 1024 + 156;
    const bool is_of_the_file = at < 1024 + 100 || (at >= 1024 + 124 && at < 1024 + 136);  // its name and its size
    if (is_checksum || is_of_the_file) continue;
    CAPTURE(at);
    CHECK(!as_written(changed, noon));
    ++refused;
  }
  CHECK(refused == 512 - 8 - 100 - 12);
  std::string padded = tar;
  padded[512 + 6] = 'x';
  CHECK(!as_written(padded, noon));
}

TEST_CASE("the error of the sink comes back as it is, wherever the sink is full") {
  const std::string bytes(200'000, 'x');
  for (const std::size_t room : std::vector<std::size_t>{0, 600, 70'000, 199'000}) {
    Full out(room);
    TarWriter tar(out, noon);
    auto done = tar.add("a", bytes);
    if (done) done = tar.finish();
    REQUIRE_FALSE(done);
    CHECK(done.error().message == "full");
  }
}

}  // namespace tar_test
