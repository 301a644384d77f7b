import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ListOrder } from 'model-catalog'
import { formatExample, type GlobalOptions, type RunCommand } from '../../options/command-options.ts'
import {
  collect,
  parseParameterCount,
  parsePositiveNumber,
  parseSize,
  SHOW_SOURCE,
} from '../../options/option-values.ts'
import { findModelColumns, MODEL_COLUMN_NAMES, type ModelColumnName } from '../../show/model-column-names.ts'
import type { LsOptions } from './ls.ts'

// Written out: help does not wait for the library. The compiler compares the words with those of the library.
const FIELDS = {
  name: true,
  size: true,
  registeredAt: true,
  verifiedAt: true,
} as const satisfies Readonly<Record<Exclude<ListOrder, 'id' | `-${string}`>, true>>

interface LsCommandOptions extends GlobalOptions, LsOptions {}

export function defineLs(program: Command, run: RunCommand): void {
  const command = program
    .command('ls')
    .description('list the models, ordered by id')
    .option('--state <state>', 'only those in this state; repeat it for any of several', collect)
    .option('--name <name>', 'only those of exactly this display name')
    .option('--source <source>', 'only those from here, in any spelling that means the same')
    .option('--digest <digest>', 'only those with this SHA-256')
    .option('--tag <tag>', 'only those with this tag; repeat it for all of several', collect)
    .option('--text <text>', 'only those with this in id, name, tags or source, ignoring case')
    .option('--file <path>', 'only those whose entry names this path inside the root')
    .option('--location <path>', 'only those of a file at this path outside the root')
    .option('--min-size <bytes>', 'only those of at least this size, such as 4GiB', parseSize)
    .option('--max-size <bytes>', 'only those of at most this size', parseSize)
    .option('--arch <architecture>', 'only those of this architecture, such as llama')
    .option('--quant <quantisation>', 'only those of this quantisation, such as Q4_K_M')
    .option('--min-params <count>', 'only those of at least so many parameters: 7B', parseParameterCount)
    .option('--max-params <count>', 'only those of at most so many parameters', parseParameterCount)
    .option('--registered-from <time>', 'only those registered then or later')
    .option('--registered-to <time>', 'only those registered then or earlier')
    .option('--verified-from <time>', 'only those last verified then or later')
    .option('--verified-to <time>', 'only those last verified then or earlier')
    .option('--sort, --order <order>', `by id, ${Object.keys(FIELDS).join(', ')}; with - in front descending`)
    .option('--after <place>', 'continue after this id; in another order, after the "next" of a page')
    .option('--limit <count>', 'at most this many', parsePositiveNumber)
    .option('--long', 'also show architecture, parameters, quantisation and context length')
    .option('--check', 'also look at the files: in-order, stale, changed, missing, absent, unread …')
    .option('--nodes', 'also show which machines have a verified copy, and which of them are silent')
    .option('-q, --quiet', 'print only the ids, one on each line')
    .addOption(
      new Option(
        '--columns <names>',
        `exactly these columns, with commas between them: ${MODEL_COLUMN_NAMES.join(', ')}`,
      )
        .argParser(parseModelColumns)
        .conflicts('quiet'),
    )
    .option('--show-source', SHOW_SOURCE)
    .addHelpText('after', formatExample('catalog ls --state Failed'))
  command.action(async () => {
    const options = command.optsWithGlobals<LsCommandOptions>()
    await run(options, async (invocation) => {
      const { runLs } = await import('./ls.ts')
      return await runLs(invocation, options)
    })
  })
}

function parseModelColumns(text: string): readonly ModelColumnName[] {
  const names = findModelColumns(text)
  if (names !== undefined) return names
  throw new InvalidArgumentError(`It must be of ${MODEL_COLUMN_NAMES.join(', ')}.`)
}
