import { type Command, InvalidArgumentError, Option } from 'commander'
import type { DeclaredOrigin } from 'model-catalog'
import { withAttribution } from '../../options/attribution-options.ts'
import type { ChangingOptions, RunCommand } from '../../options/command-options.ts'
import { DECLARED_ORIGINS, parseDeclaredOrigin } from '../../options/digest-origins.ts'
import { createIfRevisionOption } from '../../options/if-revision-option.ts'
import { collect, parseWholeNumber } from '../../options/option-values.ts'
import { createParallelOption } from '../../options/parallel-option.ts'
import { defineRemovingCommands } from './removing-commands.ts'
import type { UpdateOptions } from './update.ts'

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
  readonly clear?: UpdateOptions['clear']
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
  readonly parallel: number
}

interface WaitingOptions extends ChangingOptions {
  readonly wait?: true
  readonly ifRevision?: number
}

/** The words of `--clear`, and the fields of an entry that they mean. */
const CLEARED = {
  digest: 'digest',
  size: 'sizeBytes',
  file: 'file',
  location: 'location',
  'links-into': 'linksInto',
  manifest: 'files',
  tags: 'tags',
} as const

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
  defineRemovingCommands(program, run)
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
    .addOption(createParallelOption())
  withAttribution(command, 'catalog verify --all')
  command.action(async (ids: readonly string[]) => {
    const options = command.optsWithGlobals<VerifyCommandOptions>()
    const { all = false, stale = false, path, parallel } = options
    await run(options, async (invocation) => {
      const { runVerify } = await import('./verify.ts')
      return await runVerify(invocation, { ids, all, stale, path, parallel })
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
    .option(
      '--clear <fields>',
      `remove what is declared, separated by commas: ${Object.keys(CLEARED).join(', ')}`,
      parseCleared,
    )
    .addOption(createIfRevisionOption())
  withAttribution(command, 'catalog update llama-3.1-8b --tag chat --tag q4')
  command.action(async (id: string) => {
    const options = command.optsWithGlobals<UpdateCommandOptions>()
    const { source, digest, digestOrigin, name, size: sizeBytes, ifRevision } = options
    const { file, location, linksInto, manifest } = options
    const tags = options.clearTags === true ? null : options.tag
    const { clear = {} } = options
    await run(options, async (invocation) => {
      const { runUpdate } = await import('./update.ts')
      return await runUpdate(invocation, {
        ...{ id, source, digest, digestOrigin, name, sizeBytes, tags, ifRevision },
        ...{ file, location, linksInto, manifest, clear },
      })
    })
  })
}

function parseCleared(text: string): UpdateOptions['clear'] {
  const names = text.split(',')
  const fields = names.flatMap((name) => (isCleared(name) ? [CLEARED[name]] : []))
  if (fields.length === names.length) return Object.fromEntries(fields.map((field) => [field, null]))
  throw new InvalidArgumentError(`It must be of ${Object.keys(CLEARED).join(', ')}.`)
}

function isCleared(name: string): name is keyof typeof CLEARED {
  return Object.hasOwn(CLEARED, name)
}

function defineState(program: Command, run: RunCommand): void {
  const command = program
    .command('state <id> <state>')
    .description('move a model to Pending, Active, Retired or Failed, where the rules allow it')
    .option('--wait', 'wait until all leases on it have ended')
    .addOption(createIfRevisionOption())
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

function digestOriginOption(): Option {
  return new Option(
    '--digest-origin <origin>',
    `who declared the digest: ${DECLARED_ORIGINS} (default: caller, or list with --manifest)`,
  ).argParser(parseDeclaredOrigin)
}
