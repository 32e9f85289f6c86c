// SPDX-License-Identifier: Apache-2.0
// FASTA, plain, gzip or bgzip, from a file or standard input ("-").
//
// Accepted: either case, IUPAC codes (read as N, counted), U (read as T, counted), `<mask>` for six unknown bases,
// lines of any length, CRLF, empty lines, blanks inside lines, duplicate names, no newline at the end.
// Refused with Error naming file, line and column: any other letter, an empty file, text before the first '>',
// a record without name or without bases, a file that ends inside its compression.
#pragma once

#include <memory>
#include <string>

#include "formats/sequences/sequence_reader.h"

namespace agront::formats {

enum class LetterCase {
  kUpper,  ///< bases come in upper case
  kKept,   ///< as they stand in the file: soft-masked ones in lower case
};

enum class RecordName {
  kFirstWord,  ///< the text after '>' up to the first blank
  kWholeLine,  ///< all of it, without blanks at its ends
};

/// Throws Error when the file cannot be opened.
std::unique_ptr<SequenceReader> OpenFasta(const std::string& path, LetterCase letter_case = LetterCase::kUpper,
                                          RecordName record_name = RecordName::kFirstWord);

}  // namespace agront::formats
