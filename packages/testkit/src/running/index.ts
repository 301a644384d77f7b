// How tests run, whatever they test and whichever runner they have: no other room of the testkit, and no Vitest.
export { type BundledProgram, bundleProgram } from './bundle-program.ts'
export {
  CAPABILITIES,
  type Capability,
  findChromium,
  isAvailable,
  lacks,
  nodeDirectory,
  nodeProgram,
  realFile,
  reasonOf,
} from './capabilities.ts'
export { type BrowserPage, openPage } from './chromium.ts'
export { DISK_KINDS, type DiskKind } from './disk-kinds.ts'
export { fillDisk, type MountedDisk, mountImage, mountMemory, type PowerCut } from './disks.ts'
export { measureBundle } from './measure-bundle.ts'
export { type Pooler, startPooler } from './pgbouncer.ts'
export { asServerUser, findPostgres } from './postgres-programs.ts'
export { PostgresServer, type PostgresServerOptions } from './postgres-server.ts'
export { createRandom, scaleRuns, seedOfRun } from './random-runs.ts'
export { runSql } from './run-sql.ts'
export { createStage } from './stage.ts'
export { TestDatabase } from './test-database.ts'
export { type DiskImage, findFreeLoops, type MountOptions, TestDisks } from './test-disks.ts'
