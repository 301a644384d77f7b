import { type Command, Option } from 'commander'
import type { DeclaredOrigin } from 'model-catalog'
import { YES } from '../../catalog/assert-confirmed.ts'
import { withAttribution } from '../../options/attribution-options.ts'
import {
  type ChangingOptions,
  formatExample,
  type GlobalOptions,
  type RunCommand,
} from '../../options/command-options.ts'
import { DECLARED_ORIGINS, parseDeclaredOrigin } from '../../options/digest-origins.ts'
import { collect, parsePositiveNumber, parseTime, parseWholeNumber } from '../../options/option-values.ts'

interface DescribingOptions extends ChangingOptions {
  readonly digest?: string
  readonly digestOrigin?: DeclaredOrigin
  readonly name?: string
  readonly tag?: readonly string[]
}

interface RegisterCommandOptions extends DescribingOptions {
  readonly source: string
  readonly size?: number
  readonly file?: string
  readonly location?: string
  readonly linksInto?: string
  readonly manifest?: string
}

interface AddCommandOptions extends DescribingOptions {
  readonly id?: string
  readonly source?: string
  readonly manifest?: string
  readonly ignoreMissing?: true
  readonly linksInto?: string
}

interface UpdateCommandOptions extends ChangingOptions {
  readonly digest?: string
  readonly digestOrigin?: DeclaredOrigin
  readonly name?: string
  readonly tag?: readonly string[]
  readonly clearTags?: true
  readonly source?: string
  readonly size?: number
  readonly file?: string
  readonly location?: string
  readonly linksInto?: string
  readonly manifest?: string
  readonly ifRevision?: number
}

interface VerifyCommandOptions extends ChangingOptions {
  readonly all?: true
  readonly stale?: true
  readonly path?: string
}

interface WaitingOptions extends ChangingOptions {
  readonly wait?: true
  readonly ifRevision?: number
}

interface RmCommandOptions extends WaitingOptions {
  readonly dryRun?: true
}

interface RepairCommandOptions extends GlobalOptions {
  readonly yes?: true
}

interface PruneHistoryCommandOptions extends GlobalOptions {
  readonly keep: number
  readonly before?: Date
  readonly dryRun?: true
  readonly yes?: true
}

const LINKS_INTO = 'directory that symbolic links of this model may lead into'
const MANIFEST = 'the files of a multi-file model, in a list as sha256sum writes it'

/**
 * The commands that write to the catalog. The code of each, and the library with it, is imported when it runs:
 * help and wrong usage do not wait for it.
 */
export function defineChangingCommands(program: Command, run: RunCommand): void {
  defineRegister(program, run)
  defineAdd(program, run)
  defineVerify(program, run)
  defineUpdate(program, run)
  defineState(program, run)
  defineRm(program, run)
  definePruneHistory(program, run)
  defineRepair(program, run)
}

function defineRegister(program: Command, run: RunCommand): void {
  const command = program
    .command('register <id>')
    .description('register a model whose file may come later')
    .requiredOption('--source <source>', 'where the model comes from')
    .option('--size <bytes>', 'size that the file must have', parseWholeNumber)
    .option('--file <path>', 'path of the file inside the root (default: <id>.gguf)')
    .option('--location <path>', 'path of a file that stays outside the root')
    .option('--links-into <directory>', `${LINKS_INTO}; with --location`)
    .option('--manifest <list>', MANIFEST)
  withDescription(command)
  withAttribution(command, 'catalog register llama-3.1-8b --source https://example.com/llama.gguf')
  command.action(async (id: string) => {
    const options = command.optsWithGlobals<RegisterCommandOptions>()
    const { source, digest, digestOrigin, name, size: sizeBytes, tag: tags } = options
    const { file, location, linksInto, manifest } = options
    await run(options, async (invocation) => {
      const { runRegister } = await import('./register.ts')
      return await runRegister(invocation, {
        ...{ id, source, digest, digestOrigin, name, sizeBytes, tags },
        ...{ file, location, linksInto, manifest },
      })
    })
  })
}

function defineAdd(program: Command, run: RunCommand): void {
  const command = program
    .command('add <path...>')
    .description('register files, or directories of files, where they are, and verify them at once')
    .option('--id <id>', "the model's id (default: the file name without its extension)")
    .option('--source <source>', 'where the model comes from (default: file:<absolute path>)')
    .option('--manifest <list>', `${MANIFEST}; or a list of many files for one of them`)
    .option('--ignore-missing', 'leave out the files of the list that are not in the directory')
    .option('--links-into <directory>', LINKS_INTO)
  withDescription(command)
  withAttribution(command, 'catalog add ~/llama-3.1-8b.gguf --digest sha256:9f86d081884c7d65…')
  command.action(async (paths: readonly string[]) => {
    const options = command.optsWithGlobals<AddCommandOptions>()
    const { id, source, digest, digestOrigin, name, manifest, ignoreMissing, linksInto, tag: tags } = options
    await run(options, async (invocation) => {
      const { runAdd } = await import('./add.ts')
      return await runAdd(invocation, {
        ...{ paths, id, source, digest, digestOrigin, name, manifest, ignoreMissing, linksInto, tags },
      })
    })
  })
}

