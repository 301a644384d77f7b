import { type Command, Option } from 'commander'
import { formatExample, type GlobalOptions, type RunCommand } from '../../options/command-options.ts'
import { parsePositiveNumber, parseWholeNumber, SHOW_SOURCE } from '../../options/option-values.ts'
import { defineLs } from './ls-command.ts'

interface HistoryCommandOptions extends GlobalOptions {
  readonly at?: string
  readonly since?: number
  readonly limit?: number
}

interface ShowCommandOptions extends GlobalOptions {
  readonly showSource?: true
}

interface ResolveCommandOptions extends GlobalOptions {
  readonly files?: true
}

interface DigestCommandOptions extends GlobalOptions {
  readonly check?: string
  readonly ignoreMissing?: true
}

/** The commands that change nothing. Each is imported when it runs. */
export function defineReadingCommands(program: Command, run: RunCommand): void {
  defineLs(program, run)
  defineShow(program, run)
  definePath(program, run)
  defineResolve(program, run)
  defineLocate(program, run)
  defineHistory(program, run)
  defineWatch(program, run)
  defineVerifyHistory(program, run)
  defineDigest(program, run)
}

function defineShow(program: Command, run: RunCommand): void {
  const command = program
    .command('show <id>')
    .description('show everything that is known of a model')
    .option('--show-source', SHOW_SOURCE)
    .addHelpText('after', formatExample('catalog show llama-3.1-8b'))
  command.action(async (id: string) => {
    const options = command.optsWithGlobals<ShowCommandOptions>()
    await run(options, async (invocation) => {
      const { runShow } = await import('./show.ts')
      return await runShow(invocation, { id, showSource: options.showSource ?? false })
    })
  })
}

function definePath(program: Command, run: RunCommand): void {
  const command = program
    .command('path <id>')
    .description("print where a model's file is, or is to be put")
    .addHelpText(
      'after',
      formatExample('curl -o "$(catalog path llama-3.1-8b)" https://example.com/llama.gguf'),
    )
  command.action(async (id: string) => {
    await run(command.optsWithGlobals<GlobalOptions>(), async (invocation) => {
      const { runPath } = await import('./path.ts')
      return await runPath(invocation, id)
    })
  })
}

function defineResolve(program: Command, run: RunCommand): void {
  const command = program
    .command('resolve <id>')
    .description(
      "print where an Active model's file is, if it still is the one that was verified; <id> may be a reference: its source or path",
    )
    .option('--files', 'one line for each file of a multi-file model, instead of its directory')
    .addHelpText('after', formatExample('llama-server -m "$(catalog resolve llama-3.1-8b)"'))
  command.action(async (id: string) => {
    const options = command.optsWithGlobals<ResolveCommandOptions>()
    await run(options, async (invocation) => {
      const { runResolve } = await import('./resolve.ts')
      return await runResolve(invocation, { id, files: options.files ?? false })
    })
  })
}

function defineLocate(program: Command, run: RunCommand): void {
  const command = program
    .command('locate <reference>')
    .description(
      'show the models of an id, a source in any spelling, or a path, and where their files belong',
    )
    .addHelpText('after', formatExample('catalog locate hf:meta-llama/Llama-3.1-8B-Instruct'))
  command.action(async (reference: string) => {
    await run(command.optsWithGlobals<GlobalOptions>(), async (invocation) => {
      const { runLocate } = await import('./locate.ts')
      return await runLocate(invocation, reference)
    })
  })
}

function defineHistory(program: Command, run: RunCommand): void {
  const command = program
    .command('history [id]')
    .description('show who changed what, when and why; of one model, or of all')
    .option('--since <position>', 'only what came after this position', parseWholeNumber)
    .option('--limit <count>', 'only the last ones, this many', parsePositiveNumber)
    .addOption(
      new Option('--at <time>', 'instead, show the models as they were at this time').conflicts([
        'since',
        'limit',
      ]),
    )
    .addHelpText('after', formatExample('catalog history llama-3.1-8b'))
  command.action(async (id: string | undefined) => {
    const options = command.optsWithGlobals<HistoryCommandOptions>()
    const { since, limit, at } = options
    await run(options, async (invocation) => {
      const { runHistory } = await import('./history.ts')
      return await runHistory(invocation, { id, since, limit, at })
    })
  })
}

function defineWatch(program: Command, run: RunCommand): void {
  const command = program
    .command('watch')
    .description('show every change as it is made, until Ctrl-C')
    .option('--since <position>', 'begin after this position instead of now', parseWholeNumber)
    .addHelpText('after', formatExample('catalog watch --json | jq .id'))
  command.action(async () => {
    const options = command.optsWithGlobals<HistoryCommandOptions>()
    await run(options, async (invocation) => {
      const { runWatch } = await import('./watch.ts')
      return await runWatch(invocation, options.since)
    })
  })
}

function defineVerifyHistory(program: Command, run: RunCommand): void {
  const command = program
    .command('verify-history')
    .description('check that the whole history is as it was written')
    .addHelpText('after', formatExample('catalog verify-history'))
  command.action(async () => {
    await run(command.optsWithGlobals<GlobalOptions>(), async (invocation) => {
      const { runVerifyHistory } = await import('../../catalog/run-verify-history.ts')
      return await runVerifyHistory(invocation)
    })
  })
}

function defineDigest(program: Command, run: RunCommand): void {
  const command = program
    .command('digest [file...]')
    .description(
      'print the SHA-256 of files, or of standard input as -, as sha256sum does; no catalog is needed',
    )
    .option('--check <list>', 'instead, check the files of a list of digests; - reads the list from stdin')
    .option('--ignore-missing', 'with --check, leave out the files that do not exist')
    .addHelpText('after', formatExample('catalog digest *.gguf > SHA256SUMS'))
  command.action(async (files: readonly string[]) => {
    const options = command.optsWithGlobals<DigestCommandOptions>()
    const { check: list, ignoreMissing = false } = options
    assertDigestUsage(command, files, options)
    await run(options, async (invocation) => {
      if (list !== undefined) {
        const { runCheckDigests } = await import('./check-digests.ts')
        return await runCheckDigests(invocation, { list, ignoreMissing })
      }
      const { runDigest } = await import('./digest.ts')
      return await runDigest(invocation, files)
    })
  })
}

/** Files or a list, as commander cannot say it. */
function assertDigestUsage(
  command: Command,
  files: readonly string[],
  { check, ignoreMissing }: DigestCommandOptions,
): void {
  if (check === undefined && files.length === 0) command.error("error: missing required argument 'file'")
  if (check === undefined && ignoreMissing === true) command.error('error: --ignore-missing needs --check')
  if (check !== undefined && files.length > 0) command.error('error: --check takes one list and no files')
}
