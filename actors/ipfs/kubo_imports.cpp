#include "actors/ipfs/kubo_imports.hpp"

#include "actors/ipfs/kubo_answers.hpp"

namespace flwr::kubo {

expected<import_request> import_in(const http_request& request) {
  auto wishes = import_wishes_in(request.query);
  if (!wishes)
    return wishes.error();
  auto part = part_alone_in(request);
  if (!part)
    return part.error();
  auto car = read_car(part->data, max_blocks_at_once);
  if (!car)
    return car.error();
  auto whole = wishes->pin_roots ? whole_dag_in(*car) : std::nullopt;
  return import_request{*wishes, std::make_shared<const received_car>(
                                   received_car{request.body, std::move(*car), std::move(whole)})};
}

dag_wish wish_of(const import_wishes& wishes, bool pins_last) {
  if (!wishes.pin_roots)
    return dag_wish::nothing;
  return pins_last ? dag_wish::hold : dag_wish::check;
}

bool is_about_the_dag(const caf::error& why) {
  auto code = code_of(why);
  return code == ec::missing || code == ec::corrupt || code == ec::rejected;
}

http_response import_answer(const import_request& what, const caf::error& not_pinned) {
  auto& car = what.car->car;
  import_report report;
  if (what.wishes.pin_roots)
    report.root = car.root;
  if (not_pinned)
    report.pin_error = render(not_pinned);
  if (what.wishes.count)
    report.blocks = car.sections.size();
  for (auto& section : car.sections)
    report.block_bytes += section.block.size();
  return imported(report);
}

} // namespace flwr::kubo
