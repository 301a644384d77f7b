import { type CatalogError, type Clock, createInvalidInput } from '@catalog/types'
import {
  booleanSchema,
  defineOptions,
  functionSchema,
  type OptionsParser,
  objectSchema,
  optionsSchema,
  positiveNumberSchema,
  textSchema,
} from '@catalog/types/schema'
import type { FileSystem } from './disk/file-system.ts'
import type { Timers } from './disk/timers.ts'
import type { JournalAccess } from './journal/journal.ts'
import type { RecoveryReport } from './journal/recovery-report.ts'

/** Options of `openFileStore`. */
export interface FileStoreOptions {
  /**
   * The directory of `catalog.json`, `.catalog/` and the model files. Created if missing, unless `readOnly`.
   */
  readonly root: string
  /**
   * Opens the catalog read-only: needs no right to write, changes nothing, and sees what other processes
   * write. Default false.
   */
  readonly readOnly?: boolean | undefined
  /** Whether the catalog is created if the root has none; default true. Never with `readOnly`. */
  readonly create?: boolean | undefined
  /**
   * With `readOnly`: opens a damaged catalog as it was before the damage. Later changes, also of states, are
   * not seen; `onRecovery` receives the damage.
   */
  readonly intactPrefix?: boolean | undefined
  /**
   * Promises that no other program writes to this catalog, on any machine. Required to open one on a network
   * file system for writing.
   */
  readonly onlyWriter?: boolean | undefined
  /** Called once, before opening resolves, if opening found what a crash, a power cut or damage left. */
  readonly onRecovery?: ((report: RecoveryReport) => void) | undefined
  /**
   * Called once, while closing, if the last `catalog.json` could not be written: NO_SPACE, READ_ONLY or IO.
   * Everything acknowledged is durable in the journal, and the next writer updates the file.
   */
  readonly onStaleView?: ((error: CatalogError) => void) | undefined
  readonly clock?: Clock | undefined
  /**
   * The size at which a segment of the journal is sealed and the next one begins; default 4 MiB, or twice the
   * snapshot.
   */
  readonly segmentBytes?: number | undefined
  /** For tests: a disk that fails. */
  readonly disk?: FileSystem | undefined
  /** For tests: timers that the test fires. */
  readonly timers?: Timers | undefined
}

export const parseFileStoreOptions: OptionsParser<FileStoreOptions> = defineOptions<FileStoreOptions>(
  optionsSchema({
    root: textSchema,
    readOnly: booleanSchema.optional(),
    create: booleanSchema.optional(),
    intactPrefix: booleanSchema.optional(),
    onlyWriter: booleanSchema.optional(),
    onRecovery: functionSchema<NonNullable<FileStoreOptions['onRecovery']>>().optional(),
    onStaleView: functionSchema<NonNullable<FileStoreOptions['onStaleView']>>().optional(),
    clock: objectSchema<Clock>().optional(),
    segmentBytes: positiveNumberSchema.optional(),
    disk: objectSchema<FileSystem>().optional(),
    timers: objectSchema<Timers>().optional(),
  }),
)

/** How the options have the journal opened. INVALID_INPUT where they contradict each other. */
export function accessOf({ readOnly = false, intactPrefix = false }: FileStoreOptions): JournalAccess {
  if (!intactPrefix) return readOnly ? 'read' : 'write'
  if (readOnly) return 'intact-prefix'
  const problem = 'requires readOnly: a damaged catalog cannot be written'
  throw createInvalidInput([{ field: 'intactPrefix', problem }])
}
