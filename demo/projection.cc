// SPDX-License-Identifier: Apache-2.0
#include "projection.h"

#include <Eigen/Dense>

namespace agront::demo {

Projection PrincipalComponents(const Values& rows) {
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::MatrixXd centred = Eigen::Map<const Rows>(rows.data.data(), rows.rows, rows.cols).cast<double>();
  centred.rowwise() -= centred.colwise().mean().eval();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(centred.transpose() * centred);
  const Eigen::VectorXd& variances = solver.eigenvalues();  // rising
  Projection projection;
  for (int axis = 0; axis < 2; ++axis) projection.explained[axis] = variances[rows.cols - 1 - axis] / variances.sum();
  const Eigen::MatrixXd axes = solver.eigenvectors().rightCols(2);
  const Eigen::MatrixXd points = centred * axes;
  for (int64_t i = 0; i < rows.rows; ++i) projection.points.push_back({points(i, 1), points(i, 0)});
  return projection;
}

}  // namespace agront::demo
