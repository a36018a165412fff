#include "actors/fl/exact_sum.hpp"

#include "actors/fl/element_types.hpp"
#include "actors/fl/layouts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace flwr {
namespace {

// Added to a double below 2^51 it leaves the nearest integer (ties to even) in the low bits.
constexpr double shift = 0x1.8p52;
constexpr auto shift_bits = std::bit_cast<int64_t>(shift);

constexpr int rest_bits = 50;

// One addition to rest_ is at most 2^49, so 2^12 and what a carry leaves stay far below 2^63, and
// so do two of these merged.
constexpr uint64_t additions_limit = 1 << 12;

bool is_finite(dtype type, double magnitude) {
  return magnitude < (type == dtype::f16 ? 65536.0 : std::numeric_limits<double>::infinity());
}

template <class Element>
bool allowed(typename Element::word word) {
  if constexpr (summed_element<Element>)
    return (word & Element::magnitude) <= Element::limit;
  else if constexpr (std::same_as<Element, boolean_element>)
    return word <= 1;
  else
    return true;
}

// The sign bit of limit - magnitude says that a value is refused; without a branch in the loop.
template <class Element>
bool all_allowed(const uint8_t* data, size_t count) {
  using word = typename Element::word;
  if constexpr (!summed_element<Element>) {
    for (size_t i = 0; i < count; ++i)
      if (!allowed<Element>(load<word>(data, i)))
        return false;
    return true;
  } else {
    word signs = 0;
    for (size_t i = 0; i < count; ++i)
      signs |= static_cast<word>(Element::limit - (load<word>(data, i) & Element::magnitude));
    return (signs & ~Element::magnitude & word(-1)) == 0;
  }
}

// weight * value is exact in double; so are the subtraction and the scaling that follow.
template <class Element>
void fold(const uint8_t* data, size_t count, double weight, int64_t* __restrict whole,
          int64_t* __restrict rest) {
  for (size_t i = 0; i < count; ++i) {
    double value = Element::value(load<typename Element::word>(data, i));
    double product = weight * value;
    double nearest = product + shift;
    double left = (product - (nearest - shift)) * 0x1p50 + shift;
    whole[i] += std::bit_cast<int64_t>(nearest) - shift_bits;
    rest[i] += std::bit_cast<int64_t>(left) - shift_bits;
  }
}

template <class Word>
void keep_greatest(const uint8_t* data, size_t count, uint8_t* greatest) {
  for (size_t i = 0; i < count; ++i)
    store(greatest, i, std::max(load<Word>(greatest, i), load<Word>(data, i)));
}

template <class Element>
size_t count_of(const tensor_info& tensor) {
  return tensor.size_bytes / sizeof(typename Element::word);
}

template <class Element>
caf::error refusal(const tensor_info& tensor, const uint8_t* data) {
  using word = typename Element::word;
  size_t i = 0;
  while (allowed<Element>(load<word>(data, i)))
    ++i;
  auto where = name_of(tensor) + ", element " + std::to_string(i) + ": ";
  if constexpr (summed_element<Element>) {
    double magnitude = std::abs(double{Element::value(load<word>(data, i))});
    if (is_finite(tensor.type, magnitude))
      return make_error(ec::corrupt, where + "magnitude above 2^20");
    return make_error(ec::corrupt, where + "not finite");
  }
  return make_error(ec::corrupt, where + "not a boolean (0 or 1)");
}

expected<void> check_total(uint64_t total, uint64_t more) {
  if (more <= max_total_examples - total)
    return caf::unit;
  return make_error(ec::rejected, "the examples of all updates pass 2^42");
}

} // namespace

exact_sum::exact_sum(layout_ptr layout, int64_t max_examples)
  : layout_{std::move(layout)}, max_examples_{std::min(max_examples, max_examples_limit)} {
  if (!can_average(*layout_))
    return;
  size_t elements = 0;
  for (const auto& tensor : layout_->tensors)
    visit_element(tensor.type, [&]<class Element>(Element) {
      auto count = count_of<Element>(tensor);
      if constexpr (summed_element<Element>) {
        starts_.push_back(std::exchange(elements, elements + count));
      } else {
        using word = typename Element::word;
        starts_.push_back(greatest_.size());
        greatest_.resize(greatest_.size() + tensor.size_bytes);
        for (size_t i = 0; i < count; ++i)
          store(greatest_.data() + starts_.back(), i, std::numeric_limits<word>::lowest());
      }
    });
  whole_.resize(elements);
  rest_.resize(elements);
}

