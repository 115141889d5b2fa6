#include "core/csv.hpp"

#include <doctest/doctest.h>

using airlock::core::csv_cell;
using airlock::core::csv_row;

TEST_CASE("a cell is quoted only where a reader of CSV would mistake it") {
  CHECK(csv_cell("sealed") == "sealed");
  CHECK(csv_cell("") == "");
  CHECK(csv_cell("Leeds, UK") == "\"Leeds, UK\"");
  CHECK(csv_cell("say \"no\"") == "\"say \"\"no\"\"\"");
  CHECK(csv_cell("two\nlines") == "\"two\nlines\"");
}

TEST_CASE("a cell that a spreadsheet would run gets an apostrophe, and so does one that begins with it") {
  for (const char* const formula : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'quoted"}) {
    CAPTURE(formula);
    CHECK(csv_cell(formula) == "\"'" + std::string(formula) + "\"");
  }
  CHECK(csv_cell("=HYPERLINK(\"http://x\")") == "\"'=HYPERLINK(\"\"http://x\"\")\"");
  CHECK(csv_cell("a=1") == "a=1");
}

TEST_CASE("a row has a comma between its cells and ends in CRLF, also where cells are empty") {
  CHECK(csv_row({"1", "", "a,b", ""}) == "1,,\"a,b\",\r\n");
  CHECK(csv_row({"", ""}) == ",\r\n");
}
