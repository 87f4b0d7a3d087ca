// SPDX-License-Identifier: Apache-2.0
#include "io/raster/gdal_error.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <mutex>

namespace ecocube {

void keep_gdal_error(GdalErrors& errors, int level, const char* text) {
  if (level < CE_Failure || !errors.first_.empty()) return;
  errors.first_ = text;
  errors.first_errno_ = errno;
}

namespace {

void CPL_STDCALL handle(CPLErr level, CPLErrorNum number, const char* text) {
  if (number == CPLE_OutOfMemory) errno = ENOMEM;
  keep_gdal_error(*static_cast<GdalErrors*>(CPLGetErrorHandlerUserData()), static_cast<int>(level), text);
}

}  // namespace

void prepare_gdal() {
  static std::once_flag once;
  std::call_once(once, [] {
    CPLSetConfigOption("GDAL_PAM_ENABLED", "NO");
    CPLSetConfigOption("GDAL_DISABLE_READDIR_ON_OPEN", "EMPTY_DIR");
    CPLSetConfigOption("OGR_CT_FORCE_TRADITIONAL_GIS_ORDER", "NO");
    CPLSetErrorHandler(CPLQuietErrorHandler);
    GDALAllRegister();
  });
}

void set_gdal_cache(std::size_t bytes) {
  prepare_gdal();
  GDALSetCacheMax64(static_cast<GIntBig>(bytes));
}

GdalErrors::GdalErrors() {
  prepare_gdal();
  errno = 0;
  CPLErrorReset();
  CPLPushErrorHandlerEx(handle, this);
}

GdalErrors::~GdalErrors() {
  CPLPopErrorHandler();
}

std::string GdalErrors::text(const std::string& otherwise) const {
  return first_.empty() ? otherwise : first_;
}

Blame GdalErrors::blame() const {
  static constexpr int kMachine[] = {ENOSPC, EDQUOT, EACCES, EROFS, EIO, EMFILE, ENFILE, ENOMEM};
  static constexpr const char* kTexts[] = {"No space left", "Permission denied", "Too many open files",
                                           "Cannot allocate memory", "CURL error: "};
  const bool said_no = std::find(std::begin(kMachine), std::end(kMachine), first_errno_) != std::end(kMachine) ||
                       std::any_of(std::begin(kTexts), std::end(kTexts),
                                   [this](const char* text) { return first_.find(text) != std::string::npos; });
  return said_no ? Blame::machine : Blame::input;
}

}  // namespace ecocube