expected<void> exact_sum::check(const parameters& model) const {
  if (auto ok = can_average(*layout_); !ok)
    return ok;
  if (auto ok = same_layout(*layout_, *model.layout); !ok)
    return ok;
  if (model.file->size() != layout_->file_bytes)
    return make_error(ec::corrupt, "the model has " + std::to_string(model.file->size())
                                     + " bytes; its layout says "
                                     + std::to_string(layout_->file_bytes));
  for (const auto& tensor : layout_->tensors) {
    auto data = model.file->data() + tensor.offset_bytes;
    caf::error wrong;
    visit_element(tensor.type, [&]<class Element>(Element) {
      if (!all_allowed<Element>(data, count_of<Element>(tensor)))
        wrong = refusal<Element>(tensor, data);
    });
    if (wrong)
      return wrong;
  }
  return caf::unit;
}

expected<void> exact_sum::add(const parameters& model, int64_t num_examples) {
  if (num_examples < 1 || num_examples > max_examples_)
    return make_error(ec::rejected, "num_examples is " + std::to_string(num_examples)
                                      + "; allowed are 1 .. " + std::to_string(max_examples_));
  auto examples = static_cast<uint64_t>(num_examples);
  if (auto ok = check_total(total_examples_, examples); !ok)
    return ok;
  if (auto ok = check(model); !ok)
    return ok;
  for (size_t t = 0; t < starts_.size(); ++t)
    visit_element(layout_->tensors[t].type, [&]<class Element>(Element) {
      auto data = model.file->data() + layout_->tensors[t].offset_bytes;
      auto count = count_of<Element>(layout_->tensors[t]);
      if constexpr (summed_element<Element>)
        fold<Element>(data, count, static_cast<double>(num_examples), whole_.data() + starts_[t],
                      rest_.data() + starts_[t]);
      else
        keep_greatest<typename Element::word>(data, count, greatest_.data() + starts_[t]);
    });
  note(examples, 1, 1);
  return caf::unit;
}

expected<void> exact_sum::merge(const exact_sum& other) {
  if (auto ok = same_layout(*layout_, *other.layout_); !ok)
    return ok;
  if (auto ok = check_total(total_examples_, other.total_examples_); !ok)
    return ok;
  for (size_t i = 0; i < whole_.size(); ++i) {
    whole_[i] += other.whole_[i];
    rest_[i] += other.rest_[i];
  }
  for (size_t t = 0; t < starts_.size(); ++t)
    visit_element(layout_->tensors[t].type, [&]<class Element>(Element) {
      if constexpr (!summed_element<Element>)
        keep_greatest<typename Element::word>(other.greatest_.data() + starts_[t],
                                              count_of<Element>(layout_->tensors[t]),
                                              greatest_.data() + starts_[t]);
    });
  note(other.total_examples_, other.updates_, other.additions_ + 2);
  return caf::unit;
}

void exact_sum::note(uint64_t examples, uint64_t updates, uint64_t additions) {
  total_examples_ += examples;
  updates_ += updates;
  additions_ += additions;
  if (additions_ >= additions_limit)
    carry();
}

void exact_sum::carry() {
  for (size_t i = 0; i < rest_.size(); ++i) {
    whole_[i] += rest_[i] >> rest_bits;
    rest_[i] &= (int64_t{1} << rest_bits) - 1;
  }
  additions_ = 0;
}

expected<parameters_ptr> exact_sum::finish() const {
  if (updates_ == 0)
    return make_error(ec::rejected, "no update to average");
  bytes file(layout_->file_bytes);
  std::ranges::copy(layout_->header, file.begin());
  for (size_t t = 0; t < starts_.size(); ++t)
    visit_element(layout_->tensors[t].type, [&]<class Element>(Element) {
      auto data = file.data() + layout_->tensors[t].offset_bytes;
      if constexpr (summed_element<Element>)
        for (size_t i = 0; i < count_of<Element>(layout_->tensors[t]); ++i) {
          auto at = starts_[t] + i;
          auto sum = wide_int{whole_[at]} * (wide_int{1} << rest_bits) + rest_[at];
          auto word = round_ratio(sum, total_examples_, Element::format);
          store(data, i, static_cast<typename Element::word>(word));
        }
      else
        std::copy_n(greatest_.data() + starts_[t], layout_->tensors[t].size_bytes, data);
    });
  auto blob = std::make_shared<const bytes>(std::move(file));
  return std::make_shared<const parameters>(parameters{layout_, std::move(blob)});
}

} // namespace flwr
