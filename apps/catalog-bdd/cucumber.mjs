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
