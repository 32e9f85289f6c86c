// SPDX-License-Identifier: Apache-2.0
#include <agront/error.h>
#include <agront/tokenizer.h>

int main() try {
  agront::Encode("ACGTE");
  return 1;
} catch (const agront::Error&) {
  return agront::Encode("ATTCCG").ids.size() == 2 ? 0 : 1;
}
