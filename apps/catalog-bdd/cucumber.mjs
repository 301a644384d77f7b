const common = {
  import: ['support/**/*.ts', 'steps/**/*.ts'],
  strict: true,
  publishQuiet: true,
}

/** Everything in features/, strictly: an undefined, pending or ambiguous step fails the run. */
export default {
  ...common,
  paths: ['features/**/*.feature'],
  format: ['progress', 'html:reports/features.html', 'json:reports/features.json'],
}

/** The scenarios that guard/check-guard.ts expects to fail. */
export const guard = { ...common, paths: ['guard/guard.feature'], format: ['json'] }

/** The features of the command line alone, for `CATALOG_PROGRAM`, a program that is installed somewhere. */
export const installed = {
  ...common,
  paths: ['command-line*', 'importing*', 'exporting*'].map((name) => `features/${name}.feature`),
  parallel: 2,
  format: ['progress'],
}

/** Those that use every command, and every layout that is not damaged. */
export const installedShort = {
  ...installed,
  paths: ['command-line*', 'importing', 'exporting*'].map((name) => `features/${name}.feature`),
}
