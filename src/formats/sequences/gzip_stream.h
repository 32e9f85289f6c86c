// SPDX-License-Identifier: Apache-2.0
// Plain gzip as a stream, with zlib: htslib's reader takes the zeros that tapes and disk blocks leave behind the end
// for damage.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

struct hFILE;

namespace agront::formats {

class GzipStream {
 public:
  /// `file` stands at the first member, and must outlive this; `name` is for messages.
  GzipStream(hFILE* file, std::string name);
  ~GzipStream();
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  /// Fills the buffer as far as the members go; 0 at the end. Throws Error for damage, for a file that ends inside a
  /// member, and for anything but zeros behind the last one.
  size_t Read(std::span<char> buffer);

  bool has_padding() const { return has_padding_; }

  /// Whether nothing was in the last member, as bgzip ends its files.
  bool last_is_empty() const { return stream_.total_out == 0; }

 private:
  bool Refill();
  void FinishMember();

  hFILE* file_;
  std::string name_;
  std::vector<unsigned char> input_;
  z_stream stream_{};
  bool is_at_end_ = false;
  bool has_padding_ = false;
};

}  // namespace agront::formats
