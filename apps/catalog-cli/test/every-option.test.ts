import type { FindStoresOptions, ImportOptions, ScanOptions } from '@catalog/import'
import type { Command } from 'commander'
import type {
  AbandonDownloadOptions,
  ApplyOptions,
  AuditOptions,
  BeginDownloadOptions,
  Catalog,
  CatalogPolicy,
  CollectOptions,
  DedupeOptions,
  DownloadFailure,
  EntryUpdateInput,
  FinishDownloadOptions,
  LeaseOptions,
  ListQuery,
  MigrateOptions,
  OpenCatalogOptions,
  PruneHistoryOptions,
  RegistrationInput,
  RenewDownloadOptions,
  RenewLeaseOptions,
  RepairOptions,
  VerifyHistoryOptions,
  VerifyOptions,
  WaitOptions,
  WatchOptions,
  WriteOptions,
} from 'model-catalog'
import { expect, it } from 'vitest'
import { createProgram } from '../src/program.ts'

/** Where each option of the library is: `command --option`, `--option` of every command, an argument, or why it is not. */
type Places<T> = {
  readonly [Name in keyof Required<T>]: `${string}--${string}` | `<${string}` | `no: ${string}`
}
type DoctorOptions = NonNullable<Parameters<Catalog['upkeep']['doctor']>[0]>

const BY_COMMAND = 'no: Ctrl-C, and what the command prints'
const OF_ENTRY = { actor: 'update --actor', reason: 'update --reason' } as const

const PLACES = [
  {
    root: '--root',
    store: '--store',
    readOnly: 'no: what only reads does not need it, and what writes may not have it',
    create: 'no: register, add and import create a catalog',
    intactPrefix: '--intact-prefix',
    onlyWriter: '--only-writer',
    onRecovery: BY_COMMAND,
    onStaleView: BY_COMMAND,
    node: '--node',
    anchors: '--anchor',
    searchRoots: '--search-root',
    symlinks: '--symlinks',
    threads: 'verify --parallel',
    policy: 'no: policy set stores it for every program',
    holder: 'lease take --holder',
    observer: BY_COMMAND,
    clock: 'no: for tests',
  } satisfies Places<OpenCatalogOptions>,
  {
    ...{ id: '<id>', source: 'register --source', digest: 'register --digest' },
    ...{ digestOrigin: 'register --digest-origin', name: 'register --name', sizeBytes: 'register --size' },
    ...{ file: 'register --file', location: 'register --location', linksInto: 'register --links-into' },
    ...{ files: 'register --manifest', tags: 'register --tag' },
    ...{ actor: 'register --actor', reason: 'register --reason' },
  } satisfies Places<RegistrationInput>,
  {
    ...{ source: 'update --source', digest: 'update --digest', digestOrigin: 'update --digest-origin' },
    ...{ name: 'update --name', sizeBytes: 'update --size', file: 'update --file', tags: 'update --tag' },
    ...{ location: 'update --location', linksInto: 'update --links-into', files: 'update --manifest' },
  } satisfies Places<EntryUpdateInput>,
  { ...OF_ENTRY, ifRevision: 'update --if-revision' } satisfies Places<WriteOptions>,
  {
    ...{ actor: 'state --actor', reason: 'state --reason', ifRevision: 'state --if-revision' },
    wait: 'state --wait',
  } satisfies Places<WriteOptions & WaitOptions>,
  {
    ...{ actor: 'rm --actor', reason: 'rm --reason', ifRevision: 'rm --if-revision', wait: 'rm --wait' },
  } satisfies Places<WriteOptions & WaitOptions>,
  {
    ...{ actor: 'verify --actor', reason: 'verify --reason' },
    ...{ signal: BY_COMMAND, onProgress: BY_COMMAND },
  } satisfies Places<VerifyOptions>,
  {
    ...{ state: 'ls --state', name: 'ls --name', source: 'ls --source', digest: 'ls --digest' },
    ...{ file: 'ls --file', location: 'ls --location', tag: 'ls --tag', text: 'ls --text' },
    ...{ sizeBytes: 'ls --min-size', architecture: 'ls --arch', quantisation: 'ls --quant' },
    ...{ parameters: 'ls --min-params', registeredAt: 'ls --registered-from' },
    ...{ verifiedAt: 'ls --verified-from', order: 'ls --order', after: 'ls --after', limit: 'ls --limit' },
  } satisfies Places<ListQuery>,
  {
    ...{ holder: 'download begin --holder', forMs: 'download begin --for' },
    ...{ inPlace: 'download begin --in-place', ifRevision: 'download begin --if-revision' },
    ...{ actor: 'download begin --actor', reason: 'download begin --reason' },
  } satisfies Places<BeginDownloadOptions>,
  {
    ...{ holder: 'download renew --holder', forMs: 'download renew --for' },
    ifRevision: 'download renew --if-revision',
    ...{ actor: 'download renew --actor', reason: 'download renew --reason' },
  } satisfies Places<RenewDownloadOptions>,
  {
    ...{ holder: 'download finish --holder', forMs: 'download finish --for' },
    ...{ actor: 'download finish --actor', reason: 'download finish --reason' },
    ...{ signal: BY_COMMAND, onProgress: BY_COMMAND },
  } satisfies Places<FinishDownloadOptions>,
  {
    ...{ holder: 'download abandon --holder', ifRevision: 'download abandon --if-revision' },
    ...{ actor: 'download abandon --actor', reason: 'download abandon --reason' },
    failed: 'download abandon --problem',
  } satisfies Places<AbandonDownloadOptions>,
  {
    ...{ problem: 'download abandon --problem', retryAfterMs: 'download abandon --retry-after' },
  } satisfies Places<DownloadFailure>,
  {
    ...{ holder: 'lease take --holder', forMs: 'lease take --for', until: 'lease take --until' },
    ...{ actor: 'lease take --actor', reason: 'lease take --reason' },
  } satisfies Places<LeaseOptions>,
  {
    ...{ forMs: 'lease renew --for', until: 'lease renew --until' },
    ...{ actor: 'lease renew --actor', reason: 'lease renew --reason' },
  } satisfies Places<RenewLeaseOptions>,
  {
    ...{ olderThanMs: 'audit --older-than', bytesPerSecond: 'audit --rate', maxBytes: 'audit --max-bytes' },
    ...{ maxDurationMs: 'audit --max-time', only: 'verify --stale' },
    ...{ actor: 'audit --actor', reason: 'audit --reason', signal: BY_COMMAND, onProgress: BY_COMMAND },
  } satisfies Places<AuditOptions>,
  { forgetAbsent: 'doctor --forget-absent' } satisfies Places<DoctorOptions>,
  {
    ...{
      lastCopy: 'collect --last-copy',
      retired: 'collect --no-retired',
      quarantined: 'collect --no-quarantined',
    },
    ...{ partials: 'collect --no-partials', orphans: 'collect --orphans' },
    ...{ olderThanMs: 'collect --older-than', maxReadBytes: 'collect --max-bytes' },
  } satisfies Places<CollectOptions>,
  { method: 'dedupe --method' } satisfies Places<DedupeOptions>,
  {
    ...{ actor: 'apply --actor', reason: 'apply --reason', signal: BY_COMMAND, onProgress: BY_COMMAND },
  } satisfies Places<ApplyOptions>,
  { since: 'watch --since', signal: BY_COMMAND } satisfies Places<WatchOptions>,
  {
    ...{ from: 'migrate --from', to: 'migrate --to', dryRun: 'migrate --dry-run' },
    ...{ onProgress: BY_COMMAND, signal: BY_COMMAND },
  } satisfies Places<MigrateOptions>,
  {
    ...{ root: '--root', keepSegments: 'prune-history --keep', before: 'prune-history --before' },
    dryRun: 'prune-history --dry-run',
  } satisfies Places<PruneHistoryOptions>,
  { root: '--root' } satisfies Places<VerifyHistoryOptions>,
  {
    ...{ onlyWriter: '--only-writer', clock: 'no: for tests', disk: 'no: for tests' },
  } satisfies Places<RepairOptions>,
  {
    ...{ requireDeclaredDigest: '<rule', requireDigestOrigin: '<rule', maxEvidenceAgeMs: '<rule' },
    ...{ ctimeChange: '<rule', silentAfterMs: '<rule' },
  } satisfies Places<CatalogPolicy>,
  {
    ...{ only: 'import --only', record: 'import --watch', signal: BY_COMMAND },
  } satisfies Places<ScanOptions>,
  {
    ...{ verify: 'import --no-verify', parallel: 'import --parallel', stores: '<dir', only: 'import --only' },
    ...{ actor: 'import --actor', reason: 'import --reason' },
    ...{ signal: BY_COMMAND, onProgress: BY_COMMAND, onResult: BY_COMMAND },
  } satisfies Places<ImportOptions>,
  {
    ...{
      environment: 'no: that of the process',
      platform: 'no: that of the process',
      home: 'no: that of the process',
    },
  } satisfies Places<FindStoresOptions>,
]

