#include "actors/ml/image_files.hpp"

#include "tests/apps/scratch_directory.hpp"

#include <catch2/catch.hpp>
#include <zlib.h>

using namespace flwr;
using Catch::Matchers::Contains;
using test::scratch_directory;

namespace {

std::string record(uint8_t label, uint8_t pixel) {
  return std::string(1, static_cast<char>(label)) + std::string(3072, static_cast<char>(pixel));
}

void write_cifar(const scratch_directory& place, const std::string& folder) {
  for (char batch = '1'; batch <= '5'; ++batch)
    place.write(folder + "data_batch_" + batch + ".bin",
                record(static_cast<uint8_t>(batch - '0'), 7));
  place.write(folder + "test_batch.bin", record(0, 8) + record(9, 9));
}

std::string gzipped(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

bytes as_bytes(const std::string& text) { return {text.begin(), text.end()}; }

std::string idx(const std::vector<uint32_t>& shape, const std::string& values) {
  std::string file{0, 0, 8, static_cast<char>(shape.size())};
  for (auto size : shape)
    for (int shift = 24; shift >= 0; shift -= 8)
      file += static_cast<char>(size >> shift & 0xff);
  return file + values;
}

const auto two_images = idx({2, 1, 3}, "abcdef");

void write_mnist(const scratch_directory& place) {
  place.write("train-images-idx3-ubyte.gz", gzipped(two_images));
  place.write("train-labels-idx1-ubyte.gz", gzipped(idx({2}, {4, 9})));
  place.write("t10k-images-idx3-ubyte", idx({1, 1, 3}, "xyz"));
  place.write("t10k-labels-idx1-ubyte", idx({1}, {3}));
}

template <class T>
std::string words_of(const expected<T>& result, ec code) {
  REQUIRE(!result);
  CHECK(result.error() == code);
  return render(result.error());
}

} // namespace

TEST_CASE("CIFAR-10's batches are read in order, in the directory or its folder") {
  auto folder = GENERATE("", "cifar-10-batches-bin/");
  scratch_directory place;
  write_cifar(place, folder);
  auto data = read_cifar10(place.path());
  REQUIRE(data);
  CHECK(data->shape == std::vector<uint64_t>{3, 32, 32});
  CHECK(data->train.labels == std::vector<uint8_t>{1, 2, 3, 4, 5});
  CHECK(data->test.labels == std::vector<uint8_t>{0, 9});
  CHECK(data->test.pixels.size() == 2 * 3072);
  CHECK(data->test.pixels[3072] == 9);
}

TEST_CASE("a CIFAR-10 file of another length is refused") {
  scratch_directory place;
  write_cifar(place, "");
  auto contents = GENERATE(std::string{}, record(1, 1).substr(1), record(1, 1) + "x");
  place.write("data_batch_3.bin", contents);
  auto words = words_of(read_cifar10(place.path()), ec::corrupt);
  CHECK_THAT(words, Contains("data_batch_3.bin") && Contains("3073"));
}

TEST_CASE("a CIFAR-10 label out of range is refused with its record") {
  scratch_directory place;
  write_cifar(place, "");
  place.write("test_batch.bin", record(9, 0) + record(10, 0));
  auto words = words_of(read_cifar10(place.path()), ec::corrupt);
  CHECK_THAT(words, Contains("record 1 (byte 3073) has label 10"));
}

TEST_CASE("a missing CIFAR-10 directory or batch is named, with what to do") {
  scratch_directory place;
  auto words = words_of(read_cifar10(place.path() / "nowhere"), ec::missing);
  CHECK_THAT(words, Contains("nowhere is no directory") && Contains("cifar10:DIR"));
  CHECK_THAT(words_of(read_cifar10(place.path()), ec::missing), Contains("has no test_batch.bin"));
  write_cifar(place, "");
  std::filesystem::remove(place.path() / "data_batch_4.bin");
  CHECK_THAT(words_of(read_cifar10(place.path()), ec::missing), Contains("data_batch_4.bin"));
}

TEST_CASE("MNIST's files are read plain or gzipped") {
  scratch_directory place;
  write_mnist(place);
  auto data = read_mnist("mnist", place.path());
  REQUIRE(data);
  CHECK(data->name == "mnist");
  CHECK(data->shape == std::vector<uint64_t>{1, 1, 3});
  CHECK(data->train.pixels == as_bytes("abcdef"));
  CHECK(data->train.labels == std::vector<uint8_t>{4, 9});
  CHECK(data->test.pixels == as_bytes("xyz"));
}

TEST_CASE("MNIST files that don't belong together, or have a label out of range, are refused") {
  scratch_directory place;
  write_mnist(place);
  SECTION("another number of labels") {
    place.write("t10k-labels-idx1-ubyte", idx({2}, {3, 3}));
    CHECK_THAT(words_of(read_mnist("mnist", place.path()), ec::corrupt),
               Contains("1 images but 2 labels"));
  }
  SECTION("a label of 10") {
    place.write("t10k-labels-idx1-ubyte", idx({1}, {10}));
    CHECK_THAT(words_of(read_mnist("mnist", place.path()), ec::corrupt),
               Contains("t10k-labels-idx1-ubyte: record 0 has label 10"));
  }
  SECTION("images of another size") {
    place.write("t10k-images-idx3-ubyte", idx({1, 1, 2}, "xy"));
    CHECK_THAT(words_of(read_mnist("mnist", place.path()), ec::corrupt),
               Contains("differ in size"));
  }
  SECTION("a file is missing") {
    std::filesystem::remove(place.path() / "train-labels-idx1-ubyte.gz");
    CHECK_THAT(words_of(read_mnist("mnist", place.path()), ec::missing),
               Contains("train-labels-idx1-ubyte.gz"));
  }
}

TEST_CASE("a missing directory of Fashion-MNIST comes with the package that has it") {
  scratch_directory place;
  auto words = words_of(read_mnist("fashion-mnist", place.path() / "nowhere"), ec::missing);
  CHECK_THAT(words, Contains("nowhere") && Contains("apt install dataset-fashion-mnist"));
}

TEST_CASE("an IDX file that breaks its format is refused with the place") {
  auto [file, words] = GENERATE(table<std::string, std::string>({
    {two_images.substr(0, 15), "15 bytes are too few"},
    {"\1" + two_images.substr(1), "starts with bytes 1 0 8 3"},
    {idx({2}, "ab") + std::string(20, 'x'), "starts with bytes 0 0 8 1"},
    {idx({2, 0, 3}, ""), "dimension 1 (byte 8) is 0"},
    {idx({1u << 31, 1u << 31, 1u << 31}, ""), "dimension 2 (byte 12) is 2147483648"},
    {two_images + "g", "promises 6 bytes of data, but 7"},
    {two_images.substr(0, 20), "promises 6 bytes of data, but 4"},
  }));
  auto message = words_of(parse_idx(as_bytes(file), 3, "some.idx"), ec::corrupt);
  CHECK_THAT(message, Contains(words) && Contains("some.idx"));
}

TEST_CASE("gunzip gives back what was packed") {
  std::string text(3'000'000, 'a');
  text += "end";
  auto unpacked = gunzip(as_bytes(gzipped(text)), "name");
  REQUIRE(unpacked);
  CHECK(*unpacked == as_bytes(text));
}

TEST_CASE("damaged gzip data is refused with the place") {
  auto whole = gzipped("some text that is long enough to be packed");
  auto damaged = whole;
  damaged[damaged.size() - 6] ^= 1; // In the checksum.
  auto [packed, words] = GENERATE_COPY(table<std::string, std::string>({
    {"", "ends after 0 bytes"},
    {"plain text", "incorrect header check"},
    {whole.substr(0, whole.size() - 1), "ends after"},
    {damaged, "damaged before byte"},
    {whole + "x", "other bytes follow"},
  }));
  CHECK_THAT(words_of(gunzip(as_bytes(packed), "some.gz"), ec::corrupt),
             Contains("some.gz") && Contains(words));
}

TEST_CASE("every cut of a gzip file is noticed") {
  auto whole = gzipped("some text that is long enough to be packed");
  for (size_t length = 0; length < whole.size(); ++length)
    CHECK(!gunzip(as_bytes(whole.substr(0, length)), "cut"));
}
