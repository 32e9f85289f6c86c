# SPDX-License-Identifier: Apache-2.0
# Reads tables with read.delim and no more arguments, and compares them with what is expected.
#
#     Rscript read_tables.R EXPECTED.tsv
#
# EXPECTED.tsv has a row for each column of each table: file, column (as in its header), kind (number or text), rows (of the
# table), missing (NA in the column), and total: the sum of its numbers, or the bytes of its texts. Prints a line for each
# difference and one with the counts; ends with status 1 when there was a difference.

files <- commandArgs(trailingOnly = TRUE)
expected <- read.delim(files[1], colClasses = c(column = "character"))
differences <- 0
differ <- function(file, column, what, got, want) {
  cat(sprintf("%s: %s: expected %s %s, got %s\n", file, column, what, want, got))
  differences <<- differences + 1
}

for (file in unique(expected$file)) {
  columns <- expected[expected$file == file, ]
  table <- read.delim(file)
  names <- make.names(columns$column, unique = TRUE)
  if (!identical(names(table), names)) {
    differ(file, "header", "columns", paste(names(table), collapse = " "), paste(names, collapse = " "))
    next
  }
  if (nrow(table) != columns$rows[1]) differ(file, "table", "rows", nrow(table), columns$rows[1])
  for (i in seq_along(names)) {
    values <- table[[i]]
    missing <- sum(is.na(values))
    if (missing != columns$missing[i]) differ(file, names[i], "missing values", missing, columns$missing[i])
    is_number <- columns$kind[i] == "number"
    if (is_number && missing < length(values) && !is.numeric(values))
      differ(file, names[i], "a column that is", class(values), "numeric")
    known <- values[!is.na(values)]
    total <- if (is_number) sum(as.numeric(known)) else sum(nchar(as.character(known), type = "bytes"))
    if (abs(total - columns$total[i]) > 1e-6 * max(1, abs(columns$total[i])))
      differ(file, names[i], "a total of", total, columns$total[i])
  }
}
cat(sprintf("%d tables, %d columns, %d differences\n", length(unique(expected$file)), nrow(expected), differences))
quit(status = if (differences > 0) 1 else 0)
