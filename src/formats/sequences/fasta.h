// SPDX-License-Identifier: Apache-2.0
// FASTA, plain, gzip or bgzip, from a file or standard input ("-").
//
// Accepted: either case, IUPAC codes (read as N, counted), U (read as T, counted), `<mask>` for six unknown bases,
// lines of any length that end in LF, CRLF or CR, empty lines, blanks inside lines, duplicate names, no newline at the
// end, a byte-order mark.
// Refused with Error naming file, line and column: any other letter, an empty file, text before the first '>',
// a record without name or without bases, a name of more than 64 kB, a file that ends inside its compression.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "formats/sequences/sequence_reader.h"

namespace agront::formats {

/// A record with a longer name has lost its line ends.
inline constexpr size_t kMostNameBytes = 1'000'000;

enum class LetterCase {
  kUpper,      ///< bases come in upper case
  kKept,       ///< in the case that they have in the file: soft-masked ones in lower case
  kAsWritten,  ///< letters as they stand in the file, IUPAC codes and U, too; counts() stay 0
};

enum class RecordName {
  kFirstWord,  ///< the text after '>' up to the first blank
  kWholeLine,  ///< all of it, without blanks at its ends
};

/// Throws Error when the file cannot be opened.
std::unique_ptr<SequenceReader> OpenFasta(const std::string& path, LetterCase letter_case = LetterCase::kUpper,
                                          RecordName record_name = RecordName::kFirstWord);

}  // namespace agront::formats