function defineVerify(program: Command, run: RunCommand): void {
  const command = program
    .command('verify [id...]')
    .description("read models' files and compare their digests")
    .option('--all', 'all models that are not Retired')
    .option('--stale', 'those of which only the ctime of a file changed since it was read (chmod, ln, …)')
    .option(
      '--path <file>',
      'the file to read instead, with exactly one id; the model refers to it if it is right',
    )
  withAttribution(command, 'catalog verify --all')
  command.action(async (ids: readonly string[]) => {
    const options = command.optsWithGlobals<VerifyCommandOptions>()
    const { all = false, stale = false, path } = options
    await run(options, async (invocation) => {
      const { runVerify } = await import('./verify.ts')
      return await runVerify(invocation, { ids, all, stale, path })
    })
  })
}

function defineUpdate(program: Command, run: RunCommand): void {
  const command = program
    .command('update <id>')
    .description('change fields of a model; another digest, source or file makes it Pending')
    .option('--source <source>', 'where the model comes from')
    .option('--digest <sha256>', 'the SHA-256 that the bytes must have')
    .addOption(digestOriginOption())
    .option('--name <name>', 'display name')
    .option('--size <bytes>', 'size that the file must have', parseWholeNumber)
    .option('--file <path>', 'path of the file inside the root')
    .option('--location <path>', 'path of a file that stays outside the root')
    .option('--links-into <directory>', `${LINKS_INTO}; with --location`)
    .option('--manifest <list>', MANIFEST)
    .option('--tag <tag>', 'a tag, replacing those it has; may be repeated', collect)
    .option('--clear-tags', 'remove all tags')
    .addOption(ifRevisionOption())
  withAttribution(command, 'catalog update llama-3.1-8b --tag chat --tag q4')
  command.action(async (id: string) => {
    const options = command.optsWithGlobals<UpdateCommandOptions>()
    const { source, digest, digestOrigin, name, size: sizeBytes, ifRevision } = options
    const { file, location, linksInto, manifest } = options
    const tags = options.clearTags === true ? null : options.tag
    await run(options, async (invocation) => {
      const { runUpdate } = await import('./update.ts')
      return await runUpdate(invocation, {
        ...{ id, source, digest, digestOrigin, name, sizeBytes, tags, ifRevision },
        ...{ file, location, linksInto, manifest },
      })
    })
  })
}

function defineState(program: Command, run: RunCommand): void {
  const command = program
    .command('state <id> <state>')
    .description('move a model to Pending, Active, Retired or Failed, where the rules allow it')
    .option('--wait', 'wait until all leases on it have ended')
    .addOption(ifRevisionOption())
  withAttribution(command, 'catalog state llama-3.1-8b Retired --reason "replaced by 3.3"')
  command.action(async (id: string, state: string) => {
    const options = command.optsWithGlobals<WaitingOptions>()
    const { wait = false, ifRevision } = options
    await run(options, async (invocation) => {
      const { runState } = await import('./state.ts')
      return await runState(invocation, { id, state, wait, ifRevision })
    })
  })
}

function defineRm(program: Command, run: RunCommand): void {
  const command = program
    .command('rm <id>')
    .description('remove a model from the catalog; its file stays')
    .option('--wait', 'wait until all its leases and its download have ended')
    .addOption(ifRevisionOption())
    .option('--dry-run', 'only print what would be removed, and where its file stays')
  withAttribution(command, 'catalog rm llama-3.1-8b')
  command.action(async (id: string) => {
    const options = command.optsWithGlobals<RmCommandOptions>()
    const { wait = false, dryRun = false, ifRevision } = options
    await run(options, async (invocation) => {
      const { runRm } = await import('./rm.ts')
      return await runRm(invocation, { id, wait, dryRun, ifRevision })
    })
  })
}

function definePruneHistory(program: Command, run: RunCommand): void {
  const command = program
    .command('prune-history')
    .description('remove the oldest part of the history; the models stay')
    .requiredOption(
      '--keep <segments>',
      'how many of its last files are kept; at least 2',
      parsePositiveNumber,
    )
    .option('--before <time>', 'keep also what is not older than this, such as 2026-01-31', parseTime)
    .option('--dry-run', 'only print what would be removed')
    .option('--yes', YES)
    .addHelpText('after', formatExample('catalog prune-history --keep 10'))
  command.action(async () => {
    const options = command.optsWithGlobals<PruneHistoryCommandOptions>()
    const { keep, before, dryRun = false, yes = false } = options
    await run(options, async (invocation) => {
      const { runPruneHistory } = await import('./prune-history.ts')
      return await runPruneHistory(invocation, { keep, before, dryRun, yes })
    })
  })
}

function defineRepair(program: Command, run: RunCommand): void {
  const command = program
    .command('repair')
    .description('repair a damaged catalog, and keep the originals; first stop every program that uses it')
    .option('--yes', YES)
    .addHelpText('after', formatExample('catalog repair'))
  command.action(async () => {
    const options = command.optsWithGlobals<RepairCommandOptions>()
    await run(options, async (invocation) => {
      const { runRepair } = await import('./repair.ts')
      return await runRepair(invocation, options.yes ?? false)
    })
  })
}

function withDescription(command: Command): void {
  command
    .option(
      '--digest <sha256>',
      'the SHA-256 that the bytes must have (default: the first verification computes it)',
    )
    .addOption(digestOriginOption())
    .option('--name <name>', 'display name (default: the id)')
    .option('--tag <tag>', 'a tag; may be repeated', collect)
}

function ifRevisionOption(): Option {
  return new Option('--if-revision <revision>', 'only if it is still at this revision').argParser(
    parsePositiveNumber,
  )
}

function digestOriginOption(): Option {
  return new Option(
    '--digest-origin <origin>',
    `who declared the digest: ${DECLARED_ORIGINS} (default: caller, or list with --manifest)`,
  ).argParser(parseDeclaredOrigin)
}
