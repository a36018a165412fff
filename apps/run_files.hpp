#pragma once

namespace flwr {

// The files in a run's folder: the server writes them, the tool box reads them.
inline constexpr auto journal_name = "journal.sqlite";
inline constexpr auto history_json_name = "history.json";
inline constexpr auto history_csv_name = "history.csv";

} // namespace flwr
