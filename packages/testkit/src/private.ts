/** What only the tests of this repository use: the published package has no such entry point. */
export { listNaively, randomCatalogs, randomQueries } from './conformance/random/random-queries.ts'
export type { CatalogWorld, TriedCatalog, TriedFiles } from './lifecycle/catalog-harness.ts'
export { describeLifecycle, type LifecycleOptions } from './lifecycle/describe-lifecycle.ts'
export { registrationRecords } from './samples/registration-records.ts'
export { describeOptions, type OptionsCall } from './setup/describe-options.ts'
export { describeReadmeExample, type ReadmeExample } from './setup/readme-example.ts'