const sink = { write() {} }
const program = createProgram(async () => undefined, { stdout: sink, stderr: sink })

function findCommand(words: readonly string[]): Command | undefined {
  return words.reduce<Command | undefined>(
    (command, word) => command?.commands.find((each) => each.name() === word),
    program,
  )
}

it.each(
  [...new Set(PLACES.flatMap((places) => Object.values(places)))].filter((place) => /(?:^| )--/u.test(place)),
)('the library’s option is there: %s', (place) => {
  const words = place.split(' ')
  const command = findCommand(words.slice(0, -1))
  expect(command?.options.map(({ long }) => long)).toContain(words.at(-1))
})

const REMOVING = ['rm', 'prune-history', 'repair', 'import', 'doctor', 'collect', 'dedupe', 'apply']

it.each(REMOVING)('%s, which removes, moves or registers, has --yes and --dry-run', (name) => {
  expect(findCommand([name])?.options.map(({ long }) => long)).toEqual(
    expect.arrayContaining(['--yes', '--dry-run']),
  )
})

it('help marks each required option', () => {
  const commands = [program, ...program.commands.flatMap((each) => [each, ...each.commands])]
  const required = commands.flatMap((command) =>
    command.options.filter(({ mandatory }) => mandatory).map((option) => ({ command, option })),
  )
  expect(required.length).toBeGreaterThan(4)
  for (const { command, option } of required) {
    expect(command.createHelp().optionDescription(option)).toMatch(/required/u)
  }
})
