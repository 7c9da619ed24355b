// The one table. A row is a measurement, the limit measured in the same run, their ratio, and what was aimed at.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace gatehouse::bench {

enum class Met { kYes, kNo, kNoAim };

struct Row {
  std::string name;
  std::string measured;
  std::string limit;
  std::string ratio;
  std::string aim;
  Met met = Met::kNoAim;
  std::string remark{};
};

class Report {
 public:
  // Shown on stderr at once, in the table at the end.
  void add(Row row);
  void machine(std::string what, std::string value);  // a limit of the machine
  void note(std::string sentence);

  [[nodiscard]] std::string table() const;  // for a terminal
  [[nodiscard]] std::string markdown(const std::string& setting) const;

 private:
  std::vector<Row> rows_;
  std::vector<std::pair<std::string, std::string>> machine_;
  std::vector<std::string> notes_;
};

inline Met met(bool reached) { return reached ? Met::kYes : Met::kNo; }

}  // namespace gatehouse::bench
